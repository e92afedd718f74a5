"""Sub-processes, called processes, errors, and work that is repeated for each item."""

import json

import pytest

from engine.model.items import Item
from tests.unit.runtime.kit import (
    boundary,
    end,
    ext,
    flow,
    io,
    line,
    many,
    message,
    node,
    process,
    receives,
    script,
    source_of,
    start,
    timer,
    user,
    z,
)


def sub(identity, body, inside=""):
    return node("subProcess", identity, inside + body)


def inner(body=None):
    return start("S2") + (body or user("B") + line("S2", "B", "E2")) + end("E2")


def test_an_embedded_sub_process_shares_the_variables(begin):
    body = inner(user("B") + script("X", "=b + a", "sum") + line("S2", "B", "X", "E2"))
    case = begin(process(start() + sub("P", body) + user("C") + end() + line("S", "P", "C", "E")),
                 a=1)  # fmt: skip
    (opened,) = case.step.opened
    assert (opened.element_id, opened.path, opened.process_key) == ("B", ("P",), "p")
    case.done("B", b=2)
    assert (case.open, case.step.variables["sum"]) == (["C"], 3)
    assert case.log == ["S", "S2", "B", "X", "E2", "P"]


def test_sub_processes_in_sub_processes_run(begin):
    body = inner(sub("Q", start("S3") + user("B") + end("E3") + line("S3", "B", "E3"))
                 + line("S2", "Q", "E2"))  # fmt: skip
    case = begin(process(start() + sub("P", body) + end() + line("S", "P", "E")))
    assert case.step.opened[0].path == ("P", "Q")
    assert case.done("B").ended


@pytest.mark.parametrize("by", ["timer", "message"])
def test_withdrawal_ends_a_whole_sub_process(begin, by):
    body = inner(
        node("parallelGateway", "F") + user("B") + user("C")
        + sub("Q", start("S3") + user("D") + end("E3") + line("S3", "D", "E3"))
        + boundary("T3", "B", timer("timeDuration", "P1D"))
        + line("S2", "F", "B", "E2") + line("F", "C", "E2") + line("F", "Q", "E2")
        + line("T3", "E2")
    )  # fmt: skip
    event = (
        boundary("W", "P", timer("timeDuration", "P9D"))
        if by == "timer"
        else boundary("W", "P", ext(io(None, {"why": "=why"})) + receives("M"))
    )
    written = start() + sub("P", body) + event + user("Z") + end()
    case = begin(
        process(written + line("S", "P", "E") + line("W", "Z", "E"), message("M", "撤回", "=1"))
    )
    assert sorted(case.open) == ["B", "C", "D"]
    step = case.fire("W") if by == "timer" else case.send("W", why="本人申请")
    assert case.open == ["Z"]
    assert len(step.closed) == 3
    assert not step.waits.timers
    assert case.done("Z").ended


def test_a_terminating_end_in_a_sub_process_ends_only_that(begin):
    body = inner(
        node("parallelGateway", "F") + user("B") + user("C")
        + end("X", "<bpmn:terminateEventDefinition/>")
        + line("S2", "F", "B", "X") + line("F", "C", "E2")
    )  # fmt: skip
    case = begin(process(start() + sub("P", body) + user("D") + end() + line("S", "P", "D", "E")))
    case.done("B")
    assert case.open == ["D"]
    assert case.done("D").ended


def called(body, outputs=None, *, inside="", inputs=None, key="q"):
    extensions = ext(
        z("calledElement", processId=key,
          propagateAllChildVariables="false", propagateAllParentVariables="false"),
        io(inputs if inputs is not None else {"who": "=household.name"}, outputs or {}),
    )  # fmt: skip
    calling = start() + node("callActivity", "K", extensions + inside) + user("C") + end()
    return source_of(
        process(calling + line("S", "K", "C", "E")),
        called={key: source_of(process(body, key=key), key)},
    )


def test_a_called_process_has_a_scope_of_its_own(begin):
    body = start() + user("B") + end() + line("S", "B", "E")
    case = begin(called(body, {"objection.upheld": "=upheld"}), household={"name": "甲"}, secret=1)
    (opened,) = case.step.opened
    assert (opened.process_key, opened.element_id, opened.path) == ("q", "B", ("K",))
    assert case.scope(case.token("B")) == {"who": "甲"}
    step = case.done("B", upheld=True, secret=2, household={})
    assert case.open == ["C"]
    assert step.variables == {
        "household": {"name": "甲"},
        "secret": 1,
        "objection": {"upheld": True},
    }
    assert [p.process_key for p in step.passed] == ["q", "q", "p"]
    assert b'"called":{}' in step.state


def failing(code="E1", *, thrown="E1", deep=False):
    end_event = end("E2", f'<bpmn:errorEventDefinition errorRef="R{thrown}"/>')
    inside = start("S2") + user("B") + end_event + line("S2", "B", "E2")
    if deep:
        inside = start("S1") + sub("Q", inside) + end("E1") + line("S1", "Q", "E1")
    reference = f' errorRef="R{code}"' if code else ""
    caught = boundary("X", "P", f"<bpmn:errorEventDefinition{reference}/>")
    errors = "".join(
        node("error", f"R{n}", errorCode=n, name=n) for n in dict.fromkeys([code or "E1", thrown])
    )
    body = start() + sub("P", inside) + caught + user("C") + user("D") + end()
    return process(body + line("S", "P", "D", "E") + line("X", "C", "E"), errors)


@pytest.mark.parametrize("arguments", [{}, {"code": None}, {"deep": True}])
def test_an_error_is_caught_at_the_boundary(begin, arguments):
    case = begin(failing(**arguments))
    case.done("B")
    assert case.open == ["C"]
    assert case.log[-2:] == ["E2", "X"]
    assert case.done("C").ended


def test_an_error_nobody_catches_is_an_incident_and_the_completion_is_kept(begin):
    case = begin(failing("E9"))
    step = case.done("B", note=1)
    assert (case.incidents, step.variables, step.ended) == (["E2"], {"note": 1}, False)
    assert "B" in case.log


def test_the_boundary_that_names_the_error_is_asked_before_the_one_for_all(begin):
    written = (
        failing()
        .decode()
        .replace(
            '<bpmn:userTask id="C"',
            boundary("Y", "P", "<bpmn:errorEventDefinition/>")
            + flow("Y", "D")
            + '<bpmn:userTask id="C"',
        )
    )
    case = begin(written.encode())
    case.done("B")
    assert case.open == ["C"]


def test_an_error_in_a_called_process_is_caught_by_the_caller(begin):
    body = start() + end("E2", '<bpmn:errorEventDefinition errorRef="R"/>') + line("S", "E2")
    bad = process(body, node("error", "R", errorCode="no"), key="q")
    extensions = ext(
        z("calledElement", processId="q",
          propagateAllChildVariables="false", propagateAllParentVariables="false")
    )  # fmt: skip
    written = (
        start() + node("callActivity", "K", extensions)
        + boundary("X", "K", "<bpmn:errorEventDefinition/>") + user("C") + end()
    )  # fmt: skip
    source = source_of(process(written + line("S", "K", "E") + line("X", "C", "E")),
                       called={"q": source_of(bad, "q")})  # fmt: skip
    assert begin(source).open == ["C"]


# Repetition --------------------------------------------------------------------------------


def visits(*, sequential=False, again=False, body=None):
    loop = many("=members", "member", sequential=sequential,
                outputCollection="visits", outputElement="={n: member.name, ok: ok}")  # fmt: skip
    repeated = user("V", inside=loop) if body is None else sub("V", body, loop)
    written = start() + repeated + user("C") + node("exclusiveGateway", "G", default="G_E") + end()
    written += line("S", "V", "C", "G") + flow("G", "V", "=again") + flow("G", "E")
    return process(written)


THREE = [{"name": "甲"}, {"name": "乙"}, {"name": "丙"}]


def test_every_member_is_visited_at_the_same_time_and_results_keep_the_members_order(begin):
    case = begin(visits(), members=THREE, ok="outer")
    assert case.open == ["V", "V", "V"]
    assert [opened.items for opened in case.step.opened] == [
        (Item("V", number, 3),) for number in (1, 2, 3)
    ]
    assert case.scope(case.token("V", 2))["member"] == {"name": "乙"}
    assert case.scope(case.token("V", 2))["loopCounter"] == 2
    for item in (3, 1):
        case.done("V", item, ok=item)
    assert case.scope()["ok"] == "outer"
    assert "V" not in case.log
    case.done("V", 2, ok=2)
    assert case.open == ["C"]
    assert case.step.variables["visits"] == [
        {"n": "甲", "ok": 1},
        {"n": "乙", "ok": 2},
        {"n": "丙", "ok": 3},
    ]
    assert case.log.count("V") == 1
    assert case.step.variables["ok"] == "outer"
    assert b'"local":{}' in case.step.state


def test_members_are_visited_one_after_the_other(begin):
    case = begin(visits(sequential=True), members=THREE)
    for item in (1, 2, 3):
        assert [w.item for w in case.step.waits.user.values()] == [item]
        case.done("V", item, ok=True)
    assert case.open == ["C"]
    assert [visit["n"] for visit in case.step.variables["visits"]] == ["甲", "乙", "丙"]


@pytest.mark.parametrize("sequential", [False, True])
def test_a_second_round_starts_anew(begin, sequential):
    case = begin(visits(sequential=sequential), members=THREE[:2])
    for item in (1, 2):
        case.done("V", item, ok=1)
    case.done("C", again=True, members=THREE[2:])
    assert case.open == ["V"]
    case.done("V", ok=9)
    assert case.step.variables["visits"] == [{"n": "丙", "ok": 9}]
    assert case.done("C", again=False).ended


def test_nobody_to_visit_is_no_step(begin):
    case = begin(visits(), members=[])
    assert (case.open, case.step.variables["visits"]) == (["C"], [])


@pytest.mark.parametrize("members", [None, "甲", {"a": 1}, list(range(201))])
def test_what_is_no_list_or_too_long_is_an_incident(begin, members):
    case = begin(visits(), members=members)
    assert (case.incidents, case.open) == (["V"], [])


@pytest.mark.parametrize("sequential", [False, True])
def test_a_sub_process_for_each_member_has_variables_of_its_own(begin, sequential):
    body = inner(user("B") + script("X", "=raw * loopCounter", "ok") + line("S2", "B", "X", "E2"))
    case = begin(visits(body=body, sequential=sequential), members=THREE[:2])
    for item in (1, 2):
        case.done("B", item, raw=10)
    assert case.open == ["C"]
    assert case.step.variables == {
        "members": THREE[:2],
        "visits": [{"n": "甲", "ok": 10}, {"n": "乙", "ok": 20}],
    }


def test_a_timer_takes_all_repeated_sub_processes_away(begin):
    loop = many("=members", "member")
    written = start() + sub("V", inner(), loop) + boundary("T", "V", timer("timeDuration", "P1D"))
    written += user("C") + end() + line("S", "V", "E") + line("T", "C", "E")
    case = begin(process(written), members=THREE)
    assert case.open == ["B"] * 3
    case.fire("T")
    assert case.open == ["C"]
    assert len(json.loads(case.step.state)["parts"]) == 1
    assert case.done("C").ended


def test_a_process_is_called_for_each_member(begin):
    body = start() + user("B") + end() + line("S", "B", "E")
    loop = many("=members", "member", outputCollection="all", outputElement="=got")
    source = called(body, {"got": "=x"}, inside=loop, inputs={"who": "=member.name"})
    case = begin(source, members=THREE[:2])
    assert [case.scope(case.token("B", i)) for i in (1, 2)] == [{"who": "甲"}, {"who": "乙"}]
    case.done("B", 2, x="b")
    case.done("B", 1, x="a")
    assert case.open == ["C"]
    assert case.step.variables == {"members": THREE[:2], "all": ["a", "b"]}


@pytest.mark.parametrize("sequential", [False, True])
def test_lists_in_lists_are_bounded_together(begin, sequential):
    inside = start("S2") + user("B", inside=many("=others", "other")) + end("E2")
    inside += line("S2", "B", "E2")
    loop = many("=members", "member", sequential=sequential)
    written = start() + sub("V", inside, loop) + end() + line("S", "V", "E")
    case = begin(process(written), members=list(range(200)), others=list(range(190)))
    assert len(case.open) == 190
    assert bool(case.incidents) is not sequential  # hundreds are open, never ten thousand
