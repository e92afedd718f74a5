"""Separation profiles of small units (最小岗位方案, product.md §1.13; design.md D25).

A unit with too few people says so in writing. From that day on the same person may do steps there
that are otherwise two people's, as far as the process file allows it (``sameInSmallUnits``); each
of them is marked and listed for the audit committee. What a process keeps apart without that
property stays apart everywhere. A unit with a profile never sends work up by itself: what its
people cannot do goes elsewhere by a written designation.
"""

from dataclasses import dataclass
from datetime import date

from engine.errors import Conflict, Invalid, NotFound
from engine.model.actors import Actor
from engine.model.organisations import SeparationProfile
from engine.model.tasks import TaskLine
from engine.store import cases, directory, profiles
from engine.store.database import Tx
from engine.store.profiles import MarkedFilter, MarkedLine
from engine.store.turns import change_directory
from engine.work.environment import Environment
from engine.work.fields import wrong
from engine.work.opened import open_case
from engine.work.organise import Term, follow, must_administer, today_of
from engine.work.units import LONGEST_DOCUMENT

LONGEST_REASON = 500
_SHORTEST_REASON = 4


def declare_profile(
    environment: Environment,
    tx: Tx,
    actor: Actor,
    organisation_id: str,
    paper: tuple[str, str],
    term: Term,
) -> int:
    """Declare a unit's profile; ``paper``: document and reason. How many open steps move."""
    change_directory(tx)
    unit = directory.organisation_brief(tx, organisation_id)
    if unit is None:
        raise NotFound("没有找到这个单位。")
    must_administer(tx, actor, organisation_id)
    document, reason = paper[0].strip(), paper[1].strip()
    if not document:
        raise wrong("document", "请填写同意最小岗位方案的文号,未保存。")
    if len(document) > LONGEST_DOCUMENT:
        raise wrong("document", f"文号最长 {LONGEST_DOCUMENT} 个字,未保存。")
    if not _SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise wrong("reason", f"请写明原因({_SHORTEST_REASON} 至 {LONGEST_REASON} 字),未保存。")
    today = today_of(environment)
    since = term.since or today
    if since < today:
        raise wrong("since", "最小岗位方案不能从过去的日期开始,未保存。请填今天或以后的日期。")
    if term.until is not None and term.until <= since:
        raise wrong("until", "截止日期要晚于开始日期,未保存。")
    if unit.valid_to is not None and unit.valid_to <= since:
        raise Conflict(f"“{unit.name}”自 {unit.valid_to} 起撤销,未保存。")
    for one in profiles.every(tx, organisation_id):
        if (one.valid_to is None or one.valid_to > since) and (
            term.until is None or one.valid_from < term.until
        ):
            raise wrong(
                "since",
                f"“{unit.name}”已有最小岗位方案({one.document},自 {one.valid_from}),未保存。"
                "请先终止原方案,或改日期。",
            )
    new = SeparationProfile(
        0, organisation_id, document, reason, since, term.until, actor.person_id
    )
    number = profiles.add(tx, new, environment.now())
    return follow(environment, tx, actor, "profile-declared", f"{organisation_id} {number}")


def end_profile(
    environment: Environment, tx: Tx, actor: Actor, profile_id: int, day: date | None = None
) -> int:
    """End a profile today or on a later day; how many open steps move.

    Whoever holds a step only thanks to it puts it back for the others.
    """
    change_directory(tx)
    found = profiles.by_id(tx, profile_id)
    if found is None:
        raise NotFound("没有找到这个最小岗位方案。")
    must_administer(tx, actor, found.organisation_id)
    today = today_of(environment)
    if day is not None and day < today:
        raise wrong("last", "终止日期不能早于今天,未保存。")
    last = max(day or today, found.valid_from)
    if not profiles.end(tx, profile_id, last):
        raise Conflict(f"这个方案本来就到 {found.valid_to} 为止,没有变化。")
    return follow(
        environment, tx, actor, "profile-ended", f"{found.organisation_id} {profile_id} {last}"
    )


@dataclass(frozen=True)
class MarkedStep:
    """A step that one person did only because of a profile, with what she did before.

    ``beside``: the names of the earlier steps of hers from which it is kept apart elsewhere.
    """

    line: TaskLine
    doer: str
    beside: tuple[str, ...]
    profile: SeparationProfile


@dataclass(frozen=True)
class MarkedSteps:
    """What the audit committee looks through: the rows, and how many each unit has."""

    rows: tuple[MarkedStep, ...]
    by_unit: dict[str, int]
    is_cut: bool

    @property
    def total(self) -> int:
        """All of them, shown or not."""
        return sum(self.by_unit.values())


def marked_steps(
    environment: Environment, tx: Tx, actor: Actor, asked: MarkedFilter
) -> MarkedSteps:
    """The steps done under a profile in the cases the actor may see, the newest first."""
    found = profiles.marked(tx, actor, asked)
    shown = found[: asked.limit]
    apart = {one.line.id: _apart(environment, tx, one) for one in shown}
    case_ids = sorted({one.line.case_id for one in shown})
    done = profiles.steps_done(tx, case_ids, {i for ids in apart.values() for i in ids})
    names = directory.names(tx, [one.line.completed_by or "" for one in shown])
    known = {
        number: profile
        for number in {one.profile_id for one in shown}
        if (profile := profiles.by_id(tx, number)) is not None
    }
    rows = []
    for one in shown:
        doer = one.line.completed_by or ""
        before = done.get((one.line.case_id, doer), {})
        beside = tuple(name for element, name in before.items() if element in apart[one.line.id])
        rows.append(MarkedStep(one.line, names.get(doer, ""), beside, known[one.profile_id]))
    by_unit = profiles.count_marked(tx, actor, asked)
    return MarkedSteps(tuple(rows), by_unit, len(found) > asked.limit)


def marked_to_take_away(
    environment: Environment, tx: Tx, actor: Actor, asked: MarkedFilter
) -> MarkedSteps:
    """The same, all of them; Invalid, before they are read, where there are more than the limit."""
    number = sum(profiles.count_marked(tx, actor, asked).values())
    if number > asked.limit:
        raise Invalid(
            f"一次最多导出 {asked.limit:,} 个环节,这次是 {number:,} 个,没有导出。"
            "请先按单位或日期缩小范围。"
        )
    return marked_steps(environment, tx, actor, asked)


def _apart(environment: Environment, tx: Tx, one: MarkedLine) -> tuple[str, ...]:
    case = cases.load(tx, one.line.case_id)
    if case is None:
        return ()
    program = open_case(environment, tx, case).program_of(one.line)
    return program.element(one.line.process_key, one.line.element_id).same_in_small_units
