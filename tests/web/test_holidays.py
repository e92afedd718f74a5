"""节假日: which years are settled, and the import of a notice with its preview."""

import io
from datetime import UTC, datetime

import pytest
from openpyxl import Workbook

from tests.engine.moving.test_calendar_import import NOTICE_2027
from tests.web.conftest import Browser, Federation, token_of

PAGE = "/admin/holidays"
MONDAY_28_DECEMBER = datetime(2026, 12, 28, 1, tzinfo=UTC)


def test_a_year_without_a_notice_is_named(browse) -> None:  # type: ignore[no-untyped-def]
    text = browse("admin").text(PAGE)
    assert "2027 年放假安排尚未导入,到期日暂按周末推算,可能变动" in text
    assert "已按国务院通知" in text
    assert "暂按周末规则推算" in browse("officer").text(f"{PAGE}?year=2027")


def test_a_notice_is_shown_before_it_is_taken_over_and_moves_dates(
    browse,  # type: ignore[no-untyped-def]
    federation: Federation,
) -> None:
    federation.clock.advance(MONDAY_28_DECEMBER - federation.clock.now())
    federation.started()
    admin: Browser = browse("admin")
    assert "暂按周末推算" in admin.text(PAGE)
    fields = {"year": "2027", "text": NOTICE_2027 + "\n国务院办公厅 2026年11月4日"}
    shown = admin.post(PAGE, {**fields, "step": "check"}).get_data(as_text=True)
    for said in (
        "核对 2027 年节假日安排",
        "249",
        "01-01 — 01-03(3 天)",
        "国务院办公厅 2026年11月4日",
    ):
        assert said in shown, said
    assert not federation.engine.calendar().is_official(2027)
    assert admin.post(PAGE, {**fields, "step": "keep"}).status_code == 303
    text = admin.text(f"{PAGE}?year=2027")
    assert "已导入 2027 年节假日安排" in text
    assert "2027 年放假安排尚未导入" not in text
    assert federation.engine.calendar().is_official(2027)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_is_read_in_the_encodings_of_the_office(browse, encoding: str) -> None:  # type: ignore[no-untyped-def]
    admin: Browser = browse("admin")
    token = token_of(admin.get(PAGE).get_data(as_text=True))
    content = "日期,类型\n2027-01-01,休\n2027-10-01,休\n".encode(encoding)
    answer = admin.client.post(
        PAGE,
        data={
            "csrf_token": token,
            "year": "2027",
            "text": "",
            "step": "check",
            "file": (io.BytesIO(content), "2027.csv"),
        },
    )
    assert answer.status_code == 200
    text = answer.get_data(as_text=True)
    assert "10-01" in text
    assert "相差 2 天" in text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"text": "什么也没有"}, "没有读到 2027 年的放假日期"),
        ({"text": "2月30日放假"}, "不是存在的日期"),
        ({"year": "明年"}, "年份“明年”不对"),
        ({"year": "1999"}, "年份“1999”不对"),
    ],
)
def test_what_cannot_be_read_is_said_and_stays_in_the_form(
    browse,  # type: ignore[no-untyped-def]
    wrong: dict[str, str],
    said: str,
) -> None:
    fields = {"year": "2027", "text": NOTICE_2027, **wrong, "step": "keep"}
    answer = browse("admin").post(PAGE, fields)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert said in text
    assert fields["text"].splitlines()[0] in text


def test_others_read_it_and_do_not_import(browse) -> None:  # type: ignore[no-untyped-def]
    reviewer: Browser = browse("reviewer")
    assert "下一步:核对" not in reviewer.text(PAGE)
    fields = {"year": "2027", "text": NOTICE_2027, "step": "keep"}
    assert reviewer.post(PAGE, fields).status_code == 403


def _upload(admin: Browser, name: str, content: bytes) -> tuple[int, str]:
    token = token_of(admin.get(PAGE).get_data(as_text=True))
    fields = {"csrf_token": token, "year": "2027", "text": "", "step": "check"}
    answer = admin.client.post(PAGE, data={**fields, "file": (io.BytesIO(content), name)})
    return answer.status_code, answer.get_data(as_text=True)


def test_a_workbook_with_a_day_in_each_row_is_read(browse) -> None:  # type: ignore[no-untyped-def]
    book = Workbook()
    for row in (["日期", "类型"], [datetime(2027, 1, 1), "休"], ["2027-10-01", "休"]):  # noqa: DTZ001
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    status, text = _upload(browse("admin"), "2027.xlsx", content.getvalue())
    assert status == 200
    assert "01-01" in text
    assert "相差 2 天" in text


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xlsx", b"PK\x03\x04 nothing", "没有导入"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版"),
        ("a.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x81", "不是文字文件"),
        ("a.csv", b"x" * 3_000_000, "超过 2 MB"),
    ],
)
def test_a_file_of_another_kind_is_refused_in_words(
    browse,  # type: ignore[no-untyped-def]
    name: str,
    content: bytes,
    said: str,
) -> None:
    status, text = _upload(browse("admin"), name, content)
    assert status == 422
    assert said in text
