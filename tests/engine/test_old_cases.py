"""What a completion costs does not grow with what the case has been through (design.md D3).

Nor does a start with how many unions there are.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from engine.model.organisations import Organisation
from engine.store.directory import add_organisations, rebuild_closure
from engine.store.task_lists import TaskQuestion
from tests.engine.conftest import FILLED, Office

BACK = {"decision": "return", "return_to": "apply", "comment": "请补充用途说明"}
YOUNG, OLD = 4, 60
"""Rounds to the reviewer and back."""

ONE_PAGE_MORE = 1.2
"""Times the work: a lookup in a longer index is a little longer."""


@contextmanager
def work_of_sqlite(office: Office) -> Iterator[list[int]]:
    """Counts what SQLite's machine does meanwhile, in instructions: the same on any machine."""
    done = [0]

    def one_more() -> None:
        done[0] += 1

    def watch(connection, *_: object) -> None:  # type: ignore[no-untyped-def]
        connection.connection.dbapi_connection.set_progress_handler(one_more, 1)

    event.listen(office.engine.database.engine, "before_cursor_execute", watch)
    try:
        yield done
    finally:
        event.remove(office.engine.database.engine, "before_cursor_execute", watch)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_an_old_case_costs_the_database_what_a_young_one_does(office: Office) -> None:
    case_id, counted = office.start(), list[int]()
    actors = [office.actor(name) for name in ("officer", "reviewer")]
    for number in range(OLD):
        with work_of_sqlite(office) as done:
            for place, data in enumerate((FILLED, BACK)):
                step = f"{case_id}-{number * 2 + place + 1}"
                office.engine.tasks.complete(actors[place], step, data)
        counted.append(done[0])
    assert counted[-1] < counted[YOUNG] * ONE_PAGE_MORE, counted


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_the_open_steps_are_listed_as_cheaply_after_many_were_done(office: Office) -> None:
    case_id = office.start()
    actors = [office.actor(name) for name in ("officer", "reviewer")]
    question = TaskQuestion(status="open", limit=100)

    def listed() -> int:
        with work_of_sqlite(office) as done:
            assert len(office.engine.tasks.list(actors[0], question)) == 1
        return done[0]

    listed()  # what is remembered from then on
    before = listed()
    for number in range(OLD):
        for place, data in enumerate((FILLED, BACK)):
            office.engine.tasks.complete(actors[place], f"{case_id}-{number * 2 + place + 1}", data)
    assert listed() < before * ONE_PAGE_MORE


UNIONS = 2_000


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_case_begins_as_cheaply_among_two_thousand_unions(office: Office) -> None:
    def start() -> int:
        with work_of_sqlite(office) as done:
            office.start()
        return done[0]

    def many(tx) -> None:  # type: ignore[no-untyped-def]
        new = [
            Organisation(
                f"x{n}", f"99{n}", f"模拟第{n}工会", "grassroots", "grassroots", "xc", "xc"
            )
            for n in range(UNIONS)
        ]
        add_organisations(tx, new)
        rebuild_closure(tx, office.engine.environment.today())

    start()  # what is remembered from then on
    few = start()
    office.engine.execute(many)
    assert start() < few * ONE_PAGE_MORE
