"""What the gate lets through, the runtime can run: they never disagree to a designer's cost."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from engine.definitions import Known, check_bundle
from engine.definitions.folder import linked_sources
from engine.model.definitions import Bundle, SourceFile
from engine.model.operations import Operation
from engine.runtime import compile_program
from tests.unit.runtime import test_refusals
from tests.unit.runtime.kit import source_of, user

HERE = Path(__file__).parent
SAMPLES = [*sorted((HERE / "good").glob("*.bpmn")), *sorted((HERE / "broken").glob("*.bpmn"))]


def lets_through(path: Path) -> bool:
    text = path.read_text(encoding="utf-8")
    return "  error " not in text[: text.index("-->", text.index("expects:"))]


@pytest.mark.parametrize("path", [*filter(lets_through, SAMPLES)], ids=lambda path: path.stem)
def test_files_without_errors_are_compiled(
    path: Path, known: Known, bundle_of: Callable[[Path], Bundle]
) -> None:
    bundle = replace(bundle_of(path), called=known.deployed)
    assert not [f for f in check_bundle(bundle, known) if f.severity == "error"]

    program = compile_program(linked_sources(bundle)["sample"])

    assert program.key == "sample"


def gate_errors(bpmn: bytes, known: Known) -> set[str]:
    echo = Operation("echo", "回声", run=lambda _context, _inputs: {})
    surroundings = replace(known, operations={**known.operations, "echo": echo})
    found = check_bundle(Bundle((SourceFile("p.bpmn", bpmn),)), surroundings)
    return {f.code for f in found if f.severity == "error"}


REFUSED_BY_THE_RUNTIME = {
    **test_refusals.IGNORED_ELEMENTS,
    **test_refusals.IGNORED_ATTRIBUTES,
    **{
        name: test_refusals.around(written)
        for name, written in test_refusals.IGNORED_EXTENSIONS.items()
    },
    **test_refusals.WRONG,
}
# The gate takes the process's key from the file: there is no other to compare it with.
del REFUSED_BY_THE_RUNTIME["process-missing"]


@pytest.mark.parametrize("bpmn", REFUSED_BY_THE_RUNTIME.values(), ids=REFUSED_BY_THE_RUNTIME)
def test_what_the_runtime_refuses_the_gate_has_found_before(bpmn: bytes, known: Known) -> None:
    # The sketches of the runtime's tests have no lanes and names: that is no finding of interest.
    sketchy = gate_errors(test_refusals.around(user("X")), known)
    assert gate_errors(bpmn, known) - sketchy


def test_both_give_a_flow_without_an_id_the_same_one(known: Known) -> None:
    bpmn = (HERE.parent / "runtime" / "noflowid.bpmn").read_bytes()
    found = check_bundle(Bundle((SourceFile("noflowid.bpmn", bpmn),)), known)
    told = {f.element_id for f in found if f.code == "flow-without-id"}
    program = compile_program(source_of(bpmn, "noflowid"))
    assert told
    assert told <= {flow.flow_id for e in program.elements() for flow in e.outgoing}
