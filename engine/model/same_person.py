"""Earlier cases of the person a case is about: whoever takes a matter down is shown them."""

from dataclasses import dataclass

from engine.model.cases import CaseLine

SAME_PERSON = "cases.same_person"
"""The name of the panel that shows them, and of the operation that a process asks."""

MOST = 50
"""So many are told, the newest."""


@dataclass(frozen=True)
class SameCase:
    """An earlier case as somebody may be told of it.

    ``by_number``: a number of the person is the same, not only the name. ``stage``: where it
    stands, or how it ended. ``is_open_to``: whether the reader may open it. ``is_kept``: it was
    found by a number that lies in a compartment of it, which the reader may read.
    """

    line: CaseLine
    by_number: bool
    stage: str
    is_open_to: bool
    is_kept: bool = False
