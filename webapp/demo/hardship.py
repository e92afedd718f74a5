"""Why synthetic households are in need, and what their figures come to: ``hardship.toml``."""

import random
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from engine.errors import Broken

_FILE = Path(__file__).with_name("hardship.toml")


@dataclass(frozen=True)
class Cause:
    """Why a household is in need: a code of the national form of 2020.

    ``cost`` is the kind of expense it brings, empty: none; ``head`` what the head does then;
    ``ill`` of what somebody is ill or disabled.
    """

    code: str
    cost: str
    needs: tuple[str, ...]
    head: tuple[str, ...]
    ill: tuple[str, ...]
    is_event: bool


Range = tuple[float, float]


@dataclass(frozen=True)
class Plight:
    """What a household's figures come to under a set of rules (``hardship.toml`` says how)."""

    name: str
    category: str
    rule_set: str
    income: Range
    plain: Range
    left: Range
    certificate: float
    reason: str
    with_certificate: str
    causes: Mapping[str, int]

    def cause(self, chance: random.Random) -> Cause:
        """One of its causes, as often as each comes."""
        codes = list(self.causes)
        return causes()[chance.choices(codes, list(self.causes.values()))[0]]


@cache
def causes() -> Mapping[str, Cause]:
    """All causes by their code."""
    return {
        row["code"]: Cause(
            row["code"],
            row.get("cost", ""),
            tuple(row["needs"]),
            tuple(row["head"]),
            tuple(row.get("ill", ())),
            row.get("is_event", False),
        )
        for row in _read()["causes"]
    }


@cache
def plights() -> Mapping[str, Plight]:
    """All plights by their name."""
    return {row["name"]: _plight(row) for row in _read()["plights"]}


def plight_named(name: str) -> Plight:
    """The plight of a name; Broken where ``hardship.toml`` has none."""
    try:
        return plights()[name]
    except KeyError:
        raise Broken(f"演示数据用到困难类型“{name}”,hardship.toml 里没有,须改正。") from None


def _plight(row: Any) -> Plight:
    return Plight(
        name=row["name"],
        category=row["category"],
        rule_set=row["rule_set"],
        income=tuple(row["income"]),
        plain=tuple(row["plain"]),
        left=tuple(row["left"]),
        certificate=row.get("certificate", 0.0),
        reason=row["reason"],
        with_certificate=row.get("with_certificate", ""),
        causes=row["causes"],
    )


@cache
def _read() -> Any:
    with _FILE.open("rb") as file:
        return tomllib.load(file)
