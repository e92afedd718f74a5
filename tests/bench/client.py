"""Clients of a web server on loopback that keep their connections open."""

import http.client
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tests.bench.rows import Done, Run, timed
from tests.support.waiting import WAITED


@dataclass(frozen=True)
class Asked:
    """A request."""

    method: str
    path: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What came back, read to its end."""

    status: int
    content: bytes
    cookies: Sequence[str] = ()


class Client:
    """One client: sends a request when the one before is answered.

    The standard library's connection, because it costs least of the processor that it shares
    with the server.
    """

    def __init__(self, port: int, timeout: float = WAITED) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)

    def ask(self, asked: Asked) -> Answer:
        """Send and read the whole answer, whatever it says."""
        self._connection.request(asked.method, asked.path, asked.body or None, dict(asked.headers))
        answer = self._connection.getresponse()
        given = [one.partition(";")[0] for one in answer.headers.get_all("Set-Cookie", [])]
        return Answer(answer.status, answer.read(), given)

    def send(self, asked: Asked) -> bytes:
        """Send and read the whole answer; AssertionError when it is not a 200."""
        answer = self.ask(asked)
        content = answer.content
        assert answer.status == 200, f"{asked.path}: {answer.status} {content[:300]!r}"
        return content

    def close(self) -> None:
        """End the connection."""
        self._connection.close()


class Clients:
    """Several that send at the same time; each takes its share of the requests.

    They share out the servers between them.
    """

    def __init__(self, ports: Sequence[int], how_many: int) -> None:
        self._all = [Client(ports[number % len(ports)]) for number in range(how_many)]
        self._threads = ThreadPoolExecutor(how_many)

    def sending(self, requests: Sequence[Asked]) -> Run:
        """Sends these requests, by number."""

        def run(part: range) -> Done:
            begun = time.perf_counter()
            shares = [part[number :: len(self._all)] for number in range(len(self._all))]
            done = list(self._threads.map(share_of, self._all, shares))
            lasted = time.perf_counter() - begun
            return tuple(seconds for share in done for seconds in share), lasted

        def share_of(client: Client, share: range) -> list[float]:
            return [timed(lambda n: client.send(requests[n]), number) for number in share]

        return run

    def close(self) -> None:
        """End the connections."""
        self._threads.shutdown()
        for one in self._all:
            one.close()
