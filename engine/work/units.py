"""Rename, move and close units from a day on (design.md D25, domain.md §5).

What is dated later begins to hold on its day: a worker follows the directory once each business
day. A renamed unit stays the same unit; a closed one leaves its open work to its successor.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from engine.errors import Conflict, Invalid, NotFound
from engine.model.actors import SYSTEM, Actor
from engine.model.clock import local_date
from engine.model.organisations import Designation, Organisation
from engine.store import designations, directory, organisations, settings
from engine.store.database import Tx
from engine.store.organisations import DatedName
from engine.store.turns import change_directory
from engine.work.environment import Environment
from engine.work.fields import refuse_empty, refuse_long, wrong
from engine.work.organise import (
    LONGEST_CODE,
    LONGEST_NAME,
    follow,
    must_administer,
    refuse_twin,
    today_of,
)

LONGEST_DOCUMENT = 200
_FOLLOWED = "directory followed on"


@dataclass(frozen=True)
class Change:
    """From which day a change holds (None: today), and the document that says so."""

    day: date | None = None
    document: str = ""


def rename(
    environment: Environment,
    tx: Tx,
    actor: Actor,
    organisation_id: str,
    name: tuple[str, str],
    change: Change,
) -> int:
    """Give a unit another code and name from a day on, which may lie in the past."""
    change_directory(tx)
    unit = _unit(tx, actor, organisation_id)
    code, called = name[0].strip(), name[1].strip()
    refuse_empty(
        "请填写单位名称和代码,未保存。",
        {"name": ("单位名称", called), "code": ("单位代码", code)},
    )
    refuse_long({"name": ("名称", called, LONGEST_NAME), "code": ("代码", code, LONGEST_CODE)})
    _check_document(change)
    above = directory.line_upwards(tx, organisation_id)[1:]
    if above:
        refuse_twin(environment, tx, organisation_id, called, above[0].id)
    day = change.day or today_of(environment)
    new = DatedName(code, called, day, change.document.strip(), actor.person_id)
    organisations.put_name(tx, organisation_id, new, (unit.code, unit.name, unit.valid_from))
    organisations.apply_names(tx, today_of(environment))
    return follow(environment, tx, actor, "organisation-renamed", f"{organisation_id} {day}")


def move(
    environment: Environment,
    tx: Tx,
    actor: Actor,
    organisation_id: str,
    parent: tuple[str, str],
    change: Change,
) -> int:
    """Give a unit another parent (kind and id) from a day on.

    ``approval`` is climbed by routing, ``area`` counts in statistics. How many open steps go
    elsewhere now; a move in the future re-routes on its day.
    """
    change_directory(tx)
    unit = _unit(tx, actor, organisation_id)
    kind, parent_id = parent
    if kind not in organisations.KINDS:
        raise Invalid("请选择调整审批上级还是所属区域,未保存。")
    above = directory.organisation_brief(tx, parent_id)
    if above is None:
        raise wrong("parent", "没有找到所选的上级单位,未保存。请重新选择。")
    must_administer(tx, actor, parent_id)
    today = today_of(environment)
    day = change.day or today
    if day < today:
        raise wrong("since", "调整上级只能从今天或以后开始,未保存:过去的办件已按当时的关系办理。")
    if above.valid_to is not None and above.valid_to <= day:
        raise wrong("parent", f"“{above.name}”自 {above.valid_to} 起撤销,不能作为上级,未保存。")
    _check_document(change)
    if kind == "approval":
        if not organisations.has_parent(tx, organisation_id, kind, today):
            raise Invalid("最上级单位没有上级,不能调整,未保存。")
        refuse_twin(environment, tx, organisation_id, unit.name, parent_id)
    organisations.put_parent(tx, organisation_id, kind, parent_id, day)
    _must_be_a_tree(tx, day)
    return follow(
        environment, tx, actor, "organisation-moved", f"{organisation_id} {kind} {parent_id} {day}"
    )


def _must_be_a_tree(tx: Tx, day: date) -> None:
    """No unit may stand below itself, on this day or on any day of a later change."""
    for one in (day, *organisations.days_of_change(tx, day)):
        nodes = directory.organisations(tx, one)
        for node in nodes.values():
            if _is_in_a_circle(nodes, node):
                raise wrong(
                    "parent",
                    "上级单位不能是本单位或它的下级,未保存"
                    f"({one} 起“{node.name}”会成为自己的下级)。",
                )


def _is_in_a_circle(nodes: dict[str, Organisation], node: Organisation) -> bool:
    for kind in organisations.KINDS:
        seen: set[str] = set()
        current: str | None = node.id
        while current is not None:
            if current in seen:
                return True
            seen.add(current)
            above = nodes[current]
            current = above.approval_parent if kind == "approval" else above.area_parent
    return False


def close(
    environment: Environment,
    tx: Tx,
    actor: Actor,
    organisation_id: str,
    successor_id: str | None,
    change: Change,
) -> int:
    """End a unit on a day: grants there end, open work goes to its successor.

    The units below it stand below the successor from that day on, and so does the closed unit:
    its cases stay in its name, seen and handled by the successor.
    """
    change_directory(tx)
    unit = _unit(tx, actor, organisation_id)
    today = today_of(environment)
    day = change.day or today
    if day < today:
        raise wrong("since", "撤销日期不能早于今天,未保存。")
    if unit.valid_to is not None:
        raise Conflict(f"“{unit.name}”自 {unit.valid_to} 起已撤销,没有变化。")
    if not organisations.has_parent(tx, organisation_id, "approval", today):
        raise Invalid("最上级单位不能撤销,未保存。")
    if not change.document.strip():
        raise wrong("document", "请填写撤销或合并的文号,未保存。")
    _check_document(change)
    children = organisations.children_of(tx, organisation_id, "approval", day)
    if successor_id is None:
        left = organisations.open_steps_of(tx, organisation_id)
        if children or left:
            raise wrong(
                "successor",
                f"“{unit.name}”还有 {len(children)} 个下级单位、{left} 个未办环节,"
                "请选择由哪个单位接收,未保存。",
            )
    else:
        _hand_over(tx, actor, unit, successor_id, replace(change, day=day), environment.now())
    organisations.close(tx, organisation_id, day, successor_id)
    _must_be_a_tree(tx, day)
    return follow(
        environment, tx, actor, "organisation-closed", f"{organisation_id} {successor_id} {day}"
    )


def _hand_over(
    tx: Tx, actor: Actor, unit: Organisation, successor_id: str, change: Change, at: datetime
) -> None:
    day, document = change.day or local_date(at), change.document.strip()
    successor = directory.organisation_brief(tx, successor_id)
    if successor is None:
        raise wrong("successor", "没有找到接收的单位,未保存。")
    must_administer(tx, actor, successor_id)
    if successor.level != unit.level or successor.id == unit.id:
        raise wrong("successor", "接收的单位要是同一级的另一个单位,未保存。")
    if successor.valid_to is not None:
        raise wrong(
            "successor", f"“{successor.name}”自 {successor.valid_to} 起也撤销了,不能接收,未保存。"
        )
    for kind in organisations.KINDS:
        for child in organisations.children_of(tx, unit.id, kind, day):
            if child != successor_id:
                organisations.put_parent(tx, child, kind, successor_id, day)
        organisations.put_parent(tx, unit.id, kind, successor_id, day)
    for role in directory.roles(tx).values():
        if unit.level in role.levels:
            taken = Designation(0, role.code, unit.id, successor_id, document, day)
            designations.add(tx, replace(taken, set_by=actor.person_id), at)


def follow_day(environment: Environment, tx: Tx) -> int:
    """Let what is dated today begin to hold: names, parents, grants, designations.

    Once a business day, whoever comes first; how many open steps go elsewhere now.
    """
    change_directory(tx)
    today = today_of(environment)
    number = today.toordinal()
    before = settings.counter_value(tx, _FOLLOWED)
    if before == number:
        return 0
    settings.set_counter(tx, _FOLLOWED, number)
    if 0 < before < number and not organisations.something_changes(
        tx, date.fromordinal(before), today
    ):
        return 0
    organisations.apply_names(tx, today)
    return follow(environment, tx, SYSTEM, "directory-followed", today.isoformat())


def is_followed(environment: Environment, tx: Tx) -> bool:
    """Whether the directory has been followed today."""
    today = today_of(environment).toordinal()
    return settings.counter_value(tx, _FOLLOWED) == today


def _unit(tx: Tx, actor: Actor, organisation_id: str) -> Organisation:
    unit = directory.organisation_brief(tx, organisation_id)
    if unit is None:
        raise NotFound("没有找到这个单位。")
    must_administer(tx, actor, organisation_id)
    return unit


def _check_document(change: Change) -> None:
    if len(change.document.strip()) > LONGEST_DOCUMENT:
        raise wrong("document", f"文号最长 {LONGEST_DOCUMENT} 个字,未保存。")
