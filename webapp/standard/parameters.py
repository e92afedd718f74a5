"""The dated parameters a process may ask for, read from the files of ``standard/subjects/``.

A file is a subject; its words are explained in docs/parameters.md. Only an administrator, and
whom ``roles`` names for her own county, may set them (系统设置 · 业务参数).
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from engine.model.parameters import Kind, ParameterRule

_FOLDER = Path(__file__).parent / "subjects"
_COUNTY_ROLES = ("county_reviewer",)
"""Who may set a county's own value beside its administrator."""


@dataclass(frozen=True)
class Subject:
    """Parameters that belong together, in the order in which people read them."""

    key: str
    title: str
    title_en: str
    rules: tuple[ParameterRule, ...]


@cache
def subjects() -> Sequence[Subject]:
    """Every subject with its parameters, in order."""
    read = [(path.stem, tomllib.loads(path.read_text("utf-8"))) for path in _FOLDER.glob("*.toml")]
    return [
        Subject(
            key,
            table["title"],
            table["title_en"],
            tuple(_rule(key, name, row) for name, row in table["parameters"].items()),
        )
        for key, table in sorted(read, key=lambda one: one[1]["order"])
    ]


@cache
def standard_parameters() -> Mapping[str, ParameterRule]:
    """By the name that ``parameter("…")`` asks for."""
    return {rule.name: rule for subject in subjects() for rule in subject.rules}


def beginning_values() -> Mapping[str, object]:
    """What an installation begins with, by name; those it must set itself are not among them."""
    return {
        name: rule.value for name, rule in standard_parameters().items() if rule.value is not None
    }


def _rule(group: str, name: str, row: Mapping[str, Any]) -> ParameterRule:
    kind = Kind(row["kind"])
    value = row.get("value")
    unit = row.get("unit", "")
    if kind is Kind.LIMIT:
        unit = str(value).lstrip("0123456789")
    return ParameterRule(
        name=name,
        title=row["title"],
        title_en=row["title_en"],
        kind=kind,
        group=group,
        unit=unit,
        basis=row["basis"],
        law=row.get("law", ""),
        low=_number(row.get("low")),
        high=_number(row.get("high")),
        decimals=row.get("decimals", 0),
        choices=row.get("choices", {}),
        choices_en=row.get("choices_en", {}),
        per_county=row.get("per_county", False),
        per_township=row.get("per_township", False),
        by_area=row.get("by_area", False),
        roles=_COUNTY_ROLES if row.get("per_county") or row.get("per_township") else (),
        value=value,
        source=row.get("source", ""),
        about=row["about"],
        about_en=row["about_en"],
    )


def _number(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))
