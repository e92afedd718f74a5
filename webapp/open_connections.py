"""What the server waits for on each open connection, told to the kernel when it changes.

waitress's own loop asks every connection at every turn whether it wants to read or write, and
hands the whole list to ``select``: a hundred browsers that only keep their connection open cost a
twelfth of the process under load, and a file number above 1023 ends the loop. Here a connection is
asked after something happened on it and as long as a request of it is in hand; one at rest stays
with the kernel.
"""

import selectors
import threading
import time
from selectors import EVENT_READ, EVENT_WRITE
from typing import Any

from typing_extensions import override
from waitress import wasyncore

_ALL_ARE_ASKED_EVERY = 1.0
"""Seconds. waitress marks from its listener those that were idle for too long, and tells nobody."""


class OpenConnections(dict[int, Any]):
    """waitress's map of listeners, connections and its wake-up pipe, by file number.

    For waitress's setting ``channel_request_lookahead`` of 0, its default: then a connection that
    only wants to read has no request in hand and nothing to send, and nothing but what arrives on
    it or its age can change that.
    """

    def __init__(self) -> None:
        super().__init__()
        self._kernel = selectors.DefaultSelector()
        self._waited_for: dict[int, int] = {}
        self._to_ask: set[int] = set()
        self._all_asked_at = time.monotonic()
        self._changing = threading.Lock()

    @override
    def __setitem__(self, number: int, one: Any) -> None:
        super().__setitem__(number, one)
        self._to_ask.add(number)

    @override
    def __delitem__(self, number: int) -> None:
        with self._changing:  # a thread may close its connection while the loop asks it
            super().__delitem__(number)
            self._to_ask.discard(number)
            self._wait_for(number, 0, None)  # the file is closed after this

    def turn(self, timeout: float) -> None:
        """Wait for something to happen, at most these seconds, and let it be dealt with."""
        now = time.monotonic()
        if now - self._all_asked_at >= _ALL_ARE_ASKED_EVERY:
            self._all_asked_at = now
            self._to_ask.update(tuple(self))
        for number in tuple(self._to_ask):
            self._ask(number)
        for key, ready in self._kernel.select(timeout):
            number, one = key.fd, key.data
            self._to_ask.add(number)
            if ready & EVENT_READ and self.get(number) is one:
                wasyncore.read(one)
            if ready & EVENT_WRITE and self.get(number) is one:
                wasyncore.write(one)

    def _ask(self, number: int) -> None:
        one = self.get(number)
        if one is None:
            self._to_ask.discard(number)
            return
        wants = EVENT_READ if one.readable() else 0
        if not one.accepting and one.writable():
            wants |= EVENT_WRITE
        rests = wants == EVENT_READ and not one.accepting
        with self._changing:
            if self.get(number) is one:
                self._wait_for(number, wants, one)
                if rests:
                    self._to_ask.discard(number)

    def _wait_for(self, number: int, wants: int, one: Any) -> None:
        waited_for = self._waited_for.pop(number, 0)
        if wants:
            self._waited_for[number] = wants
        if wants == waited_for:
            return
        if not waited_for:
            self._kernel.register(number, wants, one)
        elif not wants:  # registered for nothing it would still tell of a hang-up at every turn
            self._kernel.unregister(number)
        else:
            self._kernel.modify(number, wants, one)
