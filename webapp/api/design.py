"""Process files and their deployed versions."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from flask import Response, request

from engine.definitions.folder import TooManyFiles, read_upload, refuse_too_many, sent_name
from engine.definitions.zipped import LARGEST_UNPACKED, is_zip
from engine.errors import DeploymentRefused, FileTypeRefused, Finding, Invalid
from engine.model.definitions import SourceFile
from engine.sentences import finding
from engine.work.deploy import Deployment
from webapp.api import bodies, shapes
from webapp.api.answers import answer, kept, replaying
from webapp.api.blueprint import api
from webapp.api.problems import finding_json
from webapp.shared.requests import api_actor, current_engine


@api.post("/deployments")
@replaying
def deploy() -> Response:
    """Deploy process files, or only check them."""
    actor, _ = api_actor()
    engine = current_engine()
    key = bodies.idempotency_key(required=False)
    is_rehearsal = bodies.flag("dry_run")
    engine.definitions.must_design(actor)
    files = _sent_files()
    if is_rehearsal:
        return answer(_deployment(engine.definitions.dry_run(actor, files)), 200)
    made = engine.definitions.deploy(
        actor,
        files,
        bodies.once_of_files(key, "deploy", files, lambda d: kept(_deployment(d), 201, {})),
    )
    return answer(_deployment(made), 201)


def _sent_files() -> list[SourceFile]:
    """The files of the request; DeploymentRefused names each that cannot be taken.

    FileTooLarge for one above the limit of process files.
    """
    sent = request.files.getlist("files")
    if not sent:
        raise _refused("no-files")
    names = [sent_name(given.filename or "") for given in sent]
    _refuse_too_many(names)
    files: list[SourceFile] = []
    findings: list[Finding] = []
    room = LARGEST_UNPACKED
    # One file in two folders is one; the same name twice in one folder was sent twice by mistake.
    times = Counter(given.filename for given in sent)
    for name, given in zip(names, sent, strict=True):
        if times[given.filename] > 1:
            findings.append(finding("error", "file-duplicate", name, name=name))
            continue
        try:
            taken = read_upload([(name, given.read())], room).files
            room -= sum(len(one.content) for one in taken) if is_zip(name) else 0
            files += taken
        except (Invalid, FileTypeRefused) as refused:
            told = finding("error", "file-type-refused", name, name=name, reason=refused.message)
            findings.append(replace(told, code=refused.code))
    if findings:
        raise DeploymentRefused(f"有 {len(findings)} 个文件不能接收,未部署。", findings)
    _refuse_too_many([one.name for one in files])  # a zip holds several
    return files


def _refuse_too_many(names: Sequence[str]) -> None:
    try:
        refuse_too_many(names)
    except TooManyFiles as refused:
        raise _refused("too-many-files", most=refused.most) from refused


def _refused(key: str, **values: object) -> DeploymentRefused:
    found = finding("error", key, "", **values)
    return DeploymentRefused(found.told(), [found])


def _deployment(made: Deployment) -> dict[str, object]:
    return {
        "id": made.id,
        "definitions": [shapes.version(row) for row in made.definitions],
        "problems": [finding_json(f) for f in made.findings],
        "scenarios": [record.as_counts() for record in made.scenarios],
    }


@api.get("/deployments")
def list_deployments() -> Response:
    """Deployments in time order."""
    api_actor()
    after, limit = bodies.cursor((str,)), bodies.page_size()
    found = current_engine().definitions.deployments(str(after[0]) if after else "", limit)
    items: list[dict[str, object]] = [
        {
            "id": rows[0].deployment_id,
            "deployed_at": shapes.instant(rows[0].deployed_at),
            "definitions": [shapes.version(row) for row in rows],
            "problems": [],
        }
        for rows in found[:limit]
    ]
    more = [items[-1]["id"]] if len(found) > limit else None
    return answer(bodies.page(items, more))


@api.get("/process-definitions")
def list_definitions() -> Response:
    """Every version of every process; with ``startable`` what the caller may start."""
    actor, _ = api_actor()
    engine = current_engine()
    after, limit = bodies.cursor((str, int)), bodies.page_size()
    if bodies.flag("startable"):
        mine = [row for row, _ in engine.definitions.startable(actor)]
        rows = [row for row in mine if after is None or row.key > str(after[0])]
    else:
        place = None if after is None else (str(after[0]), bodies.count(after[1]))
        rows = list(engine.definitions.list(place, limit))
    items = [
        shapes.definition(row, engine.definitions.get(row.id)[1].start_form())
        for row in rows[:limit]
    ]
    more = [rows[limit - 1].key, rows[limit - 1].version] if len(rows) > limit else None
    return answer(bodies.page(items, more))


@api.get("/process-definitions/<definition_id>")
def get_definition(definition_id: str) -> Response:
    """One version."""
    api_actor()
    row, program = current_engine().definitions.get(definition_id)
    return answer(shapes.definition(row, program.start_form()))
