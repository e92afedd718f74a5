"""Clients that begin a request and never finish it, for as long as the block lasts."""

import contextlib
import socket
import threading
from collections.abc import Iterator

from tests.support.waiting import WAITED

BEGUN = b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nusername="
EACH = 100
_LOOKS_EVERY = 1.0


def begin(port: int) -> socket.socket:
    """A connection whose request goes no further."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=WAITED)
    connection.sendall(BEGUN)
    connection.setblocking(False)  # a timeout would be waited for at every look
    return connection


class HalfOpen:
    """So many at each port; one that the server has closed is begun again."""

    def __init__(self, ports: list[int], each: int = EACH) -> None:
        self.again = 0
        self._over = threading.Event()
        self._all = [(port, begin(port)) for port in ports for _ in range(each)]
        self._thread = threading.Thread(target=self._keep)
        self._thread.start()

    def __len__(self) -> int:
        return len(self._all)

    def _keep(self) -> None:
        while not self._over.wait(_LOOKS_EVERY):
            for number, (port, connection) in enumerate(self._all):
                if _is_closed(connection):
                    connection.close()
                    self._all[number] = port, begin(port)
                    self.again += 1

    def close(self) -> None:
        """Hang up."""
        self._over.set()
        self._thread.join()
        for _, connection in self._all:
            connection.close()


@contextlib.contextmanager
def half_open(ports: list[int]) -> Iterator[HalfOpen]:
    """A hundred at each port meanwhile."""
    held = HalfOpen(ports)
    try:
        yield held
    finally:
        held.close()


def _is_closed(connection: socket.socket) -> bool:
    """Whether the other side hung up; what it said before does not matter."""
    try:
        return connection.recv(4096) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
