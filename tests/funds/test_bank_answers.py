"""What a bank sends back: taken over as a whole, once, or refused in words with nothing moved."""

import io
from collections.abc import Callable
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import text

import registry
from engine import SYSTEM
from engine.errors import Conflict, Invalid, NotPermitted
from engine.store.instants import to_text
from registry.budget.bank_formats import BankColumn
from registry.budget.model import PaymentStatus
from registry.funds.bank_answers import PaidAfterAll, ResultRefused
from registry.funds.bank_desk import NotAllFit
from registry.help_given import HelpBook
from registry.store.bank_sendings import SendingState
from registry.store.fund_tables import bank_sending
from tests.funds.bank import Row, Spoil
from tests.funds.paying import (
    CSV,
    VOUCHER,
    banks_answer,
    granted,
    sent,
    take,
    with_account,
    with_account_of,
)
from tests.funds.purse import Purse
from tests.support.at_once import at_once
from tests.support.register import Visitor, site_of
from webapp.funds.bank_upload import read_result

CLOSED = {3: "账户已销户"}
WIDE = {ord(digit): 0xFF10 + int(digit) for digit in "0123456789"}


def three(desk: Purse) -> tuple[str, list[str]]:
    """A granted batch of three households, and their files."""
    files = [with_account(desk, number) for number in (1, 2, 3)]
    return granted(desk, *files), files


def statuses(desk: Purse, number: str) -> list[PaymentStatus]:
    view = desk.register.batches.view(desk.actor("cashier"), number)
    return [one.status for one in view.payments]


def made_of(desk: Purse, number: str) -> list[str]:
    offer = desk.register.bank.offer(desk.actor("cashier"), number)
    return [one.sending.number for one in offer.made]


def sums(desk: Purse) -> tuple[int, ...]:
    return desk.sums(desk.all_lines()[0].id)


def helped(desk: Purse, file_no: str) -> list[tuple[int, str]]:
    lines = HelpBook(desk.engine).of_file(desk.actor("reviewer"), file_no).lines
    return [(one.cents, str(one.given_on)) for one in lines]


def test_what_the_bank_has_paid_is_paid_and_what_failed_stays_granted(desk: Purse) -> None:
    number, files = three(desk)
    sending = sent(desk, number)
    taken = take(desk, number, sending, banks_answer(desk, number, sending, CLOSED))
    assert (taken.paid, taken.failed, taken.is_new) == (2, 1, True)
    assert statuses(desk, number) == [
        PaymentStatus.PAID,
        PaymentStatus.PAID,
        PaymentStatus.COMMITTED,
    ]
    assert sums(desk) == (10_000, 0, 1000, 2000, 7000)
    assert helped(desk, files[0]) == [(100_000, "2026-11-09")]
    assert helped(desk, files[2]) == []
    offer = desk.register.bank.offer(desk.actor("cashier"), number)
    (made,) = offer.made
    assert (made.sending.state, made.paid, made.failed) == (SendingState.ANSWERED, 2, 1)
    assert made.sending.answer is not None
    assert made.sending.answer.voucher == VOUCHER["voucher"]
    assert [(one.payment.number, one.reason) for one in offer.left] == [
        (3, "银行付款失败:账户已销户")
    ]
    entries = desk.engine.audit.entries(0, 9_999)
    assert [one.action for one in entries if one.action == "bank-result-taken"] != []
    desk.must_hold()


def test_the_same_result_again_changes_nothing_and_another_is_refused(desk: Purse) -> None:
    number, _ = three(desk)
    sending = sent(desk, number)
    result = banks_answer(desk, number, sending, CLOSED)
    take(desk, number, sending, result)
    before = sums(desk)
    again = take(desk, number, sending, result.decode("gbk").encode(), voucher="记-2")
    assert (again.paid, again.failed, again.is_new) == (2, 1, False)
    with pytest.raises(Conflict, match="说得不一样"):
        take(desk, number, sending, banks_answer(desk, number, sending))
    assert sums(desk) == before
    desk.must_hold()


def test_what_failed_comes_back_once_and_corrected(desk: Purse) -> None:
    number, files = three(desk)
    first = sent(desk, number)
    take(desk, number, first, banks_answer(desk, number, first, CLOSED))
    with pytest.raises(NotAllFit, match="账号没有更正"):
        sent(desk, number)
    with_account_of(desk, files[2], "6222000000000000099")
    second = sent(desk, number)
    take(desk, number, second, banks_answer(desk, number, second, {3: "户名不符"}))
    with_account_of(desk, files[2], "6222000000000000098")
    with pytest.raises(NotAllFit, match="已两次付款失败"):
        sent(desk, number)
    assert sums(desk) == (10_000, 0, 1000, 2000, 7000)
    desk.must_hold()


def test_what_waits_is_in_no_other_file_unless_the_first_is_void(desk: Purse) -> None:
    poor = with_account(desk, 2, bank_account="")
    number = granted(desk, with_account(desk, 1), poor)
    first = sent(desk, number, leave="yes")
    with_account_of(desk, poor, "6222000000000000002")
    second = sent(desk, number)
    offer = desk.register.bank.offer(desk.actor("cashier"), number)
    assert [one.sending.lines for one in offer.made] == [1, 1]
    with pytest.raises(Conflict, match="没有交给银行"):
        sent(desk, number)
    third = sent(desk, number, again="yes")
    states = {
        one.sending.number: one.sending.state
        for one in desk.register.bank.offer(desk.actor("cashier"), number).made
    }
    assert states == {
        first: SendingState.VOIDED,
        second: SendingState.VOIDED,
        third: SendingState.WAITING,
    }
    with pytest.raises(Conflict, match=f"又写进了 {third}"):
        take(desk, number, first, banks_answer(desk, number, first))
    assert sums(desk)[3] == 0


def test_which_file_is_later_is_told_by_its_number_not_by_the_clock(desk: Purse) -> None:
    number, _ = three(desk)
    first = sent(desk, number)
    content = banks_answer(desk, number, first)
    second = sent(desk, number, again="yes")
    # As if the clock had been set back before the second was made.
    after = to_text(desk.clock.now() + timedelta(hours=1))
    table = bank_sending
    set_back = table.update().where(table.c.number == first).values(made_at=after)
    desk.engine.execute(lambda tx: tx.execute(set_back))
    assert made_of(desk, number) == [second, first]
    with pytest.raises(Conflict, match=f"又写进了 {second}"):
        take(desk, number, first, content)
    assert sums(desk)[3] == 0


def test_the_result_of_one_file_is_not_taken_for_another(desk: Purse) -> None:
    file_no = with_account(desk, 1)
    number = granted(desk, file_no)
    first = sent(desk, number)
    content = banks_answer(desk, number, first, {1: "账户已销户"})
    take(desk, number, first, content)
    with_account_of(desk, file_no, "6222000000000000099")
    second = sent(desk, number)
    with pytest.raises(ResultRefused) as refused:
        take(desk, number, second, content)
    said = f"这是批次“{number}-1”的结果,不是 {number}-2 的"
    assert said in refused.value.problems[0].message
    assert take(desk, number, second, banks_answer(desk, number, second)).paid == 1
    desk.must_hold()


@pytest.mark.parametrize("form", ["simulated_csv", "simulated_txt", "simulated_xlsx"])
def test_no_two_files_of_a_batch_are_called_the_same(desk: Purse, form: str) -> None:
    number, _ = three(desk)
    cashier, content = desk.actor("cashier"), b""
    names = set()
    for again in ("", "yes"):
        content = content or banks_answer(desk, number, sent(desk, number, format=form))
        sending = (
            sent(desk, number, format=form, again="yes") if again else made_of(desk, number)[0]
        )
        names.add(desk.register.bank.fetch(cashier, number, sending).name)
    assert len(names) == 2
    with pytest.raises(ResultRefused, match="对不上"):
        take(desk, number, made_of(desk, number)[0], content)


def test_files_made_before_they_had_numbers_of_their_own_are_told_apart(desk: Purse) -> None:
    file_no = with_account(desk, 1)
    number = granted(desk, file_no)
    first = sent(desk, number)
    shared = bank_sending.update().values(bank_no=number)
    desk.engine.execute(lambda tx: tx.execute(shared))
    content = banks_answer(desk, number, first, {1: "账户已销户"})
    take(desk, number, first, content)
    with_account_of(desk, file_no, "6222000000000000099")
    second = sent(desk, number)
    desk.engine.execute(lambda tx: tx.execute(shared))
    with pytest.raises(Conflict, match=f"已经作为 {first} 的结果导入过"):
        take(desk, number, second, content)
    assert take(desk, number, second, banks_answer(desk, number, second)).paid == 1
    desk.must_hold()


POOR = {"why": "付款账户余额不足,整批未付"}


def chosen(desk: Purse, number: str, *serials: int) -> list[int]:
    offer = desk.register.bank.offer(desk.actor("cashier"), number)
    return [one.payment.id for one in offer.left if one.payment.number in serials]


def test_what_failed_because_of_the_payer_goes_out_again_as_it_was(desk: Purse) -> None:
    number, _ = three(desk)
    again, cashier = desk.register.bank_again, desk.actor("cashier")
    for _time in range(3):
        sending = sent(desk, number)
        failed = dict.fromkeys((1, 2, 3), "余额不足")
        assert take(desk, number, sending, banks_answer(desk, number, sending, failed)).failed == 3
        with pytest.raises(NotAllFit, match="账户无误的,先登记"):
            sent(desk, number)
        assert again.excuse_all(cashier, number, POOR) == 3
    offer = desk.register.bank.offer(cashier, number)
    assert (
        offer.left[0].reason == "银行付款失败:余额不足;账户无误,原样再付:付款账户余额不足,整批未付"
    )
    sending = sent(desk, number)
    assert take(desk, number, sending, banks_answer(desk, number, sending)).paid == 3
    said = [one for one in desk.engine.audit.entries(0, 9_999) if one.action == "bank-lines-again"]
    assert len(said) == 3
    desk.must_hold()


def test_only_the_lines_that_were_ticked_go_out_again(desk: Purse) -> None:
    number, _ = three(desk)
    again, cashier = desk.register.bank_again, desk.actor("cashier")
    sending = sent(desk, number)
    failed = {1: "系统超时", 2: "系统超时", 3: "账户已销户"}
    take(desk, number, sending, banks_answer(desk, number, sending, failed))
    with pytest.raises(Invalid, match="请写明原样再付的原因"):
        again.excuse(cashier, number, chosen(desk, number, 1, 2), {})
    with pytest.raises(Invalid, match="请选择"):
        again.excuse(cashier, number, [], POOR)
    assert again.excuse(cashier, number, chosen(desk, number, 1, 2), POOR) == 2
    with pytest.raises(Conflict, match="刚刚有变动"):
        again.excuse(cashier, number, chosen(desk, number, 1), POOR)
    with pytest.raises(NotPermitted):
        again.excuse(desk.actor("approver"), number, chosen(desk, number, 3), POOR)
    second = sent(desk, number, leave="yes")
    assert take(desk, number, second, banks_answer(desk, number, second)).paid == 2
    assert sums(desk) == (10_000, 0, 1000, 2000, 7000)
    desk.must_hold()


def test_the_cashier_ticks_them_at_the_page(desk: Purse, tmp_path: Path) -> None:
    number, _ = three(desk)
    sending = sent(desk, number)
    failed = dict.fromkeys((1, 2, 3), "余额不足")
    take(desk, number, sending, banks_answer(desk, number, sending, failed))
    cashier = Visitor(site_of(desk.engine, tmp_path), desk.engine, "cashier")
    address = f"/funds/batches/{number}/bank-file"
    shown = cashier.text(address)
    assert "失败的 3 笔全选" in shown
    assert shown.count('name="line"') == 3
    told = cashier.post(f"{address}/again", {"why": "", "line": "1"}, address)
    assert told.status_code == 422
    assert "请写明原样再付的原因" in told.get_data(as_text=True)
    done = cashier.post(f"{address}/again", {**POOR, "all": "yes"}, address)
    assert done.status_code == 303
    assert "已登记 3 笔账户无误" in cashier.text(address)
    assert sent(desk, number)


def settled(desk: Purse, number: str, data: dict[str, str]) -> None:
    """The step 付款并登记 done."""
    case_id = desk.register.batches.view(desk.actor("cashier"), number).line.batch.case_id
    desk.do("cashier", case_id, "pay_county", data)


GIVEN_UP = {"pay_result": "not_paid", "refusal": "名单作废"}
IN_CASH = {"pay_result": "paid", "voucher_no": "记-2026-0200", "paid_on": "2026-11-09"}
HELD = {"pay_result": "held"}


@pytest.mark.parametrize(
    ("closing", "status", "said"),
    [
        (GIVEN_UP, PaymentStatus.RELEASED, "已退回指标的 2 笔 2,000.00 元:请会计"),
        (IN_CASH, PaymentStatus.PAID, "已另行付清的 2 笔 2,000.00 元:银行又付了一次,请追回"),
        (HELD, PaymentStatus.HELD, "挂账的 2 笔 2,000.00 元:请在批次页"),
    ],
    ids=["given up", "paid by voucher", "held"],
)
def test_what_went_out_after_the_batch_was_closed_is_told_yuan_by_yuan(
    desk: Purse, closing: dict[str, str], status: PaymentStatus, said: str
) -> None:
    number, _ = three(desk)
    sending, cashier = sent(desk, number), desk.actor("cashier")
    content = banks_answer(desk, number, sending, CLOSED)
    nothing = banks_answer(desk, number, sending, dict.fromkeys((1, 2, 3), "余额不足"))
    desk.register.bank_answers.void(cashier, number, sending, {"confirmed": "yes"})
    settled(desk, number, closing)
    before = sums(desk)
    with pytest.raises(PaidAfterAll, match="账上还没有") as refused:
        take(desk, number, sending, content)
    assert "银行付出了 2 笔 2,000.00 元,账上还没有" in refused.value.message
    assert said in refused.value.message
    assert statuses(desk, number) == [status] * 3
    assert sums(desk) == before
    with pytest.raises(Conflict, match="没有付出的"):
        take(desk, number, sending, nothing)
    acts = [one.action for one in desk.engine.audit.entries(0, 9_999)]
    assert acts.count("bank-paid-after-all") == 1
    desk.must_hold()


def test_the_page_of_a_closed_batch_takes_the_result_of_a_void_file(
    desk: Purse, tmp_path: Path
) -> None:
    number, _ = three(desk)
    sending = sent(desk, number)
    content = banks_answer(desk, number, sending)
    answers = desk.register.bank_answers
    answers.void(desk.actor("cashier"), number, sending, {"confirmed": "yes"})
    settled(desk, number, GIVEN_UP)
    cashier = Visitor(site_of(desk.engine, tmp_path), desk.engine, "cashier")
    address = f"/funds/batches/{number}/bank-file"
    assert "其实已交给银行" in cashier.text(address)
    told = cashier.post(
        f"{address}/{sending}/result",
        {**VOUCHER, "file": (io.BytesIO(content), "结果.csv")},
        f"{address}?of={sending}",
    )
    assert told.status_code == 409
    assert "但银行付出了 3 笔 3,000.00 元" in told.get_data(as_text=True)


def test_why_it_failed_is_told_no_more_while_the_line_waits_again(desk: Purse) -> None:
    file_no = with_account(desk, 1)
    number = granted(desk, file_no)
    first = sent(desk, number)
    take(desk, number, first, banks_answer(desk, number, first, {1: "账户已销户"}))
    view = desk.register.batches.view(desk.actor("cashier"), number)
    assert list(view.unpaid.values()) == ["银行付款失败:账户已销户"]
    with_account_of(desk, file_no, "6222000000000000099")
    sent(desk, number)
    assert desk.register.batches.view(desk.actor("cashier"), number).unpaid == {}


def test_no_account_in_a_banks_reason_is_kept(desk: Purse) -> None:
    number, _ = three(desk)
    sending = sent(desk, number)
    failed = {
        1: "账号 6222 0000-0000 0000 001 已销户",
        2: "字" * 90 + "6222000000000000002",
        3: "6222000000000000003".translate(WIDE) + "户名不符,编号 1234567",
    }
    take(desk, number, sending, banks_answer(desk, number, sending, failed))
    offer = desk.register.bank.offer(desk.actor("cashier"), number)
    assert [one.reason for one in offer.left] == [
        "银行付款失败:账号 尾号 0001 已销户",
        f"银行付款失败:{'字' * 90}尾号 0002",
        "银行付款失败:尾号 0003户名不符,编号 1234567",
    ]


def test_a_void_file_that_went_out_after_all_is_answered(desk: Purse) -> None:
    number, _ = three(desk)
    sending, cashier = sent(desk, number), desk.actor("cashier")
    with pytest.raises(Invalid, match="请先确认"):
        desk.register.bank_answers.void(cashier, number, sending, {})
    desk.register.bank_answers.void(cashier, number, sending, {"confirmed": "yes"})
    with pytest.raises(Conflict, match="已经作废"):
        desk.register.bank_answers.void(cashier, number, sending, {"confirmed": "yes"})
    with pytest.raises(Conflict, match="不再提供下载"):
        desk.register.bank.fetch(cashier, number, sending)
    assert take(desk, number, sending, banks_answer(desk, number, sending)).paid == 3
    desk.must_hold()


def unknown(rows: list[Row]) -> None:
    rows.append({**rows[0], BankColumn.SERIAL: "77"})


def doubled(rows: list[Row]) -> None:
    rows.append(rows[0])


def wrong_amount(rows: list[Row]) -> None:
    rows[1][BankColumn.AMOUNT] = "1000.01"


def cut_off(rows: list[Row]) -> None:
    del rows[2]


def of_another_batch(rows: list[Row]) -> None:
    for row in rows:
        row[BankColumn.BATCH] = "发-350602-2026-000099"


WRONG: dict[str, Spoil] = {
    "本批没有序号“77”这一行": unknown,
    "序号 1 在第 2 行已经有结果": doubled,
    "金额是 1,000.01 元,本批序号 2 是 1,000.00 元": wrong_amount,
    "有 1 行没有结果:3 林模拟3": cut_off,
    "这是批次“发-350602-2026-000099”的结果": of_another_batch,
}


def test_a_result_with_anything_wrong_in_it_moves_no_fen(desk: Purse) -> None:
    number, _ = three(desk)
    sending = sent(desk, number)
    for (said, spoil), encoding in product(WRONG.items(), ("gbk", "utf-8")):
        content = banks_answer(desk, number, sending, CLOSED, spoil, encoding)
        with pytest.raises(ResultRefused, match="没有登记任何付款") as refused:
            take(desk, number, sending, content)
        assert any(said in one.message for one in refused.value.problems), said
    assert sums(desk) == (10_000, 0, 3000, 0, 7000)
    assert desk.register.bank.offer(desk.actor("cashier"), number).waiting == (3, 300_000)
    desk.must_hold()


def test_totals_that_do_not_come_out_are_told(desk: Purse) -> None:
    number, _ = three(desk)
    sending = sent(desk, number, format="simulated_txt")
    content = banks_answer(desk, number, sending).replace(b"|3|", b"|4|", 1)
    with pytest.raises(ResultRefused) as refused:
        take(desk, number, sending, content)
    assert "汇总行写的是“4”,共 3 行" in refused.value.problems[0].message
    assert sums(desk)[3] == 0


def test_voucher_and_day_are_asked_for(desk: Purse) -> None:
    number, _ = three(desk)
    sending = sent(desk, number)
    content = banks_answer(desk, number, sending)
    for typed, said in (
        ({"voucher": " "}, "请填写记账凭证号"),
        ({"paid_on": "2026-11-10"}, "还没有到"),
        ({"paid_on": "2026-11-08"}, "早于制作文件的 2026-11-09"),
        ({"paid_on": "昨天"}, "请写成"),
    ):
        with pytest.raises(Invalid, match=said):
            take(desk, number, sending, content, **typed)
    assert sums(desk)[3] == 0


def test_who_may_not_pay_brings_no_result(desk: Purse) -> None:
    number, _ = three(desk)
    sending = sent(desk, number)
    content = banks_answer(desk, number, sending)
    for by in ("accountant", "approver"):
        with pytest.raises(NotPermitted):
            take(desk, number, sending, content, by=by)


def test_who_granted_brings_no_result_and_makes_nothing_void(desk: Purse) -> None:
    desk.engine.directory.grant(SYSTEM, "p-approver", "cashier", "xc")
    number, _ = three(desk)
    sending, answers = sent(desk, number), desk.register.bank_answers
    cashier, approver = desk.actor("cashier"), desk.actor("approver")
    form, asked = answers.sent(cashier, number, sending)
    result = read_result(form, "结果.csv", banks_answer(desk, number, sending), asked)
    for act in (
        lambda: answers.sent(approver, number, sending),
        lambda: answers.take(approver, number, sending, result, VOUCHER),
        lambda: answers.void(approver, number, sending, {"confirmed": "yes"}),
    ):
        with pytest.raises(NotPermitted, match="您审批"):
            act()
    assert sums(desk)[3] == 0


@pytest.mark.parametrize("by", ["accountant", "approver"])
def test_the_invariants_look_for_who_pays_what_she_rostered_or_granted(
    desk: Purse, by: str
) -> None:
    number, _ = three(desk)
    desk.must_hold()
    case_id = desk.register.batches.view(SYSTEM, number).line.batch.case_id
    desk.bench.run("funds.pay_batch", {"voucher_no": "记-1"}, case_id, "xc", "cashier")
    desk.must_hold()
    with desk.engine.database.unit_of_work() as work:  # as no command would write it
        written = text("UPDATE fund_movement SET by_id = :by WHERE kind = 'pay'")
        work.tx.execute(written, {"by": f"p-{by}"})
        work.commit()
    broken = [said for one in registry.invariants(desk.engine) for said in one.broken]
    assert broken == [f"batch {number} was paid by who rostered or granted it"]


def test_two_cashiers_who_bring_it_at_once_pay_once(desk: Purse) -> None:
    number, files = three(desk)
    sending = sent(desk, number)
    content = banks_answer(desk, number, sending, CLOSED)

    def bring(by: str) -> Callable[[], object]:
        return lambda: take(desk, number, sending, content, by=by).is_new

    assert sorted(map(str, at_once(bring("cashier"), bring("city_cashier")))) == ["False", "True"]
    assert sums(desk) == (10_000, 0, 1000, 2000, 7000)
    assert len(helped(desk, files[0])) == 1
    desk.must_hold()


def test_two_cashiers_who_make_it_at_once_make_one_file(desk: Purse) -> None:
    number, _ = three(desk)
    done = at_once(*(lambda by=by: sent(desk, number, by) for by in ("cashier", "city_cashier")))
    assert sum(isinstance(one, Conflict) for one in done) == 1
    assert len(desk.register.bank.offer(desk.actor("cashier"), number).made) == 1


def test_the_cashier_brings_the_result_at_the_page_of_the_batch(
    desk: Purse, tmp_path: Path
) -> None:
    number, _ = three(desk)
    cashier = Visitor(site_of(desk.engine, tmp_path), desk.engine, "cashier")
    address = f"/funds/batches/{number}/bank-file"
    assert cashier.post(address, CSV, address).status_code == 303
    (sending,) = [
        one.sending.number for one in desk.register.bank.offer(desk.actor("cashier"), number).made
    ]
    assert "等待银行结果" in cashier.text(address)
    result = f"{address}/{sending}/result"

    def bring(content: bytes) -> tuple[int, str]:
        fields = {**VOUCHER, "file": (io.BytesIO(content), "结果.csv")}
        answer = cashier.post(result, fields, address)
        return answer.status_code, answer.get_data(as_text=True)

    status, told = bring(banks_answer(desk, number, sending, CLOSED, wrong_amount))
    assert status == 422
    assert "金额是 1,000.01 元" in told
    assert 'value="记-2026-0112"' in told
    assert bring(b"")[0] == 422
    content = banks_answer(desk, number, sending, CLOSED)
    assert bring(content)[0] == 303
    page = cashier.text(address)
    assert "成功 2 笔,失败 1 笔" in page
    assert "银行付款失败:账户已销户" in page
    assert bring(content)[0] == 303
    assert "已经导入过,没有改动" in cashier.text(address)
    void = cashier.post(f"{address}/{sending}/void", {"confirmed": "yes"}, address)
    assert void.status_code == 409


def test_the_payment_step_tells_who_has_no_account(desk: Purse, tmp_path: Path) -> None:
    number = granted(desk, with_account(desk, 1), with_account(desk, 2, bank_account=""))
    case_id = desk.register.batches.listed(SYSTEM)[0][0].batch.case_id
    (step,) = desk.engine.cases.view(SYSTEM, case_id).open_tasks
    cashier = Visitor(site_of(desk.engine, tmp_path), desk.engine, "cashier")
    page = cashier.text(f"/tasks/{step.id}")
    assert "1 笔的档案中没有银行账号" in page
    assert "没有例外" not in page
    with_account_of(
        desk,
        desk.register.batches.view(SYSTEM, number).payments[1].payee.key,
        "6222000000000000002",
    )
    page = cashier.text(f"/tasks/{step.id}")
    assert "没有例外" in page
    assert "没有银行账号" not in page
