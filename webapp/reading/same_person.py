"""Other cases of the same person: above a form (``cases.same_person``), on a case's page."""

from dataclasses import dataclass

from flask import url_for

from engine import Actor, Engine
from engine.model.same_person import SAME_PERSON
from engine.model.tasks import TaskStatus
from engine.work.view import TaskView
from webapp.reading.panels import Panel
from webapp.shared.language import _
from webapp.shared.navigation import Link
from webapp.shared.words import moment


def same_person_panel(engine: Engine, actor: Actor, view: TaskView) -> Panel | None:
    """What the step's process wants seen before it goes on; None where it asks for nothing."""
    asked = view.element.properties.get("panel", "") == SAME_PERSON
    if not asked or view.task.status is not TaskStatus.OPEN or view.is_withheld:
        return None
    found = engine.cases.same_person(actor, view.task.id)
    if not found:
        return Panel(
            title=_("同一人以前的办件"), text=_("按证件号、电话(没有的按姓名)查找,没有找到。")
        )
    return Panel(
        title=_("同一人以前的办件 %(n)s 件", n=len(found)),
        text=_("证件号或者电话相同。请核对是不是同一事项。")
        if found[0].by_number
        else _("没有证件号、电话,按姓名查找,可能是同名的人。请核对是不是同一人、同一事项。"),
        links=tuple(
            Link(one.line.number, url_for("cases.show", case_id=one.line.id))
            for one in found
            if one.is_open_to
        ),
        columns=(_("办件"), _("收到"), _("事项"), _("进度"), _("单位")),
        rows=tuple(
            (
                one.line.number,
                moment(one.line.created_at)[:10],
                one.line.title,
                one.stage,
                one.line.organisation_name,
            )
            for one in found
        ),
    )


@dataclass(frozen=True)
class SamePersonRow:
    """Another case of the person of a case that is kept close."""

    number: str
    href: str
    title: str
    received: str
    stage: str
    unit: str


def same_person_rows(engine: Engine, actor: Actor, case_id: str) -> tuple[SamePersonRow, ...]:
    """Those the actor may see, where she may read who the person is; the newest first."""
    return tuple(
        SamePersonRow(
            number=one.line.number,
            href=url_for("cases.show", case_id=one.line.id),
            title=one.line.title,
            received=moment(one.line.created_at)[:10],
            stage=one.stage,
            unit=one.line.organisation_name,
        )
        for one in engine.cases.others_of_person(actor, case_id)
        if one.is_open_to
    )
