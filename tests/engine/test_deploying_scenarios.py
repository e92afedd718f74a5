"""A bundle with scenarios is deployed when they pass, and what they showed is kept with it."""

import pytest

from engine import SYSTEM
from engine.definitions.folder import folder_scenarios, read_folder
from engine.errors import DeploymentRefused
from engine.model.definitions import SourceFile
from tests.engine.conftest import ROOT, Office

FILES = read_folder(ROOT / "processes", ROOT / "forms", "example_request").files
SCENARIOS = folder_scenarios(ROOT / "processes", "example_request")
WITHDRAWN = """
title = "只开了头"
process = "example_request"
[start]
subject = "模拟"
[expect]
open = true
waiting = ["apply"]
""".encode()


def test_a_version_keeps_what_its_scenarios_showed(office: Office) -> None:
    made = office.engine.definitions.deploy(SYSTEM, (*FILES, *SCENARIOS))

    (record,) = made.scenarios
    assert made.findings == ()
    assert (record.process, record.passed, record.missed) == ("example_request", 7, ())
    assert (record.elements_covered, record.flows_covered) == (record.elements, record.flows)
    assert [row.version for row in made.definitions] == [1], "scenarios are not of the version"
    assert office.engine.definitions.scenarios("example_request:1") == record


def test_a_scenario_that_does_not_pass_keeps_the_files_out(office: Office) -> None:
    changed = tuple(
        SourceFile(f.name, f.content.replace(b'name="\xe5\xae\xa1\xe6\xa0\xb8"', b'name="x"'))
        for f in FILES
    )
    wrong = SourceFile("wrong.toml", WITHDRAWN.replace(b'"apply"', b'"review"'))

    for act in (office.engine.definitions.deploy, office.engine.definitions.dry_run):
        with pytest.raises(DeploymentRefused) as refused:
            act(SYSTEM, (*changed, *SCENARIOS, wrong))
        (finding,) = [f for f in refused.value.findings if f.severity == "error"]
        assert (finding.code, finding.file) == ("scenario-failed", "wrong.toml")
        assert "最后的 [expect]:waiting 应当是 ['review'],实际是 ['apply']。" in finding.message
        assert "1 个场景没有通过,未部署" in refused.value.message
    assert len(office.engine.definitions.versions("example_request")) == 1
    assert office.engine.definitions.scenarios("example_request:1") is None


def test_what_no_scenario_reaches_is_told_and_hinders_nobody(office: Office) -> None:
    made = office.engine.definitions.deploy(SYSTEM, (*FILES, SourceFile("one.toml", WITHDRAWN)))

    (finding,) = made.findings
    assert (finding.severity, finding.code) == ("warning", "scenario-coverage")
    assert "没有场景走到:" in finding.message
    (record,) = made.scenarios
    assert 0 < record.elements_covered < record.elements
    assert "review" in record.missed


@pytest.mark.parametrize(
    ("name", "content", "code", "told"),
    [
        ("x.toml", b"title = ", "scenario-failed", "不是正确的 TOML"),
        ("x.toml", b'title = "x"\nnow = "today"', "scenario-failed", "now 须是日期时间"),
        ("x.toml", b"\xff\xfe\x00", "scenario-failed", "不是 UTF-8"),
        (
            "x.toml",
            b'title = "x"\nprocess = "nobody"',
            "scenario-process",
            "“nobody”不在这次的文件里",
        ),
        ("nobody/scenarios/x.toml", b'title = "x"', "scenario-process", "“nobody”不在这次的文件里"),
        ("x.toml", b'title = "x"\n[[steps]]\nuntil = 9999-12-31', "scenario-failed", "1900"),
    ],
)
def test_a_scenario_that_cannot_be_played_is_a_sentence(
    office: Office, name: str, content: bytes, code: str, told: str
) -> None:
    with pytest.raises(DeploymentRefused) as refused:
        office.engine.definitions.deploy(SYSTEM, (*FILES, SourceFile(name, content)))

    (finding,) = refused.value.findings
    assert (finding.code, finding.file) == (code, name)
    assert told in finding.message


def test_records_that_scenarios_share_come_with_or_without_their_folder(office: Office) -> None:
    bare = tuple(SourceFile(f.name.rpartition("/")[2], f.content) for f in SCENARIOS)
    assert any("/data/" in f.name for f in SCENARIOS)

    made = office.engine.definitions.deploy(SYSTEM, (*FILES, *bare))

    assert made.scenarios[0].passed == 7
