"""The files of a bundle, each read once: what all checks look at.

Reading never fails: what cannot be read is a finding, and the rest is checked all the same.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from engine.decisions import Decision, DecisionProblem, read_decisions, with_imported
from engine.definitions.bpmn_xml import BpmnRefused, Element, give_flow_ids, read_bpmn
from engine.definitions.diagram import Flow, Node, Process, bpmn, read_processes
from engine.definitions.findings import error
from engine.definitions.known import Known
from engine.documents import Document, compile_document
from engine.errors import Finding
from engine.forms import CompiledForm, compile_form
from engine.model.definitions import Bundle, DefinitionSource, SourceFile
from engine.model.english import SUFFIX as ENGLISH
from engine.sentences import finding

SUFFIXES = (".bpmn", ".dmn", ".form", ".document", ENGLISH)


@dataclass(frozen=True)
class BpmnFile:
    """A BPMN file that could be read; ``unnamed_flows`` had no id before we gave one."""

    name: str
    root: Element
    processes: tuple[Process, ...]
    unnamed_flows: tuple[Element, ...]


@dataclass(frozen=True)
class FormFile:
    """A form file with its compiled form, which may be unusable."""

    name: str
    form: CompiledForm
    content: bytes = b""


@dataclass(frozen=True)
class DecisionFile:
    """A readable decision file; ``imported`` are the other files that it needs."""

    name: str
    decisions: Mapping[str, Decision]
    usable: bool
    content: bytes = b""
    imported: frozenset[str] = frozenset()


@dataclass(frozen=True)
class DocumentFile:
    """A document file, which may be unusable."""

    name: str
    document: Document


@dataclass(frozen=True)
class Draft:
    """Everything the checks know: the files, and the world they would be deployed into."""

    known: Known
    bpmn_files: tuple[BpmnFile, ...] = ()
    form_files: tuple[FormFile, ...] = ()
    decision_files: tuple[DecisionFile, ...] = ()
    deployed: Mapping[str, DefinitionSource] = field(default_factory=dict)
    unreadable: frozenset[str] = frozenset()
    """Names of the files that could not be read: what they hold is unknown, not missing."""
    document_files: tuple[DocumentFile, ...] = ()
    english_files: tuple[SourceFile, ...] = ()
    called_drafts: dict[str, "Draft"] = field(default_factory=dict, compare=False, repr=False)
    """The deployed processes that were asked for, each read once; see ``called_process``."""

    @property
    def processes(self) -> Iterator[Process]:
        """Every process of the bundle."""
        for file in self.bpmn_files:
            yield from file.processes

    def process(self, key: str) -> Process | None:
        """The process of the bundle with this key."""
        return next((process for process in self.processes if process.key == key), None)

    def nodes(self, *tags: str) -> Iterator[tuple[Process, Node]]:
        """The nodes of these kinds in all processes."""
        for process in self.processes:
            for node in process.of(*tags):
                yield process, node

    def flows(self) -> Iterator[tuple[Process, Flow]]:
        """The flows of all processes."""
        for process in self.processes:
            for flow in process.flows:
                yield process, flow

    def form(self, form_id: str) -> CompiledForm | None:
        """The form of the bundle with this id."""
        return next((f.form for f in self.form_files if f.form.id == form_id), None)

    def document(self, document_id: str) -> DocumentFile | None:
        """The document of the bundle with this id."""
        return next((f for f in self.document_files if f.document.id == document_id), None)

    def decision(self, decision_id: str) -> Decision | None:
        """The decision of the bundle with this id."""
        for file in self.decision_files:
            if decision_id in file.decisions:
                return file.decisions[decision_id]
        return None

    def has_file(self, name: str) -> bool:
        """Whether a form or unreadable file of that name is there; what is wrong is said of it."""
        return name in self.unreadable or any(file.name == name for file in self.form_files)

    def root_of(self, process: Process) -> Element:
        """The definitions element around a process, where messages and errors are."""
        return next(f.root for f in self.bpmn_files if f.name == process.file)

    def definitions_of(self, process: Process, name: str) -> dict[str, Element]:
        """The root elements of a kind (``message``, ``error``) by id."""
        found = self.root_of(process).iterchildren(bpmn(name))
        return {element.get("id", ""): element for element in found}


def read_draft(bundle: Bundle, known: Known) -> tuple[Draft, list[Finding]]:
    """Read all files of a bundle; what cannot be read is in the findings."""
    findings: list[Finding] = []
    bpmn_files: list[BpmnFile] = []
    form_files: list[FormFile] = []
    decision_files: list[DecisionFile] = []
    document_files: list[DocumentFile] = []
    unreadable: set[str] = set()
    decision_contents = {file.name: file.content for file in bundle.named(".dmn")}
    for source in bundle.files:
        try:
            if source.name.endswith(".bpmn"):
                bpmn_files.append(_bpmn_file(source))
            elif source.name.endswith(".dmn"):
                file, found = _decision_file(source, decision_contents)
                decision_files.append(file)
                findings += found
            elif source.name.endswith(".form"):
                form_files.append(_form_file(source))
            elif source.name.endswith(".document"):
                document = compile_document(source.content, source.name)
                document_files.append(DocumentFile(source.name, document))
        except BpmnRefused as refused:
            unreadable.add(source.name)
            findings.append(
                finding("error", refused.key, source.name, None, refused.line, **refused.values)
            )
        except DecisionProblem as problem:
            unreadable.add(source.name)
            findings.append(
                finding(
                    "error",
                    "dmn-unreadable",
                    source.name,
                    problem.element_id or None,
                    problem.line or None,
                    what=problem.told,
                )
            )
        except MemoryError:  # not this file's fault alone: whoever set the limit tells it
            raise
        except Exception:  # noqa: BLE001 - a file nobody foresaw is refused, never a crash
            unreadable.add(source.name)
            findings.append(error("file-unreadable", source.name, name=source.name))
    draft = Draft(
        known,
        tuple(bpmn_files),
        tuple(form_files),
        tuple(decision_files),
        {**known.deployed, **bundle.called},
        frozenset(unreadable),
        tuple(document_files),
        bundle.named(ENGLISH),
    )
    return draft, findings


def _bpmn_file(source: SourceFile) -> BpmnFile:
    root = read_bpmn(source.content, source.name)
    unnamed = give_flow_ids(root)
    return BpmnFile(source.name, root, tuple(read_processes(root, source.name)), unnamed)


def _decision_file(
    source: SourceFile, contents: Mapping[str, bytes]
) -> tuple[DecisionFile, list[Finding]]:
    model = read_decisions(source.content, source.name, contents)
    found = [
        finding(
            "error", one.code, source.name, one.element_id or None, one.line or None, what=one.told
        )
        for one in model.problems
    ]
    imported = with_imported([source.name], contents) - {source.name}
    usable = not model.problems
    file = DecisionFile(source.name, model.decisions, usable, source.content, imported)
    return file, found


def _form_file(source: SourceFile) -> FormFile:
    return FormFile(source.name, compile_form(source.content, source.name), source.content)
