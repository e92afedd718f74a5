"""School aid is given to each child of a household, and to each child once a year."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from flask import Flask

from engine import SYSTEM
from engine.errors import Conflict, Invalid
from registry.budget.model import BudgetLine, Payment, PaymentStatus
from registry.help_given import HelpBook
from tests.funds.purse import PAYMENT, Purse, id_number
from tests.support.register import SPOUSE, Visitor, site_of

FATHER, ELDER, YOUNGER, THIRD = 5, 6, 7, 8


def child(number: int, **changed: object) -> dict[str, object]:
    named = {"relation": "子", "name": f"林小模{number}", "id_number": id_number(number)}
    return {**SPOUSE, **named, **changed}


def family(desk: Purse, at: str = "u1", head: int = FATHER, *children: int) -> str:
    """A household with children who are counted; its file."""
    return desk.household(head, at, members=[child(n) for n in children or (ELDER, YOUNGER)])


def aid(desk: Purse, **changed: str) -> BudgetLine:
    return desk.allocate(programme="schooling", amount="100,000.00", **changed)


def roster(desk: Purse, line: BudgetLine, by: str = "accountant", item: str = "university") -> str:
    return desk.draft(line, by, period="2026", item=item)


def put(
    desk: Purse, number: str, file_no: str, who: int, by: str = "accountant", amount: str = "3000"
) -> None:
    typed = {"student_name": f"林小模{who}", "student_code": id_number(who)}
    desk.register.batches.add_household(desk.actor(by), number, file_no, amount, student=typed)


def reserved(desk: Purse, file_no: str, who: int, case_id: str, **changed: object) -> str:
    """What a process is told that asks for a child's aid; empty where it was reserved."""
    asked = {
        **PAYMENT,
        "programme": "schooling",
        "period": "2026",
        "item": "university",
        "amount": 3000,
        "payee_kind": "household",
        "payee_id": file_no,
        "payee_name": "林模拟5",
        "beneficiary_id": id_number(who),
        "beneficiary_name": f"林小模{who}",
        **changed,
    }
    done = desk.bench.run("funds.reserve", asked, case_id)
    return "" if done["granted"] else str(done["message"])


def of_batch(desk: Purse, number: str) -> Sequence[Payment]:
    return desk.register.batches.view(SYSTEM, number).payments


# A household with two children ------------------------------------------------------------------


def test_a_household_gets_it_for_each_of_two_children(desk: Purse) -> None:
    line, file_no = aid(desk), family(desk)
    number = roster(desk, line)
    put(desk, number, file_no, ELDER)
    put(desk, number, file_no, YOUNGER)
    case_id = desk.register.batches.submit(desk.actor("accountant"), number)
    desk.do("approver", case_id, "approve_county", {"decision": "agree"})
    paid = {"pay_result": "paid", "voucher_no": "记-2026-0112", "paid_on": "2026-11-09"}
    desk.do("cashier", case_id, "pay_county", paid)
    assert desk.sums(line.id) == (100_000, 0, 0, 6_000, 94_000)
    given = HelpBook(desk.engine).of_file(desk.actor("reviewer"), file_no).lines
    assert sorted(one.note.split(";")[1] for one in given) == ["学生林小模6", "学生林小模7"]
    desk.must_hold()


def test_the_same_child_twice_is_refused_in_words_and_by_the_table(desk: Purse) -> None:
    line, file_no = aid(desk), family(desk)
    number = roster(desk, line)
    put(desk, number, file_no, ELDER)
    with pytest.raises(Conflict, match="林模拟5\\(学生林小模6\\)已在本批名单中"):
        put(desk, number, file_no, ELDER)
    desk.register.batches.submit(desk.actor("accountant"), number)
    # As another stage of the same year, too: from high school to university there is one.
    other = roster(desk, line, item="high_school")
    put(desk, other, file_no, ELDER, amount="2000")
    with pytest.raises(Conflict, match=f"学生林小模6的金秋助学.*{number}.*同一年度只发一次"):
        desk.register.batches.submit(desk.actor("accountant"), other)


def test_what_a_case_put_forward_and_takes_back_is_not_paid(desk: Purse) -> None:
    """The student went elsewhere after the batch was granted: her line goes on account."""
    line, file_no = aid(desk), family(desk)
    entitled = {
        "programme": "schooling",
        "period": "2026",
        "item": "university",
        "year": 2026,
        "level": "county",
        "amount": 3000,
        "payee_kind": "household",
        "payee_id": file_no,
        "payee_name": "林模拟5",
        "beneficiary_id": id_number(ELDER),
        "beneficiary_name": f"林小模{ELDER}",
    }
    assert desk.bench.run("funds.entitle", entitled, "c1")["payable"]
    number = roster(desk, line)
    put(desk, number, file_no, ELDER)
    put(desk, number, file_no, YOUNGER)
    case_id = desk.register.batches.submit(desk.actor("accountant"), number)
    desk.do("approver", case_id, "approve_county", {"decision": "agree"})
    assert desk.bench.run("funds.retract", {"reason": "没有报到入学"}, "c1")["payments"] == 1
    paid = {"pay_result": "paid", "voucher_no": "记-2026-0112", "paid_on": "2026-11-09"}
    desk.do("cashier", case_id, "pay_county", paid)
    now = {one.beneficiary_name: one.status for one in of_batch(desk, number)}
    assert now == {f"林小模{ELDER}": PaymentStatus.HELD, f"林小模{YOUNGER}": PaymentStatus.PAID}
    desk.must_hold()


def test_of_two_parents_in_two_counties_one_is_given_it(desk: Purse) -> None:
    near, far = aid(desk), aid(desk, by="far_accountant", unit="lw")
    file_no = family(desk)
    assert reserved(desk, file_no, ELDER, "c1", organisation_id="xc") == ""
    mother = family(desk, "lw-u", 55, THIRD)
    told = reserved(desk, mother, ELDER, "c2", payee_name="陈模拟", organisation_id="lw")
    assert "学生林小模6的金秋助学(2026)已" in told
    assert "同一年度只发一次" in told
    assert desk.sums(near.id)[1] == 3000
    assert desk.sums(far.id)[1] == 0


def test_a_student_without_a_file_is_one_too(desk: Purse) -> None:
    aid(desk)
    student = {"payee_kind": "person", "payee_id": id_number(77), "payee_name": "吴模拟"}
    her = {**student, "beneficiary_id": None, "beneficiary_name": None}
    assert reserved(desk, "", 77, "c1", **her) == ""
    assert "同一期间" in reserved(desk, "", 77, "c2", **her)
    file_no = family(desk, "u1", FATHER, 77)
    assert "按未建档人员发给吴模拟" in reserved(desk, file_no, 77, "c3", beneficiary_name="吴模拟")


def test_aid_for_township_students_and_autumn_aid_exclude_each_other(desk: Purse) -> None:
    aid(desk)
    desk.allocate(programme="township_students", amount="2000")
    student = {"payee_kind": "person", "payee_id": id_number(77), "payee_name": "吴模拟"}
    special = {**student, "programme": "township_students", "item": "freshman", "amount": 1000}
    her = {"beneficiary_id": None, "beneficiary_name": None}
    assert reserved(desk, "", 77, "c1", **special, **her) == ""
    told = reserved(desk, "", 77, "c2", **student, **her)
    assert "学生吴模拟的乡镇学子助学(2026)已" in told


def test_the_cap_counts_what_the_child_was_given(desk: Purse) -> None:
    """10 months of 500: two children may each have 5,000, one child no more."""
    aid(desk)
    file_no = family(desk)
    assert "林模拟5(学生林小模6)助学每年(大学)合计 5,001.00 元" in reserved(
        desk, file_no, ELDER, "c1", amount=5001
    )
    assert reserved(desk, file_no, ELDER, "c2", amount=5000) == ""
    assert reserved(desk, file_no, YOUNGER, "c3", amount=5000) == ""


def test_a_third_child_needs_a_reason(desk: Purse) -> None:
    aid(desk)
    file_no = family(desk, "u1", FATHER, ELDER, YOUNGER, THIRD)
    assert reserved(desk, file_no, ELDER, "c1") == ""
    assert reserved(desk, file_no, YOUNGER, "c2") == ""
    assert "已安排 3 名学生,按规定一户最多 2 名" in reserved(desk, file_no, THIRD, "c3")
    assert reserved(desk, file_no, THIRD, "c3", exception="市总会议同意") == ""


# Typed on a roster ------------------------------------------------------------------------------


def test_a_roster_names_the_child_who_is_counted_in_the_file(desk: Purse) -> None:
    line, file_no = aid(desk), family(desk)
    actor, batches = desk.actor("accountant"), desk.register.batches
    number = roster(desk, line)
    with pytest.raises(Invalid, match="请填写学生姓名"):
        batches.add_household(actor, number, file_no, "3000")
    nameless = {"student_name": "林小模6", "student_code": "350602199001019908"}
    with pytest.raises(Invalid, match="没有加入名单"):
        batches.add_household(actor, number, file_no, "3000", student=nameless)
    with pytest.raises(Invalid, match="没有计入林模拟5一户的档案"):
        put(desk, number, file_no, THIRD)
    with pytest.raises(Invalid, match="逐人写明学生"):
        batches.add_every(actor, number, "3000", "")


def test_the_page_of_such_a_roster_asks_for_the_child(desk: Purse, tmp_path: Path) -> None:
    line, file_no = aid(desk), family(desk)
    number = roster(desk, line)
    site: Flask = site_of(desk.engine, tmp_path)
    maker = Visitor(site, desk.engine, "accountant")
    address = f"/funds/batches/{number}"
    page = maker.text(f"{address}?q=林模拟5")
    assert 'name="student_code"' in page
    assert "按类型整批加入" not in page
    typed = {"file_no": file_no, "amount": "3000", "q": "林模拟5"}
    refused = maker.post(f"{address}/household", {**typed, "student_name": "林小模6"}, address)
    assert "请填写学生身份证号" in refused.get_data(as_text=True)
    for who in (ELDER, YOUNGER):
        student = {"student_name": f"林小模{who}", "student_code": id_number(who)}
        assert maker.post(f"{address}/household", {**typed, **student}, address).status_code == 303
    page = maker.text(address)
    assert ">林小模6<" in page
    assert ">林小模7<" in page
    case_id = desk.register.batches.submit(desk.actor("accountant"), number)
    desk.do("approver", case_id, "approve_county", {"decision": "agree"})
    cashier = Visitor(site, desk.engine, "cashier")
    assert "林模拟5(学生林小模6)" in cashier.text(f"{address}/sheet"), "who signs for which child"
    festival = desk.allocate()
    other = desk.draft(festival)
    assert 'name="student_code"' not in maker.text(f"/funds/batches/{other}?q=林模拟5")
