"""Only the business clock counts: what the machine's clock says makes no difference (D24)."""

import os
import time
from collections.abc import Iterator

import pytest
import time_machine

from tests.unit.runtime.kit import (
    boundary,
    end,
    ext,
    io,
    line,
    many,
    message,
    node,
    process,
    receives,
    script,
    start,
    timer,
    user,
)


@pytest.fixture
def in_zone() -> Iterator[None]:
    """Puts the machine's zone back."""
    before = os.environ.get("TZ")
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


def waits_in_every_way() -> bytes:
    body = start() + node("parallelGateway", "F") + end()
    body += user("A") + boundary("T1", "A", timer("timeDuration", "P1M"))
    body += boundary("T2", "A", timer("timeDuration", "5wd"), interrupting=False)
    body += node("subProcess", "P", many("=list") + start("S2") + user("B") + end("E2")
                 + line("S2", "B", "E2"))  # fmt: skip
    body += node("eventBasedGateway", "G")
    body += node("intermediateCatchEvent", "T3", timer("timeDate", "2030-01-02T08:00:00"))
    body += node("intermediateCatchEvent", "C", ext(io(None, {"x": "=y"})) + receives("M"))
    body += script("X", "=string(now())", "at") + script("Y", "=string(today())", "on")
    body += node("intermediateCatchEvent", "T4", timer("timeDate", "=today()"))
    body += line("S", "F", "A", "E") + line("T1", "E") + line("T2", "E") + line("F", "P", "E")
    body += line("F", "G", "T3", "E") + line("G", "C", "E") + line("F", "X", "Y", "T4", "E")
    return process(body, message("M", "m", "=string(now())"))


@pytest.mark.parametrize(
    ("machine", "zone"),
    [("1999-12-31T23:59:59Z", "America/New_York"), ("2087-06-01T00:00:00Z", "Asia/Tokyo")],
)
def test_a_case_waits_for_the_same_whatever_the_machine_s_clock_says(begin, in_zone, machine, zone):
    expected = everything_about(begin)
    os.environ["TZ"] = zone
    time.tzset()
    with time_machine.travel(machine, tick=False):
        assert everything_about(begin) == expected


def everything_about(begin):
    case = begin(waits_in_every_way(), list=[1, 2])
    due = {wait.element_id: wait.due for wait in case.step.waits.timers.values()}
    keys = [wait.key for wait in case.step.waits.messages.values()]
    told = (case.scope()["at"], case.scope()["on"])
    case.fire("T2")
    case.send("C", y=1)
    for item in (2, 1):
        case.done("B", item)
    case.fire("T4")
    case.fire("T1")
    assert case.step.ended
    assert sorted(due) == ["T1", "T2", "T3", "T4"]
    return due, keys, told, case.log, case.step.variables
