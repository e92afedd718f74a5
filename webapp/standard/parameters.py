"""The dated parameters a process may ask for, read from ``parameters.toml``."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from engine.store.settings import Parameter

FROM_THE_BEGINNING = date(2000, 1, 1)
_FILE = Path(__file__).parent / "parameters.toml"


@dataclass(frozen=True)
class StandardParameter:
    """A parameter of every installation; ``value`` None: each federation sets its own."""

    name: str
    title: str
    unit: str
    source: str
    value: object = None


def standard_parameters() -> Mapping[str, StandardParameter]:
    """By the name that ``parameter("…")`` asks for."""
    with _FILE.open("rb") as file:
        tables = tomllib.load(file)
    return {
        name: StandardParameter(
            name, table["title"], table["unit"], table["source"], table.get("value")
        )
        for name, table in tables.items()
    }


def beginning_values() -> list[Parameter]:
    """The values that hold everywhere until a federation sets its own."""
    return [
        Parameter(p.name, None, FROM_THE_BEGINNING, p.value, p.unit, source=p.source)
        for p in standard_parameters().values()
        if p.value is not None
    ]
