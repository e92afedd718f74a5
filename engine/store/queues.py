"""Where steps go: the queue of a role, a level and a home organisation (design.md D7)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Row, bindparam, func, insert, select, update
from sqlalchemy.sql import ColumnElement

from engine.model.organisations import Designation, Organisation, Queue, RoutingReason
from engine.model.routing import DirectoryView, Route, route
from engine.store import designations, directory
from engine.store.cases import FOR_ALL_TO_KNOW
from engine.store.database import Tx, execute_for
from engine.store.dated import valid
from engine.store.tables import (
    case,
    designation,
    person,
    queue,
    role_grant,
    separation_profile,
    task,
)
from engine.store.turns import rely_on_directory

_LONGEST_REASON = 300
_AT_ONCE = 10_000
"""Queues asked for in one statement; PostgreSQL takes 65,535 values, a city has more unions."""

_LEAD = update(queue).where(queue.c.id == bindparam("queue_no"))


def directory_view(tx: Tx, today: date) -> DirectoryView:
    """The whole directory of a day, as routing reads it."""
    return _view(
        directory.organisations(tx, today),
        _staffed(tx, today),
        designations.holding(tx, today),
        profiles_on(tx, today),
    )


def _view_upwards(tx: Tx, role_code: str, home_ids: Collection[str], today: date) -> DirectoryView:
    """What routing needs of it for one role and some homes: new queues come while people wait."""
    nodes = {
        one.id: replace(one, approval_parent=parent)
        for line in directory.lines_upwards(tx, home_ids).values()
        for one, parent in zip(line, [*(above.id for above in line[1:]), None], strict=True)
    }
    of_role = designation.c.role == role_code
    written = designations.holding(tx, today, of_role, designation.c.organisation_id.in_(nodes))
    for handler in {one.handled_by_id for one in written} - nodes.keys():
        found = directory.organisation_brief(tx, handler)
        if found is not None:
            nodes[handler] = found
    return _view(
        nodes,
        _staffed(
            tx, today, role_grant.c.role == role_code, role_grant.c.organisation_id.in_(nodes)
        ),
        written,
        profiles_on(tx, today, separation_profile.c.organisation_id.in_(nodes)),
    )


def _view(
    nodes: Mapping[str, Organisation],
    staffed: Collection[tuple[str, str]],
    designated: Iterable[Designation],
    profiles: Mapping[str, int],
) -> DirectoryView:
    written = {
        (one.role, one.organisation_id): (one.handled_by_id, one.in_words) for one in designated
    }
    return DirectoryView(
        organisations=nodes,
        is_staffed=lambda role_code, organisation_id: (role_code, organisation_id) in staffed,
        designated=lambda role_code, organisation_id: written.get((role_code, organisation_id)),
        profile_of=profiles.get,
    )


def _staffed(tx: Tx, today: date, *of: ColumnElement[bool]) -> set[tuple[str, str]]:
    """Which roles somebody holds where, on a day."""
    rows = tx.execute(
        select(role_grant.c.role, role_grant.c.organisation_id)
        .distinct()
        .join(person, person.c.id == role_grant.c.person_id)
        .where(valid(role_grant, today), person.c.active, *of)
    )
    return {(row.role, row.organisation_id) for row in rows}


def profiles_on(tx: Tx, today: date, *of: ColumnElement[bool]) -> dict[str, int]:
    """The separation profile (id) of each organisation that has one on a day."""
    rows = tx.execute(
        select(separation_profile.c.organisation_id, separation_profile.c.id)
        .where(valid(separation_profile, today), *of)
        .order_by(separation_profile.c.id)
    )
    return {row.organisation_id: row.id for row in rows}


def find_queue(tx: Tx, role_code: str, level: str, home_id: str) -> Queue | None:
    """The queue of a role, level and home organisation, if there is one yet."""
    row = tx.execute(
        select(queue).where(
            queue.c.role == role_code, queue.c.level == level, queue.c.home_id == home_id
        )
    ).first()
    return None if row is None else queue_of(row)


def handling_of(tx: Tx, queue_id: int) -> str | None:
    """The organisation to which a queue leads now."""
    return tx.execute(select(queue.c.handling_id).where(queue.c.id == queue_id)).scalar()


def leads_to(tx: Tx, queue_id: int) -> tuple[str, str]:
    """The role of a queue and the organisation it leads to now."""
    role_code, handling_id = tx.execute(
        select(queue.c.role, queue.c.handling_id).where(queue.c.id == queue_id)
    ).one()
    return role_code, handling_id


def queue_of(row: Row[Any]) -> Queue:
    """A queue from its row."""
    return Queue(
        row.id,
        row.role,
        row.level,
        row.home_id,
        row.handling_id,
        RoutingReason(row.reason),
        row.reason_text,
        row.profile_id,
    )


def _led_by(found: Route, view: DirectoryView) -> dict[str, object]:
    """What a queue's row says of where it leads."""
    return {
        "handling_id": found.handling_id,
        "reason": found.reason.value,
        "reason_text": found.text[:_LONGEST_REASON],
        "profile_id": view.profile_of(found.handling_id),
    }


def make_queue(tx: Tx, role_code: str, level: str, home_id: str, today: date) -> Queue:
    """Find where such steps go now and write it down."""
    (values,) = _rows(tx, role_code, level, [home_id], today)
    return queue_of(tx.execute(insert(queue).values(values).returning(queue)).one())


def make_queues(tx: Tx, role_code: str, level: str, home_ids: Collection[str], today: date) -> None:
    """The same for several homes, in as many statements as for one; those there are stay."""
    there = select(queue.c.home_id).where(
        queue.c.role == role_code, queue.c.level == level, queue.c.home_id.in_(sorted(home_ids))
    )
    missing = set(home_ids) - set(tx.execute(there).scalars())
    if missing:
        tx.execute(insert(queue), _rows(tx, role_code, level, sorted(missing), today))


def _rows(
    tx: Tx, role_code: str, level: str, home_ids: Sequence[str], today: date
) -> list[dict[str, object]]:
    rely_on_directory(tx)
    role_name = directory.roles(tx)[role_code].zh
    view = _view_upwards(tx, role_code, home_ids, today)
    return [
        {
            "role": role_code,
            "level": level,
            "home_id": home_id,
            **_led_by(route(role_code, role_name, level, home_id, view), view),
        }
        for home_id in home_ids
    ]


def reroute(tx: Tx, today: date) -> int:
    """Route every queue anew after a change in the directory.

    How many open steps are handled elsewhere now. Tasks are not touched: they name their queue
    (design.md D7).
    """
    view = directory_view(tx, today)
    role_names = {r.code: r.zh for r in directory.roles(tx).values()}
    moved: list[int] = []
    changed: list[dict[str, object]] = []
    for row in tx.execute(select(queue)).all():
        new: Route = route(row.role, role_names[row.role], row.level, row.home_id, view)
        leads = _led_by(new, view)
        if any(getattr(row, name) != value for name, value in leads.items()):
            if row.handling_id != new.handling_id:
                moved.append(row.id)
            changed.append({"queue_no": row.id, **leads})
    execute_for(tx, _LEAD, changed)
    return _open_steps_in(tx, moved)


def _open_steps_in(tx: Tx, queue_ids: Sequence[int]) -> int:
    found = 0
    for first in range(0, len(queue_ids), _AT_ONCE):
        these = queue_ids[first : first + _AT_ONCE]
        asked = (
            select(func.count())
            .select_from(task.join(case, case.c.id == task.c.case_id))
            .where(task.c.status == "open", task.c.queue_id.in_(these), FOR_ALL_TO_KNOW)
        )
        found += int(tx.execute(asked).scalar_one())
    return found
