"""Guessing passwords is slowed, by name and by address, without locking anybody out."""

from flask import Flask
from werkzeug.test import TestResponse

from tests.api.conftest import Api
from tests.crash.installation import PASSWORD
from tests.support.client import client_of
from webapp.app import create_app
from webapp.shared.requests import Installation


def _guess(app: Flask, who: str, address: str, **headers: str) -> TestResponse:
    return client_of(app).post(
        "/api/v1/tokens",
        json={"username": who, "password": "guessed-password"},
        headers=headers,
        environ_base={"REMOTE_ADDR": address},
    )


def test_the_eleventh_guess_waits_and_says_how_long(api: Api) -> None:
    told = [_guess(api.app, "officer", "192.0.2.1") for _ in range(11)]
    assert [answer.status_code for answer in told] == [401] * 10 + [429]
    assert told[-1].mimetype == "application/problem+json"
    assert told[-1].get_json()["code"] == "rate-limited"
    assert 0 < int(told[-1].headers["Retry-After"]) <= 15 * 60
    right = {"username": "officer", "password": PASSWORD}
    elsewhere = client_of(api.app).post("/api/v1/tokens", json=right)
    assert elsewhere.status_code == 201, "a stranger locked her out of her own place"


def test_a_header_that_anybody_can_write_gives_no_new_address(api: Api) -> None:
    told = [
        _guess(api.app, "chair", "192.0.2.2", **{"X-Forwarded-For": f"198.51.100.{n}"})
        for n in range(11)
    ]
    assert told[-1].status_code == 429


def test_behind_a_proxy_of_ours_its_word_counts(api: Api) -> None:
    installation = api.app.extensions["bangfu"]
    assert isinstance(installation, Installation)
    settings = installation.settings
    behind = create_app(
        type(settings)(**{**vars(settings), "proxies": 1}), api.engine, installation.registry
    )
    told = [
        _guess(behind, "approver", "192.0.2.3", **{"X-Forwarded-For": f"198.51.100.{n}"})
        for n in range(11)
    ]
    assert {answer.status_code for answer in told} == {401}


def test_guesses_spread_over_many_names_are_counted_for_the_address(api: Api) -> None:
    """Written in the table at once: each real guess takes argon2 its tens of milliseconds."""
    from engine.store import accounts

    now = api.engine.environment.real_now()
    for n in range(100):
        api.engine.execute(lambda tx, n=n: accounts.add_attempt(tx, f"name-{n}", "192.0.2.4", now))
    assert _guess(api.app, "entry", "192.0.2.4").status_code == 429
    assert _guess(api.app, "entry", "192.0.2.5").status_code == 401
