"""The addresses of copying a file into the national system."""

from flask import Response, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.register.blueprint import register
from webapp.register.copy_page import copy_page
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
    actor, registry = current_actor(), current_registry()
    sheet = registry.copying.sheet(actor, file_no)
    return render(copy_page(shell("register", actor), registry, actor, sheet))


@register.post("/households/<file_no>/copy")
def tick_copied(file_no: str) -> Response | ResponseReturnValue:
    """Keep what has been copied so far."""
    copied, seen = request.form.getlist("copied"), request.form.getlist("seen")
    current_registry().copying.tick(current_actor(), file_no, copied, seen)
    if wants_json():
        return jsonify({"copied": copied})
    flash(_("抄录进度已保存。"), "done")
    return redirect(url_for("register.copy", file_no=file_no), 303)
