"""Programmes, sources of money, subjects of other expenditure: data, read once."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from engine.errors import Invalid
from engine.work.federation_settings import Setting
from registry.budget.model import PayeeKind

GOODS = "goods"
"""The item of what is no money: no bank pays it."""

_FILE = Path(__file__).parent / "programmes.toml"


@dataclass(frozen=True)
class Programme:
    """What money is given for. ``help`` is the kind of help a paid line is recorded as."""

    code: str
    title: str
    title_en: str
    help: str
    period: str
    payees: tuple[PayeeKind, ...]
    items: Mapping[str, str]
    items_en: Mapping[str, str]
    published: bool
    """Who was paid is made public, masked."""
    per_member: bool
    """Given to each child of a household, and to each once: a payment says for whom it is."""
    most_members: Setting | None
    """To how many of one household in a period; None: no matter."""

    def periods(self, year: int) -> tuple[str, ...]:
        """The periods of a year, as they are written."""
        if self.period == "month":
            return tuple(f"{year}-{month:02d}" for month in range(1, 13))
        return (f"{year}春节",) if self.period == "festival" else (str(year),)


@dataclass(frozen=True)
class Source:
    """Where money comes from. ``help`` is what a help record says of it."""

    code: str
    title: str
    title_en: str
    help: str


@dataclass(frozen=True)
class Cap:
    """One rule of DMN-10: whom it holds for, over what it counts, and its dated amount.

    With ``months_of`` the amount is so many months of that parameter.
    """

    title: str
    programmes: frozenset[str]
    is_yearly: bool
    amount: Setting
    months_of: Setting | None
    items: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    kinds: frozenset[PayeeKind] = frozenset()

    def holds_for(self, programme: str, item: str, kind: PayeeKind, category: str) -> bool:
        """Whether a payment falls under it."""
        return (
            programme in self.programmes
            and (not self.items or item in self.items)
            and (not self.categories or category in self.categories)
            and (not self.kinds or kind in self.kinds)
        )


@cache
def _read() -> Mapping[str, Any]:
    return tomllib.loads(_FILE.read_text("utf-8"))


@cache
def programmes() -> Mapping[str, Programme]:
    """Every programme by its code, in order."""
    return {
        code: Programme(
            code=code,
            title=row["title"],
            title_en=row["title_en"],
            help=row["help"],
            period=row["period"],
            payees=tuple(PayeeKind(kind) for kind in row["payees"]),
            items=row["items"],
            items_en=row["items_en"],
            published=row.get("published", False),
            per_member=row.get("per_member", False),
            most_members=_most_members(row.get("most_members")),
        )
        for code, row in _read()["programmes"].items()
    }


@cache
def sources() -> Mapping[str, Source]:
    """Every source of money by its code, in order."""
    return {code: Source(code=code, **row) for code, row in _read()["sources"].items()}


def subjects() -> Mapping[str, str]:
    """What money is spent on beside the programmes, by code."""
    found: Mapping[str, str] = _read()["subjects"]
    return found


def subjects_en() -> Mapping[str, str]:
    """The same in English."""
    found: Mapping[str, str] = _read()["subjects_en"]
    return found


def programme_of(code: str) -> Programme:
    """The programme with this code. Raises Invalid for one nobody knows."""
    found = programmes().get(code)
    if found is None:
        raise Invalid(f"没有“{code[:40]}”这个帮扶项目。请从列表中选择项目。")
    return found


def programme_title(code: str) -> str:
    """What people call a programme; one that is no longer listed keeps its code."""
    found = programmes().get(code)
    return code if found is None else found.title


def is_per_member(code: str) -> bool:
    """Whether a programme is given to each child of a household, and to each once."""
    found = programmes().get(code)
    return found is not None and found.per_member


def help_of(code: str) -> str:
    """The kind of help a programme is; one that is no longer listed is one of its own."""
    found = programmes().get(code)
    return code if found is None else found.help


def pays_households(code: str) -> bool:
    """Whether a programme can be given to households: who is counted in one is paid with it."""
    found = programmes().get(code)
    return found is not None and PayeeKind.HOUSEHOLD in found.payees


def source_title(code: str) -> str:
    """What people call a source."""
    found = sources().get(code)
    return code if found is None else found.title


def _setting(name: str, usual: object) -> Setting:
    return Setting(name, usual, "发放批次的上限核对", "Caps of payments")


def _most_members(row: Mapping[str, Any] | None) -> Setting | None:
    return None if row is None else _setting(row["parameter"], row["usual"])


def _cap(row: Mapping[str, Any]) -> Cap:
    base = row.get("of")
    return Cap(
        title=row["title"],
        programmes=frozenset(row["programmes"]),
        is_yearly=row["span"] == "year",
        amount=_setting(row["parameter"], row["usual"]),
        months_of=None if base is None else _setting(base, None),
        items=frozenset(row.get("items", ())),
        categories=frozenset(row.get("categories", ())),
        kinds=frozenset(PayeeKind(kind) for kind in row.get("kinds", ())),
    )


CAPS: Sequence[Cap] = tuple(_cap(row) for row in _read()["caps"])
"""Every cap."""

WARNING_SHARE = Setting("budget warning share", 85, "指标台账的预警", "Warning of the budget")
"""From so many percent of a line on people are warned."""
