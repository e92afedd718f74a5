"""The indicators of grievances, K16 to K19 (domain.md §4.1), over the facts of their cases.

The cohort is the cases begun in a span. A share of what was done in time is of what was due by
then: nobody is late whose limit still runs, and none of these counts as done in time (C12).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from engine.model.clock import local_date
from engine.store.case_facts import CaseFact
from webapp.shared.language import lazy
from webapp.standard.grievances import grievances

NOTICE = timedelta(days=15)
HANDLING = timedelta(days=60)
MOST_DAYS_MORE = 30
"""信访工作条例 34: the most a leader may grant; what counts where the days were not written yet."""

DECISION, ASSIGNMENT = timedelta(days=7), timedelta(days=3)
REPEATED_WITHIN = timedelta(days=365)

_UNREACHABLE = "无法告知"
_PLEASED = frozenset({"satisfied", "fairly"})
_ASKED = _PLEASED | {"not"}
_RUNS = frozenset({"active", "incident", "suspended"})
_PERSON = ("id_number", "mobile")
_TOLD = ("accepted", "not_accepted", "led_to_procedure", "joined", "no_longer_accepted", "resolved")
"""Milestones by which a petitioner knew what became of her matter."""


@dataclass(frozen=True)
class Known:
    """What a case is looked at with: the day, and which cases say again what was said before.

    ``unlisted``: those of which only a number that is kept says so. They are counted; a list of
    them would tell whose they are.
    """

    today: date
    repeated: frozenset[str] = frozenset()
    unlisted: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Count:
    """A number of cases."""

    key: str
    label: object
    counts: Callable[[CaseFact, Known], bool]
    is_listed: Callable[[CaseFact, Known], bool] = lambda _fact, _known: True


@dataclass(frozen=True)
class Sum:
    """What cases come to together, of an attribute; its cases are those that have some of it."""

    key: str
    label: object
    attribute: str
    is_money: bool = False


@dataclass(frozen=True)
class Share:
    """One number of another, both of the same cases."""

    label: object
    part: str
    whole: str
    hint: object


@dataclass(frozen=True)
class Topic:
    """The indicators of a kind of process."""

    columns: Sequence[Count | Sum | Share]
    attributes: frozenset[str]

    def numbers(self) -> Mapping[str, Count | Sum]:
        """The counts and sums by key."""
        return {one.key: one for one in self.columns if not isinstance(one, Share)}


def known_of(facts: Sequence[CaseFact], today: date) -> Known:
    """What the cases are looked at with: all of them, the twelve months before among them."""
    by_open = repeated(facts)
    if not any(one.kept_numbers for one in facts):
        return Known(today, by_open)
    every = repeated(facts, with_kept=True)
    return Known(today, every, every - by_open)


def repeated(facts: Sequence[CaseFact], *, with_kept: bool = False) -> frozenset[str]:
    """K17: whose person brought the same kind of matter within the twelve months before.

    Oldest first. A person is known by a number she gave; who gave none is never the same.
    ``with_kept``: also by what the reader may have compared, but not be told.
    """
    last: dict[tuple[str, str, str], date] = {}
    found: set[str] = set()
    for fact in facts:
        on = local_date(fact.created_at)
        for name in _PERSON:
            number = fact.attributes.get(name)
            value = "" if number is None else number.key_hash or number.text or ""
            if with_kept and not value:
                value = fact.kept_numbers.get(name, "")
            if not value:
                continue
            key = (name, value, fact.text("matter"))
            if key in last and on - last[key] <= REPEATED_WITHIN:
                found.add(fact.id)
            last[key] = on
    return frozenset(found)


def _reached(fact: CaseFact, *names: str) -> date | None:
    days = [local_date(fact.milestones[name]) for name in names if name in fact.milestones]
    return min(days, default=None)


def _received(fact: CaseFact) -> date:
    return fact.day("received_on") or local_date(fact.created_at)


def _told(fact: CaseFact) -> date | None:
    return fact.day("notice_on") or fact.day("told_on") or _reached(fact, *_TOLD)


def _is_unreachable(fact: CaseFact) -> bool:
    return _UNREACHABLE in (fact.text("notice_way"), fact.text("told_way"))


def _notice_was_due(fact: CaseFact, known: Known) -> bool:
    """Not of who cannot be told, nor of what was handed back or taken back before."""
    if _is_unreachable(fact) or "handed_back" in fact.milestones:
        return False
    if _told(fact) is not None:
        return True
    return "withdrawn" not in fact.milestones and known.today > _received(fact) + NOTICE


def _was_told_in_time(fact: CaseFact, known: Known) -> bool:
    told = _told(fact)
    in_time = told is not None and told <= _received(fact) + NOTICE
    return in_time and _notice_was_due(fact, known)


def _accepted(fact: CaseFact) -> date | None:
    reached = _reached(fact, "accepted")
    return None if reached is None else fact.day("accepted_on") or reached


def _is_handled(fact: CaseFact, _known: Known) -> bool:
    return _accepted(fact) is not None and "withdrawn" not in fact.milestones


def _is_resolved(fact: CaseFact, known: Known) -> bool:
    return _is_handled(fact, known) and "resolved" in fact.milestones


def _limit(fact: CaseFact) -> date | None:
    accepted = _accepted(fact)
    if accepted is None:
        return None
    return accepted + HANDLING + _extension(fact)


def _extension(fact: CaseFact) -> timedelta:
    """The days the leader granted; none for what was only asked for."""
    if "extension_granted" in fact.attributes:
        return timedelta(days=min(int(fact.number_of("extension_granted")), MOST_DAYS_MORE))
    return timedelta(days=MOST_DAYS_MORE if "extended" in fact.milestones else 0)


def _opinion_was_due(fact: CaseFact, known: Known) -> bool:
    limit = _limit(fact)
    return limit is not None and known.today > limit and _is_handled(fact, known)


def _was_resolved_in_time(fact: CaseFact, known: Known) -> bool:
    limit, resolved = _limit(fact), _reached(fact, "resolved")
    in_time = limit is not None and resolved is not None and resolved <= limit
    return in_time and _opinion_was_due(fact, known)


def _decision_was_due(fact: CaseFact, known: Known) -> bool:
    accepted = _reached(fact, "accepted")
    if accepted is None:
        return False
    if "decided" in fact.milestones:
        return True
    return fact.status in _RUNS and known.today > accepted + DECISION


def _was_decided_in_time(fact: CaseFact, _known: Known) -> bool:
    accepted, decided = _reached(fact, "accepted"), _reached(fact, "decided")
    return accepted is not None and decided is not None and decided <= accepted + DECISION


def _assignment_was_due(fact: CaseFact, known: Known) -> bool:
    decided = _reached(fact, "decided")
    if decided is None:
        return False
    if "assigned" in fact.milestones:
        return True
    waits = fact.text("review_result") == "grant" and fact.status in _RUNS
    return waits and known.today > decided + ASSIGNMENT


def _was_assigned_in_time(fact: CaseFact, _known: Known) -> bool:
    decided, assigned = _reached(fact, "decided"), _reached(fact, "assigned")
    return decided is not None and assigned is not None and assigned <= decided + ASSIGNMENT


PETITIONS = Topic(
    (
        Count("received", lazy("收到"), lambda _fact, _known: True),
        Count("notice-due", lazy("应告知"), _notice_was_due),
        Count("told", lazy("15 日内告知"), _was_told_in_time),
        Share(lazy("按期受理率"), "told", "notice-due", lazy("15 日内告知 ÷ 应告知")),
        Count("accepted", lazy("受理"), _is_handled),
        Count("resolved", lazy("已办结"), _is_resolved),
        Share(lazy("办结率"), "resolved", "accepted", lazy("已办结 ÷ 受理,未到期的也在受理数内")),
        Count("due", lazy("到期应办结"), _opinion_was_due),
        Count("in-time", lazy("按期办结"), _was_resolved_in_time),
        Share(
            lazy("按期办结率"),
            "in-time",
            "due",
            lazy("60 日(加批准延长的日数)内办结 ÷ 到期应办结"),
        ),
        Count(
            "answered",
            lazy("已评价"),
            lambda fact, _known: fact.text("satisfaction") in _ASKED,
        ),
        Count(
            "pleased",
            lazy("满意"),
            lambda fact, _known: fact.text("satisfaction") in _PLEASED,
        ),
        Share(lazy("满意率"), "pleased", "answered", lazy("满意、基本满意 ÷ 已评价")),
        Count(
            "repeated",
            lazy("重复信访"),
            lambda fact, known: fact.id in known.repeated,
            lambda fact, known: fact.id not in known.unlisted,
        ),
        Share(
            lazy("重复信访率"),
            "repeated",
            "received",
            lazy(
                "12 个月内同一人同类事项 ÷ 收到;没有号码的不比对,身份保密的只由督办保密件的人比对"
            ),
        ),
    ),
    frozenset(
        {
            "received_on",
            "notice_on",
            "notice_way",
            "told_on",
            "told_way",
            "accepted_on",
            "extension_granted",
            "satisfaction",
            "matter",
            *_PERSON,
        }
    ),
)
LEGAL_AID = Topic(
    (
        Count("received", lazy("收到"), lambda _fact, _known: True),
        Count("decision-due", lazy("应决定"), _decision_was_due),
        Count("decided", lazy("7 日内决定"), _was_decided_in_time),
        Share(lazy("按期决定率"), "decided", "decision-due", lazy("受理后 7 日内决定 ÷ 应决定")),
        Count("assignment-due", lazy("应指派"), _assignment_was_due),
        Count("assigned", lazy("3 日内指派"), _was_assigned_in_time),
        Share(lazy("按期指派率"), "assigned", "assignment-due", lazy("决定后 3 日内指派 ÷ 应指派")),
        Count("resolved", lazy("已办结"), lambda fact, _known: "resolved" in fact.milestones),
        Sum("saved", lazy("减免费用"), "fees_saved", is_money=True),
        Sum("recovered", lazy("挽回损失"), "recovered", is_money=True),
    ),
    frozenset({"review_result", "fees_saved", "recovered"}),
)
WAGE_ARREARS = Topic(
    (
        Count("received", lazy("收到"), lambda _fact, _known: True),
        Count("resolved", lazy("已办结"), lambda fact, _known: "resolved" in fact.milestones),
        Sum("claimed", lazy("欠薪金额"), "claimed", is_money=True),
        Sum("recovered", lazy("追回金额"), "recovered", is_money=True),
        Share(lazy("追回率"), "recovered", "claimed", lazy("追回金额 ÷ 欠薪金额")),
        Sum("people", lazy("涉及人数"), "people"),
        Sum("paid", lazy("领到人数"), "paid_people"),
        Share(lazy("人数追回率"), "paid", "people", lazy("领到人数 ÷ 涉及人数")),
    ),
    frozenset({"claimed", "recovered", "people", "paid_people"}),
)
_BY_NUMBER = {"K16": PETITIONS, "K18": LEGAL_AID, "K19": WAGE_ARREARS}
TOPICS: Mapping[str, Topic] = {key: _BY_NUMBER[row["indicators"]] for key, row in grievances()}
"""By process key, in the order of the page."""


def amount_of(one: Sum, fact: CaseFact) -> Decimal:
    """What a case adds to a sum."""
    return fact.number_of(one.attribute)


def is_listed(one: Count | Sum, fact: CaseFact, known: Known) -> bool:
    """Whether the list behind a number may name a case that it counts."""
    return isinstance(one, Sum) or one.is_listed(fact, known)


def is_counted(one: Count | Sum, fact: CaseFact, known: Known) -> bool:
    """Whether a case stands in the list behind a number."""
    if isinstance(one, Sum):
        return bool(amount_of(one, fact))
    return one.counts(fact, known)
