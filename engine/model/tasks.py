"""Steps that people do, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum

from engine.model.actors import Actor
from engine.model.items import Items
from engine.model.organisations import Queue


class TaskStatus(Enum):
    """A step is open until it is completed once, or cancelled with its case or by a boundary."""

    OPEN = "open"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Task:
    """One step of one case, as stored.

    ``returned_by`` is the step that sent the case back to this one. ``by_profile`` are the people
    who may do it only where a separation profile holds; ``profile_id`` is that under which it was
    done. ``items`` says which one it is of a step that is repeated.
    """

    id: str
    case_id: str
    token: str
    process_key: str
    element_id: str
    name: str
    queue: Queue
    lane_kind: str
    status: TaskStatus
    rev: int
    assignee: str | None
    claimed_at: datetime | None
    barred: frozenset[str]
    priority: int
    created_at: datetime
    due_at: datetime | None
    due_date: date | None
    deadline: str | None
    provisional: bool
    returned_by: str | None
    completed_at: datetime | None
    completed_by: str | None
    by_profile: frozenset[str] = frozenset()
    profile_id: int | None = None
    items: Items = ()
    counted_from: date | None = None
    """The written date from which its limit is reckoned; None: from when it was opened."""
    limit_of: str | None = None
    paused: tuple[tuple[date, date], ...] | None = None
    """For when its limit stood still, as written; None: as the case did."""

    def bars(self, person_id: str) -> bool:
        """Whether she has done what keeps her from doing this (``notSamePersonAs``).

        Where her unit is small and has said so in writing, only what the process never relaxes.
        """
        if person_id in self.barred:
            return True
        return person_id in self.by_profile and self.queue.profile_id is None

    def needs_profile(self, person_id: str) -> bool:
        """Whether only a separation profile lets her do it: then the step is marked."""
        return person_id in self.by_profile and person_id not in self.barred


class Standing(Enum):
    """How a person stands to a step."""

    MAY = "may"
    NOT_HERS = "not-hers"
    BARRED = "barred"


def standing(actor: Actor, task: Task) -> Standing:
    """Whether the actor may do a step: ONE rule for claim, complete, pass on.

    She must hold the role at the handling organisation and must not have done a step whose doer
    is excluded (``notSamePersonAs``, domain.md §1.1).
    """
    if not actor.holds_at(task.queue.role, task.queue.handling_id):
        return Standing.NOT_HERS
    if task.bars(actor.person_id):
        return Standing.BARRED
    return Standing.MAY


class DueState(Enum):
    """The buckets of the inbox, in its order."""

    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"  # within two working days
    LATER = "later"
    NONE = "none"


@dataclass(frozen=True)
class InboxFilter:
    """What the person narrows her list to; empty texts narrow nothing."""

    bucket: str = ""
    role: str = ""
    organisation_id: str = ""
    process_key: str = ""
    text: str = ""
    holding: str = ""  # mine | free | ""
    cursor: str = ""
    limit: int = 50
    gathered: frozenset[str] = frozenset()
    """Processes whose steps are no rows: begun from a list by thousands, they stand together as one
    line a process, until one of them is chosen or something is searched for."""


@dataclass(frozen=True)
class Gathered:
    """How many steps of a process stand as one line, and how many of them are late."""

    process_key: str
    count: int
    overdue: int


@dataclass(frozen=True)
class TaskLine:
    """One row of a list of steps; ``is_sole`` where, in an inbox, nobody else may do it.

    ``is_by_profile``: in an inbox, only a separation profile lets its owner do it.
    """

    id: str
    case_id: str
    token: str
    case_number: str
    title: str
    element_id: str
    name: str
    process_key: str
    process_name: str
    role: str
    organisation_id: str
    organisation_name: str
    handling_id: str
    handling_name: str
    assignee: str | None
    assignee_name: str | None
    created_at: datetime
    due_at: datetime | None
    due_date: date | None
    deadline: str | None
    provisional: bool
    is_returned: bool = False
    is_sole: bool = False
    is_by_profile: bool = False
    status: str = "open"
    draft_at: datetime | None = None
    completed_at: datetime | None = None
    completed_by: str | None = None
    items: Items = ()
    lane_kind: str = ""
    counted_from: date | None = None
    limit_of: str | None = None
    paused: tuple[tuple[date, date], ...] | None = None


@dataclass(frozen=True)
class InboxCounts:
    """Exact numbers of the person's open steps that a filter leaves.

    Those by bucket, role, home organisation, process and holder leave the filter of that name
    aside: choosing a value shows so many rows. ``held`` are hers, be it because nobody else may do
    them; ``free`` are nobody's.
    """

    total: int = 0
    held: int = 0
    free: int = 0
    by_bucket: Mapping[str, int] = field(default_factory=dict)
    by_role: Mapping[str, int] = field(default_factory=dict)
    by_organisation: Mapping[str, int] = field(default_factory=dict)
    organisation_names: Mapping[str, str] = field(default_factory=dict)
    by_process: Mapping[str, int] = field(default_factory=dict)
    gathered: tuple[Gathered, ...] = ()
    """What stands as one line a process; counted nowhere else but in ``by_process``."""


@dataclass(frozen=True)
class InboxPage:
    """A stable page: rows that come or go do not move it."""

    lines: tuple[TaskLine, ...]
    counts: InboxCounts
    next_cursor: str | None


@dataclass(frozen=True)
class Holder:
    """Somebody who may do a step."""

    person_id: str
    name: str
    phone: str = ""
