"""Workbooks as they are uploaded: read, checked, marked and kept, or refused with a sentence."""

import io
import random
import zipfile
import zlib
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import orjson
from lxml import etree
from openpyxl import load_workbook

from engine.errors import Invalid
from engine.feel import BUSINESS_ZONE, EvaluationContext
from engine.forms import CompiledForm, compile_form
from registry.imports.checking import field_problems, judged, prepared, twin_problems
from registry.imports.existing import household_form, household_layout
from registry.incoming.batch import packed_row, unpacked_row
from registry.incoming.layout import Layout, listing_of
from registry.incoming.units import Units
from tests.fuzz.mutation import EXPRESSIONS, mutate_xml
from tests.imports.sheets import household, put
from webapp.holidays.files import text_of_upload
from webapp.sheets.marking import marked
from webapp.sheets.reading import read_workbook
from webapp.sheets.template import template

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 16, 10, tzinfo=BUSINESS_ZONE)
_LARGEST_PART = 2_000_000
_MOSTLY = 0.8
_SELDOM = 0.2
UNITS = Units({"u1": "模拟一厂工会"}, {"u1": "350602001001"})
WORDS = (
    *EXPRESSIONS, "2019-02-30", "45000", "2019.5", "2019年5月", "1,234.50", "１２３", "是", "否", "男",
    "350602199001019907", "35060219900101990X", "低保户", "林·模拟", "\t", "#REF!", "43586", "-0", "1E+20",
)  # fmt: skip


@lru_cache
def _layouts() -> tuple[tuple[Layout, CompiledForm], ...]:
    path = ROOT / "forms" / "archiving" / "archiving_home_visit.form"
    visit = compile_form(path.read_bytes(), path.name)
    return (
        (household_layout(), household_form()),
        (listing_of("名单", "办件编号", ("姓名", "单位"), visit), visit),
    )


def workbook(content: bytes) -> None:
    """A file that somebody brings in as a list, of households or of steps, or as a calendar."""
    said = []
    for layout, form in _layouts():
        try:
            _read(content, layout, form)
        except Invalid as refused:
            said.append(refused.message)
    try:
        text_of_upload("放假安排.xlsx", content)
    except Invalid as refused:
        said.append(refused.message)
    assert all(sentence.endswith("。") for sentence in said), said


def _read(content: bytes, layout: Layout, form: CompiledForm) -> None:
    reading = read_workbook(content, "名单.xlsx", layout)
    found = list(reading.problems)
    context = EvaluationContext(now=NOW, steps=50_000)
    for row in prepared(reading.rows, layout):
        errors = form.validate(row.read.data, {}, context).errors
        told = [*twin_problems(row, layout), *field_problems(row.read, layout, errors)]
        checked = judged(row, layout, told)
        again = unpacked_row(checked.number, checked.state.value, packed_row(checked))
        assert orjson.dumps(again.read.data) == orjson.dumps(checked.read.data)
        found += checked.problems
    assert all(problem.message for problem in found)
    marked(content, layout, found)


def seeds() -> Iterable[bytes]:
    """Templates, empty and filled in."""
    for layout, _form in _layouts():
        blank = template("名单", layout, UNITS)
        yield blank
        book = load_workbook(io.BytesIO(blank))
        sheet = book[layout.main.title]
        if layout.lists:
            for place in range(3):
                put(sheet, 3 + place, household(place))
        else:
            for column in range(1, len(layout.main.columns) + 1):
                sheet.cell(3, column).value = WORDS[column % len(WORDS)] or "1"
        written = io.BytesIO()
        book.save(written)
        yield written.getvalue()


def mutate_zip(content: bytes, chance: random.Random) -> bytes | None:
    """Change parts of an archive; None where it is none, or one that does not end."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [one for one in archive.infolist() if one.file_size < _LARGEST_PART][:60]
            parts = {one.filename: archive.read(one) for one in entries}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError):
        return None
    if not parts:
        return None
    for _ in range(chance.randint(1, 3)):
        _wound(parts, chance)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return written.getvalue()


def _wound(parts: dict[str, bytes], chance: random.Random) -> None:
    sheets = [name for name in parts if "sheet" in name and name.endswith(".xml")]
    name = chance.choice(sheets if sheets and chance.random() < _MOSTLY else sorted(parts))
    other = chance.choice(sorted(parts))
    match chance.randrange(8):
        case 0:
            del parts[name]
            parts.setdefault("xl/workbook.xml", b"")
        case 1:
            parts[name] = parts[other]
        case 2:
            parts[name] = parts[name][: chance.randint(0, len(parts[name]))]
        case 3 | 4:
            parts[name] = mutate_xml(parts[name], chance) or b"<a/>"
        case _:
            parts[name] = _with_other_cells(parts[name], chance)


def _with_other_cells(content: bytes, chance: random.Random) -> bytes:
    """Write into some cells what people and machines write there."""
    try:
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False))
    except (etree.XMLSyntaxError, ValueError):
        return content
    cells = root.findall(".//{*}c")
    for cell in chance.sample(cells, min(len(cells), chance.randint(1, 6))):
        for child in list(cell):
            cell.remove(child)
        kind = chance.choice(["n", "s", "str", "b", "d", "e", "inlineStr", "x", ""])
        cell.set("t", kind)
        if chance.random() < _SELDOM:
            cell.set("r", chance.choice(["A1", "ZZZ9", "A0", "x", "", "A99999999999"]))
        word = chance.choice(WORDS)
        where = cell
        if kind == "inlineStr":
            where = etree.SubElement(cell, cell.tag[:-1] + "is")
        try:
            etree.SubElement(where, cell.tag[:-1] + ("t" if where is not cell else "v")).text = word
        except ValueError:  # not every character may stand in XML
            continue
    return etree.tostring(root)
