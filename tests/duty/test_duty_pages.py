"""The pages of the roster without scripts: who sees it, what is refused stays chosen, swaps."""

import re
from pathlib import Path

import pytest
from flask import Flask

from registry.duties import Kind
from tests.duty.conftest import DECEMBER, Rota
from tests.support.register import Visitor, site_of

MONTH = "/duty?month=2026-12"
PLAN = "/duty/plan?unit=xc&month=2026-12"


@pytest.fixture
def site(rota: Rota, tmp_path: Path) -> Flask:
    return site_of(rota.engine, tmp_path)


def visitor(site: Flask, rota: Rota, name: str) -> Visitor:
    return Visitor(site, rota.engine, name)


def posted(page: str, **changed: str) -> dict[str, str]:
    """What the table would send, with some days chosen anew."""
    found = {"unit": "xc", "month": "2026-12", "step": "save", "why": ""}
    seen = re.search(r'name="seen" value="(\d+)"', page)
    assert seen is not None
    found["seen"] = seen[1]
    for name in re.findall(r'<select [^>]*name="(2026-[^"]+)"', page):
        chosen = re.search(rf'name="{name}">(.*?)</select>', page)
        assert chosen is not None
        value = re.search(r'value="([^"]*)" selected', chosen[1])
        found[name] = "" if value is None else value[1]
    return {**found, **changed}


def test_a_month_is_planned_on_the_page_and_shown(site: Flask, rota: Rota) -> None:
    office = visitor(site, rota, "reviewer")
    page = office.text(PLAN)
    assert "2026-12-05" not in page, "a Saturday"
    typed = posted(page, **{"2026-12-01.staff": "p-anna", "2026-12-15.leader": "p-approver"})
    assert office.post("/duty/plan", typed, PLAN).status_code == 303
    shown = office.text(MONTH)
    assert "模拟anna" in shown
    assert "领导接待日 2026-12-15" in shown
    assert "没有排班" in shown, "the other days are gaps"
    assert shown.count('class="duty-mark"') == 1


def test_what_is_refused_stays_chosen(site: Flask, rota: Rota) -> None:
    office = visitor(site, rota, "reviewer")
    typed = posted(office.text(PLAN), **{"2026-12-01.staff": "p-anna", "2026-12-02.staff": "p-x"})
    refused = office.post("/duty/plan", typed, PLAN)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert "不是本单位的值班人员" in page
    assert posted(page)["2026-12-01.staff"] == "p-anna"
    assert rota.on_duty() == {}


def test_who_saves_a_roster_that_was_changed_meanwhile_is_told(site: Flask, rota: Rota) -> None:
    office = visitor(site, rota, "reviewer")
    typed = posted(office.text(PLAN), **{"2026-12-01.staff": "p-anna"})
    rota.plan(by="reviewer2", d2="bella")
    refused = office.post("/duty/plan", typed, PLAN)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 412
    assert "值班表刚才有变动" in page
    again = posted(page)
    assert again["2026-12-01.staff"] == "p-anna"
    assert office.post("/duty/plan", {**again, "2026-12-02.staff": "p-bella"}, PLAN)
    assert rota.on_duty() == {1: "anna", 2: "bella"}


def test_the_empty_days_are_filled_in_turn_and_saved_after_a_look(site: Flask, rota: Rota) -> None:
    office = visitor(site, rota, "reviewer")
    rota.plan(d2="clara")
    typed = posted(office.text(PLAN), step="turns", lawyer_on="2")
    page = office.post("/duty/plan", typed, PLAN).get_data(as_text=True)
    assert "请核对后保存" in page
    chosen = posted(page)
    assert (chosen["2026-12-02.staff"], chosen["2026-12-02.lawyer"]) == ("p-clara", "p-lawyer")
    assert rota.on_duty() == {2: "clara"}
    assert office.post("/duty/plan", chosen, PLAN).status_code == 303
    assert len(rota.on_duty()) == 23, "every working day of the month"


def test_leave_is_entered_and_the_days_it_hits_are_told(site: Flask, rota: Rota) -> None:
    office = visitor(site, rota, "reviewer")
    rota.plan(d1="anna", d2="bella")
    asked = {"unit": "xc", "month": "2026-12", "person": "p-anna", "first": "2026-12-01", "why": ""}
    wrong = office.post("/duty/leave", {**asked, "first": "下周一"}, MONTH)
    assert wrong.status_code == 422
    assert "下周一" in wrong.get_data(as_text=True)
    assert office.post("/duty/leave", asked, MONTH).status_code == 303
    page = office.text(MONTH)
    assert "请另行安排:2026-12-01" in page
    assert "销假" in page
    back = {"unit": "xc", "month": "2026-12", "person": "p-anna"}
    assert office.post("/duty/back", back, MONTH).status_code == 303
    assert office.post("/duty/back", back, MONTH).status_code == 409


def test_a_person_asks_for_a_swap_from_her_own_day(site: Flask, rota: Rota) -> None:
    rota.plan(d1="anna", d2="bella")
    anna = visitor(site, rota, "anna")
    (href,) = re.findall(r'href="(/duty/swaps/[^"]+)"', anna.text(MONTH))
    page = anna.text(href)
    assert "2026-12-02" in page
    whom = str(rota.duty_id(2))
    address = href.partition("?")[0]
    refused = anna.post(address, {"unit": "xc", "with": whom, "why": ""}, href)
    assert refused.status_code == 422
    assert f'value="{whom}" checked' in refused.get_data(as_text=True)
    asked = anna.post(address, {"unit": "xc", "with": whom, "why": "出差"}, href)
    assert asked.status_code == 303
    assert "换班" in anna.text(asked.location)
    assert rota.inbox("bella") == ["agree_staff"]


def test_who_has_nothing_to_do_with_it_finds_nothing(site: Flask, rota: Rota) -> None:
    rota.plan(d1="anna")
    rota.planned({(DECEMBER, Kind.LAWYER): "p-lawyer"})
    number = rota.duty_id(1)
    far, designer = visitor(site, rota, "far_reception"), visitor(site, rota, "designer")
    assert far.get("/duty?unit=xc&month=2026-12").status_code == 404
    assert "模拟anna" not in far.text(MONTH)
    assert far.get(f"/duty/swaps/{number}?unit=xc").status_code == 404
    assert designer.get("/duty").status_code == 403
    assert "值班表" not in designer.text("/inbox")
    anna = visitor(site, rota, "anna")
    assert anna.get(PLAN).status_code == 403
    assert anna.get("/duty?month=2026-13").status_code == 404
    lawyer = visitor(site, rota, "lawyer")
    assert "模拟anna" in lawyer.text(MONTH)
    assert "登记请假" not in lawyer.text(MONTH)
