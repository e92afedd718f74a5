"""Taking reports on households on file, and telling them to whom they are for.

A report starts the process that an installation has for it (``startsFrom``); one that comes while
an earlier one is looked into is added to that. Nobody of the union that built the file takes it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from engine import Actor, Engine, Request
from engine.errors import Conflict, Invalid, NotFound, NotPermitted
from engine.model.actors import PUBLIC
from engine.model.definitions import ProcessInfo
from engine.store import directory
from engine.store.database import Tx
from engine.work.attributes import normal
from engine.work.start import Started
from engine.work.view import TaskView
from registry.file_report import FROM_A_REPORT, KIND, FileReport
from registry.household import CLOSED, File
from registry.notice import NoticeStatus
from registry.notice_shown import ObjectionResult, ObjectionShown
from registry.objection import (
    LONGEST_NAME,
    LONGEST_TEXT,
    new_receipt,
    opened_content,
    reply_place,
    sealed_content,
)
from registry.objection_desk import Said
from registry.reading import must_see
from registry.store import file_reports, households, notices, numbers
from registry.vocabulary import REPORT_RESULTS, words

_Write = Callable[[Tx, str], None]
"""Writes a report down as one that this case looks into."""

_TRIES = 5
_KEPT = "举报没有登记,您写的内容仍在页面上。"
_RING = "请拨打公示上的联系电话反映。"


@dataclass(frozen=True)
class ReportStanding:
    """What a file's page says of reports: whether one is looked into, and what she may do.

    ``refer_to``: whom to tell (name, telephone) where her own union built the file.
    """

    is_examined: bool
    may_take: bool
    refer_to: tuple[str, str] | None = None


@dataclass(frozen=True)
class ReportedFile:
    """The file a step is about, whether she may open it, and the reports."""

    file_no: str
    is_visible: bool
    reports: Sequence[ObjectionShown]


@dataclass(frozen=True)
class ClosedNotice:
    """A notice on the web that is over: nothing of the person, only whom to ring."""

    subject: str
    office: str
    phone: str
    takes_reports: bool


class _TakenMeanwhileError(Exception):
    """Another report on the file has begun its case a moment ago."""


class ReportDesk:
    """The group of commands and questions about reports on files."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._vault = engine.environment.vault

    # Taking --------------------------------------------------------------------------------

    def standing(self, actor: Actor, file_no: str) -> ReportStanding:
        """For the page of a file."""
        process = self._engine.definitions.started_from(FROM_A_REPORT)

        def read(tx: Tx) -> ReportStanding:
            file, _union = must_see(tx, actor, file_no)
            return report_standing_of(tx, actor, file, process)

        return self._engine.ask(read)

    def must_take(self, actor: Actor, file_no: str) -> None:
        """Raise NotFound, NotPermitted or Conflict, in words, unless she may take a report."""
        process = self._engine.definitions.started_from(FROM_A_REPORT)

        def read(tx: Tx) -> str:
            file, _union = must_see(tx, actor, file_no)
            if not file.shown.stands:
                raise Conflict(f"这份档案{_out(file)},不再登记举报。")
            return _refusal(tx, actor, file, process)

        if refusal := self._engine.ask(read):
            raise NotPermitted(refusal)

    def take(self, actor: Actor, file_no: str, said: Said, business_key: str | None = None) -> str:
        """Write down what somebody said of a household on file; the number of its receipt.

        ``business_key`` is that of the case, where the report begins one. Raises NotFound,
        NotPermitted, Conflict, Invalid without a text.
        """
        checked = self._checked(said)
        self.must_take(actor, file_no)
        receipt = self._take(actor, file_no, checked, "", business_key)
        self._engine.note_access(actor, "report-taken", file_no, receipt)
        return receipt

    def take_by_notice(self, actor: Actor | None, notice_id: str, said: Said) -> str:
        """The same of somebody whose notice is over, also by the public (None).

        Raises NotFound, Conflict when no file came of the notice.
        """
        checked = self._checked(said)
        if actor is None and self.closed_notice(notice_id) is None:
            raise NotFound("没有找到这项公示。请返回公示列表查看。")
        file_no = self.file_of_notice(notice_id)
        if not file_no:
            raise Conflict(f"这项公示已经结束,没有正在执行的档案。{_RING}{_KEPT}")
        if actor is not None:
            return self.take(actor, file_no, checked)
        if self._engine.definitions.started_from(FROM_A_REPORT) is None:
            raise Conflict(f"这里还不能受理对在档家庭的举报。{_RING}{_KEPT}")
        return self._take(PUBLIC, file_no, checked, notice_id)

    def file_of_head(self, id_number: str) -> str:
        """The number of the file that a person heads; empty for none."""
        hashed = self._vault.lookup_hash(normal(id_number))
        found = self._engine.ask(lambda tx: households.of_heads(tx, [hashed]))
        return found[hashed].file_no if found else ""

    def file_of_notice(self, notice_id: str) -> str:
        """The file that came of a notice and still stands; empty for none."""

        def read(tx: Tx) -> str:
            file_no = file_reports.file_of_notice(tx, notice_id)
            found = households.with_newest(tx, [file_no]) if file_no else []
            return file_no if found and found[0][0].shown.stands else ""

        return self._engine.ask(read)

    def closed_notice(self, notice_id: str) -> ClosedNotice | None:
        """A notice that the web showed until it was over; None for any other."""
        process = self._engine.definitions.started_from(FROM_A_REPORT)

        def read(tx: Tx) -> ClosedNotice | None:
            found = notices.as_it_stands(tx, notice_id)
            today = self._engine.environment.today()
            if found is None or not found.on_web:
                return None
            if found.status is not NoticeStatus.CLOSED and found.ends_on >= today:
                return None
            office, phone = numbers.objection_office(tx, found.organisation_id)
            return ClosedNotice(found.subject, office, phone or found.phone, process is not None)

        return self._engine.ask(read)

    def _checked(self, said: Said) -> Said:
        text, by = said.text.strip(), said.by.strip()
        if not text:
            raise Invalid("请写明举报的内容后再登记。举报还没有登记。")
        if len(text) > LONGEST_TEXT or len(by) > LONGEST_NAME:
            raise Invalid(
                f"举报内容不超过 {LONGEST_TEXT} 字,举报人不超过 {LONGEST_NAME} 字。"
                "举报还没有登记,请精简后再登记。"
            )
        if said.said_on is not None and said.said_on > self._engine.environment.today():
            raise Invalid("举报日期不能晚于今天。举报还没有登记,请改正日期。")
        return replace(said, text=text, by=by)

    def _take(
        self,
        actor: Actor,
        file_no: str,
        said: Said,
        notice_id: str,
        business_key: str | None = None,
    ) -> str:
        receipt = new_receipt(self._engine.environment.today(), KIND)
        write = partial(self._write, actor, file_no, said, notice_id, receipt)
        for _ in range(_TRIES):
            if self._engine.execute(lambda tx: self._join(tx, file_no, write)):
                return receipt
            try:
                self._begin(actor, file_no, write, business_key)
            except _TakenMeanwhileError:
                continue
            return receipt
        raise Conflict(f"同时有多件举报正在登记。{_KEPT}请再提交一次。")

    def _join(self, tx: Tx, file_no: str, write: _Write) -> bool:
        """Add the report to the case that looks into an earlier one, if there is one."""
        file = households.numbered(tx, file_no)
        if file is None or not file.shown.stands:
            raise Conflict(f"这份档案{_out(file)},不再登记举报。{_KEPT}")
        case_id = file_reports.case_looking_into(tx, file_no)
        if case_id:
            write(tx, case_id)
        return bool(case_id)

    def _begin(self, actor: Actor, file_no: str, write: _Write, business_key: str | None) -> None:
        process = self._engine.definitions.started_from(FROM_A_REPORT)
        if process is None:
            raise Conflict(f"还没有部署受理举报的流程,请联系流程设计员。{_KEPT}")
        file, union = self._engine.ask(lambda tx: _with_union(tx, file_no))
        data = {
            "file_no": file_no,
            "household": file.shown.head_name,
            "union": union,
        }
        request = Request(
            process.key, file.organisation_id, data, business_key, origin=FROM_A_REPORT
        )

        def also(tx: Tx, started: Started) -> None:
            households.numbered(tx, file_no)
            if file_reports.case_looking_into(tx, file_no):
                raise _TakenMeanwhileError
            write(tx, started.case_id)

        self._engine.cases.start(actor, request, also=also)

    def _write(
        self,
        actor: Actor,
        file_no: str,
        said: Said,
        notice_id: str,
        receipt: str,
        tx: Tx,
        case_id: str,
    ) -> None:
        environment = self._engine.environment
        file_reports.add(
            tx,
            FileReport(
                receipt=receipt,
                notice_id=notice_id,
                case_id=case_id,
                at=environment.now(),
                way=said.way,
                said_on=said.said_on or environment.today(),
                taken_by=actor.person_id,
                content=sealed_content(self._vault.seal, receipt, said.text, said.by),
                file_no=file_no,
                reachable=bool(said.by),
            ),
        )

    # Reading -------------------------------------------------------------------------------

    def of_step(self, actor: Actor, view: TaskView) -> ReportedFile | None:
        """The file and the reports of the case, for who is at a step that is about them.

        What they say is told only where the step itself is kept from the others (``readableBy``).
        """
        reads = bool(view.element.readable_by) and not view.is_withheld

        def read(tx: Tx) -> ReportedFile | None:
            found = file_reports.of_case(tx, view.case.id)
            if not found:
                return None
            names = directory.names(tx, [one.taken_by for one in found])
            file_no = found[0].file_no
            return ReportedFile(
                file_no=file_no,
                is_visible=households.visible_file(tx, actor, file_no) is not None,
                reports=tuple(
                    self._shown(one, names.get(one.taken_by, ""), reads=reads) for one in found
                ),
            )

        shown = self._engine.ask(read)
        if shown is not None and reads:
            self._engine.note_access(actor, "report-read", shown.file_no)
        return shown

    def _shown(self, one: FileReport, taken_by: str, *, reads: bool) -> ObjectionShown:
        said = opened_content(self._vault.open, one) if reads else {"text": "", "by": ""}
        reply = ""
        if reads and one.reply is not None:
            reply = self._vault.open(one.reply, reply_place(one.receipt)).decode()
        return ObjectionShown(
            receipt=one.receipt,
            way=one.way,
            said_on=one.said_on,
            taken_by=taken_by,
            is_readable=reads,
            text=said["text"],
            by=said["by"],
            result_words=words(REPORT_RESULTS, one.result or None),
            replied_on=one.replied_on,
            reply=reply,
        )

    def result(self, receipt: str) -> ObjectionResult:
        """How a report stands, by the number of its receipt; NotFound for an unknown one."""

        def read(tx: Tx) -> ObjectionResult:
            one = file_reports.by_receipt(tx, receipt.strip().upper())
            if one is None:
                raise NotFound("没有这个回执号。请核对后再查,或拨打公示上的联系电话。")
            if one.is_answered:
                state = f"已核查:{words(REPORT_RESULTS, one.result)}"
            else:
                state = "正在核查" if file_reports.is_running(tx, one.case_id) else "核查已终止"
            return ObjectionResult(one.receipt, one.said_on, state, one.replied_on)

        return self._engine.ask(read)


def _with_union(tx: Tx, file_no: str) -> tuple[File, str]:
    """A file and its union's name, whoever asks."""
    found = households.with_union_named(tx, file_no)
    if found is None:
        raise NotFound("没有找到这份档案。请核对档案编号。")
    return found


def _out(file: File | None) -> str:
    is_struck_off = file is None or file.shown.status == CLOSED
    return "已经注销" if is_struck_off else "已经退出"


def _is_own(actor: Actor, file: File) -> bool:
    """Her union built the file. One place is enough: a role there, or her desk there."""
    at = file.organisation_id
    return actor.organisation_id == at or any(actor.holds_at(role, at) for role in actor.roles)


def report_standing_of(
    tx: Tx, actor: Actor, file: File, process: ProcessInfo | None
) -> ReportStanding:
    """Whether somebody looks into a file, and whether she may take a report on it."""
    is_taken = process is not None and file.shown.stands
    return ReportStanding(
        is_examined=bool(file_reports.case_looking_into(tx, file.file_no)),
        may_take=not _refusal(tx, actor, file, process),
        refer_to=numbers.objection_office(tx, file.organisation_id)
        if is_taken and _is_own(actor, file)
        else None,
    )


def _refusal(tx: Tx, actor: Actor, file: File, process: ProcessInfo | None) -> str:
    """Why she may not take a report on this file; empty if she may."""
    if process is None or not file.shown.stands:
        return "这里不能登记对这份档案的举报。"
    if _is_own(actor, file):
        office, phone = numbers.objection_office(tx, file.organisation_id)
        told = f"请转告{office}({phone})" if phone else f"请转告{office}"
        return f"这份档案由您所在的单位建档,按规定由上级工会登记和核查,没有登记。{told}。"
    places = tuple(place for role in process.starters for place in actor.places(role))
    if not directory.is_within(tx, file.organisation_id, places):
        return "举报由县总工会审核员或市总权益保障部登记,您没有这个权限,没有登记。请转告县总工会。"
    return ""
