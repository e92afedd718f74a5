"""The days of a notice: around holidays, over the year's end, and when a calendar comes in."""

from datetime import UTC, date, datetime

import pytest

from engine import SYSTEM
from engine.model.calendar import days_of_notice
from engine.model.cases import EventKind
from engine.model.clock import FixedClock, local_date
from engine.store.settings import Parameter
from tests.registry.town import Town


def timer(town: Town, case_id: str) -> date:
    """The day on which the case's timer fires, from the row that the worker reads."""
    with town.engine.database.look() as tx:
        from sqlalchemy import select

        from engine.store.instants import from_text
        from engine.store.tables import job

        due = tx.execute(
            select(job.c.due_at).where(
                job.c.case_id == case_id, job.c.kind == "timer", job.c.status == "waiting"
            )
        ).scalar_one()
        return local_date(from_text(due))


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 9, 29, 6, 0, tzinfo=UTC))


def test_five_days_from_the_29th_of_september_end_on_the_12th_of_october(town: Town) -> None:
    case_id = town.on_notice()
    one = town.register.notice(None, town.notice_id())
    assert (one.posted_on, one.ends_on) == (date(2026, 9, 29), date(2026, 10, 12))
    assert timer(town, case_id) == one.ends_on
    assert not one.provisional


def test_the_notice_that_stands_is_found_by_its_case(town: Town) -> None:
    case_id = town.on_notice()

    found = town.register.standing_notices(SYSTEM, [case_id, "01hzzzzzzzzzzzzzzzzzzzzzzz"])

    assert {case: one.status_words for case, one in found.items()} == {case_id: "正在公示"}
    assert town.register.standing_notices(SYSTEM, []) == {}
    town.engine.cases.cancel(town.actor("officer"), case_id, "登记重复")
    assert town.register.standing_notices(SYSTEM, [case_id]) == {}


def test_over_the_year_s_end_it_is_provisional_and_reckoned_again_on_import(
    town: Town, clock: FixedClock
) -> None:
    clock.advance(datetime(2026, 12, 29, 2, 0, tzinfo=UTC) - clock.now())
    case_id = town.on_notice()
    notice_id = town.notice_id()
    one = town.register.notice(None, notice_id)
    assert (one.ends_on, one.provisional) == (date(2027, 1, 5), True)
    sheet = town.register.sheet(SYSTEM, notice_id).decode()
    assert "2027 年放假安排尚未公布" in sheet

    rest = [date(2027, 1, 1), date(2027, 1, 4), date(2027, 1, 5)]
    town.engine.settings.import_calendar(SYSTEM, days_of_notice(2027, rest, []))
    moved = town.register.notice(None, notice_id)
    assert (moved.ends_on, moved.provisional) == (date(2027, 1, 8), False)
    assert timer(town, case_id) == moved.ends_on
    acts = [
        e.detail
        for e in town.engine.cases.history(SYSTEM, case_id)
        if e.kind is EventKind.NOTICE and e.detail["act"] == "reckon"
    ]
    assert [(a["before"], a["ends_on"]) for a in acts] == [("2027-01-05", "2027-01-08")]
    record = town.register.record(SYSTEM, notice_id)
    assert record.first_end == date(2027, 1, 5)
    assert [(p.number, p.ends_on) for p in record.published if p.layer == "sheet"] == [
        (1, date(2027, 1, 5)),
        (2, date(2027, 1, 8)),
    ]
    assert "尚未公布" not in town.register.sheet(SYSTEM, notice_id).decode()
    town.must_hold()

    town.engine.settings.import_calendar(SYSTEM, days_of_notice(2027, rest, []))
    assert len(town.register.record(SYSTEM, notice_id).published) == 4, "nothing moved"
    town.days_pass(case_id, 9)
    assert town.waiting(case_id) == []
    town.days_pass(case_id, 3)
    assert town.waiting(case_id) == ["record_result"]
    town.must_hold()


@pytest.mark.parametrize(
    ("kind", "first", "ends_on", "said"),
    [
        ("wd", "next_day", date(2026, 10, 12), "共 5 个工作日(张贴当日不计)"),
        ("wd", "posting_day", date(2026, 10, 10), "共 5 个工作日(张贴当日计算在内)"),
        ("d", "next_day", date(2026, 10, 4), "共 5 日(张贴当日不计)"),
        ("d", "posting_day", date(2026, 10, 3), "共 5 日(张贴当日计算在内)"),
    ],
)
def test_the_federation_says_which_days_count_and_from_which(
    town: Town, kind: str, first: str, ends_on: date, said: str
) -> None:
    since = date(2026, 1, 1)
    values = {"notice day kind": kind, "notice first day": first}
    town.engine.settings.add_parameters(
        SYSTEM, [Parameter(name, None, since, value) for name, value in values.items()]
    )
    case_id = town.on_notice()
    one = town.register.notice(None, town.notice_id())
    assert one.ends_on == timer(town, case_id) == ends_on
    printed = said.translate(str.maketrans({"(": "\uff08", ")": "\uff09"}))
    sheet = town.register.sheet(SYSTEM, town.notice_id()).decode()
    assert printed in sheet
    assert f"{ends_on.month} 月 {ends_on.day} 日 24 时" in sheet
    record = town.register.record(SYSTEM, town.notice_id())
    calendar = town.engine.calendar()
    assert one.counted.nth(calendar, one.posted_on, one.ends_on) == record.days == 5
    # What is changed while it hangs moves nothing.
    town.engine.settings.add_parameters(SYSTEM, [Parameter("notice day kind", None, since, "wd")])
    town.engine.settings.import_calendar(SYSTEM, {date(2027, 1, 1): False})
    assert timer(town, case_id) == ends_on
    town.must_hold()
