"""Papers: stored, added to a case, read."""

from urllib.parse import quote

from flask import Response, request

from engine.errors import FieldError, Invalid
from engine.model.definitions import SourceFile
from webapp.api import bodies, shapes
from webapp.api.answers import answer, kept, replaying
from webapp.api.blueprint import api
from webapp.shared.requests import api_actor, current_engine


@api.post("/process-instances/<case_id>/files")
@replaying
def attach(case_id: str) -> Response:
    """Add a file to a case."""
    actor, _ = api_actor()
    engine = current_engine()
    engine.cases.must_see(actor, case_id)
    key = bodies.idempotency_key(required=False)
    upload, label = _upload(), bodies.form_text("label")
    told = [upload, SourceFile("label", label.encode())]
    made = engine.files.attach(
        actor,
        case_id,
        upload.name,
        upload.content,
        label,
        bodies.once_of_files(key, "attach", told, lambda f: kept(shapes.stored_file(f), 201, {})),
    )
    return answer(shapes.stored_file(made), 201)


@api.post("/files")
@replaying
def stage() -> Response:
    """Store a file for a form that is being filled."""
    actor, _ = api_actor()
    key = bodies.idempotency_key(required=False)
    upload = _upload()
    made = current_engine().files.stage(
        actor,
        upload.name,
        upload.content,
        bodies.once_of_files(
            key, "stage", [upload], lambda f: kept(shapes.stored_file(f), 201, {})
        ),
    )
    return answer(shapes.stored_file(made), 201)


def _upload() -> SourceFile:
    """The file of the request; Invalid without one, FileTooLarge above the limit."""
    given = request.files.get("file")
    if given is None:
        raise Invalid("缺少文件。", [FieldError("/file", "required", "请选择文件。")])
    return SourceFile(given.filename or "", current_engine().files.receive(given.stream))


@api.get("/files/<file_id>")
def download(file_id: str) -> Response:
    """A file's bytes, as an attachment of the type its content has, which no browser will run."""
    actor, _ = api_actor()
    engine = current_engine()
    found, content = engine.files.read(actor, file_id)
    engine.note_access(actor, "paper-read", file_id)
    response = Response(content, mimetype=found.type)
    name = quote(found.name, safe="")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
