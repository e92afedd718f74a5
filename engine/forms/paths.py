"""Reading and writing values at a path inside nested data."""

from collections.abc import Mapping, MutableMapping, Sequence

MISSING = object()
"""What :func:`get_at` gives where there is no value: None is a value."""


def get_at(data: object, path: Sequence[str]) -> object:
    """The value at the path, ``MISSING`` where there is none."""
    for part in path:
        # almost always a dict: asking that first spares the slow question for any mapping
        if not isinstance(data, dict) and not isinstance(data, Mapping):
            return MISSING
        if part not in data:
            return MISSING
        data = data[part]
    return data


def set_at(data: MutableMapping[str, object], path: Sequence[str], value: object) -> None:
    """Write a value; objects on the way are made, and take the place of what is no object."""
    for part in path[:-1]:
        inner = data.get(part)
        if not isinstance(inner, MutableMapping):
            inner = {}
            data[part] = inner
        data = inner
    data[path[-1]] = value


def pointer(*parts: str | int) -> str:
    """The RFC 6901 JSON pointer to these steps."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)
