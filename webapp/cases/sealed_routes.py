"""The addresses of what is sealed of a case: asking to read it, answering who asked."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine.work.letting_in import Said
from webapp.shared.language import _
from webapp.shared.requests import current_actor, current_engine

sealed = Blueprint("sealed", __name__, template_folder="templates")


@sealed.post("/cases/<case_id>/sealed")
def ask(case_id: str) -> ResponseReturnValue:
    """Ask to read a compartment."""
    compartment, reason = request.form.get("compartment", ""), request.form.get("reason", "")
    current_engine().compartments.ask_for(current_actor(), case_id, compartment, reason)
    flash(_("申请已提交,等待答复。"), "done")
    return redirect(url_for("cases.show", case_id=case_id), 303)


@sealed.post("/cases/<case_id>/sealed/<int(max=999999999999):number>")
def answer(case_id: str, number: int) -> ResponseReturnValue:
    """Let somebody in, or not."""
    said = Said(request.form.get("answer") == "yes", request.form.get("reason", ""))
    current_engine().compartments.answer(current_actor(), case_id, number, said)
    flash(_("已答复。"), "done")
    return redirect(url_for("cases.show", case_id=case_id), 303)
