"""A small federation whose people take turns on duty, on both databases."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import registry
from engine import SYSTEM, Actor, Engine, Options, open_engine
from engine.definitions.folder import read_folder
from engine.jobs.executor import Pace
from engine.model.clock import FixedClock
from engine.model.definitions import SourceFile
from engine.model.organisations import Person, Role
from engine.model.tasks import InboxFilter
from engine.store.settings import Parameter
from registry.duties import Kind
from registry.duty.desk import DutyDesk
from registry.duty.swapping import SwapDesk
from tests.engine.moving.conftest import drawn, form, step
from tests.registry.town import PARAMETERS, ROOT
from tests.support.federation import ORGANISATIONS, ROLES, STAFF
from tests.support.templates import Templates
from tests.unit.runtime.kit import end, ext, line, node, z

MONDAY_MORNING = datetime(2026, 11, 9, 1, 0, tzinfo=UTC)
DECEMBER = date(2026, 12, 1)
DUTY_ROLES = (
    Role("receptionist", "信访接待员", "receptionist", ("county", "city"), "own"),
    Role("lawyer", "坐班律师", "duty lawyer", ("county", "city"), "own"),
    Role("city_leader", "市总分管领导", "city leader", ("city",), "area"),
)
DUTY_STAFF = {
    "anna": ("receptionist", "xc"),
    "bella": ("receptionist", "xc"),
    "clara": ("receptionist", "xc"),
    "lawyer": ("lawyer", "xc"),
    "lawyer2": ("lawyer", "xc"),
    "leader2": ("county_approver", "xc"),
    "far_reception": ("receptionist", "lw"),
    "far_leader": ("county_approver", "lw"),
    "city_reception": ("receptionist", "zz"),
    "leader": ("city_leader", "zz"),
}
PROCESSES = (
    "petition",
    "petition_assigned",
    "petition_review",
    "wage_arrears",
    "reception_day",
    "duty_swap",
)


def with_duty(engine: Engine) -> Engine:
    """The small federation, and who is on duty in it, with the parameters."""
    staff = {**STAFF, **DUTY_STAFF}
    people = [
        (Person(f"p-{name}", name, f"模拟{name}", place, simulated=True), None)
        for name, (_, place) in staff.items()
    ]
    grants = [(f"p-{name}", role, place) for name, (role, place) in staff.items()]
    engine.directory.load(ORGANISATIONS, (*ROLES, *DUTY_ROLES), people, grants)
    since = engine.environment.today()
    engine.settings.add_parameters(
        SYSTEM, [Parameter(name, None, since, value) for name, value in PARAMETERS.items()]
    )
    return engine


def opened(url: str, folder: Path, clock: FixedClock) -> Engine:
    options = Options(
        clock=clock,
        data_dir=folder,
        operations=registry.OPERATIONS,
        branches=(registry.BRANCH,),
        panels=registry.PANELS,
        starts=registry.STARTS,
        sources=registry.SOURCES,
        news=registry.NEWS,
        on_cancel=registry.on_cancel,
    )
    return open_engine(url, key=bytes(range(32)), options=options)


def deploy(engine: Engine) -> None:
    """The processes of reception day and roster; archiving is not there."""
    files = archiving()
    for key in PROCESSES:
        files += read_folder(ROOT / "processes", ROOT / "forms", key).files
    engine.definitions.deploy(SYSTEM, files)


def archiving() -> list[SourceFile]:
    """In the place of the real one, which needs the whole register."""
    begun = node("startEvent", "S", ext(z("formDefinition", formId="opened")))
    body = begun + step("apply", form="blank") + end() + line("S", "apply", "E")
    files = [drawn("archiving", {"officer": "S apply E"}, body), form("blank", "note", "id_number")]
    return [*files, form("opened", "applicant_name", "application_kind")]


def set_up(url: str, folder: Path) -> None:
    engine = with_duty(opened(url, folder, FixedClock(MONDAY_MORNING)))
    deploy(engine)
    engine.close()


@dataclass
class Rota:
    """The engine with its clock, and what these tests do with it again and again."""

    engine: Engine
    clock: FixedClock

    @property
    def desk(self) -> DutyDesk:
        return registry.Registry(self.engine).duty

    @property
    def swaps(self) -> SwapDesk:
        return registry.Registry(self.engine).swaps

    def actor(self, name: str) -> Actor:
        return self.engine.directory.actor_named(name)

    def plan(self, by: str = "reviewer", unit: str = "xc", why: str = "", **days: str) -> int:
        """Plan staff: ``d1="anna"`` is the first of December; an empty name takes off."""
        wanted = {
            (DECEMBER.replace(day=int(day[1:])), Kind.STAFF): f"p-{name}" if name else ""
            for day, name in days.items()
        }
        return self.planned(wanted, by, unit, why)

    def planned(
        self,
        wanted: Mapping[tuple[date, Kind], str],
        by: str = "reviewer",
        unit: str = "xc",
        why: str = "",
    ) -> int:
        month = min(day for day, _ in wanted).replace(day=1)
        seen = self.desk.month(self.actor(by), unit, month).revision
        return self.desk.plan(self.actor(by), unit, month, wanted, seen, why)

    def on_duty(self, unit: str = "xc") -> dict[int, str]:
        """Day of December to the name of who is on duty."""
        found = self.desk.month(SYSTEM, unit, DECEMBER)
        return {
            one.day.day: one.planned[Kind.STAFF].name.removeprefix("模拟")
            for one in found.days
            if Kind.STAFF in one.planned
        }

    def duty_id(self, day: int, kind: Kind = Kind.STAFF) -> int:
        found = self.desk.month(SYSTEM, "xc", DECEMBER)
        return found.days[day - 1].planned[kind].id

    def inbox(self, name: str) -> list[str]:
        page = self.engine.tasks.inbox(self.actor(name), InboxFilter())
        return [line.element_id for line in page.lines]

    def waiting(self, case_id: str) -> list[str]:
        return sorted(t.element_id for t in self.engine.cases.view(SYSTEM, case_id).open_tasks)

    def do(self, by: str, case_id: str, element: str, data: Mapping[str, object]) -> None:
        (step,) = [
            one
            for one in self.engine.cases.view(SYSTEM, case_id).open_tasks
            if one.element_id == element
        ]
        self.engine.tasks.complete(self.actor(by), step.id, data)

    def move_to(self, moment: datetime) -> None:
        self.clock.advance(moment - self.clock.now())
        self.work()

    def work(self) -> None:
        executor = self.engine.jobs.executor(Pace(idle=0.01))
        while executor.run_once():
            pass


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MONDAY_MORNING)


@pytest.fixture
def rota_url(templates: Templates, database_kind: str, tmp_path: Path) -> Iterator[str]:
    """A database with that federation in it, once of each kind."""
    with templates.copy(database_kind, set_up, tmp_path) as url:
        yield url


@pytest.fixture
def rota(rota_url: str, tmp_path: Path, clock: FixedClock) -> Iterator[Rota]:
    engine = opened(rota_url, tmp_path / "data", clock)
    yield Rota(engine, clock)
    engine.close()
