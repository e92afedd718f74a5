"""A step's lane as the engine read it is compared with the file: who does it hangs on that."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from engine.definitions import Known
from engine.definitions.checks.lanes import check_read
from engine.definitions.draft import read_draft
from engine.definitions.folder import linked_sources
from engine.model.definitions import Bundle, SourceFile
from engine.runtime import compile_program

GOOD = Path(__file__).parent / "good/returning.bpmn"


@pytest.fixture
def bundle(bundle_of: Callable[[Path], Bundle], known: Known) -> Bundle:
    return replace(bundle_of(GOOD), called=known.deployed)


def test_lanes_read_as_they_are_drawn_are_no_finding(bundle: Bundle, known: Known) -> None:
    draft, _ = read_draft(bundle, known)
    (source,) = linked_sources(bundle).values()
    assert list(check_read(draft, compile_program(source))) == []


def test_a_step_that_was_read_into_another_lane_is_told(bundle: Bundle, known: Known) -> None:
    """As happens where a parser loses lanes: here the engine reads another file than the check."""
    (source,) = linked_sources(bundle).values()
    program = compile_program(source)
    moved = next(element for element in program.elements() if element.lane is not None)
    lost = bundle.files[0].content.replace(
        f"<bpmn:flowNodeRef>{moved.id}</bpmn:flowNodeRef>".encode(), b""
    )
    draft, _ = read_draft(Bundle((SourceFile(GOOD.name, lost), *bundle.files[1:])), known)

    (found,) = check_read(draft, program)
    assert (found.code, found.severity, found.element_id) == ("lane-differs", "error", moved.id)
