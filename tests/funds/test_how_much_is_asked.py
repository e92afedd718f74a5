"""Long rosters and many lines cost no more questions to the database than short ones."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import event

from registry.store.funds import Narrowing
from tests.funds.purse import Purse, id_number
from tests.support.register import Visitor, site_of

AGREED = {"decision": "agree"}
MONEY = ("budget_line", "payment", "fund_")


def questions(desk: Purse, act: Callable[[], object], tables: Sequence[str] = MONEY) -> list[str]:
    """What was asked of these tables meanwhile."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: Any) -> None:
        asked.append(statement)

    event.listen(desk.engine.database.engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(desk.engine.database.engine, "before_cursor_execute", note)
    return [one for one in asked if any(t in one for t in tables)]


def roster(desk: Purse, households: range, amount: str = "1000") -> str:
    number = desk.draft(desk.all_lines()[0])
    for place in households:
        desk.household(place, at="u1" if len(households) > 2 else "u2")
    for place in households:
        found = desk.register.batches.households(desk.actor("accountant"), number, f"林模拟{place}")
        file_no = found[0].file_no
        desk.register.batches.add_household(desk.actor("accountant"), number, file_no, amount)
    return number


def test_taking_out_what_cannot_be_paid(desk: Purse) -> None:
    desk.allocate(amount="900000")
    actor, counts = desk.actor("accountant"), []
    for households in (range(10, 12), range(20, 27)):
        number = roster(desk, households, "9000")
        asked = questions(desk, partial(desk.register.batches.take_out_faulty, actor, number))
        assert desk.register.batches.view(actor, number).payments == []
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_who_is_paid_as_a_person_and_with_a_household(desk: Purse) -> None:
    desk.allocate(amount="900000")
    actor, batches, counts = desk.actor("accountant"), desk.register.batches, []
    for people in (range(100, 102), range(200, 207)):
        number, other = (desk.draft(desk.all_lines()[0]) for _ in range(2))
        for place in people:
            named = {"name": f"模拟{place}", "code": id_number(place), "amount": "100"}
            batches.add_payee(actor, number, {"payee": "person", **named})
            named = {"name": f"模拟{place}", "code": id_number(place + 300), "amount": "100"}
            batches.add_payee(actor, other, {"payee": "person", **named})
        batches.submit(actor, other)
        for place in people:
            desk.household(place)  # on the roster as a person
            paid = desk.household(place + 300)  # has it already
            batches.add_household(actor, number, paid, "100")
        tables = ("household", "payment", "organisation")
        asked = questions(desk, partial(batches.take_out_faulty, actor, number), tables)
        assert batches.view(actor, number).payments == []
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_paying(desk: Purse) -> None:
    desk.allocate(amount="900000")
    counts = []
    for households in (range(10, 12), range(20, 27)):
        number = roster(desk, households)
        case_id = desk.register.batches.submit(desk.actor("accountant"), number)
        desk.do("approver", case_id, "approve_county", AGREED)
        paid = {"pay_result": "paid", "voucher_no": "记-1", "paid_on": "2026-03-02"}
        asked = questions(desk, partial(desk.do, "cashier", case_id, "pay_county", paid))
        counts.append(len([one for one in asked if one.startswith("SELECT")]))
    assert counts[0] == counts[1]
    desk.must_hold()


def test_the_ledger_and_the_transfers(desk: Purse, tmp_path: Path) -> None:
    first = desk.allocate()
    desk.allocate(programme="living")
    second = desk.allocate(programme="medical")
    desk.register.funds.ask_transfer(
        desk.actor("accountant"),
        desk.entry(),
        first.id,
        {"target": str(second.id), "amount": "1", "reason": "模拟"},
    )
    accountant = Visitor(site_of(desk.engine, tmp_path), desk.engine, "accountant")
    asked = questions(desk, lambda: accountant.text("/funds?programme=living"))
    assert len([one for one in asked if "allocated" in one]) == 1
    assert len(desk.register.funds.ledger(desk.actor("accountant"), Narrowing()).units) == 1
    page = questions(desk, lambda: accountant.text("/funds/transfers"))
    (lines,) = [one for one in page if "allocated" in one]
    assert "budget_line.id IN" in lines  # the two it names, not all there are
