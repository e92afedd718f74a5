"""The operations that every engine has, whatever packages above it bring."""

from collections.abc import Callable, Mapping

from engine.model.operations import Operation
from engine.work import fan_out_asking, fan_out_joining, linked_cases, same_person
from engine.work.environment import Environment


def own_operations(
    environment: Callable[[], Environment] | None = None,
) -> Mapping[str, Operation]:
    """The operations that every engine has; without an environment only to be read about."""

    def missing() -> Environment:
        msg = "these operations are for reading about"
        raise LookupError(msg)

    known = environment or missing
    own = (
        fan_out_asking.operation(known),
        fan_out_asking.begin_operation(known),
        fan_out_joining.operation(known),
        linked_cases.begin_operation(known),
        linked_cases.tell_operation(known),
        same_person.operation(known),
    )
    return {one.name: one for one in own}
