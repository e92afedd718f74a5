"""What falls due this week in an area, clocks of law apart (product.md §1.4, §1.10).

Limits of open steps, the dates a case waits for while nobody has a step (a citizen's period, an
answer, a notice), and the limit of a case as a whole (办结). A timer at a step that has a limit
of its own says the same as that limit and is not counted beside it.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from engine.definitions.asked import names_in_text
from engine.errors import Invalid
from engine.model.actors import Actor
from engine.model.clock import first_instant
from engine.model.deadlines import LimitOf, soon_until
from engine.model.definitions import Element
from engine.model.parameters import ParameterRule
from engine.runtime import Program, ProgramRefused
from engine.store import due_limits
from engine.store.database import Tx
from engine.store.due_limits import Counted, DrawnLimit, Ending, LimitKind, LimitLine, Span
from engine.store.instants import to_text
from engine.work.environment import Environment

LATE = "overdue"
"""In place of a day: ended before now."""

LAW = "law"
"""The ``basis`` of a limit that nobody may lengthen."""

_SUNDAY = 7


@dataclass(frozen=True)
class DueQuestion:
    """Which of them: those of a day, of a process, of law or not, of a kind."""

    day: str = ""
    process_key: str = ""
    is_law: bool | None = None
    kind: str = ""


@dataclass(frozen=True)
class ProcessDue:
    """What ends of the cases of a process, by kind and day (LATE: over), of law or not."""

    process_key: str
    is_law: bool
    by_kind: Mapping[tuple[LimitKind, str], int]

    @property
    def total(self) -> int:
        """Of all kinds and days."""
        return sum(self.by_kind.values())

    def of_day(self, name: str) -> int:
        """Of all kinds on a day."""
        return sum(count for (_, day), count in self.by_kind.items() if day == name)

    def of_kind(self, kind: LimitKind) -> int:
        """Of all days."""
        return sum(count for (one, _), count in self.by_kind.items() if one is kind)


@dataclass(frozen=True)
class Drawn:
    """What a version says of a limit: its name, what it rests on, whose it is.

    ``name`` is empty for a case as a whole. ``rules`` are the parameters it is taken from.
    """

    name: str = ""
    rules: tuple[ParameterRule, ...] = ()
    article: str = ""
    basis: str = ""
    is_citizens: bool = False
    repeats_a_step: bool = False

    @property
    def is_law(self) -> bool:
        """Whether nobody may lengthen it."""
        return LAW in {self.basis, *(rule.basis for rule in self.rules)}


@dataclass(frozen=True)
class DueWeek:
    """The days from today on, what ends on each, and the limits of the question, from one view."""

    days: tuple[date, ...]
    processes: tuple[ProcessDue, ...]
    limits: Sequence[tuple[LimitLine, Drawn]]


def days_of(environment: Environment, tx: Tx) -> tuple[date, ...]:
    """From today to Sunday, and at least to the second working day after today."""
    today = environment.today()
    sunday = today + timedelta(days=_SUNDAY - today.isoweekday())
    last = max(sunday, soon_until(today, environment.calendars.get(tx)))
    return tuple(today + timedelta(days=n) for n in range((last - today).days + 1))


def due_week(
    environment: Environment, tx: Tx, actor: Actor, question: DueQuestion, limit: int
) -> DueWeek:
    """The week of the cases the actor may see; one limit more than asked. Raises Invalid."""
    days, now = days_of(environment, tx), environment.now()
    if question.day and question.day not in {LATE, *(day.isoformat() for day in days)}:
        raise Invalid("这一天不在本周到期的范围内。请从本页的数字打开。")
    if question.kind and question.kind not in list(LimitKind):
        raise Invalid("没有这样的时限类别。请从本页的数字打开。")
    ends = [to_text(at) for at in (now, *(first_instant(day + timedelta(days=1)) for day in days))]
    found = due_limits.counted(tx, actor, ends)
    drawn = {place: _drawn(environment, tx, place) for place in {one.drawn for one in found}}
    counted = [one for one in found if not drawn[one.drawn].repeats_a_step]
    week = _Week((LATE, *(day.isoformat() for day in days)), ends, drawn)
    return DueWeek(
        days,
        week.by_process(counted),
        [
            (line, drawn[line.drawn])
            for line in due_limits.lines(
                tx,
                week.first(
                    tx, actor, [one for one in counted if week.fits(one, question)], limit + 1
                ),
            )
        ],
    )


@dataclass(frozen=True)
class _Week:
    """The days by name, the instants before which each is over, and what is drawn where."""

    names: Sequence[str]
    ends: Sequence[str]
    drawn: Mapping[DrawnLimit, Drawn]

    def fits(self, one: Counted, question: DueQuestion) -> bool:
        """Whether these are some of those that the question is about."""
        return (
            question.kind in {"", one.kind}
            and question.process_key in {"", one.drawn.case_process}
            and question.is_law in {None, self.drawn[one.drawn].is_law}
            and question.day in {"", self.names[one.day]}
        )

    def first(
        self, tx: Tx, actor: Actor, counted: Sequence[Counted], most: int
    ) -> Sequence[Ending]:
        """So many of them by day, what is over first; of a day the limits of law first.

        The numbers say how far the list reaches: all that ends on some days, and of the last one
        what ends first.
        """
        stretches: dict[tuple[int, bool], list[Counted]] = {}
        for one in sorted(counted, key=self._stretch):
            stretches.setdefault(self._stretch(one), []).append(one)
        whole: list[Counted] = []
        for last in stretches.values():
            if sum(one.n for one in (*whole, *last)) >= most:
                break
            whole += last
        else:
            last = []
        found = [
            ending
            for some, limit in ((whole, None), (last, most))
            for kind in LimitKind
            for ending in due_limits.ending(tx, actor, kind, list(self._spans(kind, some)), limit)
        ]
        return sorted(found, key=self._order)[:most]

    def _spans(self, kind: LimitKind, counted: Sequence[Counted]) -> Iterator[Span]:
        places: dict[int, set[DrawnLimit]] = {}
        for one in counted:
            if one.kind is kind:
                places.setdefault(one.day, set()).add(one.drawn)
        for day, of in places.items():
            yield Span(self.ends[day - 1] if day else "", self.ends[day], frozenset(of))

    def _stretch(self, one: Counted) -> tuple[int, bool]:
        return one.day, not self.drawn[one.drawn].is_law

    def _order(self, one: Ending) -> tuple[int, bool, str, str, str]:
        day = bisect_right(self.ends, one.ends_at)
        return day, not self.drawn[one.drawn].is_law, one.ends_at, one.kind, f"{one.id:>20}"

    def by_process(self, counted: Sequence[Counted]) -> tuple[ProcessDue, ...]:
        """Limits of law first; of these the process with most over, then most that end."""
        sums: dict[tuple[bool, str], Counter[tuple[LimitKind, str]]] = {}
        for place, kind, day, count in ((one.drawn, one.kind, one.day, one.n) for one in counted):
            of = sums.setdefault((self.drawn[place].is_law, place.case_process), Counter())
            of[kind, self.names[day]] += count
        found = [ProcessDue(key, is_law, of) for (is_law, key), of in sums.items()]
        found.sort(key=lambda one: (not one.is_law, -one.of_day(LATE), -one.total, one.process_key))
        return tuple(found)


def _drawn(environment: Environment, tx: Tx, place: DrawnLimit) -> Drawn:
    version, process_key, element_id = place
    try:
        program = environment.programs.get(tx, version)
        if not element_id:
            return Drawn(rules=_rules(environment, program.info.total_limit or ""))
        return drawn_at(environment, program, program.element(process_key, element_id))
    except (KeyError, ProgramRefused):  # a version of another release that says nothing now
        return Drawn()


def drawn_at(environment: Environment, program: Program, element: Element) -> Drawn:
    """What a program says of the limit of a step or a timer of it."""
    text = element.deadline or program.timer_text(element.process_key, element.id)
    host = program.node(element.process_key, element.id).attached_to
    return Drawn(
        name=element.name or element.id,
        rules=_rules(environment, text, element.from_parameter),
        article=element.article,
        basis=element.properties.get("basis", ""),
        is_citizens=element.limit_of == LimitOf.CITIZEN.value,
        repeats_a_step=host is not None
        and program.element(element.process_key, host).deadline is not None,
    )


def _rules(environment: Environment, text: str, named: str = "") -> tuple[ParameterRule, ...]:
    known = environment.parameters
    names = (named,) if named else names_in_text(text)
    return tuple(known[name] for name in names if name in known)
