"""Numbers of persons are found in the text of papers, with the place where they stand."""

import io
from zipfile import ZipFile

import pytest

from engine.model.identity_text import identity_numbers
from engine.model.paper_text import EXCEL, OLD_OFFICE, PDF, WORD, texts_of
from tests.support import zips
from tests.support.papers import excel, pdf, word

ID = "350602199001019907"


def found(content: bytes, media_type: str) -> list[tuple[str, str]]:
    return [
        (where, number)
        for where, text in texts_of(content, media_type)
        for number in identity_numbers(text)
    ]


@pytest.mark.parametrize(
    ("content", "media_type", "where"),
    [
        (pdf("notice", f"no. {ID}"), PDF, "第 2 页"),
        (word("公示", "名单", f"张模拟 {ID}"), WORD, "第 3 段"),
        (word("公示", footer=ID), WORD, "页眉、页脚或批注"),
        (excel({"A1": "#0", "B7": "#1"}, ("姓名", ID)), EXCEL, "第 1 张表 B7"),
        (excel({"C2": f"<v>{ID}</v>"}), EXCEL, "第 1 张表 C2"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + ID.encode("utf-16-le"), OLD_OFFICE, "文件中"),
    ],
)
def test_a_number_is_found_where_it_stands(content: bytes, media_type: str, where: str) -> None:
    assert (where, ID) in found(content, media_type)


def test_a_number_that_excel_has_cut_is_a_number_still() -> None:
    cut = excel({"B2": "<v>3.50602199001019E+17</v>"})
    assert found(cut, EXCEL) == [("第 1 张表 B2", "350602199001019008")]


@pytest.mark.parametrize(
    "text",
    [
        ID,
        "35060219900101990X",
        "350602900101990",
        "350602 19900101 9907",
        "350602 1990 0101 9907",
        "６２１７０００００００００００００００",
        "6217 0000 0000 0000 004",
        f"证号:{ID}。",
    ],
)
def test_what_is_a_number_of_a_person(text: str) -> None:
    assert len(list(identity_numbers(text))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "2026-09-29 至 2026-10-12",
        "电话 0596-0000100",
        "15400000002",
        "漳芗-2026-000001",
        "0.123456789012345678",
        "12345678901234567890",
    ],
)
def test_what_is_none(text: str) -> None:
    assert list(identity_numbers(text)) == []


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"%PDF-1.4\n%%EOF\n", PDF),
        (b"PK\x03\x04nothing", WORD),
        (b"PK\x03\x04nothing", EXCEL),
        (b"\xff\xd8\xff", "image/jpeg"),
        (pdf("x")[:200], PDF),
        (zips.encrypted(word(f"张模拟 {ID}")), WORD),
        (zips.packed_as(word(f"张模拟 {ID}"), 14), WORD),
        (zips.of_version(excel({"A1": f"<v>{ID}</v>"}), 990), EXCEL),
    ],
)
def test_what_cannot_be_read_says_nothing(content: bytes, media_type: str) -> None:
    assert found(content, media_type) == []


def footer(text: str) -> bytes:
    with ZipFile(io.BytesIO(word(footer=text))) as archive:
        return archive.read("word/footer1.xml")


def test_parts_of_one_name_are_each_read_once() -> None:
    """By their name the last would be read for each: a thousand times what the zip may unpack to."""
    two = zips.zipped({"word/footer1.xml": footer("a"), "word/footer2.xml": footer("b")})
    content = two.replace(b"footer2.xml", b"footer1.xml")
    assert [text for _, text in texts_of(content, WORD)] == ["a", "b"]
