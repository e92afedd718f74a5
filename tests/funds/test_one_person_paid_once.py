"""Somebody counted in a household is paid with it: not as a person too, and not twice in a year."""

import pytest

from engine import SYSTEM
from engine.errors import Conflict, Invalid
from registry.budget.model import BudgetLine
from tests.funds.purse import PAYMENT, Purse, id_number
from tests.support.register import SPOUSE

HEAD, MEMBER = 5, 6


def member(number: int = MEMBER, counted: str = "yes") -> dict[str, object]:
    named = {"name": f"陈模拟{number}", "id_number": id_number(number), "counted": counted}
    return {**SPOUSE, **named}


def family(desk: Purse, at: str = "u1", head: int = HEAD) -> str:
    """A household of two who are counted; its file."""
    return desk.household(head, at, members=[member()])


def typed(number: int, **changed: str) -> dict[str, str]:
    named = {"name": f"陈模拟{number}", "code": id_number(number), "amount": "1000"}
    return {"payee": "person", **named, **changed}


def roster(desk: Purse, line: BudgetLine, by: str = "accountant", **period: str) -> str:
    """A draft with the member as a person on it."""
    number = desk.draft(line, by, **period)
    desk.register.batches.add_payee(desk.actor(by), number, typed(MEMBER))
    return number


def of_household(desk: Purse, line: BudgetLine, file_no: str, by: str = "accountant") -> str:
    number = desk.draft(line, by)
    desk.register.batches.add_household(desk.actor(by), number, file_no, "1000")
    return number


def to_member(**changed: object) -> dict[str, object]:
    her = {"payee_kind": "person", "payee_id": id_number(MEMBER), "payee_name": "陈模拟6"}
    return {**PAYMENT, **her, **changed}


def to_household(file_no: str, **changed: object) -> dict[str, object]:
    payee = {"payee_kind": "household", "payee_id": file_no, "payee_name": "林模拟5"}
    return {**PAYMENT, **payee, **changed}


def strike_off(desk: Purse, file_no: str) -> None:
    desk.bench.run("household.close", {"file_no": file_no, "reason": "own_wish"})


# Put on a roster --------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [HEAD, MEMBER])
def test_whoever_is_counted_in_a_file_is_not_put_on_as_a_person(desk: Purse, number: int) -> None:
    file_no, draft = family(desk), desk.draft(desk.allocate())
    with pytest.raises(Invalid) as refused:
        desk.register.batches.add_payee(desk.actor("accountant"), draft, typed(number))
    assert refused.value.message == (
        f"陈模拟{number}已经建档(计入档案 {file_no}),不能按未建档人员加入。"
        "请从档案中选择这一户。没有加入名单。"
    )


def test_who_is_only_named_in_a_file_is_put_on(desk: Purse) -> None:
    desk.household(HEAD, members=[member(counted="no")])
    number = roster(desk, desk.allocate())
    desk.register.batches.submit(desk.actor("accountant"), number)
    desk.must_hold()


def test_of_a_file_of_another_county_only_whom_to_ask_is_told(desk: Purse) -> None:
    file_no, batches = family(desk, "lw-u"), desk.register.batches
    draft = desk.draft(desk.allocate())
    with pytest.raises(Invalid) as refused:
        batches.add_payee(desk.actor("accountant"), draft, typed(MEMBER))
    assert "在龙文模拟区总工会)" in refused.value.message
    assert "请向龙文模拟区总工会核实,由其按户发放。没有加入名单。" in refused.value.message
    assert file_no not in refused.value.message
    whole = desk.draft(desk.allocate("city_accountant", unit="zz"), "city_accountant")
    with pytest.raises(Invalid, match=file_no):
        batches.add_payee(desk.actor("city_accountant"), whole, typed(MEMBER))


@pytest.mark.parametrize("number", [HEAD, MEMBER])
def test_a_file_that_was_struck_off_does_not_stop_her(desk: Purse, number: int) -> None:
    strike_off(desk, family(desk))
    line = desk.allocate()
    draft = desk.draft(line)
    desk.register.batches.add_payee(desk.actor("accountant"), draft, typed(number))
    desk.register.batches.submit(desk.actor("accountant"), draft)
    assert desk.sums(line.id)[1] == 1000


def test_what_is_never_given_to_households_is_given_to_whoever_has_a_file(desk: Purse) -> None:
    family(desk)
    line = desk.allocate(programme="township_students")
    draft = roster(desk, line, period="2026", item="freshman")
    desk.register.batches.submit(desk.actor("accountant"), draft)
    assert desk.sums(line.id)[1] == 1000


# Archived meanwhile -----------------------------------------------------------------------------


def test_who_was_archived_since_is_found_when_the_roster_is_submitted(desk: Purse) -> None:
    line, batches, actor = desk.allocate(), desk.register.batches, desk.actor("accountant")
    number = roster(desk, line)
    batches.add_household(actor, number, desk.household(9), "1000")
    file_no = family(desk)
    batches.add_household(actor, number, file_no, "1000")
    with pytest.raises(Conflict) as refused:
        batches.submit(actor, number)
    assert refused.value.message == (
        "名单有 1 处不能发放,未提交、未占用资金。"
        f"第 1 行 陈模拟6已经建档(计入档案 {file_no}),不能按未建档人员发放。"
        "请移出这一行,改从档案中选择这一户。"
    )
    assert desk.sums(line.id)[1] == 0
    assert batches.take_out_faulty(actor, number) == 1
    batches.submit(actor, number)
    assert desk.sums(line.id)[1] == 2000
    desk.must_hold()


def test_who_was_archived_elsewhere_since_is_told_without_the_file(desk: Purse) -> None:
    number = roster(desk, desk.allocate())
    file_no = family(desk, "lw-u")
    with pytest.raises(Conflict) as refused:
        desk.register.batches.submit(desk.actor("accountant"), number)
    assert "请移出这一行,请向龙文模拟区总工会核实,由其按户发放。" in refused.value.message
    assert file_no not in refused.value.message


def test_who_decides_is_told_of_who_was_archived_since_it_was_submitted(desk: Purse) -> None:
    number = roster(desk, desk.allocate())
    desk.register.batches.submit(desk.actor("accountant"), number)
    file_no = family(desk)
    (told,) = desk.register.batches.view(desk.actor("approver"), number).faults.values()
    assert [one.is_allowed for one in told] == [False]
    assert f"已经建档(计入档案 {file_no})" in told[0].sentence


def test_a_process_is_answered_that_she_has_a_file(desk: Purse) -> None:
    desk.allocate()
    file_no = family(desk)
    answer = desk.bench.run("funds.reserve", to_member(), at="xc")
    assert answer["granted"] is False
    assert answer["message"] == (
        f"陈模拟6已经建档(计入档案 {file_no}),不能按未建档人员发放。请改为按户发放。"
    )


# Once -------------------------------------------------------------------------------------------


def test_what_she_had_as_a_person_her_household_does_not_get_again(desk: Purse) -> None:
    line, batches, actor = desk.allocate(), desk.register.batches, desk.actor("accountant")
    first = roster(desk, line)
    batches.submit(actor, first)
    second = of_household(desk, line, family(desk))
    with pytest.raises(Conflict) as refused:
        batches.submit(actor, second)
    assert (
        f"林模拟5一户的送温暖(2026春节)已在批次 {first} 中按未建档人员发给陈模拟6 1,000.00 元,"
        "同一期间不能重复发放。"
    ) in refused.value.message
    assert desk.sums(line.id)[1] == 1000
    desk.must_hold()


def test_of_what_another_county_gave_her_only_whom_to_ask_is_told(desk: Purse) -> None:
    far = desk.actor("far_accountant")
    first = roster(desk, desk.allocate("far_accountant", unit="lw"), "far_accountant")
    desk.register.batches.submit(far, first)
    second = of_household(desk, desk.allocate(), family(desk))
    with pytest.raises(Conflict) as refused:
        desk.register.batches.submit(desk.actor("accountant"), second)
    assert "已由龙文模拟区总工会按未建档人员发给陈模拟6" in refused.value.message
    assert "如有疑问请向龙文模拟区总工会核实。" in refused.value.message
    assert first not in refused.value.message


def test_a_payment_of_a_case_is_named_by_the_case(desk: Purse) -> None:
    line = desk.allocate()
    other = of_household(desk, line, desk.household(9))
    case_id = desk.register.batches.submit(desk.actor("accountant"), other)
    assert desk.bench.run("funds.reserve", to_member(), case_id, "xc")["granted"]
    answer = desk.bench.run("funds.reserve", to_household(family(desk)), "case-2", "xc")
    number = desk.engine.cases.view(SYSTEM, case_id).case.number
    assert answer["granted"] is False
    assert f"已在办件 {number} 中按未建档人员发给陈模拟6" in str(answer["message"])


def test_what_was_given_back_or_to_who_is_only_named_stands_in_nobodys_way(desk: Purse) -> None:
    desk.allocate()
    run = desk.bench.run
    assert run("funds.reserve", to_member(), "case-1", "xc")["granted"]
    run("funds.release", {"reason": "不再需要"}, "case-1", "xc")
    file_no = desk.household(HEAD, members=[member(), member(7, counted="no")])
    named = {"payee_id": id_number(7), "payee_name": "陈模拟7"}
    assert run("funds.reserve", to_member(**named), "case-2", "xc")["granted"]
    assert run("funds.reserve", to_household(file_no), "case-3", "xc")["granted"]
    desk.must_hold()


def test_what_another_level_gave_her_is_told_and_not_refused(desk: Purse) -> None:
    desk.allocate("city_accountant", unit="zz")
    line = desk.allocate()
    assert desk.bench.run("funds.reserve", to_member(), "case-1", "zz")["granted"]
    number = of_household(desk, line, family(desk))
    (told,) = desk.register.batches.view(desk.actor("accountant"), number).faults.values()
    assert [(one.sentence, one.is_allowed) for one in told] == [
        ("林模拟5的送温暖(2026春节)市级已安排 1,000.00 元。", True)
    ]
    desk.register.batches.submit(desk.actor("accountant"), number)


def test_what_her_household_had_she_does_not_get_once_it_is_struck_off(desk: Purse) -> None:
    line, batches, actor = desk.allocate(), desk.register.batches, desk.actor("accountant")
    file_no = family(desk)
    first = of_household(desk, line, file_no)
    batches.submit(actor, first)
    strike_off(desk, file_no)
    second = roster(desk, line)
    with pytest.raises(Conflict) as refused:
        batches.submit(actor, second)
    assert (
        f"陈模拟6原来的档案(已注销)的送温暖(2026春节)已在批次 {first} 中按户安排 1,000.00 元,"
        "同一期间不能重复发放。"
    ) in refused.value.message
    assert desk.sums(line.id)[1] == 1000


# Caps -------------------------------------------------------------------------------------------

MEDICAL = {"programme": "medical", "item": "money"}


def test_the_cap_of_a_household_counts_what_she_had_as_a_person(desk: Purse) -> None:
    desk.allocate(programme="medical", amount="100000")
    run = desk.bench.run
    had = to_member(**MEDICAL, period="2026-10", amount=15_000)
    assert run("funds.reserve", had, "case-1", "xc")["granted"]
    file_no = family(desk)
    more = to_household(file_no, **MEDICAL, period="2026-11")
    over = run("funds.reserve", {**more, "amount": 5001}, "case-2", "xc")
    assert over["granted"] is False
    assert "已安排的 15,000.00 元),超过上限 20,000.00 元" in str(over["message"])
    assert run("funds.reserve", {**more, "amount": 5000}, "case-2", "xc")["granted"]
    desk.must_hold()


def test_her_cap_counts_what_her_former_household_had(desk: Purse) -> None:
    desk.allocate(programme="medical", amount="100000")
    run, file_no = desk.bench.run, family(desk)
    had = to_household(file_no, **MEDICAL, period="2026-10", amount=15_000)
    assert run("funds.reserve", had, "case-1", "xc")["granted"]
    strike_off(desk, file_no)
    more = to_member(**MEDICAL, period="2026-11")
    over = run("funds.reserve", {**more, "amount": 5001}, "case-2", "xc")
    assert over["granted"] is False
    assert "已安排的 15,000.00 元),超过上限 20,000.00 元" in str(over["message"])
    assert run("funds.reserve", {**more, "amount": 5000}, "case-2", "xc")["granted"]
