"""What is registered as not to be paid any more is not paid, wherever its payment stands by then."""

from collections.abc import Callable
from pathlib import Path

import pytest

from engine import SYSTEM
from engine.errors import Conflict
from registry.budget.model import PaymentStatus
from registry.funds.bank_desk import NotAllFit
from registry.help_given import HelpBook
from tests.funds.paying import granted, sent, with_account
from tests.funds.purse import Purse
from tests.support.at_once import at_once
from tests.support.register import Visitor, site_of

BY_VOUCHER = {"pay_result": "paid", "voucher_no": "记-2026-0113", "paid_on": "2026-11-09"}
WHY = "本人已去世"


def stop(desk: Purse, file_no: str) -> object:
    asked = {
        "file_no": file_no,
        "household": "林模拟1",
        "programme": "festival",
        "period": "2026春节",
        "item": "money",
        "reason": WHY,
    }
    return desk.bench.run("funds.stop", asked)["payments"]


def strike_off(desk: Purse, file_no: str) -> None:
    batch = desk.register.batches.listed(SYSTEM)[0][0].batch
    desk.bench.run("household.close", {"file_no": file_no, "reason": "no_longer"}, batch.case_id)


def case_of(desk: Purse, number: str) -> str:
    return desk.register.batches.view(SYSTEM, number).line.batch.case_id


def states(desk: Purse, number: str) -> list[PaymentStatus]:
    return [one.status for one in desk.register.batches.view(SYSTEM, number).payments]


def test_a_draft_with_it_is_not_submitted(desk: Purse) -> None:
    desk.allocate()
    number, accountant = desk.draft(desk.all_lines()[0]), desk.actor("accountant")
    file_no = with_account(desk, 1)
    desk.register.batches.add_household(accountant, number, file_no, "1000")
    assert stop(desk, file_no) == 1
    with pytest.raises(Conflict, match=f"林模拟1已登记不再发放\\({WHY}\\),不能付款"):
        desk.register.batches.submit(accountant, number)
    desk.must_hold()


@pytest.mark.parametrize("how", [stop, strike_off])
def test_of_a_granted_batch_the_others_are_paid_and_it_goes_on_account(
    desk: Purse, tmp_path: Path, how: Callable[[Purse, str], object]
) -> None:
    gone, stays = with_account(desk, 1), with_account(desk, 2)
    number = granted(desk, gone, stays)
    how(desk, gone)
    case_id = case_of(desk, number)
    (step,) = desk.engine.cases.view(SYSTEM, case_id).open_tasks
    page = Visitor(site_of(desk.engine, tmp_path), desk.engine, "cashier").text(f"/tasks/{step.id}")
    assert "1 笔已不能付款,登记付款时转为挂账" in page
    desk.do("cashier", case_id, "pay_county", BY_VOUCHER)
    assert states(desk, number) == [PaymentStatus.HELD, PaymentStatus.PAID]
    book = HelpBook(desk.engine)
    assert [len(book.of_file(desk.actor("reviewer"), one).lines) for one in (gone, stays)] == [
        0,
        1,
    ]
    assert desk.sums(desk.all_lines()[0].id)[2:4] == (1000, 1000)
    held = desk.register.batches.view(SYSTEM, number).payments[0]
    cashier, typed = desk.actor("cashier"), {"voucher": "记-1", "paid_on": "2026-11-09"}
    with pytest.raises(Conflict, match="没有登记"):
        desk.register.held_payments.pay(cashier, number, held.id, typed)
    desk.register.held_payments.give_back(cashier, number, held.id, {"reason": WHY})
    assert desk.sums(desk.all_lines()[0].id)[2:4] == (0, 1000)
    desk.must_hold()


@pytest.mark.parametrize("how", [stop, strike_off])
def test_it_goes_into_no_file_for_the_bank(
    desk: Purse, how: Callable[[Purse, str], object]
) -> None:
    gone = with_account(desk, 1)
    number = granted(desk, gone, with_account(desk, 2))
    how(desk, gone)
    with pytest.raises(NotAllFit, match="第 1 行") as told:
        sent(desk, number)
    assert told.value.others == 1
    sent(desk, number, leave="yes")
    (made,) = desk.register.bank.offer(desk.actor("cashier"), number).made
    assert made.sending.lines == 1
    (left,) = made.left_out
    assert "不能" in left.reason


def test_what_was_paid_stays_paid_and_twice_is_once(desk: Purse) -> None:
    file_no = with_account(desk, 1)
    number = granted(desk, file_no)
    desk.do("cashier", case_of(desk, number), "pay_county", BY_VOUCHER)
    assert stop(desk, file_no) == 0
    assert states(desk, number) == [PaymentStatus.PAID]
    desk.must_hold()


def test_one_who_stops_and_one_who_pays_at_once(desk: Purse) -> None:
    """Whichever comes first: paid and not stopped, or stopped and on account."""
    file_no = with_account(desk, 1)
    number = granted(desk, file_no)
    case_id = case_of(desk, number)
    done = at_once(
        lambda: desk.do("cashier", case_id, "pay_county", BY_VOUCHER),
        lambda: stop(desk, file_no),
    )
    assert [one for one in done if isinstance(one, Exception)] == []
    (one,) = desk.register.batches.view(SYSTEM, number).payments
    assert (one.status, one.stopped) in [
        (PaymentStatus.PAID, ""),
        (PaymentStatus.HELD, WHY),
    ]
    desk.must_hold()


@pytest.mark.parametrize("how", [stop, strike_off])
def test_a_file_for_the_bank_with_it_is_not_handed_out(
    desk: Purse, how: Callable[[Purse, str], object]
) -> None:
    gone, cashier = with_account(desk, 1), desk.actor("cashier")
    number = granted(desk, gone, with_account(desk, 2))
    sending = sent(desk, number)
    assert desk.register.bank.fetch(cashier, number, sending).content
    how(desk, gone)
    with pytest.raises(Conflict, match="不能再下载"):
        desk.register.bank.fetch(cashier, number, sending)
