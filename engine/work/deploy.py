"""Deploy process files: all or nothing, numbered, immutable (design.md D3, D22)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.definitions import Known, check_bundle
from engine.definitions.folder import referenced_files
from engine.errors import DeploymentRefused, Finding
from engine.model.actors import Actor
from engine.model.definitions import Bundle, DefinitionSource, SourceFile
from engine.model.ids import new_case_id
from engine.runtime import ProgramRefused, compile_program
from engine.store import definitions, directory, settings
from engine.store.database import Tx
from engine.store.definitions import DefinitionRow
from engine.work.environment import Environment


@dataclass(frozen=True)
class Deployment:
    """What was deployed, or would be; ``findings`` are warnings when it went well."""

    id: str | None
    definitions: tuple[DefinitionRow, ...]
    findings: tuple[Finding, ...]


def known(environment: Environment, tx: Tx) -> Known:
    """What process files may refer to on this installation."""
    return Known(
        roles={code: role.levels for code, role in directory.roles(tx).items()},
        operations=dict(environment.operations),
        parameters=frozenset(p.name for p in settings.parameters(tx)),
        deployed={
            row.key: found
            for row in definitions.all_latest(tx)
            if (found := definitions.source(tx, row.id)) is not None
        },
    )


def check(environment: Environment, tx: Tx, bundle: Bundle) -> tuple[Finding, ...]:
    """Every finding on these files."""
    return check_bundle(bundle, known=known(environment, tx))


@dataclass(frozen=True)
class PreparedDeployment:
    """Files that passed the gate, before the database is locked."""

    bundle: Bundle
    findings: tuple[Finding, ...]


def prepare(environment: Environment, tx: Tx, files: Sequence[SourceFile]) -> PreparedDeployment:
    """Check the files; DeploymentRefused on any error. Writes nothing."""
    surroundings = known(environment, tx)
    bundle = Bundle(tuple(files), called=surroundings.deployed)
    findings = check_bundle(bundle, known=surroundings)
    errors = [f for f in findings if f.severity == "error"]
    if errors:
        raise DeploymentRefused(
            f"检查发现 {len(errors)} 处错误,未部署。请按提示修改后再试。", findings
        )
    return PreparedDeployment(bundle, tuple(findings))


def deploy(
    environment: Environment, tx: Tx, actor: Actor, prepared: PreparedDeployment
) -> Deployment:
    """Deploy files as one: new versions of what changed.

    A process whose files and bound versions are unchanged keeps its version.
    """
    sources = _in_calling_order(referenced_files(prepared.bundle))
    deployment_id = new_case_id(environment.now())  # sorts by time
    done: dict[str, DefinitionSource] = dict(prepared.bundle.called)
    rows: list[DefinitionRow] = []
    for source in sources:
        newest = definitions.latest(tx, source.key)
        version = 1 if newest is None else newest.version + 1
        numbered = replace(
            source,
            id=f"{source.key}:{version}",
            version=version,
            called={key: done[key] for key in source.called},
        )
        if newest is not None and definitions.content_of(numbered)[1] == newest.content_hash:
            done[source.key] = replace(numbered, id=newest.id, version=newest.version)
            rows.append(newest)
            continue
        try:
            program = compile_program(numbered)
        except ProgramRefused as refused:
            raise DeploymentRefused("流程文件无法编译,未部署。", refused.findings) from refused
        definitions.add(
            tx,
            numbered,
            program.info.name or source.key,
            (program.info.start_role, program.info.start_level),
            deployment_id,
            environment.now(),
            actor.person_id,
        )
        done[source.key] = numbered
        written = definitions.by_id(tx, numbered.id)
        if written is not None:
            rows.append(written)
    return Deployment(deployment_id, tuple(rows), prepared.findings)


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
