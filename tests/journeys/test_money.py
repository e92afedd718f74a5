"""Money at the browser: given to a county, asked for by a list, granted, paid, seen in the file."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

import registry
from engine import SYSTEM
from registry.store.funds import Narrowing
from tests.funds.purse import id_number
from tests.journeys.conftest import PICTURES, Site
from tests.journeys.person import Person

pytestmark = pytest.mark.browser

People = Callable[..., Person]
TOO_MUCH = "本批合计 454.30 万元,超过可用指标 3.20 万元,未提交、未占用资金。请减少名单或申请调剂。"


def allocated(person: Person, yuan: str) -> None:
    """下达 for the county, on the page that is made for it."""
    page = person.page
    person.go("/funds")
    page.locator("a", has_text="下达指标").click()
    page.select_option("#al-unit", label="芗城模拟区总工会")
    page.select_option("#al-programme", "festival")
    page.select_option("#al-source", "own")
    page.fill("#al-amount", yuan)
    page.fill("#al-document", "漳工财〔2026〕1号")
    with page.expect_navigation():
        page.locator("main form button[type=submit]").click()
    expect(page.locator("main")).to_contain_text("本级工会经费")


def new_roster(person: Person) -> None:
    """From the list of batches to an empty roster."""
    page = person.page
    person.go("/funds/batches")
    page.locator("a", has_text="新建发放批次").click()
    page.locator("main table a").first.click()
    page.select_option("#ba-period", "2026春节")
    with page.expect_navigation():
        page.locator("main form button[type=submit]").click()
    expect(page.locator("main")).to_contain_text("名单还是空的")


def add_household(person: Person, name: str, yuan: str) -> None:
    """Search the register, type the amount, press 加入."""
    page = person.page
    page.fill("#ba-q", name)
    with page.expect_navigation():
        page.locator("form[role=search] button", has_text="查找").last.click()
    page.fill("#ba-amount", yuan)
    with page.expect_navigation():
        page.locator(".fund-found button", has_text="加入").first.click()
    expect(page.locator("#roster ~ *").first).to_be_visible()


def add_person(person: Person, name: str, number: str, yuan: str) -> None:
    """Somebody without a file, above the cap for a reason."""
    page = person.page
    page.select_option("#ot-payee", "person")
    page.fill("#ot-name", name)
    page.fill("#ot-code", number)
    page.fill("#ot-amount", yuan)
    page.fill("#ot-exception", "模拟:集中发放,另有签收名册")
    with page.expect_navigation():
        page.locator("button", has_text="加入名单").click()


def press(person: Person, button: str) -> None:
    with person.page.expect_navigation():
        person.page.locator("main button", has_text=button).first.click()


def reserved(site: Site) -> list[tuple[int, int, int]]:
    """占用, 已批, 已付 of every line in whole yuan."""
    ledger = registry.Registry(site.engine).funds.ledger(SYSTEM, Narrowing())
    return [
        (o.line.reserved // 100, o.line.committed // 100, o.line.paid // 100) for o in ledger.lines
    ]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_list_above_the_budget_is_refused_in_words_and_a_shorter_one_paid(
    treasury: Site, people: People, scripts: bool
) -> None:
    allocated(people("protection", scripts=scripts), "4,511,000.00")
    maker = people("accountant", scripts=scripts)
    new_roster(maker)
    add_household(maker, "周模拟0", "1,000")
    add_household(maker, "周模拟1", "2,000")
    add_person(maker, "吴模拟", id_number(801), "2,540,000")
    add_person(maker, "郑模拟", id_number(802), "2,000,000")
    main = maker.page.locator("main")
    expect(main).to_contain_text("合计 4,543,000.00 元")
    expect(main).to_contain_text("已超过指标结余 32,000.00 元")
    maker.expected = {409}
    press(maker, "提交审批")
    expect(main.locator("[role=alert]")).to_have_text(TOO_MUCH)
    maker.picture(PICTURES, f"batch-too-much-{scripts}", whole=True)
    assert reserved(treasury) == [(0, 0, 0)]
    assert treasury.engine.cases.search(SYSTEM, "送温暖") == []
    expect(main.locator("tbody tr")).to_have_count(4)  # nothing typed is lost
    with maker.page.expect_navigation():
        maker.page.locator("tr", has_text="吴模拟").locator("button").click()
    press(maker, "提交审批")
    expect(maker.page.locator("body")).to_contain_text("已提交,资金已占用,等待审批")
    assert reserved(treasury) == [(2_003_000, 0, 0)]
    granted_and_paid(people, treasury, scripts=scripts)
    maker.go("/funds")
    maker.picture(PICTURES, "ledger")
    maker.page.locator(".fund-line a", has_text="2,003,000.00").click()
    expect(maker.page.locator("main tbody tr")).to_have_count(3)
    expect(maker.page.locator("main")).to_contain_text("记-2026-0112")
    reviewer = people("reviewer", scripts=scripts)
    reviewer.go("/households?q=周模拟1")
    reviewer.page.locator("main tbody a").first.click()
    reviewer.page.locator("a", has_text="帮扶记录").first.click()
    expect(reviewer.page.locator("main")).to_contain_text("2,000.00 元")


def granted_and_paid(people: People, treasury: Site, *, scripts: bool) -> None:
    """Another person approves the batch, a third pays it."""
    title = "送温暖 2026春节 慰问金"
    approver = people("approver", scripts=scripts)
    approver.open_step("审批发放批次", title)
    panel = approver.page.locator(".panel-rows")
    expect(panel.locator("tbody tr").first).to_contain_text("郑模拟")  # exceptions first
    expect(panel).to_contain_text("超过上限 3,000.00 元")
    approver.picture(PICTURES, "batch-approve")
    approver.fill({"decision": "agree"})
    approver.submit()
    assert reserved(treasury) == [(0, 2_003_000, 0)]
    paid = {"pay_result": "paid", "voucher_no": "记-2026-0112", "paid_on": "2026-03-02"}
    people("cashier", scripts=scripts).do("付款并登记", title, paid)
    assert reserved(treasury) == [(0, 0, 2_003_000)]


@pytest.mark.both_databases
def test_a_refused_list_is_free_again_and_can_be_put_right(treasury: Site, people: People) -> None:
    allocated(people("protection"), "10,000.00")
    maker = people("reviewer")
    new_roster(maker)
    add_household(maker, "周模拟0", "1,000")
    add_household(maker, "周模拟1", "1,000")
    press(maker, "提交审批")
    refused = {"decision": "refuse", "refusal": "第 2 户本年度已领过"}
    people("approver").do("审批发放批次", "送温暖", refused)
    assert reserved(treasury) == [(0, 0, 0)]
    maker.page.reload()
    expect(maker.page.locator("main")).to_contain_text("第 2 户本年度已领过")
    press(maker, "复制为新批次")
    with maker.page.expect_navigation():
        maker.page.locator("tr", has_text="周模拟1").locator("button").click()
    press(maker, "提交审批")
    assert reserved(treasury) == [(1000, 0, 0)]
    maker.page.locator("dl a", has_text="-2026-").last.click()
    expect(maker.page.locator("main")).to_contain_text("撤回批次")
