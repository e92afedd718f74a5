"""Versions of processes: compared, and running cases taken over from one to another."""

from __future__ import annotations

from collections.abc import Sequence

from engine.api.commands import Commands, Group
from engine.api.definitions import Definitions
from engine.api.errands import Errands
from engine.api.version_plans import VersionPlans
from engine.errors import NotFound, Refused
from engine.model.actors import Actor
from engine.model.errands import Errand, ErrandStatus, Say
from engine.model.ids import new_id
from engine.model.once import Once
from engine.model.version_moves import Migration, Move, MoveStatus, Route
from engine.store import audit as stored_audit
from engine.store import version_moves as stored_moves
from engine.store.database import Tx
from engine.work import version_compare, version_move, version_plan
from engine.work.version_compare import Comparison
from engine.work.version_move import Outcome
from engine.work.version_plan import Judges

ERRAND = "migrate-cases"
BACK_ERRAND = "put-cases-back"
_AT_ONCE = 200
"""Cases whose ids are read at once."""
_WORD_EVERY = 10


class Versions(Group):
    """What the pages, the API and the command line ask and do about versions."""

    def __init__(self, commands: Commands, definitions: Definitions, errands: Errands) -> None:
        super().__init__(commands)
        self._definitions = definitions
        self._errands = errands
        self.plans = VersionPlans(commands, errands, self._must_design)
        errands.teach(ERRAND, self._do)
        errands.teach(BACK_ERRAND, self._do_back)

    # Asking --------------------------------------------------------------------------------

    def compare(self, actor: Actor, old_id: str, new_id: str) -> Comparison:
        """What the one version has that the other has not, and the running cases it touches.

        Numbers are of the cases the actor may see; for a designer without an area of all that she
        may know of.
        """
        everywhere = actor.is_system or self._definitions.counts_everywhere(actor)
        return self._commands.ask(
            lambda tx: version_compare.compared(
                self._environment, tx, actor, old_id, new_id, everywhere=everywhere
            )
        )

    def visible_among(self, actor: Actor, case_ids: Sequence[str]) -> set[str]:
        """Those of these cases that the actor may open."""
        return self._commands.ask(lambda tx: stored_moves.visible_among(tx, actor, case_ids))

    def migration(self, actor: Actor, migration_id: str) -> Migration:
        """One migration; NotFound for any other."""
        self._must_design(actor)
        found = self._commands.ask(lambda tx: stored_moves.load(tx, migration_id))
        if found is None:
            raise NotFound("没有找到这次迁移。请从流程页打开。")
        return found

    def migrations(self, actor: Actor, key: str, limit: int = 20) -> Sequence[Migration]:
        """The migrations of a process, newest first."""
        self._must_design(actor)
        return self._commands.ask(lambda tx: stored_moves.of_process(tx, key, limit))

    def moves(
        self,
        actor: Actor,
        migration_id: str,
        status: MoveStatus | None = None,
        after: str = "",
        limit: int = 100,
    ) -> Sequence[Move]:
        """What became of its cases; one more than asked."""
        self._must_design(actor)
        asked = stored_moves.MoveQuestion(migration_id, status, after, limit)
        return self._commands.ask(lambda tx: stored_moves.moves(tx, actor, asked))

    def unfinished(self, actor: Actor, route: Route) -> Migration | None:
        """A migration of the same route that was begun and stopped, and can go on."""
        found = self.migrations(actor, route.key)
        return next((one for one in found if one.route == route and one.ended_at is None), None)

    def is_under_way(self, migration_id: str) -> bool:
        """Whether somebody works on it, or will."""
        return any(
            (found := self._errands.about(kind, migration_id)) is not None and found.is_open
            for kind in (ERRAND, BACK_ERRAND)
        )

    def trouble(self, migration_id: str) -> str:
        """Why it was stopped by itself, as the last who worked on it said; empty for no reason."""
        found = [self._errands.about(kind, migration_id) for kind in (ERRAND, BACK_ERRAND)]
        failed = [one for one in found if one is not None and one.status is ErrandStatus.FAILED]
        return failed[-1].told if failed else ""

    def was_put_back(self, migration_id: str) -> bool:
        """Whether all its cases were to be put back: those still there have moved since."""
        back = self._errands.about(BACK_ERRAND, migration_id)
        again = self._errands.about(ERRAND, migration_id)
        if back is None or back.status is not ErrandStatus.DONE or back.asked_at is None:
            return False
        return again is None or again.asked_at is None or again.asked_at <= back.asked_at

    # Doing ---------------------------------------------------------------------------------

    def begin(self, actor: Actor, route: Route) -> Migration:
        """Write down a migration that :meth:`work_off` will do; no case is touched yet."""
        self._must_design(actor)
        return self._commands.execute(lambda tx: self._write(tx, actor, route))

    def ask_for(self, actor: Actor, route: Route, once: Once[Migration] | None = None) -> Migration:
        """Write down a migration that is done beside the web."""
        self._must_design(actor)

        def write(tx: Tx, _prepared: None) -> Migration:
            new = self._write(tx, actor, route)
            self._errands.add(
                tx, Errand(new_id(), ERRAND, actor.person_id, new.id, total=new.total)
            )
            return new

        return self._commands.prepare_and_execute(lambda _tx: None, write, actor, once)

    def _write(self, tx: Tx, actor: Actor, route: Route) -> Migration:
        version_plan.check_route(self._environment, tx, route)
        now = self._environment.now()
        total = stored_moves.count_running(tx, actor, route)
        new = Migration(new_id(), route, actor.person_id, now, None, total, 0, 0, 0)
        stored_moves.add(tx, new)
        stored_audit.add_access(
            tx,
            now,
            actor.person_id,
            "migration-begun",
            new.id,
            f"{route.from_id or route.key} -> {route.to_id} {dict(route.ids) or ''}"[:300],
        )
        return new

    def hand_over(self, actor: Actor, migration_id: str) -> None:
        """Let one that was stopped go on beside the web; one under way is not asked for twice."""
        found = self.migration(actor, migration_id)
        self._errands.ask_for(actor, ERRAND, found.id, total=found.total)

    def hand_back(self, actor: Actor, migration_id: str) -> None:
        """Let all its cases be put back beside the web."""
        found = self.migration(actor, migration_id)
        self._errands.ask_for(actor, BACK_ERRAND, found.id, total=found.moved)

    def work_off(self, actor: Actor, migration_id: str, say: Say) -> Migration:
        """Take over every case that is not there yet, one transaction each.

        May be stopped anywhere and called again: the rest goes on, nothing is done twice. Cases
        that it leaves where they are are looked at once more by the next call.
        """
        found = self.migration(actor, migration_id)
        self._commands.execute(lambda tx: stored_moves.end(tx, migration_id, None))
        judges = self._commands.ask(lambda tx: Judges(self._environment, tx, found.route))
        done, after = found.moved + found.back, ""
        total = max(found.total, done)
        while True:
            some = self._next_cases(actor, found, after)
            if not some:
                break
            for case_id in some:
                self._move(actor, found, judges, case_id)
                done += 1
                if done % _WORD_EVERY == 0:
                    say(done, total)
            after = some[-1]
        say(done, max(total, done))
        now = self._environment.now()
        self._commands.execute(lambda tx: stored_moves.end(tx, migration_id, now))
        return self.migration(actor, migration_id)

    def _next_cases(self, actor: Actor, migration: Migration, after: str) -> list[str]:
        def question(tx: Tx) -> list[str]:
            found = stored_moves.running(tx, actor, migration.route, after, _AT_ONCE)
            return [one.id for one in found]

        return self._commands.ask(question)

    def _move(self, actor: Actor, migration: Migration, judges: Judges, case_id: str) -> Outcome:
        """Take one case over, or note why it stays."""
        return self._commands.execute(
            lambda tx: version_move.move_case(
                self._environment, tx, actor, (migration, judges), case_id
            )
        )

    def put_back(self, actor: Actor, migration_id: str, case_id: str) -> None:
        """Put a case back to where it was before, if it has not moved since; Conflict if it has."""
        self._must_design(actor)
        self._commands.execute(
            lambda tx: version_move.put_back(self._environment, tx, actor, migration_id, case_id)
        )

    def put_all_back(self, actor: Actor, migration_id: str, say: Say) -> dict[str, str]:
        """Put back every case that has not moved since; why not, by case id, for the others."""
        self._must_design(actor)
        stayed: dict[str, str] = {}
        moved = self._commands.ask(lambda tx: stored_moves.moved_cases(tx, migration_id))
        for number, case_id in enumerate(moved, start=1):
            try:
                self.put_back(actor, migration_id, case_id)
            except Refused as refused:
                stayed[case_id] = refused.message
            if number % _WORD_EVERY == 0 or number == len(moved):
                say(number, len(moved))
        return stayed

    def _do(self, actor: Actor, errand: Errand, say: Say) -> None:
        self.work_off(actor, errand.subject, say)

    def _do_back(self, actor: Actor, errand: Errand, say: Say) -> None:
        self.put_all_back(actor, errand.subject, say)

    def _must_design(self, actor: Actor) -> None:
        self._definitions.must_migrate(actor)
