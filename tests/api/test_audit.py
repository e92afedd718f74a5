"""The audit chain over the API: gap-free, oldest first, complete with reads and refusals."""

from itertools import pairwise
from typing import Any

from tests.api.conftest import Api

ENTRY = {"seq", "at", "actor", "action", "object", "before_hash", "hash", "request_id"}


def chain(api: Api, after: int = 0) -> list[dict[str, Any]]:
    """The chain from a number on, page after page."""
    found: list[dict[str, Any]] = []
    while True:
        page = api("supervisor", "GET", f"/audit?after_seq={after}&limit=7").get_json()
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        after = found[-1]["seq"]


def test_the_chain_has_no_gap_and_each_entry_holds_on_to_the_one_before(api: Api) -> None:
    api.on_notice()
    entries = chain(api)
    assert len(entries) > 10
    assert all(entry.keys() == ENTRY for entry in entries)
    assert [entry["seq"] for entry in entries] == list(range(1, len(entries) + 1))
    pairs = pairwise(entries)
    assert all(later["before_hash"] == earlier["hash"] for earlier, later in pairs)
    told = api("supervisor", "GET", "/audit/verify").get_json()
    assert (told["ok"], told["first_bad_seq"]) == (True, None)
    assert told["entries"] >= len(entries)


def test_pages_go_on_after_a_number_or_after_the_page_before(api: Api) -> None:
    api.started()
    first = api("supervisor", "GET", "/audit?limit=2").get_json()
    by_number = api("supervisor", "GET", "/audit?limit=2&after_seq=2").get_json()
    by_cursor = api("supervisor", "GET", f"/audit?limit=2&cursor={first['next_cursor']}").get_json()
    assert [entry["seq"] for entry in by_number["items"]] == [3, 4]
    assert by_cursor["items"] == by_number["items"]
    for far in ("9" * 18, "9" * 30):
        page = api("supervisor", "GET", f"/audit?after_seq={far}")
        assert (page.status_code, page.get_json()["items"]) == (200, [])
    for wrong in ("x", "1.5", "٣", "1&after_seq=2"):
        assert api("supervisor", "GET", f"/audit?after_seq={wrong}").status_code == 422


def test_who_read_a_person_s_data_and_who_was_refused_is_written_down(api: Api) -> None:
    case, task = api.started()
    api("supervisor", "GET", f"/process-instances/{case}")
    api("supervisor", "GET", f"/tasks/{task}")
    assert api("supervisor", "POST", f"/tasks/{task}/claim").status_code == 403
    assert api("officer", "GET", "/audit").status_code == 403
    told = {(entry["actor"], entry["action"], entry["object"]) for entry in chain(api)}
    assert told >= {
        ("p-supervisor", "personal-data-read", case),
        ("p-supervisor", "task-read", task),
        ("p-supervisor", "refused", f"/api/v1/tasks/{task}/claim"),
        ("p-officer", "refused", "/api/v1/audit"),
    }


def test_only_auditors_read_the_chain(api: Api) -> None:
    for who in ("officer", "reviewer", "designer"):
        for path in ("/audit", "/audit/verify"):
            assert api(who, "GET", path).status_code == 403
    assert api("admin", "GET", "/audit").status_code == 200


def test_an_edited_entry_is_found_by_its_number(api: Api) -> None:
    from sqlalchemy import text

    def change(by: str) -> None:
        words = text(
            "UPDATE access_event SET detail = detail || :by WHERE id = "
            "(SELECT MIN(source_id) FROM seal WHERE source = 'access')"
        )
        api.engine.execute(lambda tx: tx.execute(words, {"by": by}))

    api.started()
    assert api("supervisor", "GET", "/audit/verify").get_json()["ok"] is True
    change("!")
    told = api("supervisor", "GET", "/audit/verify").get_json()
    assert told["ok"] is False
    assert told["first_bad_seq"] >= 1
    undo = text("UPDATE access_event SET detail = replace(detail, '!', '')")
    api.engine.execute(lambda tx: tx.execute(undo))
    assert api("supervisor", "GET", "/audit/verify").get_json()["ok"] is True
