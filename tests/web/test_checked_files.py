"""What a check has passed: kept on its page until it is deployed, and taken from nobody else."""

import io
import random
import re
from base64 import b64encode

import pytest
from sqlalchemy import text

from engine import SYSTEM
from engine.model.definitions import SourceFile
from engine.store.patience import Patience
from tests.support.zips import zipped
from tests.unit.runtime.kit import end, ext, line, node, process, props, script, start, z

KEPT = re.compile(r'name="checked" value="([^"]+)"')


def inner(expression: str) -> bytes:
    """A process that others call; what its expression asks for they must give."""
    body = start() + script("X", expression, "sum") + end() + line("S", "X", "E")
    return process(body, key="inner")


def outer() -> bytes:
    alone = {"propagateAllParentVariables": "false", "propagateAllChildVariables": "false"}
    called = node("callActivity", "C", ext(z("calledElement", processId="inner", **alone)))
    body = start() + called + end() + line("S", "C", "E")
    return process(body, key="outer", own=ext(props(startRole="officer", startLevel="grassroots")))


def deploy_inner(federation, expression):
    file = SourceFile("inner.bpmn", inner(expression))
    federation.engine.definitions.deploy(SYSTEM, [file])


@pytest.fixture
def passed(federation, browse):
    """The page of a designer whose process has passed the check, and what it has kept."""
    deploy_inner(federation, "=1 + 1")
    browser = browse("admin")
    sent = {"files": (io.BytesIO(outer()), "outer.bpmn"), "act": "check"}
    html = browser.post("/deploy", sent).get_data(True)
    assert "检查通过" in html
    return browser, KEPT.search(html)[1]


def pressed(browser, kept):
    answer = browser.post("/deploy", {"checked": kept, "act": "deploy"})
    return answer.status_code, answer.get_data(True)


def test_what_cannot_be_deployed_now_stays_on_the_page_for_another_press(federation, passed):
    browser, kept = passed
    deploy_inner(federation, "=more + 1")  # somebody else, meanwhile
    status, html = pressed(browser, kept)
    assert status == 422
    assert "call-input-missing" in html
    assert "部署刚才检查过的文件" in html
    assert "outer.bpmn" in html
    deploy_inner(federation, "=2 + 1")
    status, html = pressed(browser, KEPT.search(html)[1])
    assert status == 200
    assert "outer 第 1 版" in html


@pytest.mark.both_databases
def test_they_stay_too_while_the_database_is_busy(federation, passed):
    browser, kept = passed
    engine = federation.engine
    engine.wait_at_most(Patience(lock=0.2, answer=10, pause=10))
    with engine.database.unit_of_work() as work:
        if not engine.database.is_sqlite:  # there whoever writes keeps everybody from writing
            work.tx.execute(text("LOCK TABLE process_version IN EXCLUSIVE MODE"))
        status, html = pressed(browser, kept)
    assert status == 503
    assert "请稍后再试" in html
    status, html = pressed(browser, KEPT.search(html)[1])
    assert status == 200
    assert "outer 第 1 版" in html


def test_files_too_large_for_the_page_are_told_to_be_chosen_again(federation, browse):
    chance = random.Random(1)
    noise = b64encode(chance.randbytes(2 * 1024 * 1024))
    large = outer().replace(b"</bpmn:definitions>", b"<!-- " + noise + b" --></bpmn:definitions>")
    deploy_inner(federation, "=1 + 1")
    browser = browse("admin")

    def checked():
        sent = {"files": (io.BytesIO(large), "outer.bpmn"), "act": "check"}
        return browser.post("/deploy", sent).get_data(True)

    html = checked()
    assert "请重新选择它们,再按“部署新版本”" in html
    assert "部署刚才检查过的文件" not in html
    browser.client.set_cookie("lang", "en")
    assert "choose them again to deploy" in checked()


def test_who_is_no_designer_is_refused_before_anything_is_read_and_it_is_written_down(
    federation, browse
):
    refused = browse("officer").post("/deploy", {"checked": "?", "act": "deploy"})
    assert refused.status_code == 403
    assert "只有流程设计员可以检查和部署流程" in refused.get_data(True)
    entries = federation.engine.audit.entries(0, 200)
    assert any(e.action == "refused" and e.target == "/deploy" for e in entries)


def test_more_text_than_a_page_keeps_is_not_unpacked(federation, browse):
    noise = {f"{n}.form": random.Random(n).randbytes(1024 * 1024) for n in range(2)}
    whole = b64encode(zipped(noise)).decode()
    status, html = pressed(browse("admin"), whole)
    assert status == 422
    assert "没有完整传回来" in html


def test_an_english_page_says_in_english_why_nothing_was_deployed(federation, browse):
    many = [(io.BytesIO(b"{}"), f"{number}.form") for number in range(201)]
    for username, fields, told in (
        ("admin", {"act": "check"}, "Choose .bpmn, .dmn"),
        ("admin", {"act": "deploy", "checked": "?"}, "did not come back whole"),
        ("admin", {"act": "check", "files": many}, "At most 200 files"),
        ("officer", {"act": "check"}, "Only designers can check and deploy"),
    ):
        browser = browse(username)
        browser.client.set_cookie("lang", "en")
        assert told in browser.post("/deploy", fields).get_data(True)
