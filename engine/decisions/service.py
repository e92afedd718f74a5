"""Decision services: decisions offered as one function (DMN 1.5, 6.3.12 and 10.4)."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from typing_extensions import override

from engine.feel.run import Run
from engine.feel.values import NamedParameters

_COST_OF_A_CALL = 5


class Graph(Protocol):
    """What a service needs of the question in which it is called."""

    def given(self, values: Mapping[int, object]) -> "Graph":
        """Ask again, with these elements' values given instead of evaluated."""
        ...

    def value_of(self, key: int) -> object:
        """Give the value of an element."""
        ...

    def fitted(self, key: int, value: object) -> object:
        """Give a value as the type of an element has it."""
        ...

    def taken(self, key: int, position: int, value: object) -> object:
        """Give an argument as the type of a service's variable has it."""
        ...


class ServiceFunction(NamedParameters):
    """A service as a function: its inputs are the arguments, its output decisions the result.

    One output decision is the result itself, several make a context by their names.
    """

    def __init__(
        self,
        node: tuple[str, int],
        parameters: Sequence[tuple[str, int]],
        outputs: Sequence[tuple[str, int]],
        graph: Graph,
    ) -> None:
        self.name, self._key = node
        self._parameters = parameters
        self._outputs = outputs
        self._graph = graph

    @property
    @override
    def parameter_names(self) -> tuple[str, ...]:
        """The names of the inputs, data before decisions."""
        return tuple(name for name, _key in self._parameters)

    @override
    def call(self, run: Run, arguments: Sequence[object]) -> object:
        """Decide over the arguments."""
        if not self.accepts_count(len(arguments)):
            expected = len(self._parameters)
            return run.null(f"决策服务应有 {expected} 个参数,得到 {len(arguments)} 个")
        run.charge(_COST_OF_A_CALL)
        given: dict[int, object] = {}
        for position, (_name, key) in enumerate(self._parameters):
            # Unlike a function's, an argument of the wrong type is null, and the service decides.
            fitting = self._graph.fitted(key, arguments[position])
            given[key] = self._graph.taken(self._key, position, fitting)
        run.enter_call()
        try:
            inner = self._graph.given(given)
            values = {name: inner.value_of(key) for name, key in self._outputs}
        finally:
            run.leave_call()
        result = next(iter(values.values())) if len(values) == 1 else values
        return self._graph.fitted(self._key, result)
