"""Serve the web, and work off timers beside it.

waitress reads whole requests before a thread takes them, so that a hundred clients that send
slowly do not keep anybody waiting.
"""

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType

from waitress.server import create_server

from engine import Engine
from engine.jobs.executor import Pace, in_background
from webapp.app import LARGEST_REQUEST, create_app
from webapp.open_connections import OpenConnections
from webapp.settings import Settings
from webapp.shared.logs import log_as_json
from webapp.shared.registry_port import RegistryPort
from webapp.turned_away import in_our_words

THREADS = 16
MOST_CONNECTIONS = 1000
_SLACK = 1024 * 1024
_STOPS_WITHIN = 1.0
"""Seconds until a server without traffic notices that it was told to stop."""


def serve(
    settings: Settings,
    engine: Engine,
    registry: RegistryPort,
    *,
    host: str = "127.0.0.1",
    port: int = 5000,
    with_worker: bool = True,
) -> None:
    """Serve until told to stop (SIGTERM, Ctrl-C); then end the worker after the job in hand.

    Requests in hand get 5 seconds; a second Ctrl-C ends at once.
    """
    log_as_json()
    app = create_app(settings, engine, registry)
    connections = OpenConnections()
    server = create_server(
        app,
        connections,
        host=host,
        port=port,
        threads=THREADS,
        connection_limit=MOST_CONNECTIONS,
        max_request_body_size=LARGEST_REQUEST + _SLACK,
        channel_timeout=120,
        ident="bangfu",
        clear_untrusted_proxy_headers=settings.proxies == 0,
    )
    in_our_words(connections)
    with _worker(engine) if with_worker else contextlib.nullcontext():
        told_to_stop = stop_signal()
        print(f"帮扶办件 http://{host}:{port}", file=sys.stderr, flush=True)  # noqa: T201
        # Not server.run(): that ends by an exception only, wherever the signal happens to hit.
        while not told_to_stop.is_set():
            connections.turn(_STOPS_WITHIN)
        server.task_dispatcher.shutdown()
        server.close()


@contextlib.contextmanager
def _worker(engine: Engine) -> Iterator[None]:
    stop = in_background(engine.jobs.executor(Pace()), "bangfu-worker")
    postman = engine.telling.postman()
    stop_telling = in_background(postman, "bangfu-postman")
    errands = engine.errands.runner(Pace())
    stop_errands = in_background(errands, "bangfu-errands")
    try:
        yield
    finally:
        postman.stop()  # all end what is in hand at the same time
        errands.stop()
        stop()
        stop_telling()
        stop_errands()


def stop_signal() -> threading.Event:
    """Set when the process is told to stop; nothing that runs meanwhile is interrupted.

    Never set where this is called outside the main thread, which alone hears signals.
    """
    told = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        return told

    def stop(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        told.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    return told
