"""Two versions of a process side by side, with everything they are made of."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from engine.definitions.comparing import decisions, forms
from engine.definitions.comparing.changes import Change, Detail, How, Subject, differing
from engine.definitions.comparing.elements import TYPES, name_of, of_element, of_process
from engine.model.definitions import ElementKind, listed
from engine.runtime import Program
from engine.runtime.diagram import DecisionCall, Node
from engine.sentences import Words

_PROCESS = Words("流程", "Process")
_FORM = Words("表单", "Form")
_DECISION = Words("决策规则", "Decision rules")
_DOCUMENT = Words("文书", "Document")
_CONTENT = Words("内容", "Content")
_ENGLISH = Words("英文文字", "English texts")
_BEFORE = Words("改动前", "as it was")
_AFTER = Words("改动后", "as it is now")
_NEW = Words("新增", "new")
_GONE = Words("删除", "removed")


def compare(old: Program, new: Program, roles: Mapping[str, Words]) -> tuple[Change, ...]:
    """Every change, process by process: itself, its elements, forms, decisions, documents.

    Called processes are compared as they are bound to these versions. ``roles`` are the names of
    the roles that lanes speak of.
    """
    found: list[Change] = []
    for key in dict.fromkeys((*new.processes, *old.processes)):
        found.extend(_process(old, new, key))
        found.extend(_elements(old, new, key, roles))
        found.extend(_forms(old, new, key))
        found.extend(_decisions(old, new, key))
        found.extend(_documents(old, new, key))
    return tuple(found)


def _process(old: Program, new: Program, key: str) -> Iterator[Change]:
    then, now = old.processes.get(key), new.processes.get(key)
    if then is None or now is None:
        info = now or then
        name = Words.same(key) if info is None else Words(info.name, info.name_en or info.name)
        yield Change(_how(then, now), Subject.PROCESS, key, key, _PROCESS, name)
        return
    details = (
        *differing(of_process(then, _bound(old, key)), of_process(now, _bound(new, key))),
        *_english(old.sources[key].english, new.sources[key].english),
    )
    if details:
        name = Words(now.name, now.name_en or now.name)
        starts = tuple((key, one.id) for one in new.elements(key) if one.kind is ElementKind.START)
        yield Change(How.CHANGED, Subject.PROCESS, key, key, _PROCESS, name, details, starts)


def _english(then: bytes, now: bytes) -> Iterator[Detail]:
    """That the file with the English texts is another one."""
    if then != now:
        after = _GONE if not now else _AFTER if then else _NEW
        yield Detail(_ENGLISH, _BEFORE if then else None, after)


def _bound(program: Program, key: str) -> dict[str, str]:
    called = program.sources[key].called
    return {other: str(source.version) for other, source in called.items()}


def _nodes(program: Program, key: str) -> Mapping[str, Node]:
    return program.diagram(key).nodes if key in program.processes else {}


def _elements(old: Program, new: Program, key: str, roles: Mapping[str, Words]) -> Iterator[Change]:
    before, after = _nodes(old, key), _nodes(new, key)
    for identity in dict.fromkeys((*after, *before)):
        then, now = before.get(identity), after.get(identity)
        facts_then = {} if then is None else of_element(old, then, roles, after)
        facts_now = {} if now is None else of_element(new, now, roles, after)
        details = tuple(differing(facts_then, facts_now))
        node = now or then
        if node is None or not details:
            continue
        yield Change(
            _how(then, now),
            Subject.ELEMENT,
            key,
            identity,
            TYPES[node.element.kind],
            name_of(node),
            _worth_telling(details) if then is None or now is None else details,
            ((key, identity),),
            node.element.kind is ElementKind.USER_TASK,
        )


def _worth_telling(details: Iterable[Detail]) -> tuple[Detail, ...]:
    """Of an element that only one version has: not its name and kind, which are told anyway."""
    return tuple(one for one in details if one.what.en not in {"Name", "Kind"})


def _forms(old: Program, new: Program, key: str) -> Iterator[Change]:
    before, after = _files(old, key, "forms"), _files(new, key, "forms")
    for identity in dict.fromkeys((*after, *before)):
        then, now = before.get(identity), after.get(identity)
        details = () if then is None or now is None else forms.differences(then, now)
        if then is not None and now is not None and not details:
            continue
        name = Words.same(forms.title_of(now or then or b"{}"))
        yield Change(
            _how(then, now),
            Subject.FORM,
            key,
            identity,
            _FORM,
            name,
            details,
            _showing(old, new, key, identity),
        )


def _showing(old: Program, new: Program, key: str, form_id: str) -> tuple[tuple[str, str], ...]:
    return _where(old, new, key, lambda node: node.element.form_id == form_id)


def _decisions(old: Program, new: Program, key: str) -> Iterator[Change]:
    before = decisions.decisions_of(_files(old, key, "decisions"))
    after = decisions.decisions_of(_files(new, key, "decisions"))
    for identity in dict.fromkeys((*after, *before)):
        then, now = before.get(identity), after.get(identity)
        details = () if then is None or now is None else decisions.differences(then, now)
        one = now or then
        if one is None or (then is not None and now is not None and not details):
            continue
        yield Change(
            _how(then, now),
            Subject.DECISION,
            key,
            identity,
            _DECISION,
            Words.same(one.name),
            details or _how_many(then, now),
            _where(old, new, key, partial(_asks, new, identity)),
        )


def _how_many(
    then: decisions.DrawnDecision | None, now: decisions.DrawnDecision | None
) -> tuple[Detail, ...]:
    def told(one: decisions.DrawnDecision | None) -> Words | None:
        if one is None or not decisions.rules(one):
            return None
        return Words(f"{decisions.rules(one)} 条", f"{decisions.rules(one)} rules")

    before, after = told(then), told(now)
    return () if before == after else (Detail(_DECISION, before, after),)


def _asks(program: Program, decision_id: str, node: Node) -> bool:
    if isinstance(node.action, DecisionCall):
        return node.action.decision_id == decision_id
    key = node.element.process_key
    known = key in program.processes and node.id in program.diagram(key).nodes
    form = program.form_of(node.element) if known else None
    return form is not None and any(f.papers_from == decision_id for f in form.paper_fields)


def _documents(old: Program, new: Program, key: str) -> Iterator[Change]:
    before, after = _files(old, key, "documents"), _files(new, key, "documents")
    for identity in dict.fromkeys((*after, *before)):
        then, now = before.get(identity), after.get(identity)
        if then == now:
            continue
        details = () if then is None or now is None else (Detail(_CONTENT, _BEFORE, _AFTER),)
        yield Change(
            _how(then, now),
            Subject.DOCUMENT,
            key,
            identity,
            _DOCUMENT,
            Words.same(identity),
            details,
            _where(old, new, key, partial(_prints, identity)),
        )


def _prints(document_id: str, node: Node) -> bool:
    named = node.element.properties
    return document_id in (
        *listed(named.get("documents", "")),
        *listed(named.get("listDocument", "")),
    )


def _where(
    old: Program, new: Program, key: str, holds: Callable[[Node], bool]
) -> tuple[tuple[str, str], ...]:
    nodes = {**_nodes(old, key), **_nodes(new, key)}
    return tuple((key, node.id) for node in nodes.values() if holds(node))


def _files(program: Program, key: str, kind: str) -> Mapping[str, bytes]:
    source = program.sources.get(key)
    found: Mapping[str, bytes] = {} if source is None else getattr(source, kind)
    return found


def _how(then: object | None, now: object | None) -> How:
    if then is None:
        return How.ADDED
    return How.REMOVED if now is None else How.CHANGED
