"""Hostile files over the API, on both databases: refused in words, nothing half deployed."""

import time

from tests.api.conftest import Api
from tests.api.test_deployments import good, keys_known, sent
from tests.unit.hostile.files import BPMN, OTHERS, mutual

TAKEN = {"a name of control signs", "an include", "many elements"}
"""What may be in order; all others are refused."""
TOO_LARGE = {"too large"}


def test_no_hostile_file_is_deployed_and_the_others_go_on(api: Api) -> None:
    before = keys_known(api)
    slowest = 0.0
    for number, (name, content) in enumerate(BPMN.items()):
        if name in TAKEN:
            continue
        query = "?dry_run=true" if number % 2 else ""
        told = sent(api, *good("held_back"), ("p.bpmn", content), query=query)
        if name in TOO_LARGE:
            assert told.status_code == 413, name
            continue
        assert told.status_code == 422, (name, told.text[:300])
        problems = told.get_json()["problems"]
        assert any(one["severity"] == "error" for one in problems), name
        assert all(len(one["message"]) < 1_500 for one in problems), name
        assert not [one for one in problems if "Traceback" in one["message"]], name
        begun = time.process_time()
        assert keys_known(api) == before, name
        slowest = max(slowest, time.process_time() - begun)
    assert slowest < 5, "another request waited for what a file did"
    assert sent(api, *((file.name, file.content) for file in mutual())).status_code == 422
    assert keys_known(api) == before


def test_no_hostile_file_beside_a_good_one_is_deployed(api: Api) -> None:
    before = keys_known(api)
    for suffix in (".form", ".dmn", ".document", ".toml"):
        for name, content in OTHERS[suffix].items():
            told = sent(api, *good("held_back"), (f"odd{suffix}", content))
            # a file that nothing asks for may be in order; then the whole is deployed, never a part
            if told.status_code == 201:
                assert name in {"keys of Python", "hungry pattern", "many rules", "many blocks"}, (
                    name
                )
                assert keys_known(api) == before | {"held_back"}
                before = keys_known(api)
            else:
                assert told.status_code in {413, 422}, (suffix, name)
                assert keys_known(api) == before, (suffix, name)
