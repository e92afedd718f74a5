"""The addresses of files for banks."""

from urllib.parse import quote

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine import Actor
from engine.errors import Conflict, Invalid
from registry.funds.bank_desk import NotAllFit
from webapp.funds.bank_page import Typed, bank_file_page
from webapp.funds.blueprint import funds
from webapp.shared.errors import status_of
from webapp.shared.kept_posts import KeptPost, resumes
from webapp.shared.language import _
from webapp.shared.navigation import shell
from webapp.shared.page import render
from webapp.shared.requests import current_actor, current_registry


def _page(actor: Actor, number: str, typed: Typed) -> str:
    offer = current_registry().bank.offer(actor, number)
    return render(bank_file_page(shell("funds", actor), offer, typed))


@funds.get("/funds/batches/<number>/bank-file")
def bank_file(number: str) -> ResponseReturnValue:
    """Which format, what for; what was made before."""
    return _page(current_actor(), number, Typed())


@funds.post("/funds/batches/<number>/bank-file")
def make_bank_file(number: str) -> ResponseReturnValue:
    """A file to fetch; or why there is none, and what was typed."""
    actor, typed = current_actor(), request.form.to_dict()
    try:
        current_registry().bank.make(actor, number, typed)
    except NotAllFit as refusal:
        page = _page(actor, number, Typed(typed, refusal.message, refusal.others))
        return page, status_of(refusal)
    except (Conflict, Invalid) as refusal:
        return _page(actor, number, Typed(typed, refusal.message)), status_of(refusal)
    flash(_("文件已制作,记录在案。请下载后交给银行。"), "done")
    return redirect(url_for("funds.bank_file", number=number), 303)


@funds.get("/funds/batches/<number>/bank-file/<sending>")
def fetch_bank_file(number: str, sending: str) -> ResponseReturnValue:
    """A file that was made; that it was fetched is on record."""
    actor = current_actor()
    try:
        made = current_registry().bank.fetch(actor, number, sending)
    except Conflict as refusal:
        return _page(actor, number, Typed(message=refusal.message)), status_of(refusal)
    response = Response(made.content, mimetype="application/octet-stream")
    name = quote(made.name, safe="")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response


@resumes("funds.make_bank_file")
def resume_bank_file(actor: Actor, kept: KeptPost) -> ResponseReturnValue:
    """Signed in again: the form with what was typed."""
    told = _("您填写的内容都在,请核对后再次提交。")
    return _page(actor, kept.place["number"], Typed(kept.fields.to_dict(), told))
