"""At the counter: earlier matters by a number, ready texts, the receipt with the same press."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest

from engine import SYSTEM, Request
from engine.definitions.folder import read_upload
from engine.model.actors import writer_of
from engine.store import directory
from engine.work.public_intake import Letter
from tests.engine.guests.conftest import letter_files
from tests.web.conftest import Browser, Federation, nonce_of, token_of

START = "/start/letter/mill"
TAKEN = {
    "channel": "visit",
    "received_on": "2026-11-09",
    "petitioner": "张模拟",
    "mobile": "13800000011",
    "matter": "wage",
    "request": "三月的工资没有发",
}
Open = Callable[[str], Browser]


@pytest.fixture
def counter(federation: Federation) -> Federation:
    federation.engine.definitions.deploy(SYSTEM, read_upload(letter_files()).files)
    return federation


def ask(browser: Browser, number: str) -> list[dict[str, str]]:
    html = browser.get(START).get_data(as_text=True)
    answer = browser.client.post(
        "/earlier",
        data={"number": number},
        headers={"X-CSRFToken": token_of(html), "Accept": "application/json"},
    )
    assert answer.status_code == 200
    found: list[dict[str, str]] = answer.get_json()["cases"]
    return found


def test_a_whole_number_finds_earlier_matters_of_who_may_see_them(
    counter: Federation, browse: Open
) -> None:
    made = counter.engine.cases.start(counter.actor("officer"), Request("letter", "mill", TAKEN))
    officer = browse("officer")
    (one,) = ask(officer, "138 0000-0011")
    assert one["href"] == f"/cases/{made.case_id}"
    assert one["number"] == made.case.number
    assert one["title"] == "来信 张模拟"
    assert one["state"] == "看信"
    for other in ("13800000012", "0011", "1380000", "", "张模拟", "%", "来信 张模拟"):
        assert ask(officer, other) == []
    counter.clock.advance(timedelta(days=1))
    counter.engine.cases.start(
        counter.actor("officer"), Request("letter", "mill", {**TAKEN, "petitioner": "张模似"})
    )
    assert [found["title"] for found in ask(officer, "13800000011")] == [
        "来信 张模似",
        "来信 张模拟",
    ]


def test_what_is_kept_from_her_is_not_found(counter: Federation, browse: Open) -> None:
    files = [
        (
            name,
            content.replace(
                b'<zeebe:property name="public" value="',
                b'<zeebe:property name="confidentiality" value="sealed"/>'
                b'<zeebe:property name="sealedRole" value="admin"/>'
                b'<zeebe:property name="excluded" value="=[{person: &quot;officer&quot;}]"/>'
                b'<zeebe:property name="public" value="',
                1,
            ),
        )
        for name, content in letter_files()
    ]
    officer = browse("officer")
    counter.engine.definitions.deploy(SYSTEM, read_upload(files).files)
    written = {"matter": "wage", "request": "他收了钱", "named": "yes", "your_name": "张模拟"}
    letter = Letter("letter", "mill", {**written, "mobile": "13800000011"}, "page-of-it", "::1")
    counter.engine.public_intake.send(writer_of("browser"), letter)
    assert len(counter.engine.cases.of_number(SYSTEM, "13800000011")) == 1
    assert ask(officer, "13800000011") == []


def test_the_form_offers_texts_and_tells_where_to_ask(counter: Federation, browse: Open) -> None:
    page = unescape(browse("officer").get(START).get_data(as_text=True))
    assert 'data-find-url="/earlier"' in page
    assert re.search(r'name="mobile"[^>]* data-finds', page)
    assert not re.search(r'name="petitioner"[^>]* data-finds', page)
    assert re.findall(r'data-insert="[^"]+" data-into="f-request">([^<]+)<', page) == [
        "拖欠工资",
        "工伤",
    ]
    assert 'name="received_on" aria-required="true"' in page
    assert 'value="2026-11-09"' in page


def test_one_press_begins_the_case_and_prints_its_receipt(
    counter: Federation, browse: Open
) -> None:
    officer = browse("officer")
    html = officer.get(START).get_data(as_text=True)
    fields = {
        **TAKEN,
        "csrf_token": token_of(html),
        "_nonce": nonce_of(html),
        "_action": "receipt",
    }
    begun = officer.client.post(START, data=fields)
    assert begun.status_code == 307  # the browser posts the same once more
    slip = officer.client.post(begun.headers["Location"], data=fields)
    assert slip.status_code == 200
    page = unescape(slip.get_data(as_text=True))
    found = re.search(r'class="receipt-signs">([^<]+)<', page)
    assert found is not None
    assert "工会 5 个工作日内答复张模拟。" in page
    entered = counter.engine.guests.enter(found[1], "0011", "192.0.2.1")
    again = officer.client.post(START, data=fields)
    assert again.headers["Location"] == begun.headers["Location"]
    second = officer.client.post(again.headers["Location"], data=fields)
    assert second.headers["Location"] == f"/cases/{entered.case_id}"
    assert len(counter.engine.cases.search(SYSTEM, "来信")) == 1
    assert counter.engine.guests.enter(found[1], "0011", "192.0.2.1").case_id == entered.case_id


def test_a_fault_keeps_what_was_typed_and_begins_nothing(counter: Federation, browse: Open) -> None:
    officer = browse("officer")
    html = officer.get(START).get_data(as_text=True)
    fields = {**TAKEN, "mobile": "1", "csrf_token": token_of(html), "_nonce": nonce_of(html)}
    answer = officer.client.post(START, data={**fields, "_action": "receipt"})
    assert answer.status_code == 422
    assert "三月的工资没有发" in unescape(answer.get_data(as_text=True))
    assert counter.engine.cases.search(SYSTEM, "来信") == []


def test_a_process_without_receipts_has_no_such_button(counter: Federation, browse: Open) -> None:
    officer = browse("officer")
    assert 'value="receipt"' in officer.text(START)
    assert 'value="receipt"' not in officer.text("/start/example_request/mill")


def test_her_own_unit_comes_first(counter: Federation, browse: Open) -> None:
    today = counter.engine.environment.today()
    grant = [("p-officer", "officer", "county")]
    counter.engine.execute(lambda tx: directory.add_grants(tx, grant, today))
    page = browse("officer").text("/start/letter")
    units = re.findall(r'<td><a href="/start/letter/([^"]+)">', page)
    assert units[0] == "mill"
    assert set(units) == {"mill", "school", "county"}
    assert page.count("本单位") == 1
