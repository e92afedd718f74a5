"""Event sub-processes written out as boundary events around the body of their scope.

What an event sub-process does to the scope it stands in is what a boundary event does to a
sub-process: it waits as long as the scope is at work, it ends that work or goes on beside it, and
the scope is done when both are. So the body of the scope is put into a sub-process, the start
event of each event sub-process becomes a boundary event of it under its own id, and what it starts
becomes a plain sub-process behind it (BPMN 2.0.2, 10.3.5 and 13.5.4).
"""

from lxml import etree

from engine.model.bpmn_parts import add_flow, local, named
from engine.model.items import REPEATED

BODY = "_body_"
"""Begins the ids of what is put in around the body of a scope, before the scope's own."""

_EVENTS = frozenset(
    {
        "timerEventDefinition",
        "messageEventDefinition",
        "signalEventDefinition",
        "errorEventDefinition",
    }
)
_OF_THE_SCOPE = frozenset(
    {"documentation", "extensionElements", "laneSet", "textAnnotation", "association", "group"}
    | REPEATED
)
"""What stays where it is: it belongs to the scope, or is not run."""


def surround(scope: etree._Element) -> None:
    """Write out the event sub-processes of a scope, in place.

    Nothing is changed where the result would differ from the drawing, for the checks to refuse: a
    handler without exactly one start event with one event, a terminating end beside a handler that
    does not interrupt, several ways out of the scope's start.
    """
    handlers = [one for one in scope.iterchildren(named("subProcess")) if _is_handler(one)]
    starts = list(scope.iterchildren(named("startEvent")))
    if not handlers or len(starts) != 1 or not scope.get("id"):
        return
    first = [
        f
        for f in scope.iterchildren(named("sequenceFlow"))
        if f.get("sourceRef") == starts[0].get("id")
    ]
    triggers = [_trigger(handler) for handler in handlers]
    if len(first) != 1 or any(trigger is None for trigger in triggers):
        return
    beside = any(t is not None and t.get("isInterrupting") == "false" for t in triggers)
    if beside and _terminates(scope):
        return
    body = _wrapped(scope, starts[0], first[0], handlers)
    for handler, trigger in zip(handlers, triggers, strict=True):
        if trigger is not None:
            _attach(scope, body, handler, trigger)


def _is_handler(element: etree._Element) -> bool:
    return element.get("triggeredByEvent") == "true" and bool(element.get("id"))


def _trigger(handler: etree._Element) -> etree._Element | None:
    """Give the start event of a handler, if it has one that a boundary event can stand for."""
    starts = list(handler.iterchildren(named("startEvent")))
    if len(starts) != 1 or not starts[0].get("id"):
        return None
    events = [local(one) for one in starts[0] if local(one).endswith("EventDefinition")]
    return starts[0] if len(events) == 1 and events[0] in _EVENTS else None


def _terminates(scope: etree._Element) -> bool:
    return any(
        end.find(named("terminateEventDefinition")) is not None
        for end in scope.iterchildren(named("endEvent"))
    )


def _wrapped(
    scope: etree._Element,
    start: etree._Element,
    first: etree._Element,
    handlers: list[etree._Element],
) -> etree._Element:
    """Move the scope's body into a sub-process between its start and an end that is put in."""
    identity = scope.get("id", "")
    moved = [
        child
        for child in scope
        if local(child) not in _OF_THE_SCOPE and child not in (start, first, *handlers)
    ]
    body = etree.SubElement(scope, named("subProcess"))
    body.set("id", f"{BODY}{identity}")
    begin = etree.SubElement(body, named("startEvent"))
    begin.set("id", f"{BODY}begin_{identity}")
    for child in moved:
        body.append(child)
    add_flow(body, f"{BODY}first_{identity}", begin.get("id", ""), first.get("targetRef", ""))
    first.set("targetRef", body.get("id", ""))
    _ended(scope, body.get("id", ""), f"end_{identity}")
    return body


def _attach(
    scope: etree._Element, body: etree._Element, handler: etree._Element, trigger: etree._Element
) -> None:
    """Make the handler's start event a boundary event of the body, and the handler what follows."""
    identity = trigger.get("id", "")
    boundary = etree.SubElement(scope, named("boundaryEvent"))
    for name, value in trigger.attrib.items():
        if name != "isInterrupting":
            boundary.set(name, value)
    boundary.set("attachedToRef", body.get("id", ""))
    boundary.set("cancelActivity", trigger.get("isInterrupting", "true"))
    for child in list(trigger):
        if local(child) != "outgoing":
            boundary.append(child)
    handler.remove(trigger)
    begin = etree.SubElement(handler, named("startEvent"))
    begin.set("id", f"{BODY}begin_{identity}")
    for flow in handler.iterchildren(named("sequenceFlow")):
        if flow.get("sourceRef") == identity:
            flow.set("sourceRef", begin.get("id", ""))
    del handler.attrib["triggeredByEvent"]
    add_flow(scope, f"{BODY}on_{identity}", identity, handler.get("id", ""))
    _ended(scope, handler.get("id", ""), f"end_{handler.get('id')}")


def _ended(scope: etree._Element, before: str, name: str) -> None:
    end = etree.SubElement(scope, named("endEvent"))
    end.set("id", f"{BODY}{name}")
    add_flow(scope, f"{BODY}to_{name}", before, end.get("id", ""))
