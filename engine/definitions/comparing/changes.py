"""A change between two versions, as a value."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from engine.sentences import Words


class How(StrEnum):
    """What became of a thing."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Subject(StrEnum):
    """What kind of thing it is."""

    PROCESS = "process"
    ELEMENT = "element"
    FORM = "form"
    DECISION = "decision"
    DOCUMENT = "document"


@dataclass(frozen=True)
class Detail:
    """One property that differs; None where a version has nothing of the kind."""

    what: Words
    before: Words | None
    after: Words | None


@dataclass(frozen=True)
class Change:
    """One thing that was added, removed or changed.

    ``elements`` are the elements (process key, id) whose work it touches: its own, or those that
    show a form, ask a decision, print a document. ``is_step`` marks the steps of people.
    """

    how: How
    subject: Subject
    process_key: str
    id: str
    type: Words
    name: Words
    details: tuple[Detail, ...] = ()
    elements: tuple[tuple[str, str], ...] = ()
    is_step: bool = False


Facts = Mapping[Hashable, tuple[Words, Words]]
"""What is known of a thing, in the order in which it is told: how it is called, and what it is."""


def differing(before: Facts, after: Facts) -> Iterator[Detail]:
    """The facts that differ."""
    for key in dict.fromkeys((*before, *after)):
        then, now = before.get(key), after.get(key)
        if then is None and now is not None:
            yield Detail(now[0], None, now[1])
        elif now is None and then is not None:
            yield Detail(then[0], then[1], None)
        elif then is not None and now is not None and then[1] != now[1]:
            yield Detail(now[0], then[1], now[1])
