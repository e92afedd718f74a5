"""The scenarios that come with files to be deployed: played before anything is written.

A scenario belongs to the process whose folder it lies in (``KEY/scenarios/name.toml``, as its
name in the bundle says). One that was sent without its folder belongs to the process that its
``process`` names, or to the only one of the bundle.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.definitions.findings import error, warning
from engine.definitions.folder import linked_sources
from engine.definitions.known import Known
from engine.definitions.scenarios.reading import (
    Records,
    Scenario,
    ScenarioFault,
    Table,
    read_records,
    read_scenario,
)
from engine.definitions.scenarios.report import ScenarioReport, run_scenarios
from engine.errors import Finding
from engine.model.definitions import Bundle, SourceFile
from engine.model.scenarios import FOLDER, ScenarioRecord
from engine.model.toml import read_toml
from engine.sentences import Words, in_both

SUFFIX = ".toml"
MOST_SHOWN = 12
"""Ids in a sentence; the page has them all."""


@dataclass(frozen=True)
class Played:
    """What came out; ``findings`` are errors for scenarios that did not pass, warnings for gaps."""

    records: tuple[ScenarioRecord, ...] = ()
    findings: tuple[Finding, ...] = ()


Play = Callable[[Bundle, Known, Mapping[str, object]], Played]
"""Plays the scenarios of a bundle that passed the gate, with the parameters' first values."""


def play_bundle(bundle: Bundle, known: Known, parameters: Mapping[str, object]) -> Played:
    """Play every scenario of a bundle that passed the gate.

    Raises nothing but MemoryError, whatever the files.
    """
    files = bundle.named(SUFFIX)
    if not files:
        return Played()
    sources = linked_sources(replace(bundle, called={**known.deployed, **bundle.called}))
    given, findings = _by_process(files, tuple(sources))
    records: list[ScenarioRecord] = []
    for key, scenarios in sorted(given.items()):
        played = [scenario for scenario, _file in scenarios]
        report = run_scenarios(sources[key], played, known.operations, parameters)
        findings += _said(report, [file for _scenario, file in scenarios])
        records.append(report.record())
    return Played(tuple(records), tuple(findings))


def _said(report: ScenarioReport, files: Sequence[str]) -> Iterator[Finding]:
    for result, file in zip(report.results, files, strict=True):
        if not result.passed:
            yield error(
                "scenario-failed",
                file,
                process=report.process,
                title=result.title,
                problem=in_both(result.message),
            )
    missed = report.coverage.missed
    if missed and report.passed == len(report.results):
        yield warning(
            "scenario-coverage",
            files[0],
            process=report.process,
            number=len(missed),
            missed=Words.listed(missed[:MOST_SHOWN]),
        )


_Given = dict[str, list[tuple[Scenario, str]]]


def _by_process(files: Sequence[SourceFile], keys: Sequence[str]) -> tuple[_Given, list[Finding]]:
    """The scenarios of each process with the names of their files."""
    records = _records(files)
    given: _Given = {}
    findings: list[Finding] = []
    for file in files:
        if _is_data(file, files):
            continue
        folder = _folder(file.name)
        name = file.name.rpartition("/")[2].removesuffix(SUFFIX)
        try:
            scenario = read_scenario(file.content, name, records(folder))
        except ScenarioFault as fault:
            scenario = Scenario(name, name, fault=fault.message)
        key = folder or scenario.process or (keys[0] if len(keys) == 1 else "")
        if key in keys:
            given.setdefault(key, []).append((scenario, file.name))
        else:
            findings.append(_homeless(file.name, key, keys))
    return given, findings


def _homeless(file: str, key: str, keys: Sequence[str]) -> Finding:
    """A scenario of no process of the bundle."""
    there_are = Words.listed(keys)
    if key:
        return error("scenario-process.unknown", file, name=file, key=key, keys=there_are)
    return error("scenario-process.unsaid", file, name=file, keys=there_are)


def _folder(name: str) -> str:
    """``KEY`` of ``KEY/scenarios/name.toml``; empty for a name without a folder."""
    key, _, _rest = name.partition(f"/{FOLDER}/")
    return key if _rest else ""


def _is_data(file: SourceFile, files: Sequence[SourceFile]) -> bool:
    """Whether a file holds records for others: it lies in ``data``, or others name it as such."""
    if _folder(file.name):
        return f"/{FOLDER}/data/" in file.name
    try:
        top = read_toml(file.content.decode("utf-8-sig"))
    except ValueError:
        return False
    return "title" not in top and any(
        file.name.encode() in other.content for other in files if other is not file
    )


def _records(files: Sequence[SourceFile]) -> Callable[[str], Records]:
    """The shared records of a folder; a file that hundreds of steps refer to is read once."""
    contents = {file.name: file.content for file in files}
    read: dict[str, Table] = {}

    def of(folder: str) -> Records:
        prefix = f"{folder}/{FOLDER}/data/" if folder else ""

        def record(file: str, name: str) -> Table:
            place = prefix + file
            if place not in read:
                read[place] = read_records(contents[place])
            found = read[place][name]
            if not isinstance(found, Mapping):
                raise KeyError(name)
            return found

        return record

    return of
