"""The audit chain: number what is new, sign each day, find what was tampered with (D11)."""

from dataclasses import dataclass, replace

from engine.model.actors import Actor
from engine.model.clock import ZONE
from engine.store import audit, events
from engine.store.audit import STANDS_THERE, AuditRow
from engine.store.database import Tx
from engine.store.events import FIRST_LINK, NewEvent
from engine.store.instants import to_text
from engine.work.environment import Environment

BATCH = 1_000


@dataclass(frozen=True)
class Verdict:
    """Whether the chain is whole; ``first_bad_seq`` is where it breaks, ``reason`` how."""

    ok: bool
    entries: int
    head: str
    first_bad_seq: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class ChainEnd:
    """A number of the chain and its hash, noted outside the database."""

    seq: int
    hash: str


def end(tx: Tx) -> ChainEnd:
    """The newest number there is."""
    return ChainEnd(*audit.head(tx))


def holds(tx: Tx, noted: ChainEnd) -> bool:
    """Whether the chain still has the number with this hash; 0 stands before the first."""
    if noted.seq == 0:
        return noted.hash == FIRST_LINK
    found = audit.entries(tx, noted.seq - 1, 1)
    return bool(found) and (found[0].seq, found[0].hash) == (noted.seq, noted.hash)


def seal(environment: Environment, tx: Tx) -> int:
    """Number everything new at the end of the one chain; how many rows.

    Also signs the head once for each day that has passed.
    """
    now = environment.now()
    done = audit.add_seals(tx, audit.unsealed(tx, BATCH), now)
    today = now.astimezone(ZONE).date().isoformat()
    signed = audit.days(tx)
    seq, head = audit.head(tx)
    if seq and (not signed or signed[-1][0] < today):
        audit.add_day(tx, today, seq, head, environment.vault.sign(f"{today} {seq} {head}"))
    return done


def entries(tx: Tx, after: int, limit: int) -> list[AuditRow]:
    """The chain with what it seals."""
    return audit.entries(tx, after, limit)


def entries_for(tx: Tx, actor: Actor, after: int, limit: int) -> list[AuditRow]:
    """The chain as somebody may read it.

    What was done in cases that she may not know of keeps its number and its hashes, so that the
    chain can be followed, and says nothing else.
    """
    rows = audit.entries(tx, after, limit)
    hidden = audit.unknown_to(tx, actor, {row.seq: row.target for row in rows})
    return [
        replace(row, actor=None, action=_HIDDEN, target="", request_id=None)
        if row.seq in hidden
        else row
        for row in rows
    ]


_HIDDEN = "sealed"


def verify(environment: Environment, tx: Tx) -> Verdict:
    """Walk the chain and everything it seals.

    Finds an edited, deleted, swapped, inserted or missing row; a cut-off tail by the signed head
    of the day.
    """
    return _Walk(environment, tx).run()


class _Walk:
    def __init__(self, environment: Environment, tx: Tx) -> None:
        self.environment = environment
        self.tx = tx
        self.seq = 0
        self.before = FIRST_LINK
        self.hashes_at: dict[int, str] = {}
        self.bad: tuple[int | None, str] | None = None
        self.seq_of: dict[tuple[str, int], int] = {}

    def run(self) -> Verdict:
        self._seals()
        self._case_chains()
        self._access_rows()
        self._days()
        for source, row_id in audit.missed(self.tx):
            self._found(None, f"{source} row {row_id} has no number")
        if self.bad is None:
            return Verdict(ok=True, entries=self.seq, head=self.before)
        return Verdict(
            ok=False,
            entries=self.seq,
            head=self.before,
            first_bad_seq=self.bad[0],
            reason=self.bad[1],
        )

    def _found(self, seq: int | None, reason: str) -> None:
        if self.bad is None or (seq is not None and (self.bad[0] is None or seq < self.bad[0])):
            self.bad = (seq, reason)

    def _seals(self) -> None:
        for row in audit.seals(self.tx):
            if row.seq != self.seq + 1:
                self._found(self.seq + 1, "a number is missing")
            if row.found_hash is None:
                self._found(row.seq, f"{row.source} row {row.source_id} was deleted")
            elif row.source_hash not in {STANDS_THERE, row.found_hash}:
                self._found(row.seq, f"{row.source} row {row.source_id} was changed")
            sealed = row.source_hash or row.found_hash or ""
            expected = audit.seal_link(self.before, row.seq, row.source, row.source_id, sealed)
            if row.before_hash not in {STANDS_THERE, self.before} or row.hash != expected:
                self._found(
                    row.seq, "the link does not follow the one before, or what it seals was changed"
                )
            self.seq, self.before = row.seq, row.hash
            self.hashes_at[row.seq] = row.hash
            self.seq_of[(row.source, row.source_id)] = row.seq

    def _case_chains(self) -> None:
        for case_id, count, head in audit.case_heads(self.tx):
            number, before = 0, FIRST_LINK
            for row in events.of_case(self.tx, case_id, limit=1_000_000):
                number += 1
                expected = events.link(
                    before,
                    case_id,
                    number,
                    to_text(row.at),
                    NewEvent(
                        row.kind,
                        row.actor,
                        row.task_id,
                        row.process_key,
                        row.element_id,
                        row.payload,
                    ),
                    row.request_id,
                )
                if row.number != number or row.hash != expected:
                    self._found(
                        self.seq_of.get(("case", row.id)),
                        f"row {number} of case {case_id} does not follow",
                    )
                    break
                before = row.hash
            if (number, before) != (count, head):
                self._found(None, f"the history of case {case_id} is cut off")

    def _access_rows(self) -> None:
        for row_id, stored, expected in audit.access_rows(self.tx):
            if stored != expected:
                self._found(self.seq_of.get(("access", row_id)), f"access row {row_id} was changed")

    def _days(self) -> None:
        for day, seq, head, signature in audit.days(self.tx):
            if signature != self.environment.vault.sign(f"{day} {seq} {head}"):
                self._found(seq, f"the signature of {day} is not ours")
            elif self.hashes_at.get(seq) != head:
                self._found(seq, f"the chain was rewritten or cut off before the seal of {day}")
