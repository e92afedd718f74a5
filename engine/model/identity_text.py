"""Numbers of identity cards and bank accounts in a running text.

A notice that shows one has been a scandal year after year (domain.md §6, C7): what hangs on a
board is looked through for strings of 15 to 19 digits, written together or in groups.
"""

import re
import unicodedata
from collections.abc import Iterator

_TOGETHER = r"\d{17}[\dXx]|\d{15,19}"
_GROUPED = r"\d{6} \d{4} \d{4} \d{3}[\dXx]|\d{6} \d{8} \d{3}[\dXx]|\d{4}(?: \d{4}){3}(?: \d{1,3})?"
_NUMBER = re.compile(rf"(?<![\d.])(?:{_GROUPED}|{_TOGETHER})(?![\d.])")
_SPACES = re.compile(r"[\s\u00a0]+")


def identity_numbers(text: str) -> Iterator[str]:
    """Each such number, without its spaces."""
    plain = _SPACES.sub(" ", unicodedata.normalize("NFKC", text))
    for found in _NUMBER.finditer(plain):
        yield found[0].replace(" ", "")
