"""The folder in which a database lies unsealed for a moment, while it is copied."""

import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PREFIX = "backup-"
_OURS = re.compile(rf"{_PREFIX}[a-z0-9_]{{8}}")
_COPY = "copy"
_CONTENT = frozenset({_COPY, *(f"{_COPY}-{kind}" for kind in ("journal", "wal", "shm"))})


@contextmanager
def passing_folder(place: Path) -> Iterator[Path]:
    """A path for the copy in a folder of its own below ``place``, gone afterwards.

    Folders that a power failure or a kill left behind go first, unless somebody else is copying.
    """
    held = os.open(place, os.O_RDONLY)
    try:
        try:  # whoever copies has a share of the lock: alone with it, nobody's folder is in use
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            pass
        else:
            _sweep(place)
        fcntl.flock(held, fcntl.LOCK_SH)
        with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=place) as folder:
            yield Path(folder, _COPY)
    finally:
        os.close(held)


def _sweep(place: Path) -> None:
    """Never a backup that somebody keeps in the data folder under such a name."""
    for folder in place.iterdir():
        if not _OURS.fullmatch(folder.name) or not folder.is_dir() or folder.is_symlink():
            continue
        content = {path.name for path in folder.iterdir()}
        if _COPY in content and content <= _CONTENT:
            shutil.rmtree(folder)
