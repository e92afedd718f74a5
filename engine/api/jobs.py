"""Timers, asynchronous work and incidents."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from engine.api.audit import Audit
from engine.api.commands import Commands, Group
from engine.errors import BangfuError, Busy
from engine.jobs.executor import LEASE, Executor, Pace, attempt
from engine.model.actors import SYSTEM, Actor
from engine.model.errands import KEPT
from engine.model.once import Once
from engine.store import accounts as stored_accounts
from engine.store import answers as stored_answers
from engine.store import errands as stored_errands
from engine.store import jobs as stored_jobs
from engine.store import receipts as stored_receipts
from engine.store import start_drafts as stored_start_drafts
from engine.store import tasks as stored_tasks
from engine.store import waiting
from engine.store.bell import Bell
from engine.store.database import Tx, process_id
from engine.store.jobs import Job
from engine.work import (
    alerts,
    deliveries,
    files,
    phone_uploads,
    start_drafts,
    timed_starts,
    timers,
    trail,
    units,
)
from engine.work.timed_starts import Due

log = logging.getLogger("bangfu.jobs")

_A_MOMENT = 0.05
_GRACE = timedelta(minutes=30)
"""Content without a row is left alone so long: its upload may be under way."""


class Jobs(Group):
    """Timers, asynchronous work and incidents; also what the executor asks for."""

    def __init__(self, commands: Commands, audit: Audit) -> None:
        super().__init__(commands)
        self._audit = audit
        self._followed_on: date | None = None
        self._begun_on: date | None = None

    def lines(
        self, actor: Actor, statuses: Sequence[str], after: int, limit: int
    ) -> Sequence[tuple[Job, str]]:
        """Jobs of the cases the actor may see; one more than asked."""
        return self._commands.ask(lambda tx: stored_jobs.lines(tx, actor, statuses, after, limit))

    def must_see(self, actor: Actor, job_id: int) -> None:
        """NotFound for a job of a case the actor may not see."""
        self._commands.ask(lambda tx: timers.visible_job(tx, actor, job_id))

    def retry(self, actor: Actor, job_id: int, once: Once[int] | None = None) -> int:
        """Try a failed job again at once; its number."""
        return self._commands.prepare_and_execute(
            lambda _tx: None,
            lambda tx, _: timers.retry(self._environment, tx, actor, job_id),
            actor,
            once,
        )

    def fire_due_of_case(self, case_id: str) -> int:
        """Fire the due timers of one case now, whoever polls; how many."""
        holder = f"{process_id()}-{threading.get_ident()}"
        environment = self._environment

        def take(tx: Tx) -> list[Job]:
            return stored_jobs.take_of_case(
                tx,
                case_id,
                holder,
                environment.now(),
                environment.real_now(),
                environment.real_now() + LEASE,
            )

        taken = self._commands.execute(take)
        for job in taken:
            attempt(self, job)
        return len(taken)

    def note_try(self, job: Job, outcome: str, seconds: float) -> None:
        """Tell who counts."""
        if self._commands.watcher is not None:
            self._commands.watcher.job(job.kind, outcome, seconds)

    def fire_due_or_wait(self, case_id: str) -> None:
        """Fire the due timers of a case, or let the worker that is at it finish."""
        if not self.fire_due_of_case(case_id):
            time.sleep(_A_MOMENT)

    def executor(self, pace: Pace) -> Executor:
        """A worker for this engine; run it in a thread or a process of its own."""
        holder = f"{process_id()}-{threading.get_ident()}"
        return Executor(self, holder, pace, Bell(self._commands.database))

    def take_jobs(self, holder: str, limit: int, lease: timedelta) -> list[Job]:
        """Lease due jobs; looks before it locks, so that idle workers cost nothing."""
        environment = self._environment
        with self._commands.database.look() as tx:
            if not stored_jobs.any_due(tx, environment.now(), environment.real_now()):
                return []
        return self._commands.execute(
            lambda tx: stored_jobs.take(
                tx,
                holder,
                environment.now(),
                environment.real_now(),
                environment.real_now() + lease,
                limit,
            )
        )

    def renew_jobs(self, jobs: list[Job], lease: timedelta) -> list[Job]:
        """The heartbeat: lengthen leases; the jobs that nobody has taken over."""
        until = self._environment.real_now() + lease
        held = [(job.id, job.fence) for job in jobs]
        renewed = self._commands.execute(lambda tx: stored_jobs.renew(tx, held, until))
        return [job for job in jobs if job.id in renewed]

    def do_job(self, job: Job) -> bool:
        """Do one job and its consequences in one transaction; False when an element failed."""
        return self._commands.execute(lambda tx: timers.run_job(self._environment, tx, job))

    def postpone_job(self, job: Job, wait: timedelta, error: str, *, counts: bool) -> None:
        """Let a failed try wait; one that does not count is not one of the three."""
        until = self._environment.real_now() + wait
        self._commands.execute(
            lambda tx: stored_jobs.put_back(tx, job.id, job.fence, until, error, counts=counts)
        )

    def give_up_job(self, job: Job, error: str) -> None:
        """Make it an incident."""
        self._commands.execute(lambda tx: timers.become_incident(self._environment, tx, job, error))

    def send_alerts(self) -> int:
        """Remind, mark overdue, escalate what is due; first let the directory follow the day."""
        self._follow_day()
        self._begin_timed()
        with self._commands.database.look() as tx:
            if not stored_tasks.due_alerts(tx, self._environment.now(), 1):
                return 0
        return self._commands.execute(lambda tx: alerts.send_due(self._environment, tx))

    def _follow_day(self) -> None:
        today = self._environment.today()
        if today != self._followed_on:
            with self._commands.database.look() as tx:
                done = units.is_followed(self._environment, tx)
            if not done:
                self._commands.execute(lambda tx: units.follow_day(self._environment, tx))
            self._followed_on = today

    def _begin_timed(self) -> None:
        """Once a day, begin the cases whose day has come; what fails is tried again the next."""
        environment = self._environment
        today = environment.today()
        if today == self._begun_on:
            return
        for one in self._commands.ask(lambda tx: timed_starts.due(environment, tx)):
            self._begin(one)
        self._begun_on = today

    def _begin(self, one: Due) -> None:
        commands, environment = self._commands, self._environment
        try:
            commands.prepare_and_execute(
                lambda tx: timed_starts.prepare(environment, tx, one, commands.take_numbers),
                lambda tx, ready: timed_starts.begin(environment, tx, one, ready),
                SYSTEM,
                None,
            )
        except Busy:
            raise  # the database does not answer: looked at again in a moment
        except BangfuError as wrong:
            log.warning("%s could not be begun: %s", one, wrong.message)
        except Exception:
            # What is wrong with one unit's case keeps neither the others nor the worker.
            log.exception("%s could not be begun", one)

    def seal(self) -> bool:
        """Number a batch of what is new in the audit chain; whether more may wait."""
        return self._audit.seal() >= trail.BATCH

    def add_up(self) -> None:
        """Add the changes of what waits to its numbers; looks before it writes."""
        database = self._commands.database
        with database.look() as tx:
            if not waiting.any_noted(tx):
                return
        self._commands.execute(waiting.add_up)
        with database.look() as tx:
            waiting.tidy(tx)

    def sweep(self) -> None:
        """Forget old sessions, answers and unlinked files."""
        environment = self._environment
        real_now = environment.real_now()

        def forget(tx: Tx) -> None:
            stored_accounts.forget_old(tx, real_now - timedelta(days=2))
            stored_receipts.forget_old(tx, real_now)
            untouched_since = environment.now() - timedelta(days=start_drafts.KEPT_DAYS)
            stored_start_drafts.forget_old(tx, untouched_since)
            stored_tasks.forget_given_up(tx, untouched_since)
            stored_answers.forget(tx, real_now - timedelta(days=7))
            files.sweep(tx, real_now)
            stored_errands.forget_before(tx, real_now - KEPT)
            phone_uploads.sweep(environment, tx)
            deliveries.forget_old(environment, tx)
            waiting.forget(tx)

        self._commands.execute(forget)
        for path in self._commands.ask(lambda tx: files.strays(environment, tx, _GRACE)):
            path.unlink(missing_ok=True)

    def real_now(self) -> datetime:
        """The machine's time."""
        return self._environment.real_now()
