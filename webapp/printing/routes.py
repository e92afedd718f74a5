"""The addresses of what is printed."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from webapp.printing.pages import sheet_page
from webapp.shared.navigation import shell
from webapp.shared.page import render
from webapp.shared.requests import current_actor, current_engine

printing = Blueprint("printing", __name__, template_folder="templates")


@printing.get("/tasks/<task_id>/print/<document_id>")
def sheet(task_id: str, document_id: str) -> ResponseReturnValue:
    """A paper of a step; that whole numbers were printed is written down first."""
    actor, engine = current_actor(), current_engine()
    printed = engine.tasks.printed(actor, task_id, document_id)
    engine.note_access(actor, "document-printed", task_id, printed.paper.title)
    return render(sheet_page(shell("inbox", actor), engine, task_id, printed))
