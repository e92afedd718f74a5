"""Cases from start to end."""

from flask import Response, url_for

from engine import Request
from engine.errors import FieldError, Invalid
from engine.store.cases import CaseQuestion
from engine.store.instants import to_text
from engine.work.start import Started
from engine.work.view import masked_data
from webapp.api import bodies, shapes
from webapp.api.answers import answer, etag, kept, replaying
from webapp.api.blueprint import api
from webapp.shared.requests import api_actor, current_engine

LONGEST_BUSINESS_KEY = 200
_HIGHEST_VERSION = 10**9


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
        actor, wanted, bodies.once(key, "start", lambda s: kept(*_started(s)))
    )
    return answer(*_started(made))


def _start_request(body: dict[str, object]) -> Request:
    version, business_key, data = body.get("version"), body.get("business_key"), body["data"]
    if isinstance(business_key, str) and len(business_key) > LONGEST_BUSINESS_KEY:
        allowed = f"最多 {LONGEST_BUSINESS_KEY} 个字符。"
        raise Invalid("business_key 过长。", [FieldError("/business_key", "maxLength", allowed)])
    if isinstance(version, int) and not 1 <= version < _HIGHEST_VERSION:
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
    return shapes.started(made), 201, {"Location": location, "ETag": etag(made.case.rev)}


@api.get("/process-instances")
def list_instances() -> Response:
    """Cases the caller may see, newest first."""
    actor, _ = api_actor()
    after, limit = bodies.cursor((str, str)), bodies.page_size()
    question = CaseQuestion(
        status=bodies.query("state"),
        process_key=bodies.query("definition_key"),
        organisation_id=bodies.query("jurisdiction"),
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
    engine = current_engine()
    view = engine.cases.view(actor, case_id)
    engine.note_access(actor, "personal-data-read", case_id)
    body = shapes.case(view.case, [t.id for t in view.open_tasks], masked_data(view))
    return answer(body, headers={"ETag": etag(view.case.rev)})


@api.post("/process-instances/<case_id>/cancel")
def cancel(case_id: str) -> Response:
    """End a case opened by mistake."""
    actor, _ = api_actor()
    cases = current_engine().cases
    cases.must_see(actor, case_id)
    seen = bodies.if_match()
    try:
        reason = str(bodies.open_json_object({"reason": str})["reason"])
    except bodies.UNREADABLE:
        cases.must_be_cancellable(actor, case_id, seen)
        raise
    rev = cases.cancel(actor, case_id, reason, seen)
    return answer({"id": case_id, "state": "cancelled"}, headers={"ETag": etag(rev)})


@api.get("/process-instances/<case_id>/history")
def history(case_id: str) -> Response:
    """What happened, oldest first."""
    actor, _ = api_actor()
    engine = current_engine()
    engine.cases.must_see(actor, case_id)
    after, limit = bodies.cursor((int,)), bodies.page_size()
    entries = engine.cases.history(actor, case_id, bodies.count(after[0]) if after else 0, limit)
    engine.note_access(actor, "personal-data-read", case_id)
    more: list[object] | None = [entries[limit - 1].number] if len(entries) > limit else None
    return answer(bodies.page([shapes.history_entry(e) for e in entries[:limit]], more))
