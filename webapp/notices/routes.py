"""The addresses of notices; the public needs no account."""

from datetime import timedelta

from flask import Blueprint, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine import Actor
from engine.errors import Conflict, Invalid, TooManyTries
from engine.work.allowances import Allowance
from webapp.notices.pages import BY_PAGE, WAYS, Typed, notice_page, notices_page
from webapp.shared.errors import status_of
from webapp.shared.language import _
from webapp.shared.navigation import shell
from webapp.shared.page import render
from webapp.shared.requests import (
    actor_or_none,
    client_address,
    current_engine,
    current_registry,
)

OBJECTIONS = Allowance("objection", times=10, within=timedelta(hours=1))
"""Of one address: a whole office may stand behind it, and nobody writes ten by hand."""

notices = Blueprint("notices", __name__, template_folder="templates")


@notices.get("/notices")
def listing() -> ResponseReturnValue:
    """Notices."""
    actor = actor_or_none()
    status, after = request.args.get("state", ""), request.args.get("after", "")
    page = notices_page(shell("notices", actor), current_registry(), actor, status, after)
    return render(page)


@notices.get("/notices/<notice_id>")
def show(notice_id: str) -> ResponseReturnValue:
    """One notice."""
    return _page(actor_or_none(), notice_id, Typed())


def _page(actor: Actor | None, notice_id: str, typed: Typed) -> str:
    found = current_registry().notice(actor, notice_id)
    return render(notice_page(shell("notices", actor), found, actor, typed))


@notices.post("/notices/<notice_id>/objection")
def take_objection(notice_id: str) -> ResponseReturnValue:
    """An objection: by the public here, or written down for somebody who rang or came."""
    actor = actor_or_none()
    text, by = request.form.get("text", "").strip(), request.form.get("by", "").strip()
    way = request.form.get("way", "") if actor is not None else BY_PAGE
    try:
        if actor is None and text:
            current_engine().accounts.use_allowance(OBJECTIONS, client_address())
        receipt = current_registry().object_to_notice(
            actor, notice_id, text=text, by=by, way=way if way in WAYS else WAYS[0]
        )
    except (Invalid, Conflict, TooManyTries) as refused:
        page = _page(actor, notice_id, Typed(text, by, refused.message))
        response = make_response(page, status_of(refused))
        if isinstance(refused, TooManyTries):
            response.headers["Retry-After"] = str(refused.retry_after)
        return response
    flash(_("异议已收到,回执号 %(receipt)s。我们会核查并答复。", receipt=receipt), "done")
    return redirect(url_for("notices.show", notice_id=notice_id), 303)
