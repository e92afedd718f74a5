"""``bangfu worker``: without what only the web needs, a quarter of all modules."""

import signal
from types import FrameType

from prometheus_client import start_http_server

from engine import Engine
from engine.jobs.executor import Pace, in_background
from engine.store.patience import A_WORKER_WAITS
from webapp.commands.speaking import DONE, PORTS, Call, CommandRefused, Commands, reason, say
from webapp.opening import opened
from webapp.shared.logs import log_as_json
from webapp.shared.memory import share_arenas
from webapp.shared.metrics import Meter


def add_to(commands: Commands) -> None:
    """Add the command."""
    working = commands.add("worker", "再启动一个后台任务进程", worker)
    working.add_argument("--metrics-port", type=int, default=0, help="在本机此端口提供 /metrics")


def worker(call: Call) -> int:
    """Work off timers and other jobs until told to stop; the job in hand is finished."""
    port = call.words.metrics_port
    if port and port not in PORTS:
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
