"""The server's loop with real sockets: who waits long, reads slowly or comes late is dealt with."""

import contextlib
import os
import resource
import socket
import threading
from collections.abc import Iterable, Iterator

import pytest
from waitress.server import create_server

from tests.support.waiting import WAITED
from webapp.open_connections import OpenConnections

BEYOND_SELECT = 1024
LARGE = 8 * 1024 * 1024


def hello(environ: dict[str, object], start_response) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    if environ["PATH_INFO"] == "/large":
        return (b"#" * (LARGE // 64) for _ in range(64))
    return [b"hello"]


@contextlib.contextmanager
def serving(idle: float = 60) -> Iterator[tuple[int, OpenConnections]]:
    """The port of a server and its connections; ``idle``: seconds that one may be silent."""
    connections = OpenConnections()
    server = create_server(
        hello,
        connections,
        host="127.0.0.1",
        port=0,
        threads=2,
        channel_timeout=idle,
        cleanup_interval=0.2,
    )
    stopping = threading.Event()

    def loop() -> None:
        while not stopping.is_set():
            connections.turn(0.1)

    thread = threading.Thread(target=loop)
    thread.start()
    try:
        yield int(server.effective_port), connections
    finally:
        stopping.set()
        thread.join(WAITED)
        server.task_dispatcher.shutdown()
        server.close()
        for one in tuple(connections.values()):
            one.close()


def ask(connection: socket.socket) -> bytes:
    connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    said = b""
    while not said.endswith(b"hello") and (part := connection.recv(65536)):
        said += part
    return said


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=WAITED)


def test_one_connection_is_answered_again_and_again_beside_others_at_rest():
    with serving() as (port, _), contextlib.ExitStack() as opened:
        others = [opened.enter_context(connected(port)) for _ in range(20)]
        one = opened.enter_context(connected(port))
        for _ in range(50):
            assert ask(one).endswith(b"hello")
        assert all(ask(other).endswith(b"hello") for other in others)


def test_two_requests_sent_at_once_are_both_answered_in_order():
    with serving() as (port, _), connected(port) as one:
        one.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 2)
        said = b""
        while said.count(b"hello") < 2:
            said += one.recv(65536)
        assert said.count(b"200 OK") == 2


def test_a_client_that_reads_slowly_gets_everything():
    with serving() as (port, _), connected(port) as slow, connected(port) as quick:
        slow.sendall(b"GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert ask(quick).endswith(b"hello")
        got = 0
        while part := slow.recv(65536):
            got += part.count(b"#")
        assert got == LARGE


def test_a_client_that_hangs_up_in_the_middle_of_an_answer_is_let_go():
    with serving() as (port, connections):
        before = len(connections)
        with connected(port) as rude:
            rude.sendall(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
            rude.recv(10)
        with connected(port) as one:
            assert ask(one).endswith(b"hello")
        waited = threading.Event()
        for _ in range(100):
            if len(connections) == before:
                break
            waited.wait(0.1)
        assert len(connections) == before


def test_a_connection_that_is_silent_too_long_is_closed():
    with serving(idle=1) as (port, _), connected(port) as silent:
        assert silent.recv(10) == b""


@pytest.fixture
def many_files() -> Iterator[None]:
    """This process may open as many as it takes; a shell often allows 1,024."""
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(allowed, 2 * BEYOND_SELECT), most))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, most))


@pytest.mark.usefixtures("many_files")
def test_a_file_number_that_select_cannot_hold_is_answered_too():
    with serving() as (port, _), contextlib.ExitStack() as held:
        while (number := os.dup(0)) <= BEYOND_SELECT:
            held.callback(os.close, number)
        held.callback(os.close, number)
        with connected(port) as one:
            assert ask(one).endswith(b"hello")
