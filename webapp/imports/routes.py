"""The addresses of lists from Excel."""

from urllib.parse import quote

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine import Actor
from engine.errors import Conflict, Invalid, NotPermitted
from engine.model.errands import ErrandStatus
from registry import Imports
from registry.imports.api import Progress
from registry.imports.stepping import PREFIX
from registry.incoming.batch import HOUSEHOLDS, State
from webapp.imports.pages import MOST_SHOWN, RESULTS_SHOWN, bring_page, imports_page, list_page
from webapp.imports.working import (
    ERRAND,
    error_workbook,
    may_import,
    step_workbook,
    take_file,
)
from webapp.shared.language import _
from webapp.shared.navigation import shell
from webapp.shared.page import render
from webapp.shared.requests import current_actor, current_engine
from webapp.sheets.guard import LARGEST_FILE

imports = Blueprint("imports", __name__, template_folder="templates")

_FIRST_SLICE = 2.0
_LONGEST_NUMBER = 9
_MOST = LARGEST_FILE + 1
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _lists() -> Imports:
    return Imports(current_engine())


@imports.get("/imports")
def choose() -> ResponseReturnValue:
    """Which kind of list."""
    actor, engine = current_actor(), current_engine()
    kinds, steps = may_import(engine, actor), _lists().waiting_steps(actor)
    recent = _lists().recent(actor)
    if not (kinds or steps or recent):
        raise NotPermitted(_("您没有可以批量导入的内容。如需办理,请联系县总工会管理员。"))
    return render(imports_page(shell("inbox", actor), kinds, steps, recent))


@imports.get("/imports/<kind>")
def bring(kind: str) -> ResponseReturnValue:
    """The template, and where to bring it."""
    actor = current_actor()
    found, waiting = _lists().kind(actor, kind), _waiting(actor, kind)
    return render(bring_page(shell(_section(kind), actor), kind, found, waiting))


def _waiting(actor: Actor, kind: str) -> int | None:
    if not kind.startswith(PREFIX):
        return None
    return _lists().waiting_steps(actor).get(kind, ("", 0))[1]


@imports.get("/imports/<kind>/template.xlsx")
def template_of(kind: str) -> ResponseReturnValue:
    """The workbook to fill in."""
    from webapp.sheets.template import template

    actor = current_actor()
    found = _lists().kind(actor, kind)
    if kind.startswith(PREFIX):
        day = f"{current_engine().environment.today():%Y%m%d}"
        return _workbook(step_workbook(_lists(), actor, kind), f"{found.name}名单{day}.xlsx")
    name = _("%(name)s导入模板.xlsx", name=found.name)
    return _workbook(template(f"{found.name} · 批量导入", found.layout, found.units()), name)


@imports.post("/imports/<kind>")
def take(kind: str) -> ResponseReturnValue:
    """Read a workbook; every row is checked before anything is imported."""
    actor, lists = current_actor(), _lists()
    found = lists.kind(actor, kind)
    given = request.files.get("file")
    # Nothing chosen reads as an empty file, which is refused in the same words.
    name, content = ("", b"") if given is None else (given.filename or "", given.stream.read(_MOST))
    try:
        list_id = take_file(lists, actor, kind, name, content)
    except Invalid as refused:
        page = bring_page(
            shell(_section(kind), actor), kind, found, _waiting(actor, kind), refused.message
        )
        return render(page), 422
    _begin(actor, list_id)
    return redirect(url_for("imports.show", list_id=list_id), 303)


def _begin(actor: Actor, list_id: str) -> None:
    """Do what is done in a moment; the rest is an errand."""
    if _lists().work(actor, list_id, _FIRST_SLICE).is_working:
        current_engine().errands.ask_for(actor, ERRAND, list_id)


def _stopped(actor: Actor, progress: Progress) -> str:
    """Why a list that is being worked on stands still; empty while it goes on.

    An errand that was never asked for, because the web died just before, is asked for here.
    """
    if not progress.is_working:
        return ""
    errands = current_engine().errands
    errand = errands.about(ERRAND, progress.batch.id)
    if errand is None or errand.status is ErrandStatus.DONE:
        errands.ask_for(actor, ERRAND, progress.batch.id)
    return "" if errand is None or errand.status is not ErrandStatus.FAILED else errand.told


@imports.get("/imports/lists/<list_id>")
def show(list_id: str) -> ResponseReturnValue:
    """A list: what is wrong, what came of it."""
    actor, lists = current_actor(), _lists()
    progress = lists.progress(actor, list_id)
    wrong = lists.rows(actor, list_id, [State.BAD], limit=MOST_SHOWN)
    asked = request.args.get("after", "")
    after = int(asked) if asked.isdigit() and len(asked) <= _LONGEST_NUMBER else 0
    results = lists.rows(
        actor, list_id, [State.DONE, State.KNOWN], after=after, limit=RESULTS_SHOWN + 1
    )
    frame = shell(_section(progress.batch.kind), actor)
    stopped = _stopped(actor, progress)
    return render(list_page(frame, progress, wrong, results, after, stopped))


@imports.post("/imports/lists/<list_id>/work")
def work(list_id: str) -> ResponseReturnValue:
    """Go on with a list that stands still."""
    _begin(current_actor(), list_id)
    return redirect(url_for("imports.show", list_id=list_id), 303)


@imports.post("/imports/lists/<list_id>/run")
def run(list_id: str) -> ResponseReturnValue:
    """Begin to import what was checked."""
    actor, lists = current_actor(), _lists()
    try:
        lists.run(actor, list_id, only_if_all=request.form.get("which") != "good")
    except (Invalid, Conflict) as refused:
        flash(refused.message, "error")
    _begin(actor, list_id)
    return redirect(url_for("imports.show", list_id=list_id), 303)


@imports.post("/imports/lists/<list_id>/drop")
def drop(list_id: str) -> ResponseReturnValue:
    """Give up a list that was not imported."""
    _lists().drop(current_actor(), list_id)
    return redirect(url_for("imports.choose"), 303)


@imports.get("/imports/lists/<list_id>/errors.xlsx")
def errors(list_id: str) -> ResponseReturnValue:
    """The same workbook with what is wrong in a column 错误."""
    name, content = error_workbook(_lists(), current_actor(), list_id)
    return _workbook(content, name)


def _workbook(content: bytes, name: str) -> Response:
    response = Response(content, mimetype=_XLSX)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response.headers["Cache-Control"] = "no-store"
    return response


def _section(kind: str) -> str:
    return "register" if kind == HOUSEHOLDS else "inbox"
