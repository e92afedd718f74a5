"""A process whose system calls fail, or kill it, at the one the test names."""

import shutil
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.waiting import WAITED, until


def need_strace() -> None:
    """Skip where no process can be watched. Mark the test with ``strace``."""
    if shutil.which("strace") is None:
        pytest.skip("no strace here: make setup as root, or apt-get install strace")
    tried = subprocess.run(
        ["strace", "-qq", "-e", "none", "true"], capture_output=True, check=False
    )
    if tried.returncode != 0:
        pytest.skip(f"strace may not watch a process here: {tried.stderr.decode()[:200]}")


@contextmanager
def watched(pid: int, log: Path, calls: str, *injections: str) -> Iterator[None]:
    """Watch a running process; ``injections`` as strace writes them, without ``inject=``."""
    words = ["strace", "-f", "-qq", "-o", str(log), "-e", f"trace={calls}", "-e", "signal=none"]
    for injection in injections:
        words += ["-e", f"inject={injection}"]
    watcher = subprocess.Popen([*words, "-p", str(pid)], stderr=subprocess.PIPE)
    try:
        _wait_attached(pid, watcher)
        yield
    finally:
        watcher.send_signal(signal.SIGTERM)  # lets go of the process, which goes on
        watcher.communicate(timeout=WAITED)


def _wait_attached(pid: int, watcher: "subprocess.Popen[bytes]") -> None:
    def is_attached() -> bool:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        if all("TracerPid:\t0" not in (one / "status").read_text() for one in tasks):
            return True
        if watcher.poll() is not None:
            raise AssertionError(watcher.stderr.read() if watcher.stderr else "strace ended")
        return False

    until(is_attached, f"strace at process {pid}")


def counted(log: Path) -> Counter[str]:
    """How often each call was made, in a log of one process."""
    found: Counter[str] = Counter()
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        _, _, call = line.partition(" ")
        name = call.strip().partition("(")[0]
        if name.isidentifier():
            found[name] += 1
    return found
