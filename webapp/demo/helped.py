"""What the households of the register were given over the years (模拟): ``existing.toml``, help."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from webapp.demo.families import place_on
from webapp.demo.households import DemoHousehold

_DAYS_OF_HELP = (3, 26)
_ROUND = 100


@dataclass(frozen=True)
class DemoHelp:
    """One entry as it is entered on the page of a file."""

    given_on: date
    kind: str
    yuan: int
    goods: str
    source: str
    payer: str
    note: str

    def typed(self) -> Mapping[str, str]:
        """The fields of the page."""
        return {
            "kind": self.kind,
            "given_on": self.given_on.isoformat(),
            "amount": str(self.yuan),
            "goods": self.goods,
            "source": self.source,
            "level": "county",
            "payer": self.payer,
            "note": self.note,
        }


def draw_help(
    chance: random.Random,
    told: Any,
    household: DemoHousehold,
    payer: str,
    between: tuple[date, date],
) -> tuple[DemoHelp, ...]:
    """What a household was given between two days, oldest first; some were never given anything."""
    if chance.random() < told["never"]:
        return ()
    first, last = between
    found = [
        _one(chance, told, row, payer, day)
        for year in range(first.year, last.year + 1)
        for row in told["kinds"]
        for day in _days(chance, row, year)
        if first < day <= last and _is_meant(row, household, day) and chance.random() < row["part"]
    ]
    kept = sorted(chance.sample(range(len(found)), min(len(found), told["most"])))
    return tuple(sorted((found[n] for n in kept), key=lambda help_: help_.given_on))


def _days(chance: random.Random, row: Mapping[str, Any], year: int) -> Iterator[date]:
    day = date(year, chance.choice(row["months"]), chance.randint(*_DAYS_OF_HELP))
    yield day - timedelta(max(0, day.weekday() - 4))


def _is_meant(row: Mapping[str, Any], household: DemoHousehold, day: date) -> bool:
    """Whether a kind of help is for this household."""
    if "cause" in row:
        return household.cause.code in row["cause"]
    if "student" in row:
        places = (place_on(member, day) for member in household.members)
        return any(stage in place for place in places for stage in row["student"])
    return True


def _set_for(year: int, by_year: Mapping[str, int]) -> int:
    """What was set last by then; a later year that nobody has written down yet is as that one."""
    return by_year[max(one for one in by_year if int(one) <= year)]


def _one(
    chance: random.Random, told: Any, row: Mapping[str, Any], payer: str, day: date
) -> DemoHelp:
    yuan = 0
    if "by_year" in row:
        yuan = _set_for(day.year, row["by_year"])
    elif "yuan" in row:
        low, high = row["yuan"]
        yuan = chance.randrange(low, high + 1, _ROUND)
    sources = told["sources"]
    source = chance.choices(list(sources), list(sources.values()))[0]
    return DemoHelp(
        given_on=day,
        kind=row["kind"],
        yuan=yuan,
        goods=row.get("goods", ""),
        source=row.get("source", source),
        payer=payer,
        note=row["note"],
    )
