"""Who left the register less than a year ago and applies anew (DMN-11), from the register's data."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from engine import SYSTEM, Request
from engine.definitions.folder import read_folder
from engine.store.settings import Parameter
from registry.store.tables import household_version
from tests.registry.test_file_reports import FALSE_PAPERS, reported
from tests.registry.town import ROOT, Town
from tests.support.register import on_file

SHOWN = "退出后返困"


@pytest.fixture
def town(town: Town) -> Town:
    """Where the township looks at every application, and reports on files are looked into."""
    wanted = Parameter("township review", None, date(2026, 1, 1), value=True)
    town.engine.settings.add_parameters(SYSTEM, [wanted])
    files = read_folder(ROOT / "processes", ROOT / "forms", "household_report").files
    town.engine.definitions.deploy(SYSTEM, files)
    return town


def _left(town: Town, reason: str = "own_wish", days_ago: int = 300) -> str:
    """A household on file that was struck off so many days ago; its number."""
    number = town.filled("officer", "family_of_three")["id_number"]
    file_no = on_file(town.engine, {"id_number": number})
    case_id = reported(town, file_no)
    town.do("reviewer", case_id, "investigate", {**FALSE_PAPERS, "close_reason": reason})
    town.do("approver", case_id, "approve", {"decision": "agree"})
    assert town.register.household(SYSTEM, file_no).line.status == "closed"
    town.clock.advance(timedelta(days=days_ago))
    return file_no


def _reviewed(town: Town) -> str:
    """She applies anew, as far as the chair's agreement."""
    asked = {"applicant_name": "林模拟", "application_kind": "self"}
    begun = town.engine.cases.start(town.actor("officer"), Request("archiving", "u1", asked))
    case_id = begun.case_id
    town.do("officer", case_id, "apply", town.filled("officer", "family_of_three"))
    town.do("officer", case_id, "acceptance_check", {"complete": "yes"})
    town.do("officer", case_id, "home_visit", town.filled("officer", "visit"))
    town.do("chair", case_id, "grassroots_review", {"decision": "agree"})
    return case_id


def _told(town: Town, case_id: str) -> list[object]:
    """How the check for duplicates weighed what it found."""
    decisions = town.engine.cases.view(SYSTEM, case_id).decisions
    (weighed,) = (one.value for one in decisions if one.variable == "weighed")
    assert isinstance(weighed, list)
    return [one["kind"] for one in weighed]


def test_who_falls_back_goes_straight_to_the_county_and_gets_her_file_again(town: Town) -> None:
    file_no = _left(town)
    case_id = _reviewed(town)
    assert _told(town, case_id) == [SHOWN]
    assert town.waiting(case_id) == ["await_report"]
    report = {"report_no": "核2027-0001", "report_date": "2027-09-01", "result": "consistent"}
    town.do("reviewer", case_id, "await_report", report)
    (review,) = town.engine.cases.view(SYSTEM, case_id).open_tasks
    page = town.engine.tasks.view(town.actor("reviewer"), review.id)
    assert file_no in str(page.scope["duplicates"])
    town.do("reviewer", case_id, "county_review", {"decision": "agree", "category": "dibao"})
    town.do("officer", case_id, "post", town.posted())
    town.days_pass(case_id, 14)
    town.do("officer", case_id, "record_result", town.over())
    town.do("approver", case_id, "approve", {"decision": "agree"})
    again = town.register.household(SYSTEM, file_no)
    assert (again.line.status, len(again.versions)) == ("awaiting_entry", 3)
    by_number = select(household_version.c.act).order_by(household_version.c.number)
    acts = town.engine.ask(lambda tx: list(tx.execute(by_number).scalars()))
    assert acts == ["imported", "closed", "approved"]
    town.must_hold()


@pytest.mark.parametrize(
    ("reason", "days_ago", "told"),
    [
        ("own_wish", 364, [SHOWN]),
        ("own_wish", 365, []),
        ("no_longer", 30, ["注销不久,须留意"]),
    ],
)
def test_the_short_way_is_for_the_time_of_the_watch_and_for_nobody_in_doubt(
    town: Town, reason: str, days_ago: int, told: list[str]
) -> None:
    _left(town, reason, days_ago)
    case_id = _reviewed(town)
    assert _told(town, case_id) == told
    assert town.waiting(case_id) == (["await_report"] if told == [SHOWN] else ["township_review"])


def test_a_county_may_want_the_township_s_view_all_the_same(town: Town) -> None:
    wanted = Parameter("return without township", None, date(2026, 1, 1), value=False)
    town.engine.settings.add_parameters(SYSTEM, [wanted])
    _left(town)
    case_id = _reviewed(town)
    assert _told(town, case_id) == [SHOWN]
    assert town.waiting(case_id) == ["township_review"]
