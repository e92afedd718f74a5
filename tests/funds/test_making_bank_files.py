"""制作银行文件: who may, what stands in it, and that it is on record before it is handed out."""

import json
from pathlib import Path

import pytest
from flask import Flask

from engine import SYSTEM
from engine.errors import Conflict, Invalid, NotFound, NotPermitted
from registry.funds.bank_files import BankFile
from tests.funds.purse import Purse, id_number
from tests.support.register import Visitor, on_file, site_of

CSV = {"format": "simulated_csv", "reason": "春节慰问金发放"}


def with_account(desk: Purse, number: int, name: str = "", **head: object) -> str:
    told = {
        "name": name or f"林模拟{number}",
        "id_number": id_number(number),
        "mobile": "",
        "bank_account": f"62220000000000{number:05d}",
        **head,
    }
    return on_file(desk.engine, told, "u1", members=[])


def granted(desk: Purse, *files: str) -> str:
    """A batch with these households, granted."""
    desk.allocate()
    number = desk.draft(desk.all_lines()[0])
    for file_no in files:
        desk.register.batches.add_household(desk.actor("accountant"), number, file_no, "1000")
    case_id = desk.register.batches.submit(desk.actor("accountant"), number)
    desk.do("approver", case_id, "approve_county", {"decision": "agree"})
    return number


def make(desk: Purse, number: str, by: str = "cashier", **typed: str) -> BankFile:
    return desk.register.bank.make(desk.actor(by), number, {**CSV, **typed})


def lines_of(made: BankFile) -> list[str]:
    return made.content.decode("gbk").split("\r\n")[1:-1]


def test_the_file_has_the_accounts_of_the_households_and_is_on_record(desk: Purse) -> None:
    number = granted(desk, with_account(desk, 1), with_account(desk, 2))
    made = make(desk, number)
    assert lines_of(made) == [
        f"1,6222000000000000001,林模拟1,1000.00,送温暖 2026春节,{number}",
        f"2,6222000000000000002,林模拟2,1000.00,送温暖 2026春节,{number}",
    ]
    (export,) = desk.register.exports.log(desk.actor("cashier"))
    assert (export.record.reason, export.record.files) == (CSV["reason"], 2)
    assert export.record.narrowed == f"银行文件 {number};{made.name}"
    (sending,) = desk.register.bank.offer(desk.actor("cashier"), number).made
    assert sending.sending.number == export.record.number
    assert (sending.sending.lines, sending.sending.fen) == (2, 200_000)
    assert sending.by_name == "模拟cashier"
    entries = [one for one in desk.engine.audit.entries(0, 9_999) if one.action == "bank-file-made"]
    assert len(entries) == 1
    desk.must_hold()


def test_the_account_of_somebody_else_goes_under_her_name(desk: Purse) -> None:
    file_no = with_account(desk, 1, account_holder="陈模拟监护", account_relation="guardian")
    number = granted(desk, file_no)
    assert "6222000000000000001,陈模拟监护," in lines_of(make(desk, number))[0]
    with pytest.raises(Invalid, match="没有证件号码后四位"):
        make(desk, number, format="simulated_txt", again="yes")


def test_of_an_older_file_the_account_of_the_national_system_counts(desk: Purse) -> None:
    head = {"name": "林模拟1", "id_number": id_number(1), "mobile": ""}
    national = {"bank_account": "6222 0000 0000 0000 001"}
    number = granted(desk, on_file(desk.engine, head, "u1", members=[], national=national))
    assert "1,6222000000000000001,林模拟1," in lines_of(make(desk, number))[0]
    made = make(desk, number, format="simulated_txt", again="yes")
    assert f"|{id_number(1)[-4:]}|" in made.content.decode("gbk")


def test_a_line_that_cannot_be_sent_is_told_and_nothing_is_on_record(desk: Purse) -> None:
    rare, poor = with_account(desk, 1, "王𬭎模拟"), with_account(desk, 2, bank_account="")
    number = granted(desk, rare, poor)
    with pytest.raises(Invalid) as refused:
        make(desk, number)
    assert "第 1 行“王𬭎模拟”" in refused.value.message
    assert "第 2 行“林模拟2”:没有银行账号" in refused.value.message
    assert desk.register.bank.offer(desk.actor("cashier"), number).made == []
    assert desk.register.exports.log(desk.actor("cashier")) == []


def test_a_second_file_is_made_only_where_the_first_did_not_go_out(desk: Purse) -> None:
    number = granted(desk, with_account(desk, 1))
    make(desk, number)
    with pytest.raises(Conflict, match="没有交给银行"):
        make(desk, number)
    make(desk, number, again="yes")
    assert len(desk.register.bank.offer(desk.actor("cashier"), number).made) == 2


def test_no_account_is_kept_in_the_clear(desk: Purse) -> None:
    number = granted(desk, with_account(desk, 1))
    make(desk, number)
    with desk.engine.database.read() as tx:
        for table in ("bank_sending", "bank_sending_line", "register_export", "access_event"):
            rows = tx.exec_driver_sql(f"SELECT * FROM {table}").all()
            assert "6222000000000000001" not in json.dumps([list(map(str, row)) for row in rows])


@pytest.mark.parametrize(
    ("by", "error"),
    [
        ("accountant", NotPermitted),
        ("approver", NotPermitted),
        ("far_accountant", NotFound),
        ("officer", NotFound),
        ("city_cashier", None),
    ],
)
def test_the_cashier_of_the_area_makes_it(
    desk: Purse, by: str, error: type[Exception] | None
) -> None:
    number = granted(desk, with_account(desk, 1))
    if error is None:
        assert lines_of(make(desk, number, by))
        return
    for act in (
        lambda: make(desk, number, by),
        lambda: desk.register.bank.offer(desk.actor(by), number),
    ):
        with pytest.raises(error):
            act()


def test_who_rostered_pays_nothing(desk: Purse) -> None:
    desk.engine.directory.grant(SYSTEM, "p-accountant", "cashier", "xc")
    number = granted(desk, with_account(desk, 1))
    with pytest.raises(NotPermitted, match="您制单"):
        make(desk, number, "accountant")


def test_only_a_granted_batch_goes_to_the_bank(desk: Purse) -> None:
    desk.allocate()
    number = desk.draft(desk.all_lines()[0])
    with pytest.raises(Conflict, match="只有已批准"):
        make(desk, number)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"format": ""}, "请选择银行格式"),
        ({"format": "no such"}, "请选择银行格式"),
        ({"reason": " "}, "请写明用途"),
        ({"reason": "字" * 61}, "不超过 60 字"),
    ],
)
def test_format_and_purpose_are_asked_for(desk: Purse, typed: dict[str, str], said: str) -> None:
    number = granted(desk, with_account(desk, 1))
    with pytest.raises(Invalid, match=said):
        make(desk, number, **typed)


@pytest.fixture
def site(desk: Purse, tmp_path: Path) -> Flask:
    return site_of(desk.engine, tmp_path)


def test_the_cashier_downloads_it_from_the_page_of_the_batch(site: Flask, desk: Purse) -> None:
    number = granted(desk, with_account(desk, 1))
    cashier = Visitor(site, desk.engine, "cashier")
    address = f"/funds/batches/{number}/bank-file"
    assert "/bank-file" in cashier.text(f"/funds/batches/{number}")
    page = cashier.text(address)
    assert "壹仟元整" in page
    assert "6222000000000000001" not in page
    refused = cashier.post(address, {**CSV, "format": ""}, address)
    assert refused.status_code == 422
    assert CSV["reason"] in refused.get_data(as_text=True)
    made = cashier.post(address, CSV, address)
    assert made.status_code == 200
    assert "filename*=UTF-8''DF_" in made.headers["Content-Disposition"]
    assert "6222000000000000001" in made.get_data().decode("gbk")
    again = cashier.post(address, CSV, address)
    assert again.status_code == 409
    assert "已确认上一份文件没有交给银行" in again.get_data(as_text=True)
    accountant = Visitor(site, desk.engine, "accountant")
    assert "/bank-file" not in accountant.text(f"/funds/batches/{number}")
    assert accountant.get(address).status_code == 403
