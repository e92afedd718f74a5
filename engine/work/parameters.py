"""Set a business parameter, and tell running cases of it where that is wanted (design.md D8, D24).

A new value changes nothing that has begun: a step keeps the limit it was opened with, a case its
total limit, a timer its instant. Only an explicit choice gives them to running cases
(:mod:`engine.work.telling`), each change written into its case's history.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from engine.definitions.asked import Asker, asked_in, names_asked
from engine.errors import Conflict, Invalid, NotFound, NotPermitted
from engine.model.actors import Actor
from engine.model.parameters import (
    LONGEST_DOCUMENT,
    LONGEST_REASON,
    Kind,
    ParameterRule,
)
from engine.store import asking, audit, definitions, directory, settings
from engine.store.database import Tx
from engine.store.settings import Parameter
from engine.work import organise
from engine.work.environment import Environment
from engine.work.telling import hanging_on, tell_next

_EARLIEST = date(2000, 1, 1)
_FARTHEST = timedelta(days=3660)


@dataclass(frozen=True)
class NewValue:
    """What somebody wants to hold from a day on, for all or for one county's or township's area."""

    name: str
    organisation_id: str | None
    valid_from: date
    value: object
    reason: str
    document: str = ""
    to_running: bool = False


@dataclass(frozen=True)
class Touched:
    """Running cases whose process asks for a parameter; their steps and timers that hang on it."""

    cases: int
    steps: int
    timers: int = 0


def rule_of(environment: Environment, name: str) -> ParameterRule:
    """The rule of a parameter; NotFound where there is none of this name."""
    rule = environment.parameters.get(name)
    if rule is None:
        raise NotFound("没有找到这个业务参数。")
    return rule


def where_may_set(
    tx: Tx, actor: Actor, rule: ParameterRule, places: Sequence[str | None]
) -> list[str | None]:
    """Of these places where the actor may set it: the city for all (None), a county for itself."""
    if rule.is_locked:
        return []
    for_all = None in places and (actor.is_system or organise.administers_all(tx, actor))
    own: set[str] = set()
    if rule.own_level is not None and not actor.is_system:
        theirs = {place for role in rule.roles for place in actor.places(role)}
        own = directory.below(tx, theirs) - theirs if rule.per_township else theirs
        own |= directory.below(tx, actor.places(organise.ADMIN))

    def may(place: str | None) -> bool:
        if place is None:
            return for_all
        return rule.own_level is not None and (actor.is_system or place in own)

    return [place for place in places if may(place)]


def check(environment: Environment, tx: Tx, actor: Actor, new: NewValue) -> Parameter:
    """The row that a new value would become; Invalid, Conflict, NotPermitted with a sentence."""
    rule = rule_of(environment, new.name)
    rule.check(new.value)
    if new.organisation_id is not None:
        place = directory.organisation_brief(tx, new.organisation_id)
        if place is None:
            raise NotFound("没有找到这个单位。")
        if rule.own_level is None:
            raise Invalid(f"“{rule.title}”全市统一,不能由县(市、区)另定,未保存。")
        if place.level != rule.own_level:
            level = "乡镇(街道)" if rule.per_township else "县(市、区)"
            raise Invalid(f"“{rule.title}”只能按{level}另定,未保存。")
    if not where_may_set(tx, actor, rule, [new.organisation_id]):
        whom = "市总工会管理员" if new.organisation_id is None else "该县(市、区)的管理员"
        raise NotPermitted(f"您不能修改“{rule.title}”,未保存。请联系{whom}。")
    _check_words(new)
    today = environment.today()
    if not _EARLIEST <= new.valid_from <= today + _FARTHEST:
        raise Invalid("生效日期要在 2000-01-01 至十年之内,未保存。请改正。")
    if new.to_running and (rule.kind is not Kind.LIMIT or new.valid_from > today):
        raise Invalid(
            "只有今天已经生效的办理时限,才能同时用于在办环节,未保存。"
            "将来生效的值,到时新开的环节自动按新值办理。"
        )
    same = [
        row
        for row in settings.parameters(tx, new.name)
        if (row.organisation_id, row.valid_from) == (new.organisation_id, new.valid_from)
    ]
    if same and same[-1].value == new.value and not new.to_running:
        raise Conflict(f"“{rule.title}”自 {new.valid_from} 起已经是这个值,没有变化。")
    return Parameter(
        new.name,
        new.organisation_id,
        new.valid_from,
        new.value,
        rule.unit,
        rule.basis,
        new.document.strip(),
        new.reason.strip(),
        actor.person_id,
        environment.now(),
        new.to_running,
    )


def _check_words(new: NewValue) -> None:
    if not new.reason.strip():
        raise Invalid("请写明修改理由,未保存。其余内容已保留。")
    if len(new.reason.strip()) > LONGEST_REASON:
        raise Invalid(f"修改理由最长 {LONGEST_REASON} 个字,未保存。其余内容已保留。")
    if len(new.document.strip()) > LONGEST_DOCUMENT:
        raise Invalid(f"文号或依据最长 {LONGEST_DOCUMENT} 个字,未保存。其余内容已保留。")


def set_value(environment: Environment, tx: Tx, actor: Actor, new: NewValue) -> None:
    """Write the new row: nothing that was there is changed or deleted."""
    row = check(environment, tx, actor, new)
    settings.add_parameters(tx, [row])
    environment.asked.forget(tx)
    audit.add_access(
        tx,
        environment.now(),
        actor.person_id,
        "parameters-changed",
        f"{row.name} {row.organisation_id or 'all'} {row.valid_from}"[:120],
        f"{row.value}: {row.reason}"[:300],
    )


def asked_by(environment: Environment, tx: Tx) -> Mapping[str, tuple[Asker, ...]]:
    """Who asks for each parameter: the newest versions of the processes, with all their files."""
    found: dict[str, tuple[Asker, ...]] = {}
    for row in definitions.all_latest(tx):
        for name, askers in asked_in(environment.programs.get(tx, row.id)).items():
            found[name] = (*found.get(name, ()), *askers)
    return found


def touched(environment: Environment, tx: Tx, name: str, organisation_id: str | None) -> Touched:
    """How many running cases of the area ask for a parameter, and what of them hangs on it."""
    programs = {v: environment.programs.get(tx, v) for v in asking.running_versions(tx)}
    asking_for = [version for version, program in programs.items() if name in names_asked(program)]
    hanging = {version: hanging_on(programs[version], name) for version in asking_for}
    return Touched(
        asking.count_cases(tx, asking_for, organisation_id),
        asking.count_steps(tx, hanging, organisation_id),
        asking.count_timers(tx, hanging, organisation_id),
    )


def tell_running(
    environment: Environment, tx: Tx, actor: Actor, new: NewValue, after: str
) -> tuple[str | None, int]:
    """Give the next running cases the value of today.

    The last case that was looked at, None at the end; and how many dates changed.
    """
    title = rule_of(environment, new.name).title
    return tell_next(environment, tx, actor, (new.name, title, new.organisation_id), after)
