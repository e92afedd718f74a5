"""A file is copied into the national system field by field, and what was copied is remembered."""

import pytest

import registry
from engine import Engine
from engine.errors import Conflict, Invalid, NotFound, NotPermitted
from registry.copying import CopySheet
from registry.national import blocks, head_entries
from tests.support.register import CONTENT, HEAD, on_file


@pytest.fixture
def register(engine: Engine) -> registry.Registry:
    return registry.Registry(engine)


def _copied(sheet: CopySheet) -> set[str]:
    return {field.key for block in sheet.blocks for field in block.fields if field.is_copied}


def test_the_form_has_the_values_of_the_national_lists_in_its_order() -> None:
    shown = {entry.label: (entry.value, entry.code) for entry in head_entries(CONTENT)}
    assert list(shown)[:4] == ["档案级别", "困难类别", "职工/农民工", "姓名"]
    assert shown["困难类别"] == ("低保边缘户", "2")
    assert shown["主要致困原因"] == ("患重特大疾病", "6")
    assert shown["次要致困原因"] == ("子女上学", "9")
    assert shown["婚姻状况"] == ("已婚", "20")
    assert shown["性别"] == ("男", "1")
    assert shown["本人月平均收入(元)"] == ("800.00", "")
    assert shown["家庭年度总收入(元)"] == ("9600.00", "")
    assert shown["家庭月人均收入(元)"] == ("400.00", "")
    assert shown["是否零就业家庭"] == ("否", "")
    assert shown["家庭人口"] == ("2", "")
    accident = {**CONTENT, "category": "accident", "standard": {"rule_set": "GB2021"}}
    assert {e.key: e.code for e in head_entries(accident)}["category"] == "13"
    member, sums = blocks(CONTENT)[1:]
    assert {e.label: e.value for e in member.entries}["出生日期"] == "1992-11-05"
    assert {e.label: e.value for e in sums.entries}["医疗自付支出(元)"] == "1200.00"


def test_ticks_are_kept_until_the_value_changes(
    engine: Engine, register: registry.Registry
) -> None:
    file_no = on_file(engine)
    entry, reviewer = (engine.directory.actor_named(name) for name in ("entry", "reviewer"))
    desk = register.copying
    desk.tick(entry, file_no, ["name", "mobile"], ["name", "mobile", "address"])
    assert _copied(desk.sheet(reviewer, file_no)) == {"name", "mobile"}
    desk.tick(reviewer, file_no, [], ["mobile"])
    assert _copied(desk.sheet(entry, file_no)) == {"name"}
    with pytest.raises(Invalid, match="刷新"):
        desk.tick(entry, file_no, ["no such field"], [])


def test_whole_numbers_are_shown_only_to_who_may_copy_and_that_is_written_down(
    engine: Engine, register: registry.Registry
) -> None:
    file_no = on_file(engine)
    for name in ("officer", "supervisor", "approver"):
        with pytest.raises((NotPermitted, NotFound)):
            register.copying.sheet(engine.directory.actor_named(name), file_no)
    with pytest.raises(NotFound):
        register.copying.sheet(engine.directory.actor_named("far_reviewer"), file_no)
    entry = engine.directory.actor_named("entry")
    sheet = register.copying.sheet(entry, file_no)
    assert HEAD["id_number"] in {f.value for block in sheet.blocks for f in block.fields}
    written = [
        (row.actor, row.target)
        for row in engine.audit.entries(0, 1_000)
        if row.action == "household-clear"
    ]
    assert written == [(entry.person_id, file_no)]


def test_the_next_household_is_who_waits_after_this_one(
    engine: Engine, register: registry.Registry
) -> None:
    first = on_file(engine)
    second = on_file(engine, {"id_number": "350628199007049932", "mobile": "15400000009"})
    entry = engine.directory.actor_named("entry")
    assert register.copying.first(entry) == first
    assert register.copying.sheet(entry, first).next_file_no == second
    assert register.copying.sheet(entry, second).next_file_no == first


def test_a_file_without_a_case_is_entered_on_its_copy_page(
    engine: Engine, register: registry.Registry
) -> None:
    """It was taken over without a number: no case will ever enter it."""
    waits = on_file(engine)
    numbered = on_file(
        engine,
        {"name": "陈巧云", "id_number": "350628199007049932", "mobile": "15400000009"},
        national={"national_no": "MN0001"},
    )
    entry, approver = (engine.directory.actor_named(name) for name in ("entry", "approver"))
    desk = register.copying
    assert desk.sheet(entry, waits).takes_number
    assert not desk.sheet(entry, numbered).takes_number
    with pytest.raises(NotPermitted):
        desk.enter(approver, waits, "MN0002")
    for wrong in ("", "  ", "9" * 41):
        with pytest.raises(Invalid, match="没有登记"):
            desk.enter(entry, waits, wrong)
    with pytest.raises(Conflict, match="另一份档案"):
        desk.enter(entry, waits, "MN0001")
    with pytest.raises(Conflict, match="不在待录入"):
        desk.enter(entry, numbered, "MN0003")

    assert desk.enter(entry, waits, " MN0002 ") == 2

    file = desk.sheet(entry, waits).file
    assert (file.shown.status, file.shown.national_no) == ("on_file", "MN0002")
    assert desk.first(entry) == ""
    with pytest.raises(Conflict, match="不在待录入"):
        desk.enter(entry, waits, "MN0004")
    assert [one.broken for one in registry.invariants(engine) if not one.ok] == []
