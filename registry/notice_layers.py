"""The two layers of a notice: the web's, masked, and the sheet's, with the whole name.

Both are made from a white list, never from a household's record: a field that is not named here
reaches no page, no sheet and no answer of the API (domain.md §1.1, §6 C7). What was published is
kept as the bytes it was, sealed, with their SHA-256: a later look shows these.
"""

import hashlib
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date

import orjson

from registry.notice import DayCount, PublicNotice
from registry.notice_names import tidy
from registry.vocabulary import CATEGORIES, words


@dataclass(frozen=True)
class WebNotice:
    """Everything the web may say of a notice: the white list. ``name`` is masked."""

    id: str
    subject: str
    name: str
    unit: str
    household_size: int | None
    category: str
    archive_level: str
    places: str
    phone: str
    posted_on: date
    ends_on: date
    provisional: bool

    def to_bytes(self) -> bytes:
        """As it is kept: canonical JSON."""
        return orjson.dumps(self, option=orjson.OPT_SORT_KEYS)

    @classmethod
    def from_bytes(cls, kept: bytes) -> "WebNotice":
        """As it was published."""
        read = orjson.loads(kept)
        read["posted_on"] = date.fromisoformat(read["posted_on"])
        read["ends_on"] = date.fromisoformat(read["ends_on"])
        return cls(**{name: read[name] for name in WHITELIST})

    def for_api(self, state: str) -> dict[str, object]:
        """As the published API shows it: no name even masked, no phone, no free text."""
        return {
            "id": self.id,
            "subject": self.subject,
            "unit": self.unit,
            "household_size": self.household_size,
            "category": self.category,
            "archive_level": self.archive_level,
            "state": state,
            "posted_on": self.posted_on.isoformat(),
            "ends_on": self.ends_on.isoformat(),
        }


WHITELIST = tuple(field.name for field in fields(WebNotice))
"""The fields of a notice on the web, and no others."""


@dataclass(frozen=True)
class Sheet:
    """What the sheet on the unit's own board says: the web's facts, and the whole name.

    ``name`` is the whole name only by the person's signed consent, else the masked one.
    ``office`` is who takes objections; ``address`` the web address of the notice, empty where it
    is not on the web.
    """

    web: WebNotice
    name: str
    days: int | None
    office: str
    address: str
    counted: DayCount = field(default_factory=DayCount)


def web_layer(one: PublicNotice) -> WebNotice:
    """What the web may say of this notice."""
    return WebNotice(
        id=one.id,
        subject=one.subject,
        name=one.name,
        unit=one.unit,
        household_size=one.household_size,
        category=words(CATEGORIES, one.category),
        archive_level=one.archive_level,
        places=one.places,
        phone=one.phone,
        posted_on=one.posted_on,
        ends_on=one.ends_on,
        provisional=one.provisional,
    )


def sheet_layer(one: PublicNotice, full_name: str, office: str, site: str) -> Sheet:
    """What the sheet says; ``site`` is where the public finds the installation."""
    address = f"{site.rstrip('/')}/notices/{one.id}" if one.on_web and site else ""
    name = tidy(full_name) if one.on_board else one.name
    web = replace(web_layer(one), places="")  # who stands before it knows where it hangs
    return Sheet(web, name, one.days, office, address, one.counted)


@dataclass(frozen=True)
class Snapshot:
    """What one layer said from an instant on: ``layer`` is web or sheet."""

    notice_id: str
    number: int
    layer: str
    at: str
    reason: str
    ends_on: str
    sha256: str
    content: bytes

    def values(self) -> dict[str, object]:
        """As a row."""
        return asdict(self)


def digest(content: bytes) -> str:
    """The SHA-256 that is shown and checked."""
    return hashlib.sha256(content).hexdigest()


def snapshot_place(notice_id: str, number: int, layer: str) -> str:
    """Names what a sealed snapshot belongs to."""
    return f"notice/{notice_id}/{number}/{layer}"
