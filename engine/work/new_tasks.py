"""A step as it begins: in whose queue it is, who may not do it, when it is due."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from engine.errors import Broken
from engine.feel import value_or_expression
from engine.model.clock import ZONE
from engine.model.definitions import Element, Lane, listed
from engine.model.items import Items
from engine.runtime import OpenStep
from engine.store import directory, queues
from engine.store.database import Tx
from engine.store.tasks import NewTask
from engine.work.environment import Environment
from engine.work.history import Cause
from engine.work.kept_steps import Kept, barred_in, done_there, kept_from, leaves_nobody
from engine.work.opened import OpenedCase, case_variable
from engine.work.step_limits import due_of_step, whose


@dataclass(frozen=True)
class _Begun:
    """A step that begins, as far as its limit goes."""

    created_at: datetime
    counted_from: date | None
    limit_of: str | None
    paused: tuple[tuple[date, date], ...] | None
    lane_kind: str


def new_task(
    environment: Environment,
    tx: Tx,
    opened: OpenedCase,
    open_step: OpenStep,
    cause: Cause,
    number: int,
) -> NewTask:
    """A step as it begins: where it goes, who may not do it, when it is due."""
    element = opened.program.element(open_step.process_key, open_step.element_id)
    lane = element.lane
    if lane is None:
        msg = f"the step {element.id} has no lane"  # the gate refuses this
        raise Broken(msg)
    relaxed = relaxed_for(environment, tx, opened, element, cause)
    apart = [one for one in element.not_same_person_as if one not in relaxed]
    kept = kept_from(tx, opened.case, cause.now.astimezone(ZONE).date())
    queue_id = _queue(environment, tx, opened, element, (open_step.items, kept), cause)
    barred = _doers(opened, element, apart, open_step.items)
    barred |= barred_in(tx, queue_id, kept, cause.now.astimezone(ZONE).date())
    by_profile = _doers(opened, element, element.same_in_small_units, open_step.items) - barred
    begun = _Begun(
        cause.now,
        open_step.counted_from,
        element.limit_of or None,
        open_step.pauses,
        lane.kind.value,
    )
    due, times = (
        (None, None)
        if open_step.deadline is None
        else due_of_step(environment, tx, opened.case, begun, open_step.deadline)
    )
    return NewTask(
        id=f"{opened.case.id}-{number}",
        case_id=opened.case.id,
        number=number,
        token=open_step.token,
        process_key=open_step.process_key,
        case_process=opened.case.process_key,
        element_id=element.id,
        name=element.name or element.id,
        queue_id=queue_id,
        lane_kind=lane.kind.value,
        barred=barred,
        by_profile=by_profile,
        assignee=_holder(tx, open_step.given_to, queue_id, barred | by_profile, cause),
        priority=_priority(element),
        created_at=cause.now,
        due_at=None if due is None else due.at,
        due_date=None if due is None else due.last_day,
        deadline=None if due is None else str(due.limit),
        provisional=due is not None and due.provisional,
        next_alert_at=None if times is None else times.remind,
        counted_from=None if due is None else open_step.counted_from,
        limit_of=None if due is None else whose(begun).value,
        paused=None if due is None else open_step.pauses,
        returned_by=_returned_by(cause, element),
        pauses_clock=_is_so(environment, tx, opened, element.pauses_clock, cause),
        items=open_step.items,
    )


def _holder(tx: Tx, named: str, queue_id: int, barred: frozenset[str], cause: Cause) -> str | None:
    """Whom ``givenTo`` names, where she may do the step; else it is nobody's, as any other."""
    if not named:
        return None
    found = directory.person_by_username(tx, named)
    today = cause.now.astimezone(ZONE).date()
    person = directory.actor(tx, named if found is None else found[0].id, today)
    if person is None or person.person_id in barred:
        return None
    return person.person_id if person.holds_at(*queues.leads_to(tx, queue_id)) else None


def relaxed_for(
    environment: Environment, tx: Tx, opened: OpenedCase, element: Element, cause: Cause
) -> frozenset[str]:
    """The steps of ``notSamePersonAs`` whose doer may do this one too, here or always."""
    allowed = _allowed(environment, tx, opened, element, cause)
    return frozenset({*element.same_in_small_units, *allowed})


def _doers(
    opened: OpenedCase, element: Element, element_ids: Iterable[str], items: Items
) -> frozenset[str]:
    """Who has done one of these steps: for the same item, or, of the step itself, for another."""
    memory = opened.memory
    return frozenset().union(
        *(
            memory.doers_of_others(one, items) if one == element.id else memory.doers(one, items)
            for one in element_ids
        )
    )


def _allowed(
    environment: Environment, tx: Tx, opened: OpenedCase, element: Element, cause: Cause
) -> tuple[str, ...]:
    """Which of the steps of ``notSamePersonAs`` the federation lets one person do as well."""
    return listed(str(_said(environment, tx, opened, element.same_allowed, cause) or ""))


def _is_so(environment: Environment, tx: Tx, opened: OpenedCase, text: str, cause: Cause) -> bool:
    """Whether a property is true."""
    return _said(environment, tx, opened, text, cause) in (True, "true")


def _said(environment: Environment, tx: Tx, opened: OpenedCase, text: str, cause: Cause) -> object:
    """What a property says: written out, or worked out from parameters and ``case``."""
    if not text.startswith("="):
        return text
    feel = environment.feel(tx, opened.case.organisation_id, cause.now)
    seen = {"case": case_variable(environment, tx, opened)}
    return value_or_expression(text).evaluate(seen, feel).value


def _queue(
    environment: Environment,
    tx: Tx,
    opened: OpenedCase,
    element: Element,
    narrowed: tuple[Items, Kept],
    cause: Cause,
) -> int:
    """Where the step goes: from the case's own union up, past units that must not handle it.

    ``narrowed``: which item it is for, and who is kept away from the case. Past units where all
    who could do it are.

    Where nobody is above such a unit it stays there: the directory has no other place for it.
    """
    lane = element.lane
    if lane is None:
        msg = f"the step {element.id} has no lane"  # the gate refuses this
        raise Broken(msg)
    items, kept = narrowed
    home, today = opened.case.organisation_id, cause.now.astimezone(ZONE).date()
    role, level = _done_by(environment, tx, opened, element, lane, cause)
    number = environment.queues.find(tx, role, level, home, today)
    handled = (opened.memory.unit_of(other, items) for other in element.not_same_unit_as)
    excluded = {unit for unit in handled if unit is not None}
    if element.not_the_case_unit:
        excluded.add(home)
    if not excluded and not kept.everybody:
        return number
    for place in directory.line_upwards(tx, home)[1:]:
        is_other = queues.handling_of(tx, number) not in excluded
        if is_other and not leaves_nobody(tx, number, kept, today):
            return number
        does = done_there(lane, (role, level), place) if kept.everybody else (role, level)
        number = environment.queues.find(tx, *does, place.id, today)
    return number


def _done_by(
    environment: Environment, tx: Tx, opened: OpenedCase, element: Element, lane: Lane, cause: Cause
) -> tuple[str, str]:
    """The role and the level that do a step: the lane's, or what the step or the unit says."""
    said = _said(environment, tx, opened, element.handled_at, cause)
    if said:
        return lane.role, str(said)
    if not lane.roles_at:
        return lane.role, lane.level
    home = directory.organisation_brief(tx, opened.case.organisation_id)
    return lane.at("" if home is None else home.level)


def _returned_by(cause: Cause, element: Element) -> str | None:
    """The step that sent the case back to this element, if that is why it opens."""
    if cause.sent_back is None or cause.sent_back[1] != element.id:
        return None
    return cause.sent_back[0]


def _priority(element: Element) -> int:
    text = element.properties.get("priority", "50")
    return int(text) if text.isdigit() else 50
