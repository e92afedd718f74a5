"""The addresses of 写信给工会: nobody signs in, and nothing that was written is lost.

Whatever is wrong with a post (a field, a paper, too many from one address, a page that was open
too long), the page comes back with all of it.
"""

from flask import Blueprint, Response, jsonify, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import validate_csrf
from werkzeug.datastructures import FileStorage, MultiDict
from wtforms import ValidationError  # type: ignore[import-untyped]

from engine import Actor
from engine.errors import Busy, Conflict, Invalid, NotPermitted, TooManyTries
from engine.model.cases import StoredFile
from engine.work.public_intake import Desk, Letter
from webapp.forms.render import refresh_answer
from webapp.letters.pages import (
    Typed,
    letter_page,
    matters_page,
    sent_page,
    unions_page,
)
from webapp.letters.writers import forget, new_token, remember, token, writer_with
from webapp.shared.errors import status_of
from webapp.shared.form_posts import Posted, read_posted, with_other_errors
from webapp.shared.language import _
from webapp.shared.navigation import shell_of_whoever
from webapp.shared.page import render
from webapp.shared.requests import (
    actor_or_none,
    client_address,
    current_engine,
    current_settings,
)
from webapp.shared.security import csrf

letters = Blueprint("letters", __name__, template_folder="templates")

LEFT_EMPTY = "leave_empty"
"""A field no person sees: what fills it in is a program."""

_SHORTEST_NONCE, _LONGEST_NONCE = 8, 64
_NO_FILES: MultiDict[str, FileStorage] = MultiDict()


@letters.get("/letters")
def choose() -> ResponseReturnValue:
    """What about; where there is but one thing, on to the unions."""
    matters = current_engine().public_intake.matters()
    if len(matters) == 1:
        return redirect(url_for("letters.unions", key=matters[0].key), 303)
    return render(matters_page(shell_of_whoever(""), matters))


@letters.get("/letters/<key>")
def unions(key: str) -> ResponseReturnValue:
    """To which union."""
    intake = current_engine().public_intake
    found = intake.unions(key)
    matter = next((one for one in intake.matters() if one.key == key), None)
    if matter is None:
        return redirect(url_for("letters.choose"), 303)
    return render(unions_page(shell_of_whoever(""), matter, found))


@letters.get("/letters/<key>/<organisation_id>")
def write(key: str, organisation_id: str) -> ResponseReturnValue:
    """The letter."""
    return _page(current_engine().public_intake.desk(key, organisation_id), None, 200)


def _page(desk: Desk, typed: Typed | None, status: int) -> Response:
    held = token() or new_token()
    writer = writer_with(held)
    ids = [] if typed is None else [one for one, _label in desk.form.files(typed.data)]
    files = current_engine().public_intake.staged(writer, ids)
    page = letter_page(shell_of_whoever(""), desk, typed, files)
    response = make_response(render(page), status)
    if not token():
        remember(response, held, current_settings())
    return response


@letters.post("/letters/<key>/<organisation_id>")
def send(key: str, organisation_id: str) -> ResponseReturnValue:
    """Begin the case; told with its code, which stands on this page alone."""
    desk = current_engine().public_intake.desk(key, organisation_id)
    if not _has_token():
        posted = _read(desk, _NO_FILES)
        told = _("这个页面打开太久了,为安全起见没有发出。您写的内容都在,请核对后再按一次“发送”。")
        return _page(desk, Typed(posted.data, (), told), 400)
    posted = _read(desk, request.files)
    if posted.is_row_button or posted.action != "submit":
        return _page(desk, Typed(posted.data), 200)
    if posted.file_errors:
        errors = with_other_errors(desk.form, posted, {}, desk.context)
        return _page(desk, Typed(posted.data, errors), 422)
    try:
        return _send(desk, posted)
    except Invalid as refused:
        message = "" if refused.errors else refused.message
        return _page(desk, Typed(posted.data, refused.errors, message), 422)
    except (Conflict, Busy, NotPermitted, TooManyTries) as refused:
        response = _page(desk, Typed(posted.data, (), refused.message), status_of(refused))
        if isinstance(refused, TooManyTries):
            response.headers["Retry-After"] = str(refused.retry_after)
        return response


csrf.exempt(send)  # asked for in the view: a page that is refused keeps what was written


def _has_token() -> bool:
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return False
    return bool(token())


def _read(desk: Desk, uploads: MultiDict[str, FileStorage]) -> Posted:
    """What was posted; its papers are stored at once, so that no error loses them."""
    engine, writer = current_engine(), writer_with(token())
    return read_posted(engine, writer, desk.form, request.form, uploads, _stage)


def _stage(writer: Actor, name: str, content: bytes) -> StoredFile:
    return current_engine().public_intake.stage_file(writer, name, content, client_address())


def _send(desk: Desk, posted: Posted) -> ResponseReturnValue:
    _must_be_a_stranger()
    if request.form.get(LEFT_EMPTY, ""):
        raise Invalid(_("“请勿填写”一栏里有内容,没有发出。请直接再按一次“发送”,您写的内容都在。"))
    if not _SHORTEST_NONCE <= len(posted.nonce) <= _LONGEST_NONCE:
        raise Invalid(_("没有发出。您写的内容都在,请核对后再按一次“发送”。"))
    letter = Letter(desk.matter.key, desk.unit.id, posted.data, posted.nonce, client_address())
    sent = current_engine().public_intake.send(writer_with(token()), letter)
    return render(sent_page(shell_of_whoever(""), desk.matter.name, sent))


def _must_be_a_stranger() -> None:
    """NotPermitted where somebody of the staff is signed in: what she takes down is hers."""
    if actor_or_none() is not None:
        raise NotPermitted(
            "您正以工作人员身份登录,不能以群众的名义写信,没有发出。您写的内容都在。"
            "代群众登记请用“新建申请”;本人在这台电脑上写,请先退出登录。"
        )


@letters.post("/letters/<key>/<organisation_id>/refresh")
def refresh(key: str, organisation_id: str) -> ResponseReturnValue:
    """What is shown and computed for these answers; writes nothing."""
    desk = current_engine().public_intake.desk(key, organisation_id)
    data = desk.form.read_post(request.form.to_dict(flat=False))
    return jsonify(refresh_answer(desk.form, data, {}, desk.context, _))


@letters.post("/letters/files")
def stage() -> ResponseReturnValue:
    """Store a paper for the letter that is being written."""
    given = request.files.get("file")
    if given is None or not given.filename or not token():
        raise Invalid("没有收到文件,请重新选择。其他内容不受影响。")
    content = current_engine().files.receive(given.stream)
    stored = _stage(writer_with(token()), given.filename, content)
    return jsonify({"id": stored.id, "name": stored.name, "size": stored.size})


@letters.post("/letters/leave")
def leave() -> ResponseReturnValue:
    """Forget who wrote: the next at this machine cannot come back to the code."""
    response = make_response(redirect(url_for("letters.choose"), 303))
    forget(response, current_settings())
    response.headers["Clear-Site-Data"] = '"cache"'
    return response
