"""A worker killed while cases begin others and tell them: each has one, each hears once."""

from collections import Counter
from functools import partial

from sqlalchemy import text

from engine import SYSTEM, Engine, Request
from engine.store.cases import CaseQuestion
from tests.crash.installation import Installation
from tests.crash.leases import run_out
from tests.crash.scale import both_databases
from tests.engine.moving.conftest import drawn, form, step
from tests.engine.moving.test_fan_out import BEGIN, given
from tests.engine.moving.test_linked_cases import ASYNC, hears, tells
from tests.support.waiting import until
from tests.unit.runtime.kit import end, line, message, service

CASES = 40


def files() -> list[object]:
    asks = {"process": '="child"', "kind": "下一件", "variables": "={who: who}"}
    body = BEGIN + service("ask", "cases.begin", asks, {}, ASYNC) + hears("heard", "m")
    body += step("told") + end() + line("S", "ask", "heard", "told", "E")
    parent = drawn("parent", {"officer": "told"}, body, message("m", "result", "=case.id"))
    body = BEGIN + tells("tell", "result") + end() + line("S", "tell", "E")
    return [drawn("child", {"officer": "S tell E"}, body), parent, given(), form("blank", "note")]


def not_done(engine: Engine) -> int:
    counted = text("SELECT count(*) FROM job WHERE status <> 'done'")
    return int(engine.ask(lambda tx: tx.execute(counted).scalar_one()))


def ended(engine: Engine) -> int:
    counted = text("SELECT count(*) FROM cases WHERE ended_at IS NOT NULL")
    return int(engine.ask(lambda tx: tx.execute(counted).scalar_one()))


@both_databases("postgres")
def test_linked_cases_are_begun_and_told_once_though_workers_die(
    installation: Installation, engine: Engine
) -> None:
    engine.definitions.deploy(SYSTEM, files())
    officer = engine.directory.actor_named("officer")
    for n in range(CASES):
        engine.cases.start(officer, Request("parent", "u1", {"who": f"模拟{n}"}))
    installation.start(webs=0, workers=1)
    for done in (3, CASES // 2):
        until(lambda n=done: ended(engine) >= n, "some of them")  # type: ignore[misc]
        installation.kill("worker0", partial(run_out, engine))
    until(lambda: ended(engine) == CASES and not_done(engine) == 0, "the end")
    installation.stop()
    found = engine.cases.list(SYSTEM, CaseQuestion(process_key="parent", limit=CASES * 2))
    heard: Counter[int] = Counter()
    for case in found:
        assert len(engine.cases.view(SYSTEM, case.id).related) == 1
        entries = engine.cases.history(SYSTEM, case.id)
        heard[sum(one.detail.get("name") == "result" for one in entries)] += 1
    assert heard == Counter({1: CASES})
    assert [one for one in engine.audit.invariants() if not one.ok] == []
    assert engine.audit.verify().ok
