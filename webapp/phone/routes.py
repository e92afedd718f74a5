"""The addresses of 手机传图. Those of the phone need no account: the address itself is the key."""

from flask import Blueprint, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from engine import Actor
from engine.errors import NotFound, Refused
from engine.model.phone_uploads import PhoneUpload
from webapp.phone.fields import file_field, form_at, with_files
from webapp.phone.pages import address_of, back_to, code_of, code_page, send_page
from webapp.shared.language import _
from webapp.shared.navigation import shell
from webapp.shared.page import render
from webapp.shared.requests import current_actor, current_engine
from webapp.shared.security import csrf

phone = Blueprint("phone", __name__, template_folder="templates")


def _wants_json() -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


@phone.post("/phone")
def begin() -> ResponseReturnValue:
    """A new page for one field of a form; asked by its button."""
    actor, engine = current_actor(), current_engine()
    task, start = request.args.get("task", ""), request.args.get("start", "")
    place = f"task:{task}" if task else f"start:{start}"
    name = request.values.get("field", "")
    asked = file_field(form_at(engine, actor, place), name)
    many = asked.multiple
    upload, token = engine.phone_uploads.begin(actor, place, (name, asked.label), many=many)
    show_url = url_for("phone.show", upload_id=upload.id)
    if not _wants_json():
        return redirect(show_url, 303)
    return jsonify({"url": show_url, "address": address_of(token), "code": code_of(token)})


@phone.get("/phone/<upload_id>")
def show(upload_id: str) -> ResponseReturnValue:
    """The code to scan and what has come; for the page's own script as JSON."""
    actor, engine = current_actor(), current_engine()
    arrived = engine.phone_uploads.arrived(actor, upload_id)
    if not _wants_json():
        return render(code_page(shell("inbox", actor), engine, arrived))
    files = [{"id": one.id, "name": one.name, "size": one.size} for one in arrived.files]
    return jsonify({"files": files, "open": arrived.is_open})


@phone.post("/phone/<upload_id>/into-form")
def into_form(upload_id: str) -> ResponseReturnValue:
    """Put what has come into the draft of the step, where no script did."""
    actor = current_actor()
    arrived = current_engine().phone_uploads.arrived(actor, upload_id)
    if arrived.upload.place.startswith("task:"):
        _into_draft(actor, arrived.upload, [one.id for one in arrived.files])
    return redirect(back_to(arrived.upload.place), 303)


def _into_draft(actor: Actor, upload: PhoneUpload, ids: list[str]) -> None:
    engine = current_engine()
    view = engine.tasks.view(actor, upload.place.removeprefix("task:"))
    asked = file_field(view.form, upload.field)
    engine.tasks.save_draft(actor, view.task.id, with_files(view.data, upload.field, asked, ids))


@phone.get("/p/<token>")
def send(token: str) -> ResponseReturnValue:
    """On the phone: choose pictures."""
    arrived = current_engine().phone_uploads.by_token(token)
    return render(send_page(shell("", None), token, arrived))


@phone.post("/p/<token>")
def take(token: str) -> ResponseReturnValue:
    """On the phone: pictures come, several at once or one after another."""
    uploads = current_engine().phone_uploads
    problems = [] if request.form.get("done") else _take(token, request.files.getlist("file"))
    if request.form.get("done"):
        uploads.finish(token)
    arrived = uploads.by_token(token)
    if _wants_json():
        return jsonify({"count": len(arrived.files), "problems": problems, "open": arrived.is_open})
    told = "" if problems else _("已收到,电脑上马上能看到。")
    page = send_page(shell("", None), token, arrived, told, tuple(problems))
    return render(page), 422 if problems else 200


csrf.exempt(take)


def _take(token: str, given: list[FileStorage]) -> list[str]:
    """Keep each; the sentences about those that could not be kept."""
    engine = current_engine()
    chosen = [one for one in given if one.filename]
    problems = [] if chosen else [_("没有选照片。请先拍照或从相册选择。")]
    for one in chosen:
        try:
            engine.phone_uploads.take(token, one.filename or "", engine.files.receive(one.stream))
        except NotFound:
            raise
        except Refused as refused:
            problems.append(refused.message)
    return problems
