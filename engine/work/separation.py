"""Steps that are open together and must be done by different people (``notSamePersonAs``).

Who may not do a step is settled when it opens. What somebody does while it is open keeps her from
it as well: be it that one of the two names the other, or that a step for each item of a list names
itself. Where she holds it already it is nobody's again.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.model.cases import EventKind
from engine.model.definitions import Element
from engine.model.items import Items, same_item
from engine.model.tasks import Task
from engine.runtime import Step
from engine.store import tasks
from engine.store.database import Tx
from engine.store.waits import WaitRow
from engine.work.environment import Environment
from engine.work.history import Cause
from engine.work.new_tasks import relaxed_for
from engine.work.opened import OpenedCase

_APART = "办理人办结了须由不同的人办理的另一环节,放回待办"


@dataclass(frozen=True)
class _Other:
    """An open step beside the one that was done."""

    task_id: str
    element: Element
    items: Items


def bar_beside(
    environment: Environment,
    tx: Tx,
    opened: OpenedCase,
    done: Task,
    step: Step,
    cause: Cause,
    before: list[WaitRow],
) -> None:
    """Keep who did a step from the steps open beside it that it must be kept apart from."""
    element = opened.program.element(done.process_key, done.element_id)
    hard: list[_Other] = []
    soft: list[_Other] = []
    for other in _beside(opened, step, before):
        named, namer = _named(element, done.items, other)
        if namer is None:
            continue
        if named in namer.same_in_small_units:
            soft.append(other)
        elif named not in relaxed_for(environment, tx, opened, namer, cause):
            hard.append(other)
    person_id = cause.actor.person_id
    tasks.bar_without_profile(tx, [one.task_id for one in soft], person_id)
    held = tasks.bar(tx, [one.task_id for one in hard], person_id)
    for other in hard:
        if other.task_id in held:
            place = (other.element.process_key, other.element.id)
            cause.note(EventKind.TASK_RELEASED, {"reason": _APART}, other.task_id, place)


def _beside(opened: OpenedCase, step: Step, before: list[WaitRow]) -> Iterator[_Other]:
    ids = {row.token: row.id for row in before if row.kind == "task"}
    for token, wait in step.waits.user.items():
        if token in ids:
            element = opened.program.element(wait.process_key, wait.element_id)
            yield _Other(ids[token], element, wait.items)


def _named(element: Element, items: Items, other: _Other) -> tuple[str, Element | None]:
    """Which step is named as to be kept apart from, and by which; None where neither is."""
    if element.id in other.element.not_same_person_as:
        named, namer = element.id, other.element
    elif other.element.id in element.not_same_person_as:
        named, namer = other.element.id, element
    else:
        return element.id, None
    of_itself = element.id == other.element.id
    return named, namer if same_item(items, other.items) is not of_itself else None
