"""The addresses of files for banks."""

from collections.abc import Mapping
from urllib.parse import quote

from flask import Response, request
from flask.typing import ResponseReturnValue

from engine import Actor
from engine.errors import Conflict, Invalid
from webapp.funds.bank_page import bank_file_page
from webapp.funds.blueprint import funds
from webapp.shared.errors import status_of
from webapp.shared.kept_posts import KeptPost, resumes
from webapp.shared.language import _
from webapp.shared.navigation import shell
from webapp.shared.page import render
from webapp.shared.requests import current_actor, current_registry


def _page(actor: Actor, number: str, typed: Mapping[str, str], message: str) -> str:
    offer = current_registry().bank.offer(actor, number)
    return render(bank_file_page(shell("funds", actor), offer, typed, message))


@funds.get("/funds/batches/<number>/bank-file")
def bank_file(number: str) -> ResponseReturnValue:
    """Which format, what for."""
    return _page(current_actor(), number, {}, "")


@funds.post("/funds/batches/<number>/bank-file")
def make_bank_file(number: str) -> ResponseReturnValue:
    """The file; or why there is none, and what was typed."""
    actor, typed = current_actor(), request.form.to_dict()
    try:
        made = current_registry().bank.make(actor, number, typed)
    except (Conflict, Invalid) as refusal:
        return _page(actor, number, typed, refusal.message), status_of(refusal)
    response = Response(made.content, mimetype="application/octet-stream")
    name = quote(made.name, safe="")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response


@resumes("funds.make_bank_file")
def resume_bank_file(actor: Actor, kept: KeptPost) -> ResponseReturnValue:
    """Signed in again: the form with what was typed."""
    told = _("您填写的内容都在,请核对后再次提交。")
    return _page(actor, kept.place["number"], kept.fields.to_dict(), told)
