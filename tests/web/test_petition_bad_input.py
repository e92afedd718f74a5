"""What goes wrong at the counter and from outside: nothing is lost, and every sentence says where."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine import SYSTEM, Request, open_engine
from engine.definitions.folder import read_folder
from engine.errors import DeploymentRefused
from engine.model.clock import FixedClock
from engine.model.receipt_codes import new_code
from engine.store.cases import CaseQuestion
from tests.engine.test_petition import REGISTERED, TODAY
from tests.support.templates import Templates
from tests.web.conftest import KEY, MONDAY_MORNING, ROOT, Browser, token_of
from tests.web.test_grievances import Desk, options, set_up

WORKERS = 200
WRONG = {3: ("phone", "1390000"), 77: ("owed", "一万二"), 142: ("name", ""), 200: ("owed", "-5.00")}
"""What is wrong in which row of a roster, counted from one."""


@pytest.fixture
def desk(templates: Templates, database_kind: str, tmp_path: Path) -> Iterator[Desk]:
    with templates.copy(database_kind, set_up, tmp_path) as url:
        clock = FixedClock(MONDAY_MORNING)
        engine = open_engine(url, key=KEY, options=options(clock, tmp_path))
        yield Desk(engine, clock, tmp_path)
        engine.close()


def called(number: int) -> str:
    """A name of its own for each, without digits, which no name has."""
    return "模拟" + "".join("零甲乙丙丁戊己庚辛壬"[int(one)] for one in f"{number:03}")


def roster() -> dict[str, str]:
    """Two hundred workers as a page posts them, four of them with something wrong."""
    rows: dict[str, str] = {}
    for number in range(1, WORKERS + 1):
        row = {"name": called(number), "phone": "13900000000", "owed": "12,000.00"}
        if number in WRONG:
            row |= [WRONG[number]]
        rows |= {f"workers.{number - 1}.{key}": value for key, value in row.items()}
    return rows


CLAIM = {
    "_action": "submit",
    "source": "complaint",
    "applicant_name": "林模拟",
    "mobile": "13900000000",
    "employer": "模拟劳务有限公司",
    "people": str(WORKERS),
    "claimed": "2400000",
    "arrears_from": "2026-06-01",
    "arrears_to": "2026-09-30",
    "still_employed": "yes",
    "facts": "完工后工资一直没有发放",
}


def test_a_roster_of_two_hundred_says_row_by_row_what_is_wrong_and_loses_nothing(
    desk: Desk,
) -> None:
    browser, address = desk.browser("reception"), "/start/wage_arrears/xc"
    sent = {**CLAIM, **roster()}
    answer = browser.post(address, sent, page=address)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    told = re.findall(r'<a [^>]*href="#f-workers\.(\d+)\.(\w+)"', page)
    assert sorted((int(row) + 1, key) for row, key in told) == [
        (row, key) for row, (key, _typed) in sorted(WRONG.items())
    ]
    for row in WRONG:
        assert f"第 {row} 行" in page
    for name, typed in sent.items():
        if name.startswith("workers.") and typed:
            assert re.search(rf'name="{re.escape(name)}"[^>]* value="{re.escape(typed)}"', page), (
                name
            )
    assert not desk.engine.cases.list(SYSTEM, CaseQuestion(process_key="wage_arrears"))
    mended = {"workers.2.phone": "13900000000", "workers.76.owed": "12,000"}
    mended |= {"workers.141.name": called(142), "workers.199.owed": "12000"}
    assert browser.post(address, {**sent, **mended}, page=address).status_code == 303
    (line,) = desk.engine.cases.list(SYSTEM, CaseQuestion(process_key="wage_arrears"))
    taken = desk.engine.cases.view(SYSTEM, line.id).submissions[0].data["workers"]
    assert isinstance(taken, list)
    assert len(taken) == WORKERS


def test_a_petition_without_an_address_goes_its_whole_way(desk: Desk) -> None:
    nobody = {"named": "no", "petitioner": "匿名", "reachable": "no", "matter": "union"}
    browser, address = desk.browser("reception"), "/start/petition/xc"
    said = {"channel": "letter", "received_on": TODAY, "persons": "1", "urgent_word": "no"}
    said |= {"matter_title": "没有公开工会经费", "request": "要求公开", "_action": "submit"}
    assert browser.post(address, {**said, **nobody}, page=address).status_code == 303
    (line,) = desk.engine.cases.list(SYSTEM, CaseQuestion(process_key="petition"))
    desk.do("reception", line.id, "screen", way="ours")
    desk.do("reception", line.id, "accept", accepted_on=TODAY, notice_way="无法告知")
    looked = {"facts": "已核实", "hardship": "no", "mediation": "no", "next_step": "opinion"}
    desk.do("handler", line.id, "investigate", **looked)
    opinion = {"opinion_kind": "support", "opinion_text": "公开", "opinion_basis": "《工会法》"}
    desk.do("handler", line.id, "write_opinion", **opinion)
    signed = {"decision": "agree", "opinion_no": "漳工访意〔2026〕3号"}
    desk.do("approver", line.id, "sign_opinion", **signed)
    page = browser.text(f"/tasks/{desk.step(line.id)}")
    assert "公告" in page, "there is a way to serve what has no address"
    desk.do("reception", line.id, "deliver", served_on=TODAY, serving_way="公告")
    reached = {one.name for one in desk.engine.cases.view(SYSTEM, line.id).milestones}
    assert {"received", "accepted", "resolved"} <= reached


def test_a_paper_that_names_what_is_nowhere_is_refused_and_nothing_is_deployed(desk: Desk) -> None:
    files = list(read_folder(ROOT / "processes", ROOT / "forms", "petition").files)
    at = next(n for n, one in enumerate(files) if one.name.endswith("acceptance_notice.document"))
    wrong = files[at].content.replace(b"{{ petitioner }}", b"{{ petitoner }}")
    assert wrong != files[at].content
    files[at] = replace(files[at], content=wrong)
    before = list(desk.engine.definitions.latest())
    with pytest.raises(DeploymentRefused) as refused:
        desk.engine.definitions.deploy(SYSTEM, files)
    (found,) = [one for one in refused.value.findings if one.severity == "error"]
    assert "petitoner" in found.message
    assert found.file.endswith("acceptance_notice.document")
    assert list(desk.engine.definitions.latest()) == before


@pytest.mark.parametrize("typed", ["guessed", "of another", "other last four"])
def test_a_forged_code_opens_nothing_and_tells_nothing(desk: Desk, typed: str) -> None:
    engine = desk.engine
    case_id = desk.registered()
    code = engine.receipts.issue(engine.directory.actor_named("reception"), case_id).code
    number = engine.cases.view(SYSTEM, case_id).case.number
    tried, proof = {
        "guessed": (new_code(), "0000"),
        "of another": (code[::-1], "0000"),
        "other last four": (code, "1234"),
    }[typed]
    phone = Browser(desk.app)
    answer = phone.post("/receipt", {"code": tried, "proof": proof})
    assert answer.status_code in {401, 422}
    assert number not in answer.text
    assert "公开工会经费" not in answer.text
    assert "信访" not in answer.text.replace(token_of(answer.text), "")
    assert phone.post("/receipt", {"code": code, "proof": "0000"}).status_code == 303


def test_the_accused_who_alone_could_sign_is_told_of_one_level_up_only(desk: Desk) -> None:
    """At the city nobody is above: who looks after sealed cases finds it listed, and nobody else."""
    city = {"matter": "staff", "matter_title": "领导收了礼", "accused_person": "leader"}
    reception = desk.engine.directory.actor_named("city_reception")
    said = {**REGISTERED, "received_on": TODAY, **city}
    case_id = desk.engine.cases.start(reception, Request("petition", "zz", said)).case_id
    desk.do("city_reception", case_id, "screen", way="ours")
    told = {"accepted_on": TODAY, "notice_way": "当面", "notice_on": TODAY}
    desk.do("city_reception", case_id, "accept", **told)
    looked = {"facts": "已核实", "hardship": "no", "mediation": "no", "next_step": "opinion"}
    desk.do("protection", case_id, "investigate", **looked)
    opinion = {"opinion_kind": "support", "opinion_text": "属实", "opinion_basis": "《工会法》"}
    desk.do("protection", case_id, "write_opinion", **opinion)
    (step,) = desk.engine.cases.view(SYSTEM, case_id).open_tasks
    assert step.element_id == "sign_opinion"
    number = desk.engine.cases.view(SYSTEM, case_id).case.number
    for who in ("leader", "watcher", "handler", "approver", "reception"):
        browser = desk.browser(who)
        for address in ("/inbox", "/supervision", "/supervision/unstaffed", "/supervision/due"):
            page = browser.text(address)
            assert number not in page, (who, address)
            assert "领导收了礼" not in page, (who, address)
    unstaffed = desk.engine.tasks.unstaffed
    protection = desk.engine.directory.actor_named("protection")
    assert [line.case_id for line, _why in unstaffed(protection)] == [case_id]
