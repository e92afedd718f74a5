"""What is begun for a household from the page of its file and from the lists (解困脱困)."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from engine import SYSTEM, Engine
from engine.definitions.folder import read_folder
from engine.model.clock import FixedClock
from engine.store.settings import Parameter
from tests.registry.bench import Bench
from tests.registry.town import CALLED, PARAMETERS, ROOT
from tests.support.federation import staffed
from tests.support.register import HEAD, Visitor, on_file, site_of
from tests.support.templates import SetUp
from tests.web.test_register import opened

pytestmark = pytest.mark.both_databases

Visit = Callable[[str], Visitor]


def set_up(url: str, folder: Path) -> None:
    engine = staffed(opened(url, folder))
    since = date(2026, 1, 1)
    engine.settings.add_parameters(
        SYSTEM, [Parameter(name, None, since, value) for name, value in PARAMETERS.items()]
    )
    files = [
        file
        for key in (*CALLED, "archiving", "lift_out")
        for file in read_folder(ROOT / "processes", ROOT / "forms", key).files
    ]
    engine.definitions.deploy(SYSTEM, files)
    engine.close()


@pytest.fixture
def engine(page_copy: Callable[[SetUp], str], tmp_path: Path) -> Iterator[Engine]:
    running = opened(page_copy(set_up), tmp_path / "data")
    yield running
    running.close()


@pytest.fixture
def visit(engine: Engine, tmp_path: Path) -> Visit:
    app = site_of(engine, tmp_path)
    return lambda name: Visitor(app, engine, name)


def test_a_case_is_begun_from_the_file_and_is_then_shown_there(
    engine: Engine, visit: Visit
) -> None:
    file_no = on_file(engine)
    reviewer, page = visit("reviewer"), f"/households/{file_no}"
    assert "解困脱困</button>" in reviewer.text(page)
    assert "解困脱困</button>" not in visit("supervisor").text(page)
    begun = reviewer.post(f"{page}/cases", {"process": "lift_out"}, page)
    assert begun.status_code == 303
    assert "/cases/" in begun.location
    assert "解困脱困办理中" in reviewer.text(page)
    twice = reviewer.post(f"{page}/cases", {"process": "lift_out"}, page)
    assert twice.status_code == 409
    assert "没有重复发起" in twice.text
    wrong = reviewer.post(f"{page}/cases", {"process": "archiving"}, page)
    assert wrong.status_code == 422
    assert "不能从档案发起" in wrong.text


def test_from_a_list_one_goes_on_in_the_list(engine: Engine, visit: Visit) -> None:
    file_no = on_file(engine, changed_on=date(2025, 3, 3))
    reviewer, queue = visit("reviewer"), "/households/queues/unchanged"
    assert "解困脱困</button>" in reviewer.text(queue)
    said = {"process": "lift_out", "back": "unchanged"}
    begun = reviewer.post(f"/households/{file_no}/cases", said, queue)
    assert (begun.status_code, begun.location) == (303, queue)
    assert "解困脱困办理中" in reviewer.text(queue)
    assert "解困脱困" not in reviewer.text("/households")


def test_how_a_household_left_and_that_it_fell_back_stands_on_its_page(
    engine: Engine, visit: Visit
) -> None:
    file_no = on_file(engine)
    reviewer, page, queue = visit("reviewer"), f"/households/{file_no}", "/households/queues"
    clock = engine.environment.clock
    assert isinstance(clock, FixedClock)
    bench = Bench(engine, clock)
    bench.run("household.leave", {"file_no": file_no, "kind": "lifted", "note": "夫妻都已就业"})
    shown = reviewer.text(page)
    assert "已脱困" in shown
    assert "2026-11-09 认定脱困,档案已退出;工会继续回访。夫妻都已就业" in shown
    assert "没有找到档案" in reviewer.text(f"{queue}/fallen-back")
    bench.run("household.fall_back", {"file_no": file_no, "note": "又失业"})
    assert "回访发现返困:又失业。请为户主新建申请" in reviewer.text(page)
    assert file_no in reviewer.text(f"{queue}/fallen-back")
    head = {**HEAD, "id_number": "350602199001019907"}
    bench.run("household.open_file", {"head": head, "category": "dibao"}, "case-2")
    assert "返困:2026-11-09 认定脱困,2026-11-09 重新在档。" in reviewer.text(page)
    assert "没有找到档案" in reviewer.text(f"{queue}/fallen-back")


def test_the_year_s_figures_open_their_files_and_say_what_is_missing(
    engine: Engine, visit: Visit
) -> None:
    on_file(engine, archived_on=date(2025, 3, 3))
    supervisor = visit("supervisor")
    page = supervisor.text("/households/figures")
    assert "还差 1 户" in page
    assert "没有成批退出" in page
    opened_list = "/households?figure=at-start&of=2026&unit=xc"
    assert opened_list in page
    assert "2026 年:年初在档" in supervisor.text(opened_list)
    assert "没有找到档案" in supervisor.text("/households?figure=lifted&of=2026")
    assert supervisor.get("/households?figure=nothing").status_code == 404
    assert supervisor.get("/households/figures?year=99999").status_code == 422
    assert "当年未同步" in page
