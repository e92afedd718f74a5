"""The table in docs/bpmn.md says of every construct whether it runs, and is held to that.

When the gate learns something, the last test fails and shows the rows that have to change.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.definitions import Known, check_bundle
from engine.definitions.folder import linked_sources
from engine.errors import Finding
from engine.model.definitions import Bundle, SourceFile
from engine.runtime import ProgramRefused, compile_program
from tests.unit.definitions.constructs import Sample, samples

SAMPLES = tuple(samples())
SHARED = Path(__file__).parent / "shared"
TABLE = Path(__file__).parents[3] / "docs/bpmn.md"
_BEGIN, _END = "<!-- constructs -->\n", "<!-- /constructs -->\n"
# The samples are not drawn, and each is checked alone: that is no finding about the construct.
_NOT_ABOUT_IT = {
    *("diagram-missing", "no-default-flow", "implicit-split", "join-on-cycle"),
    "deadline-missing",
}


def bundle(sample: Sample) -> Bundle:
    text = sample.bpmn.decode()
    files = [SourceFile("sample.bpmn", sample.bpmn)]
    names = ["apply.form"] * ("apply" in text) + ["level.dmn"] * ('"level"' in text)
    files += [SourceFile(name, (SHARED / name).read_bytes()) for name in names]
    return Bundle(tuple(files))


def about(sample: Sample, known: Known) -> list[Finding]:
    found = check_bundle(bundle(sample), known)
    return [one for one in found if one.code not in _NOT_ABOUT_IT]


def test_there_are_as_many_samples_as_promised() -> None:
    assert len(SAMPLES) >= 300
    assert len({(one.construct, one.place) for one in SAMPLES}) == len(SAMPLES)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda one: f"{one.construct} in {one.place}")
def test_a_construct_runs_as_drawn_or_is_refused_with_a_sentence(
    sample: Sample, known: Known
) -> None:
    found = about(sample, known)
    refused = [one for one in found if one.severity == "error"]
    assert all(one.message.endswith(("。", "?")) and one.file for one in found)
    if refused:
        return
    try:
        source = linked_sources(Bundle(bundle(sample).files, called=known.deployed))["sample"]
        assert compile_program(source).key == "sample"
    except ProgramRefused as problem:
        raise AssertionError([one.message for one in problem.findings]) from None


def test_the_table_tells_what_the_gate_does(known: Known) -> None:
    written = TABLE.read_text("utf-8").split(_BEGIN)[1].split(_END)[0]
    assert written == table(lambda sample: about(sample, known))


def table(judge: Callable[[Sample], list[Finding]]) -> str:
    """Rows by construct: what the gate says of it in each place."""
    rows: dict[str, dict[str, str]] = {}
    for sample in SAMPLES:
        codes = sorted({one.code for one in judge(sample) if one.severity == "error"})
        verdict = "拒绝 " + "、".join(f"`{code}`" for code in codes) if codes else "按画的运行"
        rows.setdefault(sample.construct, {})[sample.place] = verdict
    lines = ["| 元素 | 位置 | 结果 |", "|---|---|---|"]
    for construct, places in rows.items():
        verdicts = set(places.values())
        if len(verdicts) == 1:
            lines.append(f"| {construct} | {'、'.join(places)} | {verdicts.pop()} |")
        else:
            lines += [f"| {construct} | {place} | {verdict} |" for place, verdict in places.items()]
    return "\n".join(lines) + "\n"
