"""The gate and the scenarios in a process of their own: whatever a file does, the service goes on.

    python -m engine.definitions.apart FD      takes questions through an inherited socket

The child has limits of processor time, of time on the clock and of memory; the parent waits no
longer than it must.
Reading and trial running of 2,000 elements take a fraction of them (reliability.md §4).
"""

import base64
import json
import socket
import sys
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from engine.definitions.findings import error
from engine.definitions.folder import PROCESS, SCENARIO
from engine.definitions.fork_server import ForkServer, NoAnswer, ask_forked, serve
from engine.definitions.gate import check_bundle
from engine.definitions.known import Known
from engine.definitions.limits import (
    allow_memory,
    is_short_of_memory,
    limit_memory,
    limit_time,
)
from engine.definitions.scenarios import Played, play_bundle
from engine.errors import Finding
from engine.feel.reader import fetch_reader
from engine.model.definitions import Bundle, DefinitionSource, SourceFile
from engine.model.organisations import Role
from engine.model.scenarios import record_of

SECONDS = 4
"""Of processor time, so that an answer is there within five seconds; the kernel counts whole ones.
A busy machine makes nobody's file worse."""
SECONDS_A_PROCESS = 1
"""What each process after the first adds to it: who lays a whole federation's before the gate at
once waits longer, on a slow machine too. The largest of ours takes a third of that."""
MOST_MORE = 30
"""Seconds that are added for processes at most."""
SECONDS_A_SCENARIO = 0.5
"""What each scenario adds to it; those of the longest process take a tenth of that."""
PATIENCE = 30
"""Seconds on the clock until the child is ended, however little it could compute."""
LONGEST = 300
"""Seconds on the clock after which any child is ended, also one that plays many scenarios."""
MEGABYTES = 1_024
"""On top of what the process has before it looks at a file; a check of ours takes a fortieth."""


_server = ForkServer(("-m", "engine.definitions.apart"))


def check_apart(bundle: Bundle, known: Known) -> tuple[Finding, ...]:
    """Everything the checks find, as :func:`check_bundle`; a finding too where they do not end."""
    return _checked(bundle, _answer(question_of(bundle, known), _patience_for(bundle)))


def _checked(bundle: Bundle, answer: dict[str, Any] | None) -> tuple[Finding, ...]:
    file = bundle.files[0].name if bundle.files else ""
    if answer is None:
        seconds = _seconds_to_check(bundle)
        return (error("check-unfinished", file, seconds=seconds, megabytes=MEGABYTES),)
    if answer == _TOO_LARGE:
        return (error("check-too-large", file, megabytes=MEGABYTES),)
    return _findings_of(answer["findings"])


def check_forked(bundle: Bundle, known: Known) -> tuple[Finding, ...]:
    """The same in a child of this very process, which a command has at hand without a start.

    A process of several threads must not be forked: a lock that another thread holds is held in
    the child for ever.
    """
    if threading.active_count() > 1:
        return check_apart(bundle, known)
    fetch_reader()
    try:
        question = json.dumps(question_of(bundle, known)).encode()
        answer = ask_forked(question, answered, _patience_for(bundle))
    except NoAnswer:
        answer = b""
    return _checked(bundle, _read(answer))


def play_apart(bundle: Bundle, known: Known, parameters: Mapping[str, object]) -> Played:
    """What the scenarios of a checked bundle show, as :func:`play_bundle`; always an end."""
    scenarios = bundle.named(SCENARIO)
    if not scenarios:
        return Played()
    allowed = _seconds_to_play(bundle)
    question = {**question_of(bundle, known), "play": dict(parameters)}
    answer = _answer(question, _patience_to_play(bundle))
    if answer is None:
        unfinished = error(
            "scenarios-unfinished", scenarios[0].name, seconds=allowed, megabytes=MEGABYTES
        )
        return Played((), (unfinished,))
    if answer == _TOO_LARGE:
        too_large = error("scenarios-too-large", scenarios[0].name, megabytes=MEGABYTES)
        return Played((), (too_large,))
    return Played(tuple(map(record_of, answer["records"])), _findings_of(answer["findings"]))


def _seconds_to_check(bundle: Bundle) -> int:
    others = max(1, len(bundle.named(PROCESS))) - 1
    return SECONDS + min(MOST_MORE, others * SECONDS_A_PROCESS)


def _seconds_to_play(bundle: Bundle) -> int:
    return _seconds_to_check(bundle) + int(len(bundle.named(SCENARIO)) * SECONDS_A_SCENARIO)


def _patience_for(bundle: Bundle) -> int:
    return min(LONGEST, PATIENCE + 4 * (_seconds_to_check(bundle) - SECONDS))


def _patience_to_play(bundle: Bundle) -> int:
    return min(LONGEST, PATIENCE + 4 * _seconds_to_play(bundle))


def _answer(question: Mapping[str, Any], patience: int) -> dict[str, Any] | None:
    """What the child says; None where it did not come to an end."""
    try:
        return _read(_server.ask(json.dumps(question).encode(), patience))
    except NoAnswer:
        return None


def _read(answer: bytes) -> dict[str, Any] | None:
    try:
        told = json.loads(answer)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def _findings_of(plain: list[dict[str, Any]]) -> tuple[Finding, ...]:
    return tuple(Finding(**{**one, "trace": tuple(one["trace"])}) for one in plain)


_TOO_LARGE = {"too_large": True}


def answered(question: bytes) -> bytes:
    """What was asked, computed within the limits; they hold for the process from here on."""
    limit_memory(MEGABYTES)
    limit_time(SECONDS, PATIENCE)
    try:
        answer = _computed(json.loads(question))
        if is_short_of_memory():
            answer = _TOO_LARGE
    except MemoryError:
        allow_memory()
        answer = _TOO_LARGE
    return json.dumps(answer).encode()


def _computed(question: dict[str, Any]) -> dict[str, Any]:
    bundle, known = understood(question)
    if "play" not in question:
        limit_time(_seconds_to_check(bundle), _patience_for(bundle))
        return {"findings": [asdict(finding) for finding in check_bundle(bundle, known)]}
    limit_time(_seconds_to_play(bundle), _patience_to_play(bundle))
    played = play_bundle(bundle, known, question["play"])
    return {
        "records": [record.as_plain() for record in played.records],
        "findings": [asdict(finding) for finding in played.findings],
    }


# The question, as JSON -------------------------------------------------------------


@dataclass(frozen=True)
class _Interface:
    """An operation's shapes without what it does, which cannot be sent."""

    inputs: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    outputs: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    lasts: bool = False


def question_of(bundle: Bundle, known: Known) -> dict[str, Any]:
    """What the child is told."""
    return {
        "files": [[file.name, _text(file.content)] for file in bundle.files],
        "called": _sources(bundle.called),
        "roles": [asdict(role) for role in known.roles.values()],
        "operations": {
            name: {
                "inputs": one.inputs,
                "required": list(one.required),
                "outputs": one.outputs,
                "lasts": one.lasts,
            }
            for name, one in known.operations.items()
        },
        "parameters": sorted(known.parameters),
        "panels": sorted(known.panels),
        "starts": sorted(known.starts),
        "deployed": _sources(known.deployed),
        "beside": sorted(known.beside),
        "never_together": [sorted(pair) for pair in known.never_together],
    }


def understood(question: dict[str, Any]) -> tuple[Bundle, Known]:
    """What the child was told."""
    files = (SourceFile(name, _bytes(text)) for name, text in question["files"])
    roles = (Role(**{**one, "levels": tuple(one["levels"])}) for one in question["roles"])
    known = Known(
        roles={role.code: role for role in roles},
        operations={
            name: _Interface(
                one["inputs"], frozenset(one["required"]), one["outputs"], one["lasts"]
            )
            for name, one in question["operations"].items()
        },
        parameters=frozenset(question["parameters"]),
        panels=frozenset(question["panels"]),
        starts=frozenset(question["starts"]),
        deployed=_sources_of(question["deployed"]),
        beside=frozenset(question["beside"]),
        never_together=frozenset(frozenset(pair) for pair in question["never_together"]),
    )
    return Bundle(tuple(files), _sources_of(question["called"])), known


def _sources(sources: Mapping[str, DefinitionSource]) -> dict[str, Any]:
    return {key: _plain(source) for key, source in sources.items()}


def _sources_of(plain: Mapping[str, Any]) -> dict[str, DefinitionSource]:
    return {key: _source_of(one) for key, one in plain.items()}


def _plain(source: DefinitionSource) -> dict[str, Any]:
    return {
        "id": source.id,
        "key": source.key,
        "version": source.version,
        "bpmn_name": source.bpmn_name,
        "bpmn": _text(source.bpmn),
        "english": _text(source.english),
        **{kind: {n: _text(c) for n, c in getattr(source, kind).items()} for kind in _FILES},
        "called": _sources(source.called),
    }


def _source_of(plain: dict[str, Any]) -> DefinitionSource:
    return DefinitionSource(
        **{
            **plain,
            "bpmn": _bytes(plain["bpmn"]),
            "english": _bytes(plain["english"]),
            **{kind: {n: _bytes(c) for n, c in plain[kind].items()} for kind in _FILES},
            "called": _sources_of(plain["called"]),
        }
    )


_FILES = ("decisions", "forms", "documents")


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)


if __name__ == "__main__":
    fetch_reader()
    serve(socket.socket(fileno=int(sys.argv[1])), answered, LONGEST)
