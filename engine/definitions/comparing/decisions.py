"""What is known of the decisions of a file, in words: read off the XML, cell by cell."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from engine.decisions.source import Element, parse_definitions
from engine.definitions.comparing.changes import Detail, differing
from engine.sentences import Words

_POLICY = Words("命中规则", "Hit policy")


@dataclass(frozen=True)
class DrawnDecision:
    """A decision, business knowledge model or service as written in its file."""

    id: str
    name: str
    facts: Mapping[Hashable, tuple[Words, Words]]


def decisions_of(files: Mapping[str, bytes]) -> dict[str, DrawnDecision]:
    """Everything that decides in these files, by id."""
    found: dict[str, DrawnDecision] = {}
    for name, content in files.items():
        for element in parse_definitions(content, name).iterchildren("{*}*"):
            kind = etree.QName(element).localname
            if kind in {"decision", "businessKnowledgeModel", "decisionService", "itemDefinition"}:
                identity = element.get("id") or element.get("name") or ""
                facts = dict(_facts(element))
                found[identity] = DrawnDecision(identity, element.get("name") or identity, facts)
    return found


def differences(before: DrawnDecision, after: DrawnDecision) -> tuple[Detail, ...]:
    """What differs between two decisions of one id."""
    return tuple(differing(before.facts, after.facts))


def rules(decision: DrawnDecision) -> int:
    """How many rules it has."""
    return len({key[1] for key in decision.facts if isinstance(key, tuple) and key[0] == "rule"})


def _facts(element: Element) -> Iterator[tuple[Hashable, tuple[Words, Words]]]:
    yield "name", (Words("名称", "Name"), Words.same(element.get("name") or ""))
    table = element.find(".//{*}decisionTable")
    if table is None:
        yield "logic", (Words("内容", "Content"), Words.same(_texts(element)))
        return
    policy = f"{table.get('hitPolicy', 'UNIQUE')} {table.get('aggregation', '')}".strip()
    yield "policy", (_POLICY, Words.same(policy))
    columns = [_column(column) for column in table.iterchildren("{*}input", "{*}output")]
    for number, (label, text) in enumerate(columns):
        yield (
            ("column", number),
            (Words(f"第 {number + 1} 列", f"Column {number + 1}"), Words.same(f"{label} {text}")),
        )
    names = [label for label, _ in columns]
    for number, rule in enumerate(table.iterchildren("{*}rule"), start=1):
        place = rule.get("id") or number
        cells = [_texts(cell) for cell in rule.iterchildren("{*}inputEntry", "{*}outputEntry")]
        told = ";".join(
            f"{name} {cell}"
            for name, cell in zip(names, cells, strict=False)
            if cell not in ("", "-")
        )
        yield (
            ("rule", place),
            (Words(f"规则 {number}", f"Rule {number}"), Words.same(told or "-")),
        )


def _column(column: Element) -> tuple[str, str]:
    expression = column.find("{*}inputExpression")
    text = "" if expression is None else _texts(expression)
    label = column.get("label") or column.get("name") or text
    return label, "" if text == label else text


def _texts(element: Element) -> str:
    """Everything written in it, without the ids and the drawing."""
    return " ".join(
        (text.text or "").strip() for text in element.iter("{*}text") if (text.text or "").strip()
    )
