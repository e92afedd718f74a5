"""The same words in both languages."""

from collections.abc import Iterable
from typing import NamedTuple

from typing_extensions import override


class Words(NamedTuple):
    """A phrase in Chinese and in English; as a text it is the Chinese one."""

    zh: str
    en: str

    @override
    def __str__(self) -> str:
        """The Chinese words: what is not yet asked in which language is told in it."""
        return self.zh

    @classmethod
    def filled(cls, zh: str, en: str, /, **values: object) -> "Words":
        """Two templates with named values, which may be words themselves."""
        return cls(zh.format_map(_all(values, "zh")), en.format_map(_all(values, "en")))

    @classmethod
    def same(cls, text: str) -> "Words":
        """A name, a code, a text of the designer's own."""
        return cls(text, text)

    @classmethod
    def listed(cls, items: Iterable[object], empty: "Words | None" = None) -> "Words":
        """The items one after another."""
        told = [item if isinstance(item, Words) else cls.same(str(item)) for item in items]
        if not told:
            return NONE if empty is None else empty
        return cls("、".join(one.zh for one in told), ", ".join(one.en for one in told))


NONE = Words("无", "none")
_LONGEST_VALUE = 160
_LONGEST_WORDS = 600


def _all(values: dict[str, object], language: str) -> dict[str, object]:
    return {
        name: _shown(getattr(value, language), _LONGEST_WORDS)
        if isinstance(value, Words)
        else _shown(value, _LONGEST_VALUE)
        for name, value in values.items()
    }


def _shown(value: object, most: int) -> object:
    """A value as a sentence has it: a name of a hundred thousand letters is told by its first."""
    return f"{value[:most]}…" if isinstance(value, str) and len(value) > most else value
