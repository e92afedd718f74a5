"""其他支出: money no programme pays, entered by hand, taken back by a counter-entry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from engine import Actor, Engine
from engine.errors import Conflict, Invalid, NotFound
from engine.store.audit import add_access
from engine.store.database import Tx
from registry.budget.model import Expense
from registry.budget.programmes import sources, subjects
from registry.funds.desk import has_money
from registry.funds.rights import FundAct, may_somewhere, must, must_somewhere, places_of
from registry.funds.typed import amount_of, day_of, must_be_entry, must_be_same, text_of
from registry.store import expenses
from registry.store.expenses import ExpensesWanted

_LONGEST = {"payee": 100, "voucher": 60, "note": 300}
_LABELS = {"payee": "收款单位(人)", "voucher": "记账凭证号", "note": "备注"}
_MOST_LISTED = 500


@dataclass(frozen=True)
class ExpenseLine:
    """One entry with its unit and who entered it."""

    expense: Expense
    unit: str
    by_name: str
    is_taken_back: bool


@dataclass(frozen=True)
class Expenses:
    """The entries of a year, newest first, and what they come to in fen."""

    lines: Sequence[ExpenseLine]
    fen: int
    may_enter: bool


class ExpenseBook:
    """The group of questions and commands about other expenditure."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._environment = engine.environment

    def listed(self, actor: Actor, wanted: ExpensesWanted) -> Expenses:
        """The entries of her area. Raises NotPermitted."""
        must_somewhere(actor, FundAct.SEE)
        places = places_of(actor, FundAct.SEE)

        def read(tx: Tx) -> Expenses:
            found = expenses.listed(tx, places, wanted, _MOST_LISTED)
            back = {one.counters for one, _, _ in found if one.counters}
            return Expenses(
                [ExpenseLine(one, at, by, one.id in back) for one, at, by in found],
                expenses.total(tx, places, wanted).fen,
                may_somewhere(actor, FundAct.SPEND),
            )

        return self._engine.ask(read)

    def enter(self, actor: Actor, entry_id: str, typed: Mapping[str, str]) -> Expense:
        """Write an entry; the form's own id, so that sending it twice enters once.

        Raises NotPermitted, Invalid with every fault.
        """
        must_be_entry(entry_id, "没有登记")
        must_somewhere(actor, FundAct.SPEND)
        new = self._read(actor, entry_id, typed)

        def write(tx: Tx) -> Expense:
            must(tx, actor, FundAct.SPEND, new.organisation_id)
            before = expenses.numbered(tx, entry_id)
            if before is not None:
                must_be_same(replace(before, entered_at=new.entered_at), new)
                return before
            expenses.add(tx, new)
            add_access(tx, new.entered_at, actor.person_id, "expense-entered", entry_id)
            return new

        return self._engine.execute(write)

    def take_back(self, actor: Actor, expense_id: str, entry_id: str, reason: str) -> None:
        """Correct an entry by its counter-entry.

        Raises NotFound, NotPermitted, Invalid without a reason, Conflict when done already.
        """
        said = reason.strip()
        if not said or len(said) > _LONGEST["note"]:
            raise Invalid(f"请写明冲销原因(不超过 {_LONGEST['note']} 字)。没有冲销。")
        must_be_entry(entry_id, "没有冲销")

        def write(tx: Tx) -> None:
            found = expenses.numbered(tx, expense_id)
            if found is None:
                raise NotFound("没有找到这一笔支出。请刷新页面后重试。")
            must(tx, actor, FundAct.SPEND, found.organisation_id)
            if found.counters is not None:
                raise Conflict("冲销记录不能再冲销。如冲销有误,请重新登记这一笔支出。")
            if expenses.is_countered(tx, expense_id):
                raise Conflict("这一笔已经冲销过,没有重复冲销。")
            now = self._environment.now()
            counter = replace(
                found,
                id=entry_id,
                fen=-found.fen,
                note=said,
                entered_by=actor.person_id,
                entered_at=now,
                counters=found.id,
            )
            expenses.add(tx, counter)
            add_access(tx, now, actor.person_id, "expense-taken-back", expense_id)

        self._engine.execute(write)

    def _read(self, actor: Actor, entry_id: str, typed: Mapping[str, str]) -> Expense:
        faults: list[str] = []
        if not has_money(self._engine.directory.organisations().get(typed.get("unit", ""))):
            faults.append("请选择单位。")
        texts = _texts(typed, faults)
        fen = amount_of(typed, faults)
        today = self._environment.today()
        day = day_of(typed.get("spent_on", ""), "支出日期", today, faults)
        if faults:
            raise Invalid("".join([*faults, "没有登记,您填写的内容仍在页面上。"]))
        return Expense(
            id=entry_id,
            year=day.year,
            organisation_id=typed["unit"],
            subject=typed["subject"],
            source=typed["source"],
            fen=fen,
            spent_on=day,
            entered_by=actor.person_id,
            entered_at=self._environment.now(),
            **texts,
        )


def _texts(typed: Mapping[str, str], faults: list[str]) -> dict[str, str]:
    """What was chosen and written beside the amount and the day."""
    if typed.get("subject", "") not in subjects():
        faults.append("请选择支出类别。")
    if typed.get("source", "") not in sources():
        faults.append("请选择资金来源。")
    texts = {
        name: text_of(typed, name, _LABELS[name], longest, faults)
        for name, longest in _LONGEST.items()
    }
    if not texts["payee"]:
        faults.append("请填写收款单位(人)。")
    return texts
