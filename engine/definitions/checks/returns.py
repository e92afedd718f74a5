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
                    "return-without-targets",
                    f"{node.label}的表单可以选择退回到哪一步(字段 {key}),但后面的排他网关没有"
                    f'条件里写着 {key} = "步骤编号" 的出线,没有可选的步骤。请画出退回的连线。',
                    process.file,
                    node.element,
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
                "return-fields-empty",
                f"{node.label}的表单可以勾选要修改的项目,但能退回到的{step.label}没有要填写的项目,"
                "退回时没有可勾的。请给它一张表单,或删去属性 returnFields。",
                process.file,
                node.element,
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
                f"{flow.label}的条件说退回到“{value}”,连线却通向“{flow.target}”。请改成一致。",
                process.file,
                flow.element,
            )
    if flows and node in explore(node.scope).accompanied:
        yield error(
            "return-in-parallel",
            f"{node.label}有退回的连线,但它可能与别的分支同时进行,退回后那些分支还在办。"
            "请把退回画在并行之外。",
            process.file,
            node.element,
        )


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
