"""Whole files as other tools export them: each runs as drawn, or every difference is told.

The files are ours, written after the public documentation of the tools.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lxml import etree

from engine.definitions import Known, check_bundle
from engine.definitions.folder import linked_sources
from engine.errors import Finding
from engine.model.definitions import Bundle
from engine.runtime import compile_program
from tests.unit.definitions.test_broken_files import expected, told

FILES = sorted((Path(__file__).parent / "vendors").glob("*.bpmn"))
_STANDARD = (
    "http://www.omg.org/",
    "http://www.w3.org/",
    "http://camunda.org/schema/modeler/",  # which version of its own engine a tool draws for
)
_OURS = {"userTask", "formDefinition", "ioMapping", "input", "output", "properties", "property"} | {
    *("taskDefinition", "taskHeaders", "header", "calledElement", "script", "calledDecision"),
    "loopCharacteristics",
}
ZEEBE = "http://camunda.org/schema/zeebe/1.0"


def test_there_is_a_file_of_each_tool() -> None:
    assert {path.stem for path in FILES} >= {
        *("camunda7", "camunda8", "flowable", "activiti", "signavio", "bizagi"),
        *("jbpm", "spiffworkflow"),
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_differs_is_told(
    path: Path, known: Known, bundle_of: Callable[[Path], Bundle]
) -> None:
    findings = check_bundle(bundle_of(path), known)

    assert sorted(map(told, findings)) == expected(path), [f.message for f in findings]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_nothing_of_another_tool_is_passed_over(
    path: Path, known: Known, bundle_of: Callable[[Path], Bundle]
) -> None:
    findings = check_bundle(bundle_of(path), known)

    for name, line in foreign(path):
        assert any(is_about(one, name, line) for one in findings), (name, line)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_nobody_objects_to_runs(
    path: Path, known: Known, bundle_of: Callable[[Path], Bundle]
) -> None:
    bundle = bundle_of(path)
    if any(one.severity == "error" for one in check_bundle(bundle, known)):
        assert path.stem != "camunda8-runs"
        return
    source = linked_sources(Bundle(bundle.files, called=known.deployed))["tool_purchase"]
    assert compile_program(source).key == "tool_purchase"


def foreign(path: Path) -> Iterator[tuple[str, int]]:
    """Every attribute and element of a tool's own, those inside such an element aside."""
    for element in etree.parse(path).getroot().iter(etree.Element):
        own, parent = etree.QName(element), element.getparent()
        around = None if parent is None else etree.QName(parent).namespace
        line = element.sourceline or 0
        if is_foreign(own) and (around is None or around.startswith(_STANDARD)):
            yield own.localname, line
        for name in element.attrib if not is_foreign(own) else ():
            attribute = etree.QName(str(name))
            if attribute.namespace and is_foreign(attribute):
                yield attribute.localname, line


def is_foreign(name: etree.QName) -> bool:
    namespace = name.namespace or ""
    ours = namespace == ZEEBE and name.localname in _OURS
    return not namespace.startswith(_STANDARD) and not ours


def is_about(finding: Finding, name: str, line: int) -> bool:
    """At its line by its name, or among those that are told once for the whole file."""
    by_name = re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", finding.message) is not None
    return by_name and (finding.line == line or "画图工具" in finding.message)
