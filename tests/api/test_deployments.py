"""Process files over the API: all or nothing, and every refusal names what and where."""

from typing import Any
from zipfile import ZIP_STORED

import pytest
from werkzeug.test import TestResponse

from engine.definitions.folder import read_folder
from tests.api.conftest import Api, new_key
from tests.crash.installation import ROOT
from tests.engine.moving.conftest import drawn, form, step
from tests.support.zips import zipped
from tests.unit.runtime.kit import end, line, start

ISSUE = {
    *("severity", "code", "message", "hint", "message_en", "hint_en"),
    *("file", "element_id", "line"),
}
BLANK = form("blank", "note").content
SCENARIO = b'title = "through"\n[[steps]]\ndo = "ask"\n[expect]\nended_at = "E"\n'


def process(key: str, role: str = "officer") -> bytes:
    """A process of one step."""
    content = drawn(key, {"officer": "ask"}, start() + step("ask") + end() + line("S", "ask", "E"))
    return content.content.replace(b'value="officer"', f'value="{role}"'.encode())


def sent(api: Api, *files: tuple[str, bytes], query: str = "", **headers: str) -> TestResponse:
    chosen = [("files", name, content) for name, content in files]
    return api.upload("designer", f"/deployments{query}", chosen, **headers)


def good(key: str) -> tuple[tuple[str, bytes], ...]:
    return ((f"{key}.bpmn", process(key)), ("blank.form", BLANK))


def keys_known(api: Api) -> set[str]:
    items = api("officer", "GET", "/process-definitions?limit=200").get_json()["items"]
    return {item["key"] for item in items}


def refused(told: TestResponse) -> list[dict[str, Any]]:
    """The problems of a refusal, each as the contract has it."""
    assert told.status_code == 422, told.text
    assert told.mimetype == "application/problem+json"
    problems: list[dict[str, Any]] = told.get_json()["problems"]
    assert problems
    assert all(one.keys() == ISSUE and one["message"] and one["hint_en"] for one in problems)
    return problems


def test_the_example_process_is_deployed_and_deployed_again_unchanged(api: Api) -> None:
    bundle = read_folder(ROOT / "processes", ROOT / "forms", "example_request")
    made = sent(api, *((one.name, one.content) for one in bundle.files))
    assert made.status_code == 201, made.text
    (version,) = made.get_json()["definitions"]
    assert (version["key"], version["version"]) == ("example_request", 1), "nothing changed"


def test_a_new_process_gets_a_number_and_can_be_started_at_once(api: Api) -> None:
    made = sent(api, *good("fresh"))
    assert made.status_code == 201, made.text
    assert made.get_json()["definitions"][0]["id"] == "fresh:1"
    api.started(definition_key="fresh", data={})
    listed = api("officer", "GET", "/deployments?limit=200").get_json()["items"]
    assert made.get_json()["id"] in [one["id"] for one in listed]


def test_a_dry_run_says_what_there_would_be_and_leaves_no_trace(api: Api) -> None:
    told = sent(api, *good("rehearsed"), query="?dry_run=true")
    assert told.status_code == 200, told.text
    body = told.get_json()
    assert (body["id"], body["definitions"][0]["id"]) == (None, "rehearsed:1")
    assert "rehearsed" not in keys_known(api)
    refused(sent(api, ("broken.bpmn", b"no"), query="?dry_run=true"))


def test_an_unclear_dry_run_deploys_nothing(api: Api) -> None:
    refused(sent(api, *good("unclear"), query="?dry_run=perhaps"))
    refused(sent(api, *good("unclear"), query="?dry_run=true&dry_run=false"))
    assert "unclear" not in keys_known(api)


def test_one_bad_file_among_good_ones_and_nothing_is_deployed(api: Api) -> None:
    problems = refused(sent(api, *good("half"), ("other.bpmn", b"<not xml")))
    assert {one["file"] for one in problems if one["severity"] == "error"} == {"other.bpmn"}
    assert "half" not in keys_known(api)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"this is no XML", "not-xml"),
        (b"", "empty-file"),
        (b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>', "doctype"),
        (b'<!DOCTYPE d SYSTEM "http://127.0.0.1:9/x.dtd"><d/>', "doctype"),
        (b"<d>" * 200 + b"</d>" * 200, "too-deep"),
        (b"\xff\xfe\x00\x01", "not-xml"),
    ],
)
def test_what_is_no_harmless_xml_is_refused_in_a_sentence(
    api: Api, content: bytes, code: str
) -> None:
    problems = refused(sent(api, ("bad.bpmn", content), ("blank.form", BLANK)))
    assert code in {one["code"] for one in problems}
    assert "root:" not in str(problems)


def test_entities_that_multiply_are_refused_at_once(api: Api) -> None:
    laughs = b'<!DOCTYPE d [<!ENTITY a "ha">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
    )
    refused(sent(api, ("lol.bpmn", laughs + b"]><d>&j;</d>"), ("blank.form", BLANK)))


def test_a_role_nobody_has_is_named_with_its_lane_and_line(api: Api) -> None:
    problems = refused(sent(api, ("r.bpmn", process("r", "wizard")), ("blank.form", BLANK)))
    (unknown,) = [one for one in problems if one["element_id"] == "lane_officer"]
    assert "wizard" in unknown["message"]
    assert unknown["line"] >= 1


@pytest.mark.parametrize("name", ["setup.exe", "../../etc/passwd", "", "a\x00b.bpmn", "x" * 300])
def test_a_name_that_is_no_process_file_s_is_refused(api: Api, name: str) -> None:
    refused(sent(api, (name, b"MZ\x90\x00"), *good("named")))
    assert "named" not in keys_known(api)


def test_no_file_at_all_is_a_problem_too(api: Api) -> None:
    refused(api.send("designer", "POST", "/deployments"))
    refused(api.send("designer", "POST", "/deployments", json={"files": []}))
    refused(api.upload("designer", "/deployments", [("other", "a.bpmn", b"<d/>")]))


def test_two_files_of_one_name_are_refused(api: Api) -> None:
    refused(sent(api, *good("twice"), ("twice.bpmn", process("twice"))))


def test_a_process_file_beyond_reason_is_413_in_a_sentence(api: Api) -> None:
    for size in (6, 50, 70):
        told = sent(api, ("large.bpmn", b" " * (size * 1024 * 1024)))
        assert told.status_code == 413, told.text
        assert told.get_json()["detail"].endswith("。")


def test_several_zips_together_unpack_to_no_more_than_one(api: Api) -> None:
    sizes = {f"{number}.form": b" " * (4 * 1024 * 1024) for number in range(7)}
    half = zipped(sizes, ZIP_STORED)
    told = sent(api, ("a.zip", half), ("b.zip", half))
    assert told.status_code == 413, told.text
    assert "b.zip" in told.get_json()["detail"]


def test_the_same_key_deploys_once(api: Api) -> None:
    key = new_key()
    first = sent(api, *good("once"), Idempotency_Key=key)
    again = sent(api, *good("once"), Idempotency_Key=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.get_json() == first.get_json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    other = sent(api, *good("another"), Idempotency_Key=key)
    assert refused(other)[0]["code"] == "idempotency-key-reused"


def test_only_a_designer_deploys(api: Api) -> None:
    chosen = [("files", name, content) for name, content in good("stolen")]
    for query in ("", "?dry_run=true"):
        told = api.upload("officer", f"/deployments{query}", chosen)
        assert (told.status_code, told.get_json()["code"]) == (403, "forbidden")
    assert "stolen" not in keys_known(api)


def test_scenarios_are_played_and_their_coverage_is_answered(api: Api) -> None:
    told = sent(api, *good("rehearsable"), ("rehearsable/scenarios/x.toml", SCENARIO))
    assert told.status_code == 201, told.text
    (counts,) = told.get_json()["scenarios"]
    assert counts == {
        "process": "rehearsable",
        "scenarios": 1,
        "passed": 1,
        "elements": 3,
        "elements_covered": 3,
        "flows": 2,
        "flows_covered": 2,
        "missed": [],
    }


@pytest.mark.parametrize("query", ["", "?dry_run=true"])
def test_a_scenario_that_fails_keeps_everything_out(api: Api, query: str) -> None:
    wrong = SCENARIO.replace(b'ended_at = "E"', b'ended_at = "S"')
    files = (*good("held_back"), ("x.toml", SCENARIO), ("wrong.toml", wrong))
    problems = refused(sent(api, *files, query=query))
    (problem,) = [one for one in problems if one["severity"] == "error"]
    assert (problem["code"], problem["file"]) == ("scenario-failed", "wrong.toml")
    assert "ended_at 应当是 'S',实际是 'E'" in problem["message"]
    assert "held_back" not in keys_known(api)
