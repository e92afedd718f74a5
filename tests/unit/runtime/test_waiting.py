"""Timers and messages: what a case waits for is fixed when the wait begins."""

from datetime import UTC, datetime, timedelta

import pytest

from engine import runtime
from engine.errors import TaskNotOpen
from tests.unit.runtime.kit import (
    boundary,
    end,
    ext,
    io,
    line,
    message,
    node,
    process,
    receives,
    start,
    timer,
    user,
)


def waits_for(kind, text):
    body = start() + node("intermediateCatchEvent", "T", timer(kind, text)) + user("A") + end()
    return process(body + line("S", "T", "A", "E"))


def due(case):
    (wait,) = case.step.waits.timers.values()
    return wait.due


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("timeDuration", "P5D", utc(2026, 3, 7, 1)),
        ("timeDuration", '=duration("P5D")', utc(2026, 3, 7, 1)),
        ("timeDuration", "=wait", utc(2026, 3, 4, 1)),
        ("timeDuration", "PT1.5S", utc(2026, 3, 2, 1, 0, 1, 500_000)),
        ("timeDuration", "P1Y1M", utc(2027, 4, 2, 1)),
        ("timeDuration", "P2W", utc(2026, 3, 16, 1)),
        ("timeDuration", "PT0S", utc(2026, 3, 2, 1)),
        ("timeDuration", "5wd", utc(2026, 3, 9, 15, 59, 59)),
        ("timeDuration", '=parameter("notice")', utc(2026, 3, 4, 15, 59, 59)),
        ("timeDate", "2030-01-02", utc(2030, 1, 2, 15, 59, 59)),
        ("timeDate", '=date("2030-01-02")', utc(2030, 1, 2, 15, 59, 59)),
        ("timeDate", "=today()", utc(2026, 3, 2, 15, 59, 59)),
        ("timeDate", "2030-01-02T08:00:00", utc(2030, 1, 2, 0)),
        ("timeDate", "2030-01-02T08:00:00Z", utc(2030, 1, 2, 8)),
        ("timeDate", '=date and time("2030-01-02T08:00:00@Asia/Shanghai")', utc(2030, 1, 2, 0)),
        ("timeDate", '=now() + duration("PT1H")', utc(2026, 3, 2, 2)),
    ],
)
def test_a_timer_is_due_by_the_business_clock_in_the_business_zone(
    begin, world, kind, text, expected
):
    world.parameters["notice"] = "2wd"
    case = begin(waits_for(kind, text), wait="P2D")
    assert due(case) == expected


def test_months_are_counted_in_local_time(begin, world):
    world.now = utc(2026, 1, 31, 17)  # already the first of February in China
    assert due(begin(waits_for("timeDuration", "P1M"))) == utc(2026, 2, 28, 17)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("timeDuration", "=missing"),
        ("timeDuration", "=wrong"),
        ("timeDuration", '=duration("-P1D")'),
        ("timeDuration", '=duration("-P1M")'),
        ("timeDuration", "=7"),
        ("timeDuration", '=duration("P999999999Y")'),
        ("timeDate", "=missing"),
        ("timeDate", "2030-02-30"),
        ("timeDate", "明天"),
        ("timeDate", "5wd"),
    ],
)
def test_a_timer_without_a_usable_time_is_an_incident_that_can_be_retried(begin, kind, text):
    case = begin(waits_for(kind, text), wrong="P5X")
    assert case.incidents == ["T"]
    assert not case.step.waits
    assert not case.step.ended
    case.retry()
    assert case.incidents == ["T"]


def test_cases_of_one_version_each_wait_for_their_own(begin, world):
    # SpiffWorkflow keeps what a timer or message computed on the spec that all cases share.
    body = start() + node("parallelGateway", "F") + end()
    body += node("intermediateCatchEvent", "T", timer("timeDuration", "=wait"))
    body += node("intermediateCatchEvent", "C", ext(io(None, {"x": "=y"})) + receives("M"))
    body += line("S", "F", "T", "E") + line("F", "C", "E")
    first = begin(process(body, HELLO), wait="P2D", household={"id": 1})
    program, ports = first.program, world.ports()
    waiting = [
        runtime.start(program, {"wait": f"P{n}D", "household": {"id": n}}, ports) for n in (1, 2)
    ]
    for number, step in enumerate(waiting, start=1):
        seen = runtime.waits(program, step.state)
        (timed,), (message_wait,) = seen.timers.values(), seen.messages.values()
        assert timed.due == world.now + timedelta(days=number)
        assert message_wait.key == str(number)


def test_the_due_instant_is_fixed_when_the_wait_begins(begin, world):
    case = begin(waits_for("timeDuration", "=wait"), wait="P2D")
    before = due(case)
    world.now += timedelta(days=1)
    assert runtime.waits(case.program, case.step.state).timers[case.token("T")].due == before
    case.fire("T")
    assert case.open == ["A"]


def with_boundary(inside, *, interrupting=True, extra=""):
    body = start() + user("A") + boundary("T", "A", inside, interrupting=interrupting)
    body += user("B") + user("C") + end() + line("S", "A", "B", "E") + line("T", "C", "E")
    return process(body, extra)


def test_an_interrupting_timer_takes_the_step_away(begin):
    case = begin(with_boundary(timer("timeDuration", "P5D")))
    step = case.fire("T")
    assert case.open == ["C"]
    assert len(step.closed) == 1
    assert not step.waits.timers
    assert "A" not in case.log
    assert case.done("C").ended


def test_a_step_done_in_time_takes_its_timer_away(begin):
    case = begin(with_boundary(timer("timeDuration", "P5D")))
    token = case.token("T")
    case.done("A")
    assert (case.open, case.step.waits.timers) == (["B"], {})
    with pytest.raises(TaskNotOpen):
        runtime.fire_timer(case.program, case.step.state, token, case.world.ports())


def test_a_timer_that_does_not_interrupt_opens_a_second_step(begin):
    case = begin(with_boundary(timer("timeDuration", "P5D"), interrupting=False))
    case.fire("T")
    assert sorted(case.open) == ["A", "C"]
    assert not case.step.waits.timers
    case.done("A")
    assert sorted(case.open) == ["B", "C"]
    case.done("B")
    assert not case.step.ended
    assert case.done("C").ended


def test_only_the_timer_that_is_told_fires(begin):
    body = start() + user("A") + user("B") + user("C") + end()
    body += boundary("T1", "A", timer("timeDuration", "P1D"))
    body += boundary("T2", "A", timer("timeDuration", "P2D"))
    case = begin(process(body + line("S", "A", "E") + line("T1", "B", "E") + line("T2", "C", "E")))
    case.fire("T2")
    assert case.open == ["C"]


HELLO = message("M", "hello", "=household.id")


def catching(outputs):
    inside = ext(io(None, outputs)) + receives("M")
    body = start() + node("intermediateCatchEvent", "C", inside) + user("A") + end()
    return process(body + line("S", "C", "A", "E"), HELLO)


@pytest.mark.parametrize(
    ("household", "key"),
    [(7, "7"), (7.0, "7"), ("七", '"七"'), ([2, {"b": 1, "a": None}], '[2,{"a":null,"b":1}]')],
)
def test_a_message_wait_has_a_canonical_key(begin, household, key):
    case = begin(catching({"x": "=y"}), household={"id": household})
    (wait,) = case.step.waits.messages.values()
    assert (wait.name, wait.key, wait.element_id) == ("hello", key, "C")


@pytest.mark.parametrize("variables", [{}, {"household": {"id": None}}, {"household": {"id": ""}}])
def test_a_message_without_a_key_is_an_incident(begin, variables):
    case = begin(catching({"x": "=y"}), **variables)
    assert case.incidents == ["C"]
    assert not case.step.waits


def test_a_message_brings_only_what_is_mapped(begin):
    case = begin(catching({"objection.text": "=text", "old": "=text + household.name"}),
                 household={"id": 1, "name": "甲"})  # fmt: skip
    case.send("C", text="有异议", household={"id": 666, "name": "乙"}, junk=1)
    assert case.open == ["A"]
    assert case.step.variables == {
        "household": {"id": 1, "name": "甲"},
        "objection": {"text": "有异议"},
        "old": "有异议乙",
    }


def test_a_receive_task_waits_like_an_event(begin):
    task = node("receiveTask", "C", ext(io(None, {"x": "=y"})), messageRef="M")
    case = begin(process(start() + task + user("A") + end() + line("S", "C", "A", "E"), HELLO),
                 household={"id": 3})  # fmt: skip
    case.send("C", y=1)
    assert (case.open, case.step.variables["x"]) == (["A"], 1)


MAPPED = ext(io(None, {"text": "=text"})) + receives("M")


def test_a_message_at_a_step_interrupts_it(begin):
    case = begin(with_boundary(MAPPED, extra=HELLO), household={"id": 1})
    case.send("T", text="停")
    assert (case.open, case.step.variables["text"], case.step.waits.messages) == (["C"], "停", {})


def test_a_message_that_does_not_interrupt_can_come_again(begin):
    case = begin(with_boundary(MAPPED, interrupting=False, extra=HELLO), household={"id": 1})
    sizes = []
    for _ in range(4):
        case.send("T", text="又来")
        case.done("C")
        sizes.append(len(case.step.state))
    assert len(set(sizes)) == 1
    case.send("T", text="再来")
    case.send("T", text="再来")
    assert sorted(case.open) == ["A", "C", "C"]
    case.done("A")
    assert case.step.waits.messages == {}


def either(second):
    body = start() + node("eventBasedGateway", "G") + user("A") + user("B") + end()
    body += node("intermediateCatchEvent", "T", timer("timeDuration", "P5D")) + second
    body += line("S", "G", "T", "A", "E") + line("G", "C", "B", "E")
    return process(body, HELLO)


@pytest.mark.parametrize("second", ["intermediateCatchEvent", "receiveTask"])
def test_the_first_event_behind_an_event_gateway_wins(begin, second):
    if second == "receiveTask":
        written = node("receiveTask", "C", ext(io(None, {"x": "=y"})), messageRef="M")
    else:
        written = node("intermediateCatchEvent", "C", ext(io(None, {"x": "=y"})) + receives("M"))
    first = begin(either(written), household={"id": 1})
    assert (len(first.step.waits.timers), len(first.step.waits.messages)) == (1, 1)
    first.fire("T")
    assert (first.open, first.step.waits.messages, first.log) == (["A"], {}, ["S", "G", "T"])
    other = begin(either(written), household={"id": 1})
    other.send("C", y=2)
    assert (other.open, other.step.waits.timers) == (["B"], {})
    assert other.done("B").ended
