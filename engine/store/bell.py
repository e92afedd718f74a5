"""Wakes workers on PostgreSQL (``LISTEN``/``NOTIFY``, design.md D1): what is due begins at once.

Polling stays the net: a bell that cannot be heard makes a worker late by its rest, nothing else.
Only what is due at once rings; a NOTIFY makes commits go one after the other, and a completion
must not. SQLite has no such thing, nor several machines.
"""

import logging
from typing import Any

from sqlalchemy import String, func, literal, select
from sqlalchemy.exc import SQLAlchemyError

from engine.store.database import Database, Tx
from engine.store.ready import GATHERED, Ready

_CHANNEL = "bangfu_work"
_RING = Ready(select(func.pg_notify(literal(_CHANNEL, String), literal("", String))))

log = logging.getLogger("bangfu.jobs")


def ring(tx: Tx) -> None:
    """Wake the workers when this transaction, or the one that writes what is gathered, commits."""
    gathered = tx.info.get(GATHERED)
    if gathered is not None:
        gathered.rings = True
    elif tx.dialect.name == "postgresql":
        _RING.write(tx, {})


class Bell:
    """One worker's ear: a connection of its own, opened when it first rests."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Any = None

    def rest(self, seconds: float) -> bool:
        """Wait until it rings, at most so long; False when nothing can be heard."""
        if self._database.is_sqlite:
            return False
        import psycopg

        try:
            if self._connection is None:
                self._connection = self._listening()
            for _ in self._connection.notifies(timeout=seconds, stop_after=1):
                break
        except (psycopg.Error, SQLAlchemyError, OSError) as error:
            log.info("the bell of a worker cannot be heard (%s)", type(error).__name__)
            self.close()
            return False
        return True

    def close(self) -> None:
        """Hang up."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _listening(self) -> Any:
        lent = self._database.engine.raw_connection()
        lent.detach()  # out of the pool: it is listened to as long as the worker lives
        connection: Any = lent.dbapi_connection
        try:
            connection.execute(f"LISTEN {_CHANNEL}")
        except BaseException:
            connection.close()
            raise
        return connection
