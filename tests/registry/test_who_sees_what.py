"""Files and notices are seen by the area and by those whose cases made them; numbers are masked."""

import pytest

from engine import Actor
from engine.errors import NotFound
from engine.model.actors import Grant
from registry.api import Household
from tests.registry.town import Town
from webapp.shared.registry_port import RegistryPort

FILE_NO = "档-350602-2026-000001"
NUMBER = "350602199001019907"
SEEING = ("reviewer", "approver", "township", "city", "supervisor", "officer", "chair")
BLIND = ("far_reviewer", "far_officer", "other_officer", "designer", "admin")


def _text(found: Household) -> str:
    return repr(found.sections)


def test_the_area_and_the_hands_of_the_case_see_a_file_and_nobody_else(town: Town) -> None:
    town.approved()
    for name in SEEING:
        actor = town.actor(name)
        page = town.register.households(actor)
        assert [line.file_no for line in page.lines] == [FILE_NO], name
        assert page.counts == {"awaiting_entry": 1}
        assert town.register.household(actor, FILE_NO).line.head_name == "林模拟"
        assert [one.name for one in town.register.notices(actor)] == ["林**"], name
    for name in BLIND:
        actor = town.actor(name)
        page = town.register.households(actor)
        assert (page.lines, page.counts) == ([], {}), name
        for ask in (town.register.household, town.register.household_clear):
            with pytest.raises(NotFound, match="没有找到这份档案"):
                ask(actor, FILE_NO)
        assert not town.register.notices(actor), name


def test_the_case_of_a_version_is_named_only_to_who_sees_the_case(town: Town) -> None:
    case_id = town.approved()
    (shown,) = town.register.household(town.actor("reviewer"), FILE_NO).versions
    assert (shown.case_id, shown.case_number != "") == (case_id, True)


def test_numbers_are_masked_until_they_are_asked_for_which_is_written_down(town: Town) -> None:
    town.approved()
    reviewer = town.actor("reviewer")
    masked = _text(town.register.household(reviewer, FILE_NO))
    assert "尾号 9907" in masked
    for number in (NUMBER, "15400000002", "350624199211059964", "模拟街道 1 号"):
        assert number not in masked
    clear = _text(town.register.household_clear(reviewer, FILE_NO))
    for number in (NUMBER, "15400000002", "350624199211059964", "模拟街道 1 号"):
        assert number in clear
    written = [
        (row.actor, row.target)
        for row in town.engine.audit.entries(0, 1_000)
        if row.action == "household-clear"
    ]
    assert written == [(reviewer.person_id, FILE_NO)]


def test_a_file_reads_in_words_without_codes(town: Town) -> None:
    town.approved()
    found = town.register.household(town.actor("reviewer"), FILE_NO)
    facts = {fact.label: fact.text for section in found.sections for fact in section.facts}
    assert facts["主要致困原因"] == "下岗失业"
    assert facts["认定类型"] == "低保户"
    assert facts["申请方式"] == "本人申请"
    assert facts["低保标准(每人每月)"] == "500.00 元"
    assert facts["签字的申请书和授权委托书"] == "1 份"
    tables = {section.title: section for section in found.sections if section.columns}
    assert len(tables["收入明细"].rows) == 12
    assert tables["家庭成员(户主以外)"].rows[0][:2] == ("配偶", "陈模拟")
    assert {section.tab for section in found.sections} == {"basics", "members", "money", "papers"}


def test_a_file_is_found_by_name_number_and_last_four(town: Town) -> None:
    town.approved()
    city = town.actor("city")
    for text in ("林模", "000001", NUMBER, "350602 19900101 9907", "9907", "15400000002", "0002"):
        found = town.register.households(city, text=text)
        assert [line.file_no for line in found.lines] == [FILE_NO], text
        narrowed = town.register.households(city, text=text, status="on_file")
        assert (narrowed.lines, narrowed.counts) == ([], {"awaiting_entry": 1}), text
    (by_member,) = town.register.households(city, text="陈模").lines
    assert (by_member.file_no, by_member.member_found) == (FILE_NO, "陈模拟")
    for text in ("%", "_", "王", "35060219900101990", "990"):
        assert not town.register.households(city, text=text).lines, text


def test_files_are_narrowed_to_a_unit_with_those_below_it(town: Town) -> None:
    town.approved()
    city = town.actor("city")
    assert town.register.households(city, organisation_id="xc").lines
    assert not town.register.households(city, organisation_id="lw").lines


def test_a_withdrawn_role_sees_nothing_any_more(town: Town) -> None:
    town.approved()
    stranger = Actor("p-nobody", "nobody", "模拟", "u1", (Grant("auditor", "zz", "none"),))
    assert not town.register.households(stranger).lines
    assert not town.register.notices(stranger)


def test_the_public_reads_page_by_page_newest_first_and_no_case(town: Town) -> None:
    for _ in range(3):
        town.on_notice()
    port: RegistryPort = town.register
    first = port.public_notices(None, 2)
    assert len(first) == 3
    keys = [one.sort_key for one in first]
    assert keys == sorted(keys, reverse=True)
    second = port.public_notices((first[1].sort_key, first[1].id), 2)
    assert [one.id for one in second] == [first[2].id]
    assert {one.case_id for one in first} == {""}
    assert port.notice(None, first[0].id).case_id == ""
    assert port.notice(town.actor("reviewer"), first[0].id).case_id != ""
    far = port.notice(town.actor("far_officer"), first[0].id)
    assert far.name.startswith("林**")
    assert far.case_id == ""


def test_the_published_shape_names_nobody(town: Town) -> None:
    town.on_notice()
    (one,) = town.register.public_notices(None, 10)
    assert one.as_json() == {
        "id": one.id,
        "subject": "困难职工建档",
        "unit": "模拟一厂工会",
        "household_size": 3,
        "category": "低保户",
        "archive_level": "区县级",
        "state": "open",
        "posted_on": "2026-11-09",
        "ends_on": "2026-11-16",
    }
