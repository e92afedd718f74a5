"""Taking running cases over, as values: the plan, and how far a migration is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from flask import url_for

from engine import Actor, Engine
from engine.model.version_moves import (
    CaseVerdict,
    Migration,
    Move,
    MoveStatus,
    Plan,
    Route,
    SoughtPlan,
    Unmapped,
    Verdict,
)
from engine.runtime import Program
from engine.sentences import Words
from engine.store.definitions import DefinitionRow
from webapp.definitions.comparing import VersionChoice, choices, told
from webapp.shared.items import named
from webapp.shared.language import _, lazy
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.words import moment

ON_A_PAGE = 50
PREFIX = "map."
"""Before the id of an element in the names of fields; its value is the new id."""
DROP = "-"
"""The choice that gives up the wait of an event beside a step."""

VERDICTS: Mapping[Verdict, tuple[object, str]] = {
    Verdict.SAFE: (lazy("可以转"), "state-completed"),
    Verdict.NEEDS_MAPPING: (lazy("需对应"), "state-warning"),
    Verdict.REFUSED: (lazy("不能转"), "state-error"),
}
_MOVES: Mapping[MoveStatus, tuple[object, str]] = {
    MoveStatus.MOVED: (lazy("已转"), "state-completed"),
    MoveStatus.LEFT: (lazy("没有转"), "state-warning"),
    MoveStatus.BACK: (lazy("已恢复"), "state-suspended"),
}


@dataclass(frozen=True)
class CaseRow:
    """One case of a plan; ``href`` only for who may open it."""

    number: str
    href: str
    unit: str
    version: int
    stands: str
    verdict: str
    state: str
    reasons: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class MappingRow:
    """An element that cases wait at and that the new version does not have."""

    field: str
    name: str
    id: str
    cases: int
    options: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True)
class MigrationRow:
    """A migration of before."""

    href: str
    at: str
    by: str
    road: str
    state: str
    moved: int
    left: int
    back: int


@dataclass(frozen=True)
class Looking:
    """Many cases are being looked at beside the web; ``trouble`` says why that ended."""

    percent: int
    done: int
    total: int
    trouble: str


@dataclass(frozen=True)
class PlanPage(Page):
    """A verdict for every running case, before anything is changed."""

    template: ClassVar[str] = "definitions/migrate.html"

    name: str
    key: str
    message: str
    old: tuple[VersionChoice, ...]
    new: tuple[VersionChoice, ...]
    old_number: int
    new_number: int
    total: int
    safe: int
    needs_mapping: int
    refused: int
    passed: int
    mapping: tuple[MappingRow, ...]
    kept: tuple[tuple[str, str], ...]
    tabs: tuple[Link, ...]
    at: str
    everywhere: str
    looking: Looking | None
    checked: str
    address: str
    rows: tuple[CaseRow, ...]
    first: str
    next: str
    earlier: tuple[MigrationRow, ...]

    @property
    def title(self) -> str:
        """在办迁移 · 名称."""
        return f"{_('在办迁移')} · {self.name}"


@dataclass(frozen=True)
class MoveRow:
    """What became of a case."""

    case_id: str
    number: str
    href: str
    unit: str
    version: str
    words: str
    state: str
    reasons: tuple[str, ...]
    may_go_back: bool


@dataclass(frozen=True)
class MigrationPage(Page):
    """How far a migration is, and what became of its cases."""

    template: ClassVar[str] = "definitions/migration.html"

    id: str
    name: str
    key: str
    message: str
    road: str
    by: str
    at: str
    mapping: tuple[tuple[str, str], ...]
    is_under_way: bool
    trouble: str
    stayed: int
    is_over: bool
    percent: int
    total: int
    moved: int
    left: int
    back: int
    tabs: tuple[Link, ...]
    rows: tuple[MoveRow, ...]
    first: str
    next: str

    @property
    def title(self) -> str:
        """迁移 · 名称."""
        return f"{_('在办迁移')} · {self.name}"

    @property
    def state_words(self) -> str:
        """Where it stands."""
        return _state(is_under_way=self.is_under_way, is_over=self.is_over)


def _state(*, is_under_way: bool, is_over: bool) -> str:
    if is_under_way:
        return _("正在进行")
    return _("已完成") if is_over else _("已中断")


def road_of(route: Route) -> str:
    """第 1 版 → 第 2 版."""
    new = _("第 %(n)s 版", n=route.to_version)
    if route.from_version is None:
        return _("其他各版 → %(new)s", new=new)
    return f"{_('第 %(n)s 版', n=route.from_version)} → {new}"


@dataclass(frozen=True)
class Asked:
    """What the page of a plan was asked for; ``fields`` as they stand in the address."""

    route: Route
    fields: Mapping[str, str]
    verdict: str = ""
    at: str = ""
    page: int = 1

    def address(self, **changed: object) -> str:
        """This page with something changed."""
        asked: dict[str, object] = {
            "old": self.route.from_version or 0,
            "new": self.route.to_version,
            **self.fields,
            "verdict": self.verdict,
            "at": self.at,
            **changed,
        }
        kept = {name: value for name, value in asked.items() if value not in ("", None)}
        return url_for("versions.migrate", key=self.route.key, **kept)  # type: ignore[arg-type]


def ids_of(fields: Mapping[str, str]) -> dict[str, str]:
    """The mapping that the fields of a page say: nothing chosen says nothing."""
    return {
        name.removeprefix(PREFIX): "" if value == DROP else value
        for name, value in fields.items()
        if name.startswith(PREFIX) and value
    }


def plan_page(
    shell: Shell, engine: Engine, actor: Actor, asked: Asked, message: str = ""
) -> PlanPage:
    """The plan of a route, a page of its cases."""
    route = asked.route
    rows = engine.definitions.versions(route.key)
    sought = engine.versions.plans.sought(actor, route)
    plan = sought.plan or Plan(route, (), ())
    wanted = [one for one in plan.cases if _is_wanted(one, asked)]
    start = (asked.page - 1) * ON_A_PAGE
    some = wanted[start : start + ON_A_PAGE]
    visible = engine.versions.visible_among(actor, [one.case_id for one in some])
    return PlanPage(
        shell=shell,
        name=_name(rows, route.to_version),
        key=route.key,
        message=message,
        old=choices(rows, route.from_version or 0),
        new=choices(rows, route.to_version),
        old_number=route.from_version or 0,
        new_number=route.to_version,
        total=len(plan.cases),
        safe=plan.count(Verdict.SAFE),
        needs_mapping=plan.count(Verdict.NEEDS_MAPPING),
        refused=plan.count(Verdict.REFUSED),
        passed=plan.passed,
        mapping=tuple(_mapping(engine, plan, asked)),
        kept=tuple(asked.fields.items()),
        tabs=_plan_tabs(plan, asked),
        at=_where(plan, asked.at),
        everywhere=asked.address(at=""),
        looking=_looking(sought),
        checked=_checked(sought),
        address=asked.address(page=asked.page),
        rows=tuple(_case(one, visible) for one in some),
        first=asked.address() if asked.page > 1 else "",
        next=asked.address(page=asked.page + 1) if len(wanted) > start + ON_A_PAGE else "",
        earlier=tuple(
            _earlier(engine, one) for one in engine.versions.migrations(actor, route.key)
        ),
    )


def _looking(sought: SoughtPlan) -> Looking | None:
    errand = sought.errand
    if sought.plan is not None or errand is None:
        return None
    told = errand.told if sought.has_failed else ""
    return Looking(errand.percent, errand.done, errand.total, told)


def _checked(sought: SoughtPlan) -> str:
    """Since when a plan is kept; empty for one that was just made."""
    errand = sought.errand
    is_kept = sought.plan is not None and errand is not None and errand.asked_at is not None
    return moment(errand.asked_at) if is_kept and errand is not None else ""


def _is_wanted(one: CaseVerdict, asked: Asked) -> bool:
    if asked.verdict == "passed":
        fits = bool(one.has_passed) and one.verdict is Verdict.SAFE
    else:
        fits = not asked.verdict or one.verdict.value == asked.verdict
    return fits and (not asked.at or any(at.element_id == asked.at for at in one.stands))


def _where(plan: Plan, element_id: str) -> str:
    """The name of the element that the list is narrowed to."""
    names = (
        told(at.name) for one in plan.cases for at in one.stands if at.element_id == element_id
    )
    return next(names, element_id) if element_id else ""


def _name(rows: Sequence[DefinitionRow], version: int) -> str:
    row = next((one for one in rows if one.version == version), rows[0] if rows else None)
    return "" if row is None else named(row.name, row.key)


def _plan_tabs(plan: Plan, asked: Asked) -> tuple[Link, ...]:
    counted: list[tuple[str, str, int]] = [("", _("全部"), len(plan.cases))]
    counted += [
        (one.value, str(words), plan.count(one))
        for one, (words, _state_class) in VERDICTS.items()
        if plan.count(one)
    ]
    if plan.passed:
        counted.append(("passed", _("已过新增环节"), plan.passed))
    return tuple(
        Link(f"{label} {number}", asked.address(verdict=value), value == asked.verdict)
        for value, label, number in counted
    )


def _mapping(engine: Engine, plan: Plan, asked: Asked) -> list[MappingRow]:
    """What must be said, and what has been said already: that can be changed."""
    rows = [_mapping_row(one, asked) for one in plan.unmapped]
    shown = {row.field for row in rows}
    said = [field for field, value in asked.fields.items() if value and field not in shown]
    new = engine.definitions.get(plan.route.to_id)[1]
    for field in said:
        one = _said_before(engine, plan.route, new, field.removeprefix(PREFIX))
        rows.append(_mapping_row(one, asked))
    return rows


def _said_before(engine: Engine, route: Route, new: Program, element_id: str) -> Unmapped:
    """An element that has been mapped, with everything it could be mapped to."""
    key, _slash, bare = element_id.rpartition("/")
    for row in engine.definitions.versions(route.key):
        program = engine.definitions.get(row.id)[1]
        for process_key in program.processes:
            node = program.diagram(process_key).nodes.get(bare)
            if row.version == route.to_version or node is None or key not in ("", process_key):
                continue
            is_there = process_key in new.processes
            nodes = new.diagram(process_key).nodes.values() if is_there else ()
            there = [(o.id, o.label) for o in nodes if o.element.kind is node.element.kind]
            name = Words.same(node.label)
            may_drop = node.attached_to is not None
            return Unmapped(process_key, element_id, name, 0, may_drop, tuple(there))
    return Unmapped("", element_id, Words.same(element_id), 0, may_drop=False, candidates=())


def _mapping_row(one: Unmapped, asked: Asked) -> MappingRow:
    field = f"{PREFIX}{one.element_id}"
    chosen = asked.fields.get(field, "")
    options = [("", _("(不对应)"), not chosen)]
    options += [(i, f"{name}({i})", i == chosen) for i, name in one.candidates]
    if one.may_drop:
        options.append((DROP, _("不再等待"), chosen == DROP))
    return MappingRow(field, told(one.name), one.element_id, one.cases, tuple(options))


def _case(one: CaseVerdict, visible: set[str]) -> CaseRow:
    words, state = VERDICTS[one.verdict]
    return CaseRow(
        number=one.number,
        href=url_for("cases.show", case_id=one.case_id) if one.case_id in visible else "",
        unit=one.organisation_name,
        version=one.version,
        stands=_("、").join(
            f"{told(at.name)} → {at.after}" if at.after else told(at.name) for at in one.stands
        ),
        verdict=str(words),
        state=state,
        reasons=tuple(told(reason) for reason in one.reasons),
        notes=tuple(told(note) for note in one.notes),
    )


def _earlier(engine: Engine, one: Migration) -> MigrationRow:
    is_under_way = one.ended_at is None and engine.versions.is_under_way(one.id)
    return MigrationRow(
        href=url_for("versions.migration", key=one.route.key, migration_id=one.id),
        at=moment(one.asked_at),
        by=_person(engine, one.by_id),
        road=road_of(one.route),
        state=_state(is_under_way=is_under_way, is_over=one.ended_at is not None),
        moved=one.moved,
        left=one.left,
        back=one.back,
    )


def _person(engine: Engine, person_id: str) -> str:
    names = {person.id: person.name for person in engine.directory.people()}
    return names.get(person_id, _("系统"))


def migration_page(
    shell: Shell,
    engine: Engine,
    actor: Actor,
    found: Migration,
    narrowed: tuple[str, str],
    message: str = "",
) -> MigrationPage:
    """A migration; ``narrowed`` are the status that is asked for and the case to go on after."""
    status, after = narrowed
    wanted = MoveStatus(status) if status in {one.value for one in MoveStatus} else None
    moves = engine.versions.moves(actor, found.id, wanted, after, ON_A_PAGE)
    visible = engine.versions.visible_among(actor, [one.case_id for one in moves])
    is_under_way = engine.versions.is_under_way(found.id)
    stayed = not is_under_way and found.moved and engine.versions.was_put_back(found.id)
    rows = engine.definitions.versions(found.route.key)

    def address(**more: str) -> str:
        kept = {name: value for name, value in more.items() if value}
        return url_for(
            "versions.migration",
            key=found.route.key,
            migration_id=found.id,
            **kept,  # type: ignore[arg-type]
        )

    counted = (
        ("", _("全部"), found.done),
        *(
            (one.value, str(words), number)
            for (one, (words, _class)), number in zip(
                _MOVES.items(), (found.moved, found.left, found.back), strict=True
            )
            if number
        ),
    )
    return MigrationPage(
        shell=shell,
        id=found.id,
        name=_name(rows, found.route.to_version),
        key=found.route.key,
        message=message,
        road=road_of(found.route),
        by=_person(engine, found.by_id),
        at=moment(found.asked_at),
        mapping=tuple((a, b or _("不再等待")) for a, b in found.route.ids.items()),
        is_under_way=is_under_way,
        trouble="" if is_under_way else engine.versions.trouble(found.id),
        stayed=found.moved if stayed else 0,
        is_over=found.ended_at is not None,
        percent=min(99, 100 * found.done // max(found.total, 1)),
        total=max(found.total, found.done),
        moved=found.moved,
        left=found.left,
        back=found.back,
        tabs=tuple(Link(f"{label} {n}", address(status=v), v == status) for v, label, n in counted),
        rows=tuple(_move(one, visible) for one in moves[:ON_A_PAGE]),
        first=address(status=status) if after else "",
        next=address(status=status, after=moves[ON_A_PAGE - 1].case_id)
        if len(moves) > ON_A_PAGE
        else "",
    )


def _move(one: Move, visible: set[str]) -> MoveRow:
    words, state = _MOVES[one.status]
    return MoveRow(
        case_id=one.case_id,
        number=one.number,
        href=url_for("cases.show", case_id=one.case_id) if one.case_id in visible else "",
        unit=one.organisation_name,
        version=_("第 %(n)s 版", n=one.from_id.rpartition(":")[2]),
        words=str(words),
        state=state,
        reasons=tuple(told(reason) for reason in one.reasons),
        may_go_back=one.may_go_back,
    )
