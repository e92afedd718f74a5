"""The whole product on loopback, people at headless browsers, and a clock the test moves.

``site`` is a test's own, on the databases it is marked for; ``town`` and ``demo`` are shared by a module's tests.
"""

import datetime as dt
import os
import threading
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from waitress.server import create_server

from engine import SYSTEM, Actor, Engine, Request
from engine.definitions.folder import read_folder, read_upload
from engine.jobs.executor import Pace, in_background
from engine.model.cases import EventKind
from engine.model.clock import Clock, FixedClock
from engine.model.organisations import Person as Employee
from engine.store import directory
from engine.store.database import Tx
from engine.store.settings import Parameter
from engine.work.accounts import hash_password
from tests.funds.purse import MONEY_ROLES, MONEY_STAFF, id_number
from tests.journeys.person import Person
from tests.support.federation import ORGANISATIONS, ROLES, STAFF
from tests.support.register import on_file
from tests.support.templates import Templates
from tests.support.waiting import WAITED
from webapp.app import create_app
from webapp.demo.federation import DEMO_PASSWORD
from webapp.demo.loading import load_demo
from webapp.demo.script import DIVISIONS, Demo
from webapp.opening import open_installation, opened
from webapp.settings import Settings

ROOT = Path(__file__).parents[2]
PASSWORD = "a-journey-of-2026"
HASHED = hash_password(PASSWORD)
MONDAY_MORNING = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)
PICTURES = Path(os.environ.get("BANGFU_TEST_PICTURES", ROOT / "build/pictures"))
PROCESSES = (
    "public_notice",
    "duplicate_check",
    "means_check",
    "appeal",
    "archiving",
    "example_request",
)


@dataclass
class Site:
    """A running site."""

    address: str
    engine: Engine
    clock: Clock
    password: str = PASSWORD

    def actor(self, name: str) -> Actor:
        return self.engine.directory.actor_named(name)

    def pass_days(self, days: int) -> None:
        """Let days go by; what falls due then has happened when this returns."""
        assert isinstance(self.clock, FixedClock)
        self.clock.advance(dt.timedelta(days=days))
        executor = self.engine.jobs.executor(Pace())
        while executor.run_once():
            continue

    def start(self, name: str, process: str, data: Mapping[str, object]) -> str:
        """Start a case at the person's own organisation; the id of its first step."""
        actor = self.actor(name)
        request = Request(process, actor.organisation_id, data)
        case_id = self.engine.cases.start(actor, request).case_id
        return self.engine.cases.view(actor, case_id).open_tasks[0].id

    def complete(self, name: str, task_id: str, data: Mapping[str, object]) -> str:
        """Complete a step without a browser; the id of the step that is open after it."""
        actor = self.actor(name)
        self.engine.tasks.complete(actor, task_id, data)
        return self.engine.cases.view(actor, task_id.rpartition("-")[0]).open_tasks[0].id

    def completions(self, task_id: str) -> int:
        """How often the step was completed, as the case remembers it."""
        history = self.engine.cases.history(SYSTEM, task_id.rpartition("-")[0])
        return sum(e.kind is EventKind.TASK_COMPLETED and e.task_id == task_id for e in history)

    def end_sessions_of(self, person: Person) -> None:
        """End her sign-in behind her back."""
        (cookie,) = [c for c in person.context.cookies() if c["name"] == "session"]
        self.engine.accounts.sign_out(cookie["value"])


@contextmanager
def served(settings: Settings, clock: Clock | None = None) -> Iterator[Site]:
    """Serve an installation from a thread, the worker beside it."""
    installation = open_installation(settings, clock)
    engine = installation.engine
    server = create_server(
        create_app(settings, engine, installation.registry), host="127.0.0.1", port=0, threads=8
    )

    def serve() -> None:
        # closing takes the sockets from under the waiting loop: that is its end, not a fault
        with suppress(OSError):
            server.run()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    stop = in_background(engine.jobs.executor(Pace(idle=0.1)), "worker")
    yield Site(f"http://127.0.0.1:{server.effective_port}", engine, clock or engine.clock)
    stop()
    server.close()
    thread.join(WAITED)
    engine.close()


def _settle(engine: Engine) -> None:
    """Bring the small federation and the processes into an empty installation."""
    engine.directory.load(
        ORGANISATIONS,
        ROLES,
        [(Employee(f"p-{n}", n, f"模拟{n}", place), HASHED) for n, (_, place) in STAFF.items()],
        [(f"p-{n}", role, place) for n, (role, place) in STAFF.items()],
    )
    since = dt.date(2020, 1, 1)
    engine.settings.add_parameters(
        SYSTEM,
        [
            Parameter("notice days", None, since, 5, "wd"),
            Parameter("township review", None, since, True),
            Parameter("dibao standard", None, since, 500, "元/人·月"),
        ],
    )
    files = [
        (path.name, path.read_bytes())
        for key in PROCESSES
        for path in sorted(
            [
                *(ROOT / "processes" / key).glob("*.bpmn"),
                *(ROOT / "processes" / key).glob("*.dmn"),
                *(ROOT / "processes" / key / "documents").glob("*.document"),
                *(ROOT / "forms" / key).glob("*.form"),
            ]
        )
    ]
    engine.definitions.deploy(SYSTEM, read_upload(files).files)


def _settings_of(database_url: str, data_dir: Path) -> Settings:
    return Settings(
        key=bytes(range(32)),
        data_dir=data_dir,
        database_url=database_url,
        is_demo=True,
        help_phone="0596-0000000",
    )


def set_up(url: str, folder: Path) -> None:
    """The small federation with its processes."""
    with opened(_settings_of(url, folder), FixedClock(MONDAY_MORNING)) as installation:
        _settle(installation.engine)


@contextmanager
def _small_federation(templates: Templates, kind: str, data_dir: Path) -> Iterator[Site]:
    with (
        templates.copy(kind, set_up, data_dir) as url,
        served(_settings_of(url, data_dir), FixedClock(MONDAY_MORNING)) as running,
    ):
        yield running


@pytest.fixture
def site(templates: Templates, page_kind: str, tmp_path: Path) -> Iterator[Site]:
    """A small federation of this test's own."""
    with _small_federation(templates, page_kind, tmp_path) as running:
        yield running


@pytest.fixture
def treasury(site: Site) -> Site:
    """With who works with money, the processes that decide on it, three households on file."""
    since = dt.date(2020, 1, 1)
    people = [
        (Employee(f"p-{n}", n, f"模拟{n}", place), HASHED) for n, (_, place) in MONEY_STAFF.items()
    ]
    grants = [(f"p-{n}", role, place) for n, (role, place) in MONEY_STAFF.items()]

    def hire(tx: Tx) -> None:
        directory.add_roles(tx, MONEY_ROLES)
        directory.add_people(tx, people, dt.datetime(2020, 1, 1, tzinfo=dt.UTC).isoformat())
        directory.add_grants(tx, grants, since)

    site.engine.execute(hire)
    for key in ("grant_batch", "budget_transfer"):
        files = read_folder(ROOT / "processes", ROOT / "forms", key).files
        site.engine.definitions.deploy(SYSTEM, files)
    for number in range(3):
        head = {"name": f"周模拟{number}", "id_number": id_number(number), "mobile": ""}
        on_file(site.engine, head, members=[])
    return site


@pytest.fixture(scope="module")
def town(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The same on SQLite, shared by the tests of a module: each starts cases of its own."""
    data = tmp_path_factory.mktemp("town")
    with _small_federation(templates, "sqlite", data) as running:
        yield running


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demonstration with one case of each plan, served; it is only read."""
    if not DIVISIONS.is_file():
        pytest.skip("the division data are not built: make setup")
    data = tmp_path_factory.mktemp("demo")
    settings = Settings.from_environ({"BANGFU_DEMO": "1", "BANGFU_DATA": str(data)})
    load_demo(settings, Demo(ROOT / "processes", ROOT / "forms", share=0.01), lambda _: None)
    with served(settings) as running:
        running.password = DEMO_PASSWORD
        yield running


@contextmanager
def _people_of(place: Site, browser: Browser) -> Iterator[Callable[..., Person]]:
    """Give people by user name, signed in, "" the public; no page may misbehave for them."""
    known: dict[tuple[str, bool], Person] = {}

    def person(name: str, *, scripts: bool = True) -> Person:
        if (name, scripts) not in known:
            one = known[name, scripts] = Person(browser, place.address, name, scripts=scripts)
            if name:
                one.sign_in(place.password)
        return known[name, scripts]

    yield person
    for one in known.values():
        one.close()
        assert one.faults == [], (one.username, one.faults)


@pytest.fixture
def people(site: Site, browser: Browser) -> Iterator[Callable[..., Person]]:
    """The people of ``site``."""
    with _people_of(site, browser) as person:
        yield person


@pytest.fixture
def townspeople(town: Site, browser: Browser) -> Iterator[Callable[..., Person]]:
    """The people of ``town``."""
    with _people_of(town, browser) as person:
        yield person


@pytest.fixture
def demo_people(demo: Site, browser: Browser) -> Iterator[Callable[..., Person]]:
    """The people of ``demo``."""
    with _people_of(demo, browser) as person:
        yield person


@pytest.fixture(scope="session")
def households() -> dict[str, dict[str, object]]:
    """The synthetic households that the scenarios share."""
    path = ROOT / "processes/archiving/scenarios/data/households.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))
