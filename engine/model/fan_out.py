"""Fan-out: one small case a line of a list, thousands at once (design.md D10).

A list is gone through in batches. Of each line exactly one case is begun, under the key of the
list and the line's own business key: that holds however often the list is gone through, whoever
goes through it, and wherever it was stopped.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

AT_ONCE = 500
"""Lines of a batch: one transaction."""

LONGEST_KEY = 200
LONGEST_LIST_KEY = 100

CAMPAIGN = "campaign"
"""Value of ``startsFrom``: cases of the process are begun by a fan-out alone."""


@dataclass(frozen=True)
class Line:
    """One line of a list: a case to be begun for a unit, and what it begins with."""

    business_key: str
    organisation_id: str
    variables: Mapping[str, object] = field(default_factory=dict)


class Source(Protocol):
    """Where the lines of a list come from, known to an installation by name.

    Lines come in the order of their business keys (by code points, as Python sorts text), page
    by page, each from a view of its own: a list of 100,000 is never held as a whole, and who goes
    on after a crash asks for what lies behind the last key. What changes in the list behind that
    key is seen, what changes before it by the next round.
    """

    def count(self, tx: object, wanted: Mapping[str, object]) -> int:
        """How many lines there are."""
        ...

    def page(
        self, tx: object, wanted: Mapping[str, object], after: str, limit: int
    ) -> Sequence[Line]:
        """The next lines behind a business key; fewer than ``limit`` only at the end."""
        ...


class News(Protocol):
    """What becomes known of lines of a list while their cases wait for it, by name."""

    def of(
        self, tx: object, wanted: Mapping[str, object], keys: Sequence[str]
    ) -> Mapping[str, Mapping[str, object]]:
        """By business key what each case is to hear; those nothing is known of are left out."""
        ...


@dataclass(frozen=True)
class FanOut:
    """A list and how far it is.

    ``done`` of ``total`` lines have been looked at in this round; ``begun`` cases exist in all,
    ``refused`` lines have none, each with a reason. ``ended_at``: the list has been gone through.
    ``joins_until``: the last day on which lines come to it, and cases that somebody began join.
    """

    id: str
    key: str
    definition_id: str
    by_id: str
    case_id: str | None
    source: str
    wanted: Mapping[str, object] = field(repr=False)
    total: int
    done: int
    begun: int
    refused: int
    after: str
    asked_at: datetime
    ended_at: datetime | None
    stopped_at: datetime | None
    joins_until: date | None = None

    @property
    def process_key(self) -> str:
        """The key of the process its cases follow."""
        return self.definition_id.rpartition(":")[0]

    @property
    def percent(self) -> int:
        """How much of the list has been looked at; all only at its end."""
        if self.ended_at is not None:
            return 100
        return min(99, 100 * self.done // self.total) if self.total else 0


@dataclass(frozen=True)
class Children:
    """Where the cases of a list stand."""

    open: int = 0
    completed: int = 0
    cancelled: int = 0


@dataclass(frozen=True)
class RefusedLine:
    """A line that no case was begun for, and why."""

    business_key: str
    organisation_id: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class StepsOfList:
    """How many steps of one kind in a list are somebody's, and how many of them are late.

    ``title`` is that of the case that asked for the list.
    """

    key: str
    title: str
    process_key: str
    element_id: str
    name: str
    count: int
    overdue: int


@dataclass(frozen=True)
class ListedStep:
    """One of them."""

    task_id: str
    rev: int
    name: str
    business_key: str
    number: str
    title: str
    unit: str
    due_date: date | None


Pages = Callable[[str], Iterator[Sequence[Line]]]
"""The pages of a list behind a business key."""
