"""``bangfu migrate compare|plan|cases|back``: what the pages do, for a terminal and for machines."""

import pytest

from engine import SYSTEM, Options, Request, open_engine
from tests.cli.conftest import KEY
from tests.engine.test_deploying import _changed
from tests.support.federation import staffed


@pytest.fixture
def federation(bangfu, database_url, monkeypatch, tmp_path):
    monkeypatch.setenv("BANGFU_DATABASE_URL", database_url)
    assert bangfu("migrate").code == 0
    engine = staffed(open_engine(database_url, key=KEY, options=Options(data_dir=tmp_path)))
    engine.definitions.deploy(SYSTEM, _changed("", ""))
    officer = engine.directory.actor_named("officer")
    for number in range(3):
        request = Request("example_request", "u1", {"subject": f"添置安全帽 {number}"})
        engine.cases.start(officer, request)
    engine.definitions.deploy(SYSTEM, _changed('name="审核"', 'name="仔细审核"'))
    engine.close()
    return bangfu


def test_versions_are_compared_and_cases_moved_and_put_back(federation):
    told = federation("migrate", "compare", "example_request")
    assert told.code == 0, told.err
    assert "修改环节“仔细审核”(review),0 件正在这里、3 件以后会到" in told.out
    assert "名称:审核 → 仔细审核" in told.out
    assert federation("migrate", "compare", "example_request", "--json").json["running"] == 3
    planned = federation("migrate", "plan", "example_request")
    assert (planned.code, "共 3 件:可以转 3" in planned.out) == (0, True)
    done = federation("migrate", "cases", "example_request")
    assert (done.code, "已转到第 2 版 3 件,没有转 0 件" in done.out) == (0, True)
    again = federation("migrate", "cases", "example_request", "--json")
    assert (again.code, again.json["moved"]) == (0, 0)
    number = done.out.rsplit(" ", 1)[1].strip().rstrip("。")
    back = federation("migrate", "back", number)
    assert (back.code, back.out) == (0, "已恢复 3 件,没有恢复 0 件。\n")
    assert federation("migrate", "back", number).out == "已恢复 3 件,没有恢复 0 件。\n"


def test_what_is_wrong_is_one_sentence(federation):
    for words in (
        ["cases", "no_such"],
        ["cases", "example_request", "--to", "9"],
        ["plan", "example_request", "--from", "2", "--to", "2"],
        ["plan", "example_request", "--map", "apply"],
        ["plan", "example_request", "--map", "apply=nowhere"],
        ["compare", "no_such"],
        ["compare", "example_request", "--to", "1"],
        ["back", "nothing"],
    ):
        told = federation("migrate", *words)
        assert (told.code, told.out, len(told.err.splitlines())) == (2, "", 1), words
