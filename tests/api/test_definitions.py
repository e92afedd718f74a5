"""Deployed processes: listed in pages that hold still, each with the form that starts it."""

from typing import Any

import pytest

from engine.forms import compile_form
from tests.api.conftest import Api
from tests.crash.installation import ROOT

FORMS = sorted((ROOT / "forms").glob("*/*.form"))


def test_a_definition_has_the_form_that_starts_it(api: Api) -> None:
    got = api("officer", "GET", "/process-definitions/example_request:1").get_json()
    assert (got["key"], got["version"], got["startable"]) == ("example_request", 1, True)
    schema = got["start_form"]["schema"]
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["required"] == ["subject"]


def test_startable_is_what_the_caller_may_start(api: Api) -> None:
    mine = api("officer", "GET", "/process-definitions?startable=true").get_json()["items"]
    assert "example_request" in {item["key"] for item in mine}
    hers = api("reviewer", "GET", "/process-definitions?startable=true").get_json()["items"]
    assert hers == []


def test_pages_hold_every_definition_once(api: Api) -> None:
    for query in ("", "startable=true&"):
        seen: list[str] = []
        cursor = ""
        while cursor is not None:
            page = api("officer", "GET", f"/process-definitions?{query}limit=1{cursor}").get_json()
            seen += [item["id"] for item in page["items"]]
            cursor = page["next_cursor"] and f"&cursor={page['next_cursor']}"
        assert len(seen) == len(set(seen)) >= 2


def test_no_such_version_is_404(api: Api) -> None:
    for name in ("example_request:99", "nothing:1", "x" * 500, "%00", "a%2Fb", "1' or '1'='1"):
        told = api("officer", "GET", f"/process-definitions/{name}")
        assert told.status_code == 404, name
        assert told.mimetype == "application/problem+json"


@pytest.mark.parametrize("path", FORMS, ids=[path.stem for path in FORMS])
def test_a_client_can_fill_each_form_from_its_schema_alone(path: Any) -> None:
    """Each required property carries default or examples, files aside, at any depth."""
    schema = compile_form(path.read_bytes(), path.name).schema
    assert [where for where, asked in _required(schema, "") if not _is_told(asked)] == []


def _is_told(asked: dict[str, Any]) -> bool:
    is_file = asked.get("x-file") or asked.get("items", {}).get("x-file")
    return bool(is_file) or "default" in asked or "examples" in asked


def _required(schema: Any, where: str) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for name, asked in schema.get("properties", {}).items():
        if name in schema.get("required", ()):
            found.append((f"{where}/{name}", asked))
        for inner in (asked, asked.get("items", {})):
            found += _required(inner, f"{where}/{name}")
    return found


def test_the_deciding_field_and_personal_data_are_marked(api: Api) -> None:
    _, task = api.brought_to("review")
    asked = api("reviewer", "GET", f"/tasks/{task}").get_json()["form"]["schema"]["properties"]
    assert asked["decision"]["x-decision"] is True
    assert asked["decision"]["enum"] == ["agree", "return", "refuse"]
    assert asked["shown_applicant"]["x-pii"] is True
