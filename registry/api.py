"""The register's questions and its one command, on an open engine.

Every answer is for one actor: files and notices outside her area do not exist for her
(:mod:`registry.store.sight`). Personal numbers are masked unless asked for by name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from engine import Actor, Engine
from engine.errors import Conflict, Invalid, NotFound
from engine.model.actors import PUBLIC
from engine.model.ids import new_id
from engine.store.database import Tx
from registry.aid import AidBook
from registry.copying import CopyDesk
from registry.files import Files
from registry.indexing import EDITION, index_files
from registry.listing import list_people
from registry.lists import HouseholdLine, Lists, Search, line_of
from registry.loading import ExistingHousehold, Loaded, load_files
from registry.notice import OBJECTION, NoticeStatus, PublicNotice, objection_key
from registry.paper import PaperShelf
from registry.past_help import PastHelp, load_help
from registry.reading import content_of, must_see
from registry.sections import Mask, Section, masked, sections, whole
from registry.store import households, index, notices, people
from registry.store.households import VersionLine
from registry.vocabulary import (
    CATEGORIES,
    HOUSEHOLD_STATUSES,
    NOTICE_CASE_OVER,
    NOTICE_PERIOD_OVER,
    NOTICE_RESULTS,
    NOTICE_STATUSES,
    words,
)

LONGEST_OBJECTION = 2_000
LONGEST_NAME = 100
_RECEIPT_LETTERS = 6


@dataclass(frozen=True)
class HouseholdPage:
    """Files, and how many there are of each status."""

    lines: Sequence[HouseholdLine]
    counts: Mapping[str, int]
    status_words: Mapping[str, str]
    next_cursor: str | None


@dataclass(frozen=True)
class Household:
    """A file: its line, its parts, its versions newest first."""

    line: HouseholdLine
    sections: Sequence[Section]
    versions: Sequence[VersionLine]


@dataclass(frozen=True)
class Notice:
    """A notice as people read it: nothing here says more than the public may know."""

    id: str
    sort_key: str
    subject: str
    name: str
    unit: str
    household_size: int | None
    category: str
    archive_level: str
    places: str
    status: str
    status_words: str
    posted_on: date
    ends_on: date
    result_words: str
    phone: str
    is_open: bool
    case_id: str

    def as_json(self) -> dict[str, object]:
        """As the published API shows it: no name even masked, no phone, no free text."""
        return {
            "id": self.id,
            "subject": self.subject,
            "unit": self.unit,
            "household_size": self.household_size,
            "category": self.category,
            "archive_level": self.archive_level,
            "state": self.status,
            "posted_on": self.posted_on.isoformat(),
            "ends_on": self.ends_on.isoformat(),
        }


class Registry:
    """The register on an engine that was opened with its branch and its operations."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._vault = engine.environment.vault
        self.files = Files(engine)
        self.aid = AidBook(engine)
        self.lists = Lists(engine)
        self.copying = CopyDesk(engine)
        self.papers = PaperShelf(engine)

    def list_people(self) -> int:
        """List who is named in files of an earlier release; the number of those files."""
        if not self._engine.ask(lambda tx: people.unlisted(tx, 1)):
            return 0
        return list_people(self._engine.environment, self._engine.execute)

    def index_files(self) -> int:
        """Index files that are found by other rules than today's; how many those were."""
        if not self._engine.ask(lambda tx: index.stale(tx, EDITION, 1)):
            return 0
        return index_files(self._engine.environment, self._engine.execute)

    # Household files -----------------------------------------------------------------------

    def households(
        self,
        actor: Actor,
        *,
        text: str = "",
        status: str = "",
        organisation_id: str = "",
        after: str = "",
        limit: int = 50,
    ) -> HouseholdPage:
        """Files of the actor's area, newest change first.

        ``text`` is part of a name or file number, a whole personal number or its last four.
        ``after`` is the ``next_cursor`` of the page before.
        """
        chosen = {"status": status} if status else {}
        page = self.lists.page(actor, Search(text, organisation_id, chosen), after, limit)
        return HouseholdPage(
            lines=page.lines,
            counts={one.code: one.count for one in page.facets["status"]},
            status_words=HOUSEHOLD_STATUSES,
            next_cursor=page.next_cursor,
        )

    def household(self, actor: Actor, file_no: str) -> Household:
        """One file, personal numbers masked; NotFound outside the actor's area."""
        return self._household(actor, file_no, masked)

    def household_clear(self, actor: Actor, file_no: str) -> Household:
        """The same with whole numbers; that they were looked at is written down first."""
        self._engine.ask(lambda tx: must_see(tx, actor, file_no))
        self._engine.note_access(actor, "household-clear", file_no)
        return self._household(actor, file_no, whole)

    def _household(self, actor: Actor, file_no: str, mask: Mask) -> Household:
        def read(tx: Tx) -> Household:
            file, union = must_see(tx, actor, file_no)
            content = content_of(tx, self._vault, file_no, file.version)
            return Household(
                line=line_of(self._engine, tx, file, union),
                sections=sections(content, mask),
                versions=households.version_lines(tx, actor, file_no),
            )

        return self._engine.ask(read)

    def load_files(
        self, actor: Actor, found: Sequence[ExistingHousehold], source: str
    ) -> Sequence[Loaded]:
        """Take over households that were on file before: :mod:`registry.loading`.

        What became of each, in their order; a head who has a file is never touched. ``source``
        names the list they come from.
        """
        return load_files(self._engine.environment, self._engine.execute, actor, found, source)

    def load_help(self, actor: Actor, found: Sequence[PastHelp], source: str) -> int:
        """Take over help given before: :mod:`registry.past_help`; how many entries were new."""
        return load_help(self._engine.environment, self._engine.execute, actor, found, source)

    # Notices -------------------------------------------------------------------------------

    def public_notices(self, after: tuple[str, str] | None, limit: int) -> Sequence[Notice]:
        """Notices on the web, newest first; one more than asked."""
        today = self._today()
        return self._engine.ask(
            lambda tx: [
                replace(one, case_id="")
                for one in self._shown(tx, notices.on_the_web(tx, today, after, limit + 1))
            ]
        )

    def notices(self, actor: Actor, *, status: str = "", limit: int = 200) -> Sequence[Notice]:
        """Notices of the actor's area, also those only on paper."""
        return self._engine.ask(
            lambda tx: self._shown(tx, notices.seen_by(tx, actor, status, limit))
        )

    def notice(self, actor: Actor | None, notice_id: str) -> Notice:
        """One notice; the public (None) finds only those on the web.

        Staff find every notice of their area, and what the public finds.
        """
        today = self._today()

        def read(tx: Tx) -> Notice:
            seen = None if actor is None else notices.visible_notice(tx, actor, notice_id)
            found = seen or notices.public_notice(tx, notice_id, today)
            if found is None:
                raise NotFound("没有找到这项公示,可能公示期已满。请返回公示列表查看。")
            (shown,) = self._shown(tx, [found])
            return shown if seen is not None else replace(shown, case_id="")

        return self._engine.ask(read)

    def object_to_notice(
        self, actor: Actor | None, notice_id: str, *, text: str, by: str, way: str
    ) -> str:
        """Hand an objection to the case that is on notice; the number of its receipt.

        ``by`` is who objects, as far as said; ``way`` how it came: 电话, 来信, 当面, 网页. Raises
        Invalid for an empty text, NotFound, Conflict when the notice is over or suspended.
        """
        said = text.strip()
        if not said:
            raise Invalid("请写明异议内容后再提交。异议还没有提交。")
        if len(said) > LONGEST_OBJECTION or len(by.strip()) > LONGEST_NAME:
            raise Invalid(
                f"异议内容不超过 {LONGEST_OBJECTION} 字,提出人不超过 {LONGEST_NAME} 字。"
                "异议还没有提交,请精简后再提交。"
            )
        shown = self.notice(actor, notice_id)
        if not shown.is_open:
            raise Conflict(_closed_words(shown.status))
        receipt = self._receipt()
        payload = {"text": said, "by": by.strip(), "way": way, "receipt": receipt}
        delivered = self._engine.messages.send(
            actor or PUBLIC, OBJECTION, {"notice_id": notice_id}, payload
        )
        if not delivered:
            raise Conflict(_closed_words(NoticeStatus.CLOSED.value))
        return receipt

    def _receipt(self) -> str:
        """``异议-20261109-7K2M9Q``; kept with the objection in the case's history."""
        day = f"{self._today():%Y%m%d}"
        return f"异议-{day}-{new_id()[:_RECEIPT_LETTERS].upper()}"

    def _shown(self, tx: Tx, found: Sequence[PublicNotice]) -> list[Notice]:
        """Notices in words, each with whether its case takes objections at this moment."""
        keys = {one.id: objection_key(one.id, self._vault.lookup_hash) for one in found}
        awaited = notices.awaited(tx, list(keys.values()))
        today = self._today()
        return [_notice(one, today, awaited=keys[one.id] in awaited) for one in found]

    def _today(self) -> date:
        return self._engine.environment.today()


def _notice(one: PublicNotice, today: date, *, awaited: bool) -> Notice:
    is_over = one.status is NoticeStatus.CLOSED
    period_over = one.status is NoticeStatus.OPEN and today > one.ends_on
    return Notice(
        id=one.id,
        sort_key=notices.sort_key(one),
        subject=one.subject,
        name=one.name,
        unit=one.unit,
        household_size=one.household_size,
        category=words(CATEGORIES, one.category),
        archive_level=one.archive_level,
        places=one.places,
        status=one.status.value,
        status_words=NOTICE_PERIOD_OVER if period_over else NOTICE_STATUSES[one.status.value],
        posted_on=one.posted_on,
        ends_on=one.ends_on,
        result_words=words(NOTICE_RESULTS, one.result or None)
        or (NOTICE_CASE_OVER if is_over else ""),
        phone=one.phone,
        is_open=awaited and one.takes_objections(today),
        case_id=one.case_id,
    )


def _closed_words(status: str) -> str:
    if status == NoticeStatus.SUSPENDED.value:
        return "这项公示正在核查异议,暂不接收新的异议,您的异议没有提交。可拨打公示上的联系电话。"
    return "这项公示已经结束,异议没有提交。如仍有意见,可拨打公示上的联系电话。"
