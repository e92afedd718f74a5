"""What the applicant's posts do; nothing she typed is ever lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine import Actor, Engine
from engine.errors import Busy, Conflict, FieldError, Invalid, NotFound, Refused, TaskNotOpen
from engine.model.once import Once, Replayed
from engine.model.public_words import OfferedMessage
from engine.work.complete import Completed
from engine.work.guests import GuestStep
from webapp.shared.form_posts import Posted, with_other_errors
from webapp.shared.items import step_of
from webapp.shared.language import _
from webapp.shared.words import clock_time

_SHORTEST_NONCE = 8
_KEPT = (TaskNotOpen, Conflict, Busy)


@dataclass(frozen=True)
class Typed:
    """What was sent and could not be taken over: shown again, with what is wrong."""

    data: Mapping[str, object]
    errors: Sequence[FieldError] = ()
    message: str = ""
    draft_saved: str = ""


@dataclass(frozen=True)
class Outcome:
    """Either it is done, with what to tell, or the page again with what was typed."""

    told: str = ""
    again: Typed | None = None
    status: int = 200
    stays: bool = False


def act(engine: Engine, guest: Actor, view: GuestStep, posted: Posted) -> Outcome:
    """Do what the pressed button says."""
    if posted.is_row_button:
        return Outcome(again=Typed(posted.data))
    if posted.action != "submit":
        return _keep_draft(engine, guest, view, posted)
    if posted.file_errors:
        errors = with_other_errors(view.form, posted, view.scope, view.context)
        saved = _try_draft(engine, guest, view, posted.data)
        return Outcome(again=Typed(posted.data, errors, "", saved), status=422)
    return _submit(engine, guest, view, posted)


def _submit(engine: Engine, guest: Actor, view: GuestStep, posted: Posted) -> Outcome:
    task_id = view.task.id
    try:
        engine.guests.complete(guest, task_id, posted.data, once=_once(posted.nonce, task_id))
    except Replayed:
        pass  # the same page was sent twice: the first time did it
    except Invalid as refused:
        saved = _try_draft(engine, guest, view, posted.data)
        told = "" if refused.errors else refused.message
        return Outcome(again=Typed(posted.data, refused.errors, told, saved), status=422)
    except _KEPT as refused:
        return Outcome(again=Typed(posted.data, (), refused.message), status=409)
    return Outcome(
        told=_(
            "已提交“%(step)s”,谢谢。我们会接着办理。",
            step=step_of(view.task.name, view.task.items, view.task.process_key),
        )
    )


def _once(nonce: str, task_id: str) -> Once[Completed] | None:
    if len(nonce) < _SHORTEST_NONCE:
        return None
    return Once(nonce, "guest-completes", task_id, lambda _done: b"done")


def _keep_draft(engine: Engine, guest: Actor, view: GuestStep, posted: Posted) -> Outcome:
    try:
        keep_draft(engine, guest, view.task.id, posted.data)
    except _KEPT as refused:
        return Outcome(again=Typed(posted.data, (), refused.message), status=409)
    if posted.file_errors:
        return Outcome(again=Typed(posted.data, posted.file_errors), status=422)
    return Outcome(told=_("已保存。下次凭回执打开,可以接着填。"), stays=True)


def keep_draft(engine: Engine, guest: Actor, task_id: str, data: Mapping[str, object]) -> str:
    """Keep what was typed; the time of day it was kept at."""
    return clock_time(engine.guests.save_draft(guest, task_id, data), engine.clock.now())


def _try_draft(engine: Engine, guest: Actor, view: GuestStep, data: Mapping[str, object]) -> str:
    """Keep a draft beside a refused submission; the page holds the text in any case."""
    try:
        return keep_draft(engine, guest, view.task.id, data)
    except (Refused, Busy):
        return ""


def say(engine: Engine, guest: Actor, token: str, reason: str, nonce: str) -> tuple[str, str]:
    """Send a message; (told, refused): one of the two is empty."""
    once: Once[OfferedMessage] | None = None
    if len(nonce) >= _SHORTEST_NONCE:
        once = Once(nonce, "guest-says", token, lambda _sent: b"sent")
    try:
        sent = engine.guests.send_message(guest, token, reason, once)
    except Replayed:
        return _("已收到。"), ""
    except (Invalid, TaskNotOpen, NotFound, Busy) as refused:
        return "", refused.message
    return _("已收到“%(what)s”。", what=sent.label), ""
