"""The addresses of supervision."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from webapp.shared.navigation import shell
from webapp.shared.page import render
from webapp.shared.requests import current_actor, current_engine, current_installation
from webapp.shared.settings_tabs import settings_section
from webapp.supervision.gaps import gaps_page
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
