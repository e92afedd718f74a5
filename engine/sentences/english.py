"""English for what is said in Chinese alone: reasons, incidents, refusals, results of scenarios.

Such a sentence is put together where something goes wrong, kept with the case, and read much later
by somebody who may want it in English. So it is looked up by its own words: ``in_english/*.toml``
holds each Chinese template with its English one; ``{}`` stands for a value, which may be a phrase
of a template itself. What is not found stays Chinese.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise

from engine.sentences.words import Words

_HAN = re.compile("[\u3400-\u9fff]")
_CHINESE = re.compile("[\u3400-\u9fff、]")
_ID_FIRST = re.compile(r"([!-~]+) (.+)", re.DOTALL)
_QUOTED = re.compile("“[^“”]*”")
_GAP = re.compile(r"\{\d?\}")
_DEEPEST = 6
_MOST_TRIES = 300
_LONGEST = 3_000


def in_english(text: str) -> str:
    """The text in English; as it is where it is not one of ours."""
    return _looked_up(text) if _HAN.search(text) and len(text) <= _LONGEST else text


def in_both(text: str) -> Words:
    """A Chinese text, and the same in English."""
    return Words(text, in_english(text))


@lru_cache(maxsize=2048)
def _looked_up(text: str) -> str:
    found = _Reading().phrase(text, 0)
    return text if found is None else _begun(found)


def _begun(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _within(phrase: str | None) -> str | None:
    """A phrase as it stands within a sentence."""
    if phrase is None or not phrase[1:2].islower():
        return phrase
    return phrase[:1].lower() + phrase[1:]


@dataclass(frozen=True)
class _Template:
    """The parts of a Chinese text around its values, and the same text in English.

    Between quotation marks stand names and expressions of the designer's own.
    """

    parts: tuple[str, ...]
    english: str
    is_quoted: tuple[bool, ...]

    def values(self, text: str) -> list[str] | None:
        """What stands in the gaps of a text, each as short as can be; None for another text."""
        first, *others = self.parts
        if not text.startswith(first):
            return None
        place, found = len(first), list[str]()
        for number, (part, is_quoted) in enumerate(zip(others, self.is_quoted, strict=True), 1):
            is_last = number == len(others)
            end = len(text) - len(part) if is_last else text.find(part, place)
            value = text[place:end]
            if end < place or (is_last and not text.endswith(part)):
                return None
            if is_quoted and ("“" in value or "”" in value):
                return None
            found.append(value)
            place = end + len(part)
        return found if place == len(text) else None


class _Reading:
    """Reads one text; whatever it is made of, it ends after so many tries."""

    def __init__(self) -> None:
        self._left = _MOST_TRIES

    def phrase(self, text: str, depth: int) -> str | None:
        """A phrase, or several of them put together; None for what is not ours."""
        self._left -= 1
        if depth > _DEEPEST or self._left < 0:
            return None
        nearly = None
        for template in _templates():
            values = template.values(text)
            if values is None:
                continue
            told = [self._value(value, depth + 1) for value in values]
            shown = (v if t is None else t for v, t in zip(values, told, strict=True))
            filled = template.english.format(*shown)
            if all(one is not None or q for one, q in zip(told, template.is_quoted, strict=True)):
                return filled
            nearly = nearly or filled
        return (
            self._after_another(text, depth)
            or self._with_its_place(text, depth)
            or self._with_its_id(text, depth)
            or (nearly if depth == 0 else None)
        )

    def _value(self, text: str, depth: int) -> str | None:
        """What stands in a gap: a phrase, a list, either in parentheses, a name, no Chinese."""
        if not _CHINESE.search(text) or _QUOTED.fullmatch(text):
            return text
        if text.startswith("(") and text.endswith(")"):
            inner = self._value(text[1:-1], depth)
            return None if inner is None else f" ({inner})"
        found = _within(self.phrase(text, depth))
        for mark, joined in (("、", ", "), (";", "; "), ("或", " or "), ("的", ", ")):
            parts = text.split(mark)
            if found is None and len(parts) > 1:
                told = [self._value(part, depth + 1) for part in parts]
                found = None if None in told else joined.join(map(str, told))
        return found

    def _after_another(self, text: str, depth: int) -> str | None:
        """Sentences one after another; one of them may be made of two."""
        for end in re.finditer("。(?=.)", text, re.DOTALL):
            first = self.phrase(text[: end.end()], depth + 1)
            rest = None if first is None else self.phrase(text[end.end() :], depth + 1)
            if first is not None and rest is not None:
                return f"{_begun(first)} {_begun(rest)}"
        return None

    def _with_its_place(self, text: str, depth: int) -> str | None:
        """What is said of a place, behind a colon."""
        for colon in re.finditer(":", text):
            place = self._value(text[: colon.start()], depth + 1)
            said = None if place is None else self._value(text[colon.end() :], depth + 1)
            if said is not None:
                return f"{place}: {said}"
        return None

    def _with_its_id(self, text: str, depth: int) -> str | None:
        """What is said of a field, behind its pointer."""
        found = _ID_FIRST.fullmatch(text)
        said = None if found is None else self.phrase(found[2], depth + 1)
        return None if found is None or said is None else f"{found[1]} {said}"


@cache
def _templates() -> tuple[_Template, ...]:
    """All of them, those with most words of their own first."""
    found = [_read(zh, en) for zh, en in english_templates().items()]
    return tuple(sorted(found, key=lambda one: -sum(map(len, one.parts))))


def english_templates() -> Mapping[str, str]:
    """Each Chinese template with its English one."""
    found: dict[str, str] = {}
    for file in files("engine.sentences").joinpath("in_english").iterdir():
        if file.name.endswith(".toml"):
            found |= tomllib.loads(file.read_text("utf-8"))
    return found


def _read(chinese: str, english: str) -> _Template:
    parts = [part.replace("{{", "{").replace("}}", "}") for part in _GAP.split(chinese)]
    quoted = (a.endswith("“") and b.startswith("”") for a, b in pairwise(parts))
    return _Template(tuple(parts), english, tuple(quoted))
