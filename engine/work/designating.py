"""Written designations (书面指定): another unit does a role's steps, from a day to a day.

Where a unit has nobody for a role, or nobody who may, its steps go to a named neighbour or to the
city because a paper says so, never silently (product.md §1.13).
"""

from datetime import date

from engine.errors import Conflict, NotFound
from engine.model.actors import Actor
from engine.model.organisations import Designation
from engine.store import designations, directory
from engine.store.database import Tx
from engine.store.turns import change_directory
from engine.work.environment import Environment
from engine.work.fields import wrong
from engine.work.organise import Term, follow, must_administer, today_of
from engine.work.units import LONGEST_DOCUMENT

LONGEST_REASON = 500


def designate(
    environment: Environment,
    tx: Tx,
    actor: Actor,
    new: tuple[str, str, str],
    paper: tuple[str, str],
    term: Term,
) -> int:
    """Say in writing which organisation does a unit's steps of a role.

    ``new``: role, unit, and who does its steps; ``paper``: document and reason. How many open
    steps go elsewhere now.
    """
    change_directory(tx)
    role_code, home, handler = new
    document, reason = paper[0].strip(), paper[1].strip()
    since = term.since or today_of(environment)
    _check_units(tx, actor, new, since)
    _check_paper(document, reason)
    if since < today_of(environment):
        raise wrong("since", "书面指定不能从过去的日期开始,未保存。请填今天或以后的日期。")
    if term.until is not None and term.until <= since:
        raise wrong("until", "书面指定的截止日期要晚于开始日期,未保存。")
    made = Designation(
        0, role_code, home, handler, document, since, term.until, reason, actor.person_id
    )
    designations.add(tx, made, environment.now())
    return follow(environment, tx, actor, "designated", f"{role_code} {home} {handler}")


def _check_paper(document: str, reason: str) -> None:
    if not document:
        raise wrong("document", "请填写书面指定的文号或依据,未保存。")
    if len(document) > LONGEST_DOCUMENT:
        raise wrong("document", f"文号最长 {LONGEST_DOCUMENT} 个字,未保存。")
    if len(reason) > LONGEST_REASON:
        raise wrong("reason", f"原因最长 {LONGEST_REASON} 个字,未保存。")


def _check_units(tx: Tx, actor: Actor, new: tuple[str, str, str], since: date) -> None:
    role_code, home, handler = new
    role = directory.roles(tx).get(role_code)
    if role is None:
        raise wrong("role", "请选择角色,未保存。")
    unit, other = (directory.organisation_brief(tx, one) for one in (home, handler))
    if unit is None:
        raise wrong("unit", "请选择缺人的单位,未保存。")
    if other is None:
        raise wrong("handler", "请选择由哪个单位办理,未保存。")
    must_administer(tx, actor, home)
    if home == handler:
        raise wrong("handler", "书面指定要由另一个单位办理,未保存。")
    if other.level not in role.levels:
        raise wrong("handler", f"“{role.zh}”不设在“{other.name}”这一级,不能由它办理,未保存。")
    if not directory.holders(tx, role_code, handler, since):
        raise wrong(
            "handler",
            f"“{other.name}”没有人担任“{role.zh}”,指定后仍无人可办,未保存。"
            "请先在那里授予角色,或另选单位。",
        )


def withdraw_designation(
    environment: Environment, tx: Tx, actor: Actor, designation_id: int, day: date | None = None
) -> int:
    """Take a written designation back, from today or a later day on; open steps that move."""
    change_directory(tx)
    today = today_of(environment)
    found = next((one for one in designations.every(tx) if one.id == designation_id), None)
    if found is None or (found.valid_to is not None and found.valid_to <= today):
        raise NotFound("没有找到这条书面指定(可能已撤回)。")
    must_administer(tx, actor, found.organisation_id)
    last = max(day or today, found.valid_from)
    if day is not None and day < today:
        raise wrong("last", "撤回书面指定的日期不能早于今天,未保存。")
    if not designations.end(tx, designation_id, last):
        raise Conflict(f"这条书面指定本来就到 {found.valid_to} 为止,没有变化。")
    return follow(
        environment, tx, actor, "designation-ended", f"{found.role} {found.organisation_id} {last}"
    )
