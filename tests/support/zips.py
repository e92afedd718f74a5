"""Zips as other programs pack them: with a password, in other ways, with names in GBK."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

_LOCAL, _CENTRAL = b"PK\x03\x04", b"PK\x01\x02"


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """These files, by their names as they are given."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return made.getvalue()


def _with(content: bytes, value: int, *, local: int, central: int) -> bytes:
    """Two bytes of each entry's headers set, so far behind their signatures (APPNOTE.TXT 4.3)."""
    changed = bytearray(content)
    for signature, place in ((_LOCAL, local), (_CENTRAL, central)):
        at = content.find(signature)
        while at >= 0:
            struct.pack_into("<H", changed, at + place, value)
            at = content.find(signature, at + 4)
    return bytes(changed)


def encrypted(content: bytes) -> bytes:
    """It says that a password is needed."""
    return _with(content, 0x1, local=6, central=8)


def packed_as(content: bytes, method: int) -> bytes:
    """It says that it is packed in another way: 9 Deflate64, 12 bzip2, 14 LZMA, 98 PPMd."""
    return _with(content, method, local=8, central=10)


def of_version(content: bytes, version: int) -> bytes:
    """It says which version of the format its reader must know, in tenths."""
    return _with(content, version, local=4, central=6)


def understated(content: bytes, summed: int = 1) -> bytes:
    """The last entry says it is one byte large, with the checksum of so many bytes."""
    changed = bytearray(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        last = archive.infolist()[-1]
        check = zlib.crc32(archive.read(last)[:summed])
    for at, checksum, length in (
        (last.header_offset, 14, 22),
        (content.rfind(_CENTRAL), 16, 24),
    ):
        struct.pack_into("<I", changed, at + checksum, check)
        struct.pack_into("<I", changed, at + length, 1)
    return bytes(changed)


def in_gbk(files: Mapping[str, bytes]) -> bytes:
    """As Chinese Windows names files: in GBK, and nothing says so."""
    stand_ins = {
        f"{number:03}".ljust(len(name.encode("gbk")), "_"): name
        for number, name in enumerate(files)
    }
    made = zipped({plain: files[name] for plain, name in stand_ins.items()})
    for plain, name in stand_ins.items():
        made = made.replace(plain.encode(), name.encode("gbk"))
    return made


def linked(name: str, target: str) -> bytes:
    """A link, as Unix packs one."""
    entry = zipfile.ZipInfo(name)
    entry.create_system, entry.external_attr = 3, 0o120777 << 16
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(entry, target)
    return made.getvalue()
