"""Nothing acknowledged is lost or doubled when processes die in the middle (reliability, I1-I9).

``BANGFU_TEST_CRASH_CASES`` and ``BANGFU_TEST_CRASH_KILLS`` make it as long as one likes.
"""

import os
import random
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from engine import SYSTEM, Options, open_engine
from engine.model.cases import EventKind
from engine.store.cases import CaseQuestion
from tests.crash.clients import Client, Noted, Plan
from tests.crash.installation import KEY, ROOT, Installation, prepare
from tests.support.postgres import PostgresServer

CASES = int(os.environ.get("BANGFU_TEST_CRASH_CASES", "24"))
KILLS = int(os.environ.get("BANGFU_TEST_CRASH_KILLS", "6"))
CLIENTS = 4
USERS = {
    "officer": "officer",
    "county_reviewer": "reviewer",
    "county_approver": "approver",
    "data_entry": "entry",
}
PROCESS = "example_request"


def _drive_and_kill(installation: Installation) -> tuple[list[Noted], int]:
    plan = Plan.of_scenario(ROOT / "processes" / PROCESS, "passes")
    keys = [f"case-number-{n:05d}" for n in range(CASES)]
    lock = threading.Lock()
    clients = [Client(installation.ports, plan, USERS) for _ in range(CLIENTS)]
    threads = [threading.Thread(target=c.run, args=(keys, lock)) for c in clients]
    for thread in threads:
        thread.start()
    chance = random.Random(20261124)
    kills = 0
    while any(thread.is_alive() for thread in threads):
        time.sleep(chance.uniform(0.3, 1.2))
        if kills < KILLS:
            installation.kill(chance.choice(sorted(installation.processes)))
            kills += 1
    for thread in threads:
        thread.join()
    return [client.noted for client in clients], kills


def _judge(url: str, data: Path, all_noted: list[Noted]) -> None:
    """Compare what clients were told with what the database holds."""
    assert [fault for noted in all_noted for fault in noted.faults] == []
    acknowledged = {key: case for noted in all_noted for key, case in noted.cases.items()}
    completed = {task for noted in all_noted for task in noted.completed}
    engine = open_engine(url, key=KEY, options=Options(data_dir=data))
    try:
        stored = engine.cases.list(SYSTEM, CaseQuestion(limit=CASES * 2))
        assert {c.business_key: c.id for c in stored} == acknowledged
        assert len(stored) == len(acknowledged) == CASES
        assert {c.status for c in stored} == {"completed"}
        done: Counter[str] = Counter()
        for case in stored:
            for entry in engine.cases.history(SYSTEM, case.id):
                if entry.kind is EventKind.TASK_COMPLETED:
                    done[entry.task_id or ""] += 1
        assert set(done.values()) == {1}
        assert set(done) == completed
    finally:
        engine.close()


@pytest.mark.serial
def test_kill_9_on_sqlite(sqlite_url: str, tmp_path: Path) -> None:
    prepare(sqlite_url, tmp_path, PROCESS)
    installation = Installation(sqlite_url, tmp_path)
    _run(installation, webs=1, workers=1)


@pytest.mark.serial
@pytest.mark.postgres
def test_kill_9_on_postgresql(own_postgres_server: PostgresServer, tmp_path: Path) -> None:
    url = own_postgres_server.url(own_postgres_server.create_database())
    prepare(url, tmp_path, PROCESS)
    _run(Installation(url, tmp_path), webs=2, workers=2)


def _run(installation: Installation, *, webs: int, workers: int) -> None:
    try:
        installation.start(webs=webs, workers=workers)
        noted, kills = _drive_and_kill(installation)
        assert kills == KILLS
        checked = installation.command("invariants", "--json")
        assert isinstance(checked, dict | list)
        verdict = installation.command("audit", "verify", "--json")
    finally:
        installation.stop()
    assert isinstance(verdict, dict)
    assert verdict["ok"], verdict
    _judge(installation.url, installation.data, noted)
