"""The limit of a figure: the very statements it sends, with the same bytes, and nothing else.

One operation of ours is recorded as the database driver is given it. The bare work sends those
statements again through a connection with the same settings, so with the same durability, and on
the same tables, so with the same indexes; only the case they are about is another one. What then
separates a figure from its limit is all that is not the database: reading the rows as values,
SpiffWorkflow, forms, sealing, building SQL. The limit is not an ideal: needless statements of
ours would lower both, and they are counted beside it.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import psycopg
from sqlalchemy import event

from engine.store.database import Database

_FRAME = ("BEGIN", "COMMIT", "ROLLBACK")


@dataclass(frozen=True)
class Sent:
    """A statement with its parameters, as the driver gets it."""

    statement: str
    parameters: Any
    is_many: bool

    def about(self, recorded: str, other: str) -> "Sent":
        """The same about another case: its id stands alone, in task ids and in keys."""
        return Sent(self.statement, _renamed(self.parameters, recorded, other), self.is_many)


@dataclass(frozen=True)
class Script:
    """Everything one operation sent."""

    sent: tuple[Sent, ...]

    @property
    def statements(self) -> int:
        """How many, without the words around the transaction."""
        return sum(not one.statement.startswith(_FRAME) for one in self.sent)

    @property
    def commits(self) -> int:
        """How often something was made durable."""
        return sum(one.statement == "COMMIT" for one in self.sent)

    def about(self, recorded: str, other: str) -> "Script":
        """The same about another case."""
        return Script(tuple(one.about(recorded, other) for one in self.sent))

    def to_json(self) -> str:
        """To be handed to another process."""
        return json.dumps([[s.statement, _packed(s.parameters), s.is_many] for s in self.sent])

    @classmethod
    def from_json(cls, text: str) -> "Script":
        """What :meth:`to_json` wrote."""
        return cls(tuple(Sent(s, _unpacked(p), m) for s, p, m in json.loads(text)))


@contextmanager
def recording(database: Database) -> Iterator[list[Sent]]:
    """Everything sent to the database meanwhile."""
    sent: list[Sent] = []

    def note(
        _connection: object,
        _cursor: object,
        statement: str,
        given: Any,
        _context: object,
        many: Any,
    ) -> None:
        sent.append(Sent(statement, _plain(given), bool(many)))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


class BareConnection:
    """The driver's own connection, with the settings of ours; SQLAlchemy only opened it.

    ``close()`` gives it back. Not for several threads.
    """

    def __init__(self, database: Database) -> None:
        self._connection = database.engine.raw_connection()
        self._is_sqlite = database.is_sqlite
        self._lock = database.writer_lock

    def run(self, script: Script) -> None:
        """Send a script and read every answer; AssertionError when an UPDATE found no row.

        SQLite's writers queue at the file lock as ours do, so that several clients do not wait
        in its busy loop.
        """
        locks = self._is_sqlite and script.commits > 0
        if locks:
            self._lock.acquire(None)
        try:
            for one in script.sent:
                self._send(one)
        finally:
            if locks:
                self._lock.release()

    def _send(self, one: Sent) -> None:
        cursor = self._cursor_for(one)
        if one.is_many:
            cursor.executemany(one.statement, one.parameters)
        else:
            cursor.execute(one.statement, one.parameters)
        if cursor.description is not None:
            cursor.fetchall()
        elif one.statement.startswith("UPDATE"):
            assert cursor.rowcount == 1, one.statement
        cursor.close()

    def _cursor_for(self, one: Sent) -> Any:
        """Of the kind that was given it: the engine's own statements have places, not names."""
        driver = self._connection.dbapi_connection
        if self._is_sqlite or not isinstance(one.parameters, list | tuple):
            return self._connection.cursor()
        has_places = not one.is_many or isinstance(one.parameters[0], list | tuple)
        return psycopg.RawCursor(driver) if has_places else self._connection.cursor()

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()


def _plain(value: Any) -> Any:
    """Without the drivers' own wrappings of bytes."""
    if isinstance(value, list | tuple):
        return type(value)(_plain(v) for v in value)
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, psycopg.Binary):
        return bytes(value.obj)
    return bytes(value) if isinstance(value, memoryview) else value


def _renamed(value: Any, recorded: str, other: str) -> Any:
    if isinstance(value, str):
        return value.replace(recorded, other)
    if isinstance(value, list | tuple):
        return type(value)(_renamed(v, recorded, other) for v in value)
    if isinstance(value, dict):
        return {k: _renamed(v, recorded, other) for k, v in value.items()}
    return value


def _packed(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode()}
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if isinstance(value, dict):
        return {"names": {k: _packed(v) for k, v in value.items()}}
    if isinstance(value, list | tuple):
        return [_packed(v) for v in value]
    return value


def _unpacked(value: Any) -> Any:
    if isinstance(value, list):
        return [_unpacked(v) for v in value]
    if not isinstance(value, dict):
        return value
    if "bytes" in value:
        return base64.b64decode(value["bytes"])
    if "decimal" in value:
        return Decimal(value["decimal"])
    return {k: _unpacked(v) for k, v in value["names"].items()}
