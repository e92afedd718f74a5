"""A past year of grievances: copies of cases that are there, by every kind and in every county.

As many as a federation has, so that some numbers are told, some are too small, and some are kept
back because others could be worked out from them. What the figures count is there, in the rows
they are counted from; the copies have no steps and cannot be opened (:mod:`tests.bench.filling`).
"""

from collections.abc import Sequence

from sqlalchemy import select, update

from engine import SYSTEM, Engine
from engine.store import tables
from engine.store.cases import CaseQuestion
from engine.work.publishing import Subject
from tests.bench.filling import Home, copy_cases
from webapp.standard.statistics import SUBJECTS

YEAR = 2025
CASES = 150
"""Of each process."""

_COPIED = (tables.case, tables.case_attribute, tables.milestone)


def fill(engine: Engine) -> None:
    """Cases of each process that the year's figures tell of; each has one that can be copied."""
    units = [one for one in engine.directory.organisations().values() if one.level == "grassroots"]
    homes = [Home(one.id, 0, "") for one in sorted(units, key=lambda one: one.code)]
    for subject in SUBJECTS:
        samples = _answered(engine, subject)
        kinds = _kinds(engine, subject)
        made = copy_cases(engine, samples, CASES, homes, _COPIED)
        with engine.database.unit_of_work() as work:
            for number, case_id in enumerate(made):
                began = f"{YEAR}-{number % 12 + 1:02d}-15T02:00:00.000000Z"
                work.tx.execute(
                    update(tables.case).where(tables.case.c.id == case_id).values(created_at=began)
                )
                # Some kinds are common and some are rare.
                kind = kinds[int(len(kinds) * (number / CASES) ** 2)]
                said = tables.case_attribute.c
                work.tx.execute(
                    update(tables.case_attribute)
                    .where(said.case_id == case_id, said.name == subject.kind)
                    .values(text=kind)
                )
            work.commit()


def _answered(engine: Engine, subject: Subject) -> Sequence[str]:
    """Cases in which the kind is answered, and that may be counted in public."""
    found = engine.cases.list(SYSTEM, CaseQuestion(process_key=subject.process_key, limit=100))
    ids = [one.id for one in found]
    said = tables.case_attribute.c
    with engine.database.look() as tx:
        answered = tx.execute(
            select(said.case_id)
            .join(tables.case, tables.case.c.id == said.case_id)
            .where(said.case_id.in_(ids), said.name == subject.kind, said.text.is_not(None))
            .where(tables.case.c.confidentiality == 0, ~tables.case.c.excludes)
            .order_by(said.case_id)
        )
        return list(answered.scalars())


def _kinds(engine: Engine, subject: Subject) -> Sequence[str]:
    (row,) = (one for one in engine.definitions.latest() if one.key == subject.process_key)
    program = engine.definitions.get(row.id)[1]
    return list(
        dict.fromkeys(
            str(option.value)
            for form in program.forms.values()
            for asked in form.fields.values()
            if asked.key == subject.kind
            for option in asked.options
        )
    )
