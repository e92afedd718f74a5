"""``serve`` and ``worker`` as processes of their own: they start, answer, and end when told."""

import base64
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 40


def environment(data: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BANGFU_")}
    key = base64.b64encode(bytes(range(32))).decode()
    return {**kept, "BANGFU_DATA": str(data), "BANGFU_KEY": key}


def started(data: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "webapp.cli", *words],
        cwd=ROOT,
        env=environment(data),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_ready(port: int) -> None:
    for _ in range(PATIENCE * 10):
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail("the server did not come up")


def test_serve_answers_and_ends_when_told(tmp_path):
    port = free_port()
    server = started(tmp_path, "serve", "--port", str(port), "--no-worker")
    try:
        wait_until_ready(port)
        assert httpx.get(f"http://127.0.0.1:{port}/healthz").text == "ok\n"
        taken = started(tmp_path, "serve", "--port", str(port))
        _, said = taken.communicate(timeout=PATIENCE)
        assert taken.returncode == 2
        assert "端口" in said
        assert "Traceback" not in said
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=PATIENCE)
    assert server.returncode == 0


def test_a_worker_ends_after_the_job_in_hand(tmp_path):
    worker = started(tmp_path, "worker")
    assert worker.stdout is not None
    assert "后台任务已启动" in worker.stdout.readline()
    worker.send_signal(signal.SIGTERM)
    _, said = worker.communicate(timeout=PATIENCE)
    assert worker.returncode == 0
    assert "Traceback" not in said
