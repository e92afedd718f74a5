"""Receipts for the staff, and what the applicant does with one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from engine.api.commands import TRIES_ON_COLLISION, Commands, Group
from engine.api.jobs import Jobs
from engine.errors import Busy
from engine.model.actors import Actor
from engine.model.cases import StoredFile
from engine.model.once import Once
from engine.model.public_words import OfferedMessage
from engine.store import files as stored_files
from engine.store import receipts as stored_receipts
from engine.store.database import Tx
from engine.work import allowances, complete, drafts, files, guest_additions, guests, receipts
from engine.work.complete import Completed
from engine.work.guest_additions import Addition
from engine.work.opened import TimerDue
from engine.work.receipts import CaseReceipts, Entered, Slip

Result = TypeVar("Result")


class Receipts(Group):
    """Receipts that the staff give out."""

    def of_case(self, actor: Actor, case_id: str) -> CaseReceipts:
        """The receipts of a case."""
        return self._commands.ask(
            lambda tx: receipts.of_case(self._environment, tx, actor, case_id)
        )

    def issue(self, actor: Actor, case_id: str, once: Once[Slip] | None = None) -> Slip:
        """A new code, told this once; the code of before opens nothing any more."""
        return self._commands.prepare_and_execute(
            lambda _tx: None,
            lambda tx, _: receipts.issue(self._environment, tx, actor, case_id),
            actor,
            once,
        )

    def additions(self, actor: Actor, case_id: str) -> Sequence[Addition]:
        """What the applicant has added to a case with its receipt, the newest first."""
        return self._commands.ask(
            lambda tx: guest_additions.of_case(self._environment, tx, actor, case_id)
        )


class Guests(Group):
    """The applicant with her receipt."""

    def __init__(self, commands: Commands, jobs: Jobs) -> None:
        super().__init__(commands)
        self._jobs = jobs

    def enter(self, code: str, proof: str, address: str) -> Entered:
        """A session for the holder of a receipt.

        Raises Invalid for what is no code at all, NotSignedIn in the same words for every other
        mistake, TooManyTries.
        """
        read = receipts.read_code(code)
        entered = self._commands.execute(
            lambda tx: receipts.enter(self._environment, tx, read, proof, address)
        )
        if entered is None:
            raise receipts.wrong()
        return entered

    def guest_for(self, token: str) -> Actor:
        """The guest of a session; NotSignedIn when it is over or its receipt was replaced."""
        with self._commands.database.look() as tx:
            guest, write_seen = receipts.guest_for(self._environment, tx, token)
        if write_seen:
            now = self._environment.real_now()
            self._commands.execute(lambda tx: stored_receipts.seen(tx, token, now))
        return guest

    def leave(self, token: str) -> None:
        """Forget a session."""
        self._commands.execute(lambda tx: stored_receipts.close_session(tx, token))

    def view(self, guest: Actor) -> guests.GuestView:
        """How her case stands."""
        return self._commands.ask(lambda tx: guests.view(self._environment, tx, guest))

    def step(self, guest: Actor, task_id: str) -> guests.GuestStep:
        """One of her steps; its ``context`` may be used as long as the page is drawn."""
        seen = self._commands.ask(
            lambda tx: guests.step_view(self._environment, tx, guest, task_id)
        )
        context = self._environment.feel_asking(
            self._commands.ask, seen.organisation_id, self._environment.now()
        )
        return replace(seen, context=context)

    def save_draft(self, guest: Actor, task_id: str, data: Mapping[str, object]) -> datetime:
        """Keep a half-filled form."""
        return self._commands.execute(
            lambda tx: drafts.save_draft(self._environment, tx, guest, task_id, data)
        )

    def complete(
        self,
        guest: Actor,
        task_id: str,
        data: Mapping[str, object],
        once: Once[Completed] | None = None,
    ) -> Completed:
        """Finish one of her steps: exactly one completion, hers or an officer's."""
        return self._after_timers(
            lambda: self._commands.prepare_and_execute(
                lambda tx: complete.prepare(self._environment, tx, guest, task_id, data, None),
                lambda tx, ready: complete.finish(self._environment, tx, guest, ready),
                guest,
                once,
            )
        )

    def send_message(
        self,
        guest: Actor,
        token: str,
        reason: str,
        once: Once[OfferedMessage] | None = None,
    ) -> OfferedMessage:
        """Send a message her case waits for: withdraw, ask for a review."""

        def act(tx: Tx, _: None) -> OfferedMessage:
            return guests.send_message(self._environment, tx, guest, token, reason)

        return self._after_timers(
            lambda: self._commands.prepare_and_execute(lambda _tx: None, act, guest, once)
        )

    def add(
        self, guest: Actor, words: str, file_ids: Sequence[str], once: Once[None] | None = None
    ) -> None:
        """Add words and papers to her case at any time; who handles it is told."""

        def act(tx: Tx, _: None) -> None:
            guest_additions.add(self._environment, tx, guest, words, file_ids)

        self._commands.prepare_and_execute(lambda _tx: None, act, guest, once)

    def staged(self, guest: Actor, ids: Collection[str]) -> Mapping[str, StoredFile]:
        """Papers she has sent, by id; others are left out."""
        found = self._commands.ask(lambda tx: stored_files.by_ids(tx, ids))
        return {i: one for i, one in found.items() if one.owner == guest.person_id}

    def stage_file(self, guest: Actor, name: str, content: bytes) -> StoredFile:
        """Store a paper for a form she fills in; unlinked it goes after 24 hours."""
        described = files.checked(name, content)
        environment, now = self._environment, self._environment.real_now()

        def count(tx: Tx) -> None:
            allowances.use(environment, tx, guests.PAPERS, guest.person_id)

        self._commands.execute(count)
        digest = files.keep(environment, content)
        return self._commands.execute(
            lambda tx: files.stage(tx, guest.person_id, described, digest, len(content), now)
        )

    def read_file(self, guest: Actor, file_id: str) -> tuple[StoredFile, bytes]:
        """A paper she uploaded herself."""
        return self._commands.ask(
            lambda tx: guests.read_file(self._environment, tx, guest, file_id)
        )

    def _after_timers(self, act: Callable[[], Result]) -> Result:
        for _ in range(TRIES_ON_COLLISION):
            try:
                return act()
            except TimerDue as due:
                self._jobs.fire_due_or_wait(due.case_id)
        raise Busy("这一件正在自动处理到期事项,内容没有提交,请稍后再试。您填写的内容仍在页面上。")
