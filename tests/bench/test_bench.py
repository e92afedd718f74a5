"""The benchmark runs and has the published shape; no time is asserted."""

import json

import pytest

from tests.bench import expressions, soundness
from tests.bench.rows import COLUMNS, Measured, Round, percentile
from tests.bench.table import table
from tests.bench.works import Size, measure

TINY = Size(
    rounds=2,
    completions=2,
    pages=2,
    open_steps=60,
    many=90,
    most=120,
    lines=2,
    aged=20,
    finished=3,
    timers=6,
    within=2,
    versions=20,
)
NO_LIMIT = ("bytes_per_case", "timers_10k")
WRITING = ("complete", "complete_http")


# Each starts servers and fills tables of its own: between them the databases see every kind.
ON_SQLITE = [
    *("complete", "complete_http", "open_task", "bytes_per_case", "inbox_5k", "inbox_50k"),
    "first_page",
]
ON_POSTGRES = [
    *("complete", "complete_aged_10", "start_campaign", "inbox_http_5k", "inbox_1m"),
    "due_50k",
]


@pytest.mark.parametrize(
    ("db", "works"),
    [
        ("sqlite", [*ON_SQLITE, "timers_10k"]),
        pytest.param("postgres", [*ON_POSTGRES, "workers_4"], marks=pytest.mark.postgres),
    ],
    ids=["sqlite", "postgres"],
)
def test_each_work_is_measured_beside_its_limit(db: str, works: list[str]) -> None:
    measured = list(measure([db], works, TINY))
    rows = {one.work: one.row() for one in measured}
    assert list(rows) == works
    for work, row in rows.items():
        assert tuple(row) == COLUMNS
        assert row["db"] == db
        if work in NO_LIMIT:
            assert row["of_limit"] is None
            continue
        assert row["n"] == (2 if work == "first_page" else 4)
        assert row["of_limit"] == pytest.approx(
            row["per_second"] / row["limit_per_second"], rel=0.05
        )
    writing = [work for work in WRITING if work in works]
    assert {w: rows[w]["commits"] for w in writing} == dict.fromkeys(writing, 1)
    assert rows["complete"]["statements"] == 9
    if db == "sqlite":
        assert rows["inbox_50k"]["statements"] <= 10
        assert rows["complete_http"]["statements"] > 9  # who asks is read as well
        assert rows["inbox_5k"]["commits"] == 0
        assert 2_000 < rows["bytes_per_case"]["n"] < 200_000
    assert len(table(measured).splitlines()) == 1 + len(rows)


def test_a_row_holds_medians_over_the_rounds() -> None:
    rounds = (
        Round((0.1, 0.1), 0.2, 0.1, 0.02),
        Round((0.2, 0.2), 0.4, 0.1, 0.02),
        Round((0.1, 0.9), 1.0, 0.2, 0.02),
    )
    measured = Measured("complete", "sqlite", rounds, 7, 1)
    row = measured.row()
    assert json.loads(json.dumps(row)) == row
    assert (row["per_second"], row["limit_per_second"], row["of_limit"]) == (5.0, 20.0, 0.25)
    assert (row["p50_ms"], row["p95_ms"], row["cpu_ms"]) == (150.0, 900.0, 10.0)
    assert measured.spread() == ((2.0, 10.0), (10.0, 20.0))


def test_a_percentile_is_a_value_that_was_measured() -> None:
    assert percentile([3.0, 1.0, 2.0], 50) == 2.0
    assert percentile([float(n) for n in range(1, 21)], 95) == 19.0


def test_the_cost_of_looking_for_deadlocks_stands_beside_its_limit() -> None:
    one = soundness.cost("choices one after another", rounds=1)
    assert (one.nodes, one.decided) == (102, True)
    assert one.moves >= one.states - 1
    assert one.ratio > 0


def test_conditions_and_a_table_are_measured_beside_their_limits() -> None:
    """No time is asserted: a busy machine makes nobody's expression worse."""
    found = list(expressions.costs())
    assert [one.most for one in found] == [3, 3, 3, 60]
    assert all(one.each > one.bare > 0 for one in found)
