"""A year's school aid from its plan to its end: each child once, every yuan accounted for."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from engine import SYSTEM, Engine
from engine.errors import Conflict, Invalid
from engine.model.clock import FixedClock
from engine.store.settings import Parameter
from registry import Registry
from registry.budget.model import BudgetLine
from registry.help_given import HelpBook
from registry.store.campaigns import PAID_STANDS, Stand
from tests.funds.autumn import ENROLLED, Autumn, Student, deploy, household
from tests.funds.conftest import opened, with_money
from tests.funds.purse import Purse, id_number
from tests.registry.town import MONDAY_MORNING
from tests.support.register import Visitor, site_of
from tests.support.templates import Templates

FAR_STAFF = {"far_approver": ("county_approver", "lw"), "far_cashier": ("cashier", "lw")}
ELDER, YOUNGER, FAR_CHILD, THIRD = 501, 502, 503, 504


def set_up(url: str, folder: Path) -> None:
    """The federation with money, school aid's processes and three households with children."""
    engine = with_money(opened(url, folder, FixedClock(MONDAY_MORNING)), FAR_STAFF)
    deploy(engine)
    families = [
        household(1, "u1", [ELDER, YOUNGER]),
        household(2, "lw-u", [FAR_CHILD]),
        household(3, "u1", [THIRD]),
    ]
    Registry(engine).load_files(SYSTEM, families, "模拟台账")
    engine.close()


@pytest.fixture
def funds_url(templates: Templates, database_kind: str, tmp_path: Path) -> Iterator[str]:
    with templates.copy(database_kind, set_up, tmp_path) as url:
        yield url


@pytest.fixture
def autumn(purse: Purse) -> Autumn:
    """Planned, approved, told: people apply."""
    made = Autumn(purse)
    made.start()
    made.open()
    return made


def file_of(autumn: Autumn, head: int) -> str:
    actor = autumn.purse.actor("protection")
    number = autumn.purse.draft(autumn.purse.allocate("protection", unit="zz"), "protection")
    (found,) = autumn.purse.register.batches.households(actor, number, f"林模拟{head}")
    return found.file_no


@pytest.fixture
def near(purse: Purse) -> BudgetLine:
    return purse.allocate(programme="schooling", amount="100,000.00")


def test_two_children_of_a_household_from_the_plan_to_the_end(
    autumn: Autumn, near: BudgetLine
) -> None:
    purse, file_no = autumn.purse, file_of(autumn, 1)
    cases = [
        autumn.apply(Student(ELDER, file_no)),
        autumn.apply(Student(YOUNGER, file_no, is_in_university=False)),
    ]
    autumn.grant(*cases)
    assert autumn.seen_by("protection").households(Stand.OPEN) == 2, "its notice runs"
    autumn.notices_over()
    autumn.approve(*cases)
    assert autumn.seen_by("protection").households(Stand.WAITING) == 2
    money = purse.register.campaigns.money(purse.actor("accountant"), autumn.seen_by("accountant"))
    waits = [(one.item, one.count, one.fen) for one in money.rosters[near.id]]
    assert waits == [("high_school", 1, 300_000), ("university", 1, 500_000)]
    autumn.pay(near, "university")
    autumn.pay(near, "high_school")
    with pytest.raises(Conflict, match="现在没有待发放的户"):
        autumn.pay(near, "university")
    assert purse.sums(near.id) == (100_000, 0, 0, 8_000, 92_000)
    assert [autumn.step(one) for one in cases] == ["confirm", "confirm"]
    for one in cases:
        purse.do("officer", one, "confirm", ENROLLED)
    campaign = autumn.seen_by("protection")
    assert campaign.households(*PAID_STANDS) == campaign.households(Stand.DONE) == 2
    assert (str(campaign.percent), campaign.paid_fen) == ("100", 800_000)
    purse.clock.advance(timedelta(days=50))
    autumn.close()
    assert autumn.engine.cases.view(SYSTEM, autumn.case_id).case.ended_at is not None
    purse.must_hold()


def test_a_second_one_of_the_year_is_refused(autumn: Autumn) -> None:
    with pytest.raises(Conflict, match=r"2026金秋.*已经发起"):
        autumn.start()


@pytest.mark.parametrize("day", ["2026-11-01", "2027-08-20"])
def test_who_may_apply_until_a_day_of_the_past_or_another_year_is_refused(
    autumn: Autumn, day: str
) -> None:
    autumn.engine.cases.cancel(autumn.purse.actor("protection"), autumn.case_id, "模拟:重新拟定")
    with pytest.raises(Invalid) as refused:
        autumn.start(apply_by=day)
    told = {one.pointer: one.message for one in refused.value.errors}
    assert told["/apply_by"] == "申请截止日要在今天之后、2026 年之内,请核对。"


def test_of_two_parents_in_two_counties_the_second_is_told_whom_to_ask(autumn: Autumn) -> None:
    file_no = file_of(autumn, 1)
    autumn.apply(Student(ELDER, file_no))
    here = autumn.begin(Student(ELDER, file_no))
    assert autumn.step(here) == "not_accepted_told"
    assert "已由模拟一厂工会在办件" in autumn.told(here, "not_taken")
    far = autumn.begin(Student(ELDER), "far_officer", "lw-u")
    assert "已在芗城模拟区总工会申请" in autumn.told(far, "not_taken")
    autumn.purse.do("far_officer", far, "not_accepted_told", {"told_way": "电话"})
    assert autumn.seen_by("protection").households() == 1


def test_a_day_late_and_before_it_is_opened_nobody_is_taken(purse: Purse) -> None:
    autumn = Autumn(purse)
    too_early = autumn.begin(Student(ELDER))
    assert "还没有发起" in autumn.told(too_early, "not_taken")
    autumn.start()
    autumn.open()
    purse.clock.advance(timedelta(days=11))
    assert autumn.step(autumn.begin(Student(ELDER))) == "apply"
    purse.clock.advance(timedelta(days=1))
    late = autumn.begin(Student(YOUNGER))
    assert "申请截止日期是 2026-11-20" in autumn.told(late, "not_taken")


def test_who_left_before_the_payment_goes_back_to_the_county_and_off_the_roster(
    autumn: Autumn, near: BudgetLine
) -> None:
    purse, file_no = autumn.purse, file_of(autumn, 1)
    first = autumn.apply(Student(ELDER, file_no))
    second = autumn.apply(Student(YOUNGER, file_no))
    autumn.grant(first, second)
    autumn.notices_over()
    autumn.approve(first)
    purse.bench.run("household.close", {"file_no": file_no, "reason": "own_wish"})
    autumn.approve(second)
    assert autumn.step(second) == "county_review"
    assert "不在档" in autumn.told(second, "finding")
    with pytest.raises(Conflict, match="都已不在档"):
        autumn.pay(near, "university")


def test_a_child_of_another_household_and_one_on_no_file_get_nothing_by_this_one(
    autumn: Autumn,
) -> None:
    file_no = file_of(autumn, 1)
    told = {
        autumn.apply(Student(THIRD, file_no)): "计入另一户",
        autumn.apply(Student(777, file_no)): "没有计入这名学生",
        autumn.apply(Student(FAR_CHILD)): "请按在档家庭申请",
    }
    for case_id, words in told.items():
        assert words in autumn.told(case_id, "grant")
        with pytest.raises(Invalid) as refused:
            autumn.purse.do("reviewer", case_id, "county_review", {"decision": "agree"})
        assert words in refused.value.errors[0].message


def test_next_year_the_paid_are_asked_again_and_what_was_written_down_is_there(
    autumn: Autumn, near: BudgetLine
) -> None:
    purse, file_no = autumn.purse, file_of(autumn, 1)
    stays = autumn.apply(Student(ELDER, file_no))
    leaves = autumn.apply(Student(YOUNGER, file_no), ends_in=2027)
    autumn.grant(stays, leaves)
    autumn.notices_over()
    autumn.approve(stays, leaves)
    autumn.pay(near, "university")
    for one in (stays, leaves):
        purse.do("officer", one, "confirm", ENROLLED)
    purse.clock.advance(timedelta(days=50))
    autumn.close()
    purse.clock.advance(timedelta(days=200))
    next_year = Autumn(purse)
    dates = {"apply_by": "2027-08-20", "pay_by": "2027-09-10", "confirm_by": "2027-10-20"}
    next_year.start(**dates)
    next_year.open()
    (asked,) = next_year.students("protection")
    assert next_year.step(asked.case_id) == "apply"
    assert next_year.told(asked.case_id, "school") == "模拟大学"
    assert next_year.told(asked.case_id, "file_no") == file_no
    # What the list has begun nobody begins once more.
    again = next_year.begin(Student(ELDER, file_no))
    assert "已由模拟一厂工会在办件" in next_year.told(again, "not_taken")
    purse.do("officer", asked.case_id, "apply", {"applies": "no", "held_because": "退学或休学"})
    assert next_year.engine.cases.view(SYSTEM, asked.case_id).case.ended_at is not None
    assert next_year.seen_by("protection").reasons == [("退学或休学", 1)]


def test_students_of_listed_townships_are_paid_from_their_own_line(
    autumn: Autumn, engine: Engine
) -> None:
    purse = autumn.purse
    special = purse.allocate(programme="township_students", amount="10,000.00")
    listed = Parameter("underdeveloped township", "xc-t", date(2026, 1, 1), value=True)
    engine.settings.add_parameters(SYSTEM, [listed])
    case_id = autumn.apply(Student(888), basis="township")
    autumn.grant(case_id)
    autumn.notices_over()
    autumn.approve(case_id)
    autumn.pay(special, "freshman")
    assert purse.sums(special.id) == (10_000, 0, 0, 1_000, 9_000)
    assert autumn.step(case_id) == "confirm"
    purse.must_hold()


def test_the_page_offers_a_roster_for_each_stage_and_shows_no_number(
    autumn: Autumn, near: BudgetLine, tmp_path: Path
) -> None:
    file_no = file_of(autumn, 1)
    case_id = autumn.apply(Student(ELDER, file_no))
    autumn.begin(Student(YOUNGER))
    autumn.grant(case_id)
    autumn.notices_over()
    autumn.approve(case_id)
    site = site_of(autumn.engine, tmp_path)
    accountant = Visitor(site, autumn.engine, "accountant")
    (href,) = set(
        re.findall(r'href="(/funds/campaigns/[^"]+)"', accountant.text("/funds/campaigns"))
    )
    page = accountant.text(href)
    assert "按学段逐人确定" in page
    assert "名单(人)" in page
    assert "大学(本科、高职):为待发放的 1 人制单" in page
    listed = Visitor(site, autumn.engine, "reviewer").text(f"{href}/households")
    assert file_no in listed
    hashed = autumn.engine.environment.vault.lookup_hash(id_number(ELDER))
    assert hashed not in listed
    line = re.findall(r'name="line" value="(\d+)"', page)[0]
    answer = accountant.post(f"{href}/roster", {"line": line, "item": "university"}, href)
    assert answer.status_code == 303
    batch = accountant.text(answer.headers["Location"])
    assert ">林小模501<" in batch
    wrong = accountant.post(f"{href}/roster", {"line": line, "item": "nothing"}, href)
    assert wrong.status_code == 409


@pytest.mark.parametrize("share", [5000, 2000, 0])
def test_what_a_student_who_did_not_come_gives_back(
    autumn: Autumn, near: BudgetLine, share: int
) -> None:
    purse, file_no = autumn.purse, file_of(autumn, 1)
    case_id = autumn.apply(Student(ELDER, file_no))
    autumn.grant(case_id)
    autumn.notices_over()
    autumn.approve(case_id)
    autumn.pay(near, "university")
    assert purse.sums(near.id) == (100_000, 0, 0, 5000, 95_000)
    purse.do("officer", case_id, "confirm", {"enrolled": "no", "confirm_note": "没有报到"})
    said = {"refunded": share, "refund_note": "没有报到"}
    voucher = {"refund_voucher": "收-2026-0301"} if share else {}
    purse.do("reviewer", case_id, "refund", {**said, **voucher})
    assert autumn.engine.cases.view(SYSTEM, case_id).case.ended_at is not None
    assert purse.sums(near.id) == (100_000, 0, 0, 5000 - share, 95_000 + share)
    given = HelpBook(autumn.engine).of_file(purse.actor("reviewer"), file_no)
    assert [one.cents for one in given.years] == [(5000 - share) * 100]
    campaign = autumn.seen_by("protection")
    assert campaign.paid_fen == (5000 - share) * 100
    assert campaign.households(Stand.DONE) == (share < 5000), "given back whole is not helped"
    assert campaign.households(Stand.HELD) == (share == 5000)
    purse.must_hold()
