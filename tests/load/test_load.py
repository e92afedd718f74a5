"""The mix of a working day is held: nothing goes wrong, every kind is served. No time is asserted.

The long form is ``make load`` (docs/performance.md).
"""

from collections import Counter
from pathlib import Path

import registry
from engine import Options, open_engine
from tests.crash.installation import A_DAY_A_SECOND, KEY, PROCESS, Installation, prepare
from tests.load.arriving import Sent
from tests.load.holding import Wanted, furnish, hold, judge
from tests.load.mix import SHARES, Kind
from tests.load.report import course, told
from tests.load.run import reached

A_LITTLE = Wanted(rate=8, seconds=12.5, at_most=4)


def test_the_mix_of_a_working_day_is_held(database_url: str, tmp_path: Path) -> None:
    prepare(database_url, tmp_path, PROCESS)
    options = Options(
        data_dir=tmp_path, branches=(registry.BRANCH,), operations=registry.OPERATIONS
    )
    engine = open_engine(database_url, key=KEY, options=options)
    installation = Installation(database_url, tmp_path, A_DAY_A_SECOND)
    try:
        outcome, mix = hold(installation, furnish(engine), A_LITTLE)
        judge(installation, engine, mix)
    finally:
        installation.stop()
        engine.close()
    # Who waits ten seconds for a busy machine's database is told so, in words: that is right.
    assert [one for one in outcome.errors if one.status != 503] == []
    asked = Counter(one.kind for one in outcome.sent)
    assert asked == SHARES
    granted = {one.kind for one in outcome.sent if one.status < 400}
    assert granted == set(Kind)
    assert outcome.half_open == 100
    assert set(outcome.memory) == {"web0", "worker0"}
    assert set(told(outcome)["kinds"]) == {kind.value for kind in Kind}


def test_what_waited_is_counted_from_when_it_was_due() -> None:
    assert Sent(Kind.LIST, due=2.0, ended=2.5, status=200).took == 0.5


def test_the_course_of_a_load_is_told_by_minute_of_when_requests_were_due() -> None:
    sent = [
        Sent(Kind.LIST, due=1.0, ended=1.25, status=200),
        Sent(Kind.OPEN, due=59.9, ended=61.4, status=200),
        Sent(Kind.LIST, due=125.0, ended=125.5, status=200),
    ]
    first, third = course(sent)
    assert (first["minute"], first["requests"], first["p95_ms"]) == (1, 2, 1500.0)
    assert (third["minute"], third["requests"], third["p50_ms"]) == (3, 1, 500.0)


def test_what_a_load_is_half_of_is_reached_by_as_many_servers() -> None:
    assert reached("sqlite", rounds=1, each=4) > 0
