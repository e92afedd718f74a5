"""A year's figures are published once, when it is over, by who may, without what must not be told."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from engine import SYSTEM, Engine, Options, Request, open_engine
from engine.errors import Conflict, Invalid, NotFound, NotPermitted
from engine.model.clock import FixedClock
from engine.work.publishing import FiguresTable, Subject
from tests.engine.conftest import KEY, MONDAY_MORNING
from tests.engine.moving.conftest import form
from tests.support.federation import staffed
from tests.support.grievances import grievance
from tests.support.templates import Templates

NEXT_YEAR = datetime(2027, 2, 1, 1, 0, tzinfo=UTC)
SUBJECTS = (Subject("grievance", "matter"), Subject("nowhere", "matter"))
MAY = frozenset({"city_protection"})


def set_up(url: str, folder: Path) -> None:
    options = Options(clock=FixedClock(MONDAY_MORNING), data_dir=folder)
    engine = staffed(open_engine(url, key=KEY, options=options))
    told = form("told", "matter", "accused", "unit", "about")
    counted = told.content.replace(
        b'"label": "matter"', b'"label": "matter", "properties": {"attribute": "report"}'
    )
    files = [*grievance()]
    files = [one for one in files if one.name != "told.form"]
    engine.definitions.deploy(
        SYSTEM, [*files, type(told)("told.form", counted), form("blank", "note")]
    )
    engine.close()


@pytest.fixture
def engine(
    templates: Templates, database_kind: str, tmp_path: Path, clock: FixedClock
) -> Iterator[Engine]:
    with templates.copy(database_kind, set_up, tmp_path) as url:
        running = open_engine(url, key=KEY, options=Options(clock=clock, data_dir=tmp_path / "d"))
        yield running
        running.close()


def told(engine: Engine, by: str, unit: str, count: int, **said: object) -> None:
    teller = engine.directory.actor_named(by)
    for _n in range(count):
        case_id = engine.cases.start(teller, Request("grievance", unit, {})).case_id
        (record,) = engine.cases.view(SYSTEM, case_id).open_tasks
        engine.tasks.complete(teller, record.id, {"about": "一事", **said})


def year(engine: Engine) -> FiguresTable:
    (table,) = engine.figures.to_look_after(SUBJECTS, 2026).tables
    return table


def test_only_who_may_and_only_a_year_that_is_over(engine: Engine, clock: FixedClock) -> None:
    told(engine, "officer", "u1", 6, matter="pay")
    leader, other = (engine.directory.actor_named(n) for n in ("protection", "supervisor"))
    with pytest.raises(Invalid, match="还没有结束"):
        engine.figures.publish(leader, MAY, SUBJECTS, 2026)
    clock.advance(NEXT_YEAR - clock.now())
    with pytest.raises(NotPermitted):
        engine.figures.publish(other, MAY, SUBJECTS, 2026)
    with pytest.raises(NotFound):
        engine.figures.to_read(2026)
    assert engine.figures.years() == []
    with pytest.raises(Invalid, match="没有可以公开的办件"):
        engine.figures.publish(leader, MAY, SUBJECTS, 2025)
    engine.figures.publish(leader, MAY, SUBJECTS, 2026)
    assert list(engine.figures.years()) == [2026]
    assert engine.figures.to_read(2026).tables[0].total == (6, 6)


def test_what_was_published_stays_as_it_was(engine: Engine, clock: FixedClock) -> None:
    told(engine, "officer", "u1", 6, matter="pay")
    clock.advance(NEXT_YEAR - clock.now())
    leader = engine.directory.actor_named("protection")
    engine.figures.publish(leader, MAY, SUBJECTS, 2026)
    was = engine.figures.to_read(2026).tables
    with engine.database.unit_of_work() as work:
        work.tx.execute(text("UPDATE cases SET status = 'cancelled'"))
        work.commit()
    assert engine.figures.to_read(2026).tables == was
    with pytest.raises(Conflict, match="已经公开过"):
        engine.figures.publish(leader, MAY, SUBJECTS, 2026)
    with pytest.raises(Invalid, match="原因"):
        engine.figures.withdraw(leader, MAY, 2026, " ")
    engine.figures.withdraw(leader, MAY, 2026, "县名写错")
    with pytest.raises(NotFound):
        engine.figures.to_read(2026)
    with pytest.raises(Conflict):
        engine.figures.withdraw(leader, MAY, 2026, "再撤一次")
    with pytest.raises(Conflict, match="已经公开过"):
        engine.figures.publish(leader, MAY, SUBJECTS, 2026)
    engine.figures.show_again(leader, MAY, 2026)
    assert engine.figures.to_read(2026).tables == was
    with engine.database.unit_of_work() as work:
        work.tx.execute(text("UPDATE published_figures SET content = '[]'"))
        work.commit()
    assert not engine.figures.to_read(2026).is_intact
    engine.audit.seal()
    noted = [one.action for one in engine.audit.entries(0, 1000)]
    assert sorted(one for one in noted if one.startswith("figures")) == [
        "figures-published",
        "figures-published",
        "figures-withdrawn",
    ]


def test_kinds_and_counties_with_what_is_small_hidden(engine: Engine, clock: FixedClock) -> None:
    told(engine, "officer", "u1", 9, matter="pay")
    told(engine, "officer", "u1", 8, matter="rest")
    told(engine, "far_officer", "lw-u", 7, matter="pay")
    told(engine, "far_officer", "lw-u", 2, matter="rest")
    clock.advance(NEXT_YEAR - clock.now())
    table = year(engine)
    assert table.columns == ("芗城模拟区总工会", "龙文模拟区总工会")
    assert table.total == (17, 9, 26)
    assert table.rows == (("pay", (None, None, 16)), ("rest", (None, None, 10)))
    assert table.resolved == 0


def test_a_sealed_complaint_changes_no_number(engine: Engine, clock: FixedClock) -> None:
    """Who may list all others cannot find it by taking them off."""
    told(engine, "other_officer", "u2", 9, matter="pay")
    told(engine, "other_officer", "u2", 5, matter="staff", accused=None)
    told(engine, "other_officer", "u2", 6, matter="pay", accused="officer")
    now = clock.now()
    clock.advance(NEXT_YEAR - now)
    table = year(engine)
    assert table.total == (9, 9)
    assert [label for label, _numbers in table.rows] == ["pay"]
