"""What is measured, by name, and how much of it."""

import json
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from tests.bench.campaign import start_campaign
from tests.bench.complete import complete
from tests.bench.ground import Ground, ground
from tests.bench.http import complete_http, inbox_http
from tests.bench.inbox import PAGE, inbox
from tests.bench.rows import Measured
from tests.bench.scattered import PEOPLE, fill_scattered
from tests.bench.table import table
from tests.support.postgres import PostgresMissing

__all__ = ["DATABASES", "WORKS", "PostgresMissing", "Size", "measure", "run"]

DATABASES = ("sqlite", "postgres")


@dataclass(frozen=True)
class Size:
    """How much is measured: rounds, and operations of ours and bare ones in each."""

    rounds: int
    completions: int
    pages: int
    open_steps: int
    many: int
    most: int
    lines: int
    """Of one list whose every line becomes a case."""


USUAL = Size(
    rounds=7,
    completions=50,
    pages=15,
    open_steps=5_000,
    many=50_000,
    most=1_000_000,
    lines=4_543,
)

Work = Callable[[Ground, str, Size], Measured]


def _complete(on: Ground, name: str, size: Size) -> Measured:
    return complete(on, name, size.rounds, size.completions)


def _complete_http(on: Ground, name: str, size: Size) -> Measured:
    return complete_http(on, name, size.rounds, size.completions, clients=1)


def _complete_http_4(on: Ground, name: str, size: Size) -> Measured:
    return complete_http(on, name, size.rounds, size.completions, clients=4)


def _inbox(on: Ground, name: str, size: Size) -> Measured:
    on.fill_inbox(size.open_steps)
    return inbox(on, name, size.rounds, size.pages, PAGE)


def _inbox_http(on: Ground, name: str, size: Size) -> Measured:
    on.fill_inbox(size.open_steps)
    return inbox_http(on, name, size.rounds, size.pages)


def _many(who: str) -> Work:
    def work(on: Ground, name: str, size: Size) -> Measured:
        fill_scattered(on, size.many)
        return inbox_http(on, name, size.rounds, size.pages, PEOPLE[who])

    return work


def _most(who: str) -> Work:
    def work(on: Ground, name: str, size: Size) -> Measured:
        fill_scattered(on, size.most)
        return inbox_http(on, name, size.rounds, size.pages, PEOPLE[who])

    return work


def _start_campaign(on: Ground, name: str, size: Size) -> Measured:
    return start_campaign(on, name, min(size.rounds, MOST_LISTS), size.lines)


MOST_LISTS = 3
"""Rounds of it: each begins the cases of a whole city."""

WORKS: Mapping[str, Work] = {
    "complete": _complete,
    "complete_http": _complete_http,
    "complete_http_4": _complete_http_4,
    "inbox_5k": _inbox,
    "inbox_http_5k": _inbox_http,
    # the steps of a whole city: of the three the supervisor, whose inbox is the largest
    "inbox_50k_officer": _many("officer"),
    "inbox_50k_reviewer": _many("reviewer"),
    "inbox_50k": _many("city"),
    "inbox_1m_officer": _most("officer"),
    "inbox_1m_reviewer": _most("reviewer"),
    "inbox_1m": _most("city"),
    "start_campaign": _start_campaign,
}
MILLION = tuple(name for name in WORKS if name.startswith("inbox_1m"))
"""On PostgreSQL alone; some minutes and four gigabytes of disk."""

USUALLY = tuple(name for name in WORKS if name not in {"complete_http_4", *MILLION})
"""What is measured when nobody says what: not what takes long or needs several clients."""


def measure(
    databases: Collection[str], works: Collection[str], size: Size = USUAL
) -> Iterator[Measured]:
    """Each work on each kind of database, one after the other. Raises PostgresMissing."""
    for db in databases:
        with ground(db) as on:
            for name in works:
                if name in MILLION and db != "postgres":
                    continue
                yield WORKS[name](on, name, size)


def run(databases: Collection[str], works: Collection[str], *, as_json: bool) -> int:
    """Measure and print; what has been done meanwhile goes to the error channel."""
    found: list[Measured] = []
    for one in measure(databases, works):
        found.append(one)
        print(f"{one.db} {one.work}", file=sys.stderr, flush=True)
    print(json.dumps([one.row() for one in found]) if as_json else table(found))
    return 0
