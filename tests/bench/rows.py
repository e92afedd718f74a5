"""What was measured, as values: rounds of ours beside rounds of bare work, and the published row."""

import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Row = dict[str, object]

COLUMNS = (
    "work",
    "db",
    "n",
    "per_second",
    "p50_ms",
    "p95_ms",
    "limit_per_second",
    "of_limit",
    "statements",
    "commits",
    "cpu_ms",
)


@dataclass(frozen=True)
class Round:
    """Operations of ours and, right after them, as many bare ones.

    ``seconds``: each of our operations. ``lasted``, ``bare_lasted``: seconds from the first to
    the last of the round. ``cpu``: seconds of processor time that ours took.
    """

    seconds: tuple[float, ...]
    lasted: float
    bare_lasted: float
    cpu: float

    @property
    def per_second(self) -> float:
        """Operations of ours in a second of this round."""
        return len(self.seconds) / self.lasted

    @property
    def limit_per_second(self) -> float:
        """Bare ones in a second of this round."""
        return len(self.seconds) / self.bare_lasted


@dataclass(frozen=True)
class Measured:
    """One kind of work on one database."""

    work: str
    db: str
    rounds: tuple[Round, ...]
    statements: int
    commits: int

    def row(self) -> Row:
        """As ``--json`` publishes it: medians over the rounds, latencies over all operations."""
        seconds = [s for one in self.rounds for s in one.seconds]
        per_second = statistics.median(one.per_second for one in self.rounds)
        limit = statistics.median(one.limit_per_second for one in self.rounds)
        values = (
            self.work,
            self.db,
            len(seconds),
            _rate(per_second),
            round(statistics.median(seconds) * 1000, 2),
            round(percentile(seconds, 95) * 1000, 2),
            _rate(limit),
            round(per_second / limit, 3),
            self.statements,
            self.commits,
            round(sum(one.cpu for one in self.rounds) / len(seconds) * 1000, 2),
        )
        return dict(zip(COLUMNS, values, strict=True))

    def spread(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The slowest and the fastest round: of ours, and of the limit."""
        ours = [one.per_second for one in self.rounds]
        bare = [one.limit_per_second for one in self.rounds]
        return (min(ours), max(ours)), (min(bare), max(bare))


@dataclass(frozen=True)
class Single:
    """A figure with no limit of its own: what it does not say is null."""

    work: str
    db: str
    values: Row

    def row(self) -> Row:
        """As ``--json`` publishes it."""
        return {name: self.values.get(name) for name in COLUMNS} | {
            "work": self.work,
            "db": self.db,
        }

    def spread(self) -> None:
        """It was measured once."""


def _rate(per_second: float) -> float:
    return round(per_second, 1 if per_second >= 10 else 3)


def percentile(values: Sequence[float], percent: int) -> float:
    """The smallest value that so many per cent do not exceed."""
    ordered = sorted(values)
    return ordered[max(math.ceil(len(ordered) * percent / 100) - 1, 0)]


Done = tuple[tuple[float, ...], float]
"""Seconds of each operation, and from the first to the last."""

Run = Callable[[range], Done]
"""Does the operations of these numbers."""


def in_turns(
    rounds: int, each: int, ours: Run, bare: Run, cpu: Callable[[], float] = time.process_time
) -> tuple[Round, ...]:
    """Measure ours and the bare work in turns, with numbers from 0 on over all rounds.

    ``cpu`` tells the seconds of processor time so far of whoever does our work. The two take
    turns because the machine is rarely as fast a minute later.
    """
    found = []
    for number in range(rounds):
        part = range(number * each, (number + 1) * each)
        cpu_before = cpu()
        seconds, lasted = ours(part)
        spent = cpu() - cpu_before
        found.append(Round(seconds, lasted, bare(part)[1], spent))
    return tuple(found)


def one_by_one(action: Callable[[int], object]) -> Run:
    """Does one operation after the other."""

    def run(part: range) -> Done:
        seconds = tuple(timed(action, number) for number in part)
        return seconds, sum(seconds)

    return run


def timed(action: Callable[[int], object], number: int) -> float:
    """Seconds that one operation took."""
    begun = time.perf_counter()
    action(number)
    return time.perf_counter() - begun
