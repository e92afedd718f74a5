"""The register as lists: found by name, pinyin and number, narrowed, counted, paged; the queues."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text as sql

import registry
from engine import SYSTEM, Actor, Engine
from engine.model.clock import FixedClock
from engine.model.deadlines import DueState
from engine.model.ids import new_id
from registry.finding import FilePage, Search
from registry.store.file_lists import Queue
from tests.support.register import HEAD, on_file

NUMBERS = (
    "350602199001019907",
    "350628199007049932",
    "350624199211059964",
    "35062519990315992X",
    "350681199007049942",
    "350604199007049958",
)


@pytest.fixture
def register(engine: Engine) -> registry.Registry:
    return registry.Registry(engine)


def _file(engine: Engine, place: int, name: str, at: str = "u1", **more: object) -> str:
    number = NUMBERS[place]
    born = f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
    mobile = f"1540000000{place}"
    head = {"name": name, "id_number": number, "birth_date": born, "mobile": mobile}
    return on_file(engine, head, at, members=[], **more)


def _names(page: FilePage) -> list[str]:
    return [line.head_name for line in page.lines]


def _found(register: registry.Registry, text: str) -> set[str]:
    return set(_names(register.lists.page(SYSTEM, Search(text))))


def test_a_file_is_found_by_the_name_of_a_member_and_says_so(
    engine: Engine, register: registry.Registry
) -> None:
    head = {"name": "曾小明", "id_number": NUMBERS[0], "mobile": "15400000000"}
    people = [
        {"relation": "配偶", "name": "陈巧云", "id_number": NUMBERS[2], "counted": "yes"},
        {"relation": "母", "name": "王\U00020bb7云", "id_number": NUMBERS[3], "counted": "yes"},
    ]
    on_file(engine, head, "u1", members=people)
    _file(engine, 1, "巧云", "u2")
    page = register.lists.page(SYSTEM, Search("巧云"))
    told = {line.head_name: line.member_found for line in page.lines}
    assert told == {"曾小明": "陈巧云", "巧云": ""}
    (line,) = register.lists.page(SYSTEM, Search("王?云")).lines
    assert (line.head_name, line.member_found) == ("曾小明", "王\U00020bb7云")
    for text in ("chenqiaoyun", "Chen qy", "cqy"):
        (line,) = register.lists.page(SYSTEM, Search(text)).lines
        assert (line.head_name, line.member_found) == ("曾小明", "陈巧云"), text
    for text in ("曾小", "zxm"):
        (line,) = register.lists.page(SYSTEM, Search(text)).lines
        assert line.member_found == "", text
    assert _found(register, "%云") == _found(register, "_") == set()


def test_members_of_files_from_before_are_found_by_pinyin_once_they_are_indexed_anew(
    engine: Engine, register: registry.Registry
) -> None:
    head = {"name": "曾小明", "id_number": NUMBERS[0], "mobile": "15400000000"}
    on_file(engine, head, "u1", members=[{"name": "陈巧云", "id_number": NUMBERS[2]}])
    with engine.database.unit_of_work() as work:
        work.tx.execute(sql("UPDATE household_index SET edition = 3"))
        work.tx.execute(sql("UPDATE household_person SET spelled = ''"))
        work.commit()
    assert _found(register, "cqy") == set()
    assert register.index_files() == 1
    assert _found(register, "cqy") == {"曾小明"}


def test_a_file_is_found_by_every_way_people_name_somebody(
    engine: Engine, register: registry.Registry
) -> None:
    _file(engine, 0, "曾小明")
    _file(engine, 1, "买买提·吐尔逊")
    number = _file(engine, 2, "王\U00020bb7明", national={"national_no": "MN0001"})
    assert _found(register, "小明") == {"曾小明"}
    for text in ("zengxiaoming", "Zeng Xiao Ming", "zxm", "zengxm"):
        assert _found(register, text) == {"曾小明"}, text
    assert _found(register, "maimaiti") == {"买买提·吐尔逊"}
    for text in ("\U00020bb7", "王?明", "王□明", "王\uff1f明", "MN0001", number, "9964"):
        assert _found(register, text) == {"王\U00020bb7明"}, text
    for text in (NUMBERS[0], "350602 19900101 9907", "15400000000", "9907", "0000"):
        assert "曾小明" in _found(register, text), text
    for text in ("%", "_", "35060219900101990", "iaoming", "nobody"):
        assert _found(register, text) == set(), text


def test_a_member_s_whole_number_finds_the_file_she_is_named_in(
    engine: Engine, register: registry.Registry
) -> None:
    on_file(engine)
    assert _found(register, "350624199211059964") == {"林模拟"}


def test_facets_count_what_each_choice_would_show(
    engine: Engine, register: registry.Registry
) -> None:
    _file(engine, 0, "甲模拟", category="dibao", hardship={"cause_main": "6"})
    _file(engine, 1, "乙模拟", category="dibao", archived_on=date(2024, 5, 1))
    _file(engine, 2, "丙模拟", "u2", category="marginal", national={"national_no": "MN2"})
    page = register.lists.page(SYSTEM, Search(chosen={"category": "dibao"}))
    counts = {
        name: {one.words: one.count for one in values} for name, values in page.facets.items()
    }
    assert set(_names(page)) == {"甲模拟", "乙模拟"}
    assert counts["category"] == {"低保户": 2, "低保边缘户": 1}
    assert counts["status"] == {"在档(待录入)": 2}
    assert counts["year"] == {"2025": 1, "2024": 1}
    assert counts["cause"] == {"患重特大疾病": 2}
    assert counts["origin"] == {"导入": 2}
    both = register.lists.page(SYSTEM, Search(chosen={"category": "dibao", "year": "2024"}))
    assert _names(both) == ["乙模拟"]
    assert {one.words: one.count for one in both.facets["year"]} == {"2025": 1, "2024": 1}
    assert {one.words: one.count for one in both.facets["category"]} == {"低保户": 1}


def test_units_are_counted_a_level_at_a_time_within_what_she_sees(
    engine: Engine, register: registry.Registry
) -> None:
    _file(engine, 0, "甲模拟")
    _file(engine, 1, "乙模拟", "u2")
    _file(engine, 2, "丙模拟", "lw-u")
    city = engine.directory.actor_named("city")
    top = register.lists.page(city, Search())
    assert [(one.code, one.count) for one in top.units] == [("xc", 2), ("lw", 1)]
    below = register.lists.page(city, Search(organisation_id="xc-t"))
    assert [(one.code, one.count) for one in below.units] == [("u1", 1), ("u2", 1)]
    county = register.lists.page(engine.directory.actor_named("far_reviewer"), Search())
    assert [(one.code, one.count) for one in county.units] == [("lw-u", 1)]
    blind = register.lists.page(engine.directory.actor_named("admin"), Search())
    assert (blind.lines, list(blind.units)) == ([], [])


@pytest.mark.parametrize("queue", [Queue.ALL, Queue.UNCHANGED, Queue.AWAITING])
def test_pages_neither_skip_nor_repeat_although_many_days_are_equal(
    engine: Engine, register: registry.Registry, queue: Queue
) -> None:
    for place in range(len(NUMBERS)):
        opened = date(2024, 1, 1 + place // 3)
        _file(engine, place, f"第{place}模拟", archived_on=opened, changed_on=opened)
    seen: list[str] = []
    after = ""
    while True:
        page = register.lists.page(SYSTEM, Search(queue=queue), after, limit=2)
        seen += [line.file_no for line in page.lines]
        if page.next_cursor is None:
            break
        after = page.next_cursor
    assert len(seen) == len(set(seen)) == len(NUMBERS)
    days = [line.rpartition("-")[2] for line in seen]
    assert days == sorted(days, reverse=queue is Queue.ALL)


def test_the_queues_hold_who_waits_and_their_counts_are_exact(
    engine: Engine, register: registry.Registry, clock: FixedClock
) -> None:
    waiting = _file(engine, 0, "甲模拟", archived_on=date(2026, 10, 30))
    clock.advance(timedelta(days=8))
    fresh = _file(engine, 1, "乙模拟", archived_on=date(2026, 11, 6))
    done = _file(
        engine,
        2,
        "丙模拟",
        archived_on=date(2023, 5, 1),
        changed_on=date(2025, 11, 7),
        national={"national_no": "MN3"},
    )
    reviewer = engine.directory.actor_named("reviewer")
    entry = new_id()
    given = {
        "kind": "living",
        "given_on": "2026-11-08",
        "amount": "500",
        "source": "own",
        "level": "county",
        "payer": "芗城模拟区总工会",
    }
    register.help.enter(reviewer, waiting, entry, given)

    def numbers(queue: Queue) -> list[str]:
        return [one.file_no for one in register.lists.page(SYSTEM, Search(queue=queue)).lines]

    assert numbers(Queue.AWAITING) == [waiting, fresh]
    assert numbers(Queue.UNCHANGED) == [done]
    assert numbers(Queue.UNHELPED) == [done, fresh]
    assert register.lists.queues(reviewer) == {
        Queue.ALL: 3,
        Queue.AWAITING: 2,
        Queue.UNCHANGED: 1,
        Queue.UNHELPED: 2,
        Queue.ALIKE: 0,
        Queue.REVIEW: 0,
        Queue.FALLEN_BACK: 0,
        Queue.NEWCOMERS: 2,
        Queue.TO_COPY: 2,
    }
    register.help.take_back(reviewer, waiting, entry, new_id(), "写错")
    assert waiting in numbers(Queue.UNHELPED)
    first, second = register.lists.page(SYSTEM, Search(queue=Queue.AWAITING)).lines
    assert first.waits is not None
    assert second.waits is not None
    assert (first.waits.state, first.waits.amount, first.waited.amount) == (DueState.OVERDUE, 1, 6)
    assert (second.waits.state, second.waits.amount) == (DueState.LATER, 5)
    clock.advance(timedelta(days=400))
    assert register.lists.queues(reviewer)[Queue.UNCHANGED] == 3


def test_files_whose_category_waits_to_be_looked_at_again_are_a_list_of_their_own(
    engine: Engine, register: registry.Registry, clock: FixedClock
) -> None:
    first, second, far = (
        _file(engine, n, f"第{n}模拟", u) for n, u in ((0, "u1"), (1, "u2"), (2, "lw-u"))
    )
    officer, reviewer, approver, far_reviewer, protection = (
        engine.directory.actor_named(name)
        for name in ("officer", "reviewer", "approver", "far_reviewer", "protection")
    )
    basis, other = {"head.single_parent": "是"}, {"head.address": "模拟路2号"}
    register.upkeep.correct(reviewer, second, 1, basis, "核对了原件")
    clock.advance(timedelta(days=3))
    register.upkeep.correct(reviewer, first, 1, basis, "核对了原件")
    register.upkeep.correct(reviewer, first, 2, other, "核对了原件")
    register.upkeep.correct(far_reviewer, far, 1, basis, "核对了原件")

    def waiting(who: Actor) -> list[str]:
        page = register.lists.page(who, Search(queue=Queue.REVIEW))
        assert page.queues[Queue.REVIEW] == register.lists.queues(who)[Queue.REVIEW]
        assert page.queues[Queue.REVIEW] == len(page.lines)
        return [one.file_no for one in page.lines]

    assert waiting(approver) == waiting(reviewer) == [second, first]
    assert waiting(officer) == register.lists.page(officer, Search()).lines == []
    assert waiting(far_reviewer) == [far]
    assert waiting(protection) == [second, first, far]
    days = [
        one.waited.amount for one in register.lists.page(approver, Search(queue=Queue.REVIEW)).lines
    ]
    assert days == [3, 0]
    register.upkeep.decide(approver, second, 2, "marginal", "仍低于两倍")
    assert waiting(approver) == [first]
    assert [one.broken for one in registry.invariants(engine) if not one.ok] == []


def test_files_without_an_index_are_indexed_at_the_start_once(
    engine: Engine, register: registry.Registry
) -> None:
    on_file(engine, {**HEAD, "name": "曾小明"})
    from sqlalchemy import delete

    from registry.store.tables import household_index

    engine.execute(lambda tx: tx.execute(delete(household_index)))
    assert _found(register, "zxm") == set()
    assert register.index_files() == 1
    assert _found(register, "zxm") == {"曾小明"}
    assert register.index_files() == 0
    assert [one.broken for one in registry.invariants(engine) if not one.ok] == []
