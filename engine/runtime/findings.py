"""Gathering what is wrong with a process file, and reading its texts on the way."""

from collections.abc import Sequence

from lxml import etree
from typing_extensions import override

from engine.errors import Finding
from engine.feel import Expression, FeelSyntaxError, Literal, compile_expression, syntax
from engine.runtime.diagram import Text
from engine.runtime.telling import shown
from engine.sentences import Words, in_both, sentences_of


class ProgramRefused(Exception):
    """The files cannot be run; ``findings`` say where and why, in sentences for the designer."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("; ".join(f"{f.element_id or f.file}: {f.message}" for f in findings))
        self.findings = tuple(findings)


def line_of(element: etree._Element) -> int | None:
    """The line of an element in its file, from 1."""
    return element.sourceline if isinstance(element.sourceline, int) else None


def named(element: etree._Element) -> etree._Element:
    """The element itself, or the nearest around it that has an id."""
    found: etree._Element | None = element
    while found is not None and not found.get("id"):
        found = found.getparent()
    return element if found is None else found


def label_of(element: etree._Element) -> str:
    """What people call it: its name, else its id."""
    owner = named(element)
    return owner.get("name") or owner.get("id") or str(etree.QName(owner).localname)


def refusal(
    code: str,
    message: str | Words,
    file: str,
    element_id: str | None = None,
    line: int | None = None,
) -> Finding:
    """What the runtime will not run.

    The checks say it before, and better; this is the second lock behind them.
    """
    told = message if isinstance(message, Words) else in_both(message)
    words, hint = sentences_of("not-runnable", problem=told, code=code)
    wrong, please, rest = told.zh.partition("请")
    return Finding(
        "error",
        code,
        f"{wrong.rstrip(',:。')}。" if please else told.zh,
        file,
        element_id,
        line,
        hint=f"{please}{rest}" if please else hint.zh,
        message_en=words.en,
        hint_en=hint.en,
    )


class Findings:
    """The findings of one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Finding] = []

    def add(self, element: etree._Element | None, code: str, message: str | Words) -> None:
        """Report an error at an element."""
        if element is None:
            self.found.append(refusal(code, message, self.file))
            return
        owner = named(element)
        self.found.append(refusal(code, message, self.file, owner.get("id"), line_of(element)))

    def text(self, value: str, element: etree._Element) -> Text:
        """Read a text that may be an expression; a wrong one is reported and stands for null."""
        stripped = value.strip()
        return self.expression(stripped, element) if stripped.startswith("=") else Literal(value)

    def expression(self, value: str, element: etree._Element) -> Expression:
        """Read a text that must be an expression with a leading "="."""
        stripped = value.strip()
        if not stripped.startswith("="):
            self.add(
                element,
                "not-an-expression",
                f"“{label_of(element)}”里的“{shown(stripped)}”应是表达式:请以 = 开头。",
            )
            return _NULL
        try:
            return compile_expression(stripped[1:].strip())
        except FeelSyntaxError as error:
            told = Words.filled(
                "“{label}”的表达式“{text}”写错了:{problem}",
                "the expression “{text}” of “{label}” is wrong: {problem}",
                label=label_of(element),
                text=shown(stripped),
                problem=error.told,
            )
            self.add(element, "expression-syntax", told)
            return _NULL


class FindingsOfElements(Findings):
    """Of a file that is read for its elements, which say nothing of what expressions are worth.

    They were compiled when it was deployed and are again with its first step: here none is read,
    and each stands for null.
    """

    @override
    def text(self, value: str, element: etree._Element) -> Text:
        """Null."""
        return _NULL

    @override
    def expression(self, value: str, element: etree._Element) -> Expression:
        """Null."""
        return _NULL


_NULL = Expression("null", syntax.NullLiteral(), frozenset())
