"""The syntax tree of an expression.

Small frozen values, one class for each form of the language.
"""

from collections.abc import Callable
from collections.abc import Iterator as PythonIterator
from dataclasses import dataclass, fields, replace
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Node:
    """Any part of an expression."""


@dataclass(frozen=True, slots=True)
class NumberLiteral(Node):
    """12.5"""

    value: Decimal


@dataclass(frozen=True, slots=True)
class StringLiteral(Node):
    """A text in double quotes."""

    value: str


@dataclass(frozen=True, slots=True)
class BooleanLiteral(Node):
    """True or false."""

    value: bool


@dataclass(frozen=True, slots=True)
class NullLiteral(Node):
    """The word null."""


@dataclass(frozen=True, slots=True)
class TemporalLiteral(Node):
    """@"2026-11-16"."""

    text: str


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A variable or a function; "?" is the value under test."""

    name: str


@dataclass(frozen=True, slots=True)
class OperatorChain(Node):
    """first op operand op operand …, from left to right; all of + - or all of * / or all of **."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Negation(Node):
    """-x"""

    operand: Node


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """left = right, and != < <= > >=."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Between(Node):
    """x between low and high, both included."""

    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class Membership(Node):
    """x in test, x in (test, test)."""

    value: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Conjunction(Node):
    """a and b and …"""

    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Disjunction(Node):
    """a or b or …"""

    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Conditional(Node):
    """if condition then one else other"""

    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Iterator(Node):
    """name in source, or name in start..end."""

    name: str
    source: Node
    end: Node | None


@dataclass(frozen=True, slots=True)
class ForLoop(Node):
    """for iterators return body"""

    iterators: tuple[Iterator, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    """some (or every) iterators satisfies condition"""

    every: bool
    iterators: tuple[Iterator, ...]
    condition: Node


@dataclass(frozen=True, slots=True)
class TypeName(Node):
    """number, string, or a type that the model defines."""

    name: str


@dataclass(frozen=True, slots=True)
class DefinedType(Node):
    """A type that the model defines, found by its name.

    `conforms` tells whether a value is of its shape, which "instance of" asks; `admits` whether it
    is one of its allowed values too, as a parameter wants it; `written` is its shape in FEEL.
    """

    name: str
    conforms: Callable[..., bool]
    admits: Callable[..., bool]
    written: Node


@dataclass(frozen=True, slots=True)
class GenericType(Node):
    """list<number>, range<date>, context<a: number> (whose arguments have names)."""

    name: str
    arguments: tuple["TypeArgument", ...]


@dataclass(frozen=True, slots=True)
class TypeArgument(Node):
    """One argument of a generic type; `name` is empty but in a context."""

    name: str
    type: Node


@dataclass(frozen=True, slots=True)
class FunctionType(Node):
    """function<number, string> -> boolean"""

    parameters: tuple[TypeArgument, ...]
    result: Node


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    """x instance of type"""

    value: Node
    type: Node


@dataclass(frozen=True, slots=True)
class Parameter(Node):
    """A parameter of a function definition."""

    name: str
    type: Node | None


@dataclass(frozen=True, slots=True)
class FunctionDefinition(Node):
    """function(a, b: number) body"""

    parameters: tuple[Parameter, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class ListLiteral(Node):
    """[1, 2, 3]"""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Entry(Node):
    """One entry of a context; also one argument given by name."""

    key: str
    value: Node


@dataclass(frozen=True, slots=True)
class ContextLiteral(Node):
    """{a: 1, b: a + 1}"""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class RangeLiteral(Node):
    """[1..5], (1..5), ]1..5["""

    start: Node
    start_included: bool
    end: Node
    end_included: bool


@dataclass(frozen=True, slots=True)
class Path(Node):
    """value.name"""

    value: Node
    name: str


@dataclass(frozen=True, slots=True)
class Filter(Node):
    """list[condition] or list[position]"""

    source: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """function(1, 2)"""

    function: Node
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class NamedCall(Node):
    """function(a: 1, b: 2)"""

    function: Node
    arguments: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class OperatorTest(Node):
    """> 5, as a test of the value that is not written."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class UnaryTestList(Node):
    """A cell of a decision table: tests of which one must hold, or with not(…) none."""

    tests: tuple[Node, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class AnyValue(Node):
    """-, the cell that every value meets."""


_FIELD_NAMES: dict[type[Node], tuple[str, ...]] = {}


def _field_names(kind: type[Node]) -> tuple[str, ...]:
    names = _FIELD_NAMES.get(kind)
    if names is None:
        names = _FIELD_NAMES[kind] = tuple(field.name for field in fields(kind))
    return names


def child_nodes(node: Node) -> PythonIterator[Node]:
    """Give the parts directly below a node."""
    for name in _field_names(type(node)):
        value = getattr(node, name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            for item in value:
                part = item[1] if isinstance(item, tuple) else item
                if isinstance(part, Node):
                    yield part


def walk(root: Node) -> PythonIterator[tuple[Node, int]]:
    """Give every node below and including `root` with its depth, without recursion."""
    waiting = [(root, 1)]
    while waiting:
        node, depth = waiting.pop()
        yield node, depth
        waiting.extend((child, depth + 1) for child in child_nodes(node))


def rebuilt(node: Node, change: Callable[[Node], Node]) -> Node:
    """Give a tree in which every part was changed, those below first."""

    def again(value: object) -> object:
        if isinstance(value, Node):
            return rebuilt(value, change)
        return tuple(again(item) for item in value) if isinstance(value, tuple) else value

    names = _field_names(type(node))
    return change(replace(node, **{name: again(getattr(node, name)) for name in names}))
