"""Messages from outside reach exactly the cases that wait for them."""

from werkzeug.test import TestResponse

from tests.api.conftest import Api, new_key


def tell(api: Api, body: object, key: str = "") -> TestResponse:
    return api("officer", "POST", "/messages", body, Idempotency_Key=key or new_key())


def objection(case: str, **more: object) -> dict[str, object]:
    return {"name": "example_objection", "correlation": {"any": case}, **more}


def test_a_message_reaches_the_case_that_waits_and_only_once(api: Api) -> None:
    case = api.on_notice()
    key, body = new_key(), objection(case, payload={"text": "库里还有"}, more="is allowed")
    first, again = tell(api, body, key), tell(api, body, key)
    assert (first.status_code, first.get_json()) == (202, {"matched": 1})
    assert (again.status_code, again.get_json()) == (202, {"matched": 1})
    assert again.headers["Idempotency-Replayed"] == "true"
    history = api("officer", "GET", f"/process-instances/{case}/history?limit=200").get_json()
    assert [entry["kind"] for entry in history["items"]].count("message") == 1
    assert tell(api, body).get_json() == {"matched": 0}, "it waits no longer"
    other = tell(api, {**body, "payload": {}}, key)
    assert (other.status_code, other.get_json()["code"]) == (422, "idempotency-key-reused")


def test_nobody_waits_is_not_nobody_knows(api: Api) -> None:
    for correlation in ({"id": "nothing"}, {}, {"a": 1, "b": 2}, {"a": None}, {"a": [1e300]}):
        waited = tell(api, {"name": "example_objection", "correlation": correlation})
        assert (waited.status_code, waited.get_json()) == (202, {"matched": 0})
        unknown = tell(api, {"name": "nobody_knows", "correlation": correlation})
        assert (unknown.status_code, unknown.get_json()["code"]) == (404, "not-found")


def test_a_message_has_a_name_a_correlation_and_a_key(api: Api) -> None:
    assert api("officer", "POST", "/messages", objection("x")).status_code == 400
    for wrong in (
        {"name": "example_objection"},
        {"name": 5, "correlation": {}},
        {"name": "example_objection", "correlation": "text"},
        objection("x", payload=[]),
    ):
        assert tell(api, wrong).status_code == 422, wrong


def test_a_payload_may_hold_any_number(api: Api) -> None:
    case = api.on_notice()
    told = tell(api, objection(case, payload={"text": 1e300, "more": [-1e300, 1e-300, 2**63]}))
    assert (told.status_code, told.get_json()) == (202, {"matched": 1})
    history = api("officer", "GET", f"/process-instances/{case}/history?limit=200")
    assert history.status_code == 200
    assert api("reviewer", "GET", f"/tasks/{api.open_step(case)['id']}").status_code == 200
