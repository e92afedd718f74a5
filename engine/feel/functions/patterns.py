r"""XPath's regular expressions written for RE2 (XPath Functions 3.1, 5.6.1; XML Schema, F).

The two languages look alike and differ where nobody expects it: in XPath a dot leaves out the
carriage return too, flag x keeps spaces within brackets, `[a-z-[aeiou]]` takes vowels away, `\i`
and `\c` are characters of XML names. A back-reference needs an engine that can run for ever, save
where its group is a fixed text, which then simply stands there once more.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.feel.errors import NoValue

_SPACES = frozenset(" \t\n\r")
_LITERAL = frozenset(r"\|.?*+(){}-[]^$")
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t"}
_LAST_CHARACTER = 0x10FFFF

_NUMBER = re.compile(r"[1-9]")
_FIXED_GROUP = re.compile(r"\(([^\\|.?*+(){}\-\[\]^$]+)\)(?![?*+{])")
_FIXED_GROUPS = re.compile(rf"(?:{_FIXED_GROUP.pattern}|\\?[^()\\\[])*")

Span = tuple[int, int]
"""The first and the last character of a run."""

_BLOCKS: dict[str, Span] = {
    "BasicLatin": (0x0, 0x7F),
    "Latin-1Supplement": (0x80, 0xFF),
    "GeneralPunctuation": (0x2000, 0x206F),
    "CJKSymbolsandPunctuation": (0x3000, 0x303F),
    "CJKUnifiedIdeographs": (0x4E00, 0x9FFF),
    "HalfwidthandFullwidthForms": (0xFF00, 0xFFEF),
}
# XML 1.0, 2.3: what a name may begin with, and what it may go on with.
_NAME_START: list[Span] = [
    (0x3A, 0x3A),
    (0x41, 0x5A),
    (0x5F, 0x5F),
    (0x61, 0x7A),
    (0xC0, 0xD6),
    (0xD8, 0xF6),
    (0xF8, 0x2FF),
    (0x370, 0x37D),
    (0x37F, 0x1FFF),
    (0x200C, 0x200D),
    (0x2070, 0x218F),
    (0x2C00, 0x2FEF),
    (0x3001, 0xD7FF),
    (0xF900, 0xFDCF),
    (0xFDF0, 0xFFFD),
    (0x10000, 0xEFFFF),
]
_NAME: list[Span] = sorted(
    [*_NAME_START, (0x2D, 0x2E), (0x30, 0x39), (0xB7, 0xB7), (0x300, 0x36F), (0x203F, 0x2040)]
)


def as_re2(pattern: str, flags: str) -> str:
    """Write a pattern for RE2; raises NoValue for what is wrong, or what RE2 cannot do.

    Flags i and q are options of RE2 itself.
    """
    if "x" in flags:
        pattern = _without_spaces(pattern)
    text = _Reader(pattern, dot_is_all="s" in flags).translated()
    return f"(?m:{text})" if "m" in flags else text


def _without_spaces(pattern: str) -> str:
    """Drop white space, save inside brackets."""
    kept: list[str] = []
    depth, escaped = 0, False
    for character in pattern:
        if character in _SPACES and not depth:
            continue
        kept.append(character)
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == "[":
            depth += 1
        elif character == "]" and depth:
            depth -= 1
    return "".join(kept)


@dataclass
class _Class:
    r"""What stands in brackets: runs of characters, and classes that RE2 knows (\d, \p{L})."""

    negated: bool = False
    spans: list[Span] = field(default_factory=list)
    known: list[str] = field(default_factory=list)

    def without(self, other: "_Class") -> "_Class":
        """Take another class away."""
        if self.known or other.known:
            raise _unsupported()
        mine = _complement(self.spans) if self.negated else self.spans
        taken = _complement(other.spans) if other.negated else other.spans
        return _Class(spans=_complement([*_complement(mine), *taken]))

    def written(self) -> str:
        """Write it for RE2."""
        if not self.spans and not self.known:
            return r"[^\x{0}-\x{10ffff}]"
        return f"[{'^' if self.negated else ''}{_written(self.spans)}{''.join(self.known)}]"


class _Reader:
    def __init__(self, pattern: str, *, dot_is_all: bool) -> None:
        self.pattern = pattern
        self.position = 0
        self.dot = "(?s:.)" if dot_is_all else r"[^\n\r]"

    def translated(self) -> str:
        written: list[str] = []
        while self.position < len(self.pattern):
            character = self._next()
            if character == "[":
                written.append(self._class().written())
            elif character == ".":
                written.append(self.dot)
            elif character == "\\":
                meant = self._repeated() or self._escape()
                written.append(meant if isinstance(meant, str) else f"[{_written(meant)}]")
            else:
                if character == "(" and self._ahead() == "?" and self._ahead(2) != "?:":
                    raise _unsupported()  # groups with names, and looking around
                written.append(character)
        return "".join(written)

    def _repeated(self) -> str:
        """Read a back-reference to a group of fixed text; nothing where there is none."""
        number = _NUMBER.match(self.pattern, self.position)
        before = self.pattern[: self.position - 1]
        # Groups that always match, each once: none within another, none optional, no alternatives.
        if number is None or not _FIXED_GROUPS.fullmatch(before) or "|" in self.pattern:
            return ""
        groups = _FIXED_GROUP.findall(before)
        if int(number[0]) > len(groups):
            raise _wrong()
        self.position = number.end()
        return f"(?:{groups[int(number[0]) - 1]})"

    def _next(self) -> str:
        if self.position >= len(self.pattern):
            raise _wrong()
        self.position += 1
        return self.pattern[self.position - 1]

    def _ahead(self, count: int = 1) -> str:
        return self.pattern[self.position : self.position + count]

    def _escape(self) -> list[Span] | str:
        """Read what follows a backslash: characters, or a class that RE2 knows."""
        character = self._next()
        if character in _CONTROLS:
            return [_only(_CONTROLS[character])]
        if character in _LITERAL:
            return [_only(character)]
        if character in "dDwWsS":
            return f"\\{character}"
        if character in "iIcC":
            spans = _NAME_START if character in "iI" else _NAME
            return spans if character.islower() else _complement(spans)
        if character in "pP" and self._ahead() == "{":
            return self._property(character)
        raise _unsupported() if character.isdigit() else _wrong()

    def _property(self, letter: str) -> list[Span] | str:
        end = self.pattern.find("}", self.position)
        if end < 0:
            raise _wrong()
        name, self.position = self.pattern[self.position + 1 : end], end + 1
        if not name.startswith("Is"):
            return f"\\{letter}{{{name}}}"  # L, Nd, Han: RE2 knows them or refuses
        if name[2:] not in _BLOCKS:
            raise _unsupported()
        spans = [_BLOCKS[name[2:]]]
        return spans if letter == "p" else _complement(spans)

    def _class(self) -> _Class:
        """Read on from behind an opening bracket."""
        found = _Class(negated=self._ahead() == "^")
        if found.negated:
            self._next()
        is_first = True
        while True:
            character = self._next()
            if character == "]" and not is_first:
                return found
            if character == "-" and self._ahead() == "[" and not is_first:
                self._next()
                taken = self._class()
                if self._next() != "]":
                    raise _wrong()
                return found.without(taken)
            if character in "[]":
                raise _wrong()
            is_first = False
            self._add(found, character)

    def _add(self, found: _Class, character: str) -> None:
        """Add one character to a class, or all from it to the one behind a hyphen."""
        meant = self._escape() if character == "\\" else [_only(character)]
        if isinstance(meant, str):
            found.known.append(meant)
            return
        goes_on = self._ahead() == "-" and self._ahead(2)[1:] not in ("]", "[", "")
        if _is_single(meant) and goes_on:
            self._next()
            last = self._next()
            to = self._escape() if last == "\\" else [_only(last)]
            if isinstance(to, str) or not _is_single(to) or to[0][0] < meant[0][0]:
                raise _wrong()
            meant = [(meant[0][0], to[0][0])]
        found.spans += meant


def _only(character: str) -> Span:
    return ord(character), ord(character)


def _is_single(spans: list[Span]) -> bool:
    return len(spans) == 1 and spans[0][0] == spans[0][1]


def _complement(spans: Iterable[Span]) -> list[Span]:
    left: list[Span] = []
    following = 0
    for first, last in sorted(spans):
        if first > following:
            left.append((following, first - 1))
        following = max(following, last + 1)
    if following <= _LAST_CHARACTER:
        left.append((following, _LAST_CHARACTER))
    return left


def _written(spans: Iterable[Span]) -> str:
    return "".join(
        f"\\x{{{first:x}}}" if first == last else f"\\x{{{first:x}}}-\\x{{{last:x}}}"
        for first, last in spans
    )


def _wrong() -> NoValue:
    return NoValue("正则表达式不对")


def _unsupported() -> NoValue:
    return NoValue("正则表达式不支持这种写法")
