"""Ask to read a compartment of a case, and let somebody in: two people, a reason, some days.

Whoever sees the case may ask. Who answers reads the compartment herself by her work, or holds the
role for sealed cases where a step of it is handled or above; never who asks. Every ask and answer
is written down as a read is (:func:`engine.store.audit.add_access`), and each look with it
(:func:`engine.api.compartments.note_look`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from engine.errors import Conflict, Invalid, NotFound, NotPermitted
from engine.model.actors import Actor
from engine.model.clock import ZONE, last_instant
from engine.model.confidentiality import Degree
from engine.store import audit, cases, directory, letting_in
from engine.store.database import Tx
from engine.store.letting_in import Answer, Asked
from engine.work.access import visible_case
from engine.work.compartments import closed_to, names_in, opened_by_work
from engine.work.environment import Environment
from engine.work.federation_settings import Setting
from engine.work.opened import OpenedCase, open_case

SHORTEST_REASON = 10
LONGEST_REASON = 500
_REASON, _ANSWER = "compartment-reason", "compartment-answer"

DAYS = Setting("compartment days", 7, "查看密封信息", "Reading sealed information")


@dataclass(frozen=True)
class Request:
    """What was asked and answered, in words."""

    id: int
    compartment: str
    by: str
    by_name: str
    at: datetime
    reason: str
    granted: bool | None
    answered_by_name: str
    answer: str
    until: date | None
    may_answer: bool


@dataclass(frozen=True)
class Compartments:
    """How the compartments of a case stand to its reader; none where nothing is kept.

    ``closed`` she may ask for; ``requests`` are her own, and those she may answer.
    """

    degree: Degree
    closed: tuple[str, ...]
    open: tuple[str, ...]
    requests: tuple[Request, ...]
    days: int
    labels: Mapping[str, str]
    """By compartment: what is asked in it, in the words of the forms."""


def compartments(environment: Environment, tx: Tx, actor: Actor, case_id: str) -> Compartments:
    """What stands on the page of a case."""
    case = visible_case(tx, actor, case_id)
    degree = Degree(case.confidentiality)
    opened = open_case(environment, tx, case)
    names = names_in(opened.programs) if degree >= Degree.CONFIDENTIAL else frozenset()
    if not names:
        return Compartments(degree, (), (), (), 0, {})
    closed = closed_to(environment, tx, actor, opened)
    return Compartments(
        degree,
        tuple(sorted(closed)),
        tuple(sorted(names - closed)),
        tuple(_requests(tx, actor, opened)),
        DAYS.number(environment, tx, case.organisation_id),
        {name: "、".join(_labels(opened, name)) for name in sorted(names)},
    )


def _labels(opened: OpenedCase, compartment: str) -> Sequence[str]:
    fields = (f for one in opened.programs for f in one.fields_near(one.key).values())
    return list(dict.fromkeys(f.label for f in fields if f.compartment == compartment and f.label))


def ask(
    environment: Environment, tx: Tx, actor: Actor, case_id: str, compartment: str, reason: str
) -> int:
    """Ask to read one; the number of what was asked."""
    case = visible_case(tx, actor, case_id)
    opened = open_case(environment, tx, case)
    if compartment not in closed_to(environment, tx, actor, opened):
        raise Conflict("这一部分您现在就能查看,或者本件没有这一部分,没有提交申请。")
    said = _stated(reason, "申请")
    waits = (one for one in letting_in.of_case(tx, case_id) if one.granted is None)
    if any((one.by, one.compartment) == (actor.person_id, compartment) for one in waits):
        raise Conflict("您已经申请过,还没有答复,没有重复提交。")
    now = environment.now()
    number = letting_in.ask(tx, case_id, compartment, actor.person_id, now)
    letting_in.put_reason(tx, number, opened.vault.seal(said.encode(), _REASON, number))
    audit.add_access(
        tx, now, actor.person_id, "compartment-asked", case_id, f"{compartment} {number}"
    )
    return number


@dataclass(frozen=True)
class Said:
    """What the second person answers."""

    granted: bool
    reason: str


def answer(
    environment: Environment, tx: Tx, actor: Actor, case_id: str, number: int, said: Said
) -> None:
    """Let somebody in for some days, or refuse, with a reason."""
    case = visible_case(tx, actor, case_id)
    opened = open_case(environment, tx, case)
    asked = next((one for one in letting_in.of_case(tx, case_id) if one.id == number), None)
    if asked is None:
        raise NotFound("没有找到这个申请。请返回办件刷新。")
    if not _may_answer(tx, actor, opened, asked):
        raise NotPermitted(
            "这个申请要由能查看这一部分的另一位办理人,或者督办密封件的人答复,您不能答复。"
        )
    reason = _stated(said.reason, "答复")
    now = environment.now()
    days = DAYS.number(environment, tx, case.organisation_id)
    last = now.astimezone(ZONE).date() + timedelta(days=days)
    until = last_instant(last) if said.granted else None
    sealed = opened.vault.seal(reason.encode(), _ANSWER, number)
    if not letting_in.answer(tx, number, Answer(said.granted, actor.person_id, now, sealed, until)):
        raise Conflict("这个申请已由其他人答复,没有变化。请刷新查看。")
    action = "compartment-opened" if said.granted else "compartment-refused"
    audit.add_access(
        tx, now, actor.person_id, action, case_id, f"{asked.compartment} {number} {asked.by}"
    )


def _stated(reason: str, what: str) -> str:
    said = reason.strip()
    if len(said) < SHORTEST_REASON:
        raise Invalid(f"请写明{what}的理由(至少 {SHORTEST_REASON} 个字),没有提交。")
    if len(said) > LONGEST_REASON:
        raise Invalid(f"理由最长 {LONGEST_REASON} 个字,没有提交。请写短些。")
    return said


def _may_answer(tx: Tx, actor: Actor, opened: OpenedCase, asked: Asked) -> bool:
    if asked.granted is not None or asked.by == actor.person_id:
        return False
    if asked.compartment in opened_by_work(tx, actor, opened):
        return True
    return cases.looks_after_sealed(tx, actor, opened.case.id)


def _requests(tx: Tx, actor: Actor, opened: OpenedCase) -> Sequence[Request]:
    found = letting_in.of_case(tx, opened.case.id)
    names = directory.names(tx, [p for one in found for p in (one.by, one.answered_by)])
    shown = []
    for one in found:
        may_answer = _may_answer(tx, actor, opened, one)
        if not may_answer and actor.person_id not in (one.by, one.answered_by):
            continue
        shown.append(
            Request(
                one.id,
                one.compartment,
                one.by,
                names.get(one.by, ""),
                one.at,
                opened.vault.open(one.reason, _REASON, one.id).decode(),
                one.granted,
                names.get(one.answered_by, ""),
                ""
                if one.answer is None
                else opened.vault.open(one.answer, _ANSWER, one.id).decode(),
                None if one.until is None else one.until.astimezone(ZONE).date(),
                may_answer,
            )
        )
    return shown
