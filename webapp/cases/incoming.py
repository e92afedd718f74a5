"""The page on which a message from outside is written down, as a value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from flask import url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from engine import Actor, Engine
from engine.errors import FieldError, Invalid, NotFound, Refused
from engine.model.ids import new_id
from engine.model.incoming import Awaited
from engine.model.once import Once, Replayed
from engine.work.incoming import IncomingView
from webapp.forms.render import FormView, draw_form, today_of
from webapp.shared.form_posts import Posted, with_other_errors
from webapp.shared.items import named
from webapp.shared.language import _
from webapp.shared.navigation import Shell
from webapp.shared.page import Page
from webapp.shared.words import day

_SHORTEST_NONCE = 8
_BUTTON = Markup(
    '<button class="btn btn-primary" type="submit" name="_action" value="submit" data-submit>'
    "{}</button>"
)


@dataclass(frozen=True)
class AwaitedLink:
    """A message the case waits for, as a button on its page."""

    label: str
    hint: str
    until: str
    href: str


@dataclass(frozen=True)
class IncomingPage(Page):
    """One form."""

    template: ClassVar[str] = "cases/incoming.html"

    label: str
    hint: str
    until: str
    case_title: str
    number: str
    back_href: str
    message: str
    form: Markup

    @property
    def title(self) -> str:
        """登记撤回 · 办件."""
        return f"{self.label} · {self.case_title}"


@dataclass(frozen=True)
class Taken:
    """Either it is written down, or the form again with what was typed."""

    is_done: bool = False
    data: Mapping[str, object] | None = None
    errors: Sequence[FieldError] = ()
    message: str = ""


def awaited_links(case_id: str, found: Sequence[Awaited]) -> tuple[AwaitedLink, ...]:
    """The buttons of a case's page; none where it waits for nothing she may write down."""
    return tuple(
        AwaitedLink(
            named(one.label),
            named(one.hint),
            "" if one.until is None else day(one.until),
            url_for("incoming.show", case_id=case_id, token=one.token),
        )
        for one in found
    )


def incoming_page(shell: Shell, view: IncomingView, taken: Taken) -> IncomingPage:
    """The form, with what was typed before."""
    return IncomingPage(
        shell=shell,
        label=named(view.awaited.label),
        hint=named(view.awaited.hint),
        until="" if view.awaited.until is None else day(view.awaited.until),
        case_title=view.case.title,
        number=view.case.number,
        back_href=url_for("cases.show", case_id=view.case.id),
        message=taken.message,
        form=_draw(view, taken),
    )


def _draw(view: IncomingView, taken: Taken) -> Markup:
    form, scope, context = view.form, view.scope, view.context
    data = (
        form.initial(scope, context)
        if taken.data is None
        else form.reopened(taken.data, scope, context)
    )
    case_id, token = view.case.id, view.awaited.token
    return draw_form(
        FormView(
            form=form,
            data=data,
            errors=taken.errors,
            visible=form.visible(data, scope, context),
            action=url_for("incoming.take", case_id=case_id, token=token),
            upload_url=url_for("reading.stage"),
            refresh_url=url_for("incoming.refresh", case_id=case_id, token=token),
            file_url=url_for("reading.no_paper"),
            csrf_token=generate_csrf(),
            nonce=new_id(),
            today=today_of(context),
            warnings=form.doubts(data, scope, context),
            translate=_,
        ),
        _BUTTON.format(_("登记")),
    )


def take(engine: Engine, actor: Actor, view: IncomingView, posted: Posted) -> Taken:
    """Write it down, once for each page; on a refusal everything typed stays."""
    if posted.is_row_button or posted.action != "submit":
        return Taken(data=posted.data, errors=posted.paste_faults)
    if posted.file_errors:
        errors = with_other_errors(view.form, posted, view.scope, view.context)
        return Taken(data=posted.data, errors=errors)
    once = _once(posted.nonce, view)
    try:
        engine.messages.take_down(actor, view.case.id, view.awaited.token, posted.data, once)
    except Replayed:
        pass  # the same page was sent twice: the first time did it
    except Invalid as refused:
        message = "" if refused.errors else refused.message
        return Taken(data=posted.data, errors=refused.errors, message=message)
    except NotFound:
        raise
    except Refused as refused:
        return Taken(data=posted.data, message=refused.message)
    return Taken(is_done=True)


def _once(nonce: str, view: IncomingView) -> Once[Awaited] | None:
    if len(nonce) < _SHORTEST_NONCE:
        return None
    place = f"{view.case.id} {view.awaited.token}"
    return Once(nonce, "incoming-in-page", place, lambda _awaited: b"done")
