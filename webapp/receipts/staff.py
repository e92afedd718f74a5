"""The staff's address: giving a receipt out, printed at once because its code is told once."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine.model.once import Once, Replayed
from engine.work.receipts import Slip
from webapp.receipts.pages import slip_page
from webapp.shared.language import _
from webapp.shared.navigation import shell
from webapp.shared.page import render
from webapp.shared.requests import current_actor, current_engine, current_settings

slips = Blueprint("slips", __name__, template_folder="templates")

_SHORTEST_NONCE = 8


@slips.post("/cases/<case_id>/receipt")
def issue(case_id: str) -> ResponseReturnValue:
    """A new receipt as a page to print; the code of before opens nothing any more."""
    actor, engine = current_actor(), current_engine()
    try:
        slip = engine.receipts.issue(actor, case_id, _once(case_id))
    except Replayed:
        flash(_("回执已经开出,编码只显示一次。没有打印出来的,请重开一张。"), "warning")
        return redirect(url_for("cases.show", case_id=case_id), 303)
    site = current_settings().public_address or request.host_url
    return render(slip_page(shell("done", actor), slip, actor.name, site))


def _once(case_id: str) -> Once[Slip] | None:
    """One receipt a press of the button: a reload must not end the one that was just printed."""
    nonce = request.form.get("_nonce", "")
    if len(nonce) < _SHORTEST_NONCE:
        return None
    return Once(nonce, "receipt-in-page", case_id, lambda _slip: b"issued")
