"""A batch: typed by hand, checked as a whole, approved by another, paid by a third; transfers."""

from datetime import timedelta

import pytest

import registry
from engine import SYSTEM
from engine.errors import Conflict, Invalid, NotFound, NotPermitted, SeparationOfDuties
from engine.model.operations import Cancelled
from registry.budget.model import BatchStatus, BudgetLine, PaymentStatus
from registry.help_given import HelpBook
from registry.store.funds import Narrowing
from tests.funds.purse import Purse, id_number

AGREED = {"decision": "agree"}
PAID = {"pay_result": "paid", "voucher_no": "记-2026-0112", "paid_on": "2026-11-09"}


def roster(desk: Purse, line: BudgetLine, *amounts: str, first: int = 1) -> str:
    """A draft with so many households."""
    number = desk.draft(line)
    for place, amount in enumerate(amounts, start=first):
        file_no = desk.household(place)
        desk.register.batches.add_household(desk.actor("accountant"), number, file_no, amount)
    return number


def submitted(desk: Purse, line: BudgetLine, *amounts: str, first: int = 1) -> tuple[str, str]:
    number = roster(desk, line, *amounts, first=first)
    return number, desk.register.batches.submit(desk.actor("accountant"), number)


def status(desk: Purse, number: str) -> BatchStatus:
    return desk.register.batches.view(desk.actor("accountant"), number).line.batch.status


def test_a_batch_is_reserved_granted_paid_and_recorded(desk: Purse) -> None:
    line = desk.allocate()
    number, case_id = submitted(desk, line, "1000", "1,500.00")
    assert number == "发-350602-2026-000001"
    assert desk.sums(line.id) == (10_000, 2500, 0, 0, 7500)
    title = desk.engine.cases.view(SYSTEM, case_id).case.title
    assert title == "芗城模拟区总工会 送温暖 2026春节 慰问金(2 笔 2,500.00 元)"
    desk.do("approver", case_id, "approve_county", AGREED)
    assert desk.sums(line.id) == (10_000, 0, 2500, 0, 7500)
    assert status(desk, number) is BatchStatus.APPROVED
    desk.do("cashier", case_id, "pay_county", PAID)
    assert desk.sums(line.id) == (10_000, 0, 0, 2500, 7500)
    view = desk.register.batches.view(desk.actor("cashier"), number)
    assert (view.line.batch.voucher, str(view.line.batch.paid_on)) == ("记-2026-0112", "2026-11-09")
    for one in view.payments:
        (entry,) = HelpBook(desk.engine).of_file(desk.actor("reviewer"), one.payee.key).lines
        assert (entry.cents, entry.kind) == (one.fen, "送温暖")
    desk.must_hold()


def test_what_is_more_than_there_is_is_said_and_neither_submitted_nor_reserved(desk: Purse) -> None:
    line = desk.allocate(amount="4,511,000")
    number = desk.draft(line)
    batches, actor = desk.register.batches, desk.actor("accountant")
    for place in range(3):
        desk.household(place)
    assert batches.add_every(actor, number, "1000", "") == 3
    for place, amount in enumerate(("2,000,000", "2,540,000"), start=1):
        named = {"payee": "village", "name": f"模拟村{place}", "amount": amount}
        with pytest.raises(Invalid, match="不能发给这一类对象"):
            batches.add_payee(actor, number, named)
    for place, amount in enumerate(("2,000,000", "2,540,000"), start=1):
        person = {"payee": "person", "name": f"模拟人{place}", "code": id_number(900 + place)}
        batches.add_payee(actor, number, {**person, "amount": amount, "exception": "模拟"})
    with pytest.raises(Conflict) as refused:
        batches.submit(actor, number)
    assert refused.value.message == (
        "本批合计 454.30 万元,超过可用指标 3.20 万元,未提交、未占用资金。请减少名单或申请调剂。"
    )
    assert status(desk, number) is BatchStatus.DRAFT
    assert desk.sums(line.id) == (4_511_000, 0, 0, 0, 4_511_000)
    assert len(desk.engine.cases.search(SYSTEM, "送温暖")) == 0
    view = batches.view(actor, number)
    assert (view.over, len(view.payments), view.line.batch.case_id) == (3_200_000, 5, "")
    batches.take_out(actor, number, view.payments[-1].id)
    batches.submit(actor, number)
    assert desk.sums(line.id)[1] == 2_003_000
    desk.must_hold()


def test_refused_with_a_reason_the_money_is_free_and_the_list_can_be_used_again(
    desk: Purse,
) -> None:
    line = desk.allocate()
    number, case_id = submitted(desk, line, "1000", "1500")
    desk.do("approver", case_id, "approve_county", {"decision": "refuse", "refusal": "第 2 户已领"})
    assert desk.sums(line.id) == (10_000, 0, 0, 0, 10_000)
    batches, actor = desk.register.batches, desk.actor("accountant")
    view = batches.view(actor, number)
    assert (view.line.batch.status, view.line.batch.reason) == (BatchStatus.REFUSED, "第 2 户已领")
    assert {one.status for one in view.payments} == {PaymentStatus.RELEASED}
    fresh = batches.copy(actor, number)
    again = batches.view(actor, fresh)
    assert [one.fen for one in again.payments] == [100_000, 150_000]
    batches.take_out(actor, fresh, again.payments[1].id)
    batches.submit(actor, fresh)
    assert desk.sums(line.id)[1] == 1000
    desk.must_hold()


def test_a_batch_can_be_withdrawn_until_it_is_approved(desk: Purse) -> None:
    line = desk.allocate()
    number, case_id = submitted(desk, line, "1000")
    told, actor = {"reason": "名单有误"}, desk.actor("accountant")
    assert desk.engine.messages.send(actor, "batch_withdrawn", {"case": case_id}, told) == 1
    assert desk.sums(line.id)[1] == 0
    assert status(desk, number) is BatchStatus.WITHDRAWN
    desk.must_hold()


def test_not_paid_after_all_the_money_is_free(desk: Purse) -> None:
    line = desk.allocate()
    _, case_id = submitted(desk, line, "1000")
    desk.do("approver", case_id, "approve_county", AGREED)
    desk.do("cashier", case_id, "pay_county", {"pay_result": "not_paid", "refusal": "账户有误"})
    assert desk.sums(line.id) == (10_000, 0, 0, 0, 10_000)
    desk.must_hold()


def test_nobody_approves_a_batch_she_rostered(desk: Purse) -> None:
    line = desk.allocate()
    desk.engine.directory.grant(desk.actor("admin"), "p-approver", "accountant", "xc")
    number = desk.draft(line, "approver")
    approver = desk.actor("approver")
    desk.register.batches.add_household(approver, number, desk.household(1), "1000")
    case_id = desk.register.batches.submit(approver, number)
    with pytest.raises(SeparationOfDuties):
        desk.do("approver", case_id, "approve_county", AGREED)
    assert desk.sums(line.id)[1:3] == (1000, 0)
    # Nor by a process that forgets to say so.
    with pytest.raises(Conflict, match="不能由您审批"):
        desk.bench.run("funds.commit_batch", {"batch_no": number}, case_id)
    desk.must_hold()


def test_the_city_approves_and_pays_its_own(desk: Purse) -> None:
    line = desk.allocate("city_accountant", unit="zz", source="central")
    number = desk.draft(line, "city_accountant")
    actor = desk.actor("city_accountant")
    desk.register.batches.add_household(actor, number, desk.household(1), "1000")
    far = desk.household(2, "lw-u")
    desk.register.batches.add_household(actor, number, far, "1000")
    case_id = desk.register.batches.submit(actor, number)
    with pytest.raises(NotFound):
        desk.register.batches.view(desk.actor("accountant"), number)
    desk.do("leader", case_id, "approve_city", AGREED)
    desk.do("city_cashier", case_id, "pay_city", PAID)
    assert desk.sums(line.id) == (10_000, 0, 0, 2000, 8000)
    desk.must_hold()


def test_twice_in_one_list_or_in_two_is_said_by_name(desk: Purse) -> None:
    line = desk.allocate()
    first, _ = submitted(desk, line, "1000")
    batches, actor = desk.register.batches, desk.actor("accountant")
    held = batches.view(actor, first).payments[0].payee
    second = desk.draft(line)
    batches.add_household(actor, second, held.key, "1000")
    with pytest.raises(Conflict, match="已在本批名单中"):
        batches.add_household(actor, second, held.key, "500")
    with pytest.raises(
        Conflict,
        match=r"名单有 1 处不能发放.*林模拟1的送温暖\(2026春节\)已在批次 发-350602-2026-000001 中安排",
    ):
        batches.submit(actor, second)
    assert batches.view(actor, second).faults.keys() == {batches.view(actor, second).payments[0].id}
    assert desk.sums(line.id)[1] == 1000
    desk.must_hold()


def test_what_another_level_gives_for_the_same_is_told_and_not_refused(desk: Purse) -> None:
    city = desk.allocate("city_accountant", unit="zz")
    _, case_id = submitted(desk, desk.allocate(), "1000")
    maker, batches = desk.actor("city_accountant"), desk.register.batches
    number = desk.draft(city, "city_accountant")
    held = batches.view(maker, batches.listed(maker)[0][0].batch.number).payments[0].payee
    batches.add_household(maker, number, held.key, "500")
    (line,) = batches.view(maker, number).faults.values()
    assert [(f.sentence, f.is_allowed) for f in line] == [
        ("林模拟1的送温暖(2026春节)县级已安排 1,000.00 元。", True)
    ]
    batches.submit(maker, number)
    desk.do("approver", case_id, "approve_county", AGREED)
    desk.must_hold()


def test_only_who_may_and_only_as_it_stands(desk: Purse) -> None:
    line, far_line = desk.allocate(), desk.allocate("far_accountant", unit="lw")
    batches = desk.register.batches
    number, case_id = submitted(desk, line, "1000")
    file_no, far_file = desk.household(11), desk.household(12, "lw-u")
    with pytest.raises(NotFound):
        batches.view(desk.actor("far_accountant"), number)
    with pytest.raises(NotFound):
        desk.draft(far_line)
    for name in ("cashier", "approver", "officer"):
        with pytest.raises(NotPermitted):
            desk.draft(line, name)
    with pytest.raises(Conflict, match="已经提交,名单不能再改"):
        batches.add_household(desk.actor("accountant"), number, file_no, "1")
    with pytest.raises(Conflict, match="已经提交"):
        batches.submit(desk.actor("accountant"), number)
    fresh = desk.draft(line)
    with pytest.raises(NotPermitted, match="由制单人修改"):
        batches.add_household(desk.actor("reviewer"), fresh, file_no, "1")
    with pytest.raises(NotFound, match="没有找到这一户"):
        batches.add_household(desk.actor("accountant"), fresh, far_file, "1")
    with pytest.raises(Conflict, match="名单是空的"):
        batches.submit(desk.actor("accountant"), fresh)
    for typed in ({"line": ""}, {"period": "2026"}, {"item": "x"}, {"title": "长" * 61}):
        with pytest.raises(Invalid):
            desk.draft(line, **typed)
    found = batches.households(desk.actor("accountant"), fresh, "林模拟1")
    assert {one.name for one in found} == {"林模拟1", "林模拟11"}
    assert batches.of_case(desk.actor("approver"), number) is not None
    assert desk.engine.cases.view(desk.actor("approver"), case_id).open_tasks


def test_a_person_who_has_a_file_is_paid_as_a_household(desk: Purse) -> None:
    number = desk.draft(desk.allocate())
    batches, actor = desk.register.batches, desk.actor("accountant")
    desk.household(5)
    person = {"payee": "person", "name": "林模拟5", "code": id_number(5), "amount": "100"}
    with pytest.raises(Invalid, match="已经建档"):
        batches.add_payee(actor, number, person)
    with pytest.raises(Invalid):
        batches.add_payee(actor, number, {**person, "code": "350602199001010000"})
    batches.add_payee(actor, number, {**person, "name": "没有档", "code": id_number(6)})
    (one,) = batches.view(actor, number).payments
    assert one.payee.note == f"尾号 {id_number(6)[-4:]}"
    assert id_number(6) not in repr(one)


def test_what_a_cancelled_case_held_is_free_again(desk: Purse) -> None:
    line, target = desk.allocate(), desk.allocate(programme="training")
    number, case_id = submitted(desk, line, "1000")
    actor = desk.actor("accountant")
    typed = {"target": str(target.id), "amount": "500", "reason": "在档户增加"}
    transfer = desk.register.funds.ask_transfer(actor, desk.entry(), line.id, typed)
    assert desk.sums(line.id)[1] == 1500
    desk.engine.cases.cancel(actor, case_id, "开错了")
    assert desk.sums(line.id)[1] == 500
    assert status(desk, number) is BatchStatus.WITHDRAWN
    desk.engine.cases.cancel(actor, transfer, "开错了")
    assert desk.sums(line.id) == (10_000, 0, 0, 0, 10_000)
    _, granted = submitted(desk, line, "1000", first=7)
    desk.do("approver", granted, "approve_county", AGREED)
    desk.engine.cases.cancel(actor, granted, "开错了")
    assert desk.sums(line.id) == (10_000, 0, 0, 0, 10_000)
    desk.must_hold()


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_two_batches_of_a_case_it_decides_on_the_newest(
    desk: Purse, order: tuple[int, int]
) -> None:
    line, run = desk.allocate(), desk.bench.run
    drafts = [roster(desk, line, "1000", first=first) for first in (1, 2)]
    earlier, later = (drafts[place] for place in order)
    for number in (earlier, later):
        desk.clock.advance(timedelta(minutes=1))
        run("funds.submit_batch", {"batch_no": number}, at="xc", by="accountant")
    run("funds.commit_batch", {}, at="xc")
    assert (status(desk, earlier), status(desk, later)) == (
        BatchStatus.SUBMITTED,
        BatchStatus.APPROVED,
    )
    run("funds.commit_batch", {"batch_no": earlier}, at="xc")
    assert status(desk, earlier) is BatchStatus.APPROVED


def test_a_cancelled_case_gives_back_what_each_of_its_batches_holds_and_is_not_paid(
    desk: Purse,
) -> None:
    line, run = desk.allocate(), desk.bench.run
    for first in (1, 2, 3, 4):
        number = roster(desk, line, "1000", first=first)
        run("funds.submit_batch", {"batch_no": number}, at="xc", by="accountant")
        if first == 1:
            run("funds.commit_batch", {}, at="xc")
            run("funds.pay_batch", {"voucher_no": "记-1"}, at="xc", by="cashier")
    run("funds.release_batch", {"batch_no": number, "reason": "名单有误"}, at="xc")
    assert desk.sums(line.id)[1] == 2000
    desk.engine.execute(
        lambda tx: registry.on_cancel(
            Cancelled(tx, "case-1", "p-accountant", desk.clock.now(), "开错了")
        )
    )
    assert desk.sums(line.id) == (10_000, 0, 0, 1000, 9000)


def test_a_transfer_is_held_then_moved_by_somebody_else(desk: Purse) -> None:
    source, target = desk.allocate(programme="training"), desk.allocate(amount="100")
    funds, actor = desk.register.funds, desk.actor("accountant")
    typed = {"target": str(target.id), "amount": "4000", "reason": "在档户增加"}
    entry = desk.entry()
    case_id = funds.ask_transfer(actor, entry, source.id, typed)
    assert desk.sums(source.id) == (10_000, 4000, 0, 0, 6000)
    with pytest.raises(Conflict, match="没有重复申请"):
        funds.ask_transfer(actor, entry, source.id, typed)
    desk.must_hold()
    decided = {"decision": "agree", "document_no": "漳工财〔2026〕12号"}
    desk.do("approver", case_id, "decide_county", decided)
    assert desk.sums(source.id) == (6000, 0, 0, 0, 6000)
    assert desk.sums(target.id) == (4100, 0, 0, 0, 4100)
    (line,) = funds.transfers(desk.actor("cashier"))
    assert (line.transfer.status.value, line.transfer.document) == ("done", "漳工财〔2026〕12号")
    with pytest.raises(Conflict, match=r"结余只有 6,000.00 元"):
        funds.ask_transfer(actor, desk.entry(), source.id, {**typed, "amount": "6001"})
    with pytest.raises(Invalid):
        funds.ask_transfer(actor, desk.entry(), source.id, {"target": str(source.id)})
    with pytest.raises(Invalid, match="同一条指标"):
        funds.ask_transfer(actor, desk.entry(), source.id, {**typed, "target": str(source.id)})
    refused = funds.ask_transfer(actor, desk.entry(), source.id, typed)
    desk.do("approver", refused, "decide_county", {"decision": "refuse", "refusal": "年底要用"})
    assert desk.sums(source.id) == (6000, 0, 0, 0, 6000)
    desk.must_hold()


def test_a_transfer_between_counties_is_the_citys(desk: Purse) -> None:
    source, target = desk.allocate(), desk.allocate("far_accountant", unit="lw")
    funds = desk.register.funds
    typed = {"target": str(target.id), "amount": "1000", "reason": "支援"}
    with pytest.raises(NotFound):
        funds.ask_transfer(desk.actor("accountant"), desk.entry(), source.id, typed)
    city = desk.actor("city_accountant")
    case_id = funds.ask_transfer(city, desk.entry(), source.id, typed)
    desk.do("leader", case_id, "decide_city", {"decision": "agree", "document_no": "1号"})
    assert desk.sums(target.id)[0] == 11_000
    (seen,) = funds.ledger(desk.actor("accountant"), Narrowing()).lines
    assert seen.line.allocated == 900_000
    desk.must_hold()
