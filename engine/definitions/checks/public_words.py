"""Can the applicant be told what the process has for her, and send what it offers her?"""

from collections.abc import Iterator

from engine.definitions.checks.lanes import lanes_of, places_of
from engine.definitions.diagram import DrawnLane, Node, Process, described, properties_of
from engine.definitions.draft import Draft
from engine.definitions.findings import error, warning
from engine.definitions.variables import usable_form
from engine.errors import Finding
from engine.forms import CompiledForm, Filler
from engine.model.definitions import LaneKind
from engine.model.public_words import (
    BY_DEADLINE,
    BY_TIMER,
    MESSAGE,
    MESSAGE_HINT,
    MESSAGE_REASON,
    REASON,
    RECEIPT,
    RECEIPT_PROOF,
    UNTIL,
    WORDS,
)


def check(draft: Draft) -> Iterator[Finding]:
    """Words, messages and forms for the applicant where they can never reach her."""
    for process in draft.processes:
        for node in process.nodes.values():
            yield from _words(process, node)
            yield from _message(process, node)
        yield from _receipt(draft, process)
        yield from _forms(draft, process)


def _words(process: Process, node: Node) -> Iterator[Finding]:
    said = node.properties
    for name in (UNTIL, REASON):
        if said.get(name, "").strip() and not said.get(WORDS, "").strip():
            yield error(
                "public-without-words",
                process.file,
                node.element,
                node=node.label,
                name=name,
                words=WORDS,
            )
    until = said.get(UNTIL, "").strip()
    has_limit = node.tag == "userTask" and bool(said.get("deadline", "").strip())
    known = {BY_TIMER, BY_DEADLINE} if has_limit else {BY_TIMER}
    if until and until not in known and not until.startswith("="):
        yield error(
            "public-until",
            process.file,
            node.element,
            node=node.label,
            prop=UNTIL,
            value=until[:60],
            by_timer=BY_TIMER,
            by_deadline=BY_DEADLINE,
        )


def _message(process: Process, node: Node) -> Iterator[Finding]:
    said = node.properties
    label = said.get(MESSAGE, "").strip()
    if MESSAGE in said and not label:
        yield error(
            "guest-message-empty", process.file, node.element, node=node.label, prop=MESSAGE
        )
    if label and node.event_kind != "message":
        yield error(
            "guest-message-place", process.file, node.element, node=node.label, prop=MESSAGE
        )
    for name in (MESSAGE_HINT, MESSAGE_REASON):
        if name in said and MESSAGE not in said:
            yield warning(
                "guest-message-missing",
                process.file,
                node.element,
                node=node.label,
                name=name,
                prop=MESSAGE,
            )


def _receipt(draft: Draft, process: Process) -> Iterator[Finding]:
    """Whoever is offered a message needs a receipt; what proves it must be asked somewhere."""
    offered = [node for node in process.nodes.values() if node.properties.get(MESSAGE, "").strip()]
    if offered and process.start_role and not gives_receipts(process):
        yield warning(
            "guest-message-without-receipt",
            process.file,
            offered[0].element,
            element=described(process.element),
            button=offered[0].properties[MESSAGE],
            prop=RECEIPT,
        )
    asked = {field.key for form in _all_forms(draft, process) for field in form.fields.values()}
    for name in _names(process.properties.get(RECEIPT_PROOF, "")):
        if asked and name not in asked:
            yield error(
                "receipt-proof",
                process.file,
                process.element,
                element=described(process.element),
                prop=RECEIPT_PROOF,
                name=name,
            )


def gives_receipts(process: Process) -> bool:
    """Whether it says so, or has a lane of the applicant."""
    said = process.properties.get(RECEIPT, "")
    return said == "true" or (said != "false" and any(_is_hers(lane) for lane in process.lanes))


def _is_hers(lane: DrawnLane) -> bool:
    return properties_of(lane.element).get("kind") == LaneKind.PARTICIPANT.value


def _names(text: str) -> Iterator[str]:
    return (part.strip() for part in text.replace("，", ",").split(",") if part.strip())


def _all_forms(draft: Draft, process: Process) -> Iterator[CompiledForm]:
    for node in process.of("userTask", "startEvent"):
        form = usable_form(draft, node)
        if form is not None:
            yield form


def _forms(draft: Draft, process: Process) -> Iterator[Finding]:
    """A question for the applicant alone, in a step that only the staff can do."""
    places = places_of(process)
    for node in process.of("userTask", "startEvent"):
        form = usable_form(draft, node)
        if form is None or any(_is_hers(lane) for lane in lanes_of(node, places)):
            continue
        if form.only_for(Filler.STAFF) is not form:
            yield warning("only-for-guest", process.file, node.element, node=node.label)
