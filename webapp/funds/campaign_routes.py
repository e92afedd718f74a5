"""The addresses of campaigns."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine import Actor
from engine.errors import Conflict, Invalid, NotFound, NotPermitted
from engine.model.fan_out import RefusedLine
from registry.funds.typed import number_of
from registry.store.campaigns import Stand, Wanted
from webapp.funds.blueprint import funds
from webapp.funds.campaign_page import campaign_page, campaigns_page, households_page
from webapp.shared.errors import status_of
from webapp.shared.navigation import shell
from webapp.shared.page import render
from webapp.shared.requests import current_actor, current_engine, current_registry

_PAGE = 100
_STANDS = {stand.value: stand for stand in Stand}


@funds.get("/funds/campaigns")
def campaigns() -> ResponseReturnValue:
    """Campaigns with households of her area."""
    actor = current_actor()
    return render(campaigns_page(shell("funds", actor), current_registry().campaigns.listed(actor)))


@funds.get("/funds/campaigns/<number>")
def campaign(number: str) -> ResponseReturnValue:
    """One with its figures."""
    return _page(current_actor(), number)


def _page(actor: Actor, number: str, message: str = "") -> str:
    desk, lists = current_registry().campaigns, current_engine().fan_outs
    found = desk.view(actor, number)
    trouble, refused = "", list[RefusedLine]()
    if found.may_open_case:  # of a list as a whole only they are told
        trouble = lists.trouble(actor, found.list.key)
        refused += lists.refusals(actor, found.list.key) if found.list.refused else ()
    money = desk.money(actor, found)
    return render(campaign_page(shell("funds", actor), found, money, trouble, refused, message))


@funds.get("/funds/campaigns/<number>/households")
def campaign_households(number: str) -> ResponseReturnValue:
    """The households a figure counts."""
    actor, desk = current_actor(), current_registry().campaigns
    found, said = desk.view(actor, number), request.args.to_dict()
    chosen = [_STANDS[one] for one in said.get("stand", "").split(",") if one in _STANDS]
    wanted = Wanted(chosen, said.get("unit", ""), said.get("why", ""))
    rows = desk.households(actor, found, wanted, said.get("after", ""), _PAGE + 1)
    return render(households_page(shell("funds", actor), found, rows, said, _PAGE))


@funds.post("/funds/campaigns/<number>/roster")
def make_roster(number: str) -> ResponseReturnValue:
    """A draft batch with all that wait for a roster."""
    actor, desk = current_actor(), current_registry().campaigns
    try:
        batch = desk.open_roster(
            actor,
            desk.view(actor, number),
            number_of(request.form.get("line", "")),
            request.form.get("item", ""),
        )
    except (Conflict, Invalid, NotFound, NotPermitted) as refusal:
        return _page(actor, number, refusal.message), status_of(refusal)
    return redirect(url_for("funds.batch", number=batch), 303)
