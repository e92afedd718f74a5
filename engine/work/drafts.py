"""Half-filled forms, kept with the step so that a successor sees them (product.md §1.13)."""

from collections.abc import Mapping
from datetime import datetime

from engine.errors import Invalid
from engine.forms.paths import MISSING, get_at, set_at
from engine.model.actors import Actor
from engine.store import files as stored_files
from engine.store import receipts, tasks
from engine.store.database import Tx
from engine.store.tasks import LoadedTask
from engine.store.vault import CaseVault
from engine.work.access import task_to_fill
from engine.work.environment import Environment
from engine.work.files import named_in
from engine.work.opened import open_case, scope_at

LARGEST_DRAFT = 512 * 1024
_GUESTS = "guest draft"


def save_draft(
    environment: Environment, tx: Tx, actor: Actor, task_id: str, data: Mapping[str, object]
) -> datetime:
    """Keep what was typed so far; nothing is validated, nothing is lost.

    Neither the step's revision nor the case's changes (design.md D14).
    """
    return _keep(environment, tx, actor, task_to_fill(tx, actor, task_id), data)


def begin_with(
    environment: Environment, tx: Tx, actor: Actor, task_id: str, data: Mapping[str, object]
) -> None:
    """Give a step that has just opened what is known of its form, beside what the case knows.

    Only inside the command that opened it: no right to the step itself is asked.
    """
    loaded = tasks.load(tx, task_id)
    if loaded is None:
        return
    opened = open_case(environment, tx, loaded.case)
    element = opened.program.element(loaded.task.process_key, loaded.task.element_id)
    form = opened.program.form_of(element)
    if form is None:
        return
    scope = scope_at(environment, tx, opened, loaded.task.token)
    context = environment.feel(tx, loaded.case.organisation_id, environment.now())
    known = form.initial(scope, context)
    for asked in form.fields.values():
        value = get_at(data, asked.path)
        if asked.is_asked and value is not MISSING:
            set_at(known, asked.path, value)
    _keep(environment, tx, actor, loaded, known)


def _keep(
    environment: Environment,
    tx: Tx,
    actor: Actor,
    loaded: LoadedTask,
    data: Mapping[str, object],
) -> datetime:
    now = environment.now()
    vault = environment.vault.case(loaded.case.id, loaded.case.data_key)
    kind = _GUESTS if actor.is_guest else "draft"
    sealed = vault.seal_json(dict(data), kind, number_of(loaded))
    if len(sealed) > LARGEST_DRAFT:
        raise Invalid("草稿内容过大,未能保存。请删去多余的行后再试;页面上的内容不受影响。")
    ids = named_in(data)
    stored_files.keep_for_draft(tx, ids, actor.person_id, stored_files.of_task(loaded.task.id))
    if actor.is_guest:
        receipts.save_draft(tx, loaded.task.id, sealed, now)
    else:
        tasks.save_draft(tx, loaded.task.id, sealed, actor.person_id, now)
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
