"""Real servers that stand for a gateway, a group's robot and a mail server."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from typing_extensions import override


@dataclass(frozen=True)
class Call:
    """What came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class HttpGateway:
    """Answers as it is told and remembers what came."""

    port: int = 0
    calls: list[Call] = field(default_factory=list)
    answer: tuple[int, bytes] = (200, b'{"code":0,"errcode":0}')
    meanwhile: Callable[[], None] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def http_gateway() -> Iterator[HttpGateway]:
    """A gateway on a port of its own."""
    gateway = HttpGateway()

    class Handler(BaseHTTPRequestHandler):
        def _take(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            gateway.calls.append(Call(self.command, self.path, headers, body))
            if gateway.meanwhile is not None:
                gateway.meanwhile()
            status, content = gateway.answer
            self.send_response(status)
            if status in range(300, 400):
                self.send_header("Location", f"{gateway.url}/elsewhere")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _take  # noqa: N815

        @override
        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        gateway.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield gateway
        server.shutdown()
        thread.join()


@dataclass
class SmtpServer:
    """Takes mail and remembers it."""

    port: int = 0
    mails: list[str] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    refuses: bool = False


@contextmanager
def smtp_server() -> Iterator[SmtpServer]:
    """A mail server on a port of its own: as much SMTP as one mail needs."""
    held = SmtpServer()

    class Handler(socketserver.StreamRequestHandler):
        def _say(self, line: str) -> None:
            self.wfile.write(line.encode() + b"\r\n")

        def _data(self) -> None:
            self._say("354 go on")
            lines = []
            while (line := self.rfile.readline().decode().rstrip("\r\n")) != ".":
                lines.append(line)
            held.mails.append("\n".join(lines))
            self._say("250 taken")

        @override
        def handle(self) -> None:
            self._say("220 ready")
            while line := self.rfile.readline().decode().strip():
                verb = line[:4].upper()
                if verb == "DATA":
                    self._data()
                elif verb == "RCPT" and held.refuses:
                    self._say("550 nobody here")
                elif verb == "QUIT":
                    self._say("221 bye")
                    return
                else:
                    if verb == "RCPT":
                        held.recipients.append(line.partition("<")[2].rstrip(">"))
                    self._say("250 fine")

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        held.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield held
        server.shutdown()
        thread.join()
