"""Somebody of another county reaches none of a county's money, whatever she sends by HTTP."""

from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask

from engine import SYSTEM
from engine.errors import NotFound, NotPermitted
from registry.budget.model import BudgetLine
from registry.store.expenses import ExpensesWanted
from tests.funds.purse import ALLOCATED, PAYMENT, Purse
from tests.support.register import Visitor, site_of

EXPENSE = {
    "subject": "other",
    "source": "own",
    "payee": "模拟印刷厂",
    "amount": "300",
    "spent_on": "2026-03-01",
}
HUGE = "9" * 30


@pytest.fixture
def site(desk: Purse, tmp_path: Path) -> Flask:
    return site_of(desk.engine, tmp_path)


@pytest.fixture
def line(desk: Purse) -> BudgetLine:
    return desk.allocate()


def url_of(number: str) -> str:
    return f"/funds/batches/{quote(number)}"


def state(desk: Purse) -> object:
    """All that money is, as it stands."""
    found = [(one.key, one.allocated, one.reserved, one.paid) for one in desk.all_lines()]
    listed, _ = desk.register.batches.listed(desk.actor("protection"))
    spent = desk.register.expenses.listed(desk.actor("protection"), ExpensesWanted(2026))
    return found, [(one.batch, one.lines, one.fen) for one in listed], spent.fen


@pytest.mark.parametrize("name", ["far_accountant", "officer", "cashier"])
def test_who_may_not_reads_and_moves_nothing(
    site: Flask, desk: Purse, line: BudgetLine, name: str
) -> None:
    own = desk.allocate("far_accountant", unit="lw", amount="777")
    number = desk.draft(line)
    file_no = desk.household(1)
    maker, batches = desk.actor("accountant"), desk.register.batches
    batches.add_household(maker, number, file_no, "1000")
    (listed,) = batches.view(maker, number).payments
    spent = {**EXPENSE, "unit": "xc"}
    expense = desk.register.expenses.enter(maker, desk.entry(), spent)
    before = state(desk)
    other = Visitor(site, desk.engine, name)
    batch, on_line = f"/funds/batches/{number}", f"/funds/lines/{line.id}"
    sent: list[tuple[str, dict[str, object]]] = [
        ("/funds/allocate", {**ALLOCATED, "entry": "1" * 16}),
        ("/funds/allocate", {**ALLOCATED, "entry": "2" * 16, "kind": "reduce"}),
        (
            f"{on_line}/transfer",
            {"entry": "3" * 16, "target": own.id, "amount": "1", "reason": "模拟"},
        ),
        (
            f"/funds/lines/{own.id}/transfer",
            {"entry": "4" * 16, "target": line.id, "amount": "1", "reason": "模拟"},
        ),
        (f"{on_line}/carry", {"document": "模拟〔2026〕1号"}),
        ("/funds/batches/new", {"line": line.id, "period": "2026春节", "item": "money"}),
        (f"{batch}/household", {"file_no": file_no, "amount": "1"}),
        (f"{batch}/payee", {"payee": "village", "name": "模拟村", "amount": "1"}),
        (f"{batch}/every", {"amount": "1"}),
        (f"{batch}/lines/{listed.id}/remove", {}),
        (f"{batch}/lines/remove-faulty", {}),
        (f"{batch}/submit", {}),
        (f"{batch}/copy", {}),
        ("/funds/expenses", {**spent, "entry": "5" * 16}),
        (f"/funds/expenses/{expense.id}/take-back", {"reason": "模拟"}),
    ]
    for address, fields in sent:
        answer = other.post(address, fields, "/inbox")
        assert answer.status_code in {403, 404, 409, 422}, (address, answer.status_code)
        told = answer.get_data(as_text=True)
        assert "林模拟1" not in told or name == "cashier", address
    assert state(desk) == before
    if name == "far_accountant":
        for address in (batch, f"{batch}?q=林", on_line, f"/funds/movements?line={line.id}"):
            assert other.get(address).status_code == 404, address
        every = other.text("/funds") + other.text("/funds/batches") + other.text("/funds/expenses")
        every += other.text("/funds/movements?unit=xc&year=2026&column=available")
        assert "10,000.00" not in every
        assert "模拟印刷厂" not in every
    desk.must_hold()


def test_her_own_roster_takes_no_household_of_another_county(site: Flask, desk: Purse) -> None:
    far = desk.allocate("far_accountant", unit="lw")
    number = desk.draft(far, by="far_accountant")
    file_no = desk.household(1)
    other = Visitor(site, desk.engine, "far_accountant")
    batch = f"/funds/batches/{number}"
    assert "林模拟1" not in other.text(f"{batch}?q=林模拟1").partition("fund-side")[2].replace(
        'value="林模拟1"', ""
    )
    refused = other.post(f"{batch}/household", {"file_no": file_no, "amount": "1"}, batch)
    assert refused.status_code == 404
    assert "没有找到这一户在档困难职工" in refused.get_data(as_text=True)


@pytest.mark.parametrize("said", ["²", HUGE, "-1", "0", "三", ""])
def test_a_number_that_is_none_is_told(
    site: Flask, desk: Purse, line: BudgetLine, said: str
) -> None:
    accountant = Visitor(site, desk.engine, "accountant")
    new = "/funds/batches/new"
    opened = accountant.post(new, {"line": said, "period": "2026春节", "item": "money"}, new)
    assert opened.status_code in {404, 422}
    assert "指标" in opened.get_data(as_text=True)
    asked = accountant.post(
        f"/funds/lines/{line.id}/transfer",
        {"entry": "1" * 16, "target": said, "amount": "1", "reason": "模拟"},
        f"/funds/lines/{line.id}",
    )
    assert asked.status_code in {404, 422}
    entered = accountant.post(
        "/funds/allocate", {**ALLOCATED, "entry": "2" * 16, "year": said}, "/funds/allocate"
    )
    assert entered.status_code == 422
    assert "年度应在 2010 至 2028 之间" in entered.get_data(as_text=True)
    assert accountant.get(f"/funds/batches/new?line={said}").status_code == 200


@pytest.mark.parametrize("address", [f"/funds/lines/{HUGE}", f"/funds/movements?line={HUGE}"])
def test_a_line_that_cannot_be_is_told(site: Flask, desk: Purse, address: str) -> None:
    assert Visitor(site, desk.engine, "accountant").get(address).status_code in {200, 404}


def test_other_expenditure_is_of_a_county_or_the_city_and_of_our_time(
    site: Flask, desk: Purse
) -> None:
    accountant = Visitor(site, desk.engine, "accountant")
    page = "/funds/expenses"
    wrong = accountant.post(page, {**EXPENSE, "unit": "u1", "entry": "1" * 16}, page)
    assert wrong.status_code == 422
    assert "请选择单位。" in wrong.get_data(as_text=True)
    old = {**EXPENSE, "unit": "xc", "spent_on": "0026-03-01", "entry": "2" * 16}
    refused = accountant.post(page, old, page)
    assert refused.status_code == 422
    assert "支出日期" in refused.get_data(as_text=True)


def test_a_page_that_was_sent_and_then_changed_is_not_taken_for_done(
    site: Flask, desk: Purse
) -> None:
    """The button Back, another amount, sent again: it is said that nothing was written."""
    accountant = Visitor(site, desk.engine, "accountant")
    first = {**ALLOCATED, "entry": "1" * 16}
    for fields, status in ((first, 303), (first, 303), ({**first, "amount": "9"}, 409)):
        sent = accountant.post("/funds/allocate", fields, "/funds/allocate")
        assert sent.status_code == status
    assert "刚才已经登记过" in sent.get_data(as_text=True)
    other = accountant.post("/funds/allocate", {**first, "programme": "living"}, "/funds/allocate")
    assert other.status_code == 409
    assert [one.allocated for one in desk.all_lines()] == [1_000_000]
    page, spent = "/funds/expenses", {**EXPENSE, "unit": "xc", "entry": "2" * 16}
    for fields, status in ((spent, 303), (spent, 303), ({**spent, "amount": "9"}, 409)):
        sent = accountant.post(page, fields, page)
        assert sent.status_code == status
    assert "刚才已经登记过" in sent.get_data(as_text=True)
    assert (
        desk.register.expenses.listed(desk.actor("accountant"), ExpensesWanted(2026)).fen == 30_000
    )


def test_a_process_moves_the_money_of_its_own_case_alone(desk: Purse, line: BudgetLine) -> None:
    run = desk.bench.run
    ours = run("funds.reserve", PAYMENT, "case-1")["payment_id"]
    run("funds.reserve", {**PAYMENT, "payee_id": "乙村", "payee_name": "乙村"}, "case-2")
    for name, more in (("commit", {}), ("release", {}), ("pay", {"voucher_no": "记-1"})):
        with pytest.raises(NotFound, match="本办件没有这一笔发放"):
            run(f"funds.{name}", {"payment_id": ours, **more}, "case-2")
    number = desk.draft(line)
    desk.register.batches.add_household(desk.actor("accountant"), number, desk.household(1), "1000")
    with pytest.raises(NotFound, match="没有找到这一批,没有提交"):
        run("funds.submit_batch", {"batch_no": number}, "case-3", at="lw-u")
    desk.register.batches.submit(desk.actor("accountant"), number)
    for name, more in (
        ("commit_batch", {}),
        ("release_batch", {}),
        ("pay_batch", {"voucher_no": "记-1"}),
    ):
        with pytest.raises(NotFound, match="本办件没有这一发放批次"):
            run(f"funds.{name}", {"batch_no": number, **more}, "case-3")
    assert desk.sums(line.id) == (10_000, 3000, 0, 0, 7000)
    desk.must_hold()


@pytest.mark.parametrize(
    ("at", "by", "said"),
    [
        ("u1", "accountant", "没有找到这一批"),
        ("lw", "accountant", "没有找到这一批"),
        ("zz", "accountant", "没有找到这一批"),
        ("xc", "reviewer", "由制单人提交"),
    ],
    ids=["below", "beside", "above", "another's"],
)
def test_a_process_submits_no_draft_but_of_its_unit_and_by_who_made_it(
    desk: Purse, line: BudgetLine, at: str, by: str, said: str
) -> None:
    number = desk.draft(line)
    desk.register.batches.add_household(desk.actor("accountant"), number, desk.household(1), "1000")
    with pytest.raises((NotFound, NotPermitted), match=said):
        desk.bench.run("funds.submit_batch", {"batch_no": number}, at=at, by=by)
    assert desk.sums(line.id)[1] == 0
    done = desk.bench.run("funds.submit_batch", {"batch_no": number}, at="xc", by="accountant")
    assert done["granted"] is True
    assert desk.sums(line.id)[1] == 1000


def test_a_draft_is_submitted_for_who_began_the_case(desk: Purse, line: BudgetLine) -> None:
    """A worker does the step; the case is hers all the same."""
    batches, actor = desk.register.batches, desk.actor("accountant")
    first, second = desk.draft(line), desk.draft(line)
    for number, household in ((first, 1), (second, 2)):
        batches.add_household(actor, number, desk.household(household), "1000")
    case_id = batches.submit(actor, first)
    run = desk.bench.run
    assert run("funds.submit_batch", {"batch_no": second}, case_id, "xc", "nobody")["granted"]


def test_line_nought_is_no_line(desk: Purse, line: BudgetLine) -> None:
    """It narrows nothing, so it must not be taken for the first line there is."""
    with pytest.raises(NotFound):
        desk.register.funds.line(desk.actor("accountant"), 0)


def test_other_expenditure_of_one_unit_is_what_its_number_leads_to(
    site: Flask, desk: Purse
) -> None:
    city = Visitor(site, desk.engine, "protection")
    for number, (unit, amount) in enumerate((("xc", "300"), ("lw", "5000"))):
        fields = {**EXPENSE, "unit": unit, "amount": amount, "entry": f"{number:016d}"}
        assert city.post("/funds/expenses", fields, "/funds/expenses").status_code == 303
    page = city.text("/funds?year=2026&unit=xc")
    assert '<a href="/funds/expenses?year=2026&unit=xc"><b>300.00</b></a>' in page
    spent = city.text("/funds/expenses?year=2026&unit=xc")
    assert "<b>300.00</b>" in spent
    assert "5,000.00" not in spent
    assert "<b>5,300.00</b>" in city.text("/funds/expenses?year=2026")


def test_a_sum_is_told_once_and_the_same_on_every_page(site: Flask, desk: Purse) -> None:
    line = desk.allocate(amount="100000")
    number = desk.draft(line)
    accountant = Visitor(site, desk.engine, "accountant")
    batches = desk.register.batches
    batches.add_household(desk.actor("accountant"), number, desk.household(1), "1234.5")
    case_id = batches.submit(desk.actor("accountant"), number)
    listed = accountant.text("/funds/batches")
    title = batches.view(desk.actor("accountant"), number).line.batch.title
    href = url_of(number)
    assert f'<a href="{href}">{number}</a>' in listed
    assert f'<a href="{href}">{title}</a>' in listed
    pages = [accountant.text(href), accountant.text(f"/cases/{case_id}")]
    for name, element, answer in (
        ("approver", "approve_county", {"decision": "agree"}),
        ("cashier", "pay_county", None),
    ):
        (step,) = desk.engine.cases.view(SYSTEM, case_id).open_tasks
        pages.append(Visitor(site, desk.engine, name).text(f"/tasks/{step.id}"))
        if answer:
            desk.do(name, case_id, element, answer)
    for page in pages:
        assert "1,234.50 元" in page
        assert "万元" not in page
        assert "1234.5" not in page
    assert [page.count("<dt>合计</dt>") for page in pages[1:]] == [1, 1, 1]
    assert all("合计(元)" not in page for page in pages)


def test_who_pays_is_told_of_a_file_struck_off_since_the_approval(
    site: Flask, desk: Purse, line: BudgetLine
) -> None:
    number = desk.draft(line)
    file_no = desk.household(1)
    batches = desk.register.batches
    batches.add_household(desk.actor("accountant"), number, file_no, "1000")
    case_id = batches.submit(desk.actor("accountant"), number)
    desk.do("approver", case_id, "approve_county", {"decision": "agree"})
    desk.bench.run("household.close", {"file_no": file_no, "reason": "moved"})
    (step,) = desk.engine.cases.view(SYSTEM, case_id).open_tasks
    page = Visitor(site, desk.engine, "cashier").text(f"/tasks/{step.id}")
    assert "1 笔有例外" in page
    assert "林模拟1的档案不在档" in page
