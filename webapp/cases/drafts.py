"""我的草稿: what somebody has begun to fill in and not sent, as a value."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from flask import url_for

from engine import Actor, Engine
from engine.forms import AttributeUse, CompiledForm
from engine.forms.paths import MISSING, get_at
from engine.model.organisations import Organisation
from engine.store.task_lists import TaskQuestion
from engine.work.start_drafts import KEPT_DAYS, StartDraft
from webapp.shared.addresses import address
from webapp.shared.items import named, step_of
from webapp.shared.language import _
from webapp.shared.navigation import Shell
from webapp.shared.page import Page
from webapp.shared.words import moment

_MOST = 100


@dataclass(frozen=True)
class DraftRow:
    """One draft. ``discard_href`` is set where it can be thrown away: no case knows of it yet.

    ``is_given_up``: its step need not be done any more.
    """

    title: str
    href: str
    step: str
    unit: str
    process: str
    saved: str
    discard_href: str = ""
    is_given_up: bool = False


@dataclass(frozen=True)
class DraftsPage(Page):
    """Her drafts, the newest first."""

    template: ClassVar[str] = "cases/drafts.html"

    rows: tuple[DraftRow, ...]
    kept_days: int = KEPT_DAYS

    @property
    def title(self) -> str:
        """我的草稿."""
        return _("我的草稿")


def draft_list(
    shell: Shell, engine: Engine, actor: Actor, units: Mapping[str, Organisation]
) -> DraftsPage:
    """Half-filled starts, then half-filled steps; last those that need not be done any more."""
    found = {
        status: engine.tasks.list(
            actor, TaskQuestion(drafted_by=actor.person_id, status=status, limit=_MOST)
        )
        for status in ("open", "cancelled")
    }
    begun = [
        line
        for lines in found.values()
        for line in sorted(lines, key=lambda line: moment(line.draft_at), reverse=True)
    ]
    return DraftsPage(
        shell,
        (
            *_starts(engine, actor, units),
            *(
                DraftRow(
                    title=line.title,
                    href=url_for("tasks.show", task_id=line.id),
                    step=step_of(line.name, line.items, line.process_key),
                    unit=line.organisation_name,
                    process=named(line.process_name, line.process_key),
                    saved=moment(line.draft_at),
                    is_given_up=line.status != "open",
                )
                for line in begun
            ),
        ),
    )


def _starts(engine: Engine, actor: Actor, units: Mapping[str, Organisation]) -> Iterator[DraftRow]:
    """Those whose process can still be started; another cannot be opened."""
    rows = {row.key: row for row, _units in engine.definitions.startable(actor)}
    for draft in engine.cases.start_drafts(actor):
        row, unit = rows.get(draft.process_key), units.get(draft.organisation_id)
        if row is None or unit is None:
            continue
        place = {"key": draft.process_key, "organisation_id": draft.organisation_id}
        form = engine.definitions.get(row.id)[1].start_form()
        yield DraftRow(
            title=_title(form, draft) or _("(还没有填写姓名或标题)"),
            href=address("cases.start", place),
            step=_("新建申请"),
            unit=unit.name,
            process=named(row.name, row.key),
            saved=moment(draft.saved_at),
            discard_href=address("cases.discard_start_draft", place),
        )


def _title(form: CompiledForm | None, draft: StartDraft) -> str:
    """What the case would be found by, else the first thing that was typed."""
    if form is None:
        return ""
    answers = [
        (asked, value)
        for asked in form.fields.values()
        if isinstance(value := get_at(draft.data, asked.path), str) and value is not MISSING
    ]
    searched = [
        value
        for asked, value in answers
        if asked.attribute in (AttributeUse.SEARCH, AttributeUse.BOTH)
    ]
    texts = [value for asked, value in answers if not asked.options]
    return next(iter([*searched, *texts]), "")
