"""The limits of grievances by statute, day by day, apart from the product.

What is here is written from the statutes and from domain.md §3.10-3.12 and §3.15. It knows no
calendar of the product and none of its reckoning: the days of rest are copied from the State
Council's notices, and every limit is counted by walking from day to day. So it may disagree.

Four rules (民法典 201-204, domain.md §3.15): the day something begins is not counted; working days
are those the notices leave or make; our own limits and those of other offices keep their date
even on a day of rest; a citizen's limit that would end on one ends on the first day worked after.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

Facts = Mapping[str, object]

CHINA = timezone(timedelta(hours=8))
_DAY = timedelta(days=1)
_SATURDAY = 5


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += _DAY


_REST = {
    # 国办发明电〔2014〕28 号,国务院关于抗战胜利 70 周年纪念日放假的通知
    *_days(date(2015, 1, 1), date(2015, 1, 3)),
    *_days(date(2015, 2, 18), date(2015, 2, 24)),
    *_days(date(2015, 4, 4), date(2015, 4, 6)),
    *_days(date(2015, 5, 1), date(2015, 5, 3)),
    *_days(date(2015, 6, 20), date(2015, 6, 22)),
    *_days(date(2015, 9, 3), date(2015, 9, 5)),
    *_days(date(2015, 9, 26), date(2015, 9, 27)),
    *_days(date(2015, 10, 1), date(2015, 10, 7)),
    # 国办发明电〔2015〕18 号
    *_days(date(2016, 1, 1), date(2016, 1, 3)),
    *_days(date(2016, 2, 7), date(2016, 2, 13)),
    *_days(date(2016, 4, 2), date(2016, 4, 4)),
    *_days(date(2016, 4, 30), date(2016, 5, 2)),
    *_days(date(2016, 6, 9), date(2016, 6, 11)),
    *_days(date(2016, 9, 15), date(2016, 9, 17)),
    *_days(date(2016, 10, 1), date(2016, 10, 7)),
    # 国办发明电〔2016〕17 号
    *_days(date(2016, 12, 31), date(2017, 1, 2)),
    *_days(date(2017, 1, 27), date(2017, 2, 2)),
    *_days(date(2017, 4, 2), date(2017, 4, 4)),
    *_days(date(2017, 4, 29), date(2017, 5, 1)),
    *_days(date(2017, 5, 28), date(2017, 5, 30)),
    *_days(date(2017, 10, 1), date(2017, 10, 8)),
}
_WORKED = {
    *(date(2015, 1, 4), date(2015, 2, 15), date(2015, 2, 28)),
    *(date(2015, 9, 6), date(2015, 10, 10)),
    *(date(2016, 2, 6), date(2016, 2, 14), date(2016, 6, 12)),
    *(date(2016, 9, 18), date(2016, 10, 8), date(2016, 10, 9)),
    *(date(2017, 1, 22), date(2017, 2, 4), date(2017, 4, 1)),
    *(date(2017, 5, 27), date(2017, 9, 30)),
}


def is_worked(day: date) -> bool:
    """Whether people work on a day of 2015 to 2017."""
    if not date(2015, 1, 1) <= day <= date(2017, 12, 31):
        msg = f"no notice for {day} is written here"
        raise LookupError(msg)
    return day in _WORKED or (day.weekday() < _SATURDAY and day not in _REST)


@dataclass(frozen=True)
class Limit:
    """How long something may take.

    ``unit``: ``wd`` working days, ``d`` days, ``h`` hours. ``since``: the fact that tells the day
    it begins; empty, or where nothing tells it, the day the step was come to. ``citizens``: it is
    the worker's own.
    """

    basis: str
    amount: int
    unit: str = "wd"
    since: str = ""
    citizens: bool = False


Rule = Limit | Callable[[Facts], Limit]


@dataclass(frozen=True)
class Expected:
    """When a limit is over: its last instant, with what says so and the day it was counted from."""

    basis: str
    start: date
    at: datetime


def expected(rule: Rule, opened: datetime, facts: Facts) -> Expected:
    """The end of a limit, found by walking from day to day."""
    limit = rule(facts) if callable(rule) else rule
    if limit.unit == "h":
        return Expected(limit.basis, _local(opened), opened + timedelta(hours=limit.amount))
    told = str(facts.get(limit.since) or "")
    start = date.fromisoformat(told) if told else _local(opened)
    day = start
    left = limit.amount
    while left:
        day += _DAY
        if limit.unit == "d" or is_worked(day):
            left -= 1
    while limit.citizens and not is_worked(day):
        day += _DAY
    return Expected(limit.basis, start, end_of(day))


def end_of(day: date) -> datetime:
    """The last second of a day in China."""
    return datetime.combine(day, time(23, 59, 59), CHINA).astimezone(UTC)


def _local(instant: datetime) -> date:
    return instant.astimezone(CHINA).date()


# The steps ------------------------------------------------------------------------------------

_ACCEPTED = "信访工作条例 23"
_SIX = "信访工作条例 34"
_SIMPLE = "简易办理(国家信访局 2016)"
_REVIEW = "信访工作条例 35"
_REREVIEW = "信访工作条例 36"
_OWN = "工会规定"


def _screened(facts: Facts) -> Limit:
    return Limit(_OWN, 1 if facts.get("urgent_word") == "yes" else 3, "d")


def _told_where(facts: Facts) -> Limit:
    if facts.get("urgent_word") == "yes" and facts.get("way") == "statutory":
        return Limit("群体欠薪当日移交", 1, "d")
    return Limit(_ACCEPTED, 15, "d", "received_on")


def _told_accepted(facts: Facts) -> Limit:
    if facts.get("way") == "simple":
        return Limit(_SIMPLE, 3, "wd", "received_on")
    return Limit(_ACCEPTED, 15, "d", "received_on")


def _handled(facts: Facts) -> Limit:
    if facts.get("way") == "simple":
        return Limit(_SIMPLE, 10, "wd", "accepted_on")
    return Limit(_SIX, 60 + _number(facts, "extension_days"), "d", "accepted_on")


def _examined(facts: Facts) -> Limit:
    """The time of a hearing is not counted in a re-review."""
    basis = _REREVIEW if facts.get("review_level") == "rereview" else _REVIEW
    return Limit(basis, 30 + _number(facts, "hearing_days"), "d", "asked_on")


def _decided(facts: Facts) -> Limit:
    """The time in which papers are supplied is not counted."""
    days = 7 + _number(facts, "supplement_days")
    return Limit("法律援助法 43", days, "d", "institution_sent_on")


def _number(facts: Facts, name: str) -> int:
    return int(str(facts.get(name) or 0))


STEPS: Mapping[tuple[str, str], Rule] = {
    ("petition", "screen"): _screened,
    ("petition", "answer_now"): Limit(_OWN, 1, "d"),
    ("petition", "object"): Limit(_ACCEPTED, 5, "wd", "received_on"),
    ("petition", "tell_where"): _told_where,
    ("petition", "accept"): _told_accepted,
    ("petition", "investigate"): _handled,
    ("petition", "write_opinion"): _handled,
    ("petition", "hear"): Limit(_OWN, 20, "d"),
    ("petition", "approve_extension"): Limit(_OWN, 2),
    ("petition", "tell_extension"): Limit(_OWN, 2),
    ("petition", "sign_opinion"): Limit(_OWN, 3),
    ("petition", "deliver"): Limit(_OWN, 3),
    ("petition", "arrange_archiving"): Limit(_OWN, 5),
    ("petition", "follow_up"): Limit(_OWN, 10),
    ("petition", "province_review"): Limit(_REVIEW, 30, "d", "review_asked_on"),
    ("petition", "carry_out"): Limit(_OWN, 15, "d"),
    ("petition_review", "examine"): _examined,
    ("petition_review", "hear"): Limit(_OWN, 20, "d"),
    ("petition_review", "sign"): Limit(_OWN, 3),
    ("petition_review", "deliver"): Limit(_OWN, 3),
    ("petition_review", "province_rereview"): Limit(_REREVIEW, 30, "d", "rereview_asked_on"),
    ("petition_assigned", "answer"): Limit(_OWN, 0, "d", "answer_by"),
    ("petition_assigned", "sign"): Limit(_OWN, 2),
    ("archiving", "apply"): Limit(_OWN, 30, "d"),
    ("archiving", "confirm_withdrawal"): Limit(_OWN, 3),
    ("archiving", "acceptance_check"): Limit(_OWN, 3),
    ("archiving", "home_visit"): Limit(_OWN, 5),
    ("archiving", "grassroots_review"): Limit(_OWN, 3),
    ("archiving", "county_review"): Limit(_OWN, 5),
    ("archiving", "approve"): Limit(_OWN, 5),
    ("archiving", "national_entry"): Limit(_OWN, 5),
    ("means_check", "await_report"): Limit(_OWN, 10),
    ("public_notice", "post"): Limit(_OWN, 2),
    ("public_notice", "record_result"): Limit(_OWN, 2),
    ("legal_aid", "complete"): Limit(_OWN, 3, "d"),
    ("legal_aid", "help_first"): Limit("法律援助法 44", 1, "d"),
    ("legal_aid", "check_papers"): Limit(_OWN, 3),
    ("legal_aid", "supplement"): Limit(_OWN, 15, "wd", citizens=True),
    ("legal_aid", "contact"): Limit(_OWN, 3),
    ("legal_aid", "hand_over"): Limit(_OWN, 5),
    ("legal_aid", "county_review"): Limit("工会办理,依法律援助法 43", 7, "d"),
    ("legal_aid", "assign"): Limit("工会办理,依法律援助法 43", 3, "d"),
    ("legal_aid", "conflict_check"): Limit(_OWN, 1),
    ("legal_aid", "handle"): Limit(_OWN, 30, "d"),
    ("legal_aid", "end_aid"): Limit("工会办理,依法律援助法 43", 7, "d"),
    ("legal_aid", "institution_decision"): _decided,
    ("legal_aid", "institution_assignment"): Limit("法律援助法 43", 3, "d", "granted_on"),
    ("legal_aid", "follow_result"): Limit(_OWN, 180, "d"),
    ("legal_aid", "tell_refusal"): Limit(_OWN, 3),
    ("legal_aid", "bureau_review"): Limit("法律援助法 49", 5, "d", "objected_on"),
    ("legal_aid", "closing_report"): Limit(_OWN, 30, "d"),
    ("legal_aid", "file_review"): Limit(_OWN, 10),
    ("legal_aid", "approve_subsidy"): Limit(_OWN, 5),
    ("legal_aid", "pay_subsidy"): Limit(_OWN, 5),
    ("appeal", "appeal_city"): Limit(_OWN, 30, "d"),
    ("wage_arrears", "complete"): Limit(_OWN, 1, "d"),
    ("wage_arrears", "emergency_report"): Limit("当日报告", 4, "h"),
    ("wage_arrears", "leader_order"): Limit("当日阅示", 8, "h"),
    ("wage_arrears", "verify"): Limit(_OWN, 5),
    ("wage_arrears", "negotiate"): Limit(_OWN, 5),
    ("wage_arrears", "choose"): Limit(_OWN, 2),
    ("wage_arrears", "send_reminder"): Limit(_OWN, 2),
    ("wage_arrears", "reply_reminder"): Limit("提示函", 10, "wd", "reminder_served_on"),
    ("wage_arrears", "write_opinion"): Limit(_OWN, 2),
    ("wage_arrears", "sign_opinion"): Limit(_OWN, 2),
    ("wage_arrears", "reply_opinion"): Limit("意见书", 15, "wd", "opinion_served_on"),
    ("wage_arrears", "send_proposal"): Limit(_OWN, 2),
    ("wage_arrears", "proposal_filed"): Limit("建议书立案", 5, "wd", "proposal_served_on"),
    ("wage_arrears", "contractor_first"): Limit(_OWN, 5),
    ("wage_arrears", "emergency_fund"): Limit(_OWN, 5),
    ("wage_arrears", "record_payment"): Limit(_OWN, 3),
    ("wage_arrears", "get_proof"): Limit(_OWN, 5),
    ("wage_arrears", "inspection_filing"): Limit(
        "监察条例若干规定 18", 5, "wd", "inspection_sent_on"
    ),
    ("wage_arrears", "inspect"): Limit("劳动保障监察条例 17", 60, "wd", "filed_on"),
    ("wage_arrears", "inspect_longer"): Limit("劳动保障监察条例 17", 90, "wd", "filed_on"),
    ("wage_arrears", "mediate"): Limit("调解仲裁法 14", 15, "d", "mediation_asked_on"),
    ("wage_arrears", "agreement_check"): Limit(_OWN, 15, "d"),
    ("wage_arrears", "payment_order"): Limit(_OWN, 15, "d"),
    ("wage_arrears", "arbitration_accept"): Limit("调解仲裁法 29", 5, "d", "arbitration_asked_on"),
    ("wage_arrears", "arbitrate"): Limit("调解仲裁法 43", 45, "d", "arbitration_accepted_on"),
    ("wage_arrears", "arbitrate_longer"): Limit(
        "调解仲裁法 43", 60, "d", "arbitration_accepted_on"
    ),
    ("wage_arrears", "sue_period"): Limit(
        "调解仲裁法 50", 15, "d", "award_served_on", citizens=True
    ),
    ("wage_arrears", "court_case"): Limit(_OWN, 180, "d"),
    ("wage_arrears", "warn_limitation"): Limit(_OWN, 2),
    ("wage_arrears", "call_back"): Limit(_OWN, 10),
    ("wage_arrears", "refer_hardship"): Limit(_OWN, 3),
    ("wage_arrears", "arrange_aid"): Limit(_OWN, 1, "d"),
}
"""Of each step of a grievance. 延长 is counted from where the limit it lengthens began."""

TIMERS: Mapping[tuple[str, str], Rule] = {
    ("petition", "review_period_over"): Limit(_REVIEW, 30, "d", "served_on", citizens=True),
    ("means_check", "report_silent"): Limit(_OWN, 20),
    ("public_notice", "notice_over"): Limit(_OWN, 5),
    ("petition", "assigned_late"): Limit(_OWN, 1, "d", "assign_until"),
    ("petition_review", "rereview_period_over"): Limit(
        _REREVIEW, 30, "d", "served_on", citizens=True
    ),
    ("legal_aid", "supplement_over"): Limit(_OWN, 15, "wd", citizens=True),
    ("legal_aid", "objection_over"): Limit(_OWN, 30, "d", "told_on", citizens=True),
    ("wage_arrears", "recheck"): Limit(_OWN, 10),
    ("wage_arrears", "payment_check"): lambda facts: Limit(
        _OWN, 0 if facts.get("next_payment_on") else 30, "d", "next_payment_on"
    ),
    ("wage_arrears", "limitation_near"): Limit("调解仲裁法 27", 0, "d", "warned_on"),
}
"""Of each wait that ends by the clock. The day it ends is the last on which something may come."""
