"""Zips that strangers packed: office documents and process files.

What Word, Excel and the compressed folders of Windows write is stored or deflated, and open to
everybody. Anything else, and what lies about itself, is told apart here, before a part of it is
unpacked: no reader has to know all that ``zipfile`` raises.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy

_ENCRYPTED = 0x1
"""The first of an entry's flags (APPNOTE.TXT 4.4.4)."""
_PIECE = 1024 * 1024
_PACKED = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


class UnreadableZip(Exception):
    """It is damaged, or no zip at all."""


class EncryptedZip(UnreadableZip):
    """Something in it needs a password."""


class StrangelyPacked(UnreadableZip):
    """Something in it is packed in a way of which there are readers, but none here."""


@contextmanager
def opened(content: bytes) -> Iterator[zipfile.ZipFile]:
    """The archive, to read from inside the ``with``. Raises UnreadableZip, there too."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist():
                if entry.flag_bits & _ENCRYPTED:
                    raise EncryptedZip
                if entry.compress_type not in _PACKED:
                    raise StrangelyPacked
            yield archive
    except NotImplementedError as error:  # of a later version of the format
        raise StrangelyPacked from error
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        EOFError,
        OSError,
        RuntimeError,
        ValueError,  # its own numbers are nonsense
        OverflowError,
    ) as error:
        raise UnreadableZip from error


def pieces(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The content of a part, at most 1 MiB at a time.

    ``ZipFile.read`` unpacks all there is before it cuts it to the size that the archive tells. So
    no more is asked for than that, and one byte: BadZipFile where that byte is there.
    """
    longer = copy(entry)
    longer.file_size += 1
    left = longer.file_size
    with archive.open(longer) as part:
        while piece := part.read(min(_PIECE, left)):
            left -= len(piece)
            if not left:
                raise zipfile.BadZipFile(entry.filename)
            yield piece
