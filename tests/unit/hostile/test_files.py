"""Whatever is sent as a file: findings with words in time, nothing of the machine's own in them."""

import time

import pytest

from engine.definitions import Known, check_bundle
from engine.definitions.scenarios import play_bundle
from engine.errors import Finding
from engine.model.definitions import Bundle, SourceFile
from tests.unit.hostile.files import BPMN, GOOD, OTHERS, mutual, straight

SECONDS = 5
HARMLESS = {"a name of control signs", "an include", "many elements"}
"""What may pass or not; the others are refused."""


def checked(*files: SourceFile) -> tuple[Finding, ...]:
    """The findings, every one a sentence, within the time."""
    begun = time.process_time()
    findings = check_bundle(Bundle(files), Known())
    taken = time.process_time() - begun
    assert taken < SECONDS
    for finding in findings:
        assert finding.message
        assert len(finding.told()) < 1_500, finding.told()[:300]
        assert finding.code not in {"check-failed", "file-unreadable"}, finding
        for inside in ("Traceback", "Error:", "root:x:0", "object at 0x", "/work", "site-packages"):
            assert inside not in finding.told()
    return findings


def is_refused(findings: tuple[Finding, ...]) -> bool:
    return any(finding.severity == "error" for finding in findings)


@pytest.mark.parametrize("name", BPMN)
def test_a_process_file(name: str) -> None:
    findings = checked(SourceFile("p.bpmn", BPMN[name]))
    assert is_refused(findings) or name in HARMLESS


@pytest.mark.parametrize("suffix", [".form", ".dmn", ".document"])
def test_a_file_beside_a_process(suffix: str) -> None:
    for name, content in OTHERS[suffix].items():
        findings = checked(*straight(**{f"odd{suffix}": content}))
        assert [f for f in findings if f.file == f"odd{suffix}"] or is_refused(findings), name


@pytest.mark.parametrize("name", OTHERS[".toml"])
def test_a_scenario(name: str) -> None:
    files = straight(**{"odd.toml": OTHERS[".toml"][name]})
    begun = time.process_time()
    played = play_bundle(Bundle(files), Known(), {})
    assert time.process_time() - begun < SECONDS
    (finding,) = [f for f in played.findings if f.severity == "error"]
    assert finding.file == "odd.toml"
    assert len(finding.told()) < 1_500
    assert "场景没有跑完" not in finding.told()


def test_a_file_that_is_cut_off_anywhere() -> None:
    content = GOOD.encode()
    for end in range(0, len(content) - 1, max(1, len(content) // 60)):
        assert is_refused(checked(SourceFile("p.bpmn", content[:end])))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "gb18030"])
def test_a_process_in_another_encoding_is_read_or_refused_in_words(encoding: str) -> None:
    declared = GOOD.replace("UTF-8", encoding.removesuffix("-sig"), 1).encode(encoding)
    plain = {(f.code, f.element_id) for f in checked(SourceFile("p.bpmn", GOOD.encode()))}
    found = {(f.code, f.element_id) for f in checked(SourceFile("p.bpmn", declared))}
    assert found in (plain, {("not-xml", None)})


def test_processes_that_call_each_other() -> None:
    assert is_refused(checked(*mutual()))
