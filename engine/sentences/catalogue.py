"""The sentences of all findings, by key."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from engine.sentences.words import Words


@dataclass(frozen=True)
class Entry:
    """What is wrong and what to do, as templates."""

    zh: tuple[str, str]
    en: tuple[str, str]


def sentences_of(key: str, /, **values: object) -> tuple[Words, Words]:
    """What is wrong and what to do, in both languages, the values filled in."""
    entry = catalogue()[key]
    message, hint = (
        Words.filled(zh, en, **values) for zh, en in zip(entry.zh, entry.en, strict=True)
    )
    return message._replace(en=_begun(message.en)), hint._replace(en=_begun(hint.en))


def _begun(sentence: str) -> str:
    """An English sentence with a capital, unless it begins with a name of the file's own."""
    return sentence[:1].upper() + sentence[1:] if _is_word(sentence.partition(" ")[0]) else sentence


def _is_word(text: str) -> bool:
    return text.isascii() and text.isalpha() and text.islower()


@lru_cache
def catalogue() -> Mapping[str, Entry]:
    """Every entry by its key: a code, or a code and a case with a dot between."""
    found: dict[str, Entry] = {}
    for file in files("engine.sentences").iterdir():
        if file.name.endswith(".toml"):
            for code, table in tomllib.loads(file.read_text("utf-8")).items():
                found |= _entries(code, table)
    return found


def _entries(key: str, table: Mapping[str, Any]) -> dict[str, Entry]:
    if "zh" in table:
        return {key: Entry(tuple(table["zh"]), tuple(table["en"]))}
    found: dict[str, Entry] = {}
    for case, inner in table.items():
        found |= _entries(f"{key}.{case}", inner)
    return found
