"""Addresses of style sheets and scripts change with their content, so browsers may keep them."""

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask

_LENGTH = 10


def version_static_files(app: Flask) -> None:
    """Add ``?v=`` and a digest of the content to the address of every static file."""
    folder = Path(app.static_folder or "")

    @lru_cache(maxsize=200)
    def digest(name: str, changed: float) -> str:
        del changed  # only makes a changed file a new question
        return hashlib.sha256((folder / name).read_bytes()).hexdigest()[:_LENGTH]

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, object]) -> None:
        name = values.get("filename")
        if endpoint == "static" and isinstance(name, str) and (folder / name).is_file():
            values["v"] = digest(name, (folder / name).stat().st_mtime)
