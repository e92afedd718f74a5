"""A campaign from its plan to its coverage: every household once, every yuan accounted for."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest

from engine import SYSTEM, Engine
from engine.errors import Conflict, Invalid, NotFound
from engine.model.clock import FixedClock
from engine.model.organisations import Organisation
from engine.model.tasks import InboxFilter
from engine.store.database import Tx
from engine.store.settings import Parameter
from registry.budget.model import BudgetLine
from registry.help_given import HelpBook
from registry.store import campaigns
from registry.store.campaigns import PAID_STANDS, Eyes, Figure, ListKey, Stand
from tests.funds.campaign import PAY, PLAN, VISITED, Winter, deploy, set_up_households
from tests.funds.conftest import opened, with_money
from tests.funds.purse import Purse
from tests.registry.bench import Bench
from tests.registry.town import MONDAY_MORNING
from tests.support.at_once import at_once
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

    check_with_two_held(winter)
    money = purse.register.campaigns.money(purse.actor("accountant"), winter.seen_by("accountant"))
    assert money.to_pay == {near.id: 27}
    winter.pay(near, "accountant", "approver", "cashier", "county")
    assert purse.sums(near.id) == (40_000, 0, 0, 27_000, 13_000)
    with pytest.raises(Conflict, match="现在没有待发放的户"):
        winter.pay(near, "accountant", "approver", "cashier", "county")
    visit_the_paid(winter, 28)  # with the one that was given it by the city
    winter.pay(far, "far_accountant", "far_approver", "far_cashier", "county")
    for one in winter.households("far_reviewer", Stand.PAID):
        winter.do("far_officer", one, "visit", VISITED)

    somebody_joins(winter, near)
    assert purse.sums(near.id) == (40_000, 0, 0, 28_000, 12_000)
    purse.clock.advance(timedelta(days=89))  # behind the festival
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


def check_with_two_held(winter: Winter) -> None:
    """One died and one left: held with the reason. The city's money is told and forbids nothing."""
    purse, engine = winter.purse, winter.engine
    died, left, elsewhere, *others = winter.households("reviewer", Stand.OPEN)
    winter.do("reviewer", died, "check", {"decision": "hold", "held_because": "本人已去世"})
    strike_off(winter, left.file_no)
    by_the_city(purse, elsewhere.file_no)
    winter.do("reviewer", left, "check", PAY)
    view = engine.tasks.view(purse.actor("reviewer"), step_of(engine, left.case_id))
    assert "不在档" in str(view.scope["finding"])
    winter.do("reviewer", left, "check", {"decision": "hold", "held_because": "已不在档"})
    for one in (elsewhere, *others):
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


def test_goods_for_the_same_festival_are_not_the_money_of_the_list(winter: Winter) -> None:
    purse = winter.purse
    winter.start()
    winter.approve()
    line = purse.allocate(year="2027", amount="9,000.00")
    one, *_ = winter.households("reviewer", Stand.OPEN)
    goods_of(purse, line, one.file_no)
    winter.work()
    assert winter.seen_by("reviewer").households(*PAID_STANDS, Stand.ARRANGED) == 0
    winter.do("reviewer", one, "check", PAY)
    winter.work()
    (waiting,) = winter.households("reviewer", Stand.WAITING)
    assert (waiting.file_no, waiting.fen) == (one.file_no, 0)
    assert covered(winter)["paid"] == 0
    money = purse.register.campaigns.money(purse.actor("accountant"), winter.seen_by("accountant"))
    assert money.to_pay == {line.id: 1}
    winter.pay(line, "accountant", "approver", "cashier", "county")
    (paid,) = winter.households("reviewer", Stand.PAID)
    assert (paid.file_no, paid.fen, paid.step) == (one.file_no, 100_000, "走访慰问")
    assert (covered(winter)["paid"], covered(winter)["amount"]) == (1, 1000)
    purse.must_hold()


def goods_of(purse: Purse, line: BudgetLine, file_no: str) -> None:
    """A batch of goods with this household, given out."""
    number = purse.draft(line, period="2027春节", item="goods")
    purse.register.batches.add_household(purse.actor("accountant"), number, file_no, "200")
    case_id = purse.register.batches.submit(purse.actor("accountant"), number)
    purse.do("approver", case_id, "approve_county", {"decision": "agree"})
    given = {"pay_result": "paid", "voucher_no": "记-2026-0002", "paid_on": "2026-11-09"}
    purse.do("cashier", case_id, "pay_county", given)


def covered(winter: Winter) -> Mapping[str, object]:
    """What the campaign would be told of its coverage now."""
    number = winter.seen_by("protection").case_number
    inputs = {"list": number, "programme": "festival", "period": "2027春节", "item": "money"}
    bench = Bench(winter.engine, winter.purse.clock)
    return bench.run("funds.coverage", inputs, winter.case_id)


def test_of_several_who_make_the_roster_at_once_one_does(winter: Winter) -> None:
    purse = winter.purse
    winter.start()
    winter.approve()
    for one in winter.households("reviewer", Stand.OPEN)[:3]:
        winter.do("reviewer", one, "check", PAY)
    lines = [purse.allocate(year="2027", source=source) for source in ("own", "finance")]
    campaign, actor = winter.seen_by("accountant"), purse.actor("accountant")

    def make(line: BudgetLine) -> str:
        return purse.register.campaigns.open_roster(actor, campaign, line.id)

    tried = at_once(*(partial(make, lines[n % 2]) for n in range(4)))
    assert [isinstance(one, str) for one in tried].count(True) == 1
    assert {type(one) for one in tried} == {str, Conflict}
    assert winter.seen_by("accountant").households(Stand.WAITING) == 3
    purse.must_hold()


def test_of_several_campaigns_the_one_that_is_asked_for_is_reckoned(
    winter: Winter, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    winter.start()
    winter.approve()
    other = Parameter("spring festival", None, MONDAY_MORNING.date(), "2028-01-26")
    engine.settings.add_parameters(SYSTEM, [other])
    later = Winter(winter.purse)
    later.start()
    later.approve()
    reckoned, figures = [], campaigns.figures

    def watched(tx: Tx, eyes: Eyes, of: ListKey) -> list[Figure]:
        reckoned.append(of)
        return figures(tx, eyes, of)

    monkeypatch.setattr(campaigns, "figures", watched)
    for one, period in ((winter, "2027春节"), (later, "2028春节")):
        assert one.seen_by("protection").period == period
    assert [of.period for of in reckoned] == ["2027春节", "2028春节"]


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


def test_without_the_date_of_the_next_festival_no_plan_is_taken(
    winter: Winter, engine: Engine, clock: FixedClock
) -> None:
    old = Parameter("spring festival", None, date(2026, 2, 1), "2026-02-17")
    engine.settings.add_parameters(SYSTEM, [old])
    with pytest.raises(Invalid) as refused:
        winter.start()
    (error,) = refused.value.errors
    assert error.message == (
        "本件按春节 2026-02-17 发起,已经过去。请系统管理员先登记下一个春节的日期,再作废本件,重新发起。"
    )
    clock.advance(timedelta(seconds=1))
    next_one = Parameter("spring festival", None, date(2026, 2, 1), "2027-02-06")
    engine.settings.add_parameters(SYSTEM, [next_one])
    engine.cases.cancel(winter.purse.actor("protection"), winter.case_id, "春节日期登记错")
    winter.start()
    winter.approve()
    assert winter.seen_by("protection").households() == 40


def test_the_calendar_opens_it_ninety_days_before_the_festival(
    winter: Winter, engine: Engine, clock: FixedClock
) -> None:
    engine.settings.add_parameters(
        SYSTEM, [Parameter("spring festival", None, date(2026, 2, 1), "2027-02-09")]
    )
    winter.work()
    assert engine.cases.search(SYSTEM, "送温暖") == []
    clock.advance(timedelta(days=2))
    winter.work()
    (case,) = engine.cases.search(SYSTEM, "送温暖")
    (step,) = engine.cases.view(SYSTEM, case.id).open_tasks
    assert (step.element_id, step.name) == ("plan", "拟定方案")
    planner = winter.purse.actor("protection")
    assert [one.id for one in engine.tasks.inbox(planner, InboxFilter()).lines] == [step.id]
    with pytest.raises(Conflict, match="已经发起"):
        winter.start()
    winter.case_id = case.id
    winter.purse.do("protection", case.id, "plan", {**PLAN, "list_date": "2026-11-11"})
    winter.approve()
    assert winter.seen_by("protection").households() == 40


def test_who_sees_no_household_of_it_sees_no_campaign(winter: Winter) -> None:
    winter.start()
    winter.approve()
    with pytest.raises(NotFound):
        winter.seen_by("nobodys_accountant")


def test_who_is_put_off_while_on_a_roster_that_was_submitted_is_not_paid(winter: Winter) -> None:
    purse, engine = winter.purse, winter.engine
    winter.start()
    winter.approve()
    line = purse.allocate(year="2027", amount="9,000.00")
    gone, stays, *_ = winter.households("reviewer", Stand.OPEN)
    for one in (gone, stays):
        winter.do("reviewer", one, "check", PAY)
    winter.work()
    accountant, desk = purse.actor("accountant"), purse.register
    number = desk.campaigns.open_roster(accountant, winter.seen_by("accountant"), line.id)
    case_id = desk.batches.submit(accountant, number)
    purse.do("approver", case_id, "approve_county", {"decision": "agree"})
    died = {"held_because": "本人已去世"}
    key, reviewer = {"key": gone.case_id}, purse.actor("reviewer")
    assert engine.messages.send(reviewer, "household_put_off", key, died) == 1
    winter.work()
    (held,) = winter.households("reviewer", Stand.HELD)
    assert held.file_no == gone.file_no
    paid = {"pay_result": "paid", "voucher_no": "记-1", "paid_on": "2026-11-09"}
    purse.do("cashier", case_id, "pay_county", paid)
    winter.work()
    (is_paid,) = winter.households("reviewer", Stand.PAID)
    assert is_paid.file_no == stays.file_no
    (on_account,) = [one for one in desk.batches.view(SYSTEM, number).payments if one.stopped]
    assert (on_account.payee.key, on_account.status.value) == (gone.file_no, "held")
    purse.must_hold()


def test_who_comes_on_file_on_the_eve_of_the_festival_still_joins(winter: Winter) -> None:
    winter.start()
    winter.approve()
    winter.purse.clock.advance(timedelta(days=88))
    eve = date(2027, 2, 5)
    assert winter.engine.environment.today() == eve
    winter.work()
    before = winter.seen_by("reviewer").households()
    late = winter.purse.household(900, "u1", archived_on=eve)
    winter.purse.clock.advance(timedelta(days=1))
    winter.work()
    assert winter.seen_by("reviewer").households() == before + 1
    found = [one for one in winter.households("reviewer", Stand.OPEN) if one.file_no == late]
    assert [one.step for one in found] == ["核对名单"]
    later = winter.purse.household(901, "u1", archived_on=date(2027, 2, 6))
    winter.purse.clock.advance(timedelta(days=1))
    winter.work()
    assert later not in {one.file_no for one in winter.households("reviewer", Stand.OPEN)}
