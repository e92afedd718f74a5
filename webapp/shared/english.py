"""What processes call their steps and themselves, in the language of this request."""

import time
from collections.abc import Mapping
from functools import reduce

from engine import Engine
from engine.model.english import NO_ENGLISH, English
from engine.runtime import Program
from webapp.shared.language import is_english

_FRESH_FOR = 30.0
"""Seconds. Words of a version that was deployed meanwhile are shown after that at the latest."""


class EnglishNames:
    """The English of the newest versions, for lists.

    Their rows are of many versions and know of each the words alone: a step that is called
    otherwise in the newest version has no English there. Pages of one case ask its own version.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._read_at = float("-inf")
        self._newest: Mapping[str, English] = {}
        self._any = NO_ENGLISH

    def of(self, text: str, process_key: str) -> str:
        """A name in English; where its process does not say it, as another one does."""
        self._refresh()
        own = self._newest.get(process_key, NO_ENGLISH).of(text)
        return self._any.of(text) if own == text else own

    def _refresh(self) -> None:
        if time.monotonic() - self._read_at < _FRESH_FOR:
            return
        newest = self._engine.tasks.newest().english
        if newest is not self._newest:
            self._newest, self._any = newest, reduce(English.and_then, newest.values(), NO_ENGLISH)
        self._read_at = time.monotonic()


def said_by(program: Program, text: str) -> str:
    """A name of a version, in the language of this request."""
    return program.english.of(text) if is_english() else text
