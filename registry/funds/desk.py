"""指标台账: what stands on the budget lines, what it counts, and what is entered by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from engine import Actor, Engine, Request
from engine.errors import Conflict, Invalid, NotFound
from engine.forms.values import to_json_number
from engine.model.organisations import Organisation
from engine.store import directory
from engine.store.audit import add_access
from engine.store.database import Tx
from engine.work.start import Started
from registry.budget.amounts import in_yuan, yuan
from registry.budget.model import BudgetLine, Column, Kind, LineKey, Stamp, Transfer
from registry.budget.programmes import (
    WARNING_SHARE,
    programme_title,
    programmes,
    source_title,
    sources,
)
from registry.funds import ledger
from registry.funds.rights import FundAct, may, may_somewhere, must, must_somewhere, places_of
from registry.funds.starts import FROM_A_TRANSFER
from registry.funds.typed import (
    FIRST_YEAR,
    amount_of,
    must_be_entry,
    must_be_same,
    number_of,
    text_of,
)
from registry.store import expenses, funds
from registry.store.expenses import ExpensesWanted
from registry.store.funds import LineOfUnit, MovementLine, Narrowing
from registry.store.year_payments import Cut

_LONGEST_DOCUMENT, _LONGEST_NOTE = 60, 300
_MOST_MOVEMENTS = 500
_MOST_TRANSFERS = 50
_YEARS_AHEAD = 2


@dataclass(frozen=True)
class Ledger:
    """Lines of a year with what was spent beside them.

    ``units`` are all that have lines of the year, whatever was asked for; ``other`` is other
    expenditure by organisation; ``warn_from`` the percent from which on people are warned.
    """

    lines: Sequence[LineOfUnit]
    units: Mapping[str, str]
    years: Sequence[int]
    year: int
    other: Mapping[str, int]
    warn_from: int
    may_allocate: bool


@dataclass(frozen=True)
class Counted:
    """The movements a number counts; ``total`` and ``fen`` of all, listed or not."""

    lines: Sequence[MovementLine]
    total: int
    fen: int


@dataclass(frozen=True)
class OneLine:
    """A line, the percent from which on people are warned, and what she may do with it."""

    found: LineOfUnit
    warn_from: int
    may_allocate: bool
    may_transfer: bool
    others: Sequence[LineOfUnit]
    """Lines of the same year a transfer may go to."""


@dataclass(frozen=True)
class TransferLine:
    """A transfer with its two lines."""

    transfer: Transfer
    source: LineOfUnit | None
    target: LineOfUnit | None


class FundDesk:
    """The group of questions and commands about budget lines."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._environment = engine.environment

    # Questions -----------------------------------------------------------------------------

    def ledger(self, actor: Actor, asked: Narrowing) -> Ledger:
        """The lines of a year; without one, of the newest there are. Raises NotPermitted."""
        must_somewhere(actor, FundAct.SEE)
        places = places_of(actor, FundAct.SEE)

        def read(tx: Tx) -> Ledger:
            years = funds.years(tx, places)
            this_year = self._environment.today().year
            year = asked.year or (
                this_year if this_year in years else max(years, default=this_year)
            )
            return Ledger(
                lines=funds.lines(tx, places, replace(asked, year=year, line_id=0)),
                units=funds.units(tx, places, year),
                years=sorted({*years, this_year}, reverse=True),
                year=year,
                other={
                    unit: one.fen
                    for unit, one in expenses.by(
                        tx, places, ExpensesWanted(year, asked.unit), Cut.UNIT
                    ).items()
                },
                warn_from=WARNING_SHARE.number(self._environment, tx),
                may_allocate=may_somewhere(actor, FundAct.ALLOCATE),
            )

        return self._engine.ask(read)

    def line(self, actor: Actor, line_id: int) -> OneLine:
        """One line. Raises NotPermitted, NotFound outside her area."""
        must_somewhere(actor, FundAct.SEE)
        places = places_of(actor, FundAct.SEE)

        has_process = self._engine.definitions.started_from(FROM_A_TRANSFER) is not None

        def read(tx: Tx) -> OneLine:
            found = _seen(tx, places, line_id)
            key = found.line.key
            may_ask = has_process and may(tx, actor, FundAct.TRANSFER, key.organisation_id)
            others = funds.lines(tx, places, Narrowing(year=key.year)) if may_ask else ()
            return OneLine(
                found=found,
                warn_from=WARNING_SHARE.number(self._environment, tx),
                may_allocate=may(tx, actor, FundAct.ALLOCATE, key.organisation_id),
                may_transfer=may_ask,
                others=[one for one in others if one.line.id != line_id],
            )

        return self._engine.ask(read)

    def counted(self, actor: Actor, asked: Narrowing, column: Column) -> Counted:
        """The movements that a number of the ledger counts, newest first. Raises NotPermitted."""
        must_somewhere(actor, FundAct.SEE)
        places = places_of(actor, FundAct.SEE)

        def read(tx: Tx) -> Counted:
            total, fen = funds.counted(tx, places, asked, column)
            return Counted(funds.movements(tx, places, asked, column, _MOST_MOVEMENTS), total, fen)

        return self._engine.ask(read)

    def export(self, actor: Actor, asked: Narrowing) -> Ledger:
        """The ledger for a workbook; that it left is written down. Raises NotPermitted."""
        found = self.ledger(actor, asked)
        told = f"{found.year} 年,{len(found.lines)} 条指标"
        self._engine.note_access(actor, "budget-exported", str(found.year), told)
        return found

    def transfers(self, actor: Actor) -> Sequence[TransferLine]:
        """The newest transfers from or to lines of her area. Raises NotPermitted."""
        must_somewhere(actor, FundAct.SEE)
        places = places_of(actor, FundAct.SEE)

        def read(tx: Tx) -> list[TransferLine]:
            found = funds.transfers(tx, places, _MOST_TRANSFERS)
            ends = {line_id for one in found for line_id in (one.from_line, one.to_line)}
            by_id = funds.numbered(tx, None, ends)
            return [
                TransferLine(one, by_id.get(one.from_line), by_id.get(one.to_line)) for one in found
            ]

        return self._engine.ask(read)

    def units(self, actor: Actor, act: FundAct) -> Sequence[Organisation]:
        """The city and counties whose money she may do this with, in order."""
        places = places_of(actor, act)
        everywhere = self._engine.directory.organisations()
        within = (
            None if places is None else self._engine.ask(lambda tx: directory.below(tx, places))
        )
        return [
            one
            for one in everywhere.values()
            if has_money(one) and (within is None or one.id in within)
        ]

    # Entered by hand -----------------------------------------------------------------------

    def allocate(self, actor: Actor, entry: str, typed: Mapping[str, str]) -> BudgetLine:
        """下达 or 核减, as it was typed; ``entry`` is the form's own, so that twice is once.

        Raises NotPermitted, Invalid with every fault, Conflict where too much is taken back.
        """
        must_be_entry(entry, "没有登记")
        kept = "没有登记,您填写的内容仍在页面上。"
        faults: list[str] = []
        key = self._key(typed, faults)
        fen = amount_of(typed, faults)
        document = text_of(typed, "document", "文号", _LONGEST_DOCUMENT, faults)
        note = text_of(typed, "note", "备注", _LONGEST_NOTE, faults)
        if not document:
            faults.append("请填写下达(核减)文号。")
        if faults:
            raise Invalid("".join([*faults, kept]))
        kind = Kind.REDUCE if typed.get("kind") == Kind.REDUCE else Kind.ALLOCATE

        def write(tx: Tx) -> BudgetLine:
            must(tx, actor, FundAct.ALLOCATE, key.organisation_id)
            before = funds.entered(tx, entry)
            if before is not None:
                same = ledger.held_line(tx, before.line_id)
                written = (same.key, before.kind, before.fen, before.document, before.note)
                must_be_same(written, (key, kind, fen, document, note))
                return same
            stamp = self._stamp(actor, entry)
            move = ledger.reduce if kind is Kind.REDUCE else ledger.allocate
            line = move(tx, stamp, key, fen, document, note)
            said = f"{'核减' if kind is Kind.REDUCE else '下达'} {in_yuan(fen)};{document}"
            add_access(tx, stamp.at, actor.person_id, "budget-entered", str(line.id), said[:300])
            return line

        return self._engine.execute(write)

    def carry_over(self, actor: Actor, line_id: int, document: str) -> BudgetLine:
        """结转 what is free to the next year. Raises NotFound, NotPermitted, Invalid, Conflict."""
        said = document.strip()
        if not said or len(said) > _LONGEST_DOCUMENT:
            raise Invalid(f"请填写结转文号(不超过 {_LONGEST_DOCUMENT} 字)。没有结转。")

        def write(tx: Tx) -> BudgetLine:
            found = _seen(tx, places_of(actor, FundAct.SEE), line_id)
            must(tx, actor, FundAct.ALLOCATE, found.line.key.organisation_id)
            stamp = self._stamp(actor)
            line = ledger.carry_over(tx, stamp, line_id, said)
            add_access(tx, stamp.at, actor.person_id, "budget-carried", str(line_id), said)
            return line

        return self._engine.execute(write)

    def ask_transfer(self, actor: Actor, entry: str, line_id: int, typed: Mapping[str, str]) -> str:
        """Ask for 调剂: the money is held, and the case that decides begins; its id.

        Raises NotFound, NotPermitted, Invalid, Conflict.
        """
        must_be_entry(entry, "没有申请")
        faults: list[str] = []
        fen = amount_of(typed, faults)
        reason = text_of(typed, "reason", "理由", _LONGEST_NOTE, faults)
        if not reason:
            faults.append("请写明调剂的理由。")
        target_id = number_of(typed.get("target", ""))
        if not target_id:
            faults.append("请选择调入的指标。")
        if faults:
            raise Invalid("".join([*faults, "没有申请,您填写的内容仍在页面上。"]))
        process = self._engine.definitions.started_from(FROM_A_TRANSFER)
        if process is None:
            raise Conflict("还没有部署指标调剂的流程,请联系流程设计员。没有申请。")
        source, target = self._engine.ask(lambda tx: _ends(tx, actor, line_id, target_id))
        data = {
            "source_line": words_of(source),
            "target_line": words_of(target),
            "amount": to_json_number(yuan(fen)),
            "amount_words": in_yuan(fen),
            "transfer_reason": reason,
            "within_county": source.level == "county"
            and source.line.key.organisation_id == target.line.key.organisation_id,
        }
        request = Request(
            process.key,
            source.line.key.organisation_id,
            data,
            origin=FROM_A_TRANSFER,
        )

        def also(tx: Tx, started: Started) -> None:
            if funds.entered(tx, entry) is not None:
                raise Conflict("这一笔调剂刚才已经申请,没有重复申请。")
            stamp = self._stamp(actor, entry, started.case_id)
            asked = Transfer(
                id=0,
                from_line=source.line.id,
                to_line=target.line.id,
                fen=fen,
                reason=reason,
                asked_by=actor.person_id,
                asked_at=stamp.at,
                case_id=started.case_id,
            )
            ledger.ask_transfer(tx, stamp, asked)

        return self._engine.cases.start(actor, request, also=also).case_id

    def _key(self, typed: Mapping[str, str], faults: list[str]) -> LineKey:
        this_year = self._environment.today().year
        year = number_of(typed.get("year", ""))
        if not FIRST_YEAR <= year <= this_year + _YEARS_AHEAD:
            faults.append(f"年度应在 {FIRST_YEAR} 至 {this_year + _YEARS_AHEAD} 之间。")
        unit = self._engine.directory.organisations().get(typed.get("unit", ""))
        if not has_money(unit):
            faults.append("请选择单位。")
        programme, source = typed.get("programme", ""), typed.get("source", "")
        if programme not in programmes():
            faults.append("请选择帮扶项目。")
        if source not in sources():
            faults.append("请选择资金来源。")
        return LineKey(year, "" if unit is None else unit.id, programme, source)

    def _stamp(self, actor: Actor, entry: str | None = None, case_id: str = "") -> Stamp:
        return Stamp(self._environment.now(), actor.person_id, case_id, entry)


def has_money(unit: Organisation | None) -> bool:
    """Whether it is one of those that have money of their own: the city and its counties."""
    return unit is not None and unit.level in ("city", "county")


def words_of(found: LineOfUnit) -> str:
    """A line in one sentence: unit, year, programme, source."""
    key = found.line.key
    return f"{found.unit} {key.year} {programme_title(key.programme)}({source_title(key.source)})"


def _seen(tx: Tx, places: funds.Places, line_id: int) -> LineOfUnit:
    found = funds.visible(tx, places, line_id)
    if found is None:
        raise NotFound("没有找到这条指标。请返回指标台账重新选择。")
    return found


def _ends(tx: Tx, actor: Actor, line_id: int, target_id: int) -> tuple[LineOfUnit, LineOfUnit]:
    places = places_of(actor, FundAct.SEE)
    source, target = _seen(tx, places, line_id), _seen(tx, places, target_id)
    must(tx, actor, FundAct.TRANSFER, source.line.key.organisation_id)
    if source.line.key.year != target.line.key.year:
        raise Invalid("只能在同一年度的指标之间调剂,没有申请。跨年的请用结转。")
    return source, target
