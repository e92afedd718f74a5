"""A petition is withdrawn wherever it stands; what the petitioner reads meanwhile, and until when."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from engine import SYSTEM, Engine
from engine.errors import Invalid
from engine.jobs.executor import Pace
from engine.model.actors import guest_of
from engine.model.clock import FixedClock
from engine.work.guests import GuestView
from tests.engine.test_petition import (
    SERVED,
    TODAY,
    answered,
    asks_for_review,
    doer,
    ended,
    registered,
    running_on,
    set_up,
    withdraws,
)
from tests.support.templates import Templates

LOOKED = {"facts": "已核实", "hardship": "no", "mediation": "no"}
OPINION = {"opinion_kind": "support", "opinion_text": "予以支持", "opinion_basis": "《工会法》"}
ACCEPTED = {"accepted_on": TODAY, "notice_way": "当面", "notice_on": TODAY}
LONGER = {"extension_wanted": 20, "extension_reason": "情况复杂"}
WAY = (
    ("accept", "reception", ACCEPTED),
    ("investigate", "handler", {**LOOKED, "next_step": "extension", **LONGER}),
    ("approve_extension", "approver", {"decision": "agree", "extension_granted": 20}),
    ("tell_extension", "reception", SERVED),
    ("investigate", "handler", {**LOOKED, "next_step": "hearing"}),
    ("hear", "handler", {"heard_on": TODAY, "attendants": 7, "hearing_result": "支持公开"}),
    ("investigate", "handler", {**LOOKED, "next_step": "opinion"}),
    ("write_opinion", "handler", OPINION),
    ("sign_opinion", "approver", {"decision": "agree", "opinion_no": "漳工访意〔2026〕3号"}),
    ("deliver", "reception", SERVED),
)
"""The steps of a petition that is extended and heard, by whom and with what."""

STEPS = tuple(dict.fromkeys(element for element, _who, _said in WAY))


@pytest.fixture
def engine(
    templates: Templates, database_kind: str, tmp_path: Path, clock: FixedClock
) -> Iterator[Engine]:
    with templates.copy(database_kind, set_up, tmp_path) as url:
        made = running_on(url, tmp_path / "data", clock)
        yield made
        made.close()


def standing_at(engine: Engine, wanted: str) -> str:
    """A petition that stands at a step."""
    petition = registered(engine, matter="union")
    do = doer(engine, petition)
    do("reception", "screen", way="ours")
    for element, who, said in WAY:
        if element == wanted:
            return petition
        do(who, element, **said)
    raise AssertionError(wanted)


def read(engine: Engine, case_id: str) -> GuestView:
    return engine.guests.view(guest_of(case_id))


def words(engine: Engine, case_id: str) -> list[tuple[str, date | None]]:
    return [(one.words, one.until) for one in read(engine, case_id).statuses]


def goes_on(engine: Engine) -> None:
    worker = engine.jobs.executor(Pace(idle=0.01))
    while worker.run_once():
        pass


@pytest.mark.parametrize("element", STEPS)
def test_the_window_takes_a_withdrawal_down_at_every_step(engine: Engine, element: str) -> None:
    petition = standing_at(engine, element)
    withdraws(engine, "reception", petition)
    assert "withdrawn" in ended(engine, petition)
    assert words(engine, petition) == [("您已撤回", None)]
    assert engine.cases.view(SYSTEM, petition).open_tasks == ()


@pytest.mark.parametrize("element", ["hear", "sign_opinion", "deliver"])
def test_she_withdraws_it_herself_with_her_receipt(engine: Engine, element: str) -> None:
    petition = standing_at(engine, element)
    (offered,) = read(engine, petition).messages
    assert offered.label == "撤回"
    engine.guests.send_message(guest_of(petition), offered.token, "已经公开了")
    assert "withdrawn" in ended(engine, petition)


def test_what_became_of_the_originals_is_asked_at_the_window(engine: Engine) -> None:
    petition = standing_at(engine, "hear")
    reception = engine.directory.actor_named("reception")
    (awaited,) = engine.messages.awaited(reception, petition)
    said = {"withdrawn_on": TODAY, "reason": "问题已经解决"}
    with pytest.raises(Invalid) as refused:
        engine.messages.take_down(reception, petition, awaited.token, said, None)
    assert [one.pointer for one in refused.value.errors] == ["/originals"]
    assert engine.cases.view(SYSTEM, petition).open_tasks[0].element_id == "hear"


def test_what_was_delivered_is_withdrawn_no_more(engine: Engine) -> None:
    petition = answered(engine, "xc", "no")
    assert words(engine, petition) == [("处理意见已送达,不同意的可以申请复查", None)]
    assert [one.label for one in read(engine, petition).messages] == ["申请复查"]
    doer(engine, petition)("reception", "follow_up", asked_on=TODAY, satisfaction="not")
    assert [one.label for one in read(engine, petition).messages] == ["申请复查"]


def test_a_review_is_asked_for_as_soon_as_the_opinion_is_delivered(engine: Engine) -> None:
    petition = answered(engine, "xc", "no")
    (offered,) = read(engine, petition).messages
    engine.guests.send_message(guest_of(petition), offered.token, "事实没有查清")

    open_now = engine.cases.view(SYSTEM, petition).open_tasks
    assert "follow_up" not in [one.element_id for one in open_now]
    assert [one.label for one in read(engine, petition).messages] == ["撤回"]


def reviewed(engine: Engine, at: str) -> tuple[str, str]:
    """A petition and its review at the union above."""
    petition = answered(engine, at, "no")
    doer(engine, petition)("reception", "follow_up", asked_on=TODAY, satisfaction="not")
    asks_for_review(engine, "reception", petition)
    (link,) = engine.cases.view(SYSTEM, petition).related
    return petition, link.id


UPHELD = {"review_result": "upheld", "review_opinion": "维持"}
SIGNED = {"decision": "agree", "opinion_no": "漳工访复〔2026〕1号"}


def test_the_review_is_told_in_plain_words_with_its_limits(engine: Engine) -> None:
    petition, review = reviewed(engine, "xc")
    assert words(engine, petition) == [("正在由上一级复查", None)]
    # Thirty days from the request (信访工作条例 art. 35), the day itself not counted.
    assert words(engine, review) == [("正在复查", date(2026, 12, 9))]
    do = doer(engine, review)
    do("protection", "examine", next_step="opinion", **UPHELD)
    assert words(engine, review) == [("意见正在审签", None)]
    do("leader", "sign", **SIGNED)
    assert words(engine, review) == [("意见已经作出,正在送给您", None)]
    do("city_reception", "deliver", **SERVED)
    assert words(engine, review) == [
        ("复查意见已送达,不同意的可以申请复核", date(2026, 12, 9)),
    ]
    (offered,) = read(engine, review).messages
    assert (offered.label, offered.asks_reason) == ("申请复核", "required")
    engine.guests.send_message(guest_of(review), offered.token, "事实还是没有查清")
    goes_on(engine)
    assert words(engine, review) == [("正在由省总工会复核", date(2026, 12, 9))]
    assert [one.element_id for one in engine.cases.view(SYSTEM, review).open_tasks] == [
        "province_rereview"
    ]
    assert [text for text, _at in read(engine, review).reached] == ["已收到您的申请", "意见已送达"]
    do("protection", "province_rereview", sent_on=TODAY, answered_on=TODAY, **UPHELD)
    goes_on(engine)
    assert words(engine, review) == [("复核已经终结,同一件事不再受理", None)]
    assert words(engine, petition) == [("复查(复核)已经终结", None)]


@pytest.mark.parametrize("until", ["examine", "sign", "deliver", "period", "province"])
def test_a_review_ends_wherever_it_stands_when_the_petition_is_withdrawn(
    engine: Engine, until: str
) -> None:
    petition, review = reviewed(engine, "xc")
    do = doer(engine, review)
    for name, who, said in (
        ("examine", "protection", {"next_step": "opinion", **UPHELD}),
        ("sign", "leader", SIGNED),
        ("deliver", "city_reception", SERVED),
    ):
        if name == until:
            break
        do(who, name, **said)
    if until == "province":
        (offered,) = read(engine, review).messages
        engine.guests.send_message(guest_of(review), offered.token, "事实还是没有查清")
    withdraws(engine, "reception", petition)
    goes_on(engine)
    assert "withdrawn" in ended(engine, petition)
    assert "withdrawn" in ended(engine, review)
    assert words(engine, review) == [("您已撤回", None)]
    assert words(engine, petition) == [("您已撤回复查申请", None)]
    assert engine.cases.view(SYSTEM, review).open_tasks == ()
    assert {one.id for one in engine.audit.invariants() if not one.ok} == set()


def test_the_province_reviews_no_more_what_was_withdrawn(engine: Engine) -> None:
    petition = at_the_province(engine)
    assert words(engine, petition) == [("正在由上一级复查", date(2026, 12, 9))]
    withdraws(engine, "city_reception", petition)
    assert "withdrawn" in ended(engine, petition)
    assert words(engine, petition) == [("您已撤回复查申请", None)]


def at_the_province(engine: Engine) -> str:
    """A petition of the city whose opinion the province reviews, outside."""
    petition = registered(engine, "city_reception", "zz", matter="union")
    do = doer(engine, petition)
    do("city_reception", "screen", way="ours")
    do("city_reception", "accept", **ACCEPTED)
    do("protection", "investigate", **LOOKED, next_step="opinion")
    do("protection", "write_opinion", **OPINION)
    do("leader", "sign_opinion", decision="agree", opinion_no="漳工访意〔2026〕3号")
    do("city_reception", "deliver", **SERVED)
    do("city_reception", "follow_up", asked_on=TODAY, satisfaction="not")
    asks_for_review(engine, "city_reception", petition)
    (step,) = engine.cases.view(SYSTEM, petition).open_tasks
    assert step.element_id == "province_review"
    return petition


def test_limits_of_the_law_are_told_and_those_of_the_office_are_not(engine: Engine) -> None:
    # Fifteen days to accept, sixty to answer: 信访工作条例 art. 23 and 34.
    assert words(engine, standing_at(engine, "accept")) == [
        ("正在定能不能受理,定了告诉您", date(2026, 11, 24))
    ]
    assert words(engine, standing_at(engine, "sign_opinion")) == [("处理意见正在审签", None)]
