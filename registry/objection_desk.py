"""Taking objections to notices, and telling them to whom they are for.

Who objects and what she says is told only to those above the union on notice who look into it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from engine import Actor
from engine.errors import Busy, Conflict, Invalid, NotFound
from engine.model.actors import PUBLIC
from engine.store import directory
from engine.store.database import Tx
from engine.work import messages
from engine.work.confidence import reads_from_above
from engine.work.opened import TimerDue
from engine.work.view import TaskView
from registry.notice import OBJECTION, NoticeStatus, PublicNotice
from registry.notice_desk import NoticeReading
from registry.notice_shown import ObjectionResult, ObjectionShown
from registry.objection import (
    LONGEST_NAME,
    LONGEST_TEXT,
    ON_THE_WEB,
    READERS,
    Objection,
    new_receipt,
    opened_content,
    reply_place,
    sealed_content,
)
from registry.store import notices, objections
from registry.vocabulary import NOTICE_RESULTS, words

_TRIES = 12
_OVER = "这项公示已经结束,异议没有提交。如仍有意见,可拨打公示上的联系电话。"


@dataclass(frozen=True)
class Said:
    """An objection as it is made. ``said_on`` None is today."""

    text: str
    by: str
    way: str
    said_on: date | None = None


class NoticeDesk(NoticeReading):
    """Notices, and objections to them."""

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
        notices.hold(tx, notice_id)
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
        """How an objection stands, by the number of its receipt; NotFound for an unknown one.

        What the objector is told stands there only where it was answered so (网上).
        """

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
            told = ""
            if one.reply_way == ON_THE_WEB and one.reply is not None:
                told = self._vault.open(one.reply, reply_place(one.receipt)).decode()
            return ObjectionResult(one.receipt, one.said_on, state, one.replied_on, told)

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
