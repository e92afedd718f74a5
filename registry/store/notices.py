"""Public notices in the tables."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, insert, or_, select, tuple_, update
from sqlalchemy import case as choose

from engine.model.actors import Actor
from engine.model.cases import NOT_OVER
from engine.store.database import Tx
from engine.store.instants import from_text, to_text
from engine.store.tables import case, subscription
from engine.store.turns import take_turns
from registry.notice import OBJECTION, DayCount, NoticeStatus, PublicNotice
from registry.store.sight import may_see, of_a_visible_case
from registry.store.tables import notice

_DATES = ("posted_on", "ends_on", "suspended_on", "closed_on", "counted_from")

_standing: ColumnElement[str] = choose(
    (func.coalesce(case.c.status, "").in_(NOT_OVER), notice.c.status), else_="closed"
)
"""A notice ends with its case, however the case ended: nobody would take an objection."""


def visible_notices(actor: Actor) -> ColumnElement[bool]:
    """Which notices a person may see: those of her area and those of her cases."""
    return may_see(actor, notice.c.organisation_id, of_a_visible_case(actor, notice.c.case_id))


def add(tx: Tx, new: PublicNotice) -> None:
    """Write a new notice."""
    tx.execute(insert(notice).values(_values(new)))


def save(tx: Tx, changed: PublicNotice) -> None:
    """Write a notice back."""
    values = _values(changed)
    tx.execute(update(notice).where(notice.c.id == changed.id).values(values))


def of_case(tx: Tx, case_id: str, notice_id: str) -> PublicNotice | None:
    """A notice of this case, held until the transaction ends."""
    row = tx.execute(
        select(notice)
        .where(notice.c.id == notice_id, notice.c.case_id == case_id)
        .with_for_update()
    ).first()
    return None if row is None else as_stored(row)


def not_closed_of_case(tx: Tx, case_id: str) -> list[PublicNotice]:
    """Every notice of the case that is open or suspended."""
    rows = tx.execute(
        select(notice)
        .where(notice.c.case_id == case_id, notice.c.status != NoticeStatus.CLOSED.value)
        .order_by(notice.c.posted_at)
        .with_for_update()
    )
    return [as_stored(row) for row in rows]


def count_of_case(tx: Tx, case_id: str) -> int:
    """How many notices a case has had."""
    counted = select(func.count()).select_from(notice).where(notice.c.case_id == case_id)
    return int(tx.execute(counted).scalar_one())


def hold(tx: Tx, notice_id: str) -> None:
    """Hold a notice until the transaction ends: who objects at the same moment comes after."""
    tx.execute(select(notice.c.id).where(notice.c.id == notice_id).with_for_update())


def as_it_stands(tx: Tx, notice_id: str) -> PublicNotice | None:
    """A notice, as its case stands, whoever asks."""
    found = _notices(tx, _query().where(notice.c.id == notice_id), 1)
    return found[0] if found else None


def started_by(tx: Tx, case_id: str) -> str:
    """Who started the case that is on notice."""
    return tx.execute(select(case.c.started_by).where(case.c.id == case_id)).scalar() or ""


def newest_of_case(tx: Tx, case_id: str) -> PublicNotice | None:
    """The last notice of a case, as its case stands."""
    found = _notices(tx, _query().where(notice.c.case_id == case_id), 1)
    return found[0] if found else None


def standing_of_cases(tx: Tx, actor: Actor, case_ids: Sequence[str]) -> list[PublicNotice]:
    """The notices of these cases that stand at this moment and that the actor may see."""
    if not case_ids:
        return []
    of_these = notice.c.case_id.in_(case_ids)
    query = _query().where(of_these, _standing != "closed", visible_notices(actor))
    return _notices(tx, query, len(case_ids))


def hold_names(tx: Tx, organisation_id: str) -> None:
    """Let nobody else put a name on notice in a unit: the two might not be told apart."""
    take_turns(tx, f"names on notice {organisation_id}")


def names_on_notice(tx: Tx, organisation_id: str) -> set[str]:
    """The masked names that stand on notice in a unit at this moment."""
    return set(
        tx.execute(
            select(notice.c.name)
            .select_from(notice.outerjoin(case, case.c.id == notice.c.case_id))
            .where(notice.c.organisation_id == organisation_id, _standing != "closed")
        ).scalars()
    )


def on_the_web(
    tx: Tx, today: date, after: tuple[str, str] | None, limit: int
) -> list[PublicNotice]:
    """What everybody may read, newest first."""
    query = _query().where(_is_public(today))
    if after is not None:
        query = query.where(tuple_(notice.c.posted_at, notice.c.id) < after)
    return _notices(tx, query, limit)


def public_notice(tx: Tx, notice_id: str, today: date) -> PublicNotice | None:
    """One of them."""
    found = _notices(tx, _query().where(notice.c.id == notice_id, _is_public(today)), 1)
    return found[0] if found else None


def seen_by(
    tx: Tx, actor: Actor, status: str, after: tuple[str, str] | None, limit: int
) -> list[PublicNotice]:
    """Notices the actor may see, newest first; of one status unless it is empty."""
    query = _query().where(visible_notices(actor))
    if status:
        query = query.where(_standing == status)
    if after is not None:
        query = query.where(tuple_(notice.c.posted_at, notice.c.id) < after)
    return _notices(tx, query, limit)


def visible_notice(tx: Tx, actor: Actor, notice_id: str) -> PublicNotice | None:
    """One of them."""
    found = _notices(tx, _query().where(notice.c.id == notice_id, visible_notices(actor)), 1)
    return found[0] if found else None


def awaited(tx: Tx, key_hashes: Sequence[str]) -> set[str]:
    """Which of these keyed hashes a case waits for an objection with."""
    if not key_hashes:
        return set()
    return set(
        tx.execute(
            select(subscription.c.key_hash).where(
                subscription.c.name == OBJECTION, subscription.c.key_hash.in_(key_hashes)
            )
        ).scalars()
    )


def as_stored(row: Any) -> PublicNotice:
    """A notice from its row, whatever became of its case."""
    return _notice(row, row.status)


def sort_key(one: PublicNotice) -> str:
    """Orders notices by the instant they were posted."""
    return to_text(one.posted_at)


def _is_public(today: date) -> ColumnElement[bool]:
    return and_(
        notice.c.on_web,
        or_(
            _standing == NoticeStatus.SUSPENDED.value,
            and_(_standing == NoticeStatus.OPEN.value, notice.c.ends_on >= today.isoformat()),
        ),
    )


def _query() -> Select[Any]:
    return select(notice, _standing.label("standing")).select_from(
        notice.outerjoin(case, case.c.id == notice.c.case_id)
    )


def _notices(tx: Tx, query: Select[Any], limit: int) -> list[PublicNotice]:
    ordered = query.order_by(notice.c.posted_at.desc(), notice.c.id.desc()).limit(limit)
    return [_notice(row, row.standing) for row in tx.execute(ordered)]


def _values(one: PublicNotice) -> dict[str, object]:
    values = asdict(one)
    counted = values.pop("counted")
    values["day_kind"], values["first_day"] = counted["kind"], counted["first"]
    values["posted_at"] = to_text(one.posted_at)
    values["status"] = one.status.value
    for name in _DATES:
        day = values[name]
        values[name] = day.isoformat() if isinstance(day, date) else None
    return values


def _notice(row: Any, status: str) -> PublicNotice:
    stored = PublicNotice.__dataclass_fields__.keys() - {"counted"}
    values = {name: getattr(row, name) for name in stored}
    values["counted"] = DayCount(row.day_kind, row.first_day)
    for name in _DATES:
        values[name] = None if values[name] is None else date.fromisoformat(values[name])
    values["posted_at"] = from_text(row.posted_at)
    values["status"] = NoticeStatus(status)
    return PublicNotice(**values)
