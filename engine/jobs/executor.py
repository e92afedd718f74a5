"""Takes due jobs, does them, and sweeps what falls due beside them (design.md D9).

Any number of executors may run, in threads or processes: a job is leased to one of them, a lease
that runs out is taken over, and the fencing number keeps the late former holder from writing.
Three tries with back-off, then an incident a person can read and retry.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from typing_extensions import override

from engine.errors import BangfuError, Busy, LeaseLost
from engine.jobs.loop import Bell, WorkerLoop
from engine.model.occasions import Occasion, during
from engine.store.jobs import Job

log = logging.getLogger("bangfu.jobs")

LEASE = timedelta(seconds=30)
HEARTBEAT = LEASE / 3
"""A lease this old is lengthened before the next job of a batch begins."""

TRIES = 3
BACK_OFF = (timedelta(seconds=1), timedelta(seconds=5))
BATCH = 20
_SEAL_EVERY = timedelta(seconds=10)
_SEALS_A_TURN = 20
"""Each seals up to a thousand rows: more than begins in ten seconds, and jobs wait a second."""
_SWEEP_EVERY = timedelta(minutes=10)

_NEVER_FINISHED = (
    f"自动办理 {TRIES} 次都在中途停止,没有报出原因,已停下。已填写的内容都已保存;请联系管理员,"
    "查明后点“重试”。"
)


class Work(Protocol):
    """What an executor asks of the engine; each call is one transaction."""

    def take_jobs(self, holder: str, limit: int, lease: timedelta) -> list[Job]:
        """Lease due jobs."""
        ...

    def renew_jobs(self, jobs: list[Job], lease: timedelta) -> list[Job]:
        """Lengthen the leases; the jobs that nobody has taken over."""
        ...

    def do_job(self, job: Job) -> bool:
        """Do one job and its consequences; False when an element of the case failed in it."""
        ...

    def postpone_job(self, job: Job, wait: timedelta, error: str, *, counts: bool) -> None:
        """Let a failed try wait; one that does not count is not one of the three."""
        ...

    def give_up_job(self, job: Job, error: str) -> None:
        """Make it an incident."""
        ...

    def send_alerts(self) -> int:
        """Remind, mark overdue, escalate what is due; how many steps."""
        ...

    def seal(self) -> bool:
        """Number a batch of what is new in the audit chain; whether more may wait."""
        ...

    def add_up(self) -> None:
        """Add the changes of what waits to its numbers."""
        ...

    def sweep(self) -> None:
        """Forget what is old."""
        ...

    def real_now(self) -> datetime:
        """The machine's time."""
        ...

    def note_try(self, job: Job, outcome: str, seconds: float) -> None:
        """How a try ended, for who counts."""
        ...


@dataclass(frozen=True)
class Pace:
    """How long an executor rests when nothing is due, in seconds."""

    idle: float = 0.5


class Executor(WorkerLoop):
    """One worker's loop."""

    def __init__(self, work: Work, holder: str, pace: Pace, bell: Bell | None = None) -> None:
        self._work = work
        self._holder = holder
        super().__init__(pace.idle, bell)
        self._sealed_at: datetime | None = None
        self._swept_at: datetime | None = None

    @override
    def run_once(self) -> bool:
        """Do everything that is due now; whether there was anything."""
        jobs = self._work.take_jobs(self._holder, BATCH, LEASE)
        self._do_all(list(jobs))
        alerts = self._work.send_alerts()
        self._now_and_then()
        return bool(jobs) or bool(alerts)

    def _do_all(self, jobs: list[Job]) -> None:
        leased_at = self._work.real_now()
        while jobs and not self._stop.is_set():
            if self._work.real_now() - leased_at >= HEARTBEAT:
                jobs = self._work.renew_jobs(jobs, LEASE)
                leased_at = self._work.real_now()
                if not jobs:
                    return
            attempt(self._work, jobs.pop(0))
        if jobs:  # stopped: others need not wait for the lease to run out
            for job in jobs:
                self._work.postpone_job(job, timedelta(0), "", counts=False)

    def _seal(self) -> None:
        """Until a batch is not full: what is written meanwhile may wait for the next time."""
        for _ in range(_SEALS_A_TURN):
            if not self._work.seal() or self._stop.is_set():
                return

    def _now_and_then(self) -> None:
        now = self._work.real_now()
        if self._sealed_at is None or now - self._sealed_at >= _SEAL_EVERY:
            self._sealed_at = now
            self._seal()
            self._work.add_up()
        if self._swept_at is None or now - self._swept_at >= _SWEEP_EVERY:
            self._swept_at = now
            self._work.sweep()


def attempt(work: Work, job: Job) -> None:
    """Try one leased job; a failure waits for its next try or becomes an incident.

    Raises Busy when the database does not answer even to that.
    """
    began = time.perf_counter()
    with during(Occasion(f"job-{job.id}-{job.fence}")) as occasion:
        outcome = _attempt(work, job)
        seconds = time.perf_counter() - began
        work.note_try(job, outcome, seconds)
        log.info(
            "job",
            extra={
                "fields": {
                    "id": occasion.id,
                    "kind": job.kind,
                    "process": job.process_key,
                    "element": job.element_id,
                    "tries": job.attempts,
                    "outcome": outcome,
                    "ms": round(seconds * 1000, 1),
                }
            },
        )


def _attempt(work: Work, job: Job) -> str:
    """How it ended: done, again, incident, lost, busy."""
    if job.attempts > TRIES:  # its holders died over it: it must not take the next one along
        _give_up(work, job, _NEVER_FINISHED)
        return "incident"
    try:
        went_well = work.do_job(job)
    except LeaseLost:
        return "lost"
    except Busy as busy:
        _postpone(work, job, BACK_OFF[0], busy.message, counts=False)
        return "busy"
    except Exception as error:  # noqa: BLE001 - whatever fails becomes an incident, never a crash
        log.warning("job %s failed at try %s: %s", job.id, job.attempts, type(error).__name__)
        if job.attempts >= TRIES:
            _give_up(work, job, _safe(error))
            return "incident"
        _postpone(work, job, BACK_OFF[job.attempts - 1], _safe(error), counts=True)
        return "again"
    return "done" if went_well else "incident"


def _postpone(work: Work, job: Job, wait: timedelta, error: str, *, counts: bool) -> None:
    try:
        work.postpone_job(job, wait, error, counts=counts)
    except Exception:
        log.exception("job %s could not be put back; its lease will run out", job.id)


def _give_up(work: Work, job: Job, error: str) -> None:
    try:
        work.give_up_job(job, error)
    except LeaseLost:
        log.info("job %s is done or was taken over by another worker", job.id)
    except Exception:
        log.exception("job %s could not become an incident; its lease will run out", job.id)


def _safe(error: Exception) -> str:
    """What may be stored and shown of a failure: our own sentence, else only its kind.

    A foreign exception's text can hold what somebody typed; that stays out of tables and logs.
    """
    if isinstance(error, BangfuError):
        return error.message[:300]
    return (
        f"系统内部错误({type(error).__name__}),自动办理没有完成,已填写的内容都已保存。"
        "请联系管理员,查明后点“重试”。"
    )


class Loop(Protocol):
    """What runs until it is stopped."""

    def run(self) -> None:
        """Work until stopped."""
        ...

    def stop(self) -> None:
        """End after the work in hand."""
        ...


def in_background(executor: Loop, name: str) -> Callable[[], None]:
    """Run an executor in a thread; the returned function stops it and waits."""
    thread = threading.Thread(target=executor.run, name=name, daemon=True)
    thread.start()

    def stop() -> None:
        executor.stop()
        thread.join(timeout=20)

    return stop
