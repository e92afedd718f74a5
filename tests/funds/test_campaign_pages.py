"""The pages of a campaign without scripts: figures with their households, a roster, one decision."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from engine import SYSTEM
from engine.jobs.executor import Pace
from registry.store.campaigns import Stand
from tests.funds.campaign import PAY, Winter
from tests.funds.purse import Purse
from tests.funds.test_campaign import set_up, strike_off
from tests.support.register import Visitor, site_of
from tests.support.templates import Templates
from webapp.together.listed import ERRAND, errand_on

COUNTS = re.compile(r'href="(/funds/campaigns/[^"]+/households[^"]*)">(\d+)</a>')


@pytest.fixture
def funds_url(templates: Templates, database_kind: str, tmp_path: Path) -> Iterator[str]:
    with templates.copy(database_kind, set_up, tmp_path) as url:
        yield url


@pytest.fixture
def winter(purse: Purse) -> Winter:
    made = Winter(purse)
    made.start()
    made.approve()
    made.engine.errands.teach(ERRAND, errand_on(made.engine))
    return made


@pytest.fixture
def site(winter: Winter, tmp_path: Path) -> Flask:
    return site_of(winter.engine, tmp_path)


def shown(page: str) -> list[str]:
    """The steps of a page with their revisions, as it sends them."""
    return re.findall(r'name="_rev" value="([^"]+)"', page)


def errands_done(winter: Winter) -> None:
    runner = winter.engine.errands.runner(Pace())
    while runner.run_once():
        pass


def test_each_figure_leads_to_the_households_it_counts(site: Flask, winter: Winter) -> None:
    winter.purse.allocate(year="2027", amount="9,000.00")
    first, *_ = winter.households("reviewer", Stand.OPEN)
    winter.do("reviewer", first, "check", {"decision": "hold", "held_because": "本人已去世"})
    second = winter.households("reviewer", Stand.OPEN)[0]
    winter.do("reviewer", second, "check", PAY)
    city = Visitor(site, winter.engine, "protection")
    listed = city.text("/funds/campaigns")
    (href,) = set(re.findall(r'href="(/funds/campaigns/[^"]+)"', listed))
    page = city.text(href)
    assert "送温暖 2027春节" in page
    assert "本人已去世" in page
    found = COUNTS.findall(page)
    assert len(found) > 20
    for address, told in found:
        rows = city.text(address.replace("&amp;", "&")).count('<td class="cell-title">')
        assert rows == int(told), address
    county = Visitor(site, winter.engine, "accountant")
    own = county.text(href)
    assert "龙文模拟区总工会" not in own
    assert "为待发放的 1 户制单" in own
    line = re.findall(r'name="line" value="(\d+)"', own)[0]
    answer = county.post(f"{href}/roster", {"line": line}, href)
    assert answer.status_code == 303
    assert "/funds/batches/" in answer.headers["Location"]
    again = county.post(f"{href}/roster", {"line": line}, href)
    assert again.status_code == 409
    assert Visitor(site, winter.engine, "officer").get("/funds/campaigns").status_code == 403


def test_hundreds_are_decided_by_the_list_each_by_itself(site: Flask, winter: Winter) -> None:
    reviewer = Visitor(site, winter.engine, "reviewer")
    inbox = reviewer.text("/inbox")
    assert inbox.count("送温暖(户)") >= 1
    assert 'href="/lists/winter_relief_household"' in inbox
    assert "林模拟1<" not in inbox, "its steps are no rows"
    place = reviewer.get("/lists/winter_relief_household").headers["Location"]
    gone = winter.households("reviewer", Stand.OPEN)[3]
    strike_off(winter, gone.file_no)
    page = reviewer.text(place)
    assert "1 户系统核对有问题,列在最前" in page
    rows = re.findall(r"<tr( class=\"at\")?><td class=\"cell-tick\">.*?</tr>", page, re.DOTALL)
    assert len(rows) == 30
    assert rows[0] == ' class="at"'
    assert not any(rows[1:])

    # The one that left is held with a reason, the others are paid: two decisions.
    sent = {"_action": "submit", "_nonce": "n" * 20, "_rev": shown(page)}
    nobody = reviewer.post(place, {**sent, "decision": "pay", "_which": "ticked"}, place)
    assert (nobody.status_code, "没有选户" in nobody.get_data(as_text=True)) == (422, True)
    task = re.findall(r'name="_task" value="([^"]+)"', page)[0]
    held = {**sent, "decision": "hold", "_which": "ticked", "_task": task}
    refused = reviewer.post(place, held, place)
    assert refused.status_code == 422, "a reason is asked for"
    assert reviewer.post(place, {**held, "held_because": "已不在档"}, place).status_code == 303
    errands_done(winter)
    paid = {**sent, "decision": "pay", "_which": "clear"}
    both = reviewer.post(place, {**paid, "_task": task}, place)
    assert (both.status_code, "又选了" in both.get_data(as_text=True)) == (422, True)
    assert reviewer.post(place, paid, place).status_code == 303
    assert "正在办理" in reviewer.text(place)
    errands_done(winter)
    page = reviewer.text(place)
    assert "上一次提交的 29 户都已办成" in page
    assert "<h1>核对名单</h1>" in page
    campaign = winter.seen_by("reviewer")
    assert campaign.households(Stand.WAITING) == 29
    assert campaign.households(Stand.HELD) == 1
    one = winter.households("reviewer", Stand.WAITING)[0]
    history = winter.engine.cases.history(SYSTEM, one.case_id)
    assert [e.actor_name for e in history if e.kind.value == "task_completed"] == ["模拟reviewer"]
    assert winter.engine.audit.verify().ok
    winter.purse.must_hold()


def test_who_is_decided_meanwhile_is_told_and_the_others_go_on(site: Flask, winter: Winter) -> None:
    reviewer = Visitor(site, winter.engine, "reviewer")
    place = reviewer.get("/lists/winter_relief_household").headers["Location"]
    sent = {"_action": "submit", "_nonce": "n" * 20, "decision": "pay", "_which": "clear"}
    sent["_rev"] = shown(reviewer.text(place))
    first = winter.households("reviewer", Stand.OPEN)[0]
    assert reviewer.post(place, sent, place).status_code == 303
    winter.do("reviewer2", first, "check", {"decision": "hold", "held_because": "本人不接受"})
    errands_done(winter)
    page = reviewer.text(place)
    (fetch,) = re.findall(r'href="(/lists/errands/[^"]+)"', page)
    told = reviewer.get(fetch).get_data().decode("utf-8-sig")
    assert first.title in told
    assert winter.seen_by("reviewer").households(Stand.WAITING) == 29
    assert winter.seen_by("reviewer").households(Stand.HELD) == 1
    # A worker that dies begins the errand anew: nobody is decided twice.
    with winter.engine.database.unit_of_work() as unit:
        unit.tx.execute(text("UPDATE errand SET status = 'waiting' WHERE kind = :k"), {"k": ERRAND})
        unit.commit()
    errands_done(winter)
    assert winter.seen_by("reviewer").households(Stand.WAITING) == 29
    winter.purse.must_hold()


def test_who_joins_after_the_page_was_drawn_is_not_decided_by_it(
    site: Flask, winter: Winter
) -> None:
    reviewer = Visitor(site, winter.engine, "reviewer")
    place = reviewer.get("/lists/winter_relief_household").headers["Location"]
    seen = shown(reviewer.text(place))
    assert len(seen) == 30
    winter.purse.clock.advance(timedelta(days=1))
    late = winter.purse.household(900, "u1", archived_on=date(2026, 11, 10))
    winter.work()
    reviewer = Visitor(site, winter.engine, "reviewer")
    page = reviewer.text(place)
    (joined,) = set(shown(page)) - set(seen)
    sent = {"_action": "submit", "_nonce": "n" * 20, "decision": "pay", "_rev": seen}
    ticked = {**sent, "_which": "ticked", "_task": joined.partition(":")[0]}
    assert reviewer.post(place, ticked, place).status_code == 422
    assert reviewer.post(place, {**sent, "_which": "clear"}, place).status_code == 303
    errands_done(winter)
    (left,) = winter.households("reviewer", Stand.OPEN)
    assert left.file_no == late
    assert winter.seen_by("reviewer").households(Stand.WAITING) == 30


def test_the_list_says_how_many_came_back_to_it(site: Flask, winter: Winter) -> None:
    reviewer = Visitor(site, winter.engine, "reviewer")
    place = reviewer.get("/lists/winter_relief_household").headers["Location"]
    strike_off(winter, winter.households("reviewer", Stand.OPEN)[3].file_no)
    page = reviewer.text(place)
    sent = {"_action": "submit", "_nonce": "n" * 20, "decision": "pay", "_which": "ticked"}
    tasks = [one.partition(":")[0] for one in shown(page)[:2]]  # the one that left comes first
    both = {**sent, "_rev": shown(page), "_task": tasks}
    assert reviewer.post(place, both, place).status_code == 303
    errands_done(winter)
    page = reviewer.text(place)
    assert "上一次提交的 2 户已提交,每户各自留痕;其中 1 户系统核对有问题,已退回名单。" in page
    assert len(shown(page)) == 29


def test_steps_show_what_the_funds_find_and_how_far_the_counties_are(
    site: Flask, winter: Winter
) -> None:
    reviewer = Visitor(site, winter.engine, "reviewer")
    first, second, *_ = winter.households("reviewer", Stand.OPEN)
    strike_off(winter, second.file_no)
    for one, said in ((first, "在档、没有重复发放、没有超过上限。"), (second, "的档案不在档")):
        (step,) = winter.engine.cases.view(SYSTEM, one.case_id).open_tasks
        assert said in reviewer.text(f"/tasks/{step.id}")
    winter.purse.clock.advance(timedelta(days=82))
    winter.work()
    steps = winter.engine.cases.view(SYSTEM, winter.case_id).open_tasks
    (urge,) = [one.id for one in steps if one.element_id == "urge"]
    page = Visitor(site, winter.engine, "protection").text(f"/tasks/{urge}")
    assert "覆盖率 0%" in page
    assert "已发放 0 户,名单共 40 户。" in page
    assert page.index("芗城模拟区总工会") < page.index("龙文模拟区总工会"), "who owes most is first"


def test_who_begins_it_by_hand_reads_what_is_begun(purse: Purse, tmp_path: Path) -> None:
    planner = Visitor(site_of(purse.engine, tmp_path), purse.engine, "protection")
    page = planner.text("/start/winter_relief/zz")
    assert "名单日在档的困难职工家庭每户一件" in page
    begun = planner.post(
        "/start/winter_relief/zz", {"_action": "submit"}, "/start/winter_relief/zz"
    )
    assert begun.status_code == 303
    assert "拟定方案" in planner.text(begun.headers["Location"])
