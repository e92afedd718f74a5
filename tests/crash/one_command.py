"""One command in a process of its own, begun when the test says so, to be killed within.

The process is forked from a server that has imported everything, so that a sweep over every
system call of a command costs seconds.
"""

import multiprocessing
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, cast

from sqlalchemy import text

from engine import SYSTEM, Engine, Options, Request, open_engine
from engine.definitions.folder import read_folder
from engine.errors import Busy
from engine.jobs.executor import Executor, Pace
from engine.model.cases import EventKind
from engine.model.clock import FixedClock
from engine.model.definitions import SourceFile
from engine.model.once import Once, Replayed
from engine.store.cases import CaseQuestion
from tests.crash.installation import DOERS, KEY, PROCESS, ROOT
from tests.support.federation import staffed
from tests.support.postgres import PostgresServer
from tests.support.waiting import WAITED

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([__name__])

MORNING = datetime(2026, 11, 9, 1, 0, tzinfo=UTC)
PDF = b"%PDF-1.4\nsimulated\n%%EOF\n"
FILLED = {
    "applicant_name": "林模拟",
    "amount": 1200,
    "needed_by": "2026-12-20",
    "reason": "班组安全帽到期需要更换",
}


@dataclass(frozen=True)
class Place:
    """An installation's database and data folder, and the business time there."""

    url: str
    data: Path
    now: datetime = MORNING

    def open(self) -> Engine:
        options = Options(data_dir=self.data, clock=FixedClock(self.now))
        return open_engine(self.url, key=KEY, options=options)


def files(name: str = "审核") -> list[SourceFile]:
    """The example process; with another name of its review it is another version."""
    return [
        SourceFile(f.name, f.content.replace('name="审核"'.encode(), f'name="{name}"'.encode()))
        for f in read_folder(ROOT / "processes", ROOT / "forms", PROCESS).files
    ]


def prepare(place: Place) -> timedelta:
    """A case at its first step and one in its notice; when the notice's time is up."""
    engine = staffed(place.open())
    engine.definitions.deploy(SYSTEM, files())
    who = engine.directory.actor_named
    for subject in ("等待填写", "正在公示"):
        engine.cases.start(who("officer"), Request(PROCESS, "u1", {"subject": subject}, subject))
    noticed = _case(engine, "正在公示")
    for data in (FILLED, {"decision": "agree"}, {"notice_place": "公示栏"}):
        (step,) = engine.cases.view(SYSTEM, noticed).open_tasks
        engine.tasks.complete(who(DOERS[step.role]), step.id, data)
    (due,) = engine.execute(
        lambda tx: tx.execute(text("SELECT due_at FROM job WHERE kind = 'timer'")).scalars().all()
    )
    engine.close()
    return datetime.fromisoformat(due).replace(tzinfo=UTC) - place.now + timedelta(seconds=1)


def _case(engine: Engine, subject: str) -> str:
    (found,) = [
        c.id for c in engine.cases.list(SYSTEM, CaseQuestion()) if c.business_key == subject
    ]
    return str(found)


def _once(operation: str) -> Once[Any]:
    return Once("the-one-key", operation, "the-same-request", lambda _done: b"done")


def _complete(engine: Engine) -> None:
    task_id = f"{_case(engine, '等待填写')}-1"
    officer = engine.directory.actor_named("officer")
    engine.tasks.complete(officer, task_id, FILLED, once=_once("complete"))


def _completed(engine: Engine) -> int:
    entries = engine.cases.history(SYSTEM, _case(engine, "等待填写"))
    return sum(e.kind is EventKind.TASK_COMPLETED for e in entries)


def _start(engine: Engine) -> None:
    request = Request(PROCESS, "u1", {"subject": "再来一件"}, "再来一件")
    engine.cases.start(engine.directory.actor_named("officer"), request, once=_once("start"))


def _started(engine: Engine) -> int:
    return sum(c.business_key == "再来一件" for c in engine.cases.list(SYSTEM, CaseQuestion()))


def _fire(engine: Engine) -> None:
    executor: Executor = engine.jobs.executor(Pace())
    executor.run_once()
    if not _fired(engine):
        raise Busy("the timer did not fire: the worker put it back, as the database did not answer")


def _fired(engine: Engine) -> int:
    entries = engine.cases.history(SYSTEM, _case(engine, "正在公示"))
    return sum(e.kind is EventKind.TIMER_FIRED for e in entries)


def _deploy(engine: Engine) -> None:
    designer = engine.directory.actor_named("designer")
    engine.definitions.deploy(designer, files("复审"), once=_once("deploy"))


def _deployed(engine: Engine) -> int:
    return len(engine.definitions.versions(PROCESS)) - 1


def _stage(engine: Engine) -> None:
    officer = engine.directory.actor_named("officer")
    engine.files.stage(officer, "模拟.pdf", PDF, once=_once("stage"))


def _staged(engine: Engine) -> int:
    return int(
        engine.execute(lambda tx: tx.execute(text("SELECT count(*) FROM file")).scalar_one())
    )


COMMANDS: Mapping[str, tuple[Callable[[Engine], None], Callable[[Engine], int]]] = {
    "completion": (_complete, _completed),
    "start": (_start, _started),
    "timer": (_fire, _fired),
    "deployment": (_deploy, _deployed),
    "paper": (_stage, _staged),
}
"""What is done, and how often it was."""


def _run(place: Place, what: str, line: Connection) -> None:
    """In the process of its own: open, say so, wait, do it, tell how it ended."""
    engine = place.open()
    do = COMMANDS[what][0]
    backend = 0
    if not place.url.startswith("sqlite"):
        # one connection, which the command gets from the pool
        with engine.database.look() as tx:
            backend = int(tx.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())
    line.send(backend)
    line.recv()
    try:
        do(engine)
        line.send("done")
    except Replayed:
        line.send("done")
    except Busy:
        line.send("busy")
    except BaseException as error:  # noqa: BLE001 - the test reads what it was
        line.send(repr(error))
    engine.close()


class Command:
    """A command that is about to be done."""

    def __init__(self, place: Place, what: str) -> None:
        self._ours, theirs = FORKS.Pipe()
        self._process = FORKS.Process(target=_run, args=(place, what, theirs))
        self._process.start()
        theirs.close()
        if not self._ours.poll(WAITED):
            raise AssertionError("the process of the command did not begin")
        self.backend = int(self._ours.recv())

    @property
    def pid(self) -> int:
        return cast(int, self._process.pid)

    def go(self) -> str:
        """Let it happen: ``done``, ``busy``, the error, or nothing when it was killed first."""
        self._ours.send("go")
        told = ""
        try:
            if self._ours.poll(WAITED):
                told = str(self._ours.recv())
        except (EOFError, ConnectionResetError):
            told = ""
        self._process.join(WAITED)
        assert self._process.exitcode is not None, "the command goes on for ever"
        return told


class Copies:
    """Copies of one prepared installation, each to be broken once."""

    def __init__(self, folder: Path, server: PostgresServer | None) -> None:
        self._folder = folder
        self.server = server
        self._made = 0
        self._template = "" if server is None else server.create_database()
        self.original = self._place("original", self._template)
        wait = prepare(self.original)
        self._later = self.original.now + wait

    def _place(self, name: str, database: str) -> Place:
        data = self._folder / name
        data.mkdir(exist_ok=True)
        if self.server is None:
            return Place(f"sqlite:///{data / 'bangfu.db'}", data)
        return Place(self.server.url(database), data)

    def another(self, what: str) -> Place:
        """A fresh copy, at the time at which the command has something to do."""
        self._made += 1
        name = f"copy-{self._made}"
        shutil.copytree(self.original.data, self._folder / name, dirs_exist_ok=True)
        database = (
            "" if self.server is None else self.server.create_database(template=self._template)
        )
        place = self._place(name, database)
        return Place(place.url, place.data, self._later if what == "timer" else MORNING)

    def forget(self, place: Place) -> None:
        """Give its disk back."""
        shutil.rmtree(place.data, ignore_errors=True)
        if self.server is not None:
            self.server.drop_database(place.url.rpartition("/")[2].partition("?")[0])


def judge(place: Place, what: str, told: str) -> int:
    """Check what the fault left behind, then do the command again: now it is there once.

    How often it was there before that.
    """
    do, happened = COMMANDS[what]
    engine = place.open()
    try:
        there = happened(engine)
        if told == "done":
            assert there == 1, f"{what} was acknowledged and is there {there} times"
        assert there in (0, 1), f"{what} is there {there} times"
        whole(engine)
        # a lease runs out by being in the past, and so does the pause before another try
        past = text("UPDATE job SET locked_until = '2000-01-01T00:00:00'")
        engine.execute(lambda tx: tx.execute(past))
        try:
            do(engine)
        except Replayed:
            assert there == 1
        assert happened(engine) == 1
        whole(engine)
    finally:
        engine.close()
    return there


def whole(engine: Engine) -> None:
    """Every invariant holds, and the audit is untouched."""
    assert [(i.id, i.broken) for i in engine.audit.invariants() if not i.ok] == []
    verdict = engine.audit.verify()
    assert verdict.ok, verdict
