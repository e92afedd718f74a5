"""The addresses of papers of a batch."""

from flask import request
from flask.typing import ResponseReturnValue

from engine import Actor
from registry.funds.batches import BatchView
from registry.funds.typed import number_of
from webapp.funds.blueprint import funds
from webapp.funds.papers import roster_sheet, slips_page
from webapp.shared.navigation import shell
from webapp.shared.page import render
from webapp.shared.requests import current_actor, current_engine, current_registry
from webapp.shared.words import moment


def _view(actor: Actor, number: str) -> tuple[BatchView, str]:
    """The batch, and who printed when as it stands on paper; that it was opened is kept."""
    view = current_registry().batches.view(actor, number)
    engine = current_engine()
    engine.note_access(actor, "roster-paper-opened", number, f"{len(view.payments)} 笔")
    return view, f"{actor.name} {moment(engine.clock.now())}"


@funds.get("/funds/batches/<number>/sheet")
def batch_sheet(number: str) -> ResponseReturnValue:
    """签收表."""
    actor = current_actor()
    view, printed = _view(actor, number)
    return render(roster_sheet(shell("funds", actor), view, printed))


@funds.get("/funds/batches/<number>/slips")
def batch_slips(number: str) -> ResponseReturnValue:
    """付款凭单 of one line, or of all."""
    actor, only = current_actor(), number_of(request.args.get("line", ""))
    view, printed = _view(actor, number)
    return render(slips_page(shell("funds", actor), view, only, printed))
