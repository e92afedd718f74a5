"""Runs what service tasks may call, without any process."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, select

import registry
from engine import Engine
from engine.model.clock import FixedClock
from engine.model.operations import NotYet, OperationContext
from engine.store.database import Tx


@dataclass
class Bench:
    """Runs an operation as a service task of some case does."""

    engine: Engine
    clock: FixedClock
    reported: list[tuple[str, Mapping[str, object]]] = field(default_factory=list)

    def run(
        self,
        name: str,
        inputs: Mapping[str, object],
        case_id: str = "case-1",
        at: str = "u1",
        by: str = "approver",
    ) -> Mapping[str, object]:
        return self.engine.execute(lambda tx: self.act(tx, name, inputs, case_id, at, by))

    def act(
        self,
        tx: Tx,
        name: str,
        inputs: Mapping[str, object],
        case_id: str = "case-1",
        at: str = "u1",
        by: str = "approver",
    ) -> Mapping[str, object]:
        """The same inside a transaction that the test has begun."""
        vault = self.engine.environment.vault
        context = OperationContext(
            tx=tx,
            case_id=case_id,
            case_number="漳芗-2026-000001",
            organisation_id=at,
            actor_id=f"p-{by}",
            now=self.clock.now(),
            lookup_hash=vault.lookup_hash,
            seal=vault.seal,
            open=vault.open,
            reporter=lambda kind, detail: self.reported.append((kind, detail)),
            parameter=lambda name, unit: self.engine.environment.parameter(tx, name, unit),
        )
        done = registry.OPERATIONS[name].run(context, inputs)
        assert not isinstance(done, NotYet)
        return done

    def rows(self, table: Table) -> list[Any]:
        return self.engine.ask(lambda tx: list(tx.execute(select(table))))
