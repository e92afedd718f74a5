"""FEEL text -> tokens, by hand, because what a sign means depends on what stands around it.

`[` may open a list, a range or a filter, or close the range ]1..5[ ; a name may hold spaces and
even words such as "and" (date and time); the key of a context is everything up to its colon. The
grammar behind this scanner is then plain LALR(1).
"""

import re
import unicodedata
from dataclasses import dataclass

from lark import Token

from engine.feel.errors import FeelSyntaxError
from engine.feel.names import NAME_PART, NAME_START, KnownNames, one_line
from engine.sentences import Words

# Each is compared with the text wherever its first word stands: many of them make reading slow.
MOST_SPACED_NAMES = 100

KEYWORDS = {
    word: word.upper()
    for word in [
        "if",
        "then",
        "else",
        "for",
        "return",
        "some",
        "every",
        "satisfies",
        "function",
        "external",
        "in",
        "or",
        "and",
        "between",
        "true",
        "false",
        "null",
    ]
}

_TOKEN = re.compile(
    rf"""
    (?P<space>(?:[\s\u0085\u180e\u200b\ufeff]|//[^\n]*|/\*.*?\*/)+)
  | (?P<number>(?:\d+(?:\.(?!\.)\d+)?|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<string>"(?:[^"\\]|\\.)*")
  | (?P<quoted>`[^`]+`)
  | (?P<name>[{NAME_START}][{NAME_PART}]*)
  | (?P<operator><=|>=|!=|=|<|>)
  | (?P<sign>\*\*|->|\.\.|[-+*/()\[\]{{}},:.@])
    """,
    re.DOTALL | re.VERBOSE | re.ASCII,
)
_SIGNS = {
    "+": "PLUS",
    "-": "MINUS",
    "*": "TIMES",
    "/": "DIVIDED",
    "**": "POWER",
    "->": "_ARROW",
    "..": "_DOTDOT",
    "(": "_LPAR",
    ")": "_RPAR",
    "[": "_LSQB",
    "]": "_RSQB",
    "{": "_LBRACE",
    "}": "_RBRACE",
    ",": "_COMMA",
    ":": "_COLON",
    ".": "_DOT",
    "@": "_AT",
}
# After one of these an operand is complete: "[" filters it, "]" closes something.
_OPERAND_ENDS = frozenset(
    [
        "NAME",
        "NUMBER",
        "STRING",
        "TRUE",
        "FALSE",
        "NULL",
        "_RPAR",
        "_RSQB",
        "_RBRACE",
        "_RANGE_CLOSE_OPEN",
        "TYPE_CLOSE",
    ]
)
_TYPE_CONSTRUCTORS = frozenset(("list", "range", "context", "function"))
_CONTEXT_KEY = re.compile(rf"[{NAME_PART}][{NAME_PART}\s.\-/+*]{{0,200}}(?=:)")
_LOOP_VARIABLE = re.compile(rf"[{NAME_PART}]+(?:\s+(?!in\b)[{NAME_PART}]+){{0,9}}(?=\s+in\b)")
_PARAMETER_NAME = re.compile(rf"[{NAME_START}][{NAME_PART}\s]{{0,200}}(?=[:,)])")
_OF = re.compile(r"\s+of\b")
_OPEN_PARENTHESIS = re.compile(r"\s*\(")
_STRING_OR_PARENTHESIS = re.compile(r'"(?:[^"\\]|\\.)*"|[()]')
# What cannot begin an operand: behind ]1..x[ it shows that the "[" closed the range.
_NO_OPERAND = re.compile(
    r"\s*(?:$|[)\],}=!<>*/+]|\.(?!\d)|(?:and|or|then|else|in|between|return|satisfies|instance)\b)"
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "'": "'", "\\": "\\"}
_LARGEST_CODE_POINT = 0x10FFFF

_HINTS = {
    "'": Words('文本要用英文双引号 " 括起来', 'texts stand in double quotes "'),
    '"': Words("文本缺少右边的双引号", "the closing double quote is missing"),
    "`": Words("名称缺少右边的反引号", "the closing backtick is missing"),
    "&": Words("“并且”写作 and", "write and"),
    "|": Words("“或者”写作 or", "write or"),
    "!": Words("“不等于”写作 !=,“不是”写作 not(…)", "write != for “is not”, not(…) for “not”"),
    "%": Words(
        "取余数用 modulo(a, b),百分比写作小数",
        "for a remainder use modulo(a, b); write a percentage as a decimal",
    ),
    ";": Words(
        "这里不能有分号,多个值之间用逗号", "there are no semicolons; separate values with commas"
    ),
    "^": Words("乘方写作 **", "powers are written **"),
    "、": Words("多个值之间用英文逗号", "separate values with a plain comma"),
}
_CHINESE_QUOTES = "“”„‟「」『』‘’"


@dataclass
class _Bracket:
    """An open bracket: whether ".." was seen directly in it, and whether it holds parameters."""

    sign: str
    holds_range: bool = False
    holds_parameters: bool = False


class _Scanner:
    """One pass over one text."""

    def __init__(self, text: str, names: KnownNames, *, unary: bool) -> None:
        self.text = text
        self.names = names
        self.unary = unary
        self.position = 0
        self.tokens: list[Token] = []
        self.brackets: list[_Bracket] = []
        self.loops: list[
            int
        ] = []  # bracket depth of each for/some/every still naming its variables
        self.type_depth = 0
        self.names_met = 0
        self.last = ""

    def scan(self) -> list[Token]:
        while self.position < len(self.text):
            if not (self._skip_space() or self._special_name() or self._known_name()):
                self._plain_token()
        return self.tokens

    def _add(self, kind: str, value: str, end: int) -> None:
        self.tokens.append(Token(kind, value, start_pos=self.position, end_pos=end))
        self.last = kind
        self.position = end

    def _skip_space(self) -> bool:
        found = _TOKEN.match(self.text, self.position)
        if found is None or found.lastgroup != "space":
            return False
        self.position = found.end()
        return True

    # Names ------------------------------------------------------------------

    def _special_name(self) -> bool:
        """Read a name whose end is told by its place: context key, loop variable, parameter."""
        innermost = self.brackets[-1] if self.brackets else None
        after_comma = self.last == "_COMMA"
        if innermost is not None and innermost.sign == "{" and self.last in ("_LBRACE", "_COMMA"):
            return self._context_key()
        if self.last in ("FOR", "SOME", "EVERY") or (
            after_comma and bool(self.loops) and self.loops[-1] == len(self.brackets)
        ):
            return self._new_name(_LOOP_VARIABLE)
        if (
            innermost is not None
            and innermost.holds_parameters
            and self.last in ("_LPAR", "_COMMA")
        ):
            return self.type_depth == 0 and self._new_name(_PARAMETER_NAME)
        return False

    def _context_key(self) -> bool:
        string = _TOKEN.match(self.text, self.position)
        if string is not None and string.lastgroup in ("string", "quoted"):
            is_text = string.lastgroup == "string"
            key = unescape(string[0]) if is_text else string[0][1:-1]
            self._add("KEY", key, string.end())
        else:
            found = _CONTEXT_KEY.match(self.text, self.position)
            if found is None:
                return False
            key = one_line(found[0])
            self._add("KEY", key, found.end())
        self._now_known(key)
        return True

    def _new_name(self, pattern: re.Pattern[str]) -> bool:
        found = pattern.match(self.text, self.position)
        if found is None:
            return False
        name = one_line(found[0])
        self._add("NAME", name, found.end())
        self._now_known(name)
        return True

    def _now_known(self, name: str) -> None:
        names = self.names.including(name)
        if names is not self.names:
            self.names = names
            self.names_met += 1
        if self.names_met > MOST_SPACED_NAMES:
            message = Words.filled(
                "由多个词组成的名称不能超过 {most} 个",
                "there are at most {most} names of several words",
                most=MOST_SPACED_NAMES,
            )
            raise FeelSyntaxError(message, self.text, self.position)

    def _known_name(self) -> bool:
        found = self.names.match(self.text, self.position)
        if found is None:
            return False
        self._add("NAME", *found)
        return True

    def _word(self, word: str, end: int) -> None:
        if self.last == "_DOT":
            self._add("NAME", word, end)
        elif word == "instance" and self.last in _OPERAND_ENDS and _OF.match(self.text, end):
            of = _OF.match(self.text, end)
            self._add("INSTANCE", word, end if of is None else of.end())
        elif word in KEYWORDS:
            self._keyword(word, end)
        elif word == "not" and self.unary and not self.tokens and self._closes_at_the_end(end):
            self._add("NOT", word, end)
        else:
            self._add("NAME", word, end)

    def _keyword(self, word: str, end: int) -> None:
        if word in ("for", "some", "every"):
            self.loops.append(len(self.brackets))
        elif word in ("return", "satisfies") and self.loops:
            self.loops.pop()
        self._add(KEYWORDS[word], word, end)

    def _closes_at_the_end(self, position: int) -> bool:
        """Tell whether a parenthesis opens here that closes at the end of the text.

        Not(…) of a cell.
        """
        opening = _OPEN_PARENTHESIS.match(self.text, position)
        depth = 0
        if opening is None:
            return False
        for found in _STRING_OR_PARENTHESIS.finditer(self.text, opening.end() - 1):
            depth += {"(": 1, ")": -1}.get(found[0], 0)
            if depth == 0:
                return not self.text[found.end() :].strip()
        return False

    # Everything else --------------------------------------------------------

    def _plain_token(self) -> None:
        found = _TOKEN.match(self.text, self.position)
        if found is None:
            raise self._unexpected_character()
        value, end = found[0], found.end()
        match found.lastgroup:
            case "number":
                self._add("NUMBER", value, end)
            case "string":
                self._add("STRING", unescape(value), end)
            case "quoted":
                self._add("NAME", value[1:-1], end)
            case "name":
                self._word(value, end)
            case "operator":
                self._operator(value, end)
            case _:
                self._sign(value, end)

    def _operator(self, value: str, end: int) -> None:
        if value == "<" and self._after_type_constructor():
            self.type_depth += 1
            self._add("TYPE_OPEN", value, end)
        elif value == ">" and self.type_depth:
            self.type_depth -= 1
            self._add("TYPE_CLOSE", value, end)
        else:
            self._add("OPERATOR", value, end)

    def _after_type_constructor(self) -> bool:
        """Tell list<number> from list < number: the former stands where a type is expected."""
        if len(self.tokens) < 2 or str(self.tokens[-1]) not in _TYPE_CONSTRUCTORS:  # noqa: PLR2004 - pair
            return False
        before = self.tokens[-2].type
        return before in ("INSTANCE", "TYPE_OPEN", "_COLON", "_ARROW") or self.type_depth > 0

    def _sign(self, value: str, end: int) -> None:
        kind = _SIGNS[value]
        if value in ("(", "{"):
            self.brackets.append(_Bracket(value, holds_parameters=self.last == "FUNCTION"))
        elif value == "[":
            kind = self._open_square(end)
        elif value == "]" and self.last not in _OPERAND_ENDS and self.last != "_LSQB":
            self.brackets.append(_Bracket(value))
            kind = "_RANGE_OPEN_OPEN"
        elif value in (")", "]", "}") and self.brackets:
            self.brackets.pop()
        elif value == ".." and self.brackets:
            self.brackets[-1].holds_range = True
        self._add(kind, value, end)

    def _open_square(self, end: int) -> str:
        in_range = bool(self.brackets) and self.brackets[-1].holds_range
        if in_range and self.last in _OPERAND_ENDS and _NO_OPERAND.match(self.text, end):
            self.brackets.pop()
            return "_RANGE_CLOSE_OPEN"
        self.brackets.append(_Bracket("["))
        return "_LSQB"

    def _unexpected_character(self) -> FeelSyntaxError:
        character = self.text[self.position]
        half_width = unicodedata.normalize("NFKC", character)
        if character in _CHINESE_QUOTES:
            message = Words.filled(
                '“{sign}”是中文引号,文本要用英文双引号 "',
                '“{sign}” is a Chinese quotation mark; texts stand in plain double quotes "',
                sign=character,
            )
        elif character in _HINTS:
            message = Words.filled(
                "这里不能写 {sign} :{hint}",
                "{sign} cannot stand here: {hint}",
                sign=character,
                hint=_HINTS[character],
            )
        elif half_width != character and half_width.isascii():
            message = Words.filled(
                "“{sign}”是全角符号,请改用半角的 {half}",
                "“{sign}” is a full-width sign; use {half} instead",
                sign=character,
                half=half_width,
            )
        else:
            message = Words.filled(
                "不认识的符号“{sign}”", "“{sign}” is no sign of the language", sign=character
            )
        return FeelSyntaxError(message, self.text, self.position)


def scan(text: str, names: KnownNames, *, unary: bool) -> list[Token]:
    """Cut a text into tokens; raises FeelSyntaxError at a sign the language does not have.

    `unary` reads a cell of a decision table, where not(…) around the whole is part of the cell's
    form.
    """
    return _Scanner(text, names, unary=unary).scan()


def unescape(literal: str) -> str:
    r"""Give the text of a string literal: without its quotes, \n and \u4e2d resolved."""
    if "\\" not in literal:
        return literal[1:-1]

    def character(found: re.Match[str]) -> str:
        code = found[1] or found[2]
        if code is None:
            return _ESCAPED.get(found[3], found[0])
        number = int(code, 16)
        return chr(number) if number <= _LARGEST_CODE_POINT else found[0]

    text = _ESCAPE.sub(character, literal[1:-1])
    # Two \u escapes may be the halves of one character; a half alone has no meaning.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
