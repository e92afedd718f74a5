"""Unpaid wages of twelve before the festival, and a lawyer's legal aid, from counter to end."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PICTURES, Site
from tests.journeys.office import staffed
from tests.journeys.person import Person

pytestmark = pytest.mark.browser

People = Callable[..., Person]
FOLDER = PICTURES / "wages-and-aid"
PROCESSES = ("petition", "petition_review", "petition_assigned", "wage_arrears", "legal_aid")
STAFF = {
    "reception": ("receptionist", "xc"),
    "lawyer": ("lawyer", "xc"),
    "leader": ("city_leader", "zz"),
}
DAYS_TO_JANUARY = 324
"""From 2026-03-02 to 2027-01-20, seventeen days before Spring Festival."""
EMPLOYER = "模拟装修有限公司"
WORKERS = 12
OWED = 8_000
ROSTER = "\n".join(
    [
        "姓名\t手机\t欠薪金额",
        *(f"模拟{chr(0x7532 + n)}\t154000003{n:02d}\t8,000" for n in range(12)),
    ]
)
"""What somebody copies out of Excel."""
CLAIM = {
    "source": "complaint",
    "applicant_name": "林模拟",
    "mobile": "15400000300",
    "employer": EMPLOYER,
    "project": "模拟花园三期",
    "people": WORKERS,
    "claimed": WORKERS * OWED,
    "arrears_from": "2026-06-01",
    "arrears_to": "2026-10-31",
    "still_employed": "no",
    "left_on": "2026-10-31",
    "facts": "十二名工人五个月工资没有发放。",
}
APPLICANT = "陈模拟"
AID = {
    "applicant_name": APPLICANT,
    "id_number": "35060219850101004X",
    "mobile": "15400000222",
    "applicant_kind": "migrant",
    "people": 1,
    "employer": EMPLOYER,
    "matter": "wages",
    "claimed": 23_600,
    "aid_place": "here",
    "facts": "三月至八月没有发放工资。",
    "still_employed": "yes",
    "preservation": "no",
    "papers_application": "模拟材料.pdf",
}


@pytest.fixture
def union(site: Site) -> Site:
    """Who takes down, looks after and decides, with the processes they work with."""
    return staffed(site, STAFF, PROCESSES, legal_aid_means_standard=1_500)


def take_down_the_claim(reception: Person) -> None:
    """The form, the roster pasted as it came; the receipt is on the screen."""
    reception.go("/start/wage_arrears/xc")
    reception.fill(CLAIM)
    roster = reception.page.locator('[data-list="workers"]')
    roster.locator("summary", has_text="粘贴").click()
    roster.locator("textarea").first.fill(ROSTER)
    roster.locator("button", has_text="填入").click()
    expect(roster.locator("[data-row]")).to_have_count(WORKERS)
    expect(roster).to_contain_text("96,000.00")
    reception.picture(FOLDER, "1-claim", whole=True)
    reception.press("receipt")
    expect(reception.page.locator("h1")).to_contain_text("回执")


def money_came_in(reception: Person, *, each: int, state: str, more: dict[str, object]) -> None:
    """It is written down on the case's page, then what each has by now."""
    reception.go(f"/cases?q={EMPLOYER}")
    reception.page.locator("main a", has_text=EMPLOYER).first.click()
    reception.page.get_by_text("登记有款到账").first.click()
    reception.page.locator("main select").first.select_option(label="当面")
    reception.fill({"reason": "转账凭证已交来"})
    with reception.page.expect_navigation():
        reception.page.locator("main button[type=submit]").last.click()
    reception.open_step("逐人登记到账", EMPLOYER)
    paid = [{"paid": each, "paid_on": "2027-01-20"}] * WORKERS
    reception.fill({"workers": paid, "payment_state": state, "payment_proofs": "流水.pdf", **more})
    reception.picture(FOLDER, f"3-paid-{state}", whole=True)
    reception.submit()


def test_twelve_before_the_festival_are_reported_the_same_day_and_paid_in_two_parts(
    union: Site, people: People
) -> None:
    union.pass_days(DAYS_TO_JANUARY)
    reception, reviewer, leader = people("reception"), people("reviewer"), people("leader")
    take_down_the_claim(reception)

    reception.do(
        "当日报告",
        EMPLOYER,
        {
            "reported_to": "模拟leader",
            "reported_on": "2027-01-20",
            "labour_told": "yes",
            "report_note": "节前十二人",
        },
    )
    leader.do("阅示", EMPLOYER, {"order_text": "当日核查"})
    reviewer.do(
        "核查",
        EMPLOYER,
        {
            "second_name": "王模拟",
            "verified_people": WORKERS,
            "verified_amount": WORKERS * OWED,
            "verify_finding": "台账显示没有发放",
        },
    )
    reviewer.do("协商", EMPLOYER, {"negotiation": "instalments", "negotiation_note": "两次付清"})

    money_came_in(reception, each=OWED // 2, state="partly", more={"next_payment_on": "2027-01-28"})
    money_came_in(reception, each=OWED, state="all", more={})

    reception.open_step("回访", EMPLOYER)
    expect(reception.page.locator("main")).to_contain_text("96,000.00 元")
    reception.fill({"call_back_on": "2027-01-20", "satisfaction": "yes", "hardship": "no"})
    reception.submit()
    reception.go(f"/cases?q={EMPLOYER}")
    expect(reception.page.locator("main tbody tr", has_text=EMPLOYER)).to_contain_text("已办结")


def test_not_all_is_paid_while_one_is_short(union: Site, people: People) -> None:
    reception = people("reception")
    reception.expected = {422}
    task = union.start(
        "reception",
        "wage_arrears",
        {**CLAIM, "people": 1, "claimed": OWED, "workers": [{"name": "林模拟", "owed": OWED}]},
    )
    case_id = task.rpartition("-")[0]
    reception.go(f"/cases/{case_id}")
    reception.page.get_by_text("登记有款到账").first.click()
    reception.page.locator("main select").first.select_option(label="电话")
    reception.fill({"reason": "到了一半"})
    with reception.page.expect_navigation():
        reception.page.locator("main button[type=submit]").last.click()
    reception.open_step("逐人登记到账", EMPLOYER)
    reception.fill(
        {"workers": [{"paid": 4_000}], "payment_state": "all", "payment_proofs": "流水.pdf"}
    )
    reception.press("submit")
    expect(reception.page.locator("main")).to_contain_text("名册中还有人没有付清")
    expect(reception.page.locator('[name="workers.0.paid"]')).to_have_value("4,000.00")


def test_a_lawyer_takes_a_case_from_the_question_of_a_conflict_to_the_review_of_her_file(
    union: Site, people: People
) -> None:
    reception, reviewer, lawyer = people("reception"), people("reviewer"), people("lawyer")
    reception.go("/start/legal_aid/xc")
    reception.fill(AID)
    reception.press("receipt")
    reception.do("审查材料", APPLICANT, {"complete": "yes"})

    reviewer.open_step("审查决定", APPLICANT)
    expect(reviewer.page.locator("main")).to_contain_text("不审查经济困难")
    reviewer.fill({"review_result": "grant"})
    reviewer.submit()
    reviewer.open_step("指派律师", APPLICANT)
    reviewer.fill(
        {
            "lawyer_name": "戴模拟",
            "lawyer_firm": "模拟律师事务所",
            "lawyer_phone": "15400000333",
            "aid_forms": ["代理仲裁"],
            "lawyer_asked": "no",
        }
    )
    with reviewer.page.expect_popup() as letter:
        reviewer.page.locator("button", has_text="法律援助指派函").click()
    expect(letter.value.locator("main")).to_contain_text("现指派贵所戴模拟律师承办")
    letter.value.close()
    reviewer.open_step("指派律师", APPLICANT)
    reviewer.submit()

    lawyer.do("核对利益冲突", APPLICANT, {"conflict": "no"})
    said = [{"on": "2026-03-02", "at_stage": "arbitration", "did": "申请仲裁"}]
    monthly = {"progress_log": said, "stage": "arbitration", "progress": "continue"}
    lawyer.do("承办并按月通报", APPLICANT, monthly)
    lawyer.open_step("承办并按月通报", APPLICANT)
    expect(lawyer.page.locator('[name="progress_log.0.did"]')).to_have_value("申请仲裁")
    lawyer.fill({"stage": "arbitration", "progress": "finished"})
    lawyer.submit()
    lawyer.do(
        "结案报告",
        APPLICANT,
        {
            "aid_result": "won",
            "recovered": 20_000,
            "fees_saved": 3_000,
            "closing_text": "裁决全部支持",
            "payee_kind": "none",
        },
    )
    reviewer.do(
        "卷宗评查",
        APPLICANT,
        {"review_opinion": "pass", "review_grade": "good", "subsidy": 0},
    )
    reviewer.go(f"/cases?q={APPLICANT}")
    expect(reviewer.page.locator("main tbody tr", has_text=APPLICANT)).to_contain_text("已办结")
