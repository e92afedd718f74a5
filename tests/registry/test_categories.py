"""The categories of both rule sets: each household keeps the name and number of its own rules."""

from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

import registry
from engine import SYSTEM, Engine
from registry.finding import Search
from registry.national import head_entries
from tests.support.register import on_file

SETS = {
    "dibao": ("GB2016", "1", "低保户"),
    "marginal": ("GB2016", "2", "低保边缘户"),
    "accident": ("GB2016", "3", "意外致困户"),
    "deep": ("GB2021", "11", "深度困难职工"),
    "relative": ("GB2021", "12", "相对困难职工"),
    "accident_worker": ("GB2021", "13", "意外致困职工"),
}
NUMBERS = (
    "350602199001019907",
    "350628199007049932",
    "350624199211059964",
    "35062519990315992X",
    "350681199007049942",
    "350604199007049958",
)


@pytest.fixture
def register(engine: Engine) -> registry.Registry:
    return registry.Registry(engine)


def _filed(engine: Engine, place: int, category: str, rule_set: str) -> str:
    head = {"name": f"第{place}模拟", "id_number": NUMBERS[place], "mobile": f"1540000000{place}"}
    proposal = {"category": category, "rule_set": rule_set, "household_size": 1}
    return on_file(engine, head, members=[], category=category, proposal=proposal)


def _shown(register: registry.Registry) -> dict[str, str]:
    page = register.lists.page(SYSTEM, Search())
    return {line.file_no: line.category for line in page.lines}


def _facets(register: registry.Registry) -> dict[str, int]:
    page = register.lists.page(SYSTEM, Search())
    return {one.words: one.count for one in page.facets["category"]}


def test_both_sets_are_counted_named_numbered_and_exported_apart(
    engine: Engine, register: registry.Registry
) -> None:
    names = {}
    for place, (category, (rule_set, _number, name)) in enumerate(SETS.items()):
        names[_filed(engine, place, category, rule_set)] = name
    assert _shown(register) == names
    assert _facets(register) == dict.fromkeys(names.values(), 1)
    chosen = register.lists.page(SYSTEM, Search(chosen={"category": "accident_worker"}))
    assert [line.category for line in chosen.lines] == ["意外致困职工"]
    for category, (rule_set, number, name) in SETS.items():
        said = {"category": category, "proposal": {"rule_set": rule_set}}
        entry = next(e for e in head_entries(said) if e.key == "category")
        assert (entry.value, entry.code) == (name, number)
    city = engine.directory.actor_named("city")
    sheet = load_workbook(BytesIO(register.exports.masked(city, Search(), "", "").content)).active
    assert sheet is not None
    cells = {str(cell) for row in sheet.iter_rows(values_only=True) for cell in row}
    assert set(names.values()) <= cells


def test_files_of_the_first_releases_get_the_name_of_their_rules_at_the_next_start(
    engine: Engine, register: registry.Registry
) -> None:
    old = _filed(engine, 0, "accident", "GB2021")
    kept = _filed(engine, 1, "accident", "GB2016")
    with engine.database.unit_of_work() as work:  # as the first releases left them
        work.tx.execute(text("UPDATE household SET category = 'accident'"))
        work.tx.execute(text("UPDATE household_index SET edition = 1"))
        work.commit()
    assert _facets(register) == {"意外致困户": 2}
    assert register.index_files() == 2
    assert _shown(register) == {old: "意外致困职工", kept: "意外致困户"}
    assert _facets(register) == {"意外致困户": 1, "意外致困职工": 1}
    assert not [one for one in registry.invariants(engine) if not one.ok]
    assert register.index_files() == 0
    file = str(register.household(SYSTEM, old))
    assert "意外致困职工" in file
    assert "意外致困户" not in file
