"""Steps over the API: taken, put back, finished exactly once, in the contract's order of answers."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from werkzeug.test import TestResponse

from engine import SYSTEM, Request
from engine.model.clock import local_date
from engine.store.instants import from_text
from tests.api.conftest import HOLDERS, Api, new_key, same_but_number
from tests.api.forms import answers_of
from tests.engine.moving.conftest import form
from tests.engine.moving.test_clocks import served as written_start

FILLED = {"applicant_name": "林模拟", "amount": 1200, "needed_by": "2026-12-20", "reason": "到期"}


def complete(api: Api, who: str, task: str, body: object = None, **headers: str) -> TestResponse:
    sent = {"data": FILLED} if body is None else body
    return api(who, "POST", f"/tasks/{task}/complete", sent, **headers)


def etag(api: Api, task: str, who: str = "officer") -> str:
    return str(api(who, "GET", f"/tasks/{task}").headers["ETag"])


def both(tag: str) -> dict[str, str]:
    return {"If_Match": tag, "Idempotency_Key": new_key()}


def test_a_client_that_knows_only_the_schemas_brings_a_case_to_its_last_step(api: Api) -> None:
    case = api.on_notice()
    assert api("officer", "GET", f"/process-instances/{case}").get_json()["open_task_ids"] == []
    told = api(
        "officer",
        "POST",
        "/messages",
        {"name": "example_objection", "correlation": {"id": case}, "payload": {"text": "有异议"}},
        Idempotency_Key=new_key(),
    )
    assert told.get_json() == {"matched": 1}
    step = api.open_step(case)
    assert step["element_id"] == "objection_check"
    assert api.finish(HOLDERS[str(step["role"])], str(step["id"])).status_code == 200


def test_a_step_shows_its_form_and_what_is_known(api: Api) -> None:
    _, task = api.brought_to("review")
    seen = api("reviewer", "GET", f"/tasks/{task}").get_json()
    assert (seen["state"], seen["role"], seen["jurisdiction"]) == ("open", "county_reviewer", "xc")
    assert (seen["assignee"], seen["completed_at"], seen["completed_by"]) == (None, None, None)
    assert seen["due_at"].endswith("Z")
    assert seen["form"]["schema"]["required"]


def test_a_step_tells_how_its_limit_came_about(api: Api) -> None:
    _, task = api.brought_to("review")
    told = api("reviewer", "GET", f"/tasks/{task}").get_json()["deadline"]
    opened = api("reviewer", "GET", f"/tasks/{task}").get_json()["created_at"]
    assert (told["written"], told["whose"], told["law"], told["pauses"]) == (
        False,
        "ours",
        False,
        [],
    )
    assert told["counted_from"] == local_date(from_text(opened)).isoformat()

    api.engine.definitions.deploy(SYSTEM, [*written_start("15d"), form("blank", "note")])
    begun = api.engine.cases.start(
        api.engine.directory.actor_named("officer"), Request("served", "u1", {})
    )
    (serve,) = begun.open_task_ids
    answered = complete(api, "officer", serve, {"data": {"served_on": "2026-02-02"}}, **both("*"))
    assert answered.status_code == 200
    step = str(api.open_step(begun.case_id)["id"])
    told = api("officer", "GET", f"/tasks/{step}").get_json()
    assert told["deadline"]["counted_from"] == "2026-02-02"
    assert (told["deadline"]["written"], told["deadline"]["limit"]) == (True, "15d")
    assert told["deadline"]["last_day"] == "2026-02-17"
    assert told["deadline"]["finish_by"] == "2026-02-14", "the spring festival begins"
    assert told["due_at"] == "2026-02-17T15:59:59.000000Z"
    listed = api("officer", "GET", f"/tasks?instance_id={begun.case_id}").get_json()["items"]
    assert all("deadline" not in one for one in listed)


def test_a_completion_needs_its_headers_before_anything_of_its_state(api: Api) -> None:
    _, task = api.started()
    tag = etag(api, task)
    assert complete(api, "officer", task, Idempotency_Key=new_key()).status_code == 428
    told = complete(api, "officer", task, If_Match=tag)
    assert (told.status_code, told.get_json()["code"]) == (400, "header-missing")
    assert complete(api, "officer", task, If_Match=tag, Idempotency_Key="short").status_code == 400
    assert complete(api, "officer", task, **both(tag)).status_code == 200
    assert complete(api, "officer", task, Idempotency_Key=new_key()).status_code == 428
    for body in (None, {}, {"data": []}):
        closed = complete(api, "officer", task, body, **both(tag))
        assert (closed.status_code, closed.get_json()["code"]) == (409, "task-not-open")


def test_a_stale_revision_is_said_before_wrong_data(api: Api) -> None:
    _, task = api.started()
    before = etag(api, task)
    assert api("officer", "POST", f"/tasks/{task}/claim").status_code == 200
    for body in (None, {"data": {"amount": "x"}}, {"nothing": 1}):
        told = complete(api, "officer", task, body, **both(before))
        assert (told.status_code, told.get_json()["code"]) == (412, "stale")
    for tag in ("nonsense", '"-1"', '"1e9"', '"' + "9" * 400 + '"'):
        assert complete(api, "officer", task, **both(tag)).status_code == 412
    assert complete(api, "officer", task, **both("*")).status_code == 200


def test_reading_and_drafts_do_not_move_the_revision_and_claims_do(api: Api) -> None:
    _, task = api.started()
    before = etag(api, task)
    actor = api.engine.directory.actor_named("officer")
    api.engine.tasks.save_draft(actor, task, {"reason": "写到一半"})
    assert etag(api, task) == before
    claimed = api("officer", "POST", f"/tasks/{task}/claim")
    assert claimed.headers["ETag"] == etag(api, task) != before
    assert claimed.get_json()["assignee"] == actor.person_id
    released = api("officer", "POST", f"/tasks/{task}/release")
    assert released.headers["ETag"] == etag(api, task) != claimed.headers["ETag"]
    assert released.get_json()["assignee"] is None


def test_wrong_data_are_pointed_at_and_nothing_is_finished(api: Api) -> None:
    _, task = api.started()
    told = complete(
        api,
        "officer",
        task,
        {"data": {"amount": "多", "extra": 1, "reason": ["列"]}},
        **both(etag(api, task)),
    )
    assert (told.status_code, told.get_json()["code"]) == (422, "validation")
    pointers = {error["pointer"] for error in told.get_json()["errors"]}
    assert pointers >= {"/applicant_name", "/amount", "/reason", "/extra"}
    assert api("officer", "GET", f"/tasks/{task}").get_json()["state"] == "open"


def test_the_same_request_again_is_the_same_answer(api: Api) -> None:
    case, task = api.started()
    headers = both(etag(api, task))
    first = complete(api, "officer", task, **headers)
    again = complete(api, "officer", task, **headers)
    assert (again.status_code, again.get_json()) == (200, first.get_json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["ETag"] == first.headers["ETag"]
    for other in ({"data": {}}, {"nothing": 1}, []):
        told = complete(api, "officer", task, other, **headers)
        assert (told.status_code, told.get_json()["code"]) == (422, "idempotency-key-reused")
    kinds = api("officer", "GET", f"/process-instances/{case}/history").get_json()["items"]
    assert [entry["kind"] for entry in kinds].count("task_completed") == 1


def test_a_refused_request_leaves_its_key_free(api: Api) -> None:
    _, task = api.started()
    headers = both(etag(api, task))
    assert complete(api, "officer", task, {"data": {}}, **headers).status_code == 422
    assert complete(api, "officer", task, **headers).status_code == 200


def test_of_many_callers_one_finishes_the_step(api: Api) -> None:
    case, task = api.started()
    tag = etag(api, task)
    for who in ("officer", "officer2"):
        api.token(who)
    with ThreadPoolExecutor(8) as crowd:
        told = list(
            crowd.map(
                lambda n: complete(api, ("officer", "officer2")[n % 2], task, **both(tag)), range(8)
            )
        )
    codes = sorted(answer.status_code for answer in told)
    assert codes == [200, *[409] * 7], [answer.text for answer in told]
    assert {a.get_json()["code"] for a in told if a.status_code == 409} == {"task-not-open"}
    history = api("officer", "GET", f"/process-instances/{case}/history").get_json()["items"]
    assert [entry["kind"] for entry in history].count("task_completed") == 1


def test_held_by_another_says_who_and_nothing_is_taken_away(api: Api) -> None:
    _, task = api.started()
    assert api("officer", "POST", f"/tasks/{task}/claim").status_code == 200
    for verb in ("claim", "release"):
        told = api("officer2", "POST", f"/tasks/{task}/{verb}")
        assert (told.status_code, told.get_json()["code"]) == (409, "task-held")
        assert "模拟officer" in told.get_json()["detail"]
    told = complete(api, "officer2", task, **both(etag(api, task)))
    assert (told.status_code, told.get_json()["code"]) == (409, "task-held")
    assert api("officer", "POST", f"/tasks/{task}/claim").status_code == 200, "twice is no fault"


def test_a_finished_step_is_neither_taken_nor_put_back(api: Api) -> None:
    _, task = api.started()
    assert complete(api, "officer", task, **both("*")).get_json()["state"] == "completed"
    for verb in ("claim", "release"):
        told = api("officer", "POST", f"/tasks/{task}/{verb}")
        assert (told.status_code, told.get_json()["code"]) == (409, "task-not-open")


def test_who_may_watch_but_not_work_is_403(api: Api) -> None:
    _, task = api.started()
    assert api("supervisor", "GET", f"/tasks/{task}").status_code == 200
    for verb in ("claim", "release"):
        assert api("supervisor", "POST", f"/tasks/{task}/{verb}").status_code == 403
    assert complete(api, "supervisor", task, **both("*")).status_code == 403


@pytest.mark.parametrize("who", ["far_officer", "far_reviewer", "other_officer"])
def test_another_jurisdiction_s_step_is_the_same_as_none(api: Api, who: str) -> None:
    _, task = api.started()
    asked = [("GET", "", None), ("POST", "/claim", None), ("POST", "/release", None)]
    asked += [("POST", "/complete", {"data": {}}), ("POST", "/complete", [])]
    for method, verb, body in asked:
        for headers in ({}, both("*")):
            hidden = api(who, method, f"/tasks/{task}{verb}", body, **headers)
            absent = api(who, method, f"/tasks/01jdnothing-1{verb}", body, **headers)
            assert hidden.status_code == 404, f"{method} {verb} {hidden.text}"
            assert same_but_number(hidden, absent)


def test_lists_are_narrowed_and_every_step_is_on_one_page(api: Api) -> None:
    _, task = api.started()
    assert api("officer", "POST", f"/tasks/{task}/claim").status_code == 200

    def listed(query: str) -> set[str]:
        page = api("officer", "GET", f"/tasks?limit=200&{query}").get_json()
        return {item["id"] for item in page["items"]}

    mine = listed("state=open&assignee=me")
    assert task in mine
    assert task in listed("assignee=p-officer")
    assert task not in listed("assignee=none")
    assert listed("assignee=p-nobody") == set()
    assert task not in listed("state=completed")
    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        page = api("officer", "GET", f"/tasks?limit=2{cursor}").get_json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"] and f"&cursor={page['next_cursor']}"
        api.started()
        assert len(seen) < 500
        if task in seen and len(seen) > 10:
            break
    assert len(seen) == len(set(seen))


def test_the_one_who_applied_does_not_review(api: Api) -> None:
    """Separation of duties is 403, not a hidden step: she may see it."""
    _, task = api.brought_to("review")
    told = complete(api, "officer", task, {"data": answers_of(None)}, **both("*"))
    assert told.status_code == 403
