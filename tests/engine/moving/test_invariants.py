"""Each invariant finds the row that breaks it, and names it (reliability of the whole)."""

import os
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from engine.jobs.executor import TRIES
from engine.work import invariants
from tests.engine.moving.conftest import Workshop
from tests.engine.moving.test_jobs import failing, operated
from tests.engine.moving.test_messages import answered, asked


def broken_within(shop: Workshop, *statements: str) -> dict[str, tuple[str, ...]]:
    """What the invariants say after these statements, which are then undone."""
    with shop.engine.database.unit_of_work() as unit:
        for statement in statements:
            unit.tx.execute(text(statement))
        found = invariants.check(shop.engine.environment, unit.tx)
    return {one.id: one.broken for one in found if not one.ok}


def late(shop: Workshop) -> None:
    shop.clock.advance(timedelta(days=40))  # and no worker runs


def stray(shop: Workshop) -> None:
    shop.engine.files.stage(shop.actor("officer"), "证明.pdf", b"%PDF-1.4 simulated")
    shop.by_hand("DELETE FROM file")
    (path,) = (shop.engine.environment.data_dir / "files").glob("??/*")
    os.utime(path, (0, 0))


def lost(shop: Workshop) -> None:
    shop.engine.files.stage(shop.actor("officer"), "证明.pdf", b"%PDF-1.4 simulated")
    (path,) = (shop.engine.environment.data_dir / "files").glob("??/*")
    path.unlink()


def orphan(shop: Workshop) -> None:
    row = (
        "INSERT INTO milestone (case_id, name, reached_at) "
        "VALUES ('no-such-case', 'accepted', '2026-11-09T01:00:00.000000Z')"
    )
    with shop.engine.database.engine.connect() as connection:
        if shop.engine.database.is_sqlite:
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            connection.exec_driver_sql(row)
            connection.exec_driver_sql("PRAGMA foreign_keys = ON")
        else:
            connection.exec_driver_sql("SET session_replication_role = replica")
            connection.exec_driver_sql(row)
            connection.exec_driver_sql("SET session_replication_role = DEFAULT")


DONE = "status = 'completed'"
GRANT = "WHERE person_id = 'p-officer' AND role = 'officer'"
BREAKS = {
    "a start is missing": ("I1", "DELETE FROM event WHERE kind = 'started'"),
    "a completion is missing": ("I1", "DELETE FROM event WHERE kind = 'task_completed'"),
    "a completion was undone": ("I1", f"UPDATE task SET status = 'open' WHERE {DONE}"),
    "nobody did it": ("I2", f"UPDATE task SET completed_by = NULL WHERE {DONE}"),
    "a barred person did it": ("I2", f"UPDATE task SET barred = '|p-officer|' WHERE {DONE}"),
    "another did it": ("I2", f"UPDATE task SET completed_by = 'p-officer2' WHERE {DONE}"),
    "the role came later": ("I2", f"UPDATE role_grant SET valid_from = '2027-01-01' {GRANT}"),
    "the role was withdrawn": ("I2", f"UPDATE role_grant SET valid_to = '2026-11-08' {GRANT}"),
    "the role is elsewhere": ("I2", f"UPDATE role_grant SET organisation_id = 'u2' {GRANT}"),
    "a timer fired twice": (
        "I3",
        "UPDATE event SET kind = 'timer_fired' WHERE kind = 'timer_set'",
    ),
    "a timer is gone": ("I3", "DELETE FROM job WHERE kind = 'timer'"),
    "a timer is done too early": ("I4", "UPDATE job SET status = 'done'"),
    "a step was opened by hand": ("I4", "UPDATE task SET status = 'open', completed_by = NULL"),
    "a message wait is gone": ("I4", "DELETE FROM subscription"),
    "a message wait has another key": ("I4", "UPDATE subscription SET key_hash = 'other'"),
    "an ended case waits": ("I4", "UPDATE cases SET status = 'completed'"),
    "an incident without a failure": ("I4", "UPDATE cases SET status = 'incident'"),
    "a failure without an incident": ("I4", "UPDATE job SET status = 'failed'"),
    "a state that cannot be read": ("I4", "UPDATE cases SET state = data_key"),
    "an entry was changed": ("I6", "UPDATE event SET actor = 'p-city' WHERE number = 1"),
    "an entry was deleted": ("I6", "DELETE FROM event WHERE kind = 'task_created'"),
    "the end was cut off": (
        "I6",
        "DELETE FROM event WHERE number = (SELECT max(number) FROM event)",
    ),
}


def test_each_row_that_breaks_a_promise_is_found(shop: Workshop) -> None:
    shop.put(*answered())
    asked(shop, "函1号")
    shop.engine.audit.seal()
    assert broken_within(shop) == {}
    missed = {}
    for what, (number, statement) in BREAKS.items():
        found = broken_within(shop, statement)
        if not found.get(number, ("",))[0]:
            missed[what] = found
    assert missed == {}
    assert shop.broken() == {}


@pytest.mark.parametrize(
    ("number", "breaking", "said"),
    [
        ("I3", late, "is late"),
        ("I7", lost, "no content"),
        ("I7", stray, "no row"),
        ("I8", orphan, "points? nowhere"),
    ],
)
def test_what_lies_outside_the_rows_is_found_too(
    shop: Workshop, number: str, breaking: Callable[[Workshop], None], said: str
) -> None:
    shop.put(*answered())
    asked(shop, "函1号")
    breaking(shop)
    (complaint,) = shop.broken()[number]
    assert re.search(said, complaint)


def test_a_failure_that_lost_its_job_is_found(shop: Workshop) -> None:
    shop.put(operated(later=False))
    shop.doing["echo"] = failing(ValueError())
    case_id = shop.begin("operated")
    shop.finish("officer", case_id, "ask", {"note": "x"})
    assert shop.broken() == {}
    shop.by_hand("DELETE FROM job")
    assert case_id in shop.broken()["I4"][0]


def test_an_incident_is_no_broken_invariant(shop: Workshop) -> None:
    shop.put(operated(later=True))
    shop.doing["echo"] = failing(ValueError())
    case_id = shop.begin("operated")
    shop.finish("officer", case_id, "ask", {"note": "x"})
    for _ in range(TRIES + 1):
        shop.work()
        shop.let_back_off_pass()
    assert shop.broken() == {}
