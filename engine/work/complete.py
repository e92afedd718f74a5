"""Finish a step: validate, step the engine, write it down. The main road of the product."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.errors import Invalid, Stale
from engine.forms import CompiledForm, Validation
from engine.model.actors import Actor
from engine.model.cases import EventKind
from engine.model.definitions import LaneKind
from engine.model.items import listed_items
from engine.model.organisations import RoutingReason, SeparationProfile
from engine.model.tasks import Task, TaskStatus
from engine.runtime import Step
from engine.runtime import complete as step_complete
from engine.store import files, profiles, receipts, tasks
from engine.store.database import Tx
from engine.store.ready import Collision
from engine.store.tasks import LoadedTask
from engine.store.waits import wait_rows
from engine.work.access import filler_of, must_not_be_blocked, task_to_fill
from engine.work.advance import write_step
from engine.work.attributes import attributes_of, attributes_of_item
from engine.work.environment import Environment
from engine.work.history import Cause
from engine.work.opened import OpenedCase, TimerDue, open_case, ports_of, scope_at
from engine.work.returning import with_steps_been_through
from engine.work.scanning import numbers_in_papers
from engine.work.separation import bar_beside
from engine.work.units_asked import with_units


@dataclass(frozen=True)
class Completed:
    """What a completion answers: the step as it is now, with what was accepted."""

    task: Task
    form: CompiledForm | None
    data: Mapping[str, object]
    told: tuple[str, ...] = ()
    """What whoever finished it is told of the steps that it opened (``tells``)."""


@dataclass(frozen=True)
class Prepared:
    """A completion that was loaded and validated, before the database is locked."""

    loaded: LoadedTask
    opened: OpenedCase
    form: CompiledForm | None
    data: Mapping[str, object]
    variables: Mapping[str, object]
    files: tuple[str, ...]


def prepare_state(tx: Tx, actor: Actor, task_id: str, seen_rev: int | None) -> LoadedTask:
    """The step, if it can still be completed by the actor with the revision she saw."""
    loaded = task_to_fill(tx, actor, task_id)
    if seen_rev is not None and seen_rev != loaded.task.rev:
        raise Stale
    return loaded


def prepare(
    environment: Environment,
    tx: Tx,
    actor: Actor,
    task_id: str,
    data: Mapping[str, object],
    seen_rev: int | None,
) -> Prepared:
    """Everything that needs no lock: the checks, the form, the files. Writes nothing.

    Raises, in this order: NotFound, NotPermitted, TaskNotOpen, TaskHeldByOther, Stale, Conflict
    (another open step blocks it), Invalid.
    """
    loaded = prepare_state(tx, actor, task_id, seen_rev)
    task = loaded.task
    opened = open_case(environment, tx, loaded.case)
    element = opened.program.element(task.process_key, task.element_id)
    must_not_be_blocked(tx, task, element)
    form = opened.program.form_of(element, filler_of(actor.person_id))
    if form is None:
        if data:
            raise Invalid("这一步没有表单,不接收填写内容。")
        return Prepared(loaded, opened, None, {}, {}, ())
    form = with_steps_been_through(tx, task, form)
    form = with_units(tx, task, form, environment.today())
    scope = scope_at(environment, tx, opened, task.token)
    context = environment.feel(tx, loaded.case.organisation_id, environment.now())
    validation: Validation = form.validate(data, scope, context, actor.name)
    if validation.errors:
        raise Invalid(f"有 {len(validation.errors)} 处需要修改,其余内容已保留。", validation.errors)
    numbers = numbers_in_papers(environment, tx, form, validation.data)
    if numbers:
        raise Invalid("附件里有证件号码或银行账号,没有提交,其余内容已保留。", numbers)
    return Prepared(
        loaded,
        opened,
        form,
        validation.data,
        validation.variables,
        tuple(file_id for file_id, _ in form.files(validation.data)),
    )


def finish(environment: Environment, tx: Tx, actor: Actor, prepared: Prepared) -> Completed:
    """Complete a prepared step inside the command's transaction.

    Raises Collision when the step or the case changed since it was prepared, and TimerDue when a
    timer of the case is over but not fired yet: that comes first, polled or not.
    """
    now = environment.now()
    task = prepared.loaded.task
    before = wait_rows(tx, task.case_id)
    if any(row.is_due(now) for row in before):
        raise TimerDue(task.case_id)
    opened = prepared.opened
    cause = Cause(actor, now)
    profile = _profile(environment, tx, task, actor)
    profile_id = None if profile is None else profile.id
    tasks.complete(tx, task.id, task.rev, actor.person_id, now, profile_id)
    if task.lane_kind == LaneKind.PARTICIPANT.value:
        receipts.drop_draft(tx, task.id)
    if prepared.files:
        linked = files.link(tx, prepared.files, task.case_id, actor.person_id, now)
        if linked != len(set(prepared.files)):
            raise Invalid("有附件已过期或不是您上传的,请重新上传该附件。其余内容已保留。")
    place = (task.process_key, task.element_id)
    detail = {"data": prepared.data, **_why_hers(task, profile)}
    if task.items:
        detail["items"] = listed_items(task.items)
    cause.note(EventKind.TASK_COMPLETED, detail, task.id, place)
    if prepared.form is not None:
        found = attributes_of(environment, prepared.form, prepared.data)
        cause.attributes.extend(attributes_of_item(found, task.items))
        cause.sent_back = _sent_back(prepared)
    signed = opened.memory.signed(
        task.element_id, task.items, actor.person_id, task.queue.handling_id
    )
    opened = OpenedCase(opened.case, opened.vault, signed, opened.program)
    step = step_complete(
        opened.program,
        opened.memory.engine,
        task.token,
        prepared.variables,
        ports_of(environment, tx, opened, cause),
    )
    left = [row for row in before if row.token != task.token or row.kind != "task"]
    bar_beside(environment, tx, opened, task, step, cause, left)
    write_step(environment, tx, opened, step, cause, left)
    done = replace(
        task,
        status=TaskStatus.COMPLETED,
        rev=task.rev + 1,
        assignee=actor.person_id,
        completed_at=now,
        completed_by=actor.person_id,
        profile_id=profile_id,
    )
    return Completed(done, prepared.form, prepared.data, _told(opened, step))


def _profile(
    environment: Environment, tx: Tx, task: Task, actor: Actor
) -> SeparationProfile | None:
    """The profile without which she could not do it. Collision where it has ended meanwhile."""
    number = task.queue.profile_id
    if number is None or not task.needs_profile(actor.person_id):
        return None
    if not profiles.holds(tx, number, environment.today()):
        raise Collision
    return profiles.by_id(tx, number)


def _why_hers(task: Task, profile: SeparationProfile | None) -> dict[str, object]:
    """What the history keeps of a step that is hers for a reason of its own."""
    why: dict[str, object] = {}
    if profile is not None:
        why["profile"] = profile.document
    if task.queue.reason is RoutingReason.DESIGNATED:
        why["designated"] = task.queue.reason_text
    return why


def _told(opened: OpenedCase, step: Step) -> tuple[str, ...]:
    elements = (opened.program.element(one.process_key, one.element_id) for one in step.opened)
    return tuple(dict.fromkeys(e.tells for e in elements if e.tells))


def _sent_back(prepared: Prepared) -> tuple[str, str] | None:
    """This step and the one that its form names to go back to."""
    asked = None if prepared.form is None else prepared.form.return_field
    target = None if asked is None else prepared.data.get(asked.key)
    return (prepared.loaded.task.id, target) if isinstance(target, str) and target else None
