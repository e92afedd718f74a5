"""Leases of workers that were killed, over before their time."""

from sqlalchemy import text

from engine import Engine
from engine.store.database import Tx


def run_out(engine: Engine) -> None:
    """As if time had passed: who begins again need not wait for what the dead one held."""

    def write(tx: Tx) -> None:
        tx.execute(text("UPDATE errand SET locked_until = NULL"))
        tx.execute(
            text("UPDATE job SET locked_until = '2000-01-01T00:00:00' WHERE status = 'running'")
        )

    engine.execute(write)
