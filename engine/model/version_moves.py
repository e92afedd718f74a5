"""Taking running cases over to another version of their process (在办迁移), as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from engine.model.errands import Errand, ErrandStatus
from engine.sentences import Words


class Verdict(StrEnum):
    """Whether a case can be taken over."""

    SAFE = "safe"
    NEEDS_MAPPING = "needs_mapping"
    REFUSED = "refused"


@dataclass(frozen=True)
class Route:
    """Which cases go where: those of a process at ``from_version``, or at any other, to a version.

    ``ids`` says of elements that are gone which new one takes their place, old id to new; empty
    for a wait beside a step that is given up.
    """

    key: str
    to_version: int
    from_version: int | None = None
    ids: Mapping[str, str] = field(default_factory=dict)

    @property
    def to_id(self) -> str:
        """The definition the cases come to."""
        return f"{self.key}:{self.to_version}"

    @property
    def from_id(self) -> str | None:
        """The definition they leave; None for every other."""
        return None if self.from_version is None else f"{self.key}:{self.from_version}"


@dataclass(frozen=True)
class Stand:
    """Where a case waits now, and what it will wait at; ``after`` empty where that is not known."""

    process_key: str
    element_id: str
    name: Words
    after: str = ""


@dataclass(frozen=True)
class CaseVerdict:
    """What the plan says of one case.

    ``reasons`` why it cannot be taken over, ``notes`` what its people should know if it is.
    ``has_passed`` names the new steps that lie behind it and will not be done.
    """

    case_id: str
    number: str
    organisation_id: str
    organisation_name: str
    version: int
    verdict: Verdict
    stands: tuple[Stand, ...] = ()
    reasons: tuple[Words, ...] = ()
    notes: tuple[Words, ...] = ()
    has_passed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unmapped:
    """An element that cases wait at and that the new version does not have.

    ``may_drop``: its wait may be given up. ``candidates`` are elements of its kind, by id.
    """

    process_key: str
    element_id: str
    name: Words
    cases: int
    may_drop: bool
    candidates: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Plan:
    """A verdict for every running case of the route; nothing has been changed."""

    route: Route
    cases: tuple[CaseVerdict, ...]
    unmapped: tuple[Unmapped, ...]

    def count(self, verdict: Verdict) -> int:
        """How many cases have it."""
        return sum(one.verdict is verdict for one in self.cases)

    @property
    def passed(self) -> int:
        """How many cases are past a new step that they will not do."""
        return sum(bool(one.has_passed) for one in self.cases if one.verdict is Verdict.SAFE)


@dataclass(frozen=True)
class SoughtPlan:
    """A plan that was asked for: it is there, or the errand says how far it is."""

    route: Route
    plan: Plan | None
    errand: Errand | None = None

    @property
    def has_failed(self) -> bool:
        """Whether looking at the cases ended with a sentence instead of a plan."""
        return self.errand is not None and self.errand.status is ErrandStatus.FAILED


class MoveStatus(StrEnum):
    """What became of a case in a migration."""

    MOVED = "moved"
    LEFT = "left"  # it stays on its version, with the reason
    BACK = "back"  # moved, and rolled back


@dataclass(frozen=True)
class Move:
    """One case in one migration."""

    case_id: str
    number: str
    organisation_name: str
    from_id: str
    status: MoveStatus
    reasons: tuple[Words, ...] = ()
    may_go_back: bool = False


@dataclass(frozen=True)
class Migration:
    """One migration that was asked for: how far it is, and what became of its cases."""

    id: str
    route: Route
    by_id: str
    asked_at: datetime
    ended_at: datetime | None
    total: int
    moved: int
    left: int
    back: int

    @property
    def version(self) -> str:
        """Where its cases come from, as people write it; empty for several versions."""
        return "" if self.route.from_version is None else str(self.route.from_version)

    @property
    def done(self) -> int:
        """How many cases have been looked at."""
        return self.moved + self.left + self.back
