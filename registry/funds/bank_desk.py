"""制作银行文件: the lines of a granted batch with their accounts, for the bank alone.

Accounts lie sealed in the files of the households. They are opened while the file is made, stand in
the file, and are kept nowhere else; that they left is on record like every other export.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from engine import Actor, Engine
from engine.errors import Conflict, Invalid
from engine.model.clock import local_date
from engine.store.audit import add_access
from engine.store.database import Tx
from engine.work.attributes import normal
from registry.budget.bank_formats import BankFormat, bank_formats
from registry.budget.model import (
    WAS_PAID,
    Batch,
    BatchStatus,
    PayeeKind,
    Payment,
    PaymentStatus,
)
from registry.budget.programmes import GOODS, programme_title
from registry.funds.bank_access import file_of, held, must_be_granted, must_pay, seen
from registry.funds.bank_files import (
    BankFile,
    BankLine,
    BankOrder,
    LineFault,
    bank_file,
    faults_of,
    told_of,
)
from registry.funds.checking import not_to_be_paid
from registry.household import Content, mapping, sealed_place, text, unpacked
from registry.people import account_of
from registry.store import bank_sendings, exports, households, payments
from registry.store.bank_sendings import (
    LeftOut,
    LineFate,
    Sending,
    SendingLine,
    SendingOfList,
    SendingState,
)
from registry.store.payments import BatchLine

PAYING = "发放到个人账户"
"""What a file is made for, unless something else is written."""

_AT_ONCE = 250
_LONGEST_REASON = 60
_LONGEST_NARROWED = 300
_LONGEST_WHY = 300
_LAST = 4
_NOT_SENT = "没有制作文件。"
_MOST_FAILURES = 2
_FAILED_TWICE = "已两次付款失败,不再写入银行文件。请挂账,或另行付款。"
_CORRECT_FIRST = "请先在档案中更正账号或户名;账户无误的,先登记“原样再付”。"
_ALL_WAIT = (
    f"各笔都在等待银行结果的文件中,{_NOT_SENT}"
    "请先导入结果;那份文件没有交给银行的,勾选后再制作,以免重复付款。"
)


class NotAllFit(Invalid):
    """Some lines cannot be written; ``others`` could be sent without them."""

    def __init__(self, faults: Sequence[LineFault], others: int) -> None:
        super().__init__(told_of(faults))
        self.others = others


@dataclass(frozen=True)
class OpenPayment:
    """A granted payment that is in no file under way; ``reason`` why it was not paid so far.

    ``failed_in``: the file in which the bank could not pay it, until that is excused.
    """

    payment: Payment
    reason: str
    failed_in: str = ""


@dataclass(frozen=True)
class BankOffer:
    """A batch that can be sent to the bank: the files that were made of it, what is left to send.

    ``paid`` and ``waiting``: how many payments and what they come to in fen.
    """

    line: BatchLine
    made: Sequence[SendingOfList]
    left: Sequence[OpenPayment]
    paid: tuple[int, int]
    waiting: tuple[int, int]

    @property
    def is_open(self) -> bool:
        """Whether files can still be made of it."""
        return self.line.batch.status is BatchStatus.APPROVED


@dataclass(frozen=True)
class _Asked:
    """What a file is to be made of, as it stands before accounts are opened."""

    batch: Batch
    listed: Sequence[Payment]
    made: Sequence[SendingOfList]
    stopped: Mapping[int, str] = field(default_factory=dict)
    """What nobody may be paid any more, with why."""


class BankDesk:
    """The group of questions and commands about files for banks."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._environment = engine.environment

    def offer(self, actor: Actor, number: str) -> BankOffer:
        """What a file would be made of. Raises NotFound, NotPermitted, Conflict."""

        def read(tx: Tx) -> BankOffer:
            found = seen(tx, actor, number)
            must_pay(tx, actor, found.batch, _NOT_SENT)
            listed, made = payments.of_batch(tx, number), bank_sendings.of_batch(tx, number)
            if not made:
                _must_be_sent(tx, actor, found.batch)
            why = why_unpaid(made)
            left = [
                OpenPayment(one, why.get(one.id, ""), failed_in)
                for one, failed_in in failed_last(listed, made)
            ]
            open_ids = {one.payment.id for one in left}
            return BankOffer(
                line=found,
                made=made,
                left=left,
                paid=_sums(one for one in listed if one.status in WAS_PAID),
                waiting=_sums(
                    one
                    for one in listed
                    if one.status is PaymentStatus.COMMITTED and one.id not in open_ids
                ),
            )

        return self._engine.ask(read)

    def make(self, actor: Actor, number: str, typed: Mapping[str, str]) -> str:
        """Put a file on record, to be fetched; its number.

        It is made of what is granted and in no file that waits for its result; with ``again`` those
        files are void, for they did not go out. Raises NotFound, NotPermitted, Conflict, Invalid.
        Where a line cannot be sent, none is, and every such line is told (NotAllFit); with
        ``leave`` the others go without it.
        """
        form, reason = _asked(typed)
        is_again = bool(typed.get("again"))

        def read(tx: Tx) -> _Asked:
            batch = seen(tx, actor, number).batch
            _must_be_sent(tx, actor, batch)
            return _what_is_left(tx, batch, is_again=is_again)

        asked = self._engine.ask(read)
        lines = list(self._lines(asked.batch, asked.listed))
        bank_no = f"{number}-{len(asked.made) + 1}"
        order = BankOrder(bank_no, self._environment.today(), lines)
        again = _not_again(asked, self._kept(asked.listed, lines))
        stopped = list(_stopped(asked))
        told = {fault.serial for fault in stopped}
        others = [one for one in (*faults_of(form, order), *again) if one.serial not in told]
        faults = sorted([*stopped, *others], key=lambda fault: fault.serial)
        order = _without(order, faults)
        if faults and not typed.get("leave"):
            raise NotAllFit(faults, len(order.lines))
        if faults and not order.lines:
            raise Invalid(f"没有一行写得进银行文件。{told_of(faults)}")
        made = bank_file(form, order)

        def write(tx: Tx) -> str:
            batch = held(tx, actor, number, _NOT_SENT)
            _must_be_sent(tx, actor, batch)
            if _what_is_left(tx, batch, is_again=is_again) != asked:
                raise Conflict(f"名单刚刚有变动,{_NOT_SENT}请刷新页面后重新制作。")
            now = self._environment.now()
            if is_again:
                void_all(tx, bank_sendings.waiting_of(tx, number), number, actor, now)
            new = Sending(
                number=exports.next_number(tx, local_date(now).year),
                batch_no=number,
                bank_no=bank_no,
                format=form.code,
                file_name=made.name,
                made_at=now,
                made_by=actor.person_id,
                lines=len(order.lines),
                fen=order.fen,
            )
            kept = self._kept(asked.listed, order.lines)
            bank_sendings.add(tx, new, kept, _reasons(asked.listed, faults))
            _put_on_record(tx, actor, new, made, reason)
            return new.number

        return self._engine.execute(write)

    def fetch(self, actor: Actor, number: str, sending_no: str) -> BankFile:
        """The file as it was put on record, written anew. Raises NotFound, NotPermitted, Conflict.

        Accounts are kept in no file of ours: where one was corrected since, it is another file.
        """

        def read(tx: Tx) -> tuple[_Asked, SendingOfList]:
            batch = seen(tx, actor, number).batch
            _must_be_sent(tx, actor, batch)
            found = _to_fetch(tx, number, sending_no)
            ids = {one.payment_id for one in found.lines}
            listed = [one for one in payments.of_batch(tx, number) if one.id in ids]
            _must_still_be_paid(tx, listed)
            return _Asked(batch, listed, ()), found

        asked, found = self._engine.ask(read)
        form = format_of(found.sending)
        lines = list(self._lines(asked.batch, asked.listed))
        kept = sorted(self._kept(asked.listed, lines), key=lambda one: one.payment_id)
        if kept != found.lines:
            raise Conflict(
                "制作以后,档案中有账号或户名更正过,这份文件不能再下载。"
                "没有交给银行的,请作废后重新制作。"
            )
        sending = found.sending
        made = bank_file(form, BankOrder(sending.bank_no, local_date(sending.made_at), lines))

        def write(tx: Tx) -> None:
            _must_be_sent(tx, actor, held(tx, actor, number, _NOT_SENT))
            # While accounts were opened it may have been made void: it is not handed out then.
            if _to_fetch(tx, number, sending_no) != found:
                raise Conflict("这份文件刚刚有变动,没有下载。请刷新页面后重新下载。")
            # A workbook bears the moment it was written: what was handed out now has its own sum.
            sha256 = hashlib.sha256(made.content).hexdigest()
            now, said = self._environment.now(), f"{sending_no};{found.sending.lines} 笔;{sha256}"
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


def format_of(sending: Sending) -> BankFormat:
    """In which a file was made. Raises Conflict where there is no such format any more."""
    form = bank_formats().get(sending.format)
    if form is None:
        raise Conflict("制作这份文件的银行格式已经停用,没有办理。请联系管理员恢复这一格式。")
    return form


def why_unpaid(made: Sequence[SendingOfList]) -> dict[int, str]:
    """Of each payment that was left out or failed: why, as the newest file has it.

    One that is in a file under way again has no reason until the bank has answered.
    """
    why: dict[int, str] = {}
    for one in reversed(made):
        if one.sending.state is SendingState.VOIDED:
            continue
        why.update({left.payment_id: left.reason for left in one.left_out})
        failed = [line for line in one.lines if line.fate is LineFate.FAILED]
        why.update({line.payment_id: _told(line) for line in failed})
    waiting = _waiting(made)
    return {one: reason for one, reason in why.items() if one not in waiting}


def _told(failed: SendingLine) -> str:
    again = f";账户无误,原样再付:{failed.excuse}" if failed.excuse else ""
    return f"银行付款失败:{failed.reason}{again}"


def void_all(tx: Tx, numbers: Sequence[str], batch_no: str, actor: Actor, now: datetime) -> None:
    """These files never went out; that somebody said so is on record."""
    bank_sendings.void(tx, numbers, now, actor.person_id)
    for one in numbers:
        add_access(tx, now, actor.person_id, "bank-file-voided", batch_no, one)


def _what_is_left(tx: Tx, batch: Batch, *, is_again: bool) -> _Asked:
    """What a file would be made of. Raises Conflict where all of it waits for the bank."""
    listed, made = payments.of_batch(tx, batch.number), bank_sendings.of_batch(tx, batch.number)
    left = _to_send(listed, () if is_again else made)
    if not left and _to_send(listed, ()):
        raise Conflict(_ALL_WAIT)
    return _Asked(batch, left, made, not_to_be_paid(tx, left, hold=False))


def _to_send(listed: Sequence[Payment], made: Sequence[SendingOfList]) -> list[Payment]:
    """The lines that are granted, not paid, and in no file that waits for its result."""
    waiting = _waiting(made)
    return [
        one for one in listed if one.status is PaymentStatus.COMMITTED and one.id not in waiting
    ]


def failed_last(
    listed: Sequence[Payment], made: Sequence[SendingOfList]
) -> list[tuple[Payment, str]]:
    """What can be sent, with the newest file in which the bank could not pay it.

    No file where it was in none, or where that was excused.
    """
    newest: dict[int, str] = {}
    for one in made:
        for line in one.lines:
            if line.fate is LineFate.FAILED:
                newest.setdefault(line.payment_id, "" if line.excuse else one.sending.number)
    return [(one, newest.get(one.id, "")) for one in _to_send(listed, made)]


def _waiting(made: Sequence[SendingOfList]) -> set[int]:
    """The payments in files that wait for their results."""
    return {
        line.payment_id
        for one in made
        if one.sending.state is SendingState.WAITING
        for line in one.lines
    }


def _to_fetch(tx: Tx, number: str, sending_no: str) -> SendingOfList:
    """A file that may still be handed out. Raises NotFound, Conflict."""
    found = file_of(tx, number, sending_no)
    if found.sending.state is not SendingState.WAITING:
        raise Conflict("这份文件已有结果或已作废,不再提供下载。")
    return found


def _must_still_be_paid(tx: Tx, listed: Sequence[Payment]) -> None:
    """Raise Conflict where somebody in a file may not be paid any more: it is not handed out."""
    for why in not_to_be_paid(tx, listed, hold=False).values():
        raise Conflict(f"制作以后有变动:{why}这份文件不能再下载,没有交给银行的,请作废后重新制作。")


def _stopped(asked: _Asked) -> Iterator[LineFault]:
    """What nobody may be paid any more."""
    for one in asked.listed:
        if one.id in asked.stopped:
            yield LineFault(one.number, one.for_whom, asked.stopped[one.id])


def _not_again(asked: _Asked, lines: Sequence[SendingLine]) -> Iterator[LineFault]:
    """What failed comes back once only, and corrected, unless it was the payer's doing."""
    failed: dict[int, list[SendingLine]] = defaultdict(list)
    for one in asked.made:
        for line in one.lines:
            if line.is_at_fault:
                failed[line.payment_id].append(line)
    for payment, line in zip(asked.listed, lines, strict=True):
        before = failed[payment.id]
        if len(before) >= _MOST_FAILURES:
            yield LineFault(payment.number, line.name, _FAILED_TWICE)
        elif before and (before[0].name, before[0].account_hash) == (line.name, line.account_hash):
            said = f"上次付款失败({before[0].reason}),账号没有更正。{_CORRECT_FIRST}"
            yield LineFault(payment.number, line.name, said)


def _without(order: BankOrder, faults: Sequence[LineFault]) -> BankOrder:
    """The lines that nothing is in the way of."""
    faulty = {fault.serial for fault in faults}
    return replace(order, lines=[line for line in order.lines if line.serial not in faulty])


def _reasons(listed: Sequence[Payment], faults: Sequence[LineFault]) -> list[LeftOut]:
    """Why each of the lines is left out that cannot be written."""
    why: dict[int, str] = {}
    for fault in faults:
        why[fault.serial] = why.get(fault.serial, "") + fault.why
    return [LeftOut(one.id, why[one.number][:_LONGEST_WHY]) for one in listed if one.number in why]


def _sums(found: Iterable[Payment]) -> tuple[int, int]:
    amounts = [one.fen for one in found]
    return len(amounts), sum(amounts)


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


def _must_be_sent(tx: Tx, actor: Actor, batch: Batch) -> None:
    must_pay(tx, actor, batch, _NOT_SENT)
    if batch.item == GOODS:
        raise Conflict(f"这一批发放的是实物,不经银行付款,{_NOT_SENT}请在办件中登记发放。")
    must_be_granted(batch, f"只有已批准、待付款的批次可以制作银行文件,{_NOT_SENT}")
