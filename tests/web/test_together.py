"""Several cases at one step: one list, one decision, each case by itself."""

import io
from dataclasses import replace
from pathlib import Path

import pytest

from engine import SYSTEM
from engine.definitions.folder import read_folder
from engine.forms import CompiledForm, Field, FieldKind, Group
from engine.model.definitions import SourceFile
from engine.model.tasks import InboxFilter
from tests.web.conftest import Federation, nonce_of, token_of
from webapp.together.form import asked_once

pytestmark = pytest.mark.both_databases

ROOT = Path(__file__).parents[2]
LIST = """
title = "呈批单"
landscape = true

[[block]]
kind = "table"
each = "=cases"
columns = [
  { label = "姓名", value = "=applicant_name" },
  { label = "金额", value = "=amount", as = "money" },
  { label = "经办", value = "=said.apply.by" },
]
"""
PDF = b"%PDF-1.7\n" + bytes(50)


@pytest.fixture
def town(federation: Federation) -> Federation:
    files = []
    for file in read_folder(ROOT / "processes", ROOT / "forms", "example_request").files:
        text = file.content.decode()
        before, mark, after = text.partition('<bpmn:userTask id="review"')
        if mark:
            head, start, rest = after.partition("<zeebe:properties>")
            lines = (
                '<zeebe:property name="batch" value="true" />'
                '<zeebe:property name="listDocument" value="approval_list" />'
            )
            text = before + mark + head + start + lines + rest
        files.append(SourceFile(file.name, text.encode()))
    files.append(SourceFile("approval_list.document", LIST.encode()))
    federation.engine.definitions.deploy(SYSTEM, files)
    return federation


@pytest.fixture
def three(town: Federation) -> list[str]:
    for subject in ("甲", "乙", "丙"):
        town.applied(subject)
    lines = town.engine.tasks.inbox(town.actor("reviewer"), InboxFilter()).lines
    return [line.id for line in lines]


def address(ids: list[str], path: str = "/together") -> str:
    return path + "?" + "&".join(f"task={i}" for i in ids)


def fields_of(page: str, ids: list[str], revs: dict[str, str] | None = None) -> dict[str, object]:
    return {
        "csrf_token": token_of(page),
        "_nonce": nonce_of(page),
        "_action": "submit",
        "_task": ids,
        "_rev": [(revs or {}).get(i, "0") for i in ids],
        "decision": "agree",
        "comment": "同意",
    }


def revs_in(page: str, ids: list[str]) -> dict[str, str]:
    return {
        i: page.partition(f'name="_task" value="{i}"')[2].partition('value="')[2].partition('"')[0]
        for i in ids
    }


def test_the_inbox_has_boxes_only_where_cases_are_decided_together(town, three, browse):
    assert browse("reviewer").text("/inbox").count('name="task"') == 3
    town.started("丁")
    assert 'name="task"' not in browse("officer").text("/inbox")


def test_the_list_shows_what_the_process_says(town, three, browse):
    reviewer = browse("reviewer")

    page = reviewer.text(address(three))
    sheet = reviewer.text(address(three, "/together/list"))

    for text in (page, sheet):
        assert text.count("1,200.00 元") == 3
        assert text.count("张小红") >= 3
        assert "林小芳" in text
    assert "<h1>呈批单</h1>" in sheet
    assert 'class="wide"' in sheet
    printed = [e for e in town.engine.audit.entries(0, 900) if e.action == "document-printed"]
    assert sorted(e.target for e in printed) == sorted(three)


def test_each_is_completed_by_itself_and_the_minutes_are_in_each(town, three, browse):
    reviewer = browse("reviewer")
    page = reviewer.text(address(three))
    sent = fields_of(page, three, revs_in(page, three))
    minutes = {"_minutes": (io.BytesIO(PDF), "纪要.pdf")}

    answer = reviewer.client.post("/together", data={**sent, **minutes})

    assert answer.status_code == 200
    assert "3 件已提交" in answer.get_data(as_text=True)
    for task in three:
        view = town.engine.tasks.view(town.actor("reviewer"), task)
        assert view.task.completed_by == "p-reviewer"
        assert [f.label for f in view.files.values()] == ["会议纪要"]


def test_sent_twice_it_is_done_once(town, three, browse):
    reviewer = browse("reviewer")
    page = reviewer.text(address(three))
    sent = fields_of(page, three, revs_in(page, three))
    first = reviewer.client.post("/together", data=sent).get_data(as_text=True)
    again = reviewer.client.post("/together", data=sent).get_data(as_text=True)

    assert "3 件已提交" in first
    assert "3 件已提交" in again
    rows = town.engine.cases.history(town.actor("reviewer"), three[0].rpartition("-")[0])
    assert sum(r.kind.value == "task_completed" and r.element_id == "review" for r in rows) == 1


def test_one_that_is_refused_does_not_stop_the_others(town, three, browse):
    reviewer = browse("reviewer")
    page = reviewer.text(address(three))
    town.engine.tasks.claim(town.actor("reviewer2"), three[1])

    answer = reviewer.client.post("/together", data=fields_of(page, three, revs_in(page, three)))
    text = answer.get_data(as_text=True)

    assert "1 件没有办成" in text
    assert "李芳正在办理" in text
    assert "2 件已提交" in text


def test_what_changed_since_the_page_was_drawn_is_refused(town, three, browse):
    reviewer = browse("reviewer")
    page = reviewer.text(address(three))
    revs = revs_in(page, three)
    town.engine.tasks.claim(town.actor("reviewer"), three[0])

    text = reviewer.client.post("/together", data=fields_of(page, three, revs)).get_data(True)

    assert "1 件没有办成" in text
    assert "2 件已提交" in text


def test_without_a_decision_nothing_is_done_and_the_page_says_so(town, three, browse):
    reviewer = browse("reviewer")
    page = reviewer.text(address(three))
    sent = {**fields_of(page, three), "decision": "", "comment": "想一想"}

    answer = reviewer.client.post("/together", data=sent)

    assert answer.status_code == 422
    assert "想一想" in answer.get_data(as_text=True)
    assert town.engine.tasks.view(town.actor("reviewer"), three[0]).task.completed_by is None


def test_what_cannot_be_decided_together_is_said_above_the_inbox(federation, browse):
    reviewer = browse("reviewer")
    one_by_one = reviewer.get(address([federation.applied()]))
    assert (one_by_one.status_code, one_by_one.location) == (303, "/inbox")
    assert "逐件办理" in reviewer.text("/inbox")

    assert reviewer.get("/together").location == "/inbox"
    assert "没有选办件。请在待办列表里勾选要一起办的办件。" in reviewer.text("/inbox")


def test_a_list_that_is_only_shown_is_not_asked_of_all(browse):
    month = Field("In_month", ("month",), "月份", FieldKind.TEXT, readonly=True)
    shown = Field("List_lines", ("lines",), "收入明细", FieldKind.LIST, row_fields=(month,))
    writable = replace(month, readonly=False)
    asked = replace(shown, id="List_asked", path=("asked",), row_fields=(writable,))
    form = CompiledForm("approve", "审批", (Group("Group_lines", "收支逐笔", (shown,)), asked))

    assert asked_once(form).components == (asked,)


def test_whoever_may_not_see_a_case_is_told_nothing_of_it(town, three, browse):
    assert browse("admin").get(address(three)).status_code == 404


def test_whoever_built_a_file_does_not_decide_it_even_in_a_heap(town, three, browse):
    boss = town.actor("admin")
    for role in ("county_reviewer", "county_approver"):
        town.engine.directory.grant(boss, "p-officer", role, "county")
    lines = town.engine.tasks.inbox(town.actor("officer"), InboxFilter()).lines
    assert [line.id for line in lines if line.id in three] == []

    officer = browse("officer")
    page = officer.text(address(three))
    answer = officer.client.post(
        "/together",
        data={
            "csrf_token": token_of(officer.text("/inbox")),
            "_nonce": "0123456789",
            "_action": "submit",
            "_task": three,
            "_rev": ["0", "0", "0"],
            "decision": "agree",
        },
    )

    assert "按规定不能再办" in page
    assert "3 件没有办成" in answer.get_data(as_text=True)
    assert all(
        town.engine.tasks.view(town.actor("reviewer"), i).task.completed_by is None for i in three
    )


def test_a_title_that_is_a_word_of_the_process_stays_as_it_was_typed(town, browse):
    task = town.applied("登记")
    reviewer = browse("reviewer")
    reviewer.client.set_cookie("lang", "en")
    page = reviewer.text(address([task]))
    assert 'title="登记"' in page
    sent = fields_of(page, [task], revs_in(page, [task]))
    done = reviewer.client.post("/together", data=sent).get_data(as_text=True)
    assert ">登记</a>" in done
