"""Every construct of BPMN 2.0 in every place where the standard lets it stand, as a file each.

A sample is a whole process that is in order but for the construct: what the gate says of it is
what it says of the construct. Flavours of other tools follow their public documentation.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_HEAD = (
    f'<bpmn:definitions xmlns:bpmn="{BPMN}" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:flowable="http://flowable.org/bpmn" '
    'xmlns:activiti="http://activiti.org/bpmn" xmlns:signavio="http://www.signavio.com" '
    'xmlns:bizagi="http://www.bizagi.com/bpmn20" xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="urn:t">'
)
_ROOTS = (
    '<bpmn:message id="m" name="m"><bpmn:extensionElements><zeebe:subscription correlationKey="=case.id"/>'
    "</bpmn:extensionElements></bpmn:message>"
    '<bpmn:error id="err" errorCode="no"/>'
)
_ROOTS_OF_EVENTS = {
    'signalRef="sig"': '<bpmn:signal id="sig" name="s"/>',
    'escalationRef="esc"': '<bpmn:escalation id="esc" escalationCode="e"/>',
}
_EXT = "<bpmn:extensionElements>{}</bpmn:extensionElements>"
_TOLD = _EXT.format('<zeebe:ioMapping><zeebe:output source="=why" target="why"/></zeebe:ioMapping>')

TIMER = '<bpmn:timerEventDefinition id="ed"><bpmn:timeDuration>P5D</bpmn:timeDuration></bpmn:timerEventDefinition>'
DEFINITIONS: Mapping[str, str] = {
    "none": "",
    "timer": TIMER,
    "timer date": TIMER.replace("timeDuration", "timeDate").replace("P5D", "2030-01-01T00:00:00Z"),
    "timer cycle": TIMER.replace("timeDuration", "timeCycle").replace("P5D", "R3/PT1H"),
    "message": '<bpmn:messageEventDefinition id="ed" messageRef="m"/>',
    "signal": '<bpmn:signalEventDefinition id="ed" signalRef="sig"/>',
    "escalation": '<bpmn:escalationEventDefinition id="ed" escalationRef="esc"/>',
    "error": '<bpmn:errorEventDefinition id="ed" errorRef="err"/>',
    "conditional": '<bpmn:conditionalEventDefinition id="ed"><bpmn:condition>=true</bpmn:condition></bpmn:conditionalEventDefinition>',
    "compensation": '<bpmn:compensateEventDefinition id="ed"/>',
    "cancel": '<bpmn:cancelEventDefinition id="ed"/>',
    "link": '<bpmn:linkEventDefinition id="ed" name="l"/>',
    "terminate": '<bpmn:terminateEventDefinition id="ed"/>',
    "multiple": TIMER + '<bpmn:messageEventDefinition id="ed2" messageRef="m"/>',
}
_START = ("timer", "timer date", "timer cycle", "message", "signal", "conditional", "multiple")
_HANDLER = (
    "timer",
    "timer date",
    "timer cycle",
    "message",
    "signal",
    "conditional",
    "escalation",
    "error",
    "compensation",
    "multiple",
)
_CATCH = (
    "timer",
    "timer date",
    "timer cycle",
    "message",
    "signal",
    "conditional",
    "link",
    "multiple",
)
_THROW = ("none", "message", "signal", "escalation", "compensation", "link")
_BOUNDARY = (
    "timer",
    "timer date",
    "timer cycle",
    "message",
    "signal",
    "conditional",
    "escalation",
    "error",
    "compensation",
    "cancel",
    "multiple",
)
_END = (
    "none",
    "message",
    "signal",
    "escalation",
    "error",
    "compensation",
    "cancel",
    "terminate",
    "multiple",
)


@dataclass(frozen=True)
class Sample:
    """A file; ``construct`` as the documentation names it, ``place`` where it stands."""

    construct: str
    place: str
    bpmn: bytes


def _node(tag: str, identity: str, inside: str = "", **attributes: str) -> str:
    written = "".join(f' {name.replace("__", ":")}="{value}"' for name, value in attributes.items())
    return f'<bpmn:{tag} id="{identity}" name="{identity}"{written}>{inside}</bpmn:{tag}>'


def _flow(source: str, target: str, inside: str = "") -> str:
    return f'<bpmn:sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">{inside}</bpmn:sequenceFlow>'


def _line(*ids: str) -> str:
    return "".join(_flow(one, other) for one, other in pairwise(ids))


USER = _EXT.format('<zeebe:userTask/><zeebe:formDefinition formId="apply"/>')


def _user(identity: str, more: str = "", **attributes: str) -> str:
    return _node("userTask", identity, USER + more, **attributes)


def _script(identity: str) -> str:
    return _node(
        "scriptTask",
        identity,
        _EXT.format(f'<zeebe:script expression="=1" resultVariable="r_{identity}"/>'),
    )


_PUBLISH = _EXT.format(
    '<zeebe:taskDefinition type="notice.publish"/><zeebe:ioMapping><zeebe:input source="=&quot;t&quot;" target="title"/>'
    '<zeebe:output source="=notice_id" target="n"/></zeebe:ioMapping>'
)
TASKS: Mapping[str, str] = {
    "task": "",
    "manualTask": "",
    "userTask": USER,
    "scriptTask": _EXT.format('<zeebe:script expression="=1" resultVariable="r"/>'),
    "serviceTask": _PUBLISH,
    "sendTask": _PUBLISH,
    "receiveTask": _TOLD,
    "businessRuleTask": _EXT.format(
        '<zeebe:calledDecision decisionId="level" resultVariable="r"/>'
    ),
    "callActivity": _EXT.format(
        '<zeebe:calledElement processId="old_process" propagateAllChildVariables="false" propagateAllParentVariables="false"/><zeebe:ioMapping><zeebe:input source="=1" target="subject"/></zeebe:ioMapping>'
    ),
    "subProcess": _node("startEvent", "s2")
    + _script("x2")
    + _node("endEvent", "e2")
    + _line("s2", "x2", "e2"),
    "transaction": _node("startEvent", "s2") + _node("endEvent", "e2") + _line("s2", "e2"),
    "adHocSubProcess": _script("x2"),
}
_LIST = (
    "<bpmn:multiInstanceLoopCharacteristics{}>"
    + _EXT.format('<zeebe:loopCharacteristics inputCollection="=[1]" inputElement="i"/>')
    + "{}</bpmn:multiInstanceLoopCharacteristics>"
)
REPEATED: Mapping[str, str] = {
    "standardLoop": '<bpmn:standardLoopCharacteristics testBefore="true" loopMaximum="3"><bpmn:loopCondition>=true</bpmn:loopCondition></bpmn:standardLoopCharacteristics>',
    "multiInstance parallel": _LIST.format("", ""),
    "multiInstance sequential": _LIST.format(' isSequential="true"', ""),
    "multiInstance completionCondition": _LIST.format(
        "", "<bpmn:completionCondition>=loopCounter &gt; 1</bpmn:completionCondition>"
    ),
}
MARKERS: Mapping[str, str] = {
    "standardLoop without a condition": "<bpmn:standardLoopCharacteristics/>",
    "multiInstance loopCardinality": "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>3</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>",
    "multiInstance behavior": _LIST.format(' behavior="One"', ""),
    "multiInstance loopDataInputRef": "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopDataInputRef>x</bpmn:loopDataInputRef></bpmn:multiInstanceLoopCharacteristics>",
    "ioSpecification": '<bpmn:ioSpecification id="io"><bpmn:inputSet/><bpmn:outputSet/></bpmn:ioSpecification>',
    "property": '<bpmn:property id="prop" name="p"/>',
    "dataInputAssociation": '<bpmn:dataInputAssociation id="dia"><bpmn:targetRef>x</bpmn:targetRef></bpmn:dataInputAssociation>',
    "dataOutputAssociation": '<bpmn:dataOutputAssociation id="doa"><bpmn:sourceRef>x</bpmn:sourceRef></bpmn:dataOutputAssociation>',
    "potentialOwner": '<bpmn:potentialOwner id="po"><bpmn:resourceAssignmentExpression><bpmn:formalExpression>x</bpmn:formalExpression></bpmn:resourceAssignmentExpression></bpmn:potentialOwner>',
}
ARTIFACTS: Mapping[str, str] = {
    "dataObject": '<bpmn:dataObject id="do"/><bpmn:dataObjectReference id="dor" dataObjectRef="do"/>',
    "dataStoreReference": '<bpmn:dataStoreReference id="dsr"/>',
    "textAnnotation": '<bpmn:textAnnotation id="ta"><bpmn:text>说明</bpmn:text></bpmn:textAnnotation><bpmn:association id="as" sourceRef="A" targetRef="ta"/>',
    "group": '<bpmn:group id="gr"/>',
}
ROOTS: Mapping[str, str] = {
    "signal": '<bpmn:signal id="r"/>',
    "escalation": '<bpmn:escalation id="r"/>',
    "resource": '<bpmn:resource id="r" name="r"/>',
    "interface": '<bpmn:interface id="r" name="r"><bpmn:operation id="op" name="o"><bpmn:inMessageRef>m</bpmn:inMessageRef></bpmn:operation></bpmn:interface>',
    "itemDefinition": '<bpmn:itemDefinition id="r"/>',
    "category": '<bpmn:category id="r"><bpmn:categoryValue id="cv" value="x"/></bpmn:category>',
    "dataStore": '<bpmn:dataStore id="r"/>',
    "correlationProperty": '<bpmn:correlationProperty id="r"/>',
    "globalTask": '<bpmn:globalTask id="r"/>',
    "globalUserTask": '<bpmn:globalUserTask id="r"/>',
    "globalScriptTask": '<bpmn:globalScriptTask id="r"/>',
    "globalBusinessRuleTask": '<bpmn:globalBusinessRuleTask id="r"/>',
    "choreography": '<bpmn:choreography id="r"/>',
    "conversation": '<bpmn:conversation id="r"/>',
    "partnerRole": '<bpmn:partnerRole id="r" name="r"/>',
    "endPoint": '<bpmn:endPoint id="r"/>',
    "import": '<bpmn:import importType="x" location="y" namespace="z"/>',
}
VENDORS: Mapping[str, str] = {
    "Camunda 7 assignee": _user("A", camunda__assignee="demo"),
    "Camunda 7 candidateGroups": _user("A", camunda__candidateGroups="g"),
    "Camunda 7 formKey": _user("A", camunda__formKey="f"),
    "Camunda 7 dueDate": _user("A", camunda__dueDate="2030-01-01"),
    "Camunda 7 priority": _user("A", camunda__priority="50"),
    "Camunda 7 asyncBefore": _user("A", camunda__asyncBefore="true"),
    "Camunda 7 formData": _node(
        "userTask",
        "A",
        _EXT.format(
            '<zeebe:userTask/><zeebe:formDefinition formId="apply"/><camunda:formData><camunda:formField id="x" type="string"/></camunda:formData>'
        ),
    ),
    "Camunda 7 taskListener": _node(
        "userTask",
        "A",
        _EXT.format(
            '<zeebe:userTask/><zeebe:formDefinition formId="apply"/><camunda:taskListener class="x.Y" event="create"/>'
        ),
    ),
    "Camunda 7 inputOutput": _node(
        "userTask",
        "A",
        _EXT.format(
            '<zeebe:userTask/><zeebe:formDefinition formId="apply"/><camunda:inputOutput/>'
        ),
    ),
    "Camunda 7 class": _node("serviceTask", "A", camunda__class="x.Y"),
    "Camunda 7 delegateExpression": _node(
        "serviceTask", "A", camunda__delegateExpression="${bean}"
    ),
    "Camunda 7 expression": _node("serviceTask", "A", camunda__expression="${1}"),
    "Camunda 7 external task": _node(
        "serviceTask", "A", camunda__type="external", camunda__topic="t"
    ),
    "Camunda 7 connector": _node("serviceTask", "A", _EXT.format("<camunda:connector/>")),
    "Camunda 7 decisionRef": _node("businessRuleTask", "A", camunda__decisionRef="level"),
    "Camunda 7 in and out": _node(
        "callActivity",
        "A",
        _EXT.format('<camunda:in source="a" target="b"/>'),
        calledElement="old_process",
    ),
    "Camunda 7 script": _node(
        "scriptTask", "A", "<bpmn:script>println 1</bpmn:script>", scriptFormat="groovy"
    ),
    "Camunda 8 assignmentDefinition": _node(
        "userTask",
        "A",
        _EXT.format(
            '<zeebe:userTask/><zeebe:formDefinition formId="apply"/><zeebe:assignmentDefinition candidateGroups="g"/>'
        ),
    ),
    "Camunda 8 taskSchedule": _node(
        "userTask",
        "A",
        _EXT.format(
            '<zeebe:userTask/><zeebe:formDefinition formId="apply"/><zeebe:taskSchedule dueDate="=now()"/>'
        ),
    ),
    "Camunda 8 priorityDefinition": _node(
        "userTask",
        "A",
        _EXT.format(
            '<zeebe:userTask/><zeebe:formDefinition formId="apply"/><zeebe:priorityDefinition priority="50"/>'
        ),
    ),
    "Camunda 8 executionListeners": _node(
        "userTask",
        "A",
        _EXT.format(
            '<zeebe:userTask/><zeebe:formDefinition formId="apply"/><zeebe:executionListeners><zeebe:executionListener eventType="start" type="x"/></zeebe:executionListeners>'
        ),
    ),
    "Camunda 8 taskListeners": _node(
        "userTask",
        "A",
        _EXT.format(
            '<zeebe:userTask/><zeebe:formDefinition formId="apply"/><zeebe:taskListeners><zeebe:taskListener eventType="creating" type="x"/></zeebe:taskListeners>'
        ),
    ),
    "Camunda 8 embedded form": _node(
        "userTask", "A", _EXT.format('<zeebe:formDefinition formKey="camunda-forms:bpmn:x"/>')
    ),
    "Camunda 8 retries": _node(
        "serviceTask", "A", _EXT.format('<zeebe:taskDefinition type="notice.publish" retries="3"/>')
    ),
    "Camunda 8 bindingType": _node(
        "businessRuleTask",
        "A",
        _EXT.format(
            '<zeebe:calledDecision decisionId="level" resultVariable="r" bindingType="deployment"/>'
        ),
    ),
    "Camunda 8 linkedResources": _node(
        "serviceTask",
        "A",
        _EXT.format('<zeebe:taskDefinition type="notice.publish"/><zeebe:linkedResources/>'),
    ),
    "Camunda 8 element template": _user("A", zeebe__modelerTemplate="t"),
    "Flowable assignee": _user("A", flowable__assignee="x"),
    "Flowable candidateUsers": _user("A", flowable__candidateUsers="x"),
    "Flowable formKey": _user("A", flowable__formKey="x"),
    "Flowable skipExpression": _user("A", flowable__skipExpression="${true}"),
    "Flowable class": _node("serviceTask", "A", flowable__class="x.Y"),
    "Flowable mail task": _node("serviceTask", "A", flowable__type="mail"),
    "Flowable executionListener": _node(
        "userTask",
        "A",
        _EXT.format(
            '<zeebe:userTask/><zeebe:formDefinition formId="apply"/><flowable:executionListener class="x" event="start"/>'
        ),
    ),
    "Activiti candidateGroups": _user("A", activiti__candidateGroups="x"),
    "Activiti formProperty": _node(
        "userTask",
        "A",
        _EXT.format(
            '<zeebe:userTask/><zeebe:formDefinition formId="apply"/><activiti:formProperty id="x"/>'
        ),
    ),
    "Signavio metadata": _node(
        "userTask",
        "A",
        _EXT.format(
            '<zeebe:userTask/><zeebe:formDefinition formId="apply"/><signavio:signavioMetaData metaKey="bgcolor" metaValue="#fff"/>'
        ),
    ),
    "Bizagi extension": _node(
        "userTask",
        "A",
        _EXT.format(
            '<zeebe:userTask/><zeebe:formDefinition formId="apply"/><bizagi:BizagiExtensions/>'
        ),
    ),
    "SpiffWorkflow form": _node(
        "userTask",
        "A",
        _EXT.format(
            '<zeebe:userTask/><zeebe:formDefinition formId="apply"/><spiffworkflow:properties><spiffworkflow:property name="formJsonSchemaFilename" value="x.json"/></spiffworkflow:properties>'
        ),
    ),
    "SpiffWorkflow preScript": _node(
        "userTask",
        "A",
        _EXT.format(
            '<zeebe:userTask/><zeebe:formDefinition formId="apply"/><spiffworkflow:preScript>x = 1</spiffworkflow:preScript>'
        ),
    ),
}


def _file(body: str, people: tuple[str, ...], extra: str = "") -> bytes:
    refs = "".join(f"<bpmn:flowNodeRef>{one}</bpmn:flowNodeRef>" for one in people)
    lane = _EXT.format(
        '<zeebe:properties><zeebe:property name="role" value="officer"/>'
        '<zeebe:property name="level" value="grassroots"/></zeebe:properties>'
    )
    own = _EXT.format(
        '<zeebe:properties><zeebe:property name="startRole" value="officer"/>'
        '<zeebe:property name="startLevel" value="grassroots"/></zeebe:properties>'
    )
    extra += "".join(root for used, root in _ROOTS_OF_EVENTS.items() if used in body)
    return (
        f'{_HEAD}<bpmn:process id="sample" name="样例" isExecutable="true">{own}'
        f'<bpmn:laneSet id="ls"><bpmn:lane id="l" name="经办">{lane}{refs}</bpmn:lane></bpmn:laneSet>'
        f"{body}</bpmn:process>{_ROOTS}{extra}</bpmn:definitions>"
    ).encode()


def _in_process(inside: str, flows: str, people: tuple[str, ...] = ("A",)) -> bytes:
    body = _node("startEvent", "S") + inside + _node("endEvent", "E") + flows
    return _file(body, people)


def _in_sub_process(inside: str, flows: str, people: tuple[str, ...] = ("A",)) -> bytes:
    inner = _node("startEvent", "S") + inside + _node("endEvent", "E") + flows
    body = _node("startEvent", "S0") + _node("subProcess", "P", inner) + _node("endEvent", "E0")
    return _file(body + _line("S0", "P", "E0"), people)


def _in_handler(inside: str, flows: str, people: tuple[str, ...] = ("A",)) -> bytes:
    begin = _node("startEvent", "S", TIMER.replace('"ed"', '"ed0"'), isInterrupting="true")
    inner = begin + inside + _node("endEvent", "E") + flows
    body = (
        _node("startEvent", "S0")
        + _script("x0")
        + _node("endEvent", "E0")
        + _line("S0", "x0", "E0")
    )
    return _file(body + _node("subProcess", "H", inner, triggeredByEvent="true"), people)


_PLACES = {"流程": _in_process, "子流程": _in_sub_process, "事件子流程": _in_handler}


def samples() -> Iterator[Sample]:
    """All of them, in the order of the documentation."""
    for place, put in _PLACES.items():
        yield from _steps(place, put)
        yield from _events(place, put)
        yield from _flows_and_gateways(place, put)
        for name, artifact in ARTIFACTS.items():
            yield Sample(name, place, put(_user("A") + artifact, _line("S", "A", "E")))
    yield from _starts_and_handlers()
    for name, root in ROOTS.items():
        body = _node("startEvent", "S") + _user("A") + _node("endEvent", "E") + _line("S", "A", "E")
        yield Sample(f"definitions/{name}", "文件", _file(body, ("A",), root))
    for name, element in VENDORS.items():
        yield Sample(name, "流程", _in_process(element, _line("S", "A", "E")))
    yield from _collaborations()


_NOT_REPEATED = ("task", "manualTask", "transaction", "adHocSubProcess")
"""What is refused anyway."""


def _steps(place: str, put) -> Iterator[Sample]:  # type: ignore[no-untyped-def]
    for marker, mark in {"": "", **REPEATED}.items():
        for tag, inside in TASKS.items():
            if marker and tag in _NOT_REPEATED:
                continue
            attributes = {"messageRef": "m"} if tag == "receiveTask" else {}
            people = ("A",) if tag in ("userTask", "manualTask", "task") else ()
            drawn, way = _node(tag, "A", inside + mark, **attributes), ("S", "A", "E")
            if tag == "businessRuleTask":  # its table reads an amount
                drawn, way = _script("x").replace("r_x", "amount") + drawn, ("S", "x", "A", "E")
            name = f"{tag}/{marker}" if marker else tag
            yield Sample(name, place, put(drawn, _line(*way), people))
    for marker, inside in MARKERS.items():
        yield Sample(f"userTask/{marker}", place, put(_user("A", inside), _line("S", "A", "E")))
    yield Sample(
        "isForCompensation", place, put(_user("A", isForCompensation="true"), _line("S", "A", "E"))
    )


def _events(place: str, put) -> Iterator[Sample]:  # type: ignore[no-untyped-def]
    for kind in _CATCH:
        told = _TOLD if kind in ("message", "multiple") else ""
        event = _node("intermediateCatchEvent", "C", told + DEFINITIONS[kind])
        yield Sample(
            f"intermediateCatchEvent {kind}",
            place,
            put(_user("A") + event, _line("S", "A", "C", "E")),
        )
    for kind in _THROW:
        event = _node("intermediateThrowEvent", "C", DEFINITIONS[kind])
        yield Sample(
            f"intermediateThrowEvent {kind}",
            place,
            put(_user("A") + event, _line("S", "A", "C", "E")),
        )
    pair = _node("intermediateThrowEvent", "C", DEFINITIONS["link"]) + _node(
        "intermediateCatchEvent", "D", DEFINITIONS["link"]
    )
    yield Sample("link pair", place, put(_user("A") + pair, _line("S", "A", "C") + _line("D", "E")))
    for kind in _END:
        end = _node("endEvent", "E9", DEFINITIONS[kind])
        fork = _node("exclusiveGateway", "G", default="G_E9")
        way = _flow("G", "E", "<bpmn:conditionExpression>=1 &gt; 2</bpmn:conditionExpression>")
        yield Sample(
            f"endEvent {kind}",
            place,
            put(_user("A") + fork + end, _line("S", "A", "G", "E9") + way),
        )
    for kind in _BOUNDARY:
        for cancels in ("true", "false"):
            told = _TOLD if kind in ("message", "multiple") else ""
            event = _node(
                "boundaryEvent",
                "B",
                told + DEFINITIONS[kind],
                attachedToRef="A",
                cancelActivity=cancels,
            )
            word = "interrupting" if cancels == "true" else "non-interrupting"
            yield Sample(
                f"boundaryEvent {kind} {word}",
                place,
                put(_user("A") + event + _script("x"), _line("S", "A", "E") + _line("B", "x", "E")),
            )


def _flows_and_gateways(place: str, put) -> Iterator[Sample]:  # type: ignore[no-untyped-def]
    condition = "<bpmn:conditionExpression>=r_x &gt; 0</bpmn:conditionExpression>"
    for tag in ("exclusiveGateway", "inclusiveGateway", "complexGateway"):
        fork = _node(tag, "G", default="G_y")
        flows = (
            _line("S", "x", "G")
            + _flow("G", "z", condition)
            + _line("G", "y", "E")
            + _line("z", "E")
        )
        yield Sample(tag, place, put(_script("x") + fork + _script("y") + _script("z"), flows, ()))
    split = _node("parallelGateway", "G") + _node("parallelGateway", "J")
    flows = _line("S", "G", "x", "J", "E") + _line("G", "y", "J")
    yield Sample("parallelGateway", place, put(split + _script("x") + _script("y"), flows, ()))
    first = TIMER.replace('"ed"', '"ed1"')
    race = _node("eventBasedGateway", "G") + _node("intermediateCatchEvent", "C", first)
    race += _node("intermediateCatchEvent", "D", _TOLD + DEFINITIONS["message"])
    flows = _line("S", "G", "C", "E") + _line("G", "D", "E")
    yield Sample("eventBasedGateway", place, put(race, flows, ()))
    yield Sample(
        "eventBasedGateway instantiate",
        place,
        put(race.replace('name="G"', 'name="G" instantiate="true"'), flows, ()),
    )
    inner = _node("startEvent", "s2") + _node(
        "endEvent", "e2", DEFINITIONS["error"].replace('"ed"', '"ed2"')
    )
    caught = _node("subProcess", "P2", inner + _line("s2", "e2"))
    caught += _node("boundaryEvent", "B", DEFINITIONS["error"], attachedToRef="P2")
    flows = _line("S", "P2", "E") + _line("B", "x", "E")
    yield Sample("error end and boundary", place, put(caught + _script("x"), flows, ()))
    loop = _node("exclusiveGateway", "M") + _node("exclusiveGateway", "G", default="G_E")
    flows = _line("S", "M", "x", "G", "E") + _flow("G", "M", condition)
    yield Sample("loop", place, put(loop + _script("x"), flows, ()))
    both = _line("S", "x", "y", "E") + _line("x", "z", "E")
    yield Sample(
        "uncontrolled split", place, put(_script("x") + _script("y") + _script("z"), both, ())
    )
    chosen = _line("S", "x", "y", "E") + _flow("x", "z", condition) + _line("z", "E")
    yield Sample(
        "conditional flow", place, put(_script("x") + _script("y") + _script("z"), chosen, ())
    )
    alone = _line("S", "x") + _flow("x", "E", condition)
    yield Sample("conditional flow alone", place, put(_script("x"), alone, ()))


def _starts_and_handlers() -> Iterator[Sample]:
    for kind in _START:
        for place in ("流程", "子流程"):
            told = _TOLD if kind in ("message", "multiple") else ""
            start = _node("startEvent", "S", told + DEFINITIONS[kind])
            body = start + _user("A") + _node("endEvent", "E") + _line("S", "A", "E")
            if place == "子流程":
                body = (
                    _node("startEvent", "S0")
                    + _node("subProcess", "P", body)
                    + _node("endEvent", "E0")
                    + _line("S0", "P", "E0")
                )
            yield Sample(f"startEvent {kind}", place, _file(body, ("A",)))
    for kind in _HANDLER:
        for interrupts in ("true", "false"):
            told = _TOLD if kind in ("message", "multiple") else ""
            start = _node("startEvent", "H0", told + DEFINITIONS[kind], isInterrupting=interrupts)
            inner = start + _script("h") + _node("endEvent", "H9") + _line("H0", "h", "H9")
            word = "interrupting" if interrupts == "true" else "non-interrupting"
            body = _user("A") + _node("subProcess", "H", inner, triggeredByEvent="true")
            for place, put in (("流程", _in_process), ("子流程", _in_sub_process)):
                name = f"event sub-process {kind} {word}"
                yield Sample(name, place, put(body, _line("S", "A", "E")))


def _collaborations() -> Iterator[Sample]:
    body = _node("startEvent", "S") + _user("A") + _node("endEvent", "E") + _line("S", "A", "E")
    pools: Mapping[str, str] = {
        "participant": '<bpmn:participant id="pool" name="工会" processRef="sample"/>',
        "two participants": '<bpmn:participant id="pool" processRef="sample"/><bpmn:participant id="other" name="民政"/>',
        "messageFlow": '<bpmn:participant id="pool" processRef="sample"/><bpmn:participant id="other"/>'
        '<bpmn:messageFlow id="mf" sourceRef="A" targetRef="other"/>',
        "participantMultiplicity": '<bpmn:participant id="pool" processRef="sample"><bpmn:participantMultiplicity maximum="2"/></bpmn:participant>',
        "conversationNode": '<bpmn:participant id="pool" processRef="sample"/><bpmn:conversationNode id="cn"/>',
    }
    for name, inside in pools.items():
        extra = f'<bpmn:collaboration id="c">{inside}</bpmn:collaboration>'
        yield Sample(f"collaboration/{name}", "文件", _file(body, ("A",), extra))
