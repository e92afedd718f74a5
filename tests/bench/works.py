"""What is measured, by name, and how much of it."""

import json
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from tests.bench.ageing import complete_aged
from tests.bench.campaign import start_campaign
from tests.bench.complete import complete
from tests.bench.finished import bytes_per_case
from tests.bench.ground import Ground, ground
from tests.bench.http import (
    ALONE,
    Crowd,
    complete_http,
    due_http,
    inbox_http,
    open_task,
    start_to_first_page,
)
from tests.bench.inbox import PAGE, inbox
from tests.bench.rows import Measured, Single
from tests.bench.scattered import PEOPLE, fill_scattered, put_off
from tests.bench.table import table
from tests.bench.timers import timers
from tests.bench.workers import complete_by
from tests.support.postgres import PostgresMissing

__all__ = ["DATABASES", "WORKS", "PostgresMissing", "Size", "measure", "run"]

DATABASES = ("sqlite", "postgres")


@dataclass(frozen=True)
class Size:
    """How much is measured: rounds, and operations of ours and bare ones in each.

    ``aged``: how many steps the old case has behind it. ``timers``: due within ``within`` seconds.
    """

    rounds: int
    completions: int
    pages: int
    open_steps: int
    many: int
    most: int
    lines: int
    """Of one list whose every line becomes a case."""
    aged: int
    finished: int
    timers: int
    within: float
    versions: int


USUAL = Size(
    rounds=7,
    completions=50,
    pages=15,
    open_steps=5_000,
    many=50_000,
    most=1_000_000,
    lines=4_543,
    aged=5_000,
    finished=200,
    timers=10_000,
    within=60,
    versions=100,
)

Work = Callable[[Ground, str, Size], Measured | Single]


def _complete(on: Ground, name: str, size: Size) -> Measured:
    return complete(on, name, size.rounds, size.completions)


def _complete_http(on: Ground, name: str, size: Size) -> Measured:
    return complete_http(on, name, size.rounds, size.completions, Crowd(servers=2, clients=4))


def _complete_http_1(on: Ground, name: str, size: Size) -> Measured:
    return complete_http(on, name, size.rounds, size.completions, ALONE)


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


def _due(who: str, size_of: Callable[[Size], int]) -> Work:
    def work(on: Ground, name: str, size: Size) -> Measured:
        fill_scattered(on, size_of(size))
        put_off(on)
        return due_http(on, name, size.rounds, size.pages, PEOPLE[who])

    return work


def _start_campaign(on: Ground, name: str, size: Size) -> Measured:
    return start_campaign(on, name, min(size.rounds, MOST_LISTS), size.lines)


MOST_LISTS = 3
"""Rounds of it: each begins the cases of a whole city."""


def _complete_aged_10(on: Ground, name: str, size: Size) -> Measured:
    return complete_aged(on, name, size.rounds, size.completions, 10)


def _complete_aged_5000(on: Ground, name: str, size: Size) -> Measured:
    return complete_aged(on, name, size.rounds, size.completions, size.aged)


def _open_task(on: Ground, name: str, size: Size) -> Measured:
    return open_task(on, name, size.rounds, size.pages)


def _first_page(on: Ground, name: str, size: Size) -> Measured:
    return start_to_first_page(on, name, size.rounds, size.versions)


def _workers_1(on: Ground, name: str, size: Size) -> Measured:
    return complete_by(on, name, size.rounds, size.completions, processes=1)


def _workers_4(on: Ground, name: str, size: Size) -> Measured:
    return complete_by(on, name, size.rounds, size.completions, processes=4)


def _bytes_per_case(on: Ground, name: str, size: Size) -> Single:
    return bytes_per_case(on, name, size.finished)


def _timers(on: Ground, name: str, size: Size) -> Single:
    return timers(on, name, size.timers, size.within)


WORKS: Mapping[str, Work] = {
    "complete": _complete,
    "complete_aged_10": _complete_aged_10,
    "complete_aged_5000": _complete_aged_5000,
    "workers_1": _workers_1,
    "workers_4": _workers_4,
    "open_task": _open_task,
    "bytes_per_case": _bytes_per_case,
    "complete_http": _complete_http,
    "complete_http_1": _complete_http_1,
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
    # Last of those that are filled: most steps are put off.
    "due_5k": _due("city", lambda size: size.open_steps),
    "due_50k": _due("city", lambda size: size.many),
    "due_50k_reviewer": _due("reviewer", lambda size: size.many),
    "due_1m": _due("city", lambda size: size.most),
    "due_1m_reviewer": _due("reviewer", lambda size: size.most),
    "first_page": _first_page,
    "timers_10k": _timers,
}
MILLION = tuple(name for name in WORKS if "_1m" in name)
"""On PostgreSQL alone; some minutes and four gigabytes of disk."""

LONG = (
    *("complete_aged_5000", "workers_1", "workers_4", "first_page", "timers_10k"),
    *("due_5k", "due_50k", "due_50k_reviewer"),
    *MILLION,
)
"""Measured only when they are asked for: minutes, or several processes at once."""

USUALLY = tuple(name for name in WORKS if name not in LONG)
"""What is measured when nobody says what."""


def measure(
    databases: Collection[str], works: Collection[str], size: Size = USUAL
) -> Iterator[Measured | Single]:
    """Each work on each kind of database, one after the other. Raises PostgresMissing."""
    for db in databases:
        with ground(db) as on:
            for name in works:
                if name in MILLION and db != "postgres":
                    continue
                yield WORKS[name](on, name, size)


def run(databases: Collection[str], works: Collection[str], *, as_json: bool) -> int:
    """Measure and print; what has been done meanwhile goes to the error channel."""
    found: list[Measured | Single] = []
    for one in measure(databases, works):
        found.append(one)
        print(f"{one.db} {one.work}", file=sys.stderr, flush=True)
    print(json.dumps([one.row() for one in found]) if as_json else table(found))
    return 0
