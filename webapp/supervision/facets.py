"""Ways to narrow a list of supervision, each with its number."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Facet:
    """A way to narrow the list, with its number."""

    label: str
    count: int
    href: str
    is_chosen: bool
