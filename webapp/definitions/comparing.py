"""Two versions side by side, as a value: what is another, and which running cases that touches."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from flask import url_for

from engine import Actor, Engine
from engine.definitions.comparing.changes import How, Subject
from engine.errors import NotFound
from engine.sentences import Words
from engine.store.definitions import DefinitionRow
from engine.work.version_compare import Comparison, Touched
from webapp.reading.diagrams import ShownDiagram
from webapp.shared.english import said_by
from webapp.shared.language import _, is_english
from webapp.shared.navigation import Shell
from webapp.shared.page import Page

HOW = {
    How.ADDED: Words("新增", "Added"),
    How.REMOVED: Words("删除", "Removed"),
    How.CHANGED: Words("修改", "Changed"),
}
_MOST_TEXT = 400


def told(words: Words | None) -> str:
    """In the language of the page; a dash for nothing."""
    if words is None:
        return "—"
    text = words.en if is_english() else words.zh
    return text if len(text) <= _MOST_TEXT else f"{text[:_MOST_TEXT]}…"


@dataclass(frozen=True)
class VersionChoice:
    """A version in a list to choose from."""

    number: int
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class ShownDetail:
    """One property that differs."""

    what: str
    before: str
    after: str


@dataclass(frozen=True)
class ShownPlace:
    """Where cases wait now that a change touches."""

    name: str
    cases: int
    href: str


@dataclass(frozen=True)
class ShownChange:
    """One change; ``shape`` is its element in the drawing, empty for what is not drawn there."""

    how: str
    how_words: str
    type: str
    name: str
    id: str
    shape: str
    details: tuple[ShownDetail, ...]
    here: int
    ahead: int
    places: tuple[ShownPlace, ...]


@dataclass(frozen=True)
class ProcessChanges:
    """The changes of one process of the version."""

    name: str
    changes: tuple[ShownChange, ...]


@dataclass(frozen=True)
class ComparePage(Page):
    """What a version changes."""

    template: ClassVar[str] = "definitions/compare.html"

    name: str
    key: str
    old: tuple[VersionChoice, ...]
    new: tuple[VersionChoice, ...]
    old_number: int
    new_number: int
    running: int
    added: int
    removed: int
    changed: int
    groups: tuple[ProcessChanges, ...]
    diagram: ShownDiagram
    old_diagram: ShownDiagram | None
    migrate: str

    @property
    def legend(self) -> Mapping[str, str]:
        """What the colours of the drawings mean."""
        return {how.value: told(words) for how, words in HOW.items()}

    @property
    def title(self) -> str:
        """版本对比 · 名称."""
        return f"{_('版本对比')} · {self.name}"


def choices(rows: Iterable[DefinitionRow], chosen: int) -> tuple[VersionChoice, ...]:
    """The versions of a process, newest first."""
    return tuple(
        VersionChoice(row.version, _("第 %(n)s 版", n=row.version), row.version == chosen)
        for row in rows
    )


def versions_asked(rows: Sequence[DefinitionRow], old: int, new: int) -> tuple[int, int]:
    """Which two to compare: those asked for, else the newest with the one before it."""
    if not rows:
        raise NotFound("没有找到这个流程。")
    newest = new or rows[0].version
    before = [row.version for row in rows if row.version < newest]
    return old or (before[0] if before else newest), newest


def compare_page(
    shell: Shell, engine: Engine, actor: Actor, key: str, asked: tuple[int, int]
) -> ComparePage:
    """Two versions of a process; ``asked`` may leave either to us as 0."""
    rows = engine.definitions.versions(key)
    old, new = versions_asked(rows, *asked)
    found = engine.versions.compare(actor, f"{key}:{old}", f"{key}:{new}")
    programs = [engine.definitions.get(version)[1] for version in (found.old.id, found.new.id)]
    names = {
        process_key: said_by(program, info.name)
        for program in programs
        for process_key, info in program.processes.items()
    }
    may_migrate = actor.holds(engine.definitions.DESIGNER)
    shown = [_change(one, found, key, links=may_migrate) for one in found.changes]
    groups: dict[str, list[ShownChange]] = {}
    for touched, change in zip(found.changes, shown, strict=True):
        groups.setdefault(touched.change.process_key, []).append(change)
    for changes in groups.values():  # what is new or gone first; else in the order of the file
        changes.sort(key=lambda one: one.how == How.CHANGED.value)
    return ComparePage(
        shell=shell,
        name=said_by(programs[-1], found.new.name),
        key=key,
        old=choices(rows, old),
        new=choices(rows, new),
        old_number=old,
        new_number=new,
        running=found.running,
        added=found.count(How.ADDED),
        removed=found.count(How.REMOVED),
        changed=found.count(How.CHANGED),
        groups=tuple(
            ProcessChanges(names.get(one, one), tuple(changes)) for one, changes in groups.items()
        ),
        diagram=_drawing(found, found.new, key, How.ADDED),
        old_diagram=_drawing(found, found.old, key, How.REMOVED)
        if any(one.how == How.REMOVED.value and one.shape for one in shown)
        else None,
        migrate=url_for("versions.migrate", key=key, old=old, new=new) if may_migrate else "",
    )


def _drawing(found: Comparison, row: DefinitionRow, key: str, own: How) -> ShownDiagram:
    """The drawing of one side, with what only it has and what is another there."""

    def marked(how: How) -> tuple[str, ...]:
        return tuple(
            one.change.id
            for one in found.changes
            if one.change.how is how
            and one.change.subject is Subject.ELEMENT
            and one.change.process_key == key
        )

    return ShownDiagram(
        _("第 %(n)s 版", n=row.version),
        url_for("definitions.diagram", key=key, version=row.version, process_key=key),
        added=marked(own) if own is How.ADDED else (),
        removed=marked(own) if own is How.REMOVED else (),
        changed=marked(How.CHANGED),
    )


def _change(one: Touched, found: Comparison, key: str, *, links: bool) -> ShownChange:
    change = one.change
    is_drawn = change.subject is Subject.ELEMENT and change.process_key == key
    return ShownChange(
        how=change.how.value,
        how_words=told(HOW[change.how]),
        type=told(change.type),
        name=told(change.name),
        id=change.id,
        shape=change.id if is_drawn else "",
        details=tuple(
            ShownDetail(told(detail.what), told(detail.before), told(detail.after))
            for detail in change.details
        ),
        here=one.here,
        ahead=one.ahead,
        places=tuple(
            ShownPlace(
                told(at.name),
                at.cases,
                url_for(
                    "versions.migrate",
                    key=key,
                    old=found.old.version,
                    new=found.new.version,
                    at=at.element_id,
                    _anchor="cases",
                )
                if links
                else "",
            )
            for at in one.places
        ),
    )
