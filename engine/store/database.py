"""One database, two dialects: the embedded SQLite and PostgreSQL (design.md D1).

Every command runs in one :class:`UnitOfWork`; leaving it without ``commit()`` rolls back. On
SQLite the writers queue at a file lock before BEGIN IMMEDIATE, so that four saturated processes
wait in milliseconds instead of SQLite's busy loop; PostgreSQL does its own locking.
"""

import fcntl
import os
import select
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from sqlalchemy import Connection, Engine, Executable, create_engine, event, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DBAPIError,
    IntegrityError,
    InvalidatePoolError,
    OperationalError,
    PendingRollbackError,
)

from engine.errors import Broken, Busy, Overtaken
from engine.store.patience import (
    CONNECTING,
    PATIENT,
    Patience,
    connection_kept_to,
    lock_file,
    server_settings,
)
from engine.store.ready import (
    keep_writes,
    send_text,
    send_writes,
    stop_keeping,
)

Tx = Connection
"""A connection inside a unit of work. Other layers pass it on and never look into it."""

POOL_SIZE = 40
"""Never smaller than the threads that serve: a smaller pool costs four fifths (design.md D1)."""

_OTHERS_WRITE = "数据库正忙,内容没有提交,请稍后再试。您填写的内容仍在页面上。"
_NOT_SURE = (
    "数据库在提交的一刻断开了,不能确定刚才的内容有没有提交。"
    "请刷新页面核对:已经办好的不必再办,还没有的请再提交一次。"
)
_NO_ANSWER = "数据库没有应答,内容没有提交,请稍后再试。"
_NOT_ANSWERED = "数据库没有应答,请稍后再试;一直如此请联系管理员。"
_BUSY_TIMEOUT_MS = 15_000
_CACHE_KILOBYTES = 4_000
"""Of one connection of SQLite; all of them together must fit a small machine for weeks. What does
not fit is in the system's own cache of the file."""
_MOST_BYTES = 24 * 1024 * 1024
"""Past it each connection of the process takes its own pages again for new ones."""
_MOST_PREPARED = 400
"""Statements of one connection that PostgreSQL keeps planned; only those that come again are."""
_TRY_AGAIN = {"40P01", "40001"}  # deadlock detected, serialization failure
_LOCK_NOT_AVAILABLE = "55P03"
_LIMIT_EXCEEDED = "54"
"""A class of codes: no server ever takes such a statement, however often it is sent."""
_AT_ONCE = 5_000
"""Rows that one execution writes: some tenths of a second, on a busy machine some seconds."""


class Durability(Enum):
    """When what was committed is safe from a crash of the machine."""

    AT_ONCE = "at once"
    SOON = "soon"
    """A moment later, in order: for loading that is begun again where it stopped."""


Failed = DBAPIError
"""The database refused a statement; on PostgreSQL nothing more can be asked in its transaction."""


class UniqueViolation(Exception):
    """A row with the same unique key exists; the unit of work is over."""


class Contended(Overtaken):
    """PostgreSQL ended this transaction for another it had locked in a circle; try it again."""


class LockTaken(Busy):
    """PostgreSQL had waited for a row or a table as long as it may."""


class _WriterLock:
    """One writer at a time, across threads and processes, for one SQLite file."""

    def __init__(self, path: Path | None) -> None:
        self._thread_lock = threading.Lock()
        self._path = path
        self._file: IO[bytes] | None = None

    def acquire(self, seconds: float | None) -> None:
        """Be the one writer. Raises Busy when it takes longer than so many seconds."""
        ends = None if seconds is None else time.monotonic() + seconds
        if not self._thread_lock.acquire(timeout=-1 if seconds is None else seconds):
            raise Busy(_OTHERS_WRITE)
        try:
            is_had = self._path is None or self._lock_file(self._path, ends)
        except BaseException:
            self._thread_lock.release()
            raise
        if not is_had:
            self._thread_lock.release()
            raise Busy(_OTHERS_WRITE)

    def _lock_file(self, path: Path, ends: float | None) -> bool:
        if self._file is None:
            self._file = path.open("ab")
        if lock_file(self._file, None if ends is None else max(ends - time.monotonic(), 0.001)):
            return True
        self._file = None  # whoever still waits for it closes it
        return False

    def release(self) -> None:
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        self._thread_lock.release()

    def close(self) -> None:
        with self._thread_lock:
            if self._file is not None:
                self._file.close()
                self._file = None


class UnitOfWork:
    """One transaction. ``commit()`` is said once, by the command; else everything is undone."""

    def __init__(self, database: "Database", on: Tx | None = None) -> None:
        self._database = database
        self._lent = on
        self._connection: Connection | None = None
        self._committing = False
        self._committed = False
        self._locked = False

    def __enter__(self) -> Self:
        if self._lent is None:
            self._database.settle()
        if self._database.is_sqlite:
            self._database.writer_lock.acquire(self._database.patience.lock)
            self._locked = True
        try:
            self._connection = self._lent or self._database.engine.connect()
            send_text(self._connection, "BEGIN IMMEDIATE" if self._database.is_sqlite else "BEGIN")
            if not self._database.is_sqlite:
                keep_writes(self._connection)
        except OperationalError as error:
            self._release()
            raise Busy("数据库正忙,内容没有提交,请稍后再试。") from error
        except BaseException:
            self._release()
            raise
        return self

    @property
    def tx(self) -> Tx:
        """The connection, for the queries of this package."""
        if self._connection is None:
            msg = "the unit of work is not open"
            raise RuntimeError(msg)
        return self._connection

    def commit(self) -> None:
        """Make it durable. Raises Collision when a row had been changed by somebody else."""
        send_writes(self.tx)
        self._committing = True
        send_text(self.tx, "COMMIT")
        self._committed = True

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if not self._committed and self._connection is not None:
                _roll_back(self._connection)
        finally:
            self._release()
            self._database.settle()  # what was asked meanwhile is older than what was written
        if isinstance(error, IntegrityError) and _is_unique_violation(error):
            raise UniqueViolation(str(error.orig)) from error
        is_sure = self._database.is_sqlite or not self._committing
        _must_go_on(error, _NO_ANSWER if is_sure else _NOT_SURE)

    def _release(self) -> None:
        if self._connection is not None:
            if not self._connection.invalidated:
                stop_keeping(self._connection)
            if self._lent is None:
                self._connection.close()
            self._connection = None
        if self._locked:
            self._locked = False
            self._database.writer_lock.release()


class View:
    """What one thread sees in one request: all its questions share one transaction.

    A page is a few questions, and each would begin and end a transaction of its own: on PostgreSQL
    two answers to wait for. Sharing one also makes the page one picture. It ends before anything
    is written, before a single statement is asked, and with whatever fails, so that what is read
    after a write is never older than the write.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None
        self.is_lent = False
        self._is_stale = False

    def lend(self, begin: str) -> Connection:
        """The connection in its transaction, to one question at a time."""
        if self._connection is None:
            connection = self._engine.connect()
            try:
                send_text(connection, begin)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        self.is_lent = True
        return self._connection

    def take_back(self) -> None:
        """The question is answered."""
        self.is_lent = False
        if self._is_stale:
            self.settle()

    def settle(self) -> None:
        """End the transaction, or as soon as its question is answered: the next sees the newest."""
        self._is_stale = self.is_lent
        if self.is_lent:
            return
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                _roll_back(connection)
            finally:
                connection.close()


def _roll_back(connection: Connection) -> None:
    if connection.invalidated:
        return  # the connection is gone, and with it the transaction
    try:
        stop_keeping(connection)
        send_text(connection, "ROLLBACK")
    except DBAPIError:
        connection.invalidate()  # the connection is gone, and with it the transaction


def _is_unique_violation(error: IntegrityError) -> bool:
    text = str(error.orig)
    return "UNIQUE constraint failed" in text or getattr(error.orig, "sqlstate", "") == "23505"


class Database:
    """A database by its URL: ``sqlite:///path`` or ``postgresql+psycopg://…``."""

    def __init__(self, url: str, durability: Durability = Durability.AT_ONCE) -> None:
        try:
            parsed = make_url(url)
        except (ArgumentError, ValueError) as error:
            raise Broken("数据库地址(BANGFU_DATABASE_URL)写得不对,请核对。") from error
        if parsed.get_backend_name() == "postgresql" and parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        self.url = parsed
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self.path = Path(parsed.database) if self.is_sqlite and parsed.database else None
        if self.path is not None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        self.engine = self._make_engine(durability)
        self.patience = PATIENT
        self._here = threading.local()
        lock_path = self.path.with_name(self.path.name + ".lock") if self.path else None
        self.writer_lock = _WriterLock(lock_path)

    def _make_engine(self, durability: Durability) -> Engine:
        options: dict[str, Any] = {
            # We write BEGIN and COMMIT ourselves: the driver's own idea of a transaction would
            # start a deferred one on SQLite, which cannot become a writer without a conflict.
            "isolation_level": "AUTOCOMMIT",
            "pool_size": POOL_SIZE,
            "max_overflow": 0,
            "pool_timeout": 30,
            # The fewest connections: each has pages, or prepared statements, of its own.
            "pool_use_lifo": True,
        }
        if self.is_sqlite:
            options["connect_args"] = {"timeout": _BUSY_TIMEOUT_MS / 1000}
        else:
            options["pool_pre_ping"] = False
            options["connect_args"] = dict(CONNECTING)
        engine = create_engine(self.url, **options)
        if self.is_sqlite:
            event.listen(engine, "connect", _prepare_sqlite)
            if durability is Durability.SOON:
                event.listen(engine, "connect", _hurry_sqlite)
        else:
            event.listen(engine, "checkout", _refuse_hung_up)
            event.listen(engine, "before_cursor_execute", _send_what_waits)
            event.listen(engine, "do_connect", self._connect_patiently)
            event.listen(engine, "connect", _keep_prepared)
            if durability is Durability.SOON:
                event.listen(engine, "connect", _hurry_postgres)
        return engine

    def wait_at_most(self, patience: Patience) -> None:
        """From now on nobody waits longer than this."""
        self.patience = patience
        self.engine.dispose()

    def _connect_patiently(
        self, _dialect: object, _record: object, words: list[Any], named: dict[str, Any]
    ) -> Any:
        patience = self.patience
        connection = connection_kept_to(patience.answer).connect(*words, **named)
        if patience != PATIENT:
            connection.execute(server_settings(patience))
            connection.commit()
        return connection

    def unit_of_work(self, on: Tx | None = None) -> UnitOfWork:
        """One writing transaction, not yet open; ``on`` the connection of a :meth:`look`."""
        return UnitOfWork(self, on)

    @contextmanager
    def one_view(self) -> Iterator[None]:
        """Let all questions of this thread, until it is left, be answered from one reading.

        A command within sees the newest, and so does every question after it (:class:`View`).
        """
        view = View(self.engine)
        before, self._here.view = self._view(), view
        try:
            yield
        finally:
            self._here.view = before
            view.settle()

    def _view(self) -> View | None:
        found: View | None = getattr(self._here, "view", None)
        return found

    def _idle_view(self) -> View | None:
        """The view of this thread, unless a question above on the stack is using it."""
        view = self._view()
        return None if view is None or view.is_lent else view

    def settle(self) -> None:
        """Let what is asked from here on be the newest."""
        view = self._view()
        if view is not None:
            view.settle()

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """A consistent view for reading; nothing written here is kept."""
        view = self._idle_view()
        if view is None:
            with self._read_alone() as connection:
                yield connection
            return
        with _answering():
            connection = view.lend(self._begin)
            try:
                yield connection
            except BaseException:
                view.take_back()
                view.settle()
                raise
            view.take_back()

    @property
    def _begin(self) -> str:
        if self.is_sqlite:
            return "BEGIN"
        return "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"

    @contextmanager
    def _read_alone(self) -> Iterator[Tx]:
        with _answering(), self.engine.connect() as connection:
            send_text(connection, self._begin)
            try:
                yield connection
            finally:
                _roll_back(connection)

    @contextmanager
    def look(self) -> Iterator[Tx]:
        """Single statements without a transaction around them: one question, one answer."""
        self.settle()
        with _answering(), self.engine.connect() as connection:
            yield connection

    def close(self) -> None:
        """Give the connections and the lock's file back."""
        self.engine.dispose()
        # SQLAlchemy keeps up to 128 dialects of PostgreSQL, and each its engine with this cache.
        self.engine.clear_compiled_cache()
        self.writer_lock.close()


@contextmanager
def _answering() -> Iterator[None]:
    """Say in words that the database does not answer."""
    try:
        yield
    except PendingRollbackError as error:
        raise Busy(_NOT_ANSWERED) from error
    except DatabaseError as error:
        if _is_no_answer(error):
            raise Busy(_NOT_ANSWERED) from error
        if "not a database" not in str(error.orig):
            raise
        raise Broken("这个文件不是数据库,没有打开。请核对 BANGFU_DATABASE_URL。") from error


def _is_no_answer(error: DatabaseError) -> bool:
    """SQLite also calls a wrong statement operational, which must not look like a busy database.

    So does PostgreSQL one that asks too much, and its library one with too many values. It ends a
    transaction that paused too long with an error of another kind, and the connection with it.
    """
    if not isinstance(error, OperationalError):
        return error.connection_invalidated
    if not isinstance(error.orig, sqlite3.OperationalError):
        state = getattr(error.orig, "sqlstate", None) or ""
        asks_too_much = "number of parameters" in str(error.orig)
        return not (asks_too_much or state.startswith(_LIMIT_EXCEEDED))
    words = ("locked", "busy", "unable to open", "disk", "full", "readonly")
    return any(word in str(error.orig) for word in words)


def _refuse_hung_up(connection: Any, _record: object, _borrowed: object) -> None:
    """Let the pool replace connections whose server was restarted.

    PostgreSQL says nothing on an idle connection; if there is something to read, it has ended.
    """
    heard = select.poll()
    heard.register(connection.fileno(), select.POLLIN)
    if heard.poll(0):
        raise InvalidatePoolError


def _send_what_waits(connection: Connection, *_of_the_statement: object) -> None:
    """What SQLAlchemy sends comes after the writes that were said before it."""
    send_writes(connection)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        f"busy_timeout = {_BUSY_TIMEOUT_MS}",
        f"cache_size = -{_CACHE_KILOBYTES}",
        "temp_store = MEMORY",
        f"soft_heap_limit = {_MOST_BYTES}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _keep_prepared(connection: Any, _record: object) -> None:
    """The pages of an office have more statements than the hundred a driver keeps prepared."""
    connection.prepared_max = _MOST_PREPARED


def _hurry_sqlite(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous = NORMAL")  # the file stays sound; the disk follows


def _hurry_postgres(connection: Any, _record: object) -> None:
    connection.execute("SET SESSION synchronous_commit = off")
    connection.commit()


def execute_for(tx: Tx, statement: Executable, rows: Sequence[Mapping[str, Any]]) -> None:
    """Execute a statement for each of many rows, some thousands at a time.

    However many there are, each part is answered before the connection is given up as one whose
    server says nothing (:mod:`engine.store.patience`).
    """
    for first in range(0, len(rows), _AT_ONCE):
        tx.execute(statement, rows[first : first + _AT_ONCE])


def _must_go_on(error: BaseException | None, told: str = _NO_ANSWER) -> None:
    """Raise what ends the whole unit of work, where an error is of that kind.

    After a connection is lost SQLAlchemy has an error of its own for whoever asks on.
    """
    if isinstance(error, PendingRollbackError):
        raise Busy(told) from error
    if not isinstance(error, DatabaseError):
        return
    state = getattr(error.orig, "sqlstate", None)
    if state in _TRY_AGAIN:
        raise Contended(str(error.orig)) from error
    if state == _LOCK_NOT_AVAILABLE:
        raise LockTaken(_NO_ANSWER) from error
    if _is_no_answer(error):
        raise Busy(told) from error


@contextmanager
def savepoint(tx: Tx) -> Iterator[None]:
    """What fails inside is undone alone; the unit of work goes on (operations, design.md D18).

    Raises Contended and Busy where it cannot: it was ended for another, a lock or an answer was
    not had in time, the disk is full, its connection is gone. So does every savepoint around it.
    """
    try:
        with _inner_step(tx):
            yield
    except BaseException as error:
        _must_go_on(error)
        raise


@contextmanager
def _inner_step(tx: Tx) -> Iterator[None]:
    send_writes(tx)
    kept = stop_keeping(tx)  # a pipeline that fails would take the outer transaction with it
    send_text(tx, "SAVEPOINT inner_step")
    try:
        yield
        send_text(tx, "RELEASE SAVEPOINT inner_step")
    except (Busy, Overtaken):
        raise  # the whole unit of work is over, and SQLite may have rolled it back already
    except BaseException as error:
        _must_go_on(error)
        send_text(tx, "ROLLBACK TO SAVEPOINT inner_step")
        send_text(tx, "RELEASE SAVEPOINT inner_step")
        raise
    finally:
        if kept and not tx.invalidated:
            keep_writes(tx)


def process_id() -> int:
    """The operating system's number of this process, for naming lease holders."""
    return os.getpid()
