"""A database that crashes, hangs up, stands still or is locked while people work.

Requests end in time and in words, never with a success that is none; web and worker heal by
themselves (docs/reliability.md).
"""

import os
import signal
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.crash.installation import (
    A_DAY_A_SECOND,
    PASSWORD,
    PROCESS,
    Installation,
    prepare,
)
from tests.crash.load import Load
from tests.crash.scale import note, times
from tests.support.postgres import PostgresMissing, PostgresServer, new_folder
from tests.support.waiting import WAITED

ENDS_WITHIN = 33
"""Seconds that the database may keep a request waiting at most, whatever it does."""

HEALED_WITHIN = 30

A_BUSY_MACHINE = 30
"""Seconds more for any answer, when the machine has something else to do."""

ITS_WORK = 20
"""Times what an answer takes while all is well: the rest of a request, on a busy machine too."""


@pytest.fixture(scope="module")
def on_postgres(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[PostgresServer, Installation]]:
    """One installation for all these tests: each leaves it as it must be left."""
    server, data = PostgresServer(new_folder()), tmp_path_factory.mktemp("stalls")
    try:
        server.ensure_started()
        url = server.url(server.create_database())
        prepare(url, data, PROCESS)
        installation = Installation(url, data, clock_speed=A_DAY_A_SECOND)
        installation.start(webs=1, workers=1)
        yield server, installation
        installation.stop()
    except PostgresMissing as missing:
        pytest.skip(str(missing))
    finally:
        server.remove()


def healed(installation: Installation) -> float:
    """Seconds until the web answers again."""
    began = time.monotonic()
    installation.wait_ready(installation.ports[0])
    return time.monotonic() - began


@pytest.mark.postgres
def test_the_database_crashes_and_comes_back(
    on_postgres: tuple[PostgresServer, Installation],
) -> None:
    server, installation = on_postgres
    slowest, rounds = 0.0, times(2, 50)
    work = work_of(installation, token_of(installation))
    with Load(installation, "crashed") as load:
        for _ in range(rounds):
            load.more(2)
            server.stop("immediate")
            server.start()
            slowest = max(slowest, healed(installation))
    load.judge()
    assert slowest < HEALED_WITHIN + work
    note("immediate stop and start", installation.url, rounds=rounds, slowest=round(slowest, 1))


@pytest.mark.postgres
def test_every_connection_is_ended(on_postgres: tuple[PostgresServer, Installation]) -> None:
    server, installation = on_postgres
    address = server.url("postgres").replace("postgresql+psycopg://", "postgresql://", 1)
    ended, rounds = 0, times(3, 100)
    with Load(installation, "hung-up") as load, psycopg.connect(address, autocommit=True) as beside:
        for _ in range(rounds):
            load.more(1)
            gone = beside.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname IS NOT NULL AND pid <> pg_backend_pid()"
            ).fetchone()
            ended += 0 if gone is None else gone[0]
    load.judge()
    assert ended >= rounds
    note("pg_terminate_backend", installation.url, rounds=rounds, connections=ended)


@contextmanager
def stopped(server: PostgresServer) -> Iterator[None]:
    """The server and its backends stand still; first the one that would begin more of them."""
    main = int((server.folder / "data/postmaster.pid").read_text().splitlines()[0])
    os.kill(main, signal.SIGSTOP)
    children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
    pids = [*map(int, children), main]
    try:
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def asked_at_once(calls: list[Callable[[], httpx.Response]]) -> list[tuple[int, str, float]]:
    """(status, text, seconds) of requests sent at the same time."""
    answers: list[tuple[int, str, float]] = []

    def ask(call: Callable[[], httpx.Response]) -> None:
        began = time.monotonic()
        answer = call()
        answers.append((answer.status_code, answer.text, time.monotonic() - began))

    threads = [threading.Thread(target=ask, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def calls_to(installation: Installation, token: str) -> list[Callable[[], httpx.Response]]:
    """A question, a deed and a page."""
    site = f"http://127.0.0.1:{installation.ports[0]}"
    as_officer = {"Authorization": f"Bearer {token}"}
    body = {
        "definition_key": PROCESS,
        "jurisdiction": "u1",
        "business_key": "begun-in-vain",
        "data": {"subject": "添置安全帽"},
    }
    return [
        lambda: httpx.get(f"{site}/api/v1/tasks", headers=as_officer, timeout=WAITED),
        lambda: httpx.post(
            f"{site}/api/v1/process-instances",
            json=body,
            headers={**as_officer, "Idempotency-Key": "begun-in-vain"},
            timeout=WAITED,
        ),
        lambda: httpx.post(
            f"{site}/api/v1/tokens",
            json={"username": "reviewer", "password": PASSWORD},
            timeout=WAITED,
        ),
        lambda: httpx.get(f"{site}/inbox", cookies={"session": token}, timeout=WAITED),
        lambda: httpx.get(f"{site}/readyz", timeout=WAITED),
    ]


def work_of(installation: Installation, token: str) -> float:
    """Seconds to be added to every limit: the work of an answer, as slow as this machine is now."""
    question, _deed, *more = calls_to(installation, token)
    answers = asked_at_once([question, *more])
    return A_BUSY_MACHINE + ITS_WORK * max(seconds for _, _, seconds in answers)


def token_of(installation: Installation) -> str:
    answer = httpx.post(
        f"http://127.0.0.1:{installation.ports[0]}/api/v1/tokens",
        json={"username": "officer", "password": PASSWORD},
        timeout=WAITED,
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["token"])


def check_answers(answers: list[tuple[int, str, float]], work: float) -> float:
    """All refused in time and in words; the longest."""
    assert [status for status, _, _ in answers] == [503] * 5, answers
    assert all("Traceback" not in said for _, said, _ in answers)
    assert sum("请稍后再试" in said for _, said, _ in answers) >= 4, answers
    longest = max(seconds for _, _, seconds in answers)
    assert longest < ENDS_WITHIN + work
    return longest


@pytest.mark.postgres
def test_the_database_stands_still(on_postgres: tuple[PostgresServer, Installation]) -> None:
    server, installation = on_postgres
    longest, rounds = 0.0, times(1, 10)
    token = token_of(installation)
    work = work_of(installation, token)
    with Load(installation, "stopped") as load:
        for _ in range(rounds):
            load.more(1)
            with stopped(server):
                answers = asked_at_once(calls_to(installation, token))
                longest = max(longest, check_answers(answers, work))
            assert healed(installation) < HEALED_WITHIN + work
    load.judge(and_also=("begun-in-vain",))
    note("the server stands still", installation.url, rounds=rounds, longest=round(longest, 1))


@pytest.mark.postgres
def test_one_who_stopped_with_a_lock_keeps_nobody_for_ever(
    on_postgres: tuple[PostgresServer, Installation],
) -> None:
    _, installation = on_postgres
    token = token_of(installation)
    work = work_of(installation, token)
    address = installation.url.replace("postgresql+psycopg://", "postgresql://", 1)
    _, start, *_ = calls_to(installation, token)
    with psycopg.connect(address) as holder:
        holder.execute("LOCK TABLE cases IN EXCLUSIVE MODE")
        ((status, said, seconds),) = asked_at_once([start])
        assert (status, seconds < ENDS_WITHIN + work) == (503, True), said
        assert "没有提交" in said
        holder.rollback()
    assert start().status_code == 201


def test_a_writer_that_holds_sqlite_s_lock(sqlite_url: str, tmp_path: Path) -> None:
    prepare(sqlite_url, tmp_path, PROCESS)
    installation = Installation(sqlite_url, tmp_path, clock_speed=1)
    try:
        installation.start(webs=1, workers=1)
        token = token_of(installation)
        work = work_of(installation, token)
        question, start, *_ = calls_to(installation, token)
        # another program at the file itself
        beside = sqlite3.connect(tmp_path / "bangfu.db", isolation_level=None, timeout=60)
        beside.execute("BEGIN IMMEDIATE")
        answers = asked_at_once([start, question, start])
        beside.execute("ROLLBACK")
        beside.close()
        _judge_locked(answers, work)
        # one of our own that stopped while it wrote
        with held(tmp_path / "bangfu.db.lock"):
            answers = asked_at_once([start, question, start])
        _judge_locked(answers, work)
        assert start().status_code == 201
        assert healed(installation) < HEALED_WITHIN + work
        checked = installation.command("invariants", "--json")
        assert isinstance(checked, dict)
        assert checked["ok"], checked
    finally:
        installation.stop()
    note("another holds the lock", sqlite_url, longest=round(max(s for *_, s in answers), 1))


def _judge_locked(answers: list[tuple[int, str, float]], work: float) -> None:
    """Who reads is answered; who writes is refused in words and in time."""
    found = Counter(status for status, _, _ in answers)
    assert found == {503: 2, 200: 1}, answers
    assert all("没有提交" in said for status, said, _ in answers if status == 503)
    assert max(seconds for *_, seconds in answers) < ENDS_WITHIN + work


@contextmanager
def held(lock: Path) -> Iterator[None]:
    import fcntl

    with lock.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
