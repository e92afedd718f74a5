"""The gate in a process of its own: whatever a file does to it, the service goes on.

    python -m engine.definitions.apart FD      takes questions through an inherited socket

The child has a limit of processor time and of memory; the parent waits no longer than it must.
Reading and trial running of 2,000 elements take a fraction of them (reliability.md §4).
"""

import base64
import json
import resource
import socket
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from engine.definitions.findings import error
from engine.definitions.fork_server import ForkServer, NoAnswer, serve
from engine.definitions.gate import check_bundle
from engine.definitions.known import Known
from engine.errors import Finding
from engine.model.definitions import Bundle, DefinitionSource, SourceFile
from engine.model.organisations import Role

SECONDS = 5
"""Of processor time: a busy machine makes nobody's file worse."""
PATIENCE = 30
"""Seconds until the parent gives up, however little the child could compute."""
MEGABYTES = 1_024
COMMAND = ("-m", "engine.definitions.apart")


_server = ForkServer(("-m", "engine.definitions.apart"))


def check_apart(bundle: Bundle, known: Known) -> tuple[Finding, ...]:
    """Everything the checks find, as :func:`check_bundle`; a finding too where they do not end."""
    try:
        found = json.loads(_server.ask(json.dumps(question_of(bundle, known)).encode(), PATIENCE))
    except (NoAnswer, ValueError):
        return (
            error(
                "check-unfinished",
                bundle.files[0].name if bundle.files else "",
                seconds=SECONDS,
                megabytes=MEGABYTES,
            ),
        )
    return tuple(Finding(**{**one, "trace": tuple(one["trace"])}) for one in found)


def answered(question: bytes) -> bytes:
    """The findings, computed within the limits; they hold for the process from here on."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    last = int(used.ru_utime + used.ru_stime) + 1 + SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (last, last + 1))
    memory = MEGABYTES * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    bundle, known = understood(json.loads(question))
    return json.dumps([asdict(finding) for finding in check_bundle(bundle, known)]).encode()


# The question, as JSON -------------------------------------------------------------


@dataclass(frozen=True)
class _Interface:
    """An operation's shapes without what it does, which cannot be sent."""

    inputs: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    outputs: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


def question_of(bundle: Bundle, known: Known) -> dict[str, Any]:
    """What the child is told."""
    return {
        "files": [[file.name, _text(file.content)] for file in bundle.files],
        "called": _sources(bundle.called),
        "roles": [asdict(role) for role in known.roles.values()],
        "operations": {
            name: {"inputs": one.inputs, "required": list(one.required), "outputs": one.outputs}
            for name, one in known.operations.items()
        },
        "parameters": sorted(known.parameters),
        "panels": sorted(known.panels),
        "starts": sorted(known.starts),
        "deployed": _sources(known.deployed),
        "never_together": [sorted(pair) for pair in known.never_together],
    }


def understood(question: dict[str, Any]) -> tuple[Bundle, Known]:
    """What the child was told."""
    files = (SourceFile(name, _bytes(text)) for name, text in question["files"])
    roles = (Role(**{**one, "levels": tuple(one["levels"])}) for one in question["roles"])
    known = Known(
        roles={role.code: role for role in roles},
        operations={
            name: _Interface(one["inputs"], frozenset(one["required"]), one["outputs"])
            for name, one in question["operations"].items()
        },
        parameters=frozenset(question["parameters"]),
        panels=frozenset(question["panels"]),
        starts=frozenset(question["starts"]),
        deployed=_sources_of(question["deployed"]),
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
        **{kind: {n: _text(c) for n, c in getattr(source, kind).items()} for kind in _FILES},
        "called": _sources(source.called),
    }


def _source_of(plain: dict[str, Any]) -> DefinitionSource:
    return DefinitionSource(
        **{
            **plain,
            "bpmn": _bytes(plain["bpmn"]),
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
    serve(socket.socket(fileno=int(sys.argv[1])), answered, PATIENCE)
