"""What falls due this week: exact, the same as its list, limits of law first, nothing that is kept."""

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from engine import SYSTEM, Engine, Options, Request, open_engine
from engine.errors import Invalid
from engine.model.actors import Actor, Grant
from engine.model.clock import FixedClock
from engine.model.definitions import SourceFile
from engine.store import cases, checks, tables, task_lists
from engine.store.cases import CaseQuestion, may_know_of, may_see_at, visible_to
from engine.store.due_limits import LimitKind
from engine.store.task_lists import TaskQuestion, line_query
from engine.work.due import LATE, DueQuestion, DueWeek
from tests.bench.filling import copy_cases, reckon
from tests.bench.limits import recording
from tests.engine.conftest import KEY, MONDAY_MORNING
from tests.engine.moving.conftest import drawn, form, step
from tests.support.federation import ORGANISATIONS, ROLES, staffed
from tests.support.grievances import grievance
from tests.support.templates import Templates
from tests.unit.runtime.kit import end, ext, flow, line, node, props, start, timer

MANY = 500
HELD = (0, 1, 1, 2, 3, 6)
"""Of how many grants somebody is drawn; some she has twice."""
EVERYBODY = (
    *("officer", "other_officer", "far_officer", "reviewer", "far_reviewer", "supervisor"),
    *("protection",),
)


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
    files += waiting()
    engine.definitions.deploy(SYSTEM, files)
    engine.close()


def waiting() -> Iterator[SourceFile]:
    """Cases with a period that nobody works in, a limit of the whole, timers at steps."""
    period = node(
        "intermediateCatchEvent",
        "period",
        ext(props(basis="law", article="《试行办法》第三条", limitOf="citizen"))
        + timer("timeDuration", "P3D"),
        name="期满",
    )
    body = start() + step("record") + period + end() + line("S", "record", "period", "E")
    yield drawn("waited", {"officer": "record"}, body, totalLimit="4wd")
    for key, said in (("at_a_step", {"deadline": "3d"}), ("at_a_free_step", {})):
        body = start() + step("record", **said) + end() + line("S", "record", "E")
        body += node(
            "boundaryEvent",
            "late",
            timer("timeDuration", "P3D"),
            attachedToRef="record",
            name="久等",
        )
        body += end("L") + flow("late", "L")
        yield drawn(key, {"officer": "record"}, body)
    body = start() + step("record") + step("rest", pausesClock="=true") + end()
    body += line("S", "record", "rest", "E")
    yield drawn("standing", {"officer": "record rest"}, body, totalLimit="4wd")


def open_step(engine: Engine) -> str:
    """The step that is open, of whatever case."""
    (found,) = engine.tasks.list(SYSTEM, TaskQuestion(status="open"))
    return found.id


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


def days_of(found: DueWeek) -> dict[tuple[str, bool], dict[str, int]]:
    """By process, and whether of law: how many of each day, whatever they are of."""
    return {
        (one.process_key, one.is_law): {
            day: one.of_day(day)
            for day in (LATE, *(each.isoformat() for each in found.days))
            if one.of_day(day)
        }
        for one in found.processes
    }


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
    counted = days_of(found)
    assert counted == {
        ("lawful", True): {LATE: 2, "2026-11-16": 1},
        ("usual", False): {"2026-11-16": 3},
    }
    assert len(found.limits) == 6
    for one in found.processes:
        for (kind, day), count in one.by_kind.items():
            question = DueQuestion(day, one.process_key, one.is_law, kind.value)
            assert len(week(engine, "supervisor", question).limits) == count
        whole = DueQuestion("", one.process_key, one.is_law)
        assert len(week(engine, "supervisor", whole).limits) == one.total
        assert not week(
            engine, "supervisor", DueQuestion("", one.process_key, not one.is_law)
        ).limits


def test_what_is_late_comes_first_and_of_a_day_the_limits_of_law(
    engine: Engine, clock: FixedClock
) -> None:
    begin(engine, "usual")
    clock.advance(timedelta(days=4))
    begin(engine, "lawful")
    clock.advance(timedelta(days=4))  # Tuesday: both are late
    begin(engine, "lawful")
    found = week(engine, "supervisor")
    assert [(line.drawn.process_key, drawn.is_law) for line, drawn in found.limits] == [
        ("lawful", True),
        ("usual", False),
        ("lawful", True),
    ]
    assert [one.is_law for one in found.processes] == [True, False]


def test_a_shorter_list_is_the_beginning_of_the_whole(engine: Engine, clock: FixedClock) -> None:
    """However it is cut: within a day, between days, between limits of law and others."""
    for key in ("usual", "lawful", "usual", "waited", "lawful", "at_a_step", "at_a_free_step"):
        begin(engine, key)
        clock.advance(timedelta(hours=14))
    officer = engine.directory.actor_named("officer")
    for task in engine.tasks.list(SYSTEM, TaskQuestion(status="open")):
        if task.process_key == "waited":
            engine.tasks.complete(officer, task.id, {})
    actor = engine.directory.actor_named("supervisor")
    whole = week(engine, "supervisor").limits
    assert len({(drawn.is_law, line.kind, line.ends_at) for line, drawn in whole}) > 6
    for most in range(len(whole)):
        cut = engine.supervision.due_week(actor, DueQuestion(), most).limits
        assert list(cut) == list(whole[: most + 1])
    lawful = engine.supervision.due_week(actor, DueQuestion(is_law=True), 1).limits
    assert list(lawful) == [one for one in whole if one[1].is_law][:2]


def take_down_two(engine: Engine) -> None:
    """A grievance for all to know, and one about the officer that is sealed."""
    teller = engine.directory.actor_named("other_officer")
    for matter, accused in (("other", None), ("staff", "officer")):
        case_id = begin(engine, "grievance", "other_officer", "u2")
        (record,) = engine.cases.view(SYSTEM, case_id).open_tasks
        said = {"matter": matter, "accused": accused, "about": "一事"}
        engine.tasks.complete(teller, record.id, said)


def test_a_sealed_case_counts_for_whom_it_is_there_and_nobody_else(
    engine: Engine, clock: FixedClock
) -> None:
    take_down_two(engine)
    clock.advance(timedelta(days=4))
    counted = {}
    for who in ("supervisor", "officer", "far_reviewer", "protection", "reviewer", "other_officer"):
        found = week(engine, who)
        counted[who] = sum(one.total for one in found.processes)
        assert counted[who] == len(found.limits)
    assert counted == {
        "supervisor": 1,
        "officer": 0,
        "far_reviewer": 0,
        "protection": 2,  # the role that is there for sealed cases
        "reviewer": 2,  # whose step it is
        "other_officer": 2,  # who took it down
    }


def test_a_step_says_who_sees_it_as_its_case_does(engine: Engine) -> None:
    """Sealed, kept from somebody or open to its area; begun by her, done by her or waiting for her."""
    for key, by, at in (("usual", "officer", "u1"), ("lawful", "other_officer", "u2")):
        begin(engine, key, by, at)
        done = begin(engine, key, by, at)
        (record,) = engine.cases.view(SYSTEM, done).open_tasks
        engine.tasks.complete(engine.directory.actor_named(by), record.id, {})
    take_down_two(engine)
    seen = set()
    with engine.database.look() as tx:
        assert checks.misplaced_steps(tx) == []
        assert None in tx.execute(select(tables.task.c.place_id)).scalars().all()
        joined = tables.task.join(tables.case, tables.case.c.id == tables.task.c.case_id)
        is_open = tables.task.c.status == "open"
        due = select(tables.task).where(is_open).subquery()
        for who in EVERYBODY:
            actor = engine.directory.actor_named(who)
            asked = select(tables.task.c.id).select_from(joined).where(is_open, visible_to(actor))
            said_so = select(due.c.id).where(may_see_at(actor, due.c.case_id, due.c.place_id))
            of_case = set(tx.execute(asked).scalars())
            assert set(tx.execute(said_so).scalars()) == of_case, who
            seen.add(frozenset(of_case))
    assert len(seen) > 3


def somebody(chance: random.Random, n: int) -> Actor:
    """With grants as they come: none, many, the same twice, at her own unit or far from it."""
    units = [one.id for one in ORGANISATIONS]
    sees = {one.code: one.sees for one in ROLES}
    held = [(chance.choice(sorted(sees)), chance.choice(units)) for _ in range(chance.choice(HELD))]
    grants = [Grant(role, unit, sees[role]) for role, unit in held]
    grants += chance.choices(grants, k=chance.randint(0, 2)) if grants else []
    known = ("p-officer", "p-other_officer", "p-reviewer")
    name = chance.choice((*known, f"p-nobody-{n}"))
    return Actor(name, name, name, chance.choice((*units, "")), tuple(grants))


def test_whatever_somebody_holds_what_is_made_ready_says_what_the_rule_says(engine: Engine) -> None:
    for key, by, at in (("usual", "officer", "u1"), ("lawful", "far_officer", "lw-u")):
        begin(engine, key, by, at)
        (record, *_) = engine.cases.view(SYSTEM, begin(engine, key, by, at)).open_tasks
        engine.tasks.complete(engine.directory.actor_named(by), record.id, {})
    take_down_two(engine)
    chance, answers = random.Random(55), set()
    ids = [one.id for one in engine.cases.list(SYSTEM, CaseQuestion())]
    steps = line_query().where(tables.task.c.status == "open")
    with engine.database.look() as tx:
        for n in range(40):
            actor = somebody(chance, n)
            seen = set(tx.execute(select(tables.case.c.id).where(visible_to(actor))).scalars())
            known = set(tx.execute(select(tables.case.c.id).where(may_know_of(actor))).scalars())
            listed = {row.id for row in tx.execute(steps.where(visible_to(actor)))}
            assert {one for one in ids if cases.is_visible(tx, actor, one)} == seen, actor
            assert {one for one in ids if cases.may_be_known_to(tx, actor, one)} == known, actor
            asked = TaskQuestion(status="open", limit=MANY)
            assert {one.id for one in task_lists.lines(tx, actor, asked)} == listed, actor
            answers.add((frozenset(seen), frozenset(known)))
    assert len(answers) > 8


def test_a_case_that_becomes_sealed_takes_its_place_from_its_steps(engine: Engine) -> None:
    """And gives it back, whoever writes the case."""
    case_id = begin(engine, "usual")
    told = []
    for degree in (None, 2, 0):
        with engine.database.unit_of_work() as work:
            if degree is not None:
                of_case = tables.case.c.id == case_id
                work.tx.execute(update(tables.case).where(of_case).values(confidentiality=degree))
            of_task = tables.task.c.case_id == case_id
            told.append(work.tx.execute(select(tables.task.c.place_id).where(of_task)).scalar_one())
            assert checks.misplaced_steps(work.tx) == []
            work.commit()
    assert told == ["u1", None, "u1"]


def test_a_day_that_is_not_of_the_week_is_refused(engine: Engine) -> None:
    for day in ("2026-12-24", "tomorrow"):
        with pytest.raises(Invalid, match="不在本周到期的范围内"):
            week(engine, "supervisor", DueQuestion(day))


def test_what_is_waited_for_and_whole_cases_are_due_as_steps_are(
    engine: Engine, clock: FixedClock
) -> None:
    begin(engine, "waited")
    engine.tasks.complete(engine.directory.actor_named("officer"), open_step(engine), {})
    found = week(engine, "supervisor")

    told = [
        (line.kind, line.ends_at.date().isoformat(), drawn.name, drawn.is_law, drawn.article)
        for line, drawn in found.limits
    ]
    assert told == [
        (LimitKind.WAIT, "2026-11-12", "期满", True, "《试行办法》第三条"),
        (LimitKind.WHOLE, "2026-11-13", "", False, ""),
    ]
    assert [drawn.is_citizens for _line, drawn in found.limits] == [True, False]
    for kind, count in ((LimitKind.STEP, 0), (LimitKind.WAIT, 1), (LimitKind.WHOLE, 1)):
        assert sum(one.of_kind(kind) for one in found.processes) == count
        assert len(week(engine, "supervisor", DueQuestion(kind=kind.value)).limits) == count
    assert not week(engine, "far_reviewer").limits

    clock.advance(timedelta(days=4))  # Friday; no worker has seen that the period is over
    assert days_of(week(engine, "supervisor")) == {
        ("waited", True): {LATE: 1},
        ("waited", False): {"2026-11-13": 1},
    }


def test_a_timer_at_a_step_is_no_second_limit_beside_that_of_the_step(engine: Engine) -> None:
    begin(engine, "at_a_step")
    kinds = [line.kind for line, _ in week(engine, "supervisor").limits]
    assert kinds == [LimitKind.STEP]
    begin(engine, "at_a_free_step")
    names = [(line.kind, drawn.name) for line, drawn in week(engine, "supervisor").limits]
    assert names == [(LimitKind.WAIT, "久等"), (LimitKind.STEP, "record")]


def test_while_a_case_stands_still_its_whole_limit_is_not_due(
    engine: Engine, clock: FixedClock
) -> None:
    begin(engine, "standing")
    assert [line.kind for line, _ in week(engine, "supervisor").limits] == [LimitKind.WHOLE]
    engine.tasks.complete(engine.directory.actor_named("officer"), open_step(engine), {})
    assert week(engine, "supervisor").limits == []


def test_a_kind_that_is_none_is_refused(engine: Engine) -> None:
    with pytest.raises(Invalid, match="没有这样的时限类别"):
        week(engine, "supervisor", DueQuestion(kind="month"))


def test_what_is_due_is_found_by_an_index_whatever_is_open(engine: Engine) -> None:
    """A database whose words are not those of the index reads all there ever was."""
    begin(engine, "waited")
    engine.tasks.complete(engine.directory.actor_named("officer"), open_step(engine), {})
    begin(engine, "lawful")
    due_later(engine)
    with recording(engine.database) as sent:
        assert len(week(engine, "supervisor").limits) == 3
    asked = {
        kind: [one for one in sent if "WITH due AS" in one.statement and words in one.statement]
        for kind, words in (
            (LimitKind.STEP, "AS ends_at, task.id"),
            (LimitKind.WAIT, "AS ends_at, job.id"),
            (LimitKind.WHOLE, "AS ends_at, cases"),
        )
    }
    names = dict(zip(LimitKind, ("ix_task_due", "ix_job_due", "ix_cases_total_due"), strict=True))
    assert {kind: len(looks) for kind, looks in asked.items()} == dict.fromkeys(LimitKind, 2)
    with engine.database.look() as tx:
        word = "EXPLAIN QUERY PLAN " if engine.database.is_sqlite else "EXPLAIN "
        for kind, looks in asked.items():
            for one in looks:
                plan = str(tx.exec_driver_sql(word + one.statement, one.parameters).all())
                assert names[kind] in plan, plan


def due_later(engine: Engine) -> None:
    """Copies of all cases that are due in years: now it matters where a database begins."""
    with engine.database.look() as tx:
        samples = list(tx.execute(select(tables.case.c.id)).scalars())
    made = copy_cases(engine, samples, 3000)
    with engine.database.unit_of_work() as work:
        for table, of_case, name in (
            (tables.task, tables.task.c.case_id, "due_at"),
            (tables.job, tables.job.c.case_id, "due_at"),
            (tables.case, tables.case.c.id, "total_due_at"),
        ):
            later = {name: "2031-01-01T15:59:59.999999Z"}
            work.tx.execute(
                update(table).where(of_case >= min(made), table.c[name] != "").values(later)
            )
        work.commit()
    reckon(engine)
