"""The letters of wage arrears and the notices of legal aid: whom, how much, until when, where to object."""

import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from engine.documents import Facts, compile_document, compose
from engine.feel import BUSINESS_ZONE, EvaluationContext
from engine.forms import Field, compile_form

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
LIMITS = {
    "reminder letter limit": "10wd",
    "opinion letter limit": "15wd",
    "proposal letter limit": "5wd",
    "legal aid objection period": "30d",
    "petition limit": "60d",
    "petition simple limit": "10wd",
}


class Town:
    """What expressions may ask."""

    def working_day_after(self, start: date, days: int) -> date:
        return start

    def working_days_between(self, start: date, end: date) -> int:
        return 0

    def parameter(self, name: str) -> object:
        return LIMITS[name]


CONTEXT = EvaluationContext(now=NOW, zone=BUSINESS_ZONE, host=Town())

ARREARS: dict[str, object] = {
    "employer": "模拟劳务有限公司",
    "project": "模拟花园二期",
    "verified_people": 2,
    "verified_amount": 20000,
    "arrears_from": "2026-05-01",
    "arrears_to": "2026-08-31",
    "verify_finding": "工资台账显示没有发放",
    "negotiation_note": "拒绝支付",
    "opinion_text": "拖欠两名职工工资",
    "opinion_demand": "支付并书面答复",
    "reminder_no": "模拟工监提〔2026〕1 号",
    "workers": [
        {"name": "林模拟", "phone": "15400000002", "owed": 12000},
        {"name": "陈模拟", "phone": None, "owed": 8000},
    ],
    "case": {"number": "漳芗薪-2026-000001"},
    "paper": {"person": "王经办", "handling": "芗城区总工会", "handling_phone": "0596-0000000"},
}

AID: dict[str, object] = {
    "applicant_name": "林模拟",
    "employer": "模拟劳务有限公司",
    "mobile": "15400000002",
    "facts": "没有发放工资",
    "lawyer_name": "陈模拟",
    "lawyer_firm": "模拟律师事务所",
    "aid_forms": ["代理仲裁", "代理诉讼"],
    "decided_on": "2026-11-16",
    "scope": {"reason": "不审查经济困难"},
    "missing_papers": ["身份证件", "劳动关系证明"],
    "missing_text": None,
    "refused_what": "不予法律援助",
    "refused_by": "union",
    "refusal_reason": "收入不低于标准",
    "case": {"number": "漳芗援-2026-000001"},
    "paper": {
        "person": "王经办",
        "unit": "芗城区总工会",
        "unit_phone": "0596-0000000",
        "due": "2026-12-07",
        "handling": "芗城区总工会",
        "handling_phone": "0596-0000000",
        "decided_by": "芗城区总工会",
        "decided_above": "漳州市总工会",
    },
}


def printed(key: str, name: str, scope: dict[str, object]) -> str:
    fields: dict[str, Field] = {}
    for path in sorted((ROOT / "forms" / key).glob("*.form")):
        fields.update(compile_form(path.read_bytes(), path.name).fields)
    path = ROOT / "processes" / key / "documents" / f"{name}.document"
    document = compile_document(path.read_bytes(), path.name)
    assert document.findings == ()
    return repr(compose(document, Facts(scope, fields, (), CONTEXT)))


def test_the_reminder_names_the_project_the_sum_and_the_limit() -> None:
    text = printed("wage_arrears", "wage_reminder_letter", ARREARS)

    assert "在模拟花园二期项目拖欠2名职工2026年5月1日至2026年8月31日的工资，共20,000.00 元" in text
    assert "10个工作日内支付" in text
    assert "模拟工监提〔2026〕1 号" in text
    assert "项目" not in printed(
        "wage_arrears", "wage_reminder_letter", {**ARREARS, "project": None}
    )


def test_the_opinion_says_what_was_found_and_what_is_demanded() -> None:
    text = printed("wage_arrears", "wage_opinion_letter", ARREARS)

    assert "拖欠两名职工工资" in text
    assert "支付并书面答复" in text
    assert "15个工作日内改正" in text


def test_the_proposal_lists_everybody_for_the_inspection() -> None:
    text = printed("wage_arrears", "wage_proposal_letter", ARREARS)

    assert "劳动保障监察机构：" in text
    assert "5个工作日内" in text
    for said in ("林模拟", "12,000.00 元", "陈模拟", "8,000.00 元"):
        assert said in text


def test_a_refusal_of_legal_aid_says_who_hears_an_objection() -> None:
    by_union = printed("legal_aid", "legal_aid_refusal_notice", AID)
    by_institution = printed(
        "legal_aid", "legal_aid_refusal_notice", {**AID, "refused_by": "institution"}
    )

    assert "30日内，向上一级工会（漳州市总工会）申请复核" in by_union
    assert "司法行政部门" not in by_union
    assert "设立该机构的司法行政部门" in by_institution
    assert "上一级工会" not in by_institution


def test_what_the_lawyer_and_the_applicant_get() -> None:
    letter = printed("legal_aid", "legal_aid_assignment_letter", AID)
    granted = printed("legal_aid", "legal_aid_grant_decision", AID)
    missing = printed("legal_aid", "legal_aid_supplement_notice", AID)

    assert "模拟律师事务所：" in letter
    assert "利益冲突" in letter
    assert "代理仲裁、代理诉讼" in granted
    assert "劳动关系证明" in missing
    assert "2026年12月7日" in missing


PETITION: dict[str, object] = {
    "petitioner": "林模拟",
    "persons": 1,
    "id_number": None,
    "mobile": "15400000002",
    "address": "芗城区模拟路 8 号",
    "channel": "visit",
    "received_on": "2026-11-30",
    "matter": "union",
    "matter_title": "经费没有公开",
    "concerned": "模拟一厂",
    "request": "公开收支\n答复会员",
    "representatives": [],
    "keep_secret": False,
    "urgent_word": "no",
    "proposal": {"reason": "受理，由本级办理"},
    "way": "ours",
    "accepted_on": "2026-12-01",
    "extension_days": 20,
    "extension_reason": "审计尚未完成",
    "facts": "没有公开",
    "opinion_kind": "support",
    "opinion_text": "七日内公开。",
    "opinion_basis": "《工会法》第四十五条",
    "opinion_no": "芗工访意〔2026〕3号",
    "case": {"number": "漳芗访-2026-000021"},
    "paper": {
        "person": "林经办",
        "handling": "芗城区总工会",
        "handling_phone": "0596-0000000",
        "decided_above": "漳州市总工会",
    },
}


def test_who_stands_at_the_counter_is_on_the_register_and_no_empty_list_of_representatives() -> (
    None
):
    alone = printed("petition", "register", PETITION)
    group = printed(
        "petition",
        "register",
        {**PETITION, "persons": 6, "representatives": [{"name": "陈模拟", "phone": None}]},
    )

    for said in (
        "来访",
        "15400000002",
        "芗城区模拟路 8 号",
        "2026年11月30日",
        "工会选举、经费、会务",
    ):
        assert said in alone
    assert "代表（不超过五名）" not in alone
    assert "陈模拟" in group


def test_notices_of_a_petition_say_until_which_day_and_keep_their_proof_of_service() -> None:
    accepted = printed("petition", "acceptance_notice", PETITION)
    simple = printed("petition", "acceptance_notice", {**PETITION, "way": "simple"})
    unknown = printed("petition", "acceptance_notice", {**PETITION, "accepted_on": None})
    extended = printed("petition", "extension_notice", PETITION)

    assert "本会自2026年12月1日起受理" in accepted
    assert "60日内（2027年1月30日前）办结" in accepted
    assert "10个工作日内" in simple
    assert "60日" not in simple
    assert "60日内（____年__月__日前）办结" in unknown
    assert "延长20日，延长到2027年2月19日" in extended
    for text in (accepted, extended):
        assert "受送达人" in text
        assert "送达回证" in text


def test_the_opinion_has_the_parts_the_regulation_asks_for() -> None:
    text = printed("petition", "opinion", PETITION)
    draft = printed("petition", "opinion", {**PETITION, "opinion_no": None, "opinion_kind": None})

    assert "对您的请求予以支持。七日内公开。" in text
    assert "《信访工作条例》第三十二条" in text
    assert "向上一级工会（漳州市总工会）书面申请复查" in text
    assert "不予支持" not in draft


HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,:;()?]|[,:;(?][\u4e00-\u9fff]|\)[\u4e00-\u9fff]")
"""A comma beside a Chinese character that is as wide as a letter; papers have them full-width."""


def words_of(given: object) -> Iterator[str]:
    """The texts that are printed as they stand in a document file, without their expressions."""
    if isinstance(given, dict):
        for name, inner in given.items():
            if isinstance(inner, str) and name in ("title", "text", "label", "to", "paper"):
                yield re.sub(r"\{\{.*?\}\}", "", inner)
            else:
                yield from words_of(inner)
    elif isinstance(given, list):
        for one in given:
            yield from words_of(one)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "processes").glob("*/documents/*.document")), ids=lambda path: path.stem
)
def test_papers_have_the_punctuation_of_official_papers(path: Path) -> None:
    written = tomllib.loads(path.read_text(encoding="utf-8"))
    assert [text for text in words_of(written) if HALF_WIDTH.search(text)] == []
