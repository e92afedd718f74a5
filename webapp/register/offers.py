"""What may be begun for a file, as its page and the lists show it."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from registry.file_cases import FileOffer
from webapp.shared.items import named


@dataclass(frozen=True)
class Begin:
    """What may be begun for the file, or runs for it already: then ``href`` opens that case."""

    process_key: str
    name: str
    running: str
    href: str


def begins_of(offers: Sequence[FileOffer]) -> tuple[Begin, ...]:
    """In the order of the processes' keys."""
    return tuple(
        Begin(
            one.process_key,
            named(one.name, one.process_key),
            one.running,
            url_for("cases.show", case_id=one.case_id) if one.running else "",
        )
        for one in offers
    )
