"""A campaign from its plan to its coverage: every household once, every yuan accounted for."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from engine import SYSTEM, Engine
from engine.errors import Conflict, Invalid, NotFound
from engine.model.clock import FixedClock
from engine.model.organisations import Organisation
from engine.store.settings import Parameter
from registry.budget.model import BudgetLine
from registry.help_given import HelpBook
from registry.store.campaigns import PAID_STANDS, Stand
from tests.funds.campaign import PAY, VISITED, Winter, deploy, set_up_households
from tests.funds.conftest import opened, with_money
from tests.funds.purse import Purse
from tests.registry.bench import Bench
from tests.registry.town import MONDAY_MORNING
from tests.support.templates import Templates

HOUSEHOLDS = {"u1": 22, "u2": 8, "lw-u": 10}
FAR_STAFF = {
    "far_approver": ("county_approver", "lw"),
    "far_cashier": ("cashier", "lw"),
    "nobodys_accountant": ("accountant", "nobodys"),
}
NOBODYS = Organisation("nobodys", "350604", "没有户的模拟区总工会", "county", "county", "zz", "zz")


def set_up(url: str, folder: Path) -> None:
    """The federation with money, a campaign's processes and forty households."""
    engine = with_money(opened(url, folder, FixedClock(MONDAY_MORNING)), FAR_STAFF, (NOBODYS,))
    deploy(engine)
    set_up_households(engine, HOUSEHOLDS)
    engine.close()


@pytest.fixture
def funds_url(templates: Templates, database_kind: str, tmp_path: Path) -> Iterator[str]:
    with templates.copy(database_kind, set_up, tmp_path) as url:
        yield url


@pytest.fixture
def winter(purse: Purse) -> Winter:
    return Winter(purse)


def test_forty_households_from_the_plan_to_the_coverage(winter: Winter, engine: Engine) -> None:
    purse = winter.purse
    near = purse.allocate(year="2027", amount="40,000.00")
    far = purse.allocate("far_accountant", year="2027", unit="lw", amount="40,000.00")
    winter.start()
    winter.approve()
    campaign = winter.seen_by("protection")
    assert (campaign.households(), campaign.list.begun, campaign.list.refused) == (40, 40, 0)
    by_county: dict[str, int] = {one.county_id: one.households for one in campaign.figures}
    assert by_county == {"xc": 30, "lw": 10}
    assert winter.seen_by("reviewer").households() == 30, "a county sees its own"

    check_with_three_held(winter)
    money = purse.register.campaigns.money(purse.actor("accountant"), winter.seen_by("accountant"))
    assert money.to_pay == {near.id: 27}
    winter.pay(near, "accountant", "approver", "cashier", "county")
    assert purse.sums(near.id) == (40_000, 0, 0, 27_000, 13_000)
    with pytest.raises(Conflict, match="现在没有待发放的户"):
        winter.pay(near, "accountant", "approver", "cashier", "county")
    visit_the_paid(winter, 27)
    winter.pay(far, "far_accountant", "far_approver", "far_cashier", "county")
    for one in winter.households("far_reviewer", Stand.PAID):
        winter.do("far_officer", one, "visit", VISITED)

    somebody_joins(winter, near)
    assert purse.sums(near.id) == (40_000, 0, 0, 28_000, 12_000)
    purse.clock.advance(timedelta(days=82))  # behind the last day of payment
    winter.work()
    campaign = winter.seen_by("protection")
    # What the city gave before counts as paid, whoever held the line.
    assert campaign.households(*PAID_STANDS) == 39
    assert campaign.households(Stand.HELD) == 2
    assert str(campaign.percent) == "95.12"
    note = {"account_note": "一户已去世,一户已不在档"}
    finish(winter, {"account": note, "close": {"closing_note": "已归档"}})
    assert engine.cases.view(SYSTEM, winter.case_id).case.ended_at is not None
    purse.must_hold()


def check_with_three_held(winter: Winter) -> None:
    """One died, one left meanwhile, one was given it by the city: each held with its reason."""
    purse, engine = winter.purse, winter.engine
    died, left, elsewhere, *others = winter.households("reviewer", Stand.OPEN)
    winter.do("reviewer", died, "check", {"decision": "hold", "held_because": "本人已去世"})
    strike_off(winter, left.file_no)
    by_the_city(purse, elsewhere.file_no)
    for one, why, said in (
        (left, "已不在档", "不在档"),
        (elsewhere, "其他工会已发", "市级已安排 1,000.00 元"),
    ):
        winter.do("reviewer", one, "check", PAY)
        view = engine.tasks.view(purse.actor("reviewer"), step_of(engine, one.case_id))
        assert said in str(view.scope["finding"])
        winter.do("reviewer", one, "check", {"decision": "hold", "held_because": why})
    for one in others:
        winter.do("reviewer", one, "check", PAY)
    for one in winter.households("far_reviewer", Stand.OPEN):
        winter.do("far_reviewer", one, "check", PAY)


def visit_the_paid(winter: Winter, how_many: int) -> None:
    """Paid households were told; each is visited, and its file says what it was given."""
    paid = winter.households("reviewer", Stand.PAID)
    open_steps = [one for one in paid if one.step]
    assert {one.step for one in open_steps} == {"走访慰问"}
    assert len(open_steps) == how_many
    actor = winter.purse.actor("reviewer")
    for one in open_steps:
        by = "officer" if one.unit == "模拟一厂工会" else "other_officer"
        winter.do(by, one, "visit", VISITED)
        (entry,) = HelpBook(winter.engine).of_file(actor, one.file_no).lines
        assert (entry.cents, entry.kind) == (100_000, "送温暖")


def somebody_joins(winter: Winter, line: BudgetLine) -> None:
    """Whoever comes on file until the last day of payment joins the list the day after."""
    winter.purse.clock.advance(timedelta(days=1))
    late = winter.purse.household(900, "u1", archived_on=date(2026, 11, 10))
    winter.work()
    (joined,) = winter.households("reviewer", Stand.OPEN)
    assert joined.file_no == late
    winter.do("reviewer", joined, "check", PAY)
    winter.pay(line, "accountant", "approver", "cashier", "county")
    winter.do("officer", joined, "visit", VISITED)


def step_of(engine: Engine, case_id: str) -> str:
    (step,) = engine.cases.view(SYSTEM, case_id).open_tasks
    return step.id


def finish(winter: Winter, data: dict[str, dict[str, object]]) -> None:
    """Do every open step of the campaign itself until there is none."""
    given = {"urge": {"urged_note": "均已付款"}, "summary": {"summary_note": "已付清"}, **data}
    while steps := winter.engine.cases.view(SYSTEM, winter.case_id).open_tasks:
        protection = winter.purse.actor("protection")
        winter.engine.tasks.complete(protection, steps[0].id, given[steps[0].element_id])


def strike_off(winter: Winter, file_no: str) -> None:
    inputs = {"file_no": file_no, "reason": "no_longer"}
    Bench(winter.engine, winter.purse.clock).run("household.close", inputs, winter.case_id)


def by_the_city(purse: Purse, file_no: str) -> None:
    """A batch of the city's own money with this household, paid."""
    line = purse.allocate("city_accountant", year="2027", unit="zz", amount="1,000.00")
    number = purse.draft(line, "city_accountant", period="2027春节")
    actor = purse.actor("city_accountant")
    purse.register.batches.add_household(actor, number, file_no, "1000")
    case_id = purse.register.batches.submit(actor, number)
    purse.do("leader", case_id, "approve_city", {"decision": "agree"})
    paid = {"pay_result": "paid", "voucher_no": "记-2026-0001", "paid_on": "2026-11-09"}
    purse.do("city_cashier", case_id, "pay_city", paid)


def test_a_campaign_is_opened_once_for_a_festival(winter: Winter, engine: Engine) -> None:
    winter.start()
    with pytest.raises(Conflict, match="的送温暖“2027春节”已经发起"):
        Winter(winter.purse).start()
    winter.purse.do(
        "leader", winter.case_id, "approve_plan", {"decision": "refuse", "refusal": "没有落实资金"}
    )
    winter.start()  # what came to nothing is in nobody's way
    winter.approve()
    with pytest.raises(Conflict, match="没有重复发起"):
        Winter(winter.purse).start()
    assert len(engine.cases.search(SYSTEM, "名单日")) == 2


def test_without_the_date_of_the_next_festival_it_is_not_opened(
    winter: Winter, engine: Engine
) -> None:
    old = Parameter("spring festival", None, date(2026, 2, 1), "2026-02-17")
    engine.settings.add_parameters(SYSTEM, [old])
    with pytest.raises(Invalid) as refused:
        winter.start()
    (error,) = refused.value.errors
    assert error.message == (
        "业务参数“春节日期”还是 2026-02-17,已经过去,不能发起。请系统管理员先登记下一个春节的日期。"
    )
    assert engine.cases.search(SYSTEM, "送温暖") == []


def test_who_sees_no_household_of_it_sees_no_campaign(winter: Winter) -> None:
    winter.start()
    winter.approve()
    with pytest.raises(NotFound):
        winter.seen_by("nobodys_accountant")
