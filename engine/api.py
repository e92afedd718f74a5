"""The engine as everybody uses it: pages, the API, the command line, tests.

A few groups of commands and questions. Every command is one unit of work with ONE commit, and
commits are written in this file and nowhere else (design.md D2). A command that met somebody
else's write begins anew from what is stored now.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import IO, TypeVar

from engine.definitions import check_bundle
from engine.errors import (
    Busy,
    Conflict,
    Finding,
    IdempotencyKeyReused,
    NotFound,
    NotPermitted,
    NotSignedIn,
    Refused,
)
from engine.jobs.executor import Executor, Pace
from engine.model.actors import SYSTEM, Actor
from engine.model.calendar import WorkCalendar
from engine.model.cases import CaseLine, HistoryEntry, StoredFile
from engine.model.clock import Clock, SystemClock
from engine.model.definitions import Bundle, DefinitionSource, SourceFile
from engine.model.once import Once, Replayed
from engine.model.organisations import DatedGrant, Organisation, Person, Role
from engine.model.tasks import Holder, InboxFilter, InboxPage, Task, TaskLine
from engine.runtime import Program
from engine.store import accounts as stored_accounts
from engine.store import answers as stored_answers
from engine.store import audit as stored_audit
from engine.store import cases as stored_cases
from engine.store import definitions as stored_definitions
from engine.store import directory as stored_directory
from engine.store import jobs as stored_jobs
from engine.store import settings as stored_settings
from engine.store import tasks as stored_tasks
from engine.store.answers import RememberedAnswer
from engine.store.cases import CaseQuestion
from engine.store.database import Database, Tx, UniqueViolation, process_id
from engine.store.definitions import DefinitionRow
from engine.store.jobs import Job
from engine.store.settings import Parameter
from engine.store.tasks import TaskQuestion
from engine.work import (
    accounts,
    alerts,
    cancel,
    claim,
    complete,
    drafts,
    files,
    inbox,
    invariants,
    messages,
    organise,
    start,
    supervise,
    timers,
    trail,
)
from engine.work import deploy as deploying
from engine.work import view as viewing
from engine.work.accounts import Attempt, SignIn
from engine.work.advance import Collision
from engine.work.attributes import normal
from engine.work.complete import Completed
from engine.work.environment import Environment
from engine.work.start import Started

Result = TypeVar("Result")
Prepared = TypeVar("Prepared")

TRIES_ON_COLLISION = 12
_A_MOMENT = 0.05


class Engine:
    """One installation's engine: a database, a clock, keys, operations.

    Made by :func:`engine.open_engine`. May be shared by threads; any number of processes may
    open the same database.
    """

    def __init__(self, database: Database, environment: Environment) -> None:
        self.database = database
        self.environment = environment
        self.tasks = Tasks(self)
        self.cases = Cases(self)
        self.messages = Messages(self)
        self.files = Files(self)
        self.definitions = Definitions(self)
        self.directory = Directory(self)
        self.accounts = Accounts(self)
        self.supervision = Supervision(self)
        self.jobs = Jobs(self)
        self.audit = Audit(self)
        self.settings = Settings(self)

    @property
    def clock(self) -> Clock:
        """The business clock."""
        return self.environment.clock

    def calendar(self) -> WorkCalendar:
        """The working-day calendar."""
        return self.ask(lambda tx: self.environment.calendars.get(tx))

    def close(self) -> None:
        """Give the database's connections back."""
        self.database.close()

    # --- how commands and questions run ------------------------------------------------------

    def ask(self, question: Callable[[Tx], Result]) -> Result:
        """Answer a question from one consistent view."""
        with self.database.read() as tx:
            return question(tx)

    def execute(self, command: Callable[[Tx], Result]) -> Result:
        """Do a command: one transaction, one commit; again from the start on a collision.

        Also the door for the registry's own commands (design.md D18).
        """
        for _ in range(TRIES_ON_COLLISION):
            try:
                with self.database.unit_of_work() as work:
                    result = command(work.tx)
                    work.commit()
                    return result
            except Collision:
                continue
            except UniqueViolation:
                continue
        raise Busy("同时办理的人太多,内容没有提交,请稍后再试。您填写的内容仍在页面上。")

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
        try:
            for _ in range(TRIES_ON_COLLISION):
                with self.database.look() as tx:
                    prepared = prepare(tx)
                try:
                    with self.database.unit_of_work() as work:
                        result = act(work.tx, prepared)
                        if once is not None:
                            self._remember(work.tx, actor, once, result)
                        work.commit()
                        return result
                except Collision:
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
        """Raise Replayed when this request was answered before, IdempotencyKeyReused for another."""
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
        self.execute(
            lambda tx: stored_audit.add_access(
                tx,
                self.environment.now(),
                None if actor is None else actor.person_id,
                action,
                target[:120],
                detail[:300],
            )
        )


class _Group:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._environment = engine.environment


class Tasks(_Group):
    """Steps people do."""

    def inbox(self, actor: Actor, narrowed: InboxFilter) -> InboxPage:
        """A page of the actor's open steps with exact counts."""
        return self._engine.ask(lambda tx: inbox.inbox(self._environment, tx, actor, narrowed))

    def next_after(self, actor: Actor, narrowed: InboxFilter, done: str) -> str | None:
        """The step to open after one was finished."""
        return self._engine.ask(
            lambda tx: inbox.next_after(self._environment, tx, actor, narrowed, done)
        )

    def view(self, actor: Actor, task_id: str) -> viewing.TaskView:
        """The page of a step."""
        return self._engine.ask(lambda tx: viewing.task_view(self._environment, tx, actor, task_id))

    def list(self, actor: Actor, question: TaskQuestion) -> Sequence[TaskLine]:
        """Steps of the cases the actor may see; one more than asked."""
        return self._engine.ask(lambda tx: stored_tasks.lines(tx, actor, question))

    def unstaffed(self, actor: Actor) -> Sequence[tuple[TaskLine, str]]:
        """Open steps nobody can do (无人办理)."""
        return self._engine.ask(lambda tx: stored_tasks.unstaffed(tx, actor))

    def must_see(self, actor: Actor, task_id: str) -> None:
        """NotFound for a step the actor may not see: said before anything else of a request."""

        def question(tx: Tx) -> None:
            if stored_tasks.load_visible(tx, actor, task_id) is None:
                raise NotFound

        self._engine.ask(question)

    def must_be_completable(
        self, actor: Actor, task_id: str, if_match: int | None, once: Once[Completed] | None
    ) -> None:
        """Say what stands before a request's content: not found, answered before, not open, stale."""
        self._engine.prepare_and_execute(
            lambda tx: complete.prepare_state(tx, actor, task_id, if_match),
            lambda _tx, _ready: None,
            actor,
            None,
        )
        if once is not None:
            self._engine.replay(actor, once)

    def claim(self, actor: Actor, task_id: str) -> Task:
        """Take a step; of two at once exactly one succeeds."""
        return self._engine.execute(lambda tx: claim.claim(self._environment, tx, actor, task_id))

    def release(self, actor: Actor, task_id: str) -> Task:
        """Put a step back."""
        return self._engine.execute(lambda tx: claim.release(self._environment, tx, actor, task_id))

    def pass_on(self, actor: Actor, task_id: str, person_id: str, reason: str) -> Task:
        """Give a step to a colleague, with a reason."""
        return self._engine.execute(
            lambda tx: claim.pass_on(self._environment, tx, actor, task_id, person_id, reason)
        )

    def save_draft(self, actor: Actor, task_id: str, data: Mapping[str, object]) -> datetime:
        """Keep a half-filled form."""
        return self._engine.execute(
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
                return self._engine.prepare_and_execute(
                    lambda tx: complete.prepare(
                        self._environment, tx, actor, task_id, data, if_match
                    ),
                    lambda tx, ready: complete.finish(self._environment, tx, actor, ready),
                    actor,
                    once,
                )
            except complete.TimerDue as due:
                # The limit was over before the person finished: that comes first.
                if not self._engine.jobs.fire_due_of_case(due.case_id):
                    time.sleep(_A_MOMENT)  # a worker is at it
        raise Busy("这一件正在自动处理到期事项,内容没有提交,请稍后再试。您填写的内容仍在页面上。")


class Cases(_Group):
    """Cases from start to end."""

    def start(
        self, actor: Actor, request: start.Request, once: Once[Started] | None = None
    ) -> Started:
        """Start a case."""
        return self._engine.prepare_and_execute(
            lambda tx: start.prepare(self._environment, tx, actor, request, self._take_numbers),
            lambda tx, ready: start.begin(self._environment, tx, actor, ready),
            actor,
            once,
        )

    def _take_numbers(self, prefix: str, how_many: int) -> int:
        return self._engine.execute(
            lambda tx: stored_settings.take_numbers(tx, f"case {prefix}", how_many)
        )

    def must_see(self, actor: Actor, case_id: str) -> None:
        """NotFound for a case the actor may not see."""

        def question(tx: Tx) -> None:
            if not stored_cases.is_visible(tx, actor, case_id):
                raise NotFound

        self._engine.ask(question)

    def view(self, actor: Actor, case_id: str) -> viewing.CaseView:
        """The page of a case."""
        return self._engine.ask(lambda tx: viewing.case_view(self._environment, tx, actor, case_id))

    def list(self, actor: Actor, question: CaseQuestion) -> Sequence[CaseLine]:
        """Cases the actor may see, newest first; one more than asked."""
        return self._engine.ask(lambda tx: stored_cases.lines(tx, actor, question))

    def search(self, actor: Actor, text: str, limit: int = 50) -> Sequence[CaseLine]:
        """Cases by number, name, whole id or phone number, or their last four."""
        hashed = self._environment.vault.lookup_hash(normal(text))
        return self.list(actor, CaseQuestion(text=text.strip(), lookup_hash=hashed, limit=limit))

    def cancel(self, actor: Actor, case_id: str, reason: str, if_match: int | None = None) -> int:
        """End a case opened by mistake; the new revision."""
        return self._engine.execute(
            lambda tx: cancel.cancel(self._environment, tx, actor, case_id, reason, if_match)
        )

    def history(
        self, actor: Actor, case_id: str, after: int = 0, limit: int = 200
    ) -> Sequence[HistoryEntry]:
        """What happened, oldest first, personal fields masked; one more than asked."""
        return self._engine.ask(
            lambda tx: viewing.history(self._environment, tx, actor, case_id, after, limit)
        )

    def diagrams(self, actor: Actor, case_id: str) -> Sequence[viewing.DiagramView]:
        """The diagrams with path and tokens."""
        return self._engine.ask(lambda tx: viewing.diagrams(self._environment, tx, actor, case_id))


class Messages(_Group):
    """Messages from outside."""

    def send(
        self,
        actor: Actor,
        name: str,
        correlation: Mapping[str, object],
        payload: Mapping[str, object],
        once: Once[int] | None = None,
    ) -> int:
        """Deliver a message to every case that waits for it; how many did."""

        def deliver_all(tx: Tx, _: None) -> int:
            waiting = messages.waiting_for(self._environment, tx, name, correlation)
            for one in waiting:
                messages.deliver(self._environment, tx, actor, one, payload)
            return len(waiting)

        return self._engine.prepare_and_execute(lambda _tx: None, deliver_all, actor, once)


class Files(_Group):
    """Papers."""

    def receive(self, stream: IO[bytes]) -> bytes:
        """The content of an upload; FileTooLarge beyond the limit, without reading on."""
        return files.receive(stream)

    def stage(
        self, actor: Actor, name: str, content: bytes, once: Once[StoredFile] | None = None
    ) -> StoredFile:
        """Store a file for a form that is being filled; unlinked it goes after 24 hours."""
        described = files.checked(name, content)
        digest = files.keep(self._environment, content)
        now = self._environment.now()
        return self._engine.prepare_and_execute(
            lambda _tx: None,
            lambda tx, _: files.stage(tx, actor, described, digest, len(content), now),
            actor,
            once,
        )

    def attach(
        self,
        actor: Actor,
        case_id: str,
        name: str,
        content: bytes,
        label: str = "",
        once: Once[StoredFile] | None = None,
    ) -> StoredFile:
        """Add a file to a case."""
        clean, kind = files.checked(name, content)
        digest = files.keep(self._environment, content)
        return self._engine.prepare_and_execute(
            lambda _tx: None,
            lambda tx, _: files.attach(
                self._environment, tx, actor, case_id, (clean, kind, label), (digest, len(content))
            ),
            actor,
            once,
        )

    def read(self, actor: Actor, file_id: str) -> tuple[StoredFile, bytes]:
        """A file's content, for who may see its case."""
        return self._engine.ask(lambda tx: files.read(self._environment, tx, actor, file_id))


class Definitions(_Group):
    """Process files and their deployed versions."""

    DESIGNER = "designer"

    def check(self, source_files: Sequence[SourceFile]) -> Sequence[Finding]:
        """Every finding on these files, deployed or not."""

        def question(tx: Tx) -> Sequence[Finding]:
            known = deploying.known(self._environment, tx)
            return check_bundle(Bundle(tuple(source_files), called=known.deployed), known=known)

        return self._engine.ask(question)

    def deploy(
        self,
        actor: Actor,
        source_files: Sequence[SourceFile],
        once: Once[deploying.Deployment] | None = None,
    ) -> deploying.Deployment:
        """Deploy files, all or nothing; DeploymentRefused with findings on any error."""
        self._must_design(actor)
        return self._engine.prepare_and_execute(
            lambda tx: deploying.prepare(self._environment, tx, source_files),
            lambda tx, ready: deploying.deploy(self._environment, tx, actor, ready),
            actor,
            once,
        )

    def dry_run(self, actor: Actor, source_files: Sequence[SourceFile]) -> deploying.Deployment:
        """What a deployment would find; DeploymentRefused on any error."""
        self._must_design(actor)
        ready = self._engine.ask(lambda tx: deploying.prepare(self._environment, tx, source_files))
        return deploying.Deployment(None, (), ready.findings)

    def _must_design(self, actor: Actor) -> None:
        if not (actor.is_system or actor.holds(self.DESIGNER)):
            raise NotPermitted("只有流程设计员可以检查和部署流程,未部署。")

    def latest(self) -> Sequence[DefinitionRow]:
        """The newest version of each process."""
        return self._engine.ask(stored_definitions.all_latest)

    def list(self, after: tuple[str, int] | None, limit: int) -> Sequence[DefinitionRow]:
        """Every version; one more than asked."""
        return self._engine.ask(lambda tx: stored_definitions.lines(tx, after, limit))

    def versions(self, key: str) -> Sequence[DefinitionRow]:
        """Every version of a process, newest first."""
        return self._engine.ask(lambda tx: stored_definitions.versions(tx, key))

    def deployments(self, after: str, limit: int) -> Sequence[Sequence[DefinitionRow]]:
        """Deployments in time order; one more than asked."""
        return self._engine.ask(lambda tx: stored_definitions.deployments(tx, after, limit))

    def get(self, definition_id: str) -> tuple[DefinitionRow, Program]:
        """One version and its program; NotFound otherwise."""

        def question(tx: Tx) -> tuple[DefinitionRow, Program]:
            row = stored_definitions.by_id(tx, definition_id)
            if row is None:
                raise NotFound("没有找到这个流程版本。")
            return row, self._environment.programs.get(tx, definition_id)

        return self._engine.ask(question)

    def source(self, definition_id: str) -> DefinitionSource:
        """The stored files of a version; NotFound otherwise."""

        def question(tx: Tx) -> DefinitionSource:
            found = stored_definitions.source(tx, definition_id)
            if found is None:
                raise NotFound("没有找到这个流程版本。")
            return found

        return self._engine.ask(question)

    def startable(self, actor: Actor) -> Sequence[tuple[DefinitionRow, Sequence[Organisation]]]:
        """What the actor may start, and for which organisations."""

        def question(tx: Tx) -> list[tuple[DefinitionRow, Sequence[Organisation]]]:
            nodes = stored_directory.organisations(tx, self._environment.today())
            found: list[tuple[DefinitionRow, Sequence[Organisation]]] = []
            for row in stored_definitions.all_latest(tx):
                places = actor.places(row.start_role or "")
                homes = [
                    nodes[i]
                    for i in sorted(stored_directory.below(tx, places))
                    if row.start_level in {None, "", nodes[i].level}
                ]
                if homes:
                    found.append((row, homes))
            return found

        return self._engine.ask(question)

    def open_per_step(self, actor: Actor) -> Sequence[tuple[str, str, str, int]]:
        """(process key, element id, step, open cases) of the cases the actor may see."""
        return self._engine.ask(lambda tx: stored_cases.counts_per_step(tx, actor))

    def cases_per_version(self, actor: Actor) -> Mapping[tuple[str, str], int]:
        """Cases the actor may see by (definition id, status)."""
        return self._engine.ask(lambda tx: stored_cases.count_by_definition(tx, actor))


class Directory(_Group):
    """Organisations, people, roles."""

    def organisations(self) -> Mapping[str, Organisation]:
        """Every organisation by id."""
        today = self._environment.today()
        return self._engine.ask(lambda tx: stored_directory.organisations(tx, today))

    def roles(self) -> Mapping[str, Role]:
        """Every role by code."""
        return self._engine.ask(stored_directory.roles)

    def people(self) -> Sequence[Person]:
        """Everybody with an account."""
        return self._engine.ask(stored_directory.people)

    def grants(self) -> Sequence[DatedGrant]:
        """Every grant that holds today."""
        today = self._environment.today()
        return self._engine.ask(lambda tx: stored_directory.grants(tx, today))

    def designations(self) -> Sequence[tuple[int, str, str, str, str]]:
        """(id, role, organisation, handled by, document) that hold today."""
        today = self._environment.today()
        return self._engine.ask(lambda tx: stored_directory.designations(tx, today))

    def holders(self, role: str, organisation_id: str) -> Sequence[Holder]:
        """Who holds a role at an organisation."""
        today = self._environment.today()
        return self._engine.ask(
            lambda tx: stored_directory.holders(tx, role, organisation_id, today)
        )

    def actor(self, person_id: str) -> Actor:
        """A person as she stands now; NotFound for a closed or unknown account."""
        today = self._environment.today()
        found = self._engine.ask(lambda tx: stored_directory.actor(tx, person_id, today))
        if found is None:
            raise NotFound("没有找到这个人员。")
        return found

    def actor_named(self, username: str) -> Actor:
        """The same by user name, for the command line and tests."""
        found = self._engine.ask(lambda tx: stored_directory.person_by_username(tx, username))
        if found is None:
            raise NotFound(f"没有名为“{username}”的用户。")
        return self.actor(found[0].id)

    def load(
        self,
        organisations: Sequence[Organisation],
        roles: Sequence[Role],
        people: Sequence[tuple[Person, str | None]],
        grants: Sequence[tuple[str, str, str]],
    ) -> None:
        """Fill an empty directory in one go."""
        self._engine.execute(
            lambda tx: organise.load(self._environment, tx, organisations, roles, people, grants)
        )

    def add_organisation(self, actor: Actor, new: Organisation) -> None:
        """Add a unit."""
        self._engine.execute(
            lambda tx: organise.add_organisation(self._environment, tx, actor, new)
        )

    def rename_organisation(self, actor: Actor, organisation_id: str, code: str, name: str) -> None:
        """Rename a unit; it stays the same."""
        self._engine.execute(
            lambda tx: organise.rename_organisation(
                self._environment, tx, actor, organisation_id, code, name
            )
        )

    def move_organisation(self, actor: Actor, organisation_id: str, parent_id: str) -> None:
        """Give a unit another approving parent from today on."""
        self._engine.execute(
            lambda tx: organise.move_organisation(
                self._environment, tx, actor, organisation_id, parent_id
            )
        )

    def add_person(self, actor: Actor, new: organise.NewPerson) -> str:
        """Open an account; the token of its one-use link."""

        def command(tx: Tx) -> str:
            organise.add_person(self._environment, tx, actor, new)
            return accounts.make_link(self._environment, tx, new.id)

        return self._engine.execute(command)

    def close_account(self, actor: Actor, person_id: str) -> None:
        """Close an account."""
        self._engine.execute(
            lambda tx: organise.close_account(self._environment, tx, actor, person_id)
        )

    def grant(self, actor: Actor, person_id: str, role: str, organisation_id: str) -> None:
        """Give a role at an organisation."""
        self._engine.execute(
            lambda tx: organise.grant(
                self._environment, tx, actor, person_id, role, organisation_id
            )
        )

    def withdraw_grant(self, actor: Actor, grant_id: int) -> None:
        """Take a role back."""
        self._engine.execute(
            lambda tx: organise.withdraw_grant(self._environment, tx, actor, grant_id)
        )

    def designate(
        self, actor: Actor, role: str, organisation_id: str, handled_by: str, document: str
    ) -> None:
        """Say in writing who does a unit's steps of a role."""
        self._engine.execute(
            lambda tx: organise.designate(
                self._environment, tx, actor, role, organisation_id, handled_by, document
            )
        )


class Accounts(_Group):
    """Signing in and out."""

    def sign_in(self, username: str, password: str, address: str, kind: str) -> SignIn:
        """A session (``web``) or token (``api``); the same refusal for any wrong pair.

        Raises NotSignedIn, TooManyTries.
        """
        attempt = Attempt(username.strip(), password, address, kind)
        environment = self._environment
        with self._engine.database.look() as tx:
            accounts.slow_down(environment, tx, attempt)
            person_id = accounts.verify(tx, attempt)
        if person_id is None:
            self._engine.execute(lambda tx: accounts.note_failure(environment, tx, attempt))
            raise NotSignedIn("用户名或密码不对,请核对后再试。")
        return self._engine.execute(
            lambda tx: accounts.open_session(environment, tx, attempt, person_id)
        )

    def actor_for(self, token: str) -> Actor:
        """The person of a session or token; NotSignedIn when it is unknown or over."""
        with self._engine.database.look() as tx:
            actor, write_seen = accounts.actor_for(self._environment, tx, token)
        if write_seen:
            now = self._environment.real_now()
            self._engine.execute(lambda tx: stored_accounts.seen(tx, token, now))
        return actor

    def sign_out(self, token: str) -> None:
        """Forget a session or token."""
        self._engine.execute(lambda tx: stored_accounts.close_session(tx, token))

    def reset_password(self, actor: Actor, person_id: str) -> str:
        """A one-use link's token for somebody who forgot her password."""

        def command(tx: Tx) -> str:
            person = stored_directory.person_by_id(tx, person_id)
            if person is None:
                raise NotFound("没有找到这个人员。")
            organise.must_administer(tx, actor, person.organisation_id)
            stored_audit.add_access(
                tx, self._environment.now(), actor.person_id, "password-reset", person_id
            )
            return accounts.make_link(self._environment, tx, person_id)

        return self._engine.execute(command)

    def use_link(self, token: str, password: str) -> str:
        """Choose a password by a one-use link; the person's id."""
        accounts.check_password_rules(password)
        hashed = accounts.hash_password(password)
        return self._engine.execute(
            lambda tx: accounts.use_link(self._environment, tx, token, hashed)
        )


class Supervision(_Group):
    """What is late."""

    def overdue(self, actor: Actor, narrowed: supervise.OverdueFilter) -> supervise.OverduePage:
        """Overdue steps of the actor's area with their sums, from one view."""
        return self._engine.ask(
            lambda tx: supervise.overdue(self._environment, tx, actor, narrowed)
        )


class Jobs(_Group):
    """Timers, asynchronous work and incidents; also what the executor asks for."""

    def lines(
        self, actor: Actor, statuses: Sequence[str], after: int, limit: int
    ) -> Sequence[tuple[Job, str]]:
        """Jobs of the cases the actor may see; one more than asked."""
        return self._engine.ask(lambda tx: stored_jobs.lines(tx, actor, statuses, after, limit))

    def retry(self, actor: Actor, job_id: int, once: Once[int] | None = None) -> int:
        """Try a failed job again at once; its number."""

        def command(tx: Tx, _: None) -> int:
            job = stored_jobs.load(tx, job_id)
            if job is None or not stored_cases.is_visible(tx, actor, job.case_id):
                raise NotFound("没有找到这个异常。")
            if not stored_jobs.try_again(tx, job_id, self._environment.now()):
                raise Conflict("这个异常已在重试或已处理。")
            return job_id

        return self._engine.prepare_and_execute(lambda _tx: None, command, actor, once)

    def fire_due_of_case(self, case_id: str) -> int:
        """Fire the due timers of one case now, whoever polls; how many."""
        holder = f"{process_id()}-{threading.get_ident()}"
        environment = self._environment

        def take(tx: Tx) -> list[Job]:
            return stored_jobs.take_of_case(
                tx,
                case_id,
                holder,
                environment.now(),
                environment.real_now() + timedelta(seconds=30),
            )

        taken = self._engine.execute(take)
        for job in taken:
            self.do_job(job)
        return len(taken)

    def executor(self, pace: Pace) -> Executor:
        """A worker for this engine; run it in a thread or a process of its own."""
        holder = f"{process_id()}-{threading.get_ident()}"
        return Executor(self, holder, pace)

    def take_jobs(self, holder: str, limit: int, lease: timedelta) -> list[Job]:
        """Lease due jobs; looks before it locks, so that idle workers cost nothing."""
        environment = self._environment
        with self._engine.database.look() as tx:
            if not stored_jobs.any_due(tx, environment.now(), environment.real_now()):
                return []
        return self._engine.execute(
            lambda tx: stored_jobs.take(
                tx,
                holder,
                environment.now(),
                environment.real_now(),
                environment.real_now() + lease,
                limit,
            )
        )

    def do_job(self, job: Job) -> None:
        """Do one job and its consequences in one transaction."""
        self._engine.execute(lambda tx: timers.run_job(self._environment, tx, job))

    def postpone_job(self, job: Job, wait: timedelta, error: str) -> None:
        """Let a failed try wait."""
        until = self._environment.real_now() + wait
        self._engine.execute(lambda tx: stored_jobs.put_back(tx, job.id, job.fence, until, error))

    def give_up_job(self, job: Job, error: str) -> None:
        """Make it an incident."""
        self._engine.execute(lambda tx: timers.become_incident(self._environment, tx, job, error))

    def send_alerts(self) -> int:
        """Remind, mark overdue, escalate what is due."""
        with self._engine.database.look() as tx:
            if not stored_tasks.due_alerts(tx, self._environment.now(), 1):
                return 0
        return self._engine.execute(lambda tx: alerts.send_due(self._environment, tx))

    def sweep(self) -> None:
        """Seal the audit chain; forget old sessions, answers and unlinked files."""
        self._engine.audit.seal()
        environment = self._environment
        real_now = environment.real_now()

        def forget(tx: Tx) -> Sequence[str]:
            stored_accounts.forget_old(tx, real_now - timedelta(days=2))
            stored_answers.forget(tx, real_now - timedelta(days=7))
            return files.sweep(environment, tx, environment.now())

        for digest in self._engine.execute(forget):
            files.path_of(environment.data_dir, digest).unlink(missing_ok=True)

    def real_now(self) -> datetime:
        """The machine's time."""
        return self._environment.real_now()


class Audit(_Group):
    """The chain over everything."""

    def seal(self) -> int:
        """Number what is new."""
        with self._engine.database.look() as tx:
            if not stored_audit.unsealed(tx, 1):
                return 0
        return self._engine.execute(lambda tx: trail.seal(self._environment, tx))

    def entries(self, after: int, limit: int) -> Sequence[stored_audit.AuditRow]:
        """The chain, oldest first; seals first; one more than asked."""
        while self.seal():
            continue
        return self._engine.ask(lambda tx: trail.entries(tx, after, limit))

    def verify(self) -> trail.Verdict:
        """Walk the whole chain."""
        while self.seal():
            continue
        return self._engine.ask(lambda tx: trail.verify(self._environment, tx))

    def invariants(self) -> Sequence[invariants.Invariant]:
        """The invariants I1-I9 of reliability on the live database."""
        return self._engine.ask(lambda tx: invariants.check(self._environment, tx))


class Settings(_Group):
    """Dated parameters and the calendar."""

    def parameters(self) -> Sequence[Parameter]:
        """Every dated value."""
        return self._engine.ask(stored_settings.parameters)

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

        self._engine.execute(command)

    def import_calendar(self, actor: Actor, days: Mapping[date, bool]) -> None:
        """Take over the yearly notice of the State Council."""
        if not (actor.is_system or actor.holds(organise.ADMIN)):
            raise NotPermitted("只有系统管理员可以导入节假日安排,未保存。")
        self._engine.execute(lambda tx: stored_settings.put_calendar_days(tx, days.items()))
        self._environment.calendars.forget()


def data_folder(database: Database, chosen: Path | None) -> Path:
    """Where files lie: as chosen, else beside the embedded database."""
    if chosen is not None:
        return chosen
    return database.path.parent if database.path is not None else Path("var")


SYSTEM_CLOCK = SystemClock()
SYSTEM_ACTOR = SYSTEM
