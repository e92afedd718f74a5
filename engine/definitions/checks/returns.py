"""Are the ways back drawn so that the choice of where to is complete? (design.md D21)"""

from collections.abc import Iterator

from engine.definitions.diagram import Flow, Node, Process
from engine.definitions.draft import Draft
from engine.definitions.feel_facts import equalities
from engine.definitions.findings import error
from engine.definitions.soundness import explore
from engine.definitions.variables import usable_form
from engine.errors import Finding
from engine.forms.returning import tickable


def check(draft: Draft) -> Iterator[Finding]:
    """Fields that offer return targets, and the flows they are made from."""
    for process in draft.processes:
        fields = _return_fields(draft, process)
        for node in process.of("exclusiveGateway"):
            yield from _gateway(process, node, fields)
        for node in process.of("userTask"):
            form = usable_form(draft, node)
            if form is None or form.return_field is None:
                continue
            key = form.return_field.key
            gateway = _following_gateway(node)
            if gateway is None or not _return_flows(gateway, {key}):
                yield error(
                    "return-without-targets", process.file, node.element, node=node.label, key=key
                )
            elif form.return_items is not None:
                yield from _items(draft, process, node, _return_flows(gateway, {key}))


def _items(
    draft: Draft, process: Process, node: Node, flows: list[tuple[Flow, str]]
) -> Iterator[Finding]:
    """What is to be changed is ticked among the fields of the steps the case can go back to."""
    nodes = {target.id: target for target in process.of("userTask")}
    for target in dict.fromkeys(value for _, value in flows):
        step = nodes.get(target)
        form = None if step is None else usable_form(draft, step)
        if step is not None and (form is None or not any(tickable(target, form.components))):
            yield error(
                "return-fields-empty", process.file, node.element, node=node.label, step=step.label
            )


def _return_fields(draft: Draft, process: Process) -> set[str]:
    names = {"return_to"}
    for node in process.of("userTask"):
        form = usable_form(draft, node)
        if form is not None and form.return_field is not None:
            names.add(form.return_field.key)
    return names


def _gateway(process: Process, node: Node, fields: set[str]) -> Iterator[Finding]:
    flows = _return_flows(node, fields)
    for flow, value in flows:
        if value != flow.target:
            yield error(
                "return-target",
                process.file,
                flow.element,
                flow=flow.label,
                value=value,
                target=flow.target,
            )
    if flows and node in explore(node.scope).accompanied:
        yield error("return-in-parallel", process.file, node.element, node=node.label)


def _return_flows(gateway: Node, fields: set[str]) -> list[tuple[Flow, str]]:
    return [
        (flow, str(one.value))
        for flow in gateway.outgoing
        for one in equalities(flow.condition or "")
        if one.name in fields
    ]


def _following_gateway(node: Node) -> Node | None:
    """The nearest exclusive gateway after a step."""
    seen = {node}
    waiting = [node]
    while waiting:
        for following in node.scope.next_of(waiting.pop(0)):
            if following.tag == "exclusiveGateway":
                return following
            if following not in seen:
                seen.add(following)
                waiting.append(following)
    return None
