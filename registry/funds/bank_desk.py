"""制作银行文件: the lines of a granted batch with their accounts, for the bank alone.

Accounts lie sealed in the files of the households. They are opened while the file is made, stand in
the file, and are kept nowhere else; that they left is on record like every other export.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from engine import Actor, Engine
from engine.errors import Conflict, Invalid, NotFound, NotPermitted
from engine.model.clock import local_date
from engine.store.audit import add_access
from engine.store.database import Tx
from engine.work.attributes import normal
from registry.budget.bank_formats import BankFormat, bank_formats
from registry.budget.model import Batch, BatchStatus, PayeeKind, Payment, PaymentStatus
from registry.budget.programmes import programme_title
from registry.funds.bank_files import (
    BankFile,
    BankLine,
    BankOrder,
    LineFault,
    bank_file,
    faults_of,
    told_of,
)
from registry.funds.rights import FundAct, must, places_of
from registry.household import Content, mapping, sealed_place, text, unpacked
from registry.people import account_of
from registry.store import bank_sendings, exports, households, payments
from registry.store.bank_sendings import LeftOut, Sending, SendingLine, SendingOfList
from registry.store.payments import BatchLine

PAYING = "发放到个人账户"
"""What a file is made for, unless something else is written."""

_AT_ONCE = 250
_LONGEST_REASON = 60
_LONGEST_NARROWED = 300
_LONGEST_WHY = 300
_LAST = 4
_NOT_SENT = "没有制作文件。"
_MADE_BEFORE = (
    f"这一批已经制作过银行文件,{_NOT_SENT}请先确认上一份没有交给银行,勾选后再制作,以免重复付款。"
)


class NotAllFit(Invalid):
    """Some lines cannot be written; ``others`` could be sent without them."""

    def __init__(self, faults: Sequence[LineFault], others: int) -> None:
        super().__init__(told_of(faults))
        self.others = others


@dataclass(frozen=True)
class LineLeftOut:
    """A granted payment the newest file was made without, and why."""

    payment: Payment
    reason: str


@dataclass(frozen=True)
class BankOffer:
    """A batch that can be sent to the bank, and the files that were made of it."""

    line: BatchLine
    made: Sequence[SendingOfList]
    left_out: Sequence[LineLeftOut]


class BankDesk:
    """The group of questions and commands about files for banks."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._environment = engine.environment

    def offer(self, actor: Actor, number: str) -> BankOffer:
        """What a file would be made of. Raises NotFound, NotPermitted, Conflict."""

        def read(tx: Tx) -> BankOffer:
            found = _seen(tx, actor, number)
            _must_be_sent(tx, actor, found.batch)
            made = bank_sendings.of_batch(tx, number)
            return BankOffer(found, made, _left_out(tx, number, made))

        return self._engine.ask(read)

    def make(self, actor: Actor, number: str, typed: Mapping[str, str]) -> str:
        """Put a file on record, to be fetched; its number.

        Raises NotFound, NotPermitted, Conflict, Invalid. Where a line cannot be sent, none is, and
        every such line is told (NotAllFit); with ``leave`` the others go without it.
        """
        form, reason = _asked(typed)

        def read(tx: Tx) -> tuple[Batch, list[Payment]]:
            batch = _seen(tx, actor, number).batch
            _must_be_sent(tx, actor, batch)
            return batch, _to_send(tx, number)

        batch, listed = self._engine.ask(read)
        lines = list(self._lines(batch, listed))
        order, faults = _without_faults(form, BankOrder(number, self._environment.today(), lines))
        if faults and not typed.get("leave"):
            raise NotAllFit(faults, len(order.lines))
        if faults and not order.lines:
            raise Invalid(f"没有一行写得进银行文件。{told_of(faults)}")
        made = bank_file(form, order)
        kept = self._kept(listed, order.lines)
        without = _reasons(listed, faults)

        def write(tx: Tx) -> str:
            held = payments.batch(tx, number)
            if held is not None:
                _must_be_sent(tx, actor, held)
            if held is None or _to_send(tx, number) != listed:
                raise Conflict(f"名单刚刚有变动,{_NOT_SENT}请刷新页面后重新制作。")
            if bank_sendings.of_batch(tx, number) and not typed.get("again"):
                raise Conflict(_MADE_BEFORE)
            now = self._environment.now()
            new = Sending(
                number=exports.next_number(tx, local_date(now).year),
                batch_no=number,
                format=form.code,
                file_name=made.name,
                made_at=now,
                made_by=actor.person_id,
                lines=len(kept),
                fen=order.fen,
            )
            bank_sendings.add(tx, new, kept, without)
            _put_on_record(tx, actor, new, made, reason)
            return new.number

        return self._engine.execute(write)

    def fetch(self, actor: Actor, number: str, sending_no: str) -> BankFile:
        """The file as it was put on record, written anew. Raises NotFound, NotPermitted, Conflict.

        Accounts are kept in no file of ours: where one was corrected since, it is another file.
        """

        def read(tx: Tx) -> tuple[Batch, Sending, list[Payment], list[SendingLine]]:
            batch = _seen(tx, actor, number).batch
            _must_be_sent(tx, actor, batch)
            sending = _one_of(tx, number, sending_no)
            kept = bank_sendings.lines_of(tx, sending_no)
            ids = {one.payment_id for one in kept}
            listed = [one for one in payments.of_batch(tx, number) if one.id in ids]
            return batch, sending, listed, kept

        batch, sending, listed, kept = self._engine.ask(read)
        form = bank_formats().get(sending.format)
        if form is None:
            raise Conflict("制作这份文件的银行格式已经停用,不能下载。请换一种格式重新制作。")
        lines = list(self._lines(batch, listed))
        if sorted(self._kept(listed, lines), key=lambda one: one.payment_id) != kept:
            raise Conflict(
                "制作以后,档案中有账号或户名更正过,这份文件不能再下载。没有交给银行的,请重新制作。"
            )
        made = bank_file(form, BankOrder(number, local_date(sending.made_at), lines))

        def write(tx: Tx) -> None:
            now, said = self._environment.now(), f"{sending_no};{sending.lines} 笔"
            add_access(tx, now, actor.person_id, "bank-file-fetched", number, said)

        self._engine.execute(write)
        return made

    def _kept(self, listed: Sequence[Payment], lines: Sequence[BankLine]) -> list[SendingLine]:
        """What is kept of lines that are sent."""
        ids, vault = {one.number: one.id for one in listed}, self._environment.vault
        return [
            SendingLine(ids[one.serial], one.name, vault.lookup_hash(normal(one.account)))
            for one in lines
        ]

    def _lines(self, batch: Batch, listed: Sequence[Payment]) -> Iterator[BankLine]:
        """The payments as the bank takes them, each with the account of its household's file."""
        use = f"{programme_title(batch.programme)} {batch.period}"
        for first in range(0, len(listed), _AT_ONCE):
            some = listed[first : first + _AT_ONCE]
            contents = self._contents(some)
            for one in some:
                found = contents.get(one.payee.key, {})
                line = BankLine(one.number, one.payee.name, "", one.fen, use)
                yield _with_account(line, found) if one.payee.kind is PayeeKind.HOUSEHOLD else line

    def _contents(self, some: Sequence[Payment]) -> Mapping[str, Content]:
        """What the files of these households say now."""
        wanted = [one.payee.key for one in some if one.payee.kind is PayeeKind.HOUSEHOLD]
        vault = self._environment.vault
        return {
            file.file_no: unpacked(
                vault.open(version.content, sealed_place(file.file_no, version.number))
            )
            for file, version in self._engine.ask(lambda tx: households.with_newest(tx, wanted))
            if version is not None
        }


def _with_account(line: BankLine, content: Content) -> BankLine:
    """The household's account, under the name of whose it is."""
    head = mapping(content.get("head"))
    # The account of the national system is the head's own: nobody else is asked for there.
    holder = text(head.get("account_holder")) if head.get("bank_account") else ""
    is_the_head = holder in ("", text(head.get("name")))
    id_number = normal(text(head.get("id_number")))
    return replace(
        line,
        name=holder or line.name,
        account=account_of(content),
        id_last_four=id_number[-_LAST:] if is_the_head else "",
    )


def _asked(typed: Mapping[str, str]) -> tuple[BankFormat, str]:
    form = bank_formats().get(typed.get("format", ""))
    if form is None:
        raise Invalid(f"请选择银行格式。{_NOT_SENT}")
    reason = " ".join(typed.get("reason", "").split())
    if not reason or len(reason) > _LONGEST_REASON:
        raise Invalid(f"请写明用途,不超过 {_LONGEST_REASON} 字。{_NOT_SENT}")
    return form, reason


def _without_faults(form: BankFormat, order: BankOrder) -> tuple[BankOrder, list[LineFault]]:
    """The lines that can be written, and what is in the way of the others."""
    faults = faults_of(form, order)
    faulty = {fault.serial for fault in faults}
    lines = [line for line in order.lines if line.serial not in faulty]
    return replace(order, lines=lines), faults


def _reasons(listed: Sequence[Payment], faults: Sequence[LineFault]) -> list[LeftOut]:
    """Why each of the lines is left out that cannot be written."""
    why: dict[int, str] = {}
    for fault in faults:
        why[fault.serial] = why.get(fault.serial, "") + fault.why
    return [LeftOut(one.id, why[one.number][:_LONGEST_WHY]) for one in listed if one.number in why]


def _left_out(tx: Tx, number: str, made: Sequence[SendingOfList]) -> list[LineLeftOut]:
    """What the newest file was made without."""
    if not made:
        return []
    why = {one.payment_id: one.reason for one in bank_sendings.left_out(tx, made[0].sending.number)}
    return [LineLeftOut(one, why[one.id]) for one in _to_send(tx, number) if one.id in why]


def _one_of(tx: Tx, number: str, sending_no: str) -> Sending:
    """A file of this batch."""
    for one in bank_sendings.of_batch(tx, number):
        if one.sending.number == sending_no:
            return one.sending
    raise NotFound("这一批没有这份银行文件。请返回批次重新打开。")


def _put_on_record(tx: Tx, actor: Actor, new: Sending, made: BankFile, reason: str) -> None:
    """Among the exports of the register, where auditors look."""
    record = exports.ExportRecord(
        number=new.number,
        at=new.made_at,
        by_id=actor.person_id,
        organisation_id=actor.organisation_id,
        files=new.lines,
        withheld=0,
        is_whole=True,
        reason=reason,
        narrowed=f"银行文件 {new.batch_no};{new.file_name}"[:_LONGEST_NARROWED],
        sha256=hashlib.sha256(made.content).hexdigest(),
    )
    exports.add(tx, record)
    said = f"{new.number};{new.lines} 笔;{reason}"
    add_access(tx, new.made_at, actor.person_id, "bank-file-made", new.batch_no, said)


def _seen(tx: Tx, actor: Actor, number: str) -> BatchLine:
    found = payments.batch_line(tx, actor, places_of(actor, FundAct.SEE), number)
    if found is None:
        raise NotFound("没有找到这一批。请返回批次列表重新打开。")
    return found


def _to_send(tx: Tx, number: str) -> list[Payment]:
    """The lines that are granted and not paid."""
    listed = payments.of_batch(tx, number)
    return [one for one in listed if one.status is PaymentStatus.COMMITTED]


def _must_be_sent(tx: Tx, actor: Actor, batch: Batch) -> None:
    must(tx, actor, FundAct.PAY, batch.organisation_id)
    if batch.made_by == actor.person_id:
        raise NotPermitted(f"这一批是您制单的,按规定由别人付款,{_NOT_SENT}")
    if batch.status is not BatchStatus.APPROVED:
        raise Conflict(f"只有已批准、待付款的批次可以制作银行文件,{_NOT_SENT}")
