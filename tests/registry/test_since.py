"""Since when a file waits: from the day it (last) came into the list, on both databases.

A file that came back is not late since its first approval, and one that waits does not begin anew
because somebody touched it.
"""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from sqlalchemy import inspect, text

import registry
from engine import SYSTEM
from engine.model.deadlines import DueState, Unit
from engine.store.database import Database, Tx
from engine.store.schema import ENGINE, migrate
from registry.finding import HouseholdLine, Search, Waited
from registry.store.file_lists import Queue
from registry.store.tables import household
from tests.registry.bench import Bench
from tests.support.register import CONTENT, HEAD, on_file

MONDAY = "2026-11-09"
FILE = {**CONTENT, "approved_on": "2026-11-06"}
NUMBER = {"national_no": "MN0000000001"}
STRUCK_OFF = {"reason": "no_longer"}


def _opened(bench: Bench, case_id: str = "case-1", **changed: object) -> str:
    return str(bench.run("household.open_file", {**FILE, **changed}, case_id)["file_no"])


def _line(bench: Bench, queue: Queue) -> HouseholdLine:
    (line,) = registry.Registry(bench.engine).lists.page(SYSTEM, Search(queue=queue)).lines
    return line


def _since(bench: Bench) -> tuple[str, str]:
    """(awaits, stands) of the one file there is, which agree with its versions."""
    assert [one.broken for one in registry.invariants(bench.engine) if one.id == "R3"] == [()]
    (row,) = bench.rows(household)
    return row.awaits_since, row.stands_since


def _of(file_no: str, more: Mapping[str, object] | None = None) -> dict[str, object]:
    return {"file_no": file_no, **(more or {})}


def _later(bench: Bench, days: int) -> None:
    bench.clock.advance(timedelta(days=days))


def test_an_approved_file_waits_since_its_approval(bench: Bench) -> None:
    _opened(bench)
    assert _since(bench) == ("2026-11-06", "2026-11-06")
    line = _line(bench, Queue.AWAITING)
    assert line.waits is not None
    assert (line.waits.state, line.waits.amount, line.waited.amount) == (DueState.LATER, 4, 1)


def test_a_file_taken_over_waits_since_it_was_taken_over_not_since_it_was_approved_once(
    bench: Bench,
) -> None:
    on_file(bench.engine, archived_on=date(2016, 7, 8), changed_on=date(2026, 4, 23))
    assert _since(bench) == (MONDAY, "2016-07-08")
    line = _line(bench, Queue.AWAITING)
    assert line.waits is not None
    assert (line.waits.state, line.waits.amount, line.waited.amount) == (DueState.LATER, 5, 0)
    assert str(line.opened_on) == "2016-07-08"
    assert _line(bench, Queue.UNHELPED).waited.amount == (date(2026, 11, 9) - date(2016, 7, 8)).days
    _later(bench, 8)
    again = _line(bench, Queue.AWAITING)
    assert again.waits is not None
    assert (again.waits.state, again.waits.amount) == (DueState.OVERDUE, 1)


def test_what_is_done_to_a_file_that_waits_does_not_begin_its_clock_anew(bench: Bench) -> None:
    file_no = _opened(bench)
    register = registry.Registry(bench.engine)
    reviewer = bench.engine.directory.actor_named("reviewer")
    _later(bench, 3)
    register.upkeep.correct(reviewer, file_no, 1, {"head.name": "林摸拟"}, "核对了原件")
    _later(bench, 1)
    other = {"name": "郑模拟", "id_number": "350681199007049942"}
    bench.run("household.merge", _of(file_no, {"head": other, "relation": "母"}), "case-2")
    _later(bench, 1)
    register.upkeep.withdraw_consent(reviewer, file_no, "来信")
    assert _opened(bench, "case-3", approved_on="2026-11-14") == file_no
    assert _since(bench) == ("2026-11-06", "2026-11-06")
    assert _line(bench, Queue.AWAITING).waited == Waited(5, Unit.WORKING_DAYS)


def test_a_file_that_was_entered_waits_no_more_whatever_becomes_of_it(bench: Bench) -> None:
    file_no = _opened(bench)
    bench.run("household.set_national_number", _of(file_no, NUMBER))
    assert _since(bench) == ("", "2026-11-06")
    bench.run("household.close", _of(file_no, STRUCK_OFF))
    assert _since(bench) == ("", "")
    _later(bench, 30)
    bench.run("household.reopen", _of(file_no))
    assert _since(bench) == ("", "2026-12-09")
    assert _line(bench, Queue.UNHELPED).waited.amount == 0


@pytest.mark.parametrize("way", ["reopened", "approved"])
def test_a_file_that_comes_back_waits_since_it_came_back(bench: Bench, way: str) -> None:
    on_file(bench.engine, archived_on=date(2018, 7, 6))
    (row,) = bench.rows(household)
    _later(bench, 10)
    bench.run("household.close", _of(row.file_no, STRUCK_OFF))
    assert _since(bench) == ("", "")
    assert registry.Registry(bench.engine).lists.queues(SYSTEM)[Queue.AWAITING] == 0
    _later(bench, 90)
    if way == "reopened":
        bench.run("household.reopen", _of(row.file_no))
    else:
        assert _opened(bench, "case-9", head=HEAD, approved_on="2027-02-17") == row.file_no
    assert _since(bench) == ("2027-02-17", "2027-02-17")
    for queue in (Queue.AWAITING, Queue.UNHELPED):
        assert _line(bench, queue).waited.amount == 0, queue
    assert registry.Registry(bench.engine).lists.queues(SYSTEM)[Queue.UNCHANGED] == 0


def test_somebody_of_the_family_who_takes_over_has_a_file_with_a_clock_of_its_own(
    bench: Bench,
) -> None:
    _opened(bench)
    _later(bench, 60)
    spouse = {**HEAD, "name": "陈模拟", "id_number": "350624199211059964"}
    _opened(bench, "case-2", head=spouse, members=[], approved_on="2027-01-08")
    register = registry.Registry(bench.engine)
    found = register.lists.page(SYSTEM, Search(queue=Queue.AWAITING)).lines
    assert [(one.head_name, one.waited.amount) for one in found] == [("林模拟", 45), ("陈模拟", 0)]
    assert register.copying.first(SYSTEM) == found[0].file_no


def test_whoever_waits_longest_comes_first_and_pages_neither_skip_nor_repeat(bench: Bench) -> None:
    heads = ("350602199001019907", "350628199007049932", "350624199211059964")
    opened = []
    for place, (number, day) in enumerate(zip(heads, (5, 3, 4), strict=True)):
        head = {
            **HEAD,
            "name": f"第{place}模拟",
            "id_number": number,
            "mobile": f"1540000000{place}",
        }
        approved = f"2026-11-0{day}"
        opened.append(_opened(bench, f"c{place}", head=head, members=[], approved_on=approved))
    bench.run("household.close", _of(opened[1], STRUCK_OFF))
    _later(bench, 1)
    bench.run("household.reopen", _of(opened[1]))
    lists = registry.Registry(bench.engine).lists
    for queue in (Queue.AWAITING, Queue.UNHELPED):
        seen, after = [], ""
        while True:
            page = lists.page(SYSTEM, Search(queue=queue), after, limit=1)
            seen += [line.file_no for line in page.lines]
            if page.next_cursor is None:
                break
            after = page.next_cursor
        assert seen == [opened[2], opened[0], opened[1]], queue


def test_a_database_of_before_is_told_since_when_by_its_versions(
    bench: Bench, town_url: str
) -> None:
    """Struck off and back, approved, taken over, entered: the same days as they would have now."""
    back = _opened(bench, "case-1")
    heads = ("350628199007049932", "350624199211059964", "350681199007049942")
    others = [{**HEAD, "name": "另一户", "id_number": number} for number in heads]
    _opened(bench, "case-2", head=others[0], approved_on="2026-11-02")
    entered = _opened(bench, "case-3", head=others[1])
    bench.run("household.set_national_number", _of(entered, NUMBER), "case-3")
    on_file(bench.engine, others[2], archived_on=date(2016, 7, 8))
    bench.run("household.close", _of(back, STRUCK_OFF))
    _later(bench, 20)
    bench.run("household.reopen", _of(back))
    gone = _opened(bench, "case-4", head={**HEAD, "name": "某", "id_number": "35062519990315992X"})
    bench.run("household.close", _of(gone, STRUCK_OFF))
    before = sorted((r.file_no, r.awaits_since, r.stands_since) for r in bench.rows(household))

    bench.engine.execute(_forget_since)
    database = Database(town_url)
    migrate(database, (ENGINE, registry.BRANCH))
    database.close()

    after = sorted((r.file_no, r.awaits_since, r.stands_since) for r in bench.rows(household))
    assert after == before
    assert registry.Registry(bench.engine).index_files() == 5


FUND_TABLES = (
    "budget_line",
    "other_expense",
    "fund_transfer",
    "payment",
    "payment_batch",
    "fund_movement",
    "bank_sending",
    "bank_sending_line",
    "bank_left_out",
    "entitlement",
    "result_notice",
    "fund_recovery",
    "result_supplement",
)
"""In the order they are made in."""


def _forget_since(tx: Tx) -> None:
    """The schema as it was some releases before; what came later is taken away first."""
    later = ("duty_change", "duty", *reversed(FUND_TABLES))
    for table in ("exit_plan", "review_sample", "household_exit", *later):
        tx.execute(text(f"DROP TABLE {table}"))
    for index in (
        "ix_household_status",
        "ix_household_stands",
        "ix_household_index_review",
        "ix_household_national_no",
    ):
        tx.execute(text(f"DROP INDEX {index}"))
    for table, column in (
        ("household", "awaits_since"),
        ("household", "stands_since"),
        ("household_index", "review_since"),
        ("household_person", "spelled"),
    ):
        tx.execute(text(f"ALTER TABLE {table} DROP COLUMN {column}"))
    tx.execute(text("CREATE INDEX ix_household_status ON household (status, opened_on, file_no)"))
    tx.execute(text("UPDATE household_index SET edition = 2"))
    tx.execute(
        text(
            "UPDATE alembic_version SET version_num = 'registry_file_reports'"
            " WHERE version_num = 'registry_duty'"
        )
    )
    assert "awaits_since" not in {one["name"] for one in inspect(tx).get_columns("household")}
