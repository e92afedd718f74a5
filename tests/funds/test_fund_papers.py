"""What is signed on paper: the list of a batch, and a slip for each payment."""

from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask

from tests.funds.paying import granted, with_account
from tests.funds.purse import Purse
from tests.support.register import Visitor, site_of

PAPERS = ("sheet", "slips")


@pytest.fixture
def site(desk: Purse, tmp_path: Path) -> Flask:
    return site_of(desk.engine, tmp_path)


def test_the_list_has_every_line_its_total_in_capitals_and_room_to_sign(
    desk: Purse, site: Flask
) -> None:
    number = granted(desk, with_account(desk, 1), with_account(desk, 2, "林<模拟>"))
    cashier = Visitor(site, desk.engine, "cashier")
    assert f'/funds/batches/{quote(number)}/sheet"' in cashier.text(f"/funds/batches/{number}")
    paper = cashier.text(f"/funds/batches/{number}/sheet")
    assert "资金发放签收表" in paper
    assert "人民币 2,000.00 元(大写:贰仟元整)" in paper
    assert "林模拟1" in paper
    raw = cashier.get(f"/funds/batches/{number}/sheet").get_data(as_text=True)
    assert "林&lt;模拟&gt;" in raw
    assert paper.count('who">证明人<') == 2
    assert "roster-paper-opened" in {one.action for one in desk.engine.audit.entries(0, 9_999)}


def test_a_slip_for_each_line_or_for_one(desk: Purse, site: Flask) -> None:
    number = granted(desk, with_account(desk, 1), with_account(desk, 2))
    cashier = Visitor(site, desk.engine, "cashier")
    address = f"/funds/batches/{number}/slips"
    slips = cashier.text(address)
    assert slips.count("帮扶资金付款凭单</h1>") == 2
    one = cashier.text(f"{address}?line=2")
    assert one.count("帮扶资金付款凭单</h1>") == 1
    assert f"{number}-002" in one
    assert "壹仟元整" in one
    missing = cashier.get(f"{address}?line=3")
    assert missing.status_code == 404
    assert "没有这一行" in missing.get_data(as_text=True)


def test_goods_are_signed_for_as_goods(desk: Purse, site: Flask) -> None:
    number = granted(desk, with_account(desk, 1), item="goods")
    cashier = Visitor(site, desk.engine, "cashier")
    assert "物品发放签收表" in cashier.text(f"/funds/batches/{number}/sheet")
    assert "帮扶物品领取单" in cashier.text(f"/funds/batches/{number}/slips")


def test_a_draft_has_no_papers_and_another_county_sees_none(desk: Purse, site: Flask) -> None:
    number = granted(desk, with_account(desk, 1))
    draft = desk.draft(desk.all_lines()[0])
    desk.register.batches.add_household(desk.actor("accountant"), draft, with_account(desk, 2), "1")
    accountant = Visitor(site, desk.engine, "accountant")
    assert "签收表" not in accountant.text(f"/funds/batches/{draft}")
    for paper in PAPERS:
        assert accountant.get(f"/funds/batches/{draft}/{paper}").status_code == 404
        for name, status in (("far_accountant", 404), ("officer", 404)):
            other = Visitor(site, desk.engine, name)
            assert other.get(f"/funds/batches/{number}/{paper}").status_code == status


def test_what_was_given_back_is_not_on_paper(desk: Purse, site: Flask) -> None:
    number = granted(desk, with_account(desk, 1), with_account(desk, 2))
    case_id = desk.register.batches.view(desk.actor("cashier"), number).line.batch.case_id
    desk.do("cashier", case_id, "pay_county", {"pay_result": "held"})
    held = desk.register.batches.view(desk.actor("cashier"), number).payments[0]
    typed = {"reason": "本人已去世"}
    desk.register.held_payments.give_back(desk.actor("cashier"), number, held.id, typed)
    paper = Visitor(site, desk.engine, "cashier").text(f"/funds/batches/{number}/sheet")
    assert "合计 1 笔" in paper
    assert "挂账" in paper
