"""The table of functions, and the decorators that put one in.

A signature is written as in the standard: "string: string, start position: number, length:
number?". Behind the kind, `?` marks a parameter that may be left out and `~` one that may be null;
`|` separates kinds. Implementations raise NoValue(reason) where FEEL gives null.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from typing_extensions import override

from engine.feel.errors import NoValue
from engine.feel.run import Run
from engine.feel.temporal import Date, DateTime, DayTimeDuration, Time, YearMonthDuration
from engine.feel.values import (
    KIND_WORDS,
    FeelFunction,
    Range,
    bounded_list,
    bounded_text,
    kind_word,
)
from engine.sentences import Words

_KINDS: Mapping[str, tuple[type, ...]] = {
    "number": (Decimal,),
    "string": (str,),
    "boolean": (bool,),
    "list": (list,),
    "context": (dict,),
    "function": (FeelFunction,),
    "range": (Range,),
    "date": (Date,),
    "time": (Time,),
    "date and time": (DateTime,),
    "duration": (YearMonthDuration, DayTimeDuration),
    "any": (object,),
}
_WORDS: Mapping[str, str] = {**KIND_WORDS, "duration": "时长", "any": "任何值"}
_ITEMS_A_STEP = 20


@dataclass(frozen=True, slots=True)
class Parameter:
    """What one argument must be."""

    name: str
    kinds: tuple[str, ...]
    optional: bool
    nullable: bool

    def fits(self, value: object) -> bool:
        """Tell whether a value is of an allowed kind."""
        if value is None:
            return self.nullable or "any" in self.kinds
        return any(isinstance(value, _KINDS[kind]) for kind in self.kinds)

    def converted(self, value: object) -> object:
        """Give the value, after FEEL's conversion between [x] and x.

        Raises NoValue if it cannot fit.
        """
        if self.fits(value):
            return value
        if isinstance(value, list) and len(value) == 1 and self.fits(value[0]):
            return value[0]
        if "list" in self.kinds and value is not None:
            return [value]
        wanted = "或".join(_WORDS[kind] for kind in self.kinds)
        raise NoValue(f"参数“{self.name}”应为{wanted},得到{kind_word(value)}")


Signature = tuple[Parameter, ...]


def read_signature(text: str) -> Signature:
    """Read the written form of a signature."""
    parameters = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, _, kinds = part.partition(":")
        bare = kinds.rstrip("?~").strip()
        parameters.append(
            Parameter(
                name.strip(),
                tuple(kind.strip() for kind in bare.split("|")),
                optional="?" in kinds,
                nullable="~" in kinds,
            )
        )
    return tuple(parameters)


def _in_order(signature: Signature, arguments: Mapping[str, object]) -> list[object] | None:
    """Give named arguments in a form's order, up to the last one given; None if it has no such."""
    names = [parameter.name for parameter in signature]
    if not arguments.keys() <= set(names):
        return None
    given = [name in arguments for name in names]
    count = len(names) - given[::-1].index(True) if any(given) else 0
    if not _count_fits(signature, count) or not all(
        present or parameter.nullable or parameter.optional
        for present, parameter in zip(given[:count], signature, strict=False)
    ):
        return None
    return [arguments.get(name) for name in names[:count]]


class BuiltinFunction(FeelFunction):
    """A function written in Python.

    `help` is one sentence for the designer, where there is one.
    """

    has_forms = True
    """Whether its arguments are those of one of its signatures, each in its place."""

    def __init__(
        self,
        name: str,
        signatures: Sequence[Signature],
        implementation: Callable[..., object],
        description: Words | None = None,
    ) -> None:
        self.name = name
        self.signatures = tuple(signatures)
        self.help = description
        self._implementation = implementation

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameter names of its first form."""
        return tuple(parameter.name for parameter in self.signatures[0])

    @override
    def accepts_count(self, count: int) -> bool:
        """Tell whether one of its forms takes so many arguments."""
        return any(_count_fits(signature, count) for signature in self.signatures)

    @override
    def call(self, run: Run, arguments: Sequence[object]) -> object:
        """Find the form that the arguments fit and apply it."""
        _charge_sizes(run, arguments)
        reason = "参数个数不对"
        for signature in self.signatures:
            if not _count_fits(signature, len(arguments)):
                continue
            try:
                fitting = [
                    parameter.converted(value)
                    for parameter, value in zip(signature, arguments, strict=False)
                ]
            except NoValue as problem:
                reason = problem.reason
                continue
            return self._apply(run, fitting)
        return run.null(f"函数 {self.name}:{reason}")

    @override
    def call_named(self, run: Run, arguments: Mapping[str, object]) -> object:
        """Apply the form that has these names; its values must fit it, and not another one."""
        reason = "参数名称不对"
        for signature in self.signatures:
            values = _in_order(signature, arguments)
            if values is None:
                continue
            if not self.has_forms:
                return self.call(run, values)
            try:
                fitting = [
                    parameter.converted(value)
                    for parameter, value in zip(signature, values, strict=False)
                ]
            except NoValue as problem:
                reason = problem.reason
                continue
            _charge_sizes(run, values)
            return self._apply(run, fitting)
        return run.null(f"函数 {self.name}:{reason}")

    def _apply(self, run: Run, arguments: Sequence[object]) -> object:
        try:
            result = self._implementation(run, *arguments)
            if isinstance(result, list):
                run.charge(len(result) // _ITEMS_A_STEP)
                return bounded_list(result)
            if isinstance(result, str):
                run.charge(len(result) // _ITEMS_A_STEP)
                return bounded_text(result)
        except NoValue as problem:
            return run.null(f"函数 {self.name}:{problem.reason}")
        except (ArithmeticError, ValueError):
            return run.null(f"函数 {self.name}:结果超出范围")
        return result


class AggregateFunction(BuiltinFunction):
    """A function over a list that may also be given as single arguments: max(1, 2, 3)."""

    has_forms = False

    @override
    def accepts_count(self, count: int) -> bool:
        """Any number but none."""
        return count > 0

    @override
    def call(self, run: Run, arguments: Sequence[object]) -> object:
        """Gather the arguments into one list and apply."""
        _charge_sizes(run, arguments)
        if not arguments or (len(arguments) == 1 and arguments[0] is None):
            return run.null(f"函数 {self.name}:没有给出列表")
        only = arguments[0]
        items = only if len(arguments) == 1 and isinstance(only, list) else list(arguments)
        return self._apply(run, [items])


class VariadicFunction(BuiltinFunction):
    """A function of any number of arguments, handed over as they are: concatenate([1], [2])."""

    has_forms = False

    @override
    def accepts_count(self, count: int) -> bool:
        """Any number but none."""
        return count > 0

    @override
    def call(self, run: Run, arguments: Sequence[object]) -> object:
        """Apply to the tuple of arguments."""
        _charge_sizes(run, arguments)
        if not arguments:
            return run.null(f"函数 {self.name}:没有给出参数")
        return self._apply(run, [tuple(arguments)])


def _count_fits(signature: Signature, count: int) -> bool:
    required = sum(1 for parameter in signature if not parameter.optional)
    return required <= count <= len(signature)


def _charge_sizes(run: Run, arguments: Sequence[object]) -> None:
    size = sum(len(value) for value in arguments if isinstance(value, list | str))
    run.charge(1 + size // _ITEMS_A_STEP)


FUNCTIONS: dict[str, BuiltinFunction] = {}
"""Every built-in function by name, ours included; filled by the modules of this package."""

_AnyFunction = TypeVar("_AnyFunction", bound=Callable[..., object])


def builtin(name: str, *signatures: str) -> Callable[[_AnyFunction], _AnyFunction]:
    """Put a pure function into the table; it gets the arguments alone."""

    def register(function: _AnyFunction) -> _AnyFunction:
        def implementation(_run: Run, *arguments: Any) -> object:
            return function(*arguments)

        FUNCTIONS[name] = BuiltinFunction(
            name, [read_signature(text) for text in signatures], implementation
        )
        return function

    return register


def builtin_with_run(
    name: str, *signatures: str, description: Words | None = None
) -> Callable[[_AnyFunction], _AnyFunction]:
    """Put a function into the table that needs the evaluation itself.

    Its budget, clock, zone or host.
    """

    def register(function: _AnyFunction) -> _AnyFunction:
        FUNCTIONS[name] = BuiltinFunction(
            name, [read_signature(text) for text in signatures], function, description
        )
        return function

    return register


def aggregate(name: str) -> Callable[[_AnyFunction], _AnyFunction]:
    """Put a function of (run, items) into the table that takes a list or single arguments."""

    def register(function: _AnyFunction) -> _AnyFunction:
        FUNCTIONS[name] = AggregateFunction(name, [read_signature("list: list")], function)
        return function

    return register


def variadic(name: str, signature: str) -> Callable[[_AnyFunction], _AnyFunction]:
    """Put a function of (run, arguments) into the table that takes any number of arguments."""

    def register(function: _AnyFunction) -> _AnyFunction:
        FUNCTIONS[name] = VariadicFunction(name, [read_signature(signature)], function)
        return function

    return register
