"""PostgreSQL does not wait for a process that stands still, or a host that is gone.

What it does not wait for ends the whole unit of work, however deep within it was asked.
"""

import contextlib
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from engine.errors import Busy
from engine.store.database import Database, Failed, LockTaken, Tx, savepoint
from engine.store.patience import A_PERSON_WAITS, A_WORKER_WAITS, Patience

pytestmark = pytest.mark.postgres

_PAUSE = 0.5
_TOO_MANY = 70_000
_ADD = text("UPDATE counter SET value = value + 1 WHERE name = 'test'")
_VALUE = text("SELECT value FROM counter WHERE name = 'test'")


@pytest.fixture
def calm(postgres_url: str) -> Iterator[Database]:
    """A database with one row, whose transactions take what they take."""
    made = Database(postgres_url)
    with made.look() as tx:
        tx.execute(text("CREATE TABLE counter (name text PRIMARY KEY, value integer NOT NULL)"))
        tx.execute(text("INSERT INTO counter VALUES ('test', 0)"))
    yield made
    made.close()


@pytest.fixture
def hasty(calm: Database) -> Database:
    """The same, whose transactions may pause for half a second."""
    calm.wait_at_most(Patience(lock=10, answer=10, pause=_PAUSE))
    return calm


def value(tx: Tx) -> int:
    return int(tx.execute(_VALUE).scalar_one())


def test_the_rows_of_a_transaction_that_stands_still_are_free_again(
    hasty: Database, postgres_url: str
) -> None:
    other = Database(postgres_url)

    def stand_still() -> None:
        with hasty.unit_of_work() as still:
            still.tx.execute(_ADD)
            with other.unit_of_work() as unit:  # waits until the server ends the first
                unit.tx.execute(_ADD)
                unit.commit()
            still.commit()

    with pytest.raises(Busy):
        stand_still()
    with hasty.look() as tx:
        assert value(tx) == 1, "only the second was committed"
    other.close()


def test_a_question_after_too_long_a_pause_is_refused_in_words_and_the_next_answered(
    hasty: Database,
) -> None:
    with hasty.one_view():
        with hasty.read() as tx:
            assert value(tx) == 0
        time.sleep(_PAUSE * 3)
        with pytest.raises(Busy), hasty.read() as tx:
            value(tx)
        with hasty.read() as tx:
            assert value(tx) == 0


def test_a_row_that_another_holds_ends_the_unit_of_work_in_a_savepoint_as_well(
    calm: Database, postgres_url: str
) -> None:
    """Else an operation would be taken for one that failed, and its step for done."""
    other = Database(postgres_url)
    calm.wait_at_most(Patience(lock=0.1, answer=10))

    with other.unit_of_work() as still:
        still.tx.execute(_ADD)
        with (
            calm.unit_of_work() as unit,
            pytest.raises(LockTaken),
            savepoint(unit.tx),
            savepoint(unit.tx),
        ):
            unit.tx.execute(_ADD)
    with calm.unit_of_work() as unit:
        with savepoint(unit.tx):
            unit.tx.execute(_ADD)
        unit.commit()
    with calm.look() as tx:
        assert value(tx) == 1
    other.close()


def test_a_statement_that_is_not_answered_in_time_ends_it_too(calm: Database) -> None:
    calm.wait_at_most(Patience(lock=10, answer=0.1))
    with calm.unit_of_work() as unit, pytest.raises(Busy), savepoint(unit.tx):
        unit.tx.execute(text("SELECT pg_sleep(10)"))


@pytest.mark.parametrize(
    "asks_too_much",
    [
        "INSERT INTO counter SELECT string_agg(md5(n::text), ''), 0 FROM generate_series(1, 400) n",
        f"SELECT 1 WHERE 1 IN ({', '.join(['%s'] * _TOO_MANY)})",
    ],
    ids=["an index takes no such row", "no statement takes so many values"],
)
def test_what_no_server_can_do_is_undone_alone_and_the_unit_goes_on(
    calm: Database, asks_too_much: str
) -> None:
    """Whoever is told to try again later would be told so for ever."""
    values = (1,) * asks_too_much.count("%s")
    with calm.unit_of_work() as unit:
        with pytest.raises(Failed), savepoint(unit.tx):
            unit.tx.exec_driver_sql(asks_too_much, values)
        unit.tx.execute(_ADD)
        unit.commit()
    with calm.look() as tx:
        assert value(tx) == 1


def test_a_failure_that_was_kept_secret_in_a_savepoint_is_undone_alone(calm: Database) -> None:
    with calm.unit_of_work() as unit:
        with pytest.raises(Failed), savepoint(unit.tx), contextlib.suppress(Failed):
            unit.tx.execute(text("SELECT 1 / 0"))
        unit.tx.execute(_ADD)
        unit.commit()
    with calm.look() as tx:
        assert value(tx) == 1


def test_a_connection_that_is_lost_in_a_savepoint_within_another_is_told_as_what_it_is(
    calm: Database, postgres_url: str
) -> None:
    other = Database(postgres_url)

    def hang_up(tx: Tx) -> None:
        number = tx.connection.dbapi_connection.info.backend_pid  # type: ignore[union-attr]
        with other.look() as beside:
            ended = text("SELECT pg_terminate_backend(:number, 5000)")
            assert beside.execute(ended, {"number": number}).scalar()

    def lost(*, is_secret: bool) -> None:
        with calm.unit_of_work() as unit:
            unit.tx.execute(_ADD)
            with savepoint(unit.tx), savepoint(unit.tx):
                hang_up(unit.tx)
                with contextlib.suppress(Failed) if is_secret else contextlib.nullcontext():
                    unit.tx.execute(_ADD)
            unit.commit()

    def asked_on() -> None:
        with calm.read() as tx:
            hang_up(tx)
            with contextlib.suppress(Failed):
                value(tx)
            value(tx)

    for way in (lambda: lost(is_secret=False), lambda: lost(is_secret=True), asked_on):
        with pytest.raises(Busy):
            way()
    with calm.read() as tx:
        assert value(tx) == 0
    other.close()


def test_the_web_and_the_worker_have_such_a_limit_and_the_keyboard_has_none(
    postgres_url: str,
) -> None:
    def limit(database: Database) -> int:
        asked = "SELECT setting FROM pg_settings WHERE name = 'idle_in_transaction_session_timeout'"
        with database.look() as tx:
            return int(tx.execute(text(asked)).scalar_one())

    database = Database(postgres_url)
    assert limit(database) == 0
    for patience in (A_PERSON_WAITS, A_WORKER_WAITS):
        database.wait_at_most(patience)
        assert patience.pause
        assert limit(database) == patience.pause * 1000
    database.close()
