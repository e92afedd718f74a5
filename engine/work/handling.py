"""What who handles a case looks for first: what came in, and what comes next by the drawing.

What comes next is read off the diagram, as nobody can know the answers that are still to be given:
every step of a person that the case may come to before any other, and by when it would be done.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from engine.errors import Invalid
from engine.feel import EvaluationContext, FeelSyntaxError, value_or_expression
from engine.model.actors import SYSTEM_ID
from engine.model.cases import Case, EventKind, HistoryEntry
from engine.model.deadlines import Deadline
from engine.model.definitions import Element, ElementKind, LaneKind
from engine.model.tasks import TaskLine
from engine.runtime import Program
from engine.store.database import Tx
from engine.store.events import EventRow
from engine.work import view
from engine.work.ahead import Ahead, Answer, ahead
from engine.work.confidence import Confidence
from engine.work.due import Drawn, drawn_at
from engine.work.environment import Environment
from engine.work.opened import scope_at
from engine.work.printing import PaperStep, steps_with_papers
from engine.work.seen_case import SeenCase
from engine.work.step_limits import due_of_step

MOST_STEPS = 4
"""Open steps whose ways on are looked for."""

CAME_IN = (EventKind.MESSAGE.value, EventKind.FILE_ADDED.value)
"""The kinds of rows of the history that tell what came in beside the steps."""

_MOST_AHEAD = 24
_MOST_ENTRIES = 200
_UNSAID = Drawn()


@dataclass(frozen=True)
class Coming:
    """What may come next: a step, a called process, a wait, or an end; some bear no name.

    Of kind SUB_PROCESS it ends a branch: what else is open goes on. ``ways``: for each way there
    what is answered, the fewest answers first. ``limit``: how long it may take once it is
    there; ``until``: the last day, where that is settled already; ``drawn``: what these rest on.
    """

    name: str
    kind: ElementKind
    ways: tuple[tuple[Answer, ...], ...]
    who: str
    limit: str
    until: date | None
    is_law: bool
    drawn: Drawn = _UNSAID


@dataclass(frozen=True)
class OpenNow:
    """An open step, whether its limit is of law, and what may come behind it."""

    line: TaskLine
    is_law: bool
    coming: tuple[Coming, ...]


@dataclass(frozen=True)
class Handling:
    """The open steps with what comes next, and what came in beside the steps.

    ``outside``: ids of elements where a body outside answers; ``messages``: the names of what came,
    by element id; ``papers``: the steps that have papers to print.
    """

    now: tuple[OpenNow, ...]
    came_in: tuple[HistoryEntry, ...]
    outside: frozenset[str]
    messages: Mapping[str, str]
    papers: tuple[PaperStep, ...]


def handling(case_seen: SeenCase, came_in: Sequence[EventRow]) -> Handling:
    """Of a case that its reader was found to see; ``came_in``: the rows of ``CAME_IN``."""
    confidence, opened = case_seen.confidence, case_seen.opened
    told = view.told_rows(confidence, came_in[:_MOST_ENTRIES])
    every = [
        element
        for program in opened.programs
        for process_key in program.processes
        for element in program.elements(process_key)
    ]
    return Handling(
        tuple(_open_now(confidence, line) for line in case_seen.open_steps[:MOST_STEPS]),
        tuple(one for one in told if _is_from_outside(one)),
        frozenset(
            one.id for one in every if one.lane is not None and one.lane.kind is LaneKind.EXTERNAL
        ),
        {one.id: one.name for one in every},
        steps_with_papers(case_seen.tx, case_seen.actor, opened),
    )


def _is_from_outside(entry: HistoryEntry) -> bool:
    """Not what the engine tells itself: signals, operations that were done."""
    if entry.kind is EventKind.FILE_ADDED:
        return True
    return "signal" not in entry.detail and entry.actor != SYSTEM_ID


def _open_now(confidence: Confidence, line: TaskLine) -> OpenNow:
    environment, tx, opened = confidence.environment, confidence.tx, confidence.opened
    program = opened.program
    try:
        element = program.element(line.process_key, line.element_id)
    except KeyError:
        return OpenNow(line, is_law=False, coming=())
    scope: Mapping[str, object] = {}
    if confidence.may_read(element):
        scope = scope_at(environment, tx, opened, line.token)
    context = environment.feel(tx, opened.case.organisation_id, environment.now())
    near = _Reckoning(environment, tx, opened.case, program, scope, context)
    far = replace(near, scope={})  # a called process has variables of its own
    coming = tuple(
        (near if found.is_near else far).coming(found)
        for found in ahead(program, element)[:_MOST_AHEAD]
    )
    return OpenNow(line, drawn_at(environment, program, element).is_law, coming)


@dataclass(frozen=True)
class _ToCome:
    """A step that is not there yet, as its limit sees it if it were opened now."""

    created_at: datetime
    counted_from: date | None
    limit_of: str | None
    lane_kind: str
    paused: tuple[tuple[date, date], ...] | None = None


@dataclass(frozen=True)
class _Reckoning:
    """Works out the limits of what comes, from what the case knows now."""

    environment: Environment
    tx: Tx
    case: Case
    program: Program
    scope: Mapping[str, object]
    context: EvaluationContext

    def coming(self, found: Ahead) -> Coming:
        """One of the ways on, as a value."""
        element = found.element
        lane = element.lane
        limit, until = self._limit(element.deadline or ""), None
        if limit and element.counted_from:
            # When it ends does not hang on when it begins.
            until, limit = self._until(element, limit), ""
        drawn = drawn_at(self.environment, self.program, element)
        return Coming(
            element.name,
            element.kind,
            found.ways,
            "" if lane is None or element.kind is not ElementKind.USER_TASK else lane.name,
            limit,
            until,
            drawn.is_law,
            drawn,
        )

    def _until(self, element: Element, limit: str) -> date | None:
        """The last day; None where the day it is counted from is not written down yet."""
        try:
            written = self._said(element.counted_from)
            start = date.fromisoformat(str(written)[: len("2026-11-16")])
        except (ValueError, FeelSyntaxError):
            return None
        lane = LaneKind.ROLE if element.lane is None else element.lane.kind
        step = _ToCome(self.environment.now(), start, element.limit_of or None, lane.value)
        return due_of_step(self.environment, self.tx, self.case, step, limit)[0].last_day

    def _said(self, text: str) -> object:
        return value_or_expression(text).evaluate(self.scope, self.context).value

    def _limit(self, text: str) -> str:
        """5wd; empty where it hangs on what is not known yet."""
        if not text:
            return ""
        try:
            return str(Deadline.parse(str(self._said(text))))
        except (Invalid, FeelSyntaxError):
            return ""
