"""Several people do the items of one list at once while processes die: each counts, once."""

import random
import threading
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from engine import SYSTEM, Options, open_engine
from engine.model.cases import EventKind
from tests.crash.clients import Client, Plan
from tests.crash.installation import KEY, ROOT, Installation, prepare
from tests.crash.scale import times
from tests.support.postgres import PostgresServer
from tests.support.waiting import WAITED

KILLS = times(2, 10)
HOMES = 8
PLAN = Plan(
    "visits",
    {
        "subject": "模拟走访",
        "homes": [{"name": f"模拟{c}", "address": "一号楼"} for c in "甲乙丙丁戊己庚辛"],
    },
    {
        "visit": {"met": "本人", "found": "情况属实", "need": 100},
        "check": {"verdict": "agree", "opinion": "属实"},
        "sum": {"summary": "好"},
    },
)
PAIRS = (("officer", "reviewer"), ("officer2", "reviewer2"), ("officer", "reviewer3"))
LATE = (404, 409, 412)
"""Somebody else was first."""


class Together(Client):
    """Does whatever is open in cases that others work on as well."""

    def __init__(self, ports: list[int], users: Mapping[str, str], name: str) -> None:
        super().__init__(ports, PLAN, users)
        self.name = name
        self.chance = random.Random(name)

    def work_on(self, case_ids: list[str]) -> None:
        try:
            for case_id in case_ids:
                end = time.monotonic() + WAITED
                while not self._is_over(case_id):
                    assert time.monotonic() < end, f"case {case_id} did not end"
                    self._do_some(case_id)
        except Exception as error:  # noqa: BLE001
            self.noted.faults.append(repr(error))
        finally:
            self.http.close()

    def _is_over(self, case_id: str) -> bool:
        answer = self._send("supervisor", "GET", f"/process-instances/{case_id}").json()
        return bool(answer["state"] == "completed")

    def _do_some(self, case_id: str) -> None:
        query = f"/tasks?state=open&instance_id={case_id}"
        items = self._send("supervisor", "GET", query).json()["items"]
        self.chance.shuffle(items)
        for task in items[:3]:
            who = self.users[task["role"]]
            seen = self._send(who, "GET", f"/tasks/{task['id']}")
            if seen.status_code in LATE:
                continue
            key = f"do-{task['id']}-{self.name}"
            done = self._send(
                who,
                "POST",
                f"/tasks/{task['id']}/complete",
                {"data": PLAN.steps[task["element_id"]]},
                {"If-Match": seen.headers["ETag"], "Idempotency-Key": key},
            )
            if done.status_code == 200:
                self.noted.completed[task["id"]] = key
            else:
                assert done.status_code in LATE, done.text


def _run(installation: Installation, *, webs: int) -> None:
    try:
        installation.start(webs=webs, workers=1)
        case_ids, clients = _drive_and_kill(installation)
        installation.command("invariants", "--json")
        verdict = installation.command("audit", "verify", "--json")
    finally:
        installation.stop()
    assert isinstance(verdict, dict)
    assert verdict["ok"], verdict
    assert [fault for client in clients for fault in client.noted.faults] == []
    acknowledged = Counter(task for client in clients for task in client.noted.completed)
    assert set(acknowledged.values()) == {1}
    engine = open_engine(installation.url, key=KEY, options=Options(data_dir=installation.data))
    try:
        for case_id in case_ids:
            rows = engine.cases.history(SYSTEM, case_id)
            done = Counter(r.task_id for r in rows if r.kind is EventKind.TASK_COMPLETED)
            assert set(done.values()) == {1}
            at = Counter(r.element_id for r in rows if r.kind is EventKind.TASK_CREATED)
            assert at == {"visit": HOMES, "check": HOMES, "sum": 1}
            assert done.keys() <= acknowledged.keys()
    finally:
        engine.close()


def _drive_and_kill(installation: Installation) -> tuple[list[str], list[Together]]:
    clients = [
        Together(installation.ports, {"officer": one, "county_reviewer": other}, f"c{number}")
        for number, (one, other) in enumerate(PAIRS)
    ]
    case_ids = []
    for key in ("one-case-of-homes",):
        body = {
            "definition_key": "visits",
            "jurisdiction": "u1",
            "business_key": key,
            "data": PLAN.start,
        }
        started = clients[0]._send(
            "officer", "POST", "/process-instances", body, {"Idempotency-Key": key}
        )
        assert started.status_code == 201, started.text
        case_ids.append(str(started.json()["id"]))
    threads = [threading.Thread(target=c.work_on, args=(case_ids,)) for c in clients]
    for thread in threads:
        thread.start()
    chance = random.Random(20261128)
    kills = 0
    while any(thread.is_alive() for thread in threads):
        time.sleep(chance.uniform(0.3, 1.2))
        if kills < KILLS:
            installation.kill(chance.choice(sorted(installation.processes)))
            kills += 1
    for thread in threads:
        thread.join()
    assert kills
    return case_ids, clients


def test_items_done_together_survive_kill_9_on_sqlite(sqlite_url: str, tmp_path: Path) -> None:
    prepare(sqlite_url, tmp_path, "visits", ROOT / "tests/support/visits")
    _run(Installation(sqlite_url, tmp_path), webs=1)


@pytest.mark.postgres
def test_items_done_together_survive_kill_9_on_postgresql(
    own_postgres_server: PostgresServer, tmp_path: Path
) -> None:
    url = own_postgres_server.url(own_postgres_server.create_database())
    prepare(url, tmp_path, "visits", ROOT / "tests/support/visits")
    _run(Installation(url, tmp_path), webs=2)
