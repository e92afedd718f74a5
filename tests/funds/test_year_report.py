"""年度报告: four tables of one total, and behind each figure what it counts, to the fen."""

import io
import re
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from openpyxl import load_workbook

from engine import SYSTEM
from engine.errors import NotPermitted
from engine.model.ids import new_id
from registry.budget.amounts import yuan
from registry.store.year_payments import Cut, PaidWanted
from tests.funds.paying import with_account
from tests.funds.purse import Purse
from tests.support.register import Visitor, site_of

LINK = re.compile(r'<td class="num"><a href="([^"]+)">([\d,.]+)</a></td>')


def paid(desk: Purse, line_no: int, *files: str, amount: str, item: str = "money") -> None:
    """A batch of these households, all the way to the voucher."""
    line = desk.all_lines()[line_no]
    number = desk.draft(line, item=item)
    for file_no in files:
        desk.register.batches.add_household(desk.actor("accountant"), number, file_no, amount)
    case_id = desk.register.batches.submit(desk.actor("accountant"), number)
    desk.do("approver", case_id, "approve_county", {"decision": "agree"})
    today = desk.engine.environment.today().isoformat()
    desk.do(
        "cashier",
        case_id,
        "pay_county",
        {"pay_result": "paid", "voucher_no": "记-1", "paid_on": today},
    )


def spend(desk: Purse, amount: str, day: str) -> None:
    typed = {
        "unit": "xc",
        "subject": "other",
        "source": "own",
        "payee": "模拟印刷厂",
        "amount": amount,
        "spent_on": day,
    }
    desk.register.expenses.enter(desk.actor("accountant"), new_id(), typed)


@pytest.fixture
def spent(desk: Purse) -> Purse:
    """2,000 and 1,000 to two households, once more 500 in goods to one, 300.50 beside it."""
    one, other = with_account(desk, 1), with_account(desk, 2)
    desk.allocate()
    paid(desk, 0, one, amount="2000")
    paid(desk, 0, other, amount="1000")
    paid(desk, 0, one, amount="500", item="goods")
    spend(desk, "300.5", desk.engine.environment.today().isoformat())
    return desk


def test_four_tables_come_to_the_same_total(spent: Purse) -> None:
    report = spent.register.year.report(spent.actor("accountant"), 0)
    assert report.year == spent.engine.environment.today().year
    assert report.total.fen == 380_050
    assert (report.total.paid.payments, report.total.paid.households) == (3, 2)
    for cut in Cut:
        rows = report.tables[cut].values()
        assert sum(row.fen for row in rows) == report.total.fen, cut
        assert sum(row.paid.payments for row in rows) == 3, cut
    assert report.tables[Cut.PROGRAMME]["festival"].paid.households == 2
    assert report.tables[Cut.PROGRAMME]["other"].other.entries == 1


def test_every_figure_opens_what_it_counts(spent: Purse, tmp_path: Path) -> None:
    accountant = Visitor(site_of(spent.engine, tmp_path), spent.engine, "accountant")
    page = accountant.text("/funds/year")
    assert "惠及在档困难职工家庭 2 户" in page
    assert [page.count(head) for head in ("按付款单位", "按月份", ">月份<")] == [1, 1, 1]
    links = LINK.findall(page)
    assert len(links) >= 4 * (4 + 1)
    for href, told in links:
        behind = accountant.text(unescape(href))
        assert f"<b>{told}</b>" in behind or f"{told} 笔" in behind or f"{told} 户" in behind, href
    assert "发-350602-" in accountant.text("/funds/year/payments?year=2026")


def test_a_payment_counts_on_the_day_it_was_paid(spent: Purse) -> None:
    year = spent.engine.environment.today().year
    desk, accountant = spent.register.year, spent.actor("accountant")
    before = desk.report(accountant, year - 1)
    assert (before.total.fen, before.is_over, before.year) == (0, True, year - 1)
    after = desk.report(accountant, year + 1)
    assert (after.total.fen, after.total.was) == (0, 380_050)
    assert {cut: set(rows) for cut, rows in after.tables.items()} == {
        cut: set(rows) for cut, rows in desk.report(accountant, year).tables.items()
    }
    month = f"{spent.engine.environment.today().month:02}"
    assert desk.behind(accountant, PaidWanted(year, month=month)).total.fen == 350_000
    other = "01" if month != "01" else "02"
    assert desk.behind(accountant, PaidWanted(year, month=other)).total.payments == 0


def test_a_county_sees_its_own_and_who_has_no_money_nothing(spent: Purse, tmp_path: Path) -> None:
    year = spent.register.year
    assert year.report(spent.actor("far_accountant"), 0).total.fen == 0
    assert year.report(spent.actor("far_accountant"), 0, "xc").total.fen == 0
    assert year.behind(spent.actor("far_accountant"), PaidWanted(2026, unit="xc")).lines == []
    assert year.report(spent.actor("protection"), 0).total.fen == 380_050
    with pytest.raises(NotPermitted):
        year.report(spent.actor("officer"), 0)
    site = site_of(spent.engine, tmp_path)
    officer = Visitor(site, spent.engine, "officer")
    for address in ("/funds/year", "/funds/year/payments", "/funds/year.xlsx"):
        assert officer.get(address).status_code == 403
    accountant = Visitor(site, spent.engine, "accountant")
    for odd in ("abc", "-1", "99999", "9" * 40, ""):
        assert accountant.get(f"/funds/year?year={odd}&unit={odd}").status_code == 200
        address = f"/funds/year/payments?year={odd}&month={odd}&source={odd}"
        assert accountant.get(address).status_code == 200


def test_the_workbook_says_the_same_and_that_it_left_is_written_down(
    spent: Purse, tmp_path: Path
) -> None:
    accountant = Visitor(site_of(spent.engine, tmp_path), spent.engine, "accountant")
    answer = accountant.get("/funds/year.xlsx")
    assert answer.status_code == 200
    book = load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames == ["按帮扶项目", "按资金来源", "按付款单位", "按月份"]
    for sheet in book:
        last = [cell.value for cell in sheet[sheet.max_row]]
        assert last[:4] == ["合计", 3, 2, 0]
        assert last[6] == pytest.approx(float(yuan(380_050)))
    log = [one.action for one in spent.engine.audit.entries(0, 9_999)]
    assert log.count("year-report-exported") == 1


def test_the_year_goes_on(spent: Purse) -> None:
    until = spent.register.year.report(SYSTEM, 0).until
    spent.engine.clock.advance(timedelta(days=1))
    spend(spent, "1", spent.engine.environment.today().isoformat())
    report = spent.register.year.report(SYSTEM, 0)
    assert (report.total.other.entries, report.until) == (2, until + timedelta(days=1))
