"""最小岗位方案 of a unit, on its own page."""

from dataclasses import dataclass
from datetime import date

from engine import Engine
from engine.model.organisations import Organisation
from webapp.directory.designations import state_of
from webapp.directory.pages import role_name
from webapp.shared.words import day


@dataclass(frozen=True)
class ProfileRow:
    """A profile with its paper; ``state`` is now, future or past."""

    id: int
    document: str
    reason: str
    since: str
    until: str
    set_by: str
    state: str


def profile_rows(engine: Engine, unit_id: str, today: date) -> tuple[ProfileRow, ...]:
    """The profiles a unit has, will have and had, the newest first."""
    found = engine.directory.profiles(unit_id)
    people = {one.id: one.name for one in engine.directory.people()} if found else {}
    return tuple(
        ProfileRow(
            one.id,
            one.document,
            one.reason,
            day(one.valid_from),
            "" if one.valid_to is None else day(one.valid_to),
            people.get(one.set_by, ""),
            state_of(one.valid_from, one.valid_to, today),
        )
        for one in found
    )


def roles_not_held(engine: Engine, unit: Organisation) -> tuple[str, ...]:
    """Roles that steps ask for at its level, that nobody holds there and no paper gives away.

    Where a profile holds they do not climb: they wait for a written designation.
    """
    held = {g.role for g in engine.directory.grants() if g.organisation_id == unit.id}
    today = engine.environment.today()
    given = {
        one.role
        for one in engine.directory.designations()
        if one.organisation_id == unit.id and state_of(one.valid_from, one.valid_to, today) == "now"
    }
    asked = engine.supervision.roles_asked_at(unit.level)
    roles = engine.directory.roles()
    return tuple(role_name(roles[code]) for code in asked if code not in held | given)
