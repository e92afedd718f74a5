"""Steps people do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from engine.api.commands import TRIES_ON_COLLISION, Commands, Group
from engine.api.compartments import note_look
from engine.api.jobs import Jobs
from engine.errors import (
    Busy,
    NotFound,
    Refused,
)
from engine.model.actors import Actor
from engine.model.once import Once
from engine.model.tasks import InboxFilter, InboxPage, Task, TaskLine
from engine.store import task_lists
from engine.store import tasks as stored_tasks
from engine.store.database import Tx
from engine.store.task_lists import TaskQuestion
from engine.work import (
    claim,
    complete,
    delays,
    drafts,
    inbox,
    papers,
    printing,
    together,
    whole_pages,
)
from engine.work import view as viewing
from engine.work.complete import Completed
from engine.work.newest import Newest
from engine.work.offers import Offers, offers
from engine.work.opened import TimerDue


class Tasks(Group):
    """Steps people do."""

    def __init__(self, commands: Commands, jobs: Jobs) -> None:
        super().__init__(commands)
        self._jobs = jobs

    def inbox(self, actor: Actor, narrowed: InboxFilter) -> InboxPage:
        """A page of the actor's open steps with exact counts."""
        environment = self._environment
        return self._commands.ask(
            lambda tx: inbox.inbox(
                environment, tx, actor, narrowed, environment.newest_versions(tx)
            )
        )

    def inbox_with_offers(self, actor: Actor, narrowed: InboxFilter) -> tuple[InboxPage, Offers]:
        """The same with what stands beside it, from one view."""
        environment = self._environment

        def question(tx: Tx) -> tuple[InboxPage, Offers]:
            newest = environment.newest_versions(tx)
            return (
                inbox.inbox(environment, tx, actor, narrowed, newest),
                offers(environment, tx, actor, newest),
            )

        return self._commands.ask(question)

    def newest(self) -> Newest:
        """What the newest versions of the processes say: names, steps done together."""
        return self._commands.ask(self._environment.newest_versions)

    def next_after(self, actor: Actor, narrowed: InboxFilter, done: str) -> str | None:
        """The step to open after one was finished."""
        return self._commands.ask(
            lambda tx: inbox.next_after(self._environment, tx, actor, narrowed, done)
        )

    def view(self, actor: Actor, task_id: str) -> viewing.TaskView:
        """The page of a step; its ``context`` may be used as long as the page is drawn."""
        seen = self._commands.ask(
            lambda tx: viewing.task_view(self._environment, tx, actor, task_id)
        )
        note_look(self._commands, actor, seen.case.id, seen.reads_kept)
        return self._with_context(seen)

    def page(self, actor: Actor, task_id: str) -> whole_pages.TaskPage:
        """The same with what came in of the case and what comes next."""
        seen = self._commands.ask(
            lambda tx: whole_pages.task_page(self._environment, tx, actor, task_id)
        )
        note_look(self._commands, actor, seen.view.case.id, seen.view.reads_kept)
        return replace(seen, view=self._with_context(seen.view))

    def _with_context(self, seen: viewing.TaskView) -> viewing.TaskView:
        """Expressions of the page are evaluated after the transaction it was read in."""
        context = self._environment.feel_asking(
            self._commands.ask, seen.case.organisation_id, self._environment.now()
        )
        return replace(seen, context=context)

    def together(self, actor: Actor, task_ids: Sequence[str]) -> together.Together:
        """Several cases at one step, to decide together; Invalid where that is not allowed."""
        found = self._commands.ask(
            lambda tx: together.together(self._environment, tx, actor, task_ids)
        )
        context = self._environment.feel_asking(
            self._commands.ask, found.organisation_id, self._environment.now()
        )
        return replace(found, context=context)

    def printed(self, actor: Actor, task_id: str, document_id: str) -> printing.Printed:
        """A paper of the step with whole numbers; NotFound for one it does not have."""
        return self._commands.ask(
            lambda tx: printing.printed(self._environment, tx, actor, task_id, document_id)
        )

    def list(self, actor: Actor, question: TaskQuestion) -> Sequence[TaskLine]:
        """Steps of the cases the actor may see; one more than asked."""
        with self._commands.database.look() as tx:  # one statement: nothing to hold together
            return task_lists.lines(tx, actor, question)

    def unstaffed(self, actor: Actor, limit: int = 500) -> Sequence[tuple[TaskLine, str]]:
        """So many of the open steps nobody can do (无人办理), what is due first."""
        return self._commands.ask(
            lambda tx: task_lists.unstaffed(tx, actor, self._environment.today(), limit)
        )

    def must_see(self, actor: Actor, task_id: str) -> None:
        """NotFound for a step the actor may not see: said before anything else of a request."""

        def question(tx: Tx) -> None:
            if stored_tasks.load_visible(tx, actor, task_id) is None:
                raise NotFound

        self._commands.ask(question)

    def must_be_completable(
        self, actor: Actor, task_id: str, if_match: int | None, once: Once[Completed] | None
    ) -> None:
        """What is said before a request's content: not found, answered before, not open, stale."""
        try:
            self._commands.ask(lambda tx: complete.prepare_state(tx, actor, task_id, if_match))
        except NotFound:
            raise
        except Refused:
            self._commands.replay(actor, once)
            raise
        self._commands.replay(actor, once)

    def claim(self, actor: Actor, task_id: str) -> Task:
        """Take a step; of two at once exactly one succeeds."""
        return self._commands.execute(lambda tx: claim.claim(self._environment, tx, actor, task_id))

    def release(self, actor: Actor, task_id: str) -> Task:
        """Put a step back."""
        return self._commands.execute(
            lambda tx: claim.release(self._environment, tx, actor, task_id)
        )

    def pass_on(self, actor: Actor, task_id: str, person_id: str, reason: str) -> Task:
        """Give a step to a colleague, with a reason."""
        return self._commands.execute(
            lambda tx: claim.pass_on(self._environment, tx, actor, task_id, person_id, reason)
        )

    def say_why_late(self, actor: Actor, task_id: str, reason: str, note: str) -> None:
        """Keep why an open step is past its limit; the limit does not move."""
        self._commands.execute(
            lambda tx: delays.say_why(self._environment, tx, actor, task_id, reason, note)
        )

    def tick_paper(self, actor: Actor, task_id: str, file_id: str, *, checked: bool) -> None:
        """Tick a paper of the case off as checked in this step, or take the tick back."""
        self._commands.execute(
            lambda tx: papers.tick_paper(
                self._environment, tx, actor, task_id, file_id, checked=checked
            )
        )

    def save_draft(self, actor: Actor, task_id: str, data: Mapping[str, object]) -> datetime:
        """Keep a half-filled form."""
        return self._commands.execute(
            lambda tx: drafts.save_draft(self._environment, tx, actor, task_id, data)
        )

    def complete(
        self,
        actor: Actor,
        task_id: str,
        data: Mapping[str, object],
        if_match: int | None = None,
        once: Once[Completed] | None = None,
    ) -> Completed:
        """Finish a step: exactly one completion per step, durable when this returns."""
        for _ in range(TRIES_ON_COLLISION):
            try:
                return self._commands.prepare_and_execute(
                    lambda tx: complete.prepare(
                        self._environment, tx, actor, task_id, data, if_match
                    ),
                    lambda tx, ready: complete.finish(self._environment, tx, actor, ready),
                    actor,
                    once,
                )
            except TimerDue as due:
                # The limit was over before the person finished: that comes first.
                self._jobs.fire_due_or_wait(due.case_id)
        raise Busy("这一件正在自动处理到期事项,内容没有提交,请稍后再试。您填写的内容仍在页面上。")
