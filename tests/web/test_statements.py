"""A page asks the database as often for a hundred rows as for three: counted, not timed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

import registry
from engine import SYSTEM, Engine, Options, Request, open_engine
from engine.definitions.folder import read_folder
from engine.model.clock import FixedClock
from engine.model.tasks import InboxFilter
from engine.store.settings import Parameter
from tests.imports.test_step_lists import MEANS, asked
from tests.registry.test_loading import number
from tests.registry.town import CALLED, MONDAY_MORNING, PARAMETERS, ROOT, Town
from tests.support.federation import staffed
from tests.support.register import Visitor, on_file, site_of
from tests.support.templates import SetUp
from webapp.standard.parameters import standard_parameters

pytestmark = pytest.mark.both_databases

MOST = 30
MOST_OF_A_CASE = 25
NOW_AND_THEN = 3
"""Names of places and the calendar are read anew every half minute, whatever page it meets."""

UNIONS = ("u1", "u2", "xc-t", "xc", "lw-u")
REGISTER = (
    "/households",
    "/households?q=模拟",
    "/households?q=mn",
    "/households?category=marginal&unit=xc",
    *(
        f"/households/queues/{name}"
        for name in ("awaiting", "review", "unchanged", "unhelped", "alike")
    ),
    "/households/export",
    "/households/exports",
)
LATE = ("/supervision", "/supervision/units", "/inbox", "/cases?q=模拟", "/done")
_FRAME = ("BEGIN", "COMMIT", "ROLLBACK")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MONDAY_MORNING)


def opened(url: str, folder: Path, clock: FixedClock) -> Engine:
    options = Options(
        clock=clock,
        data_dir=folder,
        operations=registry.OPERATIONS,
        branches=(registry.BRANCH,),
        parameters=standard_parameters(),
    )
    return open_engine(url, key=bytes(range(32)), options=options)


def set_up(url: str, folder: Path) -> None:
    staffed(opened(url, folder, FixedClock(MONDAY_MORNING))).close()


@pytest.fixture
def engine(
    page_copy: Callable[[SetUp], str], tmp_path: Path, clock: FixedClock
) -> Iterator[Engine]:
    running = opened(page_copy(set_up), tmp_path / "data", clock)
    yield running
    running.close()


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """What the database is sent, without what only begins and ends a transaction."""
    seen: list[str] = []

    def note(_c: object, _u: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(_FRAME):
            seen.append(" ".join(statement.split()))

    event.listen(engine.database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine.database.engine, "before_cursor_execute", note)


def asked_for(engine: Engine, visitor: Visitor, addresses: tuple[str, ...]) -> dict[str, int]:
    """How many statements each page takes, once it is warm."""
    found = {}
    for address in addresses:
        assert visitor.get(address).status_code == 200, address
        with statements(engine) as seen:
            visitor.get(address)
        found[address] = len(seen)
    return found


def does_not_grow(
    engine: Engine,
    visitor: Visitor,
    addresses: tuple[str, ...],
    more: Callable[[], object],
    most: int = MOST,
) -> None:
    before = asked_for(engine, visitor, addresses)
    assert {address: n for address, n in before.items() if n > most + NOW_AND_THEN} == {}
    more()
    after = asked_for(engine, visitor, addresses)
    grown = {a: (n, after[a]) for a, n in before.items() if after[a] > n + NOW_AND_THEN}
    assert grown == {}


def test_lists_of_files_and_one_file(engine: Engine, tmp_path: Path) -> None:
    def more(first: int) -> str:
        for n in range(first, first + len(UNIONS)):
            head = {"name": f"模拟{n % 2}", "id_number": number(n)}
            file_no = on_file(engine, head, UNIONS[n % len(UNIONS)])
        return file_no

    file_no = more(0)
    tabs = ("basics", "members", "money", "help", "versions", "papers", "trace")
    file = tuple(f"/households/{file_no}?tab={tab}" for tab in tabs)
    visitor = Visitor(site_of(engine, tmp_path), engine, "protection")
    more(5)
    does_not_grow(engine, visitor, REGISTER + file, lambda: (more(10), more(15)))


def test_the_page_of_a_file_reads_its_row_once(engine: Engine, tmp_path: Path) -> None:
    file_no = on_file(engine)
    visitor = Visitor(site_of(engine, tmp_path), engine, "protection")
    for tab in ("basics", "members", "money"):
        with statements(engine) as seen:
            assert visitor.get(f"/households/{file_no}?tab={tab}").status_code == 200
        rows = [one for one in seen if "FROM household LEFT OUTER JOIN organisation" in one]
        assert len([one for one in rows if "household.file_no = " in one]) == 1, tab


def test_what_is_late_and_what_waits(engine: Engine, clock: FixedClock, tmp_path: Path) -> None:
    files = read_folder(ROOT / "processes", ROOT / "forms", "example_request").files
    engine.definitions.deploy(SYSTEM, files)

    def more(how_many: int) -> None:
        for who, place in (("officer", "u1"), ("other_officer", "u2"), ("far_officer", "lw-u")):
            actor = engine.directory.actor_named(who)
            for n in range(how_many):
                request = Request("example_request", place, {"subject": f"模拟{n}"})
                engine.cases.start(actor, request)
        clock.advance(timedelta(days=60))
        assert engine.tasks.inbox(engine.directory.actor_named("officer"), InboxFilter()).lines

    more(1)
    visitor = Visitor(site_of(engine, tmp_path), engine, "city")
    does_not_grow(engine, visitor, LATE, lambda: more(4))


def test_a_list_of_steps_and_the_page_of_one(
    engine: Engine, clock: FixedClock, tmp_path: Path
) -> None:
    since = date(2026, 1, 1)
    engine.settings.add_parameters(
        SYSTEM, [Parameter(name, None, since, value) for name, value in PARAMETERS.items()]
    )
    for key in (*CALLED, "archiving"):
        files = read_folder(ROOT / "processes", ROOT / "forms", key).files
        engine.definitions.deploy(SYSTEM, files)
    town = Town(engine, registry.Registry(engine), clock)
    case_id = asked(town, 11)
    (task,) = engine.cases.view(SYSTEM, case_id).open_tasks
    visitor = Visitor(site_of(engine, tmp_path), engine, "reviewer")
    tabs = (f"/cases/{case_id}?tab={tab}" for tab in ("papers", "history", "diagram", "print"))
    case = (f"/tasks/{task.id}", *tabs)

    def more() -> None:
        for n in (12, 13, 14):
            asked(town, n)

    does_not_grow(engine, visitor, case, lambda: None, MOST_OF_A_CASE)
    does_not_grow(engine, visitor, (f"/imports/{MEANS}", "/imports", *case), more)


def test_the_page_of_a_case_reads_the_case_and_its_open_steps_once(
    engine: Engine, tmp_path: Path
) -> None:
    files = read_folder(ROOT / "processes", ROOT / "forms", "example_request").files
    engine.definitions.deploy(SYSTEM, files)
    officer = engine.directory.actor_named("officer")
    begun = engine.cases.start(officer, Request("example_request", "u1", {"subject": "模拟"}))
    visitor = Visitor(site_of(engine, tmp_path), engine, "officer")
    for page in (f"/cases/{begun.case_id}?tab=print", f"/tasks/{begun.open_task_ids[0]}"):
        asked_for(engine, visitor, (page,))
        with statements(engine) as seen:
            visitor.get(page)
        states = [one for one in seen if "cases.state" in one.partition(" FROM ")[0]]
        assert len(states) == 1, page
        lines = [one for one in seen if one.endswith("ORDER BY task.number")]
        assert len(lines) == 1, page
