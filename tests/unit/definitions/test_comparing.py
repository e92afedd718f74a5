"""What one version has that another has not is told in words, in both languages."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from engine.definitions.comparing import Change, compare
from engine.definitions.folder import read_folder, referenced_files
from engine.model.definitions import Bundle, DefinitionSource
from engine.runtime import compile_program
from engine.sentences import Words

ROOT = Path(__file__).parents[3]
ROLES = {"county_reviewer": Words("县级审核员", "county reviewer")}


@pytest.fixture(scope="module")
def source() -> DefinitionSource:
    return numbered("example_request")


def numbered(key: str, called: dict[str, DefinitionSource] | None = None) -> DefinitionSource:
    bundle = read_folder(ROOT / "processes", ROOT / "forms", key)
    found = referenced_files(Bundle(bundle.files))[key]
    return replace(found, id=f"{key}:1", version=1, called=called or {})


def redrawn(source: DefinitionSource, old: str, new: str) -> DefinitionSource:
    assert old.encode() in source.bpmn
    return replace(source, bpmn=source.bpmn.replace(old.encode(), new.encode()))


def changes(old: DefinitionSource, new: DefinitionSource) -> dict[str, Change]:
    told = compare(compile_program(old), compile_program(replace(new, id="x:2")), ROLES)
    return {one.id: one for one in told}


def said(change: Change) -> list[tuple[str, str, str]]:
    return [
        (d.what.zh, "" if d.before is None else d.before.zh, "" if d.after is None else d.after.zh)
        for d in change.details
    ]


def test_the_same_version_has_no_changes(source: DefinitionSource) -> None:
    assert changes(source, source) == {}


def test_where_something_is_drawn_is_no_change(source: DefinitionSource) -> None:
    moved = re.sub(rb'x="(\d+)"', lambda m: b'x="%d"' % (int(m[1]) + 7), source.bpmn)
    assert changes(source, replace(source, bpmn=moved)) == {}


def test_name_lane_and_limit_of_a_step(source: DefinitionSource) -> None:
    found = changes(source, redrawn(source, 'name="审核"', 'name="仔细审核"'))
    assert said(found["review"])[0] == ("名称", "审核", "仔细审核")
    assert list(found) == ["review"]  # what leads to it leads where it led
    assert found["review"].details[0].what.en == "Name"
    assert found["review"].is_step
    other = redrawn(source, 'name="县级审核员"', 'name="县级复审员"')
    assert ("泳道", "县级审核员", "县级复审员") in said(changes(source, other)["review"])


def test_a_condition_and_a_timer(source: DefinitionSource) -> None:
    program = compile_program(source)
    nodes = program.diagram("example_request").nodes
    condition = nodes["review_result"].flows[0].condition_text.strip()
    other = redrawn(source, condition, condition.replace("agree", "refuse"))
    told = said(changes(source, other)["review_result"])
    assert told[0][0].startswith("到“")
    assert (told[0][1], told[0][2]) == (condition, condition.replace("agree", "refuse"))


def test_a_field_that_is_new_gone_or_another(source: DefinitionSource) -> None:
    form = json.loads(source.forms["example_review"])
    fields = form["components"]
    fields[0]["label"] = "新标签"
    gone = fields.pop()
    fields.append(
        {"type": "number", "id": "Field_n", "key": "n", "label": "件数",
         "validate": {"required": True}}
    )  # fmt: skip
    forms = {**source.forms, "example_review": json.dumps(form).encode()}
    (change,) = changes(source, replace(source, forms=forms)).values()
    assert (change.id, change.subject.value) == ("example_review", "form")
    assert change.elements == (("example_request", "review"),)
    told = said(change)
    assert ("字段“件数”", "", "数字,必填") in told
    assert any(what.endswith("“新标签”的标签") for what, _, _ in told)
    assert any(after == "" and str(gone["label"]) in what for what, _, after in told)


def test_a_rule_of_a_decision(source: DefinitionSource) -> None:
    ((name, content),) = source.decisions.items()
    cell = re.search(rb"<(?:\w+:)?outputEntry[^>]*>\s*<(?:\w+:)?text>(.*?)</", content)
    assert cell is not None
    changed = content[: cell.start(1)] + b'"other"' + content[cell.end(1) :]
    found = changes(source, replace(source, decisions={name: changed}))
    (change,) = found.values()
    assert change.subject.value == "decision"
    (detail,) = change.details
    assert detail.what == Words("规则 1", "Rule 1")
    assert '"other"' in (detail.after or Words("", "")).zh
    assert change.elements


def test_a_document_and_a_called_version() -> None:
    appeal, notice = numbered("appeal"), numbered("public_notice")
    rest = {key: numbered(key) for key in ("duplicate_check", "means_check")}
    called = {"appeal": appeal, "public_notice": notice, **rest}
    old = numbered("archiving", called)
    papers = dict(old.documents)
    first = next(iter(papers))
    papers[first] = papers[first] + b"\n"
    newer = {**called, "public_notice": replace(notice, id="public_notice:2", version=2)}
    found = changes(old, replace(old, documents=papers, called=newer))
    assert found[first].subject.value == "document"
    assert said(found[first]) == [("内容", "改动前", "改动后")]
    assert ("调用的流程 public_notice", "第 1 版", "第 2 版") in said(found["archiving"])


@pytest.mark.parametrize(
    ("then", "now", "told"),
    [
        (b"", b'"a" = "b"', ("", "新增")),
        (b'"a" = "b"', b"", ("改动前", "删除")),
        (b'"a" = "b"', b'"a" = "c"', ("改动前", "改动后")),
    ],
)
def test_an_english_file_that_is_new_gone_or_another(
    source: DefinitionSource, then: bytes, now: bytes, told: tuple[str, str]
) -> None:
    found = changes(replace(source, english=then), replace(source, english=now))
    assert said(found["example_request"]) == [("英文文字", *told)]


def test_what_is_repeated_and_when_that_is_enough() -> None:
    drawn = (Path(__file__).parent / "good/repeated.bpmn").read_bytes()
    forms = {"apply": (Path(__file__).parent / "shared/apply.form").read_bytes()}
    source = DefinitionSource("sample:1", "sample", 1, "sample.bpmn", drawn, forms=forms)
    other = redrawn(source, "numberOfCompletedInstances &gt;= 2 and ", "")
    other = redrawn(other, '"share"', '"part"')
    other = redrawn(other, 'loopMaximum="3"', 'testBefore="true"')
    other = redrawn(other, 'isSequential="true"', "")
    found = changes(source, other)
    count = "count(payments[item > 0]) >= loopCounter"
    assert said(found["each"]) == [
        ("每项变量", "share", "part"),
        ("够了的条件", f"=numberOfCompletedInstances >= 2 and {count}", f"={count}"),
    ]
    assert said(found["every"]) == [("逐项办理", "payments(依次)", "payments(同时)")]
    assert said(found["more"]) == [("先判断", "否", "是"), ("最多次数", "3", "")]
