"""The files that a check has just passed, kept in its page: what is deployed is what was checked.

A browser forgets the files of a form once it is sent, and nobody chooses the same twenty again
without once choosing another. They travel packed in the page and back, and are read like files
that were chosen: nothing of them is taken on trust.
"""

import binascii
import io
import zipfile
import zlib
from base64 import b64decode, b64encode
from collections.abc import Sequence

from engine.definitions.folder import MOST_FILES, MOST_SCENARIOS
from engine.errors import Invalid
from engine.model.definitions import SourceFile
from engine.model.xml import LARGEST_FILE

_MOST_TEXT = 2 * 1024 * 1024
"""Characters: half of what a request may carry outside of files."""

_UNREADABLE = (
    binascii.Error,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    ValueError,
    NotImplementedError,  # a way of packing that is not ours
    RuntimeError,  # packed with a password
)


def packed(files: Sequence[SourceFile]) -> str:
    """The files as text for a hidden field; empty where they are too large for one."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in files:
            archive.writestr(zipfile.ZipInfo(one.name), one.content, zipfile.ZIP_DEFLATED)
    text = b64encode(made.getvalue()).decode("ascii")
    return text if len(text) <= _MOST_TEXT else ""


def unpacked(text: str) -> list[tuple[str, bytes]]:
    """Their names and contents. Raises Invalid for a text that no page of ours has made."""
    try:
        with zipfile.ZipFile(io.BytesIO(b64decode(text, validate=True))) as archive:
            told = archive.infolist()
            if len(told) > MOST_FILES + MOST_SCENARIOS:
                raise _damaged()
            if any(one.file_size > LARGEST_FILE for one in told):
                raise _damaged()
            return [(one.filename, archive.read(one)) for one in told]
    except _UNREADABLE as error:
        raise _damaged() from error


def _damaged() -> Invalid:
    return Invalid("刚才检查过的文件没有完整传回来,未部署。请重新选择文件,再检查一次。")
