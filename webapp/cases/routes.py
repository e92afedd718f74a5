"""The addresses of cases."""

from flask import Blueprint, Response, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine import Actor
from engine.errors import Invalid, NotFound, NotPermitted
from webapp.cases.drafts import draft_list
from webapp.cases.lists import case_list, done_page, earlier_row
from webapp.cases.lists import grievances as grievance_list
from webapp.cases.pages import case_page
from webapp.cases.starting import (
    WITH_RECEIPT,
    Begun,
    Place,
    gives_receipt,
    start_page,
    startable,
)
from webapp.cases.starting import (
    begin as begin_case,
)
from webapp.cases.starting import (
    choose_process as choose_process_page,
)
from webapp.cases.starting import (
    choose_unit as choose_unit_page,
)
from webapp.forms.render import live_answer
from webapp.shared.addresses import address
from webapp.shared.form_posts import read_posted
from webapp.shared.kept_posts import KeptPost, resumes
from webapp.shared.language import _
from webapp.shared.navigation import Shell, opens, shell
from webapp.shared.page import render
from webapp.shared.requests import current_actor, current_engine, current_installation
from webapp.shared.words import clock_time
from webapp.standard.grievances import listed

_SHORTEST_NUMBER, _LONGEST_NUMBER = 8, 40

cases = Blueprint("cases", __name__, template_folder="templates")


@cases.get("/cases")
def listing() -> ResponseReturnValue:
    """Cases by search or by filter."""
    actor = current_actor()
    return render(case_list(shell("search", actor), current_engine(), actor, request.args))


@cases.get("/grievances")
def grievances() -> ResponseReturnValue:
    """Petitions, legal aid, unpaid wages, reception days: a list each."""
    actor = current_actor()
    return render(grievance_list(shell("grievances", actor), current_engine(), actor, request.args))


@cases.get("/done")
def done() -> ResponseReturnValue:
    """What I did, and where it is now."""
    actor = current_actor()
    return render(done_page(shell("done", actor), current_engine(), actor, request.args))


@cases.get("/cases/<case_id>")
def show(case_id: str) -> ResponseReturnValue:
    """A case, personal data masked."""
    actor, tab = current_actor(), request.args.get("tab", "")
    return render(case_page(shell("done", actor), current_engine(), actor, case_id, tab))


@cases.post("/cases/<case_id>/clear")
def show_clear(case_id: str) -> ResponseReturnValue:
    """The same with whole numbers; that they were looked at is written down first."""
    actor, engine = current_actor(), current_engine()
    engine.cases.must_see(actor, case_id)
    engine.note_access(actor, "personal-data-read", case_id)
    return render(case_page(shell("done", actor), engine, actor, case_id, "", is_clear=True))


@cases.post("/cases/<case_id>/cancel")
def cancel(case_id: str) -> ResponseReturnValue:
    """End a case opened by mistake."""
    current_engine().cases.cancel(current_actor(), case_id, request.form.get("reason", ""))
    flash(_("已作废。办件和留痕都保留,可在查询中看到。"), "done")
    return redirect(url_for("cases.show", case_id=case_id, tab="history"), 303)


@cases.post("/cases/<case_id>/papers")
def add_paper(case_id: str) -> ResponseReturnValue:
    """Add a paper to a case."""
    actor, files = current_actor(), current_engine().files
    given = request.files.get("file")
    if given is None or not given.filename:
        raise Invalid("请先选择文件。")
    content = files.receive(given.stream)
    files.attach(actor, case_id, given.filename, content, request.form.get("label", "").strip())
    flash(_("材料已添加。"), "done")
    return redirect(url_for("cases.show", case_id=case_id), 303)


@cases.get("/cases/<case_id>/diagram/<process_key>")
def diagram(case_id: str, process_key: str) -> Response:
    """The drawing of one of the case's processes, as deployed."""
    for one in current_engine().cases.diagrams(current_actor(), case_id):
        if one.process_key == process_key:
            return Response(one.bpmn, mimetype="application/xml")
    raise NotFound


@cases.get("/start")
def choose_process() -> ResponseReturnValue:
    """Which process."""
    actor = current_actor()
    return render(choose_process_page(shell("inbox", actor), current_engine(), actor))


@cases.get("/start/<key>")
def choose_unit(key: str) -> ResponseReturnValue:
    """For which unit; where there is but one, on to its form."""
    actor = current_actor()
    row, units = startable(current_engine(), actor, key)
    if len(units) == 1:
        return redirect(url_for("cases.start", key=key, organisation_id=units[0].id), 303)
    names = current_installation().places.organisations()
    searched = request.args.get("unit", "").strip()
    asked = searched, actor.organisation_id
    return render(choose_unit_page(_frame(actor, key), row, units, asked, names))


@cases.get("/start/<key>/<organisation_id>")
def start(key: str, organisation_id: str) -> ResponseReturnValue:
    """The form a case begins with."""
    actor = current_actor()
    place = _place(actor, key, organisation_id, request.args.get("about", ""))
    return render(start_page(_frame(actor, key), current_engine(), actor, place, Begun()))


def _frame(actor: Actor, key: str) -> Shell:
    """What is begun from 信访维权 stays there, for whoever has that menu."""
    is_grievance = key in listed() and opens("grievances", actor)
    return shell("grievances" if is_grievance else "inbox", actor)


@cases.post("/start/<key>/<organisation_id>")
def begin(key: str, organisation_id: str) -> ResponseReturnValue:
    """Start the case, and go on to its first step."""
    actor, engine = current_actor(), current_engine()
    place = _place(actor, key, organisation_id, request.args.get("about", ""))
    form = engine.definitions.get(place.row.id)[1].start_form()
    posted = read_posted(engine, actor, form, request.form, request.files)
    begun = begin_case(engine, actor, place, posted)
    if begun.case_id and _is_kept_from(actor, begun.case_id):
        flash(_("办件已建立。所反映的是您或您的单位,按规定您须回避,由别人办理。"), "done")
        return redirect(url_for("inbox.show"), 303)
    if begun.case_id and posted.action == WITH_RECEIPT and gives_receipt(engine, place):
        # The same post once more, to where receipts are printed: its nonce makes it one receipt.
        return redirect(url_for("slips.issue", case_id=begun.case_id), 307)
    return _answer(actor, place, begun)


def _is_kept_from(actor: Actor, case_id: str) -> bool:
    """Whether what she has just written down may not be seen by her: it is about her own union."""
    try:
        current_engine().cases.must_see(actor, case_id)
    except NotFound:
        return True
    return False


def _answer(actor: Actor, place: Place, begun: Begun) -> ResponseReturnValue:
    if begun.case_id:
        flash(_begun_words(actor, begun.case_id), "done")
        return redirect(_first_page(actor, begun), 303)
    if begun.is_kept:
        flash(_("草稿已保存,可以从“我的草稿”继续填写。"), "done")
        return redirect(address("cases.start", place.names), 303)
    page = start_page(_frame(actor, place.row.key), current_engine(), actor, place, begun)
    return render(page), 422 if begun.errors or begun.message else 200


def _begun_words(actor: Actor, case_id: str) -> str:
    """That it is there, and that the applicant can be given a receipt."""
    if current_engine().receipts.of_case(actor, case_id).is_offered:
        return _("办件已建立。可在办件的“申请材料”页给申请人开回执。")
    return _("办件已建立。")


def _first_page(actor: Actor, begun: Begun) -> str:
    """Her own first step, if it is hers; else the case."""
    engine = current_engine()
    if begun.task_id:
        task = engine.tasks.view(actor, begun.task_id).task
        if actor.holds_at(task.queue.role, task.queue.handling_id):
            return url_for("tasks.show", task_id=begun.task_id)
    return url_for("cases.show", case_id=begun.case_id)


def _place(actor: Actor, key: str, organisation_id: str, about: str) -> Place:
    row, units = startable(current_engine(), actor, key)
    unit = next((one for one in units if one.id == organisation_id), None)
    if unit is None:
        raise NotPermitted("您不能为这个单位发起这个流程。请返回重新选择单位。")
    return Place(row, unit, tuple(one for one in about.split(",") if one))


@cases.post("/start/<key>/<organisation_id>/draft")
def save_start_draft(key: str, organisation_id: str) -> ResponseReturnValue:
    """Keep what was typed so far, asked by the page itself."""
    actor, engine = current_actor(), current_engine()
    place = _place(actor, key, organisation_id, "")
    form = engine.definitions.get(place.row.id)[1].start_form()
    posted = read_posted(engine, actor, form, request.form, request.files)
    saved_at = engine.cases.save_start_draft(actor, key, organisation_id, posted.data)
    return jsonify({"saved_at": clock_time(saved_at, engine.clock.now())})


@cases.post("/start/<key>/<organisation_id>/discard")
def discard_start_draft(key: str, organisation_id: str) -> ResponseReturnValue:
    """Forget a draft."""
    current_engine().cases.drop_start_draft(current_actor(), key, organisation_id)
    flash(_("草稿已删去。"), "done")
    return redirect(url_for("cases.drafts"), 303)


@cases.get("/drafts")
def drafts() -> ResponseReturnValue:
    """What she has begun to fill in and not sent: starts and steps (我的草稿)."""
    actor = current_actor()
    names = current_installation().places.organisations()
    return render(draft_list(shell("inbox", actor), current_engine(), actor, names))


@cases.post("/start/<key>/<organisation_id>/refresh")
def refresh_start(key: str, organisation_id: str) -> ResponseReturnValue:
    """What is shown and computed for these answers; writes nothing."""
    actor, engine = current_actor(), current_engine()
    place = _place(actor, key, organisation_id, request.args.get("about", ""))
    form = engine.definitions.get(place.row.id)[1].start_form()
    if form is None:
        return jsonify({"visible": [], "computed": {}})
    post = request.form.to_dict(flat=False)
    known = engine.cases.given(actor, place.request({}))
    return jsonify(live_answer(form, post, known, engine.cases.surroundings(place.unit.id), _))


@cases.post("/earlier")
def earlier() -> ResponseReturnValue:
    """Earlier cases with a number that was typed into a form; posted, so that no log has it."""
    actor, number = current_actor(), request.form.get("number", "")[:_LONGEST_NUMBER].strip()
    if len(number) < _SHORTEST_NUMBER:
        return jsonify({"cases": []})
    found = current_engine().cases.of_number(actor, number)
    return jsonify({"cases": [earlier_row(line) for line in found]})


@resumes("cases.begin")
def resume(actor: Actor, kept: KeptPost) -> ResponseReturnValue:
    """Signed in again: the form with all that was typed, to be sent once more."""
    engine = current_engine()
    about = kept.asked.get("about", "")
    place = _place(actor, kept.place["key"], kept.place["organisation_id"], about)
    form = engine.definitions.get(place.row.id)[1].start_form()
    posted = read_posted(engine, actor, form, kept.fields, kept.no_files)
    begun = Begun(data=posted.data, message=_("您填写的内容都在,请核对后再次提交。"))
    return render(start_page(_frame(actor, place.row.key), engine, actor, place, begun))
