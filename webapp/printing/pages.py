"""A paper to print, as a value."""

from dataclasses import dataclass
from typing import ClassVar

from flask import url_for
from markupsafe import Markup

from engine import Engine
from engine.documents import ComposedBlock
from engine.work.printing import Printed
from webapp.shared.addresses import outside
from webapp.shared.language import _
from webapp.shared.navigation import Shell
from webapp.shared.page import Page
from webapp.shared.qr_codes import qr_code
from webapp.shared.words import moment


@dataclass(frozen=True)
class SheetPage(Page):
    """One paper with what stands at its foot."""

    template: ClassVar[str] = "printing/sheet.html"

    title: str
    blocks: tuple[ComposedBlock, ...]
    is_wide: bool
    number: str
    unit: str
    step: str
    printed_at: str
    back_href: str
    code: Markup


def sheet_page(shell: Shell, engine: Engine, task_id: str, printed: Printed) -> SheetPage:
    """The paper of a step. The code at the foot leads to the case, for whoever may see it."""
    address = outside(url_for("cases.show", case_id=printed.case_id))
    return SheetPage(
        shell=shell,
        title=printed.paper.title,
        blocks=printed.paper.blocks,
        is_wide=printed.paper.landscape,
        number=printed.case_number,
        unit=printed.unit,
        step=printed.step,
        printed_at=moment(engine.clock.now()),
        back_href=url_for("tasks.show", task_id=task_id),
        code=qr_code(address, _("办件的二维码")),
    )
