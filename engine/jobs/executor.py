"""Takes due jobs, does them, and sweeps what falls due beside them (design.md D9).

Any number of executors may run, in threads or processes: a job is leased to one of them, a lease
that runs out is taken over, and the fencing number keeps the late former holder from writing.
Three tries with back-off, then an incident a person can read and retry.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from engine.errors import BangfuError, LeaseLost
from engine.store.jobs import Job

log = logging.getLogger("bangfu.jobs")

LEASE = timedelta(seconds=30)
TRIES = 3
BACK_OFF = (timedelta(seconds=1), timedelta(seconds=5))
BATCH = 20
_SWEEP_EVERY_SECONDS = 10.0


class Work(Protocol):
    """What an executor asks of the engine; each call is one transaction."""

    def take_jobs(self, holder: str, limit: int, lease: timedelta) -> list[Job]:
        """Lease due jobs."""
        ...

    def do_job(self, job: Job) -> None:
        """Do one job and its consequences."""
        ...

    def postpone_job(self, job: Job, wait: timedelta, error: str) -> None:
        """Let a failed try wait."""
        ...

    def give_up_job(self, job: Job, error: str) -> None:
        """Make it an incident."""
        ...

    def send_alerts(self) -> int:
        """Remind, mark overdue, escalate what is due."""
        ...

    def sweep(self) -> None:
        """Seal the audit chain, forget what is old."""
        ...

    def real_now(self) -> datetime:
        """The machine's time."""
        ...


@dataclass(frozen=True)
class Pace:
    """How long an executor rests when nothing is due, in seconds."""

    idle: float = 0.5


class Executor:
    """One worker's loop."""

    def __init__(self, work: Work, holder: str, pace: Pace) -> None:
        self._work = work
        self._holder = holder
        self._pace = pace
        self._stop = threading.Event()
        self._swept_at: datetime | None = None

    def stop(self) -> None:
        """End after the job in hand."""
        self._stop.set()

    def run(self) -> None:
        """Work until stopped. A broken database is waited for, not died of."""
        while not self._stop.is_set():
            try:
                busy = self.run_once()
            except Exception:
                log.exception("the worker could not reach its work; it will try again")
                busy = False
            if not busy:
                self._stop.wait(self._pace.idle)

    def run_once(self) -> bool:
        """Do everything that is due now; whether there was anything."""
        jobs = self._work.take_jobs(self._holder, BATCH, LEASE)
        for job in jobs:
            if self._stop.is_set():
                break
            self._do(job)
        alerts = self._work.send_alerts()
        self._sweep_now_and_then()
        return bool(jobs) or bool(alerts)

    def _sweep_now_and_then(self) -> None:
        now = self._work.real_now()
        if self._swept_at is None or (now - self._swept_at).total_seconds() >= _SWEEP_EVERY_SECONDS:
            self._swept_at = now
            self._work.sweep()

    def _do(self, job: Job) -> None:
        try:
            self._work.do_job(job)
        except LeaseLost:
            log.warning("job %s was taken over by another worker", job.id)
        except Exception as error:  # noqa: BLE001 - whatever fails becomes an incident, never a crash
            self._failed(job, _safe(error))

    def _failed(self, job: Job, error: str) -> None:
        log.warning("job %s failed at try %s: %s", job.id, job.attempts, error)
        if job.attempts >= TRIES:
            self._work.give_up_job(job, error)
        else:
            self._work.postpone_job(job, BACK_OFF[job.attempts - 1], error)


def _safe(error: Exception) -> str:
    """What may be stored and shown of a failure: our own sentence, else only its kind.

    A foreign exception's text can hold what somebody typed; that stays out of tables and logs.
    """
    if isinstance(error, BangfuError):
        return error.message[:300]
    return f"系统内部错误({type(error).__name__}),请联系管理员。"


def in_background(executor: Executor, name: str) -> Callable[[], None]:
    """Run an executor in a thread; the returned function stops it and waits."""
    thread = threading.Thread(target=executor.run, name=name, daemon=True)
    thread.start()

    def stop() -> None:
        executor.stop()
        thread.join(timeout=20)

    return stop
