"""Two servers to compare, each in a process of its own: ours, and the bare handler."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from tests.bench.bare_handler import Answering
from tests.bench.client import Asked, Client
from tests.crash.installation import ROOT, Installation
from tests.support.ports import free_port
from tests.support.waiting import WAITED
from webapp.serve import THREADS

REAL_TIME = 1


@dataclass(frozen=True)
class Server:
    """A server that is ready."""

    port: int
    process: psutil.Process

    def cpu(self) -> float:
        """Seconds of processor time it has used so far."""
        spent = self.process.cpu_times()
        return float(spent.user + spent.system)


@contextmanager
def ours(url: str, data: Path) -> Iterator[Server]:
    """``bangfu serve --no-worker`` on the database."""
    installation = Installation(url, data, clock_speed=REAL_TIME)
    try:
        installation.start(webs=1, workers=0)
        yield Server(installation.ports[0], psutil.Process(installation.processes["web0"].pid))
    finally:
        installation.stop()


@contextmanager
def bare(url: str, data: Path, answering: Answering) -> Iterator[Server]:
    """The bare handler on the same database."""
    port = free_port()
    with TemporaryDirectory(dir=data) as folder:
        path = Path(folder, "answering.json")
        path.write_text(answering.to_json(), encoding="utf-8")
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.bench.bare_handler"),
                *(url, str(path), str(port), str(THREADS)),
            ],
            cwd=ROOT,
        )
        try:
            _wait_ready(port)
            yield Server(port, psutil.Process(process.pid))
        finally:
            process.terminate()
            process.wait()


def _wait_ready(port: int) -> None:
    end = time.monotonic() + WAITED
    while True:
        client = Client(port)
        try:
            client.send(Asked("GET", "/"))
        except ConnectionRefusedError:
            assert time.monotonic() < end, "the bare handler did not start"
            time.sleep(0.05)
        else:
            return
        finally:
            client.close()
