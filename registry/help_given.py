"""The help a household was given: read, entered by hand, taken back by a counter-entry."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from engine import Actor, Engine
from engine.errors import Conflict, Invalid, NotFound
from engine.store.audit import add_access
from engine.store.database import Tx
from registry.help_record import HelpRecord, checked, payment_of_entry
from registry.household import AWAITING_ENTRY, ON_FILE
from registry.reading import must_see
from registry.rights import Act, may, must
from registry.store import help_records, recoveries
from registry.vocabulary import HELP_KINDS, HELP_SOURCES, LEVELS, words

_ENTRY_ID = re.compile(r"[0-9a-z]{16}")
_LONGEST_REASON = 200


@dataclass(frozen=True)
class HelpLine:
    """One entry in words. A counter-entry and what it takes back name each other's day."""

    id: str
    kind: str
    given_on: date
    cents: int
    goods: str
    source: str
    level: str
    payer: str
    note: str
    entered_by: str
    entered_at: datetime
    is_counter: bool
    is_taken_back: bool
    is_recovery: bool
    """追回: of what was paid this came back."""


@dataclass(frozen=True)
class YearOfHelp:
    """What came in one year, less what came back in it; what was taken back is no time of help."""

    year: int
    cents: int
    times: int


@dataclass(frozen=True)
class HelpGiven:
    """Everything a household was given, newest first, and what it comes to by year."""

    lines: Sequence[HelpLine]
    years: Sequence[YearOfHelp]
    may_enter: bool
    why_not: str


class HelpBook:
    """The group of commands and questions about help."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of_file(self, actor: Actor, file_no: str) -> HelpGiven:
        """The help of one file; NotFound outside the actor's area."""

        def read(tx: Tx) -> HelpGiven:
            file, _union = must_see(tx, actor, file_no)
            found = help_records.of_file(tx, file_no)
            taken_back = {one.counters for one, _ in found if one.counters}
            closed = _not_on_file(file.shown.status)
            return HelpGiven(
                lines=[_line(one, by, taken_back) for one, by in found],
                years=_years([one for one, _ in found], taken_back),
                may_enter=not closed and may(tx, actor, Act.HELP, file),
                why_not=closed,
            )

        return self._engine.ask(read)

    def enter(self, actor: Actor, file_no: str, entry_id: str, typed: Mapping[str, str]) -> None:
        """Write an entry; ``entry_id`` is the form's own, so that sending it twice enters once.

        Raises NotFound, NotPermitted, Conflict when the file is not 在档, Invalid.
        """
        if _ENTRY_ID.fullmatch(entry_id) is None:
            raise Invalid("登记页面已失效,没有登记。请刷新页面后重新填写。")

        def write(tx: Tx) -> None:
            file, _union = must_see(tx, actor, file_no)
            must(tx, actor, Act.HELP, file)
            if refusal := _not_on_file(file.shown.status):
                raise Conflict(refusal)
            new = checked(typed, file.opened_on, self._engine.environment.today())
            if help_records.numbered(tx, file_no, entry_id) is not None:
                return
            now = self._engine.environment.now()
            record = HelpRecord(
                id=entry_id,
                file_no=file_no,
                kind=new.kind,
                given_on=new.given_on,
                cents=new.cents,
                goods=new.goods,
                source=new.source,
                level=new.level,
                payer=new.payer,
                note=new.note,
                entered_by=actor.person_id,
                entered_at=now,
            )
            help_records.add(tx, record)
            add_access(tx, now, actor.person_id, "help-entered", file_no, entry_id)

        self._engine.execute(write)

    def take_back(
        self, actor: Actor, file_no: str, record_id: str, entry_id: str, reason: str
    ) -> None:
        """Correct an entry by its counter-entry; nothing is ever deleted.

        Raises NotFound, NotPermitted, Invalid without a reason, Conflict when done already.
        """
        said = reason.strip()
        if not said or len(said) > _LONGEST_REASON:
            raise Invalid(f"请写明冲销原因(不超过 {_LONGEST_REASON} 字)。没有冲销。")
        if _ENTRY_ID.fullmatch(entry_id) is None:
            raise Invalid("页面已失效,没有冲销。请刷新页面后重试。")

        def write(tx: Tx) -> None:
            file, _union = must_see(tx, actor, file_no)
            must(tx, actor, Act.HELP, file)
            record = help_records.numbered(tx, file_no, record_id)
            if record is None:
                raise NotFound("没有找到这一条帮扶记录。请刷新页面后重试。")
            if record.counters is not None:
                raise Conflict("冲销记录不能再冲销。如冲销有误,请重新登记这一笔帮扶。")
            if record.is_recovery or _came_back(tx, record_id):
                raise Conflict("这一笔已登记追回,帮扶记录随追回写入,不能再冲销。没有冲销。")
            if help_records.is_countered(tx, record_id):
                raise Conflict("这一笔已经冲销过,没有重复冲销。")
            now = self._engine.environment.now()
            counter = replace(
                record,
                id=entry_id,
                cents=-record.cents,
                note=said,
                entered_by=actor.person_id,
                entered_at=now,
                counters=record.id,
            )
            help_records.add(tx, counter)
            add_access(tx, now, actor.person_id, "help-taken-back", file_no, record_id)

        self._engine.execute(write)


def _came_back(tx: Tx, record_id: str) -> bool:
    """Whether a part of what a payment gave came back: that part is taken back already."""
    payment_id = payment_of_entry(record_id)
    return payment_id is not None and bool(recoveries.of_payments(tx, [payment_id]))


def _not_on_file(status: str) -> str:
    """Why nothing can be entered; empty where it can."""
    if status in (AWAITING_ENTRY, ON_FILE):
        return ""
    return "这份档案不在档。按规定先建档、后帮扶、实名制,不能登记新的帮扶。"


def _line(one: HelpRecord, by: str, taken_back: set[str]) -> HelpLine:
    return HelpLine(
        id=one.id,
        kind=words(HELP_KINDS, one.kind),
        given_on=one.given_on,
        cents=one.cents,
        goods=one.goods,
        source=words(HELP_SOURCES, one.source),
        level=words(LEVELS, one.level),
        payer=one.payer,
        note=one.note,
        entered_by=by,
        entered_at=one.entered_at,
        is_counter=one.counters is not None,
        is_taken_back=one.id in taken_back,
        is_recovery=one.is_recovery,
    )


def _years(found: Sequence[HelpRecord], taken_back: set[str]) -> list[YearOfHelp]:
    """Newest year first. An entry and its counter-entry lie in one year and cancel out.

    What came back (追回) lies in the year in which it did.
    """
    cents: dict[int, int] = {}
    times: dict[int, int] = {}
    for one in found:
        year = one.given_on.year
        cents[year] = cents.get(year, 0) + one.cents
        counts = one.is_help and one.id not in taken_back
        times[year] = times.get(year, 0) + counts
    return [YearOfHelp(year, cents[year], times[year]) for year in sorted(cents, reverse=True)]
