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

from tests.bench.bare_handler import Answering
from tests.bench.client import Asked, Client
from tests.crash.installation import ROOT, Installation
from tests.support.ports import free_port
from tests.support.waiting import WAITED
from webapp.serve import THREADS

REAL_TIME = 1


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
        folder = stack.enter_context(TemporaryDirectory(dir=data))
        path = Path(folder, "answering.json")
        path.write_text(answering.to_json(), encoding="utf-8")
        ports = []
        processes = []
        for _ in range(how_many):
            ports.append(free_port())
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "tests.bench.bare_handler"),
                    *(url, str(path), str(ports[-1]), str(THREADS)),
                ],
                cwd=ROOT,
            )
            stack.callback(process.wait)
            stack.callback(process.terminate)
            _wait_ready(ports[-1])
            processes.append(psutil.Process(process.pid))
        yield Servers(tuple(ports), tuple(processes))


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
