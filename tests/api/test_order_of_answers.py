"""401, 404, 428/400, replay, 409, 412, 422: in this order (design.md D14)."""

from tests.api.conftest import Call

START = {
    "definition_key": "example_request",
    "jurisdiction": "u1",
    "data": {"subject": "添置安全帽"},
}
FILLED = {
    "applicant_name": "林模拟",
    "amount": 1200,
    "needed_by": "2026-12-20",
    "reason": "班组安全帽到期需要更换",
}


def _started(call: Call) -> tuple[str, str]:
    made = call("officer", "POST", "/process-instances", START, Idempotency_Key="start-0001")
    assert made.status_code == 201, made.text
    return made.get_json()["id"], made.get_json()["open_task_ids"][0]


def test_who_is_not_signed_in_learns_nothing(call: Call) -> None:
    _, task = _started(call)
    for path in (f"/tasks/{task}", "/tasks/no-such-task", "/me", "/audit"):
        told = call("", "GET", path)
        assert told.status_code == 401
        assert told.get_json()["code"]


def test_another_county_s_step_is_the_same_as_none(call: Call) -> None:
    _, task = _started(call)
    hidden = call("far_reviewer", "POST", f"/tasks/{task}/complete", {"data": {}})
    absent = call("far_reviewer", "POST", "/tasks/01nothing-1/complete", {"data": {}})
    assert hidden.status_code == absent.status_code == 404
    without_id = [
        {k: v for k, v in a.get_json().items() if k != "request_id"} for a in (hidden, absent)
    ]
    assert without_id[0] == without_id[1]


def test_a_completion_from_start_to_replay(call: Call) -> None:
    case, task = _started(call)
    path = f"/tasks/{task}/complete"
    body = {"data": FILLED}
    assert call("officer", "POST", path, body, Idempotency_Key="done-0001").status_code == 428
    seen = call("officer", "GET", f"/tasks/{task}")
    etag = seen.headers["ETag"]
    assert call("officer", "POST", path, body, If_Match=etag).status_code == 400
    stale = call("officer", "POST", path, body, If_Match='"99"', Idempotency_Key="done-0002")
    assert stale.status_code == 412
    wrong = call(
        "officer",
        "POST",
        path,
        {"data": {"amount": "多"}},
        If_Match=etag,
        Idempotency_Key="done-0003",
    )
    assert wrong.status_code == 422
    assert [e["pointer"] for e in wrong.get_json()["errors"]][:2] == ["/applicant_name", "/amount"]
    headers = {"If_Match": etag, "Idempotency_Key": "done-0004"}
    done = call("officer", "POST", path, body, **headers)
    assert done.status_code == 200, done.text
    assert done.get_json()["state"] == "completed"
    again = call("officer", "POST", path, body, **headers)
    assert (again.status_code, again.get_json()) == (200, done.get_json())
    assert again.headers["Idempotency-Replayed"] == "true"
    other = call("officer", "POST", path, {"data": {}}, **headers)
    assert (other.status_code, other.get_json()["code"]) == (422, "idempotency-key-reused")
    closed = call("officer", "POST", path, body, If_Match=etag, Idempotency_Key="done-0005")
    assert (closed.status_code, closed.get_json()["code"]) == (409, "task-not-open")
    kinds = [
        entry["kind"]
        for entry in call("officer", "GET", f"/process-instances/{case}/history").get_json()[
            "items"
        ]
    ]
    assert kinds.count("task_completed") == 1


def test_held_by_another_is_a_conflict(call: Call) -> None:
    _, task = _started(call)
    claimed = call("officer", "POST", f"/tasks/{task}/claim")
    assert claimed.status_code == 200
    assert claimed.headers["ETag"]
    assert call("officer2", "POST", f"/tasks/{task}/claim").status_code == 409
    assert call("officer", "POST", f"/tasks/{task}/release").status_code == 200
    assert call("officer2", "POST", f"/tasks/{task}/claim").status_code == 200


def test_start_twice_with_one_key_is_one_case(call: Call) -> None:
    first, _ = _started(call)
    second, _ = _started(call)
    assert first == second
    listed = call("officer", "GET", "/process-instances").get_json()["items"]
    assert [one["id"] for one in listed] == [first]


def test_strict_json_and_pages(call: Call) -> None:
    extra = {**START, "assignee": "me"}
    told = call("officer", "POST", "/process-instances", extra, Idempotency_Key="start-0002")
    assert told.status_code == 422
    for query in ("limit=0", "limit=201", "limit=x", "cursor=nonsense"):
        assert call("officer", "GET", f"/process-instances?{query}").status_code == 422, query
    assert call("reviewer", "GET", "/audit/verify").status_code == 403
    assert call("supervisor", "GET", "/audit/verify").get_json()["ok"] is True
