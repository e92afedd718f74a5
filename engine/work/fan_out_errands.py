"""What is done about a list beside the web, and how a list ends before its time."""

from collections.abc import Mapping

from engine.model.actors import Actor
from engine.model.errands import Errand
from engine.model.fan_out import FanOut
from engine.model.ids import new_id
from engine.store import audit, errands, fan_outs
from engine.store.database import Tx
from engine.work.environment import Environment

ERRAND = "fan-out"
CANCEL_ERRAND = "fan-out-cancel"


def have_done(
    environment: Environment,
    tx: Tx,
    actor: Actor,
    kind: str,
    fan_out_id: str,
    wanted: Mapping[str, object],
    total: int,
) -> None:
    """Have something done about a list, unless it is being done."""
    before = errands.newest_about(tx, environment.vault, kind, fan_out_id)
    if before is None or not before.is_open:
        new = Errand(new_id(), kind, actor.person_id, fan_out_id, wanted, total=total)
        errands.add(tx, environment.vault, new, environment.real_now())


def end_list(environment: Environment, tx: Tx, actor: Actor, found: FanOut, reason: str) -> None:
    """Begin no more cases of a list, and have those that run cancelled."""
    now = environment.now()
    fan_outs.stop(tx, found.id, now)
    audit.add_access(tx, now, actor.person_id, "fan-out-cancelled", found.key)
    have_done(environment, tx, actor, CANCEL_ERRAND, found.id, {"reason": reason}, found.begun)


def end_lists_of(environment: Environment, tx: Tx, actor: Actor, case_id: str, reason: str) -> None:
    """End every list that a case asked for: nobody waits any more for what its cases do."""
    for found in fan_outs.of_case(tx, environment.vault, case_id):
        end_list(environment, tx, actor, found, reason)
