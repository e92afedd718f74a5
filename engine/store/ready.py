"""Statements of the main road: compiled once, given to the driver as text.

SQLAlchemy writes them and knows their types; at run time its contexts, parameter dictionaries and
result objects cost about as much as the database itself (docs/performance.md), and a completion
sends nine. So here a statement is compiled once for each dialect, and then only its values go.

PostgreSQL is asked over a wire, and each answer is a wait. Inside a unit of work writes are
therefore kept (:class:`Pending`) and sent together as one pipeline: before the next statement
that reads, and before COMMIT. SQLite has no wire; there every write is sent as it is said.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Dialect, Executable, Insert, Select
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.selectable import CompoundSelect
from sqlalchemy.types import Boolean, LargeBinary, String

from engine.errors import Overtaken

Values = Mapping[str, Any]
Converter = Callable[[Any], Any]

_PENDING = "bangfu.pending"
GATHERED = "bangfu.gathered"
"""Where a connection keeps rows that are gathered and not sent (:mod:`engine.store.bulk`)."""

_NUMBERING = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
"""Writes ``$1`` as PostgreSQL itself does: the driver would look for its own ``%(name)s`` anew each
time a long statement is sent, an eighth of an inbox."""

_AS_THEY_ARE = (Boolean, LargeBinary, String)
"""Types whose Python values both drivers take without help."""


_LATER = "\0"


class Blank(str):
    """Stands in a statement where a value will be given each time, by this name.

    Rules that are written with the values of who asks are thus compiled once for many. A blank
    that is worked into another value is found out when the statement is compiled.
    """

    __slots__ = ("name",)
    name: str

    def __new__(cls, name: str) -> "Blank":
        """A blank of this name; one of the same name is equal."""
        made = super().__new__(cls, _LATER + name)
        made.name = name
        return made


class Collision(Overtaken):
    """Somebody else wrote the row first; the command is tried again from the start."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A write that waits to be sent; ``must_find``: it is a collision when no row was there."""

    text: str
    parameters: Any
    is_many: bool
    must_find: bool


class Pending:
    """Writes of one transaction that PostgreSQL has not been sent yet."""

    def __init__(self) -> None:
        self._kept: list[_Kept] = []

    def keep(self, write: _Kept) -> None:
        """To be sent with the others."""
        self._kept.append(write)

    def send(self, tx: Connection) -> None:
        """Send all in one pipeline. Raises Collision when one of them found no row to change.

        After a pipeline that failed the driver takes statements for prepared that the server has
        never seen; the connection is given up with the transaction.
        """
        if not self._kept:
            return
        kept, self._kept = self._kept, []
        driver = _driver(tx)
        cursors: list[tuple[_Kept, Any]] = []
        try:
            with ExitStack() as stack:
                if len(kept) > 1:
                    stack.enter_context(driver.pipeline())
                for one in kept:
                    cursor = _cursor(tx)
                    cursors.append((one, cursor))
                    _tell(tx, cursor, one.text, one.parameters, is_many=one.is_many)
                    if one.is_many:
                        cursor.executemany(one.text, one.parameters)
                    else:
                        cursor.execute(one.text, one.parameters)
        except tx.dialect.loaded_dbapi.Error as error:
            told = _told(tx, kept[0].text, error)
            if len(kept) > 1 and not tx.invalidated:
                _give_up(tx, error)
            if any(one.must_find and cursor.rowcount == 0 for one, cursor in cursors):
                raise Collision from error
            raise told from error
        if any(one.must_find and cursor.rowcount != 1 for one, cursor in cursors):
            raise Collision


def keep_writes(tx: Connection) -> None:
    """From here on, until :func:`stop_keeping`, writes may wait for each other."""
    tx.info[_PENDING] = Pending()


def stop_keeping(tx: Connection) -> bool:
    """Forget what was kept, and send each write at once again; whether they were kept."""
    return tx.info.pop(_PENDING, None) is not None


def send_writes(tx: Connection) -> None:
    """Send what waits. Raises Collision."""
    pending = tx.info.get(_PENDING)
    if pending is not None:
        pending.send(tx)


def send_text(tx: Connection, text: str) -> None:
    """BEGIN, COMMIT, ROLLBACK and SAVEPOINT, past SQLAlchemy."""
    driver = _driver(tx)
    _tell(tx, None, text, ())
    try:
        if tx.dialect.name == "sqlite":
            driver.execute(text).close()
        else:
            _send_bare(driver, text)
    except tx.dialect.loaded_dbapi.Error as error:
        raise _told(tx, text, error) from error


_NOT_COMMITTED = "a statement of this transaction had failed: it was rolled back, not committed"


def _send_bare(driver: Any, text: str) -> None:
    """A text without values, past the driver's cursor too: a third of its cost, in both processes.

    A cursor would prepare it after some runs, and until then take each ROLLBACK for a reason to
    forget every statement that the server has prepared.
    """
    import psycopg
    from psycopg import generators
    from psycopg.pq import ExecStatus

    driver.pgconn.send_query(text.encode())
    for result in driver.wait(generators.execute(driver.pgconn)):
        if result.status != ExecStatus.COMMAND_OK:
            raise psycopg.errors.error_from_result(result, encoding="utf-8")
        if text == "COMMIT" and result.command_status != b"COMMIT":
            # PostgreSQL rolls back a transaction in which a statement failed, and calls that done.
            raise psycopg.errors.InFailedSqlTransaction(_NOT_COMMITTED)


@contextmanager
def told_by_driver(tx: Connection, text: str) -> Iterator[Any]:
    """The driver's own connection, its errors raised as SQLAlchemy raises them."""
    _tell(tx, None, text, ())
    try:
        yield _driver(tx)
    except tx.dialect.loaded_dbapi.Error as error:
        raise _told(tx, text, error) from error


class Ready:
    """A statement, compiled when it is first used on a dialect.

    An INSERT or UPDATE writes the columns it is given then, and is given them each time.
    PostgreSQL soon keeps one plan for all values (and weighs it against others by its guesses), so
    what a partial index needs is written into the statement as text, never given as a value.
    """

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._table = statement.table if isinstance(statement, Insert) else None
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, tx: Connection, values: Values) -> list[tuple[Any, ...]]:
        """All rows, values converted as SQLAlchemy would."""
        ready = self._for(tx, ())
        cursor = ready.run(tx, ready.bound(values))
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return ready.converted(found) if ready.converters else found

    def records(self, tx: Connection, values: Values) -> list[Any]:
        """All rows, values converted, each with its labels as names."""
        ready = self._for(tx, ())
        found = ready.converted(ready.run(tx, ready.bound(values)).fetchall())
        return [*map(ready.record._make, found)]

    def first(self, tx: Connection, values: Values) -> dict[str, Any] | None:
        """The first row by its labels, or None."""
        ready = self._for(tx, ())
        row = ready.run(tx, ready.bound(values)).fetchone()
        if row is None:
            return None
        (row,) = ready.converted([row])
        return dict(zip(ready.labels, row, strict=True))

    def write(self, tx: Connection, values: Values) -> None:
        """One write, whatever it finds."""
        self._write(tx, [values], must_find=False)

    def write_one(self, tx: Connection, values: Values) -> None:
        """Change exactly one row. Raises Collision, now or when the writes are sent."""
        self._write(tx, [values], must_find=True)

    def write_all(self, tx: Connection, rows: Sequence[Values]) -> None:
        """The same write for several rows; nothing for none."""
        if rows:
            self._write(tx, rows, must_find=False)

    def _write(self, tx: Connection, rows: Sequence[Values], *, must_find: bool) -> None:
        gathered = tx.info.get(GATHERED)
        if gathered is not None:
            gathered.take(self._table, rows)
            return
        ready = self._for(tx, rows[0])
        bound = [ready.bound(row) for row in rows]
        if len(bound) == 1:
            ready.send(tx, bound[0], is_many=False, must_find=must_find)
        else:
            ready.send(tx, bound, is_many=True, must_find=False)

    def _for(self, tx: Connection, columns: Iterable[str]) -> "_Compiled":
        dialect = tx.dialect
        ready = self._compiled.get(dialect.name)
        if ready is None:
            ready = _Compiled(self._statement, tuple(columns), dialect)
            self._compiled[dialect.name] = ready
        return ready


class _Compiled:
    """A statement's text for one dialect, with what turns values into parameters and back.

    Values go by their places. ``at_once``: SQLite, where no write waits for another.
    """

    def __init__(self, statement: Executable, columns: Sequence[str], dialect: Dialect) -> None:
        self.at_once = dialect.name == "sqlite"
        compiled = statement.compile(  # type: ignore[attr-defined]
            dialect=dialect if self.at_once else _NUMBERING,
            column_keys=list(columns) or None,
        )
        given = [name for name in compiled.params if compiled.binds[name].required]
        # A list is written out as long as it is here; its members may be blanks.
        state = compiled.construct_expanded_state({name: Blank(name) for name in given})
        self.text = state.statement
        blanks = {k: value.name for k, value in state.parameters.items() if type(value) is Blank}
        self._in_order = _in_order(tuple(blanks.get(k, k) for k in state.positiontup or ()))
        self._written = {k: value for k, value in state.parameters.items() if k not in blanks}
        if not self._written.keys().isdisjoint(blanks.values()):
            msg = f"a value given later is named as one that is written: {sorted(blanks.values())}"
            raise ValueError(msg)
        _refuse_worked_in(self._written.values())
        binders = ((name, _binder(compiled.binds[name].type, dialect)) for name in given)
        self._binders = [(name, do) for name, do in binders if do is not None]
        self.labels: tuple[str, ...] = ()
        self.record: Any = None
        self.converters: list[tuple[int, Converter]] = []
        if isinstance(statement, Select | CompoundSelect):
            told = statement.selected_columns
            self.labels = tuple(told.keys())
            self.record = namedtuple("Record", self.labels, rename=True)  # type: ignore[misc]
            if self.at_once:  # psycopg gives bytes, decimals and truth values by itself
                converters = (
                    (n, column.type.dialect_impl(dialect).result_processor(dialect, None))
                    for n, column in enumerate(told)
                )
                self.converters = [(n, do) for n, do in converters if do is not None]

    def bound(self, values: Values) -> Any:
        """As the driver takes them. KeyError for a value that is missing."""
        bound = {**self._written, **values}
        for name, convert in self._binders:
            bound[name] = convert(bound[name])
        return self._in_order(bound)

    def converted(self, rows: list[Any]) -> list[tuple[Any, ...]]:
        """Rows with the values the columns' types promise."""
        if not self.converters:
            return rows
        found = []
        for row in rows:
            values = list(row)
            for n, convert in self.converters:
                values[n] = convert(values[n])
            found.append(tuple(values))
        return found

    def run(self, tx: Connection, parameters: Any) -> Any:
        """Send it now, after what was kept; the driver's cursor."""
        if not self.at_once:
            send_writes(tx)
        try:
            cursor = _cursor(tx)
            _tell(tx, cursor, self.text, parameters)
            cursor.execute(self.text, parameters)
        except tx.dialect.loaded_dbapi.Error as error:
            raise _told(tx, self.text, error) from error
        return cursor

    def send(self, tx: Connection, parameters: Any, *, is_many: bool, must_find: bool) -> None:
        """Send it now, or with the next ones where each answer is a wait."""
        pending = None if self.at_once else tx.info.get(_PENDING)
        if pending is not None:
            pending.keep(_Kept(self.text, parameters, is_many, must_find))
            return
        try:
            cursor = _cursor(tx)
            _tell(tx, cursor, self.text, parameters, is_many=is_many)
            if is_many:
                cursor.executemany(self.text, parameters)
            else:
                cursor.execute(self.text, parameters)
        except tx.dialect.loaded_dbapi.Error as error:
            raise _told(tx, self.text, error) from error
        if must_find and cursor.rowcount != 1:
            raise Collision


def _refuse_worked_in(values: Iterable[Any]) -> None:
    for value in values:
        if isinstance(value, Sequence) and not isinstance(value, str | bytes):
            msg = f"a list that is not written out: {value!r}"
            raise TypeError(msg)
        if isinstance(value, str) and _LATER in value:
            msg = f"a value that is given later was worked into another: {value!r}"
            raise ValueError(msg)


def _in_order(names: tuple[str, ...]) -> Converter:
    if len(names) > 1:
        return itemgetter(*names)
    return lambda bound: tuple(bound[name] for name in names)


def _binder(kind: Any, dialect: Dialect) -> Converter | None:
    if isinstance(kind, _AS_THEY_ARE):
        return None
    return kind.dialect_impl(dialect).bind_processor(dialect)  # type: ignore[no-any-return]


def _driver(tx: Connection) -> Any:
    return tx.connection.dbapi_connection


def _cursor(tx: Connection) -> Any:
    """One that takes statements as :class:`_Compiled` has them."""
    driver = _driver(tx)
    if tx.dialect.name == "sqlite":
        return driver.cursor()
    import psycopg

    return psycopg.RawCursor(driver)


def _tell(
    tx: Connection, cursor: Any, text: str, parameters: Any, *, is_many: bool = False
) -> None:
    """Let those hear of it who listen to SQLAlchemy's own statements: tests and measurements."""
    for listener in tx.engine.dispatch.before_cursor_execute:
        listener(tx, cursor, text, parameters, None, is_many)


def _told(tx: Connection, text: str, error: Any) -> DBAPIError:
    """A driver's error as SQLAlchemy raises it; a connection that is gone leaves the pool."""
    gone = tx.dialect.is_disconnect(error, _driver(tx), None)
    if gone:
        _give_up(tx, error)
    told: DBAPIError = DBAPIError.instance(
        text,
        None,
        error,
        tx.dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=gone,
        dialect=tx.dialect,
    )
    return told


def _give_up(tx: Connection, error: Any) -> None:
    """Let the connection leave the pool, and let nobody go on with another in its place.

    SQLAlchemy would connect anew for whoever asks on, unless it knows of a transaction: what he
    then wrote would be committed at once, without what was written before.
    """
    if not tx.in_transaction():
        tx.begin()
    tx.invalidate(error)
