"""The frame of every change in the directory: do it, or show the form again as it was typed."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response, flash, make_response, redirect

from engine import Actor, Engine
from engine.errors import Conflict, Invalid, NotPermitted
from webapp.directory.pages import must_be_admin
from webapp.directory.typed import Wrong, told_of, wrong_of
from webapp.shared.errors import status_of
from webapp.shared.navigation import Shell, shell
from webapp.shared.page import Page, render
from webapp.shared.requests import current_actor, current_engine, current_installation

directory = Blueprint("directory", __name__, url_prefix="/admin", template_folder="templates")


def admin() -> tuple[Actor, Engine, Shell]:
    """Who changes the directory; NotPermitted for everybody but administrators."""
    actor = current_actor()
    must_be_admin(actor)
    return actor, current_engine(), shell("directory", actor)


@dataclass(frozen=True)
class Form:
    """A form of a page: its name there, the page that shows it, and where one goes when done.

    ``blames``: the field of a refusal that names none.
    """

    name: str
    again: Callable[[Wrong], Page]
    back: str
    blames: str = ""

    def refused(self, error: Invalid | Conflict | NotPermitted) -> Response:
        """The page again, with everything that was typed and the sentence at its field."""
        page = self.again(wrong_of(self.name, error, self.blames))
        # what is typed wrongly is the same kind of answer, whoever found it out
        return make_response(render(page), 403 if status_of(error) == 403 else 422)  # noqa: PLR2004


def change(form: Form, doing: Callable[[], int], done: str) -> Response:
    """Do a change and go back, telling what it moved; the form again where it is refused."""
    try:
        moved = doing()
    except (Invalid, Conflict, NotPermitted) as refused:
        return form.refused(refused)
    current_installation().places.forget()
    flash(done + told_of(moved), "done")
    return redirect(form.back, 303)  # type: ignore[return-value]
