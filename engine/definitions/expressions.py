"""Every place of a process where an expression may stand."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from engine.definitions.bpmn_xml import Element
from engine.definitions.diagram import Node, Process, bpmn, described, extension
from engine.definitions.draft import Draft
from engine.definitions.repetition import listed
from engine.feel import Expression, FeelSyntaxError, compile_expression
from engine.model.confidentiality import CONFIDENTIALITY, EXCLUDED
from engine.model.definitions import COUNTED_FROM, ONLY_ONE, PAUSED_FOR
from engine.model.items import ITEM_NAME, LOOPED
from engine.model.public_words import GUEST_MOBILE, ON_NODES, RECEIPT_NEXT, WORDS
from engine.sentences import Words


class When(Enum):
    """Which variables a text can read."""

    CASE = "case"  # the process's own
    BEFORE = "before"  # and the step's inputs
    AFTER = "after"  # and what the step produced
    AROUND = "around"  # not those that only the items of a repeated step have
    ENOUGH = "enough"  # and how many of its items are done


@dataclass(frozen=True)
class Site:
    """One text. ``where`` says what it is; FEEL where it must begin with ``=``."""

    process: Process
    node: Node | None
    element: Element
    where: Words
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
                Words.filled("{flow}的条件", "the condition of {flow}", flow=flow.label),
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
        (ONLY_ONE, True),
        (CONFIDENTIALITY, False),
        (EXCLUDED, True),
        (WORDS, False),
        (GUEST_MOBILE, True),
        (RECEIPT_NEXT, False),
    ):
        text = process.properties.get(name, "").strip()
        if text:
            yield Site(
                process,
                None,
                process.element,
                _property(described(process.element), name),
                text,
                must_be_feel,
            )


def _node_sites(draft: Draft, process: Process, node: Node) -> Iterator[Site]:
    for mapped in node.inputs:  # they are computed together: one cannot read another
        where = _mapping("输入", "input", node, mapped.target)
        yield Site(process, node, mapped.element, where, mapped.source, must_be_feel=False)
    yield from output_sites(process, node)
    deadline = node.properties.get("deadline", "")
    if deadline:
        yield Site(
            process,
            node,
            node.element,
            Words.filled("{node}的时限", "the deadline of {node}", node=node.label),
            deadline,
            must_be_feel=False,
            when=When.BEFORE,
        )
    for name in (COUNTED_FROM, PAUSED_FOR):
        written = node.properties.get(name, "").strip()
        if written:
            yield Site(
                process,
                node,
                node.element,
                _property(node.label, name),
                written,
                must_be_feel=True,
                when=When.BEFORE if node.tag == "userTask" else When.CASE,
            )
    for name in ("pausesClock", "sameAllowed", "handledAt", "givenTo"):
        said = node.properties.get(name, "").strip()
        if said.startswith("="):
            where = _property(node.label, name)
            yield Site(
                process, node, node.element, where, said, must_be_feel=True, when=When.BEFORE
            )
    sheet = node.properties.get("sheet", "")
    if sheet:
        where = Words.filled("{node}的名单(sheet)", "the sheet of {node}", node=node.label)
        yield Site(process, node, node.element, where, sheet, must_be_feel=True, when=When.BEFORE)
    script = extension(node.element, "script")
    if script is not None:
        yield Site(
            process,
            node,
            script,
            Words.filled("{node}的计算式", "the script of {node}", node=node.label),
            script.get("expression", ""),
            must_be_feel=True,
            when=When.BEFORE,
        )
    yield from _repetition_sites(process, node)
    yield from _public_sites(process, node)
    yield from _event_sites(draft, process, node)


def _repetition_sites(process: Process, node: Node) -> Iterator[Site]:
    """What an activity is repeated for, what comes of an item, and when it is enough."""
    found = listed(node)
    if found is not None:
        texts = (
            ("的列表(inputCollection)", "the list", found.collection, When.AROUND),
            ("的每项结果(outputElement)", "the result of an item", found.result, When.BEFORE),
            ("的完成条件", "the completion condition", found.until_text, When.ENOUGH),
            ("的每项名称(itemName)", "the name of an item", _item_name(node), When.CASE),
        )
        for zh, en, text, when in texts:
            if text:
                where = Words.filled(f"{{node}}{zh}", f"{en} of {{node}}", node=node.label)
                yield Site(process, node, found.mark, where, text, must_be_feel=True, when=when)
    condition = node.element.find(f"{bpmn(LOOPED)}/{bpmn('loopCondition')}")
    if condition is not None and (condition.text or "").strip():
        yield Site(
            process,
            node,
            condition,
            Words.filled("{node}的循环条件", "the loop condition of {node}", node=node.label),
            (condition.text or "").strip(),
            must_be_feel=True,
        )


def _item_name(node: Node) -> str:
    return node.properties.get(ITEM_NAME, "").strip()


def _public_sites(process: Process, node: Node) -> Iterator[Site]:
    """What an applicant is told while the case stands here."""
    for name in sorted(ON_NODES):
        text = node.properties.get(name, "")
        if text.lstrip().startswith("="):
            where = _property(node.label, name)
            yield Site(
                process, node, node.element, where, text, must_be_feel=True, when=When.BEFORE
            )


def output_sites(process: Process, node: Node) -> Iterator[Site]:
    """The sources of an element's output mappings."""
    for mapped in node.outputs:
        where = _mapping("输出", "output", node, mapped.target)
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
                Words.filled("{node}的定时", "the timer of {node}", node=node.label),
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
                Words.filled(
                    "{node}的消息关联键", "the correlation key of {node}", node=node.label
                ),
                subscription.get("correlationKey", ""),
                must_be_feel=True,
            )


def _property(owner: Words, name: str) -> Words:
    return Words.filled(
        "{owner}的属性 {name}", "the property {name} of {owner}", owner=owner, name=name
    )


def _mapping(zh: str, en: str, node: Node, target: str) -> Words:
    return Words.filled(
        f"{{node}}的{zh}映射“{{target}}”",
        f"the {en} mapping “{{target}}” of {{node}}",
        node=node.label,
        target=target,
    )
