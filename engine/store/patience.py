"""How long a database may keep those waiting who use it (docs/reliability.md).

A server of PostgreSQL that is stopped, or a host that is gone, says nothing at all, and neither
does whoever stopped while it held a lock. Nobody waits for these without end: a request is
answered in words, a worker tries again.
"""

import fcntl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import IO, TYPE_CHECKING, Any

from typing_extensions import override

if TYPE_CHECKING:
    import psycopg


@dataclass(frozen=True)
class Patience:
    """Seconds at most; None: no limit.

    Until a lock is had, until one statement is answered, and from one statement of a transaction
    on PostgreSQL to its next, while others may wait for its rows.
    """

    lock: float | None = None
    answer: float | None = None
    pause: float | None = None


PATIENT = Patience()
"""For commands at the keyboard: a migration, a load, a check take what they take."""

A_PERSON_WAITS = Patience(lock=10, answer=15, pause=60)
"""For the web. With the connecting after it, no request takes longer than half a minute."""

A_WORKER_WAITS = Patience(lock=30, answer=60, pause=120)

CONNECTING: Mapping[str, int] = {
    "connect_timeout": 8,
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 15_000,
}
"""For the driver: seconds to connect, and until a host that is gone is noticed (15)."""

_SLACK = 3
"""Seconds: the server is to give up first, as its connection can then be used again."""


@cache
def connection_kept_to(answer: float | None) -> "type[psycopg.Connection[Any]]":
    """A kind of connection that is closed when the server does not answer in time."""
    import psycopg

    class Limited(psycopg.Connection[Any]):
        @override
        def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
            if answer is None or timeout is not None:
                return super().wait(gen, interval, timeout)
            try:
                return super().wait(gen, interval, answer + _SLACK)
            except psycopg.errors._WaitTimeout as error:  # noqa: SLF001 - the driver has no other
                self.pgconn.finish()
                msg = f"the server did not answer within {answer + _SLACK:.0f} seconds"
                raise psycopg.OperationalError(msg) from error

    return Limited


def server_settings(patience: Patience) -> str:
    """What a new connection tells PostgreSQL: when to give up by itself.

    Of a process that stands still, or a host that is gone, it hears nothing for hours, and keeps
    the rows of its transaction from everybody: unless it ends a transaction that pauses too long.
    """
    limits = {
        "lock_timeout": patience.lock,
        "statement_timeout": patience.answer,
        "idle_in_transaction_session_timeout": patience.pause,
    }
    return "; ".join(
        f"SET SESSION {name} = {int((seconds or 0) * 1000)}" for name, seconds in limits.items()
    )


def lock_file(file: IO[bytes], seconds: float | None) -> bool:
    """Lock a file for this process; whether it was had in time.

    The file is no longer the caller's when it was not: whoever waits for it closes it.
    """
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        if seconds is None:
            fcntl.flock(file, fcntl.LOCK_EX)
            return True
        return _Waiter(file).got_within(seconds)
    return True


class _Waiter:
    """Waits for a lock in a thread of its own, as the system has no such call with a limit."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._had = threading.Event()
        self._deciding = threading.Lock()
        self._is_wanted = True
        threading.Thread(target=self._wait, name="bangfu-lock", daemon=True).start()

    def got_within(self, seconds: float) -> bool:
        """Whether the lock is had; if not, it is given back as soon as it comes."""
        if self._had.wait(seconds):
            return True
        with self._deciding:
            self._is_wanted = self._had.is_set()
            return self._is_wanted

    def _wait(self) -> None:
        fcntl.flock(self._file, fcntl.LOCK_EX)
        with self._deciding:
            if self._is_wanted:
                self._had.set()
            else:
                self._file.close()
