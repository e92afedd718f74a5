"""A year's figures for everybody: cases by kind and county, no group under five to be found out.

Cases that are sealed, or kept from somebody, are never among them: who may list all the others
would find them by subtraction. So the figures say of them neither that there are any nor that there
are none. A year is published when it is over, once, by who may: two versions would tell by their
difference what neither tells. What was published may be taken back, and shown again as it was.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import orjson

from engine.errors import Conflict, Invalid, NotFound, NotPermitted
from engine.model.actors import Actor
from engine.model.clock import ZONE
from engine.model.definitions import RESOLVED
from engine.model.disclosure import TOTAL, Table, part_of, published
from engine.model.organisations import Organisation
from engine.store import audit, case_facts, definitions, directory, published_figures
from engine.store.case_facts import CaseFact, FactQuestion
from engine.store.database import Tx
from engine.work.environment import Environment

_OFFICES = frozenset({"county", "city"})
_FIRST_YEAR = 2000
_LEAST_REASON = 2
_OTHER = "其他"


@dataclass(frozen=True)
class Subject:
    """A process whose cases are counted by the answer to one question, its report attribute."""

    process_key: str
    kind: str


@dataclass(frozen=True)
class FiguresTable:
    """The cases of a process: each row a kind with its counties and its sum, the last all kinds.

    None stands for what must not be told. ``resolved``: of all, those that were settled.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int | None, ...]], ...]
    total: tuple[int | None, ...]
    resolved: int | None


@dataclass(frozen=True)
class YearFigures:
    """A year; ``published_at`` None while it is a draft."""

    year: int
    tables: tuple[FiguresTable, ...]
    published_at: datetime | None = None
    withdrawn_at: datetime | None = None
    reason: str = ""
    is_intact: bool = True


def draft(environment: Environment, tx: Tx, subjects: Sequence[Subject], year: int) -> YearFigures:
    """What would be made public. Raises Invalid for a year that is not over."""
    this_year = environment.today().year
    if not _FIRST_YEAR <= year < this_year:
        raise Invalid(f"{year} 年还没有结束,统计要到年度结束后才能公开。")
    units = directory.organisations(tx, environment.today())
    tables = (_table(environment, tx, one, year, units) for one in subjects)
    return YearFigures(year, tuple(one for one in tables if one is not None))


def publish(
    environment: Environment,
    tx: Tx,
    actor: Actor,
    roles: frozenset[str],
    subjects: Sequence[Subject],
    year: int,
) -> None:
    """Make a year public. Raises NotPermitted, Invalid, Conflict where it was published before."""
    _must_hold(actor, roles)
    if published_figures.of_year(tx, year) is not None:
        raise Conflict(f"{year} 年的统计已经公开过,不能另外公开一份。")
    found = draft(environment, tx, subjects, year)
    if not found.tables:
        raise Invalid(f"{year} 年没有可以公开的办件,没有公开。")
    published_figures.add(tx, year, _packed(found), actor.person_id, environment.now())
    _note(environment, tx, actor, "figures-published", year)


def withdraw(
    environment: Environment, tx: Tx, actor: Actor, roles: frozenset[str], year: int, reason: str
) -> None:
    """Take a published year back. Raises NotPermitted, NotFound, Invalid without a reason."""
    _must_hold(actor, roles)
    if _row(tx, year).withdrawn_at is not None:
        raise Conflict(f"{year} 年的统计已经撤下。")
    told = reason.strip()[:200]
    if len(told) < _LEAST_REASON:
        raise Invalid("请写明撤下的原因,没有撤下。")
    published_figures.withdraw(tx, year, actor.person_id, environment.now(), told)
    _note(environment, tx, actor, "figures-withdrawn", year, told)


def show_again(
    environment: Environment, tx: Tx, actor: Actor, roles: frozenset[str], year: int
) -> None:
    """Make what was taken back public again, as it was."""
    _must_hold(actor, roles)
    if _row(tx, year).withdrawn_at is None:
        raise Conflict(f"{year} 年的统计没有撤下,现在就是公开的。")
    published_figures.show_again(tx, year)
    _note(environment, tx, actor, "figures-published", year)


def to_read(tx: Tx, year: int) -> YearFigures:
    """A year as everybody may read it. NotFound for one that is not public."""
    row = published_figures.of_year(tx, year)
    if row is None or row.withdrawn_at is not None:
        raise NotFound
    return _unpacked(row)


def to_look_after(
    environment: Environment, tx: Tx, subjects: Sequence[Subject], year: int
) -> YearFigures:
    """A year for who publishes it: as it was published, else what would be."""
    row = published_figures.of_year(tx, year)
    return draft(environment, tx, subjects, year) if row is None else _unpacked(row)


def _row(tx: Tx, year: int) -> published_figures.PublishedRow:
    row = published_figures.of_year(tx, year)
    if row is None:
        raise NotFound
    return row


def _must_hold(actor: Actor, roles: frozenset[str]) -> None:
    if not roles & actor.roles:
        raise NotPermitted("公开统计由市总工会分管领导办理。")


def _note(
    environment: Environment, tx: Tx, actor: Actor, action: str, year: int, detail: str = ""
) -> None:
    audit.add_access(tx, environment.now(), actor.person_id, action, str(year), detail)


def _table(
    environment: Environment,
    tx: Tx,
    subject: Subject,
    year: int,
    units: Mapping[str, Organisation],
) -> FiguresTable | None:
    """The figures of a process; None where it is not there, or had no case in the year."""
    row = definitions.latest(tx, subject.process_key)
    if row is None:
        return None
    begin, end = datetime(year, 1, 1, tzinfo=ZONE), datetime(year + 1, 1, 1, tzinfo=ZONE)
    question = FactQuestion(subject.process_key, begin, end, (subject.kind,))
    facts = case_facts.for_all_to_know(tx, question)
    if not facts:
        return None
    label = _labels(environment, tx, row.id, subject.kind)
    counts: dict[tuple[str, str], int] = {}
    for fact in facts:
        place = (label(fact.text(subject.kind)), _office(fact.organisation_id, units))
        counts[place] = counts.get(place, 0) + 1
    return _told(row.name, counts, facts, units)


def _told(
    title: str,
    counts: Mapping[tuple[str, str], int],
    facts: Sequence[CaseFact],
    units: Mapping[str, Organisation],
) -> FiguresTable:
    kinds = sorted(
        {kind for kind, _office_id in counts}, key=lambda one: (one.startswith(_OTHER), one)
    )
    offices = sorted({office for _kind, office in counts}, key=partial(_code, units))
    numbers = published(Table(tuple(kinds), tuple(offices), counts))

    def across(kind: str) -> tuple[int | None, ...]:
        return tuple(numbers[kind, one] for one in (*offices, TOTAL))

    whole = numbers[TOTAL, TOTAL]
    settled = sum(RESOLVED in fact.milestones for fact in facts)
    return FiguresTable(
        title,
        tuple(units[one].name if one in units else one for one in offices),
        tuple((kind, across(kind)) for kind in kinds),
        across(TOTAL),
        None if whole is None else part_of(settled, whole),
    )


def _code(units: Mapping[str, Organisation], office: str) -> tuple[str, str]:
    return (units[office].code if office in units else "", office)


def _office(organisation_id: str, units: Mapping[str, Organisation]) -> str:
    """The county, or the city's own office, that a unit belongs to."""
    at, seen = units.get(organisation_id), set[str]()
    while at is not None and at.level not in _OFFICES and at.id not in seen:
        seen.add(at.id)
        at = units.get(at.approval_parent or "")
    return organisation_id if at is None else at.id


def _labels(
    environment: Environment, tx: Tx, definition_id: str, attribute: str
) -> Callable[[str], str]:
    """What people read for the stored answers, as the newest version's forms say."""
    program = environment.programs.get(tx, definition_id)
    options = {
        str(option.value): option.label
        for form in program.forms.values()
        for asked in form.fields.values()
        if asked.key == attribute
        for option in asked.options
    }
    return lambda value: options.get(value, value) or _OTHER


def _packed(found: YearFigures) -> str:
    return orjson.dumps(found.tables).decode()


def _unpacked(row: published_figures.PublishedRow) -> YearFigures:
    tables = tuple(
        FiguresTable(
            one["title"],
            tuple(one["columns"]),
            tuple((label, tuple(numbers)) for label, numbers in one["rows"]),
            tuple(one["total"]),
            one["resolved"],
        )
        for one in orjson.loads(row.content)
    )
    return YearFigures(
        row.year, tables, row.published_at, row.withdrawn_at, row.reason, row.is_intact
    )
