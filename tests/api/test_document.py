"""The served document and the routes are the same contract, both ways."""

import re

import yaml
from flask.testing import FlaskClient

VERBS = {"get", "post", "put", "patch", "delete"}
ABOUT_ITSELF = {("get", "/openapi.yaml")}
LATER = {("get", "/budgets")}
"""What a later release brings: 501 with a sentence until then."""


def _documented(client: FlaskClient) -> set[tuple[str, str]]:
    served = client.get("/api/v1/openapi.yaml")
    assert served.status_code == 200
    return {
        (verb, re.sub(r"{[^}]+}", "{}", path))
        for path, operations in yaml.safe_load(served.get_data())["paths"].items()
        for verb in operations.keys() & VERBS
    }


def _routed(client: FlaskClient) -> set[tuple[str, str]]:
    return {
        (verb.lower(), re.sub(r"<[^>]+>", "{}", rule.rule.removeprefix("/api/v1")))
        for rule in client.application.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/")
        for verb in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_operation_has_a_route_and_every_route_is_documented(client: FlaskClient) -> None:
    assert _routed(client) - ABOUT_ITSELF == _documented(client)


def test_what_a_later_release_brings_says_so(client: FlaskClient, call) -> None:  # type: ignore[no-untyped-def]
    for verb, path in LATER:
        told = call("supervisor", verb.upper(), path)
        assert told.status_code == 501
        assert told.mimetype == "application/problem+json"
        assert told.get_json()["detail"].endswith("。")
