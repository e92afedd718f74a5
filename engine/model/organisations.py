"""The federation's directory as values (design.md D25)."""

from dataclasses import dataclass
from datetime import date
from enum import Enum

LEVELS = ("grassroots", "township", "county", "city")
"""From the worker's own union upwards; ``level`` of lanes and organisations."""

LEVEL_NAMES = {"grassroots": "基层", "township": "乡镇(街道)", "county": "县级", "city": "市级"}


@dataclass(frozen=True)
class Organisation:
    """A node of the tree. A rename keeps the node; parents are dated and of two kinds.

    ``approval_parent`` is climbed by routing, ``area_parent`` counts in statistics: a
    development zone approves under the city and counts in the county it lies in.
    """

    id: str
    code: str
    name: str
    kind: str  # city county zone township industry grassroots
    level: str  # one of LEVELS
    approval_parent: str | None
    area_parent: str | None
    name_en: str = ""
    valid_from: date = date(2000, 1, 1)
    valid_to: date | None = None
    phone: str = ""
    simulated: bool = False

    def is_closed(self, day: date) -> bool:
        """Whether it has ended by a day."""
        return self.valid_to is not None and self.valid_to <= day


@dataclass(frozen=True)
class Role:
    """A role of the directory; ``levels`` where it can be held."""

    code: str
    zh: str
    en: str
    levels: tuple[str, ...]
    sees: str  # area | own | none


@dataclass(frozen=True)
class Person:
    """Somebody with an account."""

    id: str
    username: str
    name: str
    organisation_id: str
    phone: str = ""
    active: bool = True
    simulated: bool = False


@dataclass(frozen=True)
class DatedGrant:
    """A role of a person at an organisation, from a day to a day."""

    id: int
    person_id: str
    role: str
    organisation_id: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class Designation:
    """In writing: a unit's steps of a role are done by another organisation, from a day to a day.

    ``set_by`` is a person's id, None where nobody wrote it down.
    """

    id: int
    role: str
    organisation_id: str
    handled_by_id: str
    document: str
    valid_from: date
    valid_to: date | None = None
    reason: str = ""
    set_by: str | None = None

    @property
    def in_words(self) -> str:
        """The document, and until when it holds."""
        return self.document if self.valid_to is None else f"{self.document},至 {self.valid_to}"


@dataclass(frozen=True)
class SeparationProfile:
    """最小岗位方案: what a unit with too few people has decided, in writing, from a day to a day.

    While it holds there, one person may do steps that are otherwise two people's, as far as the
    process file says so (``sameInSmallUnits``); each such step is marked.
    """

    id: int
    organisation_id: str
    document: str
    reason: str
    valid_from: date
    valid_to: date | None = None
    set_by: str = ""


class RoutingReason(Enum):
    """Why a step is with the organisation that handles it (design.md D7)."""

    LEVEL = "level"
    CLIMBED = "climbed"
    DESIGNATED = "designated"
    UNSTAFFED = "unstaffed"


@dataclass(frozen=True)
class Queue:
    """Where the steps of one role for one home organisation are handled, and why."""

    id: int
    role: str
    level: str
    home_id: str
    handling_id: str
    reason: RoutingReason
    reason_text: str
    profile_id: int | None = None
    """The separation profile that holds where it is handled, if one does."""
