"""A parameter's new value and cases that run: nothing moves, or, where that is chosen, all of it."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import event

from engine import SYSTEM, Request
from engine.errors import Invalid
from engine.model.clock import FixedClock
from engine.model.deadlines import Deadline, Pause, due_with_pauses
from engine.model.deadlines import due as due_of
from engine.model.definitions import SourceFile
from engine.model.parameters import Kind, ParameterRule
from engine.work.parameters import NewValue, Touched
from tests.engine.moving.conftest import Workshop, drawn, step, with_rules
from tests.unit.runtime.kit import boundary, end, ext, line, node, props, start, timer, z

RULES = (
    ParameterRule(
        "answer limit",
        "答复",
        Kind.LIMIT,
        unit="wd",
        low=Decimal(1),
        high=Decimal(40),
        per_county=True,
        value="5wd",
    ),
    ParameterRule(
        "law limit",
        "法定",
        Kind.LIMIT,
        unit="d",
        basis="law",
        law="《某法》第一条",
        low=Decimal(1),
        high=Decimal(60),
        value="60d",
    ),
    ParameterRule("whole limit", "全程", Kind.LIMIT, unit="wd", value="30wd"),
)
CALLED = {
    "processId": "guarded",
    "propagateAllChildVariables": "false",
    "propagateAllParentVariables": "false",
}
ASKED = '=parameter("answer limit")'


@pytest.fixture
def ruled(database_url: str, clock: FixedClock, tmp_path: Path) -> Iterator[Workshop]:
    """A workshop whose installation knows the rules above."""
    yield from with_rules(RULES, database_url, clock, tmp_path / "data")


def _guarded(key: str = "guarded", text: str = ASKED) -> SourceFile:
    """``fetch`` with a limit and a timer that both ask; ``late`` opens ``chase`` beside it."""
    body = start() + step("fetch", deadline=ASKED)
    body += boundary("late", "fetch", timer("timeDuration", text), interrupting=False)
    body += step("chase") + end() + end("F")
    body += line("S", "fetch", "E") + line("late", "chase", "F")
    return drawn(key, {"officer": "fetch", "county_reviewer": "chase"}, body)


def _waiting() -> SourceFile:
    """A wait of its own whose length the law bounds."""
    body = start() + step("apply")
    body += node(
        "intermediateCatchEvent", "W", timer("timeDuration", '=parameter("law limit")'), name="等待"
    )
    return drawn("waiting", {"officer": "S apply W E"}, body + end() + line("S", "apply", "W", "E"))


def _set(shop: Workshop, name: str, value: object, *, told: bool, at: str | None = None) -> int:
    new = NewValue(name, at, shop.clock.now().date(), value, "常委会决定", to_running=told)
    return shop.engine.settings.set_value(shop.actor("admin"), new)


def _step_due(shop: Workshop, case_id: str, element: str = "fetch") -> str:
    (found,) = [s for s in shop.open_steps(case_id) if s.element_id == element]
    return str(found.due_date)


def _day(moment: datetime) -> str:
    return str(moment.astimezone(UTC).date())


def test_a_timer_moves_with_its_step_only_where_that_is_chosen(ruled: Workshop) -> None:
    ruled.put(_guarded())
    case_id = ruled.begin("guarded")
    assert ruled.engine.settings.touched("answer limit", None) == Touched(1, 1, 1)
    assert ruled.engine.settings.touched("answer limit", "lw") == Touched(0, 0, 0)
    length = len(ruled.history(case_id))

    assert _set(ruled, "answer limit", "8wd", told=False) == 0
    assert _step_due(ruled, case_id) == _day(ruled.due_of(case_id, "late")) == "2026-11-16"
    assert len(ruled.history(case_id)) == length

    assert _set(ruled, "answer limit", "9wd", told=True) == 2
    assert _step_due(ruled, case_id) == _day(ruled.due_of(case_id, "late")) == "2026-11-20"
    told = ruled.engine.cases.history(SYSTEM, case_id)[length:]
    assert [(e.kind.value, e.actor, e.detail["name"]) for e in told] == [
        ("timer_set", "p-admin", "fetch"),
        ("timer_set", "p-admin", "late"),
    ]
    for entry in told:
        assert str(entry.detail["before"]).startswith("2026-11-16")
        assert str(entry.detail["due_at"]).startswith("2026-11-20")
        assert "答复" in str(entry.detail["reason"])
    assert _set(ruled, "answer limit", "9wd", told=True) == 0  # said again: nothing to change
    assert ruled.broken() == {}
    ruled.move_to(datetime(2026, 11, 20, 15, 59, tzinfo=UTC))
    ruled.work()
    assert ruled.waiting(case_id) == ["fetch"]
    ruled.pass_time(minutes=1)
    assert ruled.waiting(case_id) == ["chase", "fetch"]
    assert ruled.broken() == {}


def test_a_timer_that_a_shorter_limit_makes_late_fires_now_and_decides_nothing(
    ruled: Workshop,
) -> None:
    ruled.put(_guarded())
    case_id = ruled.begin("guarded")
    ruled.pass_time(days=3)
    assert _set(ruled, "answer limit", "1wd", told=True) == 2
    assert ruled.due_of(case_id, "late") == ruled.clock.now()
    assert ruled.broken() == {}  # no timer that should have fired long ago
    ruled.work()
    assert ruled.waiting(case_id) == ["chase", "fetch"]
    assert ruled.history(case_id).count("timer_fired") == 1
    assert ruled.broken() == {}


def test_a_law_s_limit_is_never_lengthened_for_a_running_timer(ruled: Workshop) -> None:
    ruled.put(_waiting())
    case_id = ruled.begin("waiting")
    ruled.finish("officer", case_id, "apply")
    assert _day(ruled.due_of(case_id, "W")) == "2027-01-08"
    ruled.pass_time(days=10)
    with pytest.raises(Invalid, match="不得延长"):
        _set(ruled, "law limit", "61d", told=True)
    assert _day(ruled.due_of(case_id, "W")) == "2027-01-08"
    assert _set(ruled, "law limit", "30d", told=True) == 1
    assert _day(ruled.due_of(case_id, "W")) == "2026-12-09"
    *_, last = ruled.engine.cases.history(SYSTEM, case_id)
    assert (last.detail["name"], last.actor) == ("等待", "p-admin")
    assert ruled.broken() == {}


def test_what_is_counted_from_a_written_date_is_reckoned_again_from_it(ruled: Workshop) -> None:
    from_a_date = ext(props(countedFrom='="2026-11-02"', limitOf="citizen"))
    body = start() + step("fetch", deadline=ASKED, countedFrom='="2026-11-02"')
    body += boundary(
        "late", "fetch", from_a_date + timer("timeDuration", ASKED), interrupting=False
    )
    body += step("chase") + end() + end("F") + line("S", "fetch", "E") + line("late", "chase", "F")
    ruled.put(drawn("dated", {"officer": "fetch", "county_reviewer": "chase"}, body))
    case_id = ruled.begin("dated")
    assert _step_due(ruled, case_id) == _day(ruled.due_of(case_id, "late")) == "2026-11-09"
    assert _set(ruled, "answer limit", "9wd", told=True) == 2
    assert _step_due(ruled, case_id) == _day(ruled.due_of(case_id, "late")) == "2026-11-13"
    assert ruled.broken() == {}


def test_a_county_moves_the_timers_of_its_own_cases(ruled: Workshop) -> None:
    ruled.put(_guarded())
    near = ruled.begin("guarded")
    far = ruled.engine.cases.start(
        ruled.actor("far_officer"), Request("guarded", "lw-u", {})
    ).case_id
    assert _set(ruled, "answer limit", "8wd", told=True, at="xc") == 2
    assert [_day(ruled.due_of(one, "late")) for one in (near, far)] == ["2026-11-19", "2026-11-16"]
    # What the city says for all leaves the county with its own value alone.
    assert _set(ruled, "answer limit", "3wd", told=True) == 2
    assert [_day(ruled.due_of(one, "late")) for one in (near, far)] == ["2026-11-19", "2026-11-12"]
    assert ruled.broken() == {}


def test_what_is_reckoned_from_more_than_the_parameter_stays(ruled: Workshop) -> None:
    ruled.put(_guarded("more", '=if case.number = "1" then "1wd" else parameter("answer limit")'))
    ruled.put(_guarded("calm", '=if parameter("answer limit") = "5wd" then "20d" else "P10D"'))
    more, calm = ruled.begin("more"), ruled.begin("calm")
    began = ruled.clock.now()
    ruled.pass_time(days=1)
    before = ruled.due_of(more, "late")
    assert _set(ruled, "answer limit", "8wd", told=True) == 3
    assert ruled.due_of(more, "late") == before
    assert ruled.due_of(calm, "late") == began + timedelta(days=10)
    assert ruled.broken() == {}


def test_timers_of_called_processes_and_the_total_limit_net_of_pauses(ruled: Workshop) -> None:
    ruled.put(_guarded())
    called = node("callActivity", "C", ext(z("calledElement", **CALLED)))
    body = start() + step("apply", pausesClock="true") + called + end()
    body += line("S", "apply", "C", "E")
    ruled.put(drawn("outer", {"officer": "apply C"}, body, totalLimit='=parameter("whole limit")'))
    case_id = ruled.begin("outer")
    began = ruled.clock.now()
    ruled.pass_time(days=9)
    resumed = ruled.clock.now()
    ruled.finish("officer", case_id, "apply")
    ruled.pass_time(days=1)
    assert _set(ruled, "answer limit", "7wd", told=True) == 2
    assert _set(ruled, "whole limit", "12wd", told=True) == 1
    calendar = ruled.engine.calendar()
    assert ruled.due_of(case_id, "late") == due_of(resumed, Deadline.parse("7wd"), calendar).at
    case = ruled.engine.cases.view(SYSTEM, case_id).case
    pauses = [Pause(began, resumed)]
    fresh = due_with_pauses(
        case.created_at, Deadline.parse("12wd"), pauses, ruled.clock.now(), calendar
    )
    assert (case.total_limit, case.total_due_at) == ("12wd", fresh.at)
    assert ruled.broken() == {}


@dataclass
class _Wait:
    """A case of the walk: when its step began, and by which limit it goes now."""

    case_id: str
    area: str
    began: datetime
    limit: str


@pytest.mark.parametrize("seed", range(4))
def test_every_date_is_what_a_fresh_reckoning_gives(ruled: Workshop, seed: int) -> None:
    dice = random.Random(seed)
    ruled.put(_guarded())
    waits: list[_Wait] = []
    held: dict[str | None, str] = {None: "5wd"}
    for _ in range(25):
        match dice.choice(("begin", "begin", "time", "set", "tell")):
            case "begin":
                who, place = dice.choice((("officer", "u1"), ("far_officer", "lw-u")))
                ruled.clock.advance(timedelta(seconds=1))
                made = ruled.engine.cases.start(ruled.actor(who), Request("guarded", place, {}))
                area = "xc" if place == "u1" else "lw"
                limit = held.get(area, held[None])
                waits.append(_Wait(made.case_id, area, ruled.clock.now(), limit))
            case "time":
                ruled.pass_time(hours=dice.randrange(1, 60))
            case said:
                where = dice.choice((None, "xc"))
                limit = f"{dice.randrange(20, 40)}wd"
                if held.get(where) == limit:
                    continue
                held[where] = limit
                _set(ruled, "answer limit", limit, told=said == "tell", at=where)
                if said == "tell":
                    waits = [
                        replace(one, limit=held.get(one.area, held[None]))
                        if where in (None, one.area)
                        else one
                        for one in waits
                    ]
    calendar = ruled.engine.calendar()
    for one in waits:
        due = due_of(one.began, Deadline.parse(one.limit), calendar)
        assert ruled.due_of(one.case_id, "late") == due.at
        assert _step_due(ruled, one.case_id) == str(due.last_day)
    assert waits
    assert ruled.broken() == {}


def test_a_batch_costs_a_few_statements_whatever_stands_in_it(ruled: Workshop) -> None:
    ruled.put(_guarded())

    def cost(limit: str) -> int:
        said: list[str] = []
        database = ruled.engine.database.engine
        listening = lambda *arguments: said.append(arguments[2])  # noqa: E731
        event.listen(database, "before_cursor_execute", listening)
        _set(ruled, "answer limit", limit, told=True)
        event.remove(database, "before_cursor_execute", listening)
        return len(said)

    for _ in range(2):
        ruled.begin("guarded")
    cost("6wd")  # fills what is remembered
    few = cost("7wd")
    for _ in range(30):
        ruled.begin("guarded")
    assert cost("8wd") == few
    assert ruled.broken() == {}
