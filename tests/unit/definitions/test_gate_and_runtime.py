"""What the gate lets through, the runtime can run."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from engine.definitions import Known, check_bundle
from engine.definitions.folder import linked_sources
from engine.model.definitions import Bundle
from engine.runtime import compile_program

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
