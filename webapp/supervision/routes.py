"""The addresses of supervision."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.shared.language import _
from webapp.shared.navigation import shell
from webapp.shared.page import render
from webapp.shared.requests import current_actor, current_engine, current_installation
from webapp.shared.settings_tabs import settings_section
from webapp.supervision.gaps import gaps_page
from webapp.supervision.orders import choose_order, orders_page
from webapp.supervision.pages import overdue_page, unstaffed_page
from webapp.supervision.units import units_page

supervision = Blueprint("supervision", __name__, template_folder="templates")


@supervision.get("/supervision")
def overdue() -> ResponseReturnValue:
    """What is late, longest first."""
    actor = current_actor()
    return render(overdue_page(shell("supervision", actor), current_engine(), actor, request.args))


@supervision.get("/supervision/units")
def by_unit() -> ResponseReturnValue:
    """What is late by unit, with whom to ring and a text to send."""
    actor, places = current_actor(), current_installation().places
    frame = shell("supervision", actor)
    return render(units_page(frame, current_engine(), actor, places.organisations()))


@supervision.post("/supervision/reminders")
def remind() -> ResponseReturnValue:
    """Keep that the people of these late steps were reminded."""
    steps = request.form.getlist("task")
    done = current_engine().supervision.remind(current_actor(), steps, request.form.get("way", ""))
    flash(_("已登记催办 %(n)s 个环节,办理人在环节页上能看到。", n=done), "done")
    return redirect(url_for("supervision.by_unit"), 303)


@supervision.get("/supervision/orders")
def orders() -> ResponseReturnValue:
    """Orders to units whose steps are late."""
    actor = current_actor()
    frame = shell("supervision", actor)
    return render(orders_page(frame, current_engine(), actor, request.args.get("show", "")))


@supervision.get("/supervision/orders/new")
def new_order() -> ResponseReturnValue:
    """The chosen steps by unit; where they are one unit's, on to its order."""
    actor = current_actor()
    chosen = request.args.getlist("task")
    page = choose_order(shell("supervision", actor), current_engine(), actor, chosen)
    if len(page.units) == 1 and len(page.units[0].links) == 1:
        return redirect(page.units[0].links[0].href, 303)
    return render(page)


@supervision.get("/supervision/unstaffed")
def unstaffed() -> ResponseReturnValue:
    """What nobody can do."""
    actor, places = current_actor(), current_installation().places
    frame = shell("supervision", actor)
    return render(unstaffed_page(frame, current_engine(), actor, places.role))


@supervision.get("/supervision/gaps")
def gaps() -> ResponseReturnValue:
    """Roles nobody holds, and what ends soon."""
    actor = current_actor()
    frame = shell(settings_section(actor, "supervision"), actor)
    return render(gaps_page(frame, current_engine(), actor, request.args.get("show", "")))
