"""Several cases that wait at one step, decided together: each by itself, one after the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.documents import CASES, PAPER, Composed, Facts, compose
from engine.errors import Invalid
from engine.feel import EvaluationContext
from engine.forms import CompiledForm
from engine.forms.values import is_empty
from engine.model.actors import Actor
from engine.model.clock import ZONE
from engine.model.definitions import Element
from engine.model.items import Items
from engine.model.tasks import Standing, TaskStatus
from engine.store.database import Tx
from engine.work.environment import Environment
from engine.work.printing import known_at, paper_facts
from engine.work.view import TaskView, task_view

MOST_CASES = 100


@dataclass(frozen=True)
class Waiting:
    """One case of the list; ``refusal`` says why it cannot be decided by this person now."""

    task_id: str
    rev: int
    title: str
    items: Items
    number: str
    unit: str
    data: Mapping[str, object]
    refusal: str
    is_by_profile: bool = False


@dataclass(frozen=True)
class Together:
    """Cases at one step, with its form and the list that is printed of them."""

    element: Element
    name: str
    organisation_id: str
    form: CompiledForm | None
    scope: Mapping[str, object]
    context: EvaluationContext
    waiting: tuple[Waiting, ...]
    listing: Composed | None


def together(environment: Environment, tx: Tx, actor: Actor, task_ids: Sequence[str]) -> Together:
    """The cases in the order given, each once.

    Raises NotFound for a step the actor may not see, Invalid for none, for too many, for steps of
    different kinds and for a step whose cases are decided one by one.
    """
    wanted = list(dict.fromkeys(task_ids))
    if not wanted:
        raise Invalid("没有选办件。请在待办列表里勾选要一起办的办件。")
    if len(wanted) > MOST_CASES:
        raise Invalid(f"一次最多一起办 {MOST_CASES} 件,请分批。")
    views = [task_view(environment, tx, actor, task_id) for task_id in wanted]
    first = views[0]
    if len({(v.task.process_key, v.task.element_id) for v in views}) > 1:
        raise Invalid("选中的办件不在同一个环节,不能一起办。请只选同一环节的办件。")
    if not all(v.element.is_batch for v in views):
        raise Invalid(f"“{first.task.name}”要逐件办理,不能多件一起办。")
    return Together(
        first.element,
        first.task.name,
        first.case.organisation_id,
        first.form,
        first.scope,
        first.context,
        tuple(_waiting(actor, view) for view in views),
        _listing(environment, tx, actor, views),
    )


def _waiting(actor: Actor, view: TaskView) -> Waiting:
    return Waiting(
        view.task.id,
        view.task.rev,
        view.case.title,
        view.task.items,
        view.case.number,
        view.line.organisation_name,
        view.data,
        _refusal(actor, view),
        view.task.needs_profile(actor.person_id),
    )


def _refusal(actor: Actor, view: TaskView) -> str:
    """What completing it would say; the completion itself asks again."""
    if view.task.status is not TaskStatus.OPEN:
        return "这一步已办结。"
    if view.standing is Standing.BARRED:
        return "您办理过本件需与这一步分开的环节,按规定不能再办。"
    if view.standing is not Standing.MAY:
        return "这一件不由您办理。"
    if view.task.assignee not in {None, actor.person_id}:
        return f"{view.holder_name}正在办理这一件。"
    if view.blocked_by:
        return f"本件的“{'、'.join(view.blocked_by)}”还没有办结。"
    return ""


def _listing(
    environment: Environment, tx: Tx, actor: Actor, views: Sequence[TaskView]
) -> Composed | None:
    program = views[0].program
    document = program.list_document_of(views[0].element)
    if document is None:
        return None
    cases = [
        {
            **known_at(environment, tx, view),
            "title": view.case.title,
            "number": view.case.number,
            "unit": view.line.organisation_name,
            "said": _said(view),
        }
        for view in views
    ]
    paper = paper_facts(environment, tx, actor, views[0])
    facts = Facts(
        {CASES: cases, PAPER: paper},
        program.fields_near(views[0].task.process_key),
        (),
        views[0].context,
    )
    return compose(document, facts)


def _said(view: TaskView) -> dict[str, object]:
    """By step what was submitted there last: its answers, and in words the decision, who, when."""
    found: dict[str, object] = {}
    for one in sorted(view.submissions, key=lambda submission: submission.at):
        decision = one.form.decision
        decided = None if decision is None else one.data.get(decision.path[0])
        has_decided = decision is not None and not is_empty(decided)
        found[one.element_id] = {
            **one.data,
            "decided": decision.label_of(decided) if decision is not None and has_decided else None,
            "by": one.signer,
            "on": one.at.astimezone(ZONE).date().isoformat(),
        }
    return found


def answers_for(one: Waiting, form: CompiledForm, given: Mapping[str, object]) -> dict[str, object]:
    """What is submitted for one case: what its form would show, under what is said of all."""
    own = {
        name: value
        for name, value in one.data.items()
        if form.decision is None or name != form.decision.path[0]
    }
    return {**own, **{name: value for name, value in given.items() if not is_empty(value)}}
