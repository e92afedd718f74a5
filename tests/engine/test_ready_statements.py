"""Statements that go past SQLAlchemy: the same rows, the same errors, and who was first counts."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from engine.store.database import Tx, UniqueViolation, savepoint
from engine.store.ready import Blank, Collision, Ready
from engine.store.ready_for import blanks, filled, room_for
from engine.store.tables import case_attribute, milestone
from tests.engine.conftest import Office

_REACH = Ready(insert(milestone))
_MOVE = Ready(
    update(milestone)
    .where(milestone.c.case_id == bindparam("of_case"), milestone.c.name == bindparam("called"))
    .values(reached_at=bindparam("then"))
)
_REACHED = select(milestone.c.name).order_by(milestone.c.name)


def reach(tx: Tx, case_id: str, *names: str) -> None:
    _REACH.write_all(tx, [{"case_id": case_id, "name": n, "reached_at": "2026"} for n in names])


def move(tx: Tx, case_id: str, name: str) -> None:
    _MOVE.write_one(tx, {"of_case": case_id, "called": name, "then": "2027"})


def committed(office: Office, work: Callable[[Tx], None]) -> None:
    """Once, without the command's trying again."""
    with office.engine.database.unit_of_work() as unit:
        work(unit.tx)
        unit.commit()


def reached(office: Office) -> list[str]:
    return office.engine.ask(lambda tx: list(tx.execute(_REACHED).scalars()))


@pytest.fixture
def case_id(office: Office) -> str:
    return office.start()


def test_writes_are_there_after_the_commit_in_their_order(office: Office, case_id: str) -> None:
    with office.engine.database.unit_of_work() as work:
        reach(work.tx, case_id, "one", "two")
        move(work.tx, case_id, "one")
        work.commit()
    assert reached(office) == ["one", "two"]


def test_what_reads_sees_what_was_written_before_it(office: Office, case_id: str) -> None:
    ready = Ready(_REACHED)
    with office.engine.database.unit_of_work() as work:
        reach(work.tx, case_id, "one")
        assert [name for (name,) in ready.rows(work.tx, {})] == ["one"]
        reach(work.tx, case_id, "two")
        assert list(work.tx.execute(_REACHED).scalars()) == ["one", "two"]
    assert reached(office) == []  # nobody said commit


def test_a_row_that_is_not_there_any_more_is_a_collision(office: Office, case_id: str) -> None:
    def lost(tx: Tx) -> None:
        reach(tx, case_id, "one")
        move(tx, case_id, "nowhere")

    with pytest.raises(Collision):
        committed(office, lost)
    assert reached(office) == []


def test_a_collision_is_told_before_what_it_broke(office: Office, case_id: str) -> None:
    def lost(tx: Tx) -> None:
        move(tx, case_id, "nowhere")
        reach(tx, case_id, "one")  # is there already: an error of the database

    committed(office, lambda tx: reach(tx, case_id, "one"))
    with pytest.raises(Collision):
        committed(office, lost)


def test_a_key_that_is_taken_ends_the_unit_and_the_next_goes_on(
    office: Office, case_id: str
) -> None:
    def taken(tx: Tx) -> None:
        reach(tx, case_id, "two")
        reach(tx, case_id, "one")

    committed(office, lambda tx: reach(tx, case_id, "one"))
    for _ in range(8):  # more often than the driver waits before it prepares a statement
        with pytest.raises(UniqueViolation):
            committed(office, taken)
    committed(office, lambda tx: reach(tx, case_id, "three"))
    assert reached(office) == ["one", "three"]


def test_what_fails_in_a_savepoint_is_undone_alone(office: Office, case_id: str) -> None:
    def inside(tx: Tx) -> None:
        with savepoint(tx):
            reach(tx, case_id, "inside")
            reach(tx, case_id, "before")

    def with_a_fault(tx: Tx) -> None:
        reach(tx, case_id, "before")
        with pytest.raises(IntegrityError):
            inside(tx)
        reach(tx, case_id, "after")

    committed(office, with_a_fault)
    assert reached(office) == ["after", "before"]


def test_values_come_back_as_the_types_promise(office: Office, case_id: str) -> None:
    columns = {"case_id": case_id, "name": "amount", "label": "金额", "number": Decimal("12.5")}
    rest = dict.fromkeys(("text", "date", "key_hash", "last4", "pinyin"))
    of_case = select(case_attribute).where(
        case_attribute.c.case_id == bindparam("of_case"), case_attribute.c.name == "amount"
    )
    put, read = Ready(insert(case_attribute)), Ready(of_case)
    office.engine.execute(lambda tx: put.write(tx, {**columns, **rest}))
    row = office.engine.ask(lambda tx: read.first(tx, {"of_case": case_id}))
    told = office.engine.ask(lambda tx: tx.execute(of_case, {"of_case": case_id}).mappings().one())
    assert row == dict(told)
    assert row is not None
    assert isinstance(row["number"], Decimal)


def test_a_list_of_blanks_is_filled_each_time_with_other_values(
    office: Office, case_id: str
) -> None:
    these = milestone.c.name.in_(blanks("name", 4))
    ready = Ready(select(milestone.c.name).where(these).order_by(milestone.c.name))
    office.engine.execute(lambda tx: reach(tx, case_id, "one", "three", "two"))
    for asked in (["one", "two", "four"], ["three"], ["five"]):
        assert room_for(asked) <= 4
        given = filled("name", asked, 4)
        rows = office.engine.ask(lambda tx, given=given: ready.rows(tx, given))
        assert [name for (name,) in rows] == sorted({"one", "two", "three"} & {*asked})
    assert [room_for(["x"] * n) for n in (1, 2, 3, 4, 5)] == [1, 2, 4, 4, 8]


def test_a_blank_that_was_worked_into_another_value_is_refused(office: Office) -> None:
    ready = Ready(select(milestone.c.name).where(milestone.c.name.like("%" + Blank("name"))))
    with pytest.raises(ValueError, match="given later"):
        office.engine.ask(lambda tx: ready.rows(tx, {"name": "one"}))
