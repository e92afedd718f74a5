"""The addresses of processes."""

from dataclasses import replace

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from engine import Actor
from engine.definitions.folder import read_upload
from engine.errors import Busy, DeploymentRefused, Invalid, NotFound, Refused
from engine.model.definitions import SourceFile
from engine.work.deploy import Deployment
from webapp.definitions.checked_files import packed, unpacked
from webapp.definitions.drawings import found_on_drawings
from webapp.definitions.pages import (
    CheckedFiles,
    DeployedVersion,
    UploadPage,
    process_list,
    process_page,
    refusal_in_words,
)
from webapp.definitions.scenarios import shown_scenarios
from webapp.shared.errors import status_of
from webapp.shared.items import named
from webapp.shared.language import _
from webapp.shared.logs import log_failure
from webapp.shared.navigation import Shell, shell
from webapp.shared.page import render
from webapp.shared.requests import current_actor, current_engine, current_installation

definitions = Blueprint("definitions", __name__, template_folder="templates")


@definitions.get("/processes")
def listing() -> ResponseReturnValue:
    """Every process."""
    actor, places = current_actor(), current_installation().places
    return render(process_list(shell("definitions", actor), current_engine(), places, actor))


@definitions.get("/processes/<key>")
def show(key: str) -> ResponseReturnValue:
    """One process, the newest version or the one asked for."""
    actor, engine = current_actor(), current_engine()
    rows = engine.definitions.versions(key)
    if not rows:
        raise NotFound("没有找到这个流程。")
    version = request.args.get("version", 0, type=int)
    return render(process_page(shell("definitions", actor), engine, actor, rows, version))


@definitions.get("/processes/<key>/<int:version>/<process_key>.bpmn")
def diagram(key: str, version: int, process_key: str) -> Response:
    """The drawing of a version, or of a process it calls."""
    current_actor()
    program = current_engine().definitions.get(f"{key}:{version}")[1]
    if process_key not in program.processes:
        raise NotFound("没有找到这个流程。")
    return Response(program.bpmn(process_key), mimetype="application/xml")


@definitions.get("/deploy")
def upload() -> ResponseReturnValue:
    """Where files are given."""
    actor = current_actor()
    return render(
        UploadPage(shell("definitions", actor), "", is_good=True, findings=(), deployed=())
    )


@definitions.post("/deploy")
def take_upload() -> ResponseReturnValue:
    """Check the files, and deploy them if that was asked and nothing forbids it.

    Files that a check has passed stay on the page when they cannot be deployed now: somebody else
    may have deployed what they call.
    """
    actor, files = current_actor(), tuple[SourceFile, ...]()
    current_engine().definitions.must_design(actor)
    try:
        files = _files()
        return render(_taken(actor, files, deploys=request.form.get("act") == "deploy"))
    except (Refused, Busy) as refused:
        if isinstance(refused, Busy):
            log_failure(refused)
        findings = refused.findings if isinstance(refused, DeploymentRefused) else ()
        page = UploadPage(
            shell("definitions", actor),
            refusal_in_words(refused.message, findings),
            is_good=False,
            findings=findings,
            deployed=(),
            drawings=found_on_drawings(files, findings),
            checked=_checked(files) if files and "checked" in request.form else None,
        )
        return render(page), status_of(refused)


def _files() -> tuple[SourceFile, ...]:
    chosen = [(f.filename or "", f.read()) for f in request.files.getlist("files") if f.filename]
    if not chosen and request.form.get("checked"):
        chosen = unpacked(request.form["checked"])
    if not chosen:
        raise Invalid(
            _("请选择 .bpmn、.dmn、.form、.document、.english、.toml 文件或装着它们的 .zip。")
        )
    return read_upload(chosen).files


def _taken(actor: Actor, files: tuple[SourceFile, ...], *, deploys: bool) -> UploadPage:
    frame, group = shell("definitions", actor), current_engine().definitions
    if not deploys:
        would_be, checked = group.dry_run(actor, files), _checked(files)
        message = _("检查通过,可以部署。在办的办件仍按原来的版本办理。")
        if checked is None:
            message = _(
                "检查通过,可以部署。在办的办件仍按原来的版本办理。"
                "这些文件太大,页面留不住:部署时请重新选择它们,再按“部署新版本”。"
            )
        return replace(_page(frame, message, files, would_be, ()), checked=checked)
    there = {row.id for row in group.latest()}
    made = group.deploy(actor, files)
    names = tuple(
        DeployedVersion(
            _("%(name)s 第 %(n)s 版", name=named(row.name, row.key), n=row.version),
            url_for("definitions.show", key=row.key),
            url_for("versions.compare", key=row.key) if row.version > 1 else "",
        )
        for row in made.definitions
    )
    message = _("已部署。新办件按新版本办理,在办的办件仍按原来的版本办理。")
    if there.issuperset(row.id for row in made.definitions):
        message = _("这些文件与正在使用的版本相同,没有产生新版本。")
    return _page(frame, message, files, made, names)


def _checked(files: tuple[SourceFile, ...]) -> CheckedFiles | None:
    text = packed(files)
    return CheckedFiles(text, tuple(one.name for one in files)) if text else None


def _page(
    frame: Shell,
    message: str,
    files: tuple[SourceFile, ...],
    made: Deployment,
    names: tuple[DeployedVersion, ...],
) -> UploadPage:
    called = {row.key: named(row.name, row.key) for row in made.definitions}
    shown = tuple(shown_scenarios(one, called.get(one.process, "")) for one in made.scenarios)
    return UploadPage(
        frame,
        message,
        is_good=True,
        findings=made.findings,
        deployed=names,
        scenarios=shown,
        drawings=found_on_drawings(files, made.findings),
    )
