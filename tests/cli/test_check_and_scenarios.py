"""``check`` and ``scenarios`` need no database and no settings."""

import json
import shutil
from pathlib import Path

import pytest

from engine.definitions.folder import MOST_FILES, TooManyFiles, read_folder

ROOT = Path(__file__).parent.parent.parent
BROKEN = ROOT / "tests/unit/definitions/broken"


@pytest.fixture(autouse=True)
def in_the_source_tree(monkeypatch):
    monkeypatch.chdir(ROOT)


def test_all_processes_of_the_repository_pass(bangfu):
    answer = bangfu("check", "processes")
    assert (answer.code, answer.err) == (0, ""), answer.out
    assert "没有发现问题" in answer.out


def test_each_finding_names_file_element_and_line_and_says_what_to_do(bangfu):
    path = BROKEN / "lane-without-role.bpmn"
    answer = bangfu("check", "--json", path)
    assert answer.code == 1
    errors = [one for one in answer.json if one["severity"] == "error"]
    assert errors
    for one in answer.json:
        assert one.keys() == {
            *("severity", "code", "message", "hint", "message_en", "hint_en"),
            *("file", "element_id", "line"),
        }
    assert {one["file"] for one in errors} == {str(path)}
    assert any(one["code"] == "lane-without-role" and one["line"] for one in errors)


def test_whoever_names_a_role_that_is_not_there_reads_those_that_are(bangfu):
    answer = bangfu("check", BROKEN / "lane-role-unknown.bpmn")
    assert "officer(基层工会经办人)" in answer.out


def test_people_read_the_same_findings_as_lines(bangfu):
    answer = bangfu("check", BROKEN / "lane-without-role.bpmn")
    assert answer.code == 1
    assert "错误 lane-without-role:" in answer.out
    assert "处错误" in answer.out.splitlines()[-1]


def test_a_process_folder_is_checked_with_its_forms_wherever_it_lies(bangfu, tmp_path):
    shutil.copytree(ROOT / "processes/example_request", tmp_path / "processes/example_request")
    shutil.copytree(ROOT / "forms/example_request", tmp_path / "forms/example_request")
    assert bangfu("check", tmp_path / "processes/example_request").code == 0
    form = tmp_path / "forms/example_request/example_review.form"
    form.write_text("{")
    answer = bangfu("check", "--json", tmp_path / "forms/example_request")
    assert answer.code == 1
    assert str(tmp_path / "forms/example_request") in json.dumps(answer.json)


def test_a_single_process_file_finds_the_forms_and_decisions_it_names(bangfu):
    answer = bangfu("check", "processes/example_request/example_request.bpmn")
    assert (answer.code, answer.out) == (0, "检查了 1 组文件,没有发现问题。\n")


@pytest.mark.parametrize("words", [("processes/k", "forms/k"), ("forms/k", "./processes/k")])
def test_a_fault_is_told_once_however_its_folder_is_named(bangfu, tmp_path, monkeypatch, words):
    shutil.copytree("processes/example_request", tmp_path / "processes/k")
    shutil.copytree("forms/example_request", tmp_path / "forms/k")
    (tmp_path / "forms/k/broken.form").write_text("{", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    findings = bangfu("check", "--json", *words).json
    assert [finding["file"] for finding in findings] == ["forms/k/broken.form"]


@pytest.mark.parametrize("named", ["the folder", "each file"])
def test_more_files_than_one_deployment_takes_are_a_collection(bangfu, tmp_path, named):
    """Each process of it is checked alone, with the forms and decisions that it names."""
    one = (ROOT / "tests/unit/definitions/good/straight.bpmn").read_text("utf-8")
    for number in range(MOST_FILES):
        (tmp_path / f"p{number:03}.bpmn").write_text(one, "utf-8")
    (tmp_path / "p050.bpmn").write_text("<a/>", "utf-8")
    (tmp_path / "alone.form").write_text("{", "utf-8")
    shared = ROOT / "tests/unit/definitions/shared/apply.form"
    (tmp_path / "apply.form").write_bytes(shared.read_bytes())
    answer = bangfu("check", "--json", *([tmp_path] if named == "the folder" else _in(tmp_path)))
    assert (answer.code, answer.err) == (1, "")
    assert {Path(one["file"]).name for one in answer.json} == {"p050.bpmn", "alone.form"}


def test_a_process_folder_that_deploy_would_refuse_is_refused(bangfu, tmp_path):
    shutil.copytree("processes/example_request", tmp_path / "processes/k")
    shutil.copytree("forms/example_request", tmp_path / "forms/k")
    for number in range(MOST_FILES):
        (tmp_path / f"forms/k/more{number:03}.form").write_text("{}", encoding="utf-8")
    with pytest.raises(TooManyFiles) as deployed:
        read_folder(tmp_path / "processes", tmp_path / "forms", "k")
    for named in ("processes/k", "forms/k", "."):
        answer = bangfu("check", tmp_path / named)
        assert (answer.code, answer.err.strip()) == (2, deployed.value.message)


def test_connected_processes_that_are_too_many_together_are_checked_each_alone(bangfu, tmp_path):
    for key in ("k", "m"):
        shutil.copytree("processes/example_request", tmp_path / "processes" / key)
        shutil.copytree("forms/example_request", tmp_path / "forms" / key)
        for number in range(MOST_FILES // 2):
            more = tmp_path / "forms" / key / f"{key}{number:03}.form"
            more.write_text("{", encoding="utf-8")
    called = tmp_path / "processes/k/example_request.bpmn"
    called.write_text(called.read_text("utf-8") + '<!-- processId="m" -->', "utf-8")
    answer = bangfu("check", "--json", tmp_path)
    assert (answer.code, answer.err) == (1, "")
    assert len(answer.json) == MOST_FILES


def test_files_without_a_process_are_told_by_name(bangfu, tmp_path):
    (tmp_path / "apply.form").write_bytes(
        (ROOT / "tests/unit/definitions/shared/apply.form").read_bytes()
    )
    answer = bangfu("check", "--json", tmp_path / "apply.form")
    assert answer.code == 1
    (found,) = answer.json
    assert (found["code"], Path(found["file"]).name) == ("no-process", "apply.form")


def _in(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def test_a_folder_is_found_from_inside_it(bangfu, tmp_path, monkeypatch):
    shutil.copytree("processes/example_request", tmp_path / "processes/example_request")
    shutil.copytree("forms/example_request", tmp_path / "forms/example_request")
    monkeypatch.chdir(tmp_path / "processes/example_request")
    assert bangfu("check", ".").code == 0


@pytest.mark.parametrize("path", ["/nowhere.bpmn", "README.md", "docs/images"])
def test_what_cannot_be_checked_is_said_in_a_sentence(bangfu, path):
    answer = bangfu("check", path)
    assert answer.code == 2
    assert "没有检查" in answer.err
    assert answer.err.count("\n") == 1


def test_scenarios_print_a_line_of_json_a_process(bangfu):
    answer = bangfu("scenarios", "example_request", "public_notice", "--json")
    assert answer.code == 0
    lines = [json.loads(line) for line in answer.out.splitlines()]
    assert [line["process"] for line in lines] == ["example_request", "public_notice"]
    for line in lines:
        assert line["passed"] == line["scenarios"] > 0
        assert line["missed"] == []
        assert line["elements_covered"] == line["elements"]
        assert line["flows_covered"] == line["flows"]


def test_scenarios_tell_what_none_of_them_goes_through(bangfu, tmp_path, monkeypatch):
    for name in ("processes", "forms"):
        shutil.copytree(ROOT / name / "example_request", tmp_path / name / "example_request")
    scenarios = tmp_path / "processes/example_request/scenarios"
    for path in scenarios.glob("refused*.toml"):
        path.unlink()
    monkeypatch.chdir(tmp_path)
    answer = bangfu("scenarios", "example_request")
    assert answer.code == 1
    assert "没有场景走到:" in answer.out
    broken = 'title = "Gone"\n[[steps]]\ndo = "no_such_step"\n'
    (scenarios / "gone.toml").write_text(broken, encoding="utf-8")
    answer = bangfu("scenarios", "example_request", "--language", "en")
    assert "scenarios passed, " in answer.out
    assert "No scenario goes through: " in answer.out
    assert (
        "  failed gone Gone: The start: the start form is refused: /subject Fill in" in answer.out
    )


def test_an_unknown_process_is_answered_with_those_there_are(bangfu):
    answer = bangfu("scenarios", "no_such", "--language", "en")
    assert "There is no folder of a process “no_such”" in answer.err
    answer = bangfu("scenarios", "no_such")
    assert answer.code == 2
    assert "no_such" in answer.err
    assert "example_request" in answer.err


def test_whoever_asks_for_english_reads_what_is_wrong_and_what_to_do_in_english(bangfu):
    answer = bangfu("check", "--language", "en", BROKEN / "lane-without-role.bpmn")
    assert answer.code == 1
    assert "error lane-without-role: Lane “经办” (lane) names no role" in answer.out
    assert answer.out.rstrip().endswith("warnings.")
