"""Waiting for what must come about: as long as a machine with much other work needs.

A test says what it waits for, never how long that takes. The limit is for what never comes.
"""

import time
from collections.abc import Callable

WAITED = 600.0
"""Seconds at most for anything: many times what it takes on a machine with two cores."""

ON_A_PAGE = 60_000
"""Milliseconds at most until a page shows something: each of many may wait so long in vain."""


def until(
    is_so: Callable[[], bool],
    what: str,
    rest: Callable[[float], object] = time.sleep,
    waited: float = WAITED,
) -> None:
    """Wait until something is so, and fail where it does not come about.

    ``rest``: how to let so many seconds go by, where sleeping would stop what is waited for.
    ``waited``: seconds at most, where there is so much to do that the usual ones are too few.
    """
    end = time.monotonic() + waited
    while not is_so():
        assert time.monotonic() < end, f"{what}: not within {waited:.0f} seconds"
        rest(0.01)
