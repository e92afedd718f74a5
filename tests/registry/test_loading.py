"""Households that were on file before are loaded in bulk, without a case and never twice."""

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update

import registry
from engine import SYSTEM, Engine
from engine.errors import Invalid, NotPermitted
from engine.model.clock import FixedClock
from engine.model.identity_numbers import resident_id_check_character
from engine.store.tables import access_event
from registry import EarlierVersion, ExistingHousehold, Fate
from registry.promises import check
from registry.store.tables import household, household_version
from tests.registry.test_operations import FILE, HEAD, Bench
from tests.registry.town import Town

SOURCE = "芗城区困难职工档案2025.xlsx"


def number(place: int) -> str:
    """A synthetic resident's number; another one for each place."""
    born = date(1975, 1, 1) + timedelta(days=place // 500)
    first = f"350602{born:%Y%m%d}{place % 500:03d}"
    return first + resident_id_check_character(first)


def existing(place: int, unit: str = "u1", **more: object) -> ExistingHousehold:
    content: Mapping[str, object] = {
        "head": {"name": f"模拟{place}", "id_number": number(place), "mobile": "15400000001"},
        "members": [{"relation": "子", "name": "林小模拟", "counted": "yes"}],
        "category": "dibao",
        "national": {"national_no": f"N{place}"} if place % 2 else {},
    }
    details = {
        "archived_on": date(2019, 5, 6),
        "changed_on": date(2022, 3, 1),
        "earlier": {"原职工编号": f"OLD-{place}", "原困难类别": "低保以上"},
        "row": place + 2,
        **more,
    }
    return ExistingHousehold(unit, content, **details)  # type: ignore[arg-type]


@pytest.fixture
def register(engine: Engine) -> registry.Registry:
    return registry.Registry(engine)


def _rows(engine: Engine) -> int:
    return engine.ask(
        lambda tx: tx.execute(select(func.count()).select_from(household)).scalar_one()
    )


def test_the_versions_that_the_earlier_record_kept_come_along(town: Town) -> None:
    reviewer = town.actor("reviewer")
    now = existing(1)
    first = EarlierVersion(
        {**now.content, "category": "marginal", "members": []}, date(2019, 5, 6), "建档"
    )
    second = EarlierVersion({**now.content, "members": []}, date(2021, 3, 8), "年度复核")
    kept = replace(now, before=[first, second], why="年度复核")
    (loaded,) = town.register.load_files(reviewer, [kept], SOURCE)
    found = town.register.household(reviewer, loaded.file_no)
    assert found.line.changed_on == date(2022, 3, 1)
    assert [v.number for v in found.versions] == [3, 2, 1]
    assert "2021-03-08 年度复核" in found.versions[1].reason
    told = town.register.files.difference(reviewer, loaded.file_no, 1, 2, is_clear=False)
    assert told is not None
    assert [change.part for change in told.changes] == ["认定", "导入"]
    assert all(one.ok for one in town.engine.ask(lambda tx: check(town.engine.environment, tx)))


def test_a_later_change_counts_from_its_own_day_whatever_was_taken_over(town: Town) -> None:
    reviewer = town.actor("reviewer")
    now = existing(1)
    kept = replace(now, before=[EarlierVersion(now.content, date(2020, 3, 2), "年度复核")])
    (loaded,) = town.register.load_files(reviewer, [kept], SOURCE)
    town.register.upkeep.correct(
        reviewer, loaded.file_no, 2, {"head.mobile": "15400000009"}, "录入时看错"
    )
    found = town.register.household(reviewer, loaded.file_no)
    assert found.line.changed_on == town.engine.environment.today()
    assert all(one.ok for one in town.engine.ask(lambda tx: check(town.engine.environment, tx)))


@pytest.mark.parametrize("wrong", ["category", "day"])
def test_an_earlier_version_is_checked_like_the_newest(town: Town, wrong: str) -> None:
    now = existing(1)
    content = {**now.content, "category": "none of ours"} if wrong == "category" else now.content
    day = date(2999, 1, 1) if wrong == "day" else date(2020, 3, 2)
    kept = replace(now, before=[EarlierVersion(content, day, "")])
    with pytest.raises(Invalid, match="第 3 行"):
        town.register.load_files(town.actor("reviewer"), [kept], SOURCE)


def test_a_loaded_household_is_on_file_with_what_its_earlier_record_said(town: Town) -> None:
    reviewer = town.actor("reviewer")
    (first, second) = town.register.load_files(reviewer, [existing(1), existing(2)], SOURCE)
    assert (first.fate, second.fate) == (Fate.LOADED, Fate.LOADED)
    assert first.file_no.startswith("档-350602-2019-")
    found = town.register.household(reviewer, first.file_no)
    line = found.line
    assert (line.status_words, line.national_no, line.size) == ("在档", "N1", 2)
    assert (line.opened_on, line.changed_on) == (date(2019, 5, 6), date(2022, 3, 1))
    assert line.is_imported
    assert town.register.household(reviewer, second.file_no).line.status_words == "在档(待录入)"
    said = {f.label: f.text for s in found.sections if s.title == "导入" for f in s.facts}
    assert said["来源"] == SOURCE
    assert (said["来源中的行"], said["原职工编号"], said["原困难类别"]) == (
        "3",
        "OLD-1",
        "低保以上",
    )
    (version,) = found.versions
    assert (version.number, version.by_name, version.case_id) == (1, "模拟reviewer", "")
    assert version.reason == f"导入已有档案({SOURCE})"
    (by_number,) = town.register.households(reviewer, text=number(1)).lines
    assert by_number.file_no == first.file_no
    town.must_hold()
    noted = town.engine.ask(
        lambda tx: tx.execute(
            select(access_event.c.actor, access_event.c.object, access_event.c.detail).where(
                access_event.c.action == "households-loaded"
            )
        ).all()
    )
    assert [tuple(row) for row in noted] == [
        ("p-reviewer", SOURCE, f"2 户:{first.file_no} 至 {second.file_no}")
    ]


def test_nobody_is_loaded_twice(engine: Engine, register: registry.Registry) -> None:
    everybody = [existing(place) for place in range(3)]
    register.load_files(SYSTEM, everybody, SOURCE)
    before = _rows(engine)
    again = register.load_files(SYSTEM, [*everybody, existing(9), existing(9)], "另一份.xlsx")
    assert [one.fate for one in again] == [*[Fate.ON_FILE] * 3, Fate.LOADED, Fate.TWICE]
    assert all(one.file_no for one in again[:4])
    assert _rows(engine) == before + 1


def test_a_file_of_another_county_is_only_said_to_be_elsewhere(
    engine: Engine, register: registry.Registry
) -> None:
    register.load_files(SYSTEM, [existing(1, unit="lw-u")], SOURCE)
    reviewer = engine.directory.actor_named("reviewer")
    (told,) = register.load_files(reviewer, [existing(1)], SOURCE)
    assert (told.fate, told.file_no) == (Fate.ELSEWHERE, "")


def test_only_a_reviewer_or_an_administrator_loads_and_only_in_her_area(
    engine: Engine, register: registry.Registry
) -> None:
    for name in ("officer", "approver", "entry", "far_reviewer"):
        with pytest.raises(NotPermitted, match="您不能为“模拟一厂工会”导入档案"):
            register.load_files(engine.directory.actor_named(name), [existing(1)], SOURCE)
    reviewer = engine.directory.actor_named("reviewer")
    with pytest.raises(NotPermitted, match="模拟三厂工会"):
        register.load_files(reviewer, [existing(1), existing(2, unit="lw-u")], SOURCE)
    with pytest.raises(Invalid, match="没有编号为“nowhere”的单位"):
        register.load_files(reviewer, [existing(1, unit="nowhere")], SOURCE)
    assert _rows(engine) == 0
    admin = engine.directory.actor_named("admin")
    assert register.load_files(admin, [existing(1)], SOURCE)[0].fate is Fate.LOADED


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (existing(1, archived_on=date(2030, 1, 1)), "第 3 行:建档日期或修改日期在今天以后"),
        (
            ExistingHousehold("u1", {"head": {}, "category": "dibao"}, date(2019, 1, 1)),
            "没有户主姓名",
        ),
        (
            ExistingHousehold("u1", {"head": {}, "category": "rich"}, date(2019, 1, 1)),
            "没有认定类型",
        ),
    ],
)
def test_what_cannot_be_a_file_is_refused_before_anything_is_written(
    engine: Engine, register: registry.Registry, wrong: ExistingHousehold, says: str
) -> None:
    with pytest.raises(Invalid, match=says):
        register.load_files(SYSTEM, [existing(2), wrong], SOURCE)
    assert _rows(engine) == 0


def test_an_approval_after_loading_is_the_next_version_and_keeps_the_origin(
    engine: Engine, clock: FixedClock, register: registry.Registry
) -> None:
    content = {
        "head": {"name": HEAD["name"], "id_number": HEAD["id_number"]},
        "category": "marginal",
        "national": {"national_no": "N-7"},
    }
    before = ExistingHousehold("u1", content, date(2018, 1, 1))
    (loaded,) = register.load_files(SYSTEM, [before], SOURCE)
    opened = Bench(engine, clock).run("household.open_file", FILE)
    assert opened == {"file_no": loaded.file_no, "version": 2}
    found = register.household(engine.directory.actor_named("reviewer"), loaded.file_no)
    assert [one.number for one in found.versions] == [2, 1]
    assert (found.line.is_imported, found.line.national_no) == (True, "N-7")
    assert found.line.changed_on > date(2018, 1, 1)


def test_an_imported_version_that_names_a_case_is_found(
    engine: Engine, register: registry.Registry
) -> None:
    register.load_files(SYSTEM, [existing(1)], SOURCE)
    assert [one.id for one in registry.invariants(engine) if not one.ok] == []
    for damage in (
        update(household_version).values(case_id="no such case"),
        update(household_version).values(act="approved"),
        update(household).values(changed_at="2026-11-09T01:00:00.000000Z"),
    ):
        with engine.database.unit_of_work() as work:
            work.tx.execute(damage)
            broken = {one.id for one in check(engine.environment, work.tx) if not one.ok}
            assert broken & {"R3", "R4"}


@pytest.mark.slow
def test_a_whole_county_is_loaded_in_seconds(engine: Engine, register: registry.Registry) -> None:
    everybody = [existing(place) for place in range(4_543)]
    begun = time.process_time()  # what else the machine does is no slowness of ours
    done = register.load_files(SYSTEM, everybody, SOURCE)
    took = time.process_time() - begun
    assert {one.fate for one in done} == {Fate.LOADED}
    assert len({one.file_no for one in done}) == 4_543
    assert took < 20, f"{took:.1f} s"
    print(f"{took:.2f} s")
