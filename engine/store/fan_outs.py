"""Lists of cases that are begun in bulk, how far they are, and their cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import bindparam, delete, exists, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql import ColumnElement

from engine.model.cases import CaseStatus
from engine.model.definitions import RESOLVED
from engine.model.fan_out import Children, FanOut, RefusedLine
from engine.store.cases import insert_or
from engine.store.database import Tx, savepoint
from engine.store.instants import from_text, from_text_or_none, to_text, to_text_or_none
from engine.store.subscriptions import SIGNAL, Subscription
from engine.store.tables import (
    case,
    fan_out,
    fan_out_refusal,
    milestone,
    process_version,
    subscription,
)
from engine.store.vault import Vault

_LONGEST_REASON = 300


@dataclass(frozen=True)
class Joined:
    """A case that stands in a list under a key; given up: it ended and nothing came of it."""

    case_id: str
    number: str
    organisation_id: str
    is_given_up: bool


def add(tx: Tx, vault: Vault, new: FanOut) -> None:
    """Write one; UniqueViolation where its key is known."""
    tx.execute(
        insert(fan_out).values(
            id=new.id,
            key=new.key,
            definition_id=new.definition_id,
            by_id=new.by_id,
            case_id=new.case_id,
            source=new.source,
            wanted=vault.seal(orjson.dumps(new.wanted), _place(new.id)),
            total=new.total,
            done=new.done,
            begun=new.begun,
            after=new.after,
            asked_at=to_text(new.asked_at),
            joins_until=None if new.joins_until is None else new.joins_until.isoformat(),
        )
    )


def by_key(tx: Tx, vault: Vault, key: str) -> FanOut | None:
    """The list of this key."""
    return _first(tx, vault, fan_out.c.key == key)


def brief(tx: Tx, key: str) -> tuple[str, int] | None:
    """The id of the list of this key, and how many lines have no case."""
    row = tx.execute(select(fan_out.c.id, _REFUSED).where(fan_out.c.key == key)).first()
    return None if row is None else (row[0], row[1])


def from_source(tx: Tx, vault: Vault, source: str) -> list[FanOut]:
    """All lists whose lines come from a source, the newest first."""
    newest = (fan_out.c.asked_at.desc(), fan_out.c.id.desc())
    query = _SELECT.where(fan_out.c.source == source).order_by(*newest)
    return [_fan_out(vault, row) for row in tx.execute(query)]


def of_numbered_case(tx: Tx, vault: Vault, source: str, number: str) -> list[FanOut]:
    """Those of them that the case of this number asked for, the newest first."""
    newest = (fan_out.c.asked_at.desc(), fan_out.c.id.desc())
    asking = select(case.c.id).where(case.c.number == number)
    chosen = _SELECT.where(fan_out.c.source == source, fan_out.c.case_id.in_(asking))
    return [_fan_out(vault, row) for row in tx.execute(chosen.order_by(*newest))]


def load(tx: Tx, vault: Vault, fan_out_id: str) -> FanOut | None:
    """One of them."""
    return _first(tx, vault, fan_out.c.id == fan_out_id)


def of_case(tx: Tx, vault: Vault, case_id: str) -> list[FanOut]:
    """The lists whose end a case waits for, or waited for."""
    query = _SELECT.where(fan_out.c.case_id == case_id).order_by(fan_out.c.asked_at)
    return [_fan_out(vault, row) for row in tx.execute(query)]


_REFUSED = (
    select(func.count())
    .where(fan_out_refusal.c.fan_out_id == fan_out.c.id)
    .correlate(fan_out)
    .scalar_subquery()
)
_SELECT = select(fan_out, _REFUSED.label("refused"))


def _first(tx: Tx, vault: Vault, which: ColumnElement[bool]) -> FanOut | None:
    row = tx.execute(_SELECT.where(which)).first()
    return None if row is None else _fan_out(vault, row)


def _fan_out(vault: Vault, row: Any) -> FanOut:
    return FanOut(
        id=row.id,
        key=row.key,
        definition_id=row.definition_id,
        by_id=row.by_id,
        case_id=row.case_id,
        source=row.source,
        wanted=orjson.loads(vault.open(row.wanted, _place(row.id))),
        total=row.total,
        done=row.done,
        begun=row.begun,
        refused=row.refused,
        after=row.after,
        asked_at=from_text(row.asked_at),
        ended_at=from_text_or_none(row.ended_at),
        stopped_at=from_text_or_none(row.stopped_at),
        joins_until=None if row.joins_until is None else date.fromisoformat(row.joins_until),
    )


def _place(fan_out_id: str) -> str:
    return f"fan-out/{fan_out_id}"


def _line(fan_out_id: str, business_key: str) -> str:
    return f"{_place(fan_out_id)}/{business_key}"


# Going through the list --------------------------------------------------------------------


def begin_round(tx: Tx, fan_out_id: str, total: int) -> None:
    """Go through the list from its beginning, once more or for the first time."""
    _set(tx, fan_out_id, total=total, done=0, after="", ended_at=None)


def step_on(tx: Tx, seen: FanOut, after: str, looked_at: int, begun: int) -> bool:
    """Note a batch; False when somebody else has gone on with the list, or it was stopped."""
    done = tx.execute(
        update(fan_out)
        .where(
            fan_out.c.id == seen.id,
            fan_out.c.after == seen.after,
            fan_out.c.done == seen.done,
            fan_out.c.stopped_at.is_(None),
        )
        .values(after=after, done=seen.done + looked_at, begun=fan_out.c.begun + begun)
    )
    return done.rowcount == 1


def add_begun(tx: Tx, fan_out_id: str, more: int) -> None:
    """Count cases that were begun by themselves."""
    if more:
        _set(tx, fan_out_id, begun=fan_out.c.begun + more)


def end_round(tx: Tx, seen: FanOut, at: datetime) -> None:
    """The list has been gone through; it had as many lines as were looked at."""
    tx.execute(
        update(fan_out)
        .where(fan_out.c.id == seen.id, fan_out.c.done == seen.done)
        .values(total=seen.done, ended_at=to_text(at))
    )


def stop(tx: Tx, fan_out_id: str, at: datetime | None) -> None:
    """Begin no more cases of it; None: go on."""
    _set(tx, fan_out_id, stopped_at=to_text_or_none(at))


def _set(tx: Tx, fan_out_id: str, **values: object) -> None:
    tx.execute(update(fan_out).where(fan_out.c.id == fan_out_id).values(**values))


# Its lines ---------------------------------------------------------------------------------

_BEGUN = select(case.c.business_key).where(
    case.c.fan_out_id == bindparam("list"),
    case.c.business_key.in_(bindparam("keys", expanding=True)),
)


def begun_among(tx: Tx, fan_out_id: str, keys: Sequence[str]) -> set[str]:
    """Those of these keys that have a case."""
    if not keys:
        return set()
    found = tx.execute(_BEGUN, {"list": fan_out_id, "keys": list(keys)}).scalars()
    return {str(key) for key in found}


def claim_case(tx: Tx, fan_out_id: str, case_id: str) -> None:
    """Put a case that was begun by itself under the list."""
    tx.execute(update(case).where(case.c.id == case_id).values(fan_out_id=fan_out_id))


def refuse(tx: Tx, vault: Vault, fan_out_id: str, lines: Sequence[RefusedLine]) -> None:
    """Write down why lines have no case; what was said of them before goes."""
    if not lines:
        return
    writing = insert_or(tx, fan_out_refusal)
    tx.execute(
        writing.on_conflict_do_update(
            index_elements=["fan_out_id", "business_key"],
            set_={name: writing.excluded[name] for name in ("organisation_id", "reason", "at")},
        ),
        [
            {
                "fan_out_id": fan_out_id,
                "business_key": one.business_key,
                "organisation_id": one.organisation_id,
                "reason": vault.seal(
                    one.reason[:_LONGEST_REASON].encode(), _line(fan_out_id, one.business_key)
                ),
                "at": to_text(one.at),
            }
            for one in lines
        ],
    )


def forget_refusals(tx: Tx, fan_out_id: str, keys: Sequence[str]) -> None:
    """These lines have their cases now."""
    if keys:
        tx.execute(
            delete(fan_out_refusal).where(
                fan_out_refusal.c.fan_out_id == fan_out_id,
                fan_out_refusal.c.business_key.in_(keys),
            )
        )


def refusals(tx: Tx, vault: Vault, fan_out_id: str, after: str, limit: int) -> list[RefusedLine]:
    """Lines without a case, by key."""
    return [
        RefusedLine(
            row.business_key,
            row.organisation_id,
            vault.open(row.reason, _line(fan_out_id, row.business_key)).decode(),
            from_text(row.at),
        )
        for row in tx.execute(
            select(fan_out_refusal)
            .where(
                fan_out_refusal.c.fan_out_id == fan_out_id,
                fan_out_refusal.c.business_key > after,
            )
            .order_by(fan_out_refusal.c.business_key)
            .limit(limit)
        )
    ]


# Joining it --------------------------------------------------------------------------------


def to_join(tx: Tx, vault: Vault, process_key: str) -> FanOut | None:
    """The newest list that cases of a process may join, or might have while it ran."""
    versions = select(process_version.c.id).where(process_version.c.key == process_key)
    query = _SELECT.where(
        fan_out.c.definition_id.in_(versions),
        fan_out.c.joins_until.is_not(None),
        fan_out.c.stopped_at.is_(None),
    )
    row = tx.execute(query.order_by(fan_out.c.asked_at.desc(), fan_out.c.id.desc())).first()
    return None if row is None else _fan_out(vault, row)


def join(tx: Tx, fan_out_id: str, case_id: str, business_key: str) -> bool:
    """Put a case under a list and key; False where another case is there."""
    try:
        with savepoint(tx):
            tx.execute(
                update(case)
                .where(case.c.id == case_id)
                .values(fan_out_id=fan_out_id, business_key=business_key)
            )
    except IntegrityError:
        return False
    return True


def under(tx: Tx, fan_out_id: str, business_key: str) -> Joined | None:
    """The case of a list that stands under a key."""
    resolved = (
        exists()
        .where(milestone.c.case_id == case.c.id, milestone.c.name == RESOLVED)
        .correlate(case)
    )
    query = select(
        case.c.id,
        case.c.number,
        case.c.organisation_id,
        case.c.ended_at,
        resolved.label("resolved"),
    ).where(case.c.fan_out_id == fan_out_id, case.c.business_key == business_key)
    row = tx.execute(query).first()
    if row is None:
        return None
    is_given_up = row.ended_at is not None and not row.resolved
    return Joined(row.id, row.number, row.organisation_id, is_given_up=is_given_up)


# Its cases ---------------------------------------------------------------------------------


def any_open(tx: Tx, fan_out_id: str) -> bool:
    """Whether a case of the list still runs: a look into an index of those that do."""
    query = select(case.c.id).where(case.c.fan_out_id == fan_out_id, case.c.ended_at.is_(None))
    return tx.execute(query.limit(1)).first() is not None


def waiting(
    tx: Tx, fan_out_id: str, message: str, after: str, limit: int
) -> list[tuple[str, Subscription]]:
    """Cases of the list that wait for a message, with their business keys and in their order."""
    query = (
        select(case.c.business_key, subscription)
        .join(subscription, subscription.c.case_id == case.c.id)
        .where(
            case.c.fan_out_id == fan_out_id,
            case.c.ended_at.is_(None),
            case.c.business_key > after,
            subscription.c.name == message,
            subscription.c.key_hash != SIGNAL,
        )
        .order_by(case.c.business_key)
        .limit(limit)
    )
    return [
        (
            row.business_key,
            Subscription(
                row.case_id, row.token, row.process_key, row.element_id, row.name, row.key_hash
            ),
        )
        for row in tx.execute(query)
    ]


def children(tx: Tx, fan_out_id: str) -> Children:
    """How many of its cases run and have ended."""
    rows = tx.execute(
        select(case.c.status, func.count().label("n"))
        .where(case.c.fan_out_id == fan_out_id)
        .group_by(case.c.status)
    )
    n = {row.status: row.n for row in rows}
    completed = n.pop(CaseStatus.COMPLETED.value, 0)
    cancelled = n.pop(CaseStatus.CANCELLED.value, 0)
    return Children(open=sum(n.values()), completed=completed, cancelled=cancelled)


def open_cases(tx: Tx, fan_out_id: str, after: str, limit: int) -> list[str]:
    """Cases of the list that run, by id."""
    return list(
        tx.execute(
            select(case.c.id)
            .where(case.c.fan_out_id == fan_out_id, case.c.ended_at.is_(None), case.c.id > after)
            .order_by(case.c.id)
            .limit(limit)
        ).scalars()
    )
