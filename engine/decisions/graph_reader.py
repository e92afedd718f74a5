"""The requirement graph of a file.

What each decision needs, and what the file holds that we do not run.
"""

from collections.abc import Callable

from engine.decisions.findings import DecisionFinding
from engine.decisions.model import Decision, DecisionModel, Node
from engine.decisions.reader import Reader
from engine.decisions.source import Element, child, children, local_name, parse_definitions
from engine.decisions.table_reader import read_table
from engine.feel.scope import Closure

_GRAPH_ELEMENTS = ("inputData", "decision", "businessKnowledgeModel")
_REFUSED = {
    "import": ("dmn-import", "不支持引用其他决策文件"),
    "decisionService": ("dmn-service", "不支持决策服务"),
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
    ]
)
_REQUIREMENTS = {
    "informationRequirement": ("requiredDecision", "requiredInput"),
    "knowledgeRequirement": ("requiredKnowledge",),
}


def read_decisions(content: bytes, file: str = "") -> DecisionModel:
    """Read a DMN 1.2 to 1.5 file.

    What is wrong inside is listed in the model's `problems`; raises DecisionProblem for what is no
    decision file at all. A decision without an id is known by its name.
    """
    return _GraphReader(parse_definitions(content, file)).read()


class _GraphReader:
    def __init__(self, root: Element) -> None:
        self.root = root
        self.reader = Reader(root)
        self.elements = list(children(root, *_GRAPH_ELEMENTS))
        self.keys_by_id = {
            element.get("id", ""): key
            for key, element in enumerate(self.elements)
            if element.get("id")
        }
        self.outputs: dict[int, tuple[str, ...]] = {}
        self.reads: dict[int, frozenset[str]] = {}

    def read(self) -> DecisionModel:
        self._refuse_what_is_not_run()
        self._check_identity()
        nodes = [self._node(key, element) for key, element in enumerate(self.elements)]
        self._check_cycles(nodes)
        findings: tuple[DecisionFinding, ...] = tuple(self.reader.findings)
        keys = self._decision_keys()
        decisions = {
            identity: Decision(
                identity,
                nodes[key].name,
                () if findings else self._inputs(nodes, key),
                self.outputs[key],
            )
            for identity, key in keys.items()
        }
        return DecisionModel(decisions, keys, nodes, findings)

    def _refuse_what_is_not_run(self) -> None:
        for element in children(self.root):
            name = local_name(element)
            if name in _REFUSED:
                self.reader.report(element, *_REFUSED[name])
            elif name not in _GRAPH_ELEMENTS and name not in _WITHOUT_EFFECT | {"DMNDI"}:
                self.reader.report(element, "dmn-unsupported", f"不支持“{name}”这种元素")
        if not any(local_name(element) == "decision" for element in self.elements):
            self.reader.report(self.root, "dmn-empty", "文件里没有决策")

    def _check_identity(self) -> None:
        seen: set[tuple[str, str]] = set()
        for element in self.elements:
            for kind, value in (("编号", element.get("id", "")), ("名称", element.get("name", ""))):
                if value and (kind, value) in seen:
                    self.reader.report(element, "dmn-duplicate", f"{kind}“{value}”出现了两次")
                seen.add((kind, value))
            if not element.get("name") and not element.get("id"):
                self.reader.report(element, "dmn-name", "这个元素没有名称")

    # Nodes ------------------------------------------------------------------------

    def _node(self, key: int, element: Element) -> Node:
        name = element.get("name", "") or element.get("id", "")
        self.reader.free_names = set()
        logic: Closure | None = None
        if local_name(element) == "decision":
            logic = self._decision_logic(key, element, name)
        elif local_name(element) == "businessKnowledgeModel":
            logic = self._knowledge_logic(element, name)
        self.reads[key] = frozenset(self.reader.free_names)
        kind = None
        if local_name(element) != "businessKnowledgeModel":
            kind = self.reader.type_of(child(element, "variable"))
        requires = self._requirements(element)
        return Node(key, element.get("id", ""), name, kind, logic, requires)

    def _decision_logic(self, key: int, element: Element, name: str) -> Closure:
        table = child(element, "decisionTable")
        self.outputs[key] = (name,)
        if table is not None:
            columns = list(children(table, "output"))
            self.outputs[key] = tuple(
                column.get("name") or column.get("label") or name for column in columns
            )
        return self.reader.boxed(element, self._table_compiler(element, name))

    def _knowledge_logic(self, element: Element, name: str) -> Closure:
        definition = child(element, "encapsulatedLogic")
        if definition is None:
            self.reader.report(element, "dmn-empty", f"“{name}”没有内容")
            return lambda _scope: None
        return self.reader.function(definition, self._table_compiler(element, name))

    def _table_compiler(self, owner: Element, name: str) -> Callable[[Element], Closure]:
        identity = owner.get("id") or name

        def compile_table(element: Element) -> Closure:
            return read_table(self.reader, element, identity, name).decide

        return compile_table

    def _requirements(self, element: Element) -> tuple[int, ...]:
        keys = []
        for requirement in children(element, *_REQUIREMENTS):
            for required in children(requirement, *_REQUIREMENTS[local_name(requirement)]):
                key = self._referred(required)
                if key is not None:
                    keys.append(key)
        return tuple(keys)

    def _referred(self, required: Element) -> int | None:
        namespace, _, identity = required.get("href", "").rpartition("#")
        if namespace and namespace != self.root.get("namespace"):
            self.reader.report(required, "dmn-import", "不支持引用其他决策文件")
            return None
        if identity not in self.keys_by_id:
            self.reader.report(required, "dmn-reference", f"文件里没有编号为“{identity}”的元素")
            return None
        return self.keys_by_id[identity]

    # The whole ----------------------------------------------------------------------

    def _check_cycles(self, nodes: list[Node]) -> None:
        """Report each node from which a way leads back to itself."""
        for node in nodes:
            reached: set[int] = set()
            waiting = list(node.requires)
            while waiting:
                key = waiting.pop()
                if key not in reached:
                    reached.add(key)
                    waiting.extend(nodes[key].requires)
            if node.key in reached:
                message = f"“{node.name}”需要的决策又反过来需要它"
                self.reader.report(self.elements[node.key], "dmn-cycle", message)

    def _decision_keys(self) -> dict[str, int]:
        return {
            element.get("id", "") or element.get("name", ""): key
            for key, element in enumerate(self.elements)
            if local_name(element) == "decision"
        }

    def _inputs(self, nodes: list[Node], key: int) -> tuple[str, ...]:
        """Give the names that a decision and all it requires read from the case, sorted."""
        read: set[str] = set()
        waiting, seen = [key], {key}
        while waiting:
            node = nodes[waiting.pop()]
            inner = [nodes[required] for required in node.requires if nodes[required].logic]
            read |= self.reads[node.key] - {name for one in inner for name in (one.name, one.id)}
            waiting.extend(required for required in node.requires if required not in seen)
            seen |= set(node.requires)
        return tuple(sorted(read))
