"""Dated parameters and the calendar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from engine.api.commands import Commands, Group
from engine.api.messages import Messages
from engine.definitions.asked import Asker
from engine.errors import (
    NotPermitted,
)
from engine.model.actors import Actor
from engine.model.holiday_notice import Notice
from engine.model.parameters import ParameterRule
from engine.store import audit as stored_audit
from engine.store import reckoning as stored_reckoning
from engine.store import settings as stored_settings
from engine.store.database import Tx
from engine.store.settings import Parameter
from engine.work import (
    organise,
    parameters,
    reckoning,
)
from engine.work.federation_settings import Setting
from engine.work.parameters import NewValue, Touched
from engine.work.reckoning import Reckoned

CALENDAR_IMPORTED = "calendar_imported"
CALENDAR = {"calendar": "calendar"}
"""The message of an imported calendar and its key: ``="calendar"`` in a process file."""


class Settings(Group):
    """Dated parameters and the calendar."""

    def __init__(self, commands: Commands, messages: Messages) -> None:
        super().__init__(commands)
        self._messages = messages

    def parameters(self) -> Sequence[Parameter]:
        """Every dated value."""
        return self._commands.ask(stored_settings.parameters)

    def add_parameters(self, actor: Actor, new: Sequence[Parameter]) -> None:
        """Add dated values as they are, for an installation that is being set up."""

        def command(tx: Tx) -> None:
            if not (actor.is_system or organise.administers_all(tx, actor)):
                raise NotPermitted("只有市总工会的系统管理员可以成批写入业务参数,未保存。")
            stored_settings.add_parameters(tx, new)
            self._environment.asked.forget(tx)
            names = ", ".join(sorted({p.name for p in new}))
            stored_audit.add_access(
                tx, self._environment.now(), actor.person_id, "parameters-changed", names[:120]
            )

        self._commands.execute(command)

    @property
    def rules(self) -> Mapping[str, ParameterRule]:
        """What is known of each parameter, by name."""
        return self._environment.parameters

    def history(self, name: str) -> Sequence[Parameter]:
        """Every value a parameter had, has or will have, the oldest first."""
        return self._commands.ask(lambda tx: stored_settings.parameters(tx, name))

    def value(self, name: str, organisation_id: str, day: date) -> Parameter | None:
        """What holds for an organisation on a day."""
        kind = self._environment.climbed_for(name)
        return self._commands.ask(
            lambda tx: stored_settings.parameter_value(tx, name, organisation_id, day, kind)
        )

    def read(self, setting: Setting, organisation_id: str = "") -> object:
        """What a setting that code reads is today."""
        return self._commands.ask(lambda tx: setting.of(self._environment, tx, organisation_id))

    def asked_by(self) -> Mapping[str, Sequence[Asker]]:
        """Which processes, and which of their decisions, forms and papers, ask for each."""
        return self._commands.ask(lambda tx: parameters.asked_by(self._environment, tx))

    def may_set(
        self, actor: Actor, name: str, places: Sequence[str | None]
    ) -> Sequence[str | None]:
        """For which of these places the actor may set a parameter; None is everywhere."""
        rule = parameters.rule_of(self._environment, name)
        return self._commands.ask(lambda tx: parameters.where_may_set(tx, actor, rule, places))

    def touched(self, name: str, organisation_id: str | None) -> Touched:
        """Running cases and open steps that hang on a parameter."""
        return self._commands.ask(
            lambda tx: parameters.touched(self._environment, tx, name, organisation_id)
        )

    def check_value(self, actor: Actor, new: NewValue) -> None:
        """Raise what setting it would raise; changes nothing."""
        self._commands.ask(lambda tx: parameters.check(self._environment, tx, actor, new))

    def set_value(self, actor: Actor, new: NewValue) -> int:
        """Add a dated value; how many limits of running cases changed.

        That is 0 unless the value says that it is for running cases too.
        """
        self._commands.execute(lambda tx: parameters.set_value(self._environment, tx, actor, new))
        changed, after = 0, "" if new.to_running else None
        while after is not None:
            after, more = self._tell_running(actor, new, after)
            changed += more
        return changed

    def _tell_running(self, actor: Actor, new: NewValue, after: str) -> tuple[str | None, int]:
        return self._commands.execute(
            lambda tx: parameters.tell_running(self._environment, tx, actor, new, after)
        )

    def import_notice(self, actor: Actor, notice: Notice) -> Reckoned:
        """Take over a year's notice as it was read; what that moved."""
        days = self._commands.ask(lambda tx: reckoning.days_with_neighbours(tx, notice))
        return self.import_calendar(actor, days)

    def provisional_steps(self) -> Mapping[int, int]:
        """How many open steps lean on a year without a calendar, by the year they are due in."""
        return self._commands.ask(stored_reckoning.provisional_steps)

    def import_calendar(self, actor: Actor, days: Mapping[date, bool]) -> Reckoned:
        """Take over the yearly notice of the State Council, and reckon what it moves.

        Cases that wait for the message ``calendar_imported`` are told, so that they can reckon
        their own dates again. May be said again: limits that are right already stay as they are.
        """

        def command(tx: Tx) -> None:
            if not (actor.is_system or organise.administers_all(tx, actor)):
                raise NotPermitted("只有市总工会的系统管理员可以导入节假日安排,未保存。")
            stored_settings.put_calendar_days(tx, days.items())
            years = "、".join(sorted({str(day.year) for day in days}))
            now = self._environment.now()
            stored_audit.add_access(tx, now, actor.person_id, "calendar-imported", years[:120])

        self._commands.execute(command)
        with self._commands.database.look() as tx:
            self._environment.calendars.renew(tx)
        total = Reckoned()
        if not days:
            return total
        first_day = date(min(days).year, 1, 1)
        done: str | None = ""
        while done is not None:
            done, moved = self._reckon_after(actor, first_day, done)
            total += moved
        told = {"first_day": first_day.isoformat(), "on": self._environment.today().isoformat()}
        self._messages.tell_each(actor, CALENDAR_IMPORTED, CALENDAR, told)
        return total

    def _reckon_after(
        self, actor: Actor, first_day: date, after: str
    ) -> tuple[str | None, Reckoned]:
        return self._commands.execute(
            lambda tx: reckoning.reckon_again(self._environment, tx, actor, first_day, after)
        )
