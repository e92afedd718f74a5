"""A message from outside reaches the cases that wait for it (design.md D22)."""

from collections.abc import Mapping

import orjson

from engine.errors import NotFound
from engine.model.actors import Actor
from engine.model.cases import RUNNING, EventKind
from engine.runtime import deliver as step_deliver
from engine.store import cases, definitions, subscriptions
from engine.store.database import Tx
from engine.store.subscriptions import Subscription
from engine.store.waits import wait_rows
from engine.work.advance import write_step
from engine.work.environment import Environment
from engine.work.history import Cause
from engine.work.opened import TimerDue, open_case, ports_of

_LARGEST_WHOLE = 2**63
"""JSON text is written for whole numbers below this; no case waits for a larger one."""


def correlation_text(correlation: object) -> str:
    """The canonical JSON of a correlation: how the waiting case computed its key.

    An object with one property stands for that property's plain value (api.yaml).
    """
    if isinstance(correlation, Mapping) and len(correlation) == 1:
        (correlation,) = correlation.values()
    return orjson.dumps(_whole(correlation), option=orjson.OPT_SORT_KEYS).decode()


def _whole(value: object) -> object:
    """``78.0`` as the 78 that a process reckons with: FEEL knows one kind of number."""
    if isinstance(value, float) and value.is_integer() and abs(value) < _LARGEST_WHOLE:
        return int(value)
    if isinstance(value, Mapping):
        return {key: _whole(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_whole(inner) for inner in value]
    return value


def waiting_for(
    environment: Environment, tx: Tx, name: str, correlation: Mapping[str, object]
) -> list[Subscription]:
    """Who waits; NotFound when no process knows a message of that name."""
    found = waiting_now(environment, tx, name, correlation)
    if not found and not _is_known(environment, tx, name):
        raise NotFound(f"没有流程接收名为“{name}”的消息。")
    return found


def waiting_now(
    environment: Environment, tx: Tx, name: str, correlation: Mapping[str, object]
) -> list[Subscription]:
    """Who waits, be it nobody; an empty correlation never matches (design.md D22)."""
    if not correlation:
        return []
    text = correlation_text(correlation)
    hashed = environment.vault.lookup_hash(subscriptions.key_text(name, text))
    return subscriptions.waiting(tx, name, hashed)


def _is_known(environment: Environment, tx: Tx, name: str) -> bool:
    return any(
        name in environment.programs.get(tx, row.id).message_names
        for row in definitions.all_latest(tx)
    ) or name in subscriptions.names_in_use(tx)


def deliver(
    environment: Environment,
    tx: Tx,
    actor: Actor,
    waiting: Subscription,
    payload: Mapping[str, object],
    told: str = "",
) -> bool:
    """Hand the message to one waiting case, inside the command's transaction.

    ``told`` is what its sender wants the history to say for all who read it.

    False when the case no longer waits: the same message reached it at another place first.
    Raises TimerDue when a timer of the case is over but not fired yet: that comes first.
    """
    case = cases.load(tx, waiting.case_id)
    before = wait_rows(tx, waiting.case_id)
    waits = any(row.kind == "message" and row.token == waiting.token for row in before)
    if case is None or case.status not in RUNNING or not waits:
        return False
    if any(row.is_due(environment.now()) for row in before):
        raise TimerDue(case.id)
    opened = open_case(environment, tx, case)
    cause = Cause(actor, environment.now())
    cause.note(
        EventKind.MESSAGE,
        {"name": waiting.name, "payload": payload, **({"reason": told} if told else {})},
        place=(waiting.process_key, waiting.element_id),
    )
    step = step_deliver(
        opened.program,
        opened.memory.engine,
        waiting.token,
        payload,
        ports_of(environment, tx, opened, cause),
    )
    write_step(environment, tx, opened, step, cause, before)
    return True
