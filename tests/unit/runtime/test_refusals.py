"""What SpiffWorkflow would ignore, lose or mis-run is refused, with element, line and sentence."""

import gc

import pytest
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser

from engine.runtime import ProgramRefused, compile_program
from tests.unit.runtime.kit import (
    again,
    boundary,
    end,
    ext,
    file,
    flow,
    io,
    line,
    many,
    message,
    node,
    process,
    props,
    receives,
    script,
    source_of,
    start,
    timer,
    user,
    z,
)


def refusal(bpmn, **files):
    with pytest.raises(ProgramRefused) as caught:
        compile_program(source_of(bpmn, **files))
    return caught.value.findings


def codes(bpmn, **files):
    return {finding.code for finding in refusal(bpmn, **files)}


def around(middle, *ids, extra=""):
    """A process with something between start and end."""
    return process(start() + middle + end() + line("S", *(ids or ("X",)), "E"), extra)


def throwing(definition):
    return around(node("intermediateThrowEvent", "X", definition))


def catching(definition, extra=""):
    return around(node("intermediateCatchEvent", "X", definition), extra=extra)


SERVICE = ext(z("taskDefinition", type="echo"))

IGNORED_ELEMENTS = {
    "untyped task": around(node("task", "X")),
    "manual task": around(node("manualTask", "X")),
    "complex gateway": around(node("complexGateway", "X")),
    "transaction": around(node("transaction", "X", start("S2") + end("E2") + line("S2", "E2"))),
    "ad hoc": around(node("adHocSubProcess", "X", user("Y"))),
    "signal start": process(node("startEvent", "S", '<bpmn:signalEventDefinition signalRef="s"/>') + end() + line("S", "E")),
    "message end": process(start() + end("E", "<bpmn:messageEventDefinition/>") + line("S", "E")),
    "escalation": throwing("<bpmn:escalationEventDefinition/>"),
    "compensation": throwing("<bpmn:compensateEventDefinition/>"),
    "link": throwing('<bpmn:linkEventDefinition name="l"/>'),
    "conditional": catching("<bpmn:conditionalEventDefinition><bpmn:condition>=x</bpmn:condition>"
                            "</bpmn:conditionalEventDefinition>"),
    "timer cycle": catching(timer("timeCycle", "R3/PT1H")),
    "error in the middle": throwing("<bpmn:errorEventDefinition/>"),
    "data object": process(start() + '<bpmn:dataObject id="o"/>' + end() + line("S", "E")),
    "data store": process(start() + '<bpmn:dataStoreReference id="o"/>' + end() + line("S", "E")),
    "io specification": around(user("X", inside="<bpmn:ioSpecification/>")),
    "property": around(user("X", inside='<bpmn:property id="q"/>')),
    "owner": around(user("X", inside="<bpmn:potentialOwner/>")),
    "foreign script": around(node("scriptTask", "X", ext(z("script", expression="=1", resultVariable="x"))
                                  + "<bpmn:script>import os</bpmn:script>")),
    "loop cardinality": around(user("X", inside="<bpmn:multiInstanceLoopCharacteristics>"
        "<bpmn:loopCardinality>3</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>")),
}  # fmt: skip


@pytest.mark.parametrize("bpmn", IGNORED_ELEMENTS.values(), ids=IGNORED_ELEMENTS)
def test_an_element_that_is_not_run_is_refused(bpmn):
    found = [f for f in refusal(bpmn) if f.code == "unsupported-element"]
    assert found
    assert all(f.line and f.element_id and f.file == "p.bpmn" for f in found)


IGNORED_ATTRIBUTES = {
    "compensation": around(user("X", isForCompensation="true")),
    "event sub-process": around(user("X") + node("subProcess", "Y", start("S2") + end("E2")
                                                 + line("S2", "E2"), triggeredByEvent="true")),
    "script format": around(script("X", "=1", "x").replace("<bpmn:scriptTask ", '<bpmn:scriptTask scriptFormat="javascript" ')),
    "quantity": around(user("X", startQuantity="2")),
    "default of a task": around(user("X", default="X_E")),
    "instantiate": around(node("receiveTask", "X", "", instantiate="true")),
    "foreign attribute": around(user("X").replace("<bpmn:userTask ", '<bpmn:userTask xmlns:camunda="http://camunda.org/schema/1.0/bpmn" camunda:assignee="me" ')),
    "condition language": process(start() + end() + flow("S", "E", "=true")).replace(b"<bpmn:conditionExpression ", b'<bpmn:conditionExpression language="javascript" '),
}  # fmt: skip


@pytest.mark.parametrize("bpmn", IGNORED_ATTRIBUTES.values(), ids=IGNORED_ATTRIBUTES)
def test_an_attribute_that_is_not_run_is_refused(bpmn):
    assert "unsupported-attribute" in codes(bpmn)


IGNORED_EXTENSIONS = {
    "assignment": user("X", z("assignmentDefinition", assignee="me")),
    "schedule": user("X", z("taskSchedule", dueDate="=now()")),
    "priority": user("X", z("priorityDefinition", priority="3")),
    "binding": user("X", z("formDefinition", formId="f", bindingType="versionTag")),
    "listeners": user("X", z("executionListeners")),
    "retries": node("serviceTask", "X", ext(z("taskDefinition", type="echo", retries="5"))),
    "mapping of a script": node("scriptTask", "X", ext(
        z("script", expression="=1", resultVariable="x"), io({"a": "=1"}))),
    "another vendor": user("X", '<v:x xmlns:v="http://vendor.example"/>'),
    "inside properties": user("X", z("properties", z("other"))),
}  # fmt: skip


@pytest.mark.parametrize("written", IGNORED_EXTENSIONS.values(), ids=IGNORED_EXTENSIONS)
def test_an_extension_that_is_not_run_is_refused(written):
    assert "unsupported-extension" in codes(around(written))


CALL = {"propagateAllChildVariables": "false", "propagateAllParentVariables": "false"}


def gateway(flows, default=None, tag="exclusiveGateway"):
    attributes = {} if default is None else {"default": default}
    body = start() + node(tag, "G", **attributes) + user("A") + user("B") + end() + line("S", "G")
    return process(body + flows + line("A", "E") + line("B", "E"))


MESSAGE = message("M", "m", "=key")
WRONG = {
    "not-an-expression": gateway(flow("G", "A", "x > 5") + flow("G", "B"), "G_B"),
    "expression-syntax": gateway(flow("G", "A", "=x >") + flow("G", "B"), "G_B"),
    "condition-missing": gateway(flow("G", "A", "=x") + flow("G", "B")),
    "default-condition": gateway(flow("G", "A", "=x") + flow("G", "B", "=y"), "G_B"),
    "default-flow": gateway(flow("G", "A", "=x") + flow("G", "B", "=y"), "S_G"),
    "condition-ignored": around(user("X") + user("Y")).replace(b"</bpmn:process>", b"") + b"",
    "no-exit": process(start() + user("A") + end() + line("S", "A")),
    "end-has-exit": process(start() + user("A") + end() + line("S", "A", "E", "A")),
    "unreachable": process(start() + user("A") + user("Lost") + end() + line("S", "A", "E") + line("Lost", "E")),
    "one-start": process(start() + start("S2") + end() + line("S", "E") + line("S2", "E")),
    "no-end": process(start() + user("A") + user("B") + line("S", "A", "B", "A")),
    "flow-target": process(start() + end() + line("S", "E") + flow("S", "Nowhere")),
    "flow-source": process(start() + end() + line("S", "E") + flow("Nowhere", "E")),
    "boundary-host": process(start() + user("A") + end() + boundary("T", "S", timer("timeDuration", "P1D")) + line("S", "A", "E") + line("T", "E")),
    "boundary-event": process(start() + user("A") + end() + boundary("T", "A", "") + line("S", "A", "E") + line("T", "E")),
    "boundary-error": process(start() + user("A") + end() + boundary("T", "A", "<bpmn:errorEventDefinition/>") + line("S", "A", "E") + line("T", "E")),
    "boundary-entered": process(start() + user("A") + user("B") + end() + boundary("T", "A", timer("timeDuration", "P1D")) + line("S", "A", "B", "T", "E")),
    "catch-event": catching(""),
    "several-events": catching(timer("timeDuration", "P1D") + timer("timeDuration", "P2D")),
    "event-gateway": process(start() + node("eventBasedGateway", "G") + user("A") + end() + line("S", "G", "A", "E")),
    "timer-missing": catching(timer("timeDuration", "")),
    "timed-start": process(node("startEvent", "S", timer("timeDuration", "P1D")) + end() + line("S", "E")),
    "timer-unreadable": catching(timer("timeDuration", "-P1D")),
    "message-missing": catching(receives("Nowhere")),
    "message-key": catching(ext(io(None, {"x": "=y"})) + receives("M"), node("message", "M", name="m")),
    "message-mapping": catching(receives("M"), MESSAGE),
    "event-output": catching(ext(io(None, {"x": "=y"})) + timer("timeDuration", "P1D")),
    "event-input": catching(ext(io({"a": "=1"}, {"x": "=y"})) + receives("M"), MESSAGE),
    "missing-extension": around(node("serviceTask", "X")),
    "computed-reference": around(node("serviceTask", "X", ext(z("taskDefinition", type="=x")))),
    "variable-name": around(script("X", "=1", "two words")),
    "reserved-variable": around(script("X", "=1", "case")),
    "propagation": around(node("callActivity", "X", ext(z("calledElement", processId="q")))),
    "called-process-missing": around(node("callActivity", "X", ext(z("calledElement", processId="q", **CALL)))),
    "recursive-call": around(node("callActivity", "X", ext(z("calledElement", processId="p", **CALL)))),
    "loop-collection": around(user("X", inside="<bpmn:multiInstanceLoopCharacteristics/>")),
    "loop-output": around(user("X", inside=many("=l", outputCollection="all"))),
    "loop-element": around(node("receiveTask", "X", many("=l"))),
    "loop-condition": around(
        user("X", inside='<bpmn:standardLoopCharacteristics loopMaximum="3"/>')
    ),
    "loop-maximum": around(user("X", inside=again("=true", loopMaximum="0"))),
    "form-missing": around(user("X", z("formDefinition", formId="f"))),
    "decision-missing": around(node("businessRuleTask", "X", ext(z("calledDecision", decisionId="d", resultVariable="x")))),
    "duplicate-id": process(start() + user("A") + user("A") + end() + line("S", "A", "E")),
    "id-missing": process(start() + user("A") + "<bpmn:userTask/>" + end() + line("S", "A", "E")),
    "not-executable": process(start() + end() + line("S", "E")).replace(b'"true"', b'"false"'),
    "process-missing": process(start() + end() + line("S", "E"), key="other"),
    "several-processes": process(start() + end() + line("S", "E"), '<bpmn:process id="p2"/>'),
    "error-code": process(start() + end("E", '<bpmn:errorEventDefinition errorRef="R"/>') + line("S", "E"), node("error", "R")),
    "doctype": b'<!DOCTYPE x [<!ENTITY e "v">]>' + process(start() + end() + line("S", "E")),
    "not-xml": b"<bpmn:definitions",
    "empty-file": b"  ",
}  # fmt: skip
WRONG["condition-ignored"] = process(
    start() + user("A") + end() + line("S", "A") + flow("A", "E", "=x")
)


@pytest.mark.parametrize("code", WRONG)
def test_what_could_not_run_as_drawn_is_refused(code):
    found = {f.code: f for f in refusal(WRONG[code])}
    assert code in found, found
    assert found[code].message.endswith(("。", ")")) or "有误" in found[code].message
    assert found[code].severity == "error"


def test_all_findings_come_at_once_with_their_lines():
    body = start() + "\n" + node("task", "X") + "\n" + script("Y", "=1 +", "y") + "\n" + end()
    found = refusal(process(body + line("S", "X", "Y", "E")))
    assert {(f.code, f.element_id, f.line) for f in found} >= {
        ("unsupported-element", "X", 2),
        ("expression-syntax", "Y", 3),
    }


def test_too_many_elements_are_refused():
    names = [f"A{n}" for n in range(1001)]
    body = start() + "".join(script(n, "=1", "x") for n in names) + end() + line("S", *names, "E")
    assert "too-large" in codes(process(body))


def test_a_file_that_would_hang_the_parser_is_refused_before_it():
    found = compile_refusal("hang")
    assert {f.element_id for f in found if f.code == "unsupported-element"} >= {"ref", "in"}


def compile_refusal(name):
    with pytest.raises(ProgramRefused) as caught:
        compile_program(source_of(file(f"{name}.bpmn"), name))
    return caught.value.findings


def test_flows_without_an_id_are_run_and_lanes_with_spaces_found(begin):
    source = source_of(file("noflowid.bpmn"), "noflowid")
    case = begin(source)
    assert case.open == ["A"]
    assert case.step.passed[0].flow_ids == ("_flow_0",)
    lane = case.program.element("noflowid", "A").lane
    assert lane is not None
    assert lane.name == "经办"
    assert case.program.bpmn("noflowid") == source.bpmn
    assert case.done("A").ended


def test_processes_that_call_each_other_are_refused():
    def calling(key, other):
        task = node("callActivity", "X", ext(z("calledElement", processId=other, **CALL)))
        return process(start() + task + end() + line("S", "X", "E"), key=key)

    old = source_of(calling("p", "q"), "p")
    other = source_of(calling("q", "p"), "q", called={"p": old})
    assert "recursive-call" in codes(calling("p", "q"), called={"q": other})


def test_two_versions_of_one_called_process_are_refused():
    def calling(key, *others):
        tasks = "".join(
            node("callActivity", f"X{o}", ext(z("calledElement", processId=o, **CALL)))
            for o in others
        )
        ids = [f"X{o}" for o in others]
        return process(start() + tasks + end() + line("S", *ids, "E"), key=key)

    leaf = calling("r")
    first = source_of(leaf, "r")
    second = type(first)("r:2", "r", 2, "r.bpmn", leaf)
    middle = source_of(calling("q", "r"), "q", called={"r": second})
    assert "two-versions" in codes(calling("p", "r", "q"), called={"r": first, "q": middle})


LANES = (
    '<bpmn:laneSet><bpmn:lane id="l1" name="经办">'
    + ext(props(role="officer", level="grassroots"))
    + "<bpmn:flowNodeRef>A</bpmn:flowNodeRef></bpmn:lane>"
    '<bpmn:lane id="l2" name="复核"><bpmn:flowNodeRef>P</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>'
)


def laned():
    inner = node("subProcess", "P", start("S2") + user("B") + end("E2") + line("S2", "B", "E2"))
    return LANES + start() + user("A") + inner + end() + line("S", "A", "P", "E")


def test_lanes_are_never_lost_however_many_files_are_read():
    # SpiffWorkflow 3.2.0 looks lanes up by the identity of an object that may be gone.
    for _ in range(40):
        program = compile_program(source_of(process(laned())))
        lane = program.element("p", "A").lane
        assert lane is not None
        assert (lane.role, lane.level, lane.name) == ("officer", "grassroots", "经办")
        inner = program.element("p", "B").lane
        assert inner is not None
        assert inner.name == "复核"
        gc.collect()


def test_of_nested_lanes_the_inmost_holds_the_step():
    inner = (
        '<bpmn:childLaneSet><bpmn:lane id="l3" name="初审">'
        + ext(props(role="reviewer", level="county"))
        + "<bpmn:flowNodeRef>A</bpmn:flowNodeRef></bpmn:lane></bpmn:childLaneSet></bpmn:lane>"
    )
    lane = compile_program(source_of(process(laned().replace("</bpmn:lane>", inner, 1))))
    found = lane.element("p", "A").lane
    assert found is not None
    assert (found.id, found.role) == ("l3", "reviewer")


def test_a_lane_that_spiffworkflow_loses_or_mixes_up_is_noticed(monkeypatch):
    for other in (None, "别的泳道"):
        monkeypatch.setattr(ProcessParser, "get_lane_name", lambda *_, lane=other: lane)
        assert codes(process(laned())) == {"lane-lost"}


def test_an_element_in_two_lanes_is_refused():
    written = laned().replace(
        "<bpmn:flowNodeRef>P<", "<bpmn:flowNodeRef>A</bpmn:flowNodeRef><bpmn:flowNodeRef>P<"
    )
    assert "two-lanes" in codes(process(written))


def test_a_step_in_a_sub_process_keeps_the_lane_it_is_drawn_in():
    # The body of a process that can be withdrawn is a sub-process with several roles in it.
    written = laned().replace(
        "<bpmn:flowNodeRef>A<", "<bpmn:flowNodeRef>B</bpmn:flowNodeRef><bpmn:flowNodeRef>A<"
    )
    lane = compile_program(source_of(process(written))).element("p", "B").lane
    assert lane is not None
    assert lane.name == "经办"


def test_the_editors_own_traces_are_no_reason_to_refuse():
    written = around(user("X")).replace(
        b"<bpmn:definitions ",
        b'<bpmn:definitions xmlns:modeler="http://camunda.org/schema/modeler/1.0" '
        b'modeler:executionPlatform="Camunda Cloud" exporter="Camunda Modeler" ',
    )
    note = b'<bpmn:textAnnotation id="n"><bpmn:text>t</bpmn:text></bpmn:textAnnotation>'
    note += b'<bpmn:association id="as" sourceRef="X" targetRef="n"/></bpmn:process>'
    compile_program(source_of(written.replace(b"</bpmn:process>", note)))
