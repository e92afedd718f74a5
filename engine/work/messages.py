"""A message from outside reaches the cases that wait for it (design.md D22)."""

from collections.abc import Mapping

import orjson

from engine.errors import CaseNotActive, NotFound
from engine.model.actors import Actor
from engine.model.cases import RUNNING, EventKind
from engine.runtime import deliver as step_deliver
from engine.store import cases, definitions, subscriptions, tasks
from engine.store.database import Tx
from engine.store.subscriptions import Subscription
from engine.work.advance import open_case, ports_of, write_step
from engine.work.environment import Environment
from engine.work.history import Cause


def correlation_text(correlation: object) -> str:
    """The canonical JSON of a correlation: how the waiting case computed its key.

    An object with one property stands for that property's plain value (api.yaml).
    """
    if isinstance(correlation, Mapping) and len(correlation) == 1:
        (correlation,) = correlation.values()
    return orjson.dumps(correlation, option=orjson.OPT_SORT_KEYS).decode()


def waiting_for(
    environment: Environment, tx: Tx, name: str, correlation: Mapping[str, object]
) -> list[Subscription]:
    """Who waits; NotFound when no process knows a message of that name."""
    if not correlation:
        return []
    text = correlation_text(correlation)
    found = subscriptions.waiting(tx, name, environment.vault.lookup_hash(f"{name}\n{text}"))
    if not found and not _is_known(environment, tx, name):
        raise NotFound(f"没有流程接收名为“{name}”的消息。")
    return found


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
) -> None:
    """Hand the message to one waiting case, inside the command's transaction."""
    case = cases.load(tx, waiting.case_id)
    if case is None or case.status not in RUNNING:
        raise CaseNotActive("这一件已经结束,不再接收消息。")
    opened = open_case(environment, tx, case)
    cause = Cause(actor, environment.now())
    cause.note(
        EventKind.MESSAGE,
        {"name": waiting.name, "payload": payload},
        place=(waiting.process_key, waiting.element_id),
    )
    step = step_deliver(
        opened.program,
        opened.memory.engine,
        waiting.token,
        payload,
        ports_of(environment, tx, opened, cause),
    )
    write_step(environment, tx, opened, step, cause, tasks.wait_rows(tx, case.id))
