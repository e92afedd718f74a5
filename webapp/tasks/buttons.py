"""The buttons at the end of a step's form."""

from collections.abc import Sequence

from markupsafe import Markup

from engine.work.printing import PaperName, papers_of
from engine.work.view import TaskView
from webapp.shared.language import _


def papers_to_print(view: TaskView) -> tuple[PaperName, ...]:
    """The papers of the step."""
    return papers_of(view.program, view.element)


def buttons(papers: Sequence[PaperName]) -> Markup:
    """What the form ends with; a paper is printed from what is typed, which is kept first."""
    printing = Markup("").join(
        Markup(
            '<button class="btn btn-outline-secondary" type="submit" name="_action"'
            ' value="print:{}" formtarget="_blank">{}</button>'
        ).format(paper.id, paper.title)
        for paper in papers
    )
    pressed = Markup(
        '<button class="btn btn-primary" type="submit" name="_action" value="submit" data-submit>'
        "{}</button>"
        '<button class="btn btn-outline-primary" type="submit" name="_action" value="next">'
        "{}</button>"
        '<button class="btn btn-outline-secondary" type="submit" name="_action" value="draft">'
        "{}</button>"
    ).format(_("提交"), _("提交并办下一件"), _("保存草稿"))
    if not papers:
        return pressed
    words = _("打印本环节文书")
    return pressed + Markup(
        '<span class="to-print" role="group" aria-label="{0}"><span class="quiet">{0}</span>{1}'
        "</span>"
    ).format(words, printing)
