"""A loading that was killed is finished by the next call: nothing twice, nothing missing."""

import dataclasses
import itertools
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from engine import SYSTEM
from engine.api.cases import Cases
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


BEGUN = 4
KILLED = "import sys; from tests.demo.test_interrupted import killed_in; killed_in(sys.argv[1])"


def load_in(data: str):
    """Load the example's cases."""
    settings = Settings.from_environ({"BANGFU_DEMO": "1", "BANGFU_DATA": data})
    return settings, load_demo(settings, EXAMPLE, lambda _: None)


def killed_in(data: str) -> None:
    """Load them and die with kill -9 as the next case is begun, not at some time."""
    start, begun = Cases.start, itertools.count()

    def start_or_die(*words, **named):
        if next(begun) == BEGUN:
            os.kill(os.getpid(), signal.SIGKILL)
        return start(*words, **named)

    Cases.start = start_or_die
    load_in(data)


def rows_in(path: Path, table: str) -> int:
    with closing(sqlite3.connect(path)) as database:
        return database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def test_a_killed_loading_is_finished_by_the_next(tmp_path):
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert len(EXAMPLE.plans()) > BEGUN
    assert rows_in(tmp_path / "bangfu.db", "cases") == BEGUN
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
