"""Work that somebody asked for and waits for: too long for one request, nothing a case waits for.

A workbook of the whole city, a list of thousands of rows. It is done beside the web by whoever
works off jobs, may be begun anew after a crash, and ends once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

KEPT = timedelta(days=30)
"""So long an errand is remembered; its file goes sooner."""


class ErrandStatus(StrEnum):
    """Where an errand stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class Errand:
    """One of them. ``subject`` is what it is about, ``wanted`` what whoever does it must know.

    ``done`` of ``total`` is how far it is; ``told`` says why it failed; ``file_id`` is what came
    of it. ``fence`` rises with each that takes it, so that a late former holder cannot end it.
    """

    id: str
    kind: str
    by_id: str
    subject: str
    wanted: Mapping[str, object] = field(default_factory=dict)
    status: ErrandStatus = ErrandStatus.WAITING
    done: int = 0
    total: int = 0
    told: str = ""
    file_id: str | None = None
    asked_at: datetime | None = None
    attempts: int = 0
    fence: int = 0

    @property
    def is_open(self) -> bool:
        """Whether there is something to wait for."""
        return self.status in (ErrandStatus.WAITING, ErrandStatus.RUNNING)

    @property
    def percent(self) -> int:
        """How much of it is done; never all before the end."""
        if self.status is ErrandStatus.DONE:
            return 100
        return min(99, 100 * self.done // self.total) if self.total else 0


@dataclass(frozen=True)
class Outcome:
    """What came of an errand: a file for whoever asked."""

    name: str
    content: bytes


Say = Callable[[int, int], None]
"""(done, of how many): says how far an errand is and keeps it.

Raises LeaseLost when another has taken it over, Interrupted when whoever does it is told to stop.
"""


class Interrupted(Exception):
    """Told to stop in the middle; somebody goes on with it at once."""
