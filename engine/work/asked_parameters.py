"""Values of the dated parameters, as expressions and code ask for them.

A form with twenty expressions asks for a dozen parameters, and most commands ask in two
transactions. Rows of parameters are only ever added, so all of them are kept in memory: one
statement a transaction and organisation says whether there are new ones and which organisations
lie above. What another process sets holds in the next transaction, as if nothing were kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from weakref import WeakKeyDictionary

from engine.store import settings
from engine.store.database import Tx
from engine.store.settings import Above, Parameter, Stamp


@dataclass(frozen=True)
class _Kept:
    """Every row there was at a stamp, by name, the newest first."""

    stamp: Stamp
    by_name: Mapping[str, Sequence[Parameter]]


@dataclass
class _Asking:
    """What one transaction has seen: the rows, and what lies above each organisation."""

    kept: _Kept | None = None
    above: dict[str, Above] = field(default_factory=dict)
    writes: bool = False


class AskedParameters:
    """Answers for one database; shared by its threads."""

    def __init__(self) -> None:
        self._kept = _Kept((0, 0), {})
        self._by_transaction: WeakKeyDictionary[Tx, _Asking] = WeakKeyDictionary()

    def value(
        self, tx: Tx, name: str, organisation_id: str, day: date, kind: str
    ) -> Parameter | None:
        """As :func:`engine.store.settings.parameter_value`."""
        asking = self._by_transaction.get(tx)
        if asking is None:
            asking = self._by_transaction[tx] = _Asking()
        if asking.writes:
            return settings.parameter_value(tx, name, organisation_id, day, kind)
        above = asking.above.get(organisation_id)
        if above is None or asking.kept is None:
            stamp, above = settings.what_lies_above(tx, organisation_id)
            asking.above[organisation_id] = above
            asking.kept = self._at(tx, stamp)
        return _nearest(asking.kept.by_name.get(name, ()), above.get(kind, {}), day)

    def forget(self, tx: Tx) -> None:
        """This transaction writes a value: it asks the tables, and keeps nothing for others."""
        self._by_transaction[tx] = _Asking(writes=True)

    def _at(self, tx: Tx, stamp: Stamp) -> _Kept:
        kept = self._kept
        if kept.stamp != stamp:
            by_name: dict[str, list[Parameter]] = {}
            for row in reversed(settings.parameters(tx)):
                by_name.setdefault(row.name, []).append(row)
            kept = self._kept = _Kept(stamp, by_name)
        return kept


def _nearest(rows: Sequence[Parameter], depths: Mapping[str, int], day: date) -> Parameter | None:
    """Of those in force on a day the nearest one's last; what holds for all comes last."""
    found, found_at = None, -1
    for row in rows:
        if row.valid_from > day:
            continue
        depth = _DEPTH_OF_ALL if row.organisation_id is None else depths.get(row.organisation_id)
        if depth is not None and (found is None or depth < found_at):
            found, found_at = row, depth
    return found


_DEPTH_OF_ALL = 1_000_000
