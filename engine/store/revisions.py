"""The revisions of the schema as their files name them.

To ask whether a database is up to date is done at every start, and Alembic alone takes longer to
import than the answer to compute. What is missing is run by Alembic (``upgrading``).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_REVISION = re.compile(r'^revision = "([^"]+)"$', re.MULTILINE)
_BEFORE = re.compile(r'^down_revision = (?:"([^"]+)"|None)$', re.MULTILINE)
_DIGITS = "0123456789"


@dataclass(frozen=True)
class Revisions:
    """All that this release knows, and those behind which nothing comes."""

    known: frozenset[str]
    heads: frozenset[str]

    def newer(self, stored: Iterable[str]) -> set[str]:
        """Unknown revisions of branches we know; another package's are not ours to judge."""
        prefixes = tuple({revision.rstrip(_DIGITS) for revision in self.known})
        return {one for one in stored if one not in self.known and one.startswith(prefixes)}


def read_revisions(folders: Iterable[Path]) -> Revisions:
    """Read the files of these folders; ValueError for one that is not written as ours are."""
    known: set[str] = set()
    before: set[str] = set()
    for folder in folders:
        for path in folder.glob("[!_]*.py"):
            text = path.read_text("utf-8")
            revision, previous = _REVISION.search(text), _BEFORE.search(text)
            if revision is None or previous is None:
                msg = f"{path.name} does not name its revision and the one before"
                raise ValueError(msg)
            known.add(revision[1])
            before.add(previous[1] or "")
    return Revisions(frozenset(known), frozenset(known - before))
