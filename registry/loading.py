"""Households that were on file before Bangfu, taken over in bulk without a case.

A federation begins with thousands of files that were approved long ago, on paper or in another
system. Each becomes a file whose versions have the act ``imported``: one, or as many as the
earlier record kept. Earlier number, dates and category are kept inside the content; a head who has
a file is never touched.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from functools import partial

from engine.errors import Invalid, NotPermitted
from engine.model.actors import Actor
from engine.model.clock import local_date
from engine.store import audit, directory
from engine.store.database import Tx
from engine.work.attributes import normal
from engine.work.environment import Environment
from registry.household import (
    AWAITING_ENTRY,
    IMPORTED,
    Content,
    File,
    Shown,
    Version,
    began,
    changed_at,
    packed,
    sealed_place,
    shown_of,
    text,
)
from registry.indexing import EDITION, entry_of
from registry.people import FilePerson, people_of
from registry.store import households, index, numbers, people
from registry.store.index import IndexEntry
from registry.vocabulary import ACTS, CATEGORIES

BATCH = 500
"""So many files are one transaction: a person's step waits a fraction of a second at most."""

MAY_LOAD = ("admin", "county_reviewer", "city_protection")
_LONGEST_SOURCE = 120


@dataclass(frozen=True)
class EarlierVersion:
    """What a household's file said before, from a day on; ``why`` it was changed then."""

    content: Content
    changed_on: date
    why: str


@dataclass(frozen=True)
class ExistingHousehold:
    """A household as it was kept before.

    ``content`` is what ``household.open_file`` takes, the national entry under ``national``.
    ``archived_on`` is the day it was approved then; ``changed_on`` the day it was last changed.
    ``earlier`` is what the new file has no place for (old number, old category, old status), by
    the words of the earlier record; ``row`` the line of the list it came from. ``before`` are the
    versions that the earlier record kept, oldest first; ``why`` the newest was made.
    """

    organisation_id: str
    content: Content
    archived_on: date
    changed_on: date | None = None
    earlier: Mapping[str, str] | None = None
    row: int | None = None
    before: Sequence[EarlierVersion] = ()
    why: str = ""


class Fate(Enum):
    """What became of a household that was to be loaded."""

    LOADED = "loaded"
    ON_FILE = "on file"  # its head has a file in the actor's own area
    ELSEWHERE = "elsewhere"  # its head has a file outside it: she is told no more than that
    TWICE = "twice"  # its head stands in the same list before


@dataclass(frozen=True)
class Loaded:
    """One household's fate; ``file_no`` of the file there is now, empty where it is not hers."""

    fate: Fate
    file_no: str


def load_files(
    environment: Environment,
    execute: Callable[[Callable[[Tx], list[Loaded]]], list[Loaded]],
    actor: Actor,
    found: Sequence[ExistingHousehold],
    source: str,
) -> list[Loaded]:
    """Load them in batches, each one transaction; what became of each, in their order.

    Doing it again loads none twice. Raises NotPermitted for a union outside the actor's area,
    Invalid for a household without a head, a number or a known category, before anything is
    written.
    """
    ready = [_Ready.of(environment, one, source) for one in found]
    done: list[Loaded] = []
    for start in range(0, len(ready), BATCH):
        batch = ready[start : start + BATCH]
        done += execute(partial(_load, environment, actor, batch, source))
    return done


def on_file(
    environment: Environment, tx: Tx, actor: Actor, id_numbers: Iterable[str]
) -> dict[str, Loaded]:
    """Which of these people head a file already, by the number as it was given."""
    hashes = {number: environment.vault.lookup_hash(normal(number)) for number in id_numbers}
    files: dict[str, File] = {}
    for batch in _batches(sorted(set(hashes.values()))):
        files |= households.of_heads(tx, batch)
    reach = _Reach(tx, actor)
    return {
        number: reach.told(files[hashed]) for number, hashed in hashes.items() if hashed in files
    }


def counted_on_file(
    environment: Environment, tx: Tx, actor: Actor, id_numbers: Iterable[str]
) -> dict[str, Loaded]:
    """Which of these people are counted in a file, as its head or a member, by the number."""
    hashes = {number: environment.vault.lookup_hash(normal(number)) for number in id_numbers}
    found = people.counted(tx, list(hashes.values()))
    reach = _Reach(tx, actor)
    return {
        number: reach.told_of(*found[hashed])
        for number, hashed in hashes.items()
        if hashed in found
    }


def must_load_for(tx: Tx, actor: Actor, organisation_ids: Iterable[str]) -> None:
    """The actor may load files of these unions; NotPermitted or Invalid names the one she cannot.

    It is for an administrator or a reviewer of county or city, within her own area.
    """
    reach = _Reach(tx, actor)
    asked = list(dict.fromkeys(organisation_ids))
    names = directory.names_of(tx, asked)
    for organisation_id in asked:
        if organisation_id not in names:
            raise Invalid(f"没有编号为“{organisation_id}”的单位,没有导入。请核对受理工会。")
        if not reach.includes(organisation_id):
            raise NotPermitted(
                f"您不能为“{names[organisation_id]}”导入档案,没有导入。"
                "只有本辖区的县级、市级审核员或系统管理员可以导入。"
            )


@dataclass(frozen=True)
class _Ready:
    """A household checked, with what lists will read of it.

    ``versions``: content and reason of each, oldest first; the newest is what counts.
    """

    organisation_id: str
    versions: tuple[tuple[Content, str], ...]
    shown: Shown
    archived_on: date

    @property
    def content(self) -> Content:
        """What the newest version says."""
        return self.versions[-1][0]

    @classmethod
    def of(cls, environment: Environment, one: ExistingHousehold, source: str) -> "_Ready":
        """Checked; Invalid names the row."""
        place = "" if one.row is None else f"第 {one.row} 行:"
        today = environment.today()
        newest = EarlierVersion(one.content, one.changed_on or one.archived_on, one.why)
        kept = (*one.before, newest)
        if not all(text(version.content.get("category")) in CATEGORIES for version in kept):
            raise Invalid(f"{place}没有认定类型,没有导入。请填写困难类别。")
        if max(one.archived_on, *(version.changed_on for version in kept)) > today:
            raise Invalid(f"{place}建档日期或修改日期在今天以后,没有导入。请核对日期。")
        versions = tuple(
            (
                {
                    **version.content,
                    "approved_on": one.archived_on.isoformat(),
                    IMPORTED: _origin(one, source, number, version.changed_on),
                },
                _reason(source, version),
            )
            for number, version in enumerate(kept, start=1)
        )
        try:
            shown = shown_of(versions[-1][0], environment.vault.lookup_hash)
        except Invalid:
            raise Invalid(f"{place}没有户主姓名或证件号码,没有导入。请补齐。") from None
        return cls(one.organisation_id, versions, shown, one.archived_on)


def _reason(source: str, version: EarlierVersion) -> str:
    told = f"{ACTS[IMPORTED]}({source[:_LONGEST_SOURCE]})"
    return f"{told} {version.changed_on} {version.why}" if version.why else told


def _origin(one: ExistingHousehold, source: str, number: int, changed: date) -> dict[str, object]:
    """Where a version came from, as it stands in its content."""
    origin: dict[str, object] = {
        "source": source[:_LONGEST_SOURCE],
        "archived_on": one.archived_on.isoformat(),
        "changed_on": changed.isoformat(),
        "earlier": dict(one.earlier or {}),
    }
    if number > 1:
        origin["version"] = number
    return origin if one.row is None else {**origin, "row": one.row}


class _Reach:
    """Which unions lie in an actor's area of loading; each is asked once."""

    def __init__(self, tx: Tx, actor: Actor) -> None:
        self._tx = tx
        self._all = actor.is_system
        self._tops = [place for role in MAY_LOAD for place in actor.places(role)]
        self._known: dict[str, bool] = {}

    def includes(self, organisation_id: str) -> bool:
        """Whether it does."""
        if self._all:
            return True
        if organisation_id not in self._known:
            self._known[organisation_id] = directory.is_within(
                self._tx, organisation_id, self._tops
            )
        return self._known[organisation_id]

    def told(self, file: File) -> Loaded:
        """A file there is, as far as the actor may know of it."""
        return self.told_of(file.file_no, file.organisation_id)

    def told_of(self, file_no: str, organisation_id: str) -> Loaded:
        """The same by number and union."""
        if self.includes(organisation_id):
            return Loaded(Fate.ON_FILE, file_no)
        return Loaded(Fate.ELSEWHERE, "")


def _load(
    environment: Environment, actor: Actor, batch: Sequence[_Ready], source: str, tx: Tx
) -> list[Loaded]:
    must_load_for(tx, actor, (one.organisation_id for one in batch))
    reach = _Reach(tx, actor)
    existing = households.of_heads(tx, [one.shown.head_hash for one in batch])
    fates: dict[int, Loaded] = {}
    new: list[tuple[int, _Ready]] = []
    heads: set[str] = set()
    for place, one in enumerate(batch):
        head = one.shown.head_hash
        if head in existing:
            fates[place] = reach.told(existing[head])
        elif head in heads:
            fates[place] = Loaded(Fate.TWICE, "")
        else:
            heads.add(head)
            new.append((place, one))
    now = environment.now()
    written: list[tuple[File, Sequence[Version]]] = []
    named: dict[str, Sequence[FilePerson]] = {}
    found_by: dict[str, IndexEntry] = {}
    for (place, one), file_no in zip(new, _numbered(tx, [one for _, one in new]), strict=True):
        written.append(_first(environment, actor, one, file_no, now))
        named[file_no] = people_of(one.content, environment.vault.lookup_hash)
        found_by[file_no] = entry_of(one.content, environment.vault.lookup_hash)
        fates[place] = Loaded(Fate.LOADED, file_no)
    if written:
        households.add_many(tx, written)
        people.put_many(tx, named)
        index.put_many(tx, EDITION, found_by)
        audit.add_access(
            tx,
            now,
            actor.person_id,
            "households-loaded",
            source[:_LONGEST_SOURCE],
            f"{len(written)} 户:{written[0][0].file_no} 至 {written[-1][0].file_no}",
        )
    return [fates[place] for place in range(len(batch))]


def _numbered(tx: Tx, new: Sequence[_Ready]) -> list[str]:
    """A number for each, by its county and the year it was approved in."""
    codes = numbers.county_codes(tx, {one.organisation_id for one in new})
    series: dict[tuple[str, int], list[int]] = defaultdict(list)
    for place, one in enumerate(new):
        series[codes[one.organisation_id], one.archived_on.year].append(place)
    given: dict[int, str] = {}
    # In one order everywhere: two loads at once then never wait for each other in a circle.
    for (code, year), places in sorted(series.items()):
        taken = numbers.file_numbers(tx, code, year, len(places))
        given |= dict(zip(places, taken, strict=True))
    return [given[place] for place in range(len(new))]


def _first(
    environment: Environment, actor: Actor, one: _Ready, file_no: str, now: datetime
) -> tuple[File, Sequence[Version]]:
    """A file with the versions it begins with."""
    newest = len(one.versions)
    file = File(
        file_no=file_no,
        organisation_id=one.organisation_id,
        shown=one.shown,
        version=newest,
        opened_on=one.archived_on,
        changed_at=changed_at(one.content, newest, now),
        stands_since=began(one.shown.stands, None, one.archived_on),
        # Whoever takes a register over owes the entry from then on, not since an earlier keeper
        # approved the household.
        awaits_since=began(one.shown.status == AWAITING_ENTRY, None, local_date(now)),
    )
    return file, [
        Version(
            file_no=file_no,
            number=number,
            at=now,
            by_id=actor.person_id,
            act=IMPORTED,
            reason=reason,
            case_id="",
            content=environment.vault.seal(packed(content), sealed_place(file_no, number)),
        )
        for number, (content, reason) in enumerate(one.versions, start=1)
    ]


def _batches(hashes: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(hashes), BATCH):
        yield hashes[start : start + BATCH]


def loadable_units(tx: Tx, actor: Actor) -> set[str] | None:
    """The organisations the actor may load files of; None for all of them."""
    if actor.is_system:
        return None
    return directory.below(tx, [place for role in MAY_LOAD for place in actor.places(role)])


def must_load_somewhere(tx: Tx, actor: Actor) -> None:
    """NotPermitted for whoever may load no files at all."""
    allowed = loadable_units(tx, actor)
    if allowed is not None and not allowed:
        raise NotPermitted(
            "您不能导入已有档案。只有县级、市级审核员或系统管理员可以导入本辖区的档案。"
        )
