"""What comes in from outside."""

from __future__ import annotations

from collections.abc import Mapping

from engine.api.commands import TRIES_ON_COLLISION, Commands, Group
from engine.api.jobs import Jobs
from engine.errors import Busy
from engine.model.actors import Actor
from engine.model.once import Once
from engine.store.database import Tx
from engine.work import messages
from engine.work.advance import TimerDue


class Messages(Group):
    """Messages from outside."""

    def __init__(self, commands: Commands, jobs: Jobs) -> None:
        super().__init__(commands)
        self._jobs = jobs

    def send(
        self,
        actor: Actor,
        name: str,
        correlation: Mapping[str, object],
        payload: Mapping[str, object],
        once: Once[int] | None = None,
    ) -> int:
        """Deliver a message to every case that waits for it; how many did.

        All of them in one transaction. What is due by the clock comes first, polled or not.
        """

        def deliver_all(tx: Tx, _: None) -> int:
            waiting = messages.waiting_for(self._environment, tx, name, correlation)
            return sum(
                messages.deliver(self._environment, tx, actor, one, payload) for one in waiting
            )

        for _ in range(TRIES_ON_COLLISION):
            try:
                return self._commands.prepare_and_execute(
                    lambda _tx: None, deliver_all, actor, once
                )
            except TimerDue as due:
                self._jobs.fire_due_or_wait(due.case_id)
        raise Busy("正在自动处理到期事项,消息没有送达,请稍后再试。")
