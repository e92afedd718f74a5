"""A waiting case in another version of its process: nothing skipped, nothing begun anew."""

from dataclasses import replace
from datetime import timedelta

import pytest

from engine import runtime
from engine.definitions.standing import Ways
from engine.runtime import Renaming
from tests.unit.runtime.kit import (
    Case,
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
    service,
    signal,
    signals,
    source_of,
    start,
    timer,
    user,
    z,
)


def drawn(*ids: str, extra: str = "", more: str = "") -> bytes:
    """User tasks along a line."""
    return process(start() + "".join(map(user, ids)) + end() + line("S", *ids, "E") + more, extra)


def caught(identity: str, reference: str) -> str:
    """An event that waits for a message and keeps nothing of it."""
    kept = ext(io(outputs={"got": "=text"}))
    return node("intermediateCatchEvent", identity, kept + receives(reference))


def version(bpmn: bytes, number: int = 2, **files: object):
    return replace(source_of(bpmn, **files), id=f"p:{number}", version=number)


def rebound(case: Case, bpmn: bytes, **ids: str):
    new = runtime.compile_program(version(bpmn))
    return runtime.rebind(case.program, new, case.step.state, Renaming(ids), case.world.ports())


def moved(case: Case, bpmn: bytes, **ids: str) -> Case:
    """The same case from now on in the new version."""
    found = rebound(case, bpmn, **ids)
    assert found.obstacles == ()
    assert Ways(runtime.compile_program(version(bpmn))).stuck_at(found.marks) == ()
    assert found.step is not None
    case.source, case.step = version(bpmn), found.step
    return case


def codes(case: Case, bpmn: bytes, **ids: str) -> list[tuple[str, str]]:
    return [(one.code, one.element_id) for one in rebound(case, bpmn, **ids).obstacles]


def test_a_later_step_of_the_new_version_is_done(begin):
    case = begin(drawn("apply", "review", "approve"))
    case.done("apply")
    moved(case, drawn("apply", "review", "audit", "approve"))
    token = case.token("review")
    case.done("review")
    assert case.open == ["audit"]
    case.done("audit")
    assert case.open == ["approve"]
    assert case.done("approve").ended
    assert token
    assert case.log == ["S", "apply", "review", "audit", "approve", "E"]


def test_the_step_keeps_its_token_and_what_was_written_stays(begin):
    case = begin(drawn("apply", "review"), name="林模拟")
    case.done("apply", reason="缺设备")
    before = case.token("review")
    moved(case, drawn("apply", "review", "audit"))
    assert case.token("review") == before
    assert case.scope() == {"name": "林模拟", "reason": "缺设备"}


def test_a_step_that_is_gone_stops_the_case_until_it_is_mapped(begin):
    case = begin(drawn("apply", "review", "approve"))
    case.done("apply")
    new = drawn("apply", "precheck", "approve")
    assert codes(case, new) == [("gone", "review")]
    moved(case, new, review="precheck")
    assert case.open == ["precheck"]
    case.done("precheck")
    assert case.open == ["approve"]


def test_a_mapping_to_nothing_or_to_another_kind_is_refused(begin):
    case = begin(drawn("apply", "review"))
    case.done("apply")
    body = start() + user("apply") + service("book") + end() + line("S", "apply", "book", "E")
    assert codes(case, process(body), review="nowhere") == [("target-unknown", "review")]
    assert codes(case, process(body), review="book") == [("kind", "review")]
    assert codes(case, process(body), review="") == [("gone", "review")]


def waiting(*, duration: str = "P5D", audit: bool = False, name: str = "late") -> bytes:
    steps = ["notice", *(["audit"] if audit else [])]
    body = start() + "".join(map(user, steps)) + user("remind") + end() + end("E2")
    body += boundary(name, "notice", timer("timeDuration", duration))
    return process(body + line("S", *steps, "E") + line(name, "remind", "E2"))


def test_a_running_timer_is_not_begun_anew(begin, world):
    case = begin(waiting())
    due = next(iter(case.step.waits.timers.values())).due
    token = case.token("late")
    world.now += timedelta(days=3)
    moved(case, waiting(duration="P9D", audit=True))
    assert case.token("late") == token
    assert next(iter(case.step.waits.timers.values())).due == due
    case.fire("late")
    assert case.open == ["remind"]
    assert case.done("remind").ended


def test_the_timer_beside_a_step_ends_with_it_as_before(begin):
    case = moved(begin(waiting()), waiting(audit=True))
    step = case.done("notice")
    assert step.waits.timers == {}
    assert case.open == ["audit"]
    assert case.done("audit").ended


def test_a_timer_that_is_gone_is_mapped_or_given_up(begin):
    case = begin(waiting())
    assert codes(case, drawn("notice")) == [("gone-beside", "late")]
    assert codes(case, waiting(name="later")) == [("gone-beside", "late")]
    token = case.token("late")
    renamed = moved(begin(waiting()), waiting(name="later"), late="later")
    assert renamed.fire("later").waits.timers == {}
    found = rebound(case, drawn("notice"), late="")
    assert found.dropped == (token,)
    moved(case, drawn("notice"), late="")
    assert case.done("notice").ended


def test_a_timer_that_only_the_new_version_has_begins_now(begin, world):
    case = begin(drawn("notice"))
    world.now += timedelta(days=1)
    found = rebound(case, waiting())
    assert found.begun == (("p", "late"),)
    moved(case, waiting())
    assert next(iter(case.step.waits.timers.values())).due == world.now + timedelta(days=5)
    case.fire("late")
    assert case.open == ["remind"]
    assert case.done("remind").ended


def test_a_reminder_that_has_fired_does_not_fire_again(begin):
    def reminding(*steps: str) -> bytes:
        body = start() + "".join(map(user, steps)) + user("remind") + end() + end("E2")
        body += boundary("late", "A", timer("timeDuration", "P1D"), interrupting=False)
        return process(body + line("S", *steps, "E") + line("late", "remind", "E2"))

    case = begin(reminding("A"))
    case.fire("late")
    assert sorted(case.open) == ["A", "remind"]
    moved(case, reminding("A", "B"))
    assert case.step.waits.timers == {}
    case.done("remind")
    case.done("A")
    assert case.done("B").ended


def parallel(*branches: tuple[str, ...], join: str = "J") -> bytes:
    body = start() + node("parallelGateway", "F") + node("parallelGateway", join) + end()
    body += line("S", "F") + line(join, "E")
    for branch in branches:
        body += "".join(map(user, branch)) + line("F", *branch, join)
    return process(body)


def test_a_join_remembers_who_has_come(begin):
    case = begin(parallel(("A",), ("B",)))
    case.done("A")
    moved(case, parallel(("A",), ("B", "C"), join="K"), J="K")
    case.done("B")
    assert case.open == ["C"]
    assert case.done("C").ended


def test_a_branch_that_grew_behind_a_token_that_has_come_is_refused(begin):
    case = begin(parallel(("A",), ("B",)))
    case.done("A")
    assert codes(case, parallel(("A", "audit"), ("B",))) == [("join", "J")]


def test_a_branch_more_would_be_waited_for_for_ever(begin):
    case = begin(parallel(("A",), ("B",)))
    new = parallel(("A",), ("B",), ("C",))
    found = rebound(case, new)
    assert found.obstacles == ()
    ways = Ways(runtime.compile_program(version(new)))
    assert ways.stuck_at(found.marks) == ("J",)


def test_a_join_that_would_be_over_at_once_is_refused(begin):
    case = begin(parallel(("A",), ("B",), ("C",)))
    case.done("A")
    case.done("B")
    body = parallel(("A",), ("B",))
    assert ("join-over", "J") in codes(case, body) or ("gone", "C") in codes(case, body)


def test_work_in_a_sub_process_and_in_each_item_goes_on(begin):
    def outer(*inner: str) -> bytes:
        inside = start("s") + "".join(map(user, inner)) + end("e") + line("s", *inner, "e")
        inside += many("=people", "person", outputCollection="all", outputElement="=said")
        body = start() + node("subProcess", "each", inside) + user("last") + end()
        return process(body + line("S", "each", "last", "E"))

    case = begin(outer("ask"), people=["甲", "乙"])
    case.done("ask", item=1, said="好")
    moved(case, outer("ask", "check"))
    case.done("ask", item=2, said="不")
    assert case.open == ["check"]
    case.done("check")
    assert case.open == ["last"]
    assert case.scope()["all"] == ["好", "不"]
    assert case.done("last").ended


def test_items_of_a_step_keep_their_results(begin):
    def each(*after: str) -> bytes:
        repeated = user("ask", inside=many("=people", outputCollection="all", outputElement="=x"))
        body = start() + repeated + "".join(map(user, after)) + end()
        return process(body + line("S", "ask", *after, "E"))

    case = begin(each(), people=[1, 2, 3])
    case.done("ask", item=2, x=20)
    moved(case, each("after"))
    case.done("ask", item=1, x=10)
    case.done("ask", item=3, x=30)
    assert case.open == ["after"]
    assert case.scope()["all"] == [10, 20, 30]
    one = begin(each(), people=[1])
    assert codes(one, drawn("ask")) == [("kind", "ask"), ("kind", "ask")] or codes(
        one, drawn("ask")
    ) == [("kind", "ask")]


def test_a_step_moved_into_a_sub_process_is_refused(begin):
    inside = start("s") + user("review") + end("e") + line("s", "review", "e")
    body = start() + user("apply") + node("subProcess", "body", inside) + end()
    case = begin(drawn("apply", "review"))
    case.done("apply")
    new = process(body + line("S", "apply", "body", "E"))
    assert codes(case, new) == [("place", "review")]


def test_a_message_is_waited_for_with_the_key_it_had(begin):
    def catching(name: str, key: str, *after: str) -> bytes:
        body = start() + caught("letter", "M")
        body += "".join(map(user, after)) + end() + line("S", "letter", *after, "E")
        return process(body, message("M", name, key))

    case = begin(catching("answer", "=number"), number="7")
    moved(case, catching("reply", "=other", "after"))
    (wait,) = case.step.waits.messages.values()
    assert (wait.name, wait.key) == ("reply", '"7"')
    case.send("letter")
    assert case.open == ["after"]


def test_a_signal_is_waited_for_as_the_new_version_calls_it(begin):
    def drawn(name):
        body = start() + user("A") + boundary("on", "A", signals("sig")) + user("H") + end()
        body += end("E2") + line("S", "A", "E") + line("on", "H", "E2")
        return process(body, signal("sig", name))

    case = begin(drawn("旧名"))
    token = case.token("on")
    moved(case, drawn("新名"))
    (wait,) = case.step.waits.signals.values()
    assert (wait.token, wait.name) == (token, "新名")
    case.hear("on")
    assert case.open == ["H"]


def test_the_events_behind_an_event_gateway_are_kept_and_new_ones_begin(begin):
    def choosing(*, third: bool) -> bytes:
        body = start() + node("eventBasedGateway", "G") + end() + line("S", "G")
        body += node("intermediateCatchEvent", "T", timer("timeDuration", "P1D"))
        body += caught("M", "msg")
        names = ["T", "M"]
        if third:
            body += node("intermediateCatchEvent", "U", timer("timeDuration", "P2D"))
            names.append("U")
        body += "".join(line("G", name, f"after_{name}", "E") for name in names)
        body += "".join(user(f"after_{name}") for name in names)
        return process(body, message("msg", "come", "=number"))

    case = begin(choosing(third=False), number="7")
    moved(case, choosing(third=True))
    assert {w.element_id for w in case.step.waits.timers.values()} == {"T", "U"}
    case.send("M")
    assert case.step.waits.timers == {}
    assert case.open == ["after_M"]
    back = begin(choosing(third=True), number="7")
    assert codes(back, choosing(third=False)) == [("gone", "U")]


def test_work_of_another_is_not_taken_for_the_work_that_was_asked_for(begin, world):
    def booking(operation: str) -> bytes:
        header = z("taskHeaders", z("header", key="asynchronous", value="true"))
        body = start() + service("book", operation, {"x": "=1"}, None, header) + end()
        return process(body + line("S", "book", "E"))

    world.operations["other"] = dict
    case = begin(booking("echo"))
    if case.step.waits.jobs:
        assert codes(case, booking("other")) == [("operation", "book")]


def test_a_failed_step_is_mended_by_the_new_version(begin):
    case = begin(
        process(
            start()
            + script("sum", "=missing + 1", "x")
            + user("A")
            + end()
            + node("exclusiveGateway", "G")
            + flow("G", "A", "=x > 0")
            + line("S", "sum", "G")
            + line("A", "E")
        )
    )
    assert case.incidents == ["G"]
    moved(
        case,
        process(
            start()
            + script("sum", "=1", "x")
            + user("A")
            + end()
            + node("exclusiveGateway", "G", default="G_A")
            + flow("G", "A")
            + line("S", "sum", "G")
            + line("A", "E")
        ),
    )
    assert case.incidents == ["G"]
    case.retry()
    assert case.open == ["A"]


def test_a_form_that_is_given_other_variables_has_them(begin):
    def asking(**inputs: str) -> bytes:
        body = start() + user("A", io(inputs)) + end() + line("S", "A", "E")
        return process(body)

    case = begin(asking(shown="=name"), name="林模拟", amount=5)
    moved(case, asking(sum="=amount"))
    assert case.scope(case.token("A")) == {"name": "林模拟", "amount": 5, "sum": 5}


def test_a_called_process_is_taken_over_with_its_caller(world):
    def calling(*inner: str):
        called = process(
            start() + "".join(map(user, inner)) + end() + line("S", *inner, "E"), key="q"
        )
        call = node(
            "callActivity",
            "C",
            ext(
                z(
                    "calledElement",
                    processId="q",
                    propagateAllChildVariables="false",
                    propagateAllParentVariables="false",
                ),
                io({"a": "=a"}, {"b": "=a"}),
            ),
        )
        body = start() + call + user("last") + end() + line("S", "C", "last", "E")
        return process(body), {"q": source_of(called, "q")}

    bpmn, called = calling("think")
    case = Case(replace(source_of(bpmn), called=called), world, {"a": 1})
    bpmn, called = calling("think", "sign")
    new = replace(version(bpmn), called=called)
    found = runtime.rebind(
        case.program, runtime.compile_program(new), case.step.state, Renaming({}), world.ports()
    )
    assert found.obstacles == ()
    case.source, case.step = new, found.step
    case.done("think")
    assert case.open == ["sign"]
    case.done("sign")
    assert case.open == ["last"]
    assert case.done("last").ended


def test_there_and_back_again_is_where_it_was(begin, world):
    case = begin(waiting())
    before = case.step.waits
    moved(case, waiting(audit=True))
    back = runtime.rebind(
        case.program,
        runtime.compile_program(source_of(waiting())),
        case.step.state,
        Renaming({}),
        world.ports(),
    )
    assert back.step.waits == before


def test_two_new_versions_one_after_the_other(begin):
    case = begin(drawn("a", "b", "c"))
    case.done("a")
    moved(case, drawn("a", "b", "x", "c"))
    case.done("b")
    moved(case, drawn("a", "b", "x", "y", "c"))
    case.done("x")
    case.done("y")
    assert case.done("c").ended


@pytest.mark.parametrize("times", [1, 3])
def test_a_loop_goes_on_as_the_new_version_draws_it(begin, times):
    def looping(*steps: str) -> bytes:
        body = start() + node("exclusiveGateway", "M") + "".join(map(user, steps))
        body += node("exclusiveGateway", "G", default="G_E") + end()
        body += line("S", "M", *steps, "G") + flow("G", "M", "=again") + flow("G", "E")
        return process(body)

    case = begin(looping("A"))
    for _ in range(times):
        case.done("A", again=True)
    moved(case, looping("A", "B"))
    for _ in range(times):
        case.done("A")
        case.done("B", again=True)
    case.done("A")
    assert case.done("B", again=False).ended
