"""The numbers of an inbox from the numbers that are kept (:mod:`engine.store.waiting`).

What nobody holds is counted already, by queue, due instant and process, and what she must stay
away from is counted for her by name. What she holds herself is a handful of rows. The database
gives a row for each of her queues and process; they are added up here, as a table of all filters
costs it several times as much.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import String, and_, bindparam, func, literal, or_, select, union_all
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


def _given(name: str) -> ColumnElement[str]:
    return bindparam(name, type_=String())


def _when_due(due_at: ColumnElement[str]) -> tuple[ColumnElement[bool], ...]:
    """For each bucket, whether an instant lies in it."""
    return (
        due_at == "",
        and_(due_at != "", due_at < _given("now")),
        and_(due_at >= _given("now"), due_at < _given("tomorrow")),
        and_(due_at >= _given("tomorrow"), due_at < _given("after_soon")),
        due_at >= _given("after_soon"),
    )


def _summed(
    process: ColumnElement[str],
    due_at: ColumnElement[str],
    n: ColumnElement[int],
    is_held: ColumnElement[int],
) -> Select[Any]:
    """A row for each queue of hers and process, with a number for each bucket."""
    return select(
        queue.c.role,
        queue.c.home_id,
        process.label("process_key"),
        is_held.label("is_held"),
        *(
            func.sum(when((holds, n), else_=0)).label(bucket)
            for bucket, holds in zip(_BUCKETS, _when_due(due_at), strict=True)
        ),
    ).group_by(queue.c.id, process)


def _kept(numbers: Any, sole: int) -> Select[Any]:
    """What nobody holds, less what she must stay away from; held where nobody else may do it."""
    c = numbers.c
    is_sole = when((is_at(queue.c.role, queue.c.handling_id, "sole", sole), 1), else_=0)
    counts_for_her = or_(
        c.person_id == "",
        and_(c.person_id == _given("person"), or_(c.why == "barred", queue.c.profile_id.is_(None))),
    )
    return _summed(c.process, c.due_at, when((c.person_id == "", c.n), else_=-c.n), is_sole).where(
        c.queue_id == queue.c.id, c.person_id.in_(("", _given("person"))), counts_for_her
    )


def _own() -> Select[Any]:
    """What she holds and may do."""
    one = literal(1)
    return _summed(task.c.case_process, func.coalesce(task.c.due_at, ""), one, one).where(
        task.c.assignee == _given("person"),
        task.c.status == "open",
        task.c.queue_id == queue.c.id,
        or_(task.c.barred == "", task.c.barred.not_like(_given("named"))),
        or_(
            task.c.by_profile == "",
            task.c.by_profile.not_like(_given("named")),
            queue.c.profile_id.is_not(None),
        ),
    )


@lru_cache(maxsize=100)
def _ready(db: str, places: int, sole: int) -> Ready:
    """For so many places where she holds a role, and so many where nobody else does."""
    kept = (waiting,) if db == "sqlite" else (waiting, waiting_change)
    is_hers = is_at(queue.c.role, queue.c.handling_id, "hers", places)
    parts = [*(_kept(one, sole) for one in kept), _own()]
    found = union_all(*(one.where(is_hers) for one in parts)).subquery()
    return Ready(
        select(
            found.c.role,
            found.c.home_id,
            found.c.process_key,
            organisation.c.name,
            found.c.is_held,
            *(found.c[bucket] for bucket in _BUCKETS),
        ).join(organisation, organisation.c.id == found.c.home_id)
    )


class _Counting:
    """Adds rows up: for each filter with the others set, and for all that is left."""

    def __init__(self, narrowed: InboxFilter) -> None:
        self._narrowed = narrowed
        self._bucket = _BUCKETS.index(narrowed.bucket) if narrowed.bucket in _BUCKETS else None
        self._fitting: list[tuple[bool, Sequence[int]]] = []
        self._by_role: dict[str, int] = defaultdict(int)
        self._by_organisation: dict[str, int] = defaultdict(int)
        self._by_process: dict[str, int] = defaultdict(int)
        self._names: dict[str, str] = {}
        self._gathered: dict[str, int] = defaultdict(int)
        self._gathered_late: dict[str, int] = defaultdict(int)

    def take(self, row: Sequence[Any]) -> None:
        """A queue's numbers for one process, by bucket."""
        role, home, process, name, is_held, *numbers = row
        asked = self._narrowed
        fits_role = asked.role in {"", role}
        fits_home = asked.organisation_id in {"", home}
        if process in asked.gathered:
            if fits_role and fits_home and not asked.process_key:
                self._gathered[process] += sum(numbers)
                self._gathered_late[process] += numbers[_BUCKETS.index("overdue")]
            if fits_role and fits_home:
                self._by_process[process] += self._of_bucket(numbers)
            return
        fits_process = asked.process_key in {"", process}
        if fits_role and fits_home and fits_process:
            self._fitting.append((is_held, numbers))
        if asked.holding == ("free" if is_held else "mine"):
            return
        here = self._of_bucket(numbers)
        if not here:
            return
        if fits_home and fits_process:
            self._by_role[role] += here
        if fits_role and fits_process:
            self._by_organisation[home] += here
            self._names[home] = name
        if fits_role and fits_home:
            self._by_process[process] += here

    def _of_bucket(self, numbers: Sequence[int]) -> int:
        if self._bucket is not None:
            return numbers[self._bucket]
        return 0 if self._narrowed.bucket else sum(numbers)

    def counts(self) -> InboxCounts:
        """What has been taken."""
        held = _added(numbers for is_held, numbers in self._fitting if is_held)
        free = _added(numbers for is_held, numbers in self._fitting if not is_held)
        shown = {"mine": held, "free": free}.get(self._narrowed.holding, _added((held, free)))
        by_organisation = _some(self._by_organisation)
        return InboxCounts(
            total=self._of_bucket(shown),
            held=self._of_bucket(held),
            free=self._of_bucket(free),
            by_bucket=_some(dict(zip(_BUCKETS, shown, strict=True))),
            by_role=_some(self._by_role),
            by_organisation=by_organisation,
            organisation_names={home: self._names[home] for home in by_organisation},
            by_process=_some(self._by_process),
            gathered=tuple(
                Gathered(process, count, self._gathered_late[process])
                for process, count in sorted(self._gathered.items())
                if count
            ),
        )


def _added(rows: Iterable[Sequence[int]]) -> list[int]:
    return [sum(column) for column in zip(*rows, strict=True)] or [0] * len(_BUCKETS)


def _some(numbers: Mapping[str, int]) -> dict[str, int]:
    return {name: number for name, number in numbers.items() if number}


def counts(tx: Tx, actor: Actor, narrowed: InboxFilter, day: InboxDay) -> InboxCounts:
    """Exact counts of the actor's open steps; the text of the filter is not looked at."""
    places = places_of(actor)
    counting = _Counting(narrowed)
    for row in _ready(tx.dialect.name, len(places), len(day.sole)).rows(
        tx,
        {
            **given_as("hers", places),
            **given_as("sole", day.sole),
            "person": actor.person_id,
            "named": named_in(actor),
            "now": to_text(day.now),
            "tomorrow": day.tomorrow,
            "after_soon": day.after_soon,
        },
    ):
        counting.take(row)
    return counting.counts()
