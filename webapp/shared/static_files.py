"""Addresses of style sheets and scripts change with their content, so browsers may keep them."""

import hashlib
import os
import stat
from functools import lru_cache
from pathlib import Path

from flask import Flask

_LENGTH = 10


def version_static_files(app: Flask) -> None:
    """Add ``?v=`` and a digest of the content to the address of every static file."""
    folder = app.static_folder or ""

    @lru_cache(maxsize=200)
    def digest(name: str, changed: float) -> str:
        del changed  # only makes a changed file a new question
        return hashlib.sha256(Path(folder, name).read_bytes()).hexdigest()[:_LENGTH]

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, object]) -> None:
        name = values.get("filename")
        if endpoint != "static" or not isinstance(name, str):
            return
        try:
            found = os.stat(f"{folder}/{name}")  # noqa: PTH116 - a dozen of them on every page
        except (OSError, ValueError):
            return
        if stat.S_ISREG(found.st_mode):
            values["v"] = digest(name, found.st_mtime)
