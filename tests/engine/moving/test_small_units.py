"""最小岗位方案: a small unit's one person may do what is two people's elsewhere, marked."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from engine import SYSTEM, Actor
from engine.errors import Conflict, Invalid, NotPermitted, SeparationOfDuties
from engine.model.organisations import RoutingReason
from engine.model.tasks import InboxFilter
from engine.store.profiles import MarkedFilter
from engine.work.organise import Term
from tests.engine.moving.conftest import Workshop, drawn, step
from tests.engine.moving.test_digests import HALF_PAST_EIGHT
from tests.engine.moving.test_invariants import broken_within
from tests.unit.runtime.kit import end, line, start

TODAY = date(2026, 11, 9)
DOCUMENT, WHY = "模拟〔2026〕30号", "全单位只有两名工作人员"


def small(shop: Workshop) -> str:
    """A case reviewed at the county; its entry is kept apart, its approval absolutely."""
    body = (
        start()
        + step("review")
        + step("enter", notSamePersonAs="review", sameInSmallUnits="review")
        + step("approve", notSamePersonAs="review, enter", sameInSmallUnits="enter")
        + end()
    )
    shop.put(
        drawn(
            "small",
            {"officer": "S E", "county_reviewer": "review enter approve"},
            body + line("S", "review", "enter", "approve", "E"),
        )
    )
    case_id = shop.begin("small")
    shop.finish("reviewer", case_id, "review")
    return case_id


def declared(shop: Workshop, term: Term | None = None) -> int:
    directory = shop.engine.directory
    directory.declare_profile(shop.actor("admin"), "xc", DOCUMENT, WHY, term or Term())
    return directory.profiles("xc")[0].id


def later(shop: Workshop, days: int) -> None:
    shop.clock.advance(timedelta(days=days))
    shop.work()


def test_without_a_profile_the_same_person_may_not(shop: Workshop) -> None:
    case_id = small(shop)
    assert (shop.inbox("reviewer"), shop.inbox("reviewer2")) == ([], ["enter"])
    reviewer, wanted = shop.actor("reviewer"), shop.step(case_id)
    for doing in (
        lambda: shop.engine.tasks.claim(reviewer, wanted),
        lambda: shop.engine.tasks.complete(reviewer, wanted, {}),
        lambda: shop.engine.tasks.save_draft(reviewer, wanted, {"note": "x"}),
    ):
        with pytest.raises(SeparationOfDuties):
            doing()
    shop.engine.tasks.claim(shop.actor("reviewer2"), wanted)
    with pytest.raises(NotPermitted):
        shop.engine.tasks.pass_on(shop.actor("reviewer2"), wanted, "p-reviewer", "我要出差")


def test_with_a_profile_she_may_and_the_step_is_marked(shop: Workshop) -> None:
    case_id = small(shop)
    profile = declared(shop)
    reviewer = shop.actor("reviewer")
    page = shop.engine.tasks.inbox(reviewer, InboxFilter())
    assert [(row.element_id, row.is_by_profile) for row in page.lines] == [("enter", True)]
    assert page.counts.total == 1
    other = shop.engine.tasks.inbox(shop.actor("reviewer2"), InboxFilter())
    assert [row.is_by_profile for row in other.lines] == [False]
    shop.engine.tasks.claim(reviewer, shop.step(case_id))
    done = shop.engine.tasks.complete(reviewer, shop.step(case_id), {})
    assert done.task.profile_id == profile
    (entry,) = [
        e
        for e in shop.engine.cases.history(SYSTEM, case_id)
        if e.element_id == "enter" and "profile" in e.detail
    ]
    assert entry.detail["profile"] == DOCUMENT
    (told,) = [s for s in shop.engine.cases.view(SYSTEM, case_id).submissions if s.profile]
    assert (told.element_id, told.profile) == ("enter", DOCUMENT)
    assert told.signer == f"模拟reviewer(按最小岗位方案,{DOCUMENT})"
    assert shop.broken() == {}


@pytest.mark.parametrize("has_profile", [False, True])
def test_the_morning_s_digest_counts_as_the_inbox_does(
    shop: Workshop, *, has_profile: bool
) -> None:
    small(shop)
    if has_profile:
        declared(shop)
    shop.clock.advance(HALF_PAST_EIGHT - shop.clock.now())
    shop.engine.telling.postman().run_once()
    reviewer = shop.actor("reviewer")
    counted = shop.engine.tasks.inbox(reviewer, InboxFilter()).counts.total
    assert counted == int(has_profile)
    told = [one.text for one in shop.engine.telling.of_person(reviewer)]
    assert told == (["您有 1 件待办。"] if has_profile else [])


def test_what_is_absolute_stays_so_under_a_profile(shop: Workshop) -> None:
    case_id = small(shop)
    declared(shop)
    shop.finish("reviewer2", case_id, "enter")
    # reviewer2 entered it, which is relaxed; reviewer reviewed it, which never is
    assert (shop.inbox("reviewer"), shop.inbox("reviewer2")) == ([], ["approve"])
    with pytest.raises(SeparationOfDuties):
        shop.finish("reviewer", case_id, "approve")
    shop.finish("reviewer2", case_id, "approve")


def test_whoever_needs_no_profile_leaves_no_mark(shop: Workshop) -> None:
    case_id = small(shop)
    declared(shop)
    shop.finish("reviewer2", case_id, "enter")
    assert shop.engine.supervision.marked_steps(supervisor(shop), MarkedFilter()).rows == ()


def supervisor(shop: Workshop) -> Actor:
    return shop.actor("supervisor")


def test_marked_steps_are_listed_by_unit_and_period(shop: Workshop) -> None:
    case_id = small(shop)
    declared(shop)
    shop.finish("reviewer", case_id, "enter")
    everything = shop.engine.supervision.marked_steps(supervisor(shop), MarkedFilter())
    (row,) = everything.rows
    assert (row.line.case_id, row.line.element_id, row.doer) == (case_id, "enter", "模拟reviewer")
    assert (row.beside, row.profile.document) == (("review",), DOCUMENT)
    assert (everything.by_unit, everything.total) == ({"xc": 1}, 1)
    now = shop.clock.now()
    for asked, count in (
        (MarkedFilter(organisation_id="xc"), 1),
        (MarkedFilter(organisation_id="zz"), 1),
        (MarkedFilter(organisation_id="lw"), 0),
        (MarkedFilter(since=now - timedelta(days=1), until=now + timedelta(days=1)), 1),
        (MarkedFilter(since=now + timedelta(seconds=1)), 0),
        (MarkedFilter(until=now - timedelta(seconds=1)), 0),
    ):
        found = shop.engine.supervision.marked_steps(supervisor(shop), asked)
        assert (len(found.rows), found.total) == (count, count), asked
    far = shop.engine.supervision.marked_steps(shop.actor("far_reviewer"), MarkedFilter())
    assert far.rows == ()


def test_it_begins_and_ends_on_its_days(shop: Workshop) -> None:
    case_id = small(shop)
    number = declared(shop, Term(TODAY + timedelta(days=2), TODAY + timedelta(days=4)))
    assert shop.inbox("reviewer") == []
    later(shop, 2)
    assert shop.inbox("reviewer") == ["enter"]
    shop.engine.tasks.claim(shop.actor("reviewer"), shop.step(case_id))
    later(shop, 2)
    assert shop.inbox("reviewer") == []
    # what she held only thanks to it is free for the others again
    assert shop.inbox("reviewer2") == ["enter"]
    with pytest.raises(SeparationOfDuties):
        shop.finish("reviewer", case_id, "enter")
    with pytest.raises(Conflict, match="本来就到"):
        shop.engine.directory.end_profile(shop.actor("admin"), number)


def test_its_end_today_is_felt_at_once_and_what_was_done_stays_right(shop: Workshop) -> None:
    case_id = small(shop)
    number = declared(shop)
    shop.finish("reviewer", case_id, "enter")
    second = shop.begin("small")
    shop.finish("reviewer", second, "review")
    shop.engine.directory.end_profile(shop.actor("admin"), number)
    assert "enter" not in shop.inbox("reviewer")
    assert shop.broken() == {}
    later(shop, 30)
    assert {k: v for k, v in shop.broken().items() if k == "I2"} == {}


def test_a_breach_is_still_found(shop: Workshop) -> None:
    case_id = small(shop)
    number = declared(shop)
    shop.finish("reviewer", case_id, "enter")
    assert broken_within(shop) == {}
    for breach in (
        "UPDATE task SET profile_id = NULL",
        f"UPDATE separation_profile SET valid_from = '2026-11-10' WHERE id = {number}",
        f"UPDATE separation_profile SET valid_to = '2026-11-08' WHERE id = {number}",
        f"UPDATE separation_profile SET organisation_id = 'lw' WHERE id = {number}",
        "UPDATE task SET by_profile = '', barred = by_profile WHERE element_id = 'enter'",
        f"DELETE FROM separation_profile WHERE id = {number}",
    ):
        found = broken_within(shop, breach)
        assert found.get("I2"), breach


def test_the_units_own_people_do_not_send_it_up(shop: Workshop) -> None:
    case_id = small(shop)
    admin, directory = shop.actor("admin"), shop.engine.directory
    directory.grant(admin, "p-city", "county_reviewer", "zz")
    declared(shop)
    for held in [g for g in directory.grants() if g.role == "county_reviewer"]:
        if held.organisation_id == "xc":
            directory.withdraw_grant(admin, held.id)
    # elsewhere the city would have it now; here a paper has to say so
    assert shop.inbox("city") == []
    ((row, reason),) = shop.engine.tasks.unstaffed(supervisor(shop))
    assert (row.case_id, "书面指定" in reason) == (case_id, True)
    assert directory.designate(admin, ("county_reviewer", "xc", "zz"), "模拟〔2026〕31号") == 1
    assert shop.inbox("city") == ["enter"]
    assert shop.engine.tasks.unstaffed(supervisor(shop)) == []


def test_steps_from_which_everybody_must_stay_away_are_listed(shop: Workshop) -> None:
    case_id = small(shop)
    admin, directory = shop.actor("admin"), shop.engine.directory
    for name in ("reviewer2", "reviewer3"):
        directory.close_account(admin, f"p-{name}")
    ((row, reason),) = shop.engine.tasks.unstaffed(supervisor(shop))
    assert (row.case_id, "回避" in reason) == (case_id, True)
    declared(shop)
    assert shop.engine.tasks.unstaffed(supervisor(shop)) == []
    shop.finish("reviewer", case_id, "enter")
    ((row, _reason),) = shop.engine.tasks.unstaffed(supervisor(shop))
    assert row.element_id == "approve"  # the profile still finds nobody: in writing, elsewhere
    directory.designate(admin, ("county_reviewer", "xc", "lw"), "模拟〔2026〕32号", "均须回避")
    assert shop.engine.tasks.unstaffed(supervisor(shop)) == []
    shop.finish("far_reviewer", case_id, "approve")
    (entry,) = [e for e in shop.engine.cases.history(SYSTEM, case_id) if "designated" in e.detail]
    assert "模拟〔2026〕32号" in str(entry.detail["designated"])
    assert shop.broken() == {}


@pytest.mark.parametrize(
    ("document", "why", "term", "field"),
    [
        ("", WHY, Term(), "document"),
        ("x" * 201, WHY, Term(), "document"),
        (DOCUMENT, "少", Term(), "reason"),
        (DOCUMENT, "长" * 501, Term(), "reason"),
        (DOCUMENT, WHY, Term(TODAY - timedelta(days=1)), "since"),
        (DOCUMENT, WHY, Term(None, TODAY), "until"),
    ],
)
def test_a_profile_that_says_too_little_is_refused(
    shop: Workshop, document: str, why: str, term: Term, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        shop.engine.directory.declare_profile(shop.actor("admin"), "xc", document, why, term)
    assert [error.pointer for error in refused.value.errors] == [f"/{field}"]


def test_one_profile_at_a_time_and_only_by_an_administrator(shop: Workshop) -> None:
    directory = shop.engine.directory
    with pytest.raises(NotPermitted):
        directory.declare_profile(supervisor(shop), "xc", DOCUMENT, WHY)
    number = declared(shop, Term(TODAY, TODAY + timedelta(days=9)))
    with pytest.raises(Invalid, match="已有最小岗位方案"):
        declared(shop)
    with pytest.raises(NotPermitted):
        directory.end_profile(supervisor(shop), number)
    declared(shop, Term(TODAY + timedelta(days=9)))
    assert [one.valid_from for one in directory.profiles("xc")] == [
        TODAY + timedelta(days=9),
        TODAY,
    ]


def test_a_designation_has_its_days_its_reason_and_a_unit_that_can(shop: Workshop) -> None:
    small(shop)
    admin, directory = shop.actor("admin"), shop.engine.directory
    new = ("county_reviewer", "xc", "lw")
    term = Term(TODAY + timedelta(days=1), TODAY + timedelta(days=3))
    assert directory.designate(admin, new, DOCUMENT, WHY, term) == 0
    later(shop, 1)
    assert (shop.inbox("reviewer2"), shop.inbox("far_reviewer")) == ([], ["enter"])
    view = shop.engine.tasks.view(shop.actor("far_reviewer"), shop.step(_case(shop)))
    assert f"{DOCUMENT},至 2026-11-12" in view.why_here
    assert view.task.queue.reason is RoutingReason.DESIGNATED
    later(shop, 2)
    assert (shop.inbox("reviewer2"), shop.inbox("far_reviewer")) == (["enter"], [])
    for wrong, field in (
        (("county_reviewer", "xc", "xc"), "handler"),
        (("county_reviewer", "xc", "u1"), "handler"),  # no level of the role
        (("data_entry", "xc", "lw"), "handler"),  # nobody there holds it
        (("none", "xc", "lw"), "role"),
        (("county_reviewer", "none", "lw"), "unit"),
    ):
        with pytest.raises(Invalid) as refused:
            directory.designate(admin, wrong, DOCUMENT)
        assert [e.pointer for e in refused.value.errors] == [f"/{field}"], wrong
    (made,) = directory.designations()
    assert replace(made, id=0).reason == WHY
    assert made.set_by == "p-admin"


def _case(shop: Workshop) -> str:
    (row,) = shop.rows("SELECT id FROM cases")
    return str(row[0])
