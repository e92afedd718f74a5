"""Half-filled forms, kept with the step so that a successor sees them (product.md §1.13)."""

from collections.abc import Mapping
from datetime import datetime

from engine.errors import Invalid
from engine.model.actors import Actor
from engine.store import receipts, tasks
from engine.store.database import Tx
from engine.store.tasks import LoadedTask
from engine.store.vault import CaseVault
from engine.work.access import task_to_fill
from engine.work.environment import Environment

LARGEST_DRAFT = 512 * 1024
_GUESTS = "guest draft"


def save_draft(
    environment: Environment, tx: Tx, actor: Actor, task_id: str, data: Mapping[str, object]
) -> datetime:
    """Keep what was typed so far; nothing is validated, nothing is lost.

    Neither the step's revision nor the case's changes (design.md D14).
    """
    loaded = task_to_fill(tx, actor, task_id)
    now = environment.now()
    vault = environment.vault.case(loaded.case.id, loaded.case.data_key)
    kind = _GUESTS if actor.is_guest else "draft"
    sealed = vault.seal_json(dict(data), kind, number_of(loaded))
    if len(sealed) > LARGEST_DRAFT:
        raise Invalid("草稿内容过大,未能保存。请删去多余的行后再试;页面上的内容不受影响。")
    if actor.is_guest:
        receipts.save_draft(tx, task_id, sealed, now)
    else:
        tasks.save_draft(tx, task_id, sealed, actor.person_id, now)
    return now


def open_draft(loaded: LoadedTask, vault: CaseVault) -> dict[str, object] | None:
    """The kept draft, or None."""
    if loaded.draft is None:
        return None
    value = vault.open_json(loaded.draft, "draft", number_of(loaded))
    return dict(value) if isinstance(value, dict) else None


def open_guest_draft(
    tx: Tx, loaded: LoadedTask, vault: CaseVault
) -> tuple[dict[str, object], datetime] | None:
    """What the applicant has filled in of a step so far, and when; None without a draft."""
    kept = receipts.draft(tx, loaded.task.id)
    if kept is None:
        return None
    value = vault.open_json(kept[0], _GUESTS, number_of(loaded))
    return (dict(value), kept[1]) if isinstance(value, dict) else None


def number_of(loaded: LoadedTask) -> int:
    """The number of the step within its case."""
    return int(loaded.task.id.rpartition("-")[2])
