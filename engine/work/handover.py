"""Hand over what somebody leaves: roles, held steps, drafts, unread messages (工作交接, §1.13).

Drafts belong to the step: whoever takes the step sees them. Her name stays where she signed.
"""

from dataclasses import dataclass, replace
from datetime import date

from engine.errors import Conflict, NotFound
from engine.model.actors import Actor
from engine.model.organisations import DatedGrant, Person
from engine.store import directory, messages, organisations, tasks
from engine.store.database import Tx
from engine.store.messages import Message
from engine.store.tasks import HeldStep
from engine.store.turns import change_directory
from engine.work.claim import hand_over_step
from engine.work.environment import Environment
from engine.work.fields import wrong
from engine.work.organise import follow, must_administer, shut_account, today_of

_REASON = "工作交接"


@dataclass(frozen=True)
class Estate:
    """What somebody holds: grants that hold now or later, open steps, messages not yet read."""

    person: Person
    grants: tuple[DatedGrant, ...]
    steps: tuple[HeldStep, ...]
    unread: tuple[Message, ...]


@dataclass(frozen=True)
class HandOver:
    """What was handed over, for the paper that both sign.

    ``given``: the steps that the successor holds now; the others went back to those who may do
    them. ``moved``: open steps that another unit handles now.
    """

    estate: Estate
    successor: Person
    day: date
    given: frozenset[str]
    is_closed: bool
    moved: int


def estate(environment: Environment, tx: Tx, actor: Actor, person_id: str) -> Estate:
    """What a person would hand over."""
    person = directory.person_by_id(tx, person_id)
    if person is None:
        raise NotFound("没有找到这个人员。")
    must_administer(tx, actor, person.organisation_id)
    today = today_of(environment)
    return Estate(
        person,
        tuple(g for g in organisations.grants_at(tx, today) if g.person_id == person_id),
        tuple(tasks.held_by(tx, person_id)),
        tuple(messages.unread_of(tx, person_id)),
    )


def hand_over(
    environment: Environment,
    tx: Tx,
    actor: Actor,
    person_id: str,
    successor_id: str,
    *,
    closes: bool,
) -> HandOver:
    """Give her roles, held steps and unread messages to a successor from today on.

    Her account is closed if wanted; her name stays where she signed.
    """
    change_directory(tx)
    left = estate(environment, tx, actor, person_id)
    taker = directory.person_by_id(tx, successor_id)
    if taker is None or not taker.active:
        raise wrong("successor", "请选择接收人(账号正常的人员),没有交接。")
    if taker.id == person_id:
        raise wrong("successor", "接收人不能是移交人自己,没有交接。")
    if not left.person.active:
        raise Conflict(f"账号“{left.person.username}”早已停用,没有交接。")
    today = today_of(environment)
    _give_roles(tx, actor, left, taker.id, today)
    successor = directory.actor(tx, taker.id, today)
    given = {
        step.id
        for step in left.steps
        if step.is_held
        and successor is not None
        and hand_over_step(environment, tx, actor, step.id, successor, _REASON)
    }
    for held in left.grants:
        directory.end_grant(tx, held.id, max(today, held.valid_from))
    messages.hand_on(tx, person_id, taker.id, f"(接自{left.person.name})")
    if closes:
        shut_account(tx, person_id)
    moved = follow(environment, tx, actor, "handed-over", f"{person_id} {taker.id}")
    return HandOver(
        replace(left, person=replace(left.person, active=not closes)),
        taker,
        today,
        frozenset(given),
        closes,
        moved,
    )


def _give_roles(tx: Tx, actor: Actor, left: Estate, taker_id: str, today: date) -> None:
    """Each role that the successor does not hold there yet, for as long as it was given."""
    has = {
        (g.role, g.organisation_id)
        for g in organisations.grants_at(tx, today)
        if g.person_id == taker_id and g.valid_to is None
    }
    for held in left.grants:
        if (held.role, held.organisation_id) in has:
            continue
        must_administer(tx, actor, held.organisation_id)
        since = max(today, held.valid_from)
        new = (taker_id, held.role, held.organisation_id)
        directory.add_grants(tx, [new], since, held.valid_to)
