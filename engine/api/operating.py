"""What who runs the installation looks after: jobs that failed or are late, and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.api.commands import Commands, Group
from engine.api.jobs import Jobs
from engine.errors import Busy, Conflict, NotFound
from engine.model.actors import Actor
from engine.store import figures as stored_figures
from engine.work import troubles


@dataclass(frozen=True)
class Retried:
    """How many are being tried again, were not failed any more, and were not come to."""

    done: int
    skipped: int
    left: int


class Operating(Group):
    """Jobs, incidents and numbers of the whole installation."""

    def __init__(self, commands: Commands, jobs: Jobs) -> None:
        super().__init__(commands)
        self._jobs = jobs

    def figures(self) -> stored_figures.Figures:
        """The numbers of this moment; no persons, no cases, no content."""
        now = self._environment.now()
        return self._commands.ask(lambda tx: stored_figures.figures(tx, now))

    def troubles(self, actor: Actor, asked: troubles.Question) -> troubles.Troubles:
        """What failed or is late where the actor administers, what hurts most first.

        NotPermitted for who administers nothing; NotFound for a cause that is no more.
        """
        return self._commands.ask(lambda tx: troubles.troubles(self._environment, tx, actor, asked))

    def to_retry(self, actor: Actor, chosen: Sequence[int], cause: str = "") -> Sequence[int]:
        """Which failed jobs ``retry`` would take, to be confirmed."""
        return self._commands.ask(lambda tx: troubles.to_retry(tx, actor, chosen, cause))

    def retry(self, actor: Actor, chosen: Sequence[int], cause: str = "") -> Retried:
        """Try these again, or all of a cause, at most 500; each is a command of its own.

        What somebody else has retried meanwhile is left out and counted; so is what is left when
        the database is too busy, for what was done before stays done.
        """
        done = skipped = 0
        jobs = self.to_retry(actor, chosen, cause)
        for job_id in jobs:
            try:
                self._jobs.retry(actor, job_id)
                done += 1
            except (Conflict, NotFound):
                skipped += 1
            except Busy:
                break
        return Retried(done, skipped, len(jobs) - done - skipped)
