"""A campaign at the browsers of those who hold it: planned, checked, rostered, paid, visited, audited."""

import datetime as dt
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

import registry
from engine import SYSTEM
from engine.model.clock import FixedClock
from registry.store.campaigns import Stand
from tests.funds.campaign import Winter, deploy, household
from tests.funds.purse import Purse
from tests.journeys.conftest import PICTURES, Site
from tests.journeys.person import Person

pytestmark = pytest.mark.browser

People = Callable[..., Person]
NAME = "送温暖 2027春节"
COUNTY = 400
"""Households of the county, three of them of the federation that is there already."""

AUTUMN = dt.timedelta(weeks=36)
PLAN = {"list_date": "2026-11-09", "amount": "1000", "item": "money", "funding": ["own"]}
PAID = {"pay_result": "paid", "voucher_no": "记-2026-0112", "paid_on": "2026-11-09"}
VISITED = {"visited_on": "2026-11-09", "visited_by": "林模拟", "received": "yes"}


@pytest.fixture
def winter(treasury: Site) -> Winter:
    """The county with four hundred households, money for all of them, an autumn morning."""
    assert isinstance(treasury.clock, FixedClock)
    treasury.clock.advance(AUTUMN)
    desk = Purse(treasury.engine, registry.Registry(treasury.engine), treasury.clock)
    deploy(treasury.engine)
    units = ["u1", "u2"]
    files = [household(100 + n, units[n % 2]) for n in range(COUNTY - 3)]
    desk.register.load_files(SYSTEM, files, "模拟台账")
    desk.allocate(year="2027", amount="400,000.00")
    return Winter(desk)


def pressed(person: Person, button: str) -> None:
    with person.page.expect_navigation():
        person.page.locator("main button", has_text=button).first.click()


def planned(winter: Winter, people: People) -> None:
    """By the city, granted by its leader; the households have their cases."""
    planner = people("protection")
    planner.start("winter_relief", "zz", {})
    planner.do("拟定方案", NAME, PLAN)
    (case,) = winter.engine.cases.search(SYSTEM, NAME)
    winter.case_id = case.id
    people("leader").do("批准方案", NAME, {"decision": "agree"})
    winter.work()


def seen(person: Person, picture: str) -> None:
    """Her page of the campaign."""
    person.go("/funds/campaigns")
    person.page.locator("main table a", has_text=NAME).first.click()
    expect(person.page.locator("h1")).to_contain_text(NAME)
    person.picture(PICTURES, picture, whole=True)


def checked_by_the_list(winter: Winter, reviewer: Person) -> None:
    """One died: held with the reason. All others by one decision, each a step of its own."""
    page, main = reviewer.page, reviewer.page.locator("main")
    reviewer.go("/inbox")
    reviewer.picture(PICTURES, "campaign-inbox")
    page.locator("main a", has_text="送温暖(户)").first.click()
    expect(main).to_contain_text(f"共 {COUNTY} 户")
    page.locator(".listed-rows tbody [name=_task]").first.check()
    page.locator("[name=_which][value=ticked]").check()
    reviewer.fill({"decision": "hold", "held_because": "本人已去世"})
    reviewer.picture(PICTURES, "campaign-roster")
    reviewer.press("submit")
    winter.errands()
    page.reload()
    expect(main).to_contain_text(f"共 {COUNTY - 1} 户")
    page.locator("[name=_which][value=clear]").check()
    reviewer.fill({"decision": "pay"})
    reviewer.press("submit")
    winter.errands()
    page.reload()
    expect(main).to_contain_text(f"上一次提交的 {COUNTY - 1} 户都已办成")
    expect(main).to_contain_text("名单里没有轮到您办的")


def rostered_and_paid(winter: Winter, people: People) -> None:
    """By three people, from the button on the page of the campaign."""
    accountant = people("accountant")
    seen(accountant, "campaign-before-payment")
    pressed(accountant, f"为待发放的 {COUNTY - 1} 户制单")
    expect(accountant.page.locator("main")).to_contain_text("合计 399,000.00 元")
    accountant.picture(PICTURES, "campaign-batch")
    pressed(accountant, "提交审批")
    people("approver").do("审批发放批次", NAME, {"decision": "agree"})
    people("cashier").do("付款并登记", NAME, PAID)
    winter.work()


def visited(officer: Person) -> None:
    """The first of her visits, with what she found."""
    page = officer.page
    officer.go("/inbox")
    page.locator("main a", has_text="送温暖(户)").first.click()
    row = page.locator("main tbody tr", has_text="走访慰问").first
    row.locator("a").first.click()
    expect(page.locator("h1")).to_contain_text("走访慰问")
    officer.fill(VISITED)
    officer.picture(PICTURES, "campaign-visit", whole=True)
    officer.submit()


def audited(person: Person) -> None:
    """From the year's total to the payments it counts."""
    page, main = person.page, person.page.locator("main")
    person.go("/funds/year?year=2026")
    expect(main).to_contain_text("399,000.00")
    person.picture(PICTURES, "campaign-year", whole=True)
    page.locator("main table tbody a", has_text="399,000.00").first.click()
    expect(main).to_contain_text("记-2026-0112")


def test_four_hundred_households_by_those_who_hold_it(winter: Winter, people: People) -> None:
    planned(winter, people)
    planner = people("protection")
    seen(planner, "campaign-begun")
    expect(planner.page.locator(".fund-sums")).to_contain_text(f"0 / {COUNTY}")
    checked_by_the_list(winter, people("reviewer"))
    rostered_and_paid(winter, people)
    visited(people("officer"))
    seen(planner, "campaign-paid")
    expect(planner.page.locator("#coverage")).to_contain_text("99.75%")
    why = planner.page.locator("li", has_text="本人已去世")
    why.locator("a").first.click()
    expect(planner.page.locator("main tbody tr")).to_have_count(1)
    audited(people("audit"))
    assert len(winter.households("protection", Stand.HELD)) == 1
    winter.purse.must_hold()
