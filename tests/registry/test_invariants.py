"""What must hold of the register is found out when it does not."""

from collections.abc import Mapping

from sqlalchemy import Executable, delete, update

import registry
from registry.promises import check
from registry.store.tables import household, household_version, notice
from tests.registry.town import Town

BREAKS = {
    "a closed notice whose case still waits": (
        "I9",
        update(notice).values(status="closed", result="noObjection", closed_on="2026-11-09"),
    ),
    "a notice that is closed without a result": ("I9", update(notice).values(status="closed")),
    "a notice with a telephone of a person": (
        "R1",
        update(notice).values(places="电话 15400000002"),
    ),
    "a notice with the whole name": ("R1", update(notice).values(name="林模拟")),
    "a notice of no case": ("R4", update(notice).values(case_id="none")),
}
FILE_BREAKS = {
    "a version that is gone": ("R2", delete(household_version)),
    "a version that was skipped": ("R2", update(household_version).values(number=2)),
    "a list that says something else": ("R3", update(household).values(category="deep")),
    "a version under another number": ("R3", update(household).values(version=2)),
    "a file of no union": ("R4", update(household).values(organisation_id="none")),
}


def _broken(town: Town) -> set[str]:
    return {one.id for one in registry.invariants(town.engine) if not one.ok}


def test_a_damaged_notice_is_found(town: Town) -> None:
    town.on_notice()
    _each_is_found(town, BREAKS)


def test_a_notice_that_outlives_its_case_is_found(town: Town) -> None:
    town.approved()
    assert _broken(town) == set()
    case_id = town.engine.cases.search(town.actor("city"), "林模拟")[0].id
    town.do("entry", case_id, "national_entry", town.filled("entry", "national"))
    reopened = update(notice).values(status="open", result="", closed_on=None)
    town.engine.execute(lambda tx: tx.execute(reopened))
    assert _broken(town) == {"I9"}


def test_a_damaged_file_is_found(town: Town) -> None:
    town.approved()
    _each_is_found(town, FILE_BREAKS)


def _each_is_found(town: Town, breaks: Mapping[str, tuple[str, Executable]]) -> None:
    """Damage, look, and undo by leaving without a commit."""
    assert _broken(town) == set()
    for name, (number, damage) in breaks.items():
        with town.engine.database.unit_of_work() as work:
            work.tx.execute(damage)
            found = check(town.engine.environment, work.tx)
            assert number in {one.id for one in found if not one.ok}, name
    assert _broken(town) == set()
