"""Shorthand of BPMN written out, before anything looks at a drawing.

The standard lets a designer leave things out: a jump over the page by a pair of link events, a
split that no gateway shows, a sub-process that an event starts. The engine below has none of them;
they mean exactly what a flow, a gateway and a boundary event say, so these are put in. What is put
in has an id of its own kind, and is not drawn.

BPMN 2.0.2: send and receive tasks 10.3.3, link events 10.5.6, uncontrolled and conditional flows
out of an activity 13.3.2.
"""

from collections import Counter
from collections.abc import Iterator

from lxml import etree

from engine.model.bpmn_parts import add_flow, local, named
from engine.model.event_subprocesses import BODY, surround

LINK = "_link_"
"""Begins the id of a flow that stands for a pair of link events, before that of the first."""
SPLIT = "_split_"
"""Begins the id of a gateway that stands for a split, before that of the step it follows."""

_SCOPES = ("process", "subProcess")


def straighten(root: etree._Element) -> None:
    """Write out link events and splits without a gateway, in place.

    What is not drawn well (a link without its pair, one conditional flow alone) is left as it is,
    for the checks to refuse.
    """
    scopes = [scope for name in _SCOPES for scope in root.iter(named(name))]
    for scope in scopes:
        _name_tasks(scope)
        _join_links(scope)
        _show_splits(scope)
    for scope in scopes:
        surround(scope)


def is_put_in(identity: str) -> bool:
    """Whether an id is that of something put in: it is not drawn."""
    return identity.startswith((LINK, SPLIT, BODY))


# Tasks ----------------------------------------------------------------------------


def _name_tasks(scope: etree._Element) -> None:
    """A send task is a service task that sends; a receive task is an event that waits."""
    hosts = {one.get("attachedToRef") for one in scope.iterchildren(named("boundaryEvent"))}
    for task in list(scope.iterchildren(named("sendTask"))):
        task.tag = named("serviceTask")
    for task in list(scope.iterchildren(named("receiveTask"))):
        message = task.get("messageRef")
        if message and task.get("instantiate", "false") == "false" and task.get("id") not in hosts:
            task.tag = named("intermediateCatchEvent")
            for attribute in ("messageRef", "instantiate", "implementation"):
                task.attrib.pop(attribute, None)
            awaited = etree.SubElement(task, named("messageEventDefinition"))
            awaited.set("messageRef", message)


# Links ----------------------------------------------------------------------------


def _join_links(scope: etree._Element) -> None:
    throws = _link_events(scope, "intermediateThrowEvent")
    catches = _link_events(scope, "intermediateCatchEvent")
    caught = Counter(link for _event, link in catches)
    entered = {flow.get("targetRef") for flow in _flows(scope)}
    left = {flow.get("sourceRef") for flow in _flows(scope)}
    for catch, link in catches:
        sources = [event for event, thrown in throws if thrown == link]
        drawn_well = (
            link
            and sources
            and caught[link] == 1
            and catch.get("id")
            and catch.get("id") not in entered
            and all(event.get("id") and event.get("id") not in left for event in sources)
        )
        if not drawn_well:
            continue
        for event in (*sources, catch):
            _remove(event, "linkEventDefinition")
        catch.tag = named("intermediateThrowEvent")  # passed through, and waits for nothing
        for event in sources:
            add_flow(scope, f"{LINK}{event.get('id')}", event.get("id", ""), catch.get("id", ""))


def _link_events(scope: etree._Element, name: str) -> list[tuple[etree._Element, str]]:
    found = []
    for event in scope.iterchildren(named(name)):
        definitions = [one for one in event if local(one).endswith("EventDefinition")]
        if len(definitions) == 1 and local(definitions[0]) == "linkEventDefinition":
            found.append((event, (definitions[0].get("name") or "").strip()))
    return found


# Splits ---------------------------------------------------------------------------


def _show_splits(scope: etree._Element) -> None:
    leaving: dict[str, list[etree._Element]] = {}
    for flow in _flows(scope):
        leaving.setdefault(flow.get("sourceRef", ""), []).append(flow)
    for node in list(scope):
        identity = node.get("id")
        ways = leaving.get(identity or "", [])
        if identity and len(ways) > 1 and _splits(node):
            _put_gateway(scope, node, ways)


def _splits(node: etree._Element) -> bool:
    name = local(node)
    is_step = name.endswith(("Task", "Event")) or name in ("task", "subProcess", "callActivity")
    return is_step and name != "endEvent"


def _put_gateway(scope: etree._Element, node: etree._Element, ways: list[etree._Element]) -> None:
    """Put a gateway behind a step: inclusive where a flow has a condition, else parallel."""
    conditions = [flow.find(named("conditionExpression")) for flow in ways]
    chooses = any(condition is not None for condition in conditions)
    gateway = etree.SubElement(scope, named("inclusiveGateway" if chooses else "parallelGateway"))
    identity = f"{SPLIT}{node.get('id')}"
    gateway.set("id", identity)
    default = node.attrib.pop("default", None) if chooses else None
    if default:
        gateway.set("default", str(default))
    for flow, condition in zip(ways, conditions, strict=True):
        flow.set("sourceRef", identity)
        if chooses and condition is None and flow.get("id") != default:
            always = etree.SubElement(flow, named("conditionExpression"))
            always.text = "=true"  # a flow without a condition is always taken
    for reference in list(node.iterchildren(named("outgoing"))):
        node.remove(reference)
    add_flow(scope, f"{SPLIT}to_{node.get('id')}", node.get("id", ""), identity)
    _same_lane(scope, node, identity)


def _same_lane(scope: etree._Element, node: etree._Element, identity: str) -> None:
    process = scope
    while local(process) != "process":
        parent = process.getparent()
        if parent is None:
            return
        process = parent
    for reference in list(process.iter(named("flowNodeRef"))):
        lane = reference.getparent()
        if (reference.text or "").strip() == node.get("id") and lane is not None:
            added = etree.Element(named("flowNodeRef"))
            added.text = identity
            lane.insert(lane.index(reference) + 1, added)


# Parts ----------------------------------------------------------------------------


def _flows(scope: etree._Element) -> Iterator[etree._Element]:
    return scope.iterchildren(named("sequenceFlow"))


def _remove(event: etree._Element, name: str) -> None:
    for child in list(event.iterchildren(named(name))):
        event.remove(child)
