"""Changing inputs so that they stay files: a byte changed in XML only teaches the XML parser."""

import json
import random
from collections.abc import Callable
from copy import deepcopy

from lxml import etree

EXPRESSIONS = (
    "=", "=(", "=a b", "9**9**9", "=9 ** 9 ** 9", "=[1..1e9]", "=1/0", "=-(-(-a))", "= function(x) x", "?",
    "R3/P1D", "P5D", "5wd", "P999999999Y", "2026-13-45", "\u3000", "case", "End", "", "0", "-1", "1e400",
    "true", "null", "[]", "{}", "not(", "[1..", '"', "a.b.c", "=parameter(\"x\")", "=for x in 1..9 return partial",
    "(a+)+$", "{{a}}", "{{", "=members[income > 1]", "=today()", "\ud7ff", "𠮷", "x" * 300,
)  # fmt: skip


def mutate_xml(content: bytes, chance: random.Random) -> bytes | None:
    """Wound a tree; None where the content is none."""
    try:
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False))
    except (etree.XMLSyntaxError, ValueError, LookupError):
        return None
    for _ in range(chance.randint(1, 4)):
        _wound(root, chance)
    return etree.tostring(root)


def _wound(root: etree._Element, chance: random.Random) -> None:
    elements = [e for e in root.iter() if isinstance(e.tag, str) and e is not root]
    if not elements:
        return
    element = chance.choice(elements)
    other = chance.choice(elements)
    match chance.randrange(7):
        case 0:
            element.getparent().remove(element)
        case 1:
            if len(elements) < 400:
                element.addnext(deepcopy(element))
        case 2:
            if element not in [other, *other.iterancestors()]:
                other.append(element)
        case 3:
            element.tag = other.tag
        case 4:
            name = chance.choice(list(other.attrib) or ["id"])
            values = [v for e in elements for v in e.attrib.values()]
            element.set(name, chance.choice([*EXPRESSIONS, *values]))
        case 5:
            element.text = chance.choice(EXPRESSIONS)
        case _:
            texts = [e.text for e in elements if e.text and e.text.strip()]
            element.text = chance.choice(texts or ["x"])


def mutate_json(content: bytes, chance: random.Random) -> bytes | None:
    """Change values of a JSON text; None where the content is none."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return None
    for _ in range(chance.randint(1, 4)):
        places = list(_places(value))
        if not places:
            return None
        holder, key = chance.choice(places)
        other, other_key = chance.choice(places)
        match chance.randrange(5):
            case 0:
                del holder[key]
            case 1:
                holder[key] = chance.choice(
                    [*EXPRESSIONS, None, True, 0, -1, 1e308, [], {}, [[]], {"id": 1}]
                )
            case 2:
                if len(places) < 800:
                    holder[key] = json.loads(json.dumps(other[other_key]))
            case 3 if isinstance(holder, list) and len(places) < 800:
                holder.append(json.loads(json.dumps(holder[key])))
            case _ if isinstance(holder, dict) and isinstance(other, dict):
                holder[str(other_key)] = holder.pop(key)
    return json.dumps(value, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")


def _places(value: object) -> list[tuple[object, object]]:
    found: list[tuple[object, object]] = []
    waiting = [value]
    while waiting:
        one = waiting.pop()
        keys = one if isinstance(one, dict) else range(len(one)) if isinstance(one, list) else ()
        for key in keys:
            found.append((one, key))
            waiting.append(one[key])
    return found


def mutate_text(content: bytes, chance: random.Random) -> bytes | None:
    """Put words where others were."""
    text = content.decode("utf-8", "replace")
    start = chance.randint(0, len(text))
    end = min(len(text), start + chance.choice([0, 0, 1, 5, 20]))
    word = chance.choice(
        [
            *EXPRESSIONS,
            text[chance.randint(0, len(text)) :][:40],
            "(" * 60,
            "[" * 30 + "]" * 30,
            " and ",
            " in ",
            "..",
            "\n",
        ]
    )
    return (text[:start] + word + text[end:]).encode("utf-8", "surrogatepass")


MUTATORS: dict[str, Callable[[bytes, random.Random], bytes | None]] = {
    "xml": mutate_xml,
    "json": mutate_json,
    "text": mutate_text,
}
