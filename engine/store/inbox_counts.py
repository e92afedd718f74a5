"""The numbers of an inbox from the numbers that are kept (:mod:`engine.store.waiting`).

What nobody holds is counted already, by queue, due instant and process, and what she must stay
away from is counted for her by name. What she holds herself is a handful of rows.
"""

from functools import lru_cache
from typing import Any

from sqlalchemy import String, and_, bindparam, func, literal, or_, select, union_all
from sqlalchemy import case as when
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.selectable import Select

from engine.model.actors import Actor
from engine.model.tasks import InboxCounts, InboxFilter
from engine.store.cases import places_of
from engine.store.database import Tx
from engine.store.inbox_day import InboxDay, given_as, is_at, named_in
from engine.store.instants import to_text
from engine.store.ready import Ready
from engine.store.tables import organisation, queue, task, waiting, waiting_change

_FILTERS = ("bucket", "role", "organisation_id", "process_key")


def _given(name: str) -> ColumnElement[str]:
    return bindparam(name, type_=String())


def _bucket(due_at: ColumnElement[str]) -> ColumnElement[str]:
    return when(
        (due_at == "", "none"),
        (due_at < _given("now"), "overdue"),
        (due_at < _given("tomorrow"), "today"),
        (due_at < _given("after_soon"), "soon"),
        else_="later",
    )


def _cells(
    process: ColumnElement[str],
    due_at: ColumnElement[str],
    n: ColumnElement[int],
    held: ColumnElement[int],
) -> Select[Any]:
    return select(
        queue.c.role,
        queue.c.home_id,
        process.label("process_key"),
        _bucket(due_at).label("bucket"),
        n.label("n"),
        held.label("held"),
    )


def _kept(numbers: Any, sole: int) -> Select[Any]:
    """What nobody holds, less what she must stay away from; held where nobody else may do it."""
    c = numbers.c
    is_sole = when((is_at(queue.c.role, queue.c.handling_id, "sole", sole), 1), else_=0)
    n = when((c.person_id == "", c.n), else_=-c.n)
    counts_for_her = or_(
        c.person_id == "",
        and_(c.person_id == _given("person"), or_(c.why == "barred", queue.c.profile_id.is_(None))),
    )
    return _cells(c.process, c.due_at, n, n * is_sole).where(
        c.queue_id == queue.c.id, c.person_id.in_(("", _given("person"))), counts_for_her
    )


def _own() -> Select[Any]:
    """What she holds and may do."""
    one = literal(1)
    return _cells(task.c.case_process, func.coalesce(task.c.due_at, ""), one, one).where(
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
    """Rows of (filter, value, name, every, held): for each filter with the others set, for all.

    For so many places where she holds a role, and so many where nobody else does.
    """
    kept = (waiting,) if db == "sqlite" else (waiting, waiting_change)
    is_hers = is_at(queue.c.role, queue.c.handling_id, "hers", places)
    parts_of_it = [*(_kept(one, sole) for one in kept), _own()]
    cells = union_all(*(one.where(is_hers) for one in parts_of_it)).subquery()
    columns = {
        "bucket": cells.c.bucket,
        "role": cells.c.role,
        "organisation_id": cells.c.home_id,
        "process_key": cells.c.process_key,
    }
    found = (
        select(
            *(column.label(name) for name, column in columns.items()),
            func.sum(cells.c.n).label("n"),
            func.sum(cells.c.held).label("held"),
        )
        .group_by(*columns.values())
        .having(func.sum(cells.c.n) != 0)
        .cte("found")
    )

    def others(name: str) -> list[ColumnElement[bool]]:
        return [
            or_(_given(f"only_{other}") == "", found.c[other] == _given(f"only_{other}"))
            for other in _FILTERS
            if other != name
        ]

    numbers = (func.sum(found.c.n), func.sum(found.c.held))
    nothing = literal("", String())
    everything = select(literal("all"), nothing, nothing, *numbers)
    parts: list[Any] = [everything.where(*others(""))]
    for name in _FILTERS:
        value = found.c[name]
        if name == "organisation_id":
            units = (
                select(value.label("id"), *(n.label(label) for n, label in _labelled(numbers)))
                .where(*others(name))
                .group_by(value)
                .subquery()
            )
            part = select(
                literal(name), units.c.id, organisation.c.name, units.c.every, units.c.own
            ).join(organisation, organisation.c.id == units.c.id)
        else:
            part = select(literal(name), value, nothing, *numbers).group_by(value)
            part = part.where(*others(name))
        parts.append(part)
    return Ready(union_all(*parts))


def _labelled(numbers: tuple[Any, Any]) -> list[tuple[Any, str]]:
    return list(zip(numbers, ("every", "own"), strict=True))


def counts(tx: Tx, actor: Actor, narrowed: InboxFilter, day: InboxDay) -> InboxCounts:
    """Exact counts of the actor's open steps; the text of the filter is not looked at."""
    places = places_of(actor)
    rows = _ready(tx.dialect.name, len(places), len(day.sole)).rows(
        tx,
        {
            **given_as("hers", places),
            **given_as("sole", day.sole),
            "person": actor.person_id,
            "named": named_in(actor),
            "now": to_text(day.now),
            "tomorrow": day.tomorrow,
            "after_soon": day.after_soon,
            **{f"only_{name}": getattr(narrowed, name) for name in _FILTERS},
        },
    )
    numbers: dict[str, dict[str, int]] = {name: {} for name in _FILTERS}
    names: dict[str, str] = {}
    total = held = 0
    for kind, value, name, every, own in rows:
        if kind == "all":
            total, held = int(every or 0), int(own or 0)
            continue
        if name:
            names[value] = name
        number = {"mine": own, "free": every - own}.get(narrowed.holding, every)
        if number:
            numbers[kind][value] = int(number)
    return InboxCounts(
        total={"mine": held, "free": total - held}.get(narrowed.holding, total),
        held=held,
        free=total - held,
        by_bucket=numbers["bucket"],
        by_role=numbers["role"],
        by_organisation=numbers["organisation_id"],
        organisation_names=names,
        by_process=numbers["process_key"],
    )
