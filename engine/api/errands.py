"""Errands: asked for, watched, done, and what came of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from engine.api.commands import Commands, Group
from engine.errors import LeaseLost, NotFound
from engine.jobs.errands import ErrandRunner
from engine.jobs.executor import Pace
from engine.model.actors import SYSTEM, Actor
from engine.model.cases import StoredFile
from engine.model.errands import Errand, ErrandStatus, Outcome, Say
from engine.model.ids import new_id
from engine.store import directory as stored_directory
from engine.store import errands as stored_errands
from engine.store import files as stored_files
from engine.store.bell import Bell
from engine.store.database import Tx, process_id
from engine.work import files

Handler = Callable[[Actor, Errand, Say], tuple[Outcome, Callable[[Tx], None]] | None]
"""Does an errand for who asked for it.

What it answers with is kept with the errand's end, in one transaction with what it wants written.
"""

_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Errands(Group):
    """Work somebody asked for and waits for."""

    def __init__(self, commands: Commands) -> None:
        super().__init__(commands)
        self._handlers: dict[str, Handler] = {}
        self._going_on: set[str] = set()

    def teach(self, kind: str, handler: Handler, *, goes_on: bool = False) -> None:
        """Who opens the engine says how each kind is done; others are left to other processes.

        ``goes_on``: who does it after a crash goes on where the last one said that it was, and
        begins nothing again. Then no number of crashes ends it while each try comes further.
        """
        self._handlers[kind] = handler
        if goes_on:
            self._going_on.add(kind)

    # Asking --------------------------------------------------------------------------------

    def ask_for(
        self,
        actor: Actor,
        kind: str,
        subject: str,
        wanted: Mapping[str, object] | None = None,
        total: int = 0,
    ) -> str:
        """Ask for one; its id. What is under way about the same subject is not asked for twice."""
        new = Errand(new_id(), kind, actor.person_id, subject, wanted or {}, total=total)
        return self._commands.execute(lambda tx: self.add(tx, new))

    def add(self, tx: Tx, new: Errand) -> str:
        """The same inside a command that writes more."""
        vault = self._environment.vault
        before = stored_errands.newest_about(tx, vault, new.kind, new.subject)
        if before is not None and before.is_open:
            return before.id
        stored_errands.add(tx, vault, new, self._environment.real_now())
        return new.id

    def of(self, actor: Actor, errand_id: str) -> Errand:
        """Where an errand of the actor's stands; NotFound for another's."""
        found = self._commands.ask(
            lambda tx: stored_errands.load(tx, self._environment.vault, errand_id)
        )
        if found is None or found.by_id != actor.person_id:
            raise NotFound("没有找到这项任务。")
        return found

    def about(self, kind: str, subject: str) -> Errand | None:
        """The last errand about something."""
        return self._commands.ask(
            lambda tx: stored_errands.newest_about(tx, self._environment.vault, kind, subject)
        )

    def recent(self, actor: Actor, kind: str, limit: int) -> Sequence[tuple[Errand, bool]]:
        """Her own of a kind, newest first; with each whether its file is still there."""

        def read(tx: Tx) -> list[tuple[Errand, bool]]:
            found = stored_errands.of_person(
                tx, self._environment.vault, actor.person_id, kind, limit
            )
            there = self._there(tx, found)
            return [(one, one.file_id in there) for one in found]

        return self._commands.ask(read)

    def has_file(self, errand: Errand) -> bool:
        """Whether what came of it can be fetched."""
        return bool(self._commands.ask(lambda tx: self._there(tx, [errand])))

    def file(self, actor: Actor, errand_id: str) -> tuple[str, bytes]:
        """Name and content of what came of it, for who asked, within a day."""
        errand = self.of(actor, errand_id)
        found = self._commands.ask(lambda tx: self._there(tx, [errand])).get(errand.file_id or "")
        if found is None:
            raise NotFound("文件只保留 24 小时,已经删除。如仍需要,请重新导出。")
        return found.name, files.content_of(self._environment, found)

    def _there(self, tx: Tx, errands: Sequence[Errand]) -> Mapping[str, StoredFile]:
        """The files of errands that have not gone yet, by id."""
        since = self._environment.real_now() - files.STAGED_FOR
        found = stored_files.by_ids(tx, [one.file_id for one in errands if one.file_id])
        return {i: one for i, one in found.items() if one.staged_at >= since}

    # Doing ---------------------------------------------------------------------------------

    def runner(self, pace: Pace) -> ErrandRunner:
        """Does errands for this engine; run it in a thread or a process of its own."""
        holder = f"{process_id()}-{threading.get_ident()}"
        return ErrandRunner(self, holder, pace, Bell(self._commands.database))

    def take(self, holder: str, lease: timedelta) -> Errand | None:
        """Lease one that waits; looks before it locks."""
        kinds, now = sorted(self._handlers), self._environment.real_now()
        with self._commands.database.look() as tx:
            if not kinds or not stored_errands.any_to_take(tx, kinds, now):
                return None
        return self._commands.execute(
            lambda tx: stored_errands.take(
                tx, self._environment.vault, kinds, holder, now, now + lease
            )
        )

    def do(self, errand: Errand, say: Say) -> None:
        """Do it for who asked, with the rights she has now, and end it."""
        actor = self._asker(errand)
        if actor is None:
            raise NotFound("账号已停用,没有办理。")
        made = self._handlers[errand.kind](actor, errand, say)
        kept = None if made is None else self._kept(errand, made[0])

        def end(tx: Tx) -> None:
            now = self._environment.real_now()
            file_id = kept.id if kept is not None else None
            if not stored_errands.end(tx, errand, ErrandStatus.DONE, "", file_id, now):
                raise LeaseLost(errand.id)
            if kept is not None and made is not None:
                stored_files.add(tx, kept)
                made[1](tx)

        self._commands.execute(end)

    def _asker(self, errand: Errand) -> Actor | None:
        if errand.by_id == SYSTEM.person_id:
            return SYSTEM
        today = self._environment.today()
        return self._commands.ask(lambda tx: stored_directory.actor(tx, errand.by_id, today))

    def _kept(self, errand: Errand, made: Outcome) -> StoredFile:
        """The content, durable before any row names it; opened through its errand alone."""
        digest = files.keep(self._environment, made.content)
        return StoredFile(
            id=new_id(),
            case_id=None,
            owner=f"errand {errand.id}",
            name=made.name,
            label="",
            type=_WORKBOOK,
            size=len(made.content),
            sha256=digest,
            staged_at=self._environment.real_now(),
            linked_at=None,
        )

    def say(self, errand: Errand, done: int, total: int, lease: timedelta) -> bool:
        """How far it is; False when another has taken it over."""
        until = self._environment.real_now() + lease
        further = self.comes_further(errand, done)
        return self._commands.execute(
            lambda tx: stored_errands.say(tx, errand, done, total, until, comes_further=further)
        )

    def comes_further(self, errand: Errand, done: int) -> bool:
        """Whether a word is past the last one of the holder before, and kept for the next."""
        return errand.kind in self._going_on and done > errand.done

    def put_back(self, errand: Errand, wait: timedelta, told: str, *, counts: bool) -> None:
        """Let it wait for the next try."""
        until = self._environment.real_now() + wait
        self._commands.execute(
            lambda tx: stored_errands.put_back(tx, errand, until, told[:300], counts=counts)
        )

    def fail(self, errand: Errand, told: str) -> None:
        """End it with a sentence."""
        now = self._environment.real_now()
        self._commands.execute(
            lambda tx: stored_errands.end(tx, errand, ErrandStatus.FAILED, told[:300], None, now)
        )
