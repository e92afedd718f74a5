"""The files that a check has just passed, kept in its page: what is deployed is what was checked.

A browser forgets the files of a form once it is sent, and nobody chooses the same twenty again
without once choosing another. They travel packed in the page and back, and are read like files
that were chosen: nothing of them is taken on trust.
"""

import binascii
import io
import zipfile
from base64 import b64decode, b64encode
from collections.abc import Sequence

from engine.definitions.zipped import is_taken, unzipped
from engine.errors import FileTooLarge, FileTypeRefused, Invalid
from engine.model.definitions import SourceFile
from webapp.shared.language import _

_MOST_TEXT = 2 * 1024 * 1024
"""Characters: half of what a request may carry outside of files."""


def packed(files: Sequence[SourceFile]) -> str:
    """The files as text for a hidden field; empty where they are too large to come back in one."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in files:
            archive.writestr(zipfile.ZipInfo(one.name), one.content, zipfile.ZIP_DEFLATED)
    if not is_taken(sum(len(one.content) for one in files), len(made.getvalue())):
        return ""
    text = b64encode(made.getvalue()).decode("ascii")
    return text if len(text) <= _MOST_TEXT else ""


def unpacked(text: str) -> list[tuple[str, bytes]]:
    """Their names and contents. Raises Invalid for a text that no page of ours has made."""
    if len(text) > _MOST_TEXT:
        raise _damaged()
    try:
        return unzipped("", b64decode(text, validate=True))
    except (binascii.Error, ValueError, Invalid, FileTooLarge, FileTypeRefused) as error:
        raise _damaged() from error


def _damaged() -> Invalid:
    return Invalid(_("刚才检查过的文件没有完整传回来,未部署。请重新选择文件,再检查一次。"))
