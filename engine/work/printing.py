"""Papers of a step, filled in with what the case knows there (product.md §1.1)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.documents import PAPER, Composed, Facts, Signed, compose
from engine.errors import NotFound
from engine.model.actors import Actor
from engine.model.clock import ZONE
from engine.model.definitions import Element
from engine.model.items import Items
from engine.model.organisations import Organisation
from engine.model.tasks import TaskLine, TaskStatus
from engine.runtime import Program
from engine.store import directory, task_lists
from engine.store import tasks as stored_tasks
from engine.store.database import Tx
from engine.store.task_lists import TaskQuestion
from engine.work.access import visible_case
from engine.work.environment import Environment
from engine.work.opened import OpenedCase, open_case, scope_at
from engine.work.view import TaskView, task_view

_MOST_STEPS = 500


@dataclass(frozen=True)
class PaperName:
    """A paper that can be printed at a step; ``is_served``: with a proof of service."""

    id: str
    title: str
    is_served: bool = False


@dataclass(frozen=True)
class PaperStep:
    """A step of a case with its papers; the newest time it was come to."""

    task_id: str
    name: str
    is_open: bool
    at: datetime
    papers: tuple[PaperName, ...]
    items: Items = ()


@dataclass(frozen=True)
class Printed:
    """A paper, with what stands at its foot."""

    paper: Composed
    case_id: str
    case_number: str
    unit: str
    step: str


def papers_of(program: Program, element: Element) -> tuple[PaperName, ...]:
    """The papers of a step by name."""
    return tuple(PaperName(d.id, d.title, d.is_served) for d in program.documents_of(element))


def paper_steps(
    environment: Environment, tx: Tx, actor: Actor, case_id: str
) -> tuple[PaperStep, ...]:
    """The steps the case came to that have papers, in the order of the case, each step once."""
    return steps_with_papers(
        tx, actor, open_case(environment, tx, visible_case(tx, actor, case_id))
    )


def steps_with_papers(tx: Tx, actor: Actor, opened: OpenedCase) -> tuple[PaperStep, ...]:
    """The same of a case that its reader was found to see."""
    if not any(program.has_papers for program in opened.programs):
        return ()
    question = TaskQuestion(case_id=opened.case.id, limit=_MOST_STEPS)
    newest: dict[tuple[str, str, Items], TaskLine] = {}
    for line in sorted(task_lists.lines(tx, actor, question), key=lambda one: one.created_at):
        newest[line.process_key, line.element_id, line.items] = line
    found = []
    for (process_key, element_id, _), line in newest.items():
        program = opened.program_of(line)
        papers = papers_of(program, program.element(process_key, element_id))
        if papers:
            is_open = line.status == TaskStatus.OPEN.value
            found.append(
                PaperStep(line.id, line.name, is_open, line.created_at, papers, line.items)
            )
    return tuple(found)


def printed(
    environment: Environment, tx: Tx, actor: Actor, task_id: str, document_id: str
) -> Printed:
    """One paper of a step. NotFound where the step has no such paper or the actor no sight of it.

    An open step prints what is typed so far; a finished one what was known when it was finished.
    """
    view = task_view(environment, tx, actor, task_id)
    if view.is_withheld:
        raise NotFound("这一步的内容只供核查的工会查看,文书不能打印。")
    documents = view.program.documents_of(view.element)
    document = next((one for one in documents if one.id == document_id), None)
    if document is None:
        raise NotFound("没有找到这份文书。请从办理页的“打印本环节文书”打开。")
    paper = paper_facts(environment, tx, actor, view)
    facts = Facts(
        scope={**known_at(environment, tx, view), PAPER: paper},
        fields=view.program.fields_near(view.task.process_key),
        signed=_signed(view),
        context=view.context,
    )
    return Printed(
        compose(document, facts),
        view.case.id,
        view.case.number,
        view.line.organisation_name,
        view.task.name,
    )


def known_at(environment: Environment, tx: Tx, view: TaskView) -> dict[str, object]:
    """The variables at the step, over what the case's answers and decisions were until then."""
    until = view.task.completed_at
    known: dict[str, object] = {}
    for at, data in sorted(_said(view), key=lambda said: said[0]):
        if until is None or at <= until:
            known.update(data)
    return {**known, **_now(environment, tx, view), **view.scope, **view.data}


def _said(view: TaskView) -> Iterable[tuple[datetime, Mapping[str, object]]]:
    for one in view.submissions:
        yield one.at, one.data
    for decided in view.decisions:
        if decided.variable:
            yield decided.at, {decided.variable: decided.value}


def _now(environment: Environment, tx: Tx, view: TaskView) -> dict[str, object]:
    """For a finished step: the ``case`` itself, and what the same process still knows."""
    if view.task.status is TaskStatus.OPEN:
        return {}
    opened = open_case(environment, tx, view.case)
    # Where something of the case is not for this reader, what is known now may tell it.
    is_open_book = not view.closed and not any(one.is_withheld for one in view.submissions)
    for line in task_lists.open_of_case(tx, view.case.id):
        loaded = stored_tasks.load(tx, line.id)
        is_same = loaded is not None and line.process_key == view.task.process_key
        if loaded is not None and is_same and is_open_book:
            scope = scope_at(environment, tx, opened, loaded.task.token)
            answered = {name for one in view.submissions for name in one.data}
            return {name: value for name, value in scope.items() if name not in answered}
    return {
        "case": {
            "id": view.case.id,
            "number": view.case.number,
            "started_on": view.case.created_at.astimezone(ZONE).date().isoformat(),
        }
    }


def _signed(view: TaskView) -> tuple[Signed, ...]:
    until = view.task.completed_at
    return tuple(
        Signed(one.element_id, one.signer, one.at, one.form, one.data)
        for one in view.submissions
        if until is None or one.at <= until
    )


def paper_facts(
    environment: Environment, tx: Tx, actor: Actor, view: TaskView
) -> dict[str, object]:
    """The variable ``paper``: the units above the case, the day, and who did the step or prints."""
    today = environment.today()
    tree = directory.organisations(tx, today)
    home, handling = tree.get(view.case.organisation_id), tree.get(view.line.handling_id)
    decided = tree.get(_decided_at(tx, actor, view))
    due = view.line.due_date
    return {
        **dict.fromkeys(("grassroots", "township", "county", "city")),
        **{one.level: one.name for one in _upwards(tree, home)},
        "unit": view.line.organisation_name,
        "unit_phone": "" if home is None else home.phone,
        "handling": view.line.handling_name,
        "handling_phone": "" if handling is None else handling.phone,
        "above": _above(tree, handling),
        "decided_by": None if decided is None else decided.name,
        "decided_above": _above(tree, decided),
        "date": today.isoformat(),
        "due": None if due is None else due.isoformat(),
        "person": _doer(view) or actor.name,
        "step": view.task.name,
    }


def _doer(view: TaskView) -> str:
    """Who did a finished step: a paper printed again still names her; empty while it is open."""
    done = (one for one in view.submissions if one.task_id == view.task.id)
    return next((one.by_name for one in done), "")


def _decided_at(tx: Tx, actor: Actor, view: TaskView) -> str:
    """The unit that made the last decision before this step; empty where there was none."""
    decisions = [one for one in _signed(view) if one.form.decision is not None]
    if not decisions:
        return ""
    last = max(decisions, key=lambda one: one.at)
    question = TaskQuestion(case_id=view.case.id, limit=_MOST_STEPS)
    done = [t for t in task_lists.lines(tx, actor, question) if t.completed_at == last.at]
    return next((t.handling_id for t in done if t.element_id == last.step), "")


def _above(tree: Mapping[str, Organisation], unit: Organisation | None) -> str | None:
    above = None if unit is None else tree.get(unit.approval_parent or "")
    return None if above is None else above.name


def _upwards(tree: Mapping[str, Organisation], start: Organisation | None) -> list[Organisation]:
    """The units from the top down to this one: of two at one level the lower counts."""
    line: list[Organisation] = []
    while start is not None and start not in line:
        line.insert(0, start)
        start = tree.get(start.approval_parent or "")
    return line
