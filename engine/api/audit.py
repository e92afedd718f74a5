"""The chain over everything."""

from __future__ import annotations

from collections.abc import Sequence

from engine.api.commands import Group
from engine.model.actors import Actor
from engine.store import audit as stored_audit
from engine.work import (
    invariants,
    trail,
)


class Audit(Group):
    """The chain over everything."""

    def seal(self) -> int:
        """Number what is new."""
        with self._commands.database.look() as tx:
            if not stored_audit.unsealed(tx, 1):
                return 0
        return self._commands.execute(lambda tx: trail.seal(self._environment, tx))

    def entries(self, after: int, limit: int) -> Sequence[stored_audit.AuditRow]:
        """The chain, oldest first; seals first; one more than asked."""
        while self.seal():
            continue
        return self._commands.ask(lambda tx: trail.entries(tx, after, limit))

    def entries_for(self, actor: Actor, after: int, limit: int) -> Sequence[stored_audit.AuditRow]:
        """The same as the actor may read it."""
        while self.seal():
            continue
        return self._commands.ask(lambda tx: trail.entries_for(tx, actor, after, limit))

    def verify(self) -> trail.Verdict:
        """Walk the whole chain."""
        while self.seal():
            continue
        return self._commands.ask(lambda tx: trail.verify(self._environment, tx))

    def end(self) -> trail.ChainEnd:
        """The end of the chain now; seals first."""
        while self.seal():
            continue
        return self._commands.ask(trail.end)

    def holds(self, noted: trail.ChainEnd) -> bool:
        """Whether what was noted outside the database is still so in it."""
        return self._commands.ask(lambda tx: trail.holds(tx, noted))

    def invariants(self) -> Sequence[invariants.Invariant]:
        """The invariants I1-I9 of reliability on the live database."""
        return self._commands.ask(lambda tx: invariants.check(self._environment, tx))
