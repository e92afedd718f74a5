"""The drawing of an uploaded file with what its checks found, and the way there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.errors import Finding
from engine.model.definitions import SourceFile

LARGEST = 1_000_000
"""Bytes: a drawing goes to the browser within the page."""


@dataclass(frozen=True)
class FoundOnDrawing:
    """A file's drawing, named ``name`` in the page.

    ``wrong`` and ``doubtful`` are the elements with an error and with a mere warning; ``trace`` is
    the way to the first error that has one, from the start.
    """

    name: str
    file: str
    xml: str
    wrong: tuple[str, ...]
    doubtful: tuple[str, ...]
    trace: tuple[str, ...]


def found_on_drawings(
    files: Sequence[SourceFile], findings: Sequence[Finding]
) -> tuple[FoundOnDrawing, ...]:
    """A drawing for each file that has one, can be read and has something to show on it."""
    return tuple(
        _drawing(number, file, about)
        for number, file in enumerate(files)
        if (about := [one for one in findings if one.file == file.name and places_of(one)])
        and _is_drawn(file.content)
    )


def places_of(finding: Finding) -> tuple[str, ...]:
    """The elements a finding can be shown at: the way to it, and where it is."""
    return tuple(dict.fromkeys(one for one in (*finding.trace, finding.element_id) if one))


def _drawing(number: int, file: SourceFile, about: Sequence[Finding]) -> FoundOnDrawing:
    wrong = _elements(one for one in about if one.severity == "error")
    return FoundOnDrawing(
        name=f"drawing-{number}",
        file=file.name,
        xml=file.content.decode(),
        wrong=wrong,
        doubtful=tuple(one for one in _elements(about) if one not in wrong),
        trace=next((places_of(one) for one in about if one.trace and one.severity == "error"), ()),
    )


def _elements(findings: Iterable[Finding]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.element_id for one in findings if one.element_id))


def _is_drawn(content: bytes) -> bool:
    if len(content) > LARGEST or b"BPMNShape" not in content or b"<!DOCTYPE" in content:
        return False
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
