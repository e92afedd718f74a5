"""Telling people: the day's digests, messages to the outside, what was sent."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from engine.api.commands import Commands, Group
from engine.channels import carrier_of
from engine.jobs.postman import IDLE, Postman, Taken
from engine.model.actors import Actor
from engine.model.channels import Channel, Outside
from engine.model.digest import is_daytime
from engine.model.ports import Letter
from engine.store import channels as stored_channels
from engine.store import messages as stored_messages
from engine.store import outbox as stored_outbox
from engine.store.messages import Message, RecordQuestion
from engine.work import applicant_news, deliveries, digests, notifying
from engine.work.notifying import Chosen, OwnContact, Record

_COUNTED_DAYS = timedelta(days=30)
_MOST_TO_RING = 50
_A_MOMENT = timedelta(minutes=1)
_A_NIGHT = timedelta(hours=11)
"""Of business time: shorter than what lies between half past eight and eight in the evening."""


@dataclass(frozen=True)
class TakenMessage:
    """A leased message with its way out."""

    message: Message
    channel: Channel
    letter: Letter

    @property
    def way(self) -> int:
        """The number of its channel."""
        return self.channel.id


class Telling(Group):
    """What people are told; also what the postman asks for."""

    def __init__(self, commands: Commands) -> None:
        super().__init__(commands)
        self._told_on: date | None = None
        self._looked: tuple[datetime, datetime] | None = None

    # The people ----------------------------------------------------------------------------

    def unread(self, actor: Actor) -> int:
        """How many of her messages wait to be read."""
        return self._commands.ask(lambda tx: stored_messages.unread(tx, actor.person_id))

    def of_person(self, actor: Actor, limit: int = 60) -> Sequence[Message]:
        """Her messages, the newest first."""
        return self._commands.ask(lambda tx: stored_messages.of_person(tx, actor, limit))

    def mark_read(self, actor: Actor) -> None:
        """She has read what waited."""
        now = self._environment.now()
        self._commands.execute(lambda tx: stored_messages.mark_read(tx, actor.person_id, now))

    def own_contact(self, actor: Actor) -> OwnContact:
        """Where she wants to be told."""
        return self._commands.ask(lambda tx: notifying.own_contact(self._environment, tx, actor))

    def choose(self, actor: Actor, chosen: Chosen) -> None:
        """Keep where she wants to be told."""
        self._commands.execute(lambda tx: notifying.choose(self._environment, tx, actor, chosen))

    def to_ring(self, actor: Actor) -> Sequence[tuple[Message, str]]:
        """Applicants of her units whom no text message reaches, with their cases' numbers."""
        if not actor.units:
            return ()
        since = self._environment.today() - _COUNTED_DAYS
        return self._commands.ask(
            lambda tx: stored_messages.to_ring(tx, actor, since, _MOST_TO_RING)
        )

    def rung(self, actor: Actor, message_id: int) -> None:
        """She has rung the applicant."""
        self._commands.execute(lambda tx: notifying.rung(self._environment, tx, actor, message_id))

    # The administrators --------------------------------------------------------------------

    def channels(self, actor: Actor) -> Sequence[Channel]:
        """The channels of the actor's area."""
        tops = notifying.tops_of(actor)
        return self._commands.ask(lambda tx: stored_channels.below(tx, tops))

    def channel(self, actor: Actor, channel_id: int) -> Channel:
        """One channel."""
        return self._commands.ask(lambda tx: notifying.channel_of(tx, actor, channel_id))

    def save_channel(self, actor: Actor, new: Channel) -> int:
        """Set a channel up or change it; its number."""
        return self._commands.execute(
            lambda tx: notifying.save_channel(self._environment, tx, actor, new)
        )

    def test_channel(self, actor: Actor, channel_id: int, to: str) -> None:
        """Send a test message."""
        mark = secrets.token_hex(16)
        self._commands.execute(
            lambda tx: notifying.test_channel(self._environment, tx, actor, channel_id, to, mark)
        )

    def record(self, actor: Actor, question: RecordQuestion) -> Record:
        """What was sent."""
        since = self._environment.today() - _COUNTED_DAYS
        return self._commands.ask(lambda tx: notifying.record(tx, actor, question, since))

    def retry(self, actor: Actor, message_id: int) -> None:
        """Send again what was given up."""
        self._commands.execute(lambda tx: notifying.retry(self._environment, tx, actor, message_id))

    @property
    def outside(self) -> Outside:
        """Hosts that may be called, and the names of secrets that are there."""
        return self._environment.outside

    # The postman ---------------------------------------------------------------------------

    def postman(self, idle: float = IDLE) -> Postman:
        """One more postman; run it in a thread or a process of its own."""
        return Postman(self, idle)

    def tell_day(self) -> int:
        """Write today's digests where they are due; how many people were told."""
        now, since = self._environment.now(), self._looked_since()
        missed = now - since > _A_NIGHT
        if not missed and (self._environment.today() == self._told_on or not is_daytime(now)):
            return 0
        with self._commands.database.look() as tx:
            day = digests.due(self._environment, tx, since)
        return 0 if day is None else self.tell(day)

    def _looked_since(self) -> datetime:
        """When it was looked before, if that was a moment ago: a pause is made up for by nobody."""
        now, real = self._environment.now(), self._environment.real_now()
        before, looked = self._looked or (now, real)
        self._looked = (now, real)
        return before if real - looked < _A_MOMENT else now

    def tell(self, day: date) -> int:
        """Write the digests of a day, unless they are written; how many people were told."""
        written = self._commands.ask(lambda tx: digests.write(self._environment, tx, day))
        told = self._commands.execute(lambda tx: digests.keep(self._environment, tx, written))
        self._told_on = day
        return told

    def tell_applicants(self) -> int:
        """Make messages of the news that wait for applicants; looks before it locks."""
        with self._commands.database.look() as tx:
            if not stored_outbox.any_for_applicants(tx):
                return 0
        return self._commands.execute(lambda tx: applicant_news.tell(self._environment, tx))

    def take(self, busy: Collection[int] = ()) -> TakenMessage | None:
        """Lease a message that may go out now, by none of the busy channels.

        Looks before it locks.
        """
        with self._commands.database.look() as tx:
            if not deliveries.waits(self._environment, tx, busy):
                return None
        taken = self._commands.execute(lambda tx: deliveries.take(self._environment, tx, busy))
        return None if taken is None else TakenMessage(*taken)

    def carry(self, taken: Taken) -> None:
        """Hand it to its carrier; NotCarried. In no transaction."""
        one = _ours(taken)
        carrier_of(one.channel.kind, one.channel.settings, self.outside).carry(one.letter)

    def sent(self, taken: Taken) -> None:
        """It is out."""
        message = _ours(taken).message
        self._commands.execute(lambda tx: deliveries.sent(self._environment, tx, message))

    def failed(self, taken: Taken, why: str) -> None:
        """It did not get out: it waits for the next try, or is given up."""
        message = _ours(taken).message
        self._commands.execute(lambda tx: deliveries.failed(self._environment, tx, message, why))


def _ours(taken: Taken) -> TakenMessage:
    if not isinstance(taken, TakenMessage):
        msg = "a postman gives back what he took"
        raise TypeError(msg)
    return taken
