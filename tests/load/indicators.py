"""K16 to K19 of domain.md §4.1, read from what the product keeps of its cases.

Milestones, report attributes and the limits of steps; nothing here knows what was played. Beside
them what the page 维权指标 counts of the same cases.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from engine import Engine
from engine.store.case_facts import FactQuestion
from engine.store.database import Tx
from engine.store.instants import from_text, from_text_or_none
from engine.store.tables import case, case_attribute, milestone, process_version, task
from webapp.standard.indicators import TOPICS, Sum, amount_of, is_counted, known_of

CLOSING = (
    *("resolved", "withdrawn", "not_accepted", "led_to_procedure"),
    *("joined", "no_longer_accepted", "handed_back"),
)
"""The milestones by which a petition has its answer."""

_TELLING = ("answer_now", "object", "tell_where", "accept")
_SATISFIED = ("satisfied", "fairly")
_A_YEAR = timedelta(days=365)


@dataclass
class Kept:
    """What is kept of a case."""

    created: datetime
    ended: datetime | None
    reached: dict[str, datetime] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, Decimal] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    steps: list["KeptStep"] = field(default_factory=list)

    def last(self, *elements: str) -> "KeptStep | None":
        """The last step of these that was done."""
        done = [one for one in self.steps if one.element in elements and one.done is not None]
        return done[-1] if done else None


@dataclass(frozen=True)
class KeptStep:
    """A step that was come to."""

    element: str
    due: datetime | None
    done: datetime | None

    @property
    def is_in_time(self) -> bool:
        return self.done is not None and self.due is not None and self.done <= self.due


@dataclass(frozen=True)
class Petitions:
    """K16, K17: ``due`` are the accepted whose limit ended by the cut-off."""

    received: int
    persons: int
    closed: int
    told_in_time: int
    accepted: int
    due: int
    due_closed: int
    due_closed_in_time: int
    asked: int
    satisfied: int
    repeated: int


@dataclass(frozen=True)
class LegalAid:
    """K18: ``helped`` are those whose saved fees were written down."""

    applied: int
    helped: int
    decided: int
    decided_in_time: int
    assigned: int
    assigned_in_time: int
    fees_saved: Decimal
    recovered: Decimal


@dataclass(frozen=True)
class Wages:
    """K19."""

    cases: int
    persons: int
    claimed: Decimal
    paid_persons: int
    recovered: Decimal


def cases_of(engine: Engine, process: str) -> Sequence[Kept]:
    """All cases of a process, the oldest first."""
    return list(engine.ask(lambda tx: _read(tx, process)).values())


def _read(tx: Tx, process: str) -> Mapping[str, Kept]:
    of_process = case.join(process_version, process_version.c.id == case.c.definition_id)
    wanted = select(case.c.id).select_from(of_process).where(process_version.c.key == process)
    columns = (case.c.id, case.c.created_at, case.c.ended_at)
    rows = select(*columns).where(case.c.id.in_(wanted)).order_by(case.c.created_at, case.c.id)
    found = {
        row.id: Kept(from_text(row.created_at), from_text_or_none(row.ended_at))
        for row in tx.execute(rows)
    }
    for row in tx.execute(select(milestone).where(milestone.c.case_id.in_(wanted))):
        found[row.case_id].reached[row.name] = from_text(row.reached_at)
    for row in tx.execute(select(case_attribute).where(case_attribute.c.case_id.in_(wanted))):
        one = found[row.case_id]
        if row.number is not None:
            one.numbers[row.name] = Decimal(row.number)
        elif row.key_hash is not None:
            one.hashes[row.name] = row.key_hash
        elif row.text is not None:
            one.words[row.name] = row.text
    steps = select(task).where(task.c.case_id.in_(wanted)).order_by(task.c.case_id, task.c.number)
    for row in tx.execute(steps):
        due, done = from_text_or_none(row.due_at), from_text_or_none(row.completed_at)
        done = done if row.status == "completed" else None
        found[row.case_id].steps.append(KeptStep(row.element_id, due, done))
    return found


def petitions(engine: Engine, cut_off: datetime) -> Petitions:
    """K16 and K17 of all petitions received by the cut-off."""
    some = [one for one in cases_of(engine, "petition") if one.created <= cut_off]
    told = [one.last(*_TELLING) for one in some]
    accepted = [one for one in some if "accepted" in one.reached]
    due = [one for one in accepted if _limit(one) <= cut_off]
    closed = [one for one in due if _closed(one, cut_off) is not None]
    answers = [one.words["satisfaction"] for one in some if "satisfaction" in one.words]
    asked = [said for said in answers if said != "unreached"]
    return Petitions(
        received=len(some),
        persons=int(sum(one.numbers["persons"] for one in some)),
        closed=sum(_closed(one, cut_off) is not None for one in some),
        told_in_time=sum(step is not None and step.is_in_time for step in told),
        accepted=len(accepted),
        due=len(due),
        due_closed=len(closed),
        due_closed_in_time=sum(_in_time(one, cut_off) for one in closed),
        asked=len(asked),
        satisfied=sum(said in _SATISFIED for said in asked),
        repeated=_repeated(some),
    )


def _limit(one: Kept) -> datetime:
    """When its 60 days, with what they were lengthened by, are over."""
    (*_, last) = (step for step in one.steps if step.element in {"investigate", "write_opinion"})
    assert last.due is not None
    return last.due


def _closed(one: Kept, cut_off: datetime) -> datetime | None:
    """When it had its answer, if it had it by then."""
    reached = [one.reached[name] for name in CLOSING if name in one.reached]
    first = min(reached, default=None)
    return first if first is not None and first <= cut_off else None


def _in_time(one: Kept, cut_off: datetime) -> bool:
    closed = _closed(one, cut_off)
    return closed is not None and closed <= _limit(one)


def _repeated(some: Sequence[Kept]) -> int:
    """Those with an earlier one of the same person and matter within twelve months."""
    earlier: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    count = 0
    for one in some:
        if "id_number" not in one.hashes:
            continue
        key = (one.hashes["id_number"], one.words["matter"])
        count += any(one.created - before <= _A_YEAR for before in earlier[key])
        earlier[key].append(one.created)
    return count


def legal_aid(engine: Engine) -> LegalAid:
    """K18."""
    some = cases_of(engine, "legal_aid")
    decided = [
        s for one in some for s in one.steps if _is(s, "county_review", "institution_decision")
    ]
    assigned = [s for one in some for s in one.steps if _is(s, "assign", "institution_assignment")]
    return LegalAid(
        applied=len(some),
        helped=sum("fees_saved" in one.numbers for one in some),
        decided=len(decided),
        decided_in_time=sum(one.is_in_time for one in decided),
        assigned=len(assigned),
        assigned_in_time=sum(one.is_in_time for one in assigned),
        fees_saved=sum((one.numbers.get("fees_saved", Decimal(0)) for one in some), Decimal(0)),
        recovered=sum((one.numbers.get("recovered", Decimal(0)) for one in some), Decimal(0)),
    )


def _is(step: KeptStep, *elements: str) -> bool:
    return step.element in elements and step.done is not None


def wages(engine: Engine, first: datetime, last: datetime) -> Wages:
    """K19 of the cases that were solved or given up in a time."""
    some = [
        one
        for one in cases_of(engine, "wage_arrears")
        if "resolved" in one.reached and first <= one.reached["resolved"] <= last
    ]

    def total(name: str) -> Decimal:
        return sum((one.numbers.get(name, Decimal(0)) for one in some), Decimal(0))

    return Wages(
        cases=len(some),
        persons=int(total("people")),
        claimed=total("claimed"),
        paid_persons=int(total("paid_people")),
        recovered=total("recovered"),
    )


def on_the_page(engine: Engine, reader: str) -> Mapping[tuple[str, str], Decimal]:
    """What 维权指标 shows somebody of all cases there are: by process and number."""
    actor = engine.directory.actor_named(reader)
    until = engine.environment.now() + timedelta(days=1)
    found: dict[tuple[str, str], Decimal] = {}
    for process, topic in TOPICS.items():
        question = FactQuestion(process, until - 5 * _A_YEAR, until, topic.attributes)
        facts = engine.supervision.case_facts(actor, question)
        known = known_of(facts, engine.environment.today())
        for key, number in topic.numbers().items():
            behind = [one for one in facts if is_counted(number, one, known)]
            amounts = [
                amount_of(number, one) if isinstance(number, Sum) else Decimal(1) for one in behind
            ]
            found[process, key] = sum(amounts, Decimal(0))
    return found
