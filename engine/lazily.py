"""Public names of a package that are fetched when they are asked for.

A package's front lists what it offers; to import all of that costs a second of processor time, and
whoever reads a file or answers one command needs little of it.
"""

from collections.abc import Callable, Mapping
from importlib import import_module


def fetched(package: str, places: Mapping[str, str]) -> Callable[[str], object]:
    """A module's ``__getattr__``: each public name with the module it stands in.

    ``module:name`` where it has another name there.
    """

    def attribute(name: str) -> object:
        if name not in places:
            msg = f"module {package!r} has no attribute {name!r}"
            raise AttributeError(msg, name=name)
        module, _colon, own_name = places[name].partition(":")
        return getattr(import_module(module), own_name or name)

    return attribute
