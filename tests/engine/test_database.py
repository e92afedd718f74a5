"""When the database goes away and comes back, or is asked nonsense."""

import contextlib
from pathlib import Path

import pytest
from sqlalchemy import QueuePool, text
from sqlalchemy.exc import DBAPIError

from engine import SYSTEM, Options, open_engine
from engine.errors import Busy, NotFound, WrongKey
from engine.model.clock import FixedClock
from engine.store import database
from engine.store.bell import Bell
from engine.store.bulk import gathering
from engine.store.database import Database, Failed, Tx
from tests.engine.conftest import FILLED, KEY, MONDAY_MORNING, Office
from tests.support.federation import staffed
from tests.support.postgres import PostgresServer


@pytest.mark.postgres
def test_after_a_restart_of_the_database_the_first_request_is_answered(
    own_postgres_server: PostgresServer, tmp_path: Path
) -> None:
    url = own_postgres_server.url(own_postgres_server.create_database())
    clock = FixedClock(MONDAY_MORNING)
    engine = staffed(open_engine(url, key=KEY, options=Options(clock=clock, data_dir=tmp_path)))
    office = Office(engine, clock)
    office.deploy("example_request")
    case_id = office.start()
    own_postgres_server.stop("immediate")
    with pytest.raises(Busy):
        office.open_steps(case_id)
    own_postgres_server.start()
    office.do("officer", case_id, "apply", FILLED)
    own_postgres_server.stop("immediate")
    own_postgres_server.start()
    assert office.inbox("reviewer") == ["review"]
    engine.close()


def test_a_database_with_cases_opens_with_its_own_key_only(
    office: Office, office_url: str, tmp_path: Path
) -> None:
    options = Options(clock=office.clock, data_dir=tmp_path)
    open_engine(office_url, key=bytes(32), options=options).close()
    case_id = office.start()
    with pytest.raises(WrongKey, match="主密钥打不开"):
        open_engine(office_url, key=bytes(32), options=options)
    open_engine(office_url, key=KEY, options=options).close()
    assert office.open_steps(case_id)


def test_one_case_with_a_damaged_key_stops_nobody(
    office: Office, office_url: str, tmp_path: Path
) -> None:
    whole, damaged = office.start(), office.start()
    with office.engine.database.unit_of_work() as unit:
        damage = text("UPDATE cases SET data_key = :key WHERE id = :id")
        unit.tx.execute(damage, {"key": bytes(60), "id": damaged})
        unit.commit()
    options = Options(clock=office.clock, data_dir=tmp_path)
    again = open_engine(office_url, key=KEY, options=options)
    assert again.cases.view(SYSTEM, whole).open_tasks
    again.close()


def test_a_faulty_statement_is_not_called_a_busy_database(office: Office) -> None:
    with pytest.raises(Exception, match="no_such_table") as writing:
        office.engine.execute(lambda tx: tx.execute(text("DELETE FROM no_such_table")))
    with pytest.raises(Exception, match="no_such_table") as reading:
        office.engine.ask(lambda tx: tx.execute(text("SELECT * FROM no_such_table")).all())
    assert not isinstance(writing.value, Busy)
    assert not isinstance(reading.value, Busy)


def test_the_questions_of_one_view_share_a_reading_until_something_is_written(
    office: Office, office_url: str
) -> None:
    first, engine = office.start(), office.engine
    other = Database(office_url)
    rename = text("UPDATE cases SET title = :title WHERE id = :id")

    def title(tx: Tx) -> str:
        asked = text("SELECT title FROM cases WHERE id = :id")
        return str(tx.execute(asked, {"id": first}).scalar_one())

    def named(database: Database, word: str) -> None:
        with database.unit_of_work() as unit:
            unit.tx.execute(rename, {"title": word, "id": first})
            unit.commit()

    with engine.one_view():
        before = engine.ask(title)
        named(other, "another's")
        assert engine.ask(title) == before
        with pytest.raises(NotFound):
            engine.tasks.must_see(office.actor("officer"), "nothing")
        assert engine.ask(title) == "another's"
        named(other, "again")
        engine.note_access(None, "test", first)
        assert engine.ask(title) == "again"
        engine.execute(lambda tx: tx.execute(rename, {"title": "mine", "id": first}))
        assert engine.ask(title) == "mine"
        named(other, "last")
        with engine.database.look() as tx:
            assert title(tx) == "last"
        assert engine.ask(lambda tx: (title(tx), engine.ask(title))) == ("last", "last")
        engine.ask(title)
        office.start()
    assert engine.audit.verify().ok
    other.close()


def test_what_is_written_amid_a_question_is_seen_by_the_next(office: Office) -> None:
    first, engine = office.start(), office.engine
    rename = text("UPDATE cases SET title = :title WHERE id = :id")

    def title(tx: Tx) -> str:
        asked = text("SELECT title FROM cases WHERE id = :id")
        return str(tx.execute(asked, {"id": first}).scalar_one())

    def rename_amid(tx: Tx) -> str:
        told = title(tx)
        with engine.database.unit_of_work() as unit:
            unit.tx.execute(rename, {"title": "amid a question", "id": first})
            unit.commit()
        return told

    with engine.one_view():
        before = engine.ask(title)
        assert engine.ask(rename_amid) == before
        assert engine.ask(title) == "amid a question"
        with engine.database.unit_of_work() as unit:
            unit.tx.execute(rename, {"title": "a question amid it", "id": first})
            assert engine.ask(title) == "amid a question"
            unit.commit()
        assert engine.ask(title) == "a question amid it"


@pytest.mark.postgres
def test_a_transaction_that_failed_is_not_called_committed(postgres_url: str) -> None:
    database = Database(postgres_url)
    with database.unit_of_work() as unit:
        with contextlib.suppress(DBAPIError):
            unit.tx.exec_driver_sql("SELECT 1 / 0")
        with pytest.raises(DBAPIError, match="rolled back"):
            unit.commit()
    database.close()


@pytest.mark.postgres
def test_a_request_of_several_questions_holds_one_connection_and_gives_it_back(
    office: Office,
) -> None:
    engine = office.engine
    pool = engine.database.engine.pool
    assert isinstance(pool, QueuePool)
    seen: list[Tx] = []
    with engine.one_view():
        for _ in range(3):
            engine.ask(seen.append)
            assert pool.checkedout() == 1
        engine.note_access(None, "test", "x")
        assert pool.checkedout() == 0
        engine.ask(seen.append)
    assert pool.checkedout() == 0
    assert [one is seen[0] for one in seen] == [True, True, True, False]


@pytest.mark.postgres
def test_a_view_whose_server_was_restarted_is_answered_from_a_new_connection(
    own_postgres_server: PostgresServer,
) -> None:
    reader = Database(own_postgres_server.url(own_postgres_server.create_database()))

    def answered() -> int:
        with reader.read() as tx:
            return int(tx.execute(text("SELECT 1")).scalar_one())

    with reader.one_view():
        assert answered() == answered() == 1
        own_postgres_server.stop("immediate")
        with pytest.raises(Busy):
            answered()
        own_postgres_server.start()
        assert answered() == 1
    reader.close()


@pytest.mark.postgres
def test_a_connection_lost_while_rows_are_gathered_is_told_as_what_it_is(postgres_url: str) -> None:
    """Else each line of a list would be refused for it, and not begun again."""
    reader = Database(postgres_url)

    def ask(tx: Tx) -> None:
        tx.execute(text("SELECT 1"))

    def hang_up(tx: Tx) -> None:
        ask(tx)
        number = tx.connection.dbapi_connection.info.backend_pid  # type: ignore[union-attr]
        with reader.look() as beside:
            ended = text("SELECT pg_terminate_backend(:number, 5000)")
            assert beside.execute(ended, {"number": number}).scalar()

    def gather(tx: Tx) -> None:
        with gathering(tx):
            hang_up(tx)
            ask(tx)

    with reader.read() as tx, pytest.raises(Failed):
        gather(tx)
    with reader.read() as tx:
        ask(tx)
    reader.close()


@pytest.mark.postgres
def test_a_bell_for_which_no_connection_is_left_is_not_heard(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "POOL_SIZE", 1)
    crowded = Database(postgres_url)
    monkeypatch.setattr(crowded.engine.pool, "_timeout", 0.05)
    bell = Bell(crowded)
    with crowded.look() as tx:
        tx.execute(text("SELECT 1"))
        assert not bell.rest(0.05)
    assert bell.rest(0.05)
    bell.close()
    crowded.close()


def test_the_newest_schema_keeps_the_place_of_a_step(office: Office) -> None:
    """A revision that makes a table anew on SQLite would lose what keeps it."""
    is_sqlite = office.engine.database.is_sqlite
    asked = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if not is_sqlite:
        asked = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    with office.engine.database.look() as tx:
        names = set(tx.execute(text(asked)).scalars())
    assert {"task_place_added", "task_place_changed"} <= names
