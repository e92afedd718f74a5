"""What goes wrong in automatic work is an incident: nothing is lost, the rest goes on."""

import pytest

from engine import runtime
from engine.errors import Busy, Conflict, Invalid, StateUnreadable, TaskNotOpen
from tests.unit.runtime.kit import (
    boundary,
    end,
    ext,
    flow,
    line,
    node,
    process,
    props,
    script,
    service,
    source_of,
    start,
    timer,
    user,
    z,
)


def failing(world, error):
    def operation(_inputs):
        raise error

    world.operations["bad"] = operation


def after_a_step(element="V", written=None):
    body = (
        start() + user("A") + (written or service("V", "bad", {}, {"x": "=x"})) + user("B") + end()
    )
    return process(body + line("S", "A", element, "B", "E"))


def test_the_completion_is_kept_and_the_failed_element_waits_for_a_retry(begin, world):
    failing(world, Conflict("预算已用完。"))
    case = begin(after_a_step())
    closed = case.token("A")
    step = case.done("A", note="已填")
    assert step.variables == {"note": "已填"}
    assert step.closed == (closed,)
    assert (case.log, case.open) == (["S", "A"], [])
    (incident,) = step.incidents
    assert (incident.element_id, incident.process_key) == ("V", "p")
    assert incident.message == "“V”没有完成:预算已用完。已填写的内容都已保存。"
    assert case.retry().incidents[0].token == incident.token
    world.operations["bad"] = lambda _inputs: {"x": 1}
    step = case.retry()
    assert (case.open, step.incidents, step.variables["x"]) == (["B"], (), 1)


@pytest.mark.parametrize("error", [ValueError("x"), KeyError(3), KeyError("x"), RuntimeError()])
def test_whatever_an_operation_raises_is_an_incident(begin, world, error):
    failing(world, error)
    case = begin(after_a_step())
    case.done("A")
    assert case.incidents == ["V"]


def test_an_operation_that_gives_what_cannot_be_stored_is_an_incident(begin, world):
    world.operations["bad"] = lambda _inputs: {"x": object()}
    case = begin(after_a_step())
    case.done("A")
    assert case.incidents == ["V"]


def test_a_database_that_is_busy_undoes_the_whole_command(begin, world):
    failing(world, Busy("busy"))
    case = begin(after_a_step())
    with pytest.raises(Busy):
        case.done("A")
    assert case.open == ["A"]


def test_an_unknown_operation_is_an_incident(begin, world):
    del world.operations["echo"]
    case = begin(after_a_step(written=service("V", "echo")))
    case.done("A")
    assert case.incidents == ["V"]


def test_other_branches_go_on_and_do_not_run_the_failed_element_again(begin, world):
    failing(world, ValueError("x"))
    body = (
        start()
        + node("parallelGateway", "F")
        + service("V", "bad")
        + user("A")
        + user("B")
        + node("parallelGateway", "J")
        + end()
        + line("S", "F", "V", "J", "E")
        + line("F", "A", "B", "J")
    )
    case = begin(process(body))
    assert (case.incidents, case.open) == (["V"], ["A"])
    case.done("A")
    assert (case.incidents, case.open, len(world.calls)) == (["V"], ["B"], 1)
    case.done("B")
    assert not case.step.ended
    world.operations["bad"] = dict
    assert case.retry().ended


def step_with_deadline(deadline):
    steps = user("A") + user("B", props(deadline=deadline))
    return process(start() + steps + end() + line("S", "A", "B", "E"))


@pytest.mark.parametrize("deadline", ['=parameter("no such limit")', "=x", '="soon"', "=1 + x"])
def test_a_deadline_that_is_not_known_is_an_incident_before_the_step_opens(begin, deadline):
    case = begin(step_with_deadline(deadline), x=True)
    case.done("A")
    assert (case.open, case.incidents) == ([], ["B"])
    assert "没有得出 5wd 这样的时限" in case.step.incidents[0].message


def test_a_step_opens_once_its_deadline_is_known(begin, world):
    case = begin(step_with_deadline('=parameter("limit")'))
    case.done("A")
    assert case.incidents == ["B"]
    world.parameters["limit"] = "5wd"
    step = case.retry()
    assert [(opened.element_id, opened.deadline) for opened in step.opened] == [("B", "5wd")]
    assert (case.open, case.incidents) == (["B"], [])
    assert case.done("B").ended


@pytest.mark.parametrize(("deadline", "found"), [("60d", "60d"), ("=x", "4h"), ("=null", None)])
def test_a_step_opens_with_its_deadline_or_on_purpose_without(begin, deadline, found):
    case = begin(step_with_deadline(deadline), x="4h")
    step = case.done("A")
    assert [(opened.element_id, opened.deadline) for opened in step.opened] == [("B", found)]


@pytest.mark.parametrize("condition", ["=y > 5", '="yes"', "=null", '=x > "5"', "=x", "=[true]"])
def test_a_condition_that_is_neither_true_nor_false_is_an_incident(begin, condition):
    # SpiffWorkflow takes any text for true, and null for false without a word.
    body = (
        start() + user("A") + node("exclusiveGateway", "G", default="G_C") + user("B") + user("C")
    )
    body += end() + line("S", "A", "G") + flow("G", "B", condition) + flow("G", "C")
    case = begin(process(body + line("B", "E") + line("C", "E")), x=7)
    case.done("A")
    assert (case.open, case.incidents) == ([], ["G"])
    assert "既不是“是”也不是“否”" in case.step.incidents[0].message


@pytest.mark.parametrize("tag", ["exclusiveGateway", "inclusiveGateway"])
def test_no_way_out_of_a_gateway_is_an_incident_that_better_data_mend(begin, tag):
    body = start() + node("parallelGateway", "F") + user("A") + node(tag, "G") + user("B") + end()
    body += (
        line("S", "F", "A", "E")
        + line("F", "G")
        + flow("G", "B", "=x > 1")
        + flow("G", "E", "=x < 0")
    )
    case = begin(process(body + line("B", "E")), x=1)
    assert case.incidents == ["G"]
    case.done("A", x=5)
    assert case.incidents == ["G"]
    case.retry()
    assert (case.open, case.incidents) == (["B"], [])


def test_an_automatic_loop_without_end_is_stopped(begin):
    body = start() + user("A") + script("X", "=1", "x") + node("exclusiveGateway", "G") + end()
    body += line("S", "A", "X", "G") + flow("G", "X", "=go") + flow("G", "E", "=not(go)")
    case = begin(process(body))
    case.done("A", go=True)
    assert len(case.step.incidents) == 1
    assert "500" in case.step.incidents[0].message
    assert len(case.step.state) < 1000
    case.retry()
    assert len(case.step.incidents) == 1


def test_a_boundary_timer_that_cannot_begin_leaves_the_step_open(begin):
    body = (
        start() + user("A") + boundary("T", "A", timer("timeDuration", "=soon")) + user("B") + end()
    )
    case = begin(process(body + line("S", "A", "E") + line("T", "B", "E")))
    assert (case.open, case.incidents) == (["A"], ["T"])
    case.retry()
    assert case.incidents == ["T"]
    assert case.done("A").ended
    assert case.step.incidents == ()


def decision(rows, hit_policy="UNIQUE"):
    rules = "".join(
        f'<rule id="r{n}"><inputEntry id="i{n}"><text>{test}</text></inputEntry>'
        f'<outputEntry id="o{n}"><text>{value}</text></outputEntry></rule>'
        for n, (test, value) in enumerate(rows)
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" '
        f'namespace="n"><decision id="grade" name="grade"><decisionTable id="t" '
        f'hitPolicy="{hit_policy}"><input id="i"><inputExpression id="e" typeRef="number">'
        '<text>income</text></inputExpression></input><output id="o" name="grade" typeRef="string"/>'
        f"{rules}</decisionTable></decision></definitions>"
    ).encode()


def deciding(rows):
    task = node(
        "businessRuleTask", "D", ext(z("calledDecision", decisionId="grade", resultVariable="g"))
    )
    body = start() + task + user("A") + end() + line("S", "D", "A", "E")
    return source_of(process(body), decisions={"grade.dmn": decision(rows)})


def test_a_decision_is_written_and_tells_which_rule_hit(begin):
    case = begin(deciding([("&lt; 500", '"A"'), (">= 500", '"B"')]), income=700)
    assert case.step.variables["g"] == "B"
    (record,) = case.step.decisions
    assert (record.element_id, [hit.rule for hit in record.outcome.hits]) == ("D", [2])


def test_what_no_step_has_written_yet_is_nothing_known(begin):
    case = begin(deciding([("&lt; 500", '"A"'), ("null", '"C"')]))
    assert (case.step.variables["g"], case.incidents) == ("C", [])
    (record,) = case.step.decisions
    assert not any("没有名为" in problem for problem in record.outcome.problems)


def test_two_rules_where_one_may_hit_are_an_incident(begin):
    case = begin(deciding([("&lt; 500", '"A"'), ("&lt; 900", '"B"')]), income=1)
    assert (case.incidents, case.open) == (["D"], [])


def test_a_join_that_can_never_be_complete_says_so(begin):
    body = start() + node("exclusiveGateway", "G", default="G_B") + user("A") + user("B")
    body += node("parallelGateway", "J") + end() + line("S", "G") + flow("G", "A", "=false")
    body += flow("G", "B") + line("A", "J") + line("B", "J") + line("J", "E")
    case = begin(process(body))
    case.done("B")
    assert case.incidents == ["J"]
    assert case.retry().incidents[0].element_id == "J"


def test_a_step_can_be_completed_once(begin):
    case = begin(process(start() + user("A") + user("B") + end() + line("S", "A", "B", "E")))
    token = case.token("A")
    case.done("A")
    for act in (runtime.complete, runtime.deliver, runtime.finish_operation):
        with pytest.raises(TaskNotOpen):
            act(case.program, case.step.state, token, {}, case.world.ports())
    with pytest.raises(TaskNotOpen):
        runtime.fire_timer(case.program, case.step.state, case.token("B"), case.world.ports())


def test_a_predicted_step_cannot_be_run(begin):
    # SpiffWorkflow runs a FUTURE task and skips the one before it.
    import json

    case = begin(process(start() + user("A") + user("B") + end() + line("S", "A", "B", "E")))
    rows = json.loads(case.step.state)["parts"][0][1]
    (future,) = [row[0] for row in rows if row[3] == "B"]
    with pytest.raises(TaskNotOpen):
        runtime.complete(case.program, case.step.state, future, {}, case.world.ports())


def test_an_ended_case_takes_nothing_more(begin):
    case = begin(process(start() + user("A") + end() + line("S", "A", "E")))
    token = case.token("A")
    case.done("A", x=1)
    assert case.scope() == {"x": 1}
    assert not runtime.waits(case.program, case.step.state)
    with pytest.raises(TaskNotOpen):
        runtime.complete(case.program, case.step.state, token, {}, case.world.ports())


def test_what_cannot_be_stored_is_refused_at_the_door(begin):
    case = begin(process(start() + user("A") + end() + line("S", "A", "E")))
    with pytest.raises(Invalid):
        case.done("A", x=object())
    with pytest.raises(Invalid):
        case.done("A", x=2**70)


def stored(parts):
    return (
        '{"format":1,"definition":"p:1","ended":false,"root":{},"called":{},"local":{},'
        f'"failed":{{}},"parts":{parts}}}'
    ).encode()


@pytest.mark.parametrize(
    "state",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"format":99}',
        b'{"format":1,"definition":"p:2"}',
        stored('[[null,[["t",-1,16,"Nowhere",0,{}]]]]'),
        stored('[[null,[["t",-1,"x","A",0,{}]]]]'),
        stored('[[null,[["t",5,16,"A",0,{}]]]]'),
        stored('[["gone",[]]]'),
    ],
)
def test_a_state_that_cannot_be_read_is_told_apart(begin, state):
    case = begin(process(start() + user("A") + end() + line("S", "A", "E")))
    with pytest.raises(StateUnreadable):
        runtime.waits(case.program, state)
