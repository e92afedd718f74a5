"""Tokens -> syntax tree, and what to tell the designer when they make none."""

from collections.abc import Iterator as PythonIterator
from decimal import Decimal, DecimalException
from typing import Any

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedToken
from lark.lexer import Lexer
from typing_extensions import override

from engine.feel import syntax
from engine.feel.decimals import NUMBERS
from engine.feel.errors import FeelSyntaxError
from engine.feel.grammar import GRAMMAR
from engine.feel.names import KnownNames
from engine.feel.scanner import scan
from engine.sentences import Words

LONGEST_EXPRESSION = 20_000
DEEPEST_EXPRESSION = 120


class _TreeBuilder(Transformer[Token, syntax.Node]):
    """Makes a node of each rule as soon as the parser has read it.

    Methods are the grammar's names.
    """

    def number(self, children: list[Token]) -> syntax.Node:
        try:
            value = NUMBERS.create_decimal(str(children[0]))
        except DecimalException:
            value = Decimal("Infinity")  # reported by parse(), which knows the text
        return syntax.NumberLiteral(value)

    def string(self, children: list[Token]) -> syntax.Node:
        return syntax.StringLiteral(str(children[0]))

    def temporal(self, children: list[Token]) -> syntax.Node:
        return syntax.TemporalLiteral(str(children[0]))

    def true(self, _children: list[Token]) -> syntax.Node:
        return syntax.BooleanLiteral(value=True)

    def false(self, _children: list[Token]) -> syntax.Node:
        return syntax.BooleanLiteral(value=False)

    def null(self, _children: list[Token]) -> syntax.Node:
        return syntax.NullLiteral()

    def name(self, children: list[Token]) -> syntax.Node:
        return syntax.Name(str(children[0]))

    # Cells

    def any_value(self, _children: list[Token]) -> syntax.Node:
        return syntax.AnyValue()

    def tests(self, children: list[syntax.Node]) -> syntax.Node:
        return syntax.UnaryTestList(tuple(children), negated=False)

    def negated_tests(self, children: list[Any]) -> syntax.Node:
        return syntax.UnaryTestList(children[1].tests, negated=True)

    def operator_test(self, children: list[Any]) -> syntax.Node:
        return syntax.OperatorTest(str(children[0]), children[1])

    # Control

    def conditional(self, children: list[Any]) -> syntax.Node:
        return syntax.Conditional(children[1], children[3], children[5])

    def iterators(self, children: list[Any]) -> Any:
        return tuple(children)

    def iterator(self, children: list[Any]) -> syntax.Node:
        return syntax.Iterator(str(children[0]), children[2], children[3])

    def for_loop(self, children: list[Any]) -> syntax.Node:
        return syntax.ForLoop(children[1], children[3])

    def some(self, children: list[Any]) -> syntax.Node:
        return syntax.Quantified(every=False, iterators=children[1], condition=children[3])

    def every(self, children: list[Any]) -> syntax.Node:
        return syntax.Quantified(every=True, iterators=children[1], condition=children[3])

    def parameters(self, children: list[Any]) -> Any:
        return tuple(children)

    def parameter(self, children: list[Any]) -> syntax.Node:
        return syntax.Parameter(str(children[0]), children[1])

    def function_definition(self, children: list[Any]) -> syntax.Node:
        return syntax.FunctionDefinition(children[1] or (), children[2])

    def external_function(self, children: list[Any]) -> syntax.Node:
        raise _Refused(_NOT_EXTERNAL, children[2])

    # Operators

    def disjunction(self, children: list[Any]) -> syntax.Node:
        return children[0] if len(children) == 1 else syntax.Disjunction(tuple(children[::2]))

    def conjunction(self, children: list[Any]) -> syntax.Node:
        return children[0] if len(children) == 1 else syntax.Conjunction(tuple(children[::2]))

    def compared(self, children: list[Any]) -> syntax.Node:
        return syntax.Comparison(str(children[1]), children[0], children[2])

    def between(self, children: list[Any]) -> syntax.Node:
        return syntax.Between(children[0], children[2], children[4])

    def in_one(self, children: list[Any]) -> syntax.Node:
        return syntax.Membership(children[0], (children[2],))

    def in_many(self, children: list[Any]) -> syntax.Node:
        return syntax.Membership(children[0], tuple(children[2:]))

    def instance_of(self, children: list[Any]) -> syntax.Node:
        return syntax.InstanceOf(children[0], children[2])

    def additive(self, children: list[Any]) -> syntax.Node:
        return _chain(children)

    def product(self, children: list[Any]) -> syntax.Node:
        return _chain(children)

    def power(self, children: list[Any]) -> syntax.Node:
        return _chain(children)

    def negation(self, children: list[Any]) -> syntax.Node:
        operand = children[1]
        if isinstance(operand, syntax.NumberLiteral):
            return syntax.NumberLiteral(NUMBERS.minus(operand.value))
        return syntax.Negation(operand)

    def path(self, children: list[Any]) -> syntax.Node:
        return syntax.Path(children[0], str(children[1]))

    def filtered(self, children: list[Any]) -> syntax.Node:
        return syntax.Filter(children[0], children[1])

    def call(self, children: list[Any]) -> syntax.Node:
        return syntax.Call(children[0], _without_gaps(children[1:]))

    def named_call(self, children: list[Any]) -> syntax.Node:
        return syntax.NamedCall(children[0], tuple(children[1:]))

    def entry(self, children: list[Any]) -> syntax.Node:
        return syntax.Entry(str(children[0]), children[1])

    # Structures

    def list_literal(self, children: list[Any]) -> syntax.Node:
        return syntax.ListLiteral(_without_gaps(children))

    def context_literal(self, children: list[Any]) -> syntax.Node:
        return syntax.ContextLiteral(_without_gaps(children))

    def closed_range(self, children: list[Any]) -> syntax.Node:
        return syntax.RangeLiteral(children[0], True, children[1], True)  # noqa: FBT003 - fields in order

    def right_open_range(self, children: list[Any]) -> syntax.Node:
        return syntax.RangeLiteral(children[0], True, children[1], False)  # noqa: FBT003 - fields in order

    def left_open_range(self, children: list[Any]) -> syntax.Node:
        return syntax.RangeLiteral(children[0], False, children[1], True)  # noqa: FBT003 - fields in order

    def open_range(self, children: list[Any]) -> syntax.Node:
        return syntax.RangeLiteral(children[0], False, children[1], False)  # noqa: FBT003 - fields in order

    # Types

    def type_name(self, children: list[Token]) -> syntax.Node:
        return syntax.TypeName(str(children[0]))

    def type_argument(self, children: list[Any]) -> syntax.Node:
        return syntax.TypeArgument(str(children[0] or ""), children[1])

    def generic_type(self, children: list[Any]) -> syntax.Node:
        return syntax.GenericType(str(children[0]), _type_arguments(children))

    def function_type(self, children: list[Any]) -> syntax.Node:
        return syntax.FunctionType(_type_arguments(children[:-1]), children[-1])


_NOT_EXTERNAL = Words("不支持外部函数(external)", "external functions are not supported")


class _Refused(Exception):
    """A form of the language that this system does not run."""

    def __init__(self, message: Words, token: Token) -> None:
        super().__init__(message.zh)
        self.message = message
        self.position = token.start_pos or 0


def _without_gaps(children: list[Any]) -> tuple[Any, ...]:
    """Drop the None that the grammar leaves for an optional part that is missing."""
    return tuple(child for child in children if child is not None)


def _type_arguments(children: list[Any]) -> tuple[syntax.TypeArgument, ...]:
    return tuple(child for child in children if isinstance(child, syntax.TypeArgument))


def _chain(children: list[Any]) -> syntax.Node:
    if len(children) == 1:
        only: syntax.Node = children[0]
        return only
    pairs = zip(children[1::2], children[2::2], strict=True)
    return syntax.OperatorChain(children[0], tuple((str(sign), node) for sign, node in pairs))


class _NoLexer(Lexer):
    """Stands in lark's place for a lexer: the parser is fed with our scanner's tokens."""

    def __init__(self, _configuration: object) -> None:
        pass

    @override
    def lex(self, *_arguments: object) -> PythonIterator[Token]:
        return iter(())


_PARSER = Lark(
    GRAMMAR,
    parser="lalr",
    lexer=_NoLexer,
    start=["expression", "unary_tests"],
    maybe_placeholders=True,
    strict=True,
    transformer=_TreeBuilder(),
)


def parse(text: str, names: KnownNames) -> syntax.Node:
    """Read an expression; raises FeelSyntaxError."""
    return _parse(text, names, "expression")


def parse_unary_tests(text: str, names: KnownNames) -> syntax.Node:
    """Read a cell of a decision table; raises FeelSyntaxError."""
    return _parse(text, names, "unary_tests")


def _parse(text: str, names: KnownNames, start: str) -> syntax.Node:
    if len(text) > LONGEST_EXPRESSION:
        raise FeelSyntaxError(
            Words.filled(
                "表达式不能超过 {most} 个字符",
                "an expression has at most {most} characters",
                most=LONGEST_EXPRESSION,
            ),
            text,
            LONGEST_EXPRESSION,
        )
    tokens = scan(text, names, unary=start == "unary_tests")
    if not tokens:
        raise FeelSyntaxError(Words("这里没有表达式", "there is no expression"), text, 0)
    parser = _PARSER.parse_interactive(start=start)
    try:
        for token in tokens:
            parser.feed_token(token)
        tree: syntax.Node = parser.feed_eof(tokens[-1])  # type: ignore[no-untyped-call]
    except _Refused as refused:
        raise FeelSyntaxError(refused.message, text, refused.position) from None
    except UnexpectedToken as unexpected:
        accepted: set[str] = parser.accepts()  # type: ignore[no-untyped-call]
        raise _syntax_error(unexpected.token, tokens, accepted, text) from None
    _check_size(tree, text)
    return tree


def _check_size(tree: syntax.Node, text: str) -> None:
    for node, depth in syntax.walk(tree):
        if depth > DEEPEST_EXPRESSION:
            raise FeelSyntaxError(_TOO_DEEP, text, 0)
        if isinstance(node, syntax.NumberLiteral) and not node.value.is_finite():
            raise FeelSyntaxError(Words("数字太大", "the number is too large"), text, 0)


_TOO_DEEP = Words.filled(
    "表达式嵌套超过 {most} 层",
    "an expression is nested at most {most} deep",
    most=DEEPEST_EXPRESSION,
)

# What the parser could have gone on with, in words, the most telling first.
_EXPECTATIONS = (
    (
        "NUMBER",
        Words("一个值(数字、文本、变量或括号)", "a value (number, text, variable or bracket)"),
    ),
    ("KEY", Words("一个键名和冒号", "a key and a colon")),
    ("THEN", Words.same("then")),
    ("ELSE", Words.same("else")),
    ("IN", Words.same("in")),
    ("RETURN", Words.same("return")),
    ("SATISFIES", Words.same("satisfies")),
    ("_COLON", Words("冒号“:”", "a colon “:”")),
    ("_RPAR", Words("右括号“)”", "a closing “)”")),
    ("_RSQB", Words("右括号“]”", "a closing “]”")),
    ("_RBRACE", Words("右括号“}”", "a closing “}”")),
    ("_COMMA", Words("逗号“,”", "a comma “,”")),
    ("PLUS", Words("运算符", "an operator")),
    ("STRING", Words("双引号括起来的文本", "a text in double quotes")),
    ("NAME", Words("一个名称", "a name")),
)
# "in" can follow any complete value; it is worth telling only where nothing but it can stand.
_ONLY_WITHOUT_OPERATOR = frozenset(("IN", "AND"))


def _syntax_error(
    token: Token, tokens: list[Token], accepted: set[str], text: str
) -> FeelSyntaxError:
    wanted = [
        words
        for terminal, words in _EXPECTATIONS
        if terminal in accepted
        and not (terminal in _ONLY_WITHOUT_OPERATOR and "PLUS" in accepted)
        and not (terminal in ("STRING", "NAME") and "NUMBER" in accepted)
    ]
    expected = _expected(wanted[:3])
    if token.type == "$END":
        unfinished = Words.filled(
            "表达式没有写完{expected}", "the expression breaks off{expected}", expected=expected
        )
        return FeelSyntaxError(unfinished, text, len(text.rstrip()))
    position = token.start_pos or 0
    index = next((i for i, one in enumerate(tokens) if one is token), 0)
    hint = _hint(tokens[index - 1] if index else None, token)
    misplaced = Words.filled(
        "这里不能写“{token}”{expected}",
        "“{token}” cannot stand here{expected}",
        token=str(token),
        expected=expected,
    )
    return FeelSyntaxError(hint or misplaced, text, position)


def _expected(wanted: list[Words]) -> Words:
    if not wanted:
        return Words("", "")
    return Words(
        f",此处应为{'或'.join(one.zh for one in wanted)}",
        f"; expected {' or '.join(one.en for one in wanted)}",
    )


def _hint(previous: Token | None, token: Token) -> Words | None:
    """Name the usual slip behind two neighbours that cannot stand together."""
    if previous is None:
        return None
    pair = (str(previous), str(token))
    slips = {
        ("=", "="): Words("“等于”只写一个 =", "“equals” is a single ="),
        ("<", ">"): Words("“不等于”写作 !=", "“is not” is written !="),
        ("=", ">"): Words("“大于等于”写作 >=", "“at least” is written >="),
        ("=", "<"): Words("“小于等于”写作 <=", "“at most” is written <="),
    }
    if pair in slips and token.start_pos == previous.end_pos:
        return slips[pair]
    if token.type in ("NAME", "NUMBER", "STRING") and previous.type in ("NAME", "NUMBER", "STRING"):
        return Words.filled(
            "“{one}”后面不能直接跟“{other}”:名称里不能有空格,或者两者之间缺少运算符",
            "“{other}” cannot follow “{one}” directly: names have no spaces, or an operator is "
            "missing",
            one=pair[0],
            other=pair[1],
        )
    return None
