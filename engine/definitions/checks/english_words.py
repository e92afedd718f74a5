"""Does the English of a process say what there is, and all there is?"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from engine.definitions.asked import form_text
from engine.definitions.bpmn_xml import Element
from engine.definitions.diagram import Process, bpmn, properties_of
from engine.definitions.draft import Draft
from engine.definitions.findings import meant, warning
from engine.definitions.variables import all_forms_usable
from engine.errors import Finding
from engine.forms.english import texts_of
from engine.model.definitions import SourceFile
from engine.model.english import DOCUMENTATION_EN, NAME_EN, SUFFIX, read_english
from engine.model.public_words import PUBLIC_NAME
from engine.model.toml import UnreadableToml
from engine.model.xml import read_xml
from engine.sentences import Words, finding

MOST_TOLD = 5
"""Texts without English, or of nothing, that are named; of more it is said how many there are."""

TOLD_TO_PEOPLE = frozenset({"staffMessage", "staffHint", "tells"})
"""Properties of the drawing that a page of the staff shows as they stand."""

_HAN = re.compile("[\u3400-\u9fff]")
_ONE_TEXT = re.compile('^"([^"]*)"$')
_TEXTS = re.compile('"([^"]*)"')
_AT_LINE = re.compile(r"at line (\d+)")


def check(draft: Draft) -> Iterator[Finding]:
    """English of no process; files nobody can read; texts of nothing; what has none yet."""
    for file in draft.english_files:
        process = draft.process(file.name.removesuffix(SUFFIX))
        if process is None:
            if draft.bpmn_files:
                yield warning("file-unused.english", file.name, name=file.name)
            continue
        try:
            texts = read_english(file.content)
        except UnicodeDecodeError:
            yield _unreadable(file, Words("不是 UTF-8 文字", "is no UTF-8 text"), None)
            continue
        except UnreadableToml as problem:
            line = _AT_LINE.search(str(problem))
            told = Words("不是正确的 TOML", "is no TOML")
            yield _unreadable(file, told, int(line[1]) if line else None)
            continue
        yield from _texts(draft, process, file, texts)


def _unreadable(file: SourceFile, what: Words, line: int | None) -> Finding:
    return finding("error", "english-unreadable", file.name, None, line, name=file.name, what=what)


def _texts(
    draft: Draft, process: Process, file: SourceFile, texts: Mapping[str, object]
) -> Iterator[Finding]:
    lines = _lines(file)
    for chinese, english in texts.items():
        if not isinstance(english, str) or not english.strip():
            line = lines.get(chinese)
            yield finding("error", "english-text", file.name, None, line, text=chinese)
    if not all_forms_usable(draft, process):
        return
    asked = _of_forms(draft, process)
    shown = _of_drawing(process) | _of_decisions(draft, process)
    known = asked | shown | _also_known(draft, process)
    yield from _unknown([text for text in texts if text not in known], known, file.name, lines)
    named = {chinese for chinese, english in _named(process) if english}
    missing = sorted(filter(_HAN.search, (asked | shown) - texts.keys() - named))
    if missing:
        told = Words.listed(f"“{text}”" for text in missing[:MOST_TOLD])
        yield warning("english-missing", file.name, number=len(missing), texts=told)


def _unknown(
    unknown: Sequence[str], known: Collection[str], name: str, lines: Mapping[str, int]
) -> Iterator[Finding]:
    """Texts of nothing. What was meant is looked for among all there are: for the first only."""
    for text in unknown[:MOST_TOLD]:
        near = meant(text, known) or Words("请改正或删去。", "Correct it, or delete it.")
        line = lines.get(text)
        yield finding("warning", "english-unknown.text", name, None, line, text=text, near=near)
    more = unknown[MOST_TOLD:]
    if more:
        line = lines.get(more[0])
        yield finding("warning", "english-unknown.more", name, None, line, number=len(more))


def _lines(file: SourceFile) -> Mapping[str, int]:
    """Where each text stands, by the text: the lines begin with it."""
    found: dict[str, int] = {}
    for number, line in enumerate(file.content.decode("utf-8").splitlines(), 1):
        if line.startswith('"'):
            found.setdefault(line[1:].partition('"')[0], number)
    return found


def _of_forms(draft: Draft, process: Process) -> set[str]:
    """What the forms of a process ask and tell."""
    found: set[str] = set()
    for form_id in process.form_ids:
        form = draft.form(form_id)
        if form is not None:
            found.add(form.title)
            found.update(texts_of(form.components))
    return found - {""}


def _of_drawing(process: Process) -> set[str]:
    """What a drawing calls its steps, events, ways and lanes, and what it tells people."""
    found = {chinese for chinese, _english in _named(process)}
    found.update(flow.element.get("name", "") for flow in process.flows)
    found.update(lane.element.get("name", "") for lane in process.lanes)
    found.add(process.properties.get(PUBLIC_NAME, ""))
    for node in process.nodes.values():
        found.update(text for name, text in node.properties.items() if name in TOLD_TO_PEOPLE)
    return found - {""}


def _of_decisions(draft: Draft, process: Process) -> set[str]:
    """What its decision tables are called, look at, and answer in words."""
    asked = {node.decision_id for node in process.of("businessRuleTask")}
    for form_id in process.form_ids:
        form = draft.form(form_id)
        asked |= {one.papers_from for one in form.paper_fields} if form is not None else set()
    files = [file for file in draft.decision_files if asked & file.decisions.keys()]
    imported = {name for file in files for name in file.imported}
    found: set[str] = set()
    for file in (*files, *(one for one in draft.decision_files if one.name in imported)):
        root = read_xml(file.content)
        found.update(one.get("name", "") for one in root.iter("{*}decision"))
        found.update(one.get("label", "") for one in root.iter("{*}input", "{*}output"))
        found.update((one.text or "").strip() for one in root.iter("{*}description"))
        for text in root.iterfind(".//{*}outputEntry/{*}text"):
            found.update(_ONE_TEXT.findall((text.text or "").strip()))
    return found - {""}


def _named(process: Process) -> Iterator[tuple[str, str]]:
    """Names in the drawing, each with the English one that stands there; empty for none."""
    properties = process.properties
    yield process.element.get("name", ""), properties.get(NAME_EN, "")
    yield _documentation(process.element), properties.get(DOCUMENTATION_EN, "")
    for node in process.nodes.values():
        yield node.name, node.properties.get(NAME_EN, "")


def _also_known(draft: Draft, process: Process) -> set[str]:
    """What may be said in English as well: what expressions put out, pools, papers, properties."""
    found: set[str] = set()
    for file in draft.form_files:
        if file.form.id in process.form_ids:
            found.update(_TEXTS.findall(form_text(file.content)[1]))
    for element in draft.root_of(process).iter(bpmn("participant"), bpmn("message")):
        found.add(element.get("name", ""))
    for element in process.element.iter("{*}*"):
        found.update(properties_of(element).values())
        found.add(_documentation(element))
    for node in process.of("userTask"):
        for name in (*node.document_ids, *node.list_document):
            document = draft.document(name)
            if document is not None:
                found.add(document.document.title)
    return found - {""}


def _documentation(element: Element) -> str:
    found = element.find(bpmn("documentation"))
    return "" if found is None else (found.text or "").strip()
