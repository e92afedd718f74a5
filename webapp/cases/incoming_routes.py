"""The addresses of what is written down for somebody outside."""

from flask import Blueprint, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.cases.incoming import Taken, incoming_page
from webapp.cases.incoming import take as take_it
from webapp.forms.render import live_answer
from webapp.shared.form_posts import read_posted
from webapp.shared.language import _
from webapp.shared.navigation import shell
from webapp.shared.page import render
from webapp.shared.requests import current_actor, current_engine

incoming = Blueprint("incoming", __name__, template_folder="templates")


@incoming.get("/cases/<case_id>/incoming/<token>")
def show(case_id: str, token: str) -> ResponseReturnValue:
    """The form."""
    actor = current_actor()
    view = current_engine().messages.incoming_view(actor, case_id, token)
    return render(incoming_page(shell("done", actor), view, Taken()))


@incoming.post("/cases/<case_id>/incoming/<token>")
def take(case_id: str, token: str) -> ResponseReturnValue:
    """Hand it to the case."""
    actor, engine = current_actor(), current_engine()
    view = engine.messages.incoming_view(actor, case_id, token)
    posted = read_posted(engine, actor, view.form, request.form, request.files)
    taken = take_it(engine, actor, view, posted)
    if taken.is_done:
        flash(_("已登记:%(label)s。办件已转到下一步。", label=view.awaited.label), "done")
        return redirect(url_for("cases.show", case_id=case_id), 303)
    page = incoming_page(shell("done", actor), view, taken)
    return render(page), 422 if taken.errors or taken.message else 200


@incoming.post("/cases/<case_id>/incoming/<token>/refresh")
def refresh(case_id: str, token: str) -> ResponseReturnValue:
    """What is shown and computed for these answers; writes nothing."""
    view = current_engine().messages.incoming_view(current_actor(), case_id, token)
    post = request.form.to_dict(flat=False)
    return jsonify(live_answer(view.form, post, view.scope, view.context, _))
