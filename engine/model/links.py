"""Cases that belong together because one of them has begun the other (docs/decisions/0042)."""

from dataclasses import dataclass
from datetime import datetime

LINKED = "case"
"""Value of ``startsFrom``: cases of the process are begun by other cases alone."""

LONGEST_KIND = 40

MOST_GENERATIONS = 10
"""How many cases may have begun each other in a row: one that begins its own process comes to an
end."""


@dataclass(frozen=True)
class Link:
    """One case has begun another; ``kind`` is the word that people read: 复查, 建档."""

    from_id: str
    case_id: str
    kind: str
    key_hash: str | None
    generation: int
    at: datetime


@dataclass(frozen=True)
class RelatedCase:
    """A case at the other end of a link; ``was_first``: it has begun the one that is looked at."""

    id: str
    number: str
    title: str
    status: str
    kind: str
    was_first: bool
