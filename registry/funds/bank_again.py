"""原样再付: what the bank could not pay because of the payer goes out again as it was.

The whole file was refused, the account of the federation was short of money: nothing is wrong with
the accounts of the households. Who pays says so, once for many lines and with the reason; it is on
record, and such a failure counts against no line.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping

from engine import Actor, Engine
from engine.errors import Conflict, Invalid
from engine.store.audit import add_access
from engine.store.database import Tx
from registry.funds.bank_access import held, must_be_granted
from registry.funds.bank_desk import failed_last
from registry.funds.typed import text_of
from registry.store import bank_sendings, payments

_LONGEST_WHY = 200
_NOT_NOTED = "没有登记。"
_CHANGED = f"所选的有的刚刚有变动,{_NOT_NOTED}请刷新页面后重新选择。"


class BankAgain:
    """The command about failures that were the payer's."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._environment = engine.environment

    def excuse_all(self, actor: Actor, number: str, typed: Mapping[str, str]) -> int:
        """As :meth:`excuse`, of all that the bank could not pay so far."""
        return self._excuse(actor, number, None, typed)

    def excuse(
        self, actor: Actor, number: str, chosen: Collection[int], typed: Mapping[str, str]
    ) -> int:
        """These payments may go into a file again unchanged, for the reason ``why``; how many.

        Raises NotFound, NotPermitted, Conflict, Invalid.
        """
        if not chosen:
            raise Invalid(f"请选择账户无误、要原样再付的行。{_NOT_NOTED}")
        return self._excuse(actor, number, frozenset(chosen), typed)

    def _excuse(
        self,
        actor: Actor,
        number: str,
        chosen: Collection[int] | None,
        typed: Mapping[str, str],
    ) -> int:
        faults: list[str] = []
        why = text_of(typed, "why", "原样再付的原因", _LONGEST_WHY, faults)
        if not why:
            faults.append("请写明原样再付的原因,如余额不足、整份文件被银行拒收。")
        if faults:
            raise Invalid("".join([*faults, _NOT_NOTED]))

        def write(tx: Tx) -> int:
            batch = held(tx, actor, number, _NOT_NOTED)
            must_be_granted(batch, f"这一批已经登记付款或不再付款,{_NOT_NOTED}")
            listed, made = payments.of_batch(tx, number), bank_sendings.of_batch(tx, number)
            failed = {one.id: sending for one, sending in failed_last(listed, made) if sending}
            wanted = frozenset(failed) if chosen is None else frozenset(chosen)
            if not wanted or not wanted <= failed.keys():
                raise Conflict(_CHANGED)
            by_sending: dict[str, list[int]] = defaultdict(list)
            for one in sorted(wanted):
                by_sending[failed[one]].append(one)
            for sending, ids in by_sending.items():
                bank_sendings.excuse(tx, sending, ids, why)
            now, said = self._environment.now(), f"{len(wanted)} 笔;{why}"
            add_access(tx, now, actor.person_id, "bank-lines-again", number, said)
            return len(wanted)

        return self._engine.execute(write)
