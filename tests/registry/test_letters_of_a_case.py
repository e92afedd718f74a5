"""往来 on the page of an application: what was sent against a proof of service, what came in."""

import re
from pathlib import Path

from tests.registry.town import Town
from tests.support.register import Visitor, site_of


def test_an_application_and_a_visit_are_no_letters_and_a_report_from_outside_is(
    town: Town, tmp_path: Path
) -> None:
    case_id = town.approved()
    page = Visitor(site_of(town.engine, tmp_path), town.engine, "reviewer").text(
        f"/cases/{case_id}"
    )
    found = re.search(r'<section class="handling".*?</section>', page, re.DOTALL)
    assert found is not None
    told = re.sub(r"<[^>]+>", " ", found[0])
    assert "发出 0,收到 1" in told
    assert "等待核对报告" in told
    assert "填报申请" not in told
    assert "object at" not in page, "a field that was not asked has no value to tell"


def test_a_refusal_told_in_writing_is_a_letter_out(town: Town, tmp_path: Path) -> None:
    case_id = town.on_notice()
    town.days_pass(case_id, 8)
    town.do("officer", case_id, "record_result", town.over())
    town.do("approver", case_id, "approve", {"decision": "refuse", "comment": "不符合建档条件"})
    day = town.clock.now().date().isoformat()
    told = {"notice_text": "经审核不符合建档条件", "delivery_way": "当面", "delivered_on": day}
    town.do("officer", case_id, "refusal_notice", {**told, "received_by": "林模拟"})
    page = Visitor(site_of(town.engine, tmp_path), town.engine, "reviewer").text(
        f"/cases/{case_id}"
    )
    assert "发出 1,收到 1" in page
    assert "object at" not in page
