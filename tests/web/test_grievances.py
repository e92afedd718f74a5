"""A petition on its handler's page, in the indicators, and in the figures for everybody."""

import io
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

import registry
from engine import SYSTEM, Engine, Options, Request, open_engine
from engine.definitions.folder import read_folder
from engine.model.clock import FixedClock
from engine.model.organisations import Person
from engine.store.settings import Parameter
from tests.engine.moving.conftest import LONG_BEFORE
from tests.engine.test_petition import REGISTERED, SERVED, STAFF, TODAY, archiving, asks_for_review
from tests.support.federation import ORGANISATIONS
from tests.support.templates import Templates
from tests.web.conftest import (
    KEY,
    MONDAY_MORNING,
    PASSWORD,
    PASSWORD_HASH,
    ROOT,
    Browser,
    NoHouseholds,
)
from webapp.app import create_app
from webapp.settings import Settings
from webapp.standard.parameters import beginning_values
from webapp.standard.roles import ROLES

PEOPLE = {**STAFF, "watcher": ("supervisor", "zz"), "far_watcher": ("supervisor", "lw")}


def options(clock: FixedClock, folder: Path) -> Options:
    return Options(
        clock=clock,
        data_dir=folder,
        operations=registry.OPERATIONS,
        branches=(registry.BRANCH,),
    )


def set_up(url: str, folder: Path) -> None:
    engine = open_engine(url, key=KEY, options=options(FixedClock(LONG_BEFORE), folder))
    people = [
        (Person(f"p-{name}", name, f"模拟{name}", unit, simulated=True), PASSWORD_HASH)
        for name, (_, unit) in PEOPLE.items()
    ]
    grants = [(f"p-{name}", role, unit) for name, (role, unit) in PEOPLE.items()]
    engine.directory.load(ORGANISATIONS, ROLES, people, grants)
    since = date(2026, 1, 1)
    engine.settings.add_parameters(
        SYSTEM, [Parameter(name, None, since, value) for name, value in beginning_values().items()]
    )
    files = archiving()
    for key in ("petition", "petition_review", "petition_assigned", "wage_arrears"):
        files += read_folder(ROOT / "processes", ROOT / "forms", key).files
    engine.definitions.deploy(SYSTEM, files)
    engine.close()


class Desk:
    """The application, its engine and clock, and petitions taken as far as a test wants."""

    def __init__(self, engine: Engine, clock: FixedClock, folder: Path) -> None:
        self.engine, self.clock = engine, clock
        self.app = create_app(Settings(key=KEY, data_dir=folder), engine, NoHouseholds())

    def browser(self, who: str) -> Browser:
        browser = Browser(self.app)
        if who:
            assert browser.sign_in(who, PASSWORD).status_code == 303
        return browser

    def do(self, who: str, case_id: str, element: str, **data: object) -> None:
        (task,) = self.engine.cases.view(SYSTEM, case_id).open_tasks
        assert task.element_id == element
        self.engine.tasks.complete(self.engine.directory.actor_named(who), task.id, data)

    def registered(self, unit: str = "xc", **said: object) -> str:
        reception = self.engine.directory.actor_named("reception")
        day = self.engine.environment.today().isoformat()
        data = {**REGISTERED, "received_on": day, **said}
        return self.engine.cases.start(reception, Request("petition", unit, data)).case_id

    def accepted(self, **said: object) -> str:
        case_id = self.registered(**said)
        day = self.engine.environment.today().isoformat()
        self.do("reception", case_id, "screen", way="ours")
        told = {"accepted_on": day, "notice_way": "当面", "notice_on": day}
        self.do("reception", case_id, "accept", **told)
        return case_id

    def step(self, case_id: str) -> str:
        (task,) = self.engine.cases.view(SYSTEM, case_id).open_tasks
        return task.id


@pytest.fixture
def desk(templates: Templates, database_kind: str, tmp_path: Path) -> Iterator[Desk]:
    with templates.copy(database_kind, set_up, tmp_path) as url:
        clock = FixedClock(MONDAY_MORNING)
        engine = open_engine(url, key=KEY, options=options(clock, tmp_path))
        yield Desk(engine, clock, tmp_path)
        engine.close()


def box(page: str) -> str:
    found = re.search(r'<section class="handling".*?</section>', page, re.DOTALL)
    return "" if found is None else re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0]))


def test_the_handler_sees_letters_what_comes_next_and_by_when(desk: Desk) -> None:
    case_id = desk.accepted()
    page = desk.browser("handler").text(f"/tasks/{desk.step(case_id)}")
    told = box(page)
    assert "发出 1,收到 0" in told
    assert "受理告知书" in told
    assert f"送达日期 {TODAY}" in told
    assert "告知方式 当面" in told
    assert "提出意见 → 拟处理意见" in told
    assert "最迟 2027-01-08,法定时限" in told, "sixty days from acceptance, whatever day it is now"


def test_the_draft_of_the_opinion_is_one_click_away(desk: Desk) -> None:
    case_id = desk.accepted()
    looked = {"facts": "已核实", "hardship": "no", "mediation": "no", "next_step": "opinion"}
    desk.do("handler", case_id, "investigate", **looked)
    handler, step = desk.engine.directory.actor_named("handler"), desk.step(case_id)
    draft = {
        "opinion_kind": "refuse",
        "opinion_text": "所请没有依据",
        "opinion_basis": "《工会法》",
    }
    desk.engine.tasks.save_draft(handler, step, draft)
    browser = desk.browser("handler")
    for page in (f"/tasks/{step}", f"/cases/{case_id}"):
        preview = re.search(r'href="([^"]+)"[^>]*>《信访事项处理意见书》预览', browser.text(page))
        assert preview is not None, page
        assert "所请没有依据" in browser.text(preview[1])
    told = box(browser.text(f"/cases/{case_id}"))
    assert "“拟处理意见”草稿" in told
    assert "审签处理意见 分管领导,收到后 3 个工作日" in told


def test_what_was_written_down_for_the_petitioner_and_added_is_a_letter_in(desk: Desk) -> None:
    case_id = desk.accepted()
    looked = {"facts": "已核实", "hardship": "no", "mediation": "no", "next_step": "opinion"}
    desk.do("handler", case_id, "investigate", **looked)
    said = {"opinion_text": "不予支持", "opinion_basis": "《工会法》"}
    desk.do("handler", case_id, "write_opinion", opinion_kind="refuse", **said)
    desk.do("approver", case_id, "sign_opinion", decision="agree", opinion_no="漳工访意〔2026〕3号")
    desk.do("reception", case_id, "deliver", **SERVED)
    desk.do("reception", case_id, "follow_up", asked_on=TODAY, satisfaction="not")
    asks_for_review(desk.engine, "reception", case_id)
    reception, files = desk.engine.directory.actor_named("reception"), desk.engine.files
    content = files.receive(io.BytesIO(b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n"))
    files.attach(reception, case_id, "补充说明.pdf", content, "")
    told = box(desk.browser("reception").text(f"/cases/{case_id}"))
    assert "发出 2,收到 2" in told
    assert "信访事项处理意见书" in told
    assert "收到 申请复查 — 模拟reception" in told
    assert "补充说明.pdf" in told


def cells(page: str, label: str) -> list[str]:
    row = re.search(rf'<th scope="row">{label}</th>(.*?)</tr>', page, re.DOTALL)
    assert row is not None, label
    return [re.sub(r"<[^>]+>", "", one) for one in re.findall(r"<td.*?</td>", row[1])]


def test_indicators_lead_to_exactly_their_cases(desk: Desk) -> None:
    desk.accepted(matter="wage")
    desk.registered("u1", matter="hardship")
    desk.registered("u2", id_number="", mobile="13900000001")
    desk.clock.advance(timedelta(days=20))
    watcher = desk.browser("watcher")

    page = watcher.text("/supervision/indicators")

    assert cells(page, "合计")[:5] == ["3", "3", "1", "33.3%", "1"]
    assert cells(page, "合计")[13] == "0", "another matter, and another number, is no second time"
    links = re.findall(r'href="(/supervision/indicators/cases[^"]+)">([\d,]+)</a>', page)
    assert len(links) > 4
    for href, number in links:
        assert watcher.text(href).count('class="cell-title"') == int(number), href
    assert "合计" in desk.browser("far_watcher").text("/supervision/indicators")
    assert cells(desk.browser("far_watcher").text("/supervision/indicators"), "合计")[0] == "0"


def test_a_span_and_a_county_narrow_them_and_nonsense_is_refused(desk: Desk) -> None:
    desk.registered()
    desk.clock.advance(timedelta(days=3))
    desk.registered("u1")
    watcher = desk.browser("watcher")
    since = watcher.text(f"/supervision/indicators?since={TODAY}&until={TODAY}")
    assert cells(since, "合计")[0] == "1"
    assert cells(watcher.text("/supervision/indicators?below=lw"), "合计")[0] == "0"
    assert cells(watcher.text("/supervision/indicators?below=xc"), "合计")[0] == "2"
    assert cells(watcher.text("/supervision/indicators"), "合计")[13] == "1", "the same again"
    for wrong in ("since=abc", "since=2026-12-01&until=2026-01-01", "until=9999-12-31"):
        assert watcher.get(f"/supervision/indicators?{wrong}").status_code == 422
    assert watcher.get("/supervision/indicators/cases?process=petition&figure=x").status_code == 422


def test_the_leader_publishes_a_year_and_everybody_reads_it(desk: Desk) -> None:
    for _n in range(6):
        desk.registered()
    desk.registered(matter="union")
    everybody, leader, protection = (desk.browser(n) for n in ("", "leader", "protection"))
    assert "还没有公开的统计" in everybody.text("/statistics")
    desk.clock.advance(timedelta(days=90))  # 2027-02-07
    assert everybody.get("/statistics/2026/publishing").status_code == 303, "asked to sign in"
    assert desk.browser("handler").get("/statistics/2026/publishing").status_code == 403
    here = "/statistics/2026/publishing"
    assert "由市总工会分管领导公开" in protection.text(here)
    assert protection.post(here, {"act": "publish"}).status_code == 403
    assert everybody.get("/statistics/2026").status_code == 404

    assert leader.post(here, {"act": "publish"}).status_code == 303

    public = everybody.text("/statistics")
    assert "2026" in public
    assert cells(public, re.escape("合计(件)")) == ["*", "*"], "seven less six is one"
    assert "密封办理的件不在统计内" in public
    leader.post(here, {"act": "withdraw", "reason": "另行核对"})
    assert everybody.get("/statistics/2026").status_code == 404
    assert "另行核对" in leader.text(here)
    leader.post(here, {"act": "again"})
    assert everybody.get("/statistics/2026").status_code == 200
    for wrong in ("1", "20266", "abcd", "１２３４"):
        assert everybody.get(f"/statistics/{wrong}").status_code == 404
