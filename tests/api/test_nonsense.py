"""Whatever is sent, the answer is one of the contract's: never a crash, a page or a trace."""

import json
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.api.conftest import START, Api, new_key

JSON_ROUTES = (
    "/tokens",
    "/process-instances",
    "/process-instances/{case}/cancel",
    "/tasks/{task}/complete",
    "/messages",
)
DEEP = b"[" * 100_000 + b"]" * 100_000
NOT_A_REQUEST = {
    "nothing": b"",
    "no JSON": b"{not json",
    "a number": b"5",
    "a list": b"[]",
    "null": b"null",
    "NaN": b'{"data": {"amount": NaN}, "username": NaN}',
    "infinity": b'{"data": {"amount": 1e999}, "correlation": {"id": -1e999}}',
    "a number of 400 digits": b'{"data": {"amount": ' + b"9" * 400 + b"}}",
    "a number of 5000 digits": b'{"data": {"amount": ' + b"9" * 5000 + b"}}",
    "a key twice": b'{"data": {}, "data": {"reason": "x"}, "name": "a", "name": "b"}',
    "NUL": b'{"data": {"reason": "a\\u0000b"}, "username": "\\u0000", "password": "x"}',
    "half a character": b'{"data": {"reason": "\\ud800"}, "username": "\\udfff", "password": "x"}',
    "other bytes": b'{"data": "\xff\xfe"}',
    "with a byte order mark": b'\xef\xbb\xbf{"data": {}}',
    "very deep": DEEP,
    "deep inside": b'{"data": {"reason": ' + DEEP + b"}}",
}
NASTY_TEXTS = (
    "' OR 1=1 --",
    "=cmd|' /C calc'!A0",
    "<svg onload=alert(1)>",
    "{{7*7}}",
    "../../etc/passwd",
    "\u202eabc",
    "é" * 1_000,
    "🀄" * 300,
    "\r\nX-Evil: 1",
    "%00%0a",
)


def fair(told: TestResponse, where: object = "") -> TestResponse:
    """No fault of ours, and every refusal a problem document with its number."""
    assert told.status_code < 500, f"{where}: {told.text}"
    if told.status_code >= 400:
        assert told.mimetype == "application/problem+json", where
        problem = told.get_json()
        assert problem.keys() >= {"type", "title", "status", "code", "detail", "request_id"}
        assert problem["status"] == told.status_code
        assert problem["request_id"] == told.headers["X-Request-Id"]
        assert "Traceback" not in told.text
    return told


def send(api: Api, path: str, raw: bytes, kind: str = "application/json") -> TestResponse:
    who = "designer" if path == "/deployments" else "officer"
    headers = {"If_Match": "*", "Idempotency_Key": new_key()}
    return api.send(who, "POST", path, data=raw, content_type=kind, headers=headers)


@pytest.mark.parametrize("raw", NOT_A_REQUEST.values(), ids=list(NOT_A_REQUEST))
def test_what_is_no_request_is_422(api: Api, raw: bytes) -> None:
    case, task = api.started()
    for route in JSON_ROUTES:
        path = route.format(case=case, task=task)
        assert fair(send(api, path, raw), path).status_code == 422
    assert api("officer", "GET", f"/tasks/{task}").get_json()["state"] == "open"


def test_another_media_type_is_415_and_ten_megabytes_are_413(api: Api) -> None:
    case, task = api.started()
    large = json.dumps({"data": {"reason": "长" * 5_000_000}}).encode()
    for route in JSON_ROUTES:
        path = route.format(case=case, task=task)
        for kind in ("text/plain", "application/xml", "multipart/form-data; boundary=x"):
            assert fair(send(api, path, b"{}", kind), path).status_code == 415
        assert fair(send(api, path, large), path).status_code == 413
    assert api("officer", "GET", f"/tasks/{task}").get_json()["state"] == "open"


def test_what_is_said_of_the_step_comes_before_what_is_wrong_with_the_body(api: Api) -> None:
    _, task = api.started()
    assert api.finish("officer", task).status_code == 200
    path = f"/tasks/{task}/complete"
    for raw, kind in ((b"{", "application/json"), (b"{}", "text/plain"), (b"0" * 3_000_000, "")):
        assert fair(send(api, path, raw, kind)).get_json()["code"] == "task-not-open"


@pytest.mark.parametrize("value", [None, True, 5, 1.5, "text", [], {}, [None], {"a": {"b": []}}])
def test_values_of_other_types_are_pointed_at(api: Api, value: object) -> None:
    asked: dict[str, Any] = {
        "/process-instances": {**START, "business_key": "x", "version": 1},
        "/messages": {"name": "example_objection", "correlation": {"id": "x"}, "payload": {}},
    }
    for path, body in asked.items():
        for name, right in body.items():
            told = fair(send(api, path, json.dumps({**body, name: value}).encode()), (path, name))
            if type(value) is not type(right):
                assert told.status_code == 422, (path, name, told.text)
                assert f"/{name}" in {error["pointer"] for error in told.get_json()["errors"]}


def test_a_property_nobody_asked_for_is_refused_and_never_stored(api: Api) -> None:
    for extra in ({"state": "completed"}, {"assignee": "me"}, {"created_by": "x"}, {"a/b~c": 1}):
        told = api("officer", "POST", "/process-instances", {**START, **extra},
                   Idempotency_Key=new_key())  # fmt: skip
        assert told.status_code == 422
        (error,) = told.get_json()["errors"]
        (name,) = extra
        assert error["pointer"] == "/" + name.replace("~", "~0").replace("/", "~1")


@pytest.mark.parametrize("text", NASTY_TEXTS)
def test_nasty_texts_are_texts_and_come_back_as_they_were(api: Api, text: str) -> None:
    from urllib.parse import quote

    made = api("officer", "POST", "/process-instances", {**START, "business_key": text[:200]},
               Idempotency_Key=new_key())  # fmt: skip
    assert fair(made).get_json()["business_key"] == text[:200]
    _, task = api.started()
    assert fair(api.finish("officer", task, reason=text[:500])).status_code in {200, 422}
    inside = quote(text, safe="")
    for path in ("/tasks/{}", "/process-instances/{}/history", "/files/{}", "/nothing/{}"):
        assert fair(api("officer", "GET", path.format(inside))).status_code == 404
    for query in ("/tasks?instance_id={0}&assignee={0}", "/process-instances?state={0}",
                  "/process-instances?jurisdiction={0}&definition_key={0}", "/jobs?state={0}"):  # fmt: skip
        assert fair(api("officer", "GET", query.format(inside))).get_json()["items"] == []


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=201", "limit=-1", "limit=x", "limit=0000200000", "limit=1.5", "limit=5&limit=5",
        "cursor=nonsense", "cursor=%00", "cursor=" + "A" * 600, "cursor=W10", "cursor=WzFd",
        "cursor=W3RydWVd", "cursor=W251bGxd", "cursor=WyJcdTAwMDAiXQ", "cursor=Wzk5OTk5OTk5OTk5OTk5OTk5OTld",
        "cursor=WyJ4Il0",
    ],
)  # fmt: skip
def test_a_page_asked_for_in_a_way_we_do_not_know_is_422(api: Api, query: str) -> None:
    case, _ = api.started()
    paths = ("/process-definitions", "/process-instances", f"/process-instances/{case}/history",
             "/public/notices", "/deployments", "/tasks", "/jobs", "/incidents")  # fmt: skip
    for path in paths:
        told = fair(api("officer", "GET", f"{path}?{query}"), path)
        fits = query == "cursor=WyJ4Il0" and path in {"/deployments", "/tasks"}
        fits = fits or (query == "cursor=WzFd" and path in {paths[2], "/jobs", "/incidents"})
        assert told.status_code == (200 if fits else 422), path


def test_parameters_that_no_database_takes_are_refused(api: Api) -> None:
    for query in ("/tasks?assignee=%00", "/tasks?state=done", "/process-instances?state=a%00b",
                  "/jobs?state=%00", "/process-definitions?startable=maybe"):  # fmt: skip
        assert fair(api("officer", "GET", query), query).status_code == 422


def test_ids_that_are_none_are_404_wherever_they_stand(api: Api) -> None:
    for one in ("%00", "%ff%fe", "x" * 3000, "%F0%9F%80%84", "a%00b", "%20", "..%2F..", "-1"):
        for method, path in (
            ("GET", "/tasks/{}"), ("POST", "/tasks/{}/claim"), ("POST", "/tasks/{}/complete"),
            ("GET", "/process-instances/{}"), ("POST", "/process-instances/{}/cancel"),
            ("GET", "/process-definitions/{}"), ("GET", "/files/{}"),
            ("POST", "/incidents/{}/retry"), ("POST", "/process-instances/{}/files"),
        ):  # fmt: skip
            told = fair(api("officer", method, path.format(one)), (method, path, one))
            assert told.status_code == 404


def test_addresses_and_methods_we_do_not_have(api: Api) -> None:
    for path in ("/nothing", "", "/", "//tasks", "/tasks/", "/tasks//x", "/me/x"):
        assert fair(api("officer", "GET", path), path).status_code == 404
    for method in ("PUT", "PATCH", "DELETE", "TRACE", "NONSENSE"):
        told = fair(api("officer", method, "/tasks"), method)
        assert (told.status_code, told.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    asked = api("officer", "OPTIONS", "/tasks")
    assert (asked.status_code, asked.data, asked.content_type) == (200, b"", None)


def test_headers_nobody_should_send(api: Api) -> None:
    for scheme in ("Basic eDp5", "Bearer", "Bearer ", "Bearer x y", "é", "Bearer " + "x" * 60_000):
        told = api.client.get("/api/v1/me", headers={"Authorization": scheme})
        assert fair(told, scheme).status_code == 401
    mine = {"Authorization": f"Bearer {api.token('officer')}"}
    for key in ("é" * 20, " " * 20, "a b c d e", "\x7f" * 20):
        sent = {**mine, "Idempotency-Key": key}
        told = api.client.post("/api/v1/process-instances", json=START, headers=sent)
        assert fair(told, key).status_code in {201, 400}


def test_broken_multipart_frames(api: Api) -> None:
    for raw in (
        b"",
        b"--x",
        b"--x\r\n\r\n--x--",
        b"--x\r\nContent-Disposition: form-data\r\n\r\na",
    ):
        for path in ("/files", "/deployments"):
            for kind in ("multipart/form-data; boundary=x", "multipart/form-data", "text/plain"):
                assert fair(send(api, path, raw, kind), (path, kind, raw)).status_code == 422
    many = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="f%d"\r\n\r\n1\r\n' % n for n in range(21_000)
    )
    told = send(api, "/files", many + b"--x--\r\n", "multipart/form-data; boundary=x")
    assert fair(told).status_code == 413


def test_a_fault_of_ours_says_nothing_of_itself(api: Api) -> None:
    """Shown with a table taken away; the word for it stands in the log only."""
    from sqlalchemy import text

    api.token("officer")
    api.engine.execute(lambda tx: tx.execute(text("ALTER TABLE job RENAME TO job_away")))
    try:
        told = api("officer", "GET", "/jobs")
    finally:
        api.engine.execute(lambda tx: tx.execute(text("ALTER TABLE job_away RENAME TO job")))
    assert told.status_code == 500
    assert told.mimetype == "application/problem+json"
    assert told.get_json()["code"] == "internal"
    assert not [
        word for word in ("job", "SELECT", "sqlalchemy", "File", "engine/") if word in told.text
    ]
