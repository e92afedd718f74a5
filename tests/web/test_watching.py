"""Metrics and logs: they tell machines how it goes, and nobody anything about anybody."""

import io
import json
import logging
import re
import sys
import threading

import pytest
import structlog
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from engine.model.occasions import current_occasion
from tests.support.client import client_of
from tests.support.waiting import WAITED
from tests.web.conftest import FILLED, Browser, Federation, token_of
from webapp.app import create_app
from webapp.settings import Settings, SettingsRefused
from webapp.shared import metrics
from webapp.shared.logs import log_as_json, log_failure
from webapp.shared.metrics import Meter

pytestmark = pytest.mark.both_databases


def told(browser: Browser) -> dict[tuple[str, ...], float]:
    """What /metrics says: the name and the values of the labels, in the order of their names."""
    answer = browser.get("/metrics")
    assert answer.status_code == 200
    return {
        (one.name, *(value for _, value in sorted(one.labels.items()))): one.value
        for family in text_string_to_metric_families(answer.get_data(as_text=True))
        for one in family.samples
    }


@pytest.fixture
def log(federation: Federation):  # type: ignore[no-untyped-def]
    """What is written to standard error, as of the served application."""
    root = logging.getLogger()
    handlers, level, err = root.handlers[:], root.level, sys.stderr
    configured = structlog.get_config()
    others = {name: logging.getLogger(name).level for name in ("waitress", "alembic")}
    sys.stderr = io.StringIO()
    log_as_json()
    try:
        yield sys.stderr
    finally:
        sys.stderr = err
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.configure(**configured)
        for name, before in others.items():
            logging.getLogger(name).setLevel(before)


def lines(log: io.StringIO) -> list[dict[str, object]]:
    written = log.getvalue()
    assert len(written.splitlines()) == written.count("\n"), "an end of line came in from outside"
    return [json.loads(line) for line in written.split("\n") if line]


def test_commands_are_counted_by_kind_and_outcome(federation, browse):
    review = federation.applied()
    with pytest.raises(Exception, match="权限"):
        federation.engine.tasks.claim(federation.actor("officer"), review)
    numbers = told(browse(""))
    assert numbers["bangfu_commands_total", "Cases.start", "done"] == 1
    assert numbers["bangfu_commands_total", "Tasks.complete", "done"] == 1
    assert numbers["bangfu_commands_total", "Tasks.claim", "forbidden"] == 1
    assert numbers["bangfu_command_seconds_count", "Tasks.complete"] == 1
    assert numbers["bangfu_command_seconds_bucket", "Tasks.complete", "+Inf"] == 1


def test_the_inboxes_and_jobs_are_those_of_the_database(federation, browse):
    federation.applied()
    federation.applied()
    numbers = told(browse(""))
    assert numbers["bangfu_inbox_steps", "county", "county_reviewer"] == 2
    assert numbers["bangfu_inbox_overdue", "county", "county_reviewer"] == 0
    assert numbers["bangfu_database_up",] == 1
    for quiet in ("jobs_late", "incidents_open", "messages_waiting", "job_oldest_late_seconds"):
        assert numbers[f"bangfu_{quiet}",] == 0
    assert numbers["bangfu_errands", "failed"] == 0


def test_a_spoilt_job_leaves_the_other_numbers_be(federation, browse):
    case = federation.started()
    with federation.engine.database.unit_of_work() as work:
        work.tx.execute(
            text(
                "INSERT INTO job (case_id, token, kind, process_key, element_id, due_at, status,"
                " attempts, fence, created_at) VALUES (:c, 't', 'timer', 'example_request', 'x',"
                " '0', 'waiting', 1, 1, '0')"
            ),
            {"c": case},
        )
        work.commit()
    numbers = told(browse(""))
    assert numbers["bangfu_database_up",] == 1
    assert numbers["bangfu_jobs_late",] == 1
    assert numbers["bangfu_job_oldest_late_seconds",] == float("inf")


def test_what_is_told_of_the_database_is_asked_for_once_in_a_while(federation, browse, monkeypatch):
    monkeypatch.setattr(metrics, "KEPT_SECONDS", 10 * WAITED)
    browser = browse("")
    before = told(browser)
    federation.applied()
    assert ("bangfu_inbox_steps", "county", "county_reviewer") not in before
    assert ("bangfu_inbox_steps", "county", "county_reviewer") not in told(browser)


def test_a_database_that_does_not_answer_leaves_the_process_its_own_numbers(federation, browse):
    browser = browse("")
    meter = federation.engine.watcher
    collector = next(c for c in meter.registry._collector_to_names if hasattr(c, "_asked_at"))
    told(browser)
    with federation.engine.database.unit_of_work() as work:
        work.tx.execute(text("DROP TABLE waiting_change"))
        work.commit()
    collector._kept = None
    numbers = told(browser)
    assert numbers["bangfu_database_up",] == 0
    assert any(name[0] == "bangfu_requests_total" for name in numbers)


def test_who_reads_while_another_asks_gets_what_was_known_last(federation, monkeypatch):
    figures = federation.engine.operating.figures()
    monkeypatch.setattr("webapp.shared.metrics.KEPT_SECONDS", 0)
    asking, go_on = threading.Event(), threading.Event()
    go_on.set()

    def ask():
        asking.set()
        assert go_on.wait(WAITED)
        return figures

    meter = Meter(ask)
    assert b"bangfu_database_up 1.0" in meter.text()
    asking.clear()
    go_on.clear()
    another = threading.Thread(target=meter.text)
    another.start()
    try:
        assert asking.wait(WAITED)
        assert b"bangfu_database_up 1.0" in meter.text(), "it does not wait"
        assert not go_on.is_set()
    finally:
        go_on.set()
        another.join()


def test_metrics_are_for_this_machine_or_for_who_has_the_token(federation, tmp_path):
    settings = Settings(key=bytes(32), data_dir=tmp_path, metrics_token="a-token-of-24-characters")
    app = create_app(settings, federation.engine, federation.app.extensions["bangfu"].registry)
    client = client_of(app)
    far = {"REMOTE_ADDR": "10.1.2.3"}
    shown = {"Authorization": "Bearer a-token-of-24-characters"}
    wrong = {"Authorization": "Bearer another"}
    assert client.get("/metrics").status_code == 404, "this machine is asked for it too"
    assert client.get("/metrics", headers=shown).status_code == 200
    without = client_of(federation.app)
    assert without.get("/metrics").status_code == 200
    assert without.get("/metrics", environ_overrides=far).status_code == 404
    assert without.get("/metrics", environ_overrides=far, headers=shown).status_code == 404
    assert client.get("/metrics", environ_overrides=far).status_code == 404
    assert client.get("/metrics", environ_overrides=far, headers=wrong).status_code == 404
    assert client.get("/metrics", environ_overrides=far, headers=shown).status_code == 200
    with pytest.raises(SettingsRefused, match="BANGFU_METRICS_TOKEN"):
        Settings.from_environ(
            {"BANGFU_DEMO": "1", "BANGFU_DATA": str(tmp_path)} | {"BANGFU_METRICS_TOKEN": "short"}
        )


@pytest.mark.parametrize(
    ("brought", "is_taken"),
    [
        ("0196f3c2-7b1e-7c11-9a51-4c1f3b7d2a10", True),
        ("4bf92f3577b34da6a3ce929d0e0e4736", True),
        ("short", False),
        ("zhang-san-of-the-third-street", False),
        ("35060019900101123X", False),
        ("6222021234567890123", False),
        ("1" * 30, False),
        ("a" * 65, False),
        ("abcdefghijklmnopqrst\x1b[31m", False),
        ("张三" * 12, False),
    ],
)
def test_a_well_formed_number_from_our_proxy_is_kept(federation, log, tmp_path, brought, is_taken):
    settings = Settings(key=bytes(32), data_dir=tmp_path, proxies=1)
    registry = federation.app.extensions["bangfu"].registry
    client = create_app(settings, federation.engine, registry).test_client()
    answer = client.get("/nowhere", environ_overrides={"HTTP_X_REQUEST_ID": brought})
    number = answer.headers["X-Request-Id"]
    assert (number == brought) is is_taken
    assert number in answer.get_data(as_text=True)
    assert [one["id"] for one in lines(log)] == [number]
    problem = client.get("/api/v1/nowhere", environ_overrides={"HTTP_X_REQUEST_ID": brought})
    assert problem.get_json()["request_id"] == problem.headers["X-Request-Id"]


def test_without_a_proxy_of_ours_nobody_brings_a_number(federation):
    brought = "0196f3c2-7b1e-7c11-9a51-4c1f3b7d2a10"
    answer = federation.app.test_client().get("/nowhere", headers={"X-Request-Id": brought})
    assert answer.headers["X-Request-Id"] not in {"", brought}


def test_of_a_library_s_line_its_own_sentence_is_told_without_the_values(log):
    library = logging.getLogger("some.library")
    library.warning("put %s in", "张三")
    library.warning("put %(name)s in", {"name": "张三"})
    library.warning("put 张三 in")
    logging.getLogger("bangfu.jobs").warning("tried %s times", 3)
    found = lines(log)
    said = ["put %s in", "put %(name)s in", "(not shown)", "tried 3 times"]
    assert [one["event"] for one in found] == said
    assert not any("positional_args" in one for one in found)
    assert [one["level"] for one in found] == ["warning"] * 4


def test_the_number_leads_from_the_log_to_the_audit(federation, browse, log):
    review = federation.applied()
    browser = browse("reviewer")
    page = f"/tasks/{review}"
    html = browser.get(page).get_data(True)
    nonce = re.search(r'name="_nonce" value="([^"]+)"', html)[1]
    rev = re.search(r'name="_rev" value="([^"]+)"', html)
    sent = {"csrf_token": token_of(html), "_nonce": nonce, "decision": "agree", "_action": "submit"}
    sent |= {"_rev": rev[1]} if rev else {}
    number = browser.client.post(page, data=sent).headers["X-Request-Id"]
    entries = federation.engine.audit.entries(0, 500)
    ours = {one.action for one in entries if one.request_id == number}
    assert "task_completed" in {action.replace("-", "_") for action in ours}, ours
    (line,) = [one for one in lines(log) if one["id"] == number]
    assert ["Tasks.complete", "done"] in [one[:2] for one in line["commands"]]
    assert federation.engine.audit.verify().ok
    assert current_occasion() is None


@pytest.mark.parametrize("table", ["event", "access_event"])
def test_the_number_cannot_be_changed_unseen(federation, browse, table):
    federation.applied()
    browse("officer").get("/inbox")
    assert federation.engine.audit.verify().ok
    with federation.engine.database.unit_of_work() as work:
        work.tx.execute(text(f"UPDATE {table} SET request_id = 'another' WHERE id = 1"))
        work.commit()
    assert not federation.engine.audit.verify().ok


def test_nobody_s_data_get_into_logs_or_metrics(federation, browse, log):
    canary = "金丝雀35060019900101123X"
    task = (federation.started(), federation.first_task("officer"))[1]
    officer = browse("officer")
    page = f"/tasks/{task}"
    html = officer.get(page).get_data(True)
    names = set(re.findall(r'name="([^"]+)"', html)) - {"csrf_token"}
    fields = dict.fromkeys(names | set(FILLED), canary)
    sent = {"csrf_token": token_of(html), **fields}
    for action in (canary, "save", "submit"):
        officer.client.post(page, data={**sent, "_action": action})
    officer.get(f"/cases?q={canary}")
    officer.get(f"/inbox?q={canary}\r\n\x1b[31m")
    officer.get(f"/{canary}")
    officer.client.open("/inbox", method="GET\u2028" + canary)
    officer.client.get("/inbox", headers={"User-Agent": f"x{canary.encode().hex()}"})
    stranger = browse("")
    stranger.sign_in(canary, canary)
    stranger.client.post("/api/v1/tokens", json={"username": canary, "password": canary})
    stranger.client.post("/receipt", data={"code": canary, "name": canary})
    try:
        int(canary)
    except ValueError as error:
        with federation.app.test_request_context("/inbox"):
            log_failure(error)
        logging.getLogger("bangfu.jobs").exception("job %s could not be put back", 1)
        logging.getLogger("some.library").warning("value %r\n is wrong", canary)
        logging.getLogger("some.library").exception("already put in: " + canary)  # noqa: G003
    written = log.getvalue()
    assert canary not in written
    assert "35060019900101123X" not in written
    assert "35060019900101123" not in stranger.text("/metrics")
    found = lines(log)
    assert len(found) > 10
    assert all("event" in one and "timestamp" in one for one in found)
    places = [one["places"] for one in found if one.get("error") == "ValueError"]
    assert len(places) == 3
    assert all("test_watching.py" in place[0] for place in places)
