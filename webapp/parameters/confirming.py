"""What a new value of a parameter would do, before it is kept."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from engine import Actor, Engine
from engine.model.clock import local_date
from engine.model.parameters import Kind, ParameterRule
from webapp.parameters.holding import EVERYWHERE, Typed, held_on, inherited, place_name
from webapp.shared.language import _
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.parameter_words import (
    title_of,
    value_words,
)
from webapp.shared.settings_tabs import settings_tabs


@dataclass(frozen=True)
class ConfirmPage(Page):
    """What a new value would do, before it is kept."""

    template: ClassVar[str] = "parameters/confirm.html"

    tabs: tuple[Link, ...]
    name: str
    heading: str
    sentences: tuple[str, ...]
    warnings: tuple[str, ...]
    typed: Typed

    @property
    def title(self) -> str:
        """核对影响."""
        return f"{_('核对影响')} · {self.heading}"


def confirm_page(
    shell: Shell, engine: Engine, actor: Actor, rule: ParameterRule, typed: Typed
) -> ConfirmPage:
    """What keeping the typed value would do. It has been checked."""
    place = None if typed.place == EVERYWHERE else typed.place
    since, today = date.fromisoformat(typed.since), local_date(engine.clock.now())
    rows = engine.settings.history(rule.name)
    units = engine.directory.organisations()
    unit = units.get(place or "")
    area = unit.area_parent if rule.by_area and unit is not None else None
    before = held_on(rows, place, since) or inherited(rows, area, since)
    names = {one.id: one.name for one in units.values()}
    sentences = [
        _(
            "%(place)s的“%(name)s”自 %(since)s 起由 %(before)s 改为 %(after)s。",
            place=place_name(place, names),
            name=title_of(rule),
            since=typed.since,
            before=value_words(rule, None if before is None else before.value),
            after=value_words(rule, rule.read(typed.value)),
        )
    ]
    hang = engine.settings.touched(rule.name, place)
    warnings: list[str] = []
    if typed.to_running:
        sentences.append(
            _(
                "在办 %(cases)s 件中,%(steps)s 个未办环节的到期日、%(timers)s 个正在计时的期限"
                "(如补正到期)将按新时限从开始之日重新计算,逐件记入流转记录。",
                cases=hang.cases,
                steps=hang.steps,
                timers=hang.timers,
            )
        )
        warnings.append(
            _("缩短时限可能使部分环节立即超期、计时立即到期;放宽时限会使已催办的环节重新计算。")
        )
    elif hang.cases:
        sentences.append(
            _("在办 %(n)s 件仍按原时限,已经算出的日期和结果不变。", n=hang.cases)
            if rule.kind is Kind.LIMIT
            else _("在办 %(n)s 件已经算出的日期和结果不变,以后走到这一步的按新值。", n=hang.cases)
        )
        if hang.steps:
            sentences.append(_("其中 %(n)s 个未办环节的到期日由它算出,保持不变。", n=hang.steps))
    else:
        sentences.append(_("目前没有在办件用到它。"))
    if since < today:
        warnings.append(
            _("生效日期早于今天:过去已经开始的环节和办件仍按原值,不追溯;今后新开的按新值。")
        )
    elif since > today:
        sentences.append(_("到 %(day)s 自动生效,此前仍按现行值。", day=typed.since))
    replaced = [r for r in rows if (r.organisation_id, r.valid_from) == (place, since)]
    if replaced:
        warnings.append(
            _(
                "同一天已登记过 %(value)s,将由这一条更正;原来的一条保留在历史里。",
                value=value_words(rule, replaced[-1].value),
            )
        )
    if place is None and rule.own_level is not None:
        own = {r.organisation_id for r in rows} - {None}
        if own:
            told = (
                _("%(n)s 个乡镇(街道)另有自己的值,不受影响。", n=len(own))
                if rule.per_township
                else _("%(n)s 个县(市、区)另有自己的值,不受影响。", n=len(own))
            )
            warnings.append(told)
    return ConfirmPage(
        shell=shell,
        tabs=settings_tabs("parameters", actor.roles),
        name=rule.name,
        heading=title_of(rule),
        sentences=tuple(sentences),
        warnings=tuple(warnings),
        typed=typed,
    )
