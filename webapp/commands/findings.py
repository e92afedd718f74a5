"""A finding of the gate as a line for people."""

from engine.errors import Finding

LANGUAGES = ("zh", "en")
_KINDS = {
    "zh": {"error": "错误", "warning": "提醒"},
    "en": {"error": "error", "warning": "warning"},
}


def told(finding: Finding, language: str = "zh") -> str:
    """A finding as a line for people."""
    place = finding.file + (f":{finding.line}" if finding.line else "")
    element = f" [{finding.element_id}]" if finding.element_id else ""
    colon = ": " if language == "en" else ":"
    kind = _KINDS[language][finding.severity]
    return f"{place}{element} {kind} {finding.code}{colon}{finding.told(language)}"
