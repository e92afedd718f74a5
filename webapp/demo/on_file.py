"""What happens in the demonstration to households on file: reports taken, errors put right."""

from collections.abc import Mapping, Sequence

import registry
from engine import Actor, Engine
from registry.objection_desk import Said
from webapp.demo.households import DemoHousehold


def takers_of_reports(engine: Engine, home: str, roles: Sequence[str]) -> Sequence[str]:
    """Who writes down a report on a file that this union built, by id: the nearest above it."""
    for above in engine.directory.line_upwards(home)[1:]:
        found = [
            holder.person_id
            for role in roles
            for holder in engine.directory.holders(role, above.id)
        ]
        if found:
            return found
    return []


def take_report(
    engine: Engine,
    taker: Actor,
    household: DemoHousehold,
    told: Mapping[str, object],
    business_key: str,
) -> None:
    """Write a report on the household down: ``text``, ``way`` and, where somebody said, ``by``."""
    reports = registry.Registry(engine).reports
    said = Said(str(told["text"]), str(told.get("by", "")), str(told["way"]))
    reports.take(taker, reports.file_of_head(household.head.id_number), said, business_key)


def put_right(
    engine: Engine, person: Actor, household: DemoHousehold, wrong: Mapping[str, str]
) -> None:
    """Put right what is wrong in the household's file: ``reason``, and values by their paths."""
    register = registry.Registry(engine)
    file_no = register.reports.file_of_head(household.head.id_number)
    seen = register.upkeep.correctable(person, file_no).version
    typed = {path: value for path, value in wrong.items() if path != "reason"}
    register.upkeep.correct(person, file_no, seen, typed, wrong["reason"])
