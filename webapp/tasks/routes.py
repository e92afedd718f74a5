"""The addresses of one step."""

from collections.abc import Mapping

from flask import Blueprint, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine import Actor
from engine.model.tasks import InboxFilter
from webapp.forms.render import live_answer
from webapp.shared.addresses import address
from webapp.shared.form_posts import read_posted
from webapp.shared.kept_posts import KeptPost, resumes
from webapp.shared.language import _
from webapp.shared.navigation import shell
from webapp.shared.page import render
from webapp.shared.requests import current_actor, current_engine
from webapp.tasks.acting import Outcome, act, keep_draft
from webapp.tasks.pages import task_page

tasks = Blueprint("tasks", __name__, template_folder="templates")

_WAY_BACK = ("due", "role", "unit", "process", "held", "q", "after")


def way_back() -> dict[str, str]:
    """The filter and place of the list the person came from."""
    return {name: request.args[name] for name in _WAY_BACK if request.args.get(name)}


def filter_behind(names: Mapping[str, str]) -> InboxFilter:
    """The same as a filter, to find the next step in that list."""
    return InboxFilter(
        bucket=names.get("due", ""),
        role=names.get("role", ""),
        organisation_id=names.get("unit", ""),
        process_key=names.get("process", ""),
        text=names.get("q", ""),
        holding=names.get("held", ""),
    )


@tasks.get("/tasks/<task_id>")
def show(task_id: str) -> ResponseReturnValue:
    """The step."""
    actor, engine = current_actor(), current_engine()
    found = engine.tasks.page(actor, task_id)
    page = task_page(shell("inbox", actor), engine, actor, found, way_back())
    engine.note_access(actor, "task-read", task_id)  # after all is read, before it is shown
    return render(page)


@tasks.post("/tasks/<task_id>")
def act_on(task_id: str) -> ResponseReturnValue:
    """Submit, keep a draft, or add a row."""
    actor, engine = current_actor(), current_engine()
    view = engine.tasks.view(actor, task_id)
    posted = read_posted(engine, actor, view.form, request.form, request.files)
    outcome = act(engine, actor, view, posted, filter_behind(way_back()))
    return _answer(actor, task_id, outcome)


def _answer(actor: Actor, task_id: str, outcome: Outcome) -> ResponseReturnValue:
    if outcome.again is not None:
        engine = current_engine()
        found = engine.tasks.page(actor, task_id)
        page = task_page(shell("inbox", actor), engine, actor, found, way_back(), outcome.again)
        return render(page), outcome.status
    if outcome.prints:
        sheet = url_for("printing.sheet", task_id=task_id, document_id=outcome.prints)
        return redirect(sheet, 303)
    if outcome.phone:
        # 307: the same post begins the page, so that no address that is only read makes one.
        begun = url_for("phone.begin", task=task_id, field=outcome.phone)
        return redirect(begun, 307)
    flash(outcome.told, "done")
    if outcome.stays:
        return redirect(address("tasks.show", way_back(), task_id=task_id), 303)
    if outcome.next_task:
        return redirect(address("tasks.show", way_back(), task_id=outcome.next_task), 303)
    return redirect(address("inbox.show", way_back()), 303)


@tasks.post("/tasks/<task_id>/draft")
def save_draft(task_id: str) -> ResponseReturnValue:
    """Keep what was typed so far, asked by the page itself."""
    actor, engine = current_actor(), current_engine()
    view = engine.tasks.view(actor, task_id)
    posted = read_posted(engine, actor, view.form, request.form, request.files)
    return jsonify({"saved_at": keep_draft(engine, actor, view, posted.data)})


@tasks.post("/tasks/<task_id>/refresh")
def refresh(task_id: str) -> ResponseReturnValue:
    """What is shown and computed for these answers; writes nothing."""
    actor, engine = current_actor(), current_engine()
    view = engine.tasks.view(actor, task_id)
    if view.form is None:
        return jsonify({"visible": [], "computed": {}})
    post = request.form.to_dict(flat=False)
    return jsonify(live_answer(view.form, post, view.scope, view.context, _))


@tasks.post("/tasks/<task_id>/papers")
def check_papers(task_id: str) -> ResponseReturnValue:
    """Tick papers off as checked: one, asked by the page itself, or all that the page lists."""
    actor, engine = current_actor(), current_engine()
    checked = set(request.form.getlist("checked"))
    for file_id in request.form.getlist("listed"):
        engine.tasks.tick_paper(actor, task_id, file_id, checked=file_id in checked)
    if "X-Requested-With" in request.headers:
        return jsonify({"checked": sorted(checked)})
    flash(_("“已核”已保存,下一步的办理人可以看到。"), "done")
    return redirect(address("tasks.show", way_back(), task_id=task_id, _anchor="papers"), 303)


@tasks.post("/tasks/<task_id>/claim")
def claim(task_id: str) -> ResponseReturnValue:
    """Take the step."""
    current_engine().tasks.claim(current_actor(), task_id)
    return redirect(address("tasks.show", way_back(), task_id=task_id), 303)


@tasks.post("/tasks/<task_id>/release")
def release(task_id: str) -> ResponseReturnValue:
    """Put the step back."""
    current_engine().tasks.release(current_actor(), task_id)
    flash(_("已放回,同事可以认领。草稿留在这一件里。"), "done")
    return redirect(address("inbox.show", way_back()), 303)


@tasks.post("/tasks/<task_id>/pass-on")
def pass_on(task_id: str) -> ResponseReturnValue:
    """Give the step to a colleague."""
    person, reason = request.form.get("person", ""), request.form.get("reason", "")
    current_engine().tasks.pass_on(current_actor(), task_id, person, reason)
    flash(_("已转办。"), "done")
    return redirect(address("inbox.show", way_back()), 303)


@tasks.post("/tasks/<task_id>/delay")
def say_why_late(task_id: str) -> ResponseReturnValue:
    """Keep why the step is past its limit."""
    reason, note = request.form.get("reason", ""), request.form.get("note", "")
    current_engine().tasks.say_why_late(current_actor(), task_id, reason, note)
    flash(_("超期原因已保存,督办看板可以看到。"), "done")
    return redirect(address("tasks.show", way_back(), task_id=task_id), 303)


@resumes("tasks.act_on")
def resume(actor: Actor, kept: KeptPost) -> ResponseReturnValue:
    """Signed in again: keep what was typed as a draft, and open it."""
    task_id = kept.place["task_id"]
    engine = current_engine()
    view = engine.tasks.view(actor, task_id)
    posted = read_posted(engine, actor, view.form, kept.fields, kept.no_files)
    keep_draft(engine, actor, view, posted.data)
    flash(_("您填写的内容已存为草稿并打开,请核对后提交。"), "done")
    return redirect(address("tasks.show", kept.asked, task_id=task_id), 303)
