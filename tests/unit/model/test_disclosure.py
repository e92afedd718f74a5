"""Nobody who adds and subtracts what is published finds a group under five.

The attacker here tries every table there could be: she knows all that is published, that a hidden
number is at least one, and nothing of how it was chosen what is hidden.
"""

import itertools
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.model.disclosure import SMALLEST, TOTAL, Place, Table, part_of, published

MOST_TRIED = 4_000
FURTHEST = 12
"""Where even the total of a row is hidden: how large its numbers are tried."""


def table(*rows: tuple[int, ...]) -> Table:
    names = tuple(f"r{n}" for n in range(len(rows)))
    columns = tuple(f"c{n}" for n in range(len(rows[0])))
    counts = {
        (name, column): number
        for name, row in zip(names, rows, strict=True)
        for column, number in zip(columns, row, strict=True)
    }
    return Table(names, columns, counts)


def summing_to(rest: int, parts: int) -> Iterator[tuple[int, ...]]:
    """Every way to make a sum of so many numbers from one on."""
    if parts == 0:
        if rest == 0:
            yield ()
        return
    for first in range(1, rest - parts + 2):
        for others in summing_to(rest - first, parts - 1):
            yield (first, *others)


def could_be(told: Mapping[Place, int | None], of: Table) -> list[dict[Place, int]] | None:
    """Every table that says what is published; None where they are too many to try."""
    ways = []
    for row in of.rows:
        hidden = [(row, column) for column in of.columns if told[row, column] is None]
        total = told[row, TOTAL]
        known = sum(told[row, column] or 0 for column in of.columns)
        if total is None:
            tried = list(itertools.product(range(1, FURTHEST + 1), repeat=len(hidden)))
        else:
            tried = list(summing_to(total - known, len(hidden)))
        ways.append([dict(zip(hidden, one, strict=True)) for one in tried])
    size = 1
    for one in ways:
        size *= len(one)
    if size > MOST_TRIED:
        return None
    found = []
    for chosen in itertools.product(*ways):
        counts = {place: n for place, n in told.items() if n is not None and TOTAL not in place}
        for one in chosen:
            counts.update(one)
        numbers = Table(of.rows, of.columns, counts).with_totals()
        if all(n is None or n == numbers[place] for place, n in told.items()):
            found.append(numbers)
    return found


def found_out(of: Table) -> dict[Place, tuple[int, int]]:
    """The hidden numbers that the attacker knows to be small, or exactly."""
    told = published(of)
    tables = could_be(told, of)
    assume(tables is not None)
    assert tables
    exposed = {}
    for place, number in told.items():
        if number is None:
            values = {one[place] for one in tables if one[place]}
            if max(values) < SMALLEST or len(values) == 1:
                exposed[place] = (min(values), max(values))
    return exposed


small = st.sampled_from([0, 0, 1, 2, 3, 4, 5, 6, 7, 9])


@given(
    st.integers(2, 3).flatmap(lambda n: st.lists(st.tuples(*[small] * n), min_size=2, max_size=3))
)
@settings(max_examples=150, deadline=None)
def test_no_sum_and_no_difference_tells_a_small_group(rows: list[tuple[int, ...]]) -> None:
    assert found_out(table(*rows)) == {}


@given(st.lists(st.tuples(small, small, small, small), min_size=2, max_size=5))
@settings(max_examples=150, deadline=None)
def test_small_groups_are_hidden_and_what_is_told_is_true(rows: list[tuple[int, ...]]) -> None:
    of = table(*rows)
    numbers = of.with_totals()
    for place, told in published(of).items():
        assert told in (None, numbers[place])
        if 0 < numbers[place] < SMALLEST:
            assert told is None
        if numbers[place] == 0:
            assert told == 0


def hidden(of: Table) -> set[Place]:
    return {place for place, number in published(of).items() if number is None}


def test_a_small_group_alone_takes_others_with_it() -> None:
    of = table((20, 3, 30), (40, 50, 60), (70, 80, 90))
    (alone,) = (place for place, n in of.counts.items() if n == 3)
    told = hidden(of)
    assert alone in told
    assert len(told) >= 4, "its row and its column, and what closes the ring"
    assert not {place for place in told if TOTAL in place}, "cells, no totals"


def test_two_that_are_hidden_are_not_told_by_their_sum() -> None:
    told = hidden(table((1, 1, 40), (30, 50, 60), (70, 20, 90)))
    assert len({place for place in told if place[0] == "r0"}) > 2


def test_nothing_is_hidden_where_nothing_is_small() -> None:
    assert hidden(table((20, 7, 0), (40, 50, 0))) == set()


def test_where_only_a_few_are_all_there_is_nothing_is_told() -> None:
    assert published(table((1, 0), (0, 2)))[TOTAL, TOTAL] is None


@pytest.mark.parametrize(
    ("part", "whole", "told"), [(0, 9, 0), (9, 9, 9), (3, 9, None), (6, 9, None), (12, 20, 12)]
)
def test_a_part_tells_what_is_left_of_it(part: int, whole: int, told: int | None) -> None:
    assert part_of(part, whole) == told
