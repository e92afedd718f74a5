"""Every place of a process where an expression may stand."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from engine.definitions.bpmn_xml import Element
from engine.definitions.diagram import Node, Process, bpmn, described, extension
from engine.definitions.draft import Draft
from engine.feel import Expression, FeelSyntaxError, compile_expression
from engine.model.public_words import GUEST_MOBILE, ON_NODES, WORDS


class When(Enum):
    """Which variables a text can read."""

    CASE = "case"  # the process's own
    BEFORE = "before"  # and the step's inputs
    AFTER = "after"  # and what the step produced


@dataclass(frozen=True)
class Site:
    """One text. ``where`` says in Chinese what it is; FEEL where it must begin with ``=``."""

    process: Process
    node: Node | None
    element: Element
    where: str
    text: str
    must_be_feel: bool
    when: When = When.CASE

    @property
    def is_feel(self) -> bool:
        """Whether the text is an expression."""
        return self.text.lstrip().startswith("=")

    def compiled(self) -> Expression | None:
        """The compiled expression, None for a plain text or one that is wrong."""
        if not self.is_feel:
            return None
        try:
            return compile_feel(self.text)
        except FeelSyntaxError:
            return None


def compile_feel(text: str) -> Expression:
    """Compile a text that begins with ``=``; FeelSyntaxError counts columns as people do."""
    stripped = text.strip()
    return compile_expression(f" {stripped[1:]}")


def sites(draft: Draft, process: Process) -> Iterator[Site]:
    """All texts of a process, in file order within each element."""
    yield from _process_sites(process)
    for flow in process.flows:
        text = flow.condition
        if text is not None:
            element = flow.element.find(bpmn("conditionExpression"))
            yield Site(
                process,
                process.nodes.get(flow.source),
                flow.element if element is None else element,
                f"{flow.label}的条件",
                text,
                must_be_feel=True,
            )
    for scope in process.scopes:
        for node in scope.nodes.values():
            yield from _node_sites(draft, process, node)


def _process_sites(process: Process) -> Iterator[Site]:
    for name, must_be_feel in (
        ("title", True),
        ("totalLimit", False),
        (WORDS, False),
        (GUEST_MOBILE, True),
    ):
        text = process.properties.get(name, "").strip()
        if text:
            yield Site(
                process,
                None,
                process.element,
                f"{described(process.element)}的属性 {name}",
                text,
                must_be_feel,
            )


def _node_sites(draft: Draft, process: Process, node: Node) -> Iterator[Site]:
    for mapped in node.inputs:  # they are computed together: one cannot read another
        where = f"{node.label}的输入映射“{mapped.target}”"
        yield Site(process, node, mapped.element, where, mapped.source, must_be_feel=False)
    yield from output_sites(process, node)
    deadline = node.properties.get("deadline", "")
    if deadline:
        yield Site(
            process,
            node,
            node.element,
            f"{node.label}的时限",
            deadline,
            must_be_feel=False,
            when=When.BEFORE,
        )
    for name in ("pausesClock", "sameAllowed", "handledAt"):
        said = node.properties.get(name, "").strip()
        if said.startswith("="):
            where = f"{node.label}的 {name}"
            yield Site(
                process, node, node.element, where, said, must_be_feel=True, when=When.BEFORE
            )
    sheet = node.properties.get("sheet", "")
    if sheet:
        where = f"{node.label}的名单(sheet)"
        yield Site(process, node, node.element, where, sheet, must_be_feel=True, when=When.BEFORE)
    script = extension(node.element, "script")
    if script is not None:
        yield Site(
            process,
            node,
            script,
            f"{node.label}的计算式",
            script.get("expression", ""),
            must_be_feel=True,
            when=When.BEFORE,
        )
    yield from _public_sites(process, node)
    yield from _event_sites(draft, process, node)


def _public_sites(process: Process, node: Node) -> Iterator[Site]:
    """What an applicant is told while the case stands here."""
    for name in sorted(ON_NODES):
        text = node.properties.get(name, "")
        if text.lstrip().startswith("="):
            where = f"{node.label}的属性 {name}"
            yield Site(
                process, node, node.element, where, text, must_be_feel=True, when=When.BEFORE
            )


def output_sites(process: Process, node: Node) -> Iterator[Site]:
    """The sources of an element's output mappings."""
    for mapped in node.outputs:
        where = f"{node.label}的输出映射“{mapped.target}”"
        yield Site(
            process, node, mapped.element, where, mapped.source, must_be_feel=False, when=When.AFTER
        )


def _event_sites(draft: Draft, process: Process, node: Node) -> Iterator[Site]:
    if node.event is None:
        return
    for name in ("timeDate", "timeDuration"):
        time = node.event.find(bpmn(name))
        if time is not None:
            yield Site(
                process,
                node,
                time,
                f"{node.label}的定时",
                (time.text or "").strip(),
                must_be_feel=False,
            )
    if node.event_kind == "message":
        message = draft.definitions_of(process, "message").get(node.event.get("messageRef", ""))
        subscription = None if message is None else extension(message, "subscription")
        if subscription is not None and subscription.get("correlationKey", "").strip():
            yield Site(
                process,
                node,
                subscription,
                f"{node.label}的消息关联键",
                subscription.get("correlationKey", ""),
                must_be_feel=True,
            )
