"""The types a decision file declares (typeRef, itemDefinition), and values made to fit them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.feel import syntax
from engine.feel.compiler.tests import TESTED
from engine.feel.errors import NoValue
from engine.feel.run import Run
from engine.feel.scope import Closure, Scope
from engine.feel.temporal_text import read_date, read_date_time, read_duration, read_time
from engine.feel.value_types import Conforms, type_check
from engine.feel.values import kind_of, kind_word

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
    """What values a name may have. `allowed` tests one value under the name "?"."""

    name: str
    conforms: Conforms
    read_text: Callable[[str], object] | None = None
    allowed: Closure | None = None
    collection: bool = False

    def fitted(self, value: object, what: str, scope: Scope) -> object:
        """Give the value, converted where the standard allows it.

        Null with a reason naming `what`.
        """
        run = scope.run
        fitting = self._converted(value, run)
        if value is not None and fitting is None:
            word = _WORDS.get(self.name, self.name)
            return run.null(f"{what}应为{word},得到{kind_word(value)}")
        if not self._is_allowed(fitting, scope):
            return run.null(f"{what}的值不在允许的范围内")
        return fitting

    def _converted(self, value: object, run: Run) -> object:
        if isinstance(value, str) and self.read_text is not None:
            try:
                return self.read_text(value)
            except NoValue:
                return None
        if self.collection and value is not None and not isinstance(value, list):
            value = [value]
        elif not self.collection and isinstance(value, list) and len(value) == 1:
            value = value if self.conforms(value, run) else value[0]
        return value if self.conforms(value, run) else None

    def _is_allowed(self, value: object, scope: Scope) -> bool:
        if self.allowed is None or value is None:
            return True
        values = value if self.collection and isinstance(value, list) else [value]
        allowed = self.allowed
        return all(allowed(scope.inner([(TESTED, one)])) is True for one in values)


def standard_type(name: str) -> DeclaredType | None:
    """Give one of FEEL's own types by its name; None when it is not one."""
    standard = _TYPES_OF_OLDER_TOOLS.get(name, name)
    conforms = type_check(syntax.TypeName(standard))
    return (
        None
        if conforms is None
        else DeclaredType(standard, conforms, read_text=_TEXT_READERS.get(standard))
    )


def collection_of(name: str, item: DeclaredType) -> DeclaredType:
    """Give the type of lists of a type."""

    def conforms(value: object, run: Run) -> bool:
        if not isinstance(value, list):
            return value is None
        run.charge(len(value))
        return all(item.conforms(one, run) for one in value)

    return DeclaredType(name, conforms, allowed=item.allowed, collection=True)


def structure_of(name: str, fields: Mapping[str, DeclaredType]) -> DeclaredType:
    """Give the type of contexts that have these fields."""

    def conforms(value: object, run: Run) -> bool:
        if kind_of(value) != "context":
            return value is None
        assert isinstance(value, dict)  # noqa: S101 - a context is a dict
        run.charge(len(fields))
        return all(
            field in value and kind.conforms(value[field], run) for field, kind in fields.items()
        )

    return DeclaredType(name, conforms)
