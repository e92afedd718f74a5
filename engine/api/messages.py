"""What comes in from outside."""

from __future__ import annotations

from collections.abc import Mapping

from engine.api.commands import Group
from engine.model.actors import Actor
from engine.model.once import Once
from engine.store.database import Tx
from engine.work import (
    messages,
)


class Messages(Group):
    """Messages from outside."""

    def send(
        self,
        actor: Actor,
        name: str,
        correlation: Mapping[str, object],
        payload: Mapping[str, object],
        once: Once[int] | None = None,
    ) -> int:
        """Deliver a message to every case that waits for it; how many did."""

        def deliver_all(tx: Tx, _: None) -> int:
            waiting = messages.waiting_for(self._environment, tx, name, correlation)
            for one in waiting:
                messages.deliver(self._environment, tx, actor, one, payload)
            return len(waiting)

        return self._commands.prepare_and_execute(lambda _tx: None, deliver_all, actor, once)
