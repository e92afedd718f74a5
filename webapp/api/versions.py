"""Versions compared, and running cases taken over to another."""

from flask import Response, url_for

from engine import Actor
from engine.errors import Conflict, FieldError, Invalid
from engine.model.once import Once
from engine.model.version_moves import Migration, MoveStatus, Route, SoughtPlan
from webapp.api import bodies
from webapp.api.answers import answer, kept, replaying
from webapp.api.blueprint import api
from webapp.shared.requests import api_actor, current_engine
from webapp.shared.version_json import (
    comparison_json,
    migration_json,
    move_json,
    plan_json,
    under_way_json,
)

_HIGHEST_VERSION = 10**9


@api.get("/process-definitions/<definition_id>/comparison")
def compare_definitions(definition_id: str) -> Response:
    """What a version changes, against the one before it or against another."""
    actor, _ = api_actor()
    engine = current_engine()
    row, _program = engine.definitions.get(definition_id)
    older = bodies.whole_number("with_version", row.version - 1)
    found = engine.versions.compare(actor, f"{row.key}:{older}", definition_id)
    return answer(comparison_json(found))


@api.post("/process-definitions/<definition_id>/migration-plan")
def plan_migration(definition_id: str) -> Response:
    """A verdict for every running case, of many not at once; nothing is changed."""
    actor, _ = api_actor()
    engine = current_engine()
    engine.definitions.must_migrate(actor)
    row, _program = engine.definitions.get(definition_id)
    bodies.cursor((str,))
    bodies.page_size()
    body = bodies.json_object({}, {"from_version": int, "mapping": dict})
    route = _route(row.key, row.version, body)
    found = engine.versions.plans.sought(actor, route)
    return _planned(engine.versions.plans.sought_anew(actor, route) if found.has_failed else found)


@api.get("/migration-plans/<plan_id>")
def get_migration_plan(plan_id: str) -> Response:
    """How far a plan of many cases is, and the plan when it is there."""
    actor, _ = api_actor()
    return _planned(current_engine().versions.plans.asked_for(actor, plan_id))


def _planned(found: SoughtPlan) -> Response:
    plan, errand = found.plan, found.errand
    if errand is not None and found.has_failed:
        raise Conflict(errand.told)
    after, limit = bodies.cursor((str,)), bodies.page_size()
    if plan is None:
        assert errand is not None  # noqa: S101 - what is not there is being looked for
        location = url_for("api.get_migration_plan", plan_id=errand.id)
        told = under_way_json(found.route, errand)
        return answer(told, 202, {"Location": location, "Retry-After": "1"})
    first = "" if after is None else str(after[0])
    cases = [one for one in plan.cases if one.case_id > first]
    more = [cases[limit - 1].case_id] if len(cases) > limit else None
    next_page = bodies.page([], list(more) if more else None)["next_cursor"]
    return answer({**plan_json(plan, cases[:limit]), "next_cursor": next_page})


def _route(key: str, version: int, body: dict[str, object]) -> Route:
    old, mapping = body.get("from_version"), body.get("mapping")
    if isinstance(old, int) and not 1 <= old < _HIGHEST_VERSION:
        raise Invalid("没有这个版本。", [FieldError("/from_version", "minimum", "版本从 1 起。")])
    ids = mapping if isinstance(mapping, dict) else {}
    if not all(isinstance(value, str) for value in ids.values()):
        told = FieldError("/mapping", "type", "每个旧编号对应一个新编号,都是文字。")
        raise Invalid("“mapping”的内容不对,未处理。", [told])
    return Route(key, version, old if isinstance(old, int) else None, ids)


@api.post("/migrations")
@replaying
def begin_migration() -> Response:
    """Take the running cases of a process over, beside the web."""
    actor, _ = api_actor()
    key = bodies.idempotency_key(required=True)
    engine = current_engine()
    engine.definitions.must_migrate(actor)
    body = bodies.json_object({"definition_id": str}, {"from_version": int, "mapping": dict})
    row, _program = engine.definitions.get(str(body["definition_id"]))
    once: Once[Migration] | None = bodies.once(key, "migrate", lambda m: kept(*_accepted(m)))
    made = engine.versions.ask_for(actor, _route(row.key, row.version, body), once)
    return answer(*_accepted(made))


def _accepted(made: Migration) -> tuple[dict[str, object], int, dict[str, str]]:
    location = url_for("api.get_migration", migration_id=made.id)
    return migration_json(made, is_under_way=True), 202, {"Location": location}


@api.get("/migrations/<migration_id>")
def get_migration(migration_id: str) -> Response:
    """How far it is."""
    actor, _ = api_actor()
    return answer(_told(actor, migration_id))


def _told(actor: Actor, migration_id: str) -> dict[str, object]:
    versions = current_engine().versions
    found = versions.migration(actor, migration_id)
    return migration_json(found, is_under_way=versions.is_under_way(migration_id))


@api.get("/migrations/<migration_id>/cases")
def list_migration_cases(migration_id: str) -> Response:
    """What became of its cases."""
    actor, _ = api_actor()
    versions = current_engine().versions
    versions.migration(actor, migration_id)
    after, limit = bodies.cursor((str,)), bodies.page_size()
    wanted = bodies.query("status")
    if wanted and wanted not in {one.value for one in MoveStatus}:
        told = FieldError("/status", "enum", "status 应是 moved、left 或 back。")
        raise Invalid("参数 status 不对。", [told])
    status = MoveStatus(wanted) if wanted else None
    start = "" if after is None else str(after[0])
    found = versions.moves(actor, migration_id, status, start, limit)
    more: list[object] | None = [found[limit - 1].case_id] if len(found) > limit else None
    return answer(bodies.page([move_json(one) for one in found[:limit]], more))


@api.post("/migrations/<migration_id>/resume")
def resume_migration(migration_id: str) -> Response:
    """Let one that was stopped go on; cases it left are looked at once more."""
    actor, _ = api_actor()
    current_engine().versions.hand_over(actor, migration_id)
    return answer(_told(actor, migration_id), 202)


@api.post("/migrations/<migration_id>/roll-back")
def roll_migration_back(migration_id: str) -> Response:
    """Put one case back, or (beside the web) every case, that has not moved since."""
    actor, _ = api_actor()
    versions = current_engine().versions
    versions.migration(actor, migration_id)
    case_id = bodies.json_object({}, {"case_id": str}).get("case_id")
    if isinstance(case_id, str):
        versions.put_back(actor, migration_id, case_id)
        return answer(_told(actor, migration_id))
    versions.hand_back(actor, migration_id)
    return answer(_told(actor, migration_id), 202)
