"""Comparisons, plans and migrations as JSON: the same from the API and from the command line."""

from collections.abc import Iterable

from engine.definitions.comparing import Detail
from engine.model.errands import Errand
from engine.model.version_moves import CaseVerdict, Migration, Move, Plan, Route, Verdict
from engine.sentences import Words
from engine.store.instants import to_text, to_text_or_none
from engine.work.version_compare import Comparison, Touched

Json = dict[str, object]


def comparison_json(found: Comparison) -> Json:
    """Every change with the cases it touches."""
    return {
        "from": found.old.id,
        "to": found.new.id,
        "running": found.running,
        "changes": [_change(one) for one in found.changes],
    }


def _change(one: Touched) -> Json:
    change = one.change
    return {
        "how": change.how.value,
        "subject": change.subject.value,
        "process_key": change.process_key,
        "id": change.id,
        **_named("type", change.type),
        **_named("name", change.name),
        "details": [_detail(detail) for detail in change.details],
        "cases_here": one.here,
        "cases_ahead": one.ahead,
        "waiting": [
            {
                "process_key": at.process_key,
                "element_id": at.element_id,
                **_named("name", at.name),
                "cases": at.cases,
            }
            for at in one.places
        ],
    }


def _detail(detail: Detail) -> Json:
    return {
        **_named("what", detail.what),
        **_named("before", detail.before),
        **_named("after", detail.after),
    }


def plan_json(plan: Plan, cases: Iterable[CaseVerdict]) -> Json:
    """A plan with some of its cases."""
    return {
        "definition_id": plan.route.to_id,
        "from_version": plan.route.from_version,
        "mapping": dict(plan.route.ids),
        "total": len(plan.cases),
        **{verdict.value: plan.count(verdict) for verdict in Verdict},
        "passed_new_steps": plan.passed,
        "unmapped": [
            {
                "process_key": one.process_key,
                "element_id": one.element_id,
                **_named("name", one.name),
                "cases": one.cases,
                "may_drop": one.may_drop,
                "candidates": [{"id": i, "name": name} for i, name in one.candidates],
            }
            for one in plan.unmapped
        ],
        "items": [_verdict(one) for one in cases],
    }


def under_way_json(route: Route, errand: Errand) -> Json:
    """A plan that is not there yet, and how far it is."""
    return {
        "id": errand.id,
        "definition_id": route.to_id,
        "from_version": route.from_version,
        "mapping": dict(route.ids),
        "state": "running",
        "done": errand.done,
        "total": errand.total,
    }


def _verdict(one: CaseVerdict) -> Json:
    return {
        "case_id": one.case_id,
        "number": one.number,
        "jurisdiction": one.organisation_id,
        "version": one.version,
        "verdict": one.verdict.value,
        "waiting": [
            {
                "process_key": at.process_key,
                "element_id": at.element_id,
                **_named("name", at.name),
                "becomes": at.after or at.element_id,
            }
            for at in one.stands
        ],
        "reasons": _said(one.reasons),
        "notes": _said(one.notes),
        "passed_new_steps": list(one.has_passed),
    }


def migration_json(one: Migration, *, is_under_way: bool) -> Json:
    """How far a migration is."""
    stopped = "running" if is_under_way else "stopped"
    return {
        "id": one.id,
        "definition_id": one.route.to_id,
        "from_version": one.route.from_version,
        "mapping": dict(one.route.ids),
        "state": "done" if one.ended_at is not None and not is_under_way else stopped,
        "asked_at": to_text(one.asked_at),
        "ended_at": to_text_or_none(one.ended_at),
        "total": one.total,
        "moved": one.moved,
        "left": one.left,
        "rolled_back": one.back,
    }


def move_json(one: Move) -> Json:
    """What became of a case."""
    return {
        "case_id": one.case_id,
        "number": one.number,
        "from": one.from_id,
        "status": one.status.value,
        "reasons": _said(one.reasons),
        "may_roll_back": one.may_go_back,
    }


def _said(words: Iterable[Words]) -> list[Json]:
    return [{"zh": one.zh, "en": one.en} for one in words]


def _named(name: str, words: Words | None) -> Json:
    """Chinese, and English beside it."""
    return {
        name: None if words is None else words.zh,
        f"{name}_en": None if words is None else words.en,
    }
