"""The benchmark runs and has the published shape; no time is asserted."""

import pytest

from tests.bench import measure

COLUMNS = {
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
}


@pytest.mark.parametrize("db", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_the_benchmark_measures_a_completion_and_an_inbox(db: str) -> None:
    rows = [one.row() for one in measure([db], rounds=1, each=3, open_steps=4)]
    assert [set(row) for row in rows] == [COLUMNS, COLUMNS]
    assert rows[0]["work"] == "complete"
    assert rows[0]["commits"] == 1
