"""Many cases of one process, begun from a list (design.md D10)."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from engine.api.commands import Commands, Group
from engine.api.errands import Errands
from engine.errors import BangfuError, Busy, LeaseLost, Overtaken
from engine.model.actors import Actor
from engine.model.errands import Errand, ErrandStatus, Interrupted, Say
from engine.model.fan_out import (
    AT_ONCE,
    Children,
    FanOut,
    Line,
    ListedStep,
    RefusedLine,
    Source,
    StepsOfList,
)
from engine.store import fan_outs as stored
from engine.store import list_steps
from engine.store.database import Tx
from engine.work import cancel, fan_out, fan_out_asking
from engine.work.fan_out_errands import CANCEL_ERRAND, ERRAND

log = logging.getLogger("bangfu.fan_outs")

_CANCELLED_AT_ONCE = 50
_MOST_QUEUES = 3


class FanOuts(Group):
    """Lists whose every line becomes a case of its own."""

    def __init__(self, commands: Commands, errands: Errands) -> None:
        super().__init__(commands)
        self._errands = errands
        errands.teach(ERRAND, self._do, goes_on=True)
        errands.teach(CANCEL_ERRAND, self._do_cancel, goes_on=True)

    # Asking --------------------------------------------------------------------------------

    def of(self, actor: Actor, key: str) -> FanOut:
        """How far a list is; NotFound for one of a case she may not see, or another's."""
        return self._commands.ask(lambda tx: fan_out_asking.seen(self._environment, tx, actor, key))

    def trouble(self, actor: Actor, key: str) -> str:
        """Why it stands still, as the last who was at it said; empty while nothing is wrong."""
        found = self._errands.about(ERRAND, self.of(actor, key).id)
        failed = found is not None and found.status is ErrandStatus.FAILED
        return found.told if found is not None and failed else ""

    def children(self, actor: Actor, key: str) -> Children:
        """How many of its cases run and have ended."""
        found = self.of(actor, key)
        return self._commands.ask(lambda tx: stored.children(tx, found.id))

    def refusals(
        self, actor: Actor, key: str, after: str = "", limit: int = 100
    ) -> Sequence[RefusedLine]:
        """Lines without a case, and why."""
        found, vault = self.of(actor, key), self._environment.vault
        return self._commands.ask(lambda tx: stored.refusals(tx, vault, found.id, after, limit))

    def steps(self, actor: Actor, process_key: str) -> Sequence[StepsOfList]:
        """How many open steps of a process are hers, by list and step, the newest list first."""
        now = self._environment.now()
        return self._commands.ask(lambda tx: list_steps.by_list(tx, actor, process_key, now))

    def steps_of(
        self, actor: Actor, key: str, process_key: str, element_id: str, limit: int = 1000
    ) -> Sequence[ListedStep]:
        """Her open steps of one kind in a list, by business key; whoever sees the list itself."""
        return self._commands.ask(
            lambda tx: list_steps.of_list(tx, actor, key, process_key, element_id, limit)
        )

    # Beginning -----------------------------------------------------------------------------

    def ask_for(
        self,
        actor: Actor,
        key: str,
        process_key: str,
        source: str,
        wanted: Mapping[str, object] | None = None,
    ) -> FanOut:
        """Have a list gone through beside the web; once more where it was gone through before.

        A second round begins cases for lines that have none: new ones, and those refused before.
        Raises Invalid for an unknown source or process, Conflict for a key used for another list.
        """
        new = fan_out_asking.Wanted(key, process_key, source, wanted or {})
        return self._commands.execute(
            lambda tx: fan_out_asking.ask_for(self._environment, tx, actor, new)
        )

    def begin(
        self,
        actor: Actor,
        key: str,
        process_key: str,
        lines: Iterable[Line],
        say: Say | None = None,
    ) -> FanOut:
        """Go through lines here and now, as they come; called again it begins only what is missing.

        Of ``lines`` no more than a batch is held. ``say`` hears (lines looked at, of how many).
        """
        new = fan_out_asking.Wanted(key, process_key, "", {})
        total = len(lines) if isinstance(lines, Sequence) else 0

        def write(tx: Tx) -> FanOut:
            found = fan_out_asking.written(self._environment, tx, actor, new)
            return fan_out_asking.begin_round(self._environment, tx, found, total)

        found = self._commands.execute(write)
        return self._go_through(actor, found, _pages(lines), say)

    def _do(self, actor: Actor, errand: Errand, say: Say) -> None:
        """The errand: go on behind the last line looked at, or begin a round."""
        vault = self._environment.vault
        found = self._commands.ask(lambda tx: stored.load(tx, vault, errand.subject))
        if found is None or found.stopped_at is not None:
            return
        source = fan_out_asking.source_of(self._environment, found.source)
        if found.ended_at is not None or not found.done:
            found = self._round_of(source, found)
        say(found.done, found.total)
        self._go_through(actor, found, self._pages_of(source, found), say)

    def _round_of(self, source: Source, found: FanOut) -> FanOut:
        total = self._commands.ask(lambda tx: source.count(tx, found.wanted))
        return self._commands.execute(
            lambda tx: fan_out_asking.begin_round(self._environment, tx, found, total)
        )

    def _pages_of(self, source: Source, found: FanOut) -> Iterator[Sequence[Line]]:
        after = found.after
        while True:
            page = self._page(source, found, after)
            if page:
                yield page
                after = page[-1].business_key
            if len(page) < AT_ONCE:
                return

    def _page(self, source: Source, found: FanOut, after: str) -> Sequence[Line]:
        return self._commands.ask(lambda tx: source.page(tx, found.wanted, after, AT_ONCE))

    def _go_through(
        self,
        actor: Actor,
        found: FanOut,
        pages: Iterator[Sequence[Line]],
        say: Say | None,
    ) -> FanOut:
        places = fan_out.Places()
        for lines in pages:
            found = self._batch(actor, found, lines, places)
            if say is not None:
                say(found.done, max(found.total, found.done))
        return self._end(found)

    def _end(self, found: FanOut) -> FanOut:
        vault, now = self._environment.vault, self._environment.now()
        self._commands.execute(lambda tx: stored.end_round(tx, found, now))
        return self._commands.ask(lambda tx: stored.load(tx, vault, found.id)) or found

    def _batch(
        self, actor: Actor, found: FanOut, lines: Sequence[Line], places: fan_out.Places
    ) -> FanOut:
        """Begin the cases of some lines; one that nobody can write is told, the others go on."""
        try:
            return self._written(actor, found, lines, places)
        except (Busy, LeaseLost, Overtaken, Interrupted):
            raise
        except Exception as error:
            if len(lines) == 1:
                log.exception("a line of list %s could not be begun", found.id)
                return self._refuse(found, lines[0], error)
            if isinstance(error, BangfuError):
                raise
            log.warning("%s lines at once failed: %s", len(lines), type(error).__name__)
        half = len(lines) // 2
        found = self._batch(actor, found, lines[:half], places)
        return self._batch(actor, found, lines[half:], places)

    def _written(
        self, actor: Actor, found: FanOut, lines: Sequence[Line], places: fan_out.Places
    ) -> FanOut:
        environment = self._environment
        batch = self._commands.ask(
            lambda tx: fan_out.check(environment, tx, actor, found, lines, places)
        )
        if batch.ready:
            self._commands.execute(lambda tx: fan_out.take_numbers(tx, batch))
            self._commands.ask(lambda tx: fan_out.gather(environment, tx, actor, batch))
        for _ in range(_MOST_QUEUES):  # a round for each that one case needs
            if not batch.queues:
                break
            self._commands.execute(lambda tx: fan_out.make_queues(environment, tx, batch))
            self._commands.ask(lambda tx: fan_out.gather(environment, tx, actor, batch))
        return self._commands.execute(
            lambda tx: fan_out.write(environment, tx, actor, found, batch)
        )

    def _refuse(self, found: FanOut, line: Line, error: Exception) -> FanOut:
        batch = fan_out.Batch([line])
        batch.refused.append(fan_out.refused_line(self._environment, line, error))
        return self._commands.execute(
            lambda tx: fan_out.write_refused(self._environment, tx, found, batch)
        )

    # Ending --------------------------------------------------------------------------------

    def stop(self, actor: Actor, key: str) -> None:
        """Begin no more cases of a list; those begun go on. :meth:`ask_for` goes on with it."""
        now = self._environment.now()

        def command(tx: Tx) -> None:
            found = fan_out_asking.owned(self._environment, tx, actor, key)
            stored.stop(tx, found.id, now)

        self._commands.execute(command)

    def cancel(self, actor: Actor, key: str, reason: str) -> FanOut:
        """Have all running cases of a list cancelled beside the web; no more are begun."""
        return self._commands.execute(
            lambda tx: fan_out_asking.ask_to_cancel(self._environment, tx, actor, key, reason)
        )

    def _do_cancel(self, actor: Actor, errand: Errand, say: Say) -> None:
        reason = str(errand.wanted.get("reason", ""))
        done, after, total = errand.done, "", errand.total
        while ids := self._open_cases(errand.subject, after):
            self._end_cases(actor, ids, reason)
            done, after = done + len(ids), ids[-1]
            say(done, max(total, done))

    def _open_cases(self, fan_out_id: str, after: str) -> Sequence[str]:
        return self._commands.ask(
            lambda tx: stored.open_cases(tx, fan_out_id, after, _CANCELLED_AT_ONCE)
        )

    def _end_cases(self, actor: Actor, ids: Sequence[str], reason: str) -> None:
        self._commands.execute(
            lambda tx: cancel.end_cases(self._environment, tx, actor, ids, reason)
        )


def _pages(lines: Iterable[Line]) -> Iterator[Sequence[Line]]:
    rest = iter(lines)
    while page := list(islice(rest, AT_ONCE)):
        yield page
