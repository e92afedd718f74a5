"""A zip of process files: the folder of a process, as Windows, a Mac or a tool has packed it.

Nothing of it is written anywhere, and its folders are dropped like those of files that are sent
one by one. What the systems and people put beside the files (``__MACOSX``, ``.DS_Store``, notes in
Markdown, tests of decisions) is passed over, as it is in a folder; any other file is refused by
its name.
"""

import stat
import zipfile
from collections.abc import Sequence

from engine.errors import FileTooLarge, FileTypeRefused, Invalid
from engine.model.zips import EncryptedZip, StrangelyPacked, UnreadableZip, opened, pieces

SUFFIX = ".zip"
LARGEST_UNPACKED = 50 * 1024 * 1024
"""Bytes, of all zips that are sent at once."""

_MOST_ENTRIES = 2_000
"""Folders and notes are counted too."""
_WORST_RATIO = 100
_SMALL = 1024 * 1024
"""Bytes: what unpacks to no more may be packed as well as it likes."""
_LONGEST_SHOWN = 120
_NAMES_IN_UTF8 = 0x800
"""One of an entry's flags (APPNOTE.TXT 4.4.4, bit 11)."""
_OF_A_SYSTEM = frozenset({"thumbs.db", "desktop.ini"})
_BESIDE = (".md", "_tests.xml")
"""Notes, and tests of decisions (docs/dmn.md); a drawing that is called .xml is refused."""


def is_zip(name: str) -> bool:
    """Whether a file that was sent calls itself one."""
    return name.lower().endswith(SUFFIX)


def is_taken(unpacked: int, size: int) -> bool:
    """Whether a zip of so many bytes may unpack to that many (reliability.md §4, item 4)."""
    return unpacked <= LARGEST_UNPACKED and unpacked <= max(_SMALL, _WORST_RATIO * size)


def unzipped(name: str, content: bytes, room: int = LARGEST_UNPACKED) -> list[tuple[str, bytes]]:
    """The process files in it by name and content, no more than ``room`` bytes.

    Raises Invalid, FileTooLarge and FileTypeRefused in words for who packed it.
    """
    shown = name[-_LONGEST_SHOWN:]
    try:
        with opened(content) as archive:
            entries = archive.infolist()
            _must_be_small(shown, entries, len(content), room)
            _must_stay_inside(shown, entries)
            named = [(_name_of(one), one) for one in entries]
            wanted = [(at, one) for at, one in named if not _is_passed_over(at)]
            found = [(at, b"".join(pieces(archive, one))) for at, one in wanted]
    except EncryptedZip as error:
        raise Invalid(f"“{shown}”加了密码,没有接收。请不设密码重新压缩后再上传。") from error
    except StrangelyPacked as error:
        raise Invalid(
            f"“{shown}”的压缩方式不能读取,没有接收。"
            "请右键选“压缩为 ZIP 文件”重新压缩,或直接选择其中的文件上传。"
        ) from error
    except UnreadableZip as error:
        raise FileTypeRefused(
            f"“{shown}”已损坏或不是 zip 文件,没有接收。请重新压缩后再上传。"
        ) from error
    if not found:
        raise Invalid(f"“{shown}”里没有流程文件,没有接收。请打开核对后重新压缩。")
    return found


def _must_be_small(shown: str, entries: Sequence[zipfile.ZipInfo], size: int, room: int) -> None:
    unpacked = sum(one.file_size for one in entries)
    if len(entries) > _MOST_ENTRIES:
        raise Invalid(
            f"“{shown}”里有 {len(entries):,} 个文件,没有接收。请只压缩流程的文件夹,分批上传。"
        )
    if unpacked > room or not is_taken(unpacked, size):
        raise FileTooLarge(f"“{shown}”解压后过大,没有接收。请只压缩流程的文件夹,分批上传。")


def _must_stay_inside(shown: str, entries: Sequence[zipfile.ZipInfo]) -> None:
    """No entry names a place outside of the folder, or is a link: no tool packs a folder so."""
    for one in entries:
        at = _name_of(one)
        drive, root = at[1:2] == ":", at.startswith("/")
        if drive or root or ".." in at.split("/") or stat.S_ISLNK(one.external_attr >> 16):
            raise Invalid(
                f"“{shown}”里的“{at[:_LONGEST_SHOWN]}”指向文件夹以外,没有接收。"
                "请重新压缩流程的文件夹后再上传。"
            )


def _name_of(entry: zipfile.ZipInfo) -> str:
    """Its name with ``/`` between folders.

    Without a flag names are in what the packing system used: on a Mac UTF-8, on Chinese Windows
    GBK. ``zipfile`` has read both as code page 437, which loses nothing.
    """
    name = entry.filename
    if not entry.flag_bits & _NAMES_IN_UTF8:
        for encoding in ("utf-8", "gb18030"):
            try:
                name = entry.filename.encode("cp437").decode(encoding)
            except UnicodeError:
                continue
            break
    return name.replace("\\", "/")


def _is_passed_over(name: str) -> bool:
    *folders, last = name.split("/")
    is_folder = not last
    return (
        is_folder
        or "__MACOSX" in folders
        or last.startswith(".")
        or last.lower() in _OF_A_SYSTEM
        or last.lower().endswith(_BESIDE)
    )
