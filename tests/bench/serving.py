"""What is compared: our web servers and bare handlers, each in a process of its own."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from tests.bench.bare_handler import READY, Answering
from tests.bench.client import Asked, Client
from tests.crash.installation import ROOT, Installation
from tests.support.ports import free_port
from tests.support.waiting import WAITED
from webapp.serve import THREADS

REAL_TIME = 1
_LOOKS_EVERY = 0.01


@dataclass(frozen=True)
class Servers:
    """Servers of one kind on one database, ready."""

    ports: tuple[int, ...]
    processes: tuple[psutil.Process, ...]

    def cpu(self) -> float:
        """Seconds of processor time they have used so far, together."""
        spent = [process.cpu_times() for process in self.processes]
        return float(sum(one.user + one.system for one in spent))


@contextmanager
def ours(url: str, data: Path, how_many: int) -> Iterator[Servers]:
    """``bangfu serve --no-worker`` on the database."""
    installation = Installation(url, data, clock_speed=REAL_TIME)
    try:
        installation.start(webs=how_many, workers=0)
        webs = [installation.processes[f"web{number}"] for number in range(how_many)]
        yield Servers(tuple(installation.ports), tuple(psutil.Process(web.pid) for web in webs))
    finally:
        installation.stop()


@contextmanager
def bare(url: str, data: Path, answering: Answering, how_many: int) -> Iterator[Servers]:
    """The bare handler on the same database."""
    with ExitStack() as stack:
        path = stack.enter_context(written(answering, data))
        ports = []
        processes = []
        for _ in range(how_many):
            ports.append(free_port())
            process = begin_bare(url, path, ports[-1])
            stack.callback(process.wait)
            stack.callback(process.terminate)
            wait_answered(ports[-1], Asked("GET", READY))
            processes.append(psutil.Process(process.pid))
        yield Servers(tuple(ports), tuple(processes))


@contextmanager
def written(answering: Answering, data: Path) -> Iterator[Path]:
    """A file that tells a bare handler what to send."""
    with TemporaryDirectory(dir=data) as folder:
        path = Path(folder, "answering.json")
        path.write_text(answering.to_json(), encoding="utf-8")
        yield path


def begin_bare(url: str, path: Path, port: int) -> subprocess.Popen[bytes]:
    """A bare handler that is not ready yet."""
    words = ("tests.bench.bare_handler", url, str(path), str(port), str(THREADS))
    return subprocess.Popen([sys.executable, "-m", *words], cwd=ROOT)


def begin_ours(url: str, data: Path, port: int) -> subprocess.Popen[bytes]:
    """A web server that is not ready yet."""
    surroundings = Installation(url, data, clock_speed=REAL_TIME).environment
    words = ("webapp.cli", "serve", "--port", str(port), "--no-worker")
    return subprocess.Popen(
        [sys.executable, "-m", *words], cwd=ROOT, env=surroundings, stderr=subprocess.DEVNULL
    )


def wait_answered(port: int, page: Asked) -> None:
    """Ask until somebody is there; AssertionError when what is answered is not a 200."""
    end = time.monotonic() + WAITED
    while True:
        client = Client(port)
        try:
            client.send(page)
        except ConnectionRefusedError:
            assert time.monotonic() < end, "the server did not start"
            time.sleep(_LOOKS_EVERY)
        else:
            return
        finally:
            client.close()
