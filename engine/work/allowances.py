"""How often people without an account may do something, by where they come from.

Counted in the table that slows guessing (design.md D13), under names of their own: a stranger who
has used hers up can still sign in, and a wrong password uses nothing up.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.errors import TooManyTries
from engine.store import accounts, turns
from engine.store.database import Tx
from engine.work.environment import Environment

_LONGEST_ADDRESS = 64
_SECONDS_OF_A_MINUTE = 60
_SENTENCE = (
    "从您所在的网络提交得太多,这一次没有提交,您写的内容仍在页面上。"
    "请 {minutes} 分钟后再试,或拨打页面上的联系电话。"
)


@dataclass(frozen=True)
class Allowance:
    """``times`` within any span of ``within``, real time, for one address.

    ``sentence`` is told to who has used it up, with the ``{minutes}`` to wait.
    """

    name: str
    times: int
    within: timedelta
    sentence: str = _SENTENCE


@dataclass(frozen=True)
class Use:
    """One use that was counted; it can be given back."""

    who: str
    at: datetime


def use(environment: Environment, tx: Tx, allowance: Allowance, address: str) -> Use:
    """Count one use from this address; TooManyTries when there is none left.

    Exact also when many come at once: they are counted one after the other.
    """
    now, who = environment.real_now(), _who(environment, allowance, address)
    turns.take_turns(tx, who)
    must_be_left(environment, tx, allowance, address)
    accounts.add_attempt(tx, who, f"{allowance.name} {address}"[:_LONGEST_ADDRESS], now)
    return Use(who, now)


def must_be_left(environment: Environment, tx: Tx, allowance: Allowance, address: str) -> None:
    """TooManyTries when there is no use left; counts nothing."""
    now, who = environment.real_now(), _who(environment, allowance, address)
    used = accounts.attempts_at(tx, who, now - allowance.within)
    if len(used) >= allowance.times:
        wait = used[-allowance.times] + allowance.within - now
        seconds = max(1, int(wait.total_seconds()) + 1)
        minutes = -(-seconds // _SECONDS_OF_A_MINUTE)
        raise TooManyTries(allowance.sentence.format(minutes=minutes), seconds)


def _who(environment: Environment, allowance: Allowance, address: str) -> str:
    return environment.vault.lookup_hash(f"{allowance.name}\n{address}")


def give_back(tx: Tx, used: Use) -> None:
    """What was counted should not have been: she had the right to it."""
    accounts.forget_attempts_of(tx, used.who, used.at)
