"""The forms of the household file: what they ask, what they only doubt, what they say (模拟)."""

import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from engine.decisions import read_decisions
from engine.feel import EvaluationContext, compile_expression
from engine.forms import CompiledForm, compile_form
from engine.forms.papers import PapersNeeded, paper_holders
from webapp.forms.render import FormView, draw_answers, draw_form
from webapp.standard.parameters import beginning_values

ROOT = Path(__file__).parents[3]
FORMS = ROOT / "forms/archiving"
HOUSEHOLDS = ROOT / "processes/archiving/scenarios/data/households.toml"
BEGINNING = beginning_values()
NOW = datetime(2026, 11, 28, 2, 0, tzinfo=UTC)
LAST_YEAR = ["2025-11", "2025-12", *(f"2026-{month:02}" for month in range(1, 11))]
WITHOUT_PAPERS = dict.fromkeys(("paper_identity", "paper_hukou", "paper_income", "paper_bank")) | {
    "application_paper": None
}
CASE = {"case": {"organisation": {"name": "模拟一厂工会"}}}


@dataclass(frozen=True)
class County:
    """What expressions may ask: the parameter of one county."""

    standard: int | None = 500

    def parameter(self, name: str) -> object:
        if name != "dibao standard":
            return BEGINNING[name]
        if self.standard is None:
            raise KeyError(name)
        return self.standard

    def working_day_after(self, start: date, days: int) -> date:
        raise AssertionError("a form of the household file counts working days; test the count")

    def working_days_between(self, start: date, end: date) -> int:
        raise AssertionError("a form of the household file counts working days; test the count")


def read(name: str) -> CompiledForm:
    form = compile_form((FORMS / f"{name}.form").read_bytes(), f"{name}.form")
    assert [f for f in form.findings if f.severity == "error"] == []
    return form


@pytest.fixture(scope="module")
def application() -> CompiledForm:
    return read("archiving_apply")


@pytest.fixture(scope="module")
def bound() -> dict[str, CompiledForm]:
    """The forms as they run in their process: lists of papers ask its decision."""
    content = (ROOT / "processes/archiving/required_papers.dmn").read_bytes()
    model = read_decisions(content, "required_papers.dmn")
    forms = {path.stem: read(path.stem) for path in sorted(FORMS.glob("*.form"))}
    needed = PapersNeeded(
        "required_papers",
        lambda facts, context: model.evaluate("required_papers", facts, context).value,
        frozenset(model.decisions["required_papers"].inputs),
        paper_holders(form.fields.values() for form in forms.values()),
    )
    return {name: form.with_papers({"required_papers": needed}) for name, form in forms.items()}


@pytest.fixture
def papers_of(bound):
    """What the application lists as needed."""

    def listed(application, family, context):
        form = bound[application.id]
        return form.with_computed(family, CASE, context)["papers"]

    return listed


@pytest.fixture
def context() -> EvaluationContext:
    return EvaluationContext(now=NOW, host=County())


@pytest.fixture
def family() -> dict[str, object]:
    """A family of three that the application takes."""
    found = tomllib.loads(HOUSEHOLDS.read_text("utf-8"))["family_of_three"]
    found["income_lines"] = [
        {**line, "month": month}
        for line, month in zip(found["income_lines"], LAST_YEAR, strict=True)
    ]
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in found.items()}


def doubted(form: CompiledForm, data: dict[str, object], context: EvaluationContext) -> set[str]:
    return {d.pointer for d in form.doubts(data, CASE, context) if d.code == "doubt"}


def refused(form: CompiledForm, data: dict[str, object], context: EvaluationContext) -> set[str]:
    return {error.pointer for error in form.validate(data, CASE, context).errors}


def test_six_tabs_ask_what_the_file_needs(application):
    tabs = [group.label for group in application.components if getattr(group, "tab", False)]
    assert tabs == [
        "基本情况", "家庭成员", "收入与支出", "住房与资产", "困难原因与需求", "材料与授权",
    ]  # fmt: skip
    members = {column.name for column in application.fields["members"].row_fields}
    assert members >= {
        "relation", "name", "sex", "ethnicity", "political", "id_number", "birth_date", "health",
        "illness", "disability", "medical_insurance", "marital", "hukou", "income_month",
        "occupation", "place", "education", "school_from", "school_years", "living_together",
        "counted", "supported", "mobile",
    }  # fmt: skip


def test_the_family_passes_and_its_codes_have_texts(application, family, context):
    done = application.validate(family, CASE, context)
    assert done.ok, done.errors
    assert done.variables["cause_main"] == "3"
    assert done.variables["cause_main_text"] == "下岗失业"
    assert done.variables["members"][0]["health_text"] == "良好"
    assert done.data["income_year"] == 16200
    assert done.data["income_per_head"] == 450
    assert done.data["household_size"] == 3


@pytest.mark.parametrize(
    ("months", "told"),
    [
        (LAST_YEAR, None),
        ([*LAST_YEAR[1:], "2026-11"], None),
        ([*LAST_YEAR, LAST_YEAR[0]], None),  # two incomes in one month
        (LAST_YEAR[:5], "登记不满十二个月"),
        (["2025-10", *LAST_YEAR], "登记了 13 个月,人均月收入按十二个月计算"),
        (["2025-10", *LAST_YEAR[:-1]], "有 1 行的月份不在最近十二个月内(如 2025-10),请核对年份"),
        ([*LAST_YEAR[1:], "2027-11"], "有 1 行的月份不在最近十二个月内(如 2027-11),请核对年份"),
    ],
)
def test_the_months_of_the_income_are_the_last_twelve(application, family, context, months, told):
    family["income_lines"] = [{**family["income_lines"][0], "month": month} for month in months]

    said = [d.message for d in application.doubts(family, CASE, context) if d.code == "doubt"]

    assert application.validate(family, CASE, context).ok
    assert len(said) == (told is not None)
    assert told is None or told in said[0]
    read = draw_answers(
        FormView(application, family, warnings=application.doubts(family, CASE, context))
    )
    assert ("不在最近十二个月内" in read) == ("不在最近十二个月内" in "".join(said))


def test_nobody_is_born_after_today_and_great_age_is_doubted(application, family, context):
    head, child = "/birth_date", "/members/1/birth_date"
    members = [{**member} for member in family["members"]]

    def told(head_born: str, child_born: str) -> tuple[set[str], set[str]]:
        members[1]["birth_date"] = child_born
        data = {**family, "birth_date": head_born, "members": members}
        places = {head, child}
        return refused(application, data, context) & places, doubted(
            application, data, context
        ) & places

    assert told("1990-01-01", "2026-11-28") == (set(), set()), "born today"
    assert told("2026-11-29", "2026-11-29") == ({head, child}, set())
    assert told("1906-11-28", "1906-11-28") == (set(), {head, child})
    assert told("1930-01-01", "1906-11-29")[1] == {head}, "of 119 years"
    data = {**family, "birth_date": "2027-01-01"}
    (error,) = application.validate(data, CASE, context).errors
    assert (error.label, error.message) == ("出生日期", "出生日期在今天之后,请对照证件改正。")


def test_there_is_one_spouse_at_most(application, family, context):
    family["members"] = [family["members"][0]] * 2
    assert refused(application, family, context) == {"/members"}


def test_the_main_cause_is_no_minor_one(application, family, context):
    family["causes_more"] = ["3"]
    assert refused(application, family, context) == {"/causes_more"}


def test_a_student_is_counted_unless_somebody_says_why_not(application, family, context):
    assert application.fields["members"].column("counted").default == "yes"
    family["members"][1]["counted"] = "no"
    assert doubted(application, family, context) == {"/members/1/counted"}
    assert application.validate(family, CASE, context).ok


def test_totals_on_paper_are_compared_and_never_refused(application, family, context):
    family |= {"stated_income_year": 20000, "stated_members": 4}
    done = application.validate(family, CASE, context)
    assert done.ok
    assert done.data["stated_difference"] == "申请表多 3800 元,以各行为准"
    assert "申请表写 4 人,按成员表计 3 人" in done.data["stated_members_difference"]
    family["stated_income_year"] = 16200
    assert application.validate(family, CASE, context).data["stated_difference"] == "一致"


def test_an_account_in_another_name_is_taken_with_reason_and_relation(application, family, context):
    family |= {"bank_account": "62170000000001", "account_holder": "陈模拟"}
    assert doubted(application, family, context) == {"/account_holder"}
    assert refused(application, family, context) == {"/account_relation", "/account_reason"}
    family |= {"account_relation": "配偶", "account_reason": "本人卧床"}
    done = application.validate(family, CASE, context)
    assert done.ok
    assert {w.code for w in done.warnings} >= {"account", "doubt"}


NEEDED_BY_ALL = ["id_card", "hukou", "authorisation", "bank_card", "income"]


@pytest.mark.parametrize(
    ("changed", "codes"),
    [
        ({}, []),
        ({"has_dibao": "yes"}, ["dibao"]),
        ({"cause_main": "6"}, ["diagnosis"]),
        ({"cause_main": "8"}, ["accident"]),
        ({"cause_main": "7"}, ["accident"]),
        ({"causes_more": ["9"]}, ["school"]),
        ({"health": "残疾", "disability": "肢体三级"}, ["disability"]),
        ({"worker_kind": "migrant"}, ["contract", "membership"]),
        ({"marital": "离异"}, ["marital"]),
    ],
)
def test_papers_are_asked_for_by_cause(papers_of, application, family, context, changed, codes):
    listed = papers_of(application, family | WITHOUT_PAPERS | changed, context)
    assert {one["code"] for one in listed} == {*NEEDED_BY_ALL, *codes}
    assert {one["code"] for one in listed if one["missing"]} == {*NEEDED_BY_ALL, *codes}
    assert all(one["where"] for one in listed)


def test_who_has_no_work_proves_that_instead_of_an_income(papers_of, application, family, context):
    listed = papers_of(application, family | {"identity": "失(无)业"}, context)
    assert {"unemployment"} == {one["code"] for one in listed if one["missing"]}
    assert "income" not in {one["code"] for one in listed}


def test_what_was_handed_in_is_not_missing(papers_of, application, family, context):
    assert [one for one in papers_of(application, family, context) if one["missing"]] == []
    family["paper_income"] = []
    assert [one["code"] for one in papers_of(application, family, context) if one["missing"]] == [
        "income"
    ]
    family["income_lines"][3]["evidence"] = "slip-of-june"
    assert [one for one in papers_of(application, family, context) if one["missing"]] == []


def test_papers_that_are_missing_stand_beside_how_much_is_filled_in(bound, family, context):
    form = bound["archiving_apply"]

    def told(data: dict[str, object]) -> str:
        shown = form.visible(data, CASE, context)
        html = str(draw_form(FormView(form, data, visible=shown)))
        found = re.search(
            r'<span class="bf-badge bf-badge-change([^"]*)" data-papers-missing>', html
        )
        assert found is not None
        missing = re.search(r"还缺材料 <b>(\d+)</b> 种", html)
        assert missing is not None
        assert ("bf-hidden" in found[1]) is (missing[1] == "0")
        return missing[1]

    data = form.validate(family, CASE, context).data
    assert told(data) == "0"
    data["paper_hukou"] = []
    assert told(form.validate(data, CASE, context).data) == "1"


def test_help_before_the_file_has_a_limit(application, family, context):
    given = {"emergency_on": "2026-02-20", "emergency_from": "县总工会"}
    assert refused(application, {**family, "emergency_amount": 3000, **given}, context) == set()
    told = application.validate({**family, "emergency_amount": 3000.5, **given}, CASE, context)
    (error,) = told.errors
    assert error.message.startswith("先救助后补档最高 3000 元")


def test_what_is_missing_is_said_and_stops_no_application(bound, family, context):
    family["paper_bank"] = []
    done = bound["archiving_apply"].validate(family, CASE, context)
    assert done.ok, done.errors
    (said,) = [one.message for one in done.warnings if one.pointer == "/papers"]
    assert "还缺 1 种:户主银行卡复印件" in said


def test_incomplete_papers_are_not_accepted_and_all_are_told_at_once(bound, family, context):
    check = bound["archiving_acceptance_check"]
    known = family | {"paper_bank": [], "paper_hukou": None} | CASE
    (refusal,) = check.validate({"complete": "yes"}, known, context).errors
    assert refusal.pointer == "/complete"
    assert "户主银行卡复印件(在“材料与授权 · 银行卡复印件”上传)" in refusal.message
    opened = check.initial(known, context)
    assert opened["missing_papers"] == ["hukou", "bank_card"]
    assert opened["missing_text"] == "请补交:户口簿全部页复印件、户主银行卡复印件"
    half = {"complete": "no", "missing_papers": ["hukou"], "missing_text": "请补"}
    (refusal,) = check.validate(half, known, context).errors
    assert "户主银行卡复印件" in refusal.message
    assert "户口簿" not in refusal.message
    told = check.validate(
        {**half, "missing_papers": ["hukou", "bank_card", "income"]}, known, context
    )
    assert told.ok
    assert told.variables["missing_papers_text"] == ["户口簿", "银行卡复印件", "收入证明"]


def test_a_supplement_keeps_what_it_does_not_ask_for(bound, family, context):
    form = bound["archiving_supplement"]
    known = family | {"paper_hukou": None, "missing_papers": ["hukou"]} | CASE
    refused_for = form.validate({"supplemented_on": "2026-11-28"}, known, context).errors
    assert [one.pointer for one in refused_for] == ["/paper_hukou"]
    given = {"supplemented_on": "2026-11-28", "paper_hukou": ["scan"]}
    done = form.validate(given, known, context)
    assert done.variables["paper_hukou"] == ["scan"]
    assert "paper_identity" not in done.variables  # null would take the identity cards away


def test_people_without_a_mainland_number_or_an_employer_can_apply(application, family, context):
    family |= {
        "id_kind": "港澳台居民居住证", "id_number": "830000198501010014",
        "birth_date": "1985-01-01", "identity": "灵活就业", "applicant_name": "买买提•吐尔逊",
    }  # fmt: skip
    family.pop("employer")
    done = application.validate(family, CASE, context)
    assert done.ok, done.errors
    assert done.data["applicant_name"] == "买买提·吐尔逊"
    family |= {"id_number": "350602850101001"}
    (error,) = application.validate(family, CASE, context).errors
    assert "15 位旧号" in error.message


ANSWERS = {
    "applicant_name": "林模拟", "application_kind": "self", "check_size": 3,
    "check_income": 1350, "check_cost": 0, "check_event": "no", "check_assets": "no",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({}, "初步看符合:人均月收入 450 元,低于低保标准 500 元。以审核为准。"),
        ({"check_income": 1600}, "可能不符合"),
        ({"check_income": 2100, "check_cost": 9000}, "扣除大额支出后 450 元"),
        ({"check_income": 4500, "check_cost": 40000, "check_event": "yes"}, "突发病、灾、意外"),
        ({"check_income": 9000}, "可能不符合:人均月收入 3000 元"),
        ({"check_assets": "yes"}, "可能不符合:有两套以上住房"),
        ({"check_event": None}, "答完五项"),
    ],
)
def test_five_questions_give_a_calm_first_opinion(context, changed, says):
    start = read("archiving_start")
    done = start.validate(ANSWERS | changed, {}, context)
    assert done.ok, "an opinion stops nobody"
    assert says in done.data["check_hint"]


def test_without_a_standard_there_is_no_opinion():
    start = read("archiving_start")
    lost = EvaluationContext(now=NOW, host=County(standard=None))
    assert "还没有设置低保标准" in start.validate(ANSWERS, {}, lost).data["check_hint"]
    assert start.validate({"applicant_name": "林模拟", "application_kind": "self"}, {}, lost).ok


def test_what_only_the_national_system_asks_is_folded(context):
    entry = read("archiving_national_entry")
    (folded,) = (part for part in entry.components if getattr(part, "folded", False))
    asked = {field.key for field in folded.components}
    assert asked >= {
        "ethnicity", "political", "model_worker", "industry", "key_group", "four_batch",
        "hukou_area", "postcode", "work_start", "union_uscc", "employer_kind", "employer_state",
    }  # fmt: skip
    assert len(entry.fields["ethnicity"].options) == 57
    old = {"national_no": "1", "entered_on": "2026-11-28", "medical_insurance": "新农合"}
    assert refused(entry, old, context) == {"/medical_insurance"}
    assert entry.validate(old, {"medical_insurance": "新农合"}, context).ok


def test_why_a_number_was_not_taken_is_told_to_who_types_it_again(context):
    entry = read("archiving_national_entry")
    told = {"number_taken_text": "编号 MN1 已登记在另一份档案"}
    assert "number_taken_text" in entry.visible({}, told, context)
    assert "number_taken_text" not in entry.visible({}, {"number_taken_text": None}, context)


@pytest.mark.parametrize(
    "name", ["archiving_review", "archiving_county_review", "archiving_approve"]
)
def test_the_standard_is_told_with_where_and_when_it_was_taken(name, context):
    taken = {"amount": 830, "organisation": "模拟一厂工会", "taken_on": "2026-11-28"}
    form = read(name)

    told = form.with_computed({}, {**CASE, "standard": taken}, context)["shown_standard_of"]

    assert told == "模拟一厂工会所在县(区) 2026-11-28 执行的标准"
    assert "shown_standard_of" not in form.visible({}, CASE, context)


@pytest.mark.parametrize("document", ["approval", "approval_list"])
@pytest.mark.parametrize(
    ("gap", "told"),
    [
        ("1154.21", "高 1,154.21 元"),
        ("-380", "低 380.00 元"),
        ("1000", "高 1,000.00 元"),
        ("20005.06", "高 20,005.06 元"),
        ("-0.05", "低 0.05 元"),
    ],
)
def test_how_far_from_the_standard_is_told_like_any_amount(document, gap, told, context):
    path = ROOT / f"processes/archiving/documents/{document}.document"
    (cell,) = re.findall(r"label = \"离标准\", value = '=([^']+)'", path.read_text("utf-8"))

    facts = {"proposal": {"gap": Decimal(gap)}}

    assert compile_expression(cell).evaluate(facts, context).value == told


def test_a_report_on_means_from_before_the_application_is_doubted() -> None:
    content = (ROOT / "forms/means_check/means_report.form").read_bytes()
    form = compile_form(content, "means_report.form")
    context = EvaluationContext(now=NOW, host=County())
    scope = {"case": {"started_on": "2026-11-09"}}

    def said(day: str) -> list[str]:
        doubts = form.doubts({"report_date": day, "result": "consistent"}, scope, context)
        return [one.message for one in doubts if one.pointer == "/report_date"]

    assert said("2026-11-09") == said("2026-11-28") == []
    assert said("2026-11-08") == [
        "报告日期早于申请日期 2026-11-09,可能是以前的报告,请对照报告核对。"
    ]
    assert said("2026-11-29") == ["报告日期在今天之后,请核对。"]
