"""Workbooks as people fill them in: made from the template, one line a dictionary."""

import io
import re
from collections.abc import Mapping, Sequence

from flask import Flask
from flask.testing import FlaskClient
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from engine import SYSTEM, Engine
from registry.incoming.batch import Kind
from tests.registry.test_loading import number
from tests.support.client import client_of
from webapp.sheets.template import template

PASSWORD = "a-long-password-2026"
FIRST = 3
"""The row of the first line of data in a template."""
TAIWAN_PERMIT = "830000198501010014"
Line = Mapping[str, object]


def blank(kind: Kind) -> Workbook:
    return load_workbook(io.BytesIO(template(kind.name, kind.layout, kind.units())))


def headings(sheet: Worksheet) -> list[str]:
    return [str(cell.value or "").rstrip("*") for cell in sheet[1]]


def put(sheet: Worksheet, row: int, line: Line) -> None:
    names = headings(sheet)
    for heading, value in line.items():
        sheet.cell(row, names.index(heading) + 1).value = value


def content_of(book: Workbook) -> bytes:
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def filled(kind: Kind, main: Sequence[Line], **others: Sequence[Line]) -> Workbook:
    book = blank(kind)
    for title, lines in {kind.layout.main.title: main, **others}.items():
        for place, line in enumerate(lines):
            put(book[title], FIRST + place, line)
    return book


def household(place: int, **more: object) -> Line:
    return {
        "序号": str(place + 1),
        "受理工会": "模拟一厂工会",
        "姓名": "林模拟",
        "证件号码": number(place),
        "困难类别": "低保户",
        "建档日期": "2019-05-06",
        **more,
    }


def application(place: int, **more: object) -> Line:
    return {
        "序号": str(place + 1),
        "受理工会": "模拟一厂工会",
        "姓名": "林模拟",
        "申请方式": "本人申请",
        "证件种类": "居民身份证",
        "身份证号": number(place),
        "性别": "男" if place % 2 else "女",
        "手机号码": f"154{place:08d}",
        "户口类型": "居民户口",
        **more,
    }


def errors_of(content: bytes, title: str) -> dict[int, str]:
    """What stands in the column 错误, by row."""
    sheet = load_workbook(io.BytesIO(content))[title]
    column = headings(sheet).index("错误") + 1
    told = {row: sheet.cell(row, column).value for row in range(2, sheet.max_row + 1)}
    return {row: text for row, text in told.items() if text}


def signed_in(app: Flask, engine: Engine, name: str, password: str) -> FlaskClient:
    link = engine.accounts.reset_password(SYSTEM, f"p-{name}")
    engine.accounts.use_link(link, password)
    client = client_of(app)
    page = client.get("/login").get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    answer = client.post(
        "/login", data={"csrf_token": token[1], "username": name, "password": password}
    )
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return client
