"""Due dates in rows: working days, total limits, pauses, reminders, the business clock (D8)."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from engine import SYSTEM, Options, open_engine
from engine.model.calendar import days_of_notice
from engine.model.cases import CaseStatus
from engine.model.definitions import SourceFile
from engine.model.tasks import Task
from engine.store.settings import Parameter
from tests.engine.conftest import KEY
from tests.engine.moving.conftest import Workshop, drawn, form, step
from tests.unit.runtime.kit import end, flow, io, line, node, start, timer


def utc(
    year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0
) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


def limited(**limits: str) -> SourceFile:
    """One step after the other, each with its limit."""
    body = start() + "".join(step(name, deadline=limit) for name, limit in limits.items()) + end()
    return drawn("limited", {"officer": " ".join(limits)}, body + line("S", *limits, "E"))


def paused() -> tuple[SourceFile, ...]:
    """30 working days in all, standing still while ``supplement`` is open; ``check`` returns."""
    body = start() + step("apply") + step("supplement", pausesClock="true")
    body += step("check", io(outputs={"again": "=again"}), form="check") + end()
    body += node("exclusiveGateway", "more", default="more_E", name="退回?")
    body += line("S", "apply", "supplement", "check", "more", "E")
    body += flow("more", "apply", '=again = "yes"')
    lanes = {"officer": "apply supplement", "county_reviewer": "check"}
    return drawn("paused", lanes, body, totalLimit="10wd"), form("check", "again")


def task_of(shop: Workshop, case_id: str) -> Task:
    (step_id,) = [s.id for s in shop.open_steps(case_id)]
    return shop.engine.tasks.view(shop.actor("officer"), step_id).task


@pytest.mark.parametrize(
    ("limit", "due"),
    [
        ("5wd", utc(2026, 11, 16, 15, 59, 59)),
        ("60d", utc(2027, 1, 8, 15, 59, 59)),
        ("4h", utc(2026, 11, 9, 5, 0, 1)),
        ('=parameter("notice days")', utc(2026, 11, 11, 15, 59, 59)),
        ('=if case.organisation.id = "u1" then "3wd" else "1wd"', utc(2026, 11, 12, 15, 59, 59)),
    ],
)
def test_a_step_is_due_by_its_limit(shop: Workshop, limit: str, due: datetime) -> None:
    new = [Parameter("notice days", None, date(2026, 1, 1), "2wd")]
    shop.engine.settings.add_parameters(SYSTEM, new)
    shop.put(limited(apply=limit))
    assert task_of(shop, shop.begin("limited")).due_at == due


def test_a_limit_that_is_not_known_is_an_incident_and_opens_the_step_once_it_is(
    shop: Workshop,
) -> None:
    later = Parameter("notice days", None, date(2027, 1, 1), "2wd")
    shop.engine.settings.add_parameters(SYSTEM, [later])
    shop.put(limited(apply="1wd", check='=parameter("notice days")'))
    case_id = shop.begin("limited")
    shop.finish("officer", case_id, "apply")
    assert (shop.waiting(case_id), shop.status(case_id)) == ([], CaseStatus.INCIDENT)
    (job,) = shop.jobs(case_id, "failed")
    assert "办理时限" in (job.last_error or "")
    assert shop.broken() == {}
    now = Parameter("notice days", None, date(2026, 1, 1), "2wd")
    shop.engine.settings.add_parameters(SYSTEM, [now])
    shop.engine.jobs.retry(shop.actor("officer"), job.id)
    shop.work()
    assert shop.status(case_id) is CaseStatus.ACTIVE
    assert task_of(shop, case_id).due_at == utc(2026, 11, 11, 15, 59, 59)
    assert shop.broken() == {}


def test_an_applicants_limit_moves_on_from_a_day_of_rest_and_ours_does_not(shop: Workshop) -> None:
    ours = limited(apply="5d")  # from Monday to Saturday
    theirs = SourceFile(
        "limited.bpmn",
        ours.content.replace(
            b'<zeebe:property name="role"',
            b'<zeebe:property name="kind" value="participant"/><zeebe:property name="role"',
        ),
    )
    shop.put(ours)
    assert task_of(shop, shop.begin("limited")).due_at == utc(2026, 11, 14, 15, 59, 59)
    shop.put(theirs)
    case_id = shop.begin("limited")
    assert task_of(shop, case_id).due_at == utc(2026, 11, 16, 15, 59, 59)
    shop.move_to(utc(2026, 11, 15, 12))
    shop.work()
    overdue = [
        p
        for k, p, text in shop.rows("SELECT kind, person_id, payload FROM outbox")
        if k == "overdue" and case_id in text
    ]
    assert overdue == []


def test_the_total_limit_stands_still_in_a_pause_and_goes_on_after_a_return(
    shop: Workshop,
) -> None:
    shop.put(*paused())
    case_id = shop.begin("paused")  # Monday the 9th

    def total() -> datetime | None:
        return shop.engine.cases.view(SYSTEM, case_id).case.total_due_at

    assert total() == utc(2026, 11, 23, 15, 59, 59)
    shop.move_to(utc(2026, 11, 10, 1))
    shop.finish("officer", case_id, "apply")  # the pause begins on Tuesday
    assert shop.engine.cases.view(SYSTEM, case_id).case.paused_since == shop.clock.now()
    shop.move_to(utc(2026, 11, 13, 1))
    shop.finish("officer", case_id, "supplement")  # and ends on Friday: three days stood still
    assert total() == utc(2026, 11, 26, 15, 59, 59)
    shop.move_to(utc(2026, 11, 16, 1))
    shop.finish("reviewer", case_id, "check", {"again": "yes"})
    assert shop.waiting(case_id) == ["apply"]
    assert total() == utc(2026, 11, 26, 15, 59, 59)  # from the first entry, not from the return
    shop.finish("officer", case_id, "apply")
    shop.move_to(utc(2026, 11, 18, 1))
    shop.finish("officer", case_id, "supplement")  # two more
    assert total() == utc(2026, 11, 30, 15, 59, 59)
    assert len(shop.engine.cases.view(SYSTEM, case_id).case.pauses) == 2


def test_a_return_gives_the_step_a_fresh_limit(shop: Workshop) -> None:
    shop.deploy("example_request")
    case_id = shop.applied()
    shop.clock.advance(timedelta(days=1))
    back = {"decision": "return", "return_to": "apply", "comment": "请补充用途"}
    shop.do("reviewer", case_id, "review", back)
    assert task_of(shop, case_id).due_at == utc(2026, 11, 13, 15, 59, 59)


def test_a_year_without_a_notice_is_provisional_and_reckoned_again_on_import(
    shop: Workshop,
) -> None:
    shop.clock.advance(timedelta(days=365))  # November 2027: no notice for 2027 or 2028 yet
    shop.put(limited(apply="5wd"))
    shop.put(*paused())
    case_id, whole = shop.begin("limited"), shop.begin("paused")
    before = task_of(shop, case_id)
    assert before.provisional
    assert before.due_at == utc(2027, 11, 16, 15, 59, 59)
    rest = [date(2027, 11, 15), date(2027, 11, 16)]
    days = days_of_notice(2027, rest, [date(2027, 11, 13)])
    shop.engine.settings.import_calendar(shop.actor("admin"), days)
    after = task_of(shop, case_id)
    assert not after.provisional
    assert after.due_at == utc(2027, 11, 17, 15, 59, 59)  # two rest days, a worked Saturday
    assert after.rev == before.rev  # nobody's open page goes stale
    entry = shop.engine.cases.history(SYSTEM, case_id)[-1]
    assert (entry.kind.value, entry.task_id) == ("timer_set", after.id)
    assert "重新推算" in str(entry.detail)
    assert shop.engine.cases.view(SYSTEM, whole).case.total_due_at == utc(2027, 11, 24, 15, 59, 59)
    length = len(shop.history(case_id))
    shop.engine.settings.import_calendar(shop.actor("admin"), days)
    assert len(shop.history(case_id)) == length
    shop.finish("officer", case_id, "apply")
    assert shop.broken() == {}


def alerts(shop: Workshop) -> list[tuple[str, str]]:
    rows = shop.rows("SELECT kind, person_id, payload FROM outbox ORDER BY id")
    assert all(set(json.loads(payload)) == {"task", "step"} for _, _, payload in rows)
    return [(kind, person) for kind, person, _ in rows]


def test_a_step_speaks_up_at_80_100_and_150_per_cent_once_each(
    shop: Workshop, open_shop: Callable[[], Workshop]
) -> None:
    shop.put(limited(apply="10wd"))
    case_id = shop.begin("limited")
    shop.engine.tasks.claim(shop.actor("officer"), shop.step(case_id))
    remind, due = utc(2026, 11, 18, 16), utc(2026, 11, 23, 15, 59, 59)
    shop.move_to(remind - timedelta(seconds=1))
    shop.work()
    assert alerts(shop) == []
    other = open_shop()
    shop.move_to(remind)
    shop.work()
    other.work()
    assert alerts(shop) == [("remind", "p-officer")]
    shop.move_to(due)
    shop.work()
    assert alerts(shop)[1:] == [("overdue", "p-supervisor")]
    shop.pass_time(days=30)
    other.work()
    assert alerts(shop)[2:] == [("escalate", "p-city")]
    assert shop.waiting(case_id) == ["apply"]  # nothing was decided for anybody


def test_a_worker_that_comes_late_sends_every_stage_once(shop: Workshop) -> None:
    shop.put(limited(apply="1wd"))
    shop.begin("limited")
    shop.pass_time(days=30)
    assert [kind for kind, _ in alerts(shop)] == ["remind", "remind", "overdue", "escalate"]
    shop.pass_time(days=30)
    assert len(alerts(shop)) == 4


def test_a_finished_step_speaks_up_no_more(shop: Workshop) -> None:
    shop.put(limited(apply="1wd"))
    case_id = shop.begin("limited")
    shop.finish("officer", case_id, "apply")
    shop.pass_time(days=30)
    assert alerts(shop) == []


def test_the_business_clock_goes_on_at_its_speed_after_a_restart(database_url: str) -> None:
    fast = open_engine(database_url, key=KEY, options=Options(clock_speed=86_400))
    first = fast.clock.now()
    fast.close()
    again = open_engine(database_url, key=KEY)  # another process: nothing said about the speed
    later = again.clock.now()
    assert later > first
    assert again.clock.now() - later < timedelta(days=2)
    again.close()
    slow = open_engine(database_url, key=KEY, options=Options(clock_speed=1))
    assert slow.clock.now() >= later  # no jump back
    assert slow.clock.now() - later < timedelta(days=20)
    slow.close()
    known = open_engine(database_url, key=KEY)
    begun = known.clock.now()
    assert known.clock.now() - begun < timedelta(seconds=5)
    known.close()


def test_a_timer_that_counts_working_days_moves_with_the_calendar(shop: Workshop) -> None:
    shop.clock.advance(timedelta(days=365))  # November 2027: no notice for 2027 yet
    body = start() + node("intermediateCatchEvent", "W", timer("timeDuration", '="5wd"')) + end()
    body += node("intermediateCatchEvent", "D", timer("timeDuration", "P30D"))
    body += node("parallelGateway", "F") + node("parallelGateway", "J")
    body += line("S", "F", "W", "J", "E") + line("F", "D", "J")
    shop.put(drawn("counting", {"officer": "S F W D J E"}, body))
    case_id = shop.begin("counting")

    def due() -> list[str]:
        rows = shop.rows("SELECT element_id, due_at FROM job WHERE kind = 'timer' ORDER BY 1")
        return [at[:10] for _, at in rows]

    before = due()
    assert before[1] == "2027-11-16"
    rest = [date(2027, 11, 15), date(2027, 11, 16)]
    days = days_of_notice(2027, rest, [date(2027, 11, 13)])
    told = shop.engine.settings.import_calendar(shop.actor("admin"), days)
    assert due() == [before[0], "2027-11-17"]
    assert (told.cases, told.dates) == (1, 1)
    entry = shop.engine.cases.history(SYSTEM, case_id)[-1]
    assert (entry.kind.value, entry.detail["name"]) == ("timer_set", "W")
    assert "重新推算" in str(entry.detail)
    length = len(shop.history(case_id))
    shop.engine.settings.import_calendar(shop.actor("admin"), days)
    assert len(shop.history(case_id)) == length
    assert shop.broken() == {}
    shop.move_to(utc(2027, 11, 17, 16))
    shop.engine.jobs.fire_due_of_case(case_id)
    assert shop.rows("SELECT status FROM job WHERE element_id = 'W'") == [("done",)]
    assert shop.broken() == {}
