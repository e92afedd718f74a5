"""The addresses of several cases at one step."""

from collections.abc import Sequence

from flask import flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from engine.errors import Invalid, NotFound
from engine.work.together import answers_for
from webapp.forms.render import refresh_answer
from webapp.shared.form_posts import read_posted
from webapp.shared.language import _
from webapp.shared.navigation import shell
from webapp.shared.page import render
from webapp.shared.requests import current_actor, current_engine
from webapp.together import listed_routes
from webapp.together.blueprint import together
from webapp.together.deciding import Asked, Minutes, decide
from webapp.together.form import asked_once
from webapp.together.pages import Typed, list_page, result_page, together_page

_MINUTES = "_minutes"

__all__ = ["listed_routes", "together"]


@together.get("/together")
def show() -> ResponseReturnValue:
    """The chosen cases, with one form; who ticked none, or others, is told so above her list."""
    actor, engine = current_actor(), current_engine()
    try:
        found = engine.tasks.together(actor, request.args.getlist("task"))
    except Invalid as refused:
        flash(refused.message, "warning")
        return redirect(url_for("inbox.show"), 303)
    _note(found.name, [one.task_id for one in found.waiting], "task-read")
    return render(together_page(shell("inbox", actor), engine, actor, found))


@together.get("/together/list")
def sheet() -> ResponseReturnValue:
    """The list of them on A4; that it was printed is written down for each."""
    actor, engine = current_actor(), current_engine()
    found = engine.tasks.together(actor, request.args.getlist("task"))
    if found.listing is None:
        raise NotFound("这个环节没有要打印的名单。")
    ids = [one.task_id for one in found.waiting]
    _note(found.listing.title, ids, "document-printed")
    return render(list_page(shell("inbox", actor), engine, found, ids))


@together.post("/together")
def decide_all() -> ResponseReturnValue:
    """One decision for all; what came of each."""
    actor, engine = current_actor(), current_engine()
    found = engine.tasks.together(actor, request.form.getlist("_task"))
    form = None if found.form is None else asked_once(found.form)
    papers = MultiDict((n, f) for n, f in request.files.items(multi=True) if n != _MINUTES)
    posted = read_posted(engine, actor, form, request.form, papers)
    if posted.action != "submit" or posted.file_errors or found.form is None:
        typed = Typed(posted.data, posted.file_errors)
        page = together_page(shell("inbox", actor), engine, actor, found, typed)
        return render(page), 422 if posted.file_errors else 200
    first = next((one for one in found.waiting if not one.refusal), None)
    if first is not None:
        answers = answers_for(first, found.form, posted.data)
        wrong = found.form.validate(answers, found.scope, found.context).errors
        if wrong:
            page = together_page(
                shell("inbox", actor), engine, actor, found, Typed(posted.data, wrong)
            )
            return render(page), 422
    asked = Asked(posted.data, _seen(), posted.nonce, _minutes())
    decided = decide(engine, actor, found, asked)
    return render(result_page(shell("inbox", actor), found, decided))


@together.post("/together/refresh")
def refresh() -> ResponseReturnValue:
    """What is shown for these answers; writes nothing."""
    actor, engine = current_actor(), current_engine()
    found = engine.tasks.together(actor, request.args.getlist("task"))
    if found.form is None:
        return jsonify({"visible": [], "computed": {}})
    form = asked_once(found.form)
    data = form.read_post(request.form.to_dict(flat=False))
    return jsonify(refresh_answer(form, data, found.scope, found.context, _))


def _minutes() -> Minutes | None:
    """The paper for all, checked before anything is decided; what it is called is kept: Chinese."""
    given = request.files.get(_MINUTES)
    if given is None or not given.filename:
        return None
    content = current_engine().files.receive(given.stream)
    current_engine().files.must_be_allowed(given.filename, content)
    label = request.form.get("_minutes_label", "").strip() or "会议纪要"
    return Minutes(given.filename, label, content)


def _seen() -> dict[str, int]:
    """The revisions that the page showed: what changed meanwhile is refused."""
    pairs = zip(request.form.getlist("_task"), request.form.getlist("_rev"), strict=False)
    return {task_id: int(rev) for task_id, rev in pairs if rev.isdigit()}


def _note(what: str, task_ids: Sequence[str], action: str) -> None:
    for task_id in task_ids:
        current_engine().note_access(current_actor(), action, task_id, what)
