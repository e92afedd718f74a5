"""Names as people type them who look for somebody: pinyin, whole or by initials.

:func:`search_text` is stored beside a name; :func:`typed` is what to look for in it, always with a
blank before, so that a spelling is met from its beginning::

    search_text("曾小明")  ->  " zengxiaoming zengxm zxm cengxiaoming cengxm cxm"
    text LIKE '%' || typed("Zeng xm") || '%'

A character that has several readings has several spellings: finding one person too many is
cheap, not finding her is not. Surnames that are read unlike the word come first.
"""

import importlib.util
import itertools
import re
import runpy
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from engine.errors import Broken

LONGEST = 200
"""Characters of a search text; the likelier spellings come first and are kept."""

_MOST_READINGS = 3
_MANY_CHARACTERS = 5
"""Longer texts are names of units: one reading a character, else the spellings are too many."""

_SHORTEST_TYPED = 2
_LATIN = re.compile(r"[a-z]+")

_SURNAMES: Mapping[str, str] = {
    "单": "shan", "曾": "zeng", "仇": "qiu", "解": "xie", "区": "ou", "查": "zha", "朴": "piao",
    "盖": "ge", "乐": "yue", "覃": "qin", "任": "ren", "华": "hua", "缪": "miao", "种": "chong",
    "召": "shao", "折": "she", "员": "yun", "祭": "zhai", "黑": "he", "尉": "yu", "翟": "zhai",
    "冼": "xian", "阚": "kan", "句": "gou", "繁": "po", "秘": "bi", "莘": "shen", "沈": "shen",
}  # fmt: skip


def search_text(text: str) -> str:
    """All spellings of a text with Chinese characters; empty where there is none."""
    written = ""
    for spelling in dict.fromkeys(_spellings(text)):
        if len(written) + 1 + len(spelling) > LONGEST:
            break
        written += f" {spelling}"
    return written


def typed(query: str) -> str | None:
    """What to look for in a search text, None where nobody would type a name like that."""
    plain = _plain(query).replace(" ", "").replace("'", "")
    if len(plain) < _SHORTEST_TYPED or not _LATIN.fullmatch(plain):
        return None
    return f" {plain}"


def _spellings(text: str) -> Iterator[str]:
    """Whole, the surname whole with initials, initials only; the likeliest reading first."""
    readings = [found for found in map(_readings, text) if found]
    if not readings:
        return
    if len(readings) > _MANY_CHARACTERS:
        readings = [(first,) for first, *_ in readings]
    else:
        surname = _SURNAMES.get(text[0])
        if surname is not None:
            readings[0] = (surname, *(r for r in readings[0] if r != surname))
    for read in itertools.islice(itertools.product(*readings), 4 * _MANY_CHARACTERS):
        initials = "".join(syllable[0] for syllable in read)
        yield "".join(read)
        yield read[0] + initials[1:]
        yield initials


@cache
def _readings(character: str) -> tuple[str, ...]:
    """How a character is read, without tones; letters are themselves, anything else is not read."""
    if character.isascii():
        return (character.lower(),) if character.isalpha() else ()
    known = _dictionary().get(ord(character), "")
    plain = (_plain(reading) for reading in known.split(",") if reading)
    return tuple(dict.fromkeys(plain))[:_MOST_READINGS]


def _plain(text: str) -> str:
    """Small letters without tones; ü is typed v, as input methods want it."""
    half_width = unicodedata.normalize("NFKC", text).lower()
    parted = unicodedata.normalize("NFD", half_width).replace("u\u0308", "v")
    return "".join(letter for letter in parted if not unicodedata.combining(letter)).strip()


@cache
def _dictionary() -> Mapping[int, str]:
    """Readings by code point, extension B and later among them; loaded when first asked.

    Characters are read one by one. So this one file of the library is loaded and not the whole,
    whose dictionary of phrases takes some 45 MB in each process.
    """
    library = importlib.util.find_spec("pypinyin")
    if library is None or library.submodule_search_locations is None:
        msg = "pypinyin is not installed"
        raise Broken(msg)
    path = Path(library.submodule_search_locations[0]) / "pinyin_dict.py"
    found: Mapping[int, str] = runpy.run_path(str(path))["pinyin_dict"]
    return found
