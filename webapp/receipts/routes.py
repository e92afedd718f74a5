"""The applicant's addresses: she has a receipt, no account.

The code travels in the body of a post only: never in an address that something writes down.
"""

from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    jsonify,
    make_response,
    redirect,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import HTTPException

from engine import Actor
from engine.errors import Invalid, NotFound, NotSignedIn, TaskNotOpen, TooManyTries
from webapp.forms.render import refresh_answer
from webapp.reading.routes import paper_response
from webapp.receipts.acting import Outcome, Typed, act, keep_draft, say
from webapp.receipts.adding import Added, add_page, addition_form
from webapp.receipts.adding import add as add_to_case
from webapp.receipts.pages import EnterPage, step_page
from webapp.receipts.sessions import (
    current_guest,
    forget,
    guest_or_none,
    guest_who_acts,
    remember,
    token,
)
from webapp.receipts.status_page import Said, status_page
from webapp.shared.error_pages import error_response
from webapp.shared.errors import status_of
from webapp.shared.form_posts import read_posted, texts_to_keep
from webapp.shared.kept_posts import PREFIX, TARGET
from webapp.shared.language import _
from webapp.shared.navigation import shell
from webapp.shared.page import render
from webapp.shared.requests import (
    client_address,
    current_engine,
    current_settings,
    wants_json,
)

receipts = Blueprint("receipts", __name__, template_folder="templates")

_STEP, _MESSAGE, _ADD = "receipts.act_on", "receipts.send", "receipts.add"
Kept = tuple[tuple[str, str], ...]


# Entering ----------------------------------------------------------------------------------


@receipts.errorhandler(NotSignedIn)
def ask_for_the_code(error: NotSignedIn) -> ResponseReturnValue:
    """Her session is over: she types the code again, and what she sent travels along."""
    if wants_json():
        return error_response(401, error.message)
    if request.method == "GET":
        flash(error.message, "warning")
        return redirect(url_for("receipts.enter"), 303)
    kept: Kept = ()
    if request.endpoint in {_STEP, _MESSAGE, _ADD}:
        fields = tuple((PREFIX + name, value) for name, value in texts_to_keep(request.form))
        kept = ((TARGET, request.path), *fields)
    return _entrance(error.message, 401, kept=kept)


def _entrance(message: str, status: int, *, kept: Kept = (), code: str = "") -> Response:
    return make_response(render(EnterPage(shell("receipt"), message, code, kept)), status)


@receipts.get("/receipt")
def show() -> ResponseReturnValue:
    """How her case stands; the code is asked first."""
    guest = guest_or_none()
    return _entrance("", 200) if guest is None else _status(guest, Said(), 200)


@receipts.get("/receipt/enter")
def enter() -> ResponseReturnValue:
    """The code is asked, also while another receipt is open: two may share a telephone."""
    return _entrance("", 200)


@receipts.post("/receipt")
def look_up() -> ResponseReturnValue:
    """Open the case of a code."""
    engine = current_engine()
    code, proof = request.form.get("code", "")[:100], request.form.get("proof", "")[:100]
    try:
        entered = engine.guests.enter(code, proof, client_address())
    except (Invalid, NotSignedIn, TooManyTries) as refused:
        page = _entrance(refused.message, status_of(refused), kept=_still_kept(), code=code)
        if isinstance(refused, TooManyTries):
            page.headers["Retry-After"] = str(refused.retry_after)
        return page
    engine.guests.leave(token())
    response = make_response(_take_up(engine.guests.guest_for(entered.token)))
    remember(response, entered.token, current_settings())
    return response


def _still_kept() -> Kept:
    """The waiting form goes on waiting after a wrong code."""
    return tuple(
        (name, value)
        for name, value in request.form.items(multi=True)
        if name == TARGET or name.startswith(PREFIX)
    )


def _take_up(guest: Actor) -> ResponseReturnValue:
    """Go on with what was sent when the session was over: nothing of it is lost."""
    path = urlsplit(request.form.get(TARGET, "")).path
    try:
        endpoint, place = current_app.url_map.bind("").match(path, method="POST")
    except HTTPException:
        endpoint, place = "", {}
    fields: MultiDict[str, str] = MultiDict(
        (name.removeprefix(PREFIX), value) for name, value in _still_kept() if name != TARGET
    )
    try:
        if endpoint == _STEP:
            return _take_up_step(guest, place["task_id"], fields)
        if endpoint == _MESSAGE:
            message = _("您写的内容都在,请核对后再按一次。")
            return _status(guest, Said(place["token"], fields.get("reason", ""), message), 200)
        if endpoint == _ADD:
            return _take_up_addition(guest, fields)
    except NotFound:  # it was of another case
        pass
    return redirect(url_for("receipts.show"), 303)


def _take_up_addition(guest: Actor, fields: MultiDict[str, str]) -> ResponseReturnValue:
    files: MultiDict[str, FileStorage] = MultiDict()
    posted = read_posted(current_engine(), guest, addition_form(), fields, files)
    told = _("您写的内容都在,请核对后再按一次。")
    return _add_page(guest, Added(data=posted.data, message=told))


def _take_up_step(guest: Actor, task_id: str, fields: MultiDict[str, str]) -> ResponseReturnValue:
    """The form as a draft; only to be read and copied where somebody was faster."""
    engine = current_engine()
    view = engine.guests.step(guest, task_id)
    files: MultiDict[str, FileStorage] = MultiDict()
    posted = read_posted(engine, guest, view.form, fields, files)
    try:
        keep_draft(engine, guest, task_id, posted.data)
    except TaskNotOpen as refused:
        again = Typed(posted.data, (), refused.message)
        return _answer(guest, task_id, Outcome(again=again, status=409))
    flash(_("您填写的内容都在,请核对后提交。"), "done")
    return redirect(url_for("receipts.step", task_id=task_id), 303)


@receipts.post("/receipt/leave")
def leave() -> ResponseReturnValue:
    """Forget the session: the next at this machine sees nothing."""
    current_engine().guests.leave(token())
    response = make_response(redirect(url_for("receipts.show"), 303))
    forget(response, current_settings())
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


# Her case ----------------------------------------------------------------------------------


def _status(guest: Actor, said: Said, status: int) -> ResponseReturnValue:
    engine = current_engine()
    view = engine.guests.view(guest)
    engine.note_access(guest, "receipt-read", guest.guest_case_id)
    return render(status_page(shell("receipt"), view, engine.clock.now(), said)), status


@receipts.post("/receipt/messages/<token>")
def send(token: str) -> ResponseReturnValue:
    """Withdraw, ask for a review: whatever her process offers."""
    guest, reason = guest_who_acts(), request.form.get("reason", "")
    nonce = request.form.get("_nonce", "")
    told, refused = say(current_engine(), guest, token, reason, nonce)
    if refused:
        return _status(guest, Said(token, reason, refused), 422)
    flash(told, "done")
    return redirect(url_for("receipts.show"), 303)


@receipts.get("/receipt/steps/<task_id>")
def step(task_id: str) -> ResponseReturnValue:
    """One of her steps."""
    guest, engine = current_guest(), current_engine()
    view = engine.guests.step(guest, task_id)
    engine.note_access(guest, "receipt-step-read", task_id)
    return render(step_page(shell("receipt"), view, engine.clock.now(), None))


@receipts.post("/receipt/steps/<task_id>")
def act_on(task_id: str) -> ResponseReturnValue:
    """Submit, keep a draft, or add a row."""
    guest, engine = guest_who_acts(), current_engine()
    view = engine.guests.step(guest, task_id)
    posted = read_posted(engine, guest, view.form, request.form, request.files)
    return _answer(guest, task_id, act(engine, guest, view, posted))


def _answer(guest: Actor, task_id: str, outcome: Outcome) -> ResponseReturnValue:
    if outcome.again is not None:
        engine = current_engine()
        view = engine.guests.step(guest, task_id)
        page = step_page(shell("receipt"), view, engine.clock.now(), outcome.again)
        return render(page), outcome.status
    flash(outcome.told, "done")
    if outcome.stays:
        return redirect(url_for("receipts.step", task_id=task_id), 303)
    return redirect(url_for("receipts.show"), 303)


@receipts.post("/receipt/steps/<task_id>/draft")
def save_draft(task_id: str) -> ResponseReturnValue:
    """Keep what was typed so far, asked by the page itself."""
    guest, engine = current_guest(), current_engine()
    view = engine.guests.step(guest, task_id)
    posted = read_posted(engine, guest, view.form, request.form, request.files)
    return jsonify({"saved_at": keep_draft(engine, guest, task_id, posted.data)})


@receipts.post("/receipt/steps/<task_id>/refresh")
def refresh(task_id: str) -> ResponseReturnValue:
    """What is shown and computed for these answers; writes nothing."""
    guest, engine = current_guest(), current_engine()
    view = engine.guests.step(guest, task_id)
    if view.form is None:
        return jsonify({"visible": [], "computed": {}})
    data = view.form.read_post(request.form.to_dict(flat=False))
    return jsonify(refresh_answer(view.form, data, view.scope, view.context, _))


@receipts.get("/receipt/add")
def adding() -> ResponseReturnValue:
    """Words and papers of her own accord."""
    return _add_page(current_guest(), Added())


@receipts.post("/receipt/add")
def add() -> ResponseReturnValue:
    """Add them to her case; who handles it is told."""
    guest, engine = guest_who_acts(), current_engine()
    posted = read_posted(engine, guest, addition_form(), request.form, request.files)
    added = add_to_case(engine, guest, posted)
    if not added.is_done:
        return _add_page(guest, added)
    flash(_("已收到您补充的内容,谢谢。办理的人会看到。"), "done")
    return redirect(url_for("receipts.show"), 303)


def _add_page(guest: Actor, added: Added) -> ResponseReturnValue:
    engine = current_engine()
    view = engine.guests.view(guest)
    if not view.takes_additions and added.data is None:
        return redirect(url_for("receipts.show"), 303)
    ids = [one for one, _label in addition_form().files(added.data or {})]
    files = engine.guests.staged(guest, ids)
    page = add_page(shell("receipt"), view.number, added, files, engine.clock.now())
    return render(page), added.status


@receipts.post("/receipt/files")
def stage() -> ResponseReturnValue:
    """Store a paper for the form that is being filled."""
    guest, engine = current_guest(), current_engine()
    given = request.files.get("file")
    if given is None or not given.filename:
        raise Invalid("没有收到文件,请重新选择。其他内容不受影响。")
    content = engine.files.receive(given.stream)
    stored = engine.guests.stage_file(guest, given.filename, content)
    return jsonify({"id": stored.id, "name": stored.name, "size": stored.size})


@receipts.get("/receipt/files/<file_id>")
def paper(file_id: str) -> Response:
    """A paper she uploaded herself."""
    guest, engine = current_guest(), current_engine()
    found, content = engine.guests.read_file(guest, file_id)
    engine.note_access(guest, "paper-read", file_id)
    return paper_response(found, content, to_keep="download" in request.args)


@receipts.get("/receipt/files/")
def no_paper() -> ResponseReturnValue:
    """The address before an id is added to it."""
    raise NotFound("没有找到这份材料。")
