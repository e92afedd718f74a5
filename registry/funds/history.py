"""What becomes of a case's money outside its steps, told in the case's own history."""

from collections.abc import Mapping

from engine import Actor
from engine.model.cases import EventKind
from engine.store import cases
from engine.store.database import Tx
from engine.work.environment import Environment
from engine.work.history import Cause, write_history


def tell_case(
    environment: Environment, tx: Tx, actor: Actor, case_id: str, detail: Mapping[str, object]
) -> None:
    """Add what was done to the history of a case, in the transaction that does it.

    Nothing where there is no such case. Raises Collision, which lets the command begin anew, when
    the case moved on meanwhile.
    """
    found = cases.load(tx, case_id) if case_id else None
    if found is None:
        return
    cause = Cause(actor, environment.now())
    cause.note(EventKind.GRANT, detail)
    write_history(tx, found, environment.vault.case(found.id, found.data_key), cause)
