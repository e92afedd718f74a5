"""Can somebody without an account begin a case by the form that the process offers her?

What she answers are the answers of the start form, as if a member of the staff had typed them: the
two forms are compared here, so that nobody writes a letter which the start then refuses.
"""

from collections.abc import Iterator

from engine.definitions.checks.lanes import lanes_of, places_of
from engine.definitions.checks.public_words import gives_receipts
from engine.definitions.diagram import Node, Process, described, properties_of
from engine.definitions.draft import Draft
from engine.definitions.findings import error
from engine.definitions.variables import usable_form
from engine.errors import Finding
from engine.forms import CompiledForm, Filler
from engine.model.definitions import STARTS_FROM, LaneKind
from engine.model.public_words import PUBLIC_FORM, RECEIPT
from engine.sentences import Words


def check(draft: Draft) -> Iterator[Finding]:
    """``publicForm``: what it gives, what becomes of it, and who gets it."""
    for process in draft.processes:
        if PUBLIC_FORM in process.properties:
            yield from _process(draft, process)


def _wrong(code: str, process: Process, **values: object) -> Finding:
    name = described(process.element)
    return error(code, process.file, process.element, name=name, prop=PUBLIC_FORM, **values)


def _process(draft: Draft, process: Process) -> Iterator[Finding]:
    form_id = process.public_form_id
    form = draft.form(form_id) if form_id else None
    if form is None and not (form_id and draft.has_file(f"{form_id}.form")):
        yield _wrong("public-form.missing", process, form_id=form_id)
    start = next((node for node in process.scopes[0].nodes.values() if _begins(node)), None)
    start_form = None if start is None else usable_form(draft, start)
    if start is None or not process.start_role or process.properties.get(STARTS_FROM, "").strip():
        yield _wrong("public-form.no-start", process)
        return
    if not start.form_id:
        yield _wrong("public-form.no-start", process)
    elif form is not None and start_form is not None and not form.has_errors:
        yield from _forms(process, form.only_for(Filler.GUEST), start_form)
    if not gives_receipts(process):
        yield _wrong("public-form.receipt", process, receipt=RECEIPT)
    yield from _first_steps(process, start)


def _begins(node: Node) -> bool:
    return node.tag == "startEvent" and node.event is None


def _forms(process: Process, form: CompiledForm, start: CompiledForm) -> Iterator[Finding]:
    unasked = [
        asked.label or key
        for key, asked in start.only_for(Filler.STAFF).fields.items()
        if asked.required and asked.is_asked and not asked.conditional and key not in form.fields
    ]
    if unasked:
        yield _wrong("public-form.unasked", process, fields=Words.listed(unasked))
    read = form.drivers
    for key, asked in form.fields.items():
        if asked.is_asked and key not in start.fields and asked.path[0] not in read:
            yield _wrong("public-form.lost", process, field=asked.label or key)
    foreign = sorted({name for names in form.foreign_names.values() for name in names})
    if foreign:
        yield _wrong("public-form.reads", process, names=Words.listed(foreign))


def _first_steps(process: Process, start: Node) -> Iterator[Finding]:
    """Whoever writes is heard by somebody who works there: not by herself, not by another body."""
    places = places_of(process)
    for node in _steps_behind(start):
        kinds = {properties_of(lane.element).get("kind", "role") for lane in lanes_of(node, places)}
        if kinds - {LaneKind.ROLE.value}:
            yield _wrong("public-form.first-step", process, node=node.label)


def _steps_behind(start: Node) -> Iterator[Node]:
    """The steps of people that a new case can come to first."""
    seen: set[Node] = set()
    waiting = [start]
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        if node.tag == "userTask":
            yield node
            continue
        inner = () if node.inner is None else node.inner.nodes.values()
        inside = [one for one in inner if one.tag == "startEvent"]
        waiting += inside or node.scope.next_of(node)
