"""Can it be worked out how closely a case is kept, and who is kept away from it?

What an expression gives is read off its tree as far as that says it; the rest is judged as the
case runs (:mod:`engine.work.kept_away`).
"""

from collections.abc import Iterator

from engine.definitions.diagram import Process, described
from engine.definitions.draft import Draft
from engine.definitions.feel_facts import results_of, tree_of
from engine.definitions.findings import error
from engine.definitions.known import LEVELS
from engine.errors import Finding
from engine.feel import syntax
from engine.model.confidentiality import (
    ALL_SUPERIORS,
    CONFIDENTIALITY,
    DEGREES,
    EXCLUDED,
    EXCLUDED_SUPERIORS,
    PERSON,
    SEALED_ROLE,
    SURE,
    UNIT,
    Degree,
)
from engine.model.definitions import listed
from engine.sentences import Words

_SCALARS = (
    syntax.NumberLiteral,
    syntax.StringLiteral,
    syntax.BooleanLiteral,
    syntax.TemporalLiteral,
)
_NO_WORD = (
    syntax.NumberLiteral,
    syntax.BooleanLiteral,
    syntax.TemporalLiteral,
    syntax.ListLiteral,
    syntax.ContextLiteral,
)


def check(draft: Draft) -> Iterator[Finding]:
    """The degree, whom it names, their superiors, the role that sealed cases are for."""
    for process in draft.processes:
        yield from _degree(process)
        if any(map(_is_no_list, results_of(process.properties.get(EXCLUDED, "")))):
            yield _wrong("excluded", process)
        yield from _superiors(process)
        yield from _role(draft, process)


def _wrong(code: str, process: Process, **values: object) -> Finding:
    name = described(process.element)
    return error(code, process.file, process.element, name=name, **values)


def _degree(process: Process) -> Iterator[Finding]:
    text = process.properties.get(CONFIDENTIALITY, "").strip()
    if not text:
        return
    words = [text]
    if text.startswith("="):
        found = results_of(text)
        words = [one.value for one in found if isinstance(one, syntax.StringLiteral)]
        words += [text for one in found if isinstance(one, _NO_WORD)]
    for word in words:
        if word not in DEGREES:
            yield _wrong(
                "confidentiality", process, value=word[:60], words=Words.listed(tuple(DEGREES))
            )


def _is_no_list(result: syntax.Node) -> bool:
    """Neither a list of persons and units, nor one of them; what cannot be known passes."""
    if isinstance(result, syntax.ListLiteral):
        return any(_is_nobody(item) for item in result.items)
    return _is_nobody(result)


def _is_nobody(item: syntax.Node) -> bool:
    if isinstance(item, syntax.ContextLiteral):
        return not {entry.key for entry in item.entries} <= {PERSON, UNIT, SURE}
    return isinstance(item, _SCALARS)


def _superiors(process: Process) -> Iterator[Finding]:
    text = process.properties.get(EXCLUDED_SUPERIORS, "").strip()
    unknown = [one for one in listed(text) if one != ALL_SUPERIORS and one not in LEVELS]
    if unknown:
        yield _wrong(
            "excluded-superiors.unknown",
            process,
            value="、".join(unknown)[:60],
            levels=Words.listed((*LEVELS, ALL_SUPERIORS)),
        )
    elif text and not process.properties.get(EXCLUDED, "").strip():
        yield _wrong("excluded-superiors.of-nobody", process)


def _role(draft: Draft, process: Process) -> Iterator[Finding]:
    role = process.properties.get(SEALED_ROLE, "").strip()
    if role and role not in draft.known.roles:
        yield _wrong("sealed-role.unknown", process, role=role, roles=draft.known.roles_in_words)
    if not role and _may_be_sealed(process.properties.get(CONFIDENTIALITY, "").strip()):
        yield _wrong("sealed-role.missing", process)


def _may_be_sealed(text: str) -> bool:
    """Whether the word can come out; where that cannot be known, it can."""
    sealed = Degree.SEALED.name.lower()
    if not text.startswith("="):
        return text == sealed
    found = results_of(text)
    known = (syntax.StringLiteral, syntax.NullLiteral, *_NO_WORD)
    return tree_of(text) is not None and any(
        not isinstance(one, known)
        or (isinstance(one, syntax.StringLiteral) and one.value == sealed)
        for one in found
    )
