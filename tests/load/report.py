"""What came of it, as JSON and as a table for people."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from tests.bench.rows import percentile
from tests.load.arriving import Sent
from tests.load.holding import Outcome
from tests.load.mix import Kind

MOST_GROWTH = 0.05
"""Of web and worker after they are warm."""

HELD_SHARE = 0.98
"""Of the rate that was asked for; below it the requests piled up."""

_MOST_TOLD = 20


def told(outcome: Outcome) -> dict[str, object]:
    """The whole report of one database."""
    wanted = outcome.wanted
    return {
        "rate_asked": round(wanted.rate, 1),
        "rate_held": round(outcome.rate, 1),
        "seconds": round(wanted.seconds),
        "webs": wanted.webs,
        "workers": wanted.workers,
        "requests": len(outcome.sent),
        "refused": _counted(one for one in outcome.sent if one.status >= 400),
        "errors": len(outcome.errors),
        "first_errors": [f"{e.kind} {e.status} {e.said}" for e in outcome.errors[:_MOST_TOLD]],
        "half_open": outcome.half_open,
        "half_open_begun_again": outcome.begun_again,
        "kinds": {kind.value: _of_kind(outcome.of(kind)) for kind in Kind if outcome.of(kind)},
        "course": course(outcome.sent),
        "memory": {
            name: {
                "warm_mb": held.warm,
                "end_mb": held.end,
                "growth": round(held.growth, 4),
                "cpu_seconds": held.cpu,
                "course_mb": held.course,
            }
            for name, held in outcome.memory.items()
        },
    }


def course(sent: Sequence[Sent]) -> list[Mapping[str, object]]:
    """Minute by minute, by when they were due: how many, and how long they took in milliseconds.

    Of half an hour the percentiles alone do not tell whether it was slow now and then or more and
    more.
    """
    minutes: dict[int, list[float]] = defaultdict(list)
    for one in sent:
        minutes[int(one.due // 60)].append(one.took * 1000)
    return [
        {"minute": minute + 1, "requests": len(took), **_percentiles(took, 50, 95)}
        for minute, took in sorted(minutes.items())
    ]


def faults(outcome: Outcome) -> list[str]:
    """Why the load was not held, in words; none when it was."""
    found = [f"{len(outcome.errors)} errors"] if outcome.errors else []
    found += [
        f"{name} grew from {held.warm} to {held.end} MB"
        for name, held in outcome.memory.items()
        if held.growth >= MOST_GROWTH
    ]
    if outcome.rate < HELD_SHARE * outcome.wanted.rate:
        found.append(f"{outcome.rate:.1f} answers a second instead of {outcome.wanted.rate:.1f}")
    return found


def _of_kind(sent: Sequence[Sent]) -> Mapping[str, object]:
    """How many of a kind, what became of them, how long they took from when they were due."""
    took = [one.took * 1000 for one in sent]
    return {
        "requests": len(sent),
        "status": _counted(sent),
        **_percentiles(took, 50, 95, 99),
        "longest_ms": round(max(took), 1),
    }


def _percentiles(took: Sequence[float], *percents: int) -> Mapping[str, float]:
    return {f"p{percent}_ms": round(percentile(took, percent), 1) for percent in percents}


def _counted(sent: Iterable[Sent]) -> Mapping[str, int]:
    counted = Counter(one.status for one in sent)
    return {str(status): number for status, number in sorted(counted.items())}


def table(outcome: Outcome) -> str:
    """The kinds of request, one a line, and the memory of the processes."""
    lines = [_LINE.format("kind", "requests", "p50 ms", "p95 ms", "p99 ms", "longest", "status")]
    for kind in (kind for kind in Kind if outcome.of(kind)):
        row = _of_kind(outcome.of(kind))
        times = [row[name] for name in ("p50_ms", "p95_ms", "p99_ms", "longest_ms")]
        lines.append(_LINE.format(kind.value, row["requests"], *times, str(row["status"])))
    lines += [
        f"{name}: {held.warm} MB warm, {held.end} MB at the end ({held.growth:+.1%}), "
        f"{held.cpu} s of processor"
        for name, held in outcome.memory.items()
    ]
    return "\n".join(lines)


_LINE = "{:<12} {:>8} {:>9} {:>9} {:>9} {:>9}  {}"
