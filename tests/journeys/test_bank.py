"""A granted batch goes to the bank and comes back at the cashier's browser, one line of it failed."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

import registry
from engine import SYSTEM
from engine.model.clock import FixedClock
from tests.funds.paying import banks_answer, granted, with_account, with_account_of
from tests.funds.purse import Purse
from tests.journeys.conftest import PICTURES, Site
from tests.journeys.person import Person

pytestmark = pytest.mark.browser

People = Callable[..., Person]
TITLE = "送温暖 2026春节 慰问金"
PAID = {"voucher": "记-2026-0112", "paid_on": "2026-03-02"}


def press(person: Person, button: str) -> None:
    with person.page.expect_navigation():
        person.page.locator("main button", has_text=button).first.click()


def bring(person: Person, content: bytes) -> None:
    """The bank's result at the page of the batch."""
    page = person.page
    chosen = {"name": "结果.csv", "mimeType": "text/csv", "buffer": content}
    page.set_input_files("input[type=file]", chosen)
    for name, said in PAID.items():
        page.fill(f"[name={name}]", said)
    press(person, "导入结果")


def make_without_what_cannot_go(person: Person) -> None:
    """Refused first, with what is in the way; then with the tick."""
    press(person, "制作文件")
    person.page.check("#bf-leave")
    person.picture(PICTURES, "bank-left-out", whole=True)
    press(person, "制作文件")


def pay_in_cash(person: Person) -> None:
    """The first that is held, before two witnesses."""
    person.page.locator("summary", has_text="补付").first.click()
    form = person.page.locator("details[open] form")
    told = {"voucher": "记-2026-0113", "paid_on": "2026-03-02"}
    for name, said in {**told, "witness_1": "王模拟", "witness_2": "陈模拟"}.items():
        form.locator(f"[name={name}]").fill(said)
    form.locator("[name=in_cash]").check()
    person.picture(PICTURES, "bank-held", whole=True)
    press(person, "登记补付")


def test_one_that_fails_twice_is_held_and_paid_in_cash(treasury: Site, people: People) -> None:
    assert isinstance(treasury.clock, FixedClock)
    desk = Purse(treasury.engine, registry.Registry(treasury.engine), treasury.clock)
    wrong = with_account(desk, 12)
    number = granted(desk, with_account(desk, 11), wrong, with_account(desk, 13, bank_account=""))
    cashier = people("cashier")
    cashier.expected = {422}
    main = cashier.page.locator("main")

    def answered(reason: str) -> bytes:
        made = desk.register.bank.offer(desk.actor("cashier"), number).made[0].sending
        return banks_answer(desk, number, made.number, {2: reason})

    cashier.go(f"/funds/batches/{number}")
    main.locator("a", has_text="银行文件").click()
    cashier.page.select_option("#bf-format", "simulated_csv")
    make_without_what_cannot_go(cashier)
    with cashier.page.expect_download() as download:
        main.locator("a", has_text="下载文件").click()
    assert "6222000000000000011" in download.value.path().read_text("gbk")
    bring(cashier, answered("账号户名不符"))
    expect(main).to_contain_text("成功 1 笔,失败 1 笔")
    cashier.picture(PICTURES, "bank-answered", whole=True)
    with_account_of(desk, wrong, "6222000000000000099")
    make_without_what_cannot_go(cashier)
    bring(cashier, answered("账户已销户"))
    expect(main).to_contain_text("还没有付的 2 笔")
    cashier.open_step("付款并登记", TITLE)
    expect(main).to_contain_text("银行付款失败:账户已销户")
    cashier.fill({"pay_result": "held"})
    cashier.submit()
    cashier.go(f"/funds/batches/{number}")
    expect(main).to_contain_text("挂账 2 笔 2,000.00 元")
    pay_in_cash(cashier)
    expect(main).to_contain_text("挂账 1 笔 1,000.00 元")
    view = desk.register.batches.view(SYSTEM, number)
    assert [one.status.value for one in view.payments] == ["paid", "paid", "held"]
    desk.must_hold()
