"""Our values as the API shows them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from engine.forms import CompiledForm
from engine.model.actors import Actor
from engine.model.cases import Case, CaseLine, EventKind, HistoryEntry, StoredFile
from engine.model.items import Items, of_detail
from engine.model.tasks import Task, TaskLine
from engine.store.audit import AuditRow
from engine.store.definitions import DefinitionRow
from engine.store.jobs import Job
from engine.work.start import Started
from engine.work.told_limits import Began, ToldLimit
from webapp.shared.language import spoken

_WITHOUT_ZONE = len("2026-11-23T08:00:00.000000")


def instant(at: datetime) -> str:
    """RFC 3339 in UTC with a Z."""
    return at.isoformat(timespec="microseconds")[:_WITHOUT_ZONE] + "Z"


def instant_or_none(at: datetime | None) -> str | None:
    """None stays None."""
    return None if at is None else instant(at)


def me(actor: Actor) -> dict[str, object]:
    """Who the caller is."""
    return {
        "id": actor.person_id,
        "username": actor.username,
        "grants": [{"role": g.role, "jurisdiction": g.organisation_id} for g in actor.grants],
    }


def form(compiled: CompiledForm | None) -> dict[str, object] | None:
    """A form's schema; ``ui`` names its title."""
    if compiled is None:
        return None
    return {"schema": dict(compiled.schema), "ui": {"id": compiled.id, "title": compiled.title}}


def version(row: DefinitionRow) -> dict[str, object]:
    """One version of a process as a deployment names it: without its forms."""
    return {
        "id": row.id,
        "key": row.key,
        "version": row.version,
        "name": row.name,
        "startable": row.start_role is not None,
        "start_role": row.start_role,
    }


def definition(row: DefinitionRow, start_form: CompiledForm | None) -> dict[str, object]:
    """One version of a process with the form that starts it."""
    return {**version(row), "start_form": form(start_form)}


def started(value: Started) -> dict[str, object]:
    """A case right after its start."""
    return case(value.case, value.open_task_ids, value.data)


def case(
    value: Case, open_task_ids: Sequence[str], data: Mapping[str, object]
) -> dict[str, object]:
    """A case; ``data`` is masked already."""
    return {
        "id": value.id,
        "number": value.number,
        "definition_key": value.process_key,
        "version": value.version,
        "state": value.status.value,
        "jurisdiction": value.organisation_id,
        "business_key": value.business_key,
        "created_at": instant(value.created_at),
        "ended_at": instant_or_none(value.ended_at),
        "milestone": value.milestone,
        "data": dict(data),
        "open_task_ids": list(open_task_ids),
    }


def case_line(line: CaseLine) -> dict[str, object]:
    """A case in a list."""
    key, _, version = line.definition_id.rpartition(":")
    return {
        "id": line.id,
        "number": line.number,
        "definition_key": key,
        "version": int(version),
        "state": line.status,
        "jurisdiction": line.organisation_id,
        "business_key": line.business_key,
        "created_at": instant(line.created_at),
        "ended_at": instant_or_none(line.ended_at),
    }


def task(
    value: Task, compiled: CompiledForm | None, data: Mapping[str, object]
) -> dict[str, object]:
    """A step with its form; ``data`` is masked already."""
    return {
        "id": value.id,
        "instance_id": value.case_id,
        "element_id": value.element_id,
        "name": value.name,
        "role": value.queue.role,
        "jurisdiction": value.queue.handling_id,
        "state": value.status.value,
        "assignee": value.assignee,
        "created_at": instant(value.created_at),
        "due_at": instant_or_none(value.due_at),
        "completed_at": instant_or_none(value.completed_at),
        "completed_by": value.completed_by,
        "form": form(compiled),
        "data": dict(data),
        **which_item(value.items),
    }


def deadline(told: ToldLimit | None) -> dict[str, object] | None:
    """How a limit came about; days are local dates (Asia/Shanghai)."""
    if told is None or told.start is None:
        return None
    return {
        "limit": told.limit,
        "whose": told.whose.value,
        "counted_from": told.start.isoformat(),
        "written": told.began is Began.WRITTEN,
        "last_day": told.last_day.isoformat(),
        "law": told.is_law,
        "rule": "" if told.rule is None else told.rule.name,
        "article": told.article,
        "moved_from": _day_or_none(told.moved_from),
        "finish_by": _day_or_none(told.finish_by),
        "provisional": told.provisional,
        "pauses": [
            {"from": one.first.isoformat(), "to": one.last.isoformat(), "days": one.days}
            for one in told.stops
        ],
    }


def _day_or_none(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def which_item(items: Items) -> dict[str, object]:
    """Which one it is of a step that is repeated; its name is somebody's and stays inside."""
    listed = [{"activity": i.activity, "number": i.number, "count": i.count} for i in items]
    return {"items": listed} if listed else {}


def task_line(line: TaskLine) -> dict[str, object]:
    """A step in a list."""
    return {
        "id": line.id,
        "instance_id": line.case_id,
        "element_id": line.element_id,
        "name": line.name,
        "role": line.role,
        "jurisdiction": line.handling_id,
        "state": line.status,
        "assignee": line.assignee,
        "created_at": instant(line.created_at),
        "due_at": instant_or_none(line.due_at),
        "completed_at": instant_or_none(line.completed_at),
        "completed_by": line.completed_by,
        **which_item(line.items),
    }


PUBLISHED = {EventKind.MIGRATED: EventKind.NOTICE}
"""What the published list of kinds has no word of its own for."""


def history_entry(entry: HistoryEntry) -> dict[str, object]:
    """A row of a case's history."""
    return {
        "seq": entry.number,
        "at": instant(entry.at),
        "kind": PUBLISHED.get(entry.kind, entry.kind).value,
        "task_id": entry.task_id,
        "element_id": entry.element_id,
        "actor": entry.actor,
        "detail": {**entry.detail, **which_item(of_detail(entry.detail.get("items")))},
    }


def stored_file(value: StoredFile) -> dict[str, object]:
    """A file's row."""
    return {
        "id": value.id,
        "name": value.name,
        "type": value.type,
        "size": value.size,
        "sha256": value.sha256,
    }


def job(value: Job) -> dict[str, object]:
    """A timer or asynchronous work; without personal data."""
    return {
        "id": str(value.id),
        "kind": value.kind,
        "instance_id": value.case_id,
        "element_id": value.element_id,
        "due_at": instant(value.due_at),
        "state": value.status,
        "attempts": value.attempts,
        "locked_until": instant_or_none(value.locked_until),
        "last_error": spoken(value.last_error) if value.last_error else value.last_error,
    }


def audit_row(row: AuditRow) -> dict[str, object]:
    """A number of the audit chain."""
    return {
        "seq": row.seq,
        "at": instant(row.at),
        "actor": row.actor,
        "action": row.action,
        "object": row.target,
        "before_hash": row.before_hash,
        "hash": row.hash,
        "request_id": row.request_id,
    }
