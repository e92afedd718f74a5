"""The papers of a step at a browser without scripts."""

from pathlib import Path

import pytest

from engine import SYSTEM
from engine.definitions.folder import read_folder
from engine.model.definitions import SourceFile
from tests.web.conftest import FILLED, Federation, nonce_of

pytestmark = pytest.mark.both_databases

ROOT = Path(__file__).parents[2]
SLIP = """
title = "申请单"

[[block]]
kind = "fields"
fields = ["applicant_name", "amount", "reason"]

[[block]]
kind = "signatures"
label = "申请人签名"
each = "=[applicant_name]"
"""


@pytest.fixture
def printing(federation: Federation) -> Federation:
    files = []
    for file in read_folder(ROOT / "processes", ROOT / "forms", "example_request").files:
        text = file.content.decode()
        before, mark, after = text.partition('<bpmn:userTask id="apply"')
        if mark:
            head, start, rest = after.partition("<zeebe:properties>")
            line = '<zeebe:property name="documents" value="slip" />'
            text = before + mark + head + start + line + rest
        files.append(SourceFile(file.name, text.encode()))
    files.append(SourceFile("slip.document", SLIP.encode()))
    federation.engine.definitions.deploy(SYSTEM, files)
    return federation


def test_the_step_offers_its_papers_and_prints_what_was_typed(printing, browse):
    printing.started()
    task = printing.first_task("officer")
    officer = browse("officer")
    page = officer.text(f"/tasks/{task}")
    assert 'value="print:slip" formtarget="_blank">申请单' in page

    answer = officer.post(
        f"/tasks/{task}",
        {**FILLED, "_action": "print:slip", "_nonce": nonce_of(page)},
    )
    assert answer.status_code == 303
    assert answer.location == f"/tasks/{task}/print/slip"

    sheet = officer.text(answer.location)
    assert "<h1>申请单</h1>" in sheet
    assert "张小红" in sheet
    assert "1,200.00 元" in sheet
    assert 'class="qr"' in sheet
    assert "<td>旧了</td>" in sheet or 'colspan="3">旧了</td>' in sheet


def test_who_only_prints_does_not_take_the_step_from_the_others(printing, browse):
    printing.started()
    task = printing.first_task("officer")
    engine = printing.engine
    second = printing.actor("reviewer2").person_id
    engine.directory.grant(printing.actor("admin"), second, "officer", "mill")

    def press(who: str, typed: dict[str, str]) -> None:
        page = browse(who).text(f"/tasks/{task}")
        said = {**typed, "_action": "print:slip", "_nonce": nonce_of(page)}
        answer = browse(who).post(f"/tasks/{task}", said)
        assert answer.location == f"/tasks/{task}/print/slip"

    press("officer", {"applicant_name": "", "amount": ""})
    assert engine.tasks.view(printing.actor("officer"), task).task.assignee is None
    press("officer", {"applicant_name": "张小红"})
    held = engine.tasks.view(printing.actor("officer"), task)
    assert held.task.assignee == printing.actor("officer").person_id
    assert held.data["applicant_name"] == "张小红"


def test_every_print_is_written_down(printing, browse):
    printing.started()
    task = printing.first_task("officer")
    browse("officer").get(f"/tasks/{task}/print/slip")

    entries = printing.engine.audit.entries(0, 500)
    assert [(e.action, e.target) for e in entries if e.action == "document-printed"] == [
        ("document-printed", task)
    ]


def test_the_case_lists_what_can_be_printed(printing, browse):
    case = printing.started()
    text = browse("officer").text(f"/cases/{case}?tab=print")

    assert f"/tasks/{printing.first_task('officer')}/print/slip" in text


def test_who_may_not_see_the_case_prints_nothing(printing, browse):
    printing.started()
    task = printing.first_task("officer")

    answer = browse("admin").get(f"/tasks/{task}/print/slip")

    assert answer.status_code == 404
    assert "申请单" not in answer.get_data(as_text=True)


def test_a_paper_the_step_does_not_have_is_not_found(printing, browse):
    printing.started()
    task = printing.first_task("officer")

    assert browse("officer").get(f"/tasks/{task}/print/other").status_code == 404
