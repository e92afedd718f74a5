"""What is late."""

from __future__ import annotations

from collections.abc import Sequence

from engine.api.commands import Group
from engine.model.actors import Actor
from engine.model.tasks import TaskLine
from engine.store import audit, task_lists
from engine.store.case_facts import CaseFact, FactQuestion
from engine.store.definitions import DefinitionRow
from engine.store.month_counts import Behind, StepsBehind
from engine.store.profiles import MarkedFilter
from engine.work import (
    due,
    month,
    profiles,
    reminders,
    staffing,
    subjects,
    supervise,
)
from engine.work.kept_numbers import facts_of
from engine.work.staffing import Post, StepsOfPost


class Supervision(Group):
    """What is late."""

    def overdue(self, actor: Actor, narrowed: supervise.OverdueFilter) -> supervise.OverduePage:
        """Overdue steps of the actor's area with their sums, from one view."""
        return self._commands.ask(
            lambda tx: supervise.overdue(self._environment, tx, actor, narrowed)
        )

    def remind(self, actor: Actor, task_ids: Sequence[str], way: str) -> int:
        """Write down that the people of these late steps were reminded; how many steps."""
        return self._commands.execute(
            lambda tx: reminders.remind(self._environment, tx, actor, task_ids, way)
        )

    def marked_steps(self, actor: Actor, asked: MarkedFilter) -> profiles.MarkedSteps:
        """Steps done under a separation profile in the actor's area, the newest first."""
        return self._commands.ask(
            lambda tx: profiles.marked_steps(self._environment, tx, actor, asked)
        )

    def export_marked(self, actor: Actor, asked: MarkedFilter) -> profiles.MarkedSteps:
        """All of them to take away: who took it, and how many rows, is kept.

        Raises Invalid where there are more than the limit; nothing is left out unsaid.
        """
        found = self._commands.ask(
            lambda tx: profiles.marked_to_take_away(self._environment, tx, actor, asked)
        )
        now = self._environment.now()
        self._commands.execute(
            lambda tx: audit.add_access(
                tx,
                now,
                actor.person_id,
                "marked-exported",
                asked.organisation_id or "all",
                str(len(found.rows)),
            )
        )
        return found

    def roles_asked_at(self, level: str) -> Sequence[str]:
        """The roles that steps of the newest processes ask for at a level of organisations."""
        return self._commands.ask(lambda tx: staffing.roles_asked_at(self._environment, tx, level))

    def staffing(self, actor: Actor, below: str = "") -> staffing.Staffing:
        """Roles without a holder in the actor's area, and grants that end soon."""
        return self._commands.ask(lambda tx: staffing.staffing(self._environment, tx, actor, below))

    def steps_of_post(self, actor: Actor, post: Post, page: range) -> StepsOfPost:
        """The open steps of a post that the actor may see; ``page``: which of them, from 0."""
        today = self._environment.today()
        return self._commands.ask(lambda tx: staffing.steps_of_post(tx, actor, post, today, page))

    def month(self, actor: Actor, text: str, below: str) -> month.Month:
        """What a month (2026-11) came to in the actor's area, or below one unit of it."""
        return self._commands.ask(lambda tx: month.month(self._environment, tx, actor, text, below))

    def behind_figure(
        self, actor: Actor, text: str, below: str, narrowed: Behind, limit: int
    ) -> StepsBehind:
        """So many of the steps that one figure of a month counts."""
        return self._commands.ask(
            lambda tx: month.behind(self._environment, tx, actor, text, below, narrowed, limit)
        )

    def due_week(self, actor: Actor, question: due.DueQuestion, limit: int) -> due.DueWeek:
        """What is over or ends this week in the actor's area, and the limits of a question."""
        return self._commands.ask(
            lambda tx: due.due_week(self._environment, tx, actor, question, limit)
        )

    def case_facts(self, actor: Actor, question: FactQuestion) -> Sequence[CaseFact]:
        """What the cases of a process say of themselves, of those the actor may see.

        Whoever looks after kept cases has their numbers compared too. That is noted, whether or
        not there are any.
        """
        compares, found = self._commands.ask(
            lambda tx: facts_of(self._environment, tx, actor, question)
        )
        if compares:
            self._commands.note_access(actor, "kept-numbers-compared", question.process_key)
        return found

    def orders(self, actor: Actor) -> Sequence[subjects.CaseAboutSteps]:
        """The cases about late steps that the actor may see, newest first."""
        return self._commands.ask(
            lambda tx: subjects.cases_about_steps(self._environment, tx, actor)
        )

    def order_processes(self, actor: Actor) -> Sequence[DefinitionRow]:
        """The processes of cases about late steps that the actor may start somewhere."""
        found = self._commands.ask(
            lambda tx: subjects.process_about_late_steps(self._environment, tx)
        )
        return tuple(row for row in found if row.start_role and actor.holds(row.start_role))

    def chosen(self, actor: Actor, task_ids: Sequence[str]) -> Sequence[TaskLine]:
        """Those of these steps that the actor may see."""
        return self._commands.ask(lambda tx: task_lists.of_ids(tx, actor, task_ids))
