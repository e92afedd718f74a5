"""One decision file: its parts compiled, and the files it imports."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from engine.decisions.boxes import Boxes
from engine.decisions.declared_types import DeclaredType
from engine.decisions.findings import DecisionProblem
from engine.decisions.imports import find_imported, is_of_decisions
from engine.decisions.reader import Reader, nothing
from engine.decisions.source import Element, child, children, local_name, parse_definitions
from engine.feel.scope import Closure, Scope
from engine.sentences import Words

PartKind = Literal["input", "decision", "knowledge", "service"]

_KINDS: Mapping[str, PartKind] = {
    "inputData": "input",
    "decision": "decision",
    "businessKnowledgeModel": "knowledge",
    "decisionService": "service",
}
# Drawing, documentation and authority: nothing that a decision's value could depend on.
_WITHOUT_EFFECT = frozenset(
    [
        "itemDefinition",
        "description",
        "extensionElements",
        "textAnnotation",
        "association",
        "group",
        "knowledgeSource",
        "organizationUnit",
        "performanceIndicator",
        "elementCollection",
        "artifact",
        "import",
        "DMNDI",
    ]
)


@dataclass(frozen=True)
class Part:
    """An element of the requirement graph, compiled: what it reads, and what it gives."""

    element: Element
    kind: PartKind
    id: str
    name: str
    type: DeclaredType | None
    logic: Closure | None
    reads: frozenset[str]
    outputs: tuple[str, ...]


@dataclass(frozen=True)
class DecisionFile:
    """A file; `imports` with the name it gives each, `namespaces` of all that it names.

    What is imported under the empty name is known as if it were of this file (DMN 1.5, 6.3.3).
    """

    namespace: str
    reader: Reader
    imports: tuple[tuple[str, "DecisionFile"], ...]
    namespaces: frozenset[str]
    parts: tuple[Part, ...]


def load_file(
    content: bytes, path: str, files: Mapping[str, bytes], importers: tuple[str, ...] = ()
) -> DecisionFile:
    """Read a file and all it imports from `files`.

    Raises DecisionProblem for what is no decision file at all; what is wrong inside is with the
    reader.
    """
    root = parse_definitions(content, path)
    named = list(children(root, "import"))
    imports, faults = _imports(named, path, files, (*importers, path))
    reader = Reader(root, tuple((prefix, one.reader) for prefix, one in imports))
    for element, message in faults:
        reader.report(element, "dmn-import", message)
    _check_elements(root, reader)
    elements = list(children(root, *_KINDS))
    _check_identity(elements, reader)
    namespaces = frozenset(one.get("namespace", "") for one in named)
    parts = tuple(_part(reader, element) for element in elements)
    return DecisionFile(root.get("namespace", ""), reader, tuple(imports), namespaces, parts)


def _imports(
    named: list[Element], path: str, files: Mapping[str, bytes], importers: tuple[str, ...]
) -> tuple[list[tuple[str, DecisionFile]], list[tuple[Element, Words]]]:
    found: list[tuple[str, DecisionFile]] = []
    faults: list[tuple[Element, Words]] = []
    for one in named:
        namespace, prefix = one.get("namespace", ""), one.get("name", "")
        if not is_of_decisions(one):
            faults.append(
                (
                    one,
                    Words(
                        f"只能引用决策文件,不能引用“{one.get('importType', '')}”",
                        f"only decision files can be imported, not “{one.get('importType', '')}”",
                    ),
                )
            )
            continue
        where = find_imported(one, path, files)
        if where is None:
            faults.append(
                (
                    one,
                    Words(
                        f"没有找到命名空间为“{namespace}”的决策文件,请一起上传",
                        f"there is no decision file with the namespace “{namespace}”; upload it "
                        "as well",
                    ),
                )
            )
        elif where in importers:
            faults.append(
                (
                    one,
                    Words(
                        f"“{where}”又反过来引用了这个文件", f"“{where}” imports this file in turn"
                    ),
                )
            )
        elif prefix and prefix in (name for name, _file in found):
            faults.append(
                (
                    one,
                    Words(
                        f"两处引用用了同一个名称“{prefix}”",
                        f"two imports have the same name “{prefix}”",
                    ),
                )
            )
        else:
            try:
                imported = load_file(files[where], where, files, importers)
            except DecisionProblem as problem:
                faults.append((one, problem.told))
                continue
            found.append((prefix, imported))
            problems = imported.reader.findings
            if problems:
                faults.append(
                    (
                        one,
                        Words(
                            f"引用的“{where}”有误:{problems[0].message}",
                            f"the imported “{where}” is wrong: {problems[0].told.en}",
                        ),
                    )
                )
    return found, faults


def _check_elements(root: Element, reader: Reader) -> None:
    for element in children(root):
        name = local_name(element)
        if name not in _KINDS and name not in _WITHOUT_EFFECT:
            reader.report(
                element,
                "dmn-unsupported",
                Words(f"不支持“{name}”这种元素", f"the element “{name}” is not supported"),
            )
    gathers = any(not one.get("name") for one in children(root, "import"))
    holds = child(root, "decision", "businessKnowledgeModel", "itemDefinition", "inputData")
    if holds is None and not gathers:
        reader.report(root, "dmn-empty", Words("文件里没有决策", "the file holds no decision"))


_ID, _NAME = Words("编号", "id"), Words("名称", "name")


def _check_identity(elements: list[Element], reader: Reader) -> None:
    seen: set[tuple[Words, str]] = set()
    for element in elements:
        for kind, value in ((_ID, element.get("id", "")), (_NAME, element.get("name", ""))):
            if value and (kind, value) in seen:
                reader.report(
                    element,
                    "dmn-duplicate",
                    Words(f"{kind}“{value}”出现了两次", f"the {kind.en} “{value}” is there twice"),
                )
            seen.add((kind, value))
        if not element.get("name") and not element.get("id"):
            reader.report(
                element, "dmn-name", Words("这个元素没有名称", "this element has no name")
            )


def _part(reader: Reader, element: Element) -> Part:
    identity = element.get("id", "")
    name = element.get("name", "") or identity
    kind = _KINDS[local_name(element)]
    declared = reader.type_of(child(element, "variable"))
    reader.free_names = set()
    logic: Closure | None = None
    outputs: tuple[str, ...] = ()
    boxes = Boxes(reader, identity or name, name)
    if kind == "decision":
        logic, declared = boxes.bound(element, declared)
        outputs = _outputs(element, name)
    elif kind == "knowledge":
        logic = _knowledge(reader, boxes, element, name, declared)
    elif kind == "service" and child(element, "outputDecision") is None:
        reader.report(
            element,
            "dmn-service",
            Words(
                f"决策服务“{name}”没有写明输出哪个决策",
                f"the decision service “{name}” does not say which decision it gives",
            ),
        )
    return Part(
        element, kind, identity, name, declared, logic, frozenset(reader.free_names), outputs
    )


def _outputs(element: Element, name: str) -> tuple[str, ...]:
    table = child(element, "decisionTable")
    if table is None:
        return (name,)
    return tuple(
        column.get("name") or column.get("label") or name for column in children(table, "output")
    )


def _knowledge(
    reader: Reader, boxes: Boxes, element: Element, name: str, declared: DeclaredType | None
) -> Closure:
    definition = child(element, "encapsulatedLogic")
    if definition is None:
        reader.report(element, "dmn-empty", Words(f"“{name}”没有内容", f"“{name}” is empty"))
        return nothing
    function = boxes.function(definition, variable=declared)

    def knowing_itself(scope: Scope) -> object:
        inner = scope.inner()
        inner[name] = function(inner)
        return inner[name]

    return knowing_itself
