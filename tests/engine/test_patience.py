"""PostgreSQL does not wait for a process that stands still, or a host that is gone."""

import time
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from engine.errors import Busy
from engine.store.database import Database, Tx
from engine.store.patience import A_PERSON_WAITS, A_WORKER_WAITS, Patience

pytestmark = pytest.mark.postgres

_PAUSE = 0.5
_ADD = text("UPDATE counter SET value = value + 1 WHERE name = 'test'")
_VALUE = text("SELECT value FROM counter WHERE name = 'test'")


@pytest.fixture
def hasty(postgres_url: str) -> Iterator[Database]:
    """A database with one row, whose transactions may pause for half a second."""
    made = Database(postgres_url)
    with made.look() as tx:
        tx.execute(text("CREATE TABLE counter (name text PRIMARY KEY, value integer NOT NULL)"))
        tx.execute(text("INSERT INTO counter VALUES ('test', 0)"))
    made.wait_at_most(Patience(lock=10, answer=10, pause=_PAUSE))
    yield made
    made.close()


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
