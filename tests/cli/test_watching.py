"""Served and working processes as machines watch them, and incidents at the command line."""

import json
import signal

import httpx

from engine import SYSTEM, Request
from engine.jobs.executor import Pace
from tests.cli.conftest import KEY
from tests.cli.test_serve import started, wait_until_ready
from tests.crash.installation import prepare
from tests.engine.moving.conftest import drawn, form, step
from tests.support.ports import free_port
from tests.support.waiting import WAITED
from tests.unit.runtime.kit import end, flow, node, start
from webapp.opening import open_installation
from webapp.settings import Settings


def test_a_worker_tells_its_figures_and_logs_lines_of_json(tmp_path):
    port = free_port()
    worker = started(tmp_path, "worker", "--metrics-port", str(port))
    try:
        assert worker.stdout is not None
        assert "后台任务已启动" in worker.stdout.readline()
        told = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=WAITED).text
        assert "bangfu_database_up 1.0" in told
        assert "bangfu_jobs_late 0.0" in told
        taken = started(tmp_path, "worker", "--metrics-port", str(port))
        _, said = taken.communicate(timeout=WAITED)
        assert taken.returncode == 2
        assert "/metrics" in said
    finally:
        worker.send_signal(signal.SIGTERM)
        _, said = worker.communicate(timeout=WAITED)
    assert all(json.loads(one)["event"] for one in said.splitlines())


def test_a_served_request_is_one_line_of_json(tmp_path):
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    server = started(tmp_path, "serve", "--port", str(port), "--no-worker")
    number = "4bf92f3577b34da6a3ce929d0e0e4736"
    try:
        wait_until_ready(server, port)
        headers = {"X-Request-Id": number}
        told = httpx.get(f"{address}/cases?q=张三", headers=headers, timeout=WAITED)
        assert told.headers["X-Request-Id"] != number, "there is no proxy of ours to bring it"
        number = told.headers["X-Request-Id"]
        far = {"X-Forwarded-For": "10.0.0.1", "X-Request-Id": "x\ty"}
        httpx.get(f"{address}/metrics", headers=far, timeout=WAITED)
    finally:
        server.send_signal(signal.SIGTERM)
        _, said = server.communicate(timeout=WAITED)
    lines = [json.loads(one) for one in said.splitlines() if one.startswith("{")]
    (ours,) = [one for one in lines if one.get("id") == number]
    assert (ours["event"], ours["route"], ours["method"]) == ("request", "/cases", "GET")
    assert "张三" not in said


def test_incidents_are_listed_by_cause_and_tried_again(bangfu, data_dir):
    data_dir.mkdir()
    url = f"sqlite:///{data_dir / 'bangfu.db'}"
    prepare(url, data_dir, "example_request")
    opened = open_installation(Settings(key=KEY, data_dir=data_dir))
    body = start() + step("ask") + node("exclusiveGateway", "fork", default="fork_no")
    body += end("yes") + end("no") + flow("S", "ask") + flow("ask", "fork")
    body += flow("fork", "yes", "=ask_note") + flow("fork", "no")
    files = [drawn("stumbling", {"officer": "ask"}, body), form("blank", "note")]
    opened.engine.definitions.deploy(SYSTEM, files)  # type: ignore[arg-type]
    officer = opened.engine.directory.actor_named("officer")
    for _ in range(2):
        case = opened.engine.cases.start(officer, Request("stumbling", "u1", {})).case_id
        opened.engine.tasks.complete(officer, f"{case}-1", {"note": "也许"})
    opened.engine.close()
    listed = bangfu("incidents", "list", "--json")
    assert (listed.code, listed.json["failed"]) == (1, 2)
    (cause,) = listed.json["causes"]
    assert (cause["jobs"], cause["step"]) == (2, "fork")
    assert "故障 2 件" in bangfu("incidents", "list").out
    assert "已让 2 件重新办理" in bangfu("incidents", "retry", "--cause", cause["cause"]).out
    gone = bangfu("incidents", "retry", "--cause", cause["cause"])
    assert (gone.code, "可能刚刚被重试" in gone.err) == (2, True)
    assert bangfu("incidents", "list").code == 0
    opened = open_installation(Settings(key=KEY, data_dir=data_dir))
    heard: list[tuple[str, str]] = []

    class Watch:
        def command(self, kind: str, outcome: str, seconds: float) -> None:
            del kind, outcome, seconds

        def job(self, kind: str, outcome: str, seconds: float) -> None:
            assert seconds >= 0
            heard.append((kind, outcome))

    opened.engine.watched_by(Watch())
    opened.engine.jobs.executor(Pace()).run_once()
    opened.engine.close()
    assert heard == [("retry", "incident")] * 2
    assert bangfu("incidents", "retry").code == 2
