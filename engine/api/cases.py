"""Cases from start to end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from engine.api.commands import Group
from engine.api.compartments import note_look
from engine.errors import NotFound
from engine.feel import EvaluationContext
from engine.model.actors import Actor
from engine.model.cases import CaseLine, HistoryEntry
from engine.model.once import Once
from engine.model.same_person import SameCase
from engine.model.tasks import TaskLine
from engine.store import cases as stored_cases
from engine.store import start_drafts as stored_start_drafts
from engine.store import task_lists
from engine.store.cases import CaseQuestion
from engine.store.database import Tx
from engine.work import (
    cancel,
    printing,
    same_person,
    start,
    start_drafts,
    whole_pages,
)
from engine.work import view as viewing
from engine.work.attributes import normal
from engine.work.start import Started
from engine.work.start_drafts import StartDraft


class Cases(Group):
    """Cases from start to end."""

    def given(self, actor: Actor, request: start.Request) -> Mapping[str, object]:
        """What the start form may say beside its answers: what the case is to be about."""
        return self._commands.ask(lambda tx: start.given(self._environment, tx, actor, request))

    def start(
        self,
        actor: Actor,
        request: start.Request,
        once: Once[Started] | None = None,
        also: Callable[[Tx, Started], None] | None = None,
    ) -> Started:
        """Start a case. ``also`` writes what belongs to it, in the same transaction."""

        def begin(tx: Tx, ready: start.PreparedStart) -> Started:
            started = start.begin(self._environment, tx, actor, ready)
            if also is not None:
                also(tx, started)
            return started

        return self._commands.prepare_and_execute(
            lambda tx: start.prepare(
                self._environment, tx, actor, request, self._commands.take_numbers
            ),
            begin,
            actor,
            once,
        )

    def surroundings(self, organisation_id: str) -> EvaluationContext:
        """What expressions of a start form may ask: there is a unit, but no case yet."""
        environment = self._environment
        return environment.feel_asking(self._commands.ask, organisation_id, environment.now())

    def must_see(self, actor: Actor, case_id: str) -> None:
        """NotFound for a case the actor may not see."""

        def question(tx: Tx) -> None:
            if not stored_cases.is_visible(tx, actor, case_id):
                raise NotFound

        self._commands.ask(question)

    def save_start_draft(
        self, actor: Actor, process_key: str, organisation_id: str, data: Mapping[str, object]
    ) -> datetime:
        """Keep a half-filled start form; when it was kept."""
        place = (process_key, organisation_id)
        return self._commands.execute(
            lambda tx: start_drafts.save(self._environment, tx, actor, place, data)
        )

    def start_draft(
        self, actor: Actor, process_key: str, organisation_id: str
    ) -> StartDraft | None:
        """Her half-filled start form of a process for a unit."""
        place = (process_key, organisation_id)
        return self._commands.ask(lambda tx: start_drafts.find(self._environment, tx, actor, place))

    def start_drafts(self, actor: Actor) -> Sequence[StartDraft]:
        """All half-filled start forms of hers, the newest first."""
        return self._commands.ask(lambda tx: start_drafts.of_person(self._environment, tx, actor))

    def drop_start_draft(self, actor: Actor, process_key: str, organisation_id: str) -> None:
        """Forget one: it became a case, or she does not want it."""
        place = (process_key, organisation_id)
        self._commands.execute(lambda tx: stored_start_drafts.drop(tx, actor.person_id, place))

    def view(self, actor: Actor, case_id: str) -> viewing.CaseView:
        """The page of a case."""
        seen = self._commands.ask(
            lambda tx: whole_pages.case_alone(self._environment, tx, actor, case_id)
        )
        note_look(self._commands, actor, case_id, seen.reads_kept)
        return seen

    def page(self, actor: Actor, case_id: str, most_history: int = 0) -> whole_pages.CasePage:
        """The same with its receipts, what it waits for, what came in and what comes next.

        ``most_history``: how many rows of its history come with it, oldest first.
        """
        seen = self._commands.ask(
            lambda tx: whole_pages.case_page(self._environment, tx, actor, case_id, most_history)
        )
        note_look(self._commands, actor, case_id, seen.view.reads_kept)
        return seen

    def open_steps(self, actor: Actor, case_id: str) -> Sequence[TaskLine]:
        """Where a case stands now; none where the actor may not see it (any more)."""

        def question(tx: Tx) -> Sequence[TaskLine]:
            if not stored_cases.is_visible(tx, actor, case_id):
                return ()
            return task_lists.open_of_case(tx, case_id)

        return self._commands.ask(question)

    def papers(self, actor: Actor, case_id: str) -> Sequence[printing.PaperStep]:
        """What can be printed of a case, by step."""
        return self._commands.ask(
            lambda tx: printing.paper_steps(self._environment, tx, actor, case_id)
        )

    def list(self, actor: Actor, question: CaseQuestion) -> Sequence[CaseLine]:
        """Cases the actor may see, newest first; one more than asked."""
        return self._commands.ask(lambda tx: stored_cases.lines(tx, actor, question))

    def search(self, actor: Actor, text: str, limit: int = 50) -> Sequence[CaseLine]:
        """Cases by number, name, whole id or phone number, or their last four."""
        hashed = self._environment.vault.lookup_hash(normal(text))
        return self.list(actor, CaseQuestion(text=text.strip(), lookup_hash=hashed, limit=limit))

    def of_number(self, actor: Actor, number: str, limit: int = 10) -> Sequence[SameCase]:
        """Cases the actor sees of whom this telephone or identity number finds, newest first."""
        return self._found(
            actor, "", lambda tx: same_person.of_number(self._environment, tx, actor, number, limit)
        )

    def must_be_cancellable(self, actor: Actor, case_id: str, if_match: int | None) -> None:
        """What is said before a request's content: not found, not hers, ended, stale."""
        self._commands.ask(
            lambda tx: cancel.cancellable(self._environment, tx, actor, case_id, if_match)
        )

    def same_person(self, actor: Actor, task_id: str) -> Sequence[SameCase]:
        """Earlier cases of the person whom a step's case is about, as the actor may know them."""
        return self._found(
            actor, task_id, lambda tx: same_person.of_step(self._environment, tx, actor, task_id)
        )

    def others_of_person(self, actor: Actor, case_id: str) -> Sequence[SameCase]:
        """The person's other cases, beside a case that is kept close, for who may know her."""
        return self._found(
            actor,
            case_id,
            lambda tx: same_person.of_kept_case(self._environment, tx, actor, case_id),
        )

    def _found(
        self, actor: Actor, target: str, look: Callable[[Tx], Sequence[SameCase]]
    ) -> Sequence[SameCase]:
        """What was found. That she looked is noted, and apart, read by no page, what is kept of it.

        A row that stood there only when something kept is found would say that it is.
        """
        found = self._commands.ask(look)
        if not actor.is_system:
            kept = (one.line.id for one in found if one.is_kept)
            self._commands.note_access(
                actor, "earlier-cases", target, " ".join((str(len(found)), *kept))
            )
        return found

    def cancel(self, actor: Actor, case_id: str, reason: str, if_match: int | None = None) -> int:
        """End a case opened by mistake; the new revision."""
        return self._commands.execute(
            lambda tx: cancel.cancel(self._environment, tx, actor, case_id, reason, if_match)
        )

    def history(
        self, actor: Actor, case_id: str, after: int = 0, limit: int = 200
    ) -> Sequence[HistoryEntry]:
        """What happened, oldest first, personal fields masked; one more than asked."""
        seen = self._commands.ask(
            lambda tx: viewing.history(self._environment, tx, actor, case_id, after, limit)
        )
        note_look(self._commands, actor, case_id, seen.reads_kept)
        return seen.entries

    def diagrams(self, actor: Actor, case_id: str) -> Sequence[viewing.DiagramView]:
        """The diagrams with path and tokens."""
        return self._commands.ask(
            lambda tx: viewing.diagrams(self._environment, tx, actor, case_id)
        )
