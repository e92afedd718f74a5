"""The door to lists: bring one, check it, load it, look at it."""

import hashlib
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from engine import Actor, Engine
from engine.errors import Conflict, Invalid, NotFound
from engine.model.errands import Say
from engine.model.ids import new_id
from engine.store.database import Tx
from registry.imports.applying import Applications
from registry.imports.checking import prepared
from registry.imports.existing import ExistingFiles
from registry.imports.stepping import PREFIX, Steps, Waiting, open_lines
from registry.incoming.batch import HOUSEHOLDS, Batch, Kind, Row, State, Status
from registry.incoming.rows import Problem, Reading
from registry.loading import must_load_somewhere
from registry.store import imports

KEPT_DAYS = 30
"""A list holds what its cases and files hold too; it is put away when nobody needs it."""

_CHECKED_AT_ONCE = 200
_KEPT_AT_ONCE = 500
_LONGEST_NAME = 120
_ID_LETTERS = 16


@dataclass(frozen=True)
class Progress:
    """A list with how many rows stand where."""

    batch: Batch
    kind_name: str
    counts: Mapping[State, int]
    earlier: Batch | None = None

    @property
    def total(self) -> int:
        """All rows."""
        return sum(self.counts.values())

    def count(self, *states: State) -> int:
        """Rows in these states."""
        return sum(self.counts.get(state, 0) for state in states)

    @property
    def is_working(self) -> bool:
        """Whether a slice of work is left to be done."""
        return self.batch.status in (Status.READING, Status.CHECKING, Status.RUNNING)


class Imports:
    """Lists on an engine with the register's tables."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._vault = engine.environment.vault

    def kind(self, actor: Actor, name: str) -> Kind:
        """What rows of a kind become; NotPermitted for who may not bring such a list."""
        if name == HOUSEHOLDS:
            self._engine.ask(lambda tx: must_load_somewhere(tx, actor))
            return ExistingFiles(self._engine, actor)
        if name.startswith(PREFIX):
            return Steps.of(self._engine, actor, name)
        return Applications.of(self._engine, actor, name)

    def waiting_steps(self, actor: Actor) -> Mapping[str, tuple[str, int]]:
        """The kinds of steps she may do from a list now: (name, how many wait), by kind."""
        listed = self._engine.definitions.done_from_lists()
        found = Counter(
            (line.process_key, line.element_id)
            for line in open_lines(self._engine, actor, listed.keys())
        )
        return {f"{PREFIX}{key[0]}:{key[1]}": (listed[key].name, n) for key, n in found.items()}

    def waiting(self, actor: Actor, kind_name: str) -> Sequence[Waiting]:
        """The steps of a list that goes out, numbers of people whole; that is written down."""
        kind = Steps.of(self._engine, actor, kind_name)
        found = kind.waiting
        self._engine.note_access(actor, "step-list-read", kind_name, f"{len(found)} 件")
        return found

    def bring(
        self, actor: Actor, kind_name: str, file_name: str, content: bytes, found: Reading
    ) -> str:
        """Keep a list that was read; its id. Nothing is loaded yet."""
        batch_id = self.receive(actor, kind_name, file_name, content)
        self.fill(actor, batch_id, found)
        return batch_id

    def receive(self, actor: Actor, kind_name: str, file_name: str, content: bytes) -> str:
        """Keep a file whose rows are read later; the list's id."""
        self.kind(actor, kind_name)  # whether she may
        now = self._engine.environment.now()
        batch = Batch(
            id=new_id()[:_ID_LETTERS],
            kind=kind_name,
            by_id=actor.person_id,
            organisation_id=actor.organisation_id,
            file_name=file_name[-_LONGEST_NAME:],
            file_hash=self._vault.lookup_hash(hashlib.sha256(content).hexdigest()),
            created_at=now,
            changed_at=now,
            status=Status.READING,
        )
        sealed = imports.sealed_file(self._vault, batch.id, content)

        def keep(tx: Tx) -> None:
            imports.forget_before(tx, now - timedelta(days=KEPT_DAYS))
            imports.add(tx, self._vault, batch, sealed)

        self._engine.execute(keep)
        return batch.id

    def fill(self, actor: Actor, batch_id: str, found: Reading) -> None:
        """Keep the rows of a list that was received; again after a reading that was cut off."""
        if not found.rows:
            raise Invalid("没有数据行,没有导入。")
        batch = self._own(actor, batch_id)
        rows = prepared(found.rows, self.kind(actor, batch.kind).layout)

        def begin(tx: Tx) -> None:
            imports.forget_rows(tx, batch_id)
            imports.set_loose(tx, self._vault, batch_id, found.problems)

        self._engine.execute(begin)
        for start in range(0, len(rows), _KEPT_AT_ONCE):
            some = rows[start : start + _KEPT_AT_ONCE]
            values = imports.sealed_rows(self._vault, batch.id, some)
            self._engine.execute(partial(imports.add_rows, rows=values))
        self._turn(batch_id, Status.READING, Status.CHECKING)

    def refuse(self, batch_id: str, why: str) -> None:
        """Say of a list that was received that its file cannot be read."""
        self._engine.execute(
            lambda tx: imports.set_loose(tx, self._vault, batch_id, [Problem("", 0, "", why)])
        )
        self._turn(batch_id, Status.READING, Status.REFUSED)

    def unread(self, actor: Actor, batch_id: str) -> tuple[Kind, str, bytes] | None:
        """Kind, name and content of a list whose rows are still to be read; None of any other."""
        batch = self._own(actor, batch_id)
        if batch.status is not Status.READING:
            return None
        content = self._engine.ask(lambda tx: imports.file_of(tx, self._vault, batch_id))
        return self.kind(actor, batch.kind), batch.file_name, content

    def progress(self, actor: Actor, batch_id: str) -> Progress:
        """Where a list of the actor's stands; NotFound for another's."""
        kind = self.kind(actor, self._own(actor, batch_id).kind)

        def read(tx: Tx) -> Progress:
            batch = imports.batch(tx, self._vault, batch_id)
            if batch is None:
                raise NotFound
            counts = imports.counts(tx, [batch_id])[batch_id]
            return Progress(batch, kind.name, counts, imports.earlier(tx, self._vault, batch))

        return self._engine.ask(read)

    def recent(self, actor: Actor, limit: int = 20) -> Sequence[Progress]:
        """The actor's own lists, newest first."""

        def read(tx: Tx) -> list[Progress]:
            found = imports.of_person(tx, self._vault, actor.person_id, limit)
            counts = imports.counts(tx, [one.id for one in found])
            return [Progress(one, names.get(one.kind, one.kind), counts[one.id]) for one in found]

        names = self._names()
        return self._engine.ask(read)

    def _names(self) -> Mapping[str, str]:
        """What every kind of list is called."""
        steps = self._engine.definitions.done_from_lists()
        return {
            HOUSEHOLDS: ExistingFiles.name,
            **{row.key: row.name for row in self._engine.definitions.latest()},
            **{f"{PREFIX}{key[0]}:{key[1]}": element.name for key, element in steps.items()},
        }

    def work(self, actor: Actor, batch_id: str, seconds: float) -> Progress:
        """Do a slice of what is left; to be called again while there is more."""
        until = time.monotonic() + seconds
        kind = self.kind(actor, self._own(actor, batch_id).kind)
        while True:
            more = self._slice(kind, batch_id)
            if not more or time.monotonic() >= until:
                return self.progress(actor, batch_id)

    def to_the_end(self, actor: Actor, batch_id: str, say: Say) -> None:
        """Do all that is left for now, slice by slice; ``say`` hears after each."""
        kind = self.kind(actor, self._own(actor, batch_id).kind)
        while self._slice(kind, batch_id):
            counts = self._engine.ask(lambda tx: imports.counts(tx, [batch_id]))[batch_id]
            left = counts.get(State.READ) or counts.get(State.GOOD, 0)
            say(sum(counts.values()) - left, sum(counts.values()))

    def _slice(self, kind: Kind, batch_id: str) -> bool:
        """A few rows further; False when nothing is left for now."""
        batch = self._engine.ask(lambda tx: imports.batch(tx, self._vault, batch_id))
        if batch is None or batch.status not in (Status.CHECKING, Status.RUNNING):
            return False
        is_checking = batch.status is Status.CHECKING
        state = State.READ if is_checking else State.GOOD
        limit = _CHECKED_AT_ONCE if is_checking else kind.load_at_once
        rows = self._engine.ask(
            lambda tx: imports.rows(tx, self._vault, batch_id, [state], limit=limit)
        )
        if rows:
            keep = partial(self._keep, batch_id, state)
            if is_checking:
                changed = kind.check(rows)
                self._engine.execute(lambda tx: keep(tx, changed))
            else:
                kind.load(rows, batch, keep)
            return True
        then = Status.CHECKED if is_checking else Status.DONE
        with suppress(Conflict):  # whoever else works at it was faster
            self._turn(batch_id, batch.status, then)
        return False

    def _keep(self, batch_id: str, before: State, tx: Tx, changed: Sequence[Row]) -> None:
        batch = imports.held(tx, self._vault, batch_id)
        if batch is not None:
            imports.save(tx, before, imports.sealed_rows(self._vault, batch_id, changed))
            now = self._engine.environment.now()
            imports.set_status(tx, batch_id, batch.status, now)

    def _turn(self, batch_id: str, before: Status, then: Status) -> None:
        now = self._engine.environment.now()

        def write(tx: Tx) -> None:
            batch = imports.held(tx, self._vault, batch_id)
            if batch is None or batch.status is not before:
                raise Conflict("这份名单的状态已改变,没有改动。请刷新页面查看。")
            imports.set_status(tx, batch_id, then, now)

        self._engine.execute(write)

    def run(self, actor: Actor, batch_id: str, *, only_if_all: bool) -> None:
        """Begin to load: every good row, or nothing while one is bad."""
        progress = self.progress(actor, batch_id)
        if progress.batch.status is not Status.CHECKED:
            raise Conflict("这份名单已经开始导入或已放弃,没有重复导入。请刷新页面查看。")
        wrong = progress.count(State.BAD) + len(progress.batch.loose)
        if only_if_all and wrong:
            raise Invalid(
                f"还有 {wrong} 行有错,按“全部正确才导入”没有导入任何一行。"
                "请下载带错误说明的工作簿改正后重新上传,或选择先导入正确的行。"
            )
        if not progress.count(State.GOOD):
            raise Invalid("没有可以导入的行,没有导入。请改正错误后重新上传。")
        self._turn(batch_id, Status.CHECKED, Status.RUNNING)

    def drop(self, actor: Actor, batch_id: str) -> None:
        """Give a list up that was not loaded."""
        batch = self._own(actor, batch_id)
        if batch.status not in (Status.READING, Status.CHECKING, Status.CHECKED):
            raise Conflict("这份名单已经开始导入,不能放弃。")
        self._turn(batch_id, batch.status, Status.DROPPED)

    def rows(
        self,
        actor: Actor,
        batch_id: str,
        states: Sequence[State],
        after: int = 0,
        limit: int | None = None,
    ) -> Sequence[Row]:
        """Rows in these states."""
        self._own(actor, batch_id)
        return self._engine.ask(
            lambda tx: imports.rows(tx, self._vault, batch_id, states, after, limit)
        )

    def problems(self, actor: Actor, batch_id: str) -> Sequence[Problem]:
        """Everything to be written beside the rows."""
        batch = self._own(actor, batch_id)
        rows = self.rows(actor, batch_id, (State.BAD, State.GOOD, State.KNOWN, State.DONE))
        return [*batch.loose, *(problem for row in rows for problem in row.problems)]

    def file(self, actor: Actor, batch_id: str) -> tuple[str, bytes]:
        """The file as it was brought, with its name; that it was taken is written down."""
        batch = self._own(actor, batch_id)
        self._engine.note_access(actor, "import-read", batch_id, batch.file_name)
        return batch.file_name, self._engine.ask(
            lambda tx: imports.file_of(tx, self._vault, batch_id)
        )

    def _own(self, actor: Actor, batch_id: str) -> Batch:
        found = self._engine.ask(lambda tx: imports.batch(tx, self._vault, batch_id))
        if found is None or not (actor.is_system or found.by_id == actor.person_id):
            raise NotFound("没有找到这份导入名单。请返回“批量导入”重新选择。")
        return found
