"""The address at which a case of a file is begun: a review, an exit (domain.md §1.2, §1.3)."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import Conflict, Invalid
from webapp.register.acting import again
from webapp.register.blueprint import register
from webapp.register.list_page import queue_named
from webapp.shared.language import _
from webapp.shared.requests import current_actor, current_registry


@register.post("/households/<file_no>/cases")
def begin_case(file_no: str) -> ResponseReturnValue:
    """Begin it; from a list one goes on in the list, from the file to the case."""
    actor, process = current_actor(), request.form.get("process", "")
    try:
        started = current_registry().file_cases.start(actor, file_no, process)
    except (Conflict, Invalid) as refusal:
        return again(actor, file_no, "", {}, refusal)
    flash(_("已发起,办件 %(number)s。", number=started.case.number), "done")
    back = request.form.get("back", "")
    if back:
        return redirect(url_for("register.queue", name=queue_named(back).value), 303)
    return redirect(url_for("cases.show", case_id=started.case_id), 303)
