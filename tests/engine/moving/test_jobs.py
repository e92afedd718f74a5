"""Jobs: leased to one worker, tried three times, then an incident a person reads and retries."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import cast

import pytest
from sqlalchemy import event, insert, literal, select, text

from engine import SYSTEM
from engine.errors import Broken, Busy, Conflict, LeaseLost, NotFound
from engine.jobs import executor
from engine.jobs.executor import TRIES, Executor, Pace, Work, in_background
from engine.model.cases import CaseStatus
from engine.model.definitions import SourceFile
from engine.model.operations import OperationContext
from engine.store import audit, tables
from engine.store.database import Failed, Tx, savepoint
from engine.store.jobs import Job
from engine.store.ready import Ready
from engine.work import trail
from tests.bench.limits import recording
from tests.engine.moving.conftest import Doing, Outputs, Workshop, drawn, step
from tests.support.at_once import at_once
from tests.support.waiting import WAITED, until
from tests.unit.runtime.kit import end, line, node, props, service, start, timer

NOW = timedelta(0)


def operated(*, later: bool, key: str = "operated") -> SourceFile:
    """``ask``, then an operation, inside the step or by a job, then ``read``."""
    more = (props(**{"async": "true"}),) if later else ()
    body = start() + step("ask") + end()
    body += service("record", "echo", {"said": "=ask_note"}, {"kept": "=said"}, *more)
    body += step("read") + line("S", "ask", "record", "read", "E")
    return drawn(key, {"officer": "ask", "county_reviewer": "read"}, body)


def beside() -> SourceFile:
    """An asynchronous operation and a person's step in two branches."""
    body = start() + node("parallelGateway", "split") + node("parallelGateway", "join")
    body += service("record", "echo", None, {"kept": "=1"}, props(**{"async": "true"}))
    body += step("ask") + step("more") + end()
    body += line("S", "split", "record", "join", "E") + line("split", "ask", "more", "join")
    return drawn("beside", {"officer": "ask more"}, body)


def failing(error: Exception) -> Callable[[OperationContext, Outputs], Outputs]:
    def run(_context: OperationContext, _inputs: Outputs) -> Outputs:
        raise error

    return run


def work_to_the_end(shop: Workshop) -> None:
    for _ in range(TRIES + 2):
        shop.work()
        shop.let_back_off_pass()


def only(jobs: list[Job]) -> Job:
    (job,) = jobs
    return job


def asked(shop: Workshop, key: str = "operated", note: str = "已核实") -> str:
    case_id = shop.begin(key)
    shop.finish("officer", case_id, "ask", {"note": note})
    return case_id


def test_an_asynchronous_operation_is_a_job_and_its_result_goes_on(shop: Workshop) -> None:
    shop.put(operated(later=True))
    case_id = asked(shop)
    assert shop.calls == []
    assert (shop.waiting(case_id), only(shop.jobs(case_id)).kind) == ([], "operation")
    shop.work()
    assert shop.calls == [("echo", {"said": "已核实"})]
    assert shop.waiting(case_id) == ["read"]
    assert only(shop.jobs(case_id)).status == "done"
    assert shop.broken() == {}


def test_the_path_through_an_asynchronous_operation_is_in_the_diagram(shop: Workshop) -> None:
    shop.put(operated(later=True))
    case_id = asked(shop)
    shop.work()
    (diagram,) = shop.engine.cases.diagrams(shop.actor("officer"), case_id)
    assert {"S", "ask", "record"} <= diagram.passed


def test_an_operation_in_the_step_is_part_of_its_transaction(shop: Workshop) -> None:
    shop.put(operated(later=False))
    case_id = asked(shop)
    assert shop.calls == [("echo", {"said": "已核实"})]
    assert shop.waiting(case_id) == ["read"]
    assert shop.jobs(case_id) == []


def test_what_fails_in_the_step_is_an_incident_and_nothing_else_is_lost(shop: Workshop) -> None:
    shop.put(operated(later=False))

    def half(context: OperationContext, _inputs: Outputs) -> Outputs:
        context.reporter("notice", {"text": "已公示"})
        shop.by_context(context, "UPDATE counter SET value = 99 WHERE name = 'test'")
        raise Broken("资金池余额不足,没有登记。")

    shop.doing["echo"] = half
    shop.by_hand("INSERT INTO counter (name, value) VALUES ('test', 1)")
    case_id = asked(shop)
    assert shop.status(case_id) is CaseStatus.INCIDENT
    job = only(shop.jobs(case_id))
    assert (job.kind, job.status) == ("retry", "failed")
    assert job.last_error is not None
    assert "资金池余额不足" in job.last_error
    assert "已填写的内容都已保存" in job.last_error
    assert shop.rows("SELECT value FROM counter WHERE name = 'test'") == [(1,)]
    assert "notice" not in shop.history(case_id)
    assert "task_completed" in shop.history(case_id)
    assert shop.broken() == {}
    del shop.doing["echo"]
    officer = shop.actor("officer")
    shop.engine.jobs.retry(officer, job.id)
    with pytest.raises(Conflict):
        shop.engine.jobs.retry(officer, job.id)
    shop.work()
    assert shop.status(case_id) is CaseStatus.ACTIVE
    assert shop.waiting(case_id) == ["read"]
    retried = [e for e in shop.engine.cases.history(SYSTEM, case_id) if e.kind.value == "retried"]
    assert next(e.actor for e in retried) == officer.person_id
    assert shop.broken() == {}


def test_a_retry_that_fails_again_is_an_incident_again(shop: Workshop) -> None:
    shop.put(operated(later=False))
    shop.doing["echo"] = failing(ValueError("模拟身份证号 350602…"))
    case_id = asked(shop)
    job = only(shop.jobs(case_id))
    shop.engine.jobs.retry(shop.actor("officer"), job.id)
    shop.work()
    again = only(shop.jobs(case_id))
    assert (again.id, again.status) == (job.id, "failed")
    assert "350602" not in (again.last_error or "")
    assert shop.history(case_id).count("incident") == 2
    assert shop.broken() == {}


def test_three_tries_with_back_off_then_an_incident_a_person_retries(shop: Workshop) -> None:
    shop.put(operated(later=True))
    shop.doing["echo"] = failing(RuntimeError("模拟身份证号 350602…"))
    case_id = asked(shop)
    shop.work()
    job = only(shop.jobs(case_id))
    assert (job.status, job.attempts) == ("waiting", 1)
    assert job.locked_until is not None
    assert job.locked_until > shop.engine.jobs.real_now()
    shop.work()
    assert only(shop.jobs(case_id)).attempts == 1  # not before the back-off is over
    assert shop.status(case_id) is CaseStatus.ACTIVE
    work_to_the_end(shop)
    job = only(shop.jobs(case_id))
    assert (job.status, job.attempts) == ("failed", TRIES)
    assert job.last_error is not None
    assert "联系管理员" in job.last_error
    assert "350602" not in job.last_error
    assert shop.status(case_id) is CaseStatus.INCIDENT
    assert shop.history(case_id).count("incident") == 1
    assert shop.broken() == {}
    del shop.doing["echo"]
    shop.engine.jobs.retry(shop.actor("officer"), job.id)
    shop.work()
    assert shop.status(case_id) is CaseStatus.ACTIVE
    assert shop.waiting(case_id) == ["read"]
    assert shop.broken() == {}


def test_an_incident_of_another_county_does_not_exist(shop: Workshop) -> None:
    shop.put(operated(later=False))
    shop.doing["echo"] = failing(ValueError())
    job = only(shop.jobs(asked(shop)))
    with pytest.raises(NotFound):
        shop.engine.jobs.retry(shop.actor("far_reviewer"), job.id)


def test_the_other_branch_goes_on_and_does_not_hide_the_incident(shop: Workshop) -> None:
    shop.put(beside())
    shop.doing["echo"] = failing(ValueError())
    case_id = shop.begin("beside")
    work_to_the_end(shop)
    assert shop.status(case_id) is CaseStatus.INCIDENT
    shop.finish("officer", case_id, "ask")
    assert shop.status(case_id) is CaseStatus.INCIDENT
    assert shop.history(case_id).count("incident") == 1
    assert shop.broken() == {}
    del shop.doing["echo"]
    shop.engine.jobs.retry(shop.actor("officer"), only(shop.jobs(case_id)).id)
    shop.finish("officer", case_id, "more")  # while the retry waits its turn
    shop.work()
    assert shop.status(case_id) is CaseStatus.COMPLETED
    assert shop.broken() == {}


def test_one_poisoned_case_stops_no_other(shop: Workshop) -> None:
    shop.put(operated(later=True))
    bad, good = asked(shop), asked(shop)
    shop.by_hand("UPDATE cases SET state = :cut WHERE id = :id", cut=b"cut", id=bad)
    work_to_the_end(shop)
    assert shop.waiting(good) == ["read"]
    assert only(shop.jobs(bad)).status == "failed"
    assert shop.rows("SELECT status FROM cases WHERE id = :id", id=bad) == [("incident",)]
    shop.engine.cases.cancel(shop.actor("officer"), bad, "数据损坏,另行补办")
    assert shop.rows("SELECT status FROM cases WHERE id = :id", id=bad) == [("cancelled",)]


def test_a_worker_that_lost_its_lease_cannot_write(shop: Workshop) -> None:
    shop.put(operated(later=True))
    case_id = asked(shop)
    slow = only(shop.engine.jobs.take_jobs("slow", 10, NOW))
    fast = only(shop.engine.jobs.take_jobs("fast", 10, timedelta(minutes=1)))
    assert (fast.id, fast.fence) == (slow.id, slow.fence + 1)
    with pytest.raises(LeaseLost):
        shop.engine.jobs.do_job(slow)
    with pytest.raises(LeaseLost):
        shop.engine.jobs.give_up_job(slow, "太晚")
    shop.engine.jobs.postpone_job(slow, NOW, "太晚", counts=True)
    assert shop.engine.jobs.renew_jobs([slow], timedelta(minutes=1)) == []
    assert only(shop.jobs(case_id)).locked_by == "fast"
    shop.engine.jobs.do_job(fast)
    assert shop.waiting(case_id) == ["read"]
    with pytest.raises(LeaseLost):
        shop.engine.jobs.do_job(slow)
    assert shop.calls == [("echo", {"said": "已核实"})]


def test_a_lease_holds_while_it_is_renewed(shop: Workshop) -> None:
    shop.put(operated(later=True))
    asked(shop)
    held = shop.engine.jobs.take_jobs("one", 10, NOW)
    assert shop.engine.jobs.renew_jobs(held, timedelta(minutes=1)) == held
    assert shop.engine.jobs.take_jobs("two", 10, timedelta(minutes=1)) == []


def test_a_worker_that_dies_over_a_job_loses_nothing(shop: Workshop) -> None:
    shop.put(operated(later=True))

    def die(_context: OperationContext, _inputs: Outputs) -> Outputs:
        raise SystemExit

    shop.doing["echo"] = die
    case_id = asked(shop)
    with pytest.raises(SystemExit):
        shop.worker().run()
    assert only(shop.jobs(case_id)).status == "running"
    del shop.doing["echo"]
    shop.work()
    assert shop.waiting(case_id) == []  # its lease still runs
    shop.by_hand("UPDATE job SET locked_until = '2000-01-01T00:00:00.000000Z'")
    shop.work()
    assert shop.waiting(case_id) == ["read"]
    assert shop.broken() == {}


def test_a_job_its_workers_die_over_becomes_an_incident(shop: Workshop) -> None:
    shop.put(operated(later=True))
    case_id = asked(shop)
    for _ in range(TRIES):
        assert shop.engine.jobs.take_jobs("dies", 10, NOW)
    shop.work()
    assert shop.calls == []
    assert shop.status(case_id) is CaseStatus.INCIDENT
    assert "中途停止" in (only(shop.jobs(case_id)).last_error or "")


def test_a_busy_database_costs_no_try(shop: Workshop) -> None:
    shop.put(operated(later=True))
    case_id = asked(shop)
    shop.doing["echo"] = failing(Busy("数据库正忙"))
    work_to_the_end(shop)
    job = only(shop.jobs(case_id))
    assert (job.status, job.attempts) == ("waiting", 0)
    del shop.doing["echo"]
    shop.work()
    assert shop.waiting(case_id) == ["read"]


def test_a_worker_that_is_stopped_gives_back_what_it_did_not_begin(shop: Workshop) -> None:
    shop.put(operated(later=True))
    begun = [asked(shop) for _ in range(3)]
    worker = shop.worker()

    def stop(_context: OperationContext, inputs: Outputs) -> Outputs:
        worker.stop()
        return inputs

    shop.doing["echo"] = stop
    worker.run()
    states = sorted((only(shop.jobs(c)).status, only(shop.jobs(c)).attempts) for c in begun)
    assert states == [("done", 1), ("waiting", 0), ("waiting", 0)]
    del shop.doing["echo"]
    shop.work()
    assert [shop.waiting(c) for c in begun] == [["read"]] * 3


@contextmanager
def statements(shop: Workshop) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_c: object, _u: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(shop.engine.database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(shop.engine.database.engine, "before_cursor_execute", note)


def test_an_idle_worker_costs_two_questions_and_no_transaction(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    for now_and_then in ("_SEAL_EVERY", "_SWEEP_EVERY"):  # not in between, however slow it is here
        monkeypatch.setattr(executor, now_and_then, timedelta(days=1))
    shop.put(operated(later=True))
    shop.begin("operated")
    worker = shop.worker()
    while worker.run_once():
        pass
    with statements(shop) as seen:
        assert not worker.run_once()
    assert len(seen) == 2
    assert all(s.startswith("SELECT") for s in seen)


def test_a_worker_in_the_background_looks_again_and_again(shop: Workshop) -> None:
    shop.put(operated(later=True))
    stop = in_background(shop.worker(), "test-worker")
    try:
        case_id = asked(shop)
        until(lambda: shop.waiting(case_id) == ["read"], "the worker's next look")
    finally:
        stop()


def test_on_postgresql_a_resting_worker_is_woken(shop: Workshop) -> None:
    if shop.engine.database.is_sqlite:
        return  # one machine, one file: looking is enough
    shop.put(operated(later=True))
    listening = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND query LIKE 'LISTEN%'"
    )
    worker = shop.engine.jobs.executor(Pace(idle=10 * WAITED))
    stop = in_background(worker, "resting-worker")
    try:
        until(lambda: shop.rows(listening) == [(1,)], "it has found nothing, and rests")
        case_id = asked(shop)
        until(lambda: shop.waiting(case_id) == ["read"], "the worker that was woken")
    finally:
        worker.stop()
        asked(shop)  # it rests again, or is about to: the bell ends that
        stop()


def test_several_workers_do_each_operation_once(
    shop: Workshop, open_shop: Callable[[], Workshop]
) -> None:
    shop.put(operated(later=True))
    begun = {asked(shop, note=f"第{n}件"): f"第{n}件" for n in range(10)}
    other = open_shop()
    assert at_once(shop.work, other.work, other.work) == [None] * 3
    shop.let_back_off_pass()  # whoever the database was too busy for tries again
    shop.work()
    done = sorted(str(inputs["said"]) for _, inputs in [*shop.calls, *other.calls])
    assert done == sorted(begun.values())
    assert all(shop.waiting(c) == ["read"] for c in begun)
    assert shop.broken() == {}


def test_the_executor_renews_what_it_has_not_begun(shop: Workshop) -> None:
    shop.put(operated(later=True))
    begun = [asked(shop) for _ in range(3)]
    renewed: list[int] = []

    class Slow:
        """The engine's jobs with a machine clock that leaps ahead at each look."""

        def __getattr__(self, name: str) -> object:
            return getattr(shop.engine.jobs, name)

        def real_now(self) -> datetime:
            renewed_at = shop.engine.jobs.real_now() + timedelta(seconds=11 * len(seen))
            seen.append(1)
            return renewed_at

        def renew_jobs(self, jobs: list[Job], lease: timedelta) -> list[Job]:
            renewed.append(len(jobs))
            return shop.engine.jobs.renew_jobs(jobs, lease)

    seen: list[int] = []
    Executor(cast("Work", Slow()), "slow", Pace()).run_once()
    assert renewed
    assert all(shop.waiting(c) == ["read"] for c in begun)


def test_all_that_is_new_is_sealed_at_once(shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail, "BATCH", 3)
    shop.put(operated(later=True))
    for _ in range(4):
        asked(shop)
    with shop.engine.database.look() as tx:
        assert len(audit.unsealed(tx, 100)) > trail.BATCH
    Executor(shop.engine.jobs, "sealer", Pace()).run_once()
    with shop.engine.database.look() as tx:
        assert audit.unsealed(tx, 100) == []


def test_two_commands_that_lock_each_other_out_both_succeed(shop: Workshop) -> None:
    shop.by_hand("INSERT INTO counter (name, value) VALUES ('a', 0), ('b', 0)")
    meeting = threading.Barrier(2)

    def command(first: str, second: str) -> None:
        tries: list[int] = []

        def locking(tx: Tx) -> None:
            tries.append(1)
            more = text("UPDATE counter SET value = value + 1 WHERE name = :name")
            tx.execute(more, {"name": first})
            if len(tries) == 1 and not shop.engine.database.is_sqlite:
                meeting.wait(WAITED)
            tx.execute(more, {"name": second})

        shop.engine.execute(locking)

    at_once(partial(command, "a", "b"), partial(command, "b", "a"))
    assert shop.rows("SELECT name, value FROM counter ORDER BY name") == [("a", 2), ("b", 2)]


# SQLite has one writer: nobody is ended for another.
@pytest.mark.parametrize("database_kind", ["postgres"])
@pytest.mark.postgres
def test_an_operation_that_is_ended_for_another_is_done_again_with_its_step(shop: Workshop) -> None:
    shop.by_hand("INSERT INTO counter (name, value) VALUES ('a', 0)")
    shop.put(operated(later=False))

    def ended_at_first(context: OperationContext, inputs: Outputs) -> Outputs:
        shop.by_context(context, "UPDATE counter SET value = value + 1 WHERE name = 'a'")
        if len(shop.calls) == 1:  # as the server ends one of two that wait for each other
            shop.by_context(context, "DO $$ BEGIN RAISE deadlock_detected; END $$")
        return inputs

    shop.doing["echo"] = ended_at_first
    case_id = asked(shop)
    assert len(shop.calls) == 2
    assert shop.rows("SELECT value FROM counter WHERE name = 'a'") == [(1,)]
    assert shop.waiting(case_id) == ["read"]
    assert shop.jobs(case_id) == []
    assert shop.broken() == {}


def step_undone_by(shop: Workshop, doing: Doing) -> None:
    """Complete a step whose operation the database does not let through, then one it does."""
    shop.by_hand("INSERT INTO counter (name, value) VALUES ('a', 0)")
    shop.put(operated(later=False))
    case_id = shop.begin("operated")
    (step_id,) = [one.id for one in shop.open_steps(case_id)]
    history = shop.history(case_id)
    shop.doing["echo"] = doing
    with pytest.raises(Busy):
        shop.engine.tasks.complete(shop.actor("officer"), step_id, {"note": "x"})
    assert [one.id for one in shop.open_steps(case_id)] == [step_id]
    assert shop.history(case_id) == history
    assert shop.rows("SELECT value FROM counter WHERE name = 'a'") == [(0,)]
    assert shop.broken() == {}
    del shop.doing["echo"]
    shop.engine.tasks.complete(shop.actor("officer"), step_id, {"note": "x"})
    assert shop.waiting(case_id) == ["read"]


_WRITES = "UPDATE counter SET value = 1 WHERE name = 'a'"


def hang_up(shop: Workshop, context: OperationContext) -> Tx:
    """End the connection of an operation behind its back."""
    tx = cast("Tx", context.tx)
    ended = text("SELECT pg_terminate_backend(:number, 5000)")
    number = tx.connection.dbapi_connection.info.backend_pid  # type: ignore[union-attr]
    with shop.engine.database.look() as beside:
        assert beside.execute(ended, {"number": number}).scalar()
    return tx


def losing(shop: Workshop) -> Doing:
    def lose(context: OperationContext, _inputs: Outputs) -> Outputs:
        with savepoint(cast("Tx", context.tx)):
            hang_up(shop, context)
            shop.by_context(context, _WRITES)
        return {"said": "never"}

    return lose


# SQLite has no connection that could be lost.
@pytest.mark.parametrize("database_kind", ["postgres"])
@pytest.mark.postgres
@pytest.mark.parametrize("way", ["text", "ready", "within a savepoint", "kept secret"])
def test_a_connection_that_is_lost_within_an_operation_undoes_its_step(
    shop: Workshop, way: str
) -> None:
    """Nothing is written with another connection, and nobody is told that it was."""
    ready = Ready(select(literal("asked")))

    def lose(context: OperationContext, _inputs: Outputs) -> Outputs:
        tx = hang_up(shop, context)
        if way == "ready":
            ready.rows(tx, {})
        elif way == "text":
            shop.by_context(context, _WRITES)
        else:
            with suppress(Failed):
                shop.by_context(context, _WRITES)
        return {"said": "never"}

    step_undone_by(shop, losing(shop) if way == "within a savepoint" else lose)


@pytest.mark.parametrize("database_kind", ["postgres"])
@pytest.mark.postgres
def test_a_connection_that_is_lost_in_a_savepoint_of_a_job_costs_no_try(shop: Workshop) -> None:
    shop.put(operated(later=True))
    case_id = asked(shop)
    shop.doing["echo"] = losing(shop)
    work_to_the_end(shop)
    job = only(shop.jobs(case_id))
    assert (job.status, job.attempts) == ("waiting", 0)
    del shop.doing["echo"]
    shop.work()
    assert shop.waiting(case_id) == ["read"]
    assert shop.broken() == {}


@pytest.mark.parametrize("database_kind", ["postgres"])
@pytest.mark.postgres
def test_a_timed_start_whose_connection_is_lost_does_not_wait_for_the_next_day(
    shop: Workshop,
) -> None:
    body = node("startEvent", "S", timer("timeDate", "=date(today().year, 11, 12)"))
    body += service("record", "echo", {"said": "=1"}, {"kept": "=said"})
    body += step("look") + end() + line("S", "record", "look", "E")
    shop.put(drawn("yearly", {"county_reviewer": "look"}, body))
    shop.move_to(datetime(2026, 11, 12, 1, 0, tzinfo=UTC))
    worker = shop.worker()
    shop.doing["echo"] = losing(shop)
    with pytest.raises(Busy):
        worker.run_once()
    del shop.doing["echo"]
    worker.run_once()
    looks = "SELECT count(*) FROM task WHERE element_id = 'look'"
    units = "SELECT count(*) FROM organisation WHERE level = 'grassroots'"
    assert shop.rows(looks) == shop.rows(units)
    assert shop.broken() == {}


# SQLite has one writer: nobody holds a row, and no statement is ended for the time it takes.
@pytest.mark.parametrize("database_kind", ["postgres"])
@pytest.mark.postgres
@pytest.mark.parametrize(
    ("limit", "statement"),
    [
        ("lock_timeout", "UPDATE counter SET value = 2 WHERE name = 'held'"),
        ("statement_timeout", "SELECT pg_sleep(30)"),
    ],
)
def test_what_is_not_had_in_time_within_an_operation_undoes_its_step(
    shop: Workshop, limit: str, statement: str
) -> None:
    """Whoever completed it is asked to try again: nothing became an incident, no step was done."""
    shop.by_hand("INSERT INTO counter (name, value) VALUES ('held', 0)")

    def wait(context: OperationContext, _inputs: Outputs) -> Outputs:
        shop.by_context(context, _WRITES)
        shop.by_context(context, f"SET LOCAL {limit} = '100ms'")
        shop.by_context(context, statement)
        return {"said": "never"}

    with shop.engine.database.unit_of_work() as still:
        still.tx.execute(text("UPDATE counter SET value = 1 WHERE name = 'held'"))
        step_undone_by(shop, wait)


# Of SQLite a statement says how many pages there may be.
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_disk_that_is_full_within_an_operation_undoes_its_step(shop: Workshop) -> None:
    def fill(context: OperationContext, _inputs: Outputs) -> Outputs:
        shop.by_context(context, _WRITES)
        tx = cast("Tx", context.tx)
        room = tx.exec_driver_sql("PRAGMA max_page_count").scalar()
        tx.exec_driver_sql("PRAGMA max_page_count = 1").scalar()  # as many as there are
        try:
            shop.by_context(
                context, "INSERT INTO counter (name, value) VALUES (hex(zeroblob(4000000)), 0)"
            )
        finally:
            tx.exec_driver_sql(f"PRAGMA max_page_count = {room}").scalar()
        return {"said": "never"}

    step_undone_by(shop, fill)


def test_what_was_uploaded_for_nothing_is_tidied_away(shop: Workshop) -> None:
    officer = shop.actor("officer")
    content = b"%PDF-1.4 simulated"
    staged = shop.engine.files.stage(officer, "证明.pdf", content)
    (path,) = (shop.engine.environment.data_dir / "files").glob("??/*")
    shop.engine.jobs.sweep()
    assert shop.engine.files.read(officer, staged.id)[1] == content
    shop.by_hand("UPDATE file SET staged_at = '2020-01-01T00:00:00.000000Z'")
    shop.engine.jobs.sweep()
    assert path.exists()  # somebody may be uploading the same just now
    os.utime(path, (0, 0))
    again = shop.engine.files.stage(officer, "证明.pdf", content)
    shop.engine.jobs.sweep()
    assert shop.engine.files.read(officer, again.id)[1] == content
    shop.by_hand("DELETE FROM file")
    os.utime(path, (0, 0))
    shop.engine.jobs.sweep()
    assert not path.exists()
    assert shop.broken() == {}


def test_a_look_for_work_reads_no_job_that_is_done(shop: Workshop) -> None:
    shop.put(operated(later=True))
    asked(shop)
    database = shop.engine.database
    with recording(database) as sent:
        assert len(shop.engine.jobs.take_jobs("me", 10, timedelta(minutes=1))) == 1
    looks = [one for one in sent if "FROM job" in one.statement and "LIMIT" in one.statement]
    assert len(looks) == 3  # whether anything is due, what is, and the signals
    _have_done(shop, 5_000)  # a small table PostgreSQL may read whole, or by any of its indexes
    with database.look() as tx:
        word = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
        for one in looks:
            told = tx.exec_driver_sql(word + one.statement, one.parameters).all()
            assert "ix_job_due" in str(told), told


def _have_done(shop: Workshop, how_many: int) -> None:
    """So many jobs as the one there is, all of them done; the planner is told."""
    with shop.engine.database.unit_of_work() as unit:
        one = dict(unit.tx.execute(select(tables.job)).mappings().one())
        done = {**one, "status": "done", "done_at": one["created_at"]}
        del done["id"]
        rows = [{**done, "token": f"done-{n}"} for n in range(how_many)]
        unit.tx.execute(insert(tables.job), rows)
        unit.tx.execute(text("ANALYZE"))
        unit.commit()
