"""Files leave the register as a workbook: with a reason, a watermark and a line in the log."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from engine import Actor, Engine
from engine.errors import Invalid
from engine.model.clock import ZONE
from engine.model.errands import Errand, Outcome, Say
from engine.store.audit import add_access
from engine.store.database import Tx
from engine.store.directory import organisation_brief
from engine.work.federation_settings import Setting
from registry.finding import Search, question_of
from registry.household import ExportedFile, File, Version, mapping, sealed_place, text, unpacked
from registry.rights import Act, must_somewhere, places_of
from registry.sections import Mask, masked, whole
from registry.store import exports, file_lists, households
from registry.store.exports import ExportLine, ExportRecord
from registry.store.file_lists import Queue

ASKS_A_REASON_ABOVE = Setting("export reason rows", 50, "登记簿导出", "Exports of the register")
"""Files; a workbook with whole numbers asks for one always (domain.md §3.16)."""

AT_ONCE = 300
"""So many files are a second or two while somebody waits; more are an errand."""

MOST_FILES = 20_000
"""In one workbook; who wants more narrows it down first, by unit or by year."""

ERRAND = "register-export"

REASONS = (
    "按月与民政核对",
    "上报上级工会",
    "制作慰问或发放名册",
    "会议审议",
    "年度复核",
    "经审或审计检查",
)
"""What people export for; any other text may be typed."""

_BATCH = 250
_LONGEST_REASON = 60
_LONGEST_NARROWED = 300
_MOST_LISTED = 500
_SEES_ALL = "admin"
_SEES_AREA = "audit_committee"
_LISTED_ERRANDS = 10


@dataclass(frozen=True)
class Offer:
    """What would be exported, and what must be said for it."""

    files: int
    needs_reason: bool
    most_without_reason: int
    last_reason: str
    may_whole: bool


@dataclass(frozen=True)
class Exported:
    """A workbook."""

    name: str
    content: bytes
    files: int
    withheld: int


@dataclass(frozen=True)
class _Wish:
    """What is to be exported, as it was asked for; the number is taken with the wish."""

    search: Search
    is_whole: bool
    reason: str
    narrowed: str
    number: str

    def packed(self) -> dict[str, object]:
        """As an errand keeps it."""
        search = {**vars(self.search), "queue": self.search.queue.value}
        return {**vars(self), "search": search}

    @classmethod
    def of(cls, errand: Errand) -> "_Wish":
        """As it was packed."""
        told: dict[str, Any] = dict(errand.wanted)
        search = told.pop("search")
        return cls(search=Search(**{**search, "queue": Queue(search["queue"])}), **told)


@dataclass(frozen=True)
class Ordered:
    """A workbook that was ordered; ``is_there`` while its file can be fetched."""

    errand: Errand
    number: str
    is_whole: bool
    reason: str
    narrowed: str
    is_there: bool


class ExportDesk:
    """The group of commands and questions about exports."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._environment = engine.environment
        self._vault = engine.environment.vault

    def offer(self, actor: Actor, search: Search) -> Offer:
        """How many files a search would export. Raises NotPermitted."""
        must_somewhere(actor, Act.EXPORT)

        def read(tx: Tx) -> Offer:
            files, free = self._counted(tx, actor, search)
            return Offer(
                files=files,
                needs_reason=files > free,
                most_without_reason=free,
                last_reason=exports.last_reason(tx, actor.person_id),
                may_whole=bool(places_of(actor, Act.EXPORT_WHOLE)),
            )

        return self._engine.ask(read)

    def hand_out(
        self, actor: Actor, search: Search, mask: Mask, reason: str, narrowed: str
    ) -> Exported | str:
        """The workbook; for more files than somebody waits for an order, by its errand's id.

        Raises NotPermitted, and Invalid without a reason where one is needed.
        """
        wish, files = self._wish(actor, search, mask, reason, narrowed)
        return self._order(actor, wish, files) if files > AT_ONCE else self._now(actor, wish)

    def masked(self, actor: Actor, search: Search, reason: str, narrowed: str) -> Exported:
        """A workbook without whole numbers. Raises NotPermitted, Invalid without a reason."""
        return self._now(actor, self._wish(actor, search, masked, reason, narrowed)[0])

    def whole(self, actor: Actor, search: Search, reason: str, narrowed: str) -> Exported:
        """One with whole numbers, for the few who may; always with a reason."""
        return self._now(actor, self._wish(actor, search, whole, reason, narrowed)[0])

    def _order(self, actor: Actor, wish: _Wish, files: int) -> str:
        return self._engine.errands.ask_for(actor, ERRAND, wish.number, wish.packed(), files)

    def ordered(self, actor: Actor, errand_id: str) -> Ordered:
        """Where an order of hers stands; NotFound for another's."""
        errand = self._engine.errands.of(actor, errand_id)
        return _ordered(errand, is_there=self._engine.errands.has_file(errand))

    def orders(self, actor: Actor) -> Sequence[Ordered]:
        """Her last orders, newest first."""
        found = self._engine.errands.recent(actor, ERRAND, _LISTED_ERRANDS)
        return [_ordered(one, is_there=there) for one, there in found]

    def fetch(self, actor: Actor, errand_id: str) -> tuple[str, bytes]:
        """The workbook that was ordered, for who ordered it, within a day; that is written down."""
        number = self.ordered(actor, errand_id).number
        found = self._engine.errands.file(actor, errand_id)
        self._engine.note_access(actor, "register-export-fetched", number)
        return found

    def make(self, actor: Actor, errand: Errand, say: Say) -> tuple[Outcome, Callable[[Tx], None]]:
        """Do an order; it is put on record in the transaction that ends it, so once."""
        made, record = self._made(actor, _Wish.of(errand), lambda n: say(n, errand.total))
        return Outcome(made.name, made.content), partial(_put_on_record, new=record)

    def log(self, actor: Actor) -> Sequence[ExportLine]:
        """Her own exports; an auditor's area, an administrator all."""
        tops = actor.places(_SEES_AREA)
        everything = actor.holds(_SEES_ALL)
        return self._engine.ask(
            lambda tx: exports.listed(
                tx, actor.person_id, tops, _MOST_LISTED, everything=everything
            )
        )

    def _wish(
        self, actor: Actor, search: Search, mask: Mask, reason: str, narrowed: str
    ) -> tuple[_Wish, int]:
        """What she wants, with the files it is about; NotPermitted, Invalid where she cannot."""
        must_somewhere(actor, Act.EXPORT_WHOLE if mask is whole else Act.EXPORT)
        files, free = self._engine.ask(lambda tx: self._counted(tx, actor, search))
        said = _reason(reason, files, free, needed=files > free or mask is whole)
        year = self._environment.now().astimezone(ZONE).year
        number = self._engine.execute(lambda tx: exports.next_number(tx, year))
        kept = narrowed[:_LONGEST_NARROWED]
        return _Wish(search, mask is whole, said, kept, number), files

    def _counted(self, tx: Tx, actor: Actor, search: Search) -> tuple[int, int]:
        """How many files she may export of a search, and how many ask no reason."""
        question = question_of(self._engine, tx, search, None, 1)
        question = replace(question, below=places_of(actor, Act.EXPORT))
        free = ASKS_A_REASON_ABOVE.number(self._environment, tx)
        return file_lists.count(tx, actor, question), free

    def _now(self, actor: Actor, wish: _Wish) -> Exported:
        """Write the workbook, put it on record; only then hand it out."""
        made, record = self._made(actor, wish, lambda _: None)
        self._engine.execute(partial(_put_on_record, new=record))
        return made

    def _made(
        self, actor: Actor, wish: _Wish, said: Callable[[int], None]
    ) -> tuple[Exported, ExportRecord]:
        """The workbook, and what is to be put on record; ``said``: so many files are written."""
        from registry.workbook import Register

        act = Act.EXPORT_WHOLE if wish.is_whole else Act.EXPORT
        must_somewhere(actor, act)  # she may have lost the right since she asked
        now = self._environment.now()
        book = Register(whole if wish.is_whole else masked, self._watermark(actor, wish, now), now)
        files = withheld = 0
        for batch in self._batches(actor, wish.search, places_of(actor, act)):
            told = [one for one in batch if not _is_withdrawn(one)]
            book.add(told)
            files, withheld = files + len(told), withheld + len(batch) - len(told)
            said(files + withheld)
        content = book.finished()
        record = ExportRecord(
            number=wish.number,
            at=now,
            by_id=actor.person_id,
            organisation_id=actor.organisation_id,
            files=files,
            withheld=withheld,
            is_whole=wish.is_whole,
            reason=wish.reason,
            narrowed=wish.narrowed,
            sha256=hashlib.sha256(content).hexdigest(),
        )
        name = f"困难职工档案_{wish.number}.xlsx"
        return Exported(name, content, files, withheld), record

    def _watermark(self, actor: Actor, wish: _Wish, now: datetime) -> str:
        unit = self._engine.ask(lambda tx: organisation_brief(tx, actor.organisation_id))
        where = "" if unit is None else unit.name
        parts = [f"{where} {actor.name}".strip(), f"{now.astimezone(ZONE):%Y-%m-%d %H:%M}"]
        parts += [f"导出编号 {wish.number}", f"用途:{wish.reason or '户数少,未填'}"]
        return " · ".join([*parts, "含个人信息,仅限本用途,不得外传"])

    def _batches(
        self, actor: Actor, search: Search, places: Sequence[str]
    ) -> Iterator[Sequence[ExportedFile]]:
        """The files with what they say, some hundred at a time.

        Who may export only in a part of what she sees exports that part.
        """
        after = None
        while True:
            batch, after = self._engine.ask(partial(self._batch, actor, search, places, after))
            yield batch
            if after is None:
                return

    def _batch(
        self,
        actor: Actor,
        search: Search,
        places: Sequence[str],
        after: tuple[str, str] | None,
        tx: Tx,
    ) -> tuple[list[ExportedFile], tuple[str, str] | None]:
        """Some files with what they say, and where the list goes on."""
        question = question_of(self._engine, tx, search, after, _BATCH)
        found = file_lists.files(tx, actor, replace(question, below=places))
        listed = found[:_BATCH]
        newest = households.newest_of(tx, [one.file.file_no for one in listed])
        opened = [
            ExportedFile(one.file, one.union, self._opened(one.file, newest)) for one in listed
        ]
        return opened, listed[-1].cursor if len(found) > _BATCH else None

    def _opened(self, file: File, newest: Mapping[str, Version]) -> Mapping[str, object]:
        version = newest.get(file.file_no)
        if version is None:
            return {}
        return unpacked(
            self._vault.open(version.content, sealed_place(file.file_no, version.number))
        )


def _put_on_record(tx: Tx, new: ExportRecord) -> None:
    exports.add(tx, new)
    action = "register-exported-whole" if new.is_whole else "register-exported"
    told = f"{new.files} 户;{new.reason};{new.narrowed}"
    add_access(tx, new.at, new.by_id, action, new.number, told[:300])


def _is_withdrawn(one: ExportedFile) -> bool:
    """Whether the household has taken its consent back."""
    return bool(text(mapping(one.content.get("consent")).get("withdrawn_on")))


def _ordered(errand: Errand, *, is_there: bool) -> Ordered:
    wish = _Wish.of(errand)
    return Ordered(errand, wish.number, wish.is_whole, wish.reason, wish.narrowed, is_there)


def _reason(said: str, files: int, free: int, *, needed: bool) -> str:
    reason = said.strip()
    if needed and not reason:
        raise Invalid(
            f"这次导出 {files} 户。超过 {free} 户或含完整号码的,请先选择或写明用途,没有导出。"
        )
    if len(reason) > _LONGEST_REASON:
        raise Invalid(f"用途不超过 {_LONGEST_REASON} 字,没有导出。")
    if files > MOST_FILES:
        raise Invalid(
            f"一次最多导出 {MOST_FILES:,} 户,这次是 {files:,} 户。请先按单位或年份缩小范围。"
        )
    return reason
