"""The numbers of an inbox from the numbers that are kept (:mod:`engine.store.waiting`).

What nobody holds is counted already, by queue, due instant and process, and what she must stay
away from is counted for her by name. What she holds herself is a handful of rows. The database
gives a row for each of her queues and process; they are added up here, as a table of all filters
costs it several times as much. What her queues are is asked by itself: joined with each number,
their names cost as much as the numbers.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import String, bindparam, func, literal, or_, select, true, union_all
from sqlalchemy import case as when
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.selectable import Select

from engine.model.actors import Actor
from engine.model.tasks import Gathered, InboxCounts, InboxFilter
from engine.store.cases import places_of
from engine.store.database import Tx
from engine.store.inbox_day import InboxDay, given_as, is_at, named_in
from engine.store.instants import to_text
from engine.store.ready import Ready
from engine.store.tables import organisation, queue, task, waiting, waiting_change

_BUCKETS = ("none", "overdue", "today", "soon", "later")

_FOR_ALL, _UNLESS_RELAXED = "", "profile"
"""Kept numbers: of everybody; to be taken off for her where no profile holds, others always."""

_OWN, _OWN_IF_RELAXED = "own", "own-profile"
"""What she holds, the second where a separation profile lets her."""

_HELD = frozenset({_OWN, _OWN_IF_RELAXED})

_Queue = tuple[int, str, str, str, int | None, str]
"""Of a queue of hers: id, role, home organisation, its name, separation profile, who handles it."""

_Up = Sequence[int | None]
"""How many are due before the end of each bucket, as the database adds them: None for none."""


def _given(name: str) -> ColumnElement[str]:
    return bindparam(name, type_=String())


@lru_cache(maxsize=100)
def _ready_queues(places: int) -> Ready:
    return Ready(
        select(
            queue.c.id,
            queue.c.role,
            queue.c.home_id,
            organisation.c.name,
            queue.c.profile_id,
            queue.c.handling_id,
        )
        .join(organisation, organisation.c.id == queue.c.home_id)
        .where(is_at(queue.c.role, queue.c.handling_id, "hers", places))
    )


def _kept(numbers: Any, is_hers: ColumnElement[bool]) -> tuple[Select[Any], Select[Any]]:
    """What nobody holds, and what she must stay away from of it; a row for each queue and process.

    It says how many are due before the end of each bucket; those without a limit come before all
    others. Numbers up to an end take one comparison each, numbers of a bucket would take two.
    """
    c = numbers.c

    def summed(kind: ColumnElement[str], n: ColumnElement[int]) -> Select[Any]:
        return select(
            c.queue_id,
            c.process,
            kind.label("kind"),
            *(func.sum(n).filter(is_before) for is_before in _before_the_ends(c.due_at)),
            func.sum(n),
        )

    of_all = summed(literal(_FOR_ALL), c.n).where(is_hers, c.person_id == "")
    not_hers = summed(c.why, -c.n).where(is_hers, c.person_id == _given("person"))
    return (
        of_all.group_by(c.queue_id, c.process),
        not_hers.group_by(c.queue_id, c.process, c.why),
    )


def _before_the_ends(due_at: ColumnElement[str]) -> tuple[ColumnElement[bool], ...]:
    """Whether an instant lies before the end of each bucket but the last, which has none."""
    return (
        due_at == "",
        due_at < _given("now"),
        due_at < _given("tomorrow"),
        due_at < _given("after_soon"),
    )


def _own() -> Select[Any]:
    """What she holds and may do, in whatever queue: a row for each."""
    named = _given("named")
    due_at = func.coalesce(task.c.due_at, "")
    return select(
        task.c.queue_id,
        task.c.case_process,
        when((task.c.by_profile.like(named), _OWN_IF_RELAXED), else_=_OWN),
        *(when((is_before, 1), else_=0) for is_before in _before_the_ends(due_at)),
        literal(1),
    ).where(
        task.c.assignee == _given("person"),
        task.c.status == "open",
        or_(task.c.barred == "", task.c.barred.not_like(named)),
    )


@lru_cache(maxsize=100)
def _ready(db: str, places: int) -> Ready:
    """The numbers, for so many places where she holds a role."""
    hers = select(queue.c.id).where(is_at(queue.c.role, queue.c.handling_id, "hers", places))
    if db == "sqlite":
        return Ready(union_all(*_kept(waiting, waiting.c.queue_id.in_(hers)), _own()))
    # One walk through the index for all of them; as a join it would begin anew for each.
    all_of_them = func.any(func.array(hers.scalar_subquery()))
    # Asked of each change in its turn, there are few: a plan kept from when there were none would
    # go through all of them for each queue.
    is_one = waiting_change.c.queue_id.in_(hers).is_(true())
    return Ready(
        union_all(
            *_kept(waiting, waiting.c.queue_id == all_of_them),
            *_kept(waiting_change, is_one),
            _own(),
        )
    )


class _Counting:
    """Adds rows up: for each filter with the others set, and for all that is left."""

    def __init__(self, narrowed: InboxFilter) -> None:
        self._narrowed = narrowed
        self._bucket = _BUCKETS.index(narrowed.bucket) if narrowed.bucket in _BUCKETS else None
        self._held: list[_Up] = []
        self._free: list[_Up] = []
        self._by_role: dict[str, int] = defaultdict(int)
        self._by_organisation: dict[str, int] = defaultdict(int)
        self._by_process: dict[str, int] = defaultdict(int)
        self._names: dict[str, str] = {}
        self._gathered: dict[str, list[_Up]] = defaultdict(list)

    def take(self, at: _Queue, process: str, numbers: _Up, *, is_held: bool) -> None:
        """A queue's numbers for one process."""
        _, role, home, name, *_rest = at
        asked = self._narrowed
        fits_role = not asked.role or asked.role == role
        fits_home = not asked.organisation_id or asked.organisation_id == home
        if process in asked.gathered:
            if fits_role and fits_home and not asked.process_key:
                self._gathered[process].append(numbers)
            if fits_role and fits_home:
                self._by_process[process] += self._here(numbers)
            return
        fits_process = not asked.process_key or asked.process_key == process
        if fits_role and fits_home and fits_process:
            (self._held if is_held else self._free).append(numbers)
        if asked.holding == ("free" if is_held else "mine"):
            return
        here = self._here(numbers)
        if not here:
            return
        if fits_home and fits_process:
            self._by_role[role] += here
        if fits_role and fits_process:
            self._by_organisation[home] += here
            self._names[home] = name
        if fits_role and fits_home:
            self._by_process[process] += here

    def _here(self, numbers: _Up) -> int:
        """How many are in the bucket that is asked for, or in all."""
        if self._bucket is not None:
            return _by_bucket(numbers)[self._bucket]
        return 0 if self._narrowed.bucket else numbers[-1] or 0

    def counts(self) -> InboxCounts:
        """What has been taken."""
        held, free = _added(self._held), _added(self._free)
        shown = {"mine": held, "free": free}.get(self._narrowed.holding, _added((held, free)))
        by_organisation = _some(self._by_organisation)
        return InboxCounts(
            total=self._here(shown),
            held=self._here(held),
            free=self._here(free),
            by_bucket=_some(dict(zip(_BUCKETS, _by_bucket(shown), strict=True))),
            by_role=_some(self._by_role),
            by_organisation=by_organisation,
            organisation_names={home: self._names[home] for home in by_organisation},
            by_process=_some(self._by_process),
            gathered=tuple(
                Gathered(process, every, _by_bucket(numbers)[_BUCKETS.index("overdue")])
                for process, numbers in sorted(
                    (process, _added(rows)) for process, rows in self._gathered.items()
                )
                if (every := numbers[-1])
            ),
        )


def _added(rows: Iterable[_Up]) -> Sequence[int]:
    return [sum(filter(None, column)) for column in zip(*rows, strict=True)] or [0] * len(_BUCKETS)


def _by_bucket(numbers: _Up) -> Sequence[int]:
    """How many are in each bucket, from how many are due before the end of each."""
    none, past, by_today, by_soon, every = (number or 0 for number in numbers)
    return none, past - none, by_today - past, by_soon - by_today, every - by_soon


def _some(numbers: Mapping[str, int]) -> dict[str, int]:
    return {name: number for name, number in numbers.items() if number}


def counts(tx: Tx, actor: Actor, narrowed: InboxFilter, day: InboxDay) -> InboxCounts:
    """Exact counts of the actor's open steps; the text of the filter is not looked at."""
    places = places_of(actor)
    hers = given_as("hers", places)
    queues: dict[int, _Queue] = {row[0]: row for row in _ready_queues(len(places)).rows(tx, hers)}
    counting = _Counting(narrowed)
    for queue_id, process, kind, *numbers in _ready(tx.dialect.name, len(places)).rows(
        tx,
        {
            **hers,
            "person": actor.person_id,
            "named": named_in(actor),
            "now": to_text(day.now),
            "tomorrow": day.tomorrow,
            "after_soon": day.after_soon,
        },
    ):
        at = queues.get(queue_id)
        if at is None:
            continue
        _, role, _home, _name, profile_id, handling_id = at
        if kind == (_UNLESS_RELAXED if profile_id is not None else _OWN_IF_RELAXED):
            continue
        is_held = kind in _HELD or (role, handling_id) in day.sole
        counting.take(at, process, numbers, is_held=is_held)
    return counting.counts()
