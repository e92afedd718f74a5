"""Limits from a written date, a citizen's limits that move on, and what is told of them."""

from datetime import UTC, date, datetime

import pytest

from engine import SYSTEM
from engine.model.cases import CaseStatus
from engine.model.deadlines import LimitOf, Stop
from engine.model.definitions import SourceFile
from engine.model.holiday_notice import read_notice
from engine.model.tasks import DueState, InboxFilter
from engine.work.told_limits import Began, ToldLimit
from tests.engine.moving.conftest import Workshop, drawn, form, step
from tests.unit.runtime.kit import (
    boundary,
    end,
    ext,
    flow,
    io,
    line,
    node,
    props,
    start,
    timer,
)

SERVED = io(outputs={"served_on": "=served_on"})


def utc(year: int, month: int, day: int, hour: int = 15, minute: int = 59, second: int = 59):
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


def served(limit: str, begins: str = "=served_on", **more: str) -> tuple[SourceFile, ...]:
    """``serve`` writes a date; ``answer`` is due from it."""
    body = start() + step("serve", SERVED, form="serve")
    body += step("answer", deadline=limit, countedFrom=begins, **more) + end()
    body += line("S", "serve", "answer", "E")
    return drawn("served", {"officer": "serve answer"}, body), form("serve", "served_on")


def waited(text: str, kind: str = "timeDuration", **said: str) -> tuple[SourceFile, ...]:
    """``serve`` writes a date; the period after it is waited for."""
    body = start() + step("serve", SERVED, form="serve")
    body += node("intermediateCatchEvent", "period", ext(props(**said)) + timer(kind, text))
    body += step("late") + end() + line("S", "serve", "period", "late", "E")
    return drawn("waited", {"officer": "serve late"}, body), form("serve", "served_on")


def of_step(shop: Workshop, case_id: str, element: str) -> ToldLimit:
    found = shop.engine.cases.view(SYSTEM, case_id).limits
    (limit,) = [one for one in found if one.name == element]
    return limit


def test_a_step_is_due_from_the_date_that_was_written_and_overdue_at_once(shop: Workshop) -> None:
    shop.put(*served("15d"))
    case_id = shop.begin("served")  # Monday the 9th of November
    shop.finish("officer", case_id, "serve", {"served_on": "2026-10-20"})
    (found,) = shop.open_steps(case_id)
    assert (found.due_date, found.due_at) == (date(2026, 11, 4), utc(2026, 11, 4))
    officer = shop.actor("officer")
    page = shop.engine.tasks.inbox(officer, InboxFilter(bucket="overdue"))
    assert [one.id for one in page.lines] == [found.id]
    assert page.counts.by_bucket[DueState.OVERDUE.value] == 1
    told = of_step(shop, case_id, "answer")
    assert (told.began, told.start) == (Began.WRITTEN, date(2026, 10, 20))
    shop.work()
    kinds = {k for k, text in shop.rows("SELECT kind, payload FROM outbox") if found.id in text}
    assert {"remind", "overdue"} <= kinds
    assert shop.broken() == {}


@pytest.mark.parametrize(
    ("begins", "due"),
    [
        ("=served_on", date(2026, 11, 16)),
        ("=date(served_on)", date(2026, 11, 16)),
        ('=if served_on = "2026-11-02" then null else served_on', date(2026, 11, 23)),
    ],
)
def test_a_written_date_is_a_text_a_date_or_nothing(shop: Workshop, begins: str, due: date) -> None:
    shop.put(*served("10wd", begins))
    case_id = shop.begin("served")
    shop.finish("officer", case_id, "serve", {"served_on": "2026-11-02"})
    (found,) = shop.open_steps(case_id)
    assert found.due_date == due


@pytest.mark.parametrize(
    ("limit", "given"), [("15d", "上周"), ('=if note = "x" then "1d" else "4h"', "2026-11-02")]
)
def test_what_is_no_date_or_no_limit_of_days_stops_the_case_with_a_sentence(
    shop: Workshop, limit: str, given: str
) -> None:
    shop.put(*served(limit.replace("note", "served_on")))
    case_id = shop.begin("served")
    shop.finish("officer", case_id, "serve", {"served_on": given})
    assert (shop.waiting(case_id), shop.status(case_id)) == ([], CaseStatus.INCIDENT)
    (job,) = shop.jobs(case_id, "failed")
    assert "起算" in (job.last_error or "")
    assert shop.broken() == {}


@pytest.mark.parametrize(
    ("text", "kind", "said", "due"),
    [
        # the 14th is a Saturday
        ("5d", "timeDuration", {"limitOf": "citizen"}, utc(2026, 11, 16)),
        ("5d", "timeDuration", {"limitOf": "ours"}, utc(2026, 11, 14)),
        ("5d", "timeDuration", {}, utc(2026, 11, 14)),
        ("P5D", "timeDuration", {"limitOf": "citizen"}, utc(2026, 11, 16)),
        ('=date(served_on) + duration("P5D")', "timeDate", {"limitOf": "citizen"}, utc(2026, 11, 16)),
        ('=date(served_on) + duration("P5D")', "timeDate", {}, utc(2026, 11, 14)),
        ("5d", "timeDuration", {"countedFrom": "=served_on"}, utc(2026, 11, 14)),
        ('=if true then "12d" else served_on', "timeDuration",
         {"countedFrom": '="2026-11-02"', "limitOf": "citizen"}, utc(2026, 11, 16)),
        ("P1M", "timeDuration", {"countedFrom": '="2026-10-14"'}, utc(2026, 11, 14)),
        ("P1M", "timeDuration", {"countedFrom": '="2026-10-14"', "limitOf": "citizen"},
         utc(2026, 11, 16)),
        ("PT120H", "timeDuration", {"limitOf": "citizen"}, utc(2026, 11, 14, 1, 0, 1)),
    ],
)  # fmt: skip
def test_a_timer_knows_whose_limit_it_is_and_from_when(
    shop: Workshop, text: str, kind: str, said: dict[str, str], due: datetime
) -> None:
    shop.put(*waited(text, kind, **said))
    case_id = shop.begin("waited")
    shop.finish("officer", case_id, "serve", {"served_on": "2026-11-09"})
    assert shop.due_of(case_id, "period") == due
    shop.move_to(due)
    shop.work()
    assert shop.waiting(case_id) == ["late"]
    assert shop.broken() == {}


def test_a_timer_from_a_date_that_is_long_past_fires_at_once(shop: Workshop) -> None:
    shop.put(*waited("30d", countedFrom="=served_on", limitOf="citizen"))
    case_id = shop.begin("waited")
    shop.finish("officer", case_id, "serve", {"served_on": "2026-09-01"})
    shop.work()
    assert shop.waiting(case_id) == ["late"]


def test_at_a_boundary_the_timer_and_the_step_end_together(shop: Workshop) -> None:
    body = start() + step("supply", deadline="5d", limitOf="citizen")
    body += boundary("over", "supply", ext(props(limitOf="citizen")) + timer("timeDuration", "5d"))
    body += step("ask") + end() + end("F") + line("S", "supply", "E") + line("over", "ask", "F")
    shop.put(drawn("supplied", {"officer": "supply ask"}, body))
    case_id = shop.begin("supplied")
    (found,) = shop.open_steps(case_id)
    assert found.due_at == shop.due_of(case_id, "over") == utc(2026, 11, 16)


def test_days_for_which_the_case_stood_still_are_left_out_and_told(shop: Workshop) -> None:
    body = start() + step("serve", SERVED, form="serve") + step("hear", pausesClock="true")
    body += step("answer", deadline="10d", countedFrom="=served_on") + end()
    body += line("S", "serve", "hear", "answer", "E")
    shop.put(
        drawn("heard", {"officer": "serve hear answer"}, body, totalLimit="60d"),
        form("serve", "served_on"),
    )
    case_id = shop.begin("heard")
    shop.finish("officer", case_id, "serve", {"served_on": "2026-11-05"})
    shop.move_to(utc(2026, 11, 12, 1, 0, 0))
    shop.finish("officer", case_id, "hear")
    (found,) = shop.open_steps(case_id)
    assert found.due_date == date(2026, 11, 18)  # the 15th, and the three days after the 9th
    pause = Stop(date(2026, 11, 9), date(2026, 11, 12), 3)
    assert of_step(shop, case_id, "answer").stops == (pause,)
    assert of_step(shop, case_id, "").stops == (pause,)
    shop.move_to(utc(2026, 11, 18, 12))
    shop.work()
    rows = shop.rows("SELECT kind, payload FROM outbox")
    assert "overdue" not in {kind for kind, text in rows if found.id in text}


@pytest.mark.parametrize(
    ("times", "due"),
    [
        ("=[{from: served_on, to: until}]", date(2026, 11, 25)),
        ("={from: served_on, to: until}", date(2026, 11, 25)),
        ("=[]", date(2026, 11, 15)),
        ("=null", date(2026, 11, 15)),
    ],
)
def test_pauses_that_were_written_count_and_not_for_how_long_the_step_stood(
    shop: Workshop, times: str, due: date
) -> None:
    written = io(outputs={"served_on": "=served_on", "until": "=until"})
    body = start() + step("serve", written, form="serve") + step("hear", pausesClock="true")
    body += step("answer", deadline="10d", countedFrom="=served_on", pausedFor=times) + end()
    body += line("S", "serve", "hear", "answer", "E")
    lanes = {"officer": "serve hear answer"}
    shop.put(drawn("written", lanes, body), form("serve", "served_on", "until"))
    case_id = shop.begin("written")
    shop.finish("officer", case_id, "serve", {"served_on": "2026-11-05", "until": "2026-11-15"})
    shop.move_to(utc(2026, 11, 12, 1, 0, 0))
    shop.finish("officer", case_id, "hear")
    (found,) = shop.open_steps(case_id)
    assert found.due_date == due
    stopped = (Stop(date(2026, 11, 5), date(2026, 11, 15), 10),)
    assert of_step(shop, case_id, "answer").stops == (stopped if "until" in times else ())


def test_pauses_that_are_no_dates_stop_the_case_with_a_sentence(shop: Workshop) -> None:
    shop.put(*served("10d", pausedFor="=[{from: served_on, to: null}]"))
    case_id = shop.begin("served")
    shop.finish("officer", case_id, "serve", {"served_on": "2026-11-02"})
    assert (shop.waiting(case_id), shop.status(case_id)) == ([], CaseStatus.INCIDENT)
    (job,) = shop.jobs(case_id, "failed")
    assert "停算的起止日期" in (job.last_error or "")


def test_what_is_told_of_a_limit(shop: Workshop) -> None:
    shop.put(*served("5d", limitOf="citizen", article="《模拟条例》第三条", basis="law"))
    case_id = shop.begin("served")
    shop.finish("officer", case_id, "serve", {"served_on": "2026-11-09"})
    told = of_step(shop, case_id, "answer")
    assert (told.limit, told.whose, told.article) == ("5d", LimitOf.CITIZEN, "《模拟条例》第三条")
    assert (told.moved_from, told.last_day) == (date(2026, 11, 14), date(2026, 11, 16))
    assert told.skipped == (date(2026, 11, 14), date(2026, 11, 15))
    (step_id,) = [one.id for one in shop.open_steps(case_id)]
    assert shop.engine.tasks.view(shop.actor("officer"), step_id).limit == told
    shop.put(*waited("5d", limitOf="citizen", countedFrom="=served_on"))
    waiting = shop.begin("waited")
    shop.finish("officer", waiting, "serve", {"served_on": "2026-11-09"})
    period = of_step(shop, waiting, "period")
    assert (period.start, period.last_day) == (date(2026, 11, 9), date(2026, 11, 16))
    assert (period.moved_from, period.skipped) == (told.moved_from, told.skipped)


def test_our_limit_that_ends_on_a_rest_day_tells_the_working_day_before(shop: Workshop) -> None:
    shop.put(*served("5d"))
    case_id = shop.begin("served")
    shop.finish("officer", case_id, "serve", {"served_on": "2026-11-09"})
    told = of_step(shop, case_id, "answer")
    assert (told.last_day, told.finish_by) == (date(2026, 11, 14), date(2026, 11, 13))
    assert (told.skipped, told.moved_from) == ((), None)


def test_a_changed_calendar_moves_citizens_limits_and_timers_and_each_case_remembers(
    shop: Workshop,
) -> None:
    shop.put(*served("15d", limitOf="citizen"))
    shop.put(*waited("15d", limitOf="citizen", countedFrom="=served_on"))
    answered, waiting = shop.begin("served"), shop.begin("waited")
    for case_id in (answered, waiting):
        shop.finish("officer", case_id, "serve", {"served_on": "2026-12-16"})
    (found,) = shop.open_steps(answered)
    assert found.due_at == shop.due_of(waiting, "period") == utc(2026, 12, 31)
    said = "元旦:2026年12月31日至2027年1月3日放假调休,共4天。2026年12月27日(周日)上班。"
    shop.engine.settings.import_notice(shop.actor("admin"), read_notice(said, 2027))
    (found,) = shop.open_steps(answered)
    assert found.due_at == shop.due_of(waiting, "period") == utc(2027, 1, 4)
    for case_id, name in ((answered, "answer"), (waiting, "period")):
        told = [
            e
            for e in shop.engine.cases.history(SYSTEM, case_id)
            if e.kind.value == "timer_set" and "reason" in e.detail
        ]
        assert [(e.actor, e.detail["name"]) for e in told] == [("p-admin", name)]
        assert str(told[-1].detail["before"]).startswith("2026-12-31")
        assert str(told[-1].detail["due_at"]).startswith("2027-01-04")
    assert shop.broken() == {}


def test_a_milestone_is_that_of_the_element_that_was_reached(shop: Workshop) -> None:
    body = start() + step("choose", io(outputs={"way": "=way"}), form="choose")
    body += node("exclusiveGateway", "which", default="which_given_up", name="怎样")
    ended = [("solved", "已解决"), ("given_up", "已终止")]
    for element, name in ended:
        marked = ext(props(milestone="resolved"))
        body += node("intermediateThrowEvent", element, marked, name=name)
    body += end() + line("S", "choose", "which") + line("solved", "E") + line("given_up", "E")
    body += flow("which", "solved", '=way = "solved"') + flow("which", "given_up")
    shop.put(drawn("ended", {"officer": "choose"}, body), form("choose", "way"))
    for way, element in (("solved", "solved"), ("no", "given_up")):
        case_id = shop.begin("ended")
        shop.finish("officer", case_id, "choose", {"way": way})
        (reached,) = shop.engine.cases.view(SYSTEM, case_id).milestones
        assert (reached.name, reached.element_id) == ("resolved", element)
        assert reached.process_key == "ended"
