"""Five equal steps in one case: every page says which is which."""

import re

import pytest

from engine import SYSTEM, Request
from engine.model.definitions import SourceFile
from tests.web.conftest import ROOT

pytestmark = pytest.mark.both_databases

VISITS = ROOT / "tests/support/visits"
NAMES = ("模拟赵一", "模拟钱二", "模拟孙三")
FOUND = {"met": "本人", "found": "老人卧床。", "need": 1200}


@pytest.fixture
def visits(federation):
    """A case with a visit to each of three homes; its id."""
    files = [SourceFile(path.name, path.read_bytes()) for path in sorted(VISITS.iterdir())]
    federation.engine.definitions.deploy(SYSTEM, files)
    return begun(federation, NAMES)


def begun(federation, names):
    homes = [{"name": name, "address": "纺织新村"} for name in names]
    request = Request("visits", "mill", {"subject": "春节走访", "homes": homes})
    return federation.engine.cases.start(federation.actor("officer"), request).case_id


def step(federation, case_id, element, number):
    (found,) = [
        line.id
        for line in federation.engine.cases.view(SYSTEM, case_id).open_tasks
        if line.element_id == element and line.items[0].number == number
    ]
    return found


def test_the_inbox_and_the_page_of_a_step_say_which_item_it_is(federation, browse, visits):
    browser = browse("officer")
    inbox = browser.text("/inbox")
    for number, name in enumerate(NAMES, 1):
        assert f"走访 · {name}({number}/3)" in inbox
    task = step(federation, visits, "visit", 2)
    page = browser.text(f"/tasks/{task}")
    assert "<h1>走访 · 模拟钱二(2/3)" in re.sub(r"\s+", " ", page)
    browser.client.set_cookie("lang", "en")
    assert "模拟钱二 (2/3)" in browser.text("/inbox")


def test_what_was_done_for_another_item_does_not_stand_beside_the_form(federation, browse, visits):
    officer = federation.actor("officer")
    for number in (1, 2):
        told = {**FOUND, "found": f"第 {number} 户的情况。"}
        federation.engine.tasks.complete(officer, step(federation, visits, "visit", number), told)
    page = browse("reviewer").text(f"/tasks/{step(federation, visits, 'check', 1)}")
    assert "第 1 户的情况。" in page
    assert "第 2 户的情况。" not in page
    case = browse("reviewer").text(f"/cases/{visits}")
    assert "第 1 户的情况。" in case
    assert "第 2 户的情况。" in case


def test_history_and_diagram_tell_items_apart_and_count_them(federation, browse, visits):
    task = step(federation, visits, "visit", 3)
    federation.engine.tasks.complete(federation.actor("officer"), task, FOUND)
    history = browse("officer").text(f"/cases/{visits}?tab=history")
    assert "林小芳办结“走访 · 模拟孙三(3/3)”" in history
    diagram = browse("officer").text(f"/cases/{visits}?tab=diagram")
    assert 'data-counts="check=1 visit=2"' in diagram
    assert "正在办理 2 项" in diagram


def test_many_open_steps_are_folded_away(federation, browse, visits):
    case_id = begun(federation, [f"模拟{letter}" for letter in "甲乙丙丁戊己庚辛壬癸子丑"])
    page = browse("officer").text(f"/cases/{case_id}")
    assert "另有 4 个环节在办" in page
    assert "走访 · 模拟丑(12/12)" in page
    assert "走访 ×12" in browse("officer").text("/cases")


def test_a_step_that_need_not_be_done_any_more_shows_what_she_wrote(federation, browse, visits):
    enough = (
        (VISITS / "visits.bpmn")
        .read_text("utf-8")
        .replace(
            "      </bpmn:multiInstanceLoopCharacteristics>",
            "        <bpmn:completionCondition>=numberOfCompletedInstances &gt;= 1"
            "</bpmn:completionCondition>\n      </bpmn:multiInstanceLoopCharacteristics>",
        )
    )
    files = [SourceFile(path.name, path.read_bytes()) for path in sorted(VISITS.glob("*.form"))]
    federation.engine.definitions.deploy(
        SYSTEM, [SourceFile("visits.bpmn", enough.encode()), *files]
    )
    case_id = begun(federation, NAMES)
    left = step(federation, case_id, "visit", 2)
    officer = federation.actor("officer")
    federation.engine.tasks.save_draft(officer, left, {"found": "写了一半的情况"})
    federation.engine.tasks.complete(officer, step(federation, case_id, "visit", 1), FOUND)
    federation.engine.tasks.complete(
        federation.actor("reviewer"),
        step(federation, case_id, "check", 1),
        {"verdict": "agree", "opinion": "属实"},
    )
    browser = browse("officer")
    page = browser.text(f"/tasks/{left}")
    assert "这一步已不需要办理。您写的内容在下面,可以复制。" in page
    assert "写了一半的情况" in page
    assert "已不需要办理" in browser.text("/drafts")
    history = browser.text(f"/cases/{case_id}?tab=history")
    assert "“走访 · 模拟钱二(2/3)”不再需要办理,林小芳不用再办。" in history
    assert "写了一半的情况" not in browse("reviewer").text(f"/tasks/{left}")


def test_the_api_says_which_item_by_number_and_not_by_name(federation, browse, visits):
    task = step(federation, visits, "visit", 2)
    told = browse("officer").client.get(f"/api/v1/tasks/{task}").get_json()
    assert told["items"] == [{"activity": "each", "number": 2, "count": 3}]
    history = browse("officer").client.get(f"/api/v1/process-instances/{visits}/history").get_json()
    assert "模拟钱二" not in str([one["detail"].get("items") for one in history["items"]])


def test_an_item_is_found_by_its_name(federation, browse, visits):
    browser = browse("officer")
    found = browser.text("/inbox?q=钱二")
    assert "走访 · 模拟钱二(2/3)" in found
    assert "模拟孙三" not in found
    assert "走访 ·" not in browser.text("/inbox?q=钱%")
