"""``bangfu check PATH…``: what is wrong with process files, without a database."""

import dataclasses
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import registry
from engine.definitions import Known
from engine.definitions.apart import check_forked
from engine.definitions.folder import MOST_FILES, SUFFIXES, folder_source, read_upload
from engine.errors import BangfuError, Finding
from engine.model.definitions import Bundle, DefinitionSource
from engine.work.own_operations import own_operations
from webapp.commands.findings import LANGUAGES, told
from webapp.commands.folders import process_folder, process_keys
from webapp.commands.speaking import (
    DONE,
    FOUND_WRONG,
    Call,
    CommandRefused,
    Commands,
    say,
    say_json,
)
from webapp.standard.parameters import standard_parameters
from webapp.standard.roles import NEVER_TOGETHER, ROLES


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add("check", "检查流程、决策表和表单文件", check)
    parser.add_argument("paths", nargs="+", metavar="PATH", help="文件,或放着文件的文件夹")
    parser.add_argument("--json", action="store_true", help="输出 JSON,两种语言都有")
    parser.add_argument("--language", choices=LANGUAGES, default="zh", help="用哪种语言说")


def check(call: Call) -> int:
    """Print every finding; exit code 1 when one of them is an error."""
    groups = list(_groups([Path(text) for text in call.words.paths]))
    findings = [finding for group in groups for finding in group.findings()]
    errors = sum(finding.severity == "error" for finding in findings)
    if call.words.json:
        say_json([_as_json(finding) for finding in findings])
    else:
        language = call.words.language
        say(*(told(finding, language) for finding in findings))
        say(_summary(language, len(groups), errors, len(findings) - errors))
    return FOUND_WRONG if errors else DONE


def _as_json(finding: Finding) -> dict[str, object]:
    """A finding for machines; ``trace`` only where there is a way to tell."""
    found = dataclasses.asdict(finding)
    if not finding.trace:
        del found["trace"]
    return found


def _summary(language: str, groups: int, errors: int, warnings: int) -> str:
    if language == "en":
        found = f"{errors} errors, {warnings} warnings" if errors or warnings else "nothing found"
        return f"{groups} groups of files checked: {found}."
    if not errors and not warnings:
        return f"检查了 {groups} 组文件,没有发现问题。"
    return f"检查了 {groups} 组文件:{errors} 处错误,{warnings} 处提醒。"


@dataclass(frozen=True)
class _Group:
    """Files that are checked as one, as they would be deployed; ``processes`` is beside them."""

    files: tuple[Path, ...]
    processes: Path

    def findings(self) -> list[Finding]:
        """What the gate says, with the files' paths as they were given."""
        given = {path.name: str(path) for path in self.files}
        bundle = read_upload((path.name, path.read_bytes()) for path in self.files)
        called = _called(self.processes, _processes_named(bundle))
        bundle = Bundle(bundle.files, called=called)
        known = Known(
            roles={role.code: role for role in ROLES},
            operations={**own_operations(), **registry.OPERATIONS},
            parameters=frozenset(standard_parameters()),
            panels=registry.PANELS,
            never_together=NEVER_TOGETHER,
            starts=registry.STARTS,
            deployed=called,
            beside=frozenset(process_keys(self.processes)),
        )
        return [
            dataclasses.replace(finding, file=given.get(finding.file, finding.file))
            for finding in check_forked(bundle, known)
        ]


def _processes_named(bundle: Bundle) -> frozenset[str]:
    """The keys of the processes that the files may call, read or not."""
    return frozenset(
        key.decode(errors="replace")
        for file in bundle.named(".bpmn")
        for key in _PROCESS_NAMED.findall(file.content)
    )


_PROCESS_NAMED = re.compile(rb"""processId\s*=\s*["']([^"']*)""")


@lru_cache
def _called(processes: Path, named: frozenset[str]) -> Mapping[str, DefinitionSource]:
    """Of the folders those that are called, and what these call, as far as they can be read."""
    found: dict[str, DefinitionSource] = {}
    for key in set(process_keys(processes)) & named:
        try:
            called = folder_source(processes, processes.parent / "forms", key)
        except BangfuError:
            continue  # its own check says what is wrong with it
        found |= _with_its_own(called)
    return found


def _with_its_own(source: DefinitionSource) -> dict[str, DefinitionSource]:
    found = {source.key: source}
    for called in source.called.values():
        found |= _with_its_own(called)
    return found


def _groups(paths: list[Path]) -> Iterator[_Group]:
    loose: dict[Path, list[Path]] = {}
    folders: dict[Path, Path] = {}
    for path in paths:
        if path.is_dir():
            found = list(_process_folders(path))
            if not found:
                raise CommandRefused(
                    f"“{path}”里没有 .bpmn、.dmn、.form、.document 或 .english 文件,没有检查。"
                )
            for folder in found:
                folders.setdefault(folder.resolve(), folder)
        elif not path.is_file():
            raise CommandRefused(f"没有找到“{path}”,没有检查。请核对路径。")
        elif path.suffix not in SUFFIXES:
            raise CommandRefused(
                f"“{path}”不是流程文件,没有检查。"
                "可以检查 .bpmn、.dmn、.form、.document 和 .english。"
            )
        else:
            loose.setdefault(path.parent, []).append(path)
    for connected in _connected(list(folders.values())):
        yield from _connected_groups(connected)
    for folder, files in loose.items():
        yield from _deployable(folder, files)


def _connected_groups(folders: list[Path]) -> Iterator[_Group]:
    """Folders of processes that call each other, together as far as one deployment takes them."""
    files = [list(_with_forms(folder)) for folder in folders]
    if sum(map(len, files)) <= MOST_FILES:
        yield from _deployable(folders[0], [path for some in files for path in some])
        return
    for folder, some in zip(folders, files, strict=True):
        yield from _deployable(folder, some)


def _deployable(folder: Path, files: list[Path]) -> Iterator[_Group]:
    """Files with what they name, together; of more than one deployment takes, each process alone.

    So many that lie beside each other are a collection, and no process; but what ``bangfu deploy``
    would take as one is refused as there.
    """
    together = (*files, *_companions(folder, files))
    if len(together) <= MOST_FILES or folder.resolve().parent.name == "processes":
        yield _Group(together, _processes_of(folder))
        return
    named: set[Path] = set()
    for path in files:
        if path.suffix == ".bpmn":
            companions = tuple(_companions(path.parent, [path]))
            named.update(companions)
            yield _Group((path, *companions), _processes_of(folder))
    for path in files:
        if path.suffix != ".bpmn" and path not in named:
            yield _Group((path,), _processes_of(folder))


def _connected(folders: list[Path]) -> Iterator[list[Path]]:
    """Folders in groups: a process is checked together with those that call it."""
    texts = {folder: _bpmn_text(folder) for folder in folders}
    waiting = list(folders)
    while waiting:
        group = [waiting.pop(0)]
        for one in group:
            for other in list(waiting):
                if _calls(texts[one], other) or _calls(texts[other], one):
                    group.append(other)
                    waiting.remove(other)
        yield sorted(group)


def _calls(text: str, folder: Path) -> bool:
    return f'processId="{folder.resolve().name}"' in text


def _bpmn_text(folder: Path) -> str:
    found = (p.read_text("utf-8", errors="replace") for p in _files(folder) if p.suffix == ".bpmn")
    return "".join(found)


def _with_forms(folder: Path) -> tuple[Path, ...]:
    forms = _forms_of(folder)
    documents = folder / "documents"
    return (
        *_files(folder),
        *(_files(documents) if documents.is_dir() else ()),
        *(_files(forms) if forms else ()),
    )


def _process_folders(path: Path) -> Iterator[Path]:
    """The folders with process files at or below a path; for ``forms/KEY`` that of the process."""
    if path.name == "documents" and _files(path.parent):
        path = path.parent
    if _files(path):
        process = _process_of(path)
        yield path if process is None else process
        return
    for below in sorted(p for p in path.iterdir() if p.is_dir() and not p.name.startswith(".")):
        yield from _process_folders(below)


def _files(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted(p for p in folder.iterdir() if p.is_file() and p.suffix in SUFFIXES))


def _process_of(folder: Path) -> Path | None:
    """``processes/KEY`` for ``forms/KEY``."""
    return _beside(folder, "forms", "processes")


def _forms_of(folder: Path) -> Path | None:
    """``forms/KEY`` for ``processes/KEY``."""
    return _beside(folder, "processes", "forms")


def _beside(folder: Path, kind: str, other: str) -> Path | None:
    """The folder of the other kind; relative as the given one is, so that people know it again."""
    at = folder.resolve()
    found = at.parent.parent / other / at.name
    if at.parent.name != kind or not found.is_dir():
        return None
    return found if folder.is_absolute() else Path(os.path.relpath(found))


def _processes_of(folder: Path) -> Path:
    at = folder.resolve().parent
    return at if at.name == "processes" else process_folder()


def _companions(folder: Path, files: list[Path]) -> Iterator[Path]:
    """The forms and decisions that single process files name, from beside them."""
    given = {path.name for path in files}
    text = "".join(
        path.read_text("utf-8", errors="replace") for path in files if path.suffix == ".bpmn"
    )
    if not text:
        return
    for path in _with_forms(folder):
        is_named = f'"{path.stem}"' in text or (path.suffix == ".dmn" and _decides(path, text))
        is_named = is_named or (path.suffix == ".document" and path.stem in text)
        if path.suffix != ".bpmn" and path.name not in given and is_named:
            yield path


def _decides(path: Path, text: str) -> bool:
    """Whether a process asks for a decision of this file."""
    content = path.read_text("utf-8", errors="replace")
    asked = (part.partition('"')[0] for part in text.split('decisionId="')[1:])
    return any(f'id="{decision}"' in content for decision in asked)
