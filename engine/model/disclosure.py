"""What of a table of counts may be told to everybody: no group under five can be found out.

Hiding the small numbers alone is not enough: what is left of a total tells a number that is hidden
alone, and two that are hidden may still be told by their sum. So more is hidden until, for whoever
knows all that is published and that every hidden number is at least one, each hidden number may
still be five or more.

A table with its totals is a flow: from the grand total to the rows, through the cells to the
columns, and back. What is published stands still; what is hidden can move, down to one. How far a
hidden number can grow is the greatest flow back around it (exact: every bound is a whole number).
"""

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

SMALLEST = 5
"""Groups of fewer are not told."""

Place = tuple[str, str]
"""The row and the column of a number; TOTAL in place of one is a sum over it."""

TOTAL = ""
_TOP, _BOTTOM = ("top", ""), ("bottom", "")
_Node = tuple[str, str]

_OF_A_TOTAL = 1_000
_OF_ALL = 1_000_000
"""A total is hidden only where no cells will do; the grand total last of all."""


@dataclass(frozen=True)
class Table:
    """Counts by row and column; rows and columns must not be called TOTAL."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: Mapping[Place, int]

    def with_totals(self) -> dict[Place, int]:
        """Every number of the table: cells, sums of rows and columns, and the sum of all."""
        found = {
            (row, column): self.counts.get((row, column), 0)
            for row in self.rows
            for column in self.columns
        }
        found.update(
            {(row, TOTAL): sum(found[row, one] for one in self.columns) for row in self.rows}
        )
        found.update(
            {(TOTAL, one): sum(found[row, one] for row in self.rows) for one in self.columns}
        )
        found[TOTAL, TOTAL] = sum(found[row, TOTAL] for row in self.rows)
        return found


def published(table: Table) -> dict[Place, int | None]:
    """Every number of the table, None for those that must not be told; 0 is nobody's number."""
    numbers = table.with_totals()
    flow = _Flow(numbers, {place for place, n in numbers.items() if 0 < n < SMALLEST})
    while (exposed := flow.exposed()) is not None:
        flow.hide_around(exposed)
    return {place: None if place in flow.hidden else n for place, n in numbers.items()}


def part_of(part: int, whole: int) -> int | None:
    """A part of a published number, None where it or what is left of it is a small group."""
    rest = whole - part
    small = 0 < part < SMALLEST or 0 < rest < SMALLEST
    return None if small else part


def _ends(place: Place) -> tuple[_Node, _Node]:
    """From where to where a number flows."""
    row, column = place
    if row == TOTAL and column == TOTAL:
        return _BOTTOM, _TOP
    if column == TOTAL:
        return _TOP, ("row", row)
    if row == TOTAL:
        return ("column", column), _BOTTOM
    return ("row", row), ("column", column)


@dataclass
class _Flow:
    """The numbers, and which of them are hidden so far."""

    numbers: Mapping[Place, int]
    hidden: set[Place]
    _safe: set[Place] = field(default_factory=set)

    def exposed(self) -> Place | None:
        """A hidden number that is known to be under five, or known exactly."""
        for place in sorted(self.hidden - self._safe):
            if self._can_grow_by(place) < self._must_grow_by(place):
                return place
            self._safe.add(place)  # hiding more only lets it grow further
        return None

    def hide_around(self, place: Place) -> None:
        """Hide what lets it grow further, as little as will do; all where nothing will."""
        for found in self._cheapest_way(place) or [one for one, n in self.numbers.items() if n]:
            self.hidden.add(found)

    def _must_grow_by(self, place: Place) -> int:
        return max(1, SMALLEST - self.numbers[place])

    def _can_grow_by(self, place: Place) -> int:
        """The greatest flow from where it ends back to where it begins, as far as is needed."""
        needed = self._must_grow_by(place)
        moved: dict[Place, int] = {}
        for grown in range(needed):
            way = self._way_back(place, moved)
            if way is None:
                return grown
            for step, by in way:
                moved[step] = moved.get(step, 0) + by
        return needed

    def _way_back(self, place: Place, moved: Mapping[Place, int]) -> list[tuple[Place, int]] | None:
        """One more unit around a hidden number, through hidden ones alone."""
        begin, end = _ends(place)[1], _ends(place)[0]
        ways: dict[_Node, list[tuple[_Node, Place, int]]] = {}
        for one in self.hidden - {place}:
            a, b = _ends(one)
            ways.setdefault(a, []).append((b, one, 1))
            if self.numbers[one] + moved.get(one, 0) > 1:
                ways.setdefault(b, []).append((a, one, -1))
        came: dict[_Node, tuple[_Node, Place, int] | None] = {begin: None}
        waiting = [begin]
        while waiting and end not in came:
            node = waiting.pop(0)
            for other, one, by in ways.get(node, ()):
                if other not in came:
                    came[other] = (node, one, by)
                    waiting.append(other)
        return None if end not in came else list(_walked(came, end))

    def _cheapest_way(self, place: Place) -> list[Place]:
        """What to hide so that there is a way back that was not there before; none, no way."""
        begin, end = _ends(place)[1], _ends(place)[0]
        ways: dict[_Node, list[tuple[_Node, Place, int]]] = {}
        for one, number in self.numbers.items():
            if not number or one == place:
                continue  # that nobody is there is told: it cannot move
            cost = 0 if one in self.hidden else _cost(one, number)
            a, b = _ends(one)
            ways.setdefault(a, []).append((b, one, cost))
            if number > self._must_grow_by(place):
                ways.setdefault(b, []).append((a, one, cost))
        best: dict[_Node, int] = {begin: 0}
        came: dict[_Node, tuple[_Node, Place, int] | None] = {begin: None}
        waiting: list[tuple[int, _Node]] = [(0, begin)]
        while waiting:
            cost, node = heapq.heappop(waiting)
            if cost > best[node]:
                continue
            for other, one, more in ways.get(node, ()):
                if cost + more < best.get(other, cost + more + 1):
                    best[other] = cost + more
                    came[other] = (node, one, more)
                    heapq.heappush(waiting, (cost + more, other))
        if end not in came:
            return []
        return [one for one, _cost_of_it in _walked(came, end) if one not in self.hidden]


def _cost(place: Place, number: int) -> int:
    row, column = place
    if row == TOTAL and column == TOTAL:
        return _OF_ALL
    return number + (_OF_A_TOTAL if TOTAL in place else 0)


def _walked(
    came: Mapping[_Node, tuple[_Node, Place, int] | None], end: _Node
) -> Iterable[tuple[Place, int]]:
    node = end
    while (step := came[node]) is not None:
        node, place, by = step
        yield place, by
