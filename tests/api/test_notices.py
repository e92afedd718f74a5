"""What the public reads of a case on notice, and how often somebody without an account may object."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from engine import SYSTEM
from tests.registry.conftest import clock as clock
from tests.registry.conftest import engine as engine
from tests.registry.conftest import town as town
from tests.registry.conftest import town_url as town_url
from tests.registry.town import Town
from tests.support.at_once import at_once
from tests.support.client import client_of
from webapp.app import create_app
from webapp.settings import Settings

KEY = bytes(range(32))
ALLOWED = {
    "id", "subject", "unit", "household_size", "category", "archive_level", "state", "posted_on",
    "ends_on",
}  # fmt: skip
Object = Callable[..., TestResponse]


def served(town: Town, **settings: object) -> Flask:
    data = town.engine.environment.data_dir
    chosen = Settings(key=KEY, data_dir=data, is_demo=True, **settings)  # type: ignore[arg-type]
    return create_app(chosen, town.engine, town.register)


def objector(app: Flask, notice_id: str) -> Object:
    """Somebody at the public page; ``address`` is where the connection comes from."""
    client = client_of(app)
    page = client.get(f"/notices/{notice_id}")
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found is not None

    def say(text: str, address: str = "192.0.2.1", **headers: str) -> TestResponse:
        return client.post(
            f"/notices/{notice_id}/objection",
            data={"csrf_token": found[1], "text": text, "by": "邻居老陈"},
            environ_base={"REMOTE_ADDR": address},
            headers=headers,
        )

    return say


def test_the_public_learns_no_name_and_no_number(town: Town) -> None:
    town.on_notice()
    app = served(town)
    told = client_of(app).get("/api/v1/public/notices")
    (notice,) = told.get_json()["items"]
    assert notice.keys() == ALLOWED
    household = town.filled("officer", "family_of_three")
    personal = [
        str(value)
        for name, value in household.items()
        if isinstance(value, str) and re.search(r"name|phone|id_|account|address|reason", name)
    ]
    assert len(personal) >= 3, "the household has nothing that could be hidden"
    assert not [value for value in personal if len(value) > 1 and value in told.text]
    assert "林" not in told.text


def test_notices_come_in_pages_newest_first(town: Town) -> None:
    for _ in range(3):
        town.on_notice()
    client = client_of(served(town))
    first = client.get("/api/v1/public/notices?limit=2").get_json()
    town.on_notice()
    second = client.get(f"/api/v1/public/notices?limit=2&cursor={first['next_cursor']}").get_json()
    ids = [one["id"] for page in (first, second) for one in page["items"]]
    assert (len(ids), len(set(ids)), second["next_cursor"]) == (3, 3, None)


def test_who_objects_without_end_waits_and_keeps_her_words(town: Town) -> None:
    town.on_notice()
    say = objector(served(town), town.notice_id())
    assert say("他家有两套房").status_code == 303
    told = [say(f"第 {n} 次:他家还有车位") for n in range(2, 12)]
    assert [answer.status_code for answer in told] == [303] * 9 + [429]
    assert len(town.register.objections(SYSTEM, town.notice_id())) == 10
    last = told[-1]
    assert 0 < int(last.headers["Retry-After"]) <= 3600
    assert "提交得太多" in last.text
    assert "分钟后再试" in last.text
    assert "第 11 次:他家还有车位</textarea>" in last.text


@pytest.mark.parametrize("proxies", [0, 1])
def test_the_words_stay_on_the_page_and_a_forged_address_does_not_help(
    town: Town, proxies: int
) -> None:
    """A second notice is still open when the allowance is used up: its form comes back filled."""
    town.on_notice()
    first = town.notice_id()
    town.on_notice()
    (second,) = [n.id for n in town.register.public_notices(None, 10) if n.id != first]
    app = served(town, proxies=proxies)
    say = objector(app, first)
    for n in range(10):
        say("异议", **{"X-Forwarded-For": f"198.51.100.{n}"})
    told = objector(app, second)("写了很久的异议", **{"X-Forwarded-For": "198.51.100.77"})
    if proxies:
        assert told.status_code == 303, "the proxy's word is the address"
        return
    assert told.status_code == 429
    assert "写了很久的异议</textarea>" in told.text
    assert 'value="邻居老陈"' in told.text
    elsewhere = objector(app, second)("别处的人", address="192.0.2.9")
    assert elsewhere.status_code == 303, "one address has silenced another"


def test_an_hour_later_there_is_a_new_allowance(town: Town) -> None:
    from engine.store import accounts
    from engine.work.allowances import use
    from webapp.notices.routes import OBJECTIONS

    environment = town.engine.environment
    then = environment.real_now() - OBJECTIONS.within - timedelta(seconds=1)
    who = environment.vault.lookup_hash("objection\n192.0.2.1")
    for _ in range(OBJECTIONS.times):
        town.engine.execute(lambda tx: accounts.add_attempt(tx, who, "objection 192.0.2.1", then))
    town.engine.execute(lambda tx: use(environment, tx, OBJECTIONS, "192.0.2.1"))


def test_objecting_uses_up_no_sign_ins(town: Town) -> None:
    town.on_notice()
    app = served(town)
    say = objector(app, town.notice_id())
    for _ in range(12):
        say("异议")
    wrong = {"username": "officer", "password": "guessed-password"}
    client = client_of(app)
    told = client.post("/api/v1/tokens", json=wrong, environ_base={"REMOTE_ADDR": "192.0.2.1"})
    assert told.status_code == 401


def test_a_program_that_fills_in_what_no_person_sees_is_refused_with_its_words_kept(
    town: Town,
) -> None:
    town.on_notice()
    notice_id = town.notice_id()
    client = client_of(served(town))
    page = client.get(f"/notices/{notice_id}")
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token is not None
    fields = {"csrf_token": token[1], "text": "他家有车", "leave_empty": "http://spam"}
    refused = client.post(f"/notices/{notice_id}/objection", data=fields)
    assert refused.status_code == 422
    assert "他家有车</textarea>" in refused.text
    assert town.register.objections(SYSTEM, notice_id) == ()
    again = client.post(f"/notices/{notice_id}/objection", data={**fields, "leave_empty": ""})
    assert again.status_code == 303


def test_the_result_is_told_by_receipt_without_signing_in(town: Town) -> None:
    town.on_notice()
    receipt = town.register.object_to_notice(
        None, town.notice_id(), text="他家有两套房", by="邻居老陈", way="网页"
    )
    client = client_of(served(town))
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/objections").text)
    assert token is not None
    asked = {"csrf_token": token[1], "receipt": f" {receipt.lower()} "}
    told = client.post("/objections", data=asked)
    assert told.status_code == 200
    assert "正在核查" in told.text
    assert "两套房" not in told.text
    assert "老陈" not in told.text
    unknown = client.post("/objections", data={**asked, "receipt": "异议-20261109-AAAAAAAA"})
    assert unknown.status_code == 404
    assert "没有这个回执号" in unknown.text
    answers = [client.post("/objections", data=asked).status_code for _ in range(30)]
    assert answers[-1] == 429


def test_the_sheet_and_the_archive_are_for_staff_only(town: Town) -> None:
    town.on_notice()
    notice_id = town.notice_id()
    client = client_of(served(town))
    for path in (f"/notices/{notice_id}/sheet", f"/notices/{notice_id}/web/1"):
        assert client.get(path).status_code in {302, 303, 401}, path
    public = client.get(f"/notices/{notice_id}").text
    assert "SHA-256" not in public
    assert "/sheet" not in public
    assert "代录异议" not in public


def test_of_many_at_the_same_moment_exactly_ten_objections_are_taken(town: Town) -> None:
    town.on_notice()
    notice_id = town.notice_id()
    app = served(town)
    says = [objector(app, notice_id) for _ in range(14)]
    answers = at_once(*(lambda s=say: s("同时提出").status_code for say in says))  # type: ignore[misc]
    assert sorted(answers, key=str) == [303] * 10 + [429] * 4
    assert len(town.register.objections(SYSTEM, notice_id)) == 10
    town.must_hold()
