"""What waits for the clock, and what failed and waits for a person."""

import re

from tests.api.conftest import Api, new_key, same_but_number


def test_a_timer_is_a_job_with_its_instant(api: Api) -> None:
    case = api.on_notice()
    listed = api("supervisor", "GET", "/jobs?state=waiting&limit=200").get_json()["items"]
    (timer,) = [job for job in listed if job["instance_id"] == case]
    assert (timer["kind"], timer["state"], timer["attempts"]) == ("timer", "waiting", 0)
    assert timer["due_at"].endswith("Z")
    assert (timer["locked_until"], timer["last_error"]) == (None, None)
    done = api("supervisor", "GET", "/jobs?state=done&limit=200").get_json()["items"]
    assert case not in {job["instance_id"] for job in done}
    assert api("supervisor", "GET", "/jobs?state=nonsense").get_json()["items"] == []


def test_a_failed_gateway_is_an_incident_and_can_be_tried_again_once(api: Api) -> None:
    case = api.stumbled()
    seen = api("officer", "GET", f"/process-instances/{case}").get_json()
    assert seen["state"] == "incident"
    listed = api("supervisor", "GET", "/incidents?limit=200").get_json()["items"]
    (incident,) = [one for one in listed if one["instance_id"] == case]
    assert "也许" not in str(incident), "what a person wrote stands in an error"
    path = f"/incidents/{incident['id']}/retry"
    assert api("supervisor", "POST", path).status_code == 400
    key = new_key()
    first = api("supervisor", "POST", path, Idempotency_Key=key)
    again = api("supervisor", "POST", path, Idempotency_Key=key)
    assert (first.status_code, again.status_code) == (202, 202), first.text
    assert again.headers["Idempotency-Replayed"] == "true"
    told = api("supervisor", "POST", path, Idempotency_Key=new_key())
    assert (told.status_code, told.get_json()["code"]) == (409, "conflict")
    history = api("officer", "GET", f"/process-instances/{case}/history?limit=200").get_json()
    assert {"incident", "retried"} <= {entry["kind"] for entry in history["items"]}


def test_what_failed_is_told_in_the_language_that_is_asked_for(api: Api) -> None:
    case = api.stumbled()
    for language in ("en-GB,en;q=0.8,zh;q=0.2", "zh-CN,zh;q=0.9", "fr"):
        listed = api("supervisor", "GET", "/incidents?limit=200", Accept_Language=language)
        (one,) = [i for i in listed.get_json()["items"] if i["instance_id"] == case]
        told = one["last_error"]
        assert ("was not completed" in told) is language.startswith("en"), told
    for path, body in (
        ("/process-instances/nothing", None),
        ("/incidents/999999/retry", {}),
        ("/nowhere", None),
        ("/tasks?limit=9999", None),
    ):
        method = "GET" if body is None else "POST"
        headers = {"Idempotency_Key": new_key(), "Accept_Language": "en"}
        problem = api("supervisor", method, path, body, **headers).get_json()
        shown = problem["title"] + problem["detail"] + str(problem.get("errors", ""))
        assert not re.search("[\u3400-\u9fff]", shown), shown
        chinese = api("supervisor", method, path, body, Idempotency_Key=new_key()).get_json()
        assert re.search("[\u3400-\u9fff]", chinese["title"] + chinese["detail"])


def test_another_county_neither_sees_nor_retries(api: Api) -> None:
    case = api.stumbled()
    seen = api("supervisor", "GET", "/incidents?limit=200").get_json()["items"]
    (number,) = [one["id"] for one in seen if one["instance_id"] == case]
    for path in ("/jobs", "/incidents"):
        theirs = api("far_reviewer", "GET", f"{path}?limit=200").get_json()["items"]
        assert case not in {one["instance_id"] for one in theirs}
    for headers in ({}, {"Idempotency_Key": new_key()}):
        told = [
            api("far_reviewer", "POST", f"/incidents/{one}/retry", **headers)
            for one in (number, "999999", "nothing", "9" * 40, "²")
        ]
        assert [answer.status_code for answer in told] == [404] * 5
        assert all(same_but_number(told[0], other) for other in told[1:])


def test_incidents_come_in_pages(api: Api) -> None:
    for _ in range(2):
        api.stumbled()
    first = api("supervisor", "GET", "/incidents?limit=1").get_json()
    second = api("supervisor", "GET", f"/incidents?limit=1&cursor={first['next_cursor']}")
    assert first["items"][0]["id"] != second.get_json()["items"][0]["id"]
