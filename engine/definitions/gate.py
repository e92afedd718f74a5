"""The gate: what is wrong with process files, before anybody works with them.

Errors refuse a deployment, warnings inform. Every check runs on every bundle, so that a designer
sees all there is to mend at once.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from engine.definitions.checks import CHECKS, bpmn_files, lanes
from engine.definitions.draft import Draft, read_draft
from engine.definitions.findings import error
from engine.definitions.folder import linked_sources
from engine.definitions.known import Known
from engine.errors import Finding
from engine.model.definitions import Bundle
from engine.runtime import ProgramRefused, compile_program

Gate = Callable[[Bundle, Known], tuple[Finding, ...]]
"""Gives everything that is wrong with the files of a bundle."""

MOST_FINDINGS = 500
"""More than anybody reads; the files are refused either way."""


def check_bundle(bundle: Bundle, known: Known) -> tuple[Finding, ...]:
    """Everything the checks find, by file and line.

    Raises nothing but MemoryError, whatever the files.
    """
    findings = list(bpmn_files.check_names(bundle))
    draft, unread = read_draft(bundle, known)
    findings += unread
    for check in CHECKS:
        findings += _guarded(check.__module__, check(draft))
    if not any(finding.severity == "error" for finding in findings):
        findings += _guarded(compile_program.__module__, _not_runnable(bundle, known, draft))
    unique = dict.fromkeys(findings)
    return tuple(sorted(unique, key=_place)[:MOST_FINDINGS])


def _not_runnable(bundle: Bundle, known: Known, draft: Draft) -> Iterator[Finding]:
    """What the runtime refuses although no check objects: the gate lets nothing through to it."""
    complete = replace(bundle, called={**known.deployed, **bundle.called})
    for source in linked_sources(complete).values():
        try:
            yield from lanes.check_read(draft, compile_program(source))
        except ProgramRefused as refused:
            # Which versions are bound is known only once they are numbered (engine/work/deploy.py).
            yield from (found for found in refused.findings if found.code != "two-versions")


def _guarded(name: str, found: Iterable[Finding]) -> Iterator[Finding]:
    """The findings of one check; its failure is a finding of its own."""
    try:
        yield from found
    except MemoryError:  # every other check would fail as well: whoever set the limit tells it
        raise
    except Exception as failure:  # noqa: BLE001 - a file nobody foresaw is refused, never a crash
        yield error(
            "check-failed", "", check=name.rpartition(".")[2], failure=type(failure).__name__
        )


def _place(finding: Finding) -> tuple[str, int, str, str, str]:
    return (
        finding.file,
        finding.line or 0,
        finding.severity,
        finding.code,
        finding.element_id or "",
    )
