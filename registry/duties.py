"""Duties, absences and what changed them, as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Kind(StrEnum):
    """What somebody is planned for on a day; ``AWAY``: for nothing, she is on leave."""

    STAFF = "staff"
    LAWYER = "lawyer"
    LEADER = "leader"
    AWAY = "away"


DUTIES = (Kind.STAFF, Kind.LAWYER, Kind.LEADER)
SWAPPED = frozenset({Kind.STAFF, Kind.LAWYER})
"""What two people may swap; who leads is the leaders' own matter."""

KIND_WORDS: Mapping[Kind, str] = {
    Kind.STAFF: "值班人员",
    Kind.LAWYER: "坐班律师",
    Kind.LEADER: "接待领导",
    Kind.AWAY: "请假",
}
ROLES: Mapping[Kind, frozenset[str]] = {
    Kind.STAFF: frozenset({"receptionist"}),
    Kind.LAWYER: frozenset({"lawyer"}),
    Kind.LEADER: frozenset({"county_approver", "city_leader"}),
}
"""Who may be planned for what: a role held at the union itself."""


class Gap(StrEnum):
    """Why nobody will be there, or not who was planned."""

    NOBODY = "nobody"
    AWAY = "away"
    LEFT = "left"
    CLOSED = "closed"
    REST = "rest"


GAP_WORDS: Mapping[Gap, str] = {
    Gap.NOBODY: "没有排班",
    Gap.AWAY: "请假",
    Gap.LEFT: "已不在岗",
    Gap.CLOSED: "账号已停用",
    Gap.REST: "休息日",
}


class How(StrEnum):
    """What changed the roster."""

    PLANNED = "planned"
    CHANGED = "changed"
    REMOVED = "removed"
    SWAPPED = "swapped"
    AWAY = "away"
    BACK = "back"


@dataclass(frozen=True)
class Duty:
    """A person planned for a day; ``name`` as she is called today."""

    id: int
    organisation_id: str
    day: date
    kind: Kind
    person_id: str
    name: str = ""


@dataclass(frozen=True)
class Change:
    """One change of the roster: who was planned, who is, why, by whom and in which case."""

    organisation_id: str
    day: date
    kind: Kind
    how: How
    was_id: str
    now_id: str
    why: str
    case_id: str
    by_id: str
    at: datetime


@dataclass(frozen=True)
class Post:
    """A person who may be planned for a kind of duty, from a day to a day."""

    kind: Kind
    person_id: str
    name: str
    since: date
    until: date | None
    is_active: bool

    def holds(self, day: date) -> bool:
        """Whether she may be planned for it on a day."""
        return self.is_active and self.since <= day and (self.until is None or day < self.until)
