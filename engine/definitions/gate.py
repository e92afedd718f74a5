"""The gate: what is wrong with process files, before anybody works with them.

Errors refuse a deployment, warnings inform. Every check runs on every bundle, so that a designer
sees all there is to mend at once.
"""

from collections.abc import Iterable, Iterator

from engine.definitions.checks import CHECKS, bpmn_files
from engine.definitions.draft import read_draft
from engine.definitions.findings import error
from engine.definitions.known import Known
from engine.errors import Finding
from engine.model.definitions import Bundle

MOST_FINDINGS = 500
"""More than anybody reads; the files are refused either way."""


def check_bundle(bundle: Bundle, known: Known) -> tuple[Finding, ...]:
    """Everything the checks find, by file and line. Never raises, whatever the files."""
    findings = list(bpmn_files.check_names(bundle))
    draft, unread = read_draft(bundle, known)
    findings += unread
    for check in CHECKS:
        findings += _guarded(check.__module__, check(draft))
    unique = dict.fromkeys(findings)
    return tuple(sorted(unique, key=_place)[:MOST_FINDINGS])


def _guarded(name: str, found: Iterable[Finding]) -> Iterator[Finding]:
    """The findings of one check; its failure is a finding of its own."""
    try:
        yield from found
    except Exception as failure:  # noqa: BLE001 - a file nobody foresaw is refused, never a crash
        yield error(
            "check-failed",
            f"检查“{name.rpartition('.')[2]}”没有完成({type(failure).__name__}),未能确认文件可用。"
            "请先改正其他问题后再试;仍然如此请联系管理员。",
            "",
        )


def _place(finding: Finding) -> tuple[str, int, str, str, str]:
    return (
        finding.file,
        finding.line or 0,
        finding.severity,
        finding.code,
        finding.element_id or "",
    )
