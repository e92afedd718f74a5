"""Where a name gets its value: inner names first, then the caller's variables, then functions."""

from collections.abc import Callable, Iterable, Mapping

from typing_extensions import override

from engine.feel.convert import to_feel
from engine.feel.facts import kept_for
from engine.feel.run import Run


class Scope(dict[str, object]):
    """Names and values of one level; a name it does not have is asked of the level around it."""

    __slots__ = ("parent", "run")

    def __init__(
        self, run: Run, parent: "Scope | None", values: Iterable[tuple[str, object]] = ()
    ) -> None:
        super().__init__(values)
        self.run = run
        self.parent = parent

    def __missing__(self, name: str) -> object:
        return None if self.parent is None else self.parent[name]

    def inner(self, values: Iterable[tuple[str, object]] = ()) -> "Scope":
        """Open a level inside this one."""
        return Scope(self.run, self, values)


class RootScope(Scope):
    """The caller's variables, converted when first read; behind them the functions."""

    __slots__ = ("_functions", "_variables")

    def __init__(
        self, run: Run, variables: Mapping[str, object], functions: Mapping[str, object]
    ) -> None:
        # Set here and not by super(): a third of the time of a short condition is making its scope.
        self.run = run
        self.parent = None
        self._variables = variables
        self._functions = functions

    @override
    def __missing__(self, name: str) -> object:
        if name in self._variables:
            kept = kept_for(self._variables, name)
            if kept is not None and name in kept:
                value = kept[name]
            else:
                value = to_feel(self._variables[name], self.run)
                if kept is not None:
                    kept[name] = value
            self[name] = value
            return value
        return self.function(name)

    def function(self, name: str) -> object:
        """Find a function of the host or a built-in one, whatever a variable of its name holds."""
        found = self.run.context.functions.get(name) or self._functions.get(name)
        return self.run.null(f"没有名为“{name}”的变量") if found is None else found


Closure = Callable[[Scope], object]
"""A compiled expression: what it is worth in a scope."""


def root_of(scope: Scope) -> RootScope:
    """Give the outermost level."""
    level: Scope = scope
    while level.parent is not None:
        level = level.parent
    assert isinstance(level, RootScope)  # noqa: S101 - every chain of levels starts with one
    return level
