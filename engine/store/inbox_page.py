"""A page of an inbox, read in its order from an index and no further.

A person may have hundreds of queues, each a stretch of the index in the order of the page: by due
instant and number. The page is their merge. First the foremost steps of each queue are looked at;
the last of as many of these as the page needs is a bound: nothing behind it is on the page. Then
the queues that reach before the bound are read up to it. Steps without a limit come last, and are
looked at only when the page has room for them.

Who has hundreds of queues has a good part of all that is open. For her the steps of everybody are
gone through in the order of the page, past those that are not hers, until the page is full: a step
costs a tenth of what a queue does. When it is not full after some, it is made queue by queue.
"""

from collections import namedtuple
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import (
    ARRAY,
    CTE,
    Integer,
    String,
    and_,
    bindparam,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy import case as when
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.selectable import FromClause, Select

from engine.model.actors import Actor
from engine.model.tasks import InboxFilter
from engine.store.cases import places_of
from engine.store.database import Tx
from engine.store.inbox_day import InboxDay, given_as, is_at, named_in
from engine.store.instants import NEVER
from engine.store.ready import Ready
from engine.store.tables import queue, task
from engine.store.task_lists import line_query

_step = task.alias("step")
_inner = task.alias("inner_step")


def _given(name: str) -> ColumnElement[str]:
    return bindparam(name, type_=String())


def _most() -> ColumnElement[int]:
    return bindparam("most", type_=Integer())


def _hers(places: int, sole: int) -> CTE:
    """Her queues that the filter leaves; ``is_free`` where it leaves what nobody holds."""
    is_sole = is_at(queue.c.role, queue.c.handling_id, "sole", sole)
    alone = when((is_sole, 1), else_=0)
    holding = _given("holding")
    return (
        select(
            queue.c.id,
            queue.c.profile_id,
            when((holding == "mine", alone), (holding == "free", 1 - alone), else_=1).label(
                "is_free"
            ),
        )
        .where(
            is_at(queue.c.role, queue.c.handling_id, "hers", places),
            or_(_given("role") == "", queue.c.role == _given("role")),
            or_(_given("home") == "", queue.c.home_id == _given("home")),
        )
        .cte("hers")
    )


def _is_open(step: FromClause) -> ColumnElement[bool]:
    # Written out: a plan kept for all values could not use an index over open steps alone.
    return step.c.status == literal_column("'open'")


def _left(step: FromClause, profile_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """What the filter leaves of the open steps of a queue, those she must stay away from apart."""
    return and_(
        _is_open(step),
        _may(step, profile_id.is_not(None)),
        or_(_given("process") == "", step.c.case_process == _given("process")),
        _is_a_row(step),
    )


def _may(step: FromClause, is_relaxed: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether she need not stay away; ``is_relaxed``: a separation profile holds for the queue."""
    named = _given("named")
    return and_(
        or_(step.c.barred == "", step.c.barred.not_like(named)),
        or_(step.c.by_profile == "", step.c.by_profile.not_like(named), is_relaxed),
    )


def _is_a_row(step: FromClause) -> ColumnElement[bool]:
    """Not of a process whose steps stand as one line; these are given as |one|another|."""
    gathered, marked = _given("gathered"), literal("|") + step.c.case_process + "|"
    return or_(gathered == "", func.replace(gathered, marked, "") == gathered)


def _dated(step: FromClause) -> ColumnElement[bool]:
    """Those with a limit in the filter's span, behind the page before."""
    return and_(
        step.c.due_at >= _given("since"),
        step.c.due_at < _given("until"),
        tuple_(step.c.due_at, step.c.id) > tuple_(_given("after_due"), _given("after_id")),
    )


def _undated(step: FromClause) -> ColumnElement[bool]:
    return and_(
        step.c.due_at.is_(None), _given("undated") == "yes", step.c.id > _given("after_undated")
    )


def _foremost(
    db: str,
    queues: FromClause,
    condition: ColumnElement[bool],
    limit: ColumnElement[int],
) -> Select[Any]:
    """Of each queue the first steps that nobody holds: its columns and theirs."""
    columns = (_inner.c.due_at, _inner.c.id) if db == "postgresql" else (_inner.c.id,)
    first = (
        select(*columns)
        .where(
            _inner.c.queue_id == queues.c.id,
            _inner.c.assignee.is_(None),
            _left(_inner, queues.c.profile_id),
            condition,
        )
        .order_by(_inner.c.assignee, _inner.c.due_at, _inner.c.id)
        .limit(limit)
        .correlate(queues)
    )
    if db == "postgresql":
        found = first.lateral("foremost")
        return select(
            queues.c.id.label("queue_id"),
            queues.c.profile_id,
            found.c.due_at,
            found.c.id.label("step_id"),
        ).select_from(queues.join(found, literal(value=True)))
    return select(
        queues.c.id.label("queue_id"),
        queues.c.profile_id,
        _step.c.due_at,
        _step.c.id.label("step_id"),
    ).select_from(queues.join(_step, _step.c.id.in_(first)))


@lru_cache(maxsize=100)
def _ready(db: str, places: int, sole: int) -> Ready:
    """The ids of the page, for so many places where she holds a role or nobody else does."""
    hers = _hers(places, sole)
    free = select(hers.c.id, hers.c.profile_id).where(hers.c.is_free == 1).cte("free")
    number = func.count()
    some = (
        select(when((number <= 1, _most()), else_=1 + 2 * _most() // func.nullif(number, 0)))
        .select_from(free)
        .scalar_subquery()
    )
    heads = _foremost(db, free, _dated(_inner), some).cte("heads")

    def last(column: ColumnElement[Any], otherwise: str) -> ColumnElement[Any]:
        found = (
            select(column).order_by(heads.c.due_at, heads.c.step_id).limit(1).offset(_most() - 1)
        )
        return func.coalesce(found.scalar_subquery(), otherwise)

    bound = select(
        last(heads.c.due_at, NEVER).label("due_at"), last(heads.c.step_id, "").label("step_id")
    ).cte("bound")
    reaching = (
        select(heads.c.queue_id.label("id"), heads.c.profile_id, bound.c.due_at, bound.c.step_id)
        .distinct()
        .where(tuple_(heads.c.due_at, heads.c.step_id) <= tuple_(bound.c.due_at, bound.c.step_id))
        .cte("reaching")
    )
    up_to = tuple_(_inner.c.due_at, _inner.c.id) <= tuple_(reaching.c.due_at, reaching.c.step_id)
    dated = _foremost(db, reaching, and_(_dated(_inner), up_to), _most()).subquery()
    has_room = select(bound.c.due_at).scalar_subquery() == NEVER
    undated = _foremost(db, free, _undated(_inner), _most()).where(has_room).subquery()
    own = (
        select(func.coalesce(task.c.due_at, NEVER).label("due_at"), task.c.id)
        .join(hers, hers.c.id == task.c.queue_id)
        .where(
            task.c.assignee == _given("person"),
            _given("holding") != "free",
            _left(task, hers.c.profile_id),
            or_(_dated(task), _undated(task)),
        )
    )
    return Ready(
        union_all(
            select(dated.c.due_at, dated.c.step_id.label("id")),
            select(literal(NEVER).label("due_at"), undated.c.step_id.label("id")),
            own,
        )
        .order_by("due_at", "id")
        .limit(_most())
    )


MANY = 100
"""Units among which her steps lie, from which on the steps of everybody are gone through."""

_PAST = 4
"""How many steps are gone through for each of these units; so many cost half of what it does."""


@lru_cache(maxsize=100)
def _ready_of_all(db: str, places: int) -> Ready:
    """The ids of the page among the first open steps of everybody."""
    hers = (
        select(queue.c.id, queue.c.profile_id)
        .where(is_at(queue.c.role, queue.c.handling_id, "hers", places))
        .cte("hers")
    )
    first, is_first = _first_of_all(db)
    is_relaxed = first.c.queue_id.in_(select(hers.c.id).where(hers.c.profile_id.is_not(None)))
    return Ready(
        select(first.c.due_at, first.c.id)
        .where(
            is_first,
            # Asked of each step in its turn: as a join it would be asked of all, and sorted again.
            first.c.queue_id.in_(select(hers.c.id)).is_(true()),
            or_(first.c.assignee.is_(None), first.c.assignee == _given("person")),
            _may(first, is_relaxed),
            _is_a_row(first),
        )
        .order_by(first.c.due_at, first.c.id)
        .limit(_most())
    )


def _first_of_all(db: str) -> tuple[FromClause, ColumnElement[bool]]:
    """So many open steps in the order of the page, as a source and what holds of its rows."""
    names = ("due_at", "id", "queue_id", "assignee", "barred", "by_profile", "case_process")
    has_a_limit = and_(_is_open(task), task.c.due_at.is_not(None), _dated(task))
    in_order = select(*(task.c[name] for name in names)).where(has_a_limit)
    in_order = in_order.order_by(task.c.due_at, task.c.id)
    past = bindparam("past", type_=Integer())
    if db == "postgresql":
        return in_order.limit(past).subquery("first_steps"), true()
    # SQLite sorts again what comes from within: it is told where to end instead.
    behind = in_order.with_only_columns(task.c.due_at, task.c.id).limit(1).offset(past).subquery()
    end = union_all(select(behind.c.due_at, behind.c.id), select(literal(NEVER), literal("")))
    is_before = tuple_(task.c.due_at, task.c.id) < end.limit(1).scalar_subquery()
    return task, and_(has_a_limit, is_before)


@lru_cache
def _lines(db: str) -> Ready:
    """The lines of the steps whose ids are given as one value."""
    if db == "sqlite":
        ids = func.json_each(_given("ids")).table_valued("value")
        return Ready(line_query().where(task.c.id.in_(select(ids.c.value))))
    return Ready(line_query().where(task.c.id == func.any(bindparam("ids", type_=ARRAY(String)))))


_Line = namedtuple("_Line", line_query().selected_columns.keys())  # type: ignore[misc]


def rows(
    tx: Tx,
    actor: Actor,
    narrowed: InboxFilter,
    day: InboxDay,
    after: tuple[str, str] | None,
    units: int,
) -> Sequence[Any]:
    """The actor's open steps, longest overdue first; one more than asked.

    ``units``: among how many they lie, where that is known. The text of the filter is not looked
    at.
    """
    since, until = day.instants_of(narrowed.bucket)
    after_due, after_id = after or ("", "")
    db = tx.dialect.name
    places = places_of(actor)
    given = {
        **given_as("hers", places),
        "person": actor.person_id,
        "named": named_in(actor),
        "gathered": "".join(f"|{key}|" for key in sorted(narrowed.gathered)),
        "since": since,
        "until": until,
        "after_due": after_due,
        "after_id": after_id,
        "most": narrowed.limit + 1,
    }
    found: Sequence[Any] = ()
    is_whole = not (
        narrowed.role or narrowed.organisation_id or narrowed.process_key or narrowed.holding
    )
    if is_whole and units >= MANY:
        found = _ready_of_all(db, len(places)).rows(tx, {**given, "past": _PAST * units})
    if len(found) <= narrowed.limit:
        found = _ready(db, len(places), len(day.sole)).rows(
            tx,
            {
                **given,
                **given_as("sole", day.sole),
                "holding": narrowed.holding,
                "role": narrowed.role,
                "home": narrowed.organisation_id,
                "process": narrowed.process_key,
                "undated": "yes" if narrowed.bucket in {"", "none"} else "no",
                "after_undated": after_id if after_due == NEVER else "",
            },
        )
    ids = [step_id for _due_at, step_id in found]
    if not ids:
        return []
    given_ids = orjson.dumps(ids).decode() if db == "sqlite" else ids
    lines = {row[0]: _Line._make(row) for row in _lines(db).rows(tx, {"ids": given_ids})}
    return [lines[one] for one in ids]
