"""Half-filled start forms (我的草稿): hers alone, until the case is there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import orjson

from engine.errors import Invalid, StateUnreadable
from engine.model.actors import Actor
from engine.store import files, start_drafts
from engine.store.database import Tx
from engine.store.start_drafts import StartDraftRow
from engine.work.drafts import LARGEST_DRAFT
from engine.work.environment import Environment
from engine.work.files import named_in

KEPT_DAYS = 30
"""A draft that nobody touches is forgotten after so many days (domain.md §3.1)."""

MOST_DRAFTS = 50


@dataclass(frozen=True)
class StartDraft:
    """What was filled in of a start form so far."""

    process_key: str
    organisation_id: str
    data: Mapping[str, object]
    saved_at: datetime


def save(
    environment: Environment,
    tx: Tx,
    actor: Actor,
    place: tuple[str, str],
    data: Mapping[str, object],
) -> datetime:
    """Keep what was typed so far; nothing is validated, nothing is lost.

    ``place`` is the process and the unit. Whether she may start it there is asked when she does.
    """
    sealed = environment.vault.seal(orjson.dumps(dict(data)), _kind(actor, place))
    if len(sealed) > LARGEST_DRAFT:
        raise Invalid("草稿内容过大,未能保存。请删去多余的行后再试;页面上的内容不受影响。")
    kept = {(one.process_key, one.organisation_id) for one in _rows(tx, actor)}
    if place not in kept and len(kept) >= MOST_DRAFTS:
        raise Invalid(
            f"您已有 {MOST_DRAFTS} 份没有提交的草稿,这一份没有保存。"
            "请先在“我的草稿”里提交或删去几份;页面上的内容不受影响。"
        )
    now = environment.now()
    start_drafts.save(tx, actor.person_id, place, sealed, now)
    draft_of = files.of_start(actor.person_id, *place)
    files.keep_for_draft(tx, named_in(data), actor.person_id, draft_of)
    return now


def of_person(environment: Environment, tx: Tx, actor: Actor) -> tuple[StartDraft, ...]:
    """Her drafts, the newest first; one that cannot be read any more is left out."""
    return tuple(
        found for row in _rows(tx, actor) if (found := _opened(environment, actor, row)) is not None
    )


def find(
    environment: Environment, tx: Tx, actor: Actor, place: tuple[str, str]
) -> StartDraft | None:
    """Her draft of this process for this unit."""
    row = next((r for r in _rows(tx, actor) if (r.process_key, r.organisation_id) == place), None)
    return None if row is None else _opened(environment, actor, row)


def _rows(tx: Tx, actor: Actor) -> tuple[StartDraftRow, ...]:
    return tuple(start_drafts.of_person(tx, actor.person_id))


def _opened(environment: Environment, actor: Actor, row: StartDraftRow) -> StartDraft | None:
    place = (row.process_key, row.organisation_id)
    try:
        data = orjson.loads(environment.vault.open(row.draft, _kind(actor, place)))
    except (StateUnreadable, orjson.JSONDecodeError):
        return None
    return StartDraft(*place, data, row.saved_at) if isinstance(data, dict) else None


def _kind(actor: Actor, place: tuple[str, str]) -> str:
    """What the draft is sealed to: it cannot be moved to another person, process or unit."""
    return f"start draft/{actor.person_id}/{place[0]}/{place[1]}"
