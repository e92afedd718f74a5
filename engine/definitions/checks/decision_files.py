"""Is each decision asked for there, known by an id, and known once?"""

from collections.abc import Iterator

from engine.definitions.diagram import extension
from engine.definitions.draft import Draft
from engine.definitions.findings import error, warning
from engine.errors import Finding
from engine.sentences import Words


def check(draft: Draft) -> Iterator[Finding]:
    """Decision steps and the decisions they ask."""
    yield from _files(draft)
    any_unread = any(name.endswith(".dmn") for name in draft.unreadable)
    known = sorted(key for file in draft.decision_files for key in file.decisions)
    for process, node in draft.nodes("businessRuleTask"):
        called = extension(node.element, "calledDecision")
        if called is None or not node.decision_id:
            yield error("decision-missing", process.file, node.element, node=node.label)
        elif node.decision_id not in known and not any_unread:
            has = _there_are(known)
            yield error(
                "decision-unknown",
                process.file,
                node.element,
                node=node.label,
                decision=node.decision_id,
                has=has,
            )
        if called is not None and not node.result_variable:
            yield error("result-variable.missing", process.file, node.element, node=node.label)


def _files(draft: Draft) -> Iterator[Finding]:
    asked = {node.decision_id for _, node in draft.nodes("businessRuleTask")}
    seen: dict[str, str] = {}
    needed = {
        name
        for file in draft.decision_files
        if asked & set(file.decisions)
        for name in (file.name, *file.imported)
    }
    for file in draft.decision_files:
        for key in file.decisions:
            if key in seen:
                yield error("decision-duplicate", file.name, key=key, other=seen[key])
            seen.setdefault(key, file.name)
        if draft.bpmn_files and file.name not in needed:
            yield warning("file-unused.decisions", file.name, name=file.name)


def _there_are(known: list[str]) -> Words:
    if not known:
        return Words("没有随流程附带 .dmn 文件", "there is no .dmn file with the process")
    shown = Words.listed(known[:10])
    return Words.filled("现有决策:{shown}", "there are: {shown}", shown=shown)
