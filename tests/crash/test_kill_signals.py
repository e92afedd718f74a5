"""A worker killed while it carries a signal from case to case: all hear it, each of them once."""

from collections import Counter
from functools import partial

from sqlalchemy import text

from engine import SYSTEM, Engine, Request
from engine.store.cases import CaseQuestion
from tests.crash.installation import Installation
from tests.crash.leases import run_out
from tests.crash.scale import both_databases
from tests.engine.moving.conftest import form
from tests.engine.moving.test_signals import thrower, waiter
from tests.support.waiting import until

CASES = 80


def on_their_way(engine: Engine) -> int:
    counted = text("SELECT count(*) FROM job WHERE kind = 'signal' AND status <> 'done'")
    return int(engine.ask(lambda tx: tx.execute(counted).scalar_one()))


@both_databases("postgres")
def test_a_signal_reaches_all_cases_though_workers_die(
    installation: Installation, engine: Engine
) -> None:
    for file in (thrower(), waiter(interrupting=False)):
        engine.definitions.deploy(SYSTEM, (file, form("blank", "note")))
    officer = engine.directory.actor_named("officer")
    for n in range(CASES):
        engine.cases.start(officer, Request("waiter", "u1", {}, business_key=f"模拟-{n}"))
    throwing = engine.cases.start(officer, Request("thrower", "u1", {}))
    engine.tasks.complete(officer, throwing.open_task_ids[0], {})
    assert on_their_way(engine) == CASES
    installation.start(webs=0, workers=1)
    for left in (CASES - 5, CASES - 40):
        until(lambda n=left: on_their_way(engine) <= n, "some of them")  # type: ignore[misc]
        installation.kill("worker0", partial(run_out, engine))
    until(lambda: on_their_way(engine) == 0, "the end")
    installation.stop()
    heard: Counter[str] = Counter()
    for case in engine.cases.list(SYSTEM, CaseQuestion(limit=CASES * 2)):
        entries = engine.cases.history(SYSTEM, case.id)
        heard[case.id] += sum(e.detail.get("signal") == "heard" for e in entries)
    assert Counter(heard.values()) == Counter({1: CASES, 0: 1})
    assert [one for one in engine.audit.invariants() if not one.ok] == []
