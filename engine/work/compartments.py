"""Compartments of a case: fields whose answers only some of those who see it may read.

A form's field lies in one (``compartment``), a step opens some for who does it (``sees``). While
the case is ordinary they are open; once it is confidential or sealed they are read by whoever did
such a step, holds one or may do one that nobody holds, and by who was let in for some days
(:mod:`engine.work.letting_in`). Everybody else reads 已密封.
"""

from collections.abc import Iterable, Mapping

from engine.forms.masking import SEALED
from engine.model.actors import Actor
from engine.model.confidentiality import Degree
from engine.model.tasks import Standing, standing
from engine.runtime import Program
from engine.store import letting_in, tasks
from engine.store.database import Tx
from engine.work.environment import Environment
from engine.work.opened import OpenedCase


def names_in(programs: Iterable[Program]) -> frozenset[str]:
    """The compartments of a case in all its versions."""
    return frozenset(name for program in programs for name in program.compartments)


def closed_to(environment: Environment, tx: Tx, actor: Actor, opened: OpenedCase) -> frozenset[str]:
    """The compartments of the case that somebody who sees it may not read."""
    names = names_in(opened.programs)
    if not names or actor.is_system or actor.is_guest:
        return frozenset()
    if opened.case.confidentiality < Degree.CONFIDENTIAL:
        return frozenset()
    let_in = letting_in.let_in(tx, opened.case.id, actor.person_id, environment.now())
    return names - opened_by_work(tx, actor, opened) - let_in


def opened_by_work(tx: Tx, actor: Actor, opened: OpenedCase) -> frozenset[str]:
    """The compartments that a step of hers opens: one she did, holds, or may do unheld."""
    found: set[str] = set()
    for program in opened.programs:
        for key in program.processes:
            for element in program.elements(key):
                if element.sees and actor.person_id in opened.memory.doers(element.id):
                    found.update(element.sees)
    for one in tasks.open_steps(tx, opened.case.id):
        loaded = tasks.load(tx, one.id)
        if loaded is None:
            continue
        task = loaded.task
        element = opened.program.element(task.process_key, task.element_id)
        is_hers = task.assignee in (None, actor.person_id)
        if element.sees and is_hers and standing(actor, task) is Standing.MAY:
            found.update(element.sees)
    return frozenset(found)


def keys_of(programs: Iterable[Program], closed: frozenset[str]) -> frozenset[str]:
    """The variables that lie in these compartments."""
    return frozenset(
        key
        for program in programs
        for name, keys in program.compartments.items()
        if name in closed
        for key in keys
    )


def without(
    data: Mapping[str, object], programs: Iterable[Program], closed: frozenset[str]
) -> dict[str, object]:
    """Variables with 已密封 in the place of what lies in closed compartments."""
    keys = keys_of(programs, closed) if closed else frozenset()
    return {name: SEALED if name in keys else value for name, value in data.items()}
