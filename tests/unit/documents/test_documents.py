"""Papers: what a document file may say, and what comes out for a case."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from engine.documents import Facts, Signed, compile_document, compose
from engine.documents.capitals import capitals
from engine.feel import BUSINESS_ZONE, EvaluationContext
from engine.forms import Field, compile_form

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)


class Town:
    """What expressions may ask."""

    def working_day_after(self, start: date, days: int) -> date:
        return start

    def working_days_between(self, start: date, end: date) -> int:
        return 0

    def parameter(self, name: str) -> object:
        raise KeyError(name)


CONTEXT = EvaluationContext(now=NOW, zone=BUSINESS_ZONE, host=Town())


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("10", "壹拾元整"),
        ("1005.5", "壹仟零伍元伍角整"),
        ("10001", "壹万零壹元整"),
        ("100100", "壹拾万零壹佰元整"),
        ("20305.07", "贰万零叁佰零伍元零柒分"),
        ("100000001", "壹亿零壹元整"),
        ("10000000000", "壹佰亿元整"),
        ("-3", "负叁元整"),
        ("0.995", "壹元整"),
    ],
)
def test_amounts_in_capitals(amount: str, words: str) -> None:
    assert capitals(Decimal(amount)) == words


def archiving_fields() -> dict[str, Field]:
    found: dict[str, Field] = {}
    for path in sorted((ROOT / "forms/archiving").glob("*.form")):
        found.update(compile_form(path.read_bytes(), path.name).fields)
    return found


HOUSEHOLD: dict[str, object] = {
    "applicant_name": "𠮷田·模拟",
    "sex": "女",
    "birth_date": "1985-01-01",
    "id_number": "35060219850101004X",
    "application_kind": "self",
    "consent_publication": "unit",
    "consent_version": "2026-01",
    "income_year": 20305.07,
    "household_size": 3,
    "cause_main": "3",
    "needs": ["医疗救助"],
    "vehicle": "no",
    "expense_lines": [{"expense_kind": "medical", "amount": 600}, {"amount": None}],
    "members": [
        {"name": "张大·模拟", "relation": "配偶", "id_number": "350602198402020031"},
        {"name": "张小·模拟", "relation": "子", "id_number": "350602201801010011"},
    ],
    "missing_papers": ["hukou", "income"],
    "missing_papers_text": ["户口簿", "收入证明"],
    "missing_text": None,
    "refusal_reason": "核对发现第二套住房",
    "case": {"number": "漳芗-2026-000123", "started_on": "2026-11-09"},
    "paper": {
        "unit": "模拟·纺织厂工会",
        "county": "芗城区总工会",
        "due": "2026-12-07",
        "person": "林经办",
        "decided_by": "芗城区总工会",
        "decided_above": "漳州市总工会",
        "handling_phone": "0596-0000000",
        "unit_phone": "",
        "handling": "模拟·纺织厂工会",
    },
}


def printed(name: str, scope: dict[str, object], signed: tuple[Signed, ...] = ()) -> str:
    path = ROOT / "processes/archiving/documents" / f"{name}.document"
    document = compile_document(path.read_bytes(), path.name)
    assert document.findings == ()
    return repr(compose(document, Facts(scope, archiving_fields(), signed, CONTEXT)))


def test_the_application_has_words_for_codes_capitals_and_boxes() -> None:
    text = printed("application", HOUSEHOLD)

    assert "𠮷田·模拟" in text
    assert "贰万零叁佰零伍元零柒分" in text
    assert "1985年1月1日" in text
    assert "☑ 医疗救助" in text
    assert "□ 生活救助" in text
    assert "600.00 元" in text
    assert "下岗失业" in text  # the label of code 3
    assert "代办" not in text


def test_every_adult_has_a_line_to_sign_on_and_a_child_a_guardian() -> None:
    text = printed("consent", HOUSEHOLD)

    assert "𠮷田·模拟（本人）" in text
    assert "张大·模拟（配偶）" in text
    assert "张小·模拟（子）" not in text
    assert "代 张小·模拟" in text
    assert "☑ 只在单位公示栏" in text


def test_the_notice_of_missing_papers_names_each_and_the_day() -> None:
    text = printed("supplement_notice", HOUSEHOLD)

    assert "户口簿" in text
    assert "收入证明" in text
    assert "2026年12月7日" in text


def test_the_refusal_names_the_reason_and_the_next_higher_union() -> None:
    text = printed("refusal_notice", HOUSEHOLD)

    assert "核对发现第二套住房" in text
    assert "三十日内" in text
    assert "上一级工会（漳州市总工会）" in text


def test_at_the_top_the_province_hears_the_appeal() -> None:
    paper = dict(HOUSEHOLD["paper"], decided_above=None)  # type: ignore[call-overload]

    assert "福建省总工会" in printed("refusal_notice", {**HOUSEHOLD, "paper": paper})


def test_the_approval_form_has_the_opinions_that_were_given_and_room_for_the_rest() -> None:
    form = compile_form(
        (ROOT / "forms/archiving/archiving_review.form").read_bytes(), "archiving_review.form"
    )
    answers = {"decision": "agree", "opinion": "情况属实"}
    signed = (Signed("grassroots_review", "陈主席", NOW, form, answers),)

    text = printed("approval", HOUSEHOLD, signed)

    assert "decision='同意', text='情况属实', by='陈主席', on='2026年11月16日'" in text
    assert "label='县（区）总工会审批意见', decision='', text='', by='', on=''" in text


def test_an_empty_visit_form_has_lines_for_the_pen() -> None:
    text = printed("home_visit", {"paper": {}})

    assert "('', '', '', '', '', '')" in text
    assert "□ 一致" in text


@pytest.mark.parametrize(
    ("content", "line", "word"),
    [
        ("title = 1", 1, "标题"),
        ('title = "x"\n[[block]]\nkind = "text"\ntext = "{{ 1 }"', 2, "成对"),
        ('title = "x"\n[[block]]\nkind = "text"\ntext = "{{ }}"', 2, "空的"),
        ('title = "x"\n\n[[block]]\nkind = "seal"\ntext = "{{ a | sql }}"', 3, "sql"),
        ('title = "x"\n[[block]]\nkind = "html"', 2, "kind"),
        ('title = "x"\n[[block]]\nkind = "text"\ntext = "a"\nscript = "b"', 2, "script"),
        ('title = "x"\n[[block]]\nkind = "fields"\nfields = [1]', 2, "fields"),
        ('title = "x"\n[[block]]\nkind = "table"\neach = "members"\ncolumns = ["a"]', 2, "="),
        ('title = "x"\nblock = 3', 1, "内容"),
        ("title = ", 1, "TOML"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(content: str, line: int, word: str) -> None:
    document = compile_document(content.encode(), "信.document")

    assert document.has_errors
    assert document.findings[0].line == line
    assert word in document.findings[0].message
    assert document.findings[0].message.startswith("文书“信.document”")


def test_bytes_that_are_no_text_are_told_so() -> None:
    assert "UTF-8" in compile_document(b"\xff\xfe\x00", "a.document").findings[0].message


def test_text_with_markup_is_text() -> None:
    document = compile_document(
        b'title = "x"\n[[block]]\nkind = "text"\ntext = "{{ a }}"', "x.document"
    )
    made = compose(document, Facts({"a": "<b>{{ 1 }}</b>"}, {}, (), CONTEXT))

    assert made.blocks[0].text == "<b>{{ 1 }}</b>"  # type: ignore[union-attr]


SERVED = """
title = "告知书"

[[block]]
kind = "text"
text = "自{{ accepted_on | date }}起受理，{{ note }}"

[[block]]
kind = "service"
to = "{{ name }}"
"""


def test_the_proof_of_service_is_a_page_of_its_own_and_names_whom_and_what() -> None:
    document = compile_document(SERVED.encode(), "notice.document")
    paper = compose(document, Facts({"name": "林模拟"}, {}, (), CONTEXT))

    kinds = [block.kind for block in paper.blocks]
    assert kinds == ["text", "break", "text", "grid", "text", "signatures", "signatures"]
    text = repr(paper)
    assert "GridCell(label='送达文书', text='告知书'" in text
    assert "GridCell(label='受送达人', text='林模拟'" in text
    assert "□ 电子送达" in text


def test_a_day_nobody_knows_yet_has_room_for_the_pen() -> None:
    document = compile_document(SERVED.encode(), "notice.document")
    paper = compose(document, Facts({"name": "林模拟"}, {}, (), CONTEXT))

    assert "自____年__月__日起受理，________" in repr(paper.blocks[0])


def test_a_proof_of_service_alone_begins_on_its_first_page() -> None:
    alone = '[[block]]\nkind = "service"\nto = "{{ name }}"\npaper = "意见书 {{ no }}"\n'
    document = compile_document(f'title = "送达回证"\n{alone}'.encode(), "receipt.document")
    paper = compose(document, Facts({"name": "林模拟", "no": "3号"}, {}, (), CONTEXT))

    assert paper.blocks[0].kind == "grid"
    assert "意见书 3号" in repr(paper)
