"""Is each decision asked for there, known by an id, and known once?"""

from collections.abc import Iterator

from engine.definitions.diagram import extension
from engine.definitions.draft import Draft
from engine.definitions.findings import error, warning
from engine.errors import Finding


def check(draft: Draft) -> Iterator[Finding]:
    """Decision steps and the decisions they ask."""
    yield from _files(draft)
    any_unread = any(name.endswith(".dmn") for name in draft.unreadable)
    known = sorted(key for file in draft.decision_files for key in file.decisions)
    for process, node in draft.nodes("businessRuleTask"):
        called = extension(node.element, "calledDecision")
        if called is None or not node.decision_id:
            yield error(
                "decision-missing",
                f"{node.label}没有写明用哪个决策。请在“Called decision”里填写决策编号。",
                process.file,
                node.element,
            )
        elif node.decision_id not in known and not any_unread:
            has = f"现有决策:{'、'.join(known[:10])}" if known else "没有随流程附带 .dmn 文件"
            yield error(
                "decision-unknown",
                f"{node.label}要用的决策“{node.decision_id}”不存在({has})。请核对编号。",
                process.file,
                node.element,
            )
        if called is not None and not node.result_variable:
            yield error(
                "result-variable",
                f"{node.label}没有写结果变量,决策结果会丢失。请填写 resultVariable。",
                process.file,
                node.element,
            )


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
                yield error(
                    "decision-duplicate",
                    f"决策编号“{key}”在“{seen[key]}”里已经有了。请改一个。",
                    file.name,
                )
            seen.setdefault(key, file.name)
        if draft.bpmn_files and file.name not in needed:
            yield warning(
                "file-unused",
                f"“{file.name}”里的决策没有步骤使用。请核对决策编号,或移出这个文件。",
                file.name,
            )
