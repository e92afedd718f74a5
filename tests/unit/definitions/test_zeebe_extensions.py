"""Every element and attribute of the zeebe namespace is read or refused, never ignored (D5)."""

from dataclasses import replace

import pytest

from engine.definitions import Known, check_bundle
from engine.definitions.checks import extensions
from engine.model.definitions import Bundle, SourceFile
from engine.runtime import ProgramRefused, compile_program, vocabulary
from tests.unit.runtime.kit import (
    ext,
    io,
    line,
    many,
    message,
    node,
    process,
    receives,
    source_of,
    start,
    user,
    z,
)

# What the editor's description of the namespace (zeebe-bpmn-moddle 2.0.0) knows, with the
# attributes; those in the last line are written on other vendors' and BPMN's own elements.
KNOWN_TO_THE_EDITOR = {
    "ioMapping": (),
    "input": ("source", "target"),
    "output": ("source", "target"),
    "subscription": ("correlationKey",),
    "taskHeaders": (),
    "header": ("id", "key", "value"),
    "taskDefinition": ("type", "retries"),
    "loopCharacteristics": (
        "inputCollection",
        "inputElement",
        "outputCollection",
        "outputElement",
    ),
    "calledElement": (
        "processId",
        "processIdExpression",
        "propagateAllChildVariables",
        "propagateAllParentVariables",
        "businessId",
        "bindingType",
        "versionTag",
    ),
    "userTaskForm": ("id",),
    "formDefinition": ("formKey", "formId", "externalReference", "bindingType", "versionTag"),
    "linkedResources": (),
    "linkedResource": ("resourceId", "resourceType", "linkName", "bindingType", "versionTag"),
    "userTask": (),
    "calledDecision": ("decisionId", "resultVariable", "bindingType", "versionTag"),
    "assignmentDefinition": ("assignee", "candidateGroups", "candidateUsers"),
    "priorityDefinition": ("priority",),
    "jobPriorityDefinition": ("priority",),
    "taskSchedule": ("dueDate", "followUpDate"),
    "properties": (),
    "property": ("name", "value", "modelerConfigurationTemplate", "modelerConfigurationName"),
    "script": ("expression", "resultVariable"),
    "executionListeners": (),
    "executionListener": ("eventType", "retries", "type"),
    "taskListeners": (),
    "taskListener": ("eventType", "retries", "type"),
    "versionTag": ("value",),
    "adHoc": ("activeElementsCollection", "outputCollection", "outputElement"),
    "conditionalFilter": ("variableNames", "variableEvents"),
    "agentDefinition": ("agentType",),
}
ON_BPMN_ELEMENTS = (
    "retryCounter",
    "modelerTemplate",
    "modelerTemplateVersion",
    "modelerTemplateIcon",
)

OWNERS = (
    "process",
    "laneSet",
    "lane",
    "sequenceFlow",
    "message",
    *sorted(vocabulary.NODES),
)
READ = {
    "process": {"properties"},
    "startEvent": {"properties", "formDefinition"},
    "userTask": {"properties", "userTask", "formDefinition", "ioMapping"},
    "scriptTask": {"properties", "script"},
    "businessRuleTask": {"properties", "calledDecision"},
    "serviceTask": {"properties", "taskDefinition", "taskHeaders", "ioMapping"},
    "sendTask": {"properties", "taskDefinition", "taskHeaders", "ioMapping"},
    "callActivity": {"properties", "calledElement", "ioMapping"},
    "intermediateCatchEvent": {"properties", "ioMapping"},
    "boundaryEvent": {"properties", "ioMapping"},
    "message": {"properties", "subscription"},
}
"""What is read where; everywhere else only properties."""


def gate_codes(bpmn: bytes, known: Known) -> set[str]:
    found = check_bundle(Bundle((SourceFile("p.bpmn", bpmn),)), known)
    return {f.code for f in found if f.severity == "error"}


def holding(owner: str, extension: str) -> bytes:
    """A file with an element of this kind that holds nothing but the extension."""
    inside = ext(extension)
    if owner == "process":
        return process("", own=inside)
    if owner == "message":
        return process("", node("message", "X", inside))
    if owner == "lane":
        return process(node("laneSet", "lanes", node("lane", "X", inside)))
    return process(node(owner, "X", inside))


def refused_by_the_gate(owner: str, extension: str, known: Known) -> bool:
    codes = {"extension-refused", "assignment-refused"}
    return not codes.isdisjoint(gate_codes(holding(owner, extension), known))


@pytest.mark.parametrize("owner", OWNERS)
def test_every_extension_is_read_or_refused_wherever_it_is_written(
    owner: str, known: Known
) -> None:
    names = [*KNOWN_TO_THE_EDITOR, "somethingNew"]
    read = {name for name in names if not refused_by_the_gate(owner, z(name), known)}
    assert read == READ.get(owner, {"properties"})
    # The runtime also knows what the gate does not let through yet.
    assert read <= vocabulary.EXTENSIONS.get(owner, frozenset({"properties"}))


@pytest.mark.parametrize("name", KNOWN_TO_THE_EDITOR)
def test_every_attribute_of_an_extension_is_read_or_refused(name: str, known: Known) -> None:
    owner = next((o for o in OWNERS if name in READ.get(o, {"properties"})), None)
    around = {"input": "ioMapping", "output": "ioMapping", "header": "taskHeaders"}
    around["property"] = "properties"
    for attribute in (*KNOWN_TO_THE_EDITOR[name], "somethingNew"):
        written = z(name, **{attribute: "x"})
        if name in around:
            owner, written = "serviceTask", z(around[name], written)
        if owner is None:
            continue  # the element itself is refused, see above
        refused = "extension-attribute" in gate_codes(holding(owner, written), known)
        assert refused is (attribute not in vocabulary.EXTENSION_PARTS[name][0]), attribute


@pytest.mark.parametrize("attribute", [*ON_BPMN_ELEMENTS, "somethingNew"])
@pytest.mark.parametrize("owner", sorted(vocabulary.NODES))
def test_a_zeebe_attribute_on_an_element_is_refused(
    owner: str, attribute: str, known: Known
) -> None:
    written = process(node(owner, "X")).replace(
        f"<bpmn:{owner} ".encode(), f'<bpmn:{owner} zeebe:{attribute}="1" '.encode()
    )
    assert "extension-attribute" in gate_codes(written, known)


def test_an_extension_outside_the_extension_elements_is_refused(known: Known) -> None:
    written = process(node("userTask", "X", z("userTask")))
    assert "extension-refused" in gate_codes(written, known)


def test_gate_and_runtime_know_the_same_attributes() -> None:
    for name, attributes in extensions._ATTRIBUTES.items():
        assert attributes == vocabulary.EXTENSION_PARTS[name][0], name


# Reading is more than letting through: another value must make another program. -------------

MESSAGE_TEXT = io(outputs={"text": "=text"})
SAMPLES = {
    "properties/property": user("X", z("properties", z("property", name="milestone", value="m"))),
    "formDefinition": user("X", z("formDefinition", formId="f1")),
    "ioMapping/input": user("X", io({"a": "=1"})),
    "ioMapping/output": user("X", io(None, {"a": "=1"})),
    "script": node("scriptTask", "X", ext(z("script", expression="=1", resultVariable="r"))),
    "calledDecision": node(
        "businessRuleTask", "X", ext(z("calledDecision", decisionId="d1", resultVariable="r"))
    ),
    "taskDefinition": node("serviceTask", "X", ext(z("taskDefinition", type="t"))),
    "taskHeaders/header": node(
        "serviceTask",
        "X",
        ext(z("taskDefinition", type="t"), z("taskHeaders", z("header", key="k", value="v"))),
    ),
    "loopCharacteristics": user(
        "X", inside=many("=list", "one", outputCollection="all", outputElement="=one")
    ),
}
CHANGES = [
    ("properties/property", 'name="milestone"', 'name="owner"'),
    ("properties/property", 'value="m"', 'value="n"'),
    ("formDefinition", '"f1"', '"f2"'),
    ("ioMapping/input", '"=1"', '"=2"'),
    ("ioMapping/input", '"a"', '"b"'),
    ("ioMapping/output", '"=1"', '"=2"'),
    ("ioMapping/output", '"a"', '"b"'),
    ("script", '"=1"', '"=2"'),
    ("script", '"r"', '"s"'),
    ("calledDecision", '"d1"', '"d2"'),
    ("calledDecision", '"r"', '"s"'),
    ("taskDefinition", '"t"', '"u"'),
    ("taskHeaders/header", '"k"', '"l"'),
    ("taskHeaders/header", '"v"', '"w"'),
    ("loopCharacteristics", '"=list"', '"=other"'),
    ("loopCharacteristics", '"one"', '"two"'),
    ("loopCharacteristics", '"all"', '"every"'),
    ("loopCharacteristics", '"=one"', '"=two"'),
]
FORM = b'{"type": "default", "id": "%s", "components": []}'
DECISION = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" '
    'namespace="n"><decision id="%s" name="%s"><literalExpression><text>1</text>'
    "</literalExpression></decision></definitions>"
)


def read(middle: str) -> str:
    """What the runtime has read of a file with this element in its middle."""
    body = start() + middle + node("endEvent", "E") + line("S", "X", "E")
    source = replace(
        source_of(process(body)),
        forms={name: FORM % name.encode() for name in ("f1", "f2")},
        decisions={f"{d}.dmn": (DECISION % (d, d)).encode() for d in ("d1", "d2")},
    )
    return repr(compile_program(source).node("p", "X"))


@pytest.mark.parametrize(("sample", "before", "after"), CHANGES)
def test_another_value_makes_another_program(sample: str, before: str, after: str) -> None:
    written = SAMPLES[sample]
    assert before in written
    assert read(written) == read(written)
    assert read(written.replace(before, after)) != read(written)


def test_the_key_of_a_message_is_read() -> None:
    def waiting_for(key: str) -> str:
        event = ext(MESSAGE_TEXT) + receives("M")
        body = start() + node("intermediateCatchEvent", "X", event) + node("endEvent", "E")
        bpmn = process(body + line("S", "X", "E"), message("M", "m", key))
        return repr(compile_program(source_of(bpmn)).node("p", "X"))

    assert waiting_for("=a") != waiting_for("=b")


def test_a_called_process_is_read_and_never_given_everything() -> None:
    def calling(**attributes: str) -> str:
        called = node("callActivity", "X", ext(z("calledElement", **attributes)))
        body = start() + called + node("endEvent", "E") + line("S", "X", "E")
        inner = process(start() + node("endEvent", "E") + line("S", "E"), key="q")
        source = source_of(process(body), called={"q": source_of(inner, "q")})
        return repr(compile_program(source).node("p", "X"))

    closed = {"propagateAllChildVariables": "false", "propagateAllParentVariables": "false"}
    assert "'q'" in calling(processId="q", **closed)
    for name in closed:
        with pytest.raises(ProgramRefused):
            calling(processId="q", **{**closed, name: "true"})
        with pytest.raises(ProgramRefused):
            calling(processId="q", **{k: v for k, v in closed.items() if k != name})
