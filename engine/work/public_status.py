"""How a case stands, in the words its process has for people who are not at work in it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime

from engine.feel import EvaluationContext, FeelSyntaxError, value_or_expression
from engine.model.clock import local_date
from engine.model.definitions import ElementKind
from engine.model.public_words import BY_DEADLINE, BY_TIMER, REASON, UNTIL, WORDS, Status
from engine.model.straightening import is_put_in
from engine.runtime import Position, Program, Step

_LONGEST_WORDS = 100
_LONGEST_REASON = 2000

Place = tuple[str, str]
"""Key of a process, id of an element in it."""


def status_at(
    program: Program,
    at: Position,
    case: Mapping[str, object],
    feel: EvaluationContext,
    due: date | None = None,
) -> Status | None:
    """What may be told of one place where the case stands; None where nothing is worded.

    The element's own words, else those of the nearest sub-process or call activity around it.
    ``due`` is the last day of the limit of the step that stands there.
    """
    scope = {**at.scope, "case": case}
    for place in ((at.process_key, at.element_id), *at.around):
        told = _status(_properties(program, place), scope, feel, at.ends_at, due)
        if told is not None:
            return told
    return None


def status_of_process(
    program: Program, scope: Mapping[str, object], feel: EvaluationContext
) -> Status | None:
    """The words that hold wherever the process has no others."""
    return _status(program.info.properties, scope, feel, None)


def status_at_end(
    program: Program, step: Step, case: Mapping[str, object], feel: EvaluationContext
) -> Status | None:
    """What the end event says through which the case has just ended.

    Where an event sub-process stands beside the whole process the end that is drawn lies before
    one that was put in (:mod:`engine.model.event_subprocesses`), which says nothing itself.
    """
    told = before = None
    for passed in step.passed:
        node = program.node(passed.process_key, passed.element_id)
        if node.element.kind is not ElementKind.END or passed.process_key != program.key:
            continue
        scope = {**step.variables, "case": case}
        said = _status(node.element.properties, scope, feel, None)
        if node.container == program.key:
            told = before if is_put_in(passed.element_id) else said
        before = said
    return told


def merged(found: Iterator[Status]) -> tuple[Status, ...]:
    """Each words once; the earliest day and the first reason of those that say the same."""
    kept: dict[str, Status] = {}
    for one in found:
        before = kept.get(one.words)
        if before is None:
            kept[one.words] = one
            continue
        days = [day for day in (before.until, one.until) if day is not None]
        kept[one.words] = replace(
            before, until=min(days, default=None), reason=before.reason or one.reason
        )
    return tuple(kept.values())


def pack(status: Status) -> dict[str, object]:
    """As JSON for the history."""
    until = None if status.until is None else status.until.isoformat()
    return {"words": status.words, "until": until, "reason": status.reason}


def unpack(detail: object) -> Status | None:
    """From the history."""
    if not isinstance(detail, Mapping):
        return None
    until = detail.get("until")
    return Status(
        str(detail.get("words") or ""),
        date.fromisoformat(until) if isinstance(until, str) else None,
        str(detail.get("reason") or ""),
    )


def _properties(program: Program, place: Place) -> Mapping[str, str]:
    return program.element(*place).properties


def _status(
    said: Mapping[str, str],
    scope: Mapping[str, object],
    feel: EvaluationContext,
    ends_at: datetime | None,
    due: date | None = None,
) -> Status | None:
    words = text_of(said.get(WORDS, ""), scope, feel, _LONGEST_WORDS)
    if not words:
        return None
    until = said.get(UNTIL, "").strip()
    if until == BY_TIMER:
        day = None if ends_at is None else local_date(ends_at)
    elif until == BY_DEADLINE:
        day = due
    else:
        day = _day(text_of(until, scope, feel, _LONGEST_WORDS))
    return Status(words, day, text_of(said.get(REASON, ""), scope, feel, _LONGEST_REASON))


def text_of(text: str, scope: Mapping[str, object], feel: EvaluationContext, longest: int) -> str:
    """A property's text; one that cannot be worked out is empty: she is told less, not nonsense."""
    stripped = text.strip()
    if not stripped:
        return ""
    try:
        value = value_or_expression(stripped).evaluate(scope, feel).value
    except FeelSyntaxError:
        return ""  # the gate refuses it; a version of before may hold it
    return value.strip()[:longest] if isinstance(value, str) else ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[: len("2026-10-12")])
    except ValueError:
        return None
