"""Papers: shown within our pages, or downloaded; and stored while a form is filled."""

from urllib.parse import quote

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from engine.errors import Invalid, NotFound
from engine.model.cases import StoredFile
from webapp.reading.papers import kind_of
from webapp.shared.requests import current_actor, current_engine
from webapp.shared.security import PAPER_POLICY

reading = Blueprint("reading", __name__, template_folder="templates")

_SANDBOX = "sandbox; default-src 'none'"


@reading.get("/files/<file_id>")
def paper(file_id: str) -> Response:
    """A paper; images and PDF to look at, everything else to keep."""
    actor = current_actor()
    found, content = current_engine().files.read(actor, file_id)
    current_engine().note_access(actor, "paper-read", file_id)
    return paper_response(found, content, to_keep="download" in request.args)


@reading.get("/files/")
def no_paper() -> ResponseReturnValue:
    """The address before an id is added to it."""
    raise NotFound("没有找到这份材料。")


@reading.post("/files")
def stage() -> Response:
    """Store a paper for the form that is being filled."""
    actor = current_actor()
    given = request.files.get("file")
    if given is None or not given.filename:
        raise Invalid("没有收到文件,请重新选择。其他内容不受影响。")
    files = current_engine().files
    stored = files.stage(actor, given.filename, files.receive(given.stream))
    return jsonify({"id": stored.id, "name": stored.name, "size": stored.size})


def paper_response(found: StoredFile, content: bytes, *, to_keep: bool) -> Response:
    """The bytes with the type their content has, which no browser will run as a page."""
    from webapp.reading.pictures import name_as, to_download, to_show

    kind = kind_of(found.type)
    way = "attachment" if to_keep or kind == "other" else "inline"
    shown, shown_type = (
        to_download(content, found.type) if to_keep else to_show(content, found.type, found.sha256)
    )
    response = Response(shown, mimetype=shown_type)
    name = quote(name_as(found.name, found.type, shown_type), safe="")
    response.headers["Content-Disposition"] = f"{way}; filename*=UTF-8''{name}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = PAPER_POLICY if kind == "pdf" else _SANDBOX
    return response
