"""Deploy process files: all or nothing, numbered, immutable (design.md D3, D22)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.definitions import Known
from engine.definitions.folder import referenced_files
from engine.definitions.scenarios import Played
from engine.errors import DeploymentRefused, Finding
from engine.model.actors import Actor
from engine.model.definitions import Bundle, DefinitionSource, SourceFile
from engine.model.ids import new_case_id
from engine.model.scenarios import ScenarioRecord
from engine.runtime import ProgramRefused, compile_program
from engine.store import definitions, directory, scenario_records, settings
from engine.store.database import Tx
from engine.store.definitions import DefinitionRow
from engine.store.ready import Collision
from engine.work.environment import Environment
from engine.work.left_behind import left_behind


@dataclass(frozen=True)
class Deployment:
    """What was deployed, or would be; ``findings`` are warnings when it went well.

    ``scenarios`` are what the scenarios that came with the files have shown.
    """

    id: str | None
    definitions: tuple[DefinitionRow, ...]
    findings: tuple[Finding, ...]
    scenarios: tuple[ScenarioRecord, ...] = ()


def known(environment: Environment, tx: Tx) -> Known:
    """What process files may refer to on this installation."""
    return Known(
        roles=directory.roles(tx),
        operations=dict(environment.operations),
        parameters=frozenset(p.name for p in settings.parameters(tx)),
        panels=environment.panels,
        never_together=environment.never_together,
        starts=environment.starts,
        deployed={
            row.key: found
            for row in definitions.all_latest(tx)
            if (found := definitions.source(tx, row.id)) is not None
        },
    )


def check(environment: Environment, tx: Tx, bundle: Bundle) -> tuple[Finding, ...]:
    """Every finding on these files."""
    return environment.gate(bundle, known(environment, tx))


@dataclass(frozen=True)
class PreparedVersion:
    """A process as it will be written; ``newest`` is the version that was there before.

    ``start`` is the role and the level that may start it; ``changed`` is False where files and
    bound versions are those of ``newest``, which then stays.
    """

    source: DefinitionSource
    name: str
    start: tuple[str | None, str | None]
    newest: DefinitionRow | None
    changed: bool


@dataclass(frozen=True)
class PreparedDeployment:
    """Files that passed the gate and were compiled, before the database is locked."""

    versions: tuple[PreparedVersion, ...]
    findings: tuple[Finding, ...]
    scenarios: tuple[ScenarioRecord, ...] = ()


def prepare(environment: Environment, tx: Tx, files: Sequence[SourceFile]) -> PreparedDeployment:
    """Check and compile the files, and play their scenarios. Writes nothing.

    DeploymentRefused on any error, and where a scenario does not go as written.
    """
    surroundings = known(environment, tx)
    bundle = Bundle.of(files, surroundings.deployed)
    findings = environment.gate(bundle, surroundings)
    errors = [f for f in findings if f.severity == "error"]
    if errors:
        raise DeploymentRefused(
            f"检查发现 {len(errors)} 处错误,未部署。请按提示修改后再试。", findings
        )
    played = _played(environment, bundle, surroundings, findings)
    bound: dict[str, DefinitionSource] = dict(bundle.called)
    versions: list[PreparedVersion] = []
    standing: list[Finding] = []
    for source in _in_calling_order(referenced_files(bundle)):
        version = _numbered(source, definitions.latest(tx, source.key), bound)
        bound[source.key] = version.source
        versions.append(version)
        if version.changed:
            standing += left_behind(environment, tx, version.source)
    found = (*findings, *standing, *played.findings)
    return PreparedDeployment(tuple(versions), found, played.records)


def _played(
    environment: Environment, bundle: Bundle, surroundings: Known, findings: Sequence[Finding]
) -> Played:
    """What the scenarios show; DeploymentRefused where one does not go as written."""
    beginning = {
        name: rule.value for name, rule in environment.parameters.items() if rule.value is not None
    }
    played = environment.play(bundle, surroundings, beginning)
    failed = [f for f in played.findings if f.severity == "error"]
    if failed:
        raise DeploymentRefused(
            f"有 {len(failed)} 个场景没有通过,未部署。请按提示修改后再试。",
            (*findings, *played.findings),
        )
    return played


def _numbered(
    source: DefinitionSource,
    newest: DefinitionRow | None,
    bound: Mapping[str, DefinitionSource],
) -> PreparedVersion:
    """The next version of a process, or the newest again when nothing in it changed."""
    number = 1 if newest is None else newest.version + 1
    numbered = replace(
        source,
        id=f"{source.key}:{number}",
        version=number,
        called={key: bound[key] for key in source.called},
    )
    if newest is not None and definitions.content_of(numbered)[1] == newest.content_hash:
        same = replace(numbered, id=newest.id, version=newest.version)
        start = (newest.start_role, newest.start_level)
        return PreparedVersion(same, newest.name, start, newest, changed=False)
    try:
        info = compile_program(numbered).info
    except ProgramRefused as refused:
        raise DeploymentRefused("流程文件无法编译,未部署。", refused.findings) from refused
    return PreparedVersion(
        numbered,
        info.name or source.key,
        # the column holds one level; of several it says nothing, the file itself is asked
        (info.start_role, info.start_level if len(info.start_levels) == 1 else None),
        newest,
        changed=True,
    )


def deploy(
    environment: Environment, tx: Tx, actor: Actor, prepared: PreparedDeployment
) -> Deployment:
    """Write what was prepared as one deployment.

    Raises Collision when somebody deployed one of the processes in between.
    """
    deployment_id = new_case_id(environment.now())  # sorts by time
    rows: list[DefinitionRow] = []
    for version in prepared.versions:
        newest = definitions.latest(tx, version.source.key)
        if newest != version.newest:
            raise Collision
        if version.changed:
            definitions.add(
                tx,
                version.source,
                version.name,
                version.start,
                deployment_id,
                environment.now(),
                actor.person_id,
            )
            newest = definitions.by_id(tx, version.source.id)
        if newest is not None:
            rows.append(newest)
    for record in prepared.scenarios:
        shown = next(row.id for row in rows if row.key == record.process)
        scenario_records.put(tx, shown, deployment_id, record)
    return Deployment(deployment_id, tuple(rows), prepared.findings, prepared.scenarios)


def _in_calling_order(sources: Mapping[str, DefinitionSource]) -> Iterable[DefinitionSource]:
    """Called processes before their callers; the gate has refused circles."""
    ordered: dict[str, DefinitionSource] = {}

    def visit(key: str) -> None:
        if key in ordered or key not in sources:
            return
        for called in sources[key].called:
            visit(called)
        ordered[key] = sources[key]

    for key in sources:
        visit(key)
    return ordered.values()
