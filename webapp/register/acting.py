"""What is done to a file without a case: help, paper. A refused form keeps all that was typed."""

from collections.abc import Mapping

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine import Actor
from engine.errors import Invalid, Refused, Stale
from engine.model.ids import new_id
from webapp.register.blueprint import register
from webapp.register.file_page import Asked, Typed, file_page
from webapp.shared.errors import status_of
from webapp.shared.kept_posts import KeptPost, resumes
from webapp.shared.language import _
from webapp.shared.navigation import shell
from webapp.shared.page import render
from webapp.shared.requests import current_actor, current_registry


def again(
    actor: Actor, file_no: str, tab: str, values: Mapping[str, str], refusal: Refused
) -> ResponseReturnValue:
    """The tab once more with what was typed and the sentence that says why it was refused."""
    registry = current_registry()
    typed = Typed(refusal.message, values)
    asked = Asked(registry.opening.of(actor, file_no), tab, {}, typed=typed)
    page = file_page(shell("register", actor), registry, actor, asked)
    return render(page), status_of(refusal)


@register.post("/households/<file_no>/help")
def enter_help(file_no: str) -> ResponseReturnValue:
    """Enter what the household was given."""
    actor, typed = current_actor(), request.form.to_dict()
    try:
        current_registry().help.enter(actor, file_no, typed.get("entry", ""), typed)
    except Invalid as refusal:
        return again(actor, file_no, "help", typed, refusal)
    flash(_("已登记帮扶。"), "done")
    return redirect(url_for("register.household", file_no=file_no, tab="help"), 303)


@register.post("/households/<file_no>/help/<record_id>/take-back")
def take_back_help(file_no: str, record_id: str) -> ResponseReturnValue:
    """Correct an entry by a counter-entry."""
    actor, reason = current_actor(), request.form.get("reason", "")
    entry_id = request.form.get("entry", "") or new_id()
    try:
        current_registry().help.take_back(actor, file_no, record_id, entry_id, reason)
    except Invalid as refusal:
        return again(actor, file_no, "help", {}, refusal)
    flash(_("已冲销。原记录和冲销记录都保留。"), "done")
    return redirect(url_for("register.household", file_no=file_no, tab="help"), 303)


@register.post("/households/<file_no>/papers")
def enter_papers(file_no: str) -> ResponseReturnValue:
    """Enter where the volume stands and what lies in it."""
    actor, typed = current_actor(), request.form.to_dict()
    seen = typed.get("seen", "")
    typed["seen"] = seen if seen.isascii() and seen.isdigit() else "0"
    try:
        current_registry().papers.enter(actor, file_no, int(typed["seen"]), typed)
    except Stale as refusal:
        # What was typed stays; it is looked at beside what a colleague has just entered.
        del typed["seen"]
        return again(actor, file_no, "papers", typed, refusal)
    except Invalid as refusal:
        return again(actor, file_no, "papers", typed, refusal)
    flash(_("已保存纸质档案登记。"), "done")
    return redirect(url_for("register.household", file_no=file_no, tab="papers"), 303)


@resumes("register.enter_help")
def resume_help(actor: Actor, kept: KeptPost) -> ResponseReturnValue:
    """Signed in again: the form with all that was typed, to be sent once more."""
    return _resumed(actor, kept, "help")


@resumes("register.enter_papers")
def resume_papers(actor: Actor, kept: KeptPost) -> ResponseReturnValue:
    """The same for the volume."""
    return _resumed(actor, kept, "papers")


def _resumed(actor: Actor, kept: KeptPost, tab: str) -> ResponseReturnValue:
    registry, file_no = current_registry(), kept.place["file_no"]
    typed = Typed(_("您填写的内容都在,请核对后再次提交。"), kept.fields.to_dict())
    asked = Asked(registry.opening.of(actor, file_no), tab, {}, typed=typed)
    return render(file_page(shell("register", actor), registry, actor, asked))
