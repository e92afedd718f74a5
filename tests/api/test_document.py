"""The served document, the routes and the published contract are the same, each way."""

import re
from pathlib import Path
from typing import Any

import yaml

from tests.api.conftest import Api

VERBS = {"get", "post", "put", "patch", "delete"}
LATER = {("get", "/budgets")}
"""What a later release brings: 501 with a sentence until then."""

CONTRACT = yaml.safe_load(Path(__file__).with_name("contract.yaml").read_text(encoding="utf-8"))
"""The contract as it was published; nothing of it may change, more may be added."""


def served(api: Api) -> dict[str, Any]:
    told = api("", "GET", "/openapi.yaml")
    assert (told.status_code, told.mimetype) == (200, "application/yaml")
    document: dict[str, Any] = yaml.safe_load(told.get_data())
    return document


def operations(document: dict[str, Any]) -> set[tuple[str, str]]:
    return {
        (verb, re.sub(r"{[^}]+}", "{}", path))
        for path, found in document["paths"].items()
        for verb in found.keys() & VERBS
    }


def routed(api: Api) -> set[tuple[str, str]]:
    return {
        (verb.lower(), re.sub(r"<[^>]+>", "{}", rule.rule.removeprefix("/api/v1")))
        for rule in api.app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/")
        for verb in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def missing(published: Any, now: Any, where: str = "") -> list[str]:
    """What the contract says and the document does not, by place.

    An object may have gained members, ``parameters`` entries; anything else is equal.
    """
    if isinstance(published, dict) and isinstance(now, dict):
        return [
            place
            for key, value in published.items()
            for place in missing(value, now.get(key), f"{where}/{key}")
        ]
    if where.endswith("/parameters") and isinstance(now, list):
        return [f"{where}/{one}" for one in published if one not in now]
    return [] if published == now else [where]


def test_every_operation_has_a_route_and_every_route_is_documented(api: Api) -> None:
    assert routed(api) == operations(served(api))


def test_nothing_of_the_published_contract_has_changed(api: Api) -> None:
    document = served(api)
    assert missing(CONTRACT, document) == []
    for name, schema in CONTRACT["components"]["schemas"].items():
        added = document["components"]["schemas"][name].get("required", [])
        assert added == schema.get("required", []), name


def test_a_change_of_the_contract_would_be_seen(api: Api) -> None:
    for where in (
        ("paths", "/tasks", "get", "operationId"),
        ("components", "schemas", "Task", "required"),
        ("components", "schemas", "Instance", "properties", "state", "enum"),
        ("paths", "/deployments", "post", "responses", "413"),
    ):
        document = place = served(api)
        for step in where[:-1]:
            place = place[step]
        del place[where[-1]]
        assert missing(CONTRACT, document) == ["/" + "/".join(where)]


def test_what_a_later_release_brings_says_so(api: Api) -> None:
    for verb, path in LATER:
        told = api("supervisor", verb.upper(), path)
        assert told.status_code == 501
        assert told.mimetype == "application/problem+json"
        assert told.get_json()["detail"].endswith("。")
