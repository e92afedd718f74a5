"""From folders and uploads to what is deployed."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from engine.definitions import Known
from engine.definitions.folder import (
    MOST_FILES,
    folder_source,
    linked_sources,
    read_folder,
    read_upload,
    referenced_files,
)
from engine.errors import FileTooLarge, FileTypeRefused, Invalid, NotFound
from engine.model.definitions import Bundle

HERE = Path(__file__).parent


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """processes/sample calls processes/old_process; a form, a decision, a README."""
    processes, forms = tmp_path / "processes", tmp_path / "forms"
    for key, source in (("sample", "good/returning"), ("old_process", "shared/old_process")):
        (processes / key).mkdir(parents=True)
        content = (HERE / f"{source}.bpmn").read_bytes()
        (processes / key / f"{key}.bpmn").write_bytes(content)
    (processes / "sample" / "README.md").write_text("no process", encoding="utf-8")
    (processes / "sample" / "level.dmn").write_bytes((HERE / "shared" / "level.dmn").read_bytes())
    (forms / "sample").mkdir(parents=True)
    for name in ("apply", "review", "post", "review2"):
        content = (HERE / "shared" / f"{name}.form").read_bytes()
        (forms / "sample" / f"{name}.form").write_bytes(content)
    return processes, forms


def test_a_folder_gives_its_process_files_and_its_forms(folders: tuple[Path, Path]) -> None:
    names = [file.name for file in read_folder(*folders, "sample").files]

    assert names == [
        "sample.bpmn",
        "level.dmn",
        "apply.form",
        "post.form",
        "review.form",
        "review2.form",
    ]


@pytest.mark.parametrize("key", ["nothing", "..", "../sample", ""])
def test_a_folder_that_is_not_there_is_not_found(folders: tuple[Path, Path], key: str) -> None:
    with pytest.raises(NotFound):
        read_folder(*folders, key)


def test_a_folder_brings_the_processes_it_calls(folders: tuple[Path, Path]) -> None:
    source = folder_source(*folders, "sample")

    assert source.id == "sample:0"
    assert sorted(source.forms) == ["apply", "post", "review"]
    assert list(source.decisions) == ["level.dmn"]
    assert source.called["old_process"].bpmn_name == "old_process.bpmn"


def test_folders_that_call_each_other_in_a_circle_are_refused(
    folders: tuple[Path, Path],
) -> None:
    path = folders[0] / "old_process" / "old_process.bpmn"
    call = (
        '<bpmn:callActivity id="c"><bpmn:extensionElements>'
        '<zeebe:calledElement processId="sample"/></bpmn:extensionElements></bpmn:callActivity>'
        "</bpmn:process>"
    )
    path.write_text(path.read_text(encoding="utf-8").replace("</bpmn:process>", call))

    with pytest.raises(Invalid, match="循环"):
        folder_source(*folders, "sample")


def test_a_bundle_gives_each_process_its_own_files(
    known: Known, bundle_of: Callable[[Path], Bundle]
) -> None:
    bundle = replace(bundle_of(HERE / "good" / "returning.bpmn"), called=known.deployed)

    for sources in (referenced_files(bundle), linked_sources(bundle)):
        assert list(sources) == ["sample"]
        assert sources["sample"].called == {"old_process": known.deployed["old_process"]}


@pytest.mark.parametrize(
    ("files", "error", "told"),
    [
        ([], Invalid, "没有流程文件"),
        ([("setup.exe", b"MZ")], FileTypeRefused, "setup.exe"),
        ([("x.bpmn", b" " * (5 * 1024 * 1024 + 1))], FileTooLarge, "5 MB"),
        ([("a/x.bpmn", b"<a/>"), ("b\\x.bpmn", b"<b/>")], Invalid, "两个文件"),
        ([(".bpmn", b"<a/>")], Invalid, "不能用"),
        ([("x\n.bpmn", b"<a/>")], Invalid, "不能用"),
        ([(f"{n}.form", b"{}") for n in range(MOST_FILES + 1)], Invalid, "最多上传"),
    ],
)
def test_an_upload_that_cannot_be_taken_says_why(
    files: list[tuple[str, bytes]], error: type[Exception], told: str
) -> None:
    with pytest.raises(error, match=told):
        read_upload(files)


def test_an_upload_drops_folders_from_names() -> None:
    bundle = read_upload([("C:\\temp\\公示.bpmn", b"<a/>"), ("forms/apply.form", b"{}")])

    assert [file.name for file in bundle.files] == ["公示.bpmn", "apply.form"]


def test_a_file_that_two_folders_share_is_taken_once() -> None:
    bundle = read_upload([("a/rules.dmn", b"<a/>"), ("b/rules.dmn", b"<a/>"), ("b/x.dmn", b"<a/>")])

    assert [file.name for file in bundle.files] == ["rules.dmn", "x.dmn"]
