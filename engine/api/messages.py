"""What comes in from outside."""

from __future__ import annotations

from collections.abc import Mapping

from engine.api.commands import TRIES_ON_COLLISION, Commands, Group
from engine.api.jobs import Jobs
from engine.errors import Busy, StateUnreadable
from engine.model.actors import Actor
from engine.model.incoming import Awaited
from engine.model.once import Once
from engine.store.database import Tx
from engine.store.subscriptions import Subscription
from engine.work import incoming, messages
from engine.work.incoming import IncomingView
from engine.work.opened import TimerDue


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
        """Deliver a message to every case that waits for it and is the sender's to tell.

        How many did: a case that she may not see, or whose process has the message written down
        by other roles (``messageRoles``), is to her as if it did not wait. All of them in one
        transaction. What is due by the clock comes first, polled or not.
        """

        def deliver_all(tx: Tx, _: None) -> int:
            waiting = [
                one
                for one in messages.waiting_for(self._environment, tx, name, correlation)
                if incoming.may_send(self._environment, tx, actor, one)
            ]
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

    def awaited(self, actor: Actor, case_id: str) -> tuple[Awaited, ...]:
        """What a case waits for that this person may write down for somebody outside."""
        return self._commands.ask(
            lambda tx: incoming.awaited(self._environment, tx, actor, case_id)
        )

    def incoming_view(self, actor: Actor, case_id: str, token: str) -> IncomingView:
        """One of these with its form."""
        return self._commands.ask(
            lambda tx: incoming.view(self._environment, tx, actor, case_id, token)
        )

    def take_down(
        self,
        actor: Actor,
        case_id: str,
        token: str,
        data: Mapping[str, object],
        once: Once[Awaited] | None = None,
    ) -> Awaited:
        """Write down what came from outside and hand it to the case that waits for it."""

        def take(tx: Tx, _: None) -> Awaited:
            return incoming.take_down(self._environment, tx, actor, case_id, token, data)

        for _ in range(TRIES_ON_COLLISION):
            try:
                return self._commands.prepare_and_execute(lambda _tx: None, take, actor, once)
            except TimerDue as due:
                self._jobs.fire_due_or_wait(due.case_id)
        raise Busy("正在自动处理到期事项,没有登记,请稍后再试。您填写的内容仍在页面上。")

    def tell_each(
        self,
        actor: Actor,
        name: str,
        correlation: Mapping[str, object],
        payload: Mapping[str, object],
    ) -> int:
        """Deliver a message to all that wait at this moment, each in a transaction of its own.

        For what concerns many cases at once, such as a calendar. A case that cannot be read is
        passed over: it has its incident already.
        """
        waiting = self._commands.ask(
            lambda tx: messages.waiting_now(self._environment, tx, name, correlation)
        )
        return sum(self._tell_one(actor, one, payload) for one in waiting)

    def _tell_one(self, actor: Actor, one: Subscription, payload: Mapping[str, object]) -> bool:
        for _ in range(TRIES_ON_COLLISION):
            try:
                return self._commands.execute(
                    lambda tx: messages.deliver(self._environment, tx, actor, one, payload)
                )
            except TimerDue as due:
                self._jobs.fire_due_or_wait(due.case_id)
            except StateUnreadable:
                return False
        return False
