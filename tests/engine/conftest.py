"""A real engine on a real database, once of each kind, with a clock the test moves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine import SYSTEM, Actor, Engine, Options, Request, open_engine
from engine.definitions.folder import read_folder
from engine.model.channels import Outside
from engine.model.clock import FixedClock
from engine.model.tasks import InboxFilter, TaskLine
from tests.support.federation import staffed
from tests.support.inboxes import miscounted
from tests.support.templates import Templates

ROOT = Path(__file__).parents[2]
OUTSIDE = Outside(frozenset({"127.0.0.1"}), {"GATEWAY": "s3cret&value", "SIGN": "SEC000"})
KEY = bytes(range(32))
MONDAY_MORNING = datetime(2026, 11, 9, 1, 0, tzinfo=UTC)
FILLED = {
    "applicant_name": "林模拟",
    "amount": 1200,
    "needed_by": "2026-12-20",
    "reason": "班组安全帽到期需要更换",
}


@dataclass
class Office:
    """The engine with its clock, and what tests do with it again and again."""

    engine: Engine
    clock: FixedClock

    def actor(self, name: str) -> Actor:
        return self.engine.directory.actor_named(name)

    def deploy(self, *keys: str) -> None:
        for key in keys:
            files = read_folder(ROOT / "processes", ROOT / "forms", key).files
            self.engine.definitions.deploy(SYSTEM, files)

    def start(self, subject: str = "添置安全帽", by: str = "officer", at: str = "u1") -> str:
        self.clock.advance(timedelta(seconds=1))
        request = Request("example_request", at, {"subject": subject})
        return self.engine.cases.start(self.actor(by), request).case_id

    def open_steps(self, case_id: str) -> list[TaskLine]:
        return list(self.engine.cases.view(SYSTEM, case_id).open_tasks)

    def step(self, case_id: str, element: str = "") -> str:
        """The id of the one open step, which is at ``element``."""
        (only,) = self.open_steps(case_id)
        assert not element or only.element_id == element
        return only.id

    def do(self, by: str, case_id: str, element: str, data: Mapping[str, object]) -> None:
        self.engine.tasks.complete(self.actor(by), self.step(case_id, element), data)

    def applied(self, subject: str = "添置安全帽") -> str:
        """A case that waits for its review."""
        case_id = self.start(subject)
        self.do("officer", case_id, "apply", FILLED)
        return case_id

    def inbox(self, name: str, **narrowed: object) -> list[str]:
        """The elements in a person's inbox, in its order."""
        page = self.engine.tasks.inbox(self.actor(name), InboxFilter(**narrowed))  # type: ignore[arg-type]
        return [line.element_id for line in page.lines]


@pytest.fixture
def clock() -> FixedClock:
    """Monday morning, until the test moves it."""
    return FixedClock(MONDAY_MORNING)


def set_up(url: str, folder: Path) -> None:
    """A staffed federation with the example process."""
    options = Options(clock=FixedClock(MONDAY_MORNING), data_dir=folder)
    made = Office(staffed(open_engine(url, key=KEY, options=options)), FixedClock(MONDAY_MORNING))
    made.deploy("example_request")
    made.engine.close()


@pytest.fixture
def office_url(templates: Templates, database_kind: str, tmp_path: Path) -> Iterator[str]:
    """A database with that federation in it, once of each kind."""
    with templates.copy(database_kind, set_up, tmp_path) as url:
        yield url


@pytest.fixture
def office(office_url: str, clock: FixedClock, tmp_path: Path) -> Iterator[Office]:
    """A staffed federation with the example process deployed."""
    options = Options(clock=clock, data_dir=tmp_path / "data", outside=OUTSIDE)
    made = Office(open_engine(office_url, key=KEY, options=options), clock)
    yield made
    wrong = miscounted(made.engine)
    made.engine.close()
    assert wrong == {}
