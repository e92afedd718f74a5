"""Nothing acknowledged is lost or doubled when processes die in the middle (reliability, I1-I9)."""

import random
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.crash.installation import PROCESS, Installation, prepare
from tests.crash.load import Load
from tests.crash.scale import note, times
from tests.support.postgres import PostgresServer

KILLS = times(6, 200)


def test_kill_9_on_sqlite(sqlite_url: str, tmp_path: Path) -> None:
    prepare(sqlite_url, tmp_path, PROCESS)
    _run(Installation(sqlite_url, tmp_path), webs=1, workers=1)


@pytest.mark.postgres
def test_kill_9_on_postgresql(own_postgres_server: PostgresServer, tmp_path: Path) -> None:
    url = own_postgres_server.url(own_postgres_server.create_database())
    prepare(url, tmp_path, PROCESS)
    _run(Installation(url, tmp_path), webs=2, workers=2)


def _run(installation: Installation, *, webs: int, workers: int) -> None:
    chance, killed = random.Random(20261124), Counter[str]()
    began = time.monotonic()
    try:
        installation.start(webs=webs, workers=workers)
        with Load(installation) as load:
            for _ in range(KILLS):
                time.sleep(chance.uniform(0.05, 0.8))
                name = chance.choice(sorted(installation.processes))
                installation.kill(name)
                killed[name] += 1
                if chance.random() < 0.7:  # else the next one hits it while it starts
                    for port in installation.ports:
                        installation.wait_ready(port)
                    load.more(1)
        load.judge()
    finally:
        installation.stop()
    cases = sum(len(client.noted.cases) for client in load.clients)
    note(
        "kill -9 at random under load",
        installation.url,
        **killed,
        kills=killed.total(),
        cases=cases,
        completed=load.completed,
        seconds=round(time.monotonic() - began),
    )
