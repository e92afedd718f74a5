"""Tell the cases of a list what became known of them: money that was paid, an answer that came.

Nothing is asked of whoever brings it about: what is known of the lines is looked up again and
again while cases wait for the message, and told to those it is about, some in a transaction.
"""

import logging
from collections.abc import Mapping

from engine.errors import Busy, Invalid, LeaseLost, Overtaken
from engine.model.actors import SYSTEM
from engine.model.fan_out import FanOut, News
from engine.store import fan_outs
from engine.store.database import Tx, savepoint
from engine.store.subscriptions import Subscription
from engine.work import messages
from engine.work.environment import Environment
from engine.work.opened import TimerDue

log = logging.getLogger("bangfu.fan_outs")

_AT_ONCE = 500
"""Lines that are looked up in one question."""

MOST_TOLD = 50
"""Cases that one transaction moves."""


def news_of(environment: Environment, name: str) -> News:
    """What an installation knows under a name; Invalid where it has none of it."""
    found = environment.news.get(name)
    if found is None:
        known = "、".join(sorted(environment.news)) or "无"
        raise Invalid(f"没有名为“{name[:40]}”的消息来源,没有发起。已有的来源:{known}。")
    return found


def tell(environment: Environment, tx: Tx, found: FanOut, message: str, news: News) -> bool:
    """Deliver what is known now to cases of a list that wait for it; whether there may be more."""
    after, told = "", 0
    while waiting := fan_outs.waiting(tx, found.id, message, after, _AT_ONCE):
        after = waiting[-1][0]
        known = news.of(tx, found.wanted, [key for key, _ in waiting])
        for key, one in waiting:
            if key not in known or not _delivered(environment, tx, one, known[key]):
                continue
            told += 1
            if told == MOST_TOLD:
                return True
    return False


def _delivered(
    environment: Environment, tx: Tx, waiting: Subscription, payload: Mapping[str, object]
) -> bool:
    """Whether a case has heard it; one that cannot now is asked again, the others go on."""
    try:
        with savepoint(tx):
            return messages.deliver(environment, tx, SYSTEM, waiting, payload)
    except TimerDue:
        return False  # its timer comes first
    except (Busy, LeaseLost, Overtaken):
        raise  # the whole look is done again
    except Exception as error:  # noqa: BLE001 - one case that cannot hear holds up no other
        kind = type(error).__name__
        log.warning("case %s could not hear %s: %s", waiting.case_id, waiting.name, kind)
        return False
