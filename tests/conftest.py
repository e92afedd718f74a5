"""What every test may ask for: fresh databases of both kinds, a browser's path.

Under ``CI=true`` a test that needs PostgreSQL, Chromium, strace or libfaketime and does not get it
has failed; elsewhere it is skipped, and the summary says why.
"""

import gc
import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, expect, sync_playwright
from xdist.scheduler import LoadScopeScheduling

from tests.support.once import hash_quickly, made_once
from tests.support.postgres import ADDRESS_VARIABLE, PostgresMissing, PostgresServer, new_folder
from tests.support.templates import Templates
from tests.support.waiting import ON_A_PAGE

# How long an example takes says something about the machine, nothing about the code.
settings.register_profile(
    "untimed", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("untimed")

hash_quickly()

ROOT = Path(__file__).parent.parent
NEEDS = ("postgres", "browser", "strace", "clock")
ALONE = ("tests/bench/", "tests/crash/", "tests/load/")
"""Folders whose tests start many processes, kill them, or measure."""

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

DATABASES = ("sqlite", pytest.param("postgres", marks=pytest.mark.postgres))

_SERVER = pytest.StashKey[PostgresServer]()
_FOLDER = "bangfu_postgres_folder"


class _SharedServer:
    """Tells each worker of the run where the one PostgreSQL server is."""

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        node.workerinput[_FOLDER] = str(node.config.stash[_SERVER].folder)


def pytest_configure(config: pytest.Config) -> None:
    """Name the place of the PostgreSQL server; the first test that needs it starts it there."""
    worker = getattr(config, "workerinput", None)
    folder = new_folder() if worker is None else Path(worker[_FOLDER])
    config.stash[_SERVER] = PostgresServer(folder, os.environ.get(ADDRESS_VARIABLE, ""))
    if worker is None:
        config.pluginmanager.register(_SharedServer())


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server with the run that started it."""
    if not hasattr(config, "workerinput"):
        config.stash[_SERVER].remove()


class _OneByOne(LoadScopeScheduling):
    """Gives each test to whichever worker is free, but those that want it alone to one worker."""

    def _split_scope(self, nodeid: str) -> str:
        return "alone" if nodeid.startswith(ALONE) else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Never two tests at once that kill processes or hold a load."""
    return _OneByOne(config, log)


def pytest_collection_finish() -> None:
    """What has been imported and collected stays: each full look for garbage would pass it."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Count a skip as a failure where all that the tests need must be there."""
    report = yield
    needed = [name for name in NEEDS if item.get_closest_marker(name) is not None]
    if report.skipped and needed and os.environ.get("CI") == "true":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"Under CI=true a test that needs {needed[0]} must run. {reason}"
    return report


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest) -> PostgresServer:
    """The run's PostgreSQL server, started. Other tests use it at the same time."""
    return _started(request.config.stash[_SERVER])


@pytest.fixture
def own_postgres_server() -> Iterator[PostgresServer]:
    """A server of this test's own, to stop, crash and start as it likes. Takes a second."""
    server = PostgresServer(new_folder())
    try:
        yield _started(server)
    finally:
        server.remove()


def _started(server: PostgresServer) -> PostgresServer:
    try:
        server.ensure_started()
    except PostgresMissing as missing:
        pytest.skip(str(missing))
    return server


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A SQLite database that does not exist yet."""
    return f"sqlite:///{tmp_path / 'bangfu.db'}"


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """An empty PostgreSQL database of this test's own. Mark the test with ``postgres``."""
    name = postgres_server.create_database()
    yield postgres_server.url(name)
    postgres_server.drop_database(name)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, database_kind: str) -> str:
    """An empty database, once of each kind: the test runs twice."""
    url: str = request.getfixturevalue(f"{database_kind}_url")
    return url


@pytest.fixture(scope="session")
def templates(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Templates]:
    """Databases that are set up once; tests use copies of them."""

    def server() -> PostgresServer:
        started: PostgresServer = request.getfixturevalue("postgres_server")
        return started

    made = Templates(tmp_path_factory.mktemp("templates"), server)
    yield made
    made.remove()


@pytest.fixture(params=DATABASES)
def database_kind(request: pytest.FixtureRequest) -> str:
    """``sqlite``, then ``postgres``: the test runs twice."""
    kind: str = request.param
    return kind


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Pages run on SQLite; tests marked ``both_databases`` on PostgreSQL as well."""
    if "page_kind" in metafunc.fixturenames:
        both = metafunc.definition.get_closest_marker("both_databases") is not None
        metafunc.parametrize("page_kind", DATABASES if both else DATABASES[:1], indirect=True)


@pytest.fixture
def page_kind(request: pytest.FixtureRequest) -> str:
    """The kind of database that the test's marker asks for."""
    kind: str = request.param
    return kind


@pytest.fixture(scope="session", autouse=True)
def what_tests_make_alike() -> Iterator[None]:
    """Process files, pages, routes and SQL are compiled once in a run."""
    with made_once():
        yield


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser on this machine. Mark the test with ``browser``."""
    found = os.environ.get("BANGFU_TEST_CHROMIUM") or next(
        filter(None, map(shutil.which, BROWSERS)), None
    )
    if found is None:
        pytest.skip("no Chromium here: make setup as root, or apt-get install chromium")
    return found


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    """One headless Chromium for the run: Playwright can be started only once in a process."""
    expect.set_options(timeout=ON_A_PAGE)  # a page says when it is there, not how fast
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture(scope="session")
def axe_script() -> str:
    """The accessibility checker, to be run inside a page of the browser."""
    script = ROOT / "webapp/assets/node_modules/axe-core/axe.min.js"
    return script.read_text(encoding="utf-8")
