"""Cases that somebody began join a list: one a key, until its last day, told in words where not."""

from collections.abc import Callable, Mapping, Sequence

import pytest

from engine import SYSTEM, Request
from engine.model.definitions import SourceFile
from engine.model.fan_out import Children, Line
from engine.work.attributes import normal
from tests.engine.moving.conftest import Workshop, drawn, step
from tests.engine.moving.test_fan_out import BEGIN, given, looked_at_again, run_errand
from tests.support.at_once import at_once
from tests.unit.runtime.kit import end, ext, flow, line, node, props, service, start

UNTIL = "2026-11-12"


class Earlier:
    """Those whom the list begins with, by the keyed hash of who they are."""

    def __init__(self, hashed: Callable[[str], str], *who: str) -> None:
        self.lines = [Line(hashed(normal(one)), "u1", {"who": one}) for one in who]

    def count(self, _tx: object, _wanted: Mapping[str, object]) -> int:
        return len(self.lines)

    def page(
        self, _tx: object, _wanted: Mapping[str, object], after: str, limit: int
    ) -> Sequence[Line]:
        ordered = sorted(self.lines, key=lambda one: one.business_key)
        return [one for one in ordered if one.business_key > after][:limit]


def joiner() -> SourceFile:
    """Whoever may join has a step; whoever may not ends, or with ``rich`` has a step as well."""
    outputs = {"joined": "=joined", "told": "=message", "day": '=get value(given, "day")'}
    body = BEGIN + service("join", "cases.join", {"key": "=who"}, outputs)
    body += node("exclusiveGateway", "G", default="G_told")
    body += line("S", "join", "G") + flow("G", "work", "=joined") + flow("G", "told")
    done = node("endEvent", "E", ext(props(milestone="resolved")))
    body += step("work") + step("told") + node("exclusiveGateway", "H", default="H_E")
    body += flow("work", "H") + flow("H", "F", "=poor = true") + flow("H", "E") + done
    body += end("F") + end("N") + line("told", "N")
    return drawn("joiner", {"officer": "work told"}, body)


def parent(until: str = f'="{UNTIL}"') -> SourceFile:
    asked = {
        "list": "=case.id",
        "process": '="joiner"',
        "source": '="earlier"',
        "wanted": '={variables: {day: "2026-12-01"}}',
        "until": until,
    }
    body = start() + service("each", "cases.for_each", asked, {}, props(**{"async": "true"}))
    body += step("summary") + end() + line("S", "each", "summary", "E")
    return drawn("parent", {"officer": "summary"}, body)


@pytest.fixture
def opened(shop: Workshop) -> str:
    """A list that one case was begun for by its source; the id of the case that asked for it."""
    environment = shop.engine.environment
    assert isinstance(environment.sources, dict)
    environment.sources["earlier"] = Earlier(environment.vault.lookup_hash, "甲 1")
    shop.put(joiner(), given(), parent())
    case_id = shop.begin("parent")
    shop.work()
    assert run_errand(shop.engine)
    return case_id


def applied(shop: Workshop, who: str, unit: str = "u1", by: str = "officer", **data: object) -> str:
    request = Request("joiner", unit, {"who": who, **data})
    return shop.engine.cases.start(shop.actor(by), request).case_id


def told(shop: Workshop, case_id: str) -> str:
    """Why a case was not taken; empty where it was."""
    (task,) = shop.open_steps(case_id)
    view = shop.engine.tasks.view(SYSTEM, task.id)
    assert (task.element_id == "told") == bool(view.scope["told"])
    assert view.scope["day"] == (None if "还没有发起" in str(view.scope["told"]) else "2026-12-01")
    return str(view.scope["told"])


def test_what_somebody_brings_stands_beside_what_the_source_gave(
    shop: Workshop, opened: str
) -> None:
    first = applied(shop, "乙 2")
    assert told(shop, first) == ""
    found = shop.engine.fan_outs.of(SYSTEM, opened)
    assert (found.begun, found.joins_until.isoformat()) == (2, UNTIL)
    assert shop.engine.fan_outs.children(SYSTEM, opened) == Children(open=2)
    keys = shop.rows("SELECT business_key FROM cases WHERE fan_out_id IS NOT NULL")
    assert all(len(key) == 64 for (key,) in keys), "no number of a person stands in the table"
    ((by_list,),) = shop.rows("SELECT id FROM cases WHERE id <> :id AND fan_out_id > ''", id=first)
    shop.move_to(shop.clock.now().replace(day=13))
    for case_id in (first, by_list):
        looked_at_again(shop)
        assert shop.waiting(opened) == [], "not over before all have ended"
        shop.finish("officer", case_id, "work")
    looked_at_again(shop)
    assert shop.waiting(opened) == ["summary"]
    assert shop.broken() == {}
    assert shop.engine.audit.verify().ok


@pytest.mark.parametrize("who", ["甲1", "乙2"])
def test_the_same_is_taken_once_whoever_brings_it(shop: Workshop, opened: str, who: str) -> None:
    applied(shop, "乙 2")
    again = told(shop, applied(shop, who))
    assert "同一对象已由模拟一厂工会在办件" in again
    far = told(shop, applied(shop, who, "lw-u", "far_officer"))
    assert "同一对象已在芗城模拟区总工会申请" in far
    assert "办件" not in far, "a case of another county is not named"
    assert shop.engine.fan_outs.of(SYSTEM, opened).begun == 2


def test_of_two_at_the_same_moment_one_is_taken(shop: Workshop, opened: str) -> None:
    found = at_once(
        lambda: applied(shop, "丙3"), lambda: applied(shop, "丙3", "u2", "other_officer")
    )
    assert sorted(bool(told(shop, case_id)) for case_id in found) == [False, True]
    assert shop.engine.fan_outs.of(SYSTEM, opened).begun == 2


def test_what_ended_without_anything_makes_way_and_what_was_resolved_does_not(
    shop: Workshop, opened: str
) -> None:
    first = applied(shop, "丁4", poor=True)
    shop.finish("officer", first, "work")
    second = applied(shop, "丁4")
    assert told(shop, second) == ""
    shop.finish("officer", second, "work")
    assert "同一对象" in told(shop, applied(shop, "丁4"))
    assert shop.engine.fan_outs.children(SYSTEM, opened) == Children(open=1, completed=2)


def test_behind_the_last_day_and_before_there_is_a_list_nobody_is_taken(shop: Workshop) -> None:
    shop.put(joiner(), given())
    assert "还没有发起" in told(shop, applied(shop, "乙2"))


def test_on_the_last_day_one_is_taken_and_a_day_later_not(shop: Workshop, opened: str) -> None:
    shop.move_to(shop.clock.now().replace(day=12))
    assert told(shop, applied(shop, "乙2")) == ""
    shop.move_to(shop.clock.now().replace(day=13))
    assert f"申请截止日期是 {UNTIL},已经过了" in told(shop, applied(shop, "丙3"))


def test_a_list_that_was_stopped_takes_nobody(shop: Workshop, opened: str) -> None:
    shop.engine.fan_outs.stop(SYSTEM, opened)
    assert "还没有发起" in told(shop, applied(shop, "乙2"))
