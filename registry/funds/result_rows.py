"""The masked rows of a published result, as they were published."""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from registry.store.results import ResultNotice


@dataclass(frozen=True)
class ResultRow:
    """One who was paid, as the public may know it."""

    name: str
    unit: str
    item: str
    amount: str


def rows_of(found: ResultNotice) -> Sequence[ResultRow]:
    """Its rows as they were published."""
    return [ResultRow(*row) for row in orjson.loads(found.content)]
