"""Types as they are written after "instance of" and behind parameters (DMN 1.5, 10.3.2.9)."""

from collections.abc import Callable

from engine.feel import syntax
from engine.feel.errors import NoValue
from engine.feel.function_types import fits
from engine.feel.run import Run
from engine.feel.temporal import Date, DateTime, Time
from engine.feel.values import FeelFunction, Range, kind_of, kind_word

_SIMPLE_TYPES = {
    "number": "number",
    "string": "string",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "date and time": "date and time",
    "dateTime": "date and time",
    "years and months duration": "years and months duration",
    "yearMonthDuration": "years and months duration",
    "days and time duration": "days and time duration",
    "dayTimeDuration": "days and time duration",
    "list": "list",
    "context": "context",
    "range": "range",
    "function": "function",
}
_ANY = frozenset(("Any", "any"))

Conforms = Callable[[object, Run], bool]
"""Tells whether a value is of a type. Null is of every type, as the standard has it."""


def type_check(node: syntax.Node) -> Conforms | None:
    """Compile a type; None when it names something that this language does not define."""
    match node:
        case syntax.TypeName(name) if name in _ANY:
            return lambda _value, _run: True
        case syntax.DefinedType():
            return node.conforms
        case syntax.TypeName("Null"):
            return lambda value, _run: value is None
        case syntax.TypeName(name) if name in _SIMPLE_TYPES:
            kind = _SIMPLE_TYPES[name]
            return lambda value, _run: value is None or kind_of(value) == kind
        case syntax.FunctionType():
            return lambda value, _run: value is None or is_function_of(value, node)
        case _:
            return _structured_check(node)


def parameter_check(node: syntax.Node) -> Conforms | None:
    """Compile the type of a parameter, whose allowed values count."""
    return node.admits if isinstance(node, syntax.DefinedType) else type_check(node)


def is_function_of(value: object, wanted: syntax.FunctionType) -> bool:
    """Tell whether a value is a function of such a type."""
    if not isinstance(value, FeelFunction):
        return False
    if value.signature is None:
        return value.accepts_count(len(wanted.parameters))
    return fits(value.signature, wanted)


def _structured_check(node: syntax.Node) -> Conforms | None:
    match node:
        case syntax.GenericType("list", (syntax.TypeArgument(_, item),)):
            return _list_check(item)
        case syntax.GenericType("range", (syntax.TypeArgument(_, bound),)):
            return _range_check(bound)
        case syntax.GenericType("context", fields):
            return _context_check(fields)
        case _:
            return None


def _list_check(item: syntax.Node) -> Conforms | None:
    check = type_check(item)
    if check is None:
        return None

    def conforms(value: object, run: Run) -> bool:
        if not isinstance(value, list):
            return value is None
        run.charge(len(value))
        return all(check(one, run) for one in value)

    return conforms


def _range_check(bound: syntax.Node) -> Conforms | None:
    check = type_check(bound)
    if check is None:
        return None

    def conforms(value: object, run: Run) -> bool:
        if not isinstance(value, Range):
            return value is None
        return check(value.start, run) and check(value.end, run)

    return conforms


def _context_check(fields: tuple[syntax.TypeArgument, ...]) -> Conforms | None:
    checks = {field.name: type_check(field.type) for field in fields}
    known = {name: check for name, check in checks.items() if check is not None}
    if len(known) != len(fields):
        return None

    def conforms(value: object, run: Run) -> bool:
        if not isinstance(value, dict):
            return value is None
        run.charge(len(known))
        return all(name in value and check(value[name], run) for name, check in known.items())

    return conforms


def converted(value: object, check: Conforms, run: Run) -> object:
    """Convert a value so that it fits a type, by the standard's rules (10.3.2.9.4).

    Raises NoValue where it cannot.
    """
    if check(value, run):
        return value
    if isinstance(value, list) and len(value) == 1 and check(value[0], run):
        return value[0]
    if not isinstance(value, list) and check([value], run):
        return [value]
    if isinstance(value, Date):
        midnight = DateTime(value.day, Time(0, 0))
        if check(midnight, run):
            return midnight
    raise NoValue(f"值的类型不符,得到{kind_word(value)}")
