"""The measured rows for people: with the slowest and the fastest round."""

from collections.abc import Iterator, Sequence

from tests.bench.rows import Measured, Single

_HEAD = (
    "work",
    "db",
    "n",
    "per second",
    "p50 ms",
    "p95 ms",
    "limit per second",
    "of limit",
    "statements",
    "commits",
    "cpu ms",
)
_GAP = "  "


def table(measured: Sequence[Measured | Single]) -> str:
    """Lines of equal columns."""
    cells = [_HEAD, *(tuple(_cells(one)) for one in measured)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        _GAP.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    )


def _cells(one: Measured | Single) -> Iterator[str]:
    row, spread = one.row(), one.spread()
    spreads = {} if spread is None else {"per_second": spread[0], "limit_per_second": spread[1]}
    for name, value in row.items():
        if name in spreads:
            low, high = spreads[name]
            yield f"{value} ({low:.0f}-{high:.0f})"
        else:
            yield "" if value is None else str(value)
