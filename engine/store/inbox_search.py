"""The steps of an inbox looked through row by row: what is searched for, what others hold.

It says of every step what :mod:`engine.store.inbox_page` and :mod:`engine.store.inbox_counts` say
from an index and from numbers; the tests hold them against each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, or_, select, tuple_
from sqlalchemy import case as when
from sqlalchemy.sql import ColumnElement, FromClause

from engine.model.actors import Actor
from engine.model.tasks import InboxCounts, InboxFilter
from engine.store.cases import in_queues_of, like_pattern, matches
from engine.store.database import Tx
from engine.store.inbox_day import InboxDay, named_in
from engine.store.instants import NEVER
from engine.store.tables import case, organisation, queue, task
from engine.store.task_lists import bucket_of, line_query

_due = func.coalesce(task.c.due_at, NEVER)


def _mine(actor: Actor) -> ColumnElement[bool]:
    """Open steps the actor may do: in her queues, not barred for her, held by whomever."""
    hers = named_in(actor)
    under_a_profile = task.c.queue_id.in_(select(queue.c.id).where(queue.c.profile_id.is_not(None)))
    return and_(
        task.c.status == "open",
        in_queues_of(actor),
        or_(task.c.barred == "", task.c.barred.not_like(hers)),
        or_(task.c.by_profile == "", task.c.by_profile.not_like(hers), under_a_profile),
    )


def _found(text: str, lookup_hash: str) -> ColumnElement[bool]:
    """Steps of a case that is found by a text, and those for an item that is called so."""
    named = task.c.item.like(like_pattern(text), escape="\\")
    return or_(matches(text, lookup_hash), named)


def _in_sole(day: InboxDay) -> ColumnElement[bool]:
    places = tuple_(queue.c.role, queue.c.handling_id).in_(sorted(day.sole))
    return task.c.queue_id.in_(select(queue.c.id).where(places))


def _is_hers(actor: Actor, day: InboxDay) -> ColumnElement[bool]:
    """She holds it, or nobody else may do it."""
    return or_(task.c.assignee == actor.person_id, and_(task.c.assignee.is_(None), _in_sole(day)))


def _free_or_held_by(actor: Actor) -> ColumnElement[bool]:
    return or_(task.c.assignee.is_(None), task.c.assignee == actor.person_id)


def counts(
    tx: Tx, actor: Actor, narrowed: InboxFilter, day: InboxDay, lookup_hash: str
) -> InboxCounts:
    """Exact counts of the actor's open steps."""
    found = _counted(tx, actor, narrowed, day, lookup_hash)

    def tally(name: str) -> dict[str, int]:
        numbers: dict[str, int] = {}
        for row in found:
            if row.is_among(narrowed, but=name) and (n := row.number(narrowed.holding)):
                value = getattr(row, name)
                numbers[value] = numbers.get(value, 0) + n
        return numbers

    def held_so(holding: str) -> int:
        return sum(row.number(holding) for row in found if row.is_among(narrowed))

    return InboxCounts(
        total=held_so(narrowed.holding),
        held=held_so("mine"),
        free=held_so("free"),
        by_bucket=tally("bucket"),
        by_role=tally("role"),
        by_organisation=tally("organisation_id"),
        organisation_names={row.organisation_id: row.organisation_name for row in found},
        by_process=tally("process_key"),
    )


@dataclass(frozen=True)
class _Counted:
    """How many steps agree in everything that the inbox can be narrowed to."""

    bucket: str
    role: str
    organisation_id: str
    organisation_name: str
    process_key: str
    every: int
    held: int

    def is_among(self, narrowed: InboxFilter, but: str = "") -> bool:
        """Whether the filter lets them through, one of its fields left aside."""
        return all(
            name == but or getattr(narrowed, name) in {"", getattr(self, name)}
            for name in ("bucket", "role", "organisation_id", "process_key")
        )

    def number(self, holding: str) -> int:
        """How many of them are held so: by her, by nobody, or either."""
        return {"mine": self.held, "free": self.every - self.held}.get(holding, self.every)


def _counted(
    tx: Tx, actor: Actor, narrowed: InboxFilter, day: InboxDay, lookup_hash: str
) -> list[_Counted]:
    bucket = bucket_of(day.now, day.today, day.soon)
    mine = (
        select(
            task.c.queue_id,
            task.c.case_process,
            bucket.label("bucket"),
            func.count().label("n"),
            func.sum(when((_is_hers(actor, day), 1), else_=0)).label("held"),
        )
        .where(_mine(actor), _free_or_held_by(actor))
        .group_by(task.c.queue_id, task.c.case_process, bucket)
    )
    if narrowed.text:
        mine = mine.select_from(task.join(case, case.c.id == task.c.case_id))
        mine = mine.where(_found(narrowed.text, lookup_hash))
    grouped = mine.subquery()
    rows = tx.execute(
        select(
            queue.c.role,
            queue.c.home_id,
            organisation.c.name,
            grouped.c.case_process,
            grouped.c.bucket,
            grouped.c.n,
            grouped.c.held,
        ).select_from(
            grouped.join(queue, queue.c.id == grouped.c.queue_id).join(
                organisation, organisation.c.id == queue.c.home_id
            )
        )
    )
    return [
        _Counted(
            bucket=row.bucket,
            role=row.role,
            organisation_id=row.home_id,
            organisation_name=row.name,
            process_key=row.case_process,
            every=row.n,
            held=row.held,
        )
        for row in rows
    ]


def rows(
    tx: Tx,
    actor: Actor,
    narrowed: InboxFilter,
    day: InboxDay,
    lookup_hash: str,
    after: tuple[str, str] | None,
) -> Sequence[Any]:
    """The actor's open steps, longest overdue first; one more than asked.

    The page's steps are found first, and only they are joined with their names: the steps behind
    the page are sorted, not read.
    """
    page = select(task.c.id).select_from(_needed(narrowed)).where(_mine(actor))
    if narrowed.holding == "mine":
        page = page.where(_is_hers(actor, day))
    elif narrowed.holding == "free":
        page = page.where(task.c.assignee.is_(None), ~_in_sole(day))
    elif narrowed.holding != "all":
        page = page.where(_free_or_held_by(actor))
    if narrowed.bucket:
        page = page.where(bucket_of(day.now, day.today, day.soon) == narrowed.bucket)
    if narrowed.role:
        page = page.where(queue.c.role == narrowed.role)
    if narrowed.organisation_id:
        page = page.where(queue.c.home_id == narrowed.organisation_id)
    if narrowed.process_key:
        page = page.where(task.c.case_process == narrowed.process_key)
    if narrowed.text:
        page = page.where(_found(narrowed.text, lookup_hash))
    if after is not None:
        page = page.where(tuple_(_due, task.c.id) > after)
    page = page.order_by(_due, task.c.id).limit(narrowed.limit + 1)
    query = line_query().where(task.c.id.in_(page.scalar_subquery())).order_by(_due, task.c.id)
    return tx.execute(query).all()


def _needed(narrowed: InboxFilter) -> FromClause:
    """The steps with the tables that the filter looks at, and no others."""
    found: FromClause = task
    if narrowed.role or narrowed.organisation_id:
        found = found.join(queue, queue.c.id == task.c.queue_id)
    if narrowed.text:
        found = found.join(case, case.c.id == task.c.case_id)
    return found
