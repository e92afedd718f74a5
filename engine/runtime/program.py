"""A program: one deployed version of a process, with all it calls, ready to run cases.

Compiled once per version and shared by all cases and threads: nothing here changes after
:func:`compile_program`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial, reduce
from typing import Any

from engine.decisions import DecisionModel, DecisionProblem, read_decisions
from engine.documents import Document, compile_document
from engine.errors import Finding
from engine.feel import EvaluationContext
from engine.forms import CompiledForm, Field, Filler, Option, compile_form
from engine.forms.papers import PapersNeeded, paper_holders
from engine.forms.returning import tickable
from engine.model.definitions import DefinitionSource, Element, ElementKind, ProcessInfo
from engine.model.english import DOCUMENTATION_EN, NAME_EN, NO_ENGLISH, English
from engine.model.public_words import PUBLIC_FORM
from engine.model.straightening import straighten
from engine.model.xml import UnreadableXml, read_xml
from engine.runtime.diagram import DecisionCall, Diagram, Message, Node, ProcessCall, Timer
from engine.runtime.extensions import B
from engine.runtime.findings import Findings, FindingsOfElements, ProgramRefused, refusal
from engine.runtime.parser import parse
from engine.runtime.reading import read_diagram
from engine.runtime.structure import joins_on_cycle as joins_of_diagram
from engine.sentences import Words, finding, sentences_of

DEEPEST_CALLS = 10
"""Processes that call processes that call processes."""

_RETURN_SEARCH = (ElementKind.SCRIPT_TASK, ElementKind.DECISION_TASK, ElementKind.SERVICE_TASK)


@dataclass(frozen=True)
class Part:
    """One process of a program with its files."""

    source: DefinitionSource
    diagram: Diagram
    forms: Mapping[str, CompiledForm]
    decisions: Mapping[str, DecisionModel]
    documents: Mapping[str, Document]
    english: English


@dataclass(frozen=True)
class Outline:
    """What the drawings of a version say, its own and those of every process it calls."""

    info: ProcessInfo
    elements: Mapping[str, tuple[Element, ...]]
    """All elements by process key, in the order of the file."""
    english: English = NO_ENGLISH
    """What it says in English, what it calls after its own."""


class Program:
    """One version of a process. ``spec`` and ``parts`` are for the runtime alone."""

    def __init__(
        self, source: DefinitionSource, processes: Mapping[str, Part], specs: Mapping[str, Any]
    ) -> None:
        self.id, self.key, self.version = source.id, source.key, source.version
        self._processes = processes
        self.spec: Any = specs[source.key]
        self.parts: Mapping[str, Any] = specs
        whole = {
            (key, node.id): _form_of(part, node.element)
            for key, part in processes.items()
            for node in part.diagram.nodes.values()
        }
        self._forms = {
            filler: {
                place: None if form is None else form.only_for(filler)
                for place, form in whole.items()
            }
            for filler in Filler
        }

    @property
    def info(self) -> ProcessInfo:
        """What the process says of itself."""
        return self._processes[self.key].diagram.info

    @property
    def outline(self) -> Outline:
        """What its drawings say."""
        elements = {key: self.elements(key) for key in self._processes}
        return Outline(self.info, elements, self.english)

    @cached_property
    def english(self) -> English:
        """What it says in English, what it calls after its own."""
        return reduce(English.and_then, (part.english for part in self._processes.values()))

    @property
    def processes(self) -> Mapping[str, ProcessInfo]:
        """Itself and every process it calls, by key."""
        return {key: part.diagram.info for key, part in self._processes.items()}

    @property
    def forms(self) -> Mapping[str, CompiledForm]:
        """The forms of the process itself, by form id."""
        return self._processes[self.key].forms

    @property
    def decisions(self) -> Mapping[str, DecisionModel]:
        """The decision models of the process itself, by decision id."""
        return self._processes[self.key].decisions

    @property
    def message_names(self) -> frozenset[str]:
        """The messages that it, or a process it calls, can wait for."""
        return frozenset(
            node.event.name
            for part in self._processes.values()
            for node in part.diagram.nodes.values()
            if isinstance(node.event, Message)
        )

    @cached_property
    def durations(self) -> Mapping[tuple[str, str], str]:
        """What each timer that runs for a while waits for, by process key and element id."""
        return {
            (key, node.id): node.event.text
            for key, part in self._processes.items()
            for node in part.diagram.nodes.values()
            if isinstance(node.event, Timer) and not node.event.is_date
        }

    def timer_text(self, process_key: str, element_id: str) -> str:
        """What the timer of an element waits for, as it is drawn; empty where it has none."""
        event = self.node(process_key, element_id).event
        return event.text if isinstance(event, Timer) else ""

    def element(self, process_key: str, element_id: str) -> Element:
        """An element; KeyError when there is none."""
        return self.node(process_key, element_id).element

    def elements(self, process_key: str | None = None) -> tuple[Element, ...]:
        """All elements of a process, by default its own, in the order of the file."""
        diagram = self._processes[process_key or self.key].diagram
        return tuple(node.element for node in diagram.nodes.values())

    @cached_property
    def confidential(self) -> tuple[Element, ...]:
        """The steps, called processes included, whose content only some may read."""
        return tuple(
            element
            for key in self._processes
            for element in self.elements(key)
            if element.readable_by
        )

    @cached_property
    def compartments(self) -> Mapping[str, frozenset[str]]:
        """The names of fields, at the top of the data, by the compartment they lie in."""
        found: dict[str, set[str]] = {}
        for part in self._processes.values():
            for form in part.forms.values():
                for asked in form.fields.values():
                    if asked.compartment:
                        found.setdefault(asked.compartment, set()).add(asked.path[0])
        return {name: frozenset(keys) for name, keys in found.items()}

    @cached_property
    def starts_kept_apart(self) -> tuple[str, ...]:
        """Start events of the process itself whose doer may not do a later step."""
        named = {
            name
            for key in self._processes
            for element in self.elements(key)
            for name in element.not_same_person_as
        }
        return tuple(
            element.id
            for element in self.elements()
            if element.kind is ElementKind.START and element.id in named
        )

    def node(self, process_key: str, element_id: str) -> Node:
        """What happens at an element; KeyError when there is none."""
        return self._processes[process_key].diagram.nodes[element_id]

    @property
    def sources(self) -> Mapping[str, DefinitionSource]:
        """The files of itself and of every process it calls, as they were deployed."""
        return {key: part.source for key, part in self._processes.items()}

    def bpmn(self, process_key: str) -> bytes:
        """The file of a process, as it was deployed."""
        return self._processes[process_key].source.bpmn

    def decision_model(self, process_key: str, decision_id: str) -> DecisionModel:
        """The model that holds a decision of a process."""
        return self._processes[process_key].decisions[decision_id]

    def documents_of(self, element: Element) -> tuple[Document, ...]:
        """The papers of a step, in the order it names them."""
        known = self._processes[element.process_key].documents
        return tuple(known[name] for name in element.document_ids if name in known)

    @cached_property
    def has_papers(self) -> bool:
        """Whether any of its steps, called processes included, has a paper."""
        return any(
            self.documents_of(element) for key in self._processes for element in self.elements(key)
        )

    def list_document_of(self, element: Element) -> Document | None:
        """The list for several cases at a step."""
        return self._processes[element.process_key].documents.get(element.list_document_id)

    def result_of(self, element_id: str) -> str:
        """The variable that a decision step writes; empty for any other element."""
        for part in self._processes.values():
            node = part.diagram.nodes.get(element_id)
            if node is not None and isinstance(node.action, DecisionCall):
                return node.action.target[0]
        return ""

    def fields_near(self, process_key: str) -> Mapping[str, Field]:
        """What the forms ask, by key: a process's own forms first, then those of the others."""
        found: dict[str, Field] = {}
        own = self._processes[process_key]
        for part in (own, *(p for key, p in self._processes.items() if key != process_key)):
            public = part.diagram.info.properties.get(PUBLIC_FORM, "").strip()
            for form in sorted(part.forms.values(), key=lambda form: form.id == public):
                for key, asked in form.fields.items():  # in the words of the staff before others
                    found.setdefault(key, asked)
        return found

    @cached_property
    def papers_needed(self) -> PapersNeeded | None:
        """What says which papers a case needs, None where no form asks for papers by kind."""
        for part in self._processes.values():
            for form in part.forms.values():
                for asked in form.paper_fields:
                    if isinstance(asked.expression, PapersNeeded):
                        return asked.expression
        return None

    def start_form(self) -> CompiledForm | None:
        """What must be filled in to start a case."""
        form_id = self.info.start_form_id
        return None if form_id is None else self.forms[form_id]

    def public_form(self) -> CompiledForm | None:
        """With what anybody begins a case on the public page; None where nobody can."""
        form = self.forms.get(self._public_form_id)
        return None if form is None else form.only_for(Filler.GUEST)

    @property
    def _public_form_id(self) -> str:
        return self.info.properties.get(PUBLIC_FORM, "").strip()

    def first_step(self) -> Element | None:
        """The step of a person that a new case comes to first, as far as the drawing says."""
        nodes = self._processes[self.key].diagram.nodes
        waiting = [
            n.id for n in nodes.values() if n.tag == "startEvent" and n.container == self.key
        ]
        seen: set[str] = set()
        while waiting:
            node = nodes[waiting.pop(0)]
            if node.element.kind is ElementKind.USER_TASK:
                return node.element
            seen.add(node.id)
            inside = [
                n.id for n in nodes.values() if n.tag == "startEvent" and n.container == node.id
            ]
            ways = inside or [flow.target for flow in node.flows]
            waiting.extend(way for way in ways if way not in seen)
        return None

    def diagram(self, process_key: str) -> Diagram:
        """The tables of a process."""
        return self._processes[process_key].diagram

    def form_of(self, element: Element, filler: Filler = Filler.STAFF) -> CompiledForm | None:
        """The form of a step, the steps it can be sent back to filled in as choices.

        ``filler`` is who fills it in: an applicant's own step may ask the two different things.
        """
        return self._forms[filler][element.process_key, element.id]


def _form_of(part: Part, element: Element) -> CompiledForm | None:
    form = None if element.form_id is None else part.forms[element.form_id]
    field = None if form is None else form.return_field
    if form is None or field is None:
        return form
    targets = tuple(_returns(part.diagram, element, field.name))
    form = form.with_options(field.key, targets)
    if form.return_items is None:
        return form
    return form.with_options(form.return_items.key, tuple(_return_items(part, targets)))


def _return_items(part: Part, targets: Sequence[Option]) -> Iterator[Option]:
    """What can be ticked to be changed in the steps the case can be sent back to."""
    for target in targets:
        node = part.diagram.nodes.get(target.value)
        form_id = None if node is None else node.element.form_id
        if form_id is not None and form_id in part.forms:
            yield from tickable(target.value, part.forms[form_id].components)


def _returns(diagram: Diagram, element: Element, field: str) -> Iterator[Option]:
    """The choices of 退回: drawn as flows of the nearest gateway behind a step (design.md D21)."""
    chosen = re.compile(rf'\b{re.escape(field)}\s*=\s*"([^"]+)"')
    seen, waiting = {element.id}, [flow.target_id for flow in element.outgoing]
    while waiting:
        node = diagram.nodes[waiting.pop(0)]
        if node.id in seen:
            continue
        seen.add(node.id)
        if node.element.kind is ElementKind.EXCLUSIVE:
            targets = [m for flow in node.flows for m in chosen.findall(flow.condition_text)]
            for target in dict.fromkeys(targets):
                found = diagram.nodes.get(target)
                yield Option(target, target if found is None else found.label)
            if targets:
                return
        if node.element.kind in (*_RETURN_SEARCH, ElementKind.EXCLUSIVE):
            waiting.extend(flow.target for flow in node.flows)


def joins_on_cycle(program: Program) -> tuple[tuple[str, str], ...]:
    """Process key and element id of each join that lies on a loop (they run; see structure)."""
    return tuple(
        (key, join) for key in program.processes for join in joins_of_diagram(program.diagram(key))
    )


# Compiling ---------------------------------------------------------------------------------------


def compile_program(source: DefinitionSource) -> Program:
    """Compile a version with all it calls; ProgramRefused with every finding if it cannot run."""
    found: list[Finding] = []
    processes: dict[str, Part] = {}
    specs: dict[str, Any] = {}
    _compile(source, (), processes, specs, found)
    if found:
        raise ProgramRefused(found)
    return Program(source, processes, specs)


def _compile(
    source: DefinitionSource,
    callers: tuple[str, ...],
    processes: dict[str, Part],
    specs: dict[str, Any],
    found: list[Finding],
) -> None:
    findings = Findings(source.bpmn_name)
    try:
        part = _read(source, findings)
        if part is None:
            return
        before = processes.setdefault(source.key, part)
        if before is not part:
            if before.source.id != source.id:
                findings.found.append(
                    finding(
                        "error",
                        "two-versions",
                        findings.file,
                        key=source.key,
                        versions=Words.listed((before.source.id, source.id)),
                    )
                )
            return
        callers = (*callers, source.key)
        for called in _called(part, callers, findings):
            _compile(called, callers, processes, specs, found)
        if not findings.found:
            specs.update(parse(part.diagram, findings))
    finally:
        found.extend(findings.found)


def read_outline(source: DefinitionSource) -> Outline:
    """Read the drawings of a version that was compiled before: no expressions, forms, decisions.

    A tenth of the work of :func:`compile_program`: the inbox asks this of all newest versions.
    Raises ProgramRefused when one cannot be read.
    """
    drawn = list(_drawings(source, set()))
    diagrams = {diagram.info.key: diagram for _source, diagram in drawn}
    return Outline(
        diagrams[source.key].info,
        {
            key: tuple(node.element for node in diagram.nodes.values())
            for key, diagram in diagrams.items()
        },
        reduce(English.and_then, (_english(of, diagram) for of, diagram in drawn)),
    )


def _drawings(
    source: DefinitionSource, seen: set[str]
) -> Iterator[tuple[DefinitionSource, Diagram]]:
    seen.add(source.key)
    findings = FindingsOfElements(source.bpmn_name)
    diagram = _drawing(source, findings)
    if diagram is None or findings.found:
        raise ProgramRefused(findings.found)
    yield source, diagram
    for node in diagram.calls():
        call = node.action
        called = source.called.get(call.process_key) if isinstance(call, ProcessCall) else None
        if called is not None and called.key not in seen:
            yield from _drawings(called, seen)


def _drawing(source: DefinitionSource, findings: Findings) -> Diagram | None:
    try:
        root = read_xml(source.bpmn)
    except UnreadableXml as error:
        message, hint = sentences_of(error.key, name=source.bpmn_name, **error.values)
        findings.add(None, error.key.partition(".")[0], f"{message}{hint}")
        return None
    straighten(root)
    _normalise(root)
    return read_diagram(root, source.key, findings)


def _read(source: DefinitionSource, findings: Findings) -> Part | None:
    diagram = _drawing(source, findings)
    if diagram is None:
        return None
    decisions = _decisions(source, findings)
    english = _english(source, diagram)
    part = Part(
        source,
        diagram,
        _with_papers(_forms(source, english, findings), decisions, findings),
        decisions,
        _documents(source, findings),
        english,
    )
    _check_references(part, findings)
    return part


def _normalise(root: Any) -> None:
    """Give SpiffWorkflow what it can read: it drops flows without an id, and spaced references."""
    for process in root.iter(B + "process"):
        for number, flow in enumerate(process.iter(B + "sequenceFlow")):
            if not flow.get("id"):
                flow.set("id", f"_flow_{number}")
    for reference in root.iter(B + "flowNodeRef", B + "incoming", B + "outgoing"):
        reference.text = (reference.text or "").strip()


def _english(source: DefinitionSource, diagram: Diagram) -> English:
    """What a process says in English: its file of it, then what stands in the drawing itself."""
    info = diagram.info
    elements = (node.element for node in diagram.nodes.values())
    names = [
        (info.name, info.name_en),
        (info.documentation, info.properties.get(DOCUMENTATION_EN, "")),
        *((element.name, element.properties.get(NAME_EN, "")) for element in elements),
    ]
    return English((source.english,), tuple(pair for pair in names if all(pair)))


def _forms(
    source: DefinitionSource, english: English, findings: Findings
) -> dict[str, CompiledForm]:
    forms = {}
    for form_id, content in source.forms.items():
        form = replace(compile_form(content, f"{form_id}.form"), english=english)
        findings.found.extend(f for f in form.findings if f.severity == "error")
        forms[form_id] = form
    return forms


def _with_papers(
    forms: Mapping[str, CompiledForm], decisions: Mapping[str, DecisionModel], findings: Findings
) -> dict[str, CompiledForm]:
    """The forms, their lists of papers bound to the decisions that ask for them."""
    holders = paper_holders(form.fields.values() for form in forms.values())
    needed: dict[str, PapersNeeded] = {}
    for form_id, form in forms.items():
        for asked in form.paper_fields:
            decision_id = asked.papers_from
            model = decisions.get(decision_id)
            if model is None:
                findings.found.append(
                    finding(
                        "error",
                        "form-papers",
                        f"{form_id}.form",
                        asked.id,
                        field=asked.label,
                        decision=decision_id,
                    )
                )
                continue
            needed[decision_id] = PapersNeeded(
                decision_id,
                partial(_decided, model, decision_id),
                frozenset(model.decisions[decision_id].inputs),
                holders,
            )
    return {form_id: form.with_papers(needed) for form_id, form in forms.items()}


def _decided(
    model: DecisionModel,
    decision_id: str,
    facts: Mapping[str, object],
    context: EvaluationContext,
) -> object:
    unwritten = dict.fromkeys(model.decisions[decision_id].inputs)
    return model.evaluate(decision_id, {**unwritten, **facts}, context).value


def _decisions(source: DefinitionSource, findings: Findings) -> dict[str, DecisionModel]:
    decisions: dict[str, DecisionModel] = {}
    for file, content in source.decisions.items():
        try:
            model = read_decisions(content, file, source.decisions)
        except DecisionProblem as problem:
            findings.found.append(
                finding(
                    "error",
                    "dmn-unreadable",
                    file,
                    problem.element_id or None,
                    problem.line or None,
                    what=problem.told,
                )
            )
            continue
        findings.found.extend(
            finding("error", p.code, file, p.element_id or None, p.line or None, what=p.told)
            for p in model.problems
        )
        for decision_id in model.decisions:
            if decision_id in decisions:
                findings.found.append(
                    finding(
                        "error",
                        "decision-twice",
                        file,
                        decision_id,
                        decision=decision_id,
                    )
                )
            decisions[decision_id] = model
    return decisions


def _documents(source: DefinitionSource, findings: Findings) -> dict[str, Document]:
    documents = {}
    for name, content in source.documents.items():
        document = compile_document(content, f"{name}.document")
        findings.found.extend(f for f in document.findings if f.severity == "error")
        documents[name] = document
    return documents


def _check_references(part: Part, findings: Findings) -> None:
    for node in part.diagram.nodes.values():
        form_id, call = node.element.form_id, node.action
        if form_id is not None and form_id not in part.forms:
            _missing(findings, node, "form-missing", f"表单“{form_id}”({form_id}.form)")
        if isinstance(call, DecisionCall) and call.decision_id not in part.decisions:
            _missing(findings, node, "decision-missing", f"决策“{call.decision_id}”")
        listing = node.element.list_document_id
        for name in (*node.element.document_ids, *((listing,) if listing else ())):
            if name not in part.documents:
                _missing(findings, node, "document-missing", f"文书“{name}”({name}.document)")


def _missing(findings: Findings, node: Node, code: str, what: str) -> None:
    findings.found.append(
        refusal(
            code,
            f"“{node.label}”用到的{what}不在上传的文件里。请一并上传。",
            findings.file,
            node.id,
            node.element.line,
        )
    )


def _called(part: Part, callers: tuple[str, ...], findings: Findings) -> Iterator[DefinitionSource]:
    """The bound versions of the processes that a process calls, each once."""
    seen: set[str] = set()
    for node in part.diagram.calls():
        call = node.action
        if not isinstance(call, ProcessCall) or call.process_key in seen:
            continue
        seen.add(call.process_key)
        called = part.source.called.get(call.process_key)
        if call.process_key in callers or len(callers) > DEEPEST_CALLS:
            findings.found.append(
                refusal(
                    "recursive-call",
                    f"“{node.label}”直接或间接调用了流程自己“{call.process_key}”,会没有尽头。"
                    "请去掉这个调用。",
                    findings.file,
                    node.id,
                    node.element.line,
                )
            )
        elif called is None:
            _missing(findings, node, "called-process-missing", f"流程“{call.process_key}”")
        else:
            yield called
