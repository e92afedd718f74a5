"""Who may do what to a file beyond reading it, by role; each within the role's own area.

A table and nothing more: what a person *sees* is decided by :mod:`registry.store.sight` alone.
"""

from enum import StrEnum

from engine import Actor
from engine.errors import NotPermitted
from engine.store.database import Tx
from registry.household import File
from registry.store.sight import tops_above


class Act(StrEnum):
    """What can be done to a file without a case."""

    HELP = "help"
    PAPERS = "papers"
    CORRECT = "correct"
    DECIDE = "decide"
    CONSENT = "consent"
    COPY = "copy"
    EXPORT = "export"
    EXPORT_WHOLE = "export-whole"


_OFFICERS = frozenset({"officer", "township_officer"})
_CENTRE = frozenset({"county_reviewer", "city_protection"})

ROLES_OF: dict[Act, frozenset[str]] = {
    Act.HELP: _OFFICERS | _CENTRE,
    Act.PAPERS: _OFFICERS | _CENTRE | {"data_entry"},
    Act.CORRECT: _CENTRE,
    Act.DECIDE: frozenset({"county_approver", "city_leader"}),
    Act.CONSENT: _OFFICERS | _CENTRE,
    Act.COPY: _CENTRE | {"data_entry"},
    Act.EXPORT: _OFFICERS
    | _CENTRE
    | {"county_approver", "data_entry", "city_leader", "audit_committee", "supervisor"},
    Act.EXPORT_WHOLE: _CENTRE | {"data_entry"},
}
_REFUSALS = {
    Act.HELP: "登记帮扶由本档案所在单位的经办人或县级审核员办理,您没有这个权限,没有登记。",
    Act.PAPERS: "纸质档案由本单位经办人、县级审核员或录入员登记,您没有这个权限,没有保存。",
    Act.CORRECT: "勘误由县级审核员办理,您没有这个权限,没有更正。请把错误告诉县总工会。",
    Act.DECIDE: "认定类型由分管副主席更正或复核,您没有这个权限,没有保存。",
    Act.CONSENT: "撤回授权由经办人或县级审核员登记,您没有这个权限,没有登记。",
    Act.COPY: "抄录由系统录入员或县级审核员办理,您没有这个权限。",
    Act.EXPORT: "您没有导出档案的权限,没有导出。如需名册,请联系县总工会。",
    Act.EXPORT_WHOLE: "完整号码只有县级审核员和录入员可以导出,没有导出。请改选脱敏导出。",
}


def places_of(actor: Actor, act: Act) -> tuple[str, ...]:
    """The organisations below which her roles let her do it."""
    return tuple(sorted({place for role in ROLES_OF[act] for place in actor.places(role)}))


def may(tx: Tx, actor: Actor, act: Act, file: File) -> bool:
    """Whether she may do it to this file."""
    return bool(tops_above(tx, file.organisation_id, places_of(actor, act)))


def allowed(tx: Tx, actor: Actor, file: File) -> frozenset[Act]:
    """All she may do to this file."""
    places = {act: places_of(actor, act) for act in Act}
    above = tops_above(tx, file.organisation_id, {one for some in places.values() for one in some})
    return frozenset(act for act in Act if not above.isdisjoint(places[act]))


def must_somewhere(actor: Actor, act: Act) -> None:
    """Raise NotPermitted, in words, unless she may do it to some files."""
    if not places_of(actor, act):
        raise NotPermitted(_REFUSALS[act])


def must(tx: Tx, actor: Actor, act: Act, file: File) -> None:
    """Raise NotPermitted, in words, unless she may."""
    if not may(tx, actor, act, file):
        raise NotPermitted(_REFUSALS[act])
