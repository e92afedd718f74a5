"""The addresses of 任务与故障; for administrators."""

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue

from engine.errors import Invalid, NotFound
from webapp.operation.pages import confirm_page, question_of, troubles_page
from webapp.shared.addresses import address
from webapp.shared.language import _, spoken
from webapp.shared.navigation import shell
from webapp.shared.page import render
from webapp.shared.requests import current_actor, current_engine, current_installation

operation = Blueprint("operation", __name__, url_prefix="/admin/jobs", template_folder="templates")
_LONGEST_NUMBER = 18


@operation.get("")
def show() -> ResponseReturnValue:
    """What failed or is late."""
    return _page(dict(request.args.items()))


@operation.post("")
def retry() -> ResponseReturnValue:
    """Try one again; of many, say first how many."""
    actor, engine = current_actor(), current_engine()
    cause = request.form.get("cause", "")
    only = _numbers("only")
    try:
        jobs = tuple(engine.operating.to_retry(actor, only or _numbers("job"), cause))
    except Invalid as refused:
        return _page({}, spoken(refused.message)), 422
    except NotFound as gone:
        flash(spoken(gone.message), "warning")
        return redirect(address("operation.show"), 303)
    if not only and request.form.get("confirmed") != "yes":
        return render(confirm_page(shell("directory", actor), engine, actor, jobs, cause))
    tried = engine.operating.retry(actor, jobs)
    if tried.done:
        flash(_("已让 %(n)s 件重新办理,几秒后刷新看结果。", n=tried.done), "done")
    if tried.skipped:
        flash(_("%(n)s 件已在重试或已处理,没有再动。", n=tried.skipped), "warning")
    if tried.left:
        flash(_("同时办理的人太多,还有 %(n)s 件没有重试,请稍后再试。", n=tried.left), "warning")
    return redirect(address("operation.show"), 303)


def _page(asked: dict[str, str], error: str = "") -> str:
    actor, places = current_actor(), current_installation().places
    frame = shell("directory", actor)
    return render(troubles_page(frame, current_engine(), actor, question_of(asked), places, error))


def _numbers(name: str) -> list[int]:
    return [
        int(text)
        for text in request.form.getlist(name)
        if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER
    ]
