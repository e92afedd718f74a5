"""Steps people do."""

from flask import Response

from engine.errors import FieldError, Invalid
from engine.model.actors import Actor
from engine.model.once import Once
from engine.model.tasks import TaskStatus
from engine.store.task_lists import TaskQuestion
from engine.work.complete import Completed
from engine.work.view import TaskView
from webapp.api import bodies, shapes
from webapp.api.answers import answer, etag, kept, replaying
from webapp.api.blueprint import api
from webapp.shared.requests import api_actor, current_engine

NOBODY = "none"
CALLER = "me"
_STATES = frozenset(status.value for status in TaskStatus)


@api.get("/tasks")
def list_tasks() -> Response:
    """Steps of the cases the caller may see."""
    actor, _ = api_actor()
    after, limit = bodies.cursor((str,)), bodies.page_size()
    state, assignee = bodies.query("state"), bodies.query("assignee")
    if state and state not in _STATES:
        allowed = "open、completed 或 cancelled。"
        raise Invalid("没有这个状态。", [FieldError("/state", "enum", allowed)])
    question = TaskQuestion(
        status=state,
        case_id=bodies.query("instance_id"),
        assignee={CALLER: actor.person_id, NOBODY: None, "": None}.get(assignee, assignee),
        unassigned=assignee == NOBODY,
        after=str(after[0]) if after else "",
        limit=limit,
    )
    lines = current_engine().tasks.list(actor, question)
    more: list[object] | None = [lines[limit - 1].id] if len(lines) > limit else None
    return answer(bodies.page([shapes.task_line(line) for line in lines[:limit]], more))


@api.get("/tasks/<task_id>")
def get_task(task_id: str) -> Response:
    """One step with its form."""
    actor, _ = api_actor()
    engine = current_engine()
    view = engine.tasks.view(actor, task_id)
    engine.note_access(actor, "task-read", task_id)
    return _shown(view)


def _shown(view: TaskView) -> Response:
    data = {} if view.form is None else view.form.mask(view.data)
    shown = {
        **shapes.task(view.task, view.form, data),
        "deadline": shapes.deadline(view.limit),
    }
    return answer(shown, headers={"ETag": etag(view.task.rev)})


@api.post("/tasks/<task_id>/claim")
def claim(task_id: str) -> Response:
    """Take a step."""
    actor, _ = api_actor()
    current_engine().tasks.claim(actor, task_id)
    return _as_it_is_now(actor, task_id)


@api.post("/tasks/<task_id>/release")
def release(task_id: str) -> Response:
    """Put a step back."""
    actor, _ = api_actor()
    current_engine().tasks.release(actor, task_id)
    return _as_it_is_now(actor, task_id)


def _as_it_is_now(actor: Actor, task_id: str) -> Response:
    return _shown(current_engine().tasks.view(actor, task_id))


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
        key, "complete", lambda done: kept(*_completed(done))
    )
    try:
        data = bodies.json_object({"data": dict})["data"]
    except bodies.UNREADABLE:
        engine.tasks.must_be_completable(actor, task_id, seen, remember)
        raise
    done = engine.tasks.complete(
        actor, task_id, data if isinstance(data, dict) else {}, seen, remember
    )
    return answer(*_completed(done))


def _completed(done: Completed) -> tuple[dict[str, object], int, dict[str, str]]:
    data = {} if done.form is None else done.form.mask(done.data)
    return shapes.task(done.task, done.form, data), 200, {"ETag": etag(done.task.rev)}
