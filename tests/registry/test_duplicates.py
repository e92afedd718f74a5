"""Who is on file twice: found in the whole federation, told only as far as the county may know."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlalchemy import delete

import registry
from engine import SYSTEM
from registry.store.tables import household_person
from tests.funds.purse import ALLOCATED, PAYMENT
from tests.registry.test_operations import FILE, HEAD, Bench

SON = "350624199211059964"
SISTER: dict[str, object] = {
    "name": "林小妹",
    "id_number": "350628199207049930",
    "mobile": "15400000009",
}


@pytest.fixture
def bench(engine, clock) -> Bench:  # type: ignore[no-untyped-def]
    return Bench(engine, clock)


def _file(bench: Bench, at: str = "u1", case_id: str = "case-1", **changed: object) -> str:
    members = [{"relation": "子", "name": "林小模", "id_number": SON, "counted": "yes"}]
    changed.setdefault("head", {**HEAD, "birth_date": "1990-01-01"})
    opened = bench.run("household.open_file", {**FILE, "members": members, **changed}, case_id, at)
    return str(opened["file_no"])


def _found(
    bench: Bench, head: Mapping[str, object], at: str = "u1", **more: object
) -> list[Mapping[str, object]]:
    asked = {"head": head, "members": [], **more}
    found = bench.run("household.find_duplicates", asked, case_id="case-2", at=at)
    matches = found["matches"]
    assert isinstance(matches, list)
    assert found["found"] == len(matches)
    return matches


def test_a_head_on_file_is_found_by_number(bench: Bench) -> None:
    number = _file(bench)
    ((kind, text),) = {
        (m["kind"], m["text"]) for m in _found(bench, HEAD, at="u2") if m["kind"] == "head"
    }
    assert kind == "head"
    assert number in str(text)


def test_another_county_is_told_only_whom_to_ask(bench: Bench) -> None:
    number = _file(bench)
    found = _found(bench, HEAD, at="lw-u")
    (one,) = [m for m in found if m["kind"] == "head"]
    assert (one["same_county"], one["reference"], one["file_no"]) == (False, None, None)
    assert one["union"] == "芗城模拟区总工会"
    assert all(number not in str(m) for m in found)


def test_a_member_named_and_counted_elsewhere_is_told_with_both(bench: Bench) -> None:
    _file(bench)
    members = [{"name": "林小模", "id_number": SON, "counted": "no"}]
    found = _found(bench, SISTER, members=members)
    (one,) = [m for m in found if m["kind"] == "member"]
    assert (one["counted_here"], one["counted_there"], one["person"]) == (False, True, "林小模")


def test_signs_are_told_apart_from_proof(bench: Bench) -> None:
    _file(bench)
    head = {**SISTER, "mobile": HEAD["mobile"]}
    assert [m["kind"] for m in _found(bench, head)] == ["phone"]
    same_name = {**SISTER, "name": "林模拟", "birth_date": "1990-01-01"}
    assert [m["kind"] for m in _found(bench, same_name)] == ["name"]
    near = {**SISTER, "id_number": "35060219900101990X"}
    assert [m["kind"] for m in _found(bench, near)] == ["near"]


def test_the_same_telephone_says_more_with_the_same_name(bench: Bench) -> None:
    number = _file(bench)
    same = {**SISTER, "mobile": HEAD["mobile"]}
    assert [m["same_name"] for m in _found(bench, same)] == [False]  # a family's telephone
    (one,) = _found(bench, {**same, "name": HEAD["name"]}, at="u2")
    assert (one["kind"], one["same_name"]) == ("phone", True)
    assert one["text"] == f"林模拟的手机号码和姓名都与另一户的户主相同:档案 {number}"
    # Her own file is found by her number: that the telephone is hers as well says nothing more.
    assert {(m["kind"], m["same_name"]) for m in _found(bench, HEAD, at="u2")} == {
        ("head", False),
        ("phone", False),
    }


def test_one_address_is_a_sign_however_it_is_spaced(bench: Bench) -> None:
    at = {"address": "芗城区模拟路 8 号 302 室"}
    number = _file(bench, head={**HEAD, **at})
    (one,) = _found(bench, {**SISTER, "address": "芗城区模拟路8号,302室"}, at="u2")
    assert (one["kind"], one["file_no"]) == ("address", number)
    assert one["text"] == f"林小妹的住址与另一户相同:档案 {number}"
    assert _found(bench, {**SISTER, "address": "芗城区模拟路8号303室"}) == []
    assert "address" not in {m["kind"] for m in _found(bench, {**HEAD, **at})}  # her own file
    bench.run("household.close", {"file_no": number, "reason": "moved"})
    assert _found(bench, {**SISTER, **at}) == []


def test_a_village_is_no_address(bench: Bench) -> None:
    _file(bench, head={**HEAD, "address": "坪水村"})
    assert _found(bench, {**SISTER, "address": "坪水村"}) == []


def test_nobody_is_found_in_an_empty_register(bench: Bench) -> None:
    assert _found(bench, HEAD) == []


def test_two_needy_workers_of_one_household_share_a_file(bench: Bench) -> None:
    number = _file(bench)
    asked = {"file_no": number, "head": SISTER, "relation": "兄弟姐妹"}
    merged = bench.run("household.merge", asked, case_id="case-2")
    again = bench.run("household.merge", asked, case_id="case-2")
    assert (merged["version"], again["version"]) == (2, 2)
    found = registry.Registry(bench.engine).household(SYSTEM, number)
    (members,) = [s for s in found.sections if s.title.startswith("家庭成员")]
    assert [row[1] for row in members.rows] == ["林小模", "林小妹"]
    (one,) = [m for m in _found(bench, SISTER) if m["kind"] == "member"]
    assert one["file_no"] == number


def test_files_of_an_earlier_release_are_listed_once(bench: Bench) -> None:
    number = _file(bench)
    with bench.engine.database.unit_of_work() as unit:
        unit.tx.execute(delete(household_person))
        unit.commit()
    broken = [i for i in registry.invariants(bench.engine) if not i.ok]
    assert any(number in one for i in broken for one in i.broken)
    register = registry.Registry(bench.engine)
    assert (register.list_people(), register.list_people()) == (1, 0)
    assert "head" in {m["kind"] for m in _found(bench, HEAD, at="u2")}


def test_a_report_is_used_again_for_half_a_year(bench: Bench) -> None:
    number = HEAD["id_number"]
    nothing = bench.run("means.find_report", {"id_number": number})
    assert nothing["report_no"] is None
    report = {
        "id_number": number,
        "report_no": "核2026-0001",
        "report_date": "2026-10-01",
        "result": "different",
        "differences": "另有存款 20,000 元",
    }
    for _ in range(2):
        bench.run("means.record_report", report)
    again = bench.run("means.find_report", {"id_number": number}, case_id="case-2")
    assert (again["report_no"], again["differences"]) == ("核2026-0001", "另有存款 20,000 元")
    old = {**report, "report_no": "核2026-0000", "report_date": "2026-04-01"}
    bench.run("means.record_report", {**old, "id_number": "350628199207049930"})
    too_old = bench.run("means.find_report", {"id_number": "350628199207049930"})
    assert too_old["report_no"] is None


def test_who_left_the_register_is_found_with_the_day_and_the_reason(bench: Bench) -> None:
    number = _file(bench)
    bench.run("household.close", {"file_no": number, "reason": "own_wish"})
    (one,) = _found(bench, HEAD, at="u2")
    assert (one["kind"], one["file_no"]) == ("left", number)
    assert (one["closed_on"], one["closed_reason"]) == ("2026-11-09", "own_wish")
    assert one["text"] == f"林模拟原在档,已退出:档案 {number}(2026-11-09 注销,本人申请退出)"
    son = {"name": "林小模", "id_number": SON}
    assert [m["kind"] for m in _found(bench, {**SISTER, **son})] == ["left"]
    named = [{**son, "counted": "no"}]
    assert _found(bench, SISTER, members=named) == []
    bench.run("household.reopen", {"file_no": number})
    assert {(m["kind"], m["closed_on"]) for m in _found(bench, HEAD, at="u2")} == {
        ("head", None),
        ("phone", None),
    }


def test_of_a_file_another_county_closed_only_the_day_is_weighed(bench: Bench) -> None:
    number = _file(bench)
    bench.run("household.close", {"file_no": number, "reason": "false_papers", "note": "隐瞒住房"})
    (one,) = _found(bench, HEAD, at="lw-u")
    assert (one["kind"], one["same_county"], one["closed_on"]) == ("left", False, "2026-11-09")
    assert (one["reference"], one["file_no"], one["closed_reason"]) == (None, None, None)
    assert "请向芗城模拟区总工会核实" in str(one["text"])
    for kept in (number, "弄虚作假", "false_papers", "隐瞒", "2026-11-09 注销"):
        assert kept not in str(one)


def test_of_several_former_files_the_last_one_counts(bench: Bench) -> None:
    first = _file(bench)
    bench.run("household.close", {"file_no": first, "reason": "false_papers"})
    bench.clock.advance(timedelta(days=30))
    second = _file(bench, case_id="case-3", head={**SISTER, "birth_date": "1992-07-04"})
    bench.run("household.close", {"file_no": second, "reason": "own_wish"})
    son = {"name": "林小模", "id_number": SON}
    (one,) = _found(bench, {**son, "mobile": "15400000010"})
    assert (one["kind"], one["file_no"], one["closed_reason"]) == ("left", second, "own_wish")


def _reserved(
    bench: Bench, case_id: str, at: str = "u1", **changed: object
) -> Mapping[str, object]:
    person = {"payee_kind": "person", "payee_id": SON, "payee_name": "林小模"}
    reserved = bench.run("funds.reserve", {**PAYMENT, **person, **changed}, case_id, at)
    assert reserved["granted"]
    return {"payment_id": reserved["payment_id"]}


def _has_money(bench: Bench, unit: str = "xc") -> None:
    entry = f"{unit:0>16}"
    registry.Registry(bench.engine).funds.allocate(SYSTEM, entry, {**ALLOCATED, "unit": unit})


def _paid(bench: Bench, at: str = "u1") -> list[Mapping[str, object]]:
    """What is found of a household that counts the son."""
    members = [{"name": "林小模", "id_number": SON, "counted": "yes"}]
    return _found(bench, SISTER, at=at, members=members)


def test_who_has_no_file_is_found_while_a_payment_to_him_is_under_way(bench: Bench) -> None:
    _has_money(bench)
    first = _reserved(bench, "case-7")
    (one,) = _paid(bench)
    assert (one["kind"], one["person"], one["same_county"]) == ("payment", "林小模", True)
    assert (one["file_no"], one["counted_here"]) == (None, True)
    assert "林小模有帮扶款尚未发放:办件" in str(one["text"])
    assert "送温暖 2026春节" in str(one["text"])
    assert "1,000" not in str(one)
    bench.run("funds.commit", first, "case-7")
    assert [m["kind"] for m in _paid(bench)] == ["payment"]
    paid = {**first, "voucher_no": "记-3", "paid_on": "2026-11-06"}
    bench.run("funds.pay", paid, "case-7")
    assert _paid(bench) == []
    second = _reserved(bench, "case-8", period="2026中秋")
    bench.run("funds.release", {**second, "reason": "不再需要"}, "case-8")
    assert _paid(bench) == []
    _reserved(bench, "case-2", period="2026国庆")  # the case that asks
    assert _paid(bench) == []


def test_of_payments_in_another_county_only_whom_to_ask_is_told_once(bench: Bench) -> None:
    _has_money(bench)
    _reserved(bench, "case-7")
    _reserved(bench, "case-8", period="2026中秋")
    assert [m["kind"] for m in _paid(bench)] == ["payment", "payment"]
    (one,) = _paid(bench, at="lw-u")
    assert (one["same_county"], one["reference"], one["file_no"]) == (False, None, None)
    assert str(one["text"]).startswith("林小模有帮扶款尚未发放:请向芗城模拟区总工会核实(")
    for kept in ("送温暖", "2026", "1,000", "漳芗"):
        assert kept not in str(one)


def test_a_payment_of_the_city_is_asked_of_the_city(bench: Bench) -> None:
    _has_money(bench, "zz")
    _reserved(bench, "case-7", at="zz")
    (one,) = _paid(bench)
    assert (one["same_county"], one["reference"], one["union"]) == (
        False,
        None,
        "漳州模拟市总工会",
    )


def test_a_line_of_a_roster_is_found_once_the_roster_is_submitted(bench: Bench) -> None:
    _has_money(bench)
    maker = bench.engine.directory.actor_named("reviewer")
    roster = registry.Registry(bench.engine).batches
    (line,) = roster.lines_to_draw_on(maker)
    asked = {"line": str(line.line.id), "period": "2026春节", "item": "money"}
    number = roster.open(maker, asked)
    typed = {"payee": "person", "name": "林小模", "code": SON, "amount": "500"}
    roster.add_payee(maker, number, typed)
    assert _paid(bench) == []  # a draft gives nothing yet
    bench.run("funds.submit_batch", {"batch_no": number}, "case-7", "xc", "reviewer")
    (one,) = _paid(bench)
    assert (one["reference"], one["file_no"]) == (number, None)
    assert one["text"] == f"林小模有帮扶款尚未发放:发放批次 {number}(送温暖 2026春节)"


def test_a_payment_to_a_household_is_found_by_its_file_or_once_that_is_struck_off(
    bench: Bench,
) -> None:
    number = _file(bench, members=[{"name": "林小模", "id_number": SON, "counted": "yes"}])
    _has_money(bench)
    of_a_household = {"payee_kind": "household", "payee_id": number, "payee_name": "林模拟"}
    _reserved(bench, "case-7", **of_a_household)
    assert [m["kind"] for m in _paid(bench)] == ["member"]
    bench.run("household.close", {"file_no": number, "reason": "own_wish"})
    assert sorted(str(m["kind"]) for m in _paid(bench)) == ["left", "payment"]
    members = [{"name": "林小模", "id_number": SON, "counted": "yes"}]
    assert _found(bench, SISTER, members=members, file_no=number) == []
