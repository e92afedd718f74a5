"""String functions (DMN 1.5, 10.3.4.3).

Positions count characters from 1, from the end when negative.
"""

from decimal import Decimal
from functools import lru_cache
from typing import Any

import re2

from engine.feel.decimals import bounded_integer
from engine.feel.errors import NoValue
from engine.feel.functions.patterns import as_re2
from engine.feel.functions.registry import builtin, builtin_with_run
from engine.feel.run import Run
from engine.feel.values import LONGEST_TEXT

LONGEST_PATTERN = 500
LONGEST_SEARCHED_TEXT = 20_000
_PATTERN_MEMORY = 1 << 18  # bytes; keeps x{1000}y{1000}… from growing into a slow giant
_CHARACTERS_A_STEP = 20
_PATTERN_CHARACTERS_A_STEP = 10
_INSTRUCTIONS_COMPILED_A_STEP = 20
_INSTRUCTIONS_RUN_A_STEP = 400


def slice_from(length: int, start: Decimal, count: Decimal | None) -> slice:
    """Turn a FEEL start position and length into Python's slice.

    Raises NoValue outside the text or list.
    """
    position = bounded_integer(start)
    if position == 0 or abs(position) > length:
        raise NoValue("起始位置超出范围")
    first = position - 1 if position > 0 else length + position
    if count is None:
        return slice(first, length)
    size = bounded_integer(count)
    if size < 1:
        raise NoValue("长度应为正数")
    return slice(first, first + size)


@builtin("substring", "string: string, start position: number, length: number?~")
def substring(text: str, start: Decimal, length: Decimal | None = None) -> str:
    """Give a part of a text: of "foobar" from 3, of length 3, "oba"."""
    return text[slice_from(len(text), start, length)]


@builtin("string length", "string: string")
def string_length(text: str) -> Decimal:
    """Count the characters."""
    return Decimal(len(text))


@builtin("upper case", "string: string")
def upper_case(text: str) -> str:
    """Turn letters to capitals."""
    return text.upper()


@builtin("lower case", "string: string")
def lower_case(text: str) -> str:
    """Turn letters to small ones."""
    return text.lower()


@builtin("trim", "string: string")
def trim(text: str) -> str:
    """Drop the spaces at both ends."""
    return text.strip()


@builtin("substring before", "string: string, match: string")
def substring_before(text: str, match: str) -> str:
    """What stands before the first occurrence; empty when there is none."""
    before, found, _after = text.partition(match) if match else ("", "", "")
    return before if found else ""


@builtin("substring after", "string: string, match: string")
def substring_after(text: str, match: str) -> str:
    """What stands behind the first occurrence; empty when there is none."""
    return text.partition(match)[2] if match else text


@builtin("contains", "string: string, match: string")
def contains(text: str, match: str) -> bool:
    """Tell whether a text holds another."""
    return match in text


@builtin("starts with", "string: string, match: string")
def starts_with(text: str, match: str) -> bool:
    """Tell whether a text begins with another."""
    return text.startswith(match)


@builtin("ends with", "string: string, match: string")
def ends_with(text: str, match: str) -> bool:
    """Tell whether a text ends with another."""
    return text.endswith(match)


@builtin("is blank", "string: string~")
def is_blank(text: str | None) -> bool:
    """Tell whether a text is missing, empty or nothing but spaces."""
    return not (text or "").strip()


@builtin_with_run("string join", "list: list, delimiter: string?~")
def string_join(run: Run, items: list[object], delimiter: str | None = None) -> str:
    """Join texts, leaving out null: string join(["a", "b"], "、") is "a、b"."""
    texts = [item for item in items if item is not None]
    separator = delimiter or ""
    length = sum(len(text) for text in texts if isinstance(text, str)) + len(separator) * len(texts)
    run.charge(length // _CHARACTERS_A_STEP)
    if length > LONGEST_TEXT:
        raise NoValue("文本太长")
    if not all(isinstance(text, str) for text in texts):
        raise NoValue("列表里只能有文本")
    return separator.join(str(text) for text in texts)


# Patterns ---------------------------------------------------------------------
# The standard asks for XPath's regular expressions. RE2 runs in linear time whatever the pattern,
# and lacks only back-references, which are null with a reason here (see patterns.py).


@lru_cache(maxsize=256)
def _compiled(pattern: str, flags: str) -> Any:
    if len(pattern) > LONGEST_PATTERN:
        raise NoValue("正则表达式太长")
    if not set(flags) <= set("smixq"):
        raise NoValue(f"不认识的标志“{flags}”")
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _PATTERN_MEMORY
    options.case_sensitive = "i" not in flags
    options.literal = "q" in flags
    if "q" not in flags:
        pattern = as_re2(pattern, flags)
    try:
        return re2.compile(pattern, options)
    except re2.error:
        raise NoValue("正则表达式不对") from None


def _expression(run: Run, pattern: str, flags: str | None, text: str) -> Any:
    """Compile a pattern and pay for running it over a text.

    RE2 at its slowest looks at every instruction of its program for every character.
    """
    if len(text) > LONGEST_SEARCHED_TEXT:
        raise NoValue("要查找的文本太长")
    run.charge(1 + len(pattern) // _PATTERN_CHARACTERS_A_STEP)
    expression = _compiled(pattern, flags or "")
    size = expression.programsize
    run.charge(size // _INSTRUCTIONS_COMPILED_A_STEP + len(text) * size // _INSTRUCTIONS_RUN_A_STEP)
    return expression


def _separating(run: Run, pattern: str, flags: str | None, text: str) -> Any:
    """Compile a pattern that takes a text apart: it may not match where there is nothing.

    The standard's functions after XPath say so (err:FORX0003).
    """
    expression = _expression(run, pattern, flags, text)
    if expression.fullmatch("") is not None:
        raise NoValue("正则表达式不能匹配空文本")
    return expression


@builtin_with_run("matches", "input: string, pattern: string, flags: string?~")
def matches(run: Run, text: str, pattern: str, flags: str | None = None) -> bool:
    """Tell whether a text holds what a regular expression describes."""
    return _expression(run, pattern, flags, text).search(text) is not None


@builtin_with_run("replace", "input: string, pattern: string, replacement: string, flags: string?~")
def replace(run: Run, text: str, pattern: str, replacement: str, flags: str | None = None) -> str:
    """Replace every match; $1 to $9 in the replacement stand for the groups."""
    expression = _separating(run, pattern, flags, text)
    pieces: list[str] = []
    length = end = 0
    for found in expression.finditer(text):
        new = replacement if "q" in (flags or "") else _with_groups(replacement, found)
        length += found.start() - end + len(new)
        if length > LONGEST_TEXT:
            raise NoValue("文本太长")
        run.charge(1 + len(new) // _CHARACTERS_A_STEP)
        pieces += (text[end : found.start()], new)
        end = found.end()
    return "".join([*pieces, text[end:]])


def _with_groups(replacement: str, found: Any) -> str:
    if "$" not in replacement and "\\" not in replacement:
        return replacement
    groups = [found.group(0), *found.groups()]
    result, characters = [], iter(replacement)
    for character in characters:
        following = next(characters, "") if character in "$\\" else ""
        if character == "\\" and following in ("$", "\\"):
            result.append(following)
        elif character == "$" and following.isascii() and following.isdigit():
            index = int(following)
            result.append((groups[index] or "") if index < len(groups) else "")
        elif character in "$\\":
            raise NoValue("替换文本里的 $ 或 \\ 用得不对")
        else:
            result.append(character)
    return "".join(result)


@builtin_with_run("split", "string: string, delimiter: string")
def split(run: Run, text: str, delimiter: str) -> list[object]:
    """Cut a text at every match of a regular expression."""
    pieces: list[object] = []
    end = 0
    # Not RE2's own split, which puts the groups of the pattern between the pieces.
    for found in _separating(run, delimiter, None, text).finditer(text):
        pieces.append(text[end : found.start()])
        end = found.end()
    return [*pieces, text[end:]]


@builtin_with_run("extract", "input: string, pattern: string")
def extract(run: Run, text: str, pattern: str) -> list[object]:
    """Give the list of all matches of a regular expression."""
    expression = _expression(run, pattern, None, text)
    return [found.group(0) for found in expression.finditer(text)]
