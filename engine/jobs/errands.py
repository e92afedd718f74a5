"""Does errands, one after the other, beside the jobs: a long one holds up no timer.

Any number of runners may work, in threads or processes. An errand is leased to one of them; each
word of how far it is renews the lease, and what a killed one held is begun anew when it runs out.
"""

import logging
import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from typing_extensions import override

from engine.errors import BangfuError, Busy, LeaseLost, Refused
from engine.jobs.executor import BACK_OFF, TRIES, Pace
from engine.jobs.loop import Bell, WorkerLoop
from engine.model.errands import Errand, Interrupted, Say
from engine.model.occasions import Occasion, during

log = logging.getLogger("bangfu.errands")

LEASE = timedelta(seconds=60)
"""Longer than the longest stretch without a word: closing a workbook of a million cells."""

_GIVEN_UP = "自动办理几次都在中途停止,已停下,没有结果。请联系管理员查看日志后再试。"
_OUR_FAULT = "系统内部错误({kind}),没有办完。请联系管理员查看日志后再试。"


class ErrandWork(Protocol):
    """What a runner asks of the engine; each call but ``do`` is one transaction."""

    def take(self, holder: str, lease: timedelta) -> Errand | None:
        """Lease one that waits."""
        ...

    def do(self, errand: Errand, say: Say) -> None:
        """Do it and end it."""
        ...

    def say(self, errand: Errand, done: int, total: int, lease: timedelta) -> bool:
        """How far it is; False when another has taken it over."""
        ...

    def comes_further(self, errand: Errand, done: int) -> bool:
        """Whether a word is past those of earlier tries, for good: tries are counted anew."""
        ...

    def put_back(self, errand: Errand, wait: timedelta, told: str, *, counts: bool) -> None:
        """Let it wait for the next try."""
        ...

    def fail(self, errand: Errand, told: str) -> None:
        """End it with a sentence."""
        ...


@dataclass
class _Line:
    """The way from whoever does an errand back to the table."""

    work: ErrandWork
    errand: Errand
    stopping: threading.Event
    tries: int

    def say(self, done: int, total: int) -> None:
        if not self.work.say(self.errand, done, total, LEASE):
            raise LeaseLost(self.errand.id)
        if self.work.comes_further(self.errand, done):
            self.tries = 1
        if self.stopping.is_set():
            raise Interrupted


class ErrandRunner(WorkerLoop):
    """One runner's loop."""

    def __init__(self, work: ErrandWork, holder: str, pace: Pace, bell: Bell | None = None) -> None:
        self._work = work
        self._holder = holder
        super().__init__(pace.idle, bell)

    @override
    def run_once(self) -> bool:
        """Do one errand; whether there was one."""
        errand = self._work.take(self._holder, LEASE)
        if errand is None:
            return False
        if errand.attempts > TRIES:  # its holders died over it
            self._work.fail(errand, _GIVEN_UP)
            return True
        with during(Occasion(f"errand-{errand.id}-{errand.fence}")):
            self._try(errand)
        return True

    def _try(self, errand: Errand) -> None:
        line = _Line(self._work, errand, self._stop, errand.attempts)
        try:
            self._work.do(errand, line.say)
        except LeaseLost:
            log.info("errand %s was taken over by another", errand.id)
        except Interrupted:
            self._work.put_back(errand, timedelta(0), "", counts=False)
        except Busy as busy:
            self._work.put_back(errand, BACK_OFF[0], busy.message, counts=False)
        except Refused as refused:  # for the person, who can mend it; trying again would not
            self._work.fail(errand, refused.message)
        except Exception as error:
            log.exception("errand %s (%s) failed at try %s", errand.id, errand.kind, line.tries)
            told = error.message if isinstance(error, BangfuError) else ""
            told = told or _OUR_FAULT.format(kind=type(error).__name__)
            if line.tries >= TRIES:
                self._work.fail(errand, told)
            else:
                self._work.put_back(errand, BACK_OFF[line.tries - 1], told, counts=True)
