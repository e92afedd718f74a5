"""A workshop: a real engine with operations and small processes of the test's own."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import text

import registry
from engine import SYSTEM, Options, Request, open_engine
from engine.errors import DeploymentRefused
from engine.jobs.executor import Executor, Pace
from engine.model.cases import CaseStatus
from engine.model.clock import FixedClock
from engine.model.definitions import SourceFile
from engine.model.operations import Operation, OperationContext
from engine.model.parameters import ParameterRule
from engine.store.database import Tx
from engine.store.jobs import Job
from tests.engine.conftest import KEY, OUTSIDE, Office
from tests.support.federation import staffed
from tests.support.inboxes import miscounted
from tests.support.templates import Templates
from tests.unit.runtime.kit import ext, io, node, process, props, user, z

Outputs = Mapping[str, object]
Doing = Callable[[OperationContext, Outputs], Outputs]

LEVELS = {"officer": "grassroots", "county_reviewer": "county", "county_approver": "county"}


def drawn(
    key: str, lanes: Mapping[str, str], body: str, extra: str = "", **properties: str
) -> SourceFile:
    """A process file: ``lanes`` gives each role the ids of its elements, with spaces between."""
    lane_set = node(
        "laneSet",
        "lanes",
        "".join(
            node(
                "lane",
                f"lane_{role}",
                ext(props(role=role, level=LEVELS[role]))
                + "".join(f"<bpmn:flowNodeRef>{i}</bpmn:flowNodeRef>" for i in ids.split()),
                name=role,
            )
            for role, ids in lanes.items()
        ),
    )
    own = ext(props(startRole="officer", startLevel="grassroots", **properties))
    return SourceFile(f"{key}.bpmn", process(body, extra, key=key, own=own + lane_set))


def form(name: str, *keys: str) -> SourceFile:
    """A form of text fields, none of them required."""
    fields = [{"type": "textfield", "id": f"Field_{key}", "key": key, "label": key} for key in keys]
    content = {"id": name, "type": "default", "schemaVersion": 16, "components": fields}
    return SourceFile(f"{name}.form", json.dumps(content).encode())


def step(identity: str, *more: str, form: str = "blank", inside: str = "", **values: str) -> str:
    """A user task with a form; ``values`` are its extension properties."""
    mark = z("formDefinition", formId=form)
    if not any("ioMapping" in part for part in more):
        more = (*more, io(outputs={f"{identity}_note": "=note"}))
    return user(identity, mark, *more, props(**values), inside=inside, name=identity)


@dataclass
class Workshop(Office):
    """The office with operations that tests may change, and looks into the tables."""

    doing: dict[str, Doing] = field(default_factory=dict)
    calls: list[tuple[str, Outputs]] = field(default_factory=list)

    def put(self, *files: SourceFile) -> None:
        """Deploy, with a form that asks for nothing much."""
        try:
            self.engine.definitions.deploy(SYSTEM, (*files, form("blank", "note")))
        except DeploymentRefused as refused:
            said = [f"{f.element_id}: {f.message}" for f in refused.findings]
            raise AssertionError("\n".join(said)) from refused

    def begin(self, key: str, data: Outputs | None = None, by: str = "officer") -> str:
        self.clock.advance(timedelta(seconds=1))
        return self.engine.cases.start(self.actor(by), Request(key, "u1", data or {})).case_id

    def finish(self, by: str, case_id: str, element: str, data: Outputs | None = None) -> None:
        """Complete the open step at an element, whatever else is open."""
        (step,) = [s.id for s in self.open_steps(case_id) if s.element_id == element]
        self.engine.tasks.complete(self.actor(by), step, data or {})

    def waiting(self, case_id: str) -> list[str]:
        return sorted(s.element_id for s in self.open_steps(case_id))

    def worker(self) -> Executor:
        return self.engine.jobs.executor(Pace(idle=0.01))

    def work(self) -> None:
        """Let a worker do everything that is due."""
        worker = self.worker()
        while worker.run_once():
            pass

    def let_back_off_pass(self) -> None:
        """Back-off runs on the machine's clock: it is moved, so that a test need not sleep."""
        self.by_hand("UPDATE job SET locked_until = NULL WHERE status = 'waiting'")

    def pass_time(self, **by: float) -> None:
        self.clock.advance(timedelta(**by))
        self.work()

    def move_to(self, moment: datetime) -> None:
        self.clock.advance(moment - self.clock.now())

    def jobs(self, case_id: str, *statuses: str) -> list[Job]:
        lines = self.engine.jobs.lines(SYSTEM, statuses, 0, 1000)
        return [job for job, _ in lines if job.case_id == case_id]

    def due_of(self, case_id: str, element: str) -> datetime:
        (job,) = [j for j in self.jobs(case_id, "waiting") if j.element_id == element]
        return job.due_at

    def status(self, case_id: str) -> CaseStatus:
        return self.engine.cases.view(SYSTEM, case_id).case.status

    def history(self, case_id: str) -> list[str]:
        return [e.kind.value for e in self.engine.cases.history(SYSTEM, case_id)]

    def rows(self, statement: str, **values: object) -> list[tuple[Any, ...]]:
        return self.engine.ask(lambda tx: [tuple(r) for r in tx.execute(text(statement), values)])

    def by_hand(self, statement: str, **values: object) -> None:
        """Change the tables behind the engine's back."""
        with self.engine.database.unit_of_work() as unit:
            unit.tx.execute(text(statement), values)
            unit.commit()

    def by_context(self, context: OperationContext, statement: str) -> None:
        """What an operation writes in its transaction."""
        cast("Tx", context.tx).execute(text(statement))

    def broken(self) -> dict[str, tuple[str, ...]]:
        return {i.id: i.broken for i in self.engine.audit.invariants() if not i.ok}


def echo(shop: Callable[[], Workshop]) -> Operation:
    """Is on the record and does what the test says, else gives its inputs back."""

    def run(context: OperationContext, inputs: Outputs) -> Outputs:
        shop().calls.append(("echo", dict(inputs)))
        doing = shop().doing.get("echo")
        return dict(inputs) if doing is None else doing(context, inputs)

    anything: dict[str, Outputs] = {"said": {}}
    return Operation("echo", "回声", run, inputs=anything, outputs=anything)


def with_rules(
    rules: Iterable[ParameterRule], url: str, clock: FixedClock, data_dir: Path
) -> Iterator[Workshop]:
    """A workshop whose installation knows these parameters, while a test uses it."""
    options = Options(
        clock=clock, data_dir=data_dir, parameters={rule.name: rule for rule in rules}
    )
    made = Workshop(staffed(open_engine(url, key=KEY, options=options)), clock)
    yield made
    made.engine.close()


LONG_BEFORE = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
"""When the federation of these tests was set up: before any of their clocks begins."""


def set_up(url: str, folder: Path) -> None:
    """Make the tables and the staffed federation once; every test gets a copy."""
    options = Options(clock=FixedClock(LONG_BEFORE), data_dir=folder, branches=(registry.BRANCH,))
    engine = staffed(open_engine(url, key=KEY, options=options))
    engine.close()


@pytest.fixture
def staffed_url(templates: Templates, database_kind: str, tmp_path: Path) -> Iterator[str]:
    """A database with the federation in it, once of each kind: the test runs twice."""
    with templates.copy(database_kind, set_up, tmp_path) as url:
        yield url


@pytest.fixture
def open_shop(
    staffed_url: str, clock: FixedClock, tmp_path: Path
) -> Iterator[Callable[[], Workshop]]:
    """Opens one more engine on the same database, as another process would."""
    opened: list[Workshop] = []

    def open_one() -> Workshop:
        shops: list[Workshop] = []
        options = Options(
            clock=clock,
            data_dir=tmp_path / "data",
            operations={**registry.OPERATIONS, "echo": echo(lambda: shops[0])},
            branches=(registry.BRANCH,),
            outside=OUTSIDE,
        )
        shops.append(Workshop(open_engine(staffed_url, key=KEY, options=options), clock))
        opened.extend(shops)
        return shops[0]

    yield open_one
    wrong = [miscounted(shop.engine) for shop in opened[:1]]
    for shop in opened:
        shop.engine.close()
    assert not any(wrong)


@pytest.fixture
def shop(open_shop: Callable[[], Workshop]) -> Workshop:
    """A staffed federation without a process."""
    return open_shop()
