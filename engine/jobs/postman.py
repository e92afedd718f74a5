"""Tells people: writes the day's digests, then carries what waits to the outside.

A loop of its own beside the executor's: a gateway that does not answer keeps no timer waiting.
Each channel has a carrier of its own, one message at a time: one that is slow delays no other.
"""

import logging
import threading
from collections.abc import Collection
from typing import Protocol

from typing_extensions import override

from engine.jobs.loop import WorkerLoop
from engine.model.ports import Letter, NotCarried

log = logging.getLogger("bangfu.postman")

PATIENCE = 0.25
"""Seconds that a message is waited for before those of other channels are looked at."""

IDLE = 0.4
"""Seconds between looks; of a demonstration's day of one second the working time is not missed."""


class Taken(Protocol):
    """A leased message."""

    @property
    def letter(self) -> Letter:
        """What is to be carried."""
        ...

    @property
    def way(self) -> int:
        """The number of the channel by which it goes."""
        ...


class Post(Protocol):
    """What a postman asks of the engine; each call is one transaction, but ``carry`` is none."""

    def tell_day(self) -> int:
        """Write today's digests where they are due; how many people were told."""
        ...

    def tell_applicants(self) -> int:
        """Make messages of the news that wait for applicants; how many."""
        ...

    def take(self, busy: Collection[int]) -> "Taken | None":
        """Lease a message that may go out now, by another channel than these."""
        ...

    def carry(self, taken: "Taken") -> None:
        """Hand it to its carrier; NotCarried."""
        ...

    def sent(self, taken: "Taken") -> None:
        """It is out."""
        ...

    def failed(self, taken: "Taken", why: str) -> None:
        """It did not get out."""
        ...


class Postman(WorkerLoop):
    """One worker's rounds."""

    def __init__(self, post: Post, idle: float = IDLE) -> None:
        self._post = post
        self._carriers: dict[int, threading.Thread] = {}
        super().__init__(idle)

    @override
    def run_once(self) -> bool:
        """Write what is due, send one message on its way; whether there was anything."""
        told = self._post.tell_day() + self._post.tell_applicants()
        self._carriers = {way: one for way, one in self._carriers.items() if one.is_alive()}
        taken = self._post.take(tuple(self._carriers))
        if taken is None:
            for carrier in self._carriers.values():
                carrier.join(PATIENCE)
            return bool(told or self._carriers)
        carrier = threading.Thread(target=self._deliver, args=(taken,), name=f"way {taken.way}")
        self._carriers[taken.way] = carrier
        carrier.start()
        carrier.join(PATIENCE)
        return True

    def _deliver(self, taken: Taken) -> None:
        """Hand a message over and write down what came of it; the lease covers a failed write."""
        try:
            self._carry(taken)
        except Exception:
            log.exception("what became of a message could not be kept; its lease will run out")

    def _carry(self, taken: Taken) -> None:
        try:
            self._post.carry(taken)
        except NotCarried as refused:
            self._post.failed(taken, refused.message)
        except Exception as error:  # whatever a carrier does, the next message is carried
            log.exception("a message could not be carried")
            why = f"发送时系统内部错误({type(error).__name__}),没有确认发出。请联系管理员。"
            self._post.failed(taken, why)
        else:
            self._post.sent(taken)
