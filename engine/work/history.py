"""Why a case moves, and the rows of its history that say so."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from engine.model.actors import Actor
from engine.model.cases import Attribute, Case, EventKind
from engine.model.items import Items, listed_items
from engine.store import cases, events
from engine.store.database import Tx
from engine.store.events import NewEvent
from engine.store.ready import Collision
from engine.store.vault import CaseVault


@dataclass
class Entry:
    """A row to be written: what happened, to which step, at which element of which process."""

    kind: EventKind
    detail: dict[str, object]
    task_id: str | None = None
    place: tuple[str, str] | None = None


@dataclass
class Cause:
    """Why the case moves: who, when, and the history rows that say so."""

    actor: Actor
    now: datetime
    entries: list[Entry] = field(default_factory=list)
    attributes: list[Attribute] = field(default_factory=list)
    afterwards: list[Callable[[], None]] = field(default_factory=list)
    """What is done when the step is written, in the same transaction."""
    retried: bool = False
    """Whether failed elements were run once more: those that still fail have failed anew."""
    sent_back: tuple[str, str] | None = None
    """The step that sends the case back, and the element it sends it to (design.md D21)."""

    @property
    def has_failed(self) -> bool:
        """Whether an element of the case failed in it and waits for a person."""
        return any(entry.kind is EventKind.INCIDENT for entry in self.entries)

    def note(
        self,
        kind: EventKind,
        detail: Mapping[str, object],
        task_id: str | None = None,
        place: tuple[str, str] | None = None,
    ) -> None:
        """Add a row to the history that will be written with the step."""
        self.entries.append(Entry(kind, dict(detail), task_id, place))


def append_history(tx: Tx, case: Case, vault: CaseVault, cause: Cause) -> tuple[int, str]:
    """Seal the rows under the numbers they get and append them; the new head of the chain."""
    head = (case.event_count, case.chain_head)
    return events.append(tx, case.id, head, cause.now, _sealed(case, vault, cause))


def append_histories(
    tx: Tx, now: datetime, told: Sequence[tuple[Case, CaseVault, Cause]]
) -> list[tuple[int, str]]:
    """The same for several cases in one statement; the new head of each chain."""
    return events.append_all(
        tx,
        now,
        [
            (case.id, (case.event_count, case.chain_head), _sealed(case, vault, cause))
            for case, vault, cause in told
        ],
    )


def _sealed(case: Case, vault: CaseVault, cause: Cause) -> list[NewEvent]:
    return [
        NewEvent(
            entry.kind.value,
            cause.actor.person_id,
            entry.task_id,
            None if entry.place is None else entry.place[0],
            None if entry.place is None else entry.place[1],
            vault.seal_json(entry.detail, "event", number),
        )
        for number, entry in enumerate(cause.entries, start=case.event_count + 1)
    ]


def write_history(tx: Tx, case: Case, vault: CaseVault, cause: Cause) -> None:
    """Append rows to a case that does not move otherwise; Collision when it did meanwhile."""
    count, head = append_history(tx, case, vault, cause)
    if not cases.save_head(tx, case.id, case.rev, count, head):
        raise Collision


def told_items(items: Items) -> dict[str, object]:
    """Which of several equal steps it was, for its row of the history."""
    return {"items": listed_items(items)} if items else {}
