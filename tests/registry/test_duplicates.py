"""Who is on file twice: found in the whole federation, told only as far as the county may know."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlalchemy import delete

import registry
from engine import SYSTEM
from registry.store.tables import household_person
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
