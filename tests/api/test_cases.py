"""Cases over the API: started once, seen by whom they concern, ended with a reason."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.api.conftest import START, Api, new_key, same_but_number

KINDS = {
    "started", "task_created", "task_claimed", "task_released", "task_completed", "timer_set",
    "timer_fired", "message", "file_added", "decision", "grant", "notice", "incident", "retried",
    "cancelled", "completed",
}  # fmt: skip


def begin(api: Api, who: str = "officer", key: str = "", **more: Any) -> Any:
    body = {**START, **more}
    return api(who, "POST", "/process-instances", body, Idempotency_Key=key or new_key())


def test_a_start_says_where_the_case_is_and_at_which_revision(api: Api) -> None:
    made = begin(api, business_key="A-1")
    assert made.status_code == 201
    case = made.get_json()
    assert made.headers["Location"] == f"/api/v1/process-instances/{case['id']}"
    seen = api("officer", "GET", f"/process-instances/{case['id']}")
    assert seen.headers["ETag"] == made.headers["ETag"]
    for answer in (case, seen.get_json()):
        assert (answer["state"], answer["business_key"]) == ("active", "A-1")
        assert answer["created_at"].endswith("Z")
        assert answer["data"] == {"subject": "添置安全帽"}
    assert seen.get_json()["open_task_ids"] == case["open_task_ids"]


def test_a_start_sent_again_answers_the_same(api: Api) -> None:
    key = new_key()
    first, again = begin(api, key=key), begin(api, key=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.get_json() == again.get_json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["ETag"] == first.headers["ETag"]
    other = begin(api, key=key, business_key="other")
    assert (other.status_code, other.get_json()["code"]) == (422, "idempotency-key-reused")


def test_keys_are_each_caller_s_own(api: Api) -> None:
    key = new_key()
    first, other = begin(api, key=key), begin(api, "officer2", key=key)
    assert first.status_code == other.status_code == 201
    assert first.get_json()["id"] != other.get_json()["id"]


def test_ten_at_once_with_one_key_start_one_case(api: Api) -> None:
    api.token("officer")
    key = new_key()
    with ThreadPoolExecutor(10) as crowd:
        told = list(crowd.map(lambda _: begin(api, key=key), range(10)))
    allowed = {201, 409}  # the contract lets a second one be told that the first still runs
    assert {answer.status_code for answer in told} <= allowed
    assert len({answer.get_json()["id"] for answer in told if answer.status_code == 201}) == 1


def test_a_key_is_demanded_and_has_a_length(api: Api) -> None:
    told = api("officer", "POST", "/process-instances", START)
    assert (told.status_code, told.get_json()["code"]) == (400, "header-missing")
    for key in ("short", "x" * 201):
        assert begin(api, key=key).status_code == 400


def test_what_cannot_be_started_is_said(api: Api) -> None:
    assert begin(api, definition_key="nothing").status_code == 422
    assert begin(api, version=99).status_code == 422
    assert begin(api, jurisdiction="nowhere").status_code == 422
    assert begin(api, jurisdiction="xc").status_code == 422, "not a grass-roots union"
    assert begin(api, "officer", jurisdiction="lw-u").status_code == 403
    assert begin(api, "reviewer").status_code == 403
    told = begin(api, data={"subject": "", "more": 1})
    assert told.status_code == 422
    assert {e["pointer"] for e in told.get_json()["errors"]} >= {"/subject", "/more"}


def test_another_county_finds_nothing_and_cannot_tell_it_from_nothing(api: Api) -> None:
    case, _ = api.started()
    for who in ("far_officer", "far_reviewer", "other_officer"):
        for path in ("", "/history"):
            hidden = api(who, "GET", f"/process-instances/{case}{path}")
            absent = api(who, "GET", f"/process-instances/01jdnothing{path}")
            assert hidden.status_code == 404
            assert same_but_number(hidden, absent)
        body: dict[str, object] = {"reason": "开错了"}
        ends = (f"/process-instances/{case}/cancel", "/process-instances/01jdnothing/cancel")
        assert same_but_number(*(api(who, "POST", e, body, If_Match="*") for e in ends))
        listed = api(who, "GET", "/process-instances?limit=200").get_json()["items"]
        assert case not in {one["id"] for one in listed}
        steps = api(who, "GET", f"/tasks?instance_id={case}").get_json()["items"]
        assert steps == []


def test_a_list_is_narrowed_and_holds_still_while_cases_come(api: Api) -> None:
    for _ in range(3):
        api.started("far_officer", at="lw-u")
    path = "/process-instances?jurisdiction=lw-u&state=active&definition_key=example_request"
    first = api("far_officer", "GET", f"{path}&limit=2").get_json()
    before = {one["id"] for one in first["items"]}
    new, _ = api.started("far_officer", at="lw-u")
    rest: list[str] = []
    cursor = first["next_cursor"]
    while cursor is not None:
        page = api("far_officer", "GET", f"{path}&limit=2&cursor={cursor}").get_json()
        rest += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert not before & set(rest), "a new case has shifted the pages"
    assert new not in rest
    assert len(rest) == len(set(rest)) >= 1
    assert api("far_officer", "GET", "/process-instances?state=nonsense").get_json()["items"] == []


def test_the_history_tells_everything_in_order(api: Api) -> None:
    case = api.on_notice()
    path = f"/process-instances/{case}/history"
    whole = api("officer", "GET", f"{path}?limit=200").get_json()["items"]
    assert [entry["seq"] for entry in whole] == list(range(1, len(whole) + 1))
    kinds = [entry["kind"] for entry in whole]
    assert set(kinds) <= KINDS
    assert kinds[:2] == ["started", "task_created"]
    assert {"decision", "task_completed", "timer_set"} <= set(kinds)
    by_pages: list[dict[str, object]] = []
    cursor = ""
    while cursor is not None:
        page = api("officer", "GET", f"{path}?limit=3{cursor}").get_json()
        by_pages += page["items"]
        cursor = page["next_cursor"] and f"&cursor={page['next_cursor']}"
    assert by_pages == whole


def test_names_are_masked_in_the_case_and_its_history(api: Api) -> None:
    case = api.on_notice()
    for path in ("", "/history?limit=200"):
        told = api("supervisor", "GET", f"/process-instances/{case}{path}")
        assert "班组安全帽" in told.text
        assert "张模拟" not in told.text


def test_cancelling_needs_the_revision_and_a_reason(api: Api) -> None:
    case, task = api.started()
    path = f"/process-instances/{case}/cancel"
    etag = api("officer", "GET", f"/process-instances/{case}").headers["ETag"]
    why = {"reason": "登记错了人"}
    assert api("officer", "POST", path, why).status_code == 428
    assert api("officer", "POST", path, why, If_Match='"99"').status_code == 412
    assert api("officer", "POST", path, {}, If_Match='"99"').status_code == 412, "412 before 422"
    for short in ({"reason": "错"}, {"reason": "     "}, {}, {"reason": 5}):
        assert api("officer", "POST", path, short, If_Match=etag).status_code == 422
    assert api("supervisor", "POST", path, why, If_Match=etag).status_code == 403
    done = api("officer", "POST", path, {**why, "extra": "allowed"}, If_Match=etag)
    assert done.status_code == 200, done.text
    ended = api("officer", "GET", f"/process-instances/{case}")
    assert ended.get_json()["state"] == "cancelled"
    assert ended.headers["ETag"] == done.headers["ETag"]
    assert api("officer", "GET", f"/tasks/{task}").get_json()["state"] == "cancelled"
    for body in (why, {}):
        again = api("officer", "POST", path, body, If_Match=etag)
        assert (again.status_code, again.get_json()["code"]) == (409, "case-not-active")
