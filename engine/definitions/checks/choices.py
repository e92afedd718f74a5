"""Do gateways cover what can be decided, and compare with what forms can offer?"""

from collections.abc import Iterator, Mapping

from engine.definitions.diagram import Node, Process
from engine.definitions.draft import Draft
from engine.definitions.feel_facts import equalities, required_equalities
from engine.definitions.findings import error, warning
from engine.definitions.variables import usable_form, writings
from engine.errors import Finding
from engine.forms import FieldKind
from engine.sentences import Words


def check(draft: Draft) -> Iterator[Finding]:
    """Values that no form offers; exclusive gateways that may lead nowhere."""
    for process in draft.processes:
        offered = _offered(draft, process)
        for flow in process.flows:
            for one in sorted(equalities(flow.condition or ""), key=lambda e: (e.name, e.value)):
                choices = offered.get(one.name)
                if choices is not None and one.value not in choices:
                    shown = Words.listed(sorted(choices))
                    yield error(
                        "condition-value",
                        process.file,
                        flow.element,
                        flow=flow.label,
                        name=one.name,
                        value=one.value,
                        shown=shown,
                    )
        for node in process.of("exclusiveGateway"):
            if len(node.outgoing) > 1 and not _is_exhaustive(node, offered):
                yield warning("no-default-flow", process.file, node.element, node=node.label)


def _offered(draft: Draft, process: Process) -> dict[str, frozenset[str]]:
    """The values of the variables that only fields with fixed choices write."""
    found: dict[str, set[str]] = {}
    open_ended: set[str] = set()
    for writing in writings(draft, process):
        form = usable_form(draft, writing.node)
        field = None if form is None else form.fields.get(writing.variable)
        if (
            field is None
            or writing.node.outputs
            or not field.options
            or field.return_targets
            or field.kind is FieldKind.CHECKLIST
        ):
            open_ended.add(writing.variable)
        else:
            values = (option.value for option in field.options)
            found.setdefault(writing.variable, set()).update(values)
    return {name: frozenset(v) for name, v in found.items() if name not in open_ended}


def _is_exhaustive(node: Node, offered: Mapping[str, frozenset[str]]) -> bool:
    """Whether some way out is sure: a default, or a way for every choice of one field."""
    if node.element.get("default"):
        return True
    covered: dict[str, set[str | bool]] = {}
    for flow in node.outgoing:
        required = required_equalities(flow.condition or "")
        if not required:
            continue
        deciding = [one for one in required if one.name != "return_to"]
        # Where a step is sent back to is chosen among the very flows of the gateway.
        if len(deciding) == 1:
            covered.setdefault(deciding[0].name, set()).add(deciding[0].value)
    for name, values in covered.items():
        if values >= {True, False} or (name in offered and values >= set(offered[name])):
            return True
    return False
