"""挂账: a batch is closed with what could not be paid, which is paid later or given back."""

from pathlib import Path

import pytest

from engine import SYSTEM
from engine.errors import Conflict, Invalid, NotFound, NotPermitted
from engine.model.cases import EventKind
from engine.store.database import Tx
from registry.budget.model import BatchStatus, PaymentStatus
from registry.help_given import HelpBook
from registry.store.fund_tables import fund_movement
from tests.funds.paying import VOUCHER, banks_answer, granted, sent, take, with_account
from tests.funds.purse import Purse
from tests.support.register import Visitor, site_of

CLOSED = {3: "账户已销户"}
BY_VOUCHER = {"pay_result": "paid", "voucher_no": "记-2026-0113", "paid_on": "2026-11-09"}
HELD = {"pay_result": "held"}


def partly_paid(desk: Purse) -> tuple[str, str]:
    """A batch of three of which the bank has paid two, and its case."""
    number = granted(desk, *(with_account(desk, one) for one in (1, 2, 3)))
    sending = sent(desk, number)
    take(desk, number, sending, banks_answer(desk, number, sending, CLOSED))
    return number, case_of(desk, number)


def held(desk: Purse) -> tuple[str, int]:
    """A closed batch, and the payment of it that is held on account."""
    number, case_id = partly_paid(desk)
    desk.do("cashier", case_id, "pay_county", HELD)
    view = desk.register.batches.view(desk.actor("cashier"), number)
    return number, view.payments[2].id


def case_of(desk: Purse, number: str) -> str:
    return desk.register.batches.view(SYSTEM, number).line.batch.case_id


def statuses(desk: Purse, number: str) -> tuple[BatchStatus, list[str]]:
    view = desk.register.batches.view(SYSTEM, number)
    return view.line.batch.status, [one.status.value for one in view.payments]


def sums(desk: Purse) -> tuple[int, ...]:
    return desk.sums(desk.all_lines()[0].id)


def notes(desk: Purse) -> list[str]:
    def read(tx: Tx) -> list[str]:
        return [row.note for row in tx.execute(fund_movement.select()) if row.kind == "pay"]

    return desk.engine.ask(read)


def test_the_batch_is_closed_and_what_failed_is_held(desk: Purse) -> None:
    number, _ = held(desk)
    assert statuses(desk, number) == (BatchStatus.PAID, ["paid", "paid", "held"])
    assert sums(desk) == (10_000, 0, 1000, 2000, 7000)
    batch = desk.register.batches.view(SYSTEM, number).line.batch
    assert (batch.voucher, str(batch.paid_on)) == ("记-2026-0112", "2026-11-09")
    assert desk.engine.cases.view(SYSTEM, batch.case_id).case.status.value == "completed"
    desk.must_hold()


def test_the_rest_is_paid_by_voucher_at_the_step(desk: Purse) -> None:
    number, case_id = partly_paid(desk)
    desk.do("cashier", case_id, "pay_county", BY_VOUCHER)
    assert statuses(desk, number) == (BatchStatus.PAID, ["paid"] * 3)
    view = desk.register.batches.view(SYSTEM, number)
    assert [one.voucher for one in view.payments] == ["记-2026-0112"] * 2 + ["记-2026-0113"]
    assert sums(desk) == (10_000, 0, 0, 3000, 7000)
    desk.must_hold()


def test_what_the_bank_has_paid_whole_is_only_closed(desk: Purse) -> None:
    number = granted(desk, with_account(desk, 1))
    sending = sent(desk, number)
    take(desk, number, sending, banks_answer(desk, number, sending))
    desk.do("cashier", case_of(desk, number), "pay_county", HELD)
    assert statuses(desk, number) == (BatchStatus.PAID, ["paid"])
    assert desk.register.batches.view(SYSTEM, number).line.batch.voucher == "记-2026-0112"
    desk.must_hold()


def test_while_a_file_waits_the_step_comes_back_with_why(desk: Purse) -> None:
    number = granted(desk, with_account(desk, 1))
    sending, case_id = sent(desk, number), case_of(desk, number)
    for answer in (BY_VOUCHER, {"pay_result": "not_paid", "refusal": "账户有误"}, HELD):
        desk.do("cashier", case_id, "pay_county", answer)
        (step,) = desk.engine.cases.view(SYSTEM, case_id).open_tasks
        told = desk.engine.tasks.view(desk.actor("cashier"), step.id).scope["pay_message"]
        assert f"银行文件 {sending} 还在等待银行结果" in str(told)
    assert statuses(desk, number) == (BatchStatus.APPROVED, ["committed"])
    # Nor by a process that does not ask first.
    for name, asked in (
        ("pay_batch", {"voucher_no": "记-1"}),
        ("release_batch", {"reason": "错了"}),
    ):
        with pytest.raises(Conflict, match="等待银行结果"):
            desk.bench.run(f"funds.{name}", asked, case_id, "xc")
    desk.register.bank_answers.void(desk.actor("cashier"), number, sending, {"confirmed": "yes"})
    desk.do("cashier", case_id, "pay_county", HELD)
    assert statuses(desk, number) == (BatchStatus.PAID, ["held"])
    desk.must_hold()


def test_a_day_that_has_not_come_comes_back_with_why(desk: Purse) -> None:
    number = granted(desk, with_account(desk, 1))
    case_id = case_of(desk, number)
    desk.do("cashier", case_id, "pay_county", {**BY_VOUCHER, "paid_on": "2026-11-10"})
    (step,) = desk.engine.cases.view(SYSTEM, case_id).open_tasks
    told = desk.engine.tasks.view(desk.actor("cashier"), step.id).scope["pay_message"]
    assert told == "付款日期 2026-11-10 还没有到。"
    assert statuses(desk, number) == (BatchStatus.APPROVED, ["committed"])
    desk.do("cashier", case_id, "pay_county", HELD)
    assert statuses(desk, number) == (BatchStatus.PAID, ["held"])
    desk.must_hold()


def test_cash_at_the_step_has_two_witnesses(desk: Purse, tmp_path: Path) -> None:
    number = granted(desk, with_account(desk, 1, bank_account=""))
    case_id = case_of(desk, number)
    cash = {**BY_VOUCHER, "in_cash": True, "witness_1": "王模拟"}
    with pytest.raises(Invalid):
        desk.do("cashier", case_id, "pay_county", cash)
    desk.do("cashier", case_id, "pay_county", {**cash, "witness_2": "王模拟"})
    assert statuses(desk, number)[0] is BatchStatus.APPROVED
    (step,) = desk.engine.cases.view(SYSTEM, case_id).open_tasks
    cashier = Visitor(site_of(desk.engine, tmp_path), desk.engine, "cashier")
    assert "上次没有登记:两名证明人不能是同一人" in cashier.text(f"/tasks/{step.id}")
    desk.do("cashier", case_id, "pay_county", {**cash, "witness_2": "陈模拟"})
    assert statuses(desk, number) == (BatchStatus.PAID, ["paid"])
    assert notes(desk) == ["现金发放,证明人 王模拟、陈模拟"]


def test_not_paid_after_all_gives_back_only_what_the_bank_has_not_paid(desk: Purse) -> None:
    number, case_id = partly_paid(desk)
    desk.do("cashier", case_id, "pay_county", {"pay_result": "not_paid", "refusal": "账户有误"})
    assert statuses(desk, number) == (BatchStatus.PAID, ["paid", "paid", "released"])
    assert sums(desk) == (10_000, 0, 0, 2000, 8000)
    desk.must_hold()


def test_a_case_that_is_cancelled_gives_back_what_is_not_paid(desk: Purse) -> None:
    number, case_id = partly_paid(desk)
    desk.engine.cases.cancel(desk.actor("accountant"), case_id, "开错了")
    assert statuses(desk, number) == (BatchStatus.PAID, ["paid", "paid", "released"])
    assert sums(desk) == (10_000, 0, 0, 2000, 8000)
    desk.must_hold()


def test_no_case_is_cancelled_while_a_file_of_it_waits(desk: Purse) -> None:
    number = granted(desk, with_account(desk, 1))
    sent(desk, number)
    with pytest.raises(Conflict, match="还在等待银行结果"):
        desk.engine.cases.cancel(desk.actor("accountant"), case_of(desk, number), "开错了")
    assert statuses(desk, number) == (BatchStatus.APPROVED, ["committed"])
    desk.must_hold()


def test_what_is_held_is_paid_later_and_recorded(desk: Purse) -> None:
    number, payment_id = held(desk)
    pay, cashier = desk.register.held_payments.pay, desk.actor("cashier")
    for typed, said in (
        ({"voucher": ""}, "请填写记账凭证号"),
        ({"paid_on": "2026-11-10"}, "还没有到"),
        ({"in_cash": "yes"}, "两名证明人"),
        ({"in_cash": "yes", "witness_1": "王模拟", "witness_2": "王模拟"}, "同一人"),
    ):
        with pytest.raises(Invalid, match=said):
            pay(cashier, number, payment_id, {**VOUCHER, **typed})
    pay(cashier, number, payment_id, {**VOUCHER, "voucher": "记-2026-0114"})
    assert statuses(desk, number) == (BatchStatus.PAID, ["paid"] * 3)
    assert sums(desk) == (10_000, 0, 0, 3000, 7000)
    payee = desk.register.batches.view(SYSTEM, number).payments[2].payee
    (entry,) = HelpBook(desk.engine).of_file(desk.actor("reviewer"), payee.key).lines
    assert entry.cents == 100_000
    with pytest.raises(Conflict, match="不在挂账"):
        pay(cashier, number, payment_id, VOUCHER)
    desk.must_hold()


def test_what_is_held_is_given_back(desk: Purse) -> None:
    number, payment_id = held(desk)
    give_back, cashier = desk.register.held_payments.give_back, desk.actor("cashier")
    with pytest.raises(Invalid, match="请写明退回的原因"):
        give_back(cashier, number, payment_id, {})
    give_back(cashier, number, payment_id, {"reason": "本人放弃"})
    assert statuses(desk, number) == (BatchStatus.PAID, ["paid", "paid", "released"])
    assert sums(desk) == (10_000, 0, 0, 2000, 8000)
    with pytest.raises(Conflict, match="不在挂账"):
        give_back(cashier, number, payment_id, {"reason": "本人放弃"})
    with pytest.raises(NotFound):
        give_back(cashier, number, 9_999, {"reason": "本人放弃"})
    desk.must_hold()


def test_who_may_not_pay_settles_nothing(desk: Purse) -> None:
    number, payment_id = held(desk)
    for by in ("accountant", "approver"):
        with pytest.raises(NotPermitted):
            desk.register.held_payments.pay(desk.actor(by), number, payment_id, VOUCHER)


def test_who_granted_settles_nothing(desk: Purse) -> None:
    desk.engine.directory.grant(SYSTEM, "p-approver", "cashier", "xc")
    number, payment_id = held(desk)
    approver, settle = desk.actor("approver"), desk.register.held_payments
    with pytest.raises(NotPermitted, match="您审批"):
        settle.pay(approver, number, payment_id, VOUCHER)
    with pytest.raises(NotPermitted, match="您审批"):
        settle.give_back(approver, number, payment_id, {"reason": "本人放弃"})
    assert not desk.register.batches.view(approver, number).may_settle
    assert desk.register.batches.view(desk.actor("cashier"), number).may_settle


def test_nothing_held_is_paid_before_the_batch_was_submitted(desk: Purse) -> None:
    number, payment_id = held(desk)
    early = {**VOUCHER, "paid_on": "2026-11-08"}
    with pytest.raises(Invalid, match="早于提交批次的 2026-11-09"):
        desk.register.held_payments.pay(desk.actor("cashier"), number, payment_id, early)
    assert statuses(desk, number)[1] == ["paid", "paid", "held"]


def test_whose_file_was_struck_off_since_is_not_paid_but_given_back(desk: Purse) -> None:
    number, payment_id = held(desk)
    settle, cashier = desk.register.held_payments, desk.actor("cashier")
    payee = desk.register.batches.view(SYSTEM, number).payments[2].payee
    desk.bench.run("household.close", {"file_no": payee.key, "reason": "own_wish"})
    with pytest.raises(Conflict, match="档案不在档"):
        settle.pay(cashier, number, payment_id, VOUCHER)
    assert statuses(desk, number)[1] == ["paid", "paid", "held"]
    settle.give_back(cashier, number, payment_id, {"reason": "已注销"})
    assert statuses(desk, number)[1] == ["paid", "paid", "released"]


def test_nobody_is_given_the_same_beside_what_is_held(desk: Purse) -> None:
    number, _ = held(desk)
    payee = desk.register.batches.view(SYSTEM, number).payments[2].payee
    second, maker = desk.draft(desk.all_lines()[0]), desk.actor("accountant")
    desk.register.batches.add_household(maker, second, payee.key, "500")
    with pytest.raises(Conflict, match="同一期间不能重复发放"):
        desk.register.batches.submit(maker, second)


def test_the_cashier_settles_it_on_the_page_of_the_batch(desk: Purse, tmp_path: Path) -> None:
    number, payment_id = held(desk)
    cashier = Visitor(site_of(desk.engine, tmp_path), desk.engine, "cashier")
    address = f"/funds/batches/{number}"
    page = cashier.text(address)
    assert "挂账 1 笔 1,000.00 元" in page
    assert "银行付款失败:账户已销户" in page
    form = {"payment": str(payment_id), **VOUCHER, "in_cash": "yes", "witness_1": "王模拟"}
    refused = cashier.post(f"{address}/lines/{payment_id}/pay", form, address)
    assert refused.status_code == 422
    assert 'value="王模拟"' in refused.get_data(as_text=True)
    back = {"payment": str(payment_id), "reason": "本人放弃"}
    assert cashier.post(f"{address}/lines/{payment_id}/give-back", back, address).status_code == 303
    assert "本人放弃" in cashier.text(address)
    assert statuses(desk, number)[1] == ["paid", "paid", PaymentStatus.RELEASED.value]


def test_the_step_tells_what_the_bank_has_paid_and_what_not(desk: Purse, tmp_path: Path) -> None:
    _, case_id = partly_paid(desk)
    (step,) = desk.engine.cases.view(SYSTEM, case_id).open_tasks
    cashier = Visitor(site_of(desk.engine, tmp_path), desk.engine, "cashier")
    page = cashier.text(f"/tasks/{step.id}")
    assert "银行已付 2 笔,还有 1 笔没有付,列在最前" in page
    assert "银行付款失败:账户已销户" in page
    assert "/bank-file" in page


def test_the_operation_itself_refuses_who_made_or_granted_the_batch(desk: Purse) -> None:
    number = granted(desk, with_account(desk, 1))
    case_id, paid = case_of(desk, number), {"voucher_no": "记-1"}
    with pytest.raises(Conflict, match="这一批是您制单的,按规定由别人付款,没有登记付款"):
        desk.bench.run("funds.pay_batch", paid, case_id, "xc", by="accountant")
    with pytest.raises(Conflict, match="这一批是您审批的,按规定由别人付款,没有登记付款"):
        desk.bench.run("funds.pay_batch", paid, case_id, "xc", by="approver")
    assert statuses(desk, number) == (BatchStatus.APPROVED, ["committed"])
    assert sums(desk) == (10_000, 0, 1000, 0, 9000)
    desk.bench.run("funds.pay_batch", paid, case_id, "xc", by="cashier")
    assert statuses(desk, number) == (BatchStatus.PAID, ["paid"])


def test_what_is_paid_beside_the_step_stands_in_the_history_of_the_case(
    desk: Purse, tmp_path: Path
) -> None:
    number, case_id = partly_paid(desk)
    with pytest.raises(Conflict):  # what is refused is not told
        desk.register.held_payments.pay(
            desk.actor("cashier"),
            number,
            desk.register.batches.view(SYSTEM, number).payments[2].id,
            VOUCHER,
        )

    def told() -> list[str]:
        found = desk.engine.cases.history(SYSTEM, case_id, 0, 500)
        return [str(one.detail.get("act")) for one in found if one.kind is EventKind.GRANT]

    assert told() == ["已批", "银行付款"]
    desk.do("cashier", case_id, "pay_county", HELD)
    (_, _, third) = desk.register.batches.view(SYSTEM, number).payments
    desk.register.held_payments.pay(desk.actor("cashier"), number, third.id, VOUCHER)
    assert told()[2] == "挂账"
    assert told()[-1] == "补付"
    page = Visitor(site_of(desk.engine, tmp_path), desk.engine, "cashier").text(
        f"/cases/{case_id}?tab=history"
    )
    assert "模拟cashier登记资金:银行付款 2 笔 2,000.00 元。" in page
    assert "模拟cashier登记资金:补付 林模拟3 1,000.00 元。" in page
    desk.must_hold()
