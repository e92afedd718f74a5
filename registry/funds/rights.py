"""Who may see and move money, by role; each below the organisation where the role is held."""

from collections.abc import Collection
from enum import StrEnum

from engine import Actor
from engine.errors import NotPermitted
from engine.store import directory
from engine.store.database import Tx


class FundAct(StrEnum):
    """What can be done with money without a case."""

    SEE = "see"
    ALLOCATE = "allocate"
    TRANSFER = "transfer"
    ROSTER = "roster"
    SPEND = "spend"
    PAY = "pay"


_MAKES = frozenset({"county_reviewer", "accountant", "city_protection"})

ROLES_OF: dict[FundAct, frozenset[str]] = {
    FundAct.SEE: _MAKES
    | {"county_approver", "cashier", "audit_committee", "city_leader", "supervisor"},
    FundAct.ALLOCATE: frozenset({"city_protection", "accountant"}),
    FundAct.TRANSFER: _MAKES,
    FundAct.ROSTER: _MAKES,
    FundAct.SPEND: frozenset({"city_protection", "accountant"}),
    FundAct.PAY: frozenset({"cashier"}),
}
_REFUSALS = {
    FundAct.SEE: "资金指标由总工会的财务、审核、审批和经审人员查看,您没有这个权限。",
    FundAct.ALLOCATE: "下达和调整指标由市总权益保障部或会计登记,您没有这个权限,没有登记。",
    FundAct.TRANSFER: "调剂由会计或审核员申请,您没有这个权限,没有申请。",
    FundAct.ROSTER: "发放批次由会计或审核员制单,您没有这个权限,没有保存。",
    FundAct.SPEND: "其他支出由会计登记,您没有这个权限,没有登记。",
    FundAct.PAY: "银行文件和付款结果由出纳办理,您没有这个权限,没有办理。",
}


def places_of(actor: Actor, act: FundAct) -> Collection[str] | None:
    """The organisations below which she may; None for everywhere."""
    if actor.is_system:
        return None
    return sorted({place for role in ROLES_OF[act] for place in actor.places(role)})


def may_somewhere(actor: Actor, act: FundAct) -> bool:
    """Whether any of her roles lets her."""
    return actor.is_system or bool(ROLES_OF[act] & actor.roles)


def must_somewhere(actor: Actor, act: FundAct) -> None:
    """Raise NotPermitted, in words, unless she may do it to some money."""
    if not may_somewhere(actor, act):
        raise NotPermitted(_REFUSALS[act])


def may(tx: Tx, actor: Actor, act: FundAct, organisation_id: str) -> bool:
    """Whether she may do it with the money of this organisation."""
    places = places_of(actor, act)
    return places is None or directory.is_within(tx, organisation_id, places)


def must(tx: Tx, actor: Actor, act: FundAct, organisation_id: str) -> None:
    """Raise NotPermitted, in words, unless she may."""
    if not may(tx, actor, act, organisation_id):
        raise NotPermitted(_REFUSALS[act])
