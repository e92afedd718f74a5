"""Finished steps with what was filled in, and what the decision tables said."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from flask import url_for
from markupsafe import Markup

from engine.feel import EvaluationContext
from engine.model.cases import StoredFile
from engine.model.clock import ZONE
from engine.work.submissions import Submission
from engine.work.view import DecisionShown
from webapp.forms.page import FileInfo
from webapp.forms.render import FormView, draw_answers
from webapp.reading.conditions import in_words
from webapp.shared.items import named, step_of
from webapp.shared.language import _
from webapp.shared.words import NOTHING, moment

_OPEN_AT_FIRST = 2
"""So many of the newest steps are unfolded; the application always is."""


@dataclass(frozen=True)
class ShownSubmission:
    """One step's answers; ``profile`` is the paper that let one person do what is two people's."""

    task_id: str
    anchor: str
    step: str
    by: str
    at: str
    answers: Markup
    is_open: bool
    profile: str = ""


@dataclass(frozen=True)
class Firing:
    """The rules of one table that fired, each with its reason, and what all of them looked at.

    ``inputs``: of each the name, the value, and what the rules ask of it.
    """

    table: str
    rules: tuple[tuple[str, str], ...]
    inputs: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class ShownDecision:
    """What a decision proposed."""

    step: str
    at: str
    value: tuple[tuple[str, str], ...]
    firings: tuple[Firing, ...]
    problems: tuple[str, ...]
    is_open: bool


def file_infos(files: Mapping[str, StoredFile]) -> dict[str, FileInfo]:
    """Stored files as forms name them."""
    return {key: FileInfo(file.name, file.type, file.size) for key, file in files.items()}


def shown_submissions(
    submissions: Sequence[Submission],
    files: Mapping[str, StoredFile],
    *,
    masked: bool,
    only_answers: bool = False,
) -> tuple[ShownSubmission, ...]:
    """The steps in their order; masked answers hold no clear personal data.

    ``only_answers``: without what each step's form repeated of the steps before it.
    """
    newest = len(submissions) - _OPEN_AT_FIRST
    longest = max((len(one.form.fields) for one in submissions if not one.items), default=0)
    return tuple(
        ShownSubmission(
            task_id=one.task_id,
            anchor=f"s{number}",
            step=step_of(one.element_name or one.form.title, one.items),
            by=one.by_name,
            at=moment(one.at),
            answers=_withheld()
            if one.is_withheld
            else draw_answers(
                FormView(
                    form=one.form,
                    data=one.data,
                    warnings=() if masked else one.form.doubts(one.data, {}, at_the_time(one.at)),
                    masked=masked,
                    only_answers=only_answers,
                    file_url=url_for("reading.paper", file_id=""),
                    files=file_infos(files),
                    translate=_,
                )
            ),
            is_open=number >= newest or (not one.items and len(one.form.fields) == longest),
            profile=one.profile,
        )
        for number, one in enumerate(submissions)
    )


def _withheld() -> Markup:
    """In the place of answers that are not for this reader (``readableBy``)."""
    return Markup('<p class="quiet">{}</p>').format(_("这一步的内容只供核查的工会查看。"))


def at_the_time(at: datetime) -> EvaluationContext:
    """The moment a step was finished: what was odd about its answers then is said."""
    return EvaluationContext(now=at, zone=ZONE)


DECIMALS = 4


def shown_decisions(
    decisions: Iterable[DecisionShown], listed: str = ""
) -> tuple[ShownDecision, ...]:
    """What the tables said, the newest of each table only.

    ``listed`` is a decision whose outcome the page lists in a place of its own.
    """
    newest = {(one.element_id, one.items): one for one in decisions}
    telling = [
        (one.element_id, one.items)
        for one in newest.values()
        if any(hit.get("decision_id") != listed for hit in one.hits)
    ]
    return tuple(
        ShownDecision(
            step_of(one.element_name, one.items),
            moment(one.at),
            _pairs(one.value),
            _firings(one.hits),
            tuple(str(problem) for problem in one.problems),
            is_open=(one.element_id, one.items) in telling[-1:],
        )
        for one in newest.values()
    )


def _firings(hits: Iterable[Mapping[str, object]]) -> tuple[Firing, ...]:
    """By table and by what it looked at: rules of one table mostly look at the same."""
    found: dict[tuple[str, tuple[tuple[str, str], ...]], list[Mapping[str, object]]] = {}
    for hit in hits:
        table = named(str(hit.get("decision_name") or hit.get("decision_id") or ""))
        found.setdefault((table, _inputs(hit.get("inputs"))), []).append(hit)
    return tuple(
        Firing(
            table,
            tuple((_number(hit), rule_says(hit)) for hit in fired),
            tuple((*one, _asked(fired, place)) for place, one in enumerate(inputs) if one[0]),
        )
        for (table, inputs), fired in found.items()
    )


def _number(hit: Mapping[str, object]) -> str:
    return _("第 %(n)s 条", n=hit.get("rule"))


def _asked(fired: Sequence[Mapping[str, object]], place: int) -> str:
    """What the rules ask of the input at a place; with their numbers where there are several."""
    asked: list[str] = []
    for hit in fired:
        cells = hit.get("conditions")
        cell = str(cells[place]) if isinstance(cells, list) and place < len(cells) else ""
        words = in_words(cell)
        if words and len(fired) > 1:
            words = f"{_number(hit)} {words}"
        asked.append(words)
    return ";".join(dict.fromkeys(filter(None, asked)))


def rule_says(hit: Mapping[str, object]) -> str:
    """What a rule says: its note, else what it answers in words."""
    outputs = hit.get("outputs")
    answers = [one[-1] for one in outputs if one] if isinstance(outputs, list | tuple) else []
    words = [one for one in answers if isinstance(one, str) and one and not _is_code(one)]
    annotation = str(hit.get("annotation") or "")
    return named(annotation) if annotation else _("、").join(map(named, words))


def _inputs(inputs: object) -> tuple[tuple[str, str], ...]:
    """Names and values by their places; a code of the table's own has neither."""
    return tuple(
        ("", "") if _is_code(value) else (named(str(label)), _text(value))
        for label, value in (inputs if isinstance(inputs, list) else [])
    )


def _pairs(value: object) -> tuple[tuple[str, str], ...]:
    if isinstance(value, Mapping):
        return _readable((str(name), inner) for name, inner in value.items())
    if isinstance(value, list) and all(isinstance(one, list) for one in value):
        return _readable((str(one[0]), one[-1]) for one in value if one)
    return (("", _text(value)),)


def _readable(pairs: Iterable[tuple[str, object]]) -> tuple[tuple[str, str], ...]:
    """What people can read: named in words, or words themselves; codes and bare numbers are left.

    The figures of a proposal stand, named, in the form of the step that shows them.
    """
    return tuple(
        (_label(name), _text(value))
        for name, value in pairs
        if _label(name) or (isinstance(value, str) and not value.isascii())
    )


def _is_code(value: object) -> bool:
    """A word of the table's own, such as the name of a set of rules: the sentence says it."""
    return isinstance(value, str) and value.isascii() and value[:1].isalpha()


def _label(name: str) -> str:
    """The name of a variable where it is a word people read; no code on the screen."""
    return "" if name.isascii() else named(name)


def _text(value: object) -> str:
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return _("、").join(_text(one) for one in value) or NOTHING
    if isinstance(value, Mapping):
        words = value.get("text")
        if isinstance(words, str) and words:
            return named(words)  # a code with its text: the code is for machines
        return ",".join(f"{name} {_text(inner)}" for name, inner in value.items())
    return named(_rounded(value)) if isinstance(value, str | float) else str(value)


def _rounded(value: str | float) -> str:
    """A number of a calculation to four places; any other text as it is."""
    text = str(value)
    whole, point, places = text.partition(".")
    if not point or len(places) <= DECIMALS or not (whole.lstrip("-") + places).isdigit():
        return text
    return f"{Decimal(text):.{DECIMALS}f}".rstrip("0")
