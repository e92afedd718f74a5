"""The page of a case and that of a step, whole: each part from one reading of the case."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.errors import NotFound
from engine.model.actors import Actor
from engine.model.cases import HistoryEntry
from engine.model.incoming import Awaited
from engine.model.reminders import Reminded
from engine.runtime import Program
from engine.store import events, reminders, tasks
from engine.store.database import Tx
from engine.store.subjects import CaseAbout
from engine.work import incoming, receipts, subjects
from engine.work.confidence import Confidence
from engine.work.environment import Environment
from engine.work.handling import CAME_IN, Handling, handling
from engine.work.opened import open_case
from engine.work.receipts import CaseReceipts
from engine.work.seen_case import seen, seen_case
from engine.work.subjects import AboutSteps
from engine.work.view import TOLD_AT_STEP, CaseView, TaskView, case_view, task_view_of, told_rows


@dataclass(frozen=True)
class CasePage:
    """All that the page of a case begins with; ``program`` is the version it is on.

    ``about``: the steps of other cases it is about; ``history``: its rows that were asked for.
    """

    view: CaseView
    program: Program
    receipts: CaseReceipts
    handling: Handling
    awaited: Sequence[Awaited]
    about: AboutSteps
    history: Sequence[HistoryEntry]


@dataclass(frozen=True)
class TaskPage:
    """All that the page of a step begins with; ``about``: the steps its case is about.

    ``reminded`` is how often its people were, ``orders`` are the cases about this late step.
    """

    view: TaskView
    handling: Handling
    about: AboutSteps
    reminded: Reminded | None
    orders: Sequence[CaseAbout]


def case_alone(environment: Environment, tx: Tx, actor: Actor, case_id: str) -> CaseView:
    """What was filled in and decided, and where it is; nothing of what stands around it."""
    return case_view(seen_case(environment, tx, actor, case_id), events.of_case(tx, case_id))


def case_page(
    environment: Environment, tx: Tx, actor: Actor, case_id: str, most_history: int
) -> CasePage:
    """Of a case the actor may see. NotFound for any other.

    ``most_history``: how many rows of its history are told, oldest first.
    """
    case = seen_case(environment, tx, actor, case_id)
    rows = events.of_case(tx, case_id)
    return CasePage(
        view=case_view(case, rows),
        program=case.opened.program,
        receipts=receipts.of_seen(case),
        handling=handling(case, [row for row in rows if row.kind in CAME_IN]),
        awaited=incoming.awaited_of(case),
        about=subjects.steps_of(tx, actor, case_id),
        history=told_rows(case.confidence, rows[:most_history]),
    )


def task_page(environment: Environment, tx: Tx, actor: Actor, task_id: str) -> TaskPage:
    """Of a step whose case the actor may see. NotFound for any other."""
    loaded = tasks.load_visible(tx, actor, task_id)
    if loaded is None:
        raise NotFound
    opened = open_case(environment, tx, loaded.case)
    confidence = Confidence(environment, tx, actor, opened)
    rows = events.of_case(tx, loaded.case.id, kinds=(*TOLD_AT_STEP, *CAME_IN))
    return TaskPage(
        view=task_view_of(confidence, loaded, [row for row in rows if row.kind in TOLD_AT_STEP]),
        handling=handling(seen(confidence), [row for row in rows if row.kind in CAME_IN]),
        about=subjects.steps_of(tx, actor, loaded.case.id),
        reminded=reminders.of_tasks(tx, [task_id]).get(task_id),
        orders=subjects.seen_about(tx, actor, [task_id]).get(task_id, ()),
    )
