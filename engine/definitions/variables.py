"""Which variables a process has: who writes them, who reads them (design.md D16)."""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.definitions.bpmn_xml import Element
from engine.definitions.diagram import Node, Process
from engine.definitions.draft import Draft, read_draft
from engine.definitions.expressions import Site, When, sites
from engine.definitions.repetition import (
    item_around,
    items_around,
    listed,
    names_of_counting,
    names_of_items,
)
from engine.forms import CompiledForm
from engine.forms.codes import text_keys
from engine.model.definitions import (
    FINISHED_IN,
    OVERDUE,
    STARTS_FROM,
    UNFINISHED,
    Bundle,
    DefinitionSource,
    SourceFile,
)
from engine.model.english import SUFFIX as ENGLISH
from engine.model.subjects import ABOUT
from engine.sentences import Words

RESERVED = frozenset({"case"})
"""Provided by the engine in every scope, never written by a process."""


@dataclass(frozen=True)
class Writing:
    """A step writes a variable of the process, or (``home``) of each item of a repeated step."""

    variable: str
    node: Node
    element: Element
    home: Node | None = None


@dataclass(frozen=True)
class Reading:
    """A place reads variables; ``where`` says what it is.

    ``inside`` are the repeated steps in whose items it reads, outermost first.
    """

    names: frozenset[str]
    node: Node | None
    element: Element
    where: Words
    inside: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Called:
    """A called process with the files it is read from."""

    draft: Draft
    process: Process


def writings(draft: Draft, process: Process) -> Iterator[Writing]:
    """Every write to the process's own scope, and to those of its items."""
    for scope in process.scopes:
        for node in scope.nodes.values():
            for name, element in _written_by(draft, node):
                yield Writing(name, node, element, item_around(node))
            found = listed(node)
            if found is not None and found.result_name:
                outside = node.scope.owner
                home = None if outside is None else item_around(outside)
                yield Writing(found.result_name, node, found.mark, home)


def _written_by(draft: Draft, node: Node) -> Iterator[tuple[str, Element]]:
    if node.outputs:
        for mapped in node.outputs:
            yield mapped.variable, mapped.element
    elif node.tag in {"userTask", "startEvent"}:
        for name in sorted(form_names(usable_form(draft, node))):
            yield name, node.element
    elif node.tag == "serviceTask":
        operation = draft.known.operations.get(node.operation)
        for name in () if operation is None else operation.outputs:
            yield name, node.element
    elif node.result_variable:
        yield node.result_variable.partition(".")[0], node.element


def written(draft: Draft, process: Process) -> frozenset[str]:
    """The names of all variables that the process itself writes or has from its start."""
    return Provided(draft, process).at(())


def written_anywhere(draft: Draft, process: Process) -> frozenset[str]:
    """The same, with what only items of repeated steps have."""
    return Provided(draft, process).anywhere()


class Provided:
    """Which variables there are at which place of a process."""

    def __init__(self, draft: Draft, process: Process) -> None:
        self._process = process
        self._given = given(process)
        self._by_home: dict[Node | None, set[str]] = {None: set()}
        for writing in writings(draft, process):
            self._by_home.setdefault(writing.home, set()).add(writing.variable)

    def at(self, inside: tuple[Node, ...]) -> frozenset[str]:
        """Those of the process, and of the items of these repeated steps."""
        names = self._given | names_of_items(inside)
        return names.union(*(self._by_home.get(home, ()) for home in (None, *inside)))

    def anywhere(self) -> frozenset[str]:
        """Those of the process, and of the items of whichever step is repeated."""
        repeated = (node for node in self._process.nodes.values() if listed(node) is not None)
        return self.at(tuple(repeated))


def given(process: Process) -> frozenset[str]:
    """What a process has from its start beside its form: that which it begins from."""
    says = process.properties
    about = {ABOUT} if says.get(STARTS_FROM, "").strip() == OVERDUE else set()
    return frozenset(about | ({UNFINISHED} if says.get(FINISHED_IN, "").strip() else set()))


def readings(draft: Draft, process: Process) -> Iterator[Reading]:
    """Every place that reads variables, without the names that are the step's own there."""
    for site in sites(draft, process):
        compiled = site.compiled()
        if compiled is not None and not _is_somebody_elses(draft, site):
            inside = items_around(site.node)
            yield Reading(
                compiled.free_names - RESERVED - _own_names(draft, site),
                site.node,
                site.element,
                site.where,
                inside[:-1] if site.when is When.AROUND else inside,
            )
    for node in process.of("userTask", "startEvent"):
        form = usable_form(draft, node)
        for component, read in ({} if form is None else form.foreign_names).items():
            names = frozenset(read) - RESERVED - {mapped.variable for mapped in node.inputs}
            where = Words.filled(
                "{node}的表单“{form}”中 {component} 的条件或公式",
                "a condition or formula of {component} in the form “{form}” of {node}",
                node=node.label,
                form=node.form_id,
                component=component,
            )
            yield Reading(names, node, node.element, where, items_around(node))
    for node in process.of("businessRuleTask"):
        decision = draft.decision(node.decision_id)
        if decision is not None:
            names = frozenset(decision.inputs) - RESERVED
            names -= {mapped.variable for mapped in node.inputs}
            where = Words.filled(
                "{node}的决策“{decision}”",
                "the decision “{decision}” of {node}",
                node=node.label,
                decision=node.decision_id,
            )
            yield Reading(names, node, node.element, where, items_around(node))


def _is_somebody_elses(draft: Draft, site: Site) -> bool:
    """Whether it reads what somebody else names."""
    return site.when is When.AFTER and (site.node is None or _speaks_of_others(draft, site.node))


def _own_names(draft: Draft, site: Site) -> frozenset[str]:
    """What is there at this place alone."""
    if site.node is None:
        return frozenset()
    mapped = frozenset(one.variable for one in site.node.inputs)
    match site.when:
        case When.CASE | When.AROUND:
            return frozenset()
        case When.AFTER:
            return mapped | _produced(draft, site)
        case When.ENOUGH:
            return names_of_counting(site.node)
        case _:
            return mapped


def asked_of_caller(called: Called) -> frozenset[str]:
    """The variables that a called process reads and does not write itself: its inputs."""
    provided = Provided(called.draft, called.process)
    names: set[str] = set()
    for reading in readings(called.draft, called.process):
        names |= reading.names - provided.at(reading.inside)
    return frozenset(names)


def called_process(draft: Draft, key: str) -> Called | None:
    """The process of that key, of the bundle or deployed; None where there is none readable."""
    own = draft.process(key)
    if own is not None:
        return Called(draft, own)
    source = draft.deployed.get(key)
    if source is None:
        return None
    if key not in draft.called_drafts:
        draft.called_drafts[key], _ = read_draft(_bundle_of(source), draft.known)
    deployed = draft.called_drafts[key]
    process = deployed.process(key)
    return None if process is None else Called(deployed, process)


def usable_form(draft: Draft, node: Node) -> CompiledForm | None:
    """The form of a step, None where it has none that can be used."""
    form = draft.form(node.form_id) if node.form_id else None
    return None if form is None or form.has_errors else form


def form_names(form: CompiledForm | None) -> frozenset[str]:
    """The variables that the answers to a form are."""
    if form is None:
        return frozenset()
    asked = tuple(form.fields.values())
    return frozenset(field.path[0] for field in asked if field.path) | set(text_keys(asked))


def all_forms_usable(draft: Draft, process: Process) -> bool:
    """Whether the variables of a process can be known: every form named is there and right."""
    return all(
        not node.form_id or usable_form(draft, node) is not None
        for node in process.of("userTask", "startEvent")
    )


def _produced(draft: Draft, site: Site) -> frozenset[str]:
    """What a step made, for its output mappings to read."""
    node = site.node
    if node is None:
        return frozenset()
    if node.tag == "userTask":
        return form_names(usable_form(draft, node))
    if node.tag == "serviceTask":
        operation = draft.known.operations.get(node.operation)
        return frozenset(operation.outputs) if operation is not None else frozenset()
    return frozenset({node.result_variable} if node.result_variable else ())


def _speaks_of_others(draft: Draft, node: Node) -> bool:
    """Whether outputs are named by somebody else: the sender of a message, a called process."""
    if node.tag == "serviceTask":
        return node.operation not in draft.known.operations  # which is said elsewhere
    return node.event_kind == "message" or node.tag == "callActivity"


def _bundle_of(source: DefinitionSource) -> Bundle:
    return Bundle(
        (
            SourceFile(source.bpmn_name, source.bpmn),
            *(SourceFile(name, content) for name, content in source.decisions.items()),
            *(SourceFile(f"{name}.form", content) for name, content in source.forms.items()),
            *(SourceFile(f"{n}.document", content) for n, content in source.documents.items()),
            *([SourceFile(f"{source.key}{ENGLISH}", source.english)] if source.english else []),
        ),
        called=source.called,
    )
