"""Figures for everybody to read."""

from __future__ import annotations

from collections.abc import Sequence

from engine.api.commands import Group
from engine.model.actors import Actor
from engine.store import published_figures
from engine.work import publishing
from engine.work.publishing import Subject, YearFigures


class Figures(Group):
    """Figures for everybody to read."""

    def years(self) -> Sequence[int]:
        """The years that are public, the newest first."""
        return self._commands.ask(published_figures.years_to_read)

    def to_read(self, year: int) -> YearFigures:
        """A year as it was published. NotFound for one that is not public."""
        return self._commands.ask(lambda tx: publishing.to_read(tx, year))

    def to_look_after(self, subjects: Sequence[Subject], year: int) -> YearFigures:
        """A year as it was published, else as it would be. Raises Invalid."""
        return self._commands.ask(
            lambda tx: publishing.to_look_after(self._environment, tx, subjects, year)
        )

    def publish(
        self, actor: Actor, roles: frozenset[str], subjects: Sequence[Subject], year: int
    ) -> None:
        """Make a year public, by who holds one of the roles."""
        self._commands.execute(
            lambda tx: publishing.publish(self._environment, tx, actor, roles, subjects, year)
        )

    def withdraw(self, actor: Actor, roles: frozenset[str], year: int, reason: str) -> None:
        """Take it back, with a reason."""
        self._commands.execute(
            lambda tx: publishing.withdraw(self._environment, tx, actor, roles, year, reason)
        )

    def show_again(self, actor: Actor, roles: frozenset[str], year: int) -> None:
        """Make what was taken back public again, as it was."""
        self._commands.execute(
            lambda tx: publishing.show_again(self._environment, tx, actor, roles, year)
        )
