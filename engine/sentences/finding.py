"""Findings with their sentences."""

from engine.errors import Finding
from engine.sentences.catalogue import sentences_of


def finding(
    severity: str,
    key: str,
    file: str,
    element_id: str | None = None,
    line: int | None = None,
    /,
    **values: object,
) -> Finding:
    """What the catalogue says under a key; the key's first part is the finding's code."""
    message, hint = sentences_of(key, **values)
    return Finding(
        severity,
        key.partition(".")[0],
        message.zh,
        file,
        element_id,
        line,
        hint=hint.zh,
        message_en=message.en,
        hint_en=hint.en,
    )
