"""挂账: what a closed batch could not pay is paid later, or given back to its budget line."""

from collections.abc import Mapping
from datetime import date

from engine import Actor, Engine
from engine.errors import Conflict, Invalid, NotFound
from engine.model.clock import local_date
from engine.store.audit import add_access
from engine.store.database import Tx
from registry.budget.amounts import in_yuan
from registry.budget.model import Batch, Payment, PaymentStatus, Stamp
from registry.funds import giving, ledger
from registry.funds.bank_access import held
from registry.funds.cash import cash_fault, in_cash
from registry.funds.checking import faults_of
from registry.funds.history import tell_case
from registry.funds.supplements import publish_later
from registry.funds.typed import day_of, instant_on, text_of
from registry.store import payments

_LONGEST_VOUCHER = 60
_LONGEST_REASON = 200
_NOT_PAID = "没有登记付款。"
_NOT_RETURNED = "没有退回。"


class HeldPayments:
    """The group of commands about what is held on account."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._environment = engine.environment

    def pay(self, actor: Actor, number: str, payment_id: int, typed: Mapping[str, str]) -> None:
        """补付 under a ``voucher``, with the household's help record, published as the rest was.

        ``in_cash`` needs ``witness_1`` and ``witness_2``. Raises NotFound, NotPermitted, Conflict,
        Invalid.
        """
        faults: list[str] = []
        voucher = text_of(typed, "voucher", "记账凭证号", _LONGEST_VOUCHER, faults)
        if not voucher:
            faults.append("请填写记账凭证号。")
        today = self._environment.today()
        paid_on = day_of(typed.get("paid_on", ""), "付款日期", today, faults)
        witnesses = (typed.get("witness_1", "").strip(), typed.get("witness_2", "").strip())
        is_cash = bool(typed.get("in_cash"))
        if is_cash and cash_fault(witnesses):
            faults.append(cash_fault(witnesses))
        if faults:
            raise Invalid("".join([*faults, _NOT_PAID]))

        def write(tx: Tx) -> None:
            batch, one = _one_held(tx, actor, number, payment_id, _NOT_PAID)
            self._must_be_payable(tx, batch, one, paid_on)
            now = self._environment.now()
            stamp = Stamp(instant_on(paid_on, now), actor.person_id)
            ledger.pay(tx, stamp, [one], voucher, in_cash(witnesses) if is_cash else "")
            giving.record_help(tx, stamp, [one], f"发放批次 {number} 补付")
            said = f"第 {one.number} 行 {in_yuan(one.fen)};{voucher}"
            add_access(tx, now, actor.person_id, "held-paid", number, said)
            publish_later(self._environment, tx, batch, [one])
            tell_case(self._environment, tx, actor, batch.case_id, _told(one, "补付"))

        self._engine.execute(write)

    def give_back(
        self, actor: Actor, number: str, payment_id: int, typed: Mapping[str, str]
    ) -> None:
        """退回指标 for a ``reason``: the money is free again on its line. Raises as :meth:`pay`."""
        faults: list[str] = []
        reason = text_of(typed, "reason", "退回的原因", _LONGEST_REASON, faults)
        if not reason:
            faults.append("请写明退回的原因。")
        if faults:
            raise Invalid("".join([*faults, _NOT_RETURNED]))

        def write(tx: Tx) -> None:
            batch, one = _one_held(tx, actor, number, payment_id, _NOT_RETURNED)
            now = self._environment.now()
            ledger.release(tx, Stamp(now, actor.person_id), [one], reason)
            said = f"第 {one.number} 行 {in_yuan(one.fen)};{reason}"
            add_access(tx, now, actor.person_id, "held-returned", number, said)
            tell_case(self._environment, tx, actor, batch.case_id, _told(one, "退回指标"))

        self._engine.execute(write)

    def _must_be_payable(self, tx: Tx, batch: Batch, one: Payment, paid_on: date) -> None:
        """That it was not paid before it was asked for, and may still be given to this payee."""
        asked_at = batch.submitted_at
        if asked_at is not None and paid_on < local_date(asked_at):
            raise Invalid(
                f"付款日期 {paid_on} 早于提交批次的 {local_date(asked_at)},请核对。{_NOT_PAID}"
            )

        def ask(name: str, unit: str) -> object:
            return self._environment.parameter(tx, name, unit)

        for fault in faults_of(tx, ask, [one], batch.organisation_id, hold=True):
            if not fault.is_allowed:
                raise Conflict(f"{fault.sentence}{_NOT_PAID}不再付款的,请退回指标。")


def _told(one: Payment, act: str) -> Mapping[str, object]:
    return {"batch": one.batch_no, "payee": one.for_whom, "amount": in_yuan(one.fen), "act": act}


def _one_held(
    tx: Tx, actor: Actor, number: str, payment_id: int, undone: str
) -> tuple[Batch, Payment]:
    """A payment of the batch that is held on account, and nobody else deals with meanwhile."""
    batch = held(tx, actor, number, undone)
    one = payments.numbered(tx, payment_id)
    if one is None or one.batch_no != number:
        raise NotFound("这一批没有这一笔。请刷新页面。")
    if one.status is not PaymentStatus.HELD:
        raise Conflict(f"这一笔不在挂账,可能刚刚已经补付或退回,{undone}请刷新页面核对。")
    return batch, one
