"""The pages of the money without scripts: who sees what, every number leads to what it counts."""

import io
import re
from pathlib import Path

import pytest
from flask import Flask
from openpyxl import load_workbook

from engine import SYSTEM
from tests.funds.purse import Purse
from tests.support.register import Visitor, site_of

SENTENCE = "本批合计 1.20 万元,超过可用指标 0.20 万元,未提交、未占用资金。请减少名单或申请调剂。"


@pytest.fixture
def site(desk: Purse, tmp_path: Path) -> Flask:
    return site_of(desk.engine, tmp_path)


def visitor(site: Flask, desk: Purse, name: str) -> Visitor:
    return Visitor(site, desk.engine, name)


def test_every_number_leads_to_movements_that_come_to_it(site: Flask, desk: Purse) -> None:
    desk.allocate()
    desk.allocate(programme="living", amount="5000")
    number = desk.draft(desk.all_lines()[0])
    actor = desk.actor("accountant")
    for place, amount in enumerate(("1000", "1500")):
        file_no = desk.household(place)
        desk.register.batches.add_household(actor, number, file_no, amount)
    desk.register.batches.submit(actor, number)
    cashier = visitor(site, desk, "cashier")
    page = cashier.text("/funds")
    assert "指标台账 · 2026" in page
    assert "万元" not in page
    cells = re.findall(r'<a(?: class="quiet")? href="(/funds/movements[^"]+)">([\d,.]+)</a>', page)
    assert len(cells) == 5 * 4  # all, the unit, two lines
    for href, told in cells:
        assert f"<b>{told}</b>" in cashier.text(href), href
    assert "12,500.00" in page
    assert "2,500.00" in page


def test_a_county_sees_its_own_the_city_all_and_the_others_nothing(
    site: Flask, desk: Purse
) -> None:
    desk.allocate()
    desk.allocate("far_accountant", unit="lw", amount="777")
    county, city = visitor(site, desk, "reviewer"), visitor(site, desk, "protection")
    assert "777.00" not in county.text("/funds")
    assert "龙文模拟区总工会" not in county.text("/funds")
    assert "10,777.00" in city.text("/funds")
    for name in ("officer", "designer", "admin"):
        other = visitor(site, desk, name)
        assert other.get("/funds").status_code == 403
        assert "资金与发放" not in other.text("/inbox")
    assert "资金与发放" in county.text("/inbox")
    far_line = next(one for one in desk.all_lines() if one.key.organisation_id == "lw")
    assert county.get(f"/funds/lines/{far_line.id}").status_code == 404
    assert county.get("/funds/allocate").status_code == 403


def test_what_is_refused_stays_typed(site: Flask, desk: Purse) -> None:
    accountant = visitor(site, desk, "accountant")
    typed = {
        "entry": "0" * 16,
        "kind": "allocate",
        "year": "2026",
        "unit": "xc",
        "programme": "festival",
        "source": "own",
        "amount": "一千",
        "document": "漳工财〔2026〕1号",
    }
    refused = accountant.post("/funds/allocate", typed, "/funds/allocate")
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert "“一千”不是数字" in page
    assert "漳工财〔2026〕1号" in page
    done = accountant.post("/funds/allocate", {**typed, "amount": "10000"}, "/funds/allocate")
    assert done.status_code == 303
    again = accountant.post("/funds/allocate", {**typed, "amount": "10000"}, "/funds/allocate")
    assert again.status_code == 303
    assert desk.all_lines()[0].allocated == 1_000_000


def test_a_roster_is_typed_refused_in_words_and_submitted(site: Flask, desk: Purse) -> None:
    line = desk.allocate()
    for place in range(3):
        desk.household(place)
    reviewer = visitor(site, desk, "reviewer")
    new = f"/funds/batches/new?line={line.id}"
    assert "2026春节" in reviewer.text(new)
    opened = reviewer.post(
        "/funds/batches/new", {"line": line.id, "period": "2026春节", "item": "money"}, new
    )
    batch = opened.headers["Location"]
    found = reviewer.text(f"{batch}?q=林模拟1")
    assert "档-" not in found.partition("fund-found")[0]
    file_no = re.findall(r'name="file_no" value="([^"]+)"', found)
    assert len(file_no) == 1
    added = reviewer.post(
        f"{batch}/household", {"file_no": file_no[0], "amount": "2000", "q": "林模拟1"}, batch
    )
    assert added.status_code == 303
    every = reviewer.post(f"{batch}/every", {"amount": "5000", "category": ""}, batch)
    assert every.status_code == 303
    page = reviewer.text(batch)
    assert "名单合计已超过指标结余 2,000.00 元" in page
    assert page.count("送温暖每次合计 5,000.00 元,超过上限 3,000.00 元") == 2
    refused = reviewer.post(f"{batch}/submit", {}, batch)
    assert refused.status_code == 409
    assert SENTENCE in refused.get_data(as_text=True)
    assert desk.sums(line.id)[1] == 0
    assert "2 行不能发放" in page
    removed = reviewer.post(f"{batch}/lines/remove-faulty", {}, batch)
    assert removed.status_code == 303
    assert reviewer.post(f"{batch}/submit", {}, batch).status_code == 303
    assert "待审批" in reviewer.text(batch)
    assert desk.sums(line.id)[1] == 2000
    case_id = desk.register.batches.listed(SYSTEM)[0][0].batch.case_id
    approver = visitor(site, desk, "approver")
    task = desk.engine.cases.view(SYSTEM, case_id).open_tasks[0].id
    step = approver.text(f"/tasks/{task}")
    assert "名单 1 笔,合计 2,000.00 元" in step
    assert "1 笔的档案中没有银行账号" in step
    assert "没有例外" not in step
    assert "发-350602-2026-000001" in approver.text("/funds/batches")


def test_the_ledger_leaves_as_a_workbook_and_that_is_written_down(site: Flask, desk: Purse) -> None:
    desk.allocate(note="=1+1")
    answer = visitor(site, desk, "reviewer").get("/funds/ledger.xlsx?year=2026")
    sheet = load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert "模拟reviewer" in str(rows[0][0])
    assert rows[2][:5] == [2026, "芗城模拟区总工会", "送温暖", "本级工会经费", 10_000]
    assert rows[3][4:9] == [10_000, 0, 0, 0, 10_000]
    assert "budget-exported" in {one.action for one in desk.engine.audit.entries(0, 9_999)}


def test_other_expenditure_is_entered_taken_back_and_part_of_the_year(
    site: Flask, desk: Purse
) -> None:
    accountant = visitor(site, desk, "accountant")
    typed = {
        "entry": "1" * 16,
        "unit": "xc",
        "subject": "villages",
        "source": "own",
        "payee": "坪埔村",
        "amount": "1,234.50",
        "spent_on": "2026-11-02",
        "voucher": "记-9",
    }
    address = "/funds/expenses"
    wrong = accountant.post(address, {**typed, "spent_on": "2027-01-01", "payee": ""}, address)
    assert wrong.status_code == 422
    for said in ("还没有到", "收款单位", "记-9"):
        assert said in wrong.get_data(as_text=True)
    assert accountant.post(address, {**typed, "unit": "lw"}, address).status_code == 403
    assert accountant.post(address, typed, address).status_code == 303
    assert accountant.post(address, typed, address).status_code == 303
    assert "1,234.50" in accountant.text("/funds")
    assert accountant.text(address).count("坪埔村") == 2  # the cell and its title
    back = f"{address}/{'1' * 16}/take-back"
    assert accountant.post(back, {"reason": ""}, address).status_code == 422
    assert accountant.post(back, {"reason": "记错了"}, address).status_code == 303
    assert accountant.post(back, {"reason": "记错了"}, address).status_code == 409
    assert "冲销" in accountant.text(address)
    assert "1,234.50" not in accountant.text("/funds")
    assert "登记其他支出" not in visitor(site, desk, "cashier").text(address)


def test_a_transfer_is_asked_for_on_the_page_of_a_line(site: Flask, desk: Purse) -> None:
    source, target = desk.allocate(programme="training"), desk.allocate()
    accountant = visitor(site, desk, "accountant")
    page = f"/funds/lines/{source.id}"
    typed = {"entry": "2" * 16, "target": target.id, "amount": "99999", "reason": "在档户增加"}
    refused = accountant.post(f"{page}/transfer", typed, page)
    assert refused.status_code == 409
    assert "在档户增加" in refused.get_data(as_text=True)
    assert accountant.post(f"{page}/transfer", {**typed, "amount": "100"}, page).status_code == 303
    listed = accountant.text("/funds/transfers")
    assert "待审批" in listed
    assert "调剂占用" in accountant.text(page)
    carried = accountant.post(f"{page}/carry", {"document": "结转1号"}, page)
    assert carried.status_code == 303
    assert "上年结转" in accountant.text(carried.headers["Location"])


@pytest.mark.parametrize("address", ["/funds/lines/999999", "/funds/batches/无", "/funds/lines/x"])
def test_what_there_is_not_is_told(site: Flask, desk: Purse, address: str) -> None:
    assert visitor(site, desk, "reviewer").get(address).status_code == 404


@pytest.mark.parametrize(
    "query", ["?year=x&unit=无&line=-1&column=y", "?year=99999999999&programme=%00", "?line=0"]
)
def test_nonsense_in_an_address_narrows_to_nothing_and_breaks_nothing(
    site: Flask, desk: Purse, query: str
) -> None:
    desk.allocate()
    for address in ("/funds", "/funds/movements", "/funds/ledger.xlsx", "/funds/expenses"):
        assert visitor(site, desk, "reviewer").get(address + query).status_code < 500
