"""Migrations of running cases in the tables, and what they change in the rows of a case."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import and_, func, insert, or_, select, union, update
from sqlalchemy.sql import ColumnElement

from engine.model.actors import Actor
from engine.model.cases import Case
from engine.model.version_moves import Migration, Move, MoveStatus, Route
from engine.sentences import Words
from engine.store.cases import FOR_ALL_TO_KNOW, case_of, insert_or, may_know_of, visible_to
from engine.store.database import Tx
from engine.store.instants import from_text, from_text_or_none, to_text
from engine.store.subscriptions import Subscription
from engine.store.tables import (
    case,
    case_move,
    job,
    migration,
    organisation,
    process_version,
    subscription,
    task,
)

_RUNNING = ("active", "incident")


# The cases -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class RunningCase:
    """A running case as a plan names it: without a title, which may be somebody's name."""

    id: str
    number: str
    definition_id: str
    organisation_id: str
    organisation_name: str


def running(
    tx: Tx, actor: Actor, route: Route, after: str = "", limit: int | None = None
) -> list[RunningCase]:
    """The running cases of a route that are not there yet and that she may know of, by id."""
    query = (
        select(
            case.c.id,
            case.c.number,
            case.c.definition_id,
            case.c.organisation_id,
            organisation.c.name,
        )
        .join(organisation, organisation.c.id == case.c.organisation_id)
        .where(_on_route(route), may_know_of(actor), case.c.id > after)
        .order_by(case.c.id)
    )
    rows = tx.execute(query if limit is None else query.limit(limit))
    return [RunningCase(*row) for row in rows]


def cases_of(tx: Tx, lines: Sequence[RunningCase]) -> Iterator[Case]:
    """The cases themselves, in the same order."""
    for start in range(0, len(lines), _AT_ONCE):
        ids = [line.id for line in lines[start : start + _AT_ONCE]]
        found = tx.execute(select(case).where(case.c.id.in_(ids)).order_by(case.c.id))
        yield from (case_of(row) for row in found.mappings())


def count_running(tx: Tx, actor: Actor, route: Route) -> int:
    """How many they are."""
    asked = select(func.count()).select_from(case).where(_on_route(route), may_know_of(actor))
    return tx.execute(asked).scalar_one()


def _on_route(route: Route) -> ColumnElement[bool]:
    """By the ids of the versions, which are few: the index on them finds the cases."""
    if route.from_id is not None:
        on_version = case.c.definition_id == route.from_id
    else:
        others = select(process_version.c.id).where(
            process_version.c.key == route.key, process_version.c.version != route.to_version
        )
        on_version = case.c.definition_id.in_(others)
    return and_(on_version, case.c.status.in_(_RUNNING))


def visible_among(tx: Tx, actor: Actor, case_ids: Sequence[str]) -> set[str]:
    """Those of these cases that the actor may see."""
    found: set[str] = set()
    for start in range(0, len(case_ids), _AT_ONCE):
        some = case_ids[start : start + _AT_ONCE]
        query = select(case.c.id).where(case.c.id.in_(some), visible_to(actor))
        found.update(tx.execute(query).scalars())
    return found


_AT_ONCE = 500

Waiting = dict[str, set[tuple[str, str]]]
"""By case id: process key and element id of everything it waits for, events beside steps too."""


def waiting(tx: Tx, definition_id: str, actor: Actor, *, everywhere: bool) -> Waiting:
    """Where the running cases of a version wait, of those she may see.

    ``everywhere``: of all she may know of.
    """
    there = and_(
        case.c.definition_id == definition_id,
        case.c.status.in_(_RUNNING),
        may_know_of(actor) if everywhere else visible_to(actor),
    )
    found: Waiting = {}
    for table, still in (
        (task, task.c.status == "open"),
        (job, job.c.status != "done"),
        (subscription, None),
    ):
        query = (
            select(table.c.case_id, table.c.process_key, table.c.element_id)
            .join(case, case.c.id == table.c.case_id)
            .where(there if still is None else and_(there, still))
        )
        for row in tx.execute(query):
            found.setdefault(row.case_id, set()).add((row.process_key, row.element_id))
    return found


@dataclass(frozen=True)
class WaitingPlace:
    """A running case of a version waits at an element of a process that it runs."""

    definition_id: str
    process_key: str
    element_id: str
    case_id: str


def waiting_places(tx: Tx, process_key: str) -> list[WaitingPlace]:
    """Where running cases wait within a process, and within what is called from it.

    What is told of them stands with the version, for whoever draws: only those for all to know.
    """
    places = union(
        select(task.c.case_id, task.c.process_key, task.c.element_id).where(
            task.c.status == "open"
        ),
        select(job.c.case_id, job.c.process_key, job.c.element_id).where(job.c.status != "done"),
        select(subscription.c.case_id, subscription.c.process_key, subscription.c.element_id),
    ).subquery()
    of_process = or_(places.c.process_key == process_key, process_version.c.key == process_key)
    rows = tx.execute(
        select(case.c.definition_id, places.c.process_key, places.c.element_id, places.c.case_id)
        .select_from(
            places.join(case, case.c.id == places.c.case_id).join(
                process_version, process_version.c.id == case.c.definition_id
            )
        )
        .where(case.c.status.in_(_RUNNING), of_process, FOR_ALL_TO_KNOW)
    )
    return [WaitingPlace(*row) for row in rows]


# The rows of one case ------------------------------------------------------------------------


@dataclass(frozen=True)
class StepRow:
    """Of an open step, what its version says of it."""

    id: str
    token: str
    process_key: str
    element_id: str
    name: str
    item: str | None
    queue_id: int
    lane_kind: str
    barred: str
    by_profile: str
    priority: int

    def as_json(self) -> dict[str, object]:
        """For a snapshot."""
        return {name: getattr(self, name) for name in _STEP}


_STEP = (
    "id",
    "token",
    "process_key",
    "element_id",
    "name",
    "item",
    "queue_id",
    "lane_kind",
    "barred",
    "by_profile",
    "priority",
)


def open_steps(tx: Tx, case_id: str) -> list[StepRow]:
    """The open steps of a case, oldest first."""
    rows = tx.execute(
        select(*(task.c[name] for name in _STEP))
        .where(task.c.case_id == case_id, task.c.status == "open")
        .order_by(task.c.number)
    )
    return [StepRow(*row) for row in rows]


def stored_step(row: Mapping[str, Any]) -> StepRow:
    """A step from a snapshot."""
    kept: dict[str, Any] = {name: row[name] for name in _STEP if name != "item"}
    return StepRow(**kept, item=row.get("item"))


def set_step(tx: Tx, row: StepRow) -> None:
    """Write what another version says of an open step.

    Who holds it, what she has typed and when it is due stay. Its revision rises: what an open page
    shows of it may not be what it asks now.
    """
    changed = {name: getattr(row, name) for name in _STEP if name not in {"id", "token"}}
    tx.execute(
        update(task)
        .where(task.c.id == row.id, task.c.status == "open")
        .values(rev=task.c.rev + 1, **changed)
    )


def set_job_place(tx: Tx, case_id: str, token: str, process_key: str, element_id: str) -> None:
    """A timer, an operation or a retry waits at another element now; nothing else changes."""
    tx.execute(
        update(job)
        .where(job.c.case_id == case_id, job.c.token == token, job.c.status != "done")
        .values(process_key=process_key, element_id=element_id)
    )


def set_message(tx: Tx, row: Subscription) -> None:
    """A message is waited for at another element, or under another name."""
    tx.execute(
        update(subscription)
        .where(subscription.c.case_id == row.case_id, subscription.c.token == row.token)
        .values(
            process_key=row.process_key,
            element_id=row.element_id,
            name=row.name,
            key_hash=row.key_hash,
        )
    )


def wake_timer(tx: Tx, case_id: str, token: str, due_at: datetime) -> None:
    """A timer that was given up waits again, as it did."""
    tx.execute(
        update(job)
        .where(
            job.c.case_id == case_id,
            job.c.token == token,
            job.c.kind == "timer",
            job.c.status == "done",
        )
        .values(status="waiting", due_at=to_text(due_at), done_at=None, attempts=0)
    )


# Migrations ----------------------------------------------------------------------------------


def add(tx: Tx, new: Migration) -> None:
    """Write one that was asked for."""
    tx.execute(
        insert(migration).values(
            id=new.id,
            process_key=new.route.key,
            from_version=new.route.from_version,
            to_version=new.route.to_version,
            ids=orjson.dumps(dict(new.route.ids)).decode(),
            by_id=new.by_id,
            asked_at=to_text(new.asked_at),
            total=new.total,
        )
    )


def load(tx: Tx, migration_id: str) -> Migration | None:
    """One of them."""
    return next(iter(_migrations(tx, migration.c.id == migration_id, 1)), None)


def of_process(tx: Tx, key: str, limit: int) -> list[Migration]:
    """Those of a process, newest first."""
    return _migrations(tx, migration.c.process_key == key, limit)


def _migrations(tx: Tx, narrowed: ColumnElement[bool], limit: int) -> list[Migration]:
    rows = tx.execute(
        select(migration).where(narrowed).order_by(migration.c.asked_at.desc()).limit(limit)
    ).all()
    counted: dict[tuple[str, str], int] = {
        (row.migration_id, row.status): row.n
        for row in tx.execute(
            select(case_move.c.migration_id, case_move.c.status, func.count().label("n"))
            .where(case_move.c.migration_id.in_([row.id for row in rows]))
            .group_by(case_move.c.migration_id, case_move.c.status)
        )
    }
    return [
        Migration(
            row.id,
            Route(row.process_key, row.to_version, row.from_version, orjson.loads(row.ids)),
            row.by_id,
            from_text(row.asked_at),
            from_text_or_none(row.ended_at),
            row.total,
            *(counted.get((row.id, status.value), 0) for status in MoveStatus),
        )
        for row in rows
    ]


def end(tx: Tx, migration_id: str, at: datetime | None) -> None:
    """It is over, or (None) goes on again."""
    ended = None if at is None else to_text(at)
    tx.execute(update(migration).where(migration.c.id == migration_id).values(ended_at=ended))


@dataclass(frozen=True)
class StoredMove:
    """A case in a migration as it is stored; ``snapshot`` is sealed."""

    migration_id: str
    case_id: str
    from_id: str
    to_id: str
    status: MoveStatus
    reasons: tuple[Words, ...] = ()
    number: int = 0
    state_hash: str = ""
    snapshot: bytes | None = None
    steps: tuple[StepRow, ...] = ()


def put_move(tx: Tx, move: StoredMove, at: datetime) -> None:
    """Write what became of a case; what was said of it before in this migration is replaced."""
    values = {
        "from_id": move.from_id,
        "to_id": move.to_id,
        "status": move.status.value,
        "reasons": orjson.dumps([list(one) for one in move.reasons]).decode(),
        "number": move.number,
        "state_hash": move.state_hash,
        "snapshot": move.snapshot,
        "steps": orjson.dumps([row.as_json() for row in move.steps]).decode(),
        "at": to_text(at),
    }
    writing = insert_or(tx, case_move).values(
        migration_id=move.migration_id, case_id=move.case_id, **values
    )
    tx.execute(
        writing.on_conflict_do_update(index_elements=["migration_id", "case_id"], set_=values)
    )


def move(tx: Tx, migration_id: str, case_id: str) -> StoredMove | None:
    """What became of a case in a migration."""
    row = tx.execute(
        select(case_move).where(
            case_move.c.migration_id == migration_id, case_move.c.case_id == case_id
        )
    ).first()
    if row is None:
        return None
    return StoredMove(
        row.migration_id,
        row.case_id,
        row.from_id,
        row.to_id,
        MoveStatus(row.status),
        _reasons(row.reasons),
        row.number,
        row.state_hash,
        row.snapshot,
        tuple(stored_step(one) for one in orjson.loads(row.steps)),
    )


def left(tx: Tx, migration_id: str) -> set[str]:
    """The cases that a migration has looked at and left where they were."""
    query = select(case_move.c.case_id).where(
        case_move.c.migration_id == migration_id, case_move.c.status == MoveStatus.LEFT.value
    )
    return set(tx.execute(query).scalars())


@dataclass(frozen=True)
class MoveQuestion:
    """Which of the cases of a migration; one more than ``limit`` is answered."""

    migration_id: str
    status: MoveStatus | None = None
    after: str = ""
    limit: int = 100


def moves(tx: Tx, actor: Actor, asked: MoveQuestion) -> list[Move]:
    """What became of the cases of a migration that she may know of, by id.

    ``may_go_back``: the newest move of the case, which still runs on the version it came to.
    """
    narrowed = [
        case_move.c.migration_id == asked.migration_id,
        case_move.c.case_id > asked.after,
        may_know_of(actor),
    ]
    if asked.status is not None:
        narrowed.append(case_move.c.status == asked.status.value)
    rows = tx.execute(
        select(
            case_move.c.case_id,
            case_move.c.from_id,
            case_move.c.to_id,
            case_move.c.status,
            case_move.c.reasons,
            case.c.number,
            case.c.status.label("case_status"),
            case.c.definition_id,
            organisation.c.name,
        )
        .join(case, case.c.id == case_move.c.case_id)
        .join(organisation, organisation.c.id == case.c.organisation_id)
        .where(*narrowed)
        .order_by(case_move.c.case_id)
        .limit(asked.limit + 1)
    )
    return [
        Move(
            row.case_id,
            row.number,
            row.name,
            row.from_id,
            MoveStatus(row.status),
            _reasons(row.reasons),
            may_go_back=row.status == MoveStatus.MOVED.value
            and row.case_status in _RUNNING
            and row.definition_id == row.to_id,
        )
        for row in rows
    ]


def moved_cases(tx: Tx, migration_id: str) -> list[str]:
    """The cases that a migration moved and that were not put back, by id."""
    query = (
        select(case_move.c.case_id)
        .where(
            case_move.c.migration_id == migration_id,
            case_move.c.status == MoveStatus.MOVED.value,
        )
        .order_by(case_move.c.case_id)
    )
    return list(tx.execute(query).scalars())


def _reasons(stored: str) -> tuple[Words, ...]:
    return tuple(Words(zh, en) for zh, en in orjson.loads(stored))
