"""Money moves between accounts, is never more than there is, and every number says from what."""

from collections.abc import Mapping

import pytest
from sqlalchemy import Executable, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

import registry
from engine.errors import Busy, Conflict, Invalid, NotFound, NotPermitted
from registry.budget.model import OUTSIDE, Account, Column, Kind, effect
from registry.promises import check
from registry.store.fund_tables import budget_line, fund_movement, payment
from registry.store.funds import Narrowing
from tests.funds.purse import PAYMENT, Purse


def test_every_kind_moves_money_between_two_accounts_and_makes_none() -> None:
    for kind in Kind:
        source, target = kind.source, kind.target
        assert source is not target
        inside = sum(effect(kind, column) for column in Column if column is not Column.ALLOCATED)
        assert inside == effect(kind, Column.ALLOCATED), kind
        assert not {source, target} <= OUTSIDE
    assert {a for kind in Kind for a in (kind.source, kind.target)} == set(Account)


def test_what_is_given_and_taken_back_is_what_the_movements_come_to(purse: Purse) -> None:
    line = purse.allocate()
    purse.allocate(amount="2,500.50", document="漳工财〔2026〕2号")
    taken = purse.allocate(kind="reduce", amount="0.50", document="漳工财〔2026〕3号")
    assert taken.id == line.id
    assert purse.sums(line.id) == (12_500, 0, 0, 0, 12_500)
    actor = purse.actor("accountant")
    counted = purse.register.funds.counted(actor, Narrowing(line_id=line.id), Column.ALLOCATED)
    assert [one.signed for one in counted.lines] == [-50, 250_050, 1_000_000]
    assert (counted.total, counted.fen) == (3, 1_250_000)
    assert counted.lines[0].by_name == "模拟accountant"
    with pytest.raises(Conflict, match=r"结余只有 12,500.00 元,不能核减 20,000.00 元,没有登记"):
        purse.allocate(kind="reduce", amount="20000")
    assert purse.sums(line.id) == (12_500, 0, 0, 0, 12_500)
    purse.must_hold()


def test_a_budget_is_not_cut_below_what_is_promised(purse: Purse) -> None:
    line = purse.allocate(amount="1500")
    assert purse.bench.run("funds.reserve", PAYMENT)["granted"] is True
    with pytest.raises(Conflict, match=r"已占用、已批、已付 1,000.00 元,结余只有 500.00 元"):
        purse.allocate(kind="reduce", amount="600")
    purse.allocate(kind="reduce", amount="500")
    assert purse.sums(line.id) == (1000, 1000, 0, 0, 0)


def test_the_same_page_sent_twice_moves_money_once(purse: Purse) -> None:
    actor, entry = purse.actor("accountant"), purse.entry()
    typed = {
        "kind": "allocate",
        "year": "2026",
        "unit": "xc",
        "programme": "living",
        "source": "central",
        "amount": "5",
        "document": "模拟1号",
    }
    first = purse.register.funds.allocate(actor, entry, typed)
    second = purse.register.funds.allocate(actor, entry, typed)
    assert first == second
    assert purse.sums(first.id) == (5, 0, 0, 0, 5)


def test_what_is_wrong_is_all_said_at_once(purse: Purse) -> None:
    with pytest.raises(Invalid) as refused:
        purse.allocate(year="1999", unit="u1", programme="x", source="", amount="很多", document="")
    for said in (
        "年度应在",
        "选择单位",
        "帮扶项目",
        "资金来源",
        "“很多”不是数字",
        "文号",
        "仍在页面上",
    ):
        assert said in refused.value.message
    for amount in ("-5", "0", "1.001", "1e12", "NaN", "Infinity", ""):
        with pytest.raises(Invalid):
            purse.allocate(amount=amount)
    assert purse.all_lines() == []


def test_who_may_see_and_move_whose_money(purse: Purse) -> None:
    ours, theirs = purse.allocate(), purse.allocate("far_accountant", unit="lw")
    city = purse.allocate("protection", unit="zz", source="finance")
    funds = purse.register.funds

    def seen(name: str) -> set[int]:
        return {one.line.id for one in funds.ledger(purse.actor(name), Narrowing()).lines}

    for name in ("accountant", "cashier", "reviewer", "approver", "supervisor"):
        assert seen(name) == {ours.id}, name
    assert seen("far_accountant") == {theirs.id}
    for name in ("protection", "city_accountant", "leader", "city"):
        assert seen(name) == {ours.id, theirs.id, city.id}, name
    for name in ("officer", "chair", "township", "designer", "admin", "entry"):
        with pytest.raises(NotPermitted):
            seen(name)
    with pytest.raises(NotFound):
        funds.line(purse.actor("accountant"), theirs.id)
    for name, unit in (("accountant", "lw"), ("accountant", "zz"), ("approver", "xc")):
        with pytest.raises(NotPermitted, match="没有登记"):
            purse.allocate(name, unit=unit)


def test_a_payment_goes_from_account_to_account(purse: Purse) -> None:
    line = purse.allocate()
    run = purse.bench.run
    answer = run("funds.reserve", PAYMENT)
    assert (answer["granted"], answer["warned"]) == (True, False)
    assert str(answer["available"]) == "9000.00"
    assert purse.sums(line.id) == (10_000, 1000, 0, 0, 9000)
    run("funds.commit", {})
    assert purse.sums(line.id) == (10_000, 0, 1000, 0, 9000)
    run("funds.pay", {"voucher_no": "记-12"})
    assert purse.sums(line.id) == (10_000, 0, 0, 1000, 9000)
    with pytest.raises(Conflict, match="已经付款"):
        run("funds.release", {"reason": "错了"})
    counted = purse.register.funds.counted(
        purse.actor("cashier"), Narrowing(line_id=line.id), Column.AVAILABLE
    )
    assert counted.fen == 900_000
    assert [one.payee for one in counted.lines] == ["模拟村", ""]
    purse.must_hold()


def test_what_is_released_is_free_again_and_may_be_given_anew(purse: Purse) -> None:
    line = purse.allocate(amount="1000")
    run = purse.bench.run
    assert run("funds.reserve", PAYMENT)["granted"]
    other = {**PAYMENT, "payee_id": "另一村", "payee_name": "另一村"}
    refused = run("funds.reserve", other, "case-2")
    assert refused["granted"] is False
    assert "超过可用指标 1,000.00 元,未占用资金" in str(refused["message"])
    run("funds.release", {"reason": "重复"})
    assert run("funds.reserve", other, "case-2")["granted"]
    run("funds.commit", {}, "case-2")
    run("funds.release", {"reason": "撤销"}, "case-2")
    assert purse.sums(line.id) == (1000, 0, 0, 0, 1000)
    assert run("funds.reserve", PAYMENT, "case-3")["granted"]
    purse.must_hold()


def test_from_85_percent_on_people_are_warned_and_100_is_the_end(purse: Purse) -> None:
    purse.allocate()
    run = purse.bench.run

    def give(number: int, amount: int) -> Mapping[str, object]:
        payee = {"payee_id": f"村{number}", "payee_name": f"村{number}", "amount": amount}
        return run("funds.reserve", {**PAYMENT, **payee}, f"case-{number}")

    assert give(1, 3000)["warned"] is False
    assert give(2, 3000)["warned"] is False
    assert give(3, 2400)["warned"] is False
    assert give(4, 100)["warned"] is True
    assert run("funds.check", {"programme": "festival", "amount": 1500})["sufficient"] is True
    checked = run("funds.check", {"programme": "festival", "amount": "1500.01"})
    assert checked["sufficient"] is False
    assert give(5, 1501)["granted"] is False
    assert give(6, 1500)["granted"] is True
    assert purse.bench.run("funds.check", {"programme": "festival"})["percent"] == 100


def test_what_is_left_is_carried_into_the_next_year(purse: Purse) -> None:
    line = purse.allocate()
    purse.bench.run("funds.reserve", PAYMENT)
    desk, actor = purse.register.funds, purse.actor("accountant")
    new = desk.carry_over(actor, line.id, "漳工财〔2026〕90号")
    assert new.key.year == 2027
    assert purse.sums(line.id) == (1000, 1000, 0, 0, 0)
    assert purse.sums(new.id) == (9000, 0, 0, 0, 9000)
    with pytest.raises(Conflict, match="没有结余"):
        desk.carry_over(actor, line.id, "再来")
    with pytest.raises(Invalid):
        desk.carry_over(actor, new.id, " ")
    with pytest.raises(NotFound):
        desk.carry_over(purse.actor("far_accountant"), new.id, "别处")
    purse.must_hold()


def test_the_database_itself_refuses_what_must_not_be(purse: Purse) -> None:
    line = purse.allocate(amount="1000")
    purse.bench.run("funds.reserve", PAYMENT)
    twice = select(*(c for c in payment.c if c.name != "id"))
    for statement in (
        update(budget_line).values(paid=1),
        update(budget_line).values(reserved=-1),
        update(budget_line).values(allocated=1),
        insert(payment).from_select([c.name for c in payment.c if c.name != "id"], twice),
        update(payment).values(fen=0),
        delete(budget_line),
    ):
        with pytest.raises(
            (IntegrityError, Busy)
        ):  # Busy: a unique key stands in the way each time
            purse.engine.execute(lambda tx, s=statement: tx.execute(s))  # type: ignore[misc]
    assert purse.sums(line.id) == (1000, 1000, 0, 0, 0)


BREAKS: Mapping[str, Executable] = {
    "money that came from nowhere": update(budget_line).values(
        allocated=budget_line.c.allocated + 1
    ),
    "a movement that is gone": delete(fund_movement).where(fund_movement.c.kind == "reserve"),
    "a movement of more": update(fund_movement).values(fen=fund_movement.c.fen + 1),
    "a payment of less": update(payment).values(fen=payment.c.fen - 1),
    "a payment that is said to be paid": update(payment).values(status="paid"),
    "a payment of a batch there is none of": update(payment).values(status="released"),
}


@pytest.mark.parametrize("broken", BREAKS)
def test_a_damaged_ledger_is_found(purse: Purse, broken: str) -> None:
    purse.allocate()
    purse.bench.run("funds.reserve", PAYMENT)
    purse.must_hold()

    class _Undo(Exception):
        pass

    def damage(tx: object) -> None:
        tx.execute(BREAKS[broken])  # type: ignore[attr-defined]
        found = {one.id for one in check(purse.engine.environment, tx) if not one.ok}  # type: ignore[arg-type]
        assert found == {"I5"}
        raise _Undo

    with pytest.raises(_Undo):
        purse.engine.execute(damage)
    assert all(one.ok for one in registry.invariants(purse.engine))
