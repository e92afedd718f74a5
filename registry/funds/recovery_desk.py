"""追回 by hand: who pays writes down that some of a batch came back."""

from collections.abc import Mapping
from dataclasses import replace

from engine import Actor, Engine
from engine.errors import Conflict, Invalid, NotFound
from engine.store.audit import add_access
from engine.store.database import Tx
from registry.budget.amounts import in_yuan
from registry.budget.model import WAS_PAID, Recovery, Stamp
from registry.funds.bank_access import held
from registry.funds.history import tell_case
from registry.funds.recovering import LONGEST_REASON, LONGEST_VOUCHER, UNDONE, recover
from registry.funds.typed import amount_of, day_of, instant_on, must_be_entry, must_be_same, text_of
from registry.store import payments, recoveries


class RecoveryDesk:
    """The group of commands about what came back of a batch."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._environment = engine.environment

    def enter(
        self, actor: Actor, number: str, payment_id: int, entry: str, typed: Mapping[str, str]
    ) -> None:
        """Write down that some of a payment came back; sending the same page twice does it once.

        ``amount``, ``voucher``, ``recovered_on``, ``reason``; ``entry`` is the form's own. Raises
        NotFound, NotPermitted for who rostered or granted it, Conflict, Invalid.
        """
        must_be_entry(entry, UNDONE.removesuffix("。"))
        asked = self._read(actor, payment_id, entry, typed)

        def write(tx: Tx) -> None:
            held(tx, actor, number, UNDONE)
            before = recoveries.entered(tx, entry)
            if before is not None:
                must_be_same(replace(before, id=0, entered_at=asked.entered_at), asked)
                return
            one = payments.numbered(tx, payment_id)
            if one is None or one.batch_no != number:
                raise NotFound("这一批没有这一笔。请刷新页面。")
            if one.status not in WAS_PAID:
                raise Conflict(f"这一笔还没有付款,{UNDONE}请刷新页面核对。")
            now = asked.entered_at
            stamp = Stamp(instant_on(asked.recovered_on, now), actor.person_id)
            recover(tx, stamp, one, asked)
            said = f"第 {one.number} 行 {in_yuan(asked.fen)};{asked.voucher};{asked.reason}"
            add_access(tx, now, actor.person_id, "payment-recovered", number, said)
            told = {"batch": number, "payee": one.for_whom, "amount": in_yuan(asked.fen)}
            tell_case(self._environment, tx, actor, one.case_id, {**told, "act": "追回"})

        self._engine.execute(write)

    def _read(
        self, actor: Actor, payment_id: int, entry: str, typed: Mapping[str, str]
    ) -> Recovery:
        faults: list[str] = []
        fen = amount_of(typed, faults)
        voucher = text_of(typed, "voucher", "收款凭证号", LONGEST_VOUCHER, faults)
        if not voucher:
            faults.append("请填写收款凭证号。")
        today = self._environment.today()
        day = day_of(typed.get("recovered_on", ""), "收回日期", today, faults)
        reason = text_of(typed, "reason", "追回的原因", LONGEST_REASON, faults)
        if not reason:
            faults.append("请写明追回的原因。")
        if faults:
            raise Invalid("".join([*faults, UNDONE]))
        now = self._environment.now()
        return Recovery(0, payment_id, fen, day, voucher, reason, actor.person_id, now, entry)
