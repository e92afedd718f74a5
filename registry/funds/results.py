"""发放结果公示 as it is read: by everybody for its days, then by who works with the money."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from engine import Actor, Engine
from engine.errors import NotFound
from engine.store.database import Tx
from registry.funds.result_rows import ResultRow, rows_of
from registry.funds.rights import FundAct, may_somewhere, places_of
from registry.notice_layers import digest
from registry.store import results
from registry.store.results import ResultNotice

MOST_LISTED = 200


@dataclass(frozen=True)
class ShownPart:
    """What was published at once; without rows where it is over for who asks."""

    notice: ResultNotice
    rows: Sequence[ResultRow]
    is_over: bool
    is_intact: bool


@dataclass(frozen=True)
class ShownResult:
    """All that was published of a batch: when it was closed, and what was paid later (补付)."""

    parts: Sequence[ShownPart]

    @property
    def is_over(self) -> bool:
        """Whether nothing of it is public any more."""
        return all(one.is_over for one in self.parts)

    @property
    def is_intact(self) -> bool:
        """Whether all of it is as it was published."""
        return all(one.is_intact for one in self.parts)


class ResultDesk:
    """The group of questions about what was published."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def on_notice(self) -> Sequence[ResultNotice]:
        """What everybody may read today, the newest first."""
        today = self._engine.environment.today()
        return self._engine.ask(lambda tx: results.on_notice(tx, today, MOST_LISTED))

    def show(self, actor: Actor | None, batch_no: str) -> ShownResult:
        """One of them. Raises NotFound for a batch that was not published."""
        today = self._engine.environment.today()

        def read(tx: Tx) -> ShownResult:
            found = results.of_batch(tx, batch_no)
            if not found:
                raise NotFound
            sees = _sees(tx, actor, batch_no)
            return ShownResult([_shown(one, today, sees=sees) for one in found])

        return self._engine.ask(read)


def _shown(one: ResultNotice, today: date, *, sees: bool) -> ShownPart:
    is_over = one.ends_on < today
    rows = rows_of(one) if sees or not is_over else ()
    return ShownPart(one, rows, is_over, digest(one.content) == one.sha256)


def _sees(tx: Tx, actor: Actor | None, batch_no: str) -> bool:
    """Whether she works with this money."""
    if actor is None or not may_somewhere(actor, FundAct.SEE):
        return False
    return results.is_below(tx, batch_no, places_of(actor, FundAct.SEE))
