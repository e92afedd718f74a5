"""Which parameters a deployed process asks for, and where: read off its own files."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from weakref import WeakKeyDictionary

from lxml import etree

from engine.model.definitions import DefinitionSource
from engine.model.xml import read_xml
from engine.runtime import Program

_ASKED = re.compile(r"\bparameter\(\s*(?:name\s*:\s*)?\"([^\"]+)\"\s*\)")
_FOUND: "WeakKeyDictionary[Program, Mapping[str, tuple[Asker, ...]]]" = WeakKeyDictionary()


@dataclass(frozen=True)
class Asker:
    """A place that asks: the process itself, a decision, a form or a paper of it.

    ``name`` is what people read; ``kind`` is ``process``, ``decision``, ``form`` or ``document``.
    """

    process_key: str
    kind: str
    name: str


def asked_in(program: Program) -> Mapping[str, tuple[Asker, ...]]:
    """Who asks for each parameter in a program's own files; called processes are their own."""
    found = _FOUND.get(program)
    if found is None:
        found = _FOUND[program] = _read(program)
    return found


def _read(program: Program) -> Mapping[str, tuple[Asker, ...]]:
    found: dict[str, list[Asker]] = {}
    for asker, text in _texts(program.sources[program.key], program.info.name):
        for name in names_in_text(text):
            if asker not in found.setdefault(name, []):
                found[name].append(asker)
    return {name: tuple(askers) for name, askers in found.items()}


def names_asked(program: Program) -> frozenset[str]:
    """Every parameter that a program asks for, in its own files or in those it calls."""
    return frozenset(
        name
        for source in program.sources.values()
        for _asker, text in _texts(source, "")
        for name in _ASKED.findall(text)
    )


def _texts(source: DefinitionSource, name: str) -> Iterator[tuple[Asker, str]]:
    key = source.key
    yield Asker(key, "process", name), unescape(_decoded(source.bpmn))
    for content in source.decisions.values():
        for title, text in decision_texts(content):
            yield Asker(key, "decision", title), text
    for form_id, content in source.forms.items():
        title, text = form_text(content)
        yield Asker(key, "form", title or form_id), text
    for document_id, content in source.documents.items():
        yield Asker(key, "document", document_id), _decoded(content)


def names_in_text(text: str) -> tuple[str, ...]:
    """The parameters that a text asks for, each once."""
    return tuple(dict.fromkeys(_ASKED.findall(text)))


def decision_texts(content: bytes) -> Iterator[tuple[str, str]]:
    """Each decision of a file by name, with everything that is written in it."""
    for element in read_xml(content).iter("{*}decision"):
        text = unescape(etree.tostring(element, encoding="unicode"))
        yield element.get("name") or element.get("id") or "", text


def form_text(content: bytes) -> tuple[str, str]:
    """The title of a form and everything that is written in it."""
    form = json.loads(content)
    return str(form.get("title") or ""), "\n".join(_strings(form))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _decoded(content: bytes) -> str:
    return content.decode("utf-8", "replace")
