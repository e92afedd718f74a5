"""The whole product on loopback, people at headless browsers, and a clock the test moves."""

import datetime as dt
import os
import threading
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from waitress.server import create_server

from engine import SYSTEM, Actor, Engine
from engine.definitions.folder import read_upload
from engine.jobs.executor import Pace, in_background
from engine.model.clock import FixedClock
from engine.model.organisations import Person as Employee
from engine.store.settings import Parameter
from engine.work.accounts import hash_password
from tests.journeys.person import Person
from tests.support.federation import ORGANISATIONS, ROLES, STAFF
from webapp.app import create_app
from webapp.opening import open_installation
from webapp.settings import Settings

ROOT = Path(__file__).parents[2]
PASSWORD = "a-journey-of-2026"
HASHED = hash_password(PASSWORD)
MONDAY_MORNING = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)
PICTURES = Path(os.environ.get("BANGFU_TEST_PICTURES", ROOT / "build/pictures"))
PROCESSES = ("public_notice", "archiving", "example_request")


@dataclass
class Site:
    """A running site."""

    address: str
    engine: Engine
    clock: FixedClock

    def actor(self, name: str) -> Actor:
        return self.engine.directory.actor_named(name)

    def pass_days(self, days: int) -> None:
        """Let days go by; what falls due then has happened when this returns."""
        self.clock.advance(dt.timedelta(days=days))
        executor = self.engine.jobs.executor(Pace())
        while executor.run_once():
            continue


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    """Served from a thread; the worker beside it."""
    clock = FixedClock(MONDAY_MORNING)
    settings = Settings(
        key=bytes(range(32)), data_dir=tmp_path, database_url=database_url, is_demo=True
    )
    opened = open_installation(settings, clock)
    engine = opened.engine
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
                *(ROOT / "forms" / key).glob("*.form"),
            ]
        )
    ]
    engine.definitions.deploy(SYSTEM, read_upload(files).files)
    server = create_server(
        create_app(settings, engine, opened.registry), host="127.0.0.1", port=0, threads=8
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    stop = in_background(engine.jobs.executor(Pace(idle=0.1)), "worker")
    yield Site(f"http://127.0.0.1:{server.effective_port}", engine, clock)
    stop()
    server.close()
    thread.join(10)
    engine.close()


@pytest.fixture
def people(site: Site, browser: Browser) -> Iterator[Callable[[str], Person]]:
    """Give a person by user name, signed in."""
    known: dict[str, Person] = {}

    def person(name: str) -> Person:
        if name not in known:
            known[name] = Person(browser, site.address, name, PASSWORD)
        return known[name]

    yield person
    for one in known.values():
        one.close()
        assert one.faults == [], (one.username, one.faults)


@pytest.fixture(scope="session")
def households() -> dict[str, dict[str, object]]:
    """The synthetic households that the scenarios share."""
    path = ROOT / "processes/archiving/scenarios/data/households.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))
