"""Which element of a process reached a milestone."""

from collections.abc import Callable, Sequence

from engine.model.cases import Reached
from engine.model.definitions import Element
from engine.runtime import Program


def element_reached(
    programs: Sequence[Program], reached: Reached, is_fit: Callable[[Element], bool]
) -> Element | None:
    """The element that was reached, as the newest version that has it draws it.

    Several elements may bear one milestone. Of a milestone that a release wrote down which kept no
    element, one that is ``is_fit`` for what is asked; None where there is none.
    """
    newest_first = tuple(reversed(programs))
    for program in newest_first:
        if reached.process_key in program.processes:
            for element in program.elements(reached.process_key):
                if element.id == reached.element_id:
                    return element
    if reached.element_id is not None:
        return None
    return next(
        (
            element
            for program in newest_first
            for key in program.processes
            for element in program.elements(key)
            if element.milestone == reached.name and is_fit(element)
        ),
        None,
    )
