"""A draft's roster leaves for Excel and comes back: all of it is taken over, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine import Actor, Engine
from engine.errors import Conflict, Invalid, NotFound
from engine.store.audit import add_access
from engine.store.database import Tx
from registry.budget.model import Batch, Payment
from registry.budget.programmes import programme_of
from registry.exporting import ASKS_A_REASON_ABOVE
from registry.funds.batches import MOST_LINES, budget_of, line_of, must_be_her_draft, own_draft
from registry.funds.payees import household_payee
from registry.funds.rights import FundAct, places_of
from registry.funds.roster_rows import (
    NumberedRow,
    Roster,
    RosterRows,
    file_numbers,
    judged,
    named,
)
from registry.incoming.rows import Problem
from registry.store import payees, payments

_SHORTEST_REASON = 2
_LONGEST_REASON = 200


class RosterRefused(Invalid):
    """The sheet is not this roster, or something in it is wrong: nothing was changed.

    ``problems`` tells all of it; ``is_missing_lines`` where only lines are left out of it.
    """

    def __init__(
        self, message: str, problems: Sequence[Problem] = (), *, is_missing_lines: bool = False
    ) -> None:
        super().__init__(message)
        self.problems = problems
        self.is_missing_lines = is_missing_lines


@dataclass(frozen=True)
class RosterOffer:
    """A draft, and whether it leaves only with a reason (domain.md §3.16).

    ``takes_new``: households can be added in the sheet by their file number.
    """

    batch: Batch
    lines: int
    fen: int
    asks_reason: bool
    takes_new: bool


@dataclass(frozen=True)
class RosterInExcel:
    """What goes into the workbook."""

    batch: Batch
    listed: Sequence[Payment]


@dataclass(frozen=True)
class RosterChanges:
    """What a sheet has changed: lines, and what the roster came to before and after, in fen."""

    changed: int
    added: int
    removed: int
    before: int
    after: int


class RosterDesk:
    """The group of commands about rosters in Excel."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._environment = engine.environment

    def offer(self, actor: Actor, number: str) -> RosterOffer:
        """What her draft's page in Excel says. Raises NotFound, NotPermitted, Conflict."""

        def read(tx: Tx) -> RosterOffer:
            found = payments.batch_line(tx, actor, places_of(actor, FundAct.SEE), number)
            if found is None:
                raise NotFound("没有找到这一批。请返回批次列表重新打开。")
            batch = found.batch
            must_be_her_draft(tx, actor, batch)
            free = ASKS_A_REASON_ABOVE.number(self._environment, tx)
            return RosterOffer(
                batch=batch,
                lines=found.lines,
                fen=found.fen,
                asks_reason=found.lines > free,
                takes_new=not programme_of(batch.programme).per_member,
            )

        return self._engine.ask(read)

    def export(self, actor: Actor, number: str, reason: str) -> RosterInExcel:
        """The roster of her draft, kept in the record of exports.

        Raises NotFound, NotPermitted, Conflict, Invalid without a reason where one is asked.
        """
        why = " ".join(reason.split())
        if len(why) > _LONGEST_REASON:
            raise Invalid(f"导出原因不超过 {_LONGEST_REASON} 字,没有导出。")

        def write(tx: Tx) -> RosterInExcel:
            batch = own_draft(tx, actor, number)
            listed = payments.of_batch(tx, number)
            free = ASKS_A_REASON_ABOVE.number(self._environment, tx)
            if len(listed) > free and len(why) < _SHORTEST_REASON:
                raise Invalid(f"名单超过 {free} 行,请填写导出原因。没有导出。")
            told = f"{len(listed)} 行;{why}" if why else f"{len(listed)} 行"
            now = self._environment.now()
            add_access(tx, now, actor.person_id, "roster-exported", number, told)
            return RosterInExcel(batch, listed)

        return self._engine.execute(write)

    def take(
        self, actor: Actor, number: str, rows: Sequence[NumberedRow], *, removes: bool
    ) -> RosterChanges:
        """Make the roster of her draft what the sheet says.

        ``removes``: lines that do not stand in it are taken off; without it they are told.
        Raises NotFound, NotPermitted, Conflict, Invalid, RosterRefused.
        """
        asked = file_numbers(rows)

        def write(tx: Tx) -> RosterChanges:
            batch = own_draft(tx, actor, number)
            listed = payments.of_batch(tx, number)
            households = payees.numbered(tx, (batch.organisation_id,), asked)
            takes_new = not programme_of(batch.programme).per_member
            said = judged(rows, Roster(listed, households, takes_new))
            _must_be_whole(said, removes=removes)
            new = self._new_lines(tx, batch, listed, said)
            changed = [
                replace(one.payment, fen=one.fen, exception=one.exception)
                for one in said.kept
                if one.is_changed
            ]
            payments.rewrite(tx, changed)
            payments.take_out(tx, number, [one.id for one in said.missing])
            payments.add_many(tx, new)
            after = sum(one.fen for one in said.kept) + sum(one.fen for one in new)
            found = RosterChanges(
                changed=len(changed),
                added=len(new),
                removed=len(said.missing),
                before=sum(one.fen for one in listed),
                after=after,
            )
            told = f"改 {found.changed} 行、加 {found.added} 户、移除 {found.removed} 行"
            add_access(
                tx, self._environment.now(), actor.person_id, "roster-imported", number, told
            )
            return found

        return self._engine.execute(write)

    def _new_lines(
        self, tx: Tx, batch: Batch, listed: Sequence[Payment], said: RosterRows
    ) -> list[Payment]:
        if len(said.kept) + len(said.added) > MOST_LINES:
            raise Conflict(f"一批最多 {MOST_LINES:,} 人(户),没有改动名单。请分批。")
        budget = budget_of(tx, batch)
        last = max((one.number for one in listed), default=0)
        return [
            replace(
                line_of(batch, budget, household_payee(one.household), one.fen, last + place),
                exception=one.exception,
            )
            for place, one in enumerate(said.added, start=1)
        ]


def _must_be_whole(said: RosterRows, *, removes: bool) -> None:
    """That nothing is wrong, and nothing is left out unawares."""
    if said.problems:
        raise RosterRefused(
            f"表里有 {len(said.problems)} 处对不上,名单没有改动。请按下面逐行核对后重新上传。",
            said.problems,
        )
    if not said.kept and not said.added:
        raise RosterRefused("表里没有一行名单,名单没有改动。请核对是否上传了正确的文件。")
    if said.missing and not removes:
        raise RosterRefused(
            f"名单上有 {len(said.missing)} 行不在表里:{named(said.missing)}。名单没有改动。"
            "确实要移除的,请勾选“表里没有的行从名单移除”后重新上传;不是的,请核对文件是否完整。",
            is_missing_lines=True,
        )
