"""A worker killed with ``kill -9`` while it begins cases of a list: none twice, none missing."""

import time

import psutil
import pytest
from sqlalchemy import text

from engine import SYSTEM, Engine
from engine.model.fan_out import AT_ONCE, FanOut
from engine.model.organisations import Organisation
from engine.store.database import Tx
from engine.store.directory import add_organisations, rebuild_closure
from tests.crash.dying import dies_in_the_middle
from tests.crash.installation import PROCESS, Installation
from tests.crash.leases import run_out
from tests.crash.scale import IS_TORTURE, both_databases, note, times
from tests.support.waiting import WAITED, until

UNIONS = times(AT_ONCE * 3, 100_000)
KILLS = times(1, 8)
KEY = "一会一件-2026"
LONG = WAITED * 6 if IS_TORTURE else WAITED
"""Seconds: a hundred thousand cases take ten minutes on two idle cores, and looking at each more."""


def many_unions(engine: Engine) -> None:
    new = [
        Organisation(
            f"x{n:05}", f"99{n:05}", f"模拟第{n}工会", "grassroots", "grassroots", "xc-t", "xc-t"
        )
        for n in range(UNIONS)
    ]

    def write(tx: Tx) -> None:
        add_organisations(tx, new)
        rebuild_closure(tx, engine.environment.today())

    engine.execute(write)


@pytest.mark.timeout(LONG * 2)
@both_databases("sqlite")
def test_a_list_goes_on_where_it_was_killed(installation: Installation, engine: Engine) -> None:
    many_unions(engine)
    lists = engine.fan_outs
    wanted = {"level": "grassroots", "variables": {"subject": "年度自查"}}
    lists.ask_for(SYSTEM, KEY, PROCESS, "organisations", wanted)

    def found() -> FanOut:
        return lists.of(SYSTEM, KEY)

    def left_whole() -> None:
        # One look: what a dead worker had sent off, a server may commit a moment after its death.
        there = engine.ask(
            lambda tx: tx.execute(
                text("SELECT (SELECT count(*) FROM cases), begun FROM fan_out")
            ).one()
        )
        assert there[0] == there[1], "progress and cases are of one transaction"
        run_out(engine)

    dies_in_the_middle(installation)
    assert (0 < found().done < UNIONS, found().ended_at) == (True, None)
    left_whole()
    installation.start(webs=0, workers=1)
    began, memory = time.monotonic(), []
    for kill in range(1, KILLS + 1):
        part = max(AT_ONCE * 2, UNIONS * kill // (KILLS + 1))
        until(lambda part=part: found().done >= part, f"{part} of them", waited=LONG)
        memory.append(_megabytes(installation))
        installation.kill("worker0", left_whole)
    until(lambda: found().ended_at is not None, "the end", waited=LONG)
    lasted, end = time.monotonic() - began, found()
    memory.append(_megabytes(installation))
    unions = UNIONS + 3  # and those of the federation
    assert (end.begun, end.refused, end.done, end.total) == (unions, 0, unions, unions)
    keys = engine.ask(
        lambda tx: tx.execute(
            text("SELECT count(*), count(DISTINCT business_key) FROM cases")
        ).one()
    )
    assert tuple(keys) == (end.begun, end.begun)
    assert {i.id for i in engine.audit.invariants() if not i.ok} == set()
    assert engine.audit.verify().ok
    note(
        "kill -9 while cases of a list begin",
        installation.url,
        kills=KILLS + 1,
        cases=end.begun,
        seconds=round(lasted),
        megabytes=" ".join(map(str, memory)),
    )


def _megabytes(installation: Installation) -> int:
    """What the worker has in memory."""
    worker = psutil.Process(installation.processes["worker0"].pid)
    return round(worker.memory_info().rss / 1_000_000)
