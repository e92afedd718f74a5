"""Which case has begun which, in their table."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BindParameter, bindparam, func, insert, literal, or_, select, union_all
from sqlalchemy.sql import ColumnElement, Select

from engine.model.actors import Actor
from engine.model.links import Link, RelatedCase
from engine.store.cases import visible_to
from engine.store.database import Tx
from engine.store.instants import to_text
from engine.store.ready_for import ReadyFor
from engine.store.subscriptions import SIGNAL, Subscription
from engine.store.tables import case, case_link, case_subject, fan_out, subscription, task


def add(tx: Tx, new: Link) -> None:
    """Write it down. IntegrityError where the case has begun another under the same key."""
    tx.execute(
        insert(case_link).values(
            from_id=new.from_id,
            case_id=new.case_id,
            kind=new.kind,
            key_hash=new.key_hash,
            generation=new.generation,
            at=to_text(new.at),
        )
    )


def begun_under(tx: Tx, from_id: str, key_hash: str) -> tuple[str, str, str] | None:
    """Id, number and unit of the case that a case has begun under a key."""
    query = (
        select(case.c.id, case.c.number, case.c.organisation_id)
        .join(case_link, case_link.c.case_id == case.c.id)
        .where(case_link.c.from_id == from_id, case_link.c.key_hash == key_hash)
    )
    row = tx.execute(query).first()
    return None if row is None else (row.id, row.number, row.organisation_id)


def come_from(tx: Tx, case_id: str) -> Sequence[str]:
    """The cases that have come from one: begun by it, from its lists, or about steps of it."""
    begun = select(case_link.c.case_id).where(case_link.c.from_id == case_id)
    listed = (
        select(case.c.id)
        .join(fan_out, fan_out.c.id == case.c.fan_out_id)
        .where(fan_out.c.case_id == case_id)
    )
    about = (
        select(case_subject.c.case_id)
        .join(task, task.c.id == case_subject.c.task_id)
        .where(task.c.case_id == case_id)
    )
    found = tx.execute(union_all(begun, listed, about)).scalars()
    return sorted({one for one in found if one != case_id})


def comes_from(tx: Tx, case_id: str) -> Sequence[str]:
    """The cases it has come from, by the same."""
    began = select(case_link.c.from_id).where(case_link.c.case_id == case_id)
    listed = (
        select(fan_out.c.case_id)
        .join(case, case.c.fan_out_id == fan_out.c.id)
        .where(case.c.id == case_id, fan_out.c.case_id.is_not(None))
    )
    about = (
        select(task.c.case_id)
        .join(case_subject, case_subject.c.task_id == task.c.id)
        .where(case_subject.c.case_id == case_id)
    )
    found = tx.execute(union_all(began, listed, about)).scalars()
    return sorted({one for one in found if one != case_id})


def generation(tx: Tx, case_id: str) -> int:
    """How many cases have begun each other before this one; 0 for what no case has begun."""
    query = select(func.max(case_link.c.generation)).where(case_link.c.case_id == case_id)
    return int(tx.execute(query).scalar() or 0)


def waiting(tx: Tx, case_id: str, message: str, kind: str = "") -> Sequence[Subscription]:
    """The waits for a message of the cases that are linked with one, whichever began the other."""
    query = select(subscription).where(
        subscription.c.name == message, subscription.c.key_hash != SIGNAL
    )
    of_kind = [case_link.c.kind == kind] if kind else []
    begun = select(case_link.c.case_id).where(case_link.c.from_id == case_id, *of_kind)
    first = select(case_link.c.from_id).where(case_link.c.case_id == case_id, *of_kind)
    linked = or_(subscription.c.case_id.in_(begun), subscription.c.case_id.in_(first))
    return [
        Subscription(
            row.case_id, row.token, row.process_key, row.element_id, row.name, row.key_hash
        )
        for row in tx.execute(query.where(linked).order_by(subscription.c.id))
    ]


def related(tx: Tx, actor: Actor, case_id: str) -> Sequence[RelatedCase]:
    """The cases at the other ends of a case's links that the actor may see, oldest link first."""
    return [
        RelatedCase(row.id, row.number, row.title, row.status, row.kind, bool(row.was_first))
        for row in _RELATED.records(tx, actor, {"case": case_id})
    ]


def _related(actor: Actor) -> Select[Any]:
    there = case_link.c
    case_id: BindParameter[str] = bindparam("case")
    began = _seen(actor, there.case_id == case_id, there.from_id, was_first=True)
    begun = _seen(actor, there.from_id == case_id, there.case_id, was_first=False)
    both = union_all(began, begun).subquery()
    return select(both).order_by(both.c.was_first.desc(), both.c.at, both.c.id)


_RELATED = ReadyFor(_related)


def _seen(
    actor: Actor, of_case: ColumnElement[bool], other: ColumnElement[str], *, was_first: bool
) -> "Select[tuple[str, str, str, str, str, str, int]]":
    return (
        select(
            case.c.id,
            case.c.number,
            case.c.title,
            case.c.status,
            case_link.c.kind,
            case_link.c.at,
            literal(int(was_first)).label("was_first"),
        )
        .join(case_link, other == case.c.id)
        .where(of_case, visible_to(actor))
    )
