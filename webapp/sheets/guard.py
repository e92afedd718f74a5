"""Whether an uploaded file is an Excel workbook that may be opened at all.

A workbook is a zip of XML: a small one can unpack to gigabytes, carry macros, or name entities
that grow without end. Everything here is decided on the archive, before openpyxl sees a byte.
"""

import zipfile

from engine.errors import Invalid
from engine.model.zips import UnreadableZip, opened, pieces

LARGEST_FILE = 20 * 1024 * 1024
_LARGEST_UNPACKED = 400 * 1024 * 1024
_MOST_PARTS = 2_000
_WORST_RATIO = 300
_SMALL = 1024 * 1024
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_FORBIDDEN = (b"<!DOCTYPE", b"<!ENTITY")
_KEPT = max(map(len, _FORBIDDEN)) - 1


def must_be_workbook(content: bytes, name: str) -> None:
    """Raise Invalid, in words for the person who chose the file, for anything but an ``.xlsx``."""
    if not content:
        raise Invalid("请先选择要导入的 Excel 文件。没有导入任何内容。")
    if len(content) > LARGEST_FILE:
        raise Invalid(
            f"“{name}”超过 {LARGEST_FILE // 1024 // 1024} MB,没有导入。"
            "请分成几个文件,或删去文件中的图片后再上传。"
        )
    if content.startswith(_OLD_OFFICE):
        raise Invalid(
            f"“{name}”是旧版 .xls 文件,或者加了打开密码,没有导入。"
            "请在 Excel 中去掉密码,用“另存为”选“Excel 工作簿(*.xlsx)”后再上传。"
        )
    if not content.startswith(b"PK\x03\x04"):
        raise Invalid(
            f"“{name}”不是 Excel 工作簿(可能是其他文件改了名),没有导入。"
            "请用下载的模板填写,保存为 .xlsx 后再上传。"
        )
    _must_be_safe(content, name)


def _must_be_safe(content: bytes, name: str) -> None:
    try:
        with opened(content) as archive:
            _must_be_small(archive, len(content), name)
            names = {entry.filename for entry in archive.infolist()}
            if any(part.lower().endswith("vbaproject.bin") for part in names):
                raise Invalid(
                    f"“{name}”带有宏,没有导入。请另存为不带宏的“Excel 工作簿(*.xlsx)”后再上传。"
                )
            if "xl/workbook.xml" not in names:
                raise Invalid(
                    f"“{name}”不是 Excel 工作簿,没有导入。"
                    "请用下载的模板填写,保存为 .xlsx 后再上传。"
                )
            for entry in archive.infolist():
                _must_be_honest(archive, entry, name)
    except UnreadableZip as error:
        raise Invalid(damaged(name)) from error


def damaged(name: str) -> str:
    """What is said of a workbook that cannot be read."""
    return (
        f"“{name}”已损坏,打不开,没有导入。"
        "请在 Excel 或 WPS 中打开检查,另存为新的 .xlsx 文件后再上传。"
    )


def _must_be_small(archive: zipfile.ZipFile, size: int, name: str) -> None:
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    bomb = unpacked > _SMALL * 10 and unpacked > _WORST_RATIO * size
    if len(entries) > _MOST_PARTS or unpacked > _LARGEST_UNPACKED or bomb:
        raise Invalid(f"“{name}”解压后过大,没有导入。请只保留模板中的工作表和数据行,另存后再上传。")


def _must_be_honest(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> None:
    """No part is larger than it says: openpyxl unpacks many of them in one go.

    Nor does one declare entities; Excel and WPS never do, and write UTF-8.
    """
    is_xml = entry.filename.lower().endswith((".xml", ".rels"))
    left = b""
    for piece in pieces(archive, entry):
        text = left + piece
        begins_wide = not left and text.startswith(_UTF16)
        if is_xml and (begins_wide or any(word in text for word in _FORBIDDEN)):
            raise Invalid(
                f"“{name}”的内容不是 Excel 写的(含有不允许的声明),没有导入。"
                "请用下载的模板填写后再上传。"
            )
        left = text[-_KEPT:]
