"""The papers of a household through its steps, and what was verified line by line (模拟)."""

import pytest

from engine import SYSTEM, Request
from engine.errors import Invalid
from tests.registry.town import REPORT, Town


def begun(town: Town, **changed: object) -> str:
    """An application that was handed in."""
    asked = {"applicant_name": "林模拟", "application_kind": "self"}
    officer = town.actor("officer")
    case_id = town.engine.cases.start(officer, Request("archiving", "u1", asked)).case_id
    town.do("officer", case_id, "apply", town.filled("officer", "family_of_three", **changed))
    return case_id


def missing(town: Town, case_id: str) -> list[str]:
    papers = town.engine.cases.view(SYSTEM, case_id).papers
    return [one.code for one in papers if one.is_missing]


def test_each_needed_paper_says_what_was_given_by_whom_or_that_it_is_missing(town: Town) -> None:
    case_id = begun(town, paper_bank=[], cause_main="9")
    (step,) = town.engine.cases.view(SYSTEM, case_id).open_tasks
    view = town.engine.tasks.view(town.actor("officer"), step.id)
    listed = {one.code: one for one in view.papers}
    assert set(listed) == {"id_card", "hukou", "authorisation", "bank_card", "income", "school"}
    assert [one.code for one in view.papers if one.is_missing] == ["bank_card", "school"]
    assert listed["bank_card"].where == "材料与授权 · 银行卡复印件"
    (given,) = listed["hukou"].given
    assert (given.by_name, given.step) == (town.actor("officer").name, "填报申请")
    assert given.at == town.engine.clock.now()


def test_incomplete_papers_are_told_at_once_and_supplemented_by_kind(town: Town) -> None:
    case_id = begun(town, paper_bank=[], paper_hukou=[])
    with pytest.raises(Invalid) as refused:
        town.do("officer", case_id, "acceptance_check", {"complete": "yes"})
    (error,) = refused.value.errors
    assert "户主银行卡复印件(在“材料与授权 · 银行卡复印件”上传)" in error.message
    told = {"complete": "no", "missing_papers": ["hukou"], "missing_text": "请补"}
    with pytest.raises(Invalid, match="1 处"):
        town.do("officer", case_id, "acceptance_check", told)
    told["missing_papers"] = ["hukou", "bank_card"]
    town.do("officer", case_id, "acceptance_check", told)
    scan = town.engine.files.stage(town.actor("officer"), "户口簿.pdf", b"%PDF-1.4 x").id
    given = {"supplemented_on": "2026-11-09", "paper_hukou": [scan]}
    with pytest.raises(Invalid) as refused:
        town.do("officer", case_id, "supplement", given)
    assert [one.pointer for one in refused.value.errors] == ["/paper_bank"]
    town.do("officer", case_id, "supplement", {**given, "paper_bank": [scan]})
    assert missing(town, case_id) == []
    town.do("officer", case_id, "acceptance_check", {"complete": "yes"})
    assert town.waiting(case_id) == ["home_visit"]


def test_a_paper_that_is_taken_out_again_is_missing_again(town: Town) -> None:
    case_id = begun(town)
    town.do("officer", case_id, "acceptance_check", {"complete": "yes"})
    town.do("officer", case_id, "home_visit", town.filled("officer", "visit"))
    back = {"decision": "return", "return_to": "apply", "comment": "户口簿不是这一户的"}
    town.do("chair", case_id, "grassroots_review", back)
    town.do("officer", case_id, "apply", town.filled("officer", "family_of_three", paper_hukou=[]))
    assert missing(town, case_id) == ["hukou"]
    with pytest.raises(Invalid, match="1 处"):
        town.do("officer", case_id, "acceptance_check", {"complete": "yes"})


def test_what_was_verified_counts_and_the_file_keeps_both_and_who(town: Town) -> None:
    case_id = begun(town)
    town.do("officer", case_id, "acceptance_check", {"complete": "yes"})
    visit = town.filled("officer", "visit")
    visit["income_lines"] = [
        {"verified_amount": 1300, "amount": 9},  # what was stated stays as it was
        *({} for _ in range(11)),
        {"month": "2025-03", "income_kind": "other", "amount": 0, "verified_amount": 200},
    ]
    town.do("officer", case_id, "home_visit", visit)
    (step,) = town.engine.cases.view(SYSTEM, case_id).open_tasks
    scope = town.engine.tasks.view(town.actor("chair"), step.id).scope
    first, second, *_, new = scope["income_lines"]  # type: ignore[misc]
    officer = town.actor("officer").name
    assert (first["amount"], first["verified_amount"]) == (1350, 1300)
    assert (first["verified_by"], new["verified_by"]) == (officer, officer)
    assert "verified_by" not in second
    assert scope["income_year"] == 16200
    assert scope["income_checked"] == 16350
    assert scope["income_change"] == 150
    assert scope["proposal"]["income_own"] == 16350  # type: ignore[index]
    for by, element, data in (
        ("chair", "grassroots_review", {"decision": "agree"}),
        ("reviewer", "await_report", REPORT),
        ("reviewer", "county_review", {"decision": "agree", "category": "dibao"}),
        ("officer", "post", town.posted()),
    ):
        town.do(by, case_id, element, data)
    town.days_pass(case_id, 8)
    town.do("officer", case_id, "record_result", town.over())
    town.do("approver", case_id, "approve", {"decision": "agree"})
    (file_line,) = town.register.households(SYSTEM, limit=1).lines
    incomes = town.register.files.money(SYSTEM, file_line.file_no).incomes
    (verified,) = [one for one in incomes if one.stated == 1350]
    assert (verified.amount, verified.stated, verified.verified_by) == (1300, 1350, officer)
    town.must_hold()
