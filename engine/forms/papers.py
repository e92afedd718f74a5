"""Which papers are needed and which of them are there (our properties ``papersFrom``, ``paper``).

A decision of the process says which papers are needed: a list of ``{code, text}``, with
``optional: true`` where one may be missing. File fields say with ``paper`` which codes they hold.
A computed field with ``papersFrom`` joins the two, in whatever form of the process it stands.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from engine.feel import EvaluationContext
from engine.forms.components import Field, FieldKind
from engine.forms.paths import MISSING, get_at

Decide = Callable[[Mapping[str, object], EvaluationContext], object]


@dataclass(frozen=True)
class PaperHolder:
    """A file field that holds papers of a kind; ``column`` is set where it is one of a list."""

    path: tuple[str, ...]
    column: tuple[str, ...]
    label: str
    section: str

    @property
    def where(self) -> str:
        """Where people find it: the part of the form and the label."""
        return f"{self.section} · {self.label}" if self.section else self.label

    def files(self, answers: Mapping[str, object]) -> Iterator[str]:
        """The ids of the files it holds."""
        value = get_at(answers, self.path)
        if not self.column:
            yield from _ids(value)
            return
        for row in value if isinstance(value, list) else ():
            if isinstance(row, Mapping):
                yield from _ids(get_at(row, self.column))


@dataclass(frozen=True)
class NeededPaper:
    """One paper that is needed, with the files that are there for it."""

    code: str
    text: str
    where: str
    field: str
    is_optional: bool
    files: tuple[str, ...]

    @property
    def is_given(self) -> bool:
        """Whether there is a file for it."""
        return bool(self.files)

    @property
    def is_missing(self) -> bool:
        """Whether it must be there and is not."""
        return not self.files and not self.is_optional


@dataclass(frozen=True)
class PapersNeeded:
    """The computation behind ``papersFrom``; stands where a computed field has its expression."""

    decision_id: str
    decide: Decide
    inputs: frozenset[str]
    holders: Mapping[str, tuple[PaperHolder, ...]]

    @property
    def names(self) -> frozenset[str]:
        """The variables that it reads."""
        holding = (one.path[0] for found in self.holders.values() for one in found)
        return self.inputs | frozenset(holding)

    def papers(
        self, facts: Mapping[str, object], context: EvaluationContext
    ) -> tuple[NeededPaper, ...]:
        """What is needed, in the order of the decision; the same code twice counts once."""
        decided = self.decide(facts, context)
        found: dict[str, NeededPaper] = {}
        for row in decided if isinstance(decided, list) else [decided]:
            code = row.get("code") if isinstance(row, Mapping) else None
            if isinstance(row, Mapping) and isinstance(code, str) and code not in found:
                found[code] = self._needed(code, row, facts)
        return tuple(found.values())

    def _needed(
        self, code: str, row: Mapping[str, object], facts: Mapping[str, object]
    ) -> NeededPaper:
        holders = self.holders.get(code, ())
        files = dict.fromkeys(file_id for one in holders for file_id in one.files(facts))
        text = row.get("text")
        return NeededPaper(
            code=code,
            text=text if isinstance(text, str) and text else code,
            where=holders[0].where if holders else "",
            field=".".join(holders[0].path) if holders else "",
            is_optional=row.get("optional") is True,
            files=tuple(files),
        )

    def value(self, facts: Mapping[str, object], context: EvaluationContext) -> object:
        """The list as expressions of the form and of the process read it."""
        return [
            {
                "code": one.code,
                "text": one.text,
                "where": one.where,
                "field": one.field,
                "given": one.is_given,
                "missing": one.is_missing,
            }
            for one in self.papers(facts, context)
        ]


def paper_holders(forms: Iterable[Iterable[Field]]) -> dict[str, tuple[PaperHolder, ...]]:
    """By code: the file fields of a process's forms that hold such papers, each key once."""
    found: dict[str, dict[tuple[tuple[str, ...], tuple[str, ...]], PaperHolder]] = {}
    for fields in forms:
        for asked in fields:
            for code, holder in _holders(asked):
                found.setdefault(code, {}).setdefault((holder.path, holder.column), holder)
    return {code: tuple(holders.values()) for code, holders in found.items()}


def _holders(asked: Field) -> Iterator[tuple[str, PaperHolder]]:
    for code in asked.papers:
        yield code, PaperHolder(asked.path, (), asked.label, asked.section)
    for column in asked.row_fields if asked.kind is FieldKind.LIST else ():
        for code in column.papers:
            label = f"{asked.label}“{column.label}”"
            yield code, PaperHolder(asked.path, column.path, label, asked.section)


def _ids(value: object) -> Iterator[str]:
    if value is MISSING:
        return
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str) and one:
            yield one
