"""付款结果: what a bank sends back about a file becomes payments, all of it at once or nothing.

A line that was paid is paid in the ledger and recorded in its household's file at the same moment;
one that failed stays granted, with the bank's reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine import Actor, Engine
from engine.errors import Conflict, Invalid
from engine.model.clock import local_date
from engine.store.audit import add_access
from engine.store.database import Tx
from registry.budget.amounts import in_yuan
from registry.budget.bank_formats import BankFormat
from registry.budget.model import Batch, BatchStatus, Payment, PaymentStatus, Stamp
from registry.funds import giving, ledger
from registry.funds.bank_access import file_of, held, must_pay, seen
from registry.funds.bank_desk import format_of, void_all
from registry.funds.bank_results import BankResult, Fate, Sent, SentLine
from registry.funds.history import tell_case
from registry.funds.typed import day_of, instant_on, text_of
from registry.incoming.rows import Problem
from registry.store import bank_sendings, payments
from registry.store.bank_sendings import Answer, LineFate, SendingOfList, SendingState

_LONGEST_VOUCHER = 60
_LONGEST_REASON = 100
_NOT_TAKEN = "没有导入。"
_NOT_VOIDED = "没有作废。"
_AFTER_ALL = {
    PaymentStatus.HELD: "挂账的{}:请在批次页按这次的凭证逐笔补付。",
    PaymentStatus.PAID: "已另行付清的{}:银行又付了一次,请追回。",
    PaymentStatus.RELEASED: (
        "已退回指标的{}:请会计用同样的名单另制一批,批准后在“付款并登记”中按这次的凭证登记;不该付的,请追回。"
    ),
}
"""What the bank has paid of a batch that nobody pays any more, by how it stands in the books."""


class ResultRefused(Invalid):
    """The result cannot be what the bank said of this file; ``problems`` tells all that is wrong.

    Nothing follows from any line of it.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(
            f"结果文件有 {len(problems)} 处与已发出的文件对不上,没有导入,没有登记任何付款。"
            "请核对后向银行重新下载。"
        )
        self.problems = problems


class PaidAfterAll(Conflict):
    """A bank has paid what nobody pays any more: the money is gone, and no book says so yet."""


@dataclass(frozen=True)
class Taken:
    """What a result came to; ``is_new`` where it was not taken over before."""

    paid: int
    failed: int
    is_new: bool


class BankAnswers:
    """The group of commands about what banks send back."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._environment = engine.environment

    def sent(self, actor: Actor, number: str, sending_no: str) -> tuple[BankFormat, Sent]:
        """What the bank was asked to pay, to read its result by. Raises NotFound, NotPermitted."""

        def read(tx: Tx) -> tuple[BankFormat, Sent]:
            must_pay(tx, actor, seen(tx, actor, number).batch, _NOT_TAKEN)
            found = file_of(tx, number, sending_no)
            names = {one.payment_id: one.name for one in found.lines}
            lines = [
                SentLine(serial, names[one.id], one.fen)
                for serial, one in _by_serial(tx, found).items()
            ]
            return format_of(found.sending), Sent(found.sending.bank_no, lines)

        return self._engine.ask(read)

    def take(
        self,
        actor: Actor,
        number: str,
        sending_no: str,
        result: BankResult,
        typed: Mapping[str, str],
    ) -> Taken:
        """Pay what the bank has paid, under ``voucher`` on ``paid_on``; ``sha256`` is the file's.

        The same result again changes nothing. What the bank has paid of a batch that was closed or
        given up is refused, with what is to be done about each yuan, and is on record. Raises
        NotFound, NotPermitted, Conflict, Invalid.
        """
        if result.problems:
            raise ResultRefused(result.problems)

        def write(tx: Tx) -> Taken:
            batch = held(tx, actor, number, _NOT_TAKEN)
            found = file_of(tx, number, sending_no)
            listed = _by_serial(tx, found)
            if listed.keys() != {one.serial for one in result.fates}:
                raise Conflict(f"这不是 {sending_no} 的结果,{_NOT_TAKEN}请核对所选的文件。")
            fates = {listed[one.serial].id: _told(one) for one in result.fates}
            if found.sending.answer is not None:
                return _taken_before(found, fates)
            answer = self._answer(actor, found, typed)
            _must_be_no_other_files(tx, found, answer)
            paid = [listed[one.serial] for one in _paid(result)]
            self._pay(tx, batch, found, answer, paid)
            fen = sum(one.fen for one in paid)
            bank_sendings.answer(tx, sending_no, answer, fates)
            taken = _count(fates, is_new=True)
            said = f"{sending_no};成功 {taken.paid} 笔,失败 {taken.failed} 笔;{answer.voucher}"
            add_access(tx, answer.at, actor.person_id, "bank-result-taken", number, said)
            if taken.paid:
                told = {"batch": number, "payments": taken.paid, "amount": in_yuan(fen)}
                tell_case(self._environment, tx, actor, batch.case_id, told | {"act": "银行付款"})
            return taken

        try:
            return self._engine.execute(write)
        except PaidAfterAll as late:
            said = f"{sending_no};{late.message}"
            self._engine.note_access(actor, "bank-paid-after-all", number, said)
            raise

    def void(self, actor: Actor, number: str, sending_no: str, typed: Mapping[str, str]) -> None:
        """作废 of a file that never went out. Raises NotFound, NotPermitted, Conflict, Invalid."""
        if not typed.get("confirmed"):
            raise Invalid(f"请先确认这份文件没有交给银行,勾选后再作废。{_NOT_VOIDED}")

        def write(tx: Tx) -> None:
            held(tx, actor, number, _NOT_VOIDED)
            found = file_of(tx, number, sending_no)
            if found.sending.state is not SendingState.WAITING:
                raise Conflict(f"这份文件已有结果或已经作废,{_NOT_VOIDED}")
            void_all(tx, [sending_no], number, actor, self._environment.now())

        self._engine.execute(write)

    def _answer(self, actor: Actor, found: SendingOfList, typed: Mapping[str, str]) -> Answer:
        """What is written down with the result. Raises Invalid."""
        faults: list[str] = []
        voucher = text_of(typed, "voucher", "记账凭证号", _LONGEST_VOUCHER, faults)
        if not voucher:
            faults.append("请填写记账凭证号。")
        today = self._environment.today()
        paid_on = day_of(typed.get("paid_on", ""), "付款日期", today, faults)
        made_on = local_date(found.sending.made_at)
        if not faults and paid_on < made_on:
            faults.append(f"付款日期 {paid_on} 早于制作文件的 {made_on},请核对。")
        if faults:
            raise Invalid("".join([*faults, _NOT_TAKEN]))
        now = self._environment.now()
        return Answer(now, actor.person_id, typed.get("sha256", ""), voucher, paid_on)

    def _pay(
        self,
        tx: Tx,
        batch: Batch,
        found: SendingOfList,
        answer: Answer,
        paid: Sequence[Payment],
    ) -> None:
        if batch.status is not BatchStatus.APPROVED:
            raise _after_all(paid)
        _must_stand_in_no_other_file(tx, found)
        if any(one.status is not PaymentStatus.COMMITTED for one in paid):
            raise Conflict(f"其中有已经付款或已经退回的,{_NOT_TAKEN}请与会计核对。")
        stamp = Stamp(instant_on(answer.paid_on, answer.at), answer.by)
        ledger.pay(tx, stamp, paid, answer.voucher)
        giving.record_help(tx, stamp, paid, f"发放批次 {batch.number}")


def _after_all(paid: Sequence[Payment]) -> Conflict:
    """Why nothing is taken over for a batch that nobody pays any more, and what is to be done.

    What was given back may be spent already: nothing can be paid from it without a new grant.
    """
    if not paid:
        return Conflict(f"这一批已经办结或不再付款,结果中也没有付出的,{_NOT_TAKEN}不用再办。")
    told = [f"这一批已经办结或不再付款,{_NOT_TAKEN}但银行付出了{_sum_of(paid)},账上还没有。"]
    for status, what_to_do in _AFTER_ALL.items():
        of_it = [one for one in paid if one.status is status]
        if of_it:
            told.append(what_to_do.format(_sum_of(of_it)))
    return PaidAfterAll("".join(told))


def _sum_of(found: Sequence[Payment]) -> str:
    return f" {len(found)} 笔 {in_yuan(sum(one.fen for one in found))}"


def _by_serial(tx: Tx, found: SendingOfList) -> dict[int, Payment]:
    """The payments in a file by the number they have in the batch and in the file."""
    ids = {one.payment_id for one in found.lines}
    listed = payments.of_batch(tx, found.sending.batch_no)
    return {one.number: one for one in listed if one.id in ids}


def _must_stand_in_no_other_file(tx: Tx, found: SendingOfList) -> None:
    """A file that was voided may have gone out after all, but no line of it twice.

    An earlier file that was answered may have lines in common with it: those the bank did not pay.
    """
    ids, own = {one.payment_id for one in found.lines}, found.sending.number
    for other in bank_sendings.of_batch(tx, found.sending.batch_no):
        state = other.sending.state
        is_later = state is SendingState.ANSWERED and other.sending.number > own
        if other.sending.number == own or not (is_later or state is SendingState.WAITING):
            continue
        if not ids.isdisjoint(one.payment_id for one in other.lines):
            raise Conflict(
                f"这份文件作废以后,其中有的行又写进了 {other.sending.number},{_NOT_TAKEN}"
                "请先向银行核实哪一份已经付款。"
            )


def _must_be_no_other_files(tx: Tx, found: SendingOfList, answer: Answer) -> None:
    """Files with the same lines are not told apart by what stands in their results."""
    for other in bank_sendings.of_batch(tx, found.sending.batch_no):
        told = other.sending.answer
        if told is not None and answer.sha256 and told.sha256 == answer.sha256:
            raise Conflict(
                f"这份结果已经作为 {other.sending.number} 的结果导入过,{_NOT_TAKEN}"
                f"请向银行下载 {found.sending.number} 的结果。"
            )


def _paid(result: BankResult) -> list[Fate]:
    return [one for one in result.fates if one.is_paid]


def _told(one: Fate) -> tuple[LineFate, str]:
    if one.is_paid:
        return LineFate.PAID, ""
    return LineFate.FAILED, one.reason[:_LONGEST_REASON]


def _taken_before(found: SendingOfList, fates: Mapping[int, tuple[LineFate, str]]) -> Taken:
    """Nothing is done; a result that says something else is refused."""
    if {one.payment_id: one.fate for one in found.lines} != {
        one: fate for one, (fate, _) in fates.items()
    }:
        raise Conflict(
            f"这份文件的结果已经导入,这一份却说得不一样,{_NOT_TAKEN}请向银行核实以哪一份为准。"
        )
    return _count(fates, is_new=False)


def _count(fates: Mapping[int, tuple[LineFate, str]], *, is_new: bool) -> Taken:
    paid = sum(fate is LineFate.PAID for fate, _ in fates.values())
    return Taken(paid, len(fates) - paid, is_new)
