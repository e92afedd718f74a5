"""Read a ``.document`` file: TOML, every fault with its line and a sentence."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from engine.documents.model import (
    STYLES,
    WAYS,
    AnyBlock,
    BreakBlock,
    CellBlock,
    Document,
    FieldsBlock,
    OpinionBlock,
    OpinionsBlock,
    Part,
    SealBlock,
    ServiceBlock,
    SignaturesBlock,
    TableBlock,
    TextBlock,
    Value,
)
from engine.errors import Finding
from engine.feel import FeelSyntaxError, compile_expression
from engine.model.toml import UnreadableToml, read_toml
from engine.sentences import Words, finding

MOST_BLOCKS = 100
LONGEST_TEXT = 4_000
MOST_COLUMNS = 12
_PLACEHOLDER = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_WAY = re.compile(r"^(.*)\|\s*([a-z]+)\s*$", re.DOTALL)
_HEAD = re.compile(r"^\s*\[\[\s*block\s*\]\]")
_AT_LINE = re.compile(r"at line (\d+)")

_OF_ALL = frozenset({"kind", "when"})
_OF_KIND: Mapping[str, frozenset[str]] = {
    "text": frozenset({"text", "style", "each"}),
    "fields": frozenset({"title", "columns", "fields"}),
    "table": frozenset({"title", "each", "columns", "blank_rows"}),
    "signatures": frozenset({"label", "each"}),
    "opinions": frozenset({"steps"}),
    "seal": frozenset({"text"}),
    "service": frozenset({"to", "paper"}),
    "break": frozenset(),
}


_WITH_VALUES = ("text", "to", "paper")


class _Fault(Exception):
    """What is wrong with a block; as a text in Chinese."""

    def __init__(self, told: Words) -> None:
        super().__init__(told.zh)
        self.told = told


def compile_document(content: bytes, file: str) -> Document:
    """Read a ``.document`` file; never raises for bad content, see ``findings``."""
    identity = file.rpartition("/")[2].rpartition(".")[0]
    try:
        raw = read_toml(content.decode("utf-8"))
    except UnicodeDecodeError:
        return _unusable(
            identity,
            file,
            Words("不是 UTF-8 文字。请另存为 UTF-8 编码", "is no UTF-8 text; save it as UTF-8"),
            None,
        )
    except UnreadableToml as problem:
        found = _AT_LINE.search(str(problem))
        line = int(found[1]) if found else content.count(b"\n") + 1
        return _unusable(
            identity,
            file,
            Words(
                "不是正确的 TOML。请核对引号、等号和方括号",
                "is no TOML; look at quotes, equals signs and brackets",
            ),
            line,
        )
    return _Reader(identity, file, content.decode("utf-8")).read(raw)


def _unusable(identity: str, file: str, reason: Words, line: int | None) -> Document:
    found = finding("error", "document-unreadable", file, None, line, document=file, what=reason)
    return Document(identity, identity, (), (found,))


class _Reader:
    def __init__(self, identity: str, file: str, text: str) -> None:
        self.identity, self.file = identity, file
        self.lines = [n for n, line in enumerate(text.splitlines(), 1) if _HEAD.match(line)]
        self.findings: list[Finding] = []

    def read(self, raw: Mapping[str, Any]) -> Document:
        title = raw.get("title")
        if not isinstance(title, str) or not title.strip():
            self._fault(
                1,
                Words('没有标题。请在最前面写 title = "…"', 'has no title; begin with title = "…"'),
            )
        landscape = raw.get("landscape", False)
        if not isinstance(landscape, bool):
            self._fault(
                1, Words("的 landscape 要写 true 或 false", "needs true or false as landscape")
            )
        for name in sorted(raw.keys() - {"title", "landscape", "block"}):
            self._fault(
                1,
                Words(
                    f"最外层不能写 {name}。只能写 title、landscape 和 [[block]]",
                    f"cannot have {name} at the outermost level; only title, landscape and "
                    "[[block]]",
                ),
            )
        given = raw.get("block")
        if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
            self._fault(
                1,
                Words(
                    "没有内容。请用 [[block]] 写每一段", "is empty; write each part as a [[block]]"
                ),
            )
            given = []
        if len(given) > MOST_BLOCKS:
            self._fault(
                1,
                Words(
                    f"内容超过 {MOST_BLOCKS} 段。请拆成几份文书",
                    f"has more than {MOST_BLOCKS} parts; make it several documents",
                ),
            )
            given = []
        blocks = tuple(
            block for number, one in enumerate(given) for block in self._block(number, one)
        )
        return Document(
            self.identity,
            str(title or self.identity),
            blocks,
            tuple(self.findings),
            landscape is True,
        )

    def _fault(self, line: int, told: Words) -> None:
        self.findings.append(
            finding("error", "document", self.file, None, line, document=self.file, what=told)
        )

    def _block(self, number: int, raw: Mapping[str, Any]) -> Iterator[AnyBlock]:
        line = self.lines[number] if number < len(self.lines) else 1
        try:
            yield _read_block(raw, line)
        except _Fault as fault:
            self._fault(
                line, Words(f"第 {number + 1} 段{fault}", f"part {number + 1} {fault.told.en}")
            )


def _read_block(raw: Mapping[str, Any], line: int) -> AnyBlock:
    kind = raw.get("kind")
    if not isinstance(kind, str) or kind not in _OF_KIND:
        raise _Fault(
            Words(
                f"的 kind 不对,只能是 {'、'.join(_OF_KIND)}",
                f"has a wrong kind; there are {', '.join(_OF_KIND)}",
            )
        )
    for name in sorted(raw.keys() - _OF_ALL - _OF_KIND[kind]):
        raise _Fault(
            Words(
                f"({kind})不能写 {name},只能写 {'、'.join(sorted(_OF_KIND[kind]))} 和 when",
                f"({kind}) cannot have {name}; only {', '.join(sorted(_OF_KIND[kind]))} and when",
            )
        )
    when = _expression(raw["when"], "when") if "when" in raw else None
    match kind:
        case "text":
            each = _expression(raw["each"], "each") if "each" in raw else None
            return TextBlock(line, when, _style(raw), _parts(raw, "text"), each)
        case "fields":
            columns = _number(raw, "columns", 2, 4)
            return FieldsBlock(line, when, _words(raw, "title"), columns, _cells(raw, "fields", 60))
        case "table":
            return TableBlock(
                line,
                when,
                _words(raw, "title"),
                _needed(raw, "each"),
                _cells(raw, "columns", MOST_COLUMNS),
                _number(raw, "blank_rows", 0, 60),
            )
        case "signatures":
            return SignaturesBlock(line, when, _words(raw, "label"), _needed(raw, "each"))
        case "opinions":
            return OpinionsBlock(line, when, tuple(_opinions(raw)))
        case _:
            return _closing_block(kind, raw, line, when)


def _closing_block(kind: str, raw: Mapping[str, Any], line: int, when: Value | None) -> AnyBlock:
    """What stands at the end of a paper: its seal, its proof of service, its page."""
    match kind:
        case "seal":
            return SealBlock(line, when, _parts(raw, "text"))
        case "service":
            paper = _parts(raw, "paper") if "paper" in raw else ()
            return ServiceBlock(line, when, _parts(raw, "to"), paper)
        case _:
            return BreakBlock(line, when)


def _style(raw: Mapping[str, Any]) -> str:
    style = raw.get("style", "plain")
    if style not in STYLES:
        raise _Fault(
            Words(
                f"的 style 不对,只能是 {'、'.join(STYLES)}",
                f"has a wrong style; there are {', '.join(STYLES)}",
            )
        )
    return str(style)


def _words(raw: Mapping[str, Any], name: str) -> str:
    text = raw.get(name, "")
    if not isinstance(text, str) or len(text) > LONGEST_TEXT:
        raise _Fault(
            Words(
                f"的 {name} 要写文字,不超过 {LONGEST_TEXT} 字",
                f"needs a text of at most {LONGEST_TEXT} characters as {name}",
            )
        )
    if "{{" in text and name not in _WITH_VALUES:
        raise _Fault(
            Words(
                f"的 {name} 里不能写 {{{{ }}}},只有 {'、'.join(_WITH_VALUES)} 可以",
                f"cannot have {{{{ }}}} in {name}; only in {', '.join(_WITH_VALUES)}",
            )
        )
    return text


def _number(raw: Mapping[str, Any], name: str, default: int, largest: int) -> int:
    number = raw.get(name, default)
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= largest:
        raise _Fault(
            Words(
                f"的 {name} 要写 0 到 {largest} 的整数",
                f"needs a whole number from 0 to {largest} as {name}",
            )
        )
    return max(number, 1) if name == "columns" else number


def _needed(raw: Mapping[str, Any], name: str) -> Value:
    if name not in raw:
        raise _Fault(
            Words(
                f'没有写 {name}。请写一个表达式,例如 {name} = "=members"',
                f'has no {name}; write an expression, such as {name} = "=members"',
            )
        )
    return _expression(raw[name], name)


def _expression(text: object, name: str, way: str = "plain") -> Value:
    """A FEEL text that begins with ``=``."""
    if not isinstance(text, str) or not text.strip().startswith("="):
        raise _Fault(
            Words(
                f"的 {name} 要写以 = 开头的表达式",
                f"needs an expression that begins with = as {name}",
            )
        )
    return _compiled(text.strip()[1:].strip(), name, way)


def _compiled(text: str, name: str, way: str) -> Value:
    if way not in WAYS:
        raise _Fault(
            Words(
                f"的 {name} 里“| {way}”不认识,只能是 {'、'.join(WAYS)}",
                f"has “| {way}” in {name}, which is not known; there are {', '.join(WAYS)}",
            )
        )
    if not text:
        raise _Fault(Words(f"的 {name} 里有空的表达式", f"has an empty expression in {name}"))
    try:
        return Value(text, compile_expression(text), way)
    except FeelSyntaxError as problem:
        raise _Fault(
            Words(
                f"的 {name} 里表达式“{text[:60]}”写错了:{str(problem).rstrip('。')}",
                f"has a wrong expression “{text[:60]}” in {name}: {problem.told.en}",
            )
        ) from problem


def _parts(raw: Mapping[str, Any], name: str) -> tuple[Part, ...]:
    """Words, and the values in double braces between them: ``{{ income | money }}``."""
    text = _words(raw, name)
    if not text.strip():
        raise _Fault(Words(f"没有写 {name}", f"has no {name}"))
    parts: list[Part] = []
    at = 0
    for found in _PLACEHOLDER.finditer(text):
        parts.append(text[at : found.start()])
        inner, way = found[1].strip(), "plain"
        formatted = _WAY.match(inner)
        if formatted:
            inner, way = formatted[1].strip(), formatted[2]
        parts.append(_compiled(inner, name, way))
        at = found.end()
    parts.append(text[at:])
    if any(isinstance(part, str) and ("{{" in part or "}}" in part) for part in parts):
        raise _Fault(
            Words(
                f"的 {name} 里 {{{{ 和 }}}} 不成对",
                f"has {{{{ and }}}} in {name} that are no pairs",
            )
        )
    return tuple(part for part in parts if part != "")


def _cells(raw: Mapping[str, Any], name: str, most: int) -> tuple[CellBlock, ...]:
    given = raw.get(name)
    if not isinstance(given, list) or not given or len(given) > most:
        raise _Fault(
            Words(f"的 {name} 要写 1 到 {most} 个字段", f"needs 1 to {most} fields as {name}")
        )
    return tuple(_cell(one, name) for one in given)


def _cell(given: object, name: str) -> CellBlock:
    """A field by its key, or a table with label, value, as, span and width."""
    if isinstance(given, str):
        return CellBlock("", _key(given, name, "plain"))
    if not isinstance(given, dict):
        raise _Fault(
            Words(
                f"的 {name} 里每一项要写字段名或 {{ label = …, value = … }}",
                f"needs names of fields, or {{ label = …, value = … }}, in {name}",
            )
        )
    unknown = sorted(given.keys() - {"field", "label", "value", "as", "span", "width"})
    if unknown:
        raise _Fault(
            Words(f"的 {name} 里不能写 {unknown[0]}", f"cannot have {unknown[0]} in {name}")
        )
    label, way = given.get("label", ""), given.get("as", "plain")
    if not isinstance(label, str) or not isinstance(way, str):
        raise _Fault(
            Words(f"的 {name} 里 label、as 要写文字", f"needs texts as label and as in {name}")
        )
    span, width = _number(given, "span", 1, 4), _number(given, "width", 2, 12)
    if "field" in given:
        value: Value | None = _key(given["field"], name, way)
    elif "value" in given and given["value"] != "":
        value = _expression(given["value"], name, way)
    else:
        value = None  # an empty cell for the pen
    if value is None and not label:
        raise _Fault(
            Words(
                f"的 {name} 里有一项没有 field、value,也没有 label",
                f"has an item in {name} without field, value and label",
            )
        )
    return CellBlock(label, value, max(span, 1), max(width, 1))


def _key(given: object, name: str, way: str) -> Value:
    if not isinstance(given, str) or not all(p.isidentifier() for p in given.split(".")):
        raise _Fault(
            Words(
                f"的 {name} 里字段名“{str(given)[:40]}”不对",
                f"has a wrong field name “{str(given)[:40]}” in {name}",
            )
        )
    return _compiled(given, name, way)


def _opinions(raw: Mapping[str, Any]) -> Iterator[OpinionBlock]:
    given = raw.get("steps")
    if not isinstance(given, list) or not given or len(given) > MOST_COLUMNS:
        raise _Fault(
            Words(f"的 steps 要写 1 到 {MOST_COLUMNS} 个环节", f"needs 1 to {MOST_COLUMNS} steps")
        )
    for one in given:
        if not isinstance(one, dict) or one.keys() - {"step", "label", "text"}:
            raise _Fault(
                Words(
                    "的 steps 里每一项写 { step = 环节编号, label = 标题, text = 意见字段 }",
                    "needs items "
                    "{ step = id of a step, label = title, text = field of the opinion } in steps",
                )
            )
        step, label, text = (one.get(name, "") for name in ("step", "label", "text"))
        if not all(isinstance(part, str) for part in (step, label, text)) or not step or not label:
            raise _Fault(
                Words(
                    "的 steps 里 step 和 label 要写文字", "needs texts as step and label in steps"
                )
            )
        yield OpinionBlock(step, label, text)
