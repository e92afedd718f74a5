"""The open steps of a case that is kept from some: barred for these, and led to who may do them.

Whoever could ever do a step is barred from it; where nobody else at an organisation could do it, it
goes up the approval tree to the next organisation with somebody who can.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from engine.model.actors import Actor
from engine.model.cases import Case
from engine.model.clock import ZONE
from engine.model.confidentiality import PERSON, Exclusion
from engine.model.definitions import Lane
from engine.model.organisations import Organisation
from engine.store import directory, exclusions, queues, tasks
from engine.store.database import Tx
from engine.store.exclusions import KeptStep
from engine.work.claim import put_back
from engine.work.environment import Environment
from engine.work.opened import open_case

RELEASED = "经办人按规定回避,放回待办"


@dataclass(frozen=True)
class Kept:
    """Who is kept away from a case on a day: by name, and everybody, units' people included."""

    named: frozenset[str] = frozenset()
    everybody: frozenset[str] = frozenset()


def kept_from(tx: Tx, case: Case, today: date) -> Kept:
    """Who is kept away from a case."""
    return kept_by(tx, exclusions.of_case(tx, case.id), today) if case.excludes else Kept()


def kept_by(tx: Tx, found: Sequence[Exclusion], today: date) -> Kept:
    """The same from its rows."""
    named = frozenset(one.ref for one in found if one.kind == PERSON)
    return Kept(named, exclusions.people(tx, found, today))


def barred_in(tx: Tx, queue_id: int, kept: Kept, today: date) -> frozenset[str]:
    """Who of them must be barred from a step of a queue: whoever could ever do it."""
    if not kept.everybody:
        return frozenset()
    role, handling_id = queues.leads_to(tx, queue_id)
    could = exclusions.ever_holding(tx, role, handling_id, today)
    return kept.named | (kept.everybody & could)


def leaves_nobody(tx: Tx, queue_id: int, kept: Kept, today: date) -> bool:
    """Whether all who could do the steps of a queue are kept away."""
    if not kept.everybody:
        return False
    role, handling_id = queues.leads_to(tx, queue_id)
    can = exclusions.holding(tx, role, handling_id, today)
    return bool(can) and can <= kept.everybody


def lead(environment: Environment, tx: Tx, at: KeptStep, kept: Kept, today: date) -> None:
    """Let an open step go where somebody may do it, if all who could here are kept away."""
    number, done_by, lane = at.queue_id, (at.role, at.level), None
    for place in directory.line_upwards(tx, at.home_id)[1:]:
        if not leaves_nobody(tx, number, kept, today):
            break
        lane = lane or _lane_of(environment, tx, at)
        role, level = done_there(lane, done_by, place)
        number = environment.queues.find(tx, role, level, place.id, today)
    if number != at.queue_id:
        exclusions.lead_elsewhere(tx, at.id, number)


def done_there(lane: Lane | None, done_by: tuple[str, str], place: Organisation) -> tuple[str, str]:
    """Role and level that do a step which goes up to an organisation.

    Whom the lane names for units of its level: who judges for a county need have no office above.
    """
    role = None if lane is None else dict(lane.roles_at).get(place.level)
    return done_by if role is None else (role, place.level)


def _lane_of(environment: Environment, tx: Tx, at: KeptStep) -> Lane | None:
    loaded = tasks.load(tx, at.id)
    if loaded is None:
        return None
    task = loaded.task
    program = open_case(environment, tx, loaded.case).program_of(task)
    return program.element(task.process_key, task.element_id).lane


def follow(environment: Environment, tx: Tx, actor: Actor, cases: Mapping[str, Kept]) -> None:
    """Let the open steps of cases, by id, follow from whom they are kept now."""
    today = environment.now().astimezone(ZONE).date()
    for open_step in exclusions.open_steps(tx, list(cases)):
        kept = cases[open_step.case_id]
        lead(environment, tx, open_step, kept, today)
        loaded = tasks.load(tx, open_step.id)
        if loaded is None:
            continue
        barred = barred_in(tx, loaded.task.queue.id, kept, today) - loaded.task.barred
        if loaded.task.assignee in barred:
            put_back(environment, tx, actor, loaded, RELEASED)
        for person_id in sorted(barred):
            tasks.bar(tx, [open_step.id], person_id)
