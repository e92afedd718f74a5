"""Has every step a form that can be used and a deadline that can be read?"""

from collections.abc import Iterator

from engine.definitions.diagram import Node, Process, extension
from engine.definitions.draft import Draft
from engine.definitions.findings import error
from engine.errors import Finding, Invalid
from engine.model.deadlines import Deadline


def check(draft: Draft) -> Iterator[Finding]:
    """Forms of steps and of the start, ``zeebe:userTask``, deadline texts."""
    for process, node in draft.nodes("userTask", "startEvent"):
        if node.tag == "userTask":
            yield from _user_task(process, node)
        elif process.start_role and not node.form_id and node.scope.owner is None:
            continue  # a start without a form asks nothing
        yield from _form(draft, process, node)


def _user_task(process: Process, node: Node) -> Iterator[Finding]:
    if extension(node.element, "userTask") is None:
        yield error(
            "user-task-mark",
            f"{node.label}缺少 zeebe:userTask 标记。"
            "请在编辑器中把 Implementation 设为“Zeebe user task”。",
            process.file,
            node.element,
        )
    if not node.form_id:
        yield error(
            "form-missing",
            f"{node.label}没有表单。请填写表单编号(formId)。",
            process.file,
            node.element,
        )
    deadline = node.properties.get("deadline", "").strip()
    if "deadline" in node.properties and not deadline:
        yield error(
            "deadline", f"{node.label}的时限是空的。请填写或删去。", process.file, node.element
        )
    elif deadline and not deadline.startswith("="):
        try:
            Deadline.parse(deadline)
        except Invalid as problem:
            yield error("deadline", f"{node.label}:{problem.message}", process.file, node.element)


def _form(draft: Draft, process: Process, node: Node) -> Iterator[Finding]:
    if not node.form_id:
        return
    if node.form_id.startswith("="):
        yield error(
            "form-unknown",
            f"{node.label}的表单编号不能是表达式。请写明表单编号。",
            process.file,
            node.element,
        )
        return
    form = draft.form(node.form_id)
    if form is None and not draft.has_file(f"{node.form_id}.form"):
        yield error(
            "form-unknown",
            f"{node.label}的表单“{node.form_id}”不在文件里。请加上“{node.form_id}.form”或改正编号。",
            process.file,
            node.element,
        )
