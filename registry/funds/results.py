"""发放结果公示 as it is read: by everybody for its days, then by who works with the money."""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from engine import Actor, Engine
from engine.errors import NotFound
from engine.store.database import Tx
from registry.funds.rights import FundAct, may_somewhere, places_of
from registry.notice_layers import digest
from registry.store import results
from registry.store.results import ResultNotice

MOST_LISTED = 200


@dataclass(frozen=True)
class ResultRow:
    """One who was paid, as the public may know it."""

    name: str
    unit: str
    item: str
    amount: str


@dataclass(frozen=True)
class ShownResult:
    """A published result; without rows where it is over for who asks."""

    notice: ResultNotice
    rows: Sequence[ResultRow]
    is_over: bool
    is_intact: bool


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
            found = results.find(tx, batch_no)
            if found is None:
                raise NotFound
            is_over = found.ends_on < today
            rows = _rows(found) if not is_over or _sees(tx, actor, batch_no) else ()
            return ShownResult(found, rows, is_over, digest(found.content) == found.sha256)

        return self._engine.ask(read)


def _sees(tx: Tx, actor: Actor | None, batch_no: str) -> bool:
    """Whether she works with this money."""
    if actor is None or not may_somewhere(actor, FundAct.SEE):
        return False
    return results.is_below(tx, batch_no, places_of(actor, FundAct.SEE))


def _rows(found: ResultNotice) -> Sequence[ResultRow]:
    return [ResultRow(*row) for row in orjson.loads(found.content)]
