"""What the newest version of each process says: names, steps done together or from lists, starts.

Reckoned when a version is deployed, and kept for as long as it is the newest.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from engine.model.clock import local_date
from engine.model.definitions import Element, ProcessInfo
from engine.model.english import English
from engine.model.fan_out import CAMPAIGN
from engine.runtime import Outline, ProgramRefused
from engine.store import definitions
from engine.store.database import Tx
from engine.store.definitions import DefinitionRow

log = logging.getLogger("bangfu.versions")

Step = tuple[str, str]
"""Process key and element id."""

Outlines = Callable[[str], Outline]
"""What the drawings of a version say, by its id; forms and decisions say nothing of this."""


@dataclass(frozen=True)
class Starting:
    """Who starts a process, at which levels, and whether from nothing else."""

    role: str
    levels: tuple[str, ...]
    from_nothing: bool


@dataclass(frozen=True)
class Timed:
    """What a date begins at every unit of some levels; ``since``: the day it was deployed."""

    process_key: str
    levels: tuple[str, ...]
    when: str
    since: date


@dataclass(frozen=True)
class Newest:
    """What the newest versions say: names by key, steps, starts."""

    rows: tuple[DefinitionRow, ...] = ()
    infos: Mapping[str, ProcessInfo] = field(default_factory=dict)
    """By the version's id; a version that cannot be read has none."""
    names: Mapping[str, str] = field(default_factory=dict)
    together: frozenset[Step] = frozenset()
    listed: Mapping[Step, Element] = field(default_factory=dict)
    starts: tuple[Starting, ...] = ()
    gathered: frozenset[str] = frozenset()
    """Processes whose cases are begun from lists alone."""
    timed: tuple[Timed, ...] = ()
    english: Mapping[str, English] = field(default_factory=dict)
    """What each says in English, by key, of called processes too."""


class NewestVersions:
    """What follows from the newest versions, reckoned when one is deployed."""

    def __init__(self) -> None:
        self._known: tuple[tuple[str, ...], Newest] = ((), Newest())

    def get(self, tx: Tx, outlines: Outlines) -> Newest:
        """As they are now."""
        rows = definitions.all_latest(tx)
        ids = tuple(row.id for row in rows)
        known_ids, found = self._known
        if ids != known_ids:
            readable = _readable(rows, outlines)
            found = _newest(rows, readable)
            if len(readable) == len(rows):
                self._known = (ids, found)
        return found


def _readable(rows: Sequence[DefinitionRow], outlines: Outlines) -> Mapping[str, Outline]:
    """The outlines by version; one whose row was spoilt keeps nobody from the others."""
    found = {}
    for row in rows:
        try:
            found[row.id] = outlines(row.id)
        except ProgramRefused:
            log.exception("the version %s cannot be read", row.id)
    return found


def _newest(rows: Sequence[DefinitionRow], readable: Mapping[str, Outline]) -> Newest:
    steps = [
        ((key, element.id), element)
        for outline in readable.values()
        for key, elements in outline.elements.items()
        for element in elements
    ]
    starts, gathered, timed = [], set(), []
    for row in rows:
        if row.id not in readable:
            continue
        info = readable[row.id].info
        if row.start_role and not info.starts_from_record:
            starts.append(Starting(row.start_role, info.start_levels, not info.starts_from))
        if info.starts_from == CAMPAIGN:
            gathered.add(row.key)
        if info.begins_on:
            since = local_date(row.deployed_at)
            timed.append(Timed(row.key, info.start_levels, info.begins_on, since))
    return Newest(
        rows=tuple(rows),
        infos={version: outline.info for version, outline in readable.items()},
        names={row.key: row.name for row in rows},
        together=frozenset(step for step, element in steps if element.is_batch),
        listed={step: element for step, element in steps if element.sheet},
        starts=tuple(starts),
        gathered=frozenset(gathered),
        timed=tuple(timed),
        english={row.key: readable[row.id].english for row in rows if row.id in readable},
    )
