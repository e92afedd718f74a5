"""What who runs the installation looks after: numbers for machines."""

from __future__ import annotations

from engine.api.commands import Commands, Group
from engine.api.jobs import Jobs
from engine.store import figures as stored_figures


class Operating(Group):
    """Jobs, incidents and numbers of the whole installation."""

    def __init__(self, commands: Commands, jobs: Jobs) -> None:
        super().__init__(commands)
        self._jobs = jobs

    def figures(self) -> stored_figures.Figures:
        """The numbers of this moment; no persons, no cases, no content."""
        now = self._environment.now()
        return self._commands.ask(lambda tx: stored_figures.figures(tx, now))
