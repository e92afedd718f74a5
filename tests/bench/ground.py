"""What is measured on: a database on a real disk, a staffed federation, the example process."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from engine import Engine, Options, Request, open_engine
from engine.model.clock import Clock, FixedClock, SystemClock
from tests.bench.filling import Home, copy_cases, reckon
from tests.bench.serving import Servers, ours
from tests.crash.installation import KEY, prepare
from tests.support.postgres import AS_IN_SERVICE, PostgresServer, new_folder
from webapp.opening import Opened, open_installation
from webapp.settings import Settings

PROCESS = "example_request"
DISK = Path("/var/tmp")
"""/tmp is often in memory, where nothing is durable and every figure wrong."""

REASON = "班组安全帽到期需要更换。" * 30
FILLED: Mapping[str, object] = {
    "applicant_name": "林模拟",
    "amount": 1200,
    "needed_by": "2030-12-20",
    "reason": REASON,
}
"""The form of the officer's step; about one kilobyte as it is sent."""

OFFICER, UNIT = "far_officer", "lw-u"
"""Who completes: not of the county whose inbox is measured."""

REVIEWER = "reviewer"
REVIEWERS_OFFICERS = (("officer", "u1"), ("other_officer", "u2"))
DAYS_OF_SAMPLES = 14


@dataclass
class Ground:
    """An open installation on a database of its own."""

    db: str
    url: str
    data: Path
    opened: Opened
    until_over: ExitStack
    _servers: dict[int, Servers] = field(default_factory=dict, init=False)
    _samples: list[str] = field(default_factory=list, init=False)
    _waiting: int = field(default=0, init=False)
    homes: list[Home] = field(default_factory=list, init=False)
    scattered: int = field(default=0, init=False)

    @property
    def engine(self) -> Engine:
        """The engine."""
        return self.opened.engine

    def servers(self, how_many: int) -> Servers:
        """So many of our web servers on this database, started when they are first asked for."""
        if how_many not in self._servers:
            started = self.until_over.enter_context(ours(self.url, self.data, how_many))
            self._servers[how_many] = started
        return self._servers[how_many]

    def started(self, how_many: int) -> list[str]:
        """Fresh cases, really started; the officer's open step of each."""
        return [start(self.engine, OFFICER, UNIT) for _ in range(how_many)]

    def copies_of(self, step: str, how_many: int) -> list[str]:
        """Copies of a case, for bare work to write on; their ids."""
        made = copy_cases(self.engine, [case_of(step)], how_many)
        reckon(self.engine)
        return made

    def fill_inbox(self, how_many: int) -> None:
        """Let the reviewer have so many open steps, of two units and begun on many days."""
        samples = self.samples()
        copy_cases(self.engine, samples, how_many - self._waiting)
        reckon(self.engine)
        self._waiting = how_many

    def samples(self) -> list[str]:
        """Cases that wait for the reviewer, made when they are first asked for."""
        if not self._samples:
            self._samples = self._some_cases()
            self._waiting = len(self._samples)
        return self._samples

    def _some_cases(self) -> list[str]:
        """Cases that wait for the reviewer, some of them overdue."""
        clock = FixedClock(SystemClock().now() - timedelta(days=DAYS_OF_SAMPLES))
        engine = _engine_at(clock, self.url, self.data)
        samples = []
        for _ in range(DAYS_OF_SAMPLES):
            for officer, unit in REVIEWERS_OFFICERS:
                step = start(engine, officer, unit)
                engine.tasks.complete(engine.directory.actor_named(officer), step, FILLED)
                samples.append(case_of(step))
            clock.advance(timedelta(days=1))
        engine.close()
        return samples


def start(engine: Engine, officer: str, unit: str) -> str:
    """Start a case; its first open step."""
    request = Request(PROCESS, unit, {"subject": "添置安全帽"})
    return engine.cases.start(engine.directory.actor_named(officer), request).open_task_ids[0]


def case_of(step: str) -> str:
    """The case a step belongs to."""
    return step.partition("-")[0]


def _engine_at(clock: Clock, url: str, data: Path) -> Engine:
    return open_engine(url, key=KEY, options=Options(data_dir=data, clock=clock))


@contextmanager
def ground(db: str) -> Iterator[Ground]:
    """A fresh database of a kind; PostgreSQL with fsync, in a server of its own.

    Raises PostgresMissing.
    """
    place = DISK if DISK.is_dir() else None
    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=place)))
        url = f"sqlite:///{data}/bench.db"
        if db == "postgres":
            server = PostgresServer(new_folder(place), settings=AS_IN_SERVICE)
            stack.callback(server.remove)
            server.ensure_started()
            url = server.url(server.create_database())
        yield stack.enter_context(ground_at(url, data))


@contextmanager
def ground_at(url: str, data: Path) -> Iterator[Ground]:
    """An empty database that is there already."""
    with ExitStack() as stack:
        prepare(url, data, PROCESS)
        yield stack.enter_context(ground_again(url, data))


@contextmanager
def ground_again(url: str, data: Path) -> Iterator[Ground]:
    """One that was made before, perhaps by another process."""
    with ExitStack() as stack:
        settings = Settings(key=KEY, data_dir=data, database_url=url, is_demo=True)
        opened = open_installation(settings)
        engine = opened.engine
        stack.callback(engine.close)
        yield Ground(
            "sqlite" if engine.database.is_sqlite else "postgres", url, data, opened, stack
        )
