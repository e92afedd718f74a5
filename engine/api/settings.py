"""Dated parameters and the calendar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from engine.api.commands import Group
from engine.errors import (
    NotPermitted,
)
from engine.model.actors import Actor
from engine.store import audit as stored_audit
from engine.store import settings as stored_settings
from engine.store.database import Tx
from engine.store.settings import Parameter
from engine.work import (
    organise,
    reckoning,
)


class Settings(Group):
    """Dated parameters and the calendar."""

    def parameters(self) -> Sequence[Parameter]:
        """Every dated value."""
        return self._commands.ask(stored_settings.parameters)

    def add_parameters(self, actor: Actor, new: Sequence[Parameter]) -> None:
        """Add dated values."""
        if not (actor.is_system or actor.holds(organise.ADMIN)):
            raise NotPermitted("只有系统管理员可以修改业务参数,未保存。")

        def command(tx: Tx) -> None:
            stored_settings.add_parameters(tx, new)
            names = ", ".join(sorted({p.name for p in new}))
            stored_audit.add_access(
                tx, self._environment.now(), actor.person_id, "parameters-changed", names[:120]
            )

        self._commands.execute(command)

    def import_calendar(self, actor: Actor, days: Mapping[date, bool]) -> None:
        """Take over the yearly notice of the State Council, and reckon what it moves.

        May be said again: limits that are right already stay as they are.
        """
        if not (actor.is_system or actor.holds(organise.ADMIN)):
            raise NotPermitted("只有系统管理员可以导入节假日安排,未保存。")
        self._commands.execute(lambda tx: stored_settings.put_calendar_days(tx, days.items()))
        self._environment.calendars.forget()
        if not days:
            return
        first_day = date(min(days).year, 1, 1)
        done: str | None = ""
        while done is not None:
            done = self._reckon_after(actor, first_day, done)

    def _reckon_after(self, actor: Actor, first_day: date, after: str) -> str | None:
        return self._commands.execute(
            lambda tx: reckoning.reckon_again(self._environment, tx, actor, first_day, after)
        )
