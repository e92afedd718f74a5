"""The tab 历次版本: the versions, and what changed between any two of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for

from engine import Actor
from registry.files import Difference
from webapp.shared.registry_port import Household, RegistryPort
from webapp.shared.words import NOTHING, moment


@dataclass(frozen=True)
class VersionRow:
    """One version of the file."""

    number: int
    at: str
    by: str
    reason: str
    case_number: str
    case_href: str


@dataclass(frozen=True)
class ChangeRow:
    """One difference; ``kind`` is changed, added or removed."""

    kind: str
    part: str
    what: str
    before: str
    after: str
    is_hidden: bool


@dataclass(frozen=True)
class VersionTab:
    """All versions, and two of them side by side; without ``changes`` there is only one."""

    rows: tuple[VersionRow, ...]
    older: VersionRow | None
    newer: VersionRow | None
    changes: tuple[ChangeRow, ...]


def version_tab(
    registry: RegistryPort,
    actor: Actor,
    found: Household,
    asked: Mapping[str, str],
    *,
    is_clear: bool,
) -> VersionTab:
    """The tab; ``asked`` may name two versions by ``older`` and ``newer``."""
    rows = tuple(
        VersionRow(
            one.number,
            moment(one.at),
            one.by_name,
            one.reason,
            one.case_number,
            url_for("cases.show", case_id=one.case_id) if one.case_id else "",
        )
        for one in found.versions
    )
    difference = registry.files.difference(
        actor,
        found.line.file_no,
        _number(asked.get("older", "")),
        _number(asked.get("newer", "")),
        is_clear=is_clear,
    )
    if difference is None:
        return VersionTab(rows, None, None, ())
    by_number = {row.number: row for row in rows}
    return VersionTab(
        rows,
        by_number[difference.older.number],
        by_number[difference.newer.number],
        _changes(difference),
    )


def _changes(difference: Difference) -> tuple[ChangeRow, ...]:
    return tuple(
        ChangeRow(
            one.kind,
            one.part,
            one.what,
            one.before or NOTHING,
            one.after or NOTHING,
            one.is_hidden,
        )
        for one in difference.changes
    )


def _number(said: str) -> int:
    """A version number from the address; 0 for none. One no file has is told as not found."""
    return int(said) if said.isascii() and said.isdigit() and len(said) < len("1000000") else 0
