"""The list that every installation has: its organisations of one level, below one of them.

A case a union: a yearly check, a figure asked of every county. Lists of people and households are
the registry's to bring (``Options.sources``).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from engine.errors import Invalid
from engine.model.fan_out import Line
from engine.model.organisations import LEVEL_NAMES
from engine.store import unit_lists
from engine.store.database import Tx

NAME = "organisations"


@dataclass(frozen=True)
class UnitList:
    """Wanted: ``level``, and ``below``, the organisation whose area is meant; empty: everywhere.

    ``variables`` are what each case begins with.
    """

    today: Callable[[], date]

    def count(self, tx: object, wanted: Mapping[str, object]) -> int:
        """How many there are."""
        return unit_lists.count_at(cast(Tx, tx), *_asked(wanted), self.today())

    def page(
        self, tx: object, wanted: Mapping[str, object], after: str, limit: int
    ) -> Sequence[Line]:
        """The next ones by id."""
        given = wanted.get("variables")
        variables = given if isinstance(given, Mapping) else {}
        return [
            Line(unit, unit, variables)
            for unit in unit_lists.ids_at(cast(Tx, tx), *_asked(wanted), self.today(), after, limit)
        ]


def _asked(wanted: Mapping[str, object]) -> tuple[str, str]:
    level, below = str(wanted.get("level") or ""), str(wanted.get("below") or "")
    if level not in LEVEL_NAMES:
        raise Invalid(f"没有“{level[:40]}”这一级单位。请写 {'、'.join(LEVEL_NAMES)} 之一。")
    return level, below
