"""Who else a union has, and what it works with, beside the small federation of the journeys."""

import datetime as dt
from collections.abc import Iterable, Mapping

from engine import SYSTEM
from engine.definitions.folder import read_folder
from engine.model.organisations import Person as Employee
from engine.store import directory
from engine.store.database import Tx
from engine.store.settings import Parameter
from tests.journeys.conftest import HASHED, ROOT, Site
from webapp.standard.parameters import beginning_values
from webapp.standard.roles import ROLES

SINCE = dt.date(2020, 1, 1)
SET_BEFORE = {"notice days", "township review", "dibao standard"}


def staffed(
    site: Site, staff: Mapping[str, tuple[str, str]], processes: Iterable[str], **values: object
) -> Site:
    """With these people (name: role, unit), processes and, with underscores, parameters."""
    known = site.engine.ask(directory.roles)
    people = [
        (Employee(f"p-{name}", name, f"模拟{name}", place), HASHED)
        for name, (_, place) in staff.items()
    ]

    def hire(tx: Tx) -> None:
        directory.add_roles(tx, [role for role in ROLES if role.code not in known])
        directory.add_people(tx, people, dt.datetime(2020, 1, 1, tzinfo=dt.UTC).isoformat())
        grants = [(f"p-{name}", role, place) for name, (role, place) in staff.items()]
        directory.add_grants(tx, grants, SINCE)

    site.engine.execute(hire)
    named = {name.replace("_", " "): value for name, value in values.items()}
    site.engine.settings.add_parameters(
        SYSTEM,
        [
            Parameter(name, None, SINCE, value)
            for name, value in {**beginning_values(), **named}.items()
            if name not in SET_BEFORE
        ],
    )
    files = [
        one
        for key in processes
        for one in read_folder(ROOT / "processes", ROOT / "forms", key).files
    ]
    site.engine.definitions.deploy(SYSTEM, files)
    return site
