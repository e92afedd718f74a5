"""The folder in which a database lies unsealed for a moment, while it is copied."""

import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from webapp.commands.speaking import complain

_PREFIX = "backup-"
_OURS = re.compile(rf"{_PREFIX}[a-z0-9_]{{8}}")
_COPY = "copy"
_CONTENT = frozenset({_COPY, *(f"{_COPY}-{kind}" for kind in ("journal", "wal", "shm"))})


@contextmanager
def passing_folder(place: Path) -> Iterator[Path]:
    """A path for the copy in a folder of its own below ``place``, gone afterwards."""
    sweep(place)
    with (
        _held(place, fcntl.LOCK_SH),
        tempfile.TemporaryDirectory(prefix=_PREFIX, dir=place) as folder,
    ):
        yield Path(folder, _COPY)


def sweep(place: Path) -> None:
    """Remove the folders that a power failure or a kill left, unless somebody else is copying.

    One that may not be removed, of another user say, is told and stays.
    """
    if not place.is_dir():
        return
    try:  # whoever copies has a share of the lock: alone with it, nobody's folder is in use
        with _held(place, fcntl.LOCK_EX | fcntl.LOCK_NB):
            for folder in place.iterdir():
                try:
                    if _is_left(folder):
                        shutil.rmtree(folder)
                except OSError:
                    complain(f"“{folder}”里有没有加密的数据库,没能删除。请用它的用户删除。")
    except BlockingIOError:
        return


@contextmanager
def _held(place: Path, how: int) -> Iterator[None]:
    """A lock on the folder, given back at the end."""
    held = os.open(place, os.O_RDONLY)
    try:
        fcntl.flock(held, how)
        yield
    finally:
        os.close(held)


def _is_left(folder: Path) -> bool:
    """Never a backup that somebody keeps in the data folder under such a name."""
    if not _OURS.fullmatch(folder.name) or not folder.is_dir() or folder.is_symlink():
        return False
    content = {path.name for path in folder.iterdir()}
    return _COPY in content and content <= _CONTENT
