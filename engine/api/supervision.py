"""What is late."""

from __future__ import annotations

from engine.api.commands import Group
from engine.model.actors import Actor
from engine.work import (
    staffing,
    supervise,
)


class Supervision(Group):
    """What is late."""

    def overdue(self, actor: Actor, narrowed: supervise.OverdueFilter) -> supervise.OverduePage:
        """Overdue steps of the actor's area with their sums, from one view."""
        return self._commands.ask(
            lambda tx: supervise.overdue(self._environment, tx, actor, narrowed)
        )

    def staffing(self, actor: Actor) -> staffing.Staffing:
        """Roles without a holder in the actor's area, and grants that end soon."""
        return self._commands.ask(lambda tx: staffing.staffing(self._environment, tx, actor))
