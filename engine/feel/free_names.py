"""Which variables an expression reads from outside.

What a check compares with what a process provides.
"""

from collections.abc import Collection, Iterator

from engine.feel import syntax
from engine.feel.compiler.control import PARTIAL
from engine.feel.compiler.tests import TESTED


def free_names(
    root: syntax.Node, functions: Collection[str], known: Collection[str]
) -> frozenset[str]:
    """Give the outside names of a tree.

    Inside a filter any name may be a field of the item, so names there are left out. A name of
    `functions` counts where it is used as a value, not where it is called; as an argument only if
    it is `known`.
    """
    return frozenset(_Reader(functions, known).read(root, frozenset()))


class _Reader:
    """Walks a tree with the names bound so far."""

    def __init__(self, functions: Collection[str], known: Collection[str]) -> None:
        self._functions = functions
        self._known = known

    def read(self, node: syntax.Node, bound: frozenset[str]) -> Iterator[str]:
        match node:
            case syntax.Name(name):
                if name not in bound and name != TESTED:
                    yield name
            case syntax.Filter(source, _condition):
                yield from self.read(source, bound)
            case syntax.Call(function, arguments):
                yield from self._callee(function, bound)
                for argument in arguments:
                    yield from self._argument(argument, bound)
            case syntax.NamedCall(function, arguments):
                yield from self._callee(function, bound)
                for entry in arguments:
                    yield from self._argument(entry.value, bound)
            case _:
                yield from self._binding(node, bound)

    def _binding(self, node: syntax.Node, bound: frozenset[str]) -> Iterator[str]:
        match node:
            case syntax.ForLoop(iterators, body):
                yield from self._iteration(iterators, body, bound, PARTIAL)
            case syntax.Quantified(_, iterators, condition):
                yield from self._iteration(iterators, condition, bound)
            case syntax.ContextLiteral(entries):
                for entry in entries:
                    own = {entry.key}
                    is_function = isinstance(entry.value, syntax.FunctionDefinition)
                    # Only a function may speak of itself: it is called when the entry exists.
                    yield from self.read(entry.value, bound | own if is_function else bound)
                    bound |= own
            case syntax.FunctionDefinition(parameters, body):
                yield from self.read(body, bound | {parameter.name for parameter in parameters})
            case _:
                for child in syntax.child_nodes(node):
                    yield from self.read(child, bound)

    def _iteration(
        self,
        iterators: tuple[syntax.Iterator, ...],
        body: syntax.Node,
        bound: frozenset[str],
        *more: str,
    ) -> Iterator[str]:
        for iterator in iterators:
            yield from self.read(iterator.source, bound)
            if iterator.end is not None:
                yield from self.read(iterator.end, bound)
            bound |= {iterator.name}
        yield from self.read(body, bound | set(more))

    def _callee(self, node: syntax.Node, bound: frozenset[str]) -> Iterator[str]:
        if not (isinstance(node, syntax.Name) and node.name in self._functions):
            yield from self.read(node, bound)

    def _argument(self, node: syntax.Node, bound: frozenset[str]) -> Iterator[str]:
        is_function = isinstance(node, syntax.Name) and node.name in self._functions
        if not is_function or (isinstance(node, syntax.Name) and node.name in self._known):
            yield from self.read(node, bound)
