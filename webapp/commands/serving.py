"""``bangfu serve`` and ``bangfu worker``."""

import signal
import socket
from types import FrameType

from prometheus_client import start_http_server

from engine import Engine
from engine.jobs.executor import Pace, in_background
from engine.store.patience import A_PERSON_WAITS, A_WORKER_WAITS
from webapp.commands.speaking import DONE, Call, CommandRefused, Commands, reason, say
from webapp.opening import opened
from webapp.serve import serve as serve_until_stopped
from webapp.shared.logs import log_as_json
from webapp.shared.memory import share_arenas
from webapp.shared.metrics import Meter

_PORTS = range(1, 65536)


def add_to(commands: Commands) -> None:
    """Add the commands."""
    serving = commands.add("serve", "启动网站和后台任务", serve)
    serving.add_argument("--port", type=int, default=5000, help="端口,默认 5000")
    serving.add_argument("--host", default="127.0.0.1", help="监听地址,默认只有本机")
    serving.add_argument("--no-worker", action="store_true", help="只启动网站,不带后台任务")
    working = commands.add("worker", "再启动一个后台任务进程", worker)
    working.add_argument("--metrics-port", type=int, default=0, help="在本机此端口提供 /metrics")


def serve(call: Call) -> int:
    """Serve until told to stop."""
    words = call.words
    if words.port not in _PORTS:
        raise CommandRefused(f"端口应在 1 至 65535 之间,现在是 {words.port},未启动。")
    share_arenas()
    with opened(call.settings()) as installation:
        installation.engine.wait_at_most(A_PERSON_WAITS)
        try:
            socket.getaddrinfo(words.host, words.port)  # the server's own refusal has no reason
            serve_until_stopped(
                installation.settings,
                installation.engine,
                installation.registry,
                host=words.host,
                port=words.port,
                with_worker=not words.no_worker,
            )
        except OSError as error:
            raise CommandRefused(
                f"不能在 {words.host}:{words.port} 上提供服务:{reason(error)},未启动。"
                "请换一个端口(--port)或地址(--host)。"
            ) from error
    return DONE


def worker(call: Call) -> int:
    """Work off timers and other jobs until told to stop; the job in hand is finished."""
    port = call.words.metrics_port
    if port and port not in _PORTS:
        raise CommandRefused(f"端口应在 1 至 65535 之间,现在是 {port},未启动。")
    log_as_json()
    share_arenas()
    with opened(call.settings()) as installation:
        _tell_machines(installation.engine, port)
        installation.engine.wait_at_most(A_WORKER_WAITS)
        executor = installation.engine.jobs.executor(Pace())
        postman = installation.engine.telling.postman()
        errands = installation.engine.errands.runner(Pace())

        def stop(_number: int, _frame: FrameType | None) -> None:
            executor.stop()
            postman.stop()
            errands.stop()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        say("后台任务已启动,按 Ctrl-C 结束。")
        stop_telling = in_background(postman, "bangfu-postman")
        stop_errands = in_background(errands, "bangfu-errands")
        executor.run()
        stop_telling()
        stop_errands()
    return DONE


def _tell_machines(engine: Engine, port: int) -> None:
    """Answer /metrics to this machine: a worker has no web server of its own."""
    meter = Meter(engine.operating.figures)
    engine.watched_by(meter)
    if not port:
        return
    try:
        start_http_server(port, addr="127.0.0.1", registry=meter.registry)
    except OSError as error:
        raise CommandRefused(
            f"不能在 127.0.0.1:{port} 上提供 /metrics:{reason(error)},未启动。"
            "请换一个端口(--metrics-port)。"
        ) from error
