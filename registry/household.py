"""A household's file (困难职工档案) as values: its content, and what lists read of it.

The content is one JSON object: the inputs of ``household.open_file`` and, under ``national``, what
was entered into the national system. It is kept sealed, one copy a version.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal

import orjson

from engine.errors import Invalid
from engine.model.clock import ZONE, local_date
from engine.work.attributes import normal
from registry.vocabulary import category_by_rules

Content = Mapping[str, object]

AWAITING_ENTRY = "awaiting_entry"
ON_FILE = "on_file"
CLOSED = "closed"
"""A file that was struck off (注销), and the act that did it."""
LIFTED = "lifted"
"""已脱困: the household's income has stood above the standard for long enough."""
SECURED = "secured"
"""已解困: it cannot be lifted out, and lives at the standard by relief and lasting help."""
FALLEN_BACK = "fallen_back"
"""返困: it left lifted or secured, a follow-up found it poor again, and it is not on file yet."""
OUT = (CLOSED, LIFTED, SECURED, FALLEN_BACK)
"""Statuses of a file that does not stand: nobody works on it, and it is not paid."""
EXITS = (LIFTED, SECURED)
"""The two ways out of poverty (domain.md §1.3); each is the status, the reason and the act."""
FELL_BACK = "fell_back"
"""The act that a follow-up found the household poor again."""
REVIEWED = "reviewed"
"""年度复核: the act that looks at the whole file again."""
TRANSFERRED = "transferred"
"""The act by which a file goes to the union of another place."""
REOPENED = "reopened"
"""The act that takes striking off back."""
EXIT_REVOKED = "exit_revoked"
"""The act that takes an exit back: a union above found that the household need not leave."""
APPROVED = "approved"
ENTERED = "entered"
MERGED = "merged"
IMPORTED = "imported"
"""The act of a first version that was taken over from an earlier record: no case made it."""
CORRECTED = "corrected"
DECIDED_AGAIN = "decided_again"
WITHDRAWN = "withdrawn"
RENEWED = "renewed"
NUMBERED = "numbered"
"""The national number written down of a file that no case enters."""
WITHOUT_CASE = (IMPORTED, CORRECTED, DECIDED_AGAIN, WITHDRAWN, RENEWED, NUMBERED)
"""Acts that a person does to a file itself."""
_LAST = 4
_NOON = time(12)
_LONGEST_NAME = 60
_LONGEST_CODE = 40
_LONGEST_REASON = 20


@dataclass(frozen=True)
class Shown:
    """What stands beside the sealed content, so that lists and searches need not open it."""

    head_name: str
    head_hash: str
    head_last4: str
    mobile_hash: str | None
    mobile_last4: str | None
    category: str
    archive_level: str
    status: str
    size: int | None
    national_no: str
    origin: str
    """``imported`` where the household was on file before; else a case opened the file."""
    closed_on: str = ""
    """The day a file left the register, struck off or by an exit; empty while it stands."""
    closed_reason: str = ""
    """Why, by its code: of :data:`CLOSE_REASONS`, or an exit."""

    @property
    def stands(self) -> bool:
        """Whether the household is on file."""
        return self.status not in OUT


@dataclass(frozen=True)
class File:
    """A file as it stands; ``version`` is the number of its newest version."""

    file_no: str
    organisation_id: str
    shown: Shown
    version: int
    opened_on: date
    changed_at: datetime
    stands_since: date | None
    """Since when it counts, without a break: None for one that left the register."""
    awaits_since: date | None
    """Since when it waits to be entered into the national system, without a break; None where it
    does not."""

    @property
    def changed_on(self) -> date:
        """The day it was last changed."""
        return local_date(self.changed_at)

    def followed(self, shown: Shown, at: datetime, on: date | None = None) -> "File":
        """The file with one version more, written at an instant.

        What comes back (a file that left and counts again) begins to wait on that day,
        or ``on`` the day it was approved, not on the day it was opened first; what waits already
        goes on waiting, whatever is changed meanwhile.
        """
        day = on or local_date(at)
        return replace(
            self,
            shown=shown,
            version=self.version + 1,
            changed_at=at,
            stands_since=began(shown.stands, self.stands_since, day),
            awaits_since=began(shown.status == AWAITING_ENTRY, self.awaits_since, day),
        )


def began(holds: bool, before: date | None, day: date) -> date | None:  # noqa: FBT001
    """Since when something holds that may have held before; None where it does not."""
    return (before or day) if holds else None


@dataclass(frozen=True)
class Version:
    """One version: by whom, why, from which case; ``content`` is sealed.

    ``case_id`` is empty where the act is ``imported``.
    """

    file_no: str
    number: int
    at: datetime
    by_id: str
    act: str
    reason: str
    case_id: str
    content: bytes


@dataclass(frozen=True)
class ExportedFile:
    """One file to be written into a workbook: ``union`` is the name of whose it is."""

    file: File
    union: str
    content: Content


def shown_of(content: Content, lookup_hash: Callable[[str], str]) -> Shown:
    """What lists read of a content. Raises Invalid without a head's name and number."""
    head = mapping(content.get("head"))
    name, number = text(head.get("name")), normal(text(head.get("id_number")))
    if not name or not number:
        raise Invalid("档案没有户主姓名或证件号码,没有建立。请退回补齐后再审批。")
    mobile = normal(text(head.get("mobile")))
    national_no = text(mapping(content.get("national")).get("national_no"))
    closed, left = mapping(content.get("closed")), mapping(content.get("left"))
    return Shown(
        head_name=name[:_LONGEST_NAME],
        head_hash=lookup_hash(number),
        head_last4=number[-_LAST:],
        mobile_hash=lookup_hash(mobile) if mobile else None,
        mobile_last4=mobile[-_LAST:] if mobile else None,
        category=category_of(content)[:_LONGEST_CODE],
        archive_level=text(content.get("archive_level"))[:_LONGEST_CODE],
        status=_status(closed, left, national_no),
        size=_size(content),
        national_no=national_no[:_LONGEST_NAME],
        origin=IMPORTED if mapping(content.get("imported")) else "",
        closed_on=text((closed or left).get("on"))[:10],
        closed_reason=text(closed.get("reason") or left.get("kind"))[:_LONGEST_REASON],
    )


def _status(closed: Content, left: Content, national_no: str) -> str:
    """Striking off says more than an exit before it: a household lifted out may have died since."""
    if closed:
        return CLOSED
    if left:
        return FALLEN_BACK if text(left.get("fell_back_on")) else text(left.get("kind"))
    return ON_FILE if national_no else AWAITING_ENTRY


def changed_at(content: Content, number: int, written_at: datetime) -> datetime:
    """When a file was last changed, by its newest version.

    A file that was taken over was last changed when its earlier keeper says so: loading a
    register must not make files of five years ago look as if somebody had just cared for them.
    """
    origin = mapping(content.get(IMPORTED))
    said = text(origin.get("changed_on"))
    if said and number == origin.get("version", 1):
        return datetime.combine(date.fromisoformat(said[:10]), _NOON, ZONE).astimezone(UTC)
    return written_at


def _size(content: Content) -> int | None:
    """As it was reckoned for the proposal, else the head and the members that count."""
    reckoned = mapping(content.get("proposal")).get("household_size")
    if isinstance(reckoned, int | float | Decimal):
        return int(reckoned)
    members = content.get("members")
    if members is None:
        return None
    return 1 + sum(member.get("counted") == "yes" for member in mappings(members))


def sealed_place(file_no: str, number: int) -> str:
    """Names the version a sealed content belongs to, so that it cannot be moved to another."""
    return f"household/{file_no}/{number}"


def packed(content: Content) -> bytes:
    """A content as bytes, keys in order: equal contents give equal bytes."""
    return orjson.dumps(dict(content), default=_number, option=orjson.OPT_SORT_KEYS)


def unpacked(content: bytes) -> Content:
    """A content from its bytes, its category in the code of the rules it was found with."""
    read = mapping(orjson.loads(content))
    said = category_of(read)
    if said == text(read.get("category")):
        return read
    proposal = mapping(read.get("proposal"))
    proposed = category_by_rules(text(proposal.get("category")), rule_set_of(read))
    again = {**read, "category": said}
    return {**again, "proposal": {**proposal, "category": proposed}} if proposal else again


def rule_set_of(content: Content) -> str:
    """The rules a household was measured by; empty where nothing says so."""
    proposal, standard = mapping(content.get("proposal")), mapping(content.get("standard"))
    return text(proposal.get("rule_set")) or text(standard.get("rule_set"))


def category_of(content: Content) -> str:
    """The code of its category."""
    return category_by_rules(text(content.get("category")), rule_set_of(content))


def _number(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    msg = f"a file cannot hold {type(value).__name__}"
    raise TypeError(msg)


def text(value: object) -> str:
    """A value as text; nothing is empty."""
    return "" if value is None else str(value).strip()


def mapping(value: object) -> Mapping[str, object]:
    """A group of answers; nothing is an empty one."""
    return value if isinstance(value, (dict, Mapping)) else {}  # a dictionary is told at once


def mappings(value: object) -> Sequence[Mapping[str, object]]:
    """A list of such groups; nothing is an empty one."""
    return [mapping(one) for one in value] if isinstance(value, list | tuple) else []
