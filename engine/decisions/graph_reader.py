"""The requirement graph of a file and of those it imports.

What each decision needs, and what the files hold that we do not run.
"""

from collections.abc import Iterator, Mapping

from engine.decisions.file import DecisionFile, Part, load_file
from engine.decisions.imports import NO_FILES
from engine.decisions.model import Decision, DecisionModel, Node, Requirement
from engine.decisions.source import Element, children
from engine.sentences import Words

_REQUIRED = {
    "informationRequirement": ("requiredDecision", "requiredInput"),
    "knowledgeRequirement": ("requiredKnowledge",),
}


def read_decisions(
    content: bytes, file: str = "", others: Mapping[str, bytes] = NO_FILES
) -> DecisionModel:
    """Read a DMN 1.2 to 1.6 file; `others` are the files that it may import, by their paths.

    What is wrong inside is listed in the model's `problems`; raises DecisionProblem for what is no
    decision file at all. A decision without an id is known by its name.
    """
    return _Graph(load_file(content, file, others)).model()


class _Instance:
    """A file at one place in the graph: the same file imported by two others is there twice."""

    def __init__(self, file: DecisionFile, path: tuple[str, ...], first_key: int) -> None:
        self.file = file
        self.path = path
        self.keys = range(first_key, first_key + len(file.parts))
        self.imported: list[tuple[str, _Instance]] = []

    def key_of(self, identity: str) -> int | None:
        """Give an element of the file, else one that it imports without a name, to any depth."""
        for key, part in zip(self.keys, self.file.parts, strict=True):
            if part.id and part.id == identity:
                return key
        for prefix, other in self.imported:
            found = None if prefix else other.key_of(identity)
            if found is not None:
                return found
        return None

    def of_namespace(self, namespace: str) -> "Iterator[tuple[str, _Instance]]":
        """Give imported files with their names, those behind imports without a name as well."""
        for prefix, other in self.imported:
            if other.file.namespace == namespace:
                yield prefix, other
            if not prefix:
                behind = other.of_namespace(namespace)
                yield from ((name, one) for name, one in behind if not name)


class _Graph:
    def __init__(self, file: DecisionFile) -> None:
        self.file = file
        self.parts: list[Part] = []
        self.nodes: list[Node] = []
        self.own = self._place(file, ())
        self._connect(self.own)
        self._check_cycles()

    def _place(self, file: DecisionFile, path: tuple[str, ...]) -> _Instance:
        """Give keys to the parts of a file and of all it imports."""
        instance = _Instance(file, path, len(self.parts))
        self.parts.extend(file.parts)
        for prefix, other in file.imports:
            place = self._place(other, (*path, prefix) if prefix else path)
            instance.imported.append((prefix, place))
        return instance

    def _connect(self, instance: _Instance) -> None:
        for key, part in zip(instance.keys, instance.file.parts, strict=True):
            inputs = self._referred(instance, part.element, "inputData")
            decided = self._referred(instance, part.element, "inputDecision")
            self.nodes.append(
                Node(
                    key,
                    part.kind,
                    part.id,
                    part.name,
                    instance.path,
                    instance.file.namespace,
                    part.type,
                    part.logic,
                    tuple(self._requirements(instance, part.element)),
                    (*inputs, *decided) if part.kind == "service" else (),
                    self._referred(instance, part.element, "outputDecision")
                    if part.kind == "service"
                    else (),
                )
            )
        for _prefix, other in instance.imported:
            self._connect(other)

    def _requirements(self, instance: _Instance, element: Element) -> Iterator[Requirement]:
        for kind, names in _REQUIRED.items():
            for requirement in children(element, kind):
                yield from self._referred(instance, requirement, *names)

    def _referred(
        self, instance: _Instance, owner: Element, *names: str
    ) -> tuple[Requirement, ...]:
        found = (self._found(instance, one) for one in children(owner, *names))
        return tuple(one for one in found if one is not None)

    def _found(self, instance: _Instance, reference: Element) -> Requirement | None:
        href = reference.get("href", "")
        namespace, _, identity = href.rpartition("#")
        reader = instance.file.reader
        if not namespace or namespace == instance.file.namespace:
            key = instance.key_of(identity)
            if key is not None:
                return Requirement(key)
        for prefix, other in instance.of_namespace(namespace):
            key = other.key_of(identity)
            if key is not None:
                return Requirement(key, prefix)
        if namespace and namespace not in instance.file.namespaces:
            reader.report(
                reference,
                "dmn-import",
                Words(
                    f"没有引用命名空间为“{namespace}”的决策文件",
                    f"no decision file with the namespace “{namespace}” is imported",
                ),
            )
        else:
            reader.report(
                reference,
                "dmn-reference",
                Words(
                    f"文件里没有编号为“{identity}”的元素",
                    f"the file has no element with the id “{identity}”",
                ),
            )
        return None

    # The whole ----------------------------------------------------------------------

    def _check_cycles(self) -> None:
        """Report each node of the file from which a way leads back to itself."""
        for node in (self.nodes[key] for key in self.own.keys):
            reached: set[int] = set()
            waiting = self._used_by(node)
            while waiting:
                key = waiting.pop()
                if key not in reached:
                    reached.add(key)
                    waiting.extend(self._used_by(self.nodes[key]))
            if node.key in reached:
                message = Words(
                    f"“{node.name}”需要的决策又反过来需要它",
                    f"what “{node.name}” requires requires it in turn",
                )
                self.file.reader.report(self.parts[node.key].element, "dmn-cycle", message)

    def _used_by(self, node: Node) -> list[int]:
        # A knowledge model may call itself; how deep is bounded when it is evaluated.
        itself = node.key if node.kind == "knowledge" else None
        return [one.key for one in (*node.requires, *node.outputs) if one.key != itself]

    def model(self) -> DecisionModel:
        """Give the model; one with findings does not answer."""
        findings = tuple(self.file.reader.findings)
        keys = {
            self.parts[key].id or self.parts[key].name: key
            for key in self.own.keys
            if self.parts[key].kind == "decision"
        }
        decisions = {
            identity: Decision(
                identity,
                self.nodes[key].name,
                () if findings else self._inputs(key),
                self.parts[key].outputs,
            )
            for identity, key in keys.items()
        }
        return DecisionModel(decisions, keys, self.nodes, findings)

    def _inputs(self, key: int) -> tuple[str, ...]:
        """Give the names that a decision and all it requires read from the case, sorted."""
        return tuple(sorted(self._reads(key, frozenset(), set())))

    def _reads(self, key: int, given: frozenset[int], seen: set[int]) -> set[str]:
        """Give what a node reads from outside, where some nodes' values are given."""
        if key in seen or key in given:
            return set()
        seen.add(key)
        node = self.nodes[key]
        read = set(self.parts[key].reads)
        if node.kind == "knowledge":
            read.discard(node.name)
        for one in node.requires:
            required = self.nodes[one.key]
            if one.key in given or required.kind != "input" or required.path:
                read -= {one.known_as(required.name), required.id, one.prefix}
            if required.kind == "input" and required.path and one.key not in given:
                read.add(required.path[0])
            read |= self._reads(one.key, given, seen)
        provided = frozenset(one.key for one in node.parameters)
        for one in node.outputs:
            read |= self._reads(one.key, provided, set(provided))
        return read
