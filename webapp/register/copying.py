"""The addresses of copying a file into the national system."""

from flask import Response, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine import Actor
from engine.errors import Conflict, Invalid
from webapp.register.blueprint import register
from webapp.register.copy_page import copy_page
from webapp.register.upkeep_pages import NOTHING_TYPED, Refused
from webapp.shared.errors import status_of
from webapp.shared.kept_posts import KeptPost, resumes
from webapp.shared.language import _
from webapp.shared.navigation import shell
from webapp.shared.page import render
from webapp.shared.requests import current_actor, current_registry, wants_json


@register.get("/households/copy")
def copy_first() -> ResponseReturnValue:
    """On to the file that has waited longest."""
    file_no = current_registry().copying.first(current_actor())
    if file_no:
        return redirect(url_for("register.copy", file_no=file_no), 303)
    flash(_("没有等待抄录的档案。"), "done")
    return redirect(url_for("register.queue", name="awaiting"), 303)


@register.get("/households/<file_no>/copy")
def copy(file_no: str) -> ResponseReturnValue:
    """One file in the order of the national form, whole numbers; that is written down."""
    return _page(current_actor(), file_no, NOTHING_TYPED)


def _page(actor: Actor, file_no: str, refused: Refused) -> str:
    registry = current_registry()
    sheet = registry.copying.sheet(actor, file_no)
    return render(copy_page(shell("register", actor), registry, actor, sheet, refused))


@register.post("/households/<file_no>/national-number")
def enter_number(file_no: str) -> ResponseReturnValue:
    """Write down the number the national system gave, of a file that no case enters."""
    actor, typed = current_actor(), request.form.to_dict()
    try:
        current_registry().copying.enter(actor, file_no, typed.get("national_no", ""))
    except (Conflict, Invalid) as refusal:
        return _page(actor, file_no, Refused(typed, refusal.message)), status_of(refusal)
    flash(_("编号已登记,这一户已在档。"), "done")
    return redirect(url_for("register.household", file_no=file_no), 303)


@register.post("/households/<file_no>/copy")
def tick_copied(file_no: str) -> Response | ResponseReturnValue:
    """Keep what has been copied so far."""
    copied, seen = request.form.getlist("copied"), request.form.getlist("seen")
    current_registry().copying.tick(current_actor(), file_no, copied, seen)
    if wants_json():
        return jsonify({"copied": copied})
    flash(_("抄录进度已保存。"), "done")
    return redirect(url_for("register.copy", file_no=file_no), 303)


@resumes("register.enter_number")
def resume_number(actor: Actor, kept: KeptPost) -> ResponseReturnValue:
    """Signed in again: the number as it was typed, to be sent once more."""
    told = _("您填写的内容都在,请核对后再次提交。")
    return _page(actor, kept.place["file_no"], Refused(kept.fields.to_dict(), told))
