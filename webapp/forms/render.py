"""Drawing forms: a :class:`FormView` in, HTML out. No Flask here.

What the routes around it must know is in ``docs/forms.md``: the names of the buttons
(``_action``, ``_add``, ``_remove``), and what the addresses for drafts, uploads and conditions
answer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from engine.errors import FieldError
from engine.feel import EvaluationContext
from engine.forms import CompiledForm, FieldKind, RowAction, find_row_action
from engine.forms.pasting import read_pasted
from engine.forms.paths import MISSING, get_at
from engine.forms.posts import Post
from engine.forms.validation import each_value
from webapp.forms.page import (
    FileInfo,
    FormPage,
    Given,
    ShownField,
    build_page,
    doubts_by_name,
    said_here,
    shown_needs,
    told_of,
)
from webapp.forms.shown import in_language, input_text, shown_value

TEMPLATES = Path(__file__).parent / "templates"
"""For the application's own Jinja loader: the macros are in ``forms/*.html``."""

_LONGEST_ROW_NUMBER = 5


@dataclass(frozen=True)
class FormView:
    """A form to draw, with what was answered so far.

    ``visible`` is :meth:`CompiledForm.visible`, None shows everything. Addresses: ``action``
    takes the post; ``draft_url`` the drafts that the page saves by itself; ``upload_url`` a
    file; ``refresh_url`` answers with :func:`live_answer` when a field changes on which others
    depend; ``file_url`` and an id open a file; ``phone_url`` begins a page on which a phone
    sends pictures (手机传图), with ``phone_needs_script`` only by the page's own script;
    ``find_url`` tells of earlier cases of the person whose number was typed. An empty
    address switches its feature off. ``only_answers`` leaves out, when read, groups in which
    nothing was asked. ``to_change`` are the keys of the fields that whoever sent the case back
    wants changed. ``today`` is the day whose codes are offered, None for all. ``kept`` is
    :meth:`CompiledForm.kept_rows`. ``nonce`` makes a second submit of the same page
    recognisable. ``translate`` is gettext.
    """

    form: CompiledForm
    data: Mapping[str, object]
    errors: Sequence[FieldError] = ()
    warnings: Sequence[FieldError] = ()
    visible: frozenset[str] | set[str] | None = None
    readonly: bool = False
    only_answers: bool = False
    masked: bool = False
    action: str = ""
    html_id: str = ""
    draft_url: str = ""
    upload_url: str = ""
    refresh_url: str = ""
    file_url: str = ""
    phone_url: str = ""
    phone_needs_script: bool = False
    find_url: str = ""
    csrf_token: str = ""
    nonce: str = ""
    draft_saved: str = ""
    files: Mapping[str, FileInfo] = field(default_factory=dict)
    to_change: frozenset[str] = frozenset()
    today: date | None = None
    kept: Mapping[str, int] = field(default_factory=dict)
    translate: Callable[[str], str] = str

    @property
    def page(self) -> FormPage:
        """The laid out form; a masked view has no clear personal data in it."""
        return build_page(
            Given(
                in_language(self.form),
                self.form.mask(self.data) if self.masked else self.data,
                self.errors,
                self.warnings,
                frozenset(self.visible) if self.visible is not None else None,
                self.files,
                self.to_change,
                self.today,
                self.kept,
            )
        )


@lru_cache(maxsize=1)
def form_environment() -> Environment:
    """The Jinja environment of the macros: autoescaped, undefined names are errors."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["shown_value"] = shown_value
    return environment


def draw_form(view: FormView, buttons: str = "") -> Markup:
    """The form to fill in, with its ``<form>`` element; ``buttons`` replace 提交 and 保存草稿.

    ``buttons`` is markup of the page; a plain text is escaped.
    """
    if view.readonly:
        return draw_answers(view)
    template = form_environment().get_template("forms/form.html")
    return Markup(template.module.form(view, view.page, buttons))  # type: ignore[attr-defined]  # noqa: S704 - autoescaped


def draw_answers(view: FormView) -> Markup:
    """What was answered, for reading: dense, without inputs."""
    template = form_environment().get_template("forms/answers.html")
    return Markup(template.module.answers(view, view.page))  # type: ignore[attr-defined]  # noqa: S704 - autoescaped


def live_answer(
    form: CompiledForm,
    post: Post,
    scope: Mapping[str, object],
    context: EvaluationContext,
    translate: Callable[[str], str] = str,
) -> dict[str, object]:
    """What ``refresh_url`` answers as JSON: how pasted lines are read, or what is shown now."""
    pasted = find_row_action(post)
    if pasted is not None and pasted.verb == "paste":
        return _paste_answer(form, post, pasted)
    return refresh_answer(form, form.read_post(post), scope, context, translate)


def refresh_answer(
    form: CompiledForm,
    data: Mapping[str, object],
    scope: Mapping[str, object],
    context: EvaluationContext,
    translate: Callable[[str], str] = str,
) -> dict[str, object]:
    """What is shown for these answers, computed texts and doubts by name."""
    computed = {
        ".".join(map(str, steps)): input_text(asked, said_here(form, asked, value))
        for steps, asked, value in each_value(
            tuple(form.fields.values()), form.with_computed(data, scope, context)
        )
        if asked.expression is not None and not asked.papers_from
    }
    doubts = doubts_by_name(form, form.doubts(data, scope, context))
    visible = sorted(form.visible(data, scope, context))
    said = form.derived(data, today_of(context))
    return {
        "visible": visible,
        "computed": computed,
        "doubts": doubts,
        "derived": said,
        "needs": _needs(form, data, scope, context, translate),
    }


def _needs(
    form: CompiledForm,
    data: Mapping[str, object],
    scope: Mapping[str, object],
    context: EvaluationContext,
    translate: Callable[[str], str],
) -> dict[str, str]:
    """The lists of papers that are needed, drawn anew: by name what stands inside."""
    if not form.paper_fields:
        return {}
    known = form.with_computed(data, scope, context)
    template = form_environment().get_template("forms/needs.html")
    drawn = {}
    for asked in form.paper_fields:
        needs = shown_needs(in_language(form), get_at(known, asked.path))
        shown = ShownField(asked, asked.key, hidden=False, needs=needs)
        drawn[asked.key] = str(template.module.needs(shown, translate))  # type: ignore[attr-defined]
    return drawn


def _paste_answer(form: CompiledForm, post: Post, action: RowAction) -> dict[str, object]:
    """The rows as texts for the inputs, by column, and what is to be said."""
    asked = form.fields.get(action.key)
    if asked is None or asked.kind is not FieldKind.LIST:
        return {"rows": [], "told": []}
    column, row = ("".join(post.get(name, ())) for name in ("_paste_column", "_paste_row"))
    first = int(row) if row.isdigit() and len(row) <= _LONGEST_ROW_NUMBER else 0
    pasted = read_pasted(asked, action.text, column, first, form.english)
    columns = {column.key: column for column in asked.row_fields}
    rows = [
        {
            key: value if isinstance(value, list | bool) else input_text(columns[key], value)
            for key in pasted.columns
            if (value := get_at(line, columns[key].path)) is not MISSING
        }
        for line in pasted.rows
    ]
    return {"rows": rows, "told": [told_of(form, fault) for fault in pasted.faults]}


def today_of(context: EvaluationContext) -> date:
    """The day it is where the form is filled in."""
    return context.now.astimezone(context.zone).date()
