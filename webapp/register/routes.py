"""The addresses of household files."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from webapp.register.pages import household_page, households_page
from webapp.shared.navigation import shell
from webapp.shared.page import render
from webapp.shared.requests import current_actor, current_engine, current_registry

register = Blueprint("register", __name__, template_folder="templates")


@register.get("/households")
def households() -> ResponseReturnValue:
    """Files of my area."""
    actor = current_actor()
    page = households_page(shell("register", actor), current_registry(), actor, request.args)
    return render(page)


@register.get("/households/<file_no>")
def household(file_no: str) -> ResponseReturnValue:
    """One file, personal data masked."""
    actor = current_actor()
    found = current_registry().household(actor, file_no)
    current_engine().note_access(actor, "household-read", file_no)
    frame, tab = shell("register", actor), request.args.get("tab", "")
    return render(household_page(frame, found, tab, is_clear=False))


@register.post("/households/<file_no>/clear")
def household_clear(file_no: str) -> ResponseReturnValue:
    """The same with whole numbers; the registry writes down that they were looked at."""
    actor = current_actor()
    found = current_registry().household_clear(actor, file_no)
    frame, tab = shell("register", actor), request.args.get("tab", "")
    return render(household_page(frame, found, tab, is_clear=True))
