"""Regular expressions are XPath's, whatever RE2 would make of the same letters."""

from datetime import datetime

import pytest

from engine.feel import BUSINESS_ZONE, EvaluationContext
from engine.feel.expression import compile_expression

CONTEXT = EvaluationContext(now=datetime(2026, 11, 16, 10, tzinfo=BUSINESS_ZONE))


def matched(text: str, pattern: str, flags: str = "") -> object:
    scope = {"text": text, "pattern": pattern, "flags": flags}
    return compile_expression("matches(text, pattern, flags)").evaluate(scope, CONTEXT).value


@pytest.mark.parametrize(
    ("text", "pattern", "flags", "expected"),
    [
        ("Mary\rJones", "Mary.Jones", "", False),  # a dot is no end of line, of either kind
        ("Mary\nJones", "Mary.Jones", "", False),
        ("Mary\r\nJones", "Mary..Jones", "s", True),
        ("x", "[A-Z-[OI]]", "i", True),  # taken away: only O and I
        ("O", "^[A-Z-[OI]]$", "", False),
        ("b", "^[a-z-[aeiou]]$", "", True),
        ("3", "^[^0-9-[a]]$", "", False),
        ("hello world", " hello[ ]world", "x", True),  # spaces within brackets stay
        ("helloworld", "hello[ ]world", "x", False),
        ("hello world", r"\p{ IsBasicLatin}+", "x", True),
        ("漳州", r"^\p{IsCJKUnifiedIdeographs}+$", "", True),
        ("漳州", r"^\P{IsBasicLatin}+$", "", True),
        ("漳州", r"^\p{Han}+$", "", True),
        ("a\\i", r"a\\i", "", True),  # an escaped backslash, and the letter i
        ("姓名", r"^\i\c*$", "", True),  # names of XML, in any script
        ("1a", r"^\i", "", False),
        ("-", r"^\I$", "", True),
        ("a-b", "^[a-]+-[b-]$", "", True),
        ("]", r"^[\]]$", "", True),
        ("a.c", r"^a\.c$", "", True),
        ("line\nend", "^end$", "m", True),
        ("ab", "^(?:a|b)+$", "", True),
        ("aA", r"(a)\1", "i", True),  # what is repeated is a fixed text
        ("xabcab1", r"^x(ab)(c)\11$", "", True),  # \1, and behind it a 1: there is no group 11
        ("aab", r"^(a)\1+b$", "", True),
    ],
)
def test_a_pattern_means_what_xpath_says(text, pattern, flags, expected):
    assert matched(text, pattern, flags) is expected


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a+)\1",  # back-references need an engine that may run for ever
        r"(a)?\1",
        r"(a|b)\1",
        r"((a))\2",
        r"(a)\2",
        r"[\1]",
        r"(asd)[asd\0]",
        r"1[asd\0]",
        "(?i)a",
        "(?<name>a)",
        "(?=a)",
        r"\p{IsKlingon}",
        r"[\d-[5]]",
        r"\q",
        "[a",
        "[[]",
        "[b-a]",
        "a\\",
        r"\p{L",
        "(",
        "[]",
    ],
)
def test_what_is_wrong_or_cannot_be_done_is_null(pattern):
    assert matched("aaa", pattern) is None
    scope = {"pattern": pattern}
    assert compile_expression('matches("aaa", pattern)').evaluate(scope, CONTEXT).problems


def test_patterns_end_soon_whatever_is_written():
    for pattern in ("[" * 400, "(" * 400, "\\" * 401, "[a-[" * 100, "[a-" * 100, "x{1000}{1000}"):
        assert matched("a" * 100, pattern) is None
