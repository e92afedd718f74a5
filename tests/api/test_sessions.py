"""Signing in for programs: a token, what it opens, and its end."""

import time

import pytest
from argon2 import PasswordHasher

from engine import SYSTEM
from engine.work import accounts
from tests.api.conftest import Api, same_but_number
from tests.crash.installation import PASSWORD

READS = (
    "/me",
    "/deployments",
    "/process-definitions",
    "/process-definitions/example_request:1",
    "/process-instances",
    "/process-instances/x",
    "/process-instances/x/history",
    "/files/x",
    "/tasks",
    "/tasks/x",
    "/jobs",
    "/incidents",
    "/budgets",
    "/audit",
    "/audit/verify",
)
WRITES = (
    ("DELETE", "/tokens/current"),
    ("POST", "/deployments"),
    ("POST", "/process-instances"),
    ("POST", "/process-instances/x/cancel"),
    ("POST", "/process-instances/x/files"),
    ("POST", "/files"),
    ("POST", "/tasks/x/claim"),
    ("POST", "/tasks/x/release"),
    ("POST", "/tasks/x/complete"),
    ("POST", "/messages"),
    ("POST", "/incidents/1/retry"),
)


def test_a_token_says_who_one_is_and_where(api: Api) -> None:
    made = api("", "POST", "/tokens", {"username": "officer", "password": PASSWORD})
    assert made.status_code == 201
    assert made.get_json()["expires_at"].endswith("Z")
    me = api("officer", "GET", "/me").get_json()
    assert (me["username"], me["grants"]) == (
        "officer",
        [{"role": "officer", "jurisdiction": "u1"}],
    )


def test_without_a_token_everything_but_the_public_part_is_401(api: Api) -> None:
    for method, path in [*(("GET", path) for path in READS), *WRITES]:
        told = api("", method, path)
        assert told.status_code == 401, f"{method} {path}: {told.text}"
        assert told.mimetype == "application/problem+json"
        assert told.headers["WWW-Authenticate"] == "Bearer"
    assert api("", "GET", "/public/notices").status_code == 200
    assert api("", "GET", "/openapi.yaml").status_code == 200


def test_a_token_that_was_given_back_opens_nothing(api: Api) -> None:
    token = api.new_token("officer")
    header = {"Authorization": f"Bearer {token}"}
    assert api.client.get("/api/v1/me", headers=header).status_code == 200
    gone = api.client.delete("/api/v1/tokens/current", headers=header)
    assert (gone.status_code, gone.data, gone.content_type) == (204, b"", None)
    assert api.client.get("/api/v1/me", headers=header).status_code == 401
    assert api.client.delete("/api/v1/tokens/current", headers=header).status_code == 401


def test_an_unknown_name_and_a_wrong_password_cannot_be_told_apart(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "_hasher", PasswordHasher())  # as slow as in service
    getattr(accounts, "_nobody").cache_clear()  # noqa: B009
    link = api.engine.accounts.reset_password(SYSTEM, "p-chair")
    api.engine.accounts.use_link(link, "hashed-as-in-service")

    def tried(who: str) -> tuple[float, object]:
        began = time.process_time()  # of us alone, on a busy machine too
        told = api("", "POST", "/tokens", {"username": who, "password": "not-her-password"})
        assert told.status_code == 401
        return time.process_time() - began, told

    known = [tried("chair") for _ in range(5)]
    unknown = [tried("nobody-at-all") for _ in range(5)]
    assert same_but_number(known[0][1], unknown[0][1])  # type: ignore[arg-type]
    # argon2 takes tens of milliseconds; without it an unknown name would answer in two
    slow, fast = sorted(min(seconds for seconds, _ in one) for one in (known, unknown))[::-1]
    assert fast > slow / 4


def test_a_session_of_the_browser_reads_but_does_not_write_without_the_page_s_token(
    api: Api,
) -> None:
    browser = api.app.test_client()
    browser.set_cookie("session", api.new_token("officer"))
    with browser.get("/api/v1/me") as seen:
        assert seen.status_code == 200
    for method, path in WRITES:
        for headers in ({}, {"X-CSRF-Token": "guessed"}):
            with browser.open(f"/api/v1{path}", method=method, headers=headers) as told:
                assert told.status_code == 403, f"{method} {path}"
                assert told.get_json()["code"] == "csrf"
    with browser.get("/api/v1/me") as seen:
        assert seen.status_code == 200, "a refused logout has signed her out"


def test_the_page_s_token_lets_a_session_write(api: Api) -> None:
    browser = api.app.test_client()
    browser.set_cookie("session", api.new_token("officer"))
    with browser.get("/inbox", follow_redirects=True) as page:
        found = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    assert found
    headers = {"X-CSRF-Token": found, "Idempotency-Key": "by-browser-1"}
    body = {"definition_key": "example_request", "jurisdiction": "u1", "data": {"subject": "帽"}}
    with browser.post("/api/v1/process-instances", json=body, headers=headers) as made:
        assert made.status_code == 201, made.text


def test_too_long_a_name_is_refused_before_anybody_reckons(api: Api) -> None:
    for body in (
        {"username": "x" * 201, "password": "p"},
        {"username": "x", "password": "p" * 1001},
    ):
        told = api("", "POST", "/tokens", body)
        assert (told.status_code, told.get_json()["errors"][0]["code"]) == (422, "maxLength")
