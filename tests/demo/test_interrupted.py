"""A loading that was killed is finished by the next call: nothing twice, nothing missing."""

import dataclasses
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path

import pytest

from engine import SYSTEM
from engine.api.tasks import Tasks
from engine.errors import Broken
from engine.model.calendar import WorkCalendar
from engine.store.cases import CaseQuestion
from tests.demo.conftest import ROOT, SMALL
from webapp.demo.loading import load_demo
from webapp.demo.planned import DAYS_LOOKED_AT
from webapp.demo.script import county_of, the_federation, write_script
from webapp.demo.second import SecondPlayer
from webapp.demo.working_time import WorkingTime
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


KILLED = "import sys; from tests.demo.test_interrupted import killed_in; killed_in(sys.argv[1])"


def load_in(data: str):
    """Load the example's cases."""
    settings = Settings.from_environ({"BANGFU_DEMO": "1", "BANGFU_DATA": data})
    return settings, load_demo(settings, EXAMPLE, lambda _: None)


def killed_in(data: str) -> None:
    """Load them and die with kill -9 as the first step is completed, not at some time."""

    def die(*_words, **_named):
        os.kill(os.getpid(), signal.SIGKILL)

    Tasks.complete = die
    load_in(data)


def rows_in(path: Path, table: str) -> int:
    with closing(sqlite3.connect(path)) as database:
        return database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def test_a_killed_loading_is_finished_by_the_next(tmp_path):
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    begun = rows_in(tmp_path / "bangfu.db", "cases")
    assert 1 <= begun < len(EXAMPLE.plans())  # the second player may have begun some too
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


def test_a_second_player_that_dies_is_told_and_the_next_call_finishes(tmp_path, monkeypatch):
    begin = SecondPlayer.begin

    def begin_and_kill(second, until):
        begin(second, until)
        os.kill(second.pid, signal.SIGKILL)

    monkeypatch.setattr(SecondPlayer, "begin", begin_and_kill)
    with pytest.raises(Broken, match="再运行一次"):
        load_in(str(tmp_path))
    monkeypatch.undo()
    _, loaded = load_in(str(tmp_path))
    assert loaded.faults == ()
    assert rows_in(tmp_path / "bangfu.db", "cases") == len(EXAMPLE.plans())


def test_the_script_is_the_same_in_both_players_and_no_county_is_in_both_halves():
    day, now = date(2026, 3, 2), datetime(2026, 3, 2, 8, tzinfo=UTC)
    line = WorkingTime(now, DAYS_LOOKED_AT, WorkCalendar({}))
    federation = the_federation()
    one, other = (write_script(SMALL, federation, day, line) for _ in range(2))
    assert one.cases == other.cases
    assert list(islice(one.files, 3)) == list(islice(other.files, 3))
    counties = [{county_of(federation, case) for case in half} for half in one.halves]
    assert counties[0].isdisjoint(counties[1])
    assert min(len(half) for half in one.halves) > len(one.cases) / 3
