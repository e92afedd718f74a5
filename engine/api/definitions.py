"""Process files and their deployed versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from engine.api.commands import Group
from engine.errors import (
    Finding,
    NotFound,
    NotPermitted,
)
from engine.model.actors import Actor
from engine.model.definitions import Bundle, DefinitionSource, Element, ProcessInfo, SourceFile
from engine.model.once import Once
from engine.model.organisations import Organisation
from engine.model.scenarios import ScenarioRecord
from engine.runtime import Program
from engine.store import cases as stored_cases
from engine.store import definitions as stored_definitions
from engine.store import directory as stored_directory
from engine.store import scenario_records
from engine.store.database import Tx
from engine.store.definitions import DefinitionRow
from engine.work import deploy as deploying


class Definitions(Group):
    """Process files and their deployed versions."""

    DESIGNER = "designer"

    def check(self, source_files: Sequence[SourceFile]) -> Sequence[Finding]:
        """Every finding on these files, deployed or not."""

        def question(tx: Tx) -> Sequence[Finding]:
            known = deploying.known(self._environment, tx)
            bundle = Bundle.of(source_files, known.deployed)
            return self._environment.gate(bundle, known)

        return self._commands.ask(question)

    def deploy(
        self,
        actor: Actor,
        source_files: Sequence[SourceFile],
        once: Once[deploying.Deployment] | None = None,
    ) -> deploying.Deployment:
        """Deploy files, all or nothing; DeploymentRefused with findings on any error."""
        self.must_design(actor)
        return self._commands.prepare_and_execute(
            lambda tx: deploying.prepare(self._environment, tx, source_files),
            lambda tx, ready: deploying.deploy(self._environment, tx, actor, ready),
            actor,
            once,
        )

    def dry_run(self, actor: Actor, source_files: Sequence[SourceFile]) -> deploying.Deployment:
        """The same without a trace: the versions there would be; DeploymentRefused on any error."""
        self.must_design(actor)
        would_be = self._commands.rehearse(
            lambda tx: deploying.prepare(self._environment, tx, source_files),
            lambda tx, ready: deploying.deploy(self._environment, tx, actor, ready),
        )
        return replace(would_be, id=None)

    def must_design(self, actor: Actor) -> None:
        """NotPermitted for whoever may neither check nor deploy process files."""
        if not (actor.is_system or actor.holds(self.DESIGNER)):
            raise NotPermitted("只有流程设计员可以检查和部署流程,未部署。")

    def must_migrate(self, actor: Actor) -> None:
        """NotPermitted for whoever may not take running cases over: only who may deploy may."""
        if not (actor.is_system or actor.holds(self.DESIGNER)):
            raise NotPermitted("只有流程设计员可以迁移在办件,没有变化。")

    def latest(self) -> Sequence[DefinitionRow]:
        """The newest version of each process."""
        return self._commands.ask(stored_definitions.all_latest)

    def list(self, after: tuple[str, int] | None, limit: int) -> Sequence[DefinitionRow]:
        """Every version; one more than asked."""
        return self._commands.ask(lambda tx: stored_definitions.lines(tx, after, limit))

    def versions(self, key: str) -> Sequence[DefinitionRow]:
        """Every version of a process, newest first."""
        return self._commands.ask(lambda tx: stored_definitions.versions(tx, key))

    def deployments(self, after: str, limit: int) -> Sequence[Sequence[DefinitionRow]]:
        """Deployments in time order; one more than asked."""
        return self._commands.ask(lambda tx: stored_definitions.deployments(tx, after, limit))

    def get(self, definition_id: str) -> tuple[DefinitionRow, Program]:
        """One version and its program; NotFound otherwise."""

        def question(tx: Tx) -> tuple[DefinitionRow, Program]:
            row = stored_definitions.by_id(tx, definition_id)
            if row is None:
                raise NotFound("没有找到这个流程版本。")
            return row, self._environment.programs.get(tx, definition_id)

        return self._commands.ask(question)

    def source(self, definition_id: str) -> DefinitionSource:
        """The stored files of a version; NotFound otherwise."""

        def question(tx: Tx) -> DefinitionSource:
            found = stored_definitions.source(tx, definition_id)
            if found is None:
                raise NotFound("没有找到这个流程版本。")
            return found

        return self._commands.ask(question)

    def scenarios(self, definition_id: str) -> ScenarioRecord | None:
        """What the scenarios showed when this version was last deployed with them."""
        return self._commands.ask(lambda tx: scenario_records.of(tx, definition_id))

    def startable(
        self, actor: Actor, *, from_nothing: bool = False
    ) -> Sequence[tuple[DefinitionRow, Sequence[Organisation]]]:
        """What the actor may start, and for which organisations.

        ``from_nothing``: without what starts from something else, as an order from overdue steps.
        """

        def question(tx: Tx) -> list[tuple[DefinitionRow, Sequence[Organisation]]]:
            today = self._environment.today()
            nodes = stored_directory.organisations(tx, today)
            found: list[tuple[DefinitionRow, Sequence[Organisation]]] = []
            newest = self._environment.newest_versions(tx)
            for row in newest.rows:
                info = newest.infos.get(row.id)
                if not row.start_role or info is None or info.starts_from_record:
                    continue
                if from_nothing and info.starts_from:
                    continue
                places, levels = actor.places(row.start_role), info.start_levels
                homes = [
                    nodes[i]
                    for i in sorted(stored_directory.below(tx, places))
                    if (not levels or nodes[i].level in levels) and not nodes[i].is_closed(today)
                ]
                if homes:
                    found.append((row, homes))
            return found

        return self._commands.ask(question)

    def started_from(self, origin: str) -> ProcessInfo | None:
        """The process that is started from there, by its newest version; None where there is none.

        Of several the first by key: which one an installation follows is for it to deploy.
        """
        return next(iter(self.all_started_from(origin)), None)

    def all_started_from(self, origin: str) -> Sequence[ProcessInfo]:
        """All processes that are started from there, by their newest versions, in order of keys."""
        newest = self._commands.ask(self._environment.newest_versions)
        found = (
            newest.infos[row.id]
            for row in sorted(newest.rows, key=lambda row: row.key)
            if row.start_role and row.id in newest.infos
        )
        return [info for info in found if info.starts_from == origin]

    def done_from_lists(self) -> Mapping[tuple[str, str], Element]:
        """The steps that may be done from a list, by process key and element id.

        By the newest versions; the step itself says again when it is done.
        """
        return self._commands.ask(self._environment.newest_versions).listed

    def open_per_step(self, actor: Actor) -> Sequence[tuple[str, str, str, int]]:
        """(process key, element id, step, open cases) of the cases the actor may see."""
        return self._commands.ask(
            lambda tx: stored_cases.counts_per_step(
                tx, actor, everywhere=self.counts_everywhere(actor)
            )
        )

    def counts_everywhere(self, actor: Actor) -> bool:
        """Whether the actor is given numbers of all cases, of which she may see none.

        A designer without an area must know how many cases stand at a step she changes.
        """
        return actor.holds(self.DESIGNER) and not any(g.sees == "area" for g in actor.grants)

    def cases_per_version(self, actor: Actor) -> Mapping[tuple[str, str], int]:
        """Cases the actor may see by (definition id, status)."""
        return self._commands.ask(
            lambda tx: stored_cases.count_by_definition(
                tx, actor, everywhere=self.counts_everywhere(actor)
            )
        )
