"""追回: what was paid wrongly comes back: to its line, out of the file, off the year, once."""

import io
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

import registry
from engine import SYSTEM
from engine.errors import Conflict, Invalid, NotFound, NotPermitted
from engine.model.cases import EventKind
from registry.budget.model import Payment, PaymentStatus
from registry.finding import Search
from registry.help_given import HelpBook, HelpGiven
from registry.store.file_lists import Queue
from registry.store.year_payments import Cut, PaidWanted
from tests.funds.paying import DAY, banks_answer, granted, sent, take, with_account
from tests.funds.purse import PAYMENT, Purse
from tests.support.at_once import at_once
from tests.support.register import Visitor, site_of

BY_VOUCHER = {"pay_result": "paid", "voucher_no": "记-2026-0113", "paid_on": DAY}
CAME_BACK = {"amount": "300", "voucher": "收-9", "recovered_on": DAY, "reason": "重复享受"}


def paid(desk: Purse, *files: str) -> str:
    """A batch of these households, 1,000 each, closed by voucher; its number."""
    number = granted(desk, *files)
    desk.do("cashier", case_of(desk, number), "pay_county", BY_VOUCHER)
    return number


def case_of(desk: Purse, number: str) -> str:
    return desk.register.batches.view(SYSTEM, number).line.batch.case_id


def line(desk: Purse, number: str, place: int = 0) -> Payment:
    return desk.register.batches.view(SYSTEM, number).payments[place]


def recover(
    desk: Purse, number: str, place: int = 0, by: str = "cashier", entry: str = "", **typed: str
) -> None:
    said = {**CAME_BACK, **typed}
    one = line(desk, number, place)
    desk.register.recoveries.enter(desk.actor(by), number, one.id, entry or desk.entry(), said)


def help_of(desk: Purse, file_no: str) -> HelpGiven:
    return HelpBook(desk.engine).of_file(desk.actor("reviewer"), file_no)


def sums(desk: Purse) -> tuple[int, ...]:
    return desk.sums(desk.all_lines()[0].id)


def unhelped(desk: Purse) -> list[str]:
    page = registry.Registry(desk.engine).lists.page(SYSTEM, Search(queue=Queue.UNHELPED))
    return [one.file_no for one in page.lines]


# What becomes of it ----------------------------------------------------------------------------


def test_what_came_back_in_part_is_free_again_and_the_payment_stays(desk: Purse) -> None:
    file_no = with_account(desk, 1)
    number = paid(desk, file_no)
    assert sums(desk) == (10_000, 0, 0, 1000, 9000)
    recover(desk, number)
    recover(desk, number, amount="200", voucher="收-10")
    assert sums(desk) == (10_000, 0, 0, 500, 9500)
    one = line(desk, number)
    assert (one.status, one.recovered, one.kept) == (PaymentStatus.PAID, 50_000, 50_000)
    found = help_of(desk, file_no)
    assert sorted(each.cents for each in found.lines) == [-30_000, -20_000, 100_000]
    assert [(year.cents, year.times) for year in found.years] == [(50_000, 1)]
    noted = next(each for each in found.lines if each.cents == -30_000)
    assert noted.note.startswith("追回,凭证 收-9;重复享受;送温暖")
    assert noted.is_recovery
    assert not noted.is_counter
    assert file_no not in unhelped(desk), "some of it she has"
    desk.must_hold()


def test_what_came_back_whole_was_no_payment_and_no_help(desk: Purse) -> None:
    file_no = with_account(desk, 1)
    number = paid(desk, file_no)
    recover(desk, number)
    recover(desk, number, amount="700", voucher="收-10")
    one = line(desk, number)
    assert (one.status, one.kept) == (PaymentStatus.RECOVERED, 0)
    assert sums(desk) == (10_000, 0, 0, 0, 10_000)
    found = help_of(desk, file_no)
    assert [(year.cents, year.times) for year in found.years] == [(0, 0)]
    assert [each.cents for each in found.lines if each.is_counter] == [-70_000]
    assert [each.cents for each in found.lines if each.is_taken_back] == [100_000]
    assert file_no in unhelped(desk)
    desk.must_hold()
    again = desk.draft(desk.all_lines()[0])
    desk.register.batches.add_household(desk.actor("accountant"), again, file_no, "1000")
    case_id = desk.register.batches.submit(desk.actor("accountant"), again)
    desk.do("approver", case_id, "approve_county", {"decision": "agree"})
    desk.do("cashier", case_id, "pay_county", BY_VOUCHER)
    assert line(desk, again).status is PaymentStatus.PAID
    desk.must_hold()


def test_who_kept_some_of_it_is_not_given_the_same_again(desk: Purse) -> None:
    file_no = with_account(desk, 1)
    number = paid(desk, file_no)
    recover(desk, number)
    again = desk.draft(desk.all_lines()[0])
    desk.register.batches.add_household(desk.actor("accountant"), again, file_no, "300")
    with pytest.raises(Conflict, match=r"已在批次 .* 中安排 700\.00 元,同一期间不能重复发放"):
        desk.register.batches.submit(desk.actor("accountant"), again)


def test_a_cap_counts_what_was_kept(desk: Purse) -> None:
    file_no = with_account(desk, 1)
    number = paid(desk, file_no)
    desk.allocate("protection", unit="zz")
    asked = {
        **PAYMENT,
        "payee_kind": "household",
        "payee_id": file_no,
        "payee_name": "林模拟1",
        "organisation_id": "zz",
        "amount": 3000,
    }
    assert desk.bench.run("funds.reserve", asked, "c1", "xc")["granted"]
    goods = {**asked, "item": "goods", "amount": 2300}
    told = str(desk.bench.run("funds.reserve", goods, "c2", "xc")["message"])
    assert "已安排的 4,000.00 元),超过上限 6,000.00 元" in told
    recover(desk, number)
    assert desk.bench.run("funds.reserve", goods, "c2", "xc")["granted"]
    desk.must_hold()


def test_a_line_of_a_year_that_is_over_has_it_as_left_to_be_carried_over(desk: Purse) -> None:
    file_no = with_account(desk, 1)
    number = paid(desk, file_no)
    old = desk.all_lines()[0]
    desk.register.funds.carry_over(desk.actor("accountant"), old.id, "漳工财1号")
    assert desk.sums(old.id) == (1000, 0, 0, 1000, 0)
    desk.clock.advance(timedelta(days=60))
    recover(desk, number, recovered_on="2027-01-08")
    assert desk.sums(old.id) == (1000, 0, 0, 700, 300)
    desk.register.funds.carry_over(desk.actor("accountant"), old.id, "漳工财2号")
    assert desk.sums(old.id) == (700, 0, 0, 700, 0)
    desk.must_hold()


def test_an_entry_of_which_some_came_back_is_not_taken_back_by_hand(desk: Purse) -> None:
    file_no = with_account(desk, 1)
    number = paid(desk, file_no)
    recover(desk, number)
    book, reviewer = HelpBook(desk.engine), desk.actor("reviewer")
    for each in help_of(desk, file_no).lines:
        with pytest.raises(Conflict, match="已登记追回"):
            book.take_back(reviewer, file_no, each.id, desk.entry(), "错了")
    # One that was taken back by hand before says nothing more.
    other = with_account(desk, 2)
    second = desk.draft(desk.all_lines()[0])
    desk.register.batches.add_household(desk.actor("accountant"), second, other, "1000")
    case_id = desk.register.batches.submit(desk.actor("accountant"), second)
    desk.do("approver", case_id, "approve_county", {"decision": "agree"})
    desk.do("cashier", case_id, "pay_county", BY_VOUCHER)
    (given,) = help_of(desk, other).lines
    book.take_back(reviewer, other, given.id, desk.entry(), "发错了户")
    recover(desk, second, amount="1000")
    assert [year.cents for year in help_of(desk, other).years] == [0]
    desk.must_hold()


def test_what_the_bank_paid_and_came_back_leaves_the_batch_paid(desk: Purse) -> None:
    number = granted(desk, with_account(desk, 1), with_account(desk, 2))
    sending = sent(desk, number)
    take(desk, number, sending, banks_answer(desk, number, sending, {2: "账户已销户"}))
    recover(desk, number, amount="1000")
    desk.must_hold()
    not_paid = {"pay_result": "not_paid", "refusal": "不再发放"}
    desk.do("cashier", case_of(desk, number), "pay_county", not_paid)
    view = desk.register.batches.view(SYSTEM, number)
    assert [one.status.value for one in view.payments] == ["recovered", "released"]
    assert view.line.batch.status.value == "paid"
    assert sums(desk) == (10_000, 0, 0, 0, 10_000)
    desk.must_hold()


# What is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"amount": "1000.01"}, r"已付 1,000\.00 元,最多还能追回 1,000\.00 元"),
        ({"amount": "0"}, "金额应大于 0"),
        ({"amount": ""}, "请填写金额"),
        ({"amount": "三百"}, "不是数字"),
        ({"voucher": " "}, "请填写收款凭证号"),
        ({"reason": ""}, "请写明追回的原因"),
        ({"recovered_on": "2026-11-08"}, "收回日期 2026-11-08 早于付款日期 2026-11-09"),
        ({"recovered_on": "2026-11-10"}, "收回日期 2026-11-10 还没有到"),
        ({"recovered_on": "昨天"}, "收回日期请写成"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_nothing_moves(
    desk: Purse, typed: Mapping[str, str], said: str
) -> None:
    file_no = with_account(desk, 1)
    number = paid(desk, file_no)
    with pytest.raises((Conflict, Invalid), match=f"{said}.*没有登记"):
        recover(desk, number, **typed)
    assert sums(desk) == (10_000, 0, 0, 1000, 9000)
    assert len(help_of(desk, file_no).lines) == 1
    assert not line(desk, number).recovered


def test_no_more_comes_back_than_is_left(desk: Purse) -> None:
    number = paid(desk, with_account(desk, 1))
    recover(desk, number, amount="700")
    told = r"已付 1,000\.00 元,已追回 700\.00 元,最多还能追回 300\.00 元,不能登记追回 400\.00 元"
    with pytest.raises(Conflict, match=told):
        recover(desk, number, amount="400")
    recover(desk, number)
    with pytest.raises(Conflict, match=r"最多还能追回 0\.00 元"):
        recover(desk, number, amount="0.01")


def test_the_same_page_twice_moves_money_once(desk: Purse) -> None:
    number = paid(desk, with_account(desk, 1))
    entry = desk.entry()
    for _ in range(2):
        recover(desk, number, entry=entry)
    assert line(desk, number).recovered == 30_000
    with pytest.raises(Conflict, match="这一页刚才已经登记过"):
        recover(desk, number, entry=entry, amount="200")
    with pytest.raises(Invalid, match="登记页面已失效"):
        recover(desk, number, entry="x")
    assert sums(desk) == (10_000, 0, 0, 700, 9300)


def test_two_who_take_back_at_once_take_no_more_than_was_paid(desk: Purse) -> None:
    number = paid(desk, with_account(desk, 1))

    def take_back(by: str) -> Callable[[], object]:
        entry = desk.entry()
        return lambda: recover(desk, number, by=by, entry=entry, amount="700")

    done = at_once(take_back("cashier"), take_back("city_cashier"))
    assert sum(isinstance(one, Conflict) for one in done) == 1
    assert sums(desk) == (10_000, 0, 0, 300, 9700)
    desk.must_hold()


def test_who_does_not_pay_or_granted_it_takes_nothing_back(desk: Purse) -> None:
    desk.engine.directory.grant(SYSTEM, "p-approver", "cashier", "xc")
    number = paid(desk, with_account(desk, 1))
    with pytest.raises(NotPermitted, match="您审批"):
        recover(desk, number, by="approver")
    with pytest.raises(NotPermitted, match="出纳"):
        recover(desk, number, by="accountant")
    with pytest.raises(NotFound):
        recover(desk, number, by="far_accountant")
    assert not desk.register.batches.view(desk.actor("approver"), number).may_recover
    assert desk.register.batches.view(desk.actor("cashier"), number).may_recover


def test_what_is_not_paid_does_not_come_back(desk: Purse) -> None:
    number = granted(desk, with_account(desk, 1))
    with pytest.raises(Conflict, match="还没有付款"):
        recover(desk, number)
    with pytest.raises(NotFound):
        desk.register.recoveries.enter(
            desk.actor("cashier"), number, 9_999, desk.entry(), CAME_BACK
        )


@pytest.mark.parametrize(
    "changed",
    ["recovered = fen + 1", "recovered = -1", "recovered = fen", "status = 'recovered'"],
)
def test_the_table_refuses_more_than_was_paid(desk: Purse, changed: str) -> None:
    paid(desk, with_account(desk, 1))
    with pytest.raises(IntegrityError), desk.engine.database.unit_of_work() as work:
        work.tx.execute(text(f"UPDATE payment SET {changed}"))
    desk.must_hold()


def test_the_invariants_see_what_does_not_add_up(desk: Purse) -> None:
    number = paid(desk, with_account(desk, 1))
    recover(desk, number)
    with desk.engine.database.unit_of_work() as work:
        work.tx.execute(text("UPDATE fund_recovery SET fen = fen - 1"))
        work.commit()
    broken = [line for one in registry.invariants(desk.engine) for line in one.broken]
    assert any("what came back of it differ" in one for one in broken)


def test_it_is_in_the_access_log_and_in_the_history_of_the_case(desk: Purse) -> None:
    number = paid(desk, with_account(desk, 1))
    recover(desk, number)
    noted = [one for one in desk.engine.audit.entries(0, 9_999) if one.target == number]
    assert [one.action for one in noted][-1] == "payment-recovered"
    told = [
        one.detail
        for one in desk.engine.cases.history(SYSTEM, case_of(desk, number), 0, 500)
        if one.kind is EventKind.GRANT
    ]
    assert told[-1]["act"] == "追回"
    assert told[-1]["amount"] == "300.00 元"
    desk.must_hold()


# By a case -------------------------------------------------------------------------------------


@pytest.fixture
def of_case(desk: Purse) -> Purse:
    """1,000 and 500, paid by a case of its own."""
    desk.allocate()
    for asked in ({}, {"item": "money", "payee_id": "模拟村二", "payee_name": "模拟村二"}):
        amount = 500 if asked else 1000
        given = {**PAYMENT, **asked, "amount": amount}
        assert desk.bench.run("funds.reserve", given, "c1", "xc")["granted"]
    desk.bench.run("funds.commit", {}, "c1", "xc")
    desk.bench.run("funds.pay", {"voucher_no": "记-1", "paid_on": DAY}, "c1", "xc")
    assert sums(desk) == (10_000, 0, 0, 1500, 8500)
    return desk


def back(desk: Purse, amount: object, case_id: str = "c1", **more: object) -> Mapping[str, object]:
    asked = {"amount": amount, "voucher_no": "收-1", **more}
    return desk.bench.run("funds.recover", asked, case_id, "xc", by="reviewer")


def test_a_case_takes_back_what_it_paid_the_earliest_first(of_case: Purse) -> None:
    done = back(of_case, 1200, reason="村里已另有资金")
    assert {name: float(str(said)) for name, said in done.items()} == {
        "payments": 2,
        "amount": 1200,
        "kept": 300,
    }
    assert sums(of_case) == (10_000, 0, 0, 300, 9700)
    of_case.must_hold()


def test_the_same_under_the_same_voucher_is_taken_back_once(of_case: Purse) -> None:
    for _ in range(2):
        assert float(str(back(of_case, 1200)["kept"])) == 300
    assert sums(of_case) == (10_000, 0, 0, 300, 9700)


def test_a_case_takes_back_no_more_than_it_paid(of_case: Purse) -> None:
    with pytest.raises(Conflict, match=r"已付 1,500\.00 元,最多还能追回 1,500\.00 元"):
        back(of_case, 1501)
    with pytest.raises(Invalid, match="还没有到"):
        back(of_case, 1, voucher_no="收-2", recovered_on="2026-11-10")
    back(of_case, 1500)
    with pytest.raises(Conflict, match=r"已追回 1,500\.00 元,最多还能追回 0\.00 元"):
        back(of_case, 1, voucher_no="收-2")
    with pytest.raises(NotFound, match="没有付过款,没有登记追回"):
        back(of_case, 1, "c2")
    with pytest.raises(NotFound):
        back(of_case, 1, payment_id=999)
    with pytest.raises(Invalid, match="凭证号"):
        back(of_case, 1, voucher_no=" ")
    of_case.must_hold()


def test_what_came_back_the_case_may_give_again(of_case: Purse) -> None:
    back(of_case, 1500)
    assert of_case.bench.run("funds.reserve", PAYMENT, "c1", "xc")["granted"]
    assert sums(of_case) == (10_000, 1000, 0, 0, 9000)
    of_case.must_hold()


def test_what_it_found_that_a_roster_paid_comes_back_by_the_case(desk: Purse) -> None:
    file_no = with_account(desk, 1)
    entitled = {
        "programme": "festival",
        "period": "2026春节",
        "item": "money",
        "year": 2026,
        "level": "county",
        "amount": 1000,
        "payee_kind": "household",
        "payee_id": file_no,
        "payee_name": "林模拟1",
    }
    assert desk.bench.run("funds.entitle", entitled, "c1")["payable"]
    with pytest.raises(NotFound, match="没有付过款"):
        back(desk, 400)
    number = paid(desk, file_no)
    back(desk, 400)
    assert line(desk, number).kept == 60_000
    assert sorted(one.cents for one in help_of(desk, file_no).lines) == [-40_000, 100_000]
    desk.must_hold()


# In the year -----------------------------------------------------------------------------------


def test_the_year_is_less_what_came_back_in_it_in_every_table(desk: Purse, tmp_path: Path) -> None:
    number = paid(desk, with_account(desk, 1), with_account(desk, 2))
    recover(desk, number)
    recover(desk, number, 1, amount="1000", voucher="收-10")
    report = desk.register.year.report(desk.actor("accountant"), 2026)
    total = report.total.paid
    assert (total.fen, total.payments, total.recovered, total.recoveries) == (70_000, 2, 130_000, 2)
    assert total.households == 1, "of two one has nothing any more"
    for cut in Cut:
        rows = report.tables[cut].values()
        assert sum(row.fen for row in rows) == report.total.fen, cut
        assert sum(row.paid.payments for row in rows) == 2, cut
        assert sum(row.paid.recoveries for row in rows) == 2, cut
    behind = desk.register.year.behind(desk.actor("accountant"), PaidWanted(2026))
    assert sorted(one.fen for one in behind.lines) == [-100_000, -30_000, 100_000, 100_000]
    assert {one.voucher for one in behind.lines if one.is_recovery} == {"收-9", "收-10"}
    assert sum(one.fen for one in behind.lines) == behind.total.fen
    accountant = Visitor(site_of(desk.engine, tmp_path), desk.engine, "accountant")
    for sheet in load_workbook(io.BytesIO(accountant.get("/funds/year.xlsx").data)):
        assert "已扣除追回 2 笔 1,300.00 元" in str(sheet["A2"].value)
        last = [cell.value for cell in sheet[sheet.max_row]]
        assert (last[0], last[1], last[2], last[4], last[6]) == ("合计", 2, 1, 700, 700)


def test_what_came_back_a_year_later_is_off_that_year(desk: Purse) -> None:
    number = paid(desk, with_account(desk, 1))
    desk.clock.advance(timedelta(days=60))
    recover(desk, number, amount="1000", recovered_on="2027-01-08")
    year, accountant = desk.register.year, desk.actor("accountant")
    before, after = year.report(accountant, 2026), year.report(accountant, 2027)
    assert (before.total.fen, before.total.paid.households) == (100_000, 1)
    assert (after.total.fen, after.total.paid.payments, after.total.was) == (-100_000, 0, 100_000)
    assert after.tables[Cut.MONTH]["01"].paid.fen == -100_000
    assert after.tables[Cut.SOURCE]["own"].fen == -100_000
    assert 2027 in year.report(accountant, 2026).years
    (only,) = year.behind(accountant, PaidWanted(2027, month="01")).lines
    assert (only.is_recovery, only.fen, only.paid_on) == (True, -100_000, date(2027, 1, 8))
    desk.must_hold()


# On the pages ----------------------------------------------------------------------------------


def test_the_cashier_enters_it_on_the_page_of_the_batch(desk: Purse, tmp_path: Path) -> None:
    number = paid(desk, with_account(desk, 1), with_account(desk, 2))
    one = line(desk, number, 1)
    site = site_of(desk.engine, tmp_path)
    cashier = Visitor(site, desk.engine, "cashier")
    address = f"/funds/batches/{number}"
    form_at = f"{address}?recover={one.id}"
    assert f"recover={one.id}#recover" in cashier.text(address)
    page = cashier.text(form_at)
    assert "第 2 行 林模拟2:2026-11-09 已付 1,000.00 元,最多还能追回 1,000.00 元。" in page
    entry = page.split('name="entry" value="')[1][:16]
    typed = {**CAME_BACK, "recover": str(one.id), "entry": entry}
    refused = cashier.post(
        f"{address}/lines/{one.id}/recover", {**typed, "amount": "5000"}, form_at
    )
    assert refused.status_code == 409
    told = refused.get_data(as_text=True)
    assert "最多还能追回 1,000.00 元,不能登记追回 5,000.00 元" in told
    assert f'name="entry" value="{entry}"' in told
    for _ in range(2):
        assert cashier.post(f"{address}/lines/{one.id}/recover", typed, form_at).status_code == 303
    shown = cashier.text(address)
    assert "追回 1 笔 300.00 元" in shown
    assert "收-9" in shown
    accountant = Visitor(site, desk.engine, "accountant")
    assert "登记追回" not in accountant.text(form_at)
    assert "追回 1 笔 300.00 元" in accountant.text(form_at)
    help_tab = Visitor(site, desk.engine, "reviewer").text(f"/households/{one.payee.key}?tab=help")
    assert "-300.00 元" in help_tab
    year = accountant.text("/funds/year?year=2026")
    assert "已扣除追回 1 笔 300.00 元" in year
    listed = accountant.text("/funds/year/payments?year=2026")
    assert "-300.00" in listed
    assert "2 笔,在档户 2 户,其他对象 0 个,已扣除追回 1 笔 300.00 元" in listed
    movements = accountant.text(f"/funds/movements?line={one.line_id}&column=paid")
    assert "追回" in movements
    desk.must_hold()


@pytest.mark.parametrize("odd", ["0", "-1", "abc", "9" * 30, "99999"])
def test_an_odd_line_shows_no_form(desk: Purse, tmp_path: Path, odd: str) -> None:
    number = paid(desk, with_account(desk, 1))
    cashier = Visitor(site_of(desk.engine, tmp_path), desk.engine, "cashier")
    assert 'id="recover"' not in cashier.text(f"/funds/batches/{number}?recover={odd}")
