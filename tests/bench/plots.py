"""Draw how the figures grow: with a case's age, with all that waits, with processes.

``python -m tests.bench.plots [--db sqlite,postgres] [--million]`` measures, keeps the points in
``docs/images/growth.json`` and draws ``docs/images/growth-*.svg`` from them; ``--again`` only draws.
``make plots`` does so with what it needs installed. Some twelve minutes, with ``--million`` more.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from tests.bench.ageing import complete_aged
from tests.bench.ground import Ground, ground
from tests.bench.http import inbox_http
from tests.bench.rows import Measured, Row
from tests.bench.scattered import PEOPLE, fill_scattered
from tests.bench.workers import complete_by
from tests.bench.works import DATABASES, USUAL

IMAGES = Path(__file__).parents[2] / "docs" / "images"
AGES = (10, 100, 1_000, 5_000)
WAITING = (5_000, 50_000)
MILLION = 1_000_000
PROCESSES = (1, 2, 4)
READERS = {
    "officer": "officer of a union",
    "reviewer": "county reviewer",
    "city": "city supervisor",
}
COLOURS = {"sqlite": "#2f6f4f", "postgres": "#2c5a94"}
NAMES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
LINES = {"officer": ":", "reviewer": "--", "city": "-"}

Point = Row
"""A measured row and ``x``, how much there was."""


def measured(db: str, *, million: bool) -> Iterator[tuple[str, Point]]:
    """Points of the three plots on one kind of database, each with the plot's name."""
    rounds, each = USUAL.rounds, USUAL.completions
    with ground(db) as on:
        for processes in PROCESSES:
            found = complete_by(on, "complete", rounds, each, processes=processes)
            yield "workers", {"x": processes, **found.row()}
        for age in AGES:
            found = complete_aged(on, "complete_aged", rounds, each, age)
            yield "age", {"x": age, **found.row()}
    sizes = (*WAITING, MILLION) if million and db == "postgres" else WAITING
    with ground(db) as on:
        for waiting in sizes:
            fill_scattered(on, waiting)
            for who in READERS:
                yield "inbox", {"x": waiting, "who": who, **_inbox(on, who).row()}


def _inbox(on: Ground, who: str) -> Measured:
    return inbox_http(on, "inbox", USUAL.rounds, USUAL.pages, PEOPLE[who])


def draw(points: dict[str, list[Point]], folder: Path) -> None:
    """Write the three pictures. Needs matplotlib, which ``make plots`` installs."""
    from matplotlib import pyplot as plt

    plt.rcParams.update({"svg.hashsalt": "bangfu", "font.size": 9, "axes.grid": True})
    plt.rcParams["grid.color"] = "#dddddd"
    for name, picture in PICTURES.items():
        if not points[name]:
            continue
        figure, axes = plt.subplots(figsize=(6.2, 3.2), layout="constrained")
        picture(axes, points[name])
        axes.set_ylim(bottom=0)
        axes.legend(frameon=False, fontsize=8)
        axes.spines[["top", "right"]].set_visible(False)
        # Without the day of drawing, drawing again changes nothing.
        figure.savefig(folder / f"growth-{name}.svg", metadata={"Date": None})
        plt.close(figure)


def _age(axes: object, points: list[Point]) -> None:
    for db, of_db in _by(points, "db"):
        for column, style in (("p50_ms", "-"), ("p95_ms", "--")):
            _line(axes, of_db, column, f"{NAMES[db]} {column[:3]}", COLOURS[db], style)
    _name(axes, "steps the case has behind it", "ms a completion", log=True)


def _inbox_size(axes: object, points: list[Point]) -> None:
    for db, of_db in _by(points, "db"):
        for who, of_reader in _by(of_db, "who"):
            _line(
                axes, of_reader, "p50_ms", f"{READERS[who]}, {NAMES[db]}", COLOURS[db], LINES[who]
            )
    _name(axes, "open steps in the federation", "ms an inbox page over HTTP, p50", log=True)


def _workers(axes: object, points: list[Point]) -> None:
    for db, of_db in _by(points, "db"):
        _line(axes, of_db, "per_second", NAMES[db], COLOURS[db], "-")
        _line(axes, of_db, "limit_per_second", f"{NAMES[db]}, limit", COLOURS[db], ":")
    _name(axes, "processes, on two cores", "completions a second", log=False)


PICTURES: dict[str, Callable[[object, list[Point]], None]] = {
    "age": _age,
    "inbox": _inbox_size,
    "workers": _workers,
}


def _by(points: Iterable[Point], column: str) -> Iterator[tuple[str, list[Point]]]:
    groups: dict[str, list[Point]] = {}
    for point in points:
        groups.setdefault(str(point[column]), []).append(point)
    yield from groups.items()


def _line(
    axes: object, points: list[Point], column: str, label: str, colour: str, style: str
) -> None:
    axes.plot(  # type: ignore[attr-defined]
        [point["x"] for point in points],
        [point[column] for point in points],
        style,
        color=colour,
        label=label,
        marker="o",
        markersize=3,
    )


def _name(axes: object, x: str, y: str, *, log: bool) -> None:
    axes.set(xlabel=x, ylabel=y)  # type: ignore[attr-defined]
    if log:
        axes.set_xscale("log")  # type: ignore[attr-defined]


def main(words: list[str]) -> None:
    """Measure unless told not to, and draw."""
    asked = argparse.ArgumentParser(prog="python -m tests.bench.plots", description=__doc__)
    asked.add_argument("--db", default=",".join(DATABASES))
    asked.add_argument("--million", action="store_true")
    asked.add_argument("--again", action="store_true")
    asked.add_argument("--out", type=Path, default=IMAGES)
    given = asked.parse_args(words)
    kept = given.out / "growth.json"
    if not given.again:
        points: dict[str, list[Point]] = {name: [] for name in PICTURES}
        for db in given.db.split(","):
            for name, point in measured(db, million=given.million):
                points[name].append(point)
                kept.write_text(json.dumps(points, indent=1) + "\n", encoding="utf-8")
                print(f"{db} {name} {point['x']}", file=sys.stderr, flush=True)
    draw(json.loads(kept.read_text(encoding="utf-8")), given.out)


if __name__ == "__main__":
    main(sys.argv[1:])
