"""Steps that are repeated for each item of a list: who has which, and what becomes of them."""

import re
from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlalchemy import select

from engine import SYSTEM
from engine.errors import BangfuError, SeparationOfDuties, TaskNotOpen
from engine.model.cases import CaseStatus
from engine.model.definitions import SourceFile
from engine.model.items import Item
from engine.model.tasks import TaskLine, TaskStatus
from engine.model.version_moves import Verdict
from engine.store.cases import CaseQuestion
from engine.store.tables import case_attribute
from engine.work.version_plan import Route
from tests.engine.moving.conftest import Workshop, drawn, step
from tests.engine.test_one_completion import watched
from tests.support.at_once import at_once
from tests.unit.runtime.kit import (
    boundary,
    end,
    ext,
    flow,
    io,
    line,
    many,
    message,
    node,
    receives,
    script,
    start,
    timer,
)

NOTED = io(outputs={"said": "=note"})
KEPT = {"outputCollection": "all", "outputElement": "=said"}


def visits(
    count: int = 3, until: str | None = None, sequential: bool = False, **said: str
) -> SourceFile:
    """Visit each of some households; then sum up."""
    names = ", ".join(f'{{name: "模拟{n}户", n: {n}}}' for n in range(1, count + 1))
    loop = many("=homes", "home", until=until, sequential=sequential, **KEPT)
    body = (
        start()
        + script("homes", f"=[{names}]", "homes")
        + step("visit", NOTED, inside=loop, deadline="5wd", itemName="=home.name", **said)
        + step("sum", io({"seen": "=all"}, {"result": "=note"}))
        + end()
        + line("S", "homes", "visit", "sum", "E")
    )
    return drawn("visits", {"officer": "visit sum"}, body)


def each(*inner: str, ids: str, more: str = "", until: str | None = None, lanes: Mapping[str, str],
         extra: str = "", items: str = '=["甲", "乙", "丙"]') -> SourceFile:  # fmt: skip
    """A sub-process for each of three items."""
    body = start("S2") + "".join(inner) + end("E2") + line("S2", *ids.split(), "E2") + more
    loop = many("=list", "one", until=until, outputCollection="all", outputElement="=one")
    whole = (
        start() + script("list", items, "list") + node("subProcess", "every", body + loop)
        + end() + line("S", "list", "every", "E")
    )  # fmt: skip
    return drawn("each", lanes, whole, extra)


def of(shop: Workshop, case_id: str, element: str, *numbers: int) -> TaskLine:
    """The open step at an element for an item, by its numbers."""
    (found,) = [
        line
        for line in shop.open_steps(case_id)
        if line.element_id == element and tuple(i.number for i in line.items) == numbers
    ]
    return found


def do(shop: Workshop, by: str, line: TaskLine, note: str = "") -> None:
    shop.engine.tasks.complete(shop.actor(by), line.id, {"note": note} if note else {})


@pytest.mark.parametrize("sequential", [False, True])
def test_each_item_is_a_step_of_its_own_and_the_last_one_goes_on(
    shop: Workshop, sequential: bool
) -> None:
    shop.put(visits(sequential=sequential))
    case_id = shop.begin("visits")
    for number in (1, 2, 3) if sequential else (2, 3, 1):
        found = of(shop, case_id, "visit", number)
        assert found.items == (Item("visit", number, 3, f"模拟{number}户"),)
        assert found.due_date is not None
        do(shop, "officer", found, f"看过 {number}")
    (last,) = shop.open_steps(case_id)
    assert (last.element_id, last.items) == ("sum", ())
    view = shop.engine.tasks.view(shop.actor("officer"), last.id)
    assert view.scope["all"] == ["看过 1", "看过 2", "看过 3"]
    assert "said" not in view.scope
    do(shop, "officer", last, "好")
    assert shop.status(case_id) is CaseStatus.COMPLETED
    assert shop.broken() == {}


def test_a_step_of_an_item_reads_what_belongs_to_it_and_not_what_belongs_to_others(
    shop: Workshop,
) -> None:
    shop.put(each(step("fill", NOTED), step("check", NOTED), ids="fill check",
                  lanes={"officer": "fill check"}))  # fmt: skip
    case_id = shop.begin("each")
    do(shop, "officer", of(shop, case_id, "fill", 1), "第一项")
    do(shop, "officer", of(shop, case_id, "fill", 3), "第三项")
    view = shop.engine.tasks.view(shop.actor("officer"), of(shop, case_id, "check", 3).id)
    assert [one.data for one in view.submissions] == [{"note": "第三项"}]
    assert (view.scope["one"], view.scope["said"], view.scope["loopCounter"]) == ("丙", "第三项", 3)
    whole = shop.engine.cases.view(SYSTEM, case_id)
    assert [one.items[0].name for one in whole.submissions] == ["甲", "丙"]
    (listed,) = shop.engine.cases.list(SYSTEM, CaseQuestion())
    assert listed.steps == ("fill", "check ×2")
    (diagram,) = shop.engine.cases.diagrams(SYSTEM, case_id)
    assert diagram.counts == {"fill": 1, "check": 2}
    history = shop.engine.cases.history(SYSTEM, case_id)
    begun = [e.detail["items"] for e in history if e.kind.value == "task_created"]
    assert begun[0] == [["every", 1, 3, "甲"]]


def test_nothing_to_visit_is_no_step_and_what_is_no_list_is_an_incident(shop: Workshop) -> None:
    shop.put(visits(0))
    case_id = shop.begin("visits")
    assert shop.waiting(case_id) == ["sum"]
    wrong = visits().content.replace(b"=homes", b"=homes[1]")
    shop.put(SourceFile("visits.bpmn", wrong))
    case_id = shop.begin("visits")
    assert (shop.status(case_id), shop.waiting(case_id)) == (CaseStatus.INCIDENT, [])
    (told,) = shop.engine.cases.view(SYSTEM, case_id).incidents
    assert "不是列表" in told
    assert shop.broken() == {}


def test_a_register_is_not_gone_through_in_one_case(shop: Workshop) -> None:
    shop.put(each(step("fill", NOTED), ids="fill", lanes={"officer": "fill"},
                  items="=for i in 1..4543 return i"))  # fmt: skip
    case_id = shop.begin("each")
    (told,) = shop.engine.cases.view(SYSTEM, case_id).incidents
    assert "4543 项" in told
    assert "一户一件分别发起" in told
    assert shop.waiting(case_id) == []


# Enough ---------------------------------------------------------------------------------------


def test_what_is_left_is_given_up_with_its_timers_and_messages_once_enough_is_done(
    shop: Workshop,
) -> None:
    beside = (
        boundary("late", "fill", timer("timeDuration", "P3D"), interrupting=False)
        + boundary("word", "fill", ext(io(None, {"heard": "=text"})) + receives("m"),
                   interrupting=False)
        + step("chase")
        + line("late", "chase", "E2")
        + line("word", "E2")
    )  # fmt: skip
    shop.put(
        each(step("fill", NOTED), ids="fill", more=beside, lanes={"officer": "fill chase"},
             until="=numberOfCompletedInstances = 2", extra=message("m", "word", "=one"))
    )  # fmt: skip
    case_id = shop.begin("each")
    officer, other = shop.actor("officer"), shop.actor("officer2")
    shop.pass_time(days=4)
    assert shop.waiting(case_id) == ["chase"] * 3 + ["fill"] * 3
    left = of(shop, case_id, "fill", 2)
    shop.engine.tasks.claim(other, left.id)
    shop.engine.tasks.save_draft(other, left.id, {"note": "写了一半"})
    for number in (1, 3):
        do(shop, "officer", of(shop, case_id, "chase", number))
        do(shop, "officer", of(shop, case_id, "fill", number), "好")
    assert shop.status(case_id) is CaseStatus.COMPLETED
    gone = shop.engine.tasks.view(other, left.id)
    assert (gone.task.status, gone.data) == (TaskStatus.CANCELLED, {"note": "写了一半"})
    assert shop.engine.tasks.view(officer, left.id).data == {}
    told = [e.detail for e in shop.engine.cases.history(SYSTEM, case_id) if e.task_id == left.id]
    assert told[-1] == {"given_up": "p-officer2"}
    with pytest.raises(TaskNotOpen):
        shop.engine.tasks.complete(other, left.id, {"note": "写了一半"})
    shop.engine.jobs.sweep()
    assert shop.engine.tasks.view(other, left.id).data
    shop.clock.advance(timedelta(days=31))
    shop.engine.jobs.sweep()
    assert shop.engine.tasks.view(other, left.id).data == {}
    assert shop.jobs(case_id, "waiting", "running", "failed") == []
    assert shop.rows("SELECT count(*) FROM subscription") == [(0,)]
    assert shop.broken() == {}


# Who may do which -------------------------------------------------------------------------


def test_inside_an_item_only_who_did_that_item_is_kept_away(shop: Workshop) -> None:
    shop.put(each(step("fill", NOTED), step("check", NOTED, notSamePersonAs="fill"),
                  ids="fill check", lanes={"officer": "fill check"}))  # fmt: skip
    case_id = shop.begin("each")
    do(shop, "officer", of(shop, case_id, "fill", 1))
    do(shop, "officer2", of(shop, case_id, "fill", 2))
    with pytest.raises(SeparationOfDuties):
        do(shop, "officer", of(shop, case_id, "check", 1))
    do(shop, "officer", of(shop, case_id, "check", 2))
    do(shop, "officer2", of(shop, case_id, "check", 1))
    assert shop.broken() == {}


def test_a_step_that_names_itself_is_done_by_another_person_for_each_item(shop: Workshop) -> None:
    shop.put(visits(2, notSamePersonAs="visit"))
    case_id = shop.begin("visits")
    first, second = (of(shop, case_id, "visit", n) for n in (1, 2))
    officer = shop.actor("officer")
    for one in (first, second):
        shop.engine.tasks.claim(officer, one.id)
    shop.engine.tasks.save_draft(officer, second.id, {"note": "写了一半"})
    do(shop, "officer", first)
    with pytest.raises(SeparationOfDuties):
        do(shop, "officer", second)
    assert "visit" not in shop.inbox("officer")
    released = [e for e in shop.engine.cases.history(SYSTEM, case_id)
                if e.kind.value == "task_released"]  # fmt: skip
    assert [e.task_id for e in released] == [second.id]
    do(shop, "officer2", second)
    assert shop.waiting(case_id) == ["sum"]
    assert shop.broken() == {}


def test_two_open_branches_that_must_be_two_people_are(shop: Workshop) -> None:
    body = (
        start() + node("parallelGateway", "F") + step("one") + step("two", notSamePersonAs="one")
        + node("parallelGateway", "J") + end()
        + line("S", "F", "one", "J", "E") + line("F", "two", "J")
    )  # fmt: skip
    shop.put(drawn("pair", {"officer": "one two"}, body))
    for first, second in (("one", "two"), ("two", "one")):
        case_id = shop.begin("pair")
        shop.finish("officer", case_id, first)
        with pytest.raises(SeparationOfDuties):
            shop.finish("officer", case_id, second)
        shop.finish("officer2", case_id, second)
    assert shop.broken() == {}


def test_a_step_waits_for_what_is_open_in_its_own_item_alone(shop: Workshop) -> None:
    inner = node("parallelGateway", "F") + step("fill") + step("check", blockedBy="fill")
    inner += node("parallelGateway", "J")
    more = line("F", "check", "J")
    shop.put(each(inner, ids="F fill J", more=more, lanes={"officer": "fill check"}))
    case_id = shop.begin("each")
    do(shop, "officer", of(shop, case_id, "fill", 2))
    with pytest.raises(BangfuError, match="还没有办结"):
        do(shop, "officer", of(shop, case_id, "check", 1))
    do(shop, "officer", of(shop, case_id, "check", 2))


def test_an_item_is_sent_back_by_itself(shop: Workshop) -> None:
    inner = (
        step("fill", NOTED) + step("check", io(outputs={"verdict": "=note"}))
        + node("exclusiveGateway", "G", default="G_E2") + flow("G", "fill", '=verdict = "退"')
    )  # fmt: skip
    shop.put(each(inner, ids="fill check G", lanes={"officer": "fill check"}))
    case_id = shop.begin("each")
    do(shop, "officer", of(shop, case_id, "fill", 2), "原来的")
    do(shop, "officer", of(shop, case_id, "check", 2), "退")
    again = of(shop, case_id, "fill", 2)
    assert shop.engine.tasks.view(shop.actor("officer"), again.id).scope["said"] == "原来的"
    assert shop.waiting(case_id) == ["fill"] * 3
    assert shop.broken() == {}


# At the same moment, and over again ------------------------------------------------------


def test_of_two_items_done_at_once_the_last_ends_the_whole_exactly_once(shop: Workshop) -> None:
    shop.put(visits(2))
    for _ in range(5):
        case_id = shop.begin("visits")
        first, second = (of(shop, case_id, "visit", n) for n in (1, 2))
        results = at_once(
            lambda one=first: do(shop, "officer", one, "一"),
            lambda one=second: do(shop, "officer2", one, "二"),
        )
        assert results == [None, None]
        (last,) = shop.open_steps(case_id)
        view = shop.engine.tasks.view(shop.actor("officer"), last.id)
        assert view.scope["all"] == ["一", "二"]
    assert shop.broken() == {}


def test_of_two_that_would_be_enough_at_once_one_is_too_late(shop: Workshop) -> None:
    shop.put(visits(3, until="=numberOfCompletedInstances >= 1"))
    case_id = shop.begin("visits")
    first, second = (of(shop, case_id, "visit", n) for n in (1, 2))
    results = at_once(
        lambda: do(shop, "officer", first, "一"), lambda: do(shop, "officer2", second, "二")
    )
    assert sorted(str(type(one)) for one in results) == sorted([str(type(None)), str(TaskNotOpen)])
    assert shop.waiting(case_id) == ["sum"]
    assert shop.broken() == {}


def test_an_item_that_could_not_be_written_is_as_if_it_had_not_been_done(shop: Workshop) -> None:
    shop.put(visits(2))
    case_id = shop.begin("visits")
    first, second = (of(shop, case_id, "visit", n) for n in (1, 2))
    before = shop.rows("SELECT state, rev FROM cases")
    shop.by_hand("DELETE FROM task WHERE id = :id", id=second.id)
    with pytest.raises(BangfuError):
        do(shop, "officer", first, "一")
    assert shop.rows("SELECT state, rev FROM cases") == before
    assert of(shop, case_id, "visit", 1).status == "open"


# What it costs --------------------------------------------------------------------------


def test_one_of_two_hundred_items_costs_what_one_of_five_costs(shop: Workshop) -> None:
    def cost(count: int) -> tuple[int, int, int]:
        shop.put(visits(count))
        case_id = shop.begin("visits")
        do(shop, "officer", of(shop, case_id, "visit", 1), "看过")
        second = of(shop, case_id, "visit", 2)
        with watched(shop.engine) as seen:
            do(shop, "officer", second, "看过")
        with watched(shop.engine) as begun:
            shop.begin("visits")
        ((size,),) = shop.rows("SELECT length(state) FROM cases WHERE id = :id", id=case_id)
        return len(seen), len(begun), size

    cost(3)  # makes the queue, whose number is remembered from the next question for it on
    few, many_ = cost(5), cost(200)
    assert many_[0] == few[0]
    assert many_[1] == few[1]
    assert many_[2] < 20_000


# Elsewhere ------------------------------------------------------------------------------


def test_attributes_of_items_do_not_hide_each_other(shop: Workshop) -> None:
    asked = SourceFile(
        "asked.form",
        b'{"id": "asked", "type": "default", "schemaVersion": 16, "components": [{"type": '
        b'"textfield", "id": "F", "key": "who", "label": "who", "properties": {"attribute": '
        b'"search"}}]}',
    )
    shop.put(each(step("fill", io(outputs={"said": "=who"}), form="asked"), ids="fill",
                  lanes={"officer": "fill"}), asked)  # fmt: skip
    case_id = shop.begin("each")
    for number in (1, 2):
        found = of(shop, case_id, "fill", number)
        shop.engine.tasks.complete(shop.actor("officer"), found.id, {"who": f"模拟{number}"})
    found = shop.engine.execute(
        lambda tx: tx.execute(select(case_attribute.c.name, case_attribute.c.text)).all()
    )
    assert {one.name: one.text for one in found} == {
        "every.0.who": "模拟1",
        "every.1.who": "模拟2",
    }


def migrated(shop: Workshop) -> None:
    route = Route("visits", 2, None, {})
    made = shop.engine.versions.begin(SYSTEM, route)
    shop.engine.versions.work_off(SYSTEM, made.id, lambda *_: None)


def test_running_items_go_over_to_another_version(shop: Workshop) -> None:
    shop.put(visits(3, notSamePersonAs="visit"))
    case_id = shop.begin("visits")
    do(shop, "officer", of(shop, case_id, "visit", 1), "旧版")
    second, third = (of(shop, case_id, "visit", n) for n in (2, 3))
    shop.engine.tasks.save_draft(shop.actor("officer2"), second.id, {"note": "写了一半"})
    text = visits(3, notSamePersonAs="visit").content.decode()
    shop.put(SourceFile("visits.bpmn", text.replace('name="sum"', 'name="汇总"').encode()))
    plan = shop.engine.versions.plans.at_once(SYSTEM, Route("visits", 2, None, {}))
    assert [one.verdict for one in plan.cases] == [Verdict.SAFE]
    migrated(shop)
    moved = of(shop, case_id, "visit", 2)
    assert (moved.id, moved.items, moved.draft_at) == (second.id, second.items, shop.clock.now())
    with pytest.raises(SeparationOfDuties):
        do(shop, "officer", moved)
    do(shop, "officer2", moved, "新版")
    shop.by_hand("UPDATE task SET barred = '' WHERE id = :id", id=third.id)
    do(shop, "officer", third, "新版")
    view = shop.engine.tasks.view(shop.actor("officer"), shop.step(case_id, "sum"))
    assert view.scope["all"] == ["旧版", "新版", "新版"]
    assert view.task.name == "汇总"


def test_who_did_an_item_is_known_under_the_new_name_of_the_step(shop: Workshop) -> None:
    shop.put(visits(2, notSamePersonAs="visit"))
    case_id = shop.begin("visits")
    do(shop, "officer", of(shop, case_id, "visit", 1))
    text = visits(2, notSamePersonAs="visit").content.decode()
    shop.put(SourceFile("visits.bpmn", re.sub(r"\bvisit\b", "call", text).encode()))
    made = shop.engine.versions.begin(SYSTEM, Route("visits", 2, None, {"visit": "call"}))
    shop.engine.versions.work_off(SYSTEM, made.id, lambda *_: None)
    moved = of(shop, case_id, "call", 2)
    assert moved.items == (Item("call", 2, 2, "模拟2户"),)
    with pytest.raises(SeparationOfDuties):
        do(shop, "officer", moved)
    do(shop, "officer2", moved)
    assert shop.broken() == {}


def test_a_list_that_became_another_stops_the_case(shop: Workshop) -> None:
    shop.put(visits())
    shop.begin("visits")
    text = visits().content.decode().replace('"home"', '"house"').replace("=home.", "=house.")
    shop.put(SourceFile("visits.bpmn", text.encode()))
    (judged,) = shop.engine.versions.plans.at_once(SYSTEM, Route("visits", 2, None, {})).cases
    assert judged.verdict is Verdict.REFUSED
    assert "逐项" in "".join(reason.zh for reason in judged.reasons)
