"""The addresses of household files: lists and the file itself."""

from flask import request
from flask.typing import ResponseReturnValue

from webapp.register import acting, beginning, copying, exporting, reporting, upkeep, volume
from webapp.register.blueprint import register
from webapp.register.file_page import Asked, file_page
from webapp.register.list_page import households_page, queue_named
from webapp.register.year_page import year_page
from webapp.shared.navigation import shell
from webapp.shared.page import render
from webapp.shared.requests import current_actor, current_engine, current_registry

__all__ = [
    "acting",
    "beginning",
    "copying",
    "exporting",
    "register",
    "reporting",
    "upkeep",
    "volume",
]


@register.get("/households")
def households() -> ResponseReturnValue:
    """Files of my area."""
    actor = current_actor()
    page = households_page(shell("register", actor), current_registry(), actor, request.args)
    return render(page)


@register.get("/households/queues/<name>")
def queue(name: str) -> ResponseReturnValue:
    """Files that wait for somebody."""
    actor, wanted = current_actor(), queue_named(name)
    frame, registry = shell("register", actor), current_registry()
    return render(households_page(frame, registry, actor, request.args, wanted))


@register.get("/households/figures")
def year_figures() -> ResponseReturnValue:
    """What became of the households of a year, unit by unit."""
    actor, asked = current_actor(), request.args
    year = asked.get("year", "")
    frame, registry = shell("register", actor), current_registry()
    chosen = int(year) if year.isascii() and year.isdigit() else 0
    return render(year_page(frame, registry, actor, chosen, asked.get("unit", "")))


@register.get("/households/<file_no>")
def household(file_no: str) -> ResponseReturnValue:
    """One file, personal data masked."""
    actor, registry = current_actor(), current_registry()
    found = registry.opening.of(actor, file_no)
    current_engine().note_access(actor, "household-read", file_no)
    asked = Asked(found, request.args.get("tab", ""), request.args)
    return render(file_page(shell("register", actor), registry, actor, asked))


@register.post("/households/<file_no>/clear")
def household_clear(file_no: str) -> ResponseReturnValue:
    """The same with whole numbers; the registry writes down that they were looked at."""
    actor, registry = current_actor(), current_registry()
    found = registry.opening.clear(actor, file_no)
    asked = Asked(found, request.args.get("tab", ""), request.args, is_clear=True)
    return render(file_page(shell("register", actor), registry, actor, asked))
