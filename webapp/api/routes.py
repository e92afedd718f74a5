"""The routes of ``/api/v1``: parse, call the engine, answer. Order of answers: design.md D14."""

from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import ParamSpec
from urllib.parse import quote

import orjson
from flask import Blueprint, Response, request, url_for

from engine import Request
from engine.errors import FieldError, Invalid, NotFound, NotPermitted
from engine.model.actors import Actor
from engine.model.definitions import SourceFile
from engine.model.once import Once, Replayed
from engine.model.tasks import TaskStatus
from engine.store.cases import CaseQuestion
from engine.store.instants import to_text
from engine.store.task_lists import TaskQuestion
from engine.work.complete import Completed
from engine.work.deploy import Deployment
from engine.work.start import Started
from engine.work.view import masked_data
from webapp.api import bodies, shapes
from webapp.api.problems import finding_json, problem
from webapp.shared.requests import api_actor, client_address, current_engine, current_registry

api = Blueprint("api", __name__, url_prefix="/api/v1")

P = ParamSpec("P")


DOCUMENT = Path(__file__).with_name("openapi.yaml")


@api.get("/openapi.yaml")
def document() -> Response:
    """The contract itself, for whoever writes a client."""
    return Response(DOCUMENT.read_bytes(), mimetype="application/yaml")


def answer(body: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer."""
    response = Response(orjson.dumps(body), status, mimetype="application/json")
    response.headers.update(headers or {})
    return response


def _kept(body: object, status: int, headers: dict[str, str]) -> bytes:
    """An answer as it is remembered for a replay."""
    return orjson.dumps({"status": status, "headers": headers, "body": body})


def _replayed(again: Replayed) -> Response:
    kept = orjson.loads(again.answer)
    return answer(kept["body"], kept["status"], {**kept["headers"], "Idempotency-Replayed": "true"})


def replaying(route: Callable[P, Response]) -> Callable[P, Response]:
    """Answer a request that was answered before as then."""

    @wraps(route)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> Response:
        try:
            return route(*args, **kwargs)
        except Replayed as again:
            return _replayed(again)

    return wrapped


def _etag(rev: int) -> str:
    return f'"{rev}"'


# --- session ---------------------------------------------------------------------------------


@api.post("/tokens")
def login() -> Response:
    """Sign in with a password."""
    body = bodies.json_object({"username": str, "password": str})
    username, password = str(body["username"]), str(body["password"])
    if len(username) > 200 or len(password) > 1000:  # noqa: PLR2004
        raise Invalid("用户名或密码过长。", [FieldError("/username", "maxLength", "过长。")])
    made = current_engine().accounts.sign_in(username, password, client_address(), "api")
    return answer({"token": made.token, "expires_at": shapes.instant(made.expires_at)}, 201)


@api.delete("/tokens/current")
def logout() -> Response:
    """Make the token useless."""
    _, token = api_actor()
    current_engine().accounts.sign_out(token)
    return Response(status=204)


@api.get("/me")
def me() -> Response:
    """Who the caller is."""
    actor, _ = api_actor()
    return answer(shapes.me(actor))


# --- design ----------------------------------------------------------------------------------


@api.post("/deployments")
@replaying
def deploy() -> Response:
    """Deploy process files, or only check them."""
    actor, _ = api_actor()
    engine = current_engine()
    files = [
        SourceFile((f.filename or "").replace("\\", "/").rpartition("/")[2], f.read())
        for f in request.files.getlist("files")
    ]
    if not files:
        raise Invalid(
            "请选择要部署的 .bpmn、.dmn 或 .form 文件。",
            [FieldError("/files", "required", "缺少文件。")],
        )
    if request.args.get("dry_run", "false").lower() in {"true", "1"}:
        plan = engine.definitions.dry_run(actor, files)
        return answer(_deployment(plan), 200)
    key = bodies.idempotency_key(required=False)
    made = engine.definitions.deploy(
        actor,
        files,
        bodies.once_of_files(key, "deploy", files, lambda d: _kept(_deployment(d), 201, {})),
    )
    return answer(_deployment(made), 201)


def _deployment(made: Deployment) -> dict[str, object]:
    return {
        "id": made.id,
        "definitions": [shapes.definition(row, None) for row in made.definitions],
        "problems": [finding_json(f) for f in made.findings],
    }


@api.get("/deployments")
def list_deployments() -> Response:
    """Deployments in time order."""
    api_actor()
    after, limit = bodies.cursor((str,)), bodies.page_size()
    found = current_engine().definitions.deployments(str(after[0]) if after else "", limit)
    items: list[dict[str, object]] = [
        {
            "id": rows[0].deployment_id,
            "deployed_at": shapes.instant(rows[0].deployed_at),
            "definitions": [shapes.definition(row, None) for row in rows],
            "problems": [],
        }
        for rows in found[:limit]
    ]
    more = [items[-1]["id"]] if len(found) > limit else None
    return answer(bodies.page(items, more))


@api.get("/process-definitions")
def list_definitions() -> Response:
    """Every version of every process."""
    actor, _ = api_actor()
    engine = current_engine()
    after, limit = bodies.cursor((str, int)), bodies.page_size()
    if request.args.get("startable", "").lower() in {"true", "1"}:
        mine = [row for row, _ in engine.definitions.startable(actor)]
        rows = [r for r in mine if after is None or r.key > str(after[0])]
    else:
        rows = list(
            engine.definitions.list((str(after[0]), int(str(after[1]))) if after else None, limit)
        )
    items = [
        shapes.definition(row, engine.definitions.get(row.id)[1].start_form())
        for row in rows[:limit]
    ]
    more = [rows[limit - 1].key, rows[limit - 1].version] if len(rows) > limit else None
    return answer(bodies.page(items, more))


@api.get("/process-definitions/<definition_id>")
def get_definition(definition_id: str) -> Response:
    """One version."""
    api_actor()
    row, program = current_engine().definitions.get(definition_id)
    return answer(shapes.definition(row, program.start_form()))


# --- cases -----------------------------------------------------------------------------------


@api.post("/process-instances")
@replaying
def start() -> Response:
    """Start a case."""
    actor, _ = api_actor()
    key = bodies.idempotency_key(required=True)
    body = bodies.json_object(
        {"definition_key": str, "jurisdiction": str, "data": dict},
        {"version": int, "business_key": str},
    )
    wanted = _start_request(body)
    made = current_engine().cases.start(
        actor, wanted, bodies.once(key, "start", lambda s: _kept(*_started(s)))
    )
    return answer(*_started(made))


def _start_request(body: dict[str, object]) -> Request:
    version, business_key, data = body.get("version"), body.get("business_key"), body["data"]
    if isinstance(business_key, str) and len(business_key) > 200:  # noqa: PLR2004
        raise Invalid(
            "business_key 过长。", [FieldError("/business_key", "maxLength", "最多 200 个字符。")]
        )
    if isinstance(version, int) and not 1 <= version < 10**9:
        raise Invalid("没有这个版本。", [FieldError("/version", "minimum", "版本从 1 起。")])
    return Request(
        str(body["definition_key"]),
        str(body["jurisdiction"]),
        data if isinstance(data, dict) else {},
        business_key if isinstance(business_key, str) else None,
        version if isinstance(version, int) else None,
    )


def _started(made: Started) -> tuple[dict[str, object], int, dict[str, str]]:
    location = url_for("api.get_instance", case_id=made.case.id)
    return shapes.started(made), 201, {"Location": location, "ETag": _etag(made.case.rev)}


@api.get("/process-instances")
def list_instances() -> Response:
    """Cases the caller may see, newest first."""
    actor, _ = api_actor()
    after, limit = bodies.cursor((str, str)), bodies.page_size()
    question = CaseQuestion(
        status=request.args.get("state", ""),
        process_key=request.args.get("definition_key", ""),
        organisation_id=request.args.get("jurisdiction", ""),
        after=(str(after[0]), str(after[1])) if after else None,
        limit=limit,
    )
    lines = current_engine().cases.list(actor, question)
    last = lines[limit - 1] if len(lines) > limit else None
    return answer(
        bodies.page(
            [shapes.case_line(line) for line in lines[:limit]],
            None if last is None else [to_text(last.created_at), last.id],
        )
    )


@api.get("/process-instances/<case_id>")
def get_instance(case_id: str) -> Response:
    """One case, personal fields masked."""
    actor, _ = api_actor()
    view = current_engine().cases.view(actor, case_id)
    body = shapes.case(view.case, [t.id for t in view.open_tasks], masked_data(view))
    return answer(body, headers={"ETag": _etag(view.case.rev)})


@api.post("/process-instances/<case_id>/cancel")
@replaying
def cancel(case_id: str) -> Response:
    """End a case opened by mistake."""
    actor, _ = api_actor()
    engine = current_engine()
    engine.cases.must_see(actor, case_id)
    seen = bodies.if_match()
    reason = str(bodies.json_object({"reason": str})["reason"])
    rev = engine.cases.cancel(actor, case_id, reason, seen)
    return answer({"id": case_id, "state": "cancelled"}, headers={"ETag": _etag(rev)})


@api.get("/process-instances/<case_id>/history")
def history(case_id: str) -> Response:
    """What happened, oldest first."""
    actor, _ = api_actor()
    after, limit = bodies.cursor((int,)), bodies.page_size()
    entries = current_engine().cases.history(
        actor, case_id, int(str(after[0])) if after else 0, limit
    )
    more: list[object] | None = [entries[limit - 1].number] if len(entries) > limit else None
    return answer(bodies.page([shapes.history_entry(e) for e in entries[:limit]], more))


@api.post("/process-instances/<case_id>/files")
@replaying
def attach(case_id: str) -> Response:
    """Add a file to a case."""
    actor, _ = api_actor()
    engine = current_engine()
    engine.cases.must_see(actor, case_id)
    upload = _upload()
    label = request.form.get("label", "")
    key = bodies.idempotency_key(required=False)
    made = engine.files.attach(
        actor,
        case_id,
        upload[0],
        upload[1],
        label,
        bodies.once_of_files(
            key, "attach", [SourceFile(*upload)], lambda f: _kept(shapes.stored_file(f), 201, {})
        ),
    )
    return answer(shapes.stored_file(made), 201)


@api.post("/files")
@replaying
def stage() -> Response:
    """Store a file for a form that is being filled."""
    actor, _ = api_actor()
    upload = _upload()
    key = bodies.idempotency_key(required=False)
    made = current_engine().files.stage(
        actor,
        upload[0],
        upload[1],
        bodies.once_of_files(
            key, "stage", [SourceFile(*upload)], lambda f: _kept(shapes.stored_file(f), 201, {})
        ),
    )
    return answer(shapes.stored_file(made), 201)


def _upload() -> tuple[str, bytes]:
    given = request.files.get("file")
    if given is None:
        raise Invalid("缺少文件。", [FieldError("/file", "required", "请选择文件。")])
    return given.filename or "", current_engine().files.receive(given.stream)


@api.get("/files/<file_id>")
def download(file_id: str) -> Response:
    """A file's bytes, as an attachment of the type its content has."""
    actor, _ = api_actor()
    found, content = current_engine().files.read(actor, file_id)
    return file_response(found.name, found.type, content)


def file_response(name: str, kind: str, content: bytes) -> Response:
    """Bytes that no browser will run."""
    response = Response(content, mimetype=kind)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


# --- work ------------------------------------------------------------------------------------


@api.get("/tasks")
def list_tasks() -> Response:
    """Steps of the cases the caller may see."""
    actor, _ = api_actor()
    after, limit = bodies.cursor((str,)), bodies.page_size()
    state = request.args.get("state", "")
    if state and state not in {s.value for s in TaskStatus}:
        allowed = "open、completed 或 cancelled。"
        raise Invalid("没有这个状态。", [FieldError("/state", "enum", allowed)])
    assignee = request.args.get("assignee", "")
    question = TaskQuestion(
        status=state,
        case_id=request.args.get("instance_id", ""),
        assignee=actor.person_id if assignee == "me" else (assignee or None),
        after=str(after[0]) if after else "",
        limit=limit,
    )
    if assignee == "none":
        question = TaskQuestion(
            status=question.status,
            case_id=question.case_id,
            unassigned=True,
            after=question.after,
            limit=limit,
        )
    lines = current_engine().tasks.list(actor, question)
    more: list[object] | None = [lines[limit - 1].id] if len(lines) > limit else None
    return answer(bodies.page([shapes.task_line(line) for line in lines[:limit]], more))


@api.get("/tasks/<task_id>")
def get_task(task_id: str) -> Response:
    """One step with its form."""
    actor, _ = api_actor()
    return _task_answer(actor, task_id)


def _task_answer(actor: Actor, task_id: str) -> Response:
    view = current_engine().tasks.view(actor, task_id)
    data = {} if view.form is None else view.form.mask(view.data)
    return answer(shapes.task(view.task, view.form, data), headers={"ETag": _etag(view.task.rev)})


@api.post("/tasks/<task_id>/claim")
def claim(task_id: str) -> Response:
    """Take a step."""
    actor, _ = api_actor()
    current_engine().tasks.claim(actor, task_id)
    return _task_answer(actor, task_id)


@api.post("/tasks/<task_id>/release")
def release(task_id: str) -> Response:
    """Put a step back."""
    actor, _ = api_actor()
    current_engine().tasks.release(actor, task_id)
    return _task_answer(actor, task_id)


@api.post("/tasks/<task_id>/complete")
@replaying
def complete(task_id: str) -> Response:
    """Finish a step: exactly once."""
    actor, _ = api_actor()
    engine = current_engine()
    try:
        seen, key = bodies.if_match(), bodies.idempotency_key(required=True)
    except (bodies.PreconditionRequired, bodies.HeaderMissing):
        engine.tasks.must_see(actor, task_id)
        raise
    remember: Once[Completed] | None = bodies.once(
        key, "complete", lambda done: _kept(*_completed(done))
    )
    try:
        body = bodies.json_object({"data": dict})
    except Invalid:
        engine.tasks.must_be_completable(actor, task_id, seen, remember)
        raise
    data = body["data"]
    done = engine.tasks.complete(
        actor, task_id, data if isinstance(data, dict) else {}, seen, remember
    )
    return answer(*_completed(done))


def _completed(done: Completed) -> tuple[dict[str, object], int, dict[str, str]]:
    data = {} if done.form is None else done.form.mask(done.data)
    return shapes.task(done.task, done.form, data), 200, {"ETag": _etag(done.task.rev)}


@api.post("/messages")
@replaying
def message() -> Response:
    """Deliver a message to the cases that wait for it."""
    actor, _ = api_actor()
    key = bodies.idempotency_key(required=True)
    body = bodies.json_object({"name": str, "correlation": dict}, {"payload": dict})
    correlation, payload = body["correlation"], body.get("payload")
    matched = current_engine().messages.send(
        actor,
        str(body["name"]),
        correlation if isinstance(correlation, dict) else {},
        payload if isinstance(payload, dict) else {},
        bodies.once(key, "message", lambda n: _kept({"matched": n}, 202, {})),
    )
    return answer({"matched": matched}, 202)


# --- operate ---------------------------------------------------------------------------------


@api.get("/jobs")
def list_jobs() -> Response:
    """Timers and asynchronous work."""
    return _jobs([s for s in [request.args.get("state", "")] if s])


@api.get("/incidents")
def list_incidents() -> Response:
    """What failed and waits for a person."""
    return _jobs(["failed"])


def _jobs(statuses: Sequence[str]) -> Response:
    actor, _ = api_actor()
    after, limit = bodies.cursor((int,)), bodies.page_size()
    found = current_engine().jobs.lines(actor, statuses, int(str(after[0])) if after else 0, limit)
    more: list[object] | None = [found[limit - 1][0].id] if len(found) > limit else None
    return answer(bodies.page([shapes.job(job) for job, _ in found[:limit]], more))


@api.post("/incidents/<incident_id>/retry")
@replaying
def retry_incident(incident_id: str) -> Response:
    """Try a failed job again."""
    actor, _ = api_actor()
    if not incident_id.isdigit() or len(incident_id) > 18:  # noqa: PLR2004
        raise NotFound("没有找到这个异常。")
    key = bodies.idempotency_key(required=True)
    done = current_engine().jobs.retry(
        actor,
        int(incident_id),
        bodies.once(key, "retry", lambda n: _kept({"id": str(n)}, 202, {})),
    )
    return answer({"id": str(done)}, 202)


@api.get("/budgets")
def budgets() -> Response:
    """Comes with the grants."""
    api_actor()
    return not_yet("资金指标随发放管理一起提供,本版本尚未包含。")


def not_yet(sentence: str) -> Response:
    """What a later release brings."""
    return problem(501, "not-implemented", sentence)


AUDITORS = frozenset({"audit_committee", "admin", "city_protection", "supervisor"})


def _must_audit(actor: Actor) -> None:
    if not actor.roles & AUDITORS:
        raise NotPermitted("您没有查看操作留痕的权限。如需查看,请联系经审会或市总工会管理员。")


@api.get("/audit")
def audit() -> Response:
    """The audit chain."""
    actor, _ = api_actor()
    _must_audit(actor)
    limit = bodies.page_size()
    text = request.args.get("after_seq", "0")
    if not text.isascii() or not text.isdigit() or len(text) > 15:  # noqa: PLR2004
        raise Invalid("after_seq 应是整数。", [FieldError("/after_seq", "type", "应是整数。")])
    rows = current_engine().audit.entries(int(text), limit)
    more: list[object] | None = [rows[limit - 1].seq] if len(rows) > limit else None
    return answer(bodies.page([shapes.audit_row(r) for r in rows[:limit]], more))


@api.get("/audit/verify")
def audit_verify() -> Response:
    """Walk the whole chain."""
    actor, _ = api_actor()
    _must_audit(actor)
    verdict = current_engine().audit.verify()
    return answer(
        {
            "ok": verdict.ok,
            "entries": verdict.entries,
            "head": verdict.head,
            "first_bad_seq": verdict.first_bad_seq,
        }
    )


# --- public ----------------------------------------------------------------------------------


@api.get("/public/notices")
def public_notices() -> Response:
    """What the law lets the public see."""
    after, limit = bodies.cursor((str, str)), bodies.page_size()
    found = current_registry().public_notices(
        (str(after[0]), str(after[1])) if after else None, limit
    )
    items: list[dict[str, object]] = [n.as_json() for n in found[:limit]]
    last = found[limit - 1] if len(found) > limit else None
    return answer(bodies.page(items, None if last is None else [last.sort_key, last.id]))
