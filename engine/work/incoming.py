"""Messages that staff write down for somebody outside: which a case waits for, and taking one.

The form belongs to the process (``messageForm``); who may is said there too (``messageRoles``).
What was written is in the case's history like any message.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.errors import Invalid, NotFound, TaskNotOpen
from engine.feel import EvaluationContext
from engine.forms import CompiledForm
from engine.model.actors import Actor
from engine.model.cases import RUNNING, Case
from engine.model.clock import local_date
from engine.model.definitions import Element, listed
from engine.model.incoming import HINT, LABEL, ROLES, Awaited
from engine.runtime import Position, positions
from engine.store import cases, directory, files, subscriptions
from engine.store.database import Tx
from engine.store.subscriptions import Subscription
from engine.work import messages
from engine.work.access import visible_case
from engine.work.compartments import closed_to, without
from engine.work.environment import Environment
from engine.work.opened import OpenedCase, case_variable, open_case
from engine.work.seen_case import SeenCase, seen_case

_GONE = "这件事现在不能登记了(已经登记过,或者办理已到下一步)。您填写的内容仍在页面上,可复制。"


@dataclass(frozen=True)
class IncomingView:
    """Everything the page needs on which a message is written down."""

    awaited: Awaited
    case: Case
    form: CompiledForm
    scope: Mapping[str, object]
    context: EvaluationContext


@dataclass(frozen=True)
class _Wait:
    """A wait for a message with what it says of itself."""

    awaited: Awaited
    position: Position
    element: Element


def awaited(environment: Environment, tx: Tx, actor: Actor, case_id: str) -> tuple[Awaited, ...]:
    """The messages the case waits for that this person may write down."""
    return awaited_of(seen_case(environment, tx, actor, case_id))


def awaited_of(case_seen: SeenCase) -> tuple[Awaited, ...]:
    """The same of a case that its reader was found to see; an ended one waits for nothing."""
    if case_seen.opened.case.status not in RUNNING:
        return ()
    return tuple(one.awaited for one in _waits(case_seen.tx, case_seen.actor, case_seen.opened))


def view(environment: Environment, tx: Tx, actor: Actor, case_id: str, token: str) -> IncomingView:
    """One of them with its form; NotFound for any other."""
    case = visible_case(tx, actor, case_id)
    opened = open_case(environment, tx, case)
    wait = _wait(tx, actor, opened, token)
    form = opened.program.form_of(wait.element)
    if form is None:
        raise NotFound
    return IncomingView(
        wait.awaited,
        case,
        form,
        {
            **without(
                wait.position.scope, opened.programs, closed_to(environment, tx, actor, opened)
            ),
            "case": case_variable(environment, tx, opened),
        },
        environment.feel(tx, case.organisation_id, environment.now()),
    )


def take_down(
    environment: Environment,
    tx: Tx,
    actor: Actor,
    case_id: str,
    token: str,
    data: Mapping[str, object],
) -> Awaited:
    """Hand the case what was written down.

    Raises NotFound, Invalid for answers the form refuses, TaskNotOpen when the case no longer
    waits, TimerDue.
    """
    seen = view(environment, tx, actor, case_id, token)
    validation = seen.form.validate(data, seen.scope, seen.context)
    if validation.errors:
        count = len(validation.errors)
        raise Invalid(f"有 {count} 处需要修改,其余内容已保留。", validation.errors)
    papers = tuple(file_id for file_id, _ in seen.form.files(validation.data))
    waiting = next((s for s in subscriptions.of_case(tx, case_id) if s.token == token), None)
    if waiting is None or not messages.deliver(
        environment, tx, actor, waiting, validation.variables
    ):
        raise TaskNotOpen(_GONE)
    if papers:
        linked = files.link(tx, papers, case_id, actor.person_id, environment.now())
        if linked != len(set(papers)):
            raise Invalid("有附件已过期或不是您上传的,请重新上传该附件。其余内容已保留。")
    return seen.awaited


def may_send(environment: Environment, tx: Tx, actor: Actor, waiting: Subscription) -> bool:
    """Whether she may tell the case: she sees it, and holds a role where the message names some."""
    if actor.is_system:
        return True
    case = cases.load(tx, waiting.case_id)
    if case is None or not cases.is_visible(tx, actor, waiting.case_id):
        return False
    program = environment.programs.get(tx, case.definition_id)
    element = program.element(waiting.process_key, waiting.element_id)
    roles = element.properties.get(ROLES, "").strip()
    return not roles or _may(tx, actor, roles, case.organisation_id)


def _wait(tx: Tx, actor: Actor, opened: OpenedCase, token: str) -> _Wait:
    for one in _waits(tx, actor, opened):
        if one.awaited.token == token:
            return one
    raise NotFound(_GONE)


def _waits(tx: Tx, actor: Actor, opened: OpenedCase) -> Iterator[_Wait]:
    subscribed = {one.token for one in subscriptions.of_case(tx, opened.case.id)}
    if not subscribed:
        return
    may: dict[str, bool] = {}
    for at in positions(opened.program, opened.memory.engine):
        if not at.is_message or at.token not in subscribed:
            continue
        element = opened.program.element(at.process_key, at.element_id)
        said = element.properties
        label, roles = said.get(LABEL, "").strip(), said.get(ROLES, "")
        if label and roles not in may:  # several waits name the same roles
            may[roles] = _may(tx, actor, roles, opened.case.organisation_id)
        if label and may[roles]:
            until = None if at.ends_at is None else local_date(at.ends_at)
            hint = said.get(HINT, "").strip()
            yield _Wait(Awaited(at.token, label, hint, until), at, element)


def _may(tx: Tx, actor: Actor, roles: str, home_id: str) -> bool:
    """She holds one of the roles at the case's union or above it."""
    places = {place for role in listed(roles) for place in actor.places(role)}
    return actor.is_system or directory.is_within(tx, home_id, places)
