"""The processes of grievances, read from ``grievances.toml``."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "grievances.toml"


@cache
def _read() -> Mapping[str, Any]:
    return tomllib.loads(_FILE.read_text("utf-8"))


def listed() -> Sequence[str]:
    """The keys of those that have a list of their own in the menu, in its order."""
    return tuple(_read()["listed"])


@cache
def grievances() -> Sequence[tuple[str, Mapping[str, str]]]:
    """Their keys with what the file says of them, in its order."""
    return [(row["key"], row) for row in _read()["process"]]
