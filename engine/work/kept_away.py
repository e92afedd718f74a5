"""How closely a case is kept, and who is kept away from it: judged after each step of it.

What the process says (:mod:`engine.model.confidentiality`) is worked out in the transaction of the
step. A degree only rises and whoever was named once stays named: nobody gets back what a later
step no longer says. Sight is the business of :func:`engine.store.cases.visible_to`; here the open
steps follow. They are barred for those who are kept away, and where nobody else could do one it
goes up the approval tree to the next organisation with somebody who can. When the directory
changes both are worked out anew.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from engine.errors import Invalid
from engine.feel import value_or_expression
from engine.model.actors import Actor
from engine.model.cases import Case, EventKind
from engine.model.clock import ZONE
from engine.model.confidentiality import (
    ALL_SUPERIORS,
    CONFIDENTIALITY,
    DEGREES,
    EXCLUDED,
    EXCLUDED_SUPERIORS,
    PERSON,
    SEALED_ROLE,
    SURE,
    UNIT,
    Degree,
    Exclusion,
)
from engine.model.definitions import listed
from engine.runtime import Step
from engine.store import cases, directory, exclusions, tasks
from engine.store.bulk import CannotGather
from engine.store.database import Tx
from engine.store.ready import GATHERED
from engine.work.compartments import keys_of, names_in
from engine.work.environment import Environment
from engine.work.history import Cause
from engine.work.kept_numbers import keep_numbers
from engine.work.kept_steps import RELEASED, barred_in, follow, kept_by, kept_from, lead
from engine.work.opened import OpenedCase, case_variable
from engine.work.passing_on import pass_on

_Said = Callable[[str], object]
"""What a property of the process says now."""

# After a step --------------------------------------------------------------------------------


def judge(
    environment: Environment, tx: Tx, opened: OpenedCase, step: Step, cause: Cause
) -> OpenedCase:
    """The case as its process says it is kept now; whoever is newly named is written down.

    Raises Invalid where the process says something that is nothing: whom a case is about is not
    overlooked.
    """
    says = opened.program.info.properties
    if not says.get(CONFIDENTIALITY, "").strip() and not says.get(EXCLUDED, "").strip():
        return opened
    seen = {**step.variables, "case": case_variable(environment, tx, opened)}
    feel = environment.feel(tx, opened.case.organisation_id, cause.now)

    def said(name: str) -> object:
        text = says.get(name, "").strip()
        expression = value_or_expression(text)
        found = expression.evaluate(seen, feel)
        # What no step has said yet is null, and says nothing of anybody.
        if found.value is None and found.problems and expression.free_names <= seen.keys():
            raise _not_said(name, text, "、".join(found.problems))
        return found.value

    case = opened.case
    degree = max(Degree(case.confidentiality), _degree(said, says))
    named = list(_named(tx, said(EXCLUDED), says)) if says.get(EXCLUDED, "").strip() else []
    new = _new(tx, case, named)
    if new:
        _write(tx, case, new, cause)
    role = says.get(SEALED_ROLE, "").strip() or case.sealed_role
    kept = replace(
        case,
        confidentiality=int(degree),
        sealed_role=role,
        excludes=case.excludes or bool(new),
    )
    if new:
        _bar_open_steps(environment, tx, kept, cause)
    if new or degree > case.confidentiality:
        pass_on(environment, tx, kept)
    if case.confidentiality < Degree.CONFIDENTIAL <= degree:
        dropped = cases.drop_attributes(
            tx, case.id, keys_of(opened.programs, names_in(opened.programs))
        )
        keep_numbers(environment, tx, case.id, dropped)
    return replace(opened, case=kept)


def _degree(said: _Said, says: Mapping[str, str]) -> Degree:
    text = says.get(CONFIDENTIALITY, "").strip()
    value = said(CONFIDENTIALITY) if text else None
    if value is None:
        return Degree.ORDINARY
    found = DEGREES.get(value) if isinstance(value, str) else None
    if found is None:
        raise _not_said(CONFIDENTIALITY, text, f"得出的是 {str(value)[:40]}")
    return found


def _named(tx: Tx, value: object, says: Mapping[str, str]) -> Iterator[Exclusion]:
    """Whom the expression names; what is left empty in it names nobody."""
    entries = [] if value is None else [value] if isinstance(value, Mapping) else value
    if not isinstance(entries, list | tuple):
        raise _not_said(EXCLUDED, says[EXCLUDED], f"得出的是 {str(value)[:40]}")
    for entry in entries:
        if not isinstance(entry, Mapping) or not entry.keys() <= {PERSON, UNIT, SURE}:
            raise _not_said(EXCLUDED, says[EXCLUDED], f"其中一项是 {str(entry)[:40]}")
        is_sure = entry.get(SURE) is not False
        for kind in (PERSON, UNIT):
            named = str(entry.get(kind) or "").strip()
            if named:
                yield from _found(tx, kind, named, says, is_sure=is_sure)


def _found(
    tx: Tx, kind: str, named: str, says: Mapping[str, str], *, is_sure: bool
) -> Iterator[Exclusion]:
    """Whom a name means: of several who are called so all, because nobody may be overlooked."""
    if kind == PERSON:
        what, superiors, find = "人员", "", exclusions.persons_named
    else:
        what, superiors = "单位", says.get(EXCLUDED_SUPERIORS, "").strip()
        find = exclusions.units_named
    refs = find(tx, named) if is_sure else exclusions.meant(tx, kind, named)
    if not refs and is_sure:
        raise Invalid(
            f"所反映的{what}“{named[:40]}”不在机构目录里,无法让其回避,没有提交。"
            "请核对后再提交,其余内容已保留。"
        )
    for ref in refs:
        yield Exclusion(kind, ref, superiors)


def _not_said(name: str, text: str, why: str) -> Invalid:
    return Invalid(
        f"这个流程的 {name}(“{text[:60]}”)没有得出可用的内容({why}),没有提交。"
        "请联系流程设计员或系统管理员。"
    )


def _new(tx: Tx, case: Case, named: Iterable[Exclusion]) -> list[Exclusion]:
    """Those not kept away yet, with the superiors of their units."""
    wanted: dict[tuple[str, str], Exclusion] = {}
    for one in named:
        wanted[one.kind, one.ref] = one
    if not wanted:
        return []
    for one in list(wanted.values()):
        for superior in _superiors(tx, one):
            wanted.setdefault((superior.kind, superior.ref), superior)
    known = {(one.kind, one.ref): one for one in exclusions.of_case(tx, case.id)}
    return [
        one
        for place, one in wanted.items()
        if place not in known or (one.superiors and not known[place].superiors)
    ]


def _superiors(tx: Tx, named: Exclusion) -> Iterator[Exclusion]:
    """The superiors of a unit that are kept away with it, as the directory is now."""
    if named.kind == UNIT and named.superiors:
        levels = listed(named.superiors)
        for above in directory.line_upwards(tx, named.ref)[1:]:
            if named.superiors == ALL_SUPERIORS or above.level in levels:
                yield Exclusion(UNIT, above.id)


def _write(tx: Tx, case: Case, new: Sequence[Exclusion], cause: Cause) -> None:
    if tx.info.get(GATHERED) is not None:
        raise CannotGather
    if not cause.entries:
        cause.note(EventKind.RETRIED, {})
    cause.entries[0].detail["kept_away"] = [[one.kind, one.ref] for one in new]
    moment = exclusions.When(cause.now, case.event_count + 1)
    exclusions.add(tx, case.id, new, moment)
    exclusions.untell(tx, case.id, exclusions.people(tx, new, _day(cause.now)))


def _bar_open_steps(environment: Environment, tx: Tx, case: Case, cause: Cause) -> None:
    """Keep those who are newly named from the steps that were open before."""
    today = _day(cause.now)
    kept = kept_from(tx, case, today)
    for open_step in exclusions.open_steps(tx, [case.id]):
        lead(environment, tx, open_step, kept, today)
        loaded = tasks.load(tx, open_step.id)
        if loaded is None:
            continue
        for person_id in sorted(barred_in(tx, loaded.task.queue.id, kept, today)):
            if tasks.bar(tx, [open_step.id], person_id):
                place = (loaded.task.process_key, loaded.task.element_id)
                cause.note(EventKind.TASK_RELEASED, {"reason": RELEASED}, open_step.id, place)


# After a change in the directory ---------------------------------------------------------------


def follow_directory(environment: Environment, tx: Tx, actor: Actor) -> None:
    """Let exclusions and open steps follow: new superiors, new people, queues that lead elsewhere.

    Nobody who was kept away before comes back by it.
    """
    found = exclusions.of_every_case(tx)
    if not found:
        return
    now = environment.now()
    today = _day(now)
    followed = {case_id: _followed(tx, case_id, of, now) for case_id, of in found.items()}
    kept = {case_id: kept_by(tx, of, today) for case_id, of in followed.items()}
    follow(environment, tx, actor, kept)
    for case_id, of in kept.items():
        exclusions.untell(tx, case_id, of.everybody)


def _followed(
    tx: Tx, case_id: str, known: Sequence[Exclusion], now: datetime
) -> Sequence[Exclusion]:
    """With the superiors that a unit has got since it was named."""
    refs = {(one.kind, one.ref) for one in known}
    new = {
        superior.ref: superior
        for one in known
        for superior in _superiors(tx, one)
        if (superior.kind, superior.ref) not in refs
    }
    case = cases.load(tx, case_id) if new else None
    if case is not None:
        moment = exclusions.When(now, case.event_count)
        exclusions.add(tx, case_id, list(new.values()), moment)
    return [*known, *new.values()]


def _day(now: datetime) -> date:
    return now.astimezone(ZONE).date()
