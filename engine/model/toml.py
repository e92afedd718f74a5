"""Read TOML that strangers wrote: what the standard library needs very long for is refused."""

import re
import tomllib
from typing import Any

_LONG_KEY = re.compile(
    r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){32}""", re.ASCII
)
"""A key of more than thirty parts: reading one takes the square of their number."""


class UnreadableToml(ValueError):
    """The text is no TOML, or none that anybody writes; says what the library says."""


def read_toml(text: str) -> dict[str, Any]:
    """The tables of a text; raises UnreadableToml for anything else, whatever the text."""
    if _LONG_KEY.search(text):
        raise UnreadableToml("a key has more than 32 parts")
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as problem:  # numbers without end are a ValueError too
        raise UnreadableToml(str(problem)) from problem
