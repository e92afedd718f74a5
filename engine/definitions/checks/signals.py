"""Is each signal thrown and waited for, as far as it is meant to reach, and in time?"""

from collections.abc import Iterator

from engine.definitions.checks.token_game import told_way
from engine.definitions.diagram import described
from engine.definitions.draft import Draft
from engine.definitions.findings import error, warning
from engine.definitions.hearing import missed_signal
from engine.definitions.signals import (
    Signalling,
    awaited_in_the_case,
    confined,
    elsewhere,
    signal_of,
    signallings,
)
from engine.errors import Finding
from engine.model.signals import LONGEST_NAME, REACH
from engine.runtime.vocabulary import THROWING


def check(draft: Draft) -> Iterator[Finding]:
    """Names, who throws and who waits, how far it reaches, what can be missed."""
    yield from _names(draft)
    for process, node in draft.nodes(*THROWING):
        if REACH in node.properties and node.event_kind != "signal":
            yield error(
                "signal-reach-place", process.file, node.element, node=node.label, prop=REACH
            )
    found = list(signallings(draft))
    if not found:
        return
    others = elsewhere(draft)
    thrown = {one.name for one in found if one.is_thrown} | others.thrown
    awaited = {one.name for one in found if not one.is_thrown} | others.awaited
    for one in found:
        if one.is_thrown:
            yield from _thrown(draft, one, awaited)
        elif one.name not in thrown:
            yield warning(
                "signal-not-thrown",
                one.process.file,
                one.node.element,
                node=one.node.label,
                name=one.name,
            )
    for process, scope, events in confined(draft, found, others):
        missed = missed_signal(scope, events)
        if missed is not None:
            yield warning(
                "signal-missed",
                process.file,
                missed.at.element,
                tuple(node.id for node in missed.trace),
                way=told_way(missed.trace),
                node=missed.at.label,
                name=missed.name,
            )


def _names(draft: Draft) -> Iterator[Finding]:
    judged: set[object] = set()
    for process in draft.processes:
        for node in process.nodes.values():
            signal = signal_of(draft, process, node)
            if signal is None or signal in judged:
                continue
            judged.add(signal)
            wrong = _wrong(signal.get("name", "").strip())
            if wrong:
                yield error(
                    wrong,
                    process.file,
                    signal,
                    signal=described(signal),
                    most=LONGEST_NAME,
                )


def _wrong(name: str) -> str:
    if not name:
        return "signal-without-name.missing"
    if name.startswith("="):
        return "signal-without-name.expression"
    return "signal-without-name.too-long" if len(name) > LONGEST_NAME else ""


def _thrown(draft: Draft, one: Signalling, awaited: set[str]) -> Iterator[Finding]:
    values = {"node": one.node.label, "name": one.name}
    here = awaited_in_the_case(draft, one.process)
    known_here = here is not None and bool(one.process.start_role)
    if one.name not in awaited:
        yield warning("signal-not-caught.by-anybody", one.process.file, one.node.element, **values)
    elif one.stays_in_the_case and known_here and here is not None and one.name not in here:
        yield warning("signal-not-caught.in-the-case", one.process.file, one.node.element, **values)
    elif not one.says_how_far and here is not None and one.name in here:
        yield warning(
            "signal-reaches-others", one.process.file, one.node.element, **values, prop=REACH
        )
