"""Comparing versions and moving running cases by the API, as a client of the document does."""

from engine.api.version_plans import AT_ONCE
from engine.jobs.executor import Pace
from tests.api.conftest import Api, new_key


def begun(api: Api, version: str) -> dict[str, object]:
    body = {"definition_id": version}
    made = api("designer", "POST", "/migrations", body, Idempotency_Key=new_key())
    assert made.status_code == 202, made.text
    return dict(made.get_json())


def worked_off(api: Api) -> None:
    while api.engine.errands.runner(Pace(idle=0.01)).run_once():
        pass


def test_what_a_version_changes_is_told_in_both_languages(api: Api) -> None:
    version = api.second_version("compared")
    told = api("designer", "GET", f"/process-definitions/{version}/comparison")
    assert told.status_code == 200
    found = told.get_json()
    assert (found["from"], found["to"]) == ("compared:1", "compared:2")
    (added,) = [c for c in found["changes"] if c["how"] == "added"]
    assert (added["id"], added["type"], added["type_en"]) == ("look", "环节", "Step")
    (changed,) = [c for c in found["changes"] if c["id"] == "ask"]
    (detail,) = changed["details"]
    assert (detail["what"], detail["what_en"]) == ("下一步", "Goes on to")
    assert changed["cases_here"] >= 1
    assert api("designer", "GET", "/process-definitions/compared:1/comparison").status_code == 404


def test_a_case_is_planned_moved_and_put_back(api: Api) -> None:
    version = api.second_version("moved")
    case, task = api.started(definition_key="moved", version=1, data={})
    plan = api("designer", "POST", f"/process-definitions/{version}/migration-plan", {})
    assert plan.status_code == 200
    told = plan.get_json()
    assert told["total"] == told["safe"]
    (mine,) = [one for one in told["items"] if one["case_id"] == case]
    assert mine["waiting"][0]["element_id"] == "ask"
    assert mine["notes"][0]["en"].startswith("It will still do the new step")
    first = api("designer", "POST", f"/process-definitions/{version}/migration-plan?limit=1", {})
    assert len(first.get_json()["items"]) == 1
    made = begun(api, version)
    assert made["state"] == "running"
    worked_off(api)
    done = api("designer", "GET", f"/migrations/{made['id']}").get_json()
    assert (done["state"], done["left"]) == ("done", 0)
    assert api("supervisor", "GET", f"/process-instances/{case}").get_json()["version"] == 2
    kinds = api("supervisor", "GET", f"/process-instances/{case}/history").get_json()["items"]
    assert kinds[-1]["detail"]["from"] == "moved:1"
    back = api("designer", "POST", f"/migrations/{made['id']}/roll-back", {"case_id": case})
    assert (back.status_code, back.get_json()["rolled_back"]) == (200, 1)
    again = api("designer", "POST", f"/migrations/{made['id']}/roll-back", {"case_id": case})
    assert again.status_code == 409
    listed = api("designer", "GET", f"/migrations/{made['id']}/cases?status=back").get_json()
    assert [one["case_id"] for one in listed["items"]] == [case]
    resumed = api("designer", "POST", f"/migrations/{made['id']}/resume")
    assert resumed.status_code == 202
    worked_off(api)
    assert api.finish("officer", task).status_code == 200
    assert api.open_step(case)["element_id"] == "look"
    assert api("designer", "POST", f"/migrations/{made['id']}/roll-back", {}).status_code == 202
    worked_off(api)
    assert api("supervisor", "GET", f"/process-instances/{case}").get_json()["version"] == 2


def test_a_plan_of_many_cases_is_fetched_where_the_answer_says(api: Api) -> None:
    version = api.second_version("many")
    for _ in range(AT_ONCE + 1):
        api.started(definition_key="many", version=1, data={})
    asked = api("designer", "POST", f"/process-definitions/{version}/migration-plan?limit=20", {})
    assert asked.status_code == 202, asked.text
    told, there = asked.get_json(), asked.headers["Location"].removeprefix("/api/v1")
    assert (told["state"], told["done"], told["definition_id"]) == ("running", 0, version)
    assert told["total"] > AT_ONCE
    assert api("designer", "GET", there).status_code == 202
    assert api("supervisor", "GET", there).status_code == 403
    worked_off(api)
    seen: list[str] = []
    cursor = ""
    while True:
        page = api("designer", "GET", f"{there}?limit=200{cursor}")
        assert page.status_code == 200, page.text
        found = page.get_json()
        assert found["total"] == found["safe"] == told["total"]
        seen += [one["case_id"] for one in found["items"]]
        if found["next_cursor"] is None:
            break
        cursor = f"&cursor={found['next_cursor']}"
    assert len(seen) == len(set(seen)) == told["total"]
    again = api("designer", "POST", f"/process-definitions/{version}/migration-plan?limit=20", {})
    assert (again.status_code, len(again.get_json()["items"])) == (200, 20)
    assert api("designer", "GET", "/migration-plans/nothing").status_code == 404


def test_the_same_request_begins_one_migration(api: Api) -> None:
    body, key = {"definition_id": api.second_version()}, new_key()
    first = api("designer", "POST", "/migrations", body, Idempotency_Key=key)
    second = api("designer", "POST", "/migrations", body, Idempotency_Key=key)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert first.get_json()["id"] == second.get_json()["id"]


def test_what_is_wrong_is_said(api: Api) -> None:
    version = api.second_version()
    for body, status in (
        ({"definition_id": "nothing:1"}, 404),
        ({"definition_id": version, "from_version": 2}, 422),
        ({"definition_id": version, "from_version": 0}, 422),
        ({"definition_id": version, "from_version": 77}, 404),
        ({"definition_id": version, "mapping": {"ask": "nowhere"}}, 422),
        ({"definition_id": version, "mapping": {"ask": 1}}, 422),
    ):
        told = api("designer", "POST", "/migrations", body, Idempotency_Key=new_key())
        assert told.status_code == status, told.text
        assert told.get_json()["detail"].endswith("。")
    assert api("designer", "GET", "/migrations/none").status_code == 404


def test_only_who_may_deploy_may_migrate(api: Api) -> None:
    version = api.second_version()
    made = begun(api, version)
    for who in ("officer", "supervisor", "admin"):
        for method, path, body in (
            ("POST", f"/process-definitions/{version}/migration-plan", {}),
            ("POST", "/migrations", {"definition_id": version}),
            ("GET", f"/migrations/{made['id']}", None),
            ("GET", f"/migrations/{made['id']}/cases", None),
            ("POST", f"/migrations/{made['id']}/resume", None),
            ("POST", f"/migrations/{made['id']}/roll-back", {}),
        ):
            told = api(who, method, path, body, Idempotency_Key=new_key())
            assert told.status_code == 403, (who, path)
