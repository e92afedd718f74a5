"""Every check has a broken file here that says in its first lines what is to be found in it."""

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import engine.definitions
from engine.definitions import Known, check_bundle
from engine.errors import Finding
from engine.model.definitions import Bundle

HERE = Path(__file__).parent
BROKEN = sorted((HERE / "broken").glob("*.bpmn"))
GOOD = sorted((HERE / "good").glob("*.bpmn"))

NOT_FROM_A_SINGLE_FILE = {
    "file-type",  # see test_gate.py
    "file-duplicate",
    "process-duplicate",
    "file-unreadable",
    "check-failed",
    "check-unfinished",  # see test_apart.py
    "check-too-large",
    "scenarios-unfinished",
    "scenarios-too-large",
    "not-bpmn",
    "too-many-elements",
    "lane-differs",  # see test_lanes_as_read.py
    "not-xml",
}


def expected(path: Path) -> list[str]:
    found = re.search(r"<!-- expects:\n(.*?)-->", path.read_text(encoding="utf-8"), re.DOTALL)
    assert found, f"{path.name} does not say what is wrong with it"
    return sorted(line.strip() for line in found[1].splitlines() if line.strip())


def told(finding: Finding) -> str:
    return f"{finding.severity} {finding.code} {finding.element_id or '-'}"


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_what_is_wrong_is_found_and_nothing_else(
    path: Path, known: Known, bundle_of: Callable[[Path], Bundle]
) -> None:
    findings = check_bundle(bundle_of(path), known)

    assert sorted(map(told, findings)) == expected(path), [f.message for f in findings]


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_every_finding_is_a_chinese_sentence_with_a_line(
    path: Path, known: Known, bundle_of: Callable[[Path], Bundle]
) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    for finding in check_bundle(bundle_of(path), known):
        assert re.search(r"[\u4e00-\u9fff]", finding.message)
        assert finding.told().endswith(("。", "?"))
        if finding.file.endswith(".bpmn"):
            assert finding.line is not None
            assert 1 <= finding.line <= len(lines)


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_every_finding_says_in_both_languages_what_is_wrong_and_what_to_do(
    path: Path, known: Known, bundle_of: Callable[[Path], Bundle]
) -> None:
    for finding in check_bundle(bundle_of(path), known):
        assert finding.hint.endswith(("。", "?")), finding
        for english in (finding.message_en, finding.hint_en):
            assert english.endswith((".", "?")), finding
            # What the designer wrote herself is told as she wrote it; nothing else is Chinese.
            assert not re.search(r"[\u4e00-\u9fff]", without_names(english)), english


def without_names(english: str) -> str:
    """A sentence without quotations and the names on a way."""
    return re.sub(r"“[^”]*”|after .*?(: the| it stands|\.)|\([^)]*\)", "", english)


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_sound_process_passes_without_a_word(
    path: Path, known: Known, bundle_of: Callable[[Path], Bundle]
) -> None:
    findings = check_bundle(bundle_of(path), known)

    assert [f.message for f in findings] == []


def test_every_code_of_the_checks_has_a_broken_file() -> None:
    shown = {line.split()[1] for path in BROKEN for line in expected(path)}

    assert codes_in_source() - shown == NOT_FROM_A_SINGLE_FILE - shown


def codes_in_source() -> set[str]:
    folder = Path(engine.definitions.__path__[0])
    files = [*folder.glob("*.py"), *(folder / "checks").glob("*.py")]
    calls = {"error", "warning", "BpmnRefused"}
    found: set[str] = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in calls and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found.add(first.value.partition(".")[0])
    return found
