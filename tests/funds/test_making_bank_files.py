"""制作银行文件: who may, what stands in it, and that it is on record before it is handed out."""

import hashlib
import json
import re
from pathlib import Path

import pytest
from flask import Flask

from engine import SYSTEM
from engine.errors import Conflict, Invalid, NotFound, NotPermitted
from registry.budget.bank_formats import BankFormat
from registry.funds import bank_desk
from registry.funds.bank_desk import NotAllFit
from registry.funds.bank_files import BankFile, BankOrder, bank_file
from tests.funds.paying import CSV, granted, with_account, with_account_of
from tests.funds.purse import Purse, id_number
from tests.support.register import Visitor, on_file, site_of


def make(desk: Purse, number: str, by: str = "cashier", **typed: str) -> BankFile:
    """Made and fetched."""
    bank, actor = desk.register.bank, desk.actor(by)
    return bank.fetch(actor, number, bank.make(actor, number, {**CSV, **typed}))


def lines_of(made: BankFile) -> list[str]:
    return made.content.decode("gbk").split("\r\n")[1:-1]


def test_the_file_has_the_accounts_of_the_households_and_is_on_record(desk: Purse) -> None:
    number = granted(desk, with_account(desk, 1), with_account(desk, 2))
    made = make(desk, number)
    assert lines_of(made) == [
        f"1,6222000000000000001,林模拟1,1000.00,送温暖 2026春节,{number}-1",
        f"2,6222000000000000002,林模拟2,1000.00,送温暖 2026春节,{number}-1",
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
    assert export.record.sha256 == hashlib.sha256(made.content).hexdigest()
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


def test_what_cannot_be_sent_is_left_out_and_the_others_go(desk: Purse) -> None:
    poor, rare = with_account(desk, 2, bank_account=""), with_account(desk, 3, "王𬭎模拟")
    number = granted(desk, with_account(desk, 1), poor, rare, with_account(desk, 4))
    with pytest.raises(NotAllFit) as refused:
        make(desk, number)
    assert refused.value.others == 2
    made = make(desk, number, leave="yes")
    assert [line.split(",")[0] for line in lines_of(made)] == ["1", "4"]
    offer = desk.register.bank.offer(desk.actor("cashier"), number)
    assert (offer.made[0].sending.lines, offer.made[0].sending.fen) == (2, 200_000)
    told = {one.payment.number: one.reason for one in offer.left}
    assert sorted(told) == [2, 3]
    assert "没有银行账号" in told[2]
    assert "U+2CB4E" in told[3]
    desk.must_hold()


def test_where_no_line_can_be_sent_there_is_no_file(desk: Purse) -> None:
    number = granted(desk, with_account(desk, 1, bank_account=""))
    with pytest.raises(Invalid, match="没有一行写得进银行文件"):
        make(desk, number, leave="yes")
    assert desk.register.bank.offer(desk.actor("cashier"), number).made == []


def test_a_file_is_fetched_again_as_long_as_its_accounts_stand(desk: Purse) -> None:
    file_no = with_account(desk, 1)
    number, bank, cashier = granted(desk, file_no), desk.register.bank, desk.actor("cashier")
    sending = bank.make(cashier, number, CSV)
    assert bank.fetch(cashier, number, sending) == bank.fetch(cashier, number, sending)
    fetched = [one.action for one in desk.engine.audit.entries(0, 9_999)].count("bank-file-fetched")
    assert fetched == 2
    with_account_of(desk, file_no, "6222000000000000099")
    with pytest.raises(Conflict, match="账号或户名更正过"):
        bank.fetch(cashier, number, sending)
    with pytest.raises(NotFound):
        bank.fetch(cashier, number, "导-2026-999999")


def test_what_is_made_void_while_it_is_fetched_is_not_handed_out(
    desk: Purse, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank, cashier = desk.register.bank, desk.actor("cashier")
    number = granted(desk, with_account(desk, 1))
    sending = bank.make(cashier, number, CSV)

    def made_void(form: BankFormat, order: BankOrder) -> BankFile:
        confirmed = {"confirmed": "yes"}
        desk.register.bank_answers.void(desk.actor("city_cashier"), number, sending, confirmed)
        return bank_file(form, order)

    monkeypatch.setattr(bank_desk, "bank_file", made_void)
    with pytest.raises(Conflict, match="不再提供下载"):
        bank.fetch(cashier, number, sending)
    assert "bank-file-fetched" not in {one.action for one in desk.engine.audit.entries(0, 9_999)}


def test_whose_file_names_no_account_is_told_in_the_roster_and_in_nobodys_way(desk: Purse) -> None:
    desk.allocate()
    number, maker = desk.draft(desk.all_lines()[0]), desk.actor("accountant")
    for file_no in (with_account(desk, 1), with_account(desk, 2, bank_account="")):
        desk.register.batches.add_household(maker, number, file_no, "1000")
    view = desk.register.batches.view(maker, number)
    assert view.without_account == {view.payments[1].id}
    assert view.faults == {}
    desk.register.batches.submit(maker, number)


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
    sending = desk.register.bank.make(desk.actor("cashier"), number, CSV)
    for act in (
        lambda: make(desk, number, by, again="yes"),
        lambda: desk.register.bank.fetch(desk.actor(by), number, sending),
        lambda: desk.register.bank.offer(desk.actor(by), number),
    ):
        with pytest.raises(error):
            act()


def test_who_rostered_pays_nothing(desk: Purse) -> None:
    desk.engine.directory.grant(SYSTEM, "p-accountant", "cashier", "xc")
    number = granted(desk, with_account(desk, 1))
    with pytest.raises(NotPermitted, match="您制单"):
        make(desk, number, "accountant")


def test_who_granted_pays_nothing(desk: Purse) -> None:
    desk.engine.directory.grant(SYSTEM, "p-approver", "cashier", "xc")
    number, bank = granted(desk, with_account(desk, 1)), desk.register.bank
    sending, approver = bank.make(desk.actor("cashier"), number, CSV), desk.actor("approver")
    for act in (
        lambda: make(desk, number, "approver", again="yes"),
        lambda: bank.offer(approver, number),
        lambda: bank.fetch(approver, number, sending),
    ):
        with pytest.raises(NotPermitted, match="您审批"):
            act()
    assert not desk.register.batches.view(approver, number).may_send
    assert desk.register.batches.view(desk.actor("cashier"), number).may_send


def test_no_bank_pays_goods(desk: Purse) -> None:
    number, cashier = granted(desk, with_account(desk, 1), item="goods"), desk.actor("cashier")
    assert not desk.register.batches.view(cashier, number).may_send
    with pytest.raises(Conflict, match="实物"):
        make(desk, number)
    with pytest.raises(Conflict, match="实物"):
        desk.register.bank.offer(cashier, number)


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
    assert cashier.post(address, CSV, address).status_code == 303
    (offered,) = re.findall(r'href="([^"]+)" download', cashier.text(address))
    made = cashier.get(offered)
    assert "filename*=UTF-8''DF_" in made.headers["Content-Disposition"]
    assert "6222000000000000001" in made.get_data().decode("gbk")
    again = cashier.post(address, CSV, address)
    assert again.status_code == 409
    assert "各笔都在等待银行结果的文件中" in again.get_data(as_text=True)
    accountant = Visitor(site, desk.engine, "accountant")
    assert "/bank-file" not in accountant.text(f"/funds/batches/{number}")
    assert accountant.get(address).status_code == 403


def test_the_page_offers_to_go_on_without_what_cannot_be_sent(site: Flask, desk: Purse) -> None:
    number = granted(desk, with_account(desk, 1), with_account(desk, 2, bank_account=""))
    cashier = Visitor(site, desk.engine, "cashier")
    address = f"/funds/batches/{number}/bank-file"
    assert "档案中没有银行账号" in cashier.text(f"/funds/batches/{number}")
    assert 'name="leave"' not in cashier.text(address)
    refused = cashier.post(address, CSV, address)
    assert refused.status_code == 422
    assert "写不进银行文件的行先留下,其余 1 笔照做" in refused.get_data(as_text=True)
    assert cashier.post(address, {**CSV, "leave": "yes"}, address).status_code == 303
    page = cashier.text(address)
    assert "还没有付的 1 笔,仍是已批" in page
    assert "请先在档案中补录" in page
