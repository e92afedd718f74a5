"""A case moves from step to step as its process is drawn."""

import pytest

from engine.errors import TaskNotOpen
from tests.unit.runtime.kit import (
    end,
    ext,
    flow,
    io,
    line,
    node,
    process,
    props,
    script,
    service,
    start,
    user,
    z,
)


def deciding(tag="exclusiveGateway", default=None):
    attributes = {} if default is None else {"default": default}
    return node(tag, "G", **attributes)


def test_steps_follow_each_other_and_the_last_ends_the_case(begin):
    case = begin(process(start() + user("A") + user("B") + end() + line("S", "A", "B", "E")))
    assert case.open == ["A"]
    step = case.done("A", note="好")
    assert [opened.element_id for opened in step.opened] == ["B"]
    assert len(step.closed) == 1
    step = case.done("B")
    assert step.ended
    assert not step.waits
    assert case.log == ["S", "A", "B", "E"]
    assert step.variables == {"note": "好"}


def test_an_element_named_end_or_start_is_an_element_like_any_other(begin):
    body = start("Start") + user("End") + end("Root") + line("Start", "End", "Root")
    case = begin(process(body))
    assert case.open == ["End"]
    assert case.done("End").ended


def test_a_chain_of_nine_hundred_elements_can_be_read_and_run(begin):
    names = [f"S{n}" for n in range(450)]
    body = start() + "".join(script(n, "=1", "x") for n in names) + user("A") + end()
    case = begin(process(body + line("S", *names, "A", "E")))
    assert case.open == ["A"]


def test_the_milestone_and_the_flows_of_what_was_passed_are_told(begin):
    body = (
        start()
        + user("A", props(milestone="accepted"))
        + deciding(default="G_E")
        + user("B")
        + end()
        + line("S", "A", "G")
        + flow("G", "B", "=again")
        + flow("G", "E")
        + flow("B", "E")
    )
    case = begin(process(body))
    passed = case.done("A", again=True).passed
    assert [(p.element_id, p.milestone, p.flow_ids) for p in passed] == [
        ("A", "accepted", ("A_G",)),
        ("G", None, ("G_B",)),
    ]


def test_a_decided_gateway_takes_the_first_flow_that_holds_in_the_listed_order(begin):
    listed = "<bpmn:outgoing>G_B</bpmn:outgoing><bpmn:outgoing>G_A</bpmn:outgoing>"
    body = (
        start()
        + node("exclusiveGateway", "G", listed)
        + user("A")
        + user("B")
        + end()
        + line("S", "G")
        + flow("G", "A", "=true")
        + flow("G", "B", "=true")
        + line("A", "E")
        + line("B", "E")
    )
    assert begin(process(body)).open == ["B"]


@pytest.mark.parametrize(("amount", "opened"), [(5, "A"), (50, "B")])
def test_conditions_read_the_variables(begin, amount, opened):
    body = (
        start()
        + deciding(default="G_B")
        + user("A")
        + user("B")
        + end()
        + line("S", "G")
        + flow("G", "A", "=金额 < 10")
        + flow("G", "B")
        + line("A", "E")
        + line("B", "E")
    )
    assert begin(process(body), 金额=amount).open == [opened]


def test_a_case_sent_back_opens_the_step_again(begin):
    body = (
        start()
        + user("A")
        + user("B")
        + deciding(default="G_E")
        + end()
        + line("S", "A", "B", "G")
        + flow("G", "A", '=decision = "return"')
        + flow("G", "E")
    )
    case = begin(process(body))
    first = case.token("A")
    case.done("A")
    case.done("B", decision="return")
    assert case.open == ["A"]
    assert case.token("A") != first
    with pytest.raises(TaskNotOpen):
        case.token("A") and _complete(case, first)
    case.done("A")
    assert case.done("B", decision="agree").ended


def _complete(case, token):
    from engine import runtime

    return runtime.complete(case.program, case.step.state, token, {}, case.world.ports())


def both(*, tag="parallelGateway"):
    return (
        start()
        + node(tag, "F")
        + user("A")
        + user("B")
        + node(tag, "J")
        + user("C")
        + end()
        + line("S", "F", "A", "J", "C", "E")
        + line("F", "B", "J")
    )


def test_parallel_branches_keep_each_others_writes_at_the_join(begin):
    # SpiffWorkflow's own data lost A's value: B's branch carries the old one to the join.
    case = begin(process(both()), status="new", kept=[1, 2, 3])
    case.done("B", b=1)
    case.done("A", status="checked", kept=[4])
    assert case.open == ["C"]
    assert case.step.variables == {"status": "checked", "kept": [4], "b": 1}


def test_a_join_waits_for_all_branches_of_nested_forks(begin):
    # The token that came first lies outside the part of the tree that still lives.
    body = (
        start()
        + node("parallelGateway", "F1")
        + user("A")
        + node("parallelGateway", "F2")
        + user("B")
        + user("C")
        + node("parallelGateway", "J")
        + end()
        + line("S", "F1", "A", "J", "E")
        + line("F1", "F2", "B", "J")
        + line("F2", "C", "J")
    )
    case = begin(process(body))
    case.done("A")
    case.done("B")
    assert case.open == ["C"]
    assert case.done("C").ended


def test_a_step_that_two_branches_lead_to_is_done_once_a_branch(begin):
    body = start() + node("parallelGateway", "F") + user("A") + user("B") + user("C") + end()
    case = begin(process(body + line("S", "F", "A", "C", "E") + line("F", "B", "C")))
    case.done("A")
    case.done("B")
    assert case.open == ["C", "C"]
    first, second = case.step.waits.user
    case.step = _complete(case, first)
    assert (list(case.step.waits.user), case.step.ended) == ([second], False)
    assert case.done("C").ended


def test_two_flows_between_the_same_gateways_are_two_tokens(begin):
    body = (
        start()
        + node("parallelGateway", "F")
        + node("parallelGateway", "J")
        + user("A")
        + end()
        + line("S", "F")
        + flow("F", "J")
        + flow("F", "J").replace('id="F_J"', 'id="F_J2"')
        + line("J", "A", "E")
    )
    assert begin(process(body)).open == ["A"]


def inclusive():
    return (
        start()
        + node("inclusiveGateway", "F", default="F_C")
        + user("A")
        + user("B")
        + user("C")
        + node("inclusiveGateway", "J")
        + user("D")
        + end()
        + line("S", "F")
        + flow("F", "A", "=a")
        + flow("F", "B", "=b")
        + flow("F", "C")
        + "".join(flow(n, "J") for n in "ABC")
        + line("J", "D", "E")
    )


@pytest.mark.parametrize(
    ("a", "b", "opened"),
    [(True, True, ["A", "B"]), (True, False, ["A"]), (False, False, ["C"])],
)
def test_an_inclusive_join_waits_for_the_branches_that_were_taken(begin, a, b, opened):
    case = begin(process(inclusive()), a=a, b=b)
    assert case.open == opened
    for element in opened[:-1]:
        case.done(element)
        assert "D" not in case.open
    case.done(opened[-1])
    assert case.open == ["D"]


def test_an_inclusive_join_goes_on_when_the_other_token_takes_another_way(begin):
    body = (
        start()
        + node("parallelGateway", "F")
        + user("A")
        + user("B")
        + node("exclusiveGateway", "X", default="X_E2")
        + node("inclusiveGateway", "J")
        + user("D")
        + end()
        + end("E2")
        + line("S", "F", "A", "J", "D", "E")
        + line("F", "B", "X")
        + flow("X", "J", "=join")
        + flow("X", "E2")
    )
    case = begin(process(body))
    case.done("A")
    assert case.open == ["B"]
    case.done("B", join=False)
    assert case.open == ["D"]
    assert case.done("D").ended


def test_a_terminating_end_takes_everything_with_it(begin):
    body = (
        start()
        + node("parallelGateway", "F")
        + user("A")
        + user("B")
        + end("E1", "<bpmn:terminateEventDefinition/>")
        + end()
        + line("S", "F", "A", "E1")
        + line("F", "B", "E")
    )
    case = begin(process(body))
    cancelled = case.token("B")
    step = case.done("A")
    assert step.ended
    assert cancelled in step.closed
    assert not step.waits


def test_forms_of_one_group_are_merged_and_lists_replaced(begin):
    case = begin(
        process(start() + user("A") + end() + line("S", "A", "E")), who={"id": 1, "l": [1]}
    )
    step = case.done("A", who={"name": "张三", "l": [2]}, case={"id": "forged"})
    assert step.variables == {"who": {"id": 1, "name": "张三", "l": [2]}}


def test_a_mapped_user_task_sees_its_inputs_and_lets_out_only_its_outputs(begin):
    mapped = io({"title": '="户主 " + who.name', "a.b": "=1"}, {"result.ok": "=ok"})
    case = begin(
        process(start() + user("A", mapped) + user("B") + end() + line("S", "A", "B", "E")),
        who={"name": "李四"},
        result={"kept": 1},
    )
    seen = case.scope(case.token("A"))
    assert (seen["title"], seen["a"], seen["who"]) == ("户主 李四", {"b": 1}, {"name": "李四"})
    assert "title" not in case.scope()
    step = case.done("A", ok=True, junk=1)
    assert step.variables == {"who": {"name": "李四"}, "result": {"kept": 1, "ok": True}}
    assert b'"local":{}' in step.state


def test_every_expression_can_read_the_reserved_case(begin):
    body = start() + script("X", "=case.number", "number") + user("A") + end()
    case = begin(process(body + line("S", "X", "A", "E")))
    assert case.step.variables == {"number": "漳芗-2026-000001"}


def test_an_operation_gets_only_what_is_mapped_and_gives_only_what_is_mapped(begin, world):
    world.operations["order"] = lambda given: {"no": "D-1", "secret": 1, "amount": given["amount"]}
    headers = z("taskHeaders", z("header", key="fund", value="winter"))
    task = service("V", "order", {"amount": "=x * 2"}, {"order.no": "=no"}, headers)
    case = begin(process(start() + task + user("A") + end() + line("S", "V", "A", "E")), x=21)
    (call,) = world.calls
    assert (call.inputs, dict(call.headers)) == ({"amount": 42}, {"fund": "winter"})
    assert case.step.variables == {"x": 21, "order": {"no": "D-1"}}
    (record,) = case.step.operations
    assert (record.element_id, record.outputs["no"]) == ("V", "D-1")


def test_an_asynchronous_operation_waits_for_its_job(begin, world):
    task = service("V", "echo", {"x": "=1"}, {"y": "=z"}, props(**{"async": "true"}))
    case = begin(process(start() + task + user("A") + end() + line("S", "V", "A", "E")))
    (wait,) = case.step.waits.jobs.values()
    assert (wait.operation, wait.inputs, world.calls) == ("echo", {"x": 1}, [])
    case.job_done("V", z=5)
    assert case.open == ["A"]
    assert case.step.variables == {"y": 5}
    assert "V" in case.log


def test_a_send_task_and_a_plain_intermediate_event_run(begin):
    send = node("sendTask", "V", ext(z("taskDefinition", type="echo")))
    body = start() + send + node("intermediateThrowEvent", "M", ext(props(milestone="sent")))
    case = begin(process(body + user("A") + end() + line("S", "V", "M", "A", "E")))
    assert case.open == ["A"]
    assert [p.milestone for p in case.step.passed] == [None, None, "sent"]


def test_nothing_asks_the_wall_clock_or_runs_python(begin, monkeypatch):
    from SpiffWorkflow.bpmn.script_engine.python_engine import PythonScriptEngine

    class Asked(BaseException):
        pass

    def asked(*_arguments, **_named):
        raise Asked

    class NoTime:
        time = asked

    monkeypatch.setattr("SpiffWorkflow.task.time", NoTime)
    for name in ("evaluate", "execute", "call_service"):
        monkeypatch.setattr(PythonScriptEngine, name, asked)
    body = start() + script("X", "=1", "x") + deciding(default="G_E") + user("A") + end()
    body += line("S", "X", "G") + flow("G", "A", "=x = 1") + flow("G", "E") + flow("A", "E")
    case = begin(process(body))
    assert case.done("A").ended
