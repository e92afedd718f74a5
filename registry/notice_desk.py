"""Questions about public notices, and taking objections to them.

The public finds what is on the web; who works here finds the notices of her area. Who objects and
what she says is told only to those above the union on notice who look into it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from engine import Actor, Engine
from engine.errors import Busy, Conflict, Invalid, NotFound
from engine.model.actors import PUBLIC
from engine.store import directory
from engine.store.database import Tx
from engine.work import messages
from engine.work.advance import TimerDue
from engine.work.confidence import reads_from_above
from engine.work.view import TaskView
from registry.notice import OBJECTION, NoticeStatus, PublicNotice, objection_key
from registry.notice_layers import WebNotice, snapshot_place, web_layer
from registry.notice_records import NoticeRecord, draft_sheet, kept_sheet, record_of
from registry.objection import (
    LONGEST_NAME,
    LONGEST_TEXT,
    READERS,
    Objection,
    new_receipt,
    opened_content,
    reply_place,
    sealed_content,
)
from registry.store import notices, objections, snapshots
from registry.vocabulary import (
    NOTICE_CASE_OVER,
    NOTICE_PERIOD_OVER,
    NOTICE_RESULTS,
    NOTICE_STATUSES,
    words,
)

_TRIES = 12


@dataclass(frozen=True)
class Notice:
    """A notice as people read it: what was published, and how it stands.

    ``web`` is the white list: nothing here says more of a person than the public may know.
    """

    web: WebNotice
    sort_key: str
    status: str
    status_words: str
    result_words: str
    is_open: bool
    case_id: str

    @property
    def id(self) -> str:
        """Its id."""
        return self.web.id

    @property
    def subject(self) -> str:
        """What is published."""
        return self.web.subject

    @property
    def name(self) -> str:
        """Masked."""
        return self.web.name

    @property
    def unit(self) -> str:
        """The union."""
        return self.web.unit

    @property
    def household_size(self) -> int | None:
        """People in the household."""
        return self.web.household_size

    @property
    def category(self) -> str:
        """In words."""
        return self.web.category

    @property
    def archive_level(self) -> str:
        """The level of the file."""
        return self.web.archive_level

    @property
    def places(self) -> str:
        """Where it hangs on paper."""
        return self.web.places

    @property
    def phone(self) -> str:
        """Whom to ring."""
        return self.web.phone

    @property
    def posted_on(self) -> date:
        """The first day."""
        return self.web.posted_on

    @property
    def ends_on(self) -> date:
        """The last day."""
        return self.web.ends_on

    @property
    def provisional(self) -> bool:
        """Whether the last day was counted by week-ends alone."""
        return self.web.provisional

    def as_json(self) -> dict[str, object]:
        """As the published API shows it: no name even masked, no phone, no free text."""
        return self.web.for_api(self.status)


@dataclass(frozen=True)
class ObjectionShown:
    """An objection as one person may see it; ``text`` and ``by`` are empty unless she reads it."""

    receipt: str
    way: str
    said_on: date
    taken_by: str
    is_readable: bool
    text: str
    by: str
    result_words: str
    replied_on: date | None
    reply: str


@dataclass(frozen=True)
class ObjectionResult:
    """What who objected learns by the number of her receipt: how it stands, and no more."""

    receipt: str
    said_on: date
    state: str
    replied_on: date | None


@dataclass(frozen=True)
class Said:
    """An objection as it is made. ``said_on`` None is today."""

    text: str
    by: str
    way: str
    said_on: date | None = None


class NoticeDesk:
    """Notices on an engine that was opened with the register's branch and operations."""

    def __init__(self, engine: Engine, site: str = "") -> None:
        self._engine = engine
        self._vault = engine.environment.vault
        self._site = site

    # Reading -------------------------------------------------------------------------------

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
        """One notice as it was published; the public (None) finds only those on the web.

        Staff find every notice of their area, and what the public finds.
        """

        def read(tx: Tx) -> Notice:
            found, is_seen = self._found(tx, actor, notice_id)
            (shown,) = self._shown(tx, [found])
            shown = replace(shown, web=self._published(tx, found))
            return shown if is_seen else replace(shown, case_id="")

        return self._engine.ask(read)

    def notice_of_case(self, actor: Actor, case_id: str) -> Notice | None:
        """The last notice of a case, where it has one that the actor may see."""

        def read(tx: Tx) -> Notice | None:
            newest = notices.newest_of_case(tx, case_id)
            if newest is None or notices.visible_notice(tx, actor, newest.id) is None:
                return None
            return self._shown(tx, [newest])[0]

        return self._engine.ask(read)

    def _found(self, tx: Tx, actor: Actor | None, notice_id: str) -> tuple[PublicNotice, bool]:
        seen = None if actor is None else notices.visible_notice(tx, actor, notice_id)
        found = seen or notices.public_notice(tx, notice_id, self._today())
        if found is None:
            raise NotFound("没有找到这项公示,可能公示期已满。请返回公示列表查看。")
        return found, seen is not None

    def _seen(self, tx: Tx, actor: Actor, notice_id: str) -> PublicNotice:
        found = notices.visible_notice(tx, actor, notice_id)
        if found is None:
            raise NotFound("没有找到这项公示。请返回公示列表查看。")
        return found

    def _published(self, tx: Tx, one: PublicNotice) -> WebNotice:
        """What was published, and no new drawing of it; of the first release the row itself."""
        kept = snapshots.one(tx, one.id, one.snapshots, "web") if one.snapshots else None
        if kept is None:
            return web_layer(one)
        place = snapshot_place(one.id, kept.number, kept.layer)
        return WebNotice.from_bytes(self._vault.open(kept.content, place))

    def _shown(self, tx: Tx, found: Sequence[PublicNotice]) -> list[Notice]:
        """Notices in words, each with whether objections are taken at this moment."""
        keys = {one.id: objection_key(one.id, self._vault.lookup_hash) for one in found}
        awaited = notices.awaited(tx, list(keys.values()))
        today = self._today()
        return [_notice(one, today, awaited=keys[one.id] in awaited) for one in found]

    # The sheet, and what was kept -----------------------------------------------------------

    def record(self, actor: Actor, notice_id: str) -> NoticeRecord:
        """What was published when, with its hashes, and what the figures count; for staff."""
        return self._engine.ask(
            lambda tx: record_of(tx, self._vault, self._seen(tx, actor, notice_id))
        )

    def sheet(self, actor: Actor, notice_id: str, number: int | None = None) -> bytes:
        """The sheet as it was published, whole name and all; that it was opened is written down.

        Only for who sees the case it came from.
        """
        found = self._engine.ask(lambda tx: self._seen(tx, actor, notice_id))
        self._engine.cases.must_see(actor, found.case_id)
        self._engine.note_access(actor, "notice-sheet-read", notice_id)
        return self._engine.ask(
            lambda tx: kept_sheet(tx, self._vault, found, number or found.snapshots)
        )

    def draft_sheet(self, actor: Actor, view: TaskView) -> bytes:
        """The sheet to be hung, before the step that posts the notice is sent in.

        Sent in on the same day, the notice is published with exactly these bytes.
        """
        self._engine.note_access(actor, "notice-sheet-read", view.task.id)
        return self._engine.ask(
            lambda tx: draft_sheet(tx, self._engine.environment, view, self._site)
        )

    # Objections ----------------------------------------------------------------------------

    def object_to_notice(
        self,
        actor: Actor | None,
        notice_id: str,
        *,
        text: str,
        by: str,
        way: str,
        said_on: date | None = None,
    ) -> str:
        """Write an objection down and hand it to the case; the number of its receipt.

        ``by`` is who objects, as far as said; ``way`` how it came: 电话, 来信, 当面, 网页;
        ``said_on`` when, today if None. While an earlier one is looked into, it is added to it.
        Raises Invalid for an empty text, NotFound, Conflict when the notice is over.
        """
        said = self._checked(Said(text, by, way, said_on))
        receipt = new_receipt(self._today())
        for _ in range(_TRIES):
            try:
                self._engine.execute(lambda tx: self._take(tx, actor, notice_id, said, receipt))
            except TimerDue as due:
                self._engine.jobs.fire_due_or_wait(due.case_id)
                continue
            if actor is not None:
                self._engine.note_access(actor, "objection-taken", notice_id, receipt)
            return receipt
        raise Busy("正在自动处理到期事项,异议没有提交,请稍后再试。您填写的内容仍在页面上。")

    def _checked(self, said: Said) -> Said:
        text, by = said.text.strip(), said.by.strip()
        if not text:
            raise Invalid("请写明异议内容后再提交。异议还没有提交。")
        if len(text) > LONGEST_TEXT or len(by) > LONGEST_NAME:
            raise Invalid(
                f"异议内容不超过 {LONGEST_TEXT} 字,提出人不超过 {LONGEST_NAME} 字。"
                "异议还没有提交,请精简后再提交。"
            )
        if said.said_on is not None and said.said_on > self._today():
            raise Invalid("提出日期不能晚于今天。异议还没有提交,请改正日期。")
        return replace(said, text=text, by=by)

    def _take(self, tx: Tx, actor: Actor | None, notice_id: str, said: Said, receipt: str) -> None:
        environment = self._engine.environment
        found, _ = self._found(tx, actor, notice_id)
        (shown,) = self._shown(tx, [found])
        if not shown.is_open:
            raise Conflict(_OVER)
        taker = actor or PUBLIC
        objections.add(
            tx,
            Objection(
                receipt=receipt,
                notice_id=notice_id,
                case_id=found.case_id,
                at=environment.now(),
                way=said.way,
                said_on=said.said_on or self._today(),
                taken_by=taker.person_id,
                content=sealed_content(self._vault.seal, receipt, said.text, said.by),
            ),
        )
        if found.status is NoticeStatus.SUSPENDED:
            return  # it is looked into with those that came before
        correlation = {"notice_id": notice_id}
        payload = {"receipt": receipt, "way": said.way}
        waiting = messages.waiting_for(environment, tx, OBJECTION, correlation)
        if not sum(messages.deliver(environment, tx, taker, one, payload) for one in waiting):
            raise Conflict(_OVER)

    def objections(self, actor: Actor, notice_id: str) -> Sequence[ObjectionShown]:
        """Those to a notice; what they say only for who may read it, which is written down."""

        def read(tx: Tx) -> tuple[bool, Sequence[ObjectionShown]]:
            reads = self._reads(tx, actor, self._seen(tx, actor, notice_id))
            return reads, self._told(tx, objections.of_notice(tx, notice_id), reads=reads)

        reads, found = self._engine.ask(read)
        if reads and found:
            self._engine.note_access(actor, "objection-read", notice_id)
        return found

    def objections_of_step(self, actor: Actor, view: TaskView) -> Sequence[ObjectionShown]:
        """Those to the notice that the case stands on, for who is at a step that is about them."""

        def read(tx: Tx) -> tuple[str, Sequence[ObjectionShown]]:
            newest = notices.newest_of_case(tx, view.case.id)
            if newest is None:
                return "", ()
            made = objections.of_notice(tx, newest.id)
            return newest.id, self._told(tx, made, reads=not view.is_withheld)

        notice_id, found = self._engine.ask(read)
        if found and not view.is_withheld:
            self._engine.note_access(actor, "objection-read", notice_id)
        return found

    def result_of_objection(self, receipt: str) -> ObjectionResult:
        """How an objection stands, by the number of its receipt; NotFound for an unknown one."""

        def read(tx: Tx) -> ObjectionResult:
            one = objections.by_receipt(tx, receipt.strip().upper())
            if one is None:
                raise NotFound("没有这个回执号。请核对后再查,或拨打公示上的联系电话。")
            on = notices.as_it_stands(tx, one.notice_id)
            is_over = on is None or on.status is NoticeStatus.CLOSED
            state = (
                f"已核查:{words(NOTICE_RESULTS, one.result)}"
                if one.is_answered
                else ("公示已终止" if is_over else "正在核查")
            )
            return ObjectionResult(one.receipt, one.said_on, state, one.replied_on)

        return self._engine.ask(read)

    def _reads(self, tx: Tx, actor: Actor, one: PublicNotice) -> bool:
        did_it = {one.posted_by, notices.started_by(tx, one.case_id)}
        return actor.person_id not in did_it and reads_from_above(
            tx, actor, one.organisation_id, READERS
        )

    def _told(self, tx: Tx, found: Sequence[Objection], *, reads: bool) -> Sequence[ObjectionShown]:
        names = directory.names(tx, [one.taken_by for one in found])
        return tuple(self._objection(one, names, reads=reads) for one in found)

    def _objection(
        self, one: Objection, names: Mapping[str, str], *, reads: bool
    ) -> ObjectionShown:
        said = opened_content(self._vault.open, one) if reads else {"text": "", "by": ""}
        reply = ""
        if reads and one.reply is not None:
            reply = self._vault.open(one.reply, reply_place(one.receipt)).decode()
        return ObjectionShown(
            receipt=one.receipt,
            way=one.way,
            said_on=one.said_on,
            taken_by=names.get(one.taken_by, ""),
            is_readable=reads,
            text=said["text"],
            by=said["by"],
            result_words=words(NOTICE_RESULTS, one.result or None),
            replied_on=one.replied_on,
            reply=reply,
        )

    def _today(self) -> date:
        return self._engine.environment.today()


_OVER = "这项公示已经结束,异议没有提交。如仍有意见,可拨打公示上的联系电话。"


def _notice(one: PublicNotice, today: date, *, awaited: bool) -> Notice:
    is_over = one.status is NoticeStatus.CLOSED
    period_over = one.status is NoticeStatus.OPEN and today > one.ends_on
    is_examined = one.status is NoticeStatus.SUSPENDED
    return Notice(
        web=web_layer(one),
        sort_key=notices.sort_key(one),
        status=one.status.value,
        status_words=NOTICE_PERIOD_OVER if period_over else NOTICE_STATUSES[one.status.value],
        result_words=words(NOTICE_RESULTS, one.result or None)
        or (NOTICE_CASE_OVER if is_over else ""),
        is_open=(awaited or is_examined) and one.takes_objections(today),
        case_id=one.case_id,
    )
