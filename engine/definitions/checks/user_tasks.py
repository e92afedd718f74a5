"""Has every step a form that can be used and a deadline that can be read?"""

from collections.abc import Iterator

from engine.definitions.diagram import Node, Process, extension
from engine.definitions.draft import Draft
from engine.definitions.findings import error, warning
from engine.errors import Finding, Invalid
from engine.model.deadlines import Deadline
from engine.sentences import in_both


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
        yield error("user-task-mark", process.file, node.element, node=node.label)
    if not node.form_id:
        yield error("form-missing", process.file, node.element, node=node.label)
    deadline = node.properties.get("deadline", "").strip()
    if "deadline" not in node.properties:
        yield warning("deadline-missing", process.file, node.element, node=node.label)
    elif not deadline:
        yield error("deadline.empty", process.file, node.element, node=node.label)
    elif deadline and not deadline.startswith("="):
        try:
            Deadline.parse(deadline)
        except Invalid as problem:
            yield error(
                "deadline.unreadable",
                process.file,
                node.element,
                node=node.label,
                problem=in_both(problem.message),
            )


def _form(draft: Draft, process: Process, node: Node) -> Iterator[Finding]:
    if not node.form_id:
        return
    if node.form_id.startswith("="):
        yield error("form-unknown.expression", process.file, node.element, node=node.label)
        return
    form = draft.form(node.form_id)
    if form is None and not draft.has_file(f"{node.form_id}.form"):
        yield error(
            "form-unknown.not-there", process.file, node.element, node=node.label, form=node.form_id
        )
