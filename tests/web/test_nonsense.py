"""Pages on both databases, asked for in ways that only a program asks: words, never a fault."""

import itertools
import re

from flask.testing import FlaskClient

from tests.api.conftest import Api
from tests.api.conftest import api as api

FIELDS = ("q", "unit", "process", "state", "step", "after", "role")
VALUES = ("%00", "WzFd")
TYPED = ("username", "password", "text", "by", "name", "phone", "code", "reason", "note", "value")


def addresses(api: Api, method: str) -> list[str]:
    """Every address of the pages, its ids made up."""
    return sorted(
        re.sub("<[^>]+>", "x", rule.rule)
        for rule in api.app.url_map.iter_rules()
        if method in (rule.methods or ()) and not rule.rule.startswith(("/api", "/static"))
    )


def signed_in(api: Api) -> FlaskClient:
    browser = api.app.test_client()
    browser.set_cookie("session", api.token("supervisor"))
    return browser


def test_no_query_is_a_fault_of_ours(api: Api) -> None:
    browser = signed_in(api)
    for path, field, value in itertools.product(addresses(api, "GET"), FIELDS, VALUES):
        with browser.get(f"{path}?{field}={value}") as told:
            assert told.status_code < 500, f"{path}?{field}={value}"


def test_no_form_is_a_fault_of_ours(api: Api) -> None:
    browser = signed_in(api)
    with browser.get("/login") as page:
        token = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    assert token
    for path in addresses(api, "POST"):
        typed = {"csrf_token": token, **dict.fromkeys(TYPED, "a\0b")}
        with browser.post(path, data=typed) as told:
            assert told.status_code == 422, path
            assert "NUL" in told.text, path
