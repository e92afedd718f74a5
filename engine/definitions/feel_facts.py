"""What can be read off a FEEL text without evaluating it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from engine.feel import FeelSyntaxError, syntax
from engine.feel.functions import spaced_names
from engine.feel.names import KnownNames
from engine.feel.reader import parse

_LANGUAGE_NAMES = KnownNames(spaced_names())
_CLOCK = frozenset({"now", "today"})


@dataclass(frozen=True)
class Equality:
    """A variable compared with a text or a truth value: ``decision = "agree"``, ``= true``."""

    name: str
    value: str | bool


@lru_cache(maxsize=1024)
def tree_of(text: str) -> syntax.Node | None:
    """The tree of a text that begins with ``=``; None for plain texts and wrong ones."""
    if not text.strip().startswith("="):
        return None
    try:
        return parse(text.strip()[1:], _LANGUAGE_NAMES)
    except FeelSyntaxError:
        return None


def parameters_asked(text: str) -> frozenset[str]:
    """The names in ``parameter("…")``; one that is computed cannot be known."""
    return frozenset(_parameters(tree_of(text)))


@lru_cache(maxsize=1024)
def parameter_alone(text: str) -> str | None:
    """The one parameter that a text is reckoned from, with no variable and no clock beside it.

    Such a text gives the same whenever it is asked: what was reckoned from it can be reckoned anew.
    """
    asked = parameters_asked(text)
    if len(asked) != 1:
        return None
    parts = list(_parts(tree_of(text)))
    called = [
        part.function
        for part in parts
        if isinstance(part, syntax.Call | syntax.NamedCall)
        and isinstance(part.function, syntax.Name)
    ]
    named = [part for part in parts if isinstance(part, syntax.Name)]
    if len(called) != len(named) or any(one.name in _CLOCK for one in called):
        return None
    return next(iter(asked))


def equalities(text: str) -> frozenset[Equality]:
    """Every comparison of a variable with a fixed text, anywhere in the expression."""
    return frozenset(_equalities(tree_of(text)))


def required_equalities(text: str) -> tuple[Equality, ...] | None:
    """The comparisons that an expression is a conjunction of; None where it is anything else.

    A variable alone counts as ``= true``, ``not(x)`` as ``= false``.
    """
    tree = tree_of(text)
    if tree is None:
        return None
    parts = tree.operands if isinstance(tree, syntax.Conjunction) else (tree,)
    found = [_as_equality(part) for part in parts]
    return None if None in found else tuple(one for one in found if one is not None)


def results_of(text: str) -> tuple[syntax.Node, ...]:
    """What an expression may give: the ends of its ``if``; nothing for a plain or wrong text."""
    tree = tree_of(text)
    return () if tree is None else tuple(_results(tree))


def _results(node: syntax.Node) -> Iterator[syntax.Node]:
    if isinstance(node, syntax.Conditional):
        yield from _results(node.then)
        yield from _results(node.otherwise)
    else:
        yield node


def _as_equality(node: syntax.Node) -> Equality | None:
    match node:
        case syntax.Comparison("=", syntax.Name(name), syntax.StringLiteral(value)):
            return Equality(name, value)
        case syntax.Comparison("=", syntax.Name(name), syntax.BooleanLiteral(truth)):
            return Equality(name, truth)
        case syntax.Name(name):
            return Equality(name, value=True)
        case syntax.Call(syntax.Name("not"), (syntax.Name(name),)):
            return Equality(name, value=False)
        case _:
            return None


def _equalities(node: syntax.Node | None) -> Iterator[Equality]:
    for part in _parts(node):
        match part:
            case syntax.Comparison(
                "=" | "!=", syntax.Name(name), syntax.StringLiteral(value)
            ) | syntax.Comparison("=" | "!=", syntax.StringLiteral(value), syntax.Name(name)):
                yield Equality(name, value)
            case syntax.Membership(syntax.Name(name), tests):
                for test in tests:
                    values = test.items if isinstance(test, syntax.ListLiteral) else (test,)
                    for choice in values:
                        if isinstance(choice, syntax.StringLiteral):
                            yield Equality(name, choice.value)
            case _:
                pass


def _parameters(node: syntax.Node | None) -> Iterator[str]:
    for part in _parts(node):
        match part:
            case syntax.Call(syntax.Name("parameter"), (syntax.StringLiteral(name),)):
                yield name
            case syntax.NamedCall(syntax.Name("parameter"), (entry,)):
                if isinstance(entry.value, syntax.StringLiteral):
                    yield entry.value.value
            case _:
                pass


def _parts(node: syntax.Node | None) -> Iterator[syntax.Node]:
    waiting = [] if node is None else [node]
    while waiting:
        part = waiting.pop()
        yield part
        waiting += syntax.child_nodes(part)
