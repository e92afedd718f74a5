"""One completion is one load, one transaction, at most nine statements, one commit (D2)."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from engine import Engine
from engine.model.once import Once
from engine.work.complete import Completed
from tests.engine.conftest import FILLED, Office

MOST = 9
"""Statements, however much the step writes; a plain one takes seven with its remembered answer."""


@contextmanager
def watched(engine: Engine) -> Iterator[list[str]]:
    """Every statement the database is sent."""
    seen: list[str] = []

    def note(_c: object, _u: object, statement: str, *_rest: object) -> None:
        seen.append(" ".join(statement.split()))

    event.listen(engine.database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine.database.engine, "before_cursor_execute", note)


def _once(key: str) -> Once[Completed]:
    return Once(key, "complete", "hash", lambda done: done.task.id.encode())


@pytest.mark.parametrize(
    ("by", "element", "data"),
    [
        ("reviewer", "review", {"decision": "agree"}),
        ("officer", "apply", FILLED),  # with attributes, a decision and a milestone
    ],
)
def test_a_completion_is_at_most_nine_statements_and_one_commit(
    office: Office, by: str, element: str, data: dict[str, object]
) -> None:
    def case_at(element: str) -> str:
        return office.start() if element == "apply" else office.applied()

    for _ in range(2):  # from then on the queue of the next step is known
        office.do(by, case_at(element), element, data)
    step = office.step(case_at(element), element)
    actor = office.actor(by)
    with watched(office.engine) as seen:
        office.engine.tasks.complete(actor, step, data, once=_once("the-key"))
    assert seen.count("COMMIT") == 1
    work = [s for s in seen if not s.startswith(("BEGIN", "COMMIT"))]
    assert len(work) <= MOST, "\n".join(work)
    assert sum(s.startswith("SELECT task.id") for s in work) == 1


def test_the_cost_does_not_grow_with_the_age_of_the_case(office: Office) -> None:
    def round_trip(case_id: str) -> int:
        with watched(office.engine) as seen:
            office.do(
                "reviewer",
                case_id,
                "review",
                {"decision": "return", "return_to": "apply", "comment": "请补充用途说明"},
            )
            office.do("officer", case_id, "apply", FILLED)
        return len(seen)

    case_id = office.applied()
    round_trip(case_id)
    young = round_trip(case_id)
    size = len(_state(office, case_id))
    for _ in range(8):
        round_trip(case_id)
    assert round_trip(case_id) == young
    assert len(_state(office, case_id)) <= size + 16


def _state(office: Office, case_id: str) -> bytes:
    return office.engine.cases.view(office.actor("reviewer"), case_id).case.state
