"""K16 to K19: shares in time are of what was due, whatever 100 % would look better (C12)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

from engine.model.cases import Attribute
from engine.store.case_facts import CaseFact
from webapp.standard.indicators import (
    LEGAL_AID,
    PETITIONS,
    WAGE_ARREARS,
    Known,
    Sum,
    Topic,
    amount_of,
    is_counted,
    repeated,
)

TODAY = date(2026, 11, 16)


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T02:00:00").replace(tzinfo=UTC)


def fact(begun: str, status: str = "active", said: dict | None = None, **reached: str) -> CaseFact:
    attributes = {}
    for name, value in (said or {}).items():
        match value:
            case date():
                attributes[name] = Attribute(name, name, date=value)
            case int():
                attributes[name] = Attribute(name, name, number=Decimal(value))
            case _ if name in ("id_number", "mobile"):
                attributes[name] = Attribute(name, name, key_hash=value)
            case _:
                attributes[name] = Attribute(name, name, text=value)
    fact.number = getattr(fact, "number", 0) + 1  # type: ignore[attr-defined]
    return CaseFact(
        f"c{fact.number}",  # type: ignore[attr-defined]
        "",
        "",
        "u",
        status,
        at(begun),
        None,
        {name: at(day) for name, day in reached.items()},
        attributes,
    )


def counted(topic: Topic, facts: Sequence[CaseFact]) -> dict[str, Decimal | int]:
    known = Known(TODAY, repeated(facts))
    found: dict[str, Decimal | int] = {}
    for key, one in topic.numbers().items():
        cases = [each for each in facts if is_counted(one, each, known)]
        if isinstance(one, Sum):
            found[key] = sum((amount_of(one, each) for each in cases), Decimal(0))
        else:
            found[key] = len(cases)
    return found


def test_a_petition_received_yesterday_is_not_due_and_counts_for_nothing_in_time() -> None:
    found = counted(PETITIONS, [fact("2026-11-15", received="2026-11-15")])
    assert found["received"] == 1
    assert not any(found[key] for key in ("notice-due", "told", "accepted", "due", "in-time"))


def test_notices_within_fifteen_days_of_receipt() -> None:
    last_day = {"received_on": date(2026, 10, 1), "notice_on": date(2026, 10, 16)}
    a_day_late = {"received_on": date(2026, 10, 1), "notice_on": date(2026, 10, 17)}
    elsewhere = {"received_on": date(2026, 10, 1), "told_on": date(2026, 10, 5)}
    nobody_there = {"received_on": date(2026, 10, 1), "notice_way": "无法告知"}
    found = counted(
        PETITIONS,
        [
            fact("2026-10-02", said=last_day, accepted="2026-10-20"),
            fact("2026-10-02", said=a_day_late, accepted="2026-10-10"),
            fact("2026-10-02", said=elsewhere, led_to_procedure="2026-10-05"),
            fact("2026-10-02", said=nobody_there, accepted="2026-10-30"),
            fact("2026-10-02", handed_back="2026-10-05"),
            fact("2026-10-02"),  # nobody has told her anything
            fact("2026-10-02", status="completed", resolved="2026-10-02"),  # answered on the spot
        ],
    )
    assert (found["notice-due"], found["told"]) == (5, 3)


def test_settled_of_what_was_due_and_of_all_that_were_accepted() -> None:
    found = counted(
        PETITIONS,
        [
            fact("2026-08-01", accepted="2026-08-01", resolved="2026-09-30"),  # the sixtieth day
            fact("2026-08-01", accepted="2026-08-01", resolved="2026-10-01"),  # the day after
            fact("2026-08-01", accepted="2026-08-01", resolved="2026-10-20", extended="2026-09-20"),
            fact("2026-08-01", accepted="2026-08-01"),  # late, still open
            fact("2026-08-01", accepted="2026-08-01", withdrawn="2026-08-20"),
            fact("2026-11-01", accepted="2026-11-01", resolved="2026-11-05"),  # early, not due yet
            fact("2026-11-01", accepted="2026-11-01"),
        ],
    )
    assert (found["accepted"], found["resolved"]) == (6, 4)
    assert (found["due"], found["in-time"]) == (4, 2)


def test_an_extension_is_as_long_as_it_was_granted_and_never_more_than_thirty_days() -> None:
    def extended(days: int, resolved: str, **reached: str) -> CaseFact:
        said = {"extension_granted": days}
        return fact("2026-08-01", said=said, accepted="2026-08-01", resolved=resolved, **reached)

    told = {"extended": "2026-09-20"}
    found = counted(
        PETITIONS,
        [
            extended(10, "2026-10-10", **told),  # the seventieth day
            extended(10, "2026-10-11", **told),  # the day after: late, though 30 are allowed
            extended(10, "2026-10-10"),  # granted and not told of: that is another limit
            extended(45, "2026-10-30", **told),
            extended(45, "2026-10-31", **told),
            # of before the days were written: the most that the regulation allows
            fact("2026-08-01", accepted="2026-08-01", resolved="2026-10-30", extended="2026-09-20"),
        ],
    )
    assert (found["due"], found["in-time"]) == (6, 4)


def test_satisfaction_is_of_those_who_answered() -> None:
    said = ("satisfied", "fairly", "not", "unreached")
    found = counted(PETITIONS, [fact("2026-10-01", said={"satisfaction": one}) for one in said])
    assert (found["answered"], found["pleased"]) == (3, 2)


def test_the_same_person_with_the_same_matter_within_twelve_months() -> None:
    wage, other = {"matter": "wage"}, {"matter": "other"}
    facts = [
        fact("2025-10-01", said={**wage, "id_number": "a"}),
        fact("2026-09-30", said={**wage, "id_number": "a", "mobile": "1"}),  # within a year
        fact("2026-10-05", said={**other, "id_number": "a"}),  # another matter
        fact("2026-10-06", said={**wage, "mobile": "1"}),  # by her telephone
        fact("2026-10-07", said=wage),  # who left no number is nobody's second time
        fact("2026-10-08", said=wage),
        fact("2026-10-09", said={**wage, "id_number": "b"}),
    ]
    assert repeated(facts) == {facts[1].id, facts[3].id}


def test_legal_aid_decided_in_seven_days_and_assigned_in_three() -> None:
    grant = {"review_result": "grant", "fees_saved": 2680, "recovered": 22900}
    found = counted(
        LEGAL_AID,
        [
            fact("2026-10-01", said=grant, accepted="2026-10-01", decided="2026-10-08", assigned="2026-10-11"),
            fact("2026-10-01", said=grant, accepted="2026-10-01", decided="2026-10-09", assigned="2026-10-13"),
            fact("2026-10-01", accepted="2026-10-01"),  # late
            fact("2026-11-14", accepted="2026-11-14"),  # not due
            fact("2026-10-01", "completed", {"review_result": "refuse"}, accepted="2026-10-01", decided="2026-10-02"),
            fact("2026-10-01", said={"review_result": "grant"}, accepted="2026-10-01", decided="2026-10-02"),
        ],
    )  # fmt: skip
    assert (found["decision-due"], found["decided"]) == (5, 3)
    assert (found["assignment-due"], found["assigned"]) == (3, 1)
    assert (found["saved"], found["recovered"]) == (5360, 45800)


def test_wages_recovered_and_people_paid() -> None:
    found = counted(
        WAGE_ARREARS,
        [
            fact("2026-10-01", said={"claimed": 20000, "people": 2, "recovered": 12000, "paid_people": 1}),
            fact("2026-10-01", said={"claimed": 5000, "people": 1}),
        ],
    )  # fmt: skip
    assert (found["claimed"], found["recovered"]) == (25000, 12000)
    assert (found["people"], found["paid"]) == (3, 1)
