"""How long tests of faults go on: minutes in the suite, as long as it takes in ``make torture``.

``make torture`` also writes down what was counted, one line of JSON for each test and database.
"""

import json
import os
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.conftest import DATABASES

SHARE = float(os.environ.get("BANGFU_TEST_TORTURE") or 0)
"""Of the full numbers: 1 is all of them, 0 the few of the suite."""

IS_TORTURE = SHARE > 0
LOG = Path(__file__).parents[2] / "build" / "torture.jsonl"


def times(in_the_suite: int, in_torture: int) -> int:
    """How often something is done."""
    return max(in_the_suite, round(in_torture * SHARE))


def spread(last: int, in_the_suite: int) -> Sequence[int]:
    """1 to ``last``: all of them, or so many in the suite, evenly; one is the middle one."""
    if IS_TORTURE or last <= in_the_suite:
        return range(1, last + 1)
    if in_the_suite == 1:
        return [(last + 1) // 2]
    step = (last - 1) / (in_the_suite - 1)
    return sorted({round(1 + step * n) for n in range(in_the_suite)})


def both_databases(in_the_suite: str) -> pytest.MarkDecorator:
    """The test runs on both in torture, on the one that is named in the suite."""
    marks = [pytest.mark.postgres] if in_the_suite == "postgres" else []
    one = [pytest.param(in_the_suite, marks=marks)]
    return pytest.mark.parametrize("database_kind", DATABASES if IS_TORTURE else one, indirect=True)


def kind_of(url: str) -> str:
    """The database's name in the log."""
    return "sqlite" if url.startswith("sqlite") else "postgresql"


def note(what: str, url: str, **counted: float | str) -> None:
    """Write down what was counted, where somebody wants to read it."""
    if not IS_TORTURE:
        return
    LOG.parent.mkdir(exist_ok=True)
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    line = {"at": at, "fault": what, "db": kind_of(url), **counted}
    with LOG.open("a", encoding="utf-8") as log:
        log.write(json.dumps(line, ensure_ascii=False) + "\n")
    print(json.dumps(line, ensure_ascii=False))
