"""Long lists and whole-city files beside their bare limits, on both databases.

    python -m tests.bench.bulk [sqlite|postgres]

Each figure takes turns with its limit: the same statements straight through the driver, or the
same cells written or read by bare openpyxl. So the ratio holds on a busy machine; seconds do not.
"""

import io
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date

from openpyxl import Workbook, load_workbook
from sqlalchemy import text

import registry
from engine import SYSTEM, Actor, Request
from registry import ExistingHousehold, Imports
from registry.finding import Search
from registry.incoming.batch import HOUSEHOLDS
from tests.bench.ground import PROCESS, Ground, ground
from tests.bench.limits import BareConnection, Script, recording
from tests.imports.sheets import content_of, filled, household
from tests.registry.test_loading import number
from tests.support.register import CONTENT, HEAD, Visitor, site_of
from webapp.imports.working import bring_file
from webapp.sheets.reading import read_workbook

FILES = 4_543
"""Households of the city."""

ROUNDS = 5
FEW = 100
UNIONS = ("u1", "u2", "lw-u")
PAGES = ("/households", "/households?q=模拟", "/households/queues/unhelped", "/supervision")
_OF_FILES = ("household_person", "household_index", "household_version", "household")


def measure(db: str) -> None:
    """Print every figure of one database."""
    with ground(db) as on:
        _load(on)
        _pages(on)
        _export(on)
        _read(on)
        _applications(on)


def _say(db: str, what: str, turns: list[tuple[float, float]], how_many: int) -> None:
    ours = statistics.median(one for one, _ in turns)
    bare = statistics.median(other for _, other in turns)
    ratio = statistics.median(one / other for one, other in turns)
    print(f"{db:9} {what:34} {how_many:6} {ours:8.3f} s {bare:8.3f} s  {ratio:6.2f} x", flush=True)


def _timed(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def _households() -> list[ExistingHousehold]:
    return [
        ExistingHousehold(
            UNIONS[n % len(UNIONS)],
            {
                **CONTENT,
                "members": [],
                "head": {**HEAD, "name": f"模拟{n}", "id_number": number(n)},
            },
            date(2016 + n % 10, 3, 3),
        )
        for n in range(FILES)
    ]


def _load(on: Ground) -> None:
    """Existing households into the register; the limit sends the same statements."""
    register, found, turns = registry.Registry(on.engine), _households(), []
    for _ in range(ROUNDS):
        _empty(on)
        with recording(on.engine.database) as sent:
            ours = _timed(lambda: register.load_files(SYSTEM, found, "模拟台账"))
        script = Script(tuple(sent))
        _empty(on)
        connection = BareConnection(on.engine.database)
        turns.append((ours, _timed(lambda s=script, c=connection: c.run(s))))  # type: ignore[misc]
        connection.close()
    _say(on.db, "load existing households", turns, FILES)


def _empty(on: Ground) -> None:
    on.engine.execute(lambda tx: [tx.execute(text(f"delete from {one}")) for one in _OF_FILES])


def _pages(on: Ground) -> None:
    """Pages in process; the limit sends their statements and reads the rows."""
    visitor = Visitor(site_of(on.engine, on.data), on.engine, "city")
    on.engine.execute(lambda tx: tx.execute(text("analyze")))
    for page in PAGES:
        visitor.text(page)
        with recording(on.engine.database) as sent:
            visitor.text(page)
        script, connection = Script(tuple(sent)), BareConnection(on.engine.database)
        turns = [
            (
                _timed(lambda p=page: visitor.get(p)),  # type: ignore[misc]
                _timed(lambda s=script, c=connection: c.run(s)),  # type: ignore[misc]
            )
            for _ in range(4 * ROUNDS)
        ]
        connection.close()
        _say(on.db, f"{page} ({script.statements} statements)", turns, FILES)


def _export(on: Ground) -> None:
    """The whole city as a workbook; the limit writes the same cells with no style."""
    desk = registry.Registry(on.engine).exports
    actor, turns = on.engine.directory.actor_named("protection"), []
    for _ in range(2):
        made: list[bytes] = []
        ours = _timed(
            lambda m=made: m.append(desk.masked(actor, Search(), "年度复核", "").content)  # type: ignore[misc]
        )
        book = load_workbook(io.BytesIO(made[0]), read_only=True)
        cells = [[list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book]
        turns.append((ours, _timed(lambda c=cells: _written(c))))  # type: ignore[misc]
    _say(on.db, "export of the city", turns, FILES)


def _written(sheets: list[list[list[object]]]) -> bytes:
    book = Workbook(write_only=True)
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _read(on: Ground) -> None:
    """A workbook of the city's households, read into rows; then checked and kept."""
    lists, actor = Imports(on.engine), on.engine.directory.actor_named("protection")
    kind = lists.kind(actor, HOUSEHOLDS)
    content = content_of(filled(kind, [household(n) for n in range(FILES)]))

    def bare() -> None:
        book = load_workbook(io.BytesIO(content), read_only=True)
        for sheet in book:
            for _row in sheet.iter_rows():
                pass

    turns = [
        (_timed(lambda: read_workbook(content, "名单.xlsx", kind.layout)), _timed(bare))
        for _ in range(2)
    ]
    _say(on.db, f"read a workbook of {len(content) // 1024} kB", turns, FILES)
    _empty(on)
    list_id = bring_file(lists, actor, HOUSEHOLDS, "名单.xlsx", content)
    read = statistics.median(one for one, _ in turns)
    _say(on.db, "check its rows / reading", [(_timed(_worked(lists, actor, list_id)), read)], FILES)
    lists.run(actor, list_id, only_if_all=True)
    _say(on.db, "load its rows / reading", [(_timed(_worked(lists, actor, list_id)), read)], FILES)


def _worked(lists: Imports, actor: Actor, list_id: str) -> Callable[[], object]:
    return lambda: lists.to_the_end(actor, list_id, lambda _done, _total: None)


def _applications(on: Ground) -> None:
    """A list that starts cases; the limit starts as many cases without a list."""
    lists, actor = Imports(on.engine), on.engine.directory.actor_named("officer")
    kind = lists.kind(actor, PROCESS)
    turns = []
    for turn in range(3):
        lines = [
            {"受理工会": "模拟一厂工会", "请求事项": f"添置安全帽 {turn} {n}"} for n in range(FEW)
        ]
        content = content_of(filled(kind, lines))
        list_id = bring_file(lists, actor, PROCESS, "请求.xlsx", content)
        lists.work(actor, list_id, 600)
        lists.run(actor, list_id, only_if_all=True)

        def start() -> None:
            for n in range(FEW):
                on.engine.cases.start(actor, Request(PROCESS, "u1", {"subject": f"安全帽 {n}"}))

        turns.append((_timed(_worked(lists, actor, list_id)), _timed(start)))
    _say(on.db, "start cases from a list", turns, FEW)


if __name__ == "__main__":
    for asked in sys.argv[1:] or ("sqlite", "postgres"):
        measure(asked)
