"""``serve`` and ``worker`` as processes of their own: they start, answer, and end when told."""

import base64
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.crash.installation import is_ready
from tests.load.half_open import half_open
from tests.support.ports import free_port
from tests.support.waiting import WAITED, until
from webapp.serve import stop_signal

ROOT = Path(__file__).parent.parent.parent


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


def wait_until_ready(server: subprocess.Popen[str], port: int) -> None:
    until(lambda: is_ready(port) or server.poll() is not None, "the server")
    assert server.poll() is None, server.communicate()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[int]:
    """The port of a web server, which must end well when it is told to."""
    port = free_port()
    server = started(tmp_path, "serve", "--port", str(port), "--no-worker")
    try:
        wait_until_ready(server, port)
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        _, said = server.communicate(timeout=WAITED)
    assert server.returncode == 0
    assert "Traceback" not in said


def test_serve_answers_and_a_port_in_use_is_said_in_words(served, tmp_path):
    assert httpx.get(f"http://127.0.0.1:{served}/healthz", timeout=WAITED).text == "ok\n"
    taken = started(tmp_path, "serve", "--port", str(served))
    _, said = taken.communicate(timeout=WAITED)
    assert taken.returncode == 2
    assert "端口" in said
    assert "Traceback" not in said


def test_clients_that_never_finish_their_request_keep_nobody_waiting(served):
    with half_open([served]) as held:
        for _ in range(20):
            answer = httpx.get(f"http://127.0.0.1:{served}/readyz", timeout=WAITED)
            assert answer.status_code == 200
        assert len(held) == 100


def test_an_upload_beyond_all_measure_is_told_so_in_our_words(served):
    address = f"http://127.0.0.1:{served}"
    content = {"file": ("大.png", b"\x89PNG" + bytes(70 * 1024 * 1024), "image/png")}
    refused = httpx.post(f"{address}/api/v1/files", files=content, timeout=WAITED)
    assert refused.status_code == 413
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert "不超过 20 MB" in refused.json()["detail"]
    page = httpx.post(f"{address}/files", files=content, timeout=WAITED)
    assert (page.status_code, "上传的内容太大" in page.text) == (413, True)


def answered(port: int, raw: bytes) -> str:
    """What comes back for these bytes until the server closes the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=WAITED) as connection:
        connection.sendall(raw)
        return b"".join(iter(lambda: connection.recv(65536), b"")).decode()


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"GET /inbox HTTP/1.1\r\nContent-Length: many\r\n\r\n", 400),
        (b"get / HTTP/1.1\r\n\r\n", 400),
        (b"\x16\x03\x01 nonsense\r\n\r\n", 400),
        (b"GET /inbox HTTP/1.1\r\nnocolon\r\n\r\n", 400),
        (b"POST /inbox HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
    ],
)
def test_what_is_no_request_is_told_so_in_our_words(served, raw, status):
    said = answered(served, raw)
    assert said.startswith((f"HTTP/1.1 {status}", f"HTTP/1.0 {status}"))
    assert "没有接收。" in said


def test_the_api_turns_away_with_a_problem_document(served):
    said = answered(served, b"POST /api/v1/files HTTP/1.1\r\nContent-Length: many\r\n\r\n")
    assert "application/problem+json" in said
    assert '"status":400' in said


def test_a_worker_ends_after_the_job_in_hand(tmp_path):
    worker = started(tmp_path, "worker")
    assert worker.stdout is not None
    assert "后台任务已启动" in worker.stdout.readline()
    worker.send_signal(signal.SIGTERM)
    _, said = worker.communicate(timeout=WAITED)
    assert worker.returncode == 0
    assert "Traceback" not in said


@pytest.fixture
def handlers_kept() -> Iterator[None]:
    """The handlers of the two signals are afterwards what they were."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("handlers_kept")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_being_told_to_stop_interrupts_nothing(number):
    told = stop_signal()
    os.kill(os.getpid(), number)
    assert told.wait(WAITED)


@pytest.mark.usefixtures("handlers_kept")
def test_a_second_ctrl_c_ends_at_once():
    stop_signal()
    os.kill(os.getpid(), signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_ctrl_c_ends_web_and_worker_quietly_within_seconds(tmp_path):
    port, begun_at = free_port(), time.monotonic()
    server = started(tmp_path, "serve", "--port", str(port))
    wait_until_ready(server, port)
    told_at = time.monotonic()
    server.send_signal(signal.SIGINT)
    _, said = server.communicate(timeout=WAITED)
    assert (server.returncode, "Traceback" in said) == (0, False)
    # A slow machine is slow to begin as well.
    assert time.monotonic() - told_at < 60 + (told_at - begun_at)
