"""The processes of grievances, read from ``grievances.toml``."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "grievances.toml"


@cache
def grievances() -> Sequence[tuple[str, Mapping[str, str]]]:
    """Their keys with what the file says of them, in its order."""
    return [(row["key"], row) for row in tomllib.loads(_FILE.read_text("utf-8"))["process"]]
