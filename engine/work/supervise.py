"""What is late in a supervisor's area: every number leads to the steps it counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.model.actors import Actor
from engine.model.delays import DelayReason
from engine.model.reminders import Reminded
from engine.model.tasks import TaskLine
from engine.store import delays, directory, reminders, task_lists
from engine.store.database import Tx
from engine.store.subjects import CaseAbout
from engine.store.task_lists import OverdueCount, TaskQuestion
from engine.work.environment import Environment
from engine.work.subjects import seen_about


@dataclass(frozen=True)
class OverdueFilter:
    """What the list is narrowed to. ``step`` is the id of a count by step."""

    step: str = ""
    handling_id: str = ""
    assignee: str = ""
    below: str = ""
    skip: int = 0
    limit: int = 500


@dataclass(frozen=True)
class OverduePage:
    """The overdue steps of an area, longest overdue first, and their sums.

    ``listed``: how many the list has, on whatever page; ``lines`` are those of one page.
    By task id, ``reasons``: what was said last; ``reminded``; ``orders``: the cases about it.
    ``phones``: for ``role@handling organisation`` who may do the step, person id to name and
    telephone.
    """

    total: int
    listed: int
    lines: tuple[TaskLine, ...]
    phones: dict[str, dict[str, str]]
    reasons: dict[str, DelayReason]
    reminded: dict[str, Reminded]
    orders: Mapping[str, Sequence[CaseAbout]]
    by_step: tuple[OverdueCount, ...]
    by_organisation: tuple[OverdueCount, ...]
    by_person: tuple[OverdueCount, ...]


def overdue(environment: Environment, tx: Tx, actor: Actor, narrowed: OverdueFilter) -> OverduePage:
    """Overdue steps of the cases the actor may see. Figures and rows come from one snapshot."""
    now = environment.now()
    by_step, by_organisation, by_person = task_lists.overdue_counts(tx, actor, now)
    question = TaskQuestion(
        step=narrowed.step,
        below=narrowed.below,
        handling=narrowed.handling_id,
        assignee=narrowed.assignee if narrowed.assignee not in {"", "none"} else None,
        unassigned=narrowed.assignee == "none",
        overdue_at=now,
        skip=narrowed.skip,
        limit=narrowed.limit,
    )
    lines = task_lists.lines(tx, actor, question)
    is_whole = not narrowed.skip and len(lines) <= narrowed.limit
    listed = len(lines) if is_whole else task_lists.count(tx, actor, question)
    lines = lines[: narrowed.limit]
    shown = [line.id for line in lines]
    holders = directory.holders_at(
        tx, {(line.role, line.handling_id) for line in lines}, environment.today()
    )
    phones = {
        f"{role}@{handling_id}": {h.person_id: f"{h.name} {h.phone}".strip() for h in people}
        for (role, handling_id), people in holders.items()
    }
    return OverduePage(
        total=sum(count.count for count in by_step),
        listed=listed,
        lines=tuple(lines),
        phones=phones,
        reasons=delays.newest(tx, shown),
        reminded=reminders.of_tasks(tx, shown),
        orders=seen_about(tx, actor, shown),
        by_step=tuple(by_step),
        by_organisation=tuple(by_organisation),
        by_person=tuple(by_person),
    )
