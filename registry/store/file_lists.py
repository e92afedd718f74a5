"""Lists of files: narrowed, counted, page by page in a stable order."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    func,
    or_,
    select,
    true,
    tuple_,
)

from engine.model.actors import Actor
from engine.model.clock import local_date
from engine.model.pinyin import typed
from engine.store.areas import lies_below
from engine.store.database import Tx
from engine.store.instants import from_text
from engine.store.tables import organisation, organisation_closure
from registry.household import AWAITING_ENTRY, FALLEN_BACK, File
from registry.store.helped import is_helped
from registry.store.households import file_of, visible_files, with_union
from registry.store.likeness import is_alike
from registry.store.people import OPEN_FILES
from registry.store.tables import household, household_index, household_person
from registry.store.year_figures import Figure, condition


class Queue(StrEnum):
    """A list that somebody works off. ALL is the register itself."""

    ALL = ""
    AWAITING = "awaiting"
    UNCHANGED = "unchanged"
    UNHELPED = "unhelped"
    ALIKE = "alike"
    REVIEW = "review"  # the category waits to be looked at again (认定复核)
    FALLEN_BACK = "fallen-back"  # left, found poor again, not on file yet (返困)
    NEWCOMERS = "newcomers"  # archived this year, without help or a plan of leaving (K10)
    TO_COPY = "to-copy"  # awaiting, without those whose consent was withdrawn


FACETS = ("status", "category", "cause", "origin", "year")
_YEAR = 4
_DAY = 10


@dataclass(frozen=True)
class FileQuestion:
    """What a list of files is narrowed to; ``lookup_hash`` is that of ``text``.

    ``chosen`` has one value of a facet by its name. ``below``: only files of these organisations
    and those below them, whatever else she sees. ``unchanged_before`` is the instant before
    which a file counts as not cared for; ``this_year`` is whose newcomers wait, ``year`` that of
    the ``figure`` whose files are meant. ``alike`` are the files of likeness.files_alike; None
    lets the database find them anew.
    """

    text: str = ""
    lookup_hash: str = ""
    organisation_id: str = ""
    chosen: Mapping[str, str] | None = None
    queue: Queue = Queue.ALL
    unchanged_before: str = ""
    this_year: int = 0
    year: int = 0
    figure: Figure | None = None
    after: tuple[str, str] | None = None
    limit: int = 50
    below: Sequence[str] | None = None
    alike: Collection[str] | None = None

    def choice(self, facet: str) -> str:
        """The value chosen of a facet; empty for none."""
        return (self.chosen or {}).get(facet, "")


_FACET_COLUMNS: Mapping[str, ColumnElement[Any]] = {
    "status": household.c.status,
    "category": household.c.category,
    "cause": func.coalesce(household_index.c.cause, ""),
    "origin": household.c.origin,
    "year": func.substr(household.c.opened_on, 1, _YEAR),
}


@dataclass(frozen=True)
class Found:
    """A file of a list, its union's name, and what it is in its place by: a day or an instant."""

    file: File
    union: str
    place: str

    @property
    def cursor(self) -> tuple[str, str]:
        """Where the list goes on after this file."""
        return self.place, self.file.file_no

    @property
    def since(self) -> date:
        """The day it has waited since."""
        if len(self.place) == _DAY:
            return date.fromisoformat(self.place)
        return local_date(from_text(self.place))


def files(tx: Tx, actor: Actor, question: FileQuestion) -> list[Found]:
    """Files of a list; one more than asked.

    The register shows the newest change first, a queue whoever waits longest.
    """
    order, is_newest_first = _order(question.queue)
    query = (
        with_union()
        .add_columns(order.label("place"))
        .outerjoin(household_index, household_index.c.file_no == household.c.file_no)
        .where(visible_files(actor), *_narrowed(question), *_chosen(question))
    )
    place = tuple_(order, household.c.file_no)
    if question.after is not None:
        query = query.where(place < question.after if is_newest_first else place > question.after)
    ordered = (
        query.order_by(order.desc(), household.c.file_no.desc())
        if is_newest_first
        else query.order_by(order, household.c.file_no)
    )
    return [
        Found(file_of(row), row.union_name, row.place)
        for row in tx.execute(ordered.limit(question.limit + 1))
    ]


def count(tx: Tx, actor: Actor, question: FileQuestion) -> int:
    """How many files there are, whatever the page."""
    found: int = tx.execute(
        select(func.count())
        .select_from(_indexed())
        .where(visible_files(actor), *_narrowed(question), *_chosen(question))
    ).scalar_one()
    return found


def facets(tx: Tx, actor: Actor, question: FileQuestion) -> dict[str, dict[str, int]]:
    """How many files each value of each facet would show, with what else is chosen."""
    columns = [_FACET_COLUMNS[name].label(name) for name in FACETS]
    rows = tx.execute(
        select(*columns, func.count().label("n"))
        .select_from(_indexed())
        .where(visible_files(actor), *_narrowed(question))
        .group_by(*(_FACET_COLUMNS[name] for name in FACETS))
    )
    found: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
    for row in rows:
        values = {name: getattr(row, name) for name in FACETS}
        off = [n for n in FACETS if question.choice(n) and question.choice(n) != values[n]]
        for name in FACETS:
            if all(other == name for other in off):
                found[name][values[name]] += row.n
    return {name: dict(counts) for name, counts in found.items()}


def units_below(
    tx: Tx, actor: Actor, question: FileQuestion, parent_id: str
) -> list[tuple[str, str, int]]:
    """(id, name, files) of the organisations directly below one that have files to show."""
    below = organisation_closure.alias("below")
    children = select(organisation_closure.c.descendant_id).where(
        organisation_closure.c.ancestor_id == parent_id,
        organisation_closure.c.kind == "approval",
        organisation_closure.c.depth == 1,
    )
    rows = tx.execute(
        select(organisation.c.id, organisation.c.name, func.count().label("n"))
        .select_from(
            _indexed()
            .join(
                below,
                and_(
                    below.c.descendant_id == household.c.organisation_id,
                    below.c.kind == "approval",
                    below.c.ancestor_id.in_(children),
                ),
            )
            .join(organisation, organisation.c.id == below.c.ancestor_id)
        )
        .where(visible_files(actor), *_narrowed(question), *_chosen(question))
        .group_by(organisation.c.id, organisation.c.name, organisation.c.code)
        .order_by(organisation.c.code)
    )
    return [(row.id, row.name, row.n) for row in rows]


def queue_counts(tx: Tx, actor: Actor, question: FileQuestion) -> dict[Queue, int]:
    """How many files wait in each queue, whatever it is narrowed to."""
    row = tx.execute(
        select(
            *(
                func.coalesce(func.sum(case((_queued(queue, question), 1), else_=0)), 0).label(
                    queue.name
                )
                for queue in Queue
            )
        )
        .select_from(_indexed())
        .where(visible_files(actor))
    ).one()
    return {queue: int(getattr(row, queue.name)) for queue in Queue}


def _indexed() -> Any:
    return household.outerjoin(household_index, household_index.c.file_no == household.c.file_no)


def _order(queue: Queue) -> tuple[ColumnElement[str], bool]:
    """The column a list is in the order of, and whether its last comes first."""
    if queue is Queue.ALL:
        return household.c.changed_at, True
    return _WAITS_SINCE[queue], False


_WAITS_SINCE: Mapping[Queue, ColumnElement[str]] = {
    Queue.UNCHANGED: household.c.changed_at,
    Queue.AWAITING: household.c.awaits_since,
    Queue.TO_COPY: household.c.awaits_since,
    Queue.UNHELPED: household.c.stands_since,
    Queue.REVIEW: household_index.c.review_since,
    Queue.ALIKE: household.c.opened_on,
    Queue.FALLEN_BACK: household.c.closed_on,
    Queue.NEWCOMERS: household.c.stands_since,
}
"""The day or instant from which a file waits in a queue: whoever waits longest comes first."""


def _queued(queue: Queue, question: FileQuestion) -> ColumnElement[bool]:
    match queue:
        case Queue.UNCHANGED:
            return and_(_stands(), household.c.changed_at < question.unchanged_before)
        case Queue.ALIKE:
            return and_(_stands(), is_alike(question.alike))
        case Queue.NEWCOMERS:
            return and_(_stands(), condition(Figure.NOT_SYNCED, question.this_year))
        case _:
            return _BELONGS[queue]()


def _to_copy() -> ColumnElement[bool]:
    return and_(
        household.c.status == AWAITING_ENTRY,
        func.coalesce(household_index.c.withdrawn, False).is_(False),
    )


def _stands() -> ColumnElement[bool]:
    """Nobody works on a file that was struck off."""
    return household.c.status.in_(OPEN_FILES)


_BELONGS: Mapping[Queue, Callable[[], ColumnElement[bool]]] = {
    Queue.ALL: true,
    Queue.AWAITING: lambda: household.c.status == AWAITING_ENTRY,
    Queue.TO_COPY: _to_copy,
    Queue.UNHELPED: lambda: and_(_stands(), ~is_helped()),
    Queue.REVIEW: lambda: and_(_stands(), household_index.c.review_since > ""),
    Queue.FALLEN_BACK: lambda: household.c.status == FALLEN_BACK,
}
"""What files are in a queue, where that follows from their rows alone."""


def _chosen(question: FileQuestion) -> list[ColumnElement[bool]]:
    return [
        _FACET_COLUMNS[name] == question.choice(name) for name in FACETS if question.choice(name)
    ]


def _narrowed(question: FileQuestion) -> list[ColumnElement[bool]]:
    narrowed: list[ColumnElement[bool]] = []
    if question.queue is not Queue.ALL:
        narrowed.append(_queued(question.queue, question))
    if question.figure is not None:
        narrowed.append(condition(question.figure, question.year))
    if question.below is not None:
        narrowed.append(lies_below(household.c.organisation_id, question.below))
    if question.organisation_id:
        narrowed.append(lies_below(household.c.organisation_id, [question.organisation_id]))
    if question.text:
        narrowed.append(or_(*matches(question.text, question.lookup_hash)))
    return narrowed


_ANY_CHARACTER = re.compile("[?\uff1f\u25a1\u3013]")
"""What people type, or what an old system left, for a character it does not have."""


def matches(text: str, lookup_hash: str) -> Sequence[ColumnElement[bool]]:
    """By name, its pinyin or a mark for a character nobody can type; by number or its end.

    A member's name or whole number finds the file she is named in.
    """
    pattern = _pattern(text)
    ways: list[ColumnElement[bool]] = [
        household.c.head_name.like(pattern, escape="\\"),
        household.c.file_no.contains(text, autoescape=True),
        household.c.national_no == text,
        household.c.head_last4 == text.upper(),
        household.c.mobile_last4 == text,
        household.c.head_hash == lookup_hash,
        household.c.mobile_hash == lookup_hash,
        household.c.file_no.in_(
            select(household_person.c.file_no).where(household_person.c.id_hash == lookup_hash)
        ),
    ]
    if _may_be_a_name(text):
        member = and_(household_person.c.position > 0, _is_called(text))
        ways.append(household.c.file_no.in_(select(household_person.c.file_no).where(member)))
    spelled = typed(text)
    if spelled is not None:
        ways.append(household_index.c.spelled.contains(spelled))
    return ways


def _pattern(text: str) -> str:
    """The text anywhere in a name; a mark stands for a character nobody can type."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{_ANY_CHARACTER.sub('_', escaped)}%"


def _may_be_a_name(text: str) -> bool:
    return any(character.isalpha() for character in text)


def _is_called(text: str) -> ColumnElement[bool]:
    """Somebody whose name has this in it, as it is written or in pinyin."""
    person, spelled = household_person.c, typed(text)
    written = person.name.like(_pattern(text), escape="\\")
    return written if spelled is None else or_(written, person.spelled.contains(spelled))


def members_found(tx: Tx, file_numbers: Sequence[str], text: str) -> dict[str, str]:
    """Who of these files was found by a member's name and not by the head's, by file number."""
    if not file_numbers or not _may_be_a_name(text):
        return {}
    person = household_person.c
    query = (
        select(person.file_no, person.position, person.name)
        .where(person.file_no.in_(file_numbers), _is_called(text))
        .order_by(person.file_no, person.position)
    )
    found: dict[str, dict[int, str]] = {}
    for row in tx.execute(query):
        found.setdefault(row.file_no, {})[row.position] = row.name
    return {
        file_no: "、".join(names.values()) for file_no, names in found.items() if 0 not in names
    }
