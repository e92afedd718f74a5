"""Real processes of one installation on loopback, to be killed and started again."""

import base64
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from engine import SYSTEM, Options, open_engine
from engine.definitions.folder import read_folder
from engine.model.definitions import SourceFile
from engine.model.organisations import Person
from engine.work.accounts import hash_password
from tests.support.federation import ORGANISATIONS, ROLES, STAFF
from tests.support.ports import free_port
from tests.support.waiting import WAITED, until

ROOT = Path(__file__).parents[2]
KEY = bytes(range(32))
PASSWORD = "kill-and-start-again"
A_DAY_A_SECOND = 86_400
PROCESS = "example_request"
"""The process that is worked on while things break."""

DOERS = {
    "officer": "officer",
    "county_reviewer": "reviewer",
    "county_approver": "approver",
    "data_entry": "entry",
}
"""Who does the steps of its roles."""


def prepare(url: str, data: Path, process: str, folder: Path | None = None) -> None:
    """A staffed federation with one process, ready to be served; ``folder`` holds its files."""
    engine = open_engine(url, key=KEY, options=Options(data_dir=data))
    hashed = hash_password(PASSWORD)
    engine.directory.load(
        ORGANISATIONS,
        ROLES,
        [(Person(f"p-{n}", n, f"模拟{n}", place), hashed) for n, (_, place) in STAFF.items()],
        [(f"p-{n}", role, place) for n, (role, place) in STAFF.items()],
    )
    files: Sequence[SourceFile] = (
        read_folder(ROOT / "processes", ROOT / "forms", process).files
        if folder is None
        else [SourceFile(path.name, path.read_bytes()) for path in sorted(folder.iterdir())]
    )
    engine.definitions.deploy(SYSTEM, files)
    engine.close()


def is_ready(port: int) -> bool:
    """Whether somebody answers there who can work."""
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


@dataclass
class Installation:
    """Web servers and workers on one database; each in a process of its own."""

    url: str
    data: Path
    clock_speed: int = A_DAY_A_SECOND
    ports: list[int] = field(default_factory=list)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    surroundings: Mapping[str, str] = field(default_factory=dict)
    """More of the environment that its processes, not its commands, run in."""
    release: Path = ROOT
    """Where the code lies with which processes are begun and commands are run."""

    @property
    def environment(self) -> Mapping[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", "/"),
            "BANGFU_DEMO": "1",
            "BANGFU_KEY": base64.b64encode(KEY).decode(),
            "BANGFU_DATA": str(self.data),
            "BANGFU_DATABASE_URL": self.url,
            "BANGFU_CLOCK_SPEED": str(self.clock_speed),
        }

    def start(self, *, webs: int, workers: int) -> None:
        self.ports = [free_port() for _ in range(webs)]
        for number in range(webs):
            self._run(f"web{number}")
        for number in range(workers):
            self._run(f"worker{number}")
        for port in self.ports:
            self.wait_ready(port)

    def _run(self, name: str) -> None:
        words = ["worker"]
        if name.startswith("web"):
            port = self.ports[int(name.removeprefix("web"))]
            words = ["serve", "--port", str(port), "--no-worker"]
        log = (self.data / f"{name}.log").open("ab")
        with log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "webapp.cli", *words],
                cwd=self.release,
                env={**self.environment, **self.surroundings},
                stdout=log,
                stderr=log,
            )

    def wait_ready(self, port: int) -> None:
        """Wait until a web server says that it can work."""
        server = self.processes[f"web{self.ports.index(port)}"]
        try:
            until(lambda: is_ready(port) or server.poll() is not None, f"a server on {port}")
        except AssertionError as late:
            raise AssertionError(self.logs()) from late
        assert server.poll() is None, self.logs()

    def kill(self, name: str, meanwhile: Callable[[], object] | None = None) -> None:
        """As if the power went: no signal handler, no clean-up. Then it is begun again.

        ``meanwhile`` is done while it is dead.
        """
        process = self.processes[name]
        process.send_signal(signal.SIGKILL)
        process.wait()
        if meanwhile is not None:
            meanwhile()
        self._run(name)

    def replace(self, name: str) -> None:
        """Ask one process to end, as an upgrade does, and begin it with the release of now."""
        process = self.processes[name]
        process.terminate()
        assert process.wait(WAITED) == 0, self.logs()
        self._run(name)

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def command(self, *words: str) -> dict[str, object] | list[object]:
        """The JSON that a command prints; it must end well."""
        done = self.run(*words)
        assert done.returncode == 0, done.stdout + done.stderr
        found: dict[str, object] | list[object] = json.loads(done.stdout)
        return found

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """What a command prints and how it ends."""
        return subprocess.run(
            [sys.executable, "-m", "webapp.cli", *words],
            cwd=self.release,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def logs(self) -> str:
        return "\n".join(
            f"--- {path.name}\n{path.read_text(encoding='utf-8')[-2000:]}"
            for path in sorted(self.data.glob("*.log"))
        )
