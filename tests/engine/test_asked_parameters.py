"""Parameters are kept in memory, and every answer is as if each were asked of the tables."""

import random
from datetime import date, timedelta

import pytest
from sqlalchemy import event

from engine import Engine
from engine.store import settings
from engine.store.database import Tx
from engine.store.settings import Parameter
from tests.engine.conftest import Office

DAY = date(2026, 11, 9)
NAMES = ("review limit", "township review", "dibao standard")


def _rows(engine: Engine, chance: random.Random, how_many: int) -> list[Parameter]:
    places = [None, *sorted(engine.directory.organisations())]
    return [
        Parameter(
            chance.choice(NAMES),
            chance.choice(places),
            DAY + timedelta(chance.randint(-40, 10)),
            chance.randint(1, 999),
        )
        for _ in range(how_many)
    ]


def test_what_is_kept_says_what_the_tables_say(office: Office) -> None:
    chance = random.Random(7)
    engine = office.engine
    asked = engine.environment.asked
    for _ in range(5):
        new = _rows(engine, chance, 6)
        engine.execute(lambda tx, new=new: settings.add_parameters(tx, new))
        for place in (*engine.directory.organisations(), ""):
            for kind in ("approval", "area"):
                for name in (*NAMES, "nobody knows"):
                    where = (name, place, DAY, kind)
                    table = engine.ask(lambda tx, at=where: settings.parameter_value(tx, *at))
                    assert engine.ask(lambda tx, at=where: asked.value(tx, *at)) == table


def test_a_transaction_sees_what_it_writes_and_leaves_nothing_when_it_is_undone(
    office: Office,
) -> None:
    engine = office.engine
    asked = engine.environment.asked
    where = ("review limit", "u1", DAY, "approval")

    def write(tx: Tx, value: int) -> None:
        asked.value(tx, *where)
        settings.add_parameters(tx, [Parameter("review limit", None, DAY, value)])
        asked.forget(tx)
        seen = asked.value(tx, *where)
        assert seen is not None
        assert seen.value == value
        if value == 7:
            raise RuntimeError

    with pytest.raises(RuntimeError):
        engine.execute(lambda tx: write(tx, 7))
    # the next row has the number of the one that was undone (on SQLite)
    engine.execute(lambda tx: write(tx, 8))
    found = engine.ask(lambda tx: asked.value(tx, *where))
    assert found is not None
    assert found.value == 8


def test_a_request_that_writes_a_value_is_answered_with_it(office: Office) -> None:
    engine = office.engine
    asked = engine.environment.asked

    def now() -> object:
        found = engine.ask(lambda tx: asked.value(tx, "review limit", "u1", DAY, "approval"))
        return None if found is None else found.value

    with engine.one_view():
        before = now()
        row = Parameter("review limit", None, DAY, 77)
        engine.execute(lambda tx: settings.add_parameters(tx, [row]))
        assert before != now() == 77


def test_a_form_full_of_parameters_asks_once_a_transaction(office: Office) -> None:
    engine = office.engine
    engine.execute(lambda tx: settings.add_parameters(tx, _rows(engine, random.Random(1), 9)))
    said: list[str] = []

    def ask_all(tx: Tx) -> None:
        for name in NAMES:
            engine.environment.asked.value(tx, name, "u1", DAY, "approval")

    engine.ask(ask_all)  # the first one reads them all

    def note(*told: object) -> None:
        said.append(str(told[2]))

    event.listen(engine.database.engine, "before_cursor_execute", note)
    try:
        engine.ask(ask_all)
    finally:
        event.remove(engine.database.engine, "before_cursor_execute", note)
    assert len([text for text in said if "parameter" in text]) == 1
