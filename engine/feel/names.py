"""Names that are more than one plain word.

The scanner must know them, or it cannot see where they end.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

# DMN 1.5, rules 28 and 29, without the full-width and CJK punctuation that they would let in: to
# the people who write these expressions "，" is a comma typed with the wrong keyboard, never a part
# of a name.
NAME_START = (
    r"A-Z_a-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff"
    r"\u200c-\u200d\u2070-\u218f\u2c00-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3041-\ud7ff"
    r"\uf900-\ufdcf\ufdf0-\ufe0f\ufe20-\ufe2f\ufe70-\ufefe\uff21-\uff3a\uff41-\uff5a\uff66-\uffdc"
    r"\U00010000-\U000effff?"
)
NAME_PART = NAME_START + r"0-9\u00b7\u0300-\u036f\u203f-\u2040'"

_PLAIN_WORD = re.compile(rf"[{NAME_START}][{NAME_PART}]*")
_SPACES = re.compile(r"\s+")
_NAME_PIECES = re.compile(rf"[{NAME_PART}]+|\s+|[^{NAME_PART}\s]+")
_FIRST_WORD = re.compile(rf"[{NAME_PART}]+")
_LONGEST_NAME = 200


def one_line(name: str) -> str:
    """Write a name with single spaces, as all its spellings count as one."""
    return _SPACES.sub(" ", name.strip())


def is_plain_word(name: str) -> bool:
    """Tell whether a name is one word, which the scanner recognises without knowing it."""
    return _PLAIN_WORD.fullmatch(name) is not None


@lru_cache(maxsize=4_096)
def _spelling(name: str) -> re.Pattern[str]:
    """Describe all ways to write a name: any space where it has one, and around its signs."""
    pieces = [
        r"\s+" if piece.isspace() else re.escape(piece) for piece in _NAME_PIECES.findall(name)
    ]
    return re.compile(r"\s*".join(pieces) + rf"(?![{NAME_PART}])")


class KnownNames:
    """Names with spaces or signs in them; the longest that fits is meant. A value."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._by_first_word: dict[str, tuple[str, ...]] = {}
        for name in sorted({one_line(name) for name in names}):
            self._add(name)

    def _add(self, name: str) -> bool:
        first = _FIRST_WORD.match(name)
        if first is None or is_plain_word(name) or len(name) > _LONGEST_NAME:
            return False
        known = self._by_first_word.get(first[0], ())
        if name in known:
            return False
        longest_first = sorted((*known, name), key=lambda one: (-len(one), one))
        self._by_first_word[first[0]] = tuple(longest_first)
        return True

    def including(self, name: str) -> "KnownNames":
        """Add a name met on the way (a key, a parameter); gives itself for a known one."""
        more = KnownNames()
        more._by_first_word = dict(self._by_first_word)
        return more if more._add(one_line(name)) else self

    def match(self, text: str, position: int) -> tuple[str, int] | None:
        """Give the longest known name that stands at a position, and where it ends."""
        first = _FIRST_WORD.match(text, position)
        if first is None:
            return None
        for name in self._by_first_word.get(first[0], ()):
            found = _spelling(name).match(text, position)
            if found is not None:
                return name, found.end()
        return None
