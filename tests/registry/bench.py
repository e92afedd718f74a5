"""Runs what service tasks may call, without any process."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, select

import registry
from engine import Engine
from engine.model.clock import FixedClock
from engine.model.operations import OperationContext


@dataclass
class Bench:
    """Runs an operation as a service task of some case does."""

    engine: Engine
    clock: FixedClock
    reported: list[tuple[str, Mapping[str, object]]] = field(default_factory=list)

    def run(
        self, name: str, inputs: Mapping[str, object], case_id: str = "case-1", at: str = "u1"
    ) -> Mapping[str, object]:
        vault = self.engine.environment.vault

        def act(tx: object) -> Mapping[str, object]:
            context = OperationContext(
                tx=tx,
                case_id=case_id,
                case_number="漳芗-2026-000001",
                organisation_id=at,
                actor_id="p-approver",
                now=self.clock.now(),
                lookup_hash=vault.lookup_hash,
                seal=vault.seal,
                open=vault.open,
                reporter=lambda kind, detail: self.reported.append((kind, detail)),
                parameter=lambda name, unit: self.engine.environment.parameter(tx, name, unit),  # type: ignore[arg-type]
            )
            return registry.OPERATIONS[name].run(context, inputs)

        return self.engine.execute(act)

    def rows(self, table: Table) -> list[Any]:
        return self.engine.ask(lambda tx: list(tx.execute(select(table))))
