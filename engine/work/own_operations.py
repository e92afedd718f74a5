"""The operations that every engine has, whatever packages above it bring."""

from collections.abc import Callable, Mapping

from engine.model.operations import Operation
from engine.work.environment import Environment
from engine.work.fan_out_asking import operation


def own_operations(
    environment: Callable[[], Environment] | None = None,
) -> Mapping[str, Operation]:
    """The operations that every engine has; without an environment only to be read about."""

    def missing() -> Environment:
        msg = "these operations are for reading about"
        raise LookupError(msg)

    for_each = operation(environment or missing)
    return {for_each.name: for_each}
