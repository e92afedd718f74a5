"""A case that comes from another is kept as closely, and from the same people.

What a case begins (:mod:`engine.work.linked_cases`), what is begun from its list, what is about one
of its steps: each says by its link alone that the other is there. So whoever is kept away from a
case is kept from all that has come from it, however far, and none is less closely kept. It holds
from the moment a case is begun, and from the moment somebody is named in the first: in the same
transaction, before anybody can look. The other way round nothing is passed on: what a case says of
people does not make them strangers to the one it came from.
"""

from collections.abc import Collection
from datetime import datetime

from engine.model.actors import SYSTEM
from engine.model.cases import Case
from engine.model.clock import ZONE
from engine.model.confidentiality import Degree, Exclusion
from engine.store import case_links, cases, exclusions
from engine.store.database import Tx
from engine.store.ready import GATHERED
from engine.store.turns import take_turns
from engine.work.compartments import keys_of, names_in
from engine.work.environment import Environment
from engine.work.kept_numbers import keep_numbers
from engine.work.kept_steps import follow, kept_from
from engine.work.opened import open_case


def pass_on(environment: Environment, tx: Tx, case: Case) -> None:
    """Keep what has come from a case as the case is kept now."""
    if tx.info.get(GATHERED) is not None:
        return  # nothing has come yet from a case that is begun with many others
    if not case.excludes and case.confidentiality < Degree.CONFIDENTIAL:
        return
    come = case_links.come_from(tx, case.id)
    if not come:
        return
    take_turns(tx, "linked cases")
    now = environment.now()
    away = exclusions.of_case(tx, case.id)
    for case_id in come:
        other = cases.load(tx, case_id)
        changed = None if other is None else _keep(environment, tx, other, case, away, now)
        if changed is not None:
            pass_on(environment, tx, changed)


def _keep(
    environment: Environment,
    tx: Tx,
    other: Case,
    like: Case,
    away: Collection[Exclusion],
    now: datetime,
) -> Case | None:
    """The case as it is kept now; None where nothing of it changes."""
    known = {(one.kind, one.ref) for one in exclusions.of_case(tx, other.id)}
    new = [one for one in away if (one.kind, one.ref) not in known]
    degree = max(other.confidentiality, like.confidentiality)
    if not new and degree == other.confidentiality:
        return None
    today = now.astimezone(ZONE).date()
    exclusions.add(tx, other.id, new, exclusions.When(now, other.event_count))
    exclusions.untell(tx, other.id, exclusions.people(tx, new, today))
    role = other.sealed_role or like.sealed_role
    cases.keep_closer(tx, other.id, degree, role, excludes=other.excludes or bool(new))
    if other.confidentiality < Degree.CONFIDENTIAL <= degree:
        programs = open_case(environment, tx, other).programs
        dropped = cases.drop_attributes(tx, other.id, keys_of(programs, names_in(programs)))
        keep_numbers(environment, tx, other.id, dropped)
    changed = cases.load(tx, other.id)
    if changed is not None and new:
        follow(environment, tx, SYSTEM, {changed.id: kept_from(tx, changed, today)})
    return changed


def keep_like_those_it_comes_from(environment: Environment, tx: Tx, case_id: str) -> None:
    """The same for a case that was just begun."""
    for origin_id in case_links.comes_from(tx, case_id):
        origin = cases.load(tx, origin_id)
        if origin is not None:
            pass_on(environment, tx, origin)
