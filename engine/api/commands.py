"""How commands and questions run: ONE commit a command, and nowhere else (design.md D2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from engine.api.watching import Watcher, watched
from engine.errors import (
    Busy,
    IdempotencyKeyReused,
    NotFound,
    Refused,
)
from engine.model.actors import Actor
from engine.model.once import Once, Replayed
from engine.store import answers as stored_answers
from engine.store import audit as stored_audit
from engine.store import settings as stored_settings
from engine.store.answers import RememberedAnswer
from engine.store.database import Contended, Database, Tx, UniqueViolation
from engine.store.ready import Collision
from engine.work.environment import Environment
from engine.work.start import counter_of

Result = TypeVar("Result")
Prepared = TypeVar("Prepared")

TRIES_ON_COLLISION = 12


class Commands:
    """A database with its surroundings, and the ways to ask and to do."""

    def __init__(self, database: Database, environment: Environment) -> None:
        self.database = database
        self.environment = environment
        self.watcher: Watcher | None = None

    def watched_by(self, watcher: Watcher) -> None:
        """From now on every command and every try of a job is told to the watcher."""
        self.watcher = watcher

    def ask(self, question: Callable[[Tx], Result]) -> Result:
        """Answer a question from one consistent view."""
        with self.database.read() as tx:
            return question(tx)

    def execute(self, command: Callable[[Tx], Result]) -> Result:
        """Do a command: one transaction, one commit; again from the start on a collision.

        Also the door for the registry's own commands (design.md D18).
        """
        with watched(self.watcher, command):
            return self._execute(command)

    def _execute(self, command: Callable[[Tx], Result]) -> Result:
        for _ in range(TRIES_ON_COLLISION):
            try:
                with self.database.unit_of_work() as work:
                    result = command(work.tx)
                    work.commit()
                    return result
            except (Collision, Contended, UniqueViolation):
                continue
        raise Busy("同时办理的人太多,内容没有提交,请稍后再试。您填写的内容仍在页面上。")

    def take_numbers(self, series: str, how_many: int) -> int:
        """Take running numbers of cases, whatever becomes of who asks; the last before them."""
        return self.execute(
            lambda tx: stored_settings.take_numbers(tx, counter_of(series), how_many)
        )

    def prepare_and_execute(
        self,
        prepare: Callable[[Tx], Prepared],
        act: Callable[[Tx, Prepared], Result],
        actor: Actor,
        once: Once[Result] | None,
    ) -> Result:
        """Check without a lock, then act in one transaction with the remembered answer.

        Raises Replayed when this request was answered before.
        """
        with watched(self.watcher, act):
            return self._prepare_and_execute(prepare, act, actor, once)

    def _prepare_and_execute(
        self,
        prepare: Callable[[Tx], Prepared],
        act: Callable[[Tx, Prepared], Result],
        actor: Actor,
        once: Once[Result] | None,
    ) -> Result:
        try:
            for _ in range(TRIES_ON_COLLISION):
                try:
                    with self.database.look() as tx:
                        prepared = prepare(tx)
                        with self.database.unit_of_work(on=tx) as work:
                            result = act(work.tx, prepared)
                            if once is not None:
                                self._remember(work.tx, actor, once, result)
                            work.commit()
                            return result
                except (Collision, Contended):
                    continue
                except UniqueViolation:
                    self.replay(actor, once)
                    continue
        except NotFound:
            raise
        except Refused:
            self.replay(actor, once)
            raise
        raise Busy("同时办理的人太多,内容没有提交,请稍后再试。您填写的内容仍在页面上。")

    def rehearse(
        self, prepare: Callable[[Tx], Prepared], act: Callable[[Tx, Prepared], Result]
    ) -> Result:
        """What a command would answer: done in a transaction that is never committed."""
        for _ in range(TRIES_ON_COLLISION):
            with self.database.look() as tx:
                prepared = prepare(tx)
            try:
                with self.database.unit_of_work() as work:
                    return act(work.tx, prepared)
            except (Collision, Contended, UniqueViolation):
                continue
        raise Busy("同时部署的人太多,没有检查完,请稍后再试。")

    def _remember(self, tx: Tx, actor: Actor, once: Once[Result], result: Result) -> None:
        sealed = self.environment.vault.seal(once.render(result), "answer")
        stored_answers.remember(
            tx,
            actor.person_id,
            once.operation,
            once.key,
            RememberedAnswer(once.request_hash, sealed),
            self.environment.real_now(),
        )

    def replay(self, actor: Actor, once: Once[Result] | None) -> None:
        """Raise Replayed when this was answered before, IdempotencyKeyReused for another text."""
        if once is None:
            return
        with self.database.look() as tx:
            found = stored_answers.recall(tx, actor.person_id, once.operation, once.key)
        if found is None:
            return
        if found.request_hash != once.request_hash:
            raise IdempotencyKeyReused
        raise Replayed(self.environment.vault.open(found.answer, "answer"))

    def note_access(self, actor: Actor | None, action: str, target: str, detail: str = "") -> None:
        """Write down a read of personal data or a refusal, in a short transaction of its own."""

        def note(tx: Tx) -> None:
            stored_audit.add_access(
                tx,
                self.environment.now(),
                None if actor is None else actor.person_id,
                action,
                target[:120],
                detail[:300],
            )

        self.execute_alone(note)

    def execute_alone(self, write: Callable[[Tx], None]) -> None:
        """Do a command that is one statement.

        To PostgreSQL such a statement is a transaction by itself, as durable as any other when it
        is answered: BEGIN and COMMIT would be two more answers to wait for.
        """
        if self.database.is_sqlite:
            self.execute(write)
            return
        with watched(self.watcher, write), self.database.look() as tx:
            write(tx)

    @contextmanager
    def one_view(self) -> Iterator[None]:
        """Let this thread's questions share one reading while a request is answered."""
        with self.database.one_view():
            yield


class Group:
    """A few commands and questions that belong together."""

    def __init__(self, commands: Commands) -> None:
        self._commands = commands
        self._environment = commands.environment
