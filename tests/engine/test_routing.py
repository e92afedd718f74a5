"""Role x organisation: where a step goes, why, and that it follows the directory (D7)."""

import pytest

from engine import Engine
from engine.errors import NotPermitted
from tests.engine.conftest import Office


def _withdraw(office: Office, role: str, place: str) -> None:
    for grant in office.engine.directory.grants():
        if grant.role == role and grant.organisation_id == place:
            office.engine.directory.withdraw_grant(office.actor("admin"), grant.id)


def _why(office: Office, case_id: str) -> str:
    return office.engine.tasks.view(office.actor("city"), office.step(case_id)).why_here


def test_the_reason_is_kept_with_the_queue(office: Office) -> None:
    case_id = office.applied()
    assert "芗城模拟区总工会" in _why(office, case_id)
    assert "县级审核员" in _why(office, case_id)


def test_nobody_there_goes_up_the_approval_tree_with_open_steps(office: Office) -> None:
    case_id = office.applied()
    admin = office.actor("admin")
    office.engine.directory.grant(admin, "p-city", "county_reviewer", "zz")
    _withdraw(office, "county_reviewer", "xc")
    assert office.inbox("city") == ["review"]
    assert "漳州模拟市总工会" in _why(office, case_id)
    office.engine.directory.grant(admin, "p-reviewer", "county_reviewer", "xc")
    assert office.inbox("city") == []
    assert office.inbox("reviewer") == ["review"]


def test_nobody_anywhere_is_listed_as_unstaffed(office: Office) -> None:
    case_id = office.applied()
    _withdraw(office, "county_reviewer", "xc")
    ((line, reason),) = office.engine.tasks.unstaffed(office.actor("supervisor"))
    assert line.case_id == case_id
    assert "县级审核员" in reason


def test_a_written_designation_sends_it_to_another_unit(office: Office) -> None:
    case_id = office.applied()
    _withdraw(office, "county_reviewer", "xc")
    office.engine.directory.designate(
        office.actor("admin"), "county_reviewer", "xc", "lw", "模拟〔2026〕1号"
    )
    assert office.inbox("far_reviewer") == ["review"]
    assert "模拟〔2026〕1号" in _why(office, case_id)
    office.do("far_reviewer", case_id, "review", {"decision": "agree"})


def test_only_an_administrator_of_the_place_changes_the_directory(office: Office) -> None:
    engine: Engine = office.engine
    for name in ("officer", "supervisor", "designer"):
        with pytest.raises(NotPermitted):
            engine.directory.grant(office.actor(name), "p-officer", "county_reviewer", "xc")


def test_a_renamed_union_stays_the_same(office: Office) -> None:
    case_id = office.applied()
    engine = office.engine
    engine.directory.rename_organisation(office.actor("admin"), "xc", "350602", "芗城新名总工会")
    assert office.inbox("reviewer") == ["review"]
    assert "芗城新名总工会" in _why(office, case_id)
