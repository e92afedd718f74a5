"""``bangfu serve``."""

import socket

from engine.store.patience import A_PERSON_WAITS
from webapp.commands.speaking import DONE, PORTS, Call, CommandRefused, Commands, reason
from webapp.opening import opened
from webapp.serve import serve as serve_until_stopped
from webapp.shared.memory import share_arenas


def add_to(commands: Commands) -> None:
    """Add the command."""
    serving = commands.add("serve", "启动网站和后台任务", serve)
    serving.add_argument("--port", type=int, default=5000, help="端口,默认 5000")
    serving.add_argument("--host", default="127.0.0.1", help="监听地址,默认只有本机")
    serving.add_argument("--no-worker", action="store_true", help="只启动网站,不带后台任务")


def serve(call: Call) -> int:
    """Serve until told to stop."""
    words = call.words
    if words.port not in PORTS:
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
