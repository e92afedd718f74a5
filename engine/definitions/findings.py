"""How checks say what they found: a key of the catalogue, a place, and the values to fill in."""

import difflib
from collections.abc import Iterable
from dataclasses import replace

from engine.definitions.bpmn_xml import Element, line_of
from engine.errors import Finding
from engine.sentences import Words, finding


def error(
    key: str,
    file: str,
    element: Element | None = None,
    trace: tuple[str, ...] = (),
    /,
    **values: object,
) -> Finding:
    """What keeps the files from being deployed; ``trace`` is a way to get there."""
    return replace(_finding("error", key, file, element, values), trace=trace)


def warning(
    key: str,
    file: str,
    element: Element | None = None,
    trace: tuple[str, ...] = (),
    /,
    **values: object,
) -> Finding:
    """What the designer should know; deployment goes on."""
    return replace(_finding("warning", key, file, element, values), trace=trace)


def meant(name: str, known: Iterable[str], cutoff: float = 0.75) -> Words | None:
    """The name that was probably meant, as a question; None where none is near."""
    near = difflib.get_close_matches(name, sorted(known), 1, cutoff=cutoff)
    return Words(f"是不是想写“{near[0]}”?", f"Did you mean “{near[0]}”?") if near else None


CHECK_NAME = Words("请核对名称。", "Check the name.")


def _finding(
    severity: str, key: str, file: str, element: Element | None, values: dict[str, object]
) -> Finding:
    line = None if element is None else line_of(element)
    return finding(severity, key, file, _nearest_id(element), line, **values)


def _nearest_id(element: Element | None) -> str | None:
    """The id of the element, or of the nearest around it that has one."""
    while element is not None:
        identity = element.get("id")
        if identity:
            return identity
        element = element.getparent()
    return None
