"""Which functions are of a type of functions (DMN 1.5, 10.3.2.9.3).

A function must take whatever the type promises to give it, and give what the type promises. Only
what is written down is known of a function: the types of its parameters, and that of a body which
is a value or a parameter. What is not known is no reason against it.
"""

from collections.abc import Mapping

from engine.feel import syntax
from engine.feel.temporal_text import read_temporal
from engine.feel.values import kind_of

UNKNOWN = syntax.TypeName("Any")
_OTHER_NAMES = {
    "any": "Any",
    "dateTime": "date and time",
    "yearMonthDuration": "years and months duration",
    "dayTimeDuration": "days and time duration",
}


def signature_of(node: syntax.FunctionDefinition) -> syntax.FunctionType:
    """Give the type of a function that is written in FEEL."""
    parameters = {one.name: one.type or UNKNOWN for one in node.parameters}
    arguments = tuple(syntax.TypeArgument("", kind) for kind in parameters.values())
    return syntax.FunctionType(arguments, _type_of(node.body, parameters))


def _type_of(node: syntax.Node, known: Mapping[str, syntax.Node]) -> syntax.Node:
    match node:
        case syntax.NumberLiteral() | syntax.StringLiteral() | syntax.BooleanLiteral():
            return syntax.TypeName(kind_of(node.value))
        case syntax.TemporalLiteral(text):
            return syntax.TypeName(kind_of(read_temporal(text)))
        case syntax.Name(name):
            return known.get(name, UNKNOWN)
        case syntax.ListLiteral():
            return syntax.TypeName("list")
        case syntax.ContextLiteral(entries):
            fields = (syntax.TypeArgument(one.key, _type_of(one.value, known)) for one in entries)
            return syntax.GenericType("context", tuple(fields))
        case syntax.FunctionDefinition():
            return signature_of(node)
        case _:
            return UNKNOWN


def fits(given: syntax.Node, wanted: syntax.Node) -> bool:
    """Tell whether values of one type can stand where the other is wanted, as far as is known."""
    given, wanted = _written(given), _written(wanted)
    if UNKNOWN in (given, wanted):
        return True
    match given, wanted:
        case syntax.FunctionType(), syntax.FunctionType():
            return _takes_and_gives(given, wanted)
        case syntax.GenericType("context", has), syntax.GenericType("context", wants):
            fields = {one.name: one.type for one in has}
            return all(one.name in fields and fits(fields[one.name], one.type) for one in wants)
        case syntax.GenericType(name, (item,)), syntax.GenericType(other, (asked,)):
            return name == other and fits(item.type, asked.type)
        case _:
            return _kind(given) == _kind(wanted)


def _takes_and_gives(given: syntax.FunctionType, wanted: syntax.FunctionType) -> bool:
    return (
        len(given.parameters) == len(wanted.parameters)
        and all(
            fits(promised.type, taken.type)
            for promised, taken in zip(wanted.parameters, given.parameters, strict=True)
        )
        and fits(given.result, wanted.result)
    )


def _written(node: syntax.Node) -> syntax.Node:
    match node:
        case syntax.DefinedType():
            return _written(node.written)
        case syntax.TypeName(name) if name in _OTHER_NAMES:
            return syntax.TypeName(_OTHER_NAMES[name])
        case _:
            return node


def _kind(node: syntax.Node) -> str:
    match node:
        case syntax.TypeName(name) | syntax.GenericType(name, _):
            return name
        case _:
            return "function"
