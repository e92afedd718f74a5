"""What falls due this week: exact, the same as its list, limits of law first, nothing that is kept."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from engine import SYSTEM, Engine, Options, Request, open_engine
from engine.errors import Invalid
from engine.model.clock import FixedClock
from engine.store.due_steps import LATE, DueQuestion
from engine.work.due import DueWeek
from tests.engine.conftest import KEY, MONDAY_MORNING
from tests.engine.moving.conftest import drawn, form, step
from tests.support.federation import staffed
from tests.support.grievances import grievance
from tests.support.templates import Templates
from tests.unit.runtime.kit import end, line, start

MANY = 500


def set_up(url: str, folder: Path) -> None:
    """A process whose one step has a limit of law, another without, and a sealed complaint."""
    options = Options(clock=FixedClock(MONDAY_MORNING), data_dir=folder)
    engine = staffed(open_engine(url, key=KEY, options=options))
    files = [*grievance(), form("blank", "note")]
    for key, basis, limit in (("lawful", "law", "3d"), ("usual", "practice", "5wd")):
        lanes = {"officer": "S record", "county_reviewer": "look E"}
        body = (
            start()
            + step("record", deadline=limit, basis=basis)
            + step("look", deadline="30d", basis=basis)
            + end()
            + line("S", "record", "look", "E")
        )
        files.append(drawn(key, lanes, body))
    engine.definitions.deploy(SYSTEM, files)
    engine.close()


@pytest.fixture
def engine(
    templates: Templates, database_kind: str, tmp_path: Path, clock: FixedClock
) -> Iterator[Engine]:
    with templates.copy(database_kind, set_up, tmp_path) as url:
        running = open_engine(url, key=KEY, options=Options(clock=clock, data_dir=tmp_path / "d"))
        yield running
        running.close()


def begin(engine: Engine, key: str, by: str = "officer", at: str = "u1") -> str:
    request = Request(key, at, {})
    return engine.cases.start(engine.directory.actor_named(by), request).case_id


def week(engine: Engine, who: str, question: DueQuestion | None = None) -> DueWeek:
    actor = engine.directory.actor_named(who)
    return engine.supervision.due_week(actor, question or DueQuestion(), MANY)


def test_every_number_is_that_of_its_list(engine: Engine, clock: FixedClock) -> None:
    for key, count in (("lawful", 2), ("usual", 3)):
        for _n in range(count):
            begin(engine, key)
    clock.advance(timedelta(days=4))  # Friday: three calendar days are over, five working days not
    begin(engine, "lawful")  # due on Monday: two working days on count to the week on a Friday
    begin(engine, "usual")  # due on Friday next: not this week

    found = week(engine, "supervisor")

    assert [day.isoformat() for day in found.days] == [
        f"2026-11-{day}" for day in ("13", "14", "15", "16", "17")
    ]
    counted = {(one.process_key, one.is_law): dict(one.by_day) for one in found.processes}
    assert counted == {
        ("lawful", True): {LATE: 2, "2026-11-16": 1},
        ("usual", False): {"2026-11-16": 3},
    }
    assert len(found.lines) == 6
    for one in found.processes:
        for day, count in one.by_day.items():
            question = DueQuestion(day, one.process_key, one.is_law)
            assert len(week(engine, "supervisor", question).lines) == count
        whole = DueQuestion("", one.process_key, one.is_law)
        assert len(week(engine, "supervisor", whole).lines) == one.total
        assert not week(
            engine, "supervisor", DueQuestion("", one.process_key, not one.is_law)
        ).lines


def test_what_is_late_comes_first_and_of_a_day_the_limits_of_law(
    engine: Engine, clock: FixedClock
) -> None:
    begin(engine, "usual")
    clock.advance(timedelta(days=4))
    begin(engine, "lawful")
    clock.advance(timedelta(days=4))  # Tuesday: both are late
    begin(engine, "lawful")
    found = week(engine, "supervisor")
    assert [(line.process_key, is_law) for line, is_law in found.lines] == [
        ("lawful", True),
        ("usual", False),
        ("lawful", True),
    ]
    assert [one.is_law for one in found.processes] == [True, False]


def test_a_sealed_case_counts_for_whom_it_is_there_and_nobody_else(
    engine: Engine, clock: FixedClock
) -> None:
    teller = engine.directory.actor_named("other_officer")
    for matter, accused in (("other", None), ("staff", "officer")):
        case_id = begin(engine, "grievance", "other_officer", "u2")
        (record,) = engine.cases.view(SYSTEM, case_id).open_tasks
        said = {"matter": matter, "accused": accused, "about": "一事"}
        engine.tasks.complete(teller, record.id, said)
    clock.advance(timedelta(days=4))
    counted = {}
    for who in ("supervisor", "officer", "far_reviewer", "protection", "reviewer", "other_officer"):
        found = week(engine, who)
        counted[who] = sum(one.total for one in found.processes)
        assert counted[who] == len(found.lines)
    assert counted == {
        "supervisor": 1,
        "officer": 0,
        "far_reviewer": 0,
        "protection": 2,  # the role that is there for sealed cases
        "reviewer": 2,  # whose step it is
        "other_officer": 2,  # who took it down
    }


def test_a_day_that_is_not_of_the_week_is_refused(engine: Engine) -> None:
    for day in ("2026-12-24", "tomorrow"):
        with pytest.raises(Invalid, match="不在本周到期的范围内"):
            week(engine, "supervisor", DueQuestion(day))
