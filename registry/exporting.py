"""Files leave the register as a workbook: with a reason, a watermark and a line in the log."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from engine import Actor, Engine
from engine.errors import Invalid
from engine.model.clock import ZONE
from engine.store.audit import add_access
from engine.store.database import Tx
from engine.store.directory import organisation_brief
from engine.work.federation_settings import Setting
from registry.finding import Search, question_of
from registry.household import File, Version, mapping, sealed_place, text, unpacked
from registry.rights import Act, must_somewhere, places_of
from registry.sections import Mask, masked, whole
from registry.store import exports, file_lists, households
from registry.store.exports import ExportLine, ExportRecord
from registry.workbook import ExportedFile, workbook

ASKS_A_REASON_ABOVE = Setting("export reason rows", 50, "登记簿导出", "Exports of the register")
"""Files; a workbook with whole numbers asks for one always (domain.md §3.16)."""

MOST_FILES = 5_000
"""At once: some half a minute of one processor. More are exported unit by unit."""

REASONS = (
    "按月与民政核对",
    "上报上级工会",
    "制作慰问或发放名册",
    "会议审议",
    "年度复核",
    "经审或审计检查",
)
"""What people export for; any other text may be typed."""

_BATCH = 500
_LONGEST_REASON = 60
_LONGEST_NARROWED = 300
_MOST_LISTED = 500
_SEES_ALL = "admin"
_SEES_AREA = "audit_committee"


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


class ExportDesk:
    """The group of commands and questions about exports."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._environment = engine.environment
        self._vault = engine.environment.vault

    def offer(self, actor: Actor, search: Search) -> Offer:
        """How many files a search would export. Raises NotPermitted."""
        must_somewhere(actor, Act.EXPORT)
        question = question_of(self._engine, search, None, 1)
        question = replace(question, below=places_of(actor, Act.EXPORT))

        def read(tx: Tx) -> Offer:
            count = file_lists.count(tx, actor, question)
            free = ASKS_A_REASON_ABOVE.number(self._environment, tx)
            return Offer(
                files=count,
                needs_reason=count > free,
                most_without_reason=free,
                last_reason=exports.last_reason(tx, actor.person_id),
                may_whole=bool(places_of(actor, Act.EXPORT_WHOLE)),
            )

        return self._engine.ask(read)

    def masked(self, actor: Actor, search: Search, reason: str, narrowed: str) -> Exported:
        """A workbook without whole numbers. Raises NotPermitted, Invalid without a reason."""
        must_somewhere(actor, Act.EXPORT)
        offer = self.offer(actor, search)
        said = _reason(reason, offer, needed=offer.needs_reason)
        return self._export(actor, search, masked, said, narrowed)

    def whole(self, actor: Actor, search: Search, reason: str, narrowed: str) -> Exported:
        """One with whole numbers, for the few who may; always with a reason."""
        must_somewhere(actor, Act.EXPORT_WHOLE)
        offer = self.offer(actor, search)
        said = _reason(reason, offer, needed=True)
        return self._export(actor, search, whole, said, narrowed)

    def log(self, actor: Actor) -> Sequence[ExportLine]:
        """Her own exports; an auditor's area, an administrator all."""
        tops = actor.places(_SEES_AREA)
        everything = actor.holds(_SEES_ALL)
        return self._engine.ask(
            lambda tx: exports.listed(
                tx, actor.person_id, tops, _MOST_LISTED, everything=everything
            )
        )

    def _export(
        self, actor: Actor, search: Search, mask: Mask, reason: str, narrowed: str
    ) -> Exported:
        """Read, write the workbook, put it on record; only then hand it out."""
        act = Act.EXPORT_WHOLE if mask is whole else Act.EXPORT
        found, withheld = self._read(actor, search, places_of(actor, act))
        now = self._environment.now()
        year = now.astimezone(ZONE).year
        number = self._engine.execute(lambda tx: exports.next_number(tx, year))
        unit = self._engine.ask(lambda tx: organisation_brief(tx, actor.organisation_id))
        where = "" if unit is None else unit.name
        parts = [f"{where} {actor.name}".strip(), f"{now.astimezone(ZONE):%Y-%m-%d %H:%M}"]
        parts += [f"导出编号 {number}", f"用途:{reason or '户数少,未填'}"]
        parts += ["含个人信息,仅限本用途,不得外传"]
        content = workbook(found, mask, " · ".join(parts))
        record = ExportRecord(
            number=number,
            at=now,
            by_id=actor.person_id,
            organisation_id=actor.organisation_id,
            files=len(found),
            withheld=withheld,
            is_whole=mask is whole,
            reason=reason,
            narrowed=narrowed[:_LONGEST_NARROWED],
            sha256=hashlib.sha256(content).hexdigest(),
        )
        self._engine.execute(lambda tx: _put_on_record(tx, record))
        return Exported(f"困难职工档案_{number}.xlsx", content, len(found), withheld)

    def _read(
        self, actor: Actor, search: Search, places: Sequence[str]
    ) -> tuple[list[ExportedFile], int]:
        """The files with what they say, and how many were left out for want of consent.

        Who may export only in a part of what she sees exports that part.
        """
        question = question_of(self._engine, search, None, _BATCH)
        question = replace(question, below=places)
        found: list[ExportedFile] = []
        withheld = 0
        while True:
            batch = self._engine.ask(partial(self._batch, actor, question))
            for one in batch[:_BATCH]:
                if text(mapping(one.content.get("consent")).get("withdrawn_on")):
                    withheld += 1
                else:
                    found.append(one)
            if len(batch) <= _BATCH:
                return found, withheld
            last = file_lists.cursor(search.queue, batch[_BATCH - 1].file)
            question = replace(question, after=last)

    def _batch(self, actor: Actor, question: file_lists.FileQuestion, tx: Tx) -> list[ExportedFile]:
        listed = file_lists.files(tx, actor, question)
        newest = {
            file.file_no: version
            for file, version in households.with_newest(tx, [f.file_no for f, _ in listed])
        }
        return [ExportedFile(file, union, self._opened(file, newest)) for file, union in listed]

    def _opened(self, file: File, newest: Mapping[str, Version | None]) -> Mapping[str, object]:
        version = newest.get(file.file_no)
        if version is None:
            return {}
        return unpacked(
            self._vault.open(version.content, sealed_place(file.file_no, version.number))
        )


def _put_on_record(tx: Tx, record: ExportRecord) -> None:
    exports.add(tx, record)
    action = "register-exported-whole" if record.is_whole else "register-exported"
    told = f"{record.files} 户;{record.reason};{record.narrowed}"
    add_access(tx, record.at, record.by_id, action, record.number, told[:300])


def _reason(said: str, offer: Offer, *, needed: bool) -> str:
    reason, files = said.strip(), offer.files
    if needed and not reason:
        raise Invalid(
            f"这次导出 {files} 户。超过 {offer.most_without_reason} 户或含完整号码的,"
            "请先选择或写明用途,没有导出。"
        )
    if len(reason) > _LONGEST_REASON:
        raise Invalid(f"用途不超过 {_LONGEST_REASON} 字,没有导出。")
    if files > MOST_FILES:
        raise Invalid(
            f"一次最多导出 {MOST_FILES:,} 户,这次是 {files:,} 户。请先按单位或年份缩小范围。"
        )
    return reason
