"""Requests that arrive at a fixed rate, whether or not those before were answered.

Each has an instant at which it is due. How long it took is counted from there, so that a server
that stands still for a second is charged with everybody who came in that second, and not with
the one who happened to be waiting (coordinated omission).
"""

import http.client
import itertools
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.bench.client import Answer, Client
from tests.load.mix import Kind, Mix
from tests.support.waiting import WAITED


@dataclass(frozen=True)
class Sent:
    """A request and what became of it; instants in seconds since the first was due.

    ``status`` is 0 where no answer came, and ``said`` is kept of what was not granted.
    """

    kind: Kind
    due: float
    ended: float
    status: int
    said: str = ""

    @property
    def took(self) -> float:
        """Seconds from when it was due."""
        return self.ended - self.due


class Arrivals:
    """Sends the mix at a rate for some seconds; ``at_most`` requests are under way at once.

    When more than that would be, those that are due wait here, and their clock runs.
    """

    def __init__(self, mix: Mix, ports: Sequence[int], rate: float, at_most: int) -> None:
        self._mix = mix
        self._rate = rate
        self._ports = [ports[number % len(ports)] for number in range(at_most)]
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._sent: list[Sent] = []
        self._broken: list[BaseException] = []

    def send_for(self, seconds: float) -> list[Sent]:
        """Send, wait for the last answer; all that was sent."""
        begun = time.perf_counter()
        last = round(seconds * self._rate)
        threads = [
            threading.Thread(target=self._run, args=(port, begun, last)) for port in self._ports
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self._broken:
            raise self._broken[0]
        return self._sent

    def _run(self, port: int, begun: float, last: int) -> None:
        client = Client(port, WAITED)
        try:
            for number in self._taken(last):
                due = number / self._rate
                time.sleep(max(0.0, begun + due - time.perf_counter()))
                kind, asked = self._mix.next()
                try:
                    answer = client.ask(asked)
                except (OSError, http.client.HTTPException) as error:
                    client.close()
                    answer = Answer(0, repr(error).encode())
                ended = time.perf_counter() - begun
                self._sent.append(_noted(kind, due, ended, answer, asked.path))
                self._mix.learn(kind, asked, answer)
        except BaseException as error:  # noqa: BLE001 - a fault of the test's own, told at the end
            self._broken.append(error)
        finally:
            client.close()

    def _taken(self, last: int) -> Iterator[int]:
        """The next request's number, until there is none or somebody is broken."""
        while not self._broken:
            with self._lock:
                number = next(self._numbers)
            if number >= last:
                return
            yield number


def _noted(kind: Kind, due: float, ended: float, answer: Answer, path: str) -> Sent:
    said = "" if 200 <= answer.status < 400 else f"{path}: {answer.content[:300]!r}"
    return Sent(kind, due, ended, answer.status, said)
