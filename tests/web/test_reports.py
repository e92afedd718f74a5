"""Pages on which somebody says something against a household on file."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import select, update

import registry
from engine import SYSTEM, Engine, Options, open_engine
from engine.definitions.folder import read_folder
from engine.model.clock import FixedClock
from engine.store.settings import Parameter
from registry.store.tables import file_report, household
from tests.registry.town import CALLED, MONDAY_MORNING, PARAMETERS, ROOT, Town
from tests.support.client import client_of
from tests.support.federation import staffed
from tests.support.register import Visitor, on_file, site_of
from tests.support.templates import SetUp

Visit = Callable[[str], Visitor]
SAID = {"text": "他家还有一套房", "by": "老周", "way": "来信", "said_on": "2026-11-06"}


def opened(url: str, folder: Path) -> Engine:
    options = Options(
        clock=FixedClock(MONDAY_MORNING),
        data_dir=folder,
        operations=registry.OPERATIONS,
        branches=(registry.BRANCH,),
    )
    return open_engine(url, key=bytes(range(32)), options=options)


def set_up(url: str, folder: Path) -> None:
    """The federation with the processes of archiving and of reports."""
    engine = staffed(opened(url, folder))
    since = date(2026, 1, 1)
    engine.settings.add_parameters(
        SYSTEM, [Parameter(name, None, since, value) for name, value in PARAMETERS.items()]
    )
    for key in (*CALLED, "archiving", "household_report"):
        files = read_folder(ROOT / "processes", ROOT / "forms", key).files
        engine.definitions.deploy(SYSTEM, files)
    engine.close()


@pytest.fixture
def engine(page_copy: Callable[[SetUp], str], tmp_path: Path) -> Iterator[Engine]:
    running = opened(page_copy(set_up), tmp_path / "data")
    yield running
    running.close()


@pytest.fixture
def app(engine: Engine, tmp_path: Path) -> Flask:
    return site_of(engine, tmp_path)


@pytest.fixture
def visit(app: Flask, engine: Engine) -> Visit:
    return lambda name: Visitor(app, engine, name)


def rows(engine: Engine) -> list[Any]:
    return engine.ask(lambda tx: list(tx.execute(select(file_report))))


def closed_notice(engine: Engine) -> str:
    """A notice that has passed and led to a file."""
    clock = engine.clock
    assert isinstance(clock, FixedClock)
    town = Town(engine, registry.Registry(engine), clock)
    town.approved()
    return town.notice_id()


def sent(app: Flask, page: str, address: str, fields: dict[str, str]) -> Any:
    """What the public sends from a page."""
    client = client_of(app)
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).get_data(as_text=True))
    assert found is not None
    return client.post(address, data={"csrf_token": found[1], **fields})


@pytest.mark.both_databases
def test_a_report_is_written_down_from_the_page_of_the_file(engine: Engine, visit: Visit) -> None:
    file_no = on_file(engine)
    reviewer, page = visit("reviewer"), f"/households/{file_no}/report"
    assert "登记举报" in reviewer.text(f"/households/{file_no}")
    assert "登记举报" in reviewer.text(page)
    answer = reviewer.post(page, SAID, page)
    assert answer.status_code == 303
    text = reviewer.text(f"/households/{file_no}")
    assert "举报核查中" in text
    assert "回执号 举报-20261109-" in text
    assert "老周" not in text
    (row,) = rows(engine)
    assert (row.way, row.said_on, row.reachable) == ("来信", "2026-11-06", True)
    trace = reviewer.text(f"/households/{file_no}?tab=trace")
    assert "对本档案的举报" in trace
    assert "核查举报" in trace
    (step,) = engine.cases.view(SYSTEM, row.case_id).open_tasks
    at_work = reviewer.text(f"/tasks/{step.id}")
    assert "他家还有一套房" in at_work
    assert "打开档案" in at_work
    assert "一并核查" in reviewer.text(page)


def test_what_is_refused_stays_typed(engine: Engine, visit: Visit) -> None:
    file_no = on_file(engine)
    reviewer, page = visit("reviewer"), f"/households/{file_no}/report"
    for wrong, why in (
        ({"text": " "}, "请写明举报的内容"),
        ({"said_on": "上周"}, "不是日期"),
        ({"said_on": "2026-12-01"}, "不能晚于今天"),
        ({"by": "周" * 101}, "不超过 100 字"),
    ):
        answer = reviewer.post(page, {**SAID, **wrong}, page)
        text = unescape(answer.get_data(as_text=True))
        assert answer.status_code == 422, wrong
        assert why in text
        for value in {**SAID, **wrong}.values():
            assert value.strip() in text
    assert rows(engine) == []


def test_whoever_may_not_take_reports_finds_no_button_and_is_told(
    engine: Engine, visit: Visit
) -> None:
    file_no = on_file(engine)
    page = f"/households/{file_no}/report"
    for who, status in (("approver", 403), ("township", 403), ("far_reviewer", 404)):
        assert visit(who).get(page).status_code == status, who
    assert "登记举报" not in visit("approver").text(f"/households/{file_no}")
    assert "举报由县总工会审核员" in unescape(visit("approver").get(page).get_data(as_text=True))


@pytest.mark.both_databases
def test_a_file_struck_off_says_why_and_is_reported_no_more(engine: Engine, visit: Visit) -> None:
    file_no = on_file(engine)
    reviewer = visit("reviewer")
    page = f"/households/{file_no}/report"
    reviewer.post(page, SAID, page)
    (row,) = rows(engine)
    for who, data in (
        (
            "reviewer",
            {
                "check_second_name": "郑模拟",
                "check_second_post": "干事",
                "check_second_phone": "0596-2000001",
                "checked_on": "2026-11-09",
                "finding": "已查",
                "report_result": "closed",
                "close_reason": "false_papers",
                "told_reason": "隐瞒住房",
            },
        ),
        ("approver", {"decision": "agree"}),
    ):
        (step,) = engine.cases.view(SYSTEM, row.case_id).open_tasks
        engine.tasks.complete(engine.directory.actor_named(who), step.id, data)
    text = reviewer.text(f"/households/{file_no}")
    assert "已注销" in text
    assert "档案已于 2026-11-09 注销,原因:弄虚作假。隐瞒住房" in text
    assert "登记举报" not in text
    assert reviewer.get(page).status_code == 409
    assert "注销:弄虚作假" in reviewer.text(f"/households/{file_no}?tab=versions")


@pytest.mark.both_databases
def test_the_public_reports_where_the_notice_was(engine: Engine, app: Flask, visit: Visit) -> None:
    notice_id = closed_notice(engine)
    page = f"/notices/{notice_id}"
    text = unescape(client_of(app).get(page).get_data(as_text=True))
    assert "公示期已满,内容不再公开" in text
    assert "林" not in text
    assert "模拟一厂" not in text
    late = sent(app, page, f"{page}/objection", {"text": "他有房", "by": "周"})
    assert late.status_code == 409
    told = unescape(late.get_data(as_text=True))
    assert "可以作为举报提出" in told
    assert "他有房" in told
    empty = sent(app, page, f"{page}/report", {"text": "", "by": "周"})
    assert empty.status_code == 422
    robot = sent(app, page, f"{page}/report", {"text": "他有房", "leave_empty": "x"})
    assert robot.status_code == 422
    assert rows(engine) == []
    assert sent(app, page, f"{page}/report", {"text": "他有房", "by": ""}).status_code == 303
    (row,) = rows(engine)
    assert (row.way, row.reachable, row.taken_by) == ("网页", False, "public")
    found = sent(app, "/objections", "/objections", {"receipt": row.receipt})
    assert "正在核查" in unescape(found.get_data(as_text=True))
    staff = visit("reviewer").text(page)
    assert quote(f"/households/{row.file_no}/report") in staff
    assert "登记举报" in staff


def test_without_a_file_the_public_is_told_whom_to_ring(engine: Engine, app: Flask) -> None:
    notice_id = closed_notice(engine)
    engine.execute(lambda tx: tx.execute(update(household).values(status="closed")))
    page = f"/notices/{notice_id}"
    answer = sent(app, page, f"{page}/report", {"text": "他有房", "by": ""})
    told = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 409
    assert "请拨打公示上的联系电话" in told
    assert "他有房" in told
    assert client_of(app).get("/notices/nothing").status_code == 404
