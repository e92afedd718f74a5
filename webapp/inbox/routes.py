"""The addresses of the inbox."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.inbox.pages import inbox_page
from webapp.shared.navigation import shell
from webapp.shared.page import render
from webapp.shared.requests import current_actor, current_engine, current_installation

inbox = Blueprint("inbox", __name__, template_folder="templates")


@inbox.get("/")
def home() -> ResponseReturnValue:
    """The inbox is where everybody begins."""
    return redirect(url_for("inbox.show"), 303)


@inbox.get("/inbox")
def show() -> ResponseReturnValue:
    """What waits for me, longest overdue first."""
    actor = current_actor()
    places = current_installation().places
    asked = request.args.to_dict()
    return render(inbox_page(shell("inbox", actor), current_engine(), places, actor, asked))
