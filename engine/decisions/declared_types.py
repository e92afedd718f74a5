"""The types a decision file declares (typeRef, itemDefinition), and values made to fit them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.feel import syntax
from engine.feel.compiler.tests import TESTED
from engine.feel.errors import NoValue
from engine.feel.function_types import UNKNOWN
from engine.feel.functions import FUNCTIONS
from engine.feel.run import Run
from engine.feel.scope import Closure, RootScope, Scope
from engine.feel.temporal import Date, DateTime, Time
from engine.feel.temporal_text import read_date, read_date_time, read_duration, read_time
from engine.feel.value_types import Conforms, is_function_of, type_check
from engine.feel.values import kind_word

_TYPES_OF_OLDER_TOOLS = {"integer": "number", "long": "number", "double": "number"}
_WORDS = {
    "number": "数字",
    "string": "文本",
    "boolean": "是否值",
    "date": "日期",
    "time": "时间",
    "date and time": "日期时间",
    "dateTime": "日期时间",
}
# Cases and forms are JSON and hold dates as text; a declared type says how to read it.
_TEXT_READERS: Mapping[str, Callable[[str], object]] = {
    "date": read_date,
    "time": read_time,
    "date and time": read_date_time,
    "dateTime": read_date_time,
    "days and time duration": read_duration,
    "dayTimeDuration": read_duration,
    "years and months duration": read_duration,
    "yearMonthDuration": read_duration,
}


@dataclass(frozen=True)
class DeclaredType:
    """What values a name may have.

    `allowed` tests one value under the name "?" (of a collection: each of its items), `constraint`
    the value as a whole. A type of functions names what they take in `taken` and give in `result`.
    `shape` tells of the structure alone, where `conforms` asks the parts' allowed values too;
    `written` is that structure as FEEL writes it. `read` gives what a value of JSON means, dates
    that are text in its parts included. A structure has `parts`, a collection `item`s of one type.
    """

    name: str
    conforms: Conforms
    read: Callable[[object], object] | None = None
    allowed: Closure | None = None
    constraint: Closure | None = None
    collection: bool = False
    is_function: bool = False
    taken: tuple["DeclaredType | None", ...] = ()
    result: "DeclaredType | None" = None
    shape: Conforms | None = None
    written: syntax.Node = UNKNOWN
    parts: "Mapping[str, DeclaredType] | None" = None
    item: "DeclaredType | None" = None

    def fitted(self, value: object, what: str, scope: Scope, *, from_case: bool = False) -> object:
        """Give the value, converted where the standard allows it (10.3.2.9.4).

        Null with a reason naming `what`. A value that comes from the case is JSON: its dates are
        text, and the type says how to read them.
        """
        run = scope.run
        read = self.read(value) if from_case and self.read is not None else value
        fitting = None if read is None else self._converted(read, run)
        if read is not None and fitting is None:
            return run.null(self._misfit(read, what, run))
        if not self._is_allowed(fitting, run):
            return run.null(f"{what}的值不在允许的范围内")
        return fitting

    @property
    def of_result(self) -> "DeclaredType | None":
        """The type of what a function gives whose variable is of this type.

        Tools write there the type of the function or, more often, that of its result.
        """
        return self.result if self.is_function else self

    def is_shaped(self, value: object, run: Run) -> bool:
        """Tell what "instance of" asks: allowed values do not count (10.3.2.9.2)."""
        return (self.shape or self.conforms)(value, run)

    def admits(self, value: object, run: Run) -> bool:
        """Tell whether a value is of this type and among its allowed ones."""
        return self.conforms(value, run) and self._is_allowed(value, run)

    def as_feel(self, name: str) -> syntax.DefinedType:
        """Give the type as expressions know it under a name."""
        return syntax.DefinedType(name, self.is_shaped, self.admits, self.written)

    def _converted(self, value: object, run: Run) -> object:
        if self.conforms(value, run):
            return value
        if isinstance(value, list):
            return value[0] if len(value) == 1 and self.conforms(value[0], run) else None
        if self.conforms([value], run):
            return [value]
        if isinstance(value, Date):
            midnight = DateTime(value.day, Time(0, 0))
            return midnight if self.conforms(midnight, run) else None
        return None

    def _misfit(self, value: object, what: str, run: Run, path: str = "") -> str:
        """Say what is wrong with a value not of this type: of its parts, the first, as a path."""
        if isinstance(value, list) and self.item is not None:
            for number, one in enumerate(value, start=1):
                if not self.item.admits(one, run):
                    return self.item._misfit(one, what, run, f"{path}[{number}]")  # noqa: SLF001
        if isinstance(value, dict) and self.parts is not None:
            for name, kind in self.parts.items():
                inner = f"{path}.{name}" if path else name
                if name not in value:
                    return f"{what}中没有“{inner}”"
                if not kind.admits(value[name], run):
                    return kind._misfit(value[name], what, run, inner)  # noqa: SLF001
        if self.conforms(value, run):
            disallowed = f"{what}中的“{path}”的值不在允许的范围内"
            return disallowed if path else f"{what}的值不在允许的范围内"
        wanted, got = _WORDS.get(self.name, self.name), kind_word(value)
        if path:
            return f"{what}中的“{path}”应为{wanted},得到{got}"
        return f"{what}应为{wanted},得到{got}"

    def _is_allowed(self, value: object, run: Run) -> bool:
        if value is None:
            return True
        items = value if self.collection and isinstance(value, list) else [value]
        tested = [(self.allowed, item) for item in items] + [(self.constraint, value)]
        return all(
            test(RootScope(run, {}, FUNCTIONS).inner([(TESTED, one)])) is True
            for test, one in tested
            if test is not None
        )


def standard_type(name: str) -> DeclaredType | None:
    """Give one of FEEL's own types by its name; None when it is not one."""
    standard = _TYPES_OF_OLDER_TOOLS.get(name, name)
    conforms = type_check(syntax.TypeName(standard))
    return (
        None
        if conforms is None
        else DeclaredType(
            standard,
            conforms,
            read=_reader_of_text(standard),
            written=syntax.TypeName(standard),
        )
    )


def _reader_of_text(name: str) -> Callable[[object], object] | None:
    read_text = _TEXT_READERS.get(name)
    if read_text is None:
        return None

    def read(value: object) -> object:
        if not isinstance(value, str):
            return value
        try:
            meant = read_text(value)
        except NoValue:
            meant = None
        return value if meant is None else meant  # a text is then of another type than declared

    return _also_in_lists(read)


def _also_in_lists(read: Callable[[object], object]) -> Callable[[object], object]:
    """Read each item of a list: one of a collection, or the one item where one is asked for."""

    def read_any(value: object) -> object:
        return [read_any(one) for one in value] if isinstance(value, list) else read(value)

    return read_any


def collection_of(name: str, item: DeclaredType) -> DeclaredType:
    """Give the type of lists of a type."""

    def all_are(check: Conforms) -> Conforms:
        def conforms(value: object, run: Run) -> bool:
            if not isinstance(value, list):
                return value is None
            run.charge(len(value))
            return all(check(one, run) for one in value)

        return conforms

    return DeclaredType(
        name,
        all_are(item.admits),
        read=item.read,
        collection=True,
        item=item,
        shape=all_are(item.is_shaped),
        written=syntax.GenericType("list", (syntax.TypeArgument("", item.written),)),
    )


def narrowed(
    name: str, base: DeclaredType, allowed: Closure | None, constraint: Closure | None
) -> DeclaredType:
    """Give a type with fewer values than another; allowed values of its own replace the other's.

    What has not even the other's shape is told to be none of the other: that is what it lacks.
    """
    if allowed is None and constraint is None:
        return base
    return replace(
        base,
        name=name if allowed is None else base.name,
        conforms=base.admits if allowed is None else base.conforms,
        allowed=allowed,
        constraint=constraint,
        shape=base.is_shaped,
    )


def structure_of(name: str, fields: Mapping[str, DeclaredType]) -> DeclaredType:
    """Give the type of contexts that have these fields."""

    def has(checks: Mapping[str, Conforms]) -> Conforms:
        def conforms(value: object, run: Run) -> bool:
            if not isinstance(value, dict):
                return value is None
            run.charge(len(checks))
            return all(name in value and check(value[name], run) for name, check in checks.items())

        return conforms

    readers = {field: kind.read for field, kind in fields.items() if kind.read is not None}

    def read(value: object) -> object:
        if not isinstance(value, dict):
            return value
        return {
            field: readers[field](part) if field in readers else part
            for field, part in value.items()
        }

    return DeclaredType(
        name,
        has({field: kind.admits for field, kind in fields.items()}),
        read=_also_in_lists(read) if readers else None,
        parts=fields,
        shape=has({field: kind.is_shaped for field, kind in fields.items()}),
        written=syntax.GenericType(
            "context",
            tuple(syntax.TypeArgument(field, kind.written) for field, kind in fields.items()),
        ),
    )


def function_of(
    name: str, parameters: Sequence[DeclaredType | None], result: DeclaredType | None
) -> DeclaredType:
    """Give the type of functions that take such arguments and give values of a type."""
    written = function_written(parameters, result)

    def conforms(value: object, _run: Run) -> bool:
        return value is None or is_function_of(value, written)

    return DeclaredType(
        name, conforms, is_function=True, taken=tuple(parameters), result=result, written=written
    )


def function_written(
    parameters: Sequence[DeclaredType | None], result: DeclaredType | None
) -> syntax.FunctionType:
    """Write the type of functions as FEEL does; what is not declared is not known."""
    taken = (UNKNOWN if kind is None else kind.written for kind in parameters)
    return syntax.FunctionType(
        tuple(syntax.TypeArgument("", kind) for kind in taken),
        UNKNOWN if result is None else result.written,
    )
