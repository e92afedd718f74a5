"""Separation profiles in the tables (最小岗位方案), and the steps done under them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, insert, or_, select, update

from engine.model.actors import Actor
from engine.model.organisations import SeparationProfile
from engine.model.tasks import TaskLine
from engine.store.areas import lies_below
from engine.store.cases import visible_to
from engine.store.database import Tx
from engine.store.dated import has_held, valid
from engine.store.instants import to_text
from engine.store.tables import case, queue, separation_profile, task
from engine.store.task_lists import line_of, line_query


def add(tx: Tx, new: SeparationProfile, at: datetime) -> int:
    """Write down that a unit has one; its number."""
    values = {
        "organisation_id": new.organisation_id,
        "document": new.document,
        "reason": new.reason,
        "valid_from": new.valid_from.isoformat(),
        "valid_to": None if new.valid_to is None else new.valid_to.isoformat(),
        "set_by": new.set_by,
        "set_at": to_text(at),
    }
    made = tx.execute(insert(separation_profile).values(values).returning(separation_profile.c.id))
    return int(made.scalar_one())


def end(tx: Tx, profile_id: int, day: date) -> bool:
    """Let a profile end on a day, which may have had a later end; False when there is none."""
    text = day.isoformat()
    done = tx.execute(
        update(separation_profile)
        .where(
            separation_profile.c.id == profile_id,
            or_(separation_profile.c.valid_to.is_(None), separation_profile.c.valid_to > text),
        )
        .values(valid_to=text)
    )
    return done.rowcount == 1


def by_id(tx: Tx, profile_id: int) -> SeparationProfile | None:
    """One profile, whether it holds or not."""
    row = tx.execute(
        select(separation_profile).where(separation_profile.c.id == profile_id)
    ).first()
    return None if row is None else _profile(row)


def every(tx: Tx, organisation_id: str | None = None) -> list[SeparationProfile]:
    """Every profile that ever held or will, of one unit or of all, the newest first."""
    asked = select(separation_profile)
    if organisation_id is not None:
        asked = asked.where(separation_profile.c.organisation_id == organisation_id)
    begins = separation_profile.c.valid_from
    ordered = asked.where(has_held(separation_profile)).order_by(
        begins.desc(), separation_profile.c.id.desc()
    )
    return [_profile(row) for row in tx.execute(ordered)]


def holds(tx: Tx, profile_id: int, day: date) -> bool:
    """Whether a profile holds on a day."""
    asked = select(separation_profile.c.id).where(
        separation_profile.c.id == profile_id, valid(separation_profile, day)
    )
    return tx.execute(asked).first() is not None


def _profile(row: Any) -> SeparationProfile:
    return SeparationProfile(
        row.id,
        row.organisation_id,
        row.document,
        row.reason,
        date.fromisoformat(row.valid_from),
        None if row.valid_to is None else date.fromisoformat(row.valid_to),
        row.set_by,
    )


@dataclass(frozen=True)
class MarkedFilter:
    """Which of the marked steps are asked for; ``since`` and ``until`` are instants."""

    organisation_id: str = ""
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 500


@dataclass(frozen=True)
class MarkedLine:
    """A step done under a profile, and the version of the process that it belongs to."""

    line: TaskLine
    profile_id: int
    definition_id: str


def marked(tx: Tx, actor: Actor, asked: MarkedFilter) -> list[MarkedLine]:
    """Steps done under a profile in the cases the actor may see, the newest first; one more."""
    query = (
        line_query()
        .add_columns(task.c.profile_id, case.c.definition_id)
        .where(task.c.profile_id.is_not(None), visible_to(actor), *_narrowed(asked))
        .order_by(task.c.completed_at.desc(), task.c.id)
        .limit(asked.limit + 1)
    )
    return [
        MarkedLine(line_of(row), row.profile_id, row.definition_id) for row in tx.execute(query)
    ]


def count_marked(tx: Tx, actor: Actor, asked: MarkedFilter) -> dict[str, int]:
    """How many such steps each unit's profile let through."""
    query = (
        select(separation_profile.c.organisation_id, func.count())
        .select_from(
            task.join(queue, queue.c.id == task.c.queue_id)
            .join(case, case.c.id == task.c.case_id)
            .join(separation_profile, separation_profile.c.id == task.c.profile_id)
        )
        .where(visible_to(actor), *_narrowed(asked))
        .group_by(separation_profile.c.organisation_id)
    )
    return {row[0]: row[1] for row in tx.execute(query)}


def _narrowed(asked: MarkedFilter) -> list[Any]:
    narrowed: list[Any] = []
    if asked.organisation_id:
        of_units = select(separation_profile.c.id).where(
            lies_below(separation_profile.c.organisation_id, [asked.organisation_id])
        )
        narrowed.append(task.c.profile_id.in_(of_units))
    if asked.since is not None:
        narrowed.append(task.c.completed_at >= to_text(asked.since))
    if asked.until is not None:
        narrowed.append(task.c.completed_at < to_text(asked.until))
    return narrowed


def steps_done(
    tx: Tx, case_ids: list[str], element_ids: set[str]
) -> dict[tuple[str, str], dict[str, str]]:
    """For each case and person, the names of these steps that she did there, by element id."""
    if not case_ids or not element_ids:
        return {}
    found: dict[tuple[str, str], dict[str, str]] = {}
    rows = tx.execute(
        select(task.c.case_id, task.c.completed_by, task.c.element_id, task.c.name)
        .where(
            task.c.case_id.in_(sorted(case_ids)),
            task.c.element_id.in_(sorted(element_ids)),
            task.c.status == "completed",
        )
        .order_by(task.c.case_id, task.c.number)
    )
    for row in rows:
        found.setdefault((row.case_id, row.completed_by), {})[row.element_id] = row.name
    return found
