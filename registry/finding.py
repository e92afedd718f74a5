"""The register as lists: searched, narrowed, and the queues that somebody works off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time

from engine import Actor, Engine
from engine.errors import BangfuError
from engine.model.clock import ZONE, local_date, months_before
from engine.model.deadlines import Deadline, Remaining, Unit, due, remaining
from engine.store.database import Tx
from engine.store.instants import to_text
from engine.store.settings import parameter_values
from engine.work.attributes import normal
from engine.work.federation_settings import Setting
from registry.household import AWAITING_ENTRY, IMPORTED, File
from registry.store import file_lists
from registry.store.file_lists import FACETS, FileQuestion, Queue
from registry.store.likeness import files_alike
from registry.store.year_figures import Figure
from registry.vocabulary import (
    CATEGORIES,
    CAUSES,
    HOUSEHOLD_STATUSES,
    ORIGINS,
    words,
)

ENTRY_LIMIT = Setting("entry limit", "5wd", "待录入清单的时限", "Clock of the list to be entered")
STALE_MONTHS = Setting("stale file months", 12, "一年未改的档案", "List of unchanged files")
_NOON = time(12)


@dataclass(frozen=True)
class Waited:
    """How long something has waited, in the unit of its limit; in days where it has none."""

    amount: int
    unit: Unit = Unit.DAYS


@dataclass(frozen=True)
class HouseholdLine:
    """One household file in a list. ``waits`` is its clock while the national number is missing.

    ``waited`` counts from the day it came into the list it stands in.
    """

    file_no: str
    head_name: str
    organisation_name: str
    category: str
    status: str
    status_words: str
    size: int | None
    national_no: str
    opened_on: date
    changed_on: date
    is_imported: bool = False
    waited: Waited = Waited(0)
    waits: Remaining | None = None
    is_alike: bool = False
    member_found: str = ""
    """Who of the household was looked for, where it was not the head."""


@dataclass(frozen=True)
class Search:
    """What somebody asks the register for. ``chosen`` has one value of a facet by its name.

    ``text`` is part of a name, its pinyin or initials, a file or national number, a whole personal
    number or its last four; a question mark stands for a character nobody can type.
    """

    text: str = ""
    organisation_id: str = ""
    chosen: Mapping[str, str] = field(default_factory=dict)
    queue: Queue = Queue.ALL
    figure: Figure | None = None
    year: int = 0
    """Of which year the figure is; this year without one."""


@dataclass(frozen=True)
class FacetValue:
    """One value of a facet with the number of files it would show."""

    code: str
    words: str
    count: int


@dataclass(frozen=True)
class FilePage:
    """A stable page of files, and exact counts of every facet.

    ``units`` are those directly below the chosen one, or below the actor's own; ``queues`` is how
    many files wait in each queue, whatever the page is narrowed to.
    """

    lines: Sequence[HouseholdLine]
    facets: Mapping[str, Sequence[FacetValue]]
    units: Sequence[FacetValue]
    next_cursor: str | None
    queues: Mapping[Queue, int]


class Lists:
    """The group of questions about many files."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def page(self, actor: Actor, search: Search, after: str = "", limit: int = 50) -> FilePage:
        """Files of the actor's area; ``after`` is the ``next_cursor`` of the page before."""
        order, _separator, last = after.partition("~")

        def read(tx: Tx) -> FilePage:
            alike = files_alike(tx)
            place = (order, last) if last else None
            asked = question_of(self._engine, tx, search, place, limit)
            question = replace(asked, alike=alike)
            found = file_lists.files(tx, actor, question)
            shown = found[:limit]
            files = [one.file for one in shown]
            counted = file_lists.facets(tx, actor, question)
            parent_id = search.organisation_id or actor.organisation_id
            units = file_lists.units_below(tx, actor, question, parent_id)
            has_more = len(found) > limit and bool(shown)
            clock = _Clock(self._engine, tx, files)
            numbers = [file.file_no for file in files] if question.text else []
            members = file_lists.members_found(tx, numbers, question.text)
            return FilePage(
                lines=[
                    replace(
                        clock.line(one.file, one.union),
                        waited=clock.waited(one.file, one.since, question.queue),
                        is_alike=one.file.file_no in alike,
                        member_found=members.get(one.file.file_no, ""),
                    )
                    for one in shown
                ],
                facets={name: _facet(name, counted[name]) for name in FACETS},
                units=[FacetValue(*unit) for unit in units],
                next_cursor="~".join(shown[-1].cursor) if has_more else None,
                queues=file_lists.queue_counts(tx, actor, question),
            )

        return self._engine.ask(read)

    def queues(self, actor: Actor) -> Mapping[Queue, int]:
        """How many files wait in each queue of the actor's area."""

        def read(tx: Tx) -> Mapping[Queue, int]:
            asked = question_of(self._engine, tx, Search(), None, 0)
            return file_lists.queue_counts(tx, actor, replace(asked, alike=files_alike(tx)))

        return self._engine.ask(read)


def question_of(
    engine: Engine, tx: Tx, search: Search, after: tuple[str, str] | None, limit: int
) -> FileQuestion:
    """A search as the tables are asked."""
    text = search.text.strip()
    return FileQuestion(
        text=text,
        lookup_hash=engine.environment.vault.lookup_hash(normal(text)),
        organisation_id=search.organisation_id,
        chosen=search.chosen,
        queue=search.queue,
        unchanged_before=_unchanged_before(engine, tx),
        this_year=engine.environment.today().year,
        year=search.year or engine.environment.today().year,
        figure=search.figure,
        after=after,
        limit=limit,
    )


def _unchanged_before(engine: Engine, tx: Tx) -> str:
    """The instant before which a file counts as not cared for."""
    months = STALE_MONTHS.number(engine.environment, tx)
    return to_text(months_before(engine.environment.now(), months))


def time_awaiting(engine: Engine, tx: Tx, file: File) -> Waited | None:
    """How long a file has waited for its number of the national system; None where it has one."""
    if file.awaits_since is None:
        return None
    return _Clock(engine, tx, [file]).waited(file, file.awaits_since, Queue.AWAITING)


def line_of(engine: Engine, tx: Tx, file: File, union: str) -> HouseholdLine:
    """One file as lists show it."""
    return _Clock(engine, tx, [file]).line(file, union)


class _Clock:
    """How long files wait; the limits of all their unions are asked at once."""

    def __init__(self, engine: Engine, tx: Tx, files: Sequence[File]) -> None:
        self._environment = engine.environment
        self._tx = tx
        self._today = engine.environment.today()
        waiting = {f.organisation_id for f in files if f.shown.status == AWAITING_ENTRY}
        self._limits = (
            parameter_values(tx, ENTRY_LIMIT.name, waiting, self._today) if waiting else {}
        )

    def line(self, file: File, union: str) -> HouseholdLine:
        """A file as lists show it."""
        shown = file.shown
        return HouseholdLine(
            file_no=file.file_no,
            head_name=shown.head_name,
            organisation_name=union,
            category=words(CATEGORIES, shown.category),
            status=shown.status,
            status_words=words(HOUSEHOLD_STATUSES, shown.status),
            size=shown.size,
            national_no=shown.national_no,
            opened_on=file.opened_on,
            changed_on=local_date(file.changed_at),
            is_imported=shown.origin == IMPORTED,
            waits=None if file.awaits_since is None else self._waits(file, file.awaits_since),
        )

    def waited(self, file: File, since: date, queue: Queue) -> Waited:
        """From a day until today; in working days where the limit of the list counts them."""
        unit = self._limit(file.organisation_id).unit if queue is Queue.AWAITING else Unit.DAYS
        if unit is Unit.WORKING_DAYS:
            calendar = self._environment.calendars.get(self._tx)
            return Waited(calendar.working_days_between(since, self._today), unit)
        return Waited((self._today - since).days)

    def _waits(self, file: File, since: date) -> Remaining:
        limit = self._limit(file.organisation_id)
        calendar = self._environment.calendars.get(self._tx)
        start = datetime.combine(since, _NOON, ZONE).astimezone(UTC)
        ends = due(start, limit, calendar)
        return remaining(self._environment.now(), ends.at, limit.unit, calendar)

    def _limit(self, organisation_id: str) -> Deadline:
        found = self._limits.get(organisation_id)
        return _limit_of("" if found is None else found.value)


def _limit_of(value: object) -> Deadline:
    try:
        return Deadline.parse(str(value))
    except BangfuError:
        return Deadline.parse(str(ENTRY_LIMIT.usual))


FACET_WORDS: Mapping[str, Mapping[str, str]] = {
    "status": HOUSEHOLD_STATUSES,
    "category": CATEGORIES,
    "cause": CAUSES,
    "origin": ORIGINS,
    "year": {},
}
"""The words of the values of each facet; years are their own."""


def _facet(name: str, counts: Mapping[str, int]) -> list[FacetValue]:
    """The values in the order of their words, years newest first; the empty one last."""
    known = FACET_WORDS[name]
    order = {code: place for place, code in enumerate(known)}
    codes = sorted(counts, key=lambda code: (order.get(code, len(order)), code))
    if name == "year":
        codes.reverse()
    return [FacetValue(code, words(known, code), counts[code]) for code in codes if code]
