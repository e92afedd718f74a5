"""Synthetic names of people, from ``names.toml``. Put together by chance: nobody real is meant."""

import random
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from engine.model.identity_numbers import Sex

_FILE = Path(__file__).with_name("names.toml")
_EVERY_COMPOUND = 19  # one in so many people has a compound surname
_EVERY_DOTTED = 43  # one in so many has a name with a middle dot
_EVERY_RARE = 211  # one in so many has a character that old systems cannot write

_FASHIONS = ((1962, "old"), (1992, "middle"), (9999, "young"))
"""Names go by the year of birth: born before, then named like this."""
_NOBODY_SAID = 1980


@cache
def _parts() -> Any:
    with _FILE.open("rb") as file:
        return tomllib.load(file)


@cache
def _given(sex: Sex, fashion: str) -> tuple[str, ...]:
    return tuple(_parts()["given"][sex.value][fashion].split())


def given_name(chance: random.Random, sex: Sex, born: int = _NOBODY_SAID) -> str:
    """A given name of one or two characters, as parents chose them in that year."""
    return chance.choice(_given(sex, next(name for year, name in _FASHIONS if born < year)))


def surname(chance: random.Random) -> str:
    """A surname of one character."""
    return str(chance.choice(_parts()["surnames"]))


def surname_of(name: str) -> str:
    """The surname of a full name, compound ones included."""
    compound = next((one for one in _parts()["compound"] if name.startswith(one)), None)
    return compound or name[0]


def full_name(chance: random.Random, sex: Sex, number: int, born: int = _NOBODY_SAID) -> str:
    """A name for the ``number``-th of many people: some get an unusual one."""
    parts = _parts()
    if number % _EVERY_RARE == 0:
        return surname(chance) + str(chance.choice(parts["rare"]["characters"]))
    if number % _EVERY_DOTTED == 0:
        return str(chance.choice(parts["minority"][sex.value]))
    if number % _EVERY_COMPOUND == 0:
        return str(chance.choice(parts["compound"])) + given_name(chance, sex, born)
    return surname(chance) + given_name(chance, sex, born)


def labelled(name: str) -> str:
    """The name of somebody on the staff with the label that every synthetic person carries."""
    return f"{name}（模拟）"


def labelled_applicant(name: str) -> str:
    """The same for names that go through forms: those take no brackets in a name."""
    return f"{name}·模拟"


class NameSource:
    """Full names, no two alike: for some hundreds of people, not for thousands."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._given_out: set[str] = set()

    def next(self, sex: Sex) -> str:
        """A name nobody has been given yet."""
        number = len(self._given_out) + 1
        while (name := full_name(self._chance, sex, number)) in self._given_out:
            number += 1
        self._given_out.add(name)
        return name
