"""The gate survives whatever is put into it, and says in a sentence what it was."""

import re
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from engine.definitions import Known, check_bundle
from engine.definitions.checks import CHECKS
from engine.definitions.gate import _guarded
from engine.model.definitions import Bundle, DefinitionSource, SourceFile

HERE = Path(__file__).parent
SAMPLES = [*sorted((HERE / "good").glob("*.bpmn")), *sorted((HERE / "broken").glob("*.bpmn"))]
GOOD = (HERE / "good" / "returning.bpmn").read_bytes()
ODD_TEXTS = ["", "=", "=(", "=a b", "=1/0", "R3/P1D", "P5D", "\u3000", "case", "End"]
NAMES = sorted({str(e.tag) for e in etree.fromstring(GOOD).iter() if isinstance(e.tag, str)})


def codes(known: Known, *files: SourceFile) -> list[str]:
    return [f.code for f in check_bundle(Bundle(files), known)]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty-file"),
        (b"  \n", "empty-file"),
        (b"PK\x03\x04 a spreadsheet", "not-xml"),
        (b"<a><b></a>", "not-xml"),
        (b'<?xml version="1.0" encoding="nonsense"?><a/>', "not-xml"),
        ("<a>漳州</a>".encode("gbk"), "not-xml"),
        (b"<html/>", "not-bpmn"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "doctype"),
        (b"<a>" * 150 + b"</a>" * 150, "too-deep"),
        (b"<a>" + b"<b/>" * 30_000 + b"</a>", "too-many-elements"),
        (b"<a>" + b" " * (6 * 1024 * 1024) + b"</a>", "file-too-large"),
    ],
)
def test_a_file_that_is_no_process_gets_a_sentence(known: Known, content: bytes, code: str) -> None:
    findings = check_bundle(Bundle((SourceFile("x.bpmn", content),)), known)

    assert [f.code for f in findings] == [code]
    assert "x.bpmn" in findings[0].message
    assert findings[0].severity == "error"


def test_an_entity_is_never_expanded(known: Known, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("geheim", encoding="utf-8")
    content = f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret}">]><a name="x">&x;</a>'.encode("utf-16")

    findings = check_bundle(Bundle((SourceFile("x.bpmn", content),)), known)

    assert [f.code for f in findings] == ["doctype"]
    assert "geheim" not in findings[0].message


def test_a_file_that_hangs_spiffworkflow_is_refused_at_once(known: Known) -> None:
    content = (HERE.parent / "runtime" / "hang.bpmn").read_bytes()
    begun = time.process_time()

    findings = check_bundle(Bundle((SourceFile("hang.bpmn", content),)), known)

    assert ("unsupported-element", "ref") in [(f.code, f.element_id) for f in findings]
    assert time.process_time() - begun < 5


def test_a_file_of_another_kind_is_named(known: Known) -> None:
    found = codes(known, SourceFile("setup.exe", b"MZ"))

    assert sorted(found) == ["file-type", "no-process"]


def test_two_files_of_one_name_are_named(known: Known) -> None:
    files = [SourceFile("returning.bpmn", GOOD)] * 2

    assert {"file-duplicate", "process-duplicate"} <= set(codes(known, *files))


def test_a_large_process_is_refused_and_a_busy_one_is_checked_in_time(known: Known) -> None:
    def wide(branches: int) -> bytes:
        middle = "".join(
            f'<bpmn:scriptTask id="s{n}"/><bpmn:sequenceFlow id="a{n}" sourceRef="split" targetRef="s{n}"/>'
            f'<bpmn:sequenceFlow id="b{n}" sourceRef="s{n}" targetRef="join"/>'
            for n in range(branches)
        )
        return (
            '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL">'
            '<bpmn:process id="p" isExecutable="true"><bpmn:startEvent id="begin"/>'
            '<bpmn:sequenceFlow id="f" sourceRef="begin" targetRef="split"/>'
            '<bpmn:parallelGateway id="split"/><bpmn:parallelGateway id="join"/>'
            f"{middle}"
            '<bpmn:sequenceFlow id="g" sourceRef="join" targetRef="done"/>'
            '<bpmn:endEvent id="done"/></bpmn:process></bpmn:definitions>'
        ).encode()

    assert codes(known, SourceFile("p.bpmn", wide(700))) == ["too-many-elements"]
    begun = time.process_time()
    found = codes(known, SourceFile("p.bpmn", wide(400)))
    assert "check-failed" not in found
    assert time.process_time() - begun < 20


def test_findings_come_by_file_and_line(known: Known, bundle_of: Callable[[Path], Bundle]) -> None:
    bundle = bundle_of(HERE / "broken" / "return-in-parallel.bpmn")

    places = [(f.file, f.line or 0) for f in check_bundle(bundle, known)]

    assert places == sorted(places)


def test_a_failing_check_is_a_finding() -> None:
    def broken() -> list[None]:
        raise ZeroDivisionError

    def lazily():
        yield from broken()

    [finding] = _guarded("engine.definitions.checks.lanes", lazily())

    assert finding.code == "check-failed"
    assert "lanes" in finding.message


def test_every_check_has_a_question_for_a_docstring() -> None:
    for check in CHECKS:
        module = __import__(check.__module__, fromlist=["check"])
        assert "?" in (module.__doc__ or ""), check.__module__


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_damage_to_a_file_makes_a_check_fail(known: Known, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(SAMPLES), label="file")
    root = etree.fromstring(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 6), label="wounds")):
        _wound(root, data)
    forms = tuple(
        SourceFile(f.name, f.read_bytes()) for f in sorted((HERE / "shared").glob("*.form"))
    )
    content = etree.tostring(root)

    findings = check_bundle(Bundle((SourceFile(path.name, content), *forms)), known)

    assert not [f for f in findings if f.code in {"check-failed", "file-unreadable"}]


def _wound(root: etree._Element, data: st.DataObject) -> None:
    elements = [e for e in root.iter() if isinstance(e.tag, str) and e is not root]
    if not elements:
        return
    element = data.draw(st.sampled_from(elements))
    parent = element.getparent()
    ids = [e.get("id", "") for e in elements if e.get("id")]
    match data.draw(st.sampled_from(["drop", "double", "move", "rename", "attribute", "text"])):
        case "drop":
            parent.remove(element)
        case "double":
            parent.append(etree.fromstring(etree.tostring(element)))
        case "move":
            target = data.draw(st.sampled_from(elements))
            if element not in [target, *target.iterancestors()]:
                target.append(element)
        case "rename":
            element.tag = data.draw(st.sampled_from(NAMES))
        case "attribute" if element.attrib:
            name = data.draw(st.sampled_from(sorted(element.attrib)))
            element.set(name, data.draw(st.sampled_from([*ODD_TEXTS, *ids[:20]])))
        case _:
            element.text = data.draw(st.sampled_from([*ODD_TEXTS, *ids[:20]]))


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_bytes_make_the_gate_fall(known: Known, data: st.DataObject) -> None:
    content = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=8))
    suffix = data.draw(st.sampled_from([".bpmn", ".dmn", ".form"]))

    findings = check_bundle(Bundle((SourceFile(f"x{suffix}", bytes(content)),)), known)

    assert not [f for f in findings if f.code == "check-failed"]


def calling(key: str, called: str) -> SourceFile:
    """The deployed process of the samples under another key, calling a third."""
    text = (HERE / "shared/old_process.bpmn").read_text("utf-8")
    text = text.replace("old_process", key).replace("scriptTask", "callActivity")
    call = (
        f'<zeebe:calledElement processId="{called}" propagateAllChildVariables="false" '
        'propagateAllParentVariables="false"/>'
    )
    text = re.sub("<zeebe:script [^>]*>", call, text)
    return SourceFile(f"{key}.bpmn", text.encode())


def test_processes_that_call_each_other_in_a_circle_are_told_with_the_way(known: Known) -> None:
    files = (calling("a", "b"), calling("b", "c"), calling("c", "a"))
    found = [f for f in check_bundle(Bundle(files), known) if f.code == "recursive-call"]
    assert [f.file for f in found] == ["a.bpmn", "b.bpmn", "c.bpmn"]
    assert "a → b → c → a" in found[0].message


def test_a_circle_is_found_through_what_is_deployed(known: Known) -> None:
    deployed = {
        "b": DefinitionSource("b:1", "b", 1, "b.bpmn", calling("b", "c").content),
        "c": DefinitionSource("c:1", "c", 1, "c.bpmn", calling("c", "a").content),
    }
    c = replace(deployed["c"], called={"a": deployed["b"]})  # c is bound to some older a
    b = replace(deployed["b"], called={"c": c})
    known = replace(known, deployed={**known.deployed, "b": b, "c": c})
    bundle = Bundle((calling("a", "b"),), called=known.deployed)
    assert "recursive-call" in {f.code for f in check_bundle(bundle, known)}
