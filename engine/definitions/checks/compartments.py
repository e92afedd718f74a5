"""Does nothing of a compartment come out of it, and does who fills it in read it?

What lies in a compartment is shown to some only; what a title, a mapping or a table makes of it
would be shown to all who see the case.
"""

from collections.abc import Iterator, Mapping

from engine.definitions.diagram import Node, Process
from engine.definitions.draft import Draft
from engine.definitions.expressions import Site, sites
from engine.definitions.findings import error
from engine.errors import Finding
from engine.forms import CompiledForm
from engine.model.definitions import listed
from engine.model.public_words import GUEST_MOBILE
from engine.sentences import Words


def check(draft: Draft) -> Iterator[Finding]:
    """Steps that see them, expressions that tell them, forms that ask the same elsewhere."""
    for process in draft.processes:
        kept = _kept(draft, process)
        for node in process.of("userTask"):
            yield from _sees(process, node, _form(draft, node), frozenset(kept.values()))
        if kept:
            yield from _told(draft, process, kept)
            yield from _told_by_tables(draft, process, kept)
            yield from _told_by_forms(draft, process, kept)
            yield from _asked_elsewhere(draft, process, kept)


def _form(draft: Draft, node: Node) -> CompiledForm | None:
    return draft.form(node.form_id or "")


def _kept(draft: Draft, process: Process) -> Mapping[str, str]:
    """By variable, the compartment it lies in."""
    found: dict[str, str] = {}
    for node in process.of("userTask", "startEvent"):
        form = _form(draft, node)
        for asked in () if form is None else form.fields.values():
            if asked.compartment:
                found[asked.path[0]] = asked.compartment
    return found


def _sees(
    process: Process, node: Node, form: CompiledForm | None, known: frozenset[str]
) -> Iterator[Finding]:
    seen = frozenset(listed(node.properties.get("sees", "")))
    for name in sorted(seen - known):
        yield error(
            "compartment-unknown",
            process.file,
            node.element,
            node=node.label,
            name=name,
            known=Words.listed(sorted(known)),
        )
    for name in sorted((frozenset() if form is None else form.compartments) - seen):
        yield error("compartment-not-seen", process.file, node.element, node=node.label, name=name)


def _told(draft: Draft, process: Process, kept: Mapping[str, str]) -> Iterator[Finding]:
    for site in sites(draft, process):
        expression = site.compiled()
        if expression is None or not _is_shown(site):
            continue
        for name in sorted(expression.free_names & kept.keys()):
            yield error(
                "compartment-told",
                process.file,
                site.element,
                where=site.where,
                name=name,
                compartment=kept[name],
            )


def _told_by_tables(draft: Draft, process: Process, kept: Mapping[str, str]) -> Iterator[Finding]:
    """What a decision table looked at stands beside its answer, for whoever sees the case."""
    for node in process.of("businessRuleTask"):
        decision = draft.decision(node.decision_id)
        for name in sorted(kept.keys() & set(() if decision is None else decision.inputs)):
            where = Words.filled(
                "{node}的决策“{decision}”",
                "the decision “{decision}” of {node}",
                node=node.label,
                decision=node.decision_id,
            )
            yield _tells(process, node, where, name, kept)


def _told_by_forms(draft: Draft, process: Process, kept: Mapping[str, str]) -> Iterator[Finding]:
    """A field that is worked out from what lies in a compartment lies in it as well."""
    for node in process.of("userTask", "startEvent"):
        form = _form(draft, node)
        for asked in () if form is None else form.fields.values():
            read = frozenset[str]()
            for computed in (asked.expression, asked.prefill):
                read |= frozenset() if computed is None else computed.names
            for name in sorted(read & kept.keys()):
                if asked.compartment != kept[name]:
                    where = Words.filled(
                        "{node}的表单字段“{field}”",
                        "the field “{field}” of {node}",
                        node=node.label,
                        field=asked.label or asked.key,
                    )
                    yield _tells(process, node, where, name, kept)


def _tells(
    process: Process, node: Node, where: Words, name: str, kept: Mapping[str, str]
) -> Finding:
    return error(
        "compartment-told",
        process.file,
        node.element,
        where=where,
        name=name,
        compartment=kept[name],
    )


def _is_shown(site: Site) -> bool:
    """Whether the value can be read where the compartment is closed.

    A flow, a limit and whom to keep away only decide; a number to be rung is handed on sealed.
    A step may give its own answer out under its own name.
    """
    node, text = site.node, site.text.strip()
    if node is None:
        return text not in _deciding(site.process)
    if text in (flow.condition for flow in site.process.flows):
        return False
    if text == node.properties.get("deadline", "").strip():
        return False
    if node.tag == "serviceTask" and any(text == one.source.strip() for one in node.inputs):
        return False
    return not any(
        text == one.source.strip() and text.removeprefix("=").strip() == one.variable
        for one in node.outputs
    )


def _deciding(process: Process) -> frozenset[str]:
    names = ("confidentiality", "excluded", "totalLimit", GUEST_MOBILE)
    return frozenset(process.properties.get(name, "").strip() for name in names)


def _asked_elsewhere(draft: Draft, process: Process, kept: Mapping[str, str]) -> Iterator[Finding]:
    for node in process.of("userTask", "startEvent"):
        form = _form(draft, node)
        for asked in () if form is None else form.fields.values():
            name = kept.get(asked.path[0])
            if name is not None and asked.compartment != name:
                yield error(
                    "compartment-differs",
                    process.file,
                    node.element,
                    node=node.label,
                    field=asked.label or asked.key,
                    name=name,
                )
