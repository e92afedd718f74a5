"""English for what a process and its forms say: a file ``KEY.english`` beside ``KEY.bpmn``.

It is TOML, a line a text: the Chinese words as they stand in the drawing, the forms and the
decision tables, and the English ones. Looked up by the words themselves, as gettext does: what was
changed in Chinese has no English until somebody writes it. What is stored, sent and checked stays
Chinese; a page alone asks for English.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from engine.model.toml import UnreadableToml, read_toml

SUFFIX = ".english"
"""How such a file ends; before it stands the key of the process."""

NAME_EN = "name:en"
"""On any element: its name in English, for a process that says no more in it."""

DOCUMENTATION_EN = "documentation:en"
"""The same for its explanation."""

_QUOTED = re.compile("“([^“”]*)”")


def read_english(content: bytes) -> Mapping[str, object]:
    """The texts of a file by their Chinese words; raises UnreadableToml or UnicodeDecodeError."""
    return read_toml(content.decode("utf-8"))


@dataclass(frozen=True)
class English:
    """What a version says in English; the files are read when the first page asks for it."""

    files: tuple[bytes, ...] = ()
    """Of several, such as those of called processes, the earlier ones come first."""
    names: tuple[tuple[str, str], ...] = ()
    """Chinese and English of what stands in the drawings; after what the files say."""

    def of(self, text: str) -> str:
        """The text in English, itself where it has none."""
        return self._texts.get(text, text)

    def within(self, sentence: str) -> str:
        """A sentence with the names between its quotation marks in English."""
        return _QUOTED.sub(lambda found: f"“{self.of(found[1])}”", sentence)

    def and_then(self, other: "English") -> "English":
        """This, and for what it does not say the other."""
        return English((*self.files, *other.files), (*self.names, *other.names))

    @property
    def is_empty(self) -> bool:
        """Whether there is none at all."""
        return not self._texts

    @cached_property
    def _texts(self) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for content in self.files:
            for chinese, english in _readable(content).items():
                if isinstance(english, str):
                    found.setdefault(chinese, english)
        for chinese, english in self.names:
            found.setdefault(chinese, english)
        return found


def _readable(content: bytes) -> Mapping[str, object]:
    """A file that was refused before it was deployed says nothing, and stops nobody."""
    try:
        return read_english(content) if content else {}
    except (UnreadableToml, UnicodeDecodeError):
        return {}


NO_ENGLISH = English()
"""Of what has none."""
