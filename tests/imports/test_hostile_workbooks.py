"""No workbook, however it was made, ends in anything but a sentence."""

import io
import random
import tracemalloc
import zipfile
from collections.abc import Callable, Mapping

import pytest
from openpyxl import load_workbook
from openpyxl.drawing.image import Image as Drawing
from PIL import Image

from engine.errors import Invalid
from registry.imports.existing import household_layout
from registry.incoming.layout import Column, Holds, Layout, SheetLayout
from registry.incoming.rows import Problem
from registry.incoming.units import Units
from tests.imports.sheets import household, put
from tests.support import zips
from webapp.sheets.marking import marked
from webapp.sheets.reading import read_workbook
from webapp.sheets.template import Told, template

LAYOUT = household_layout()
UNITS = Units({"u1": "模拟一厂工会"}, {"u1": "350602001001"})


@pytest.fixture(scope="module")
def workbook() -> bytes:
    book = load_workbook(io.BytesIO(template("已有档案", LAYOUT, UNITS)))
    put(book["户主"], 3, household(0))
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _packed(parts: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return written.getvalue()


def _ends_in_a_sentence(content: bytes) -> None:
    said = "。"
    try:
        read_workbook(content, "名单.xlsx", LAYOUT)
        marked(content, LAYOUT, [])
    except Invalid as refused:
        said = refused.message
    assert said.endswith("。")


@pytest.mark.parametrize("seed", range(6))
def test_flipped_and_missing_bytes(workbook: bytes, seed: int) -> None:
    chance = random.Random(seed)
    content = bytearray(workbook)
    for _ in range(chance.randint(1, 40)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    if seed % 3 == 0:
        del content[chance.randrange(len(content)) :]
    _ends_in_a_sentence(bytes(content))


@pytest.mark.parametrize("seed", range(12))
def test_parts_that_are_not_what_they_should_be(workbook: bytes, seed: int) -> None:
    chance = random.Random(seed)
    parts = _parts(workbook)
    name = chance.choice(sorted(parts))
    match seed % 4:
        case 0:
            del parts[name]
        case 1:
            parts[name] = b""
        case 2:
            parts[name] = parts[name][: len(parts[name]) // 2]
        case _:
            text = bytearray(parts[name])
            for _ in range(20):
                if text:
                    text[chance.randrange(len(text))] = chance.randrange(32, 127)
            parts[name] = bytes(text)
    _ends_in_a_sentence(_packed(parts))


PACKED: Mapping[str, Callable[[bytes], bytes]] = {
    "with a password": zips.encrypted,
    "as Deflate64": lambda content: zips.packed_as(content, 9),
    "as bzip2": lambda content: zips.packed_as(content, 12),
    "as LZMA": lambda content: zips.packed_as(content, 14),
    "by a later version": lambda content: zips.of_version(content, 990),
}


@pytest.mark.parametrize("how", PACKED)
def test_workbooks_that_need_a_password_or_another_reader(workbook: bytes, how: str) -> None:
    packed = PACKED[how](workbook)
    with pytest.raises(Invalid, match="已损坏,打不开"):
        read_workbook(packed, "名单.xlsx", LAYOUT)
    _ends_in_a_sentence(packed)


@pytest.mark.parametrize("part", ["xl/theme/theme1.xml", "docProps/thumbnail.jpeg"])
def test_a_part_that_says_it_is_small_is_not_unpacked_to_see(workbook: bytes, part: str) -> None:
    parts = _parts(workbook)
    parts.pop(part, None)
    lying = zips.understated(_packed({**parts, part: b"<" + b" " * 64 * 1024 * 1024}))
    tracemalloc.start()
    with pytest.raises(Invalid, match="已损坏,打不开"):
        read_workbook(lying, "名单.xlsx", LAYOUT)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 8 * 1024 * 1024


def test_a_picture_that_was_cut_off_is_no_fault_of_ours(workbook: bytes) -> None:
    book, whole, drawn = load_workbook(io.BytesIO(workbook)), io.BytesIO(), io.BytesIO()
    Image.new("RGB", (50, 50)).save(drawn, "PNG")
    book["户主"].add_image(Drawing(drawn), "A20")
    book.save(whole)
    drawn = io.BytesIO()
    Image.new("RGB", (50, 50)).save(drawn, "BMP")
    cut = drawn.getvalue()[:300]
    parts = _parts(whole.getvalue())
    content = _packed({name: cut if ".png" in name else part for name, part in parts.items()})
    assert read_workbook(content, "名单.xlsx", LAYOUT).rows
    with pytest.raises(Invalid, match="没有生成带错误说明的工作簿"):
        marked(content, LAYOUT, [])


def test_control_characters_of_old_systems_do_not_stop_a_workbook(workbook: bytes) -> None:
    told = [Problem("户主", 3, "姓名", "“林\x07模拟\x1f”不在可选的内容里")]
    cell = load_workbook(io.BytesIO(marked(workbook, LAYOUT, told)))["户主"]
    assert any(
        value == "“林模拟”不在可选的内容里"
        for row in cell.iter_rows(values_only=True)
        for value in row
    )
    listing = Layout(
        SheetLayout(
            "名单", (Column("办件编号", Holds.KEY), Column("姓名", Holds.SHOWN)), by_name=True
        ),
        (),
    )
    lines = [{"办件编号": "漳芗-1", "姓名": "=林\x00模拟"}]
    made = template(
        "名单", listing, Units({}, {}), lines, [Told("成员", ("姓名",), (("\x0b=1+1",),))]
    )
    book = load_workbook(io.BytesIO(made))
    assert (book["名单"]["B3"].value, book["名单"]["B3"].data_type) == ("=林模拟", "s")
    assert (book["成员"]["A2"].value, book["成员"]["A2"].data_type) == ("=1+1", "s")
