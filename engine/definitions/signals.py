"""Which signals the files throw and wait for, and which the deployed processes do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.definitions.bpmn_xml import BpmnRefused, Element, read_bpmn
from engine.definitions.diagram import Node, Process, Scope, bpmn, properties_of
from engine.definitions.draft import Draft
from engine.definitions.variables import called_process
from engine.model.signals import REACH, REACH_CASE
from engine.runtime.vocabulary import THROWING

_RUN = THROWING | {"intermediateCatchEvent", "boundaryEvent"}
"""Signals that start a process are refused, and say nothing."""


@dataclass(frozen=True)
class Signalling:
    """An event of the files that throws a signal or waits for one."""

    process: Process
    node: Node
    name: str

    @property
    def is_thrown(self) -> bool:
        """Whether it is thrown here; else it is waited for."""
        return self.node.tag in THROWING

    @property
    def stays_in_the_case(self) -> bool:
        """Whether no other case hears it."""
        return self.node.properties.get(REACH, "").strip() == REACH_CASE

    @property
    def says_how_far(self) -> bool:
        """Whether the designer said how far it reaches."""
        return REACH in self.node.properties


@dataclass(frozen=True)
class Elsewhere:
    """Names of signals in deployed processes: thrown so that all hear them, and waited for."""

    thrown: frozenset[str] = frozenset()
    awaited: frozenset[str] = frozenset()


def signal_of(draft: Draft, process: Process, node: Node) -> Element | None:
    """The signal that an event names; None where there is none."""
    if node.event is None or node.event_kind != "signal" or node.tag not in _RUN:
        return None
    return draft.definitions_of(process, "signal").get(node.event.get("signalRef", ""))


def signallings(draft: Draft) -> Iterator[Signalling]:
    """Every event of the files with a signal that has a name."""
    for process in draft.processes:
        for node in process.nodes.values():
            signal = signal_of(draft, process, node)
            name = "" if signal is None else signal.get("name", "").strip()
            if name:
                yield Signalling(process, node, name)


def elsewhere(draft: Draft) -> Elsewhere:
    """What deployed processes throw and wait for, but for those that the files replace."""
    thrown: set[str] = set()
    awaited: set[str] = set()
    own = {process.key for process in draft.processes}
    for key, source in draft.deployed.items():
        if key in own or b"signalEventDefinition" not in source.bpmn:
            continue
        try:
            root = read_bpmn(source.bpmn, source.bpmn_name)
        except BpmnRefused:
            continue
        names = {
            one.get("id", ""): one.get("name", "").strip() for one in root.iter(bpmn("signal"))
        }
        for definition in root.iter(bpmn("signalEventDefinition")):
            event = definition.getparent()
            name = names.get(definition.get("signalRef", ""), "")
            if event is None or not name:
                continue
            if event.tag not in {bpmn(tag) for tag in THROWING}:
                awaited.add(name)
            elif properties_of(event).get(REACH, "").strip() != REACH_CASE:
                thrown.add(name)
    return Elsewhere(frozenset(thrown), frozenset(awaited))


def awaited_in_the_case(draft: Draft, process: Process) -> frozenset[str] | None:
    """The signals that a process or what it calls waits for; None where nobody can know."""
    names: set[str] = set()
    waiting, seen = [(draft, process)], {process.key}
    while waiting:
        files, one = waiting.pop()
        for node in one.nodes.values():
            signal = signal_of(files, one, node)
            if signal is not None and node.tag not in THROWING:
                names.add(signal.get("name", "").strip())
            if node.tag == "callActivity" and node.called_key not in seen:
                called = called_process(files, node.called_key)
                if called is None:
                    return None
                seen.add(node.called_key)
                waiting.append((called.draft, called.process))
    return frozenset(names)


def confined(
    draft: Draft, found: Sequence[Signalling], others: Elsewhere
) -> Iterator[tuple[Process, Scope, dict[Node, str]]]:
    """The scopes outside of which nobody throws what is waited for in them, with these events.

    Only there can it be said whether a signal comes in time: what others throw may come any time.
    """
    for process in draft.processes:
        for scope in process.scopes:
            inside = [one for one in found if one.node.scope is scope]
            names = {one.name for one in inside if one.is_thrown} - others.thrown
            names -= {
                one.name
                for one in found
                if one.is_thrown and (one.node.scope is not scope or not one.stays_in_the_case)
            }
            events = {one.node: one.name for one in inside if one.name in names}
            if any(node.tag not in THROWING for node in events):
                yield process, scope, events
