"""Many cases begun from a list: each the case a single start makes, none twice, none missing."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, cast

import orjson
import pytest
from sqlalchemy import text

from engine import SYSTEM, Engine, Options, Request
from engine.errors import Busy, Conflict, Invalid, LeaseLost, NotFound, NotPermitted
from engine.jobs.executor import Pace
from engine.model.cases import CaseStatus
from engine.model.definitions import SourceFile
from engine.model.errands import ErrandStatus, Interrupted
from engine.model.fan_out import Children, Line
from engine.model.operations import OperationContext
from engine.store import fan_outs as stored
from engine.store.database import Tx, savepoint
from engine.work.fan_out import Moulds
from tests.engine.moving.conftest import Outputs, Workshop, drawn, step
from tests.unit.runtime.kit import (
    boundary,
    end,
    ext,
    flow,
    io,
    line,
    message,
    node,
    props,
    receives,
    script,
    service,
    start,
    timer,
    z,
)

AT_ONCE = 20
"""A batch in these tests, where nobody waits for 500 cases."""

UNITS = ("u1", "u2", "lw-u")
TABLES = ("cases", "task", "event", "job", "subscription", "case_attribute", "milestone")
OWN = {"id", "number", "hash", "chain_head", "data_key", "fan_out_id"}
"""Columns that differ from one case to the next by their nature."""


def lines(how_many: int, *, units: Sequence[str] = UNITS, after: int = 0) -> list[Line]:
    return [
        Line(f"h{n:05}", units[n % len(units)], {"subject": f"慰问 {n}"})
        for n in range(after, after + how_many)
    ]


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.api.fan_outs.AT_ONCE", AT_ONCE)


# The same cases -----------------------------------------------------------------------------


def given(name: str = "given") -> SourceFile:
    """What a case begins with: the start form says it, though nobody sees it."""
    kinds = {"who": "textfield", "rich": "checkbox", "poor": "checkbox"}
    found = {"who": {"attribute": "search"}}
    fields = [
        {"type": kind, "id": f"F_{key}", "key": key, "label": key, "properties": found.get(key, {})}
        for key, kind in kinds.items()
    ]
    content = {"id": name, "type": "default", "schemaVersion": 16, "components": fields}
    return SourceFile(f"{name}.form", json.dumps(content).encode())


BEGIN = node("startEvent", "S", ext(z("formDefinition", formId="given")))


def small() -> SourceFile:
    """A choice, a step with a limit, a timer and messages around it; another one without."""
    body = BEGIN + node("exclusiveGateway", "G", default="G_plain")
    body += flow("S", "G") + flow("G", "urgent", "=rich = true") + flow("G", "plain")
    body += step("urgent", deadline="3wd", milestone="accepted")
    body += step("plain", deadline='=if poor then "5wd" else null')
    body += boundary("late", "urgent", timer("timeDuration", "5wd"), interrupting=False)
    heard = ext(io(None, {"heard": "=text"})) + receives("message")
    body += boundary("left", "plain", heard)
    body += end() + end("F") + end("L")
    body += line("urgent", "E") + line("plain", "E") + line("late", "L") + line("left", "F")
    return drawn(
        "small",
        {"county_reviewer": "urgent plain"},
        body,
        message("message", "left", "=who"),
        title='="慰问 " + who',
        totalLimit="30wd",
        startsFrom="campaign",
    )


def rows_of(shop: Workshop, case_id: str) -> dict[str, list[dict[str, Any]]]:
    """Everything of a case, opened, with its id and its tokens by plain names."""
    vault = shop.engine.environment.vault
    found = {}
    with shop.engine.database.read() as tx:
        for table in TABLES:
            key = "id" if table == "cases" else "case_id"
            order = {"cases": "id", "milestone": "name", "case_attribute": "name"}
            query = f"SELECT * FROM {table} WHERE {key} = :id ORDER BY {order.get(table, 'id')}"
            found[table] = [dict(r) for r in tx.execute(text(query), {"id": case_id}).mappings()]
    (case,) = found["cases"]
    sealed = vault.case(case_id, case["data_key"])
    state = sealed.open(case["state"], "state", 0)
    head = int.from_bytes(state[:4], "big")
    document = orjson.loads(state[4 + head :])
    tokens = [row[0] for _, rows in document["parts"] for row in rows]
    case["state"] = [orjson.loads(state[4 : 4 + head]), document]
    for event in found["event"]:
        event["payload"] = sealed.open_json(event["payload"], "event", event["number"])
    for table, rows in found.items():
        for row in rows:
            for column in (
                OWN
                if table in ("cases", "event")
                else {"id"} - set(row["id"] if table == "task" else ())
            ):
                row.pop(column, None)
    told = orjson.dumps(found, default=str).decode().replace(case_id, "CASE")
    for n, token in enumerate(dict.fromkeys(tokens)):
        told = told.replace(token, f"token{n}")
    plain: dict[str, list[dict[str, Any]]] = orjson.loads(told)
    return plain


def case_of(shop: Workshop, key: str, business_key: str) -> str:
    ((case_id,),) = shop.rows(
        "SELECT cases.id FROM cases JOIN fan_out ON fan_out.id = cases.fan_out_id "
        "WHERE fan_out.key = :key AND business_key = :business_key",
        key=key,
        business_key=business_key,
    )
    return str(case_id)


SMALL: Sequence[Mapping[str, object]] = (
    {"rich": True, "who": "张模拟", "poor": False},
    {"rich": True, "who": "李模拟", "poor": True},
    {"rich": False, "who": "王模拟", "poor": True},
    {"rich": False, "who": "赵模拟", "poor": False},
    {"rich": False, "who": "", "poor": False},  # no key to wait with: an incident
    {"who": "钱模拟"},
    {"rich": True, "who": "孙模拟", "poor": False},
)


def test_each_case_is_the_one_that_a_single_start_makes(shop: Workshop) -> None:
    shop.put(small(), given())
    made = [Line(f"k{n}", "u1", data) for n, data in enumerate(SMALL)]
    found = shop.engine.fan_outs.begin(SYSTEM, "same", "small", made)
    assert (found.begun, found.refused) == (len(SMALL), 0)
    for one in made:
        request = Request("small", "u1", one.variables, one.business_key, origin="campaign")
        alone = shop.engine.cases.start(SYSTEM, request).case_id
        assert rows_of(shop, case_of(shop, "same", one.business_key)) == rows_of(shop, alone)
    assert shop.broken() == {}
    assert shop.engine.audit.verify().ok


def test_a_case_with_a_start_form_is_the_same_too_and_goes_on(shop: Workshop) -> None:
    shop.deploy("example_request")
    officer = shop.actor("officer")
    made = lines(3, units=("u1",))
    shop.engine.fan_outs.begin(officer, "forms", "example_request", made)
    for one in made:
        request = Request("example_request", "u1", one.variables, one.business_key)
        alone = shop.engine.cases.start(officer, request).case_id
        assert rows_of(shop, case_of(shop, "forms", one.business_key)) == rows_of(shop, alone)
    case_id = case_of(shop, "forms", "h00001")
    case = shop.engine.cases.view(officer, case_id).case
    assert (case.title, case.started_by) == ("慰问 1", "p-officer")
    assert shop.waiting(case_id) == ["apply"]
    numbers = [n for (n,) in shop.rows("SELECT number FROM cases")]
    assert len(set(numbers)) == len(numbers) == 6
    with pytest.raises(NotFound):
        shop.engine.cases.view(shop.actor("far_officer"), case_id)
    assert shop.broken() == {}


def test_steps_alike_are_run_once_a_batch(shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    stamped: list[Moulds] = []
    keep = Moulds.__init__
    monkeypatch.setattr(Moulds, "__init__", lambda self: (keep(self), stamped.append(self))[0])
    shop.deploy("example_request")
    shop.engine.fan_outs.begin(SYSTEM, "a", "example_request", lines(3))  # makes the queues
    shop.engine.fan_outs.begin(SYSTEM, "b", "example_request", lines(AT_ONCE + 10))
    assert [one.stamped for one in stamped[-2:]] == [AT_ONCE - 1, 9]


def test_what_calls_an_operation_on_its_way_is_begun_by_itself(shop: Workshop) -> None:
    body = BEGIN + service("record", "echo", {"said": "=who"}, {"kept": "=said"})
    body += script("count", "=1", "n") + step("ask") + end()
    body += line("S", "record", "count", "ask", "E")
    shop.put(drawn("calling", {"officer": "ask"}, body), given())
    shop.engine.fan_outs.begin(
        SYSTEM, "calls", "calling", [Line(f"k{n}", "u1", {"who": f"{n}"}) for n in range(5)]
    )
    assert shop.calls == [("echo", {"said": f"{n}"}) for n in range(5)]
    assert shop.rows("SELECT count(*) FROM task WHERE element_id = 'ask'") == [(5,)]
    assert shop.broken() == {}


# SQLite has no connection that could be lost.
@pytest.mark.parametrize("database_kind", ["postgres"])
@pytest.mark.postgres
def test_no_line_is_refused_for_a_connection_that_is_lost_in_a_savepoint_of_its_case(
    shop: Workshop,
) -> None:
    body = BEGIN + service("record", "echo", {"said": "=who"}, {"kept": "=said"})
    body += step("ask") + end() + line("S", "record", "ask", "E")
    shop.put(drawn("calling", {"officer": "ask"}, body), given())
    made = [Line(f"k{n}", "u1", {"who": f"{n}"}) for n in range(3)]

    def lose(context: OperationContext, _inputs: Outputs) -> Outputs:
        tx = cast("Tx", context.tx)
        number = tx.connection.dbapi_connection.info.backend_pid  # type: ignore[union-attr]
        with savepoint(tx):
            with shop.engine.database.look() as beside:
                ended = text("SELECT pg_terminate_backend(:number, 5000)")
                assert beside.execute(ended, {"number": number}).scalar()
            shop.by_context(context, "UPDATE counter SET value = 1 WHERE name = 'a'")
        return {}

    shop.doing["echo"] = lose
    with pytest.raises(Busy):
        shop.engine.fan_outs.begin(SYSTEM, "calls", "calling", made)
    del shop.doing["echo"]
    found = shop.engine.fan_outs.begin(SYSTEM, "calls", "calling", made)
    assert (found.begun, found.refused) == (len(made), 0)
    assert shop.broken() == {}


# Once and all -------------------------------------------------------------------------------


def test_going_through_a_list_again_begins_only_what_is_missing(shop: Workshop) -> None:
    shop.deploy("example_request")
    lists = shop.engine.fan_outs
    first = lists.begin(SYSTEM, "sw-2026", "example_request", lines(12))
    again = lists.begin(SYSTEM, "sw-2026", "example_request", lines(20))
    assert (first.begun, again.begun, again.total, again.percent) == (12, 20, 20, 100)
    keys = [k for (k,) in shop.rows("SELECT business_key FROM cases ORDER BY business_key")]
    assert keys == [f"h{n:05}" for n in range(20)]
    other = lists.begin(SYSTEM, "sw-2027", "example_request", lines(2))
    assert other.begun == 2  # the same keys in another list are other cases
    with pytest.raises(Conflict, match="已用于另一份名单"):
        lists.begin(SYSTEM, "sw-2026", "archiving", lines(1))
    with pytest.raises(Invalid, match="没有名为"):
        lists.begin(SYSTEM, "sw-2028", "nothing", lines(1))
    assert shop.broken() == {}


def test_the_database_itself_holds_one_case_a_key(shop: Workshop) -> None:
    shop.deploy("example_request")
    shop.engine.fan_outs.begin(SYSTEM, "once", "example_request", lines(2))
    with pytest.raises(Exception, match=r"UNIQUE|unique|duplicate"):
        shop.by_hand("UPDATE cases SET business_key = 'h00000'")


def test_a_line_that_cannot_be_begun_is_told_and_the_rest_goes_on(shop: Workshop) -> None:
    shop.deploy("example_request")
    shop.by_hand("UPDATE organisation SET valid_to = '2026-01-01' WHERE id = 'u2'")
    good = {"subject": "慰问"}
    bad = [
        Line("a-no-unit", "nowhere", good),
        Line("b-empty", "u1", {"subject": ""}),
        Line("c-closed", "u2", good),
        Line("d-county", "xc", good),
        Line("", "u1", good),
        Line("k" * 201, "u1", good),
        Line("nul\0key", "u1", good),
    ]
    doubled = [Line("g", "u1", good), Line("g", "u1", good)]
    found = shop.engine.fan_outs.begin(
        SYSTEM, "bad", "example_request", [*bad, *doubled, *lines(3, units=("u1",))]
    )
    assert (found.begun, found.refused, found.done) == (4, 7, 12)
    told = {r.business_key: r.reason for r in shop.engine.fan_outs.refusals(SYSTEM, "bad")}
    assert told["a-no-unit"].startswith("没有找到所选的单位")
    assert "请求事项" in told["b-empty"]
    assert "撤销" in told["c-closed"]
    assert "不是" in told["d-county"]
    assert "没有可用的编号" in told["(空)"]
    assert "没有可用的编号" in told["nulkey"]
    assert "超过 200 个字符" in told["k" * 200]
    # Mended, they are begun, and nobody is told of them any more.
    mended = [Line("a-no-unit", "u1", good), Line("b-empty", "u1", good)]
    again = shop.engine.fan_outs.begin(SYSTEM, "bad", "example_request", mended)
    assert (again.begun, again.refused) == (6, 5)
    assert shop.broken() == {}


def test_who_may_not_start_a_case_there_may_not_by_a_list(shop: Workshop) -> None:
    shop.deploy("example_request")
    officer = shop.actor("officer")
    found = shop.engine.fan_outs.begin(officer, "own", "example_request", lines(6))
    assert (found.begun, found.refused) == (2, 4)
    reasons = {r.reason for r in shop.engine.fan_outs.refusals(officer, "own")}
    assert all(reason.startswith("您不能为") for reason in reasons)
    for look in (shop.engine.fan_outs.of, shop.engine.fan_outs.children):
        with pytest.raises(NotFound):
            look(shop.actor("reviewer"), "own")


def test_a_line_that_no_table_takes_is_told_alone(shop: Workshop) -> None:
    """What is wrong is found out by the database only, for the whole batch: it is taken apart."""
    shop.put(small(), given())
    shop.engine.fan_outs.begin(SYSTEM, "queues", "small", [Line("k", "u1", SMALL[0])])
    made = [Line(f"k{n}", "u1", {**SMALL[0], "who": f"模拟 {n}"}) for n in range(9)]
    shop.by_hand(
        "CREATE TRIGGER poison BEFORE INSERT ON cases WHEN NEW.title = '慰问 模拟 4' "
        "BEGIN SELECT RAISE(ABORT, 'poison'); END"
        if shop.engine.database.is_sqlite
        else "ALTER TABLE cases ADD CONSTRAINT poison CHECK (title <> '慰问 模拟 4')"
    )
    found = shop.engine.fan_outs.begin(SYSTEM, "poison", "small", made)
    assert (found.begun, found.refused, found.done) == (8, 1, 9)
    (told,) = shop.engine.fan_outs.refusals(SYSTEM, "poison")
    assert told.business_key == "k4"
    assert "系统内部错误" in told.reason
    assert "poison" not in told.reason
    assert shop.broken() == {}


def test_no_more_than_a_batch_is_held(shop: Workshop) -> None:
    shop.deploy("example_request")
    given = 0
    ahead: list[int] = []

    def coming() -> Iterator[Line]:
        nonlocal given
        for one in lines(AT_ONCE * 2 + 1, units=("u1",)):
            given += 1
            yield one

    def say(done: int, _total: int) -> None:
        ahead.append(given - done)

    found = shop.engine.fan_outs.begin(SYSTEM, "long", "example_request", coming(), say)
    assert (found.begun, ahead) == (AT_ONCE * 2 + 1, [0, 0, 0])


# Beside the web -----------------------------------------------------------------------------


class Households:
    """A list of a test's own, read page by page."""

    def __init__(self, how_many: int) -> None:
        self.all = lines(how_many)
        self.asked: list[str] = []
        self.before: Callable[[], None] = lambda: None

    def count(self, _tx: object, _wanted: Mapping[str, object]) -> int:
        return len(self.all)

    def page(
        self, _tx: object, _wanted: Mapping[str, object], after: str, limit: int
    ) -> Sequence[Line]:
        self.asked.append(after)
        self.before()
        return [one for one in self.all if one.business_key > after][:limit]


@pytest.fixture
def households(shop: Workshop) -> Households:
    listed = Households(AT_ONCE + 10)
    sources = shop.engine.environment.sources
    assert isinstance(sources, dict)
    sources["households"] = listed
    shop.deploy("example_request")
    return listed


def run_errand(engine: Engine) -> bool:
    return engine.errands.runner(Pace()).run_once()


def test_a_list_is_gone_through_beside_the_web_and_once_more_when_asked(
    shop: Workshop, households: Households
) -> None:
    lists, city = shop.engine.fan_outs, SYSTEM
    asked = lists.ask_for(city, "sw", "example_request", "households", {"on": "2026-11-09"})
    assert (asked.begun, asked.percent) == (0, 0)
    lists.ask_for(city, "sw", "example_request", "households", {"on": "2026-11-09"})
    assert run_errand(shop.engine)
    assert not run_errand(shop.engine), "asked for twice, it is one errand"
    done = lists.of(city, "sw")
    assert (done.begun, done.total, done.percent) == (AT_ONCE + 10, AT_ONCE + 10, 100)
    assert lists.children(city, "sw") == Children(open=AT_ONCE + 10)
    households.all.append(Line("h00000-a", "u1", {"subject": "后来的"}))
    households.all.sort(key=lambda one: one.business_key)
    lists.ask_for(city, "sw", "example_request", "households", {"on": "2026-11-09"})
    run_errand(shop.engine)
    assert lists.of(city, "sw").begun == AT_ONCE + 11
    with pytest.raises(Invalid, match="名单来源"):
        lists.ask_for(city, "no", "example_request", "nobody", {})
    assert shop.broken() == {}


def test_who_goes_on_after_a_crash_begins_behind_the_last_batch(
    shop: Workshop, households: Households
) -> None:
    lists = shop.engine.fan_outs
    lists.ask_for(SYSTEM, "sw", "example_request", "households")

    def dies() -> None:
        if len(households.asked) == 2:
            raise Interrupted

    households.before = dies
    run_errand(shop.engine)
    half = lists.of(SYSTEM, "sw")
    assert (half.begun, half.done, half.after, half.ended_at) == (AT_ONCE, AT_ONCE, "h00019", None)
    assert half.percent == 100 * AT_ONCE // (AT_ONCE + 10)
    households.before = lambda: None
    assert run_errand(shop.engine)
    assert households.asked == ["", "h00019", "h00019"]
    assert lists.of(SYSTEM, "sw").begun == AT_ONCE + 10
    assert shop.broken() == {}


def test_of_two_that_are_at_a_list_one_writes(shop: Workshop, households: Households) -> None:
    lists, both = shop.engine.fan_outs, threading.Barrier(2)
    asked = lists.ask_for(SYSTEM, "sw", "example_request", "households")
    vault = shop.engine.environment.vault
    seen = shop.engine.ask(lambda tx: stored.load(tx, vault, asked.id))
    assert seen is not None
    outcomes: list[object] = []

    def go() -> None:
        both.wait()
        try:
            outcomes.append(lists._go_through(SYSTEM, seen, iter([households.all[:15]]), None))
        except LeaseLost as lost:
            outcomes.append(lost)

    threads = [threading.Thread(target=go) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(one).__name__ for one in outcomes) == ["FanOut", "LeaseLost"]
    assert shop.rows("SELECT count(*), count(DISTINCT business_key) FROM cases") == [(15, 15)]
    assert shop.broken() == {}


def test_a_list_is_stopped_and_goes_on_when_it_is_asked_for_again(
    shop: Workshop, households: Households
) -> None:
    lists = shop.engine.fan_outs
    lists.ask_for(SYSTEM, "sw", "example_request", "households")
    households.before = lambda: (
        lists.stop(SYSTEM, "sw") if len(households.asked) == 2 else None  # type: ignore[func-returns-value]
    )
    run_errand(shop.engine)
    stopped = lists.of(SYSTEM, "sw")
    assert (stopped.begun, stopped.ended_at) == (AT_ONCE, None)
    households.before = lambda: None
    shop.by_hand("UPDATE errand SET locked_until = NULL")
    run_errand(shop.engine)  # whoever takes it up again leaves it
    assert lists.of(SYSTEM, "sw").begun == AT_ONCE
    lists.ask_for(SYSTEM, "sw", "example_request", "households")
    run_errand(shop.engine)
    assert lists.of(SYSTEM, "sw").begun == AT_ONCE + 10


def test_all_cases_of_a_list_are_cancelled_beside_the_web(
    shop: Workshop, households: Households
) -> None:
    lists = shop.engine.fan_outs
    lists.ask_for(SYSTEM, "sw", "example_request", "households")
    run_errand(shop.engine)
    with pytest.raises(Invalid, match="作废原因"):
        lists.cancel(SYSTEM, "sw", " ")
    with pytest.raises((NotFound, NotPermitted)):
        lists.cancel(shop.actor("officer"), "sw", "名单有误")
    lists.cancel(SYSTEM, "sw", "名单有误,重新下达")
    assert run_errand(shop.engine)
    assert lists.children(SYSTEM, "sw") == Children(cancelled=AT_ONCE + 10)
    case_id = case_of(shop, "sw", "h00000")
    assert shop.history(case_id)[-1] == "cancelled"
    assert shop.inbox("officer") == []
    assert shop.broken() == {}


def test_the_unions_of_a_level_are_a_list_of_every_installation(shop: Workshop) -> None:
    shop.put(small(), given())
    lists = shop.engine.fan_outs
    wanted = {"level": "grassroots", "below": "xc"}
    lists.ask_for(SYSTEM, "yearly", "small", "organisations", wanted)
    run_errand(shop.engine)
    assert lists.of(SYSTEM, "yearly").begun == 2
    found = shop.rows("SELECT business_key, organisation_id FROM cases ORDER BY 1")
    assert found == [("u1", "u1"), ("u2", "u2")]
    lists.ask_for(SYSTEM, "wrong", "small", "organisations", {"level": "village"})
    run_errand(shop.engine)
    assert "village" in lists.trouble(SYSTEM, "wrong")


# A case that waits for all of them ----------------------------------------------------------


def campaign(*more: str) -> SourceFile:
    body = start() + step("plan")
    body += service(
        "each",
        "cases.for_each",
        {
            "list": '="sw-" + case.id',
            "process": '="small"',
            "source": '="organisations"',
            "wanted": '={level: "grassroots"}',
        },
        {"begun": "=begun", "ended": "=completed", "gone": "=cancelled"},
        props(**{"async": "true"}),
    )
    body += step("summary") + end() + line("S", "plan", "each", "summary", "E")
    body += "".join(more)
    return drawn("campaign", {"officer": "plan summary"}, body)


def looked_at_again(shop: Workshop) -> None:
    shop.by_hand("UPDATE job SET locked_until = NULL WHERE status = 'waiting'")
    shop.work()


def test_a_case_waits_until_all_cases_of_its_list_have_ended(shop: Workshop) -> None:
    shop.put(small(), given(), campaign())
    parent = shop.begin("campaign")
    shop.finish("officer", parent, "plan")
    shop.work()
    assert run_errand(shop.engine)
    looked_at_again(shop)
    assert shop.waiting(parent) == []
    (job,) = shop.jobs(parent)
    assert (job.status, job.attempts, job.last_error) == ("waiting", 0, None)
    officer, key = shop.actor("officer"), f"sw-{parent}"
    assert shop.engine.fan_outs.of(officer, key).case_id == parent
    assert shop.engine.fan_outs.children(officer, key).open == 3
    children = [case_of(shop, key, unit) for unit in UNITS]
    reviewers = ("reviewer", "reviewer", "far_reviewer")
    for by, child in zip(reviewers[:2], children[:2], strict=True):
        shop.finish(by, child, "plain")
        looked_at_again(shop)
        assert shop.waiting(parent) == []
    shop.engine.cases.cancel(SYSTEM, children[2], "已由别的单位办理")
    looked_at_again(shop)
    assert shop.waiting(parent) == ["summary"]
    view = shop.engine.cases.view(SYSTEM, parent)
    assert view.case.status is CaseStatus.ACTIVE
    assert shop.rows("SELECT count(*) FROM event WHERE kind = 'message'") == [(1,)]
    assert shop.broken() == {}


@pytest.mark.parametrize("are_begun", [True, False])
def test_with_the_case_that_asked_for_it_a_list_ends(shop: Workshop, *, are_begun: bool) -> None:
    shop.put(small(), given(), campaign())
    parent = shop.begin("campaign")
    shop.finish("officer", parent, "plan")
    shop.work()
    if are_begun:
        assert run_errand(shop.engine)
        looked_at_again(shop)
    shop.engine.cases.cancel(shop.actor("officer"), parent, "方案有误,重新拟定")
    while run_errand(shop.engine):
        pass
    looked_at_again(shop)
    assert not run_errand(shop.engine)
    lists, key = shop.engine.fan_outs, f"sw-{parent}"
    assert lists.of(SYSTEM, key).stopped_at is not None
    assert lists.children(SYSTEM, key) == Children(cancelled=3 if are_begun else 0)
    assert shop.inbox("reviewer") == []
    assert shop.broken() == {}
    assert shop.engine.audit.verify().ok


def test_its_own_timer_ends_the_waiting_and_the_cases_go_on(shop: Workshop) -> None:
    limit = boundary("limit", "each", timer("timeDuration", "P60D"))
    shop.put(small(), given(), campaign(limit, line("limit", "summary")))
    parent = shop.begin("campaign")
    shop.finish("officer", parent, "plan")
    shop.work()
    run_errand(shop.engine)
    looked_at_again(shop)
    assert shop.waiting(parent) == []
    shop.pass_time(days=61)
    assert shop.waiting(parent) == ["summary"]
    assert shop.engine.fan_outs.children(SYSTEM, f"sw-{parent}").open == 3
    assert shop.broken() == {}


def test_what_goes_wrong_with_the_list_is_an_incident_of_the_case(shop: Workshop) -> None:
    shop.put(small(), given(), campaign())
    shop.by_hand("UPDATE process_version SET key = 'gone' WHERE key = 'small'")
    parent = shop.begin("campaign")
    shop.finish("officer", parent, "plan")
    for _ in range(4):
        looked_at_again(shop)
    (job,) = shop.jobs(parent)
    assert job.status == "failed"
    assert "没有名为“small”的流程" in (job.last_error or "")
    shop.by_hand("UPDATE process_version SET key = 'small' WHERE key = 'gone'")
    shop.engine.jobs.retry(shop.actor("officer"), job.id)
    shop.work()
    run_errand(shop.engine)
    assert shop.engine.fan_outs.children(SYSTEM, f"sw-{parent}").open == 3


def test_a_list_is_no_business_of_a_step_that_cannot_wait() -> None:
    assert Options().sources == {}
    assert ErrandStatus.DONE
    assert timedelta(0) is not None
