"""Messages to the outside: taken with a lease, carried, marked; each step a transaction.

At least once: whoever dies between handing over and marking leaves the lease to run out, and the
message goes again under the same id, by which a receiver may drop the double.
"""

import hashlib
from collections.abc import Collection
from datetime import timedelta

from engine.model.channels import Channel
from engine.model.clock import ZONE, months_before
from engine.model.digest import is_quiet
from engine.model.ports import Letter
from engine.store import channels, messages, sending
from engine.store.database import Tx
from engine.store.messages import DIGEST, Message
from engine.work.digests import CONTACT
from engine.work.environment import Environment
from engine.work.federation_settings import Setting

LEASE = timedelta(seconds=90)
"""Longer than any carrier waits."""

TRIES = 3
BACK_OFF = (timedelta(seconds=30), timedelta(minutes=5))
SUBJECT = "今日提醒"
_DIED = f"发送 {TRIES} 次都在中途停止,没有报出原因。对方可能已经收到,请核对后再点“重发”。"
_CHANNEL_OFF = "这个渠道已停用,没有发出。"
_ID_SIGNS = 32
MESSAGE_MONTHS = Setting(
    "message months",
    24,
    "消息和发送记录的保存",
    "Keeping messages and the record of what was sent",
)


def waits(environment: Environment, tx: Tx, busy: Collection[int]) -> bool:
    """Whether anything may go out now, by another channel than the busy ones."""
    may_go = sending.free(environment.real_now(), busy, tests_only=_quiet(environment, tx))
    return sending.any_waiting(tx, may_go)


def take(
    environment: Environment, tx: Tx, busy: Collection[int]
) -> tuple[Message, Channel, Letter] | None:
    """Lease one message; None where there is none, or none that is still to be sent."""
    now = environment.real_now()
    may_go = sending.free(now, busy, tests_only=_quiet(environment, tx))
    taken = sending.take(tx, may_go, now + LEASE)
    if taken is None:
        return None
    channel = None if taken.channel_id is None else channels.load(tx, taken.channel_id)
    if taken.kind == DIGEST and taken.day < environment.today():
        sending.finish(tx, taken, "replaced", "", environment.now())
        return None
    if taken.attempts > TRIES:
        sending.finish(tx, taken, "failed", _DIED, environment.now())
        return None
    if channel is None or not (channel.active or taken.kind == messages.TEST):
        sending.finish(tx, taken, "failed", _CHANNEL_OFF, environment.now())
        return None
    return taken, channel, _letter(environment, taken)


def sent(environment: Environment, tx: Tx, taken: Message) -> bool:
    """It is out; False where another worker has taken it over meanwhile."""
    return sending.finish(tx, taken, "sent", "", environment.now())


def failed(environment: Environment, tx: Tx, taken: Message, why: str) -> bool:
    """A try failed: it waits for the next, or is given up for a person to read and send again."""
    if taken.attempts >= TRIES:
        return sending.finish(tx, taken, "failed", why, environment.now())
    not_before = environment.real_now() + BACK_OFF[taken.attempts - 1]
    return sending.put_back(tx, taken, not_before, why)


def forget_old(environment: Environment, tx: Tx) -> None:
    """Remove messages, and the record of them, after the months the federation keeps them."""
    months = MESSAGE_MONTHS.number(environment, tx)
    messages.forget_before(tx, months_before(environment.now(), months).astimezone(ZONE).date())


def _quiet(environment: Environment, tx: Tx) -> bool:
    return is_quiet(environment.now(), environment.calendars.get(tx))


def letter_id(once: str) -> str:
    """The id of a message, the same at each try."""
    return hashlib.sha256(once.encode()).hexdigest()[:_ID_SIGNS]


def _letter(environment: Environment, taken: Message) -> Letter:
    to = b"" if taken.address is None else environment.vault.open(taken.address, CONTACT)
    return Letter(
        letter_id(taken.once),
        tuple(one for one in to.decode().split(",") if one),
        taken.text,
        SUBJECT,
    )
