"""Copies are found as real cases are, and bare work leaves what a real completion leaves."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from engine.model.ids import case_id, split_task_id
from engine.model.tasks import InboxFilter
from engine.store.database import Tx
from engine.store.tables import case, case_attribute, event, milestone, task
from tests.bench.complete import completing, model_of
from tests.bench.ground import REVIEWER, ground_at
from tests.bench.limits import BareConnection, Script, recording
from tests.bench.scattered import PEOPLE, fill_scattered
from tests.support.inboxes import miscounted, must_agree

BYTES = {case: case.c.state, event: event.c.payload}


def _left(tx: Tx, of: str) -> dict[str, tuple[int, int]]:
    """Rows of a case in each table, and the bytes of what is sealed in them."""
    left = {}
    for table in (case, task, event, case_attribute, milestone):
        sealed = BYTES.get(table)
        size = select(func.count(), func.sum(0 if sealed is None else func.length(sealed)))
        owner = table.c.id if table is case else table.c.case_id
        count, length = tx.execute(size.select_from(table).where(owner == of)).one()
        left[table.name] = (count, length)
    return left


def test_bare_work_leaves_the_rows_and_bytes_of_a_completion(
    database_url: str, tmp_path: Path
) -> None:
    with ground_at(database_url, tmp_path) as on:
        model = model_of(on, completing(on))
        (fresh,) = on.started(1)
        (copy,) = on.copies_of(fresh, 1)
        bare = BareConnection(on.engine.database)
        bare.run(Script.from_json(model.script.to_json()).about(model.case_id, copy))
        with pytest.raises(AssertionError, match="UPDATE task"):  # it is completed already
            bare.run(model.about(copy))
        bare.close()
        with on.engine.database.look() as tx:
            assert _left(tx, copy) == _left(tx, model.case_id)
            assert tx.execute(select(task.c.status).where(task.c.id == f"{copy}-1")).scalar() == (
                "completed"
            )


def test_copies_are_found_as_real_cases_are(database_url: str, tmp_path: Path) -> None:
    with ground_at(database_url, tmp_path) as on:
        on.fill_inbox(60)
        on.fill_inbox(70)
        page = on.engine.tasks.inbox(
            on.engine.directory.actor_named(REVIEWER), InboxFilter(limit=100)
        )
    assert page.counts.total == len(page.lines) == 70
    assert page.counts.by_bucket["overdue"] > 0
    assert len(page.counts.by_organisation) == 2
    for line in page.lines:
        assert split_task_id(line.id) == (case_id(line.case_id), 2)
    assert len({line.case_number for line in page.lines}) == 70


def test_steps_of_a_city_are_spread_over_its_unions(database_url: str, tmp_path: Path) -> None:
    with ground_at(database_url, tmp_path) as on:
        fill_scattered(on, 2400)
        totals = {
            who: on.engine.tasks.inbox(on.engine.directory.actor_named(name), InboxFilter()).counts
            for who, name in PEOPLE.items()
        }
        assert {who: counts.total for who, counts in totals.items()} == {
            "officer": 2,
            "reviewer": 80,
            "city": 800,
        }
        assert len(totals["city"].by_organisation) == 400
        assert miscounted(on.engine) == {}
        city = on.engine.directory.actor_named(PEOPLE["city"])
        assert must_agree(on.engine, city, InboxFilter(limit=100)) == 800


def test_the_page_of_a_city_is_not_made_queue_by_queue(database_url: str, tmp_path: Path) -> None:
    def asked_by(who: str) -> str:
        actor = on.engine.directory.actor_named(PEOPLE[who])
        with recording(on.engine.database) as sent:
            assert len(on.engine.tasks.inbox(actor, InboxFilter(limit=20)).lines) == 20
        return " ".join(one.statement for one in sent)

    with ground_at(database_url, tmp_path) as on:
        fill_scattered(on, 2400)
        assert "heads" in asked_by("reviewer")
        assert "heads" not in asked_by("city")
