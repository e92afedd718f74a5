"""What who runs the installation asks: jobs, incidents, funds, the audit chain."""

from collections.abc import Sequence

from flask import Response

from engine.errors import NotFound, NotPermitted
from engine.model.actors import Actor
from webapp.api import bodies, shapes
from webapp.api.answers import answer, kept, not_yet, replaying
from webapp.api.blueprint import api
from webapp.shared.requests import api_actor, current_engine

AUDITORS = frozenset({"audit_committee", "admin", "city_protection", "supervisor"})
_LONGEST_NUMBER = 18


@api.get("/jobs")
def list_jobs() -> Response:
    """Timers and asynchronous work."""
    actor, _ = api_actor()
    state = bodies.query("state")
    return _jobs(actor, [state] if state else [])


@api.get("/incidents")
def list_incidents() -> Response:
    """What failed and waits for a person."""
    actor, _ = api_actor()
    return _jobs(actor, ["failed"])


def _jobs(actor: Actor, statuses: Sequence[str]) -> Response:
    after, limit = bodies.cursor((int,)), bodies.page_size()
    found = current_engine().jobs.lines(actor, statuses, int(str(after[0])) if after else 0, limit)
    more: list[object] | None = [found[limit - 1][0].id] if len(found) > limit else None
    return answer(bodies.page([shapes.job(job) for job, _ in found[:limit]], more))


@api.post("/incidents/<incident_id>/retry")
@replaying
def retry_incident(incident_id: str) -> Response:
    """Try a failed job again."""
    actor, _ = api_actor()
    jobs = current_engine().jobs
    if not (
        incident_id.isascii() and incident_id.isdigit() and len(incident_id) <= _LONGEST_NUMBER
    ):
        raise NotFound("没有找到这个异常。")
    jobs.must_see(actor, int(incident_id))
    key = bodies.idempotency_key(required=True)
    done = jobs.retry(
        actor,
        int(incident_id),
        bodies.once(key, "retry", lambda n: kept({"id": str(n)}, 202, {})),
    )
    return answer({"id": str(done)}, 202)


@api.get("/budgets")
def budgets() -> Response:
    """Comes with the grants."""
    api_actor()
    return not_yet("资金指标随发放管理一起提供,本版本尚未包含。")


def _must_audit(actor: Actor) -> None:
    if not actor.roles & AUDITORS:
        raise NotPermitted("您没有查看操作留痕的权限。如需查看,请联系经审会或市总工会管理员。")


@api.get("/audit")
def audit() -> Response:
    """The audit chain, after a number or after the page before."""
    actor, _ = api_actor()
    _must_audit(actor)
    limit, place = bodies.page_size(), bodies.cursor((int,))
    after = bodies.whole_number("after_seq", 0) if place is None else int(str(place[0]))
    rows = current_engine().audit.entries_for(actor, max(after, 0), limit)
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
