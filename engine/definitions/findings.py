"""How checks say what they found."""

from dataclasses import replace

from engine.definitions.bpmn_xml import Element, line_of
from engine.errors import Finding


def error(
    code: str,
    message: str,
    file: str,
    element: Element | None = None,
    trace: tuple[str, ...] = (),
) -> Finding:
    """What keeps the files from being deployed; ``trace`` is a way to get there."""
    return replace(_finding("error", code, message, file, element), trace=trace)


def warning(
    code: str,
    message: str,
    file: str,
    element: Element | None = None,
    trace: tuple[str, ...] = (),
) -> Finding:
    """What the designer should know; deployment goes on."""
    return replace(_finding("warning", code, message, file, element), trace=trace)


def _finding(severity: str, code: str, message: str, file: str, element: Element | None) -> Finding:
    line = None if element is None else line_of(element)
    return Finding(severity, code, message, file, _nearest_id(element), line)


def _nearest_id(element: Element | None) -> str | None:
    """The id of the element, or of the nearest around it that has one."""
    while element is not None:
        identity = element.get("id")
        if identity:
            return identity
        element = element.getparent()
    return None
