"""From an empty database to a federation with an administrator, on both databases."""

import re
import shutil

import pytest

from engine import open_engine
from tests.cli.conftest import KEY
from tests.engine.conftest import ROOT


@pytest.fixture
def on_database(bangfu, database_url, monkeypatch):
    monkeypatch.setenv("BANGFU_DATABASE_URL", database_url)
    return bangfu


def test_the_first_administrator_chooses_her_password_by_a_one_use_link(on_database, database_url):
    assert on_database("migrate", "check").code == 1
    made = on_database("user", "create", "--admin", "chen", "--name", "陈模拟")
    assert made.code == 0, made.err
    token = re.search(r"/password/(\S+)", made.out)[1]
    assert on_database("migrate", "check").code == 0

    engine = open_engine(database_url, key=KEY)
    try:
        engine.accounts.use_link(token, "模拟密码 long enough")
        signed_in = engine.accounts.sign_in("chen", "模拟密码 long enough", "127.0.0.1", "web")
        actor = engine.accounts.actor_for(signed_in.token)
        assert actor.holds("admin")
        assert {p.name for p in engine.settings.parameters()} >= {"notice days"}
    finally:
        engine.close()


def test_units_and_people_are_listed_renamed_and_closed(on_database):
    assert "还没有单位" in on_database("org", "list").out
    on_database("user", "create", "--admin", "--federation", "模拟市总工会")
    added = on_database(
        "org", "add", "模拟县总工会", "--parent", "top", "--kind", "county", "--id", "c1"
    )
    assert added.code == 0, added.err
    assert on_database("org", "rename", "c1", "模拟区总工会", "--code", "350699").code == 0
    units = {unit["id"]: unit for unit in on_database("org", "list", "--json").json}
    assert units["c1"]["name"] == "模拟区总工会"
    assert units["c1"]["code"] == "350699"
    assert units["top"]["name"] == "模拟市总工会"

    made = on_database(
        "user", "create", "wang", "--name", "王模拟", "--org", "c1", "--role", "county_reviewer"
    )
    assert made.code == 0, made.err
    assert on_database("user", "create", "wang").code == 2
    too_low = on_database("user", "create", "li", "--org", "c1", "--role", "designer")
    assert too_low.code == 2
    assert "未开设账号" in too_low.err
    people = {one["username"]: one for one in on_database("user", "list", "--json").json}
    assert people.keys() == {"admin", "wang"}
    assert people["wang"]["grants"] == ["county_reviewer@c1"]
    assert people["admin"]["grants"] == ["admin@top"]
    assert "/password/" in on_database("user", "reset", "wang").out
    assert on_database("user", "close", "wang").code == 0
    assert "王模拟" in on_database("user", "list").out
    assert "已停用" in on_database("user", "list").out


def test_what_would_be_ignored_or_could_not_be_told_apart_is_refused(on_database):
    on_database("user", "create", "--admin", "--federation", "漳州市总工会")
    other = on_database("user", "create", "li", "--admin", "--federation", "泉州市总工会")
    assert (other.code, "漳州市总工会" in other.err) == (2, True)
    assert on_database("user", "create", "li", "--federation", "漳州市总工会").code == 2
    assert on_database("user", "create", "a b", "--name", "李模拟").code == 2
    unit = ("org", "add", "芗城区总工会", "--parent", "top", "--kind", "county")
    assert on_database(*unit, "--id", "c1").code == 0
    twin = on_database(*unit, "--id", "c2")
    assert (twin.code, "已有“芗城区总工会”" in twin.err) == (2, True)
    assert on_database("org", "rename", "c1", "芗城区总工会").code == 0
    assert on_database("user", "create", "wang", "--org", "c1").code == 0
    assert on_database("user", "close", "wang").code == 0
    again = on_database("user", "close", "wang")
    assert (again.code, "早已停用" in again.err) == (2, True)


def test_a_process_is_deployed_once_and_the_database_keeps_its_promises(on_database):
    on_database("user", "create", "--admin")
    first = on_database("deploy", "example_request")
    assert first.code == 0, first.err
    assert "第 1 版。新办件用新版" in first.out
    assert "example_request:7/7 个场景通过,走到 17/17 个环节、19/19 条连线" in first.out
    again = on_database("deploy", "example_request").out
    assert "没有变化,仍是第 1 版。" in again
    assert "新版" not in again
    assert "I6 成立" in on_database("invariants").out
    assert "操作留痕完整" in on_database("invariants").out
    promises = on_database("invariants", "--json")
    assert promises.code == 0
    assert {one["id"] for one in promises.json["invariants"]} >= {f"I{n}" for n in range(1, 10)}
    verdict = on_database("audit", "verify", "--json")
    assert verdict.code == 0
    assert verdict.json["ok"] is True
    assert verdict.json["entries"] > 0


def test_files_with_errors_are_not_deployed_and_each_error_is_named(
    on_database, tmp_path, monkeypatch
):
    on_database("user", "create", "--admin")
    folder = tmp_path / "processes" / "broken"
    folder.mkdir(parents=True)
    folder.joinpath("broken.bpmn").write_text("<bpmn/>")
    monkeypatch.chdir(tmp_path)
    answer = on_database("deploy", "broken")
    assert answer.code == 1
    assert "未部署" in answer.err
    assert "broken.bpmn" in answer.err


def test_a_parameter_is_listed_and_set_with_its_reason(on_database):
    on_database("user", "create", "--admin", "--federation", "模拟市总工会")
    on_database("org", "add", "模拟县总工会", "--parent", "top", "--kind", "county", "--id", "c1")
    listed = {one["name"]: one for one in on_database("parameter", "list", "--json").json}
    assert listed["notice days"]["values"][0]["value"] == 5
    assert listed["lawsuit period"]["locked"]
    words = ("parameter", "set", "dibao standard", "830.5", "--org", "c1", "--from", "2026-07-01")
    assert on_database(*words).code == 2
    done = on_database(*words, "--reason", "模拟:民政公布", "--document", "模拟〔2026〕1号")
    assert done.code == 0, done.err
    assert "830.5" in on_database("parameter", "list", "dibao standard").out
    for wrong, said in (
        (("notice days", "9"), "3 至 7"),
        (("lawsuit period", "20"), "不得延长"),
        (("no such", "1"), "没有名为"),
        (("notice days", "6", "--from", "明天"), "看不懂"),
        (("notice days", "6", "--org", "c9"), "没有编号为"),
    ):
        refused = on_database("parameter", "set", *wrong, "--reason", "试")
        assert (refused.code, said in refused.err) == (2, True), refused.err


def test_a_process_whose_scenario_fails_is_not_deployed(on_database, tmp_path, monkeypatch):
    on_database("user", "create", "--admin")
    for kind in ("processes", "forms"):
        shutil.copytree(ROOT / kind / "example_request", tmp_path / kind / "example_request")
    told = tmp_path / "processes/example_request/scenarios/halfway.toml"
    told.write_text('title = "停在半路"\n[start]\nsubject = "模拟"\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    answer = on_database("deploy", "example_request")
    assert answer.code == 1
    assert "1 个场景没有通过,未部署" in answer.err
    assert "example_request/scenarios/halfway.toml" in answer.err
    assert "案件应当已经结束,但还开着" in answer.err
    told.unlink()
    assert "7/7 个场景通过" in on_database("deploy", "example_request").out
