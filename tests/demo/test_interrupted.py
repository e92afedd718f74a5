"""A loading that was killed is finished by the next call: nothing twice, nothing missing."""

import dataclasses
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from engine import SYSTEM
from engine.store.cases import CaseQuestion
from tests.demo.conftest import ROOT, SMALL
from webapp.demo.loading import load_demo
from webapp.opening import opened
from webapp.settings import Settings

EXAMPLE = dataclasses.replace(
    SMALL,
    content=dataclasses.replace(
        SMALL.content,
        processes=(SMALL.content.example,),
        plans=tuple(p for p in SMALL.content.plans if p.process == SMALL.content.example),
        # money goes through processes that are not here
        rounds=tuple(r for r in SMALL.content.rounds if r.kind not in {"batch", "transfer"}),
    ),
)


LOAD = "import sys; from tests.demo.test_interrupted import load_in; load_in(sys.argv[1])"


def load_in(data: str):
    """Load the example's cases; also what the process that is killed runs."""
    settings = Settings.from_environ({"BANGFU_DEMO": "1", "BANGFU_DATA": data})
    return settings, load_demo(settings, EXAMPLE, lambda _: None)


def rows_in(path: Path, table: str) -> int:
    if not path.exists():
        return 0
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        try:
            return database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        except sqlite3.OperationalError:
            return 0


def test_a_killed_loading_is_finished_by_the_next(tmp_path):
    killed = subprocess.Popen([sys.executable, "-c", LOAD, str(tmp_path)], cwd=ROOT)
    while killed.poll() is None and rows_in(tmp_path / "bangfu.db", "cases") < 4:
        time.sleep(0.01)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert 4 <= rows_in(tmp_path / "bangfu.db", "cases") < len(EXAMPLE.plans())
    assert 0 < rows_in(tmp_path / "bangfu.db", "household") < EXAMPLE.files()

    settings, loaded = load_in(str(tmp_path))
    assert loaded.faults == ()
    with opened(settings) as installation:
        cases = installation.engine.cases.list(SYSTEM, CaseQuestion(limit=1000))
        keys = [case.business_key for case in cases]
        assert sorted(keys) == [f"模拟-{n:04}" for n in range(1, len(EXAMPLE.plans()) + 1)]
        assert all(one.ok for one in installation.engine.audit.invariants())
        assert any(case.status == "completed" for case in cases)
        on_file = installation.registry.households(SYSTEM, limit=1).counts
        assert sum(on_file.values()) == EXAMPLE.files()
