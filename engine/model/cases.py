"""Cases (办件), their history and their files, as values."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum

from engine.model.confidentiality import Degree


class CaseStatus(Enum):
    """``incident``: a step of the engine failed and waits for a retry; nothing is lost."""

    ACTIVE = "active"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    SUSPENDED = "suspended"
    INCIDENT = "incident"


RUNNING = frozenset({CaseStatus.ACTIVE, CaseStatus.INCIDENT})

NOT_OVER = tuple(
    status.value for status in (CaseStatus.ACTIVE, CaseStatus.INCIDENT, CaseStatus.SUSPENDED)
)
"""As stored: cases whose work is still to be finished, also those that stand still for now."""


@dataclass(frozen=True)
class Reached:
    """A milestone of a case, and the element that was passed; earlier releases kept no element."""

    name: str
    at: datetime
    process_key: str | None = None
    element_id: str | None = None


@dataclass(frozen=True)
class Case:
    """One case, as stored. ``pauses`` are finished pauses of the total limit."""

    id: str
    number: str
    definition_id: str
    organisation_id: str
    business_key: str | None
    title: str
    status: CaseStatus
    milestone: str | None
    started_by: str
    created_at: datetime
    ended_at: datetime | None
    total_due_at: datetime | None
    total_limit: str | None
    paused_since: datetime | None
    pauses: tuple[tuple[datetime, datetime], ...]
    rev: int
    next_task_no: int
    event_count: int
    chain_head: str
    data_key: bytes = field(repr=False)
    state: bytes = field(repr=False)
    confidentiality: int = 0  # engine.model.confidentiality.Degree
    sealed_role: str | None = None
    excludes: bool = False  # somebody is kept away from it (engine.store.exclusions)

    @property
    def is_kept(self) -> bool:
        """Whether it is not simply a case of its area: sealed, or kept from somebody."""
        return self.excludes or self.confidentiality >= Degree.SEALED

    @property
    def process_key(self) -> str:
        """The key of its process."""
        return self.definition_id.rpartition(":")[0]

    @property
    def version(self) -> int:
        """The version of its process."""
        return int(self.definition_id.rpartition(":")[2])


class EventKind(Enum):
    """What can happen to a case; the published names of the API's history."""

    STARTED = "started"
    TASK_CREATED = "task_created"
    TASK_CLAIMED = "task_claimed"
    TASK_RELEASED = "task_released"
    TASK_COMPLETED = "task_completed"
    TIMER_SET = "timer_set"
    TIMER_FIRED = "timer_fired"
    MESSAGE = "message"
    FILE_ADDED = "file_added"
    DECISION = "decision"
    GRANT = "grant"
    NOTICE = "notice"
    INCIDENT = "incident"
    RETRIED = "retried"
    CANCELLED = "cancelled"
    COMPLETED = "completed"
    MIGRATED = "migrated"  # to another version of its process; not in the published list


@dataclass(frozen=True)
class HistoryEntry:
    """One row of a case's history, opened. ``detail`` is masked for the reader."""

    number: int
    at: datetime
    kind: EventKind
    actor: str | None
    task_id: str | None
    process_key: str | None
    element_id: str | None
    detail: Mapping[str, object]
    actor_name: str = ""


@dataclass(frozen=True)
class Attribute:
    """What search, columns and indicators may read of a case (design.md D17)."""

    name: str
    label: str
    text: str | None = None
    number: Decimal | None = None
    date: dt.date | None = None
    key_hash: str | None = None
    last4: str | None = None


@dataclass(frozen=True)
class StoredFile:
    """A file by its content; ``type`` was found by looking into it, not by its name."""

    id: str
    case_id: str | None
    owner: str
    name: str
    label: str
    type: str
    size: int
    sha256: str
    staged_at: datetime
    linked_at: datetime | None


@dataclass(frozen=True)
class CaseLine:
    """One row of a list of cases."""

    id: str
    number: str
    title: str
    definition_id: str
    process_name: str
    organisation_id: str
    organisation_name: str
    status: str
    milestone: str | None
    business_key: str | None
    created_at: datetime
    ended_at: datetime | None
    total_due_at: datetime | None
    steps: tuple[str, ...] = ()
