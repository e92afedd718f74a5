"""What a post of the step's page does, and where the person goes from there."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine import Actor, Engine
from engine.errors import (
    Busy,
    CaseNotActive,
    Conflict,
    FieldError,
    Invalid,
    NotPermitted,
    Refused,
    Stale,
    TaskHeldByOther,
    TaskNotOpen,
)
from engine.forms.paths import MISSING, get_at
from engine.forms.values import is_empty
from engine.model.once import Once, Replayed
from engine.model.tasks import InboxFilter, TaskStatus
from engine.work.complete import Completed
from engine.work.view import TaskView
from webapp.shared.form_posts import Posted, with_other_errors
from webapp.shared.items import step_of
from webapp.shared.language import _
from webapp.shared.words import clock_time
from webapp.tasks.pages import Typed

PRINTS = "print:"
"""Before the paper's name in the button that prints it."""

FROM_PHONE = "phone:"
"""Before the field's name in the button that asks for pictures from a phone."""

SUBMITS = frozenset({"submit", "next"})
_KEPT = (TaskHeldByOther, TaskNotOpen, CaseNotActive, Conflict, NotPermitted, Stale, Busy)
_SHORTEST_NONCE = 8


@dataclass(frozen=True)
class Outcome:
    """Either it is done, with where to go, or the page again with what was typed."""

    next_task: str = ""
    told: str = ""
    again: Typed | None = None
    status: int = 200
    stays: bool = False
    prints: str = ""
    phone: str = ""


def act(
    engine: Engine, actor: Actor, view: TaskView, posted: Posted, narrowed: InboxFilter
) -> Outcome:
    """Do what the pressed button says; nothing that was typed is ever lost."""
    if posted.is_row_button:
        return _again(posted, posted.paste_faults, "", 200)
    if posted.action.startswith(PRINTS):
        # who prints what she was shown has not begun: the step stays with those who may take it
        kept = (
            Outcome(stays=True)
            if _says_nothing_new(view, posted)
            else _keep_draft(engine, actor, view, posted)
        )
        return replace(kept, prints=posted.action.removeprefix(PRINTS)) if kept.stays else kept
    if posted.action.startswith(FROM_PHONE):
        kept = _keep_draft(engine, actor, view, posted)
        return replace(kept, phone=posted.action.removeprefix(FROM_PHONE)) if kept.stays else kept
    if posted.action not in SUBMITS:
        return _keep_draft(engine, actor, view, posted)
    if posted.file_errors:
        saved = _try_draft(engine, actor, view, posted.data)
        errors = with_other_errors(view.form, posted, view.scope, view.context)
        return _again(posted, errors, "", 422, saved)
    return _submit(engine, actor, view, posted, narrowed)


def _says_nothing_new(view: TaskView, posted: Posted) -> bool:
    """Whether the form came back as it was drawn; empty is empty, however it was sent."""
    if posted.file_errors or view.form is None:
        return not posted.file_errors
    asked = (one for one in view.form.fields.values() if one.is_asked)
    return all(
        _said(get_at(posted.data, one.path)) == _said(get_at(view.data, one.path)) for one in asked
    )


def _said(value: object) -> object:
    """A value without what says nothing: fields left empty, boxes not ticked, empty rows."""
    if isinstance(value, Mapping):
        return {key: said for key, one in value.items() if (said := _said(one)) is not None}
    if isinstance(value, list):
        said_rows = [said for one in value if (said := _said(one)) not in (None, {})]
        return said_rows or None
    return None if value is MISSING or value is False or is_empty(value) else value


def _submit(
    engine: Engine, actor: Actor, view: TaskView, posted: Posted, narrowed: InboxFilter
) -> Outcome:
    task_id = view.task.id
    news: tuple[str, ...] = ()
    try:
        done = engine.tasks.complete(actor, task_id, posted.data, once=_once(posted.nonce, task_id))
        news = done.told
    except Replayed:
        pass  # the same page was sent twice: the first time did it
    except Invalid as refused:
        saved = _try_draft(engine, actor, view, posted.data)
        return _again(posted, refused.errors, "" if refused.errors else refused.message, 422, saved)
    except _KEPT as refused:
        return _again(posted, (), refused.message, 409)
    told = _(
        "已提交:%(title)s · %(step)s。",
        title=view.case.title,
        step=step_of(view.task.name, view.task.items, view.task.process_key),
    )
    told += "".join(news) or _goes_on(engine, actor, view.case.id)
    if posted.action == "next":
        following = engine.tasks.next_after(actor, narrowed, task_id)
        return Outcome(following or "", told if following else told + _("没有下一件了。"))
    return Outcome("", told)


def _goes_on(engine: Engine, actor: Actor, case_id: str) -> str:
    """Who has the case now, so that nobody wonders what becomes of it."""
    following = engine.cases.open_steps(actor, case_id)
    if not following:
        return ""
    step = following[0]
    name = step_of(step.name, step.items, step.process_key)
    if actor.holds_at(step.role, step.handling_id):
        return _("下一环节“%(step)s”也由您办理。", step=name)
    return _("下一环节“%(step)s”由%(unit)s办理。", step=name, unit=step.handling_name)


def _once(nonce: str, task_id: str) -> Once[Completed] | None:
    """One completion a page, however often it is sent (double click, back button, reload)."""
    if len(nonce) < _SHORTEST_NONCE:
        return None
    return Once(nonce, "complete-in-page", task_id, lambda _done: b"done")


def _keep_draft(engine: Engine, actor: Actor, view: TaskView, posted: Posted) -> Outcome:
    try:
        keep_draft(engine, actor, view, posted.data)
    except _KEPT as refused:
        return _again(posted, (), refused.message, 409)
    if posted.file_errors:
        return _again(posted, posted.file_errors, "", 422)
    return Outcome(told=_("草稿已保存。"), stays=True)


def keep_draft(engine: Engine, actor: Actor, view: TaskView, data: Mapping[str, object]) -> str:
    """Keep what was typed; the time of day it was kept at.

    Where several may do the step, she who begins to fill it in takes it, so that two never write
    into one draft.
    """
    task = view.task
    if task.assignee is None and len(view.holders) > 1 and task.status is TaskStatus.OPEN:
        engine.tasks.claim(actor, task.id)
    return clock_time(engine.tasks.save_draft(actor, task.id, data), engine.clock.now())


def _try_draft(engine: Engine, actor: Actor, view: TaskView, data: Mapping[str, object]) -> str:
    """Keep a draft beside a refused submission; the page holds the text in any case."""
    try:
        return keep_draft(engine, actor, view, data)
    except (Refused, Busy):
        return ""


def _again(
    posted: Posted, errors: tuple[FieldError, ...], message: str, status: int, saved: str = ""
) -> Outcome:
    return Outcome(again=Typed(posted.data, errors, message, saved), status=status)
