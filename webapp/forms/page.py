"""The page of a form as values: what the templates draw, with nothing left to decide there.

Post names are keys with dots (``members.0.name``); element ids are ``f-`` and the name.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import groupby

from engine.errors import FieldError
from engine.forms import (
    CompiledForm,
    Component,
    Field,
    FieldKind,
    Group,
    Option,
    Separator,
    Spacer,
    TextView,
)
from engine.forms.components import fields_of
from engine.forms.paths import MISSING, get_at
from engine.forms.rows import new_row
from engine.forms.validation import rows_of
from engine.forms.values import as_decimal, is_empty, show_money, show_number
from engine.forms.visibility import cell_name, name_of
from webapp.forms.shown import NOTHING, input_text, is_money, shown_size, shown_value
from webapp.shared.language import _, is_english, spoken

_FEW_LABELS = 3
_LONG_READING = 40
"""Characters of an answer that no longer reads well in a narrow column."""

ROW_MARK = "__row__"
"""Stands for the number of the row in the row that the page copies when one is added."""


@dataclass(frozen=True)
class FileInfo:
    """A stored file as the page names it; ``size`` in bytes."""

    name: str
    type: str
    size: int


@dataclass(frozen=True)
class ShownFile:
    """A file of a field. ``remove`` is the value of the button that takes it away."""

    id: str
    name: str
    size: str
    remove: str


@dataclass(frozen=True)
class ShownNeed:
    """A paper that is needed, in a list of them; ``href`` leads to where it is handed in here."""

    text: str
    where: str
    href: str
    is_given: bool
    is_missing: bool


@dataclass(frozen=True)
class ShownRow:
    """A row of a list; ``number`` counts from nought or is ``ROW_MARK``."""

    number: str
    cells: tuple["ShownField", ...]
    error: str = ""
    is_kept: bool = False
    """It is a row of the case, which stays."""

    @property
    def main_cells(self) -> tuple["ShownField", ...]:
        """The cells in the line."""
        return tuple(cell for cell in self.cells if not cell.asked.more)

    @property
    def more_cells(self) -> tuple["ShownField", ...]:
        """The cells below it."""
        return tuple(cell for cell in self.cells if cell.asked.more)

    @property
    def is_open(self) -> bool:
        """Whether what stands below is unfolded: there is something to correct or to look at."""
        return any(cell.error or cell.warning for cell in self.more_cells)

    @property
    def more_filled(self) -> int:
        """How many of the cells below say something."""
        return sum(cell.is_filled for cell in self.more_cells)

    @property
    def people_number(self) -> str:
        """The number as people count."""
        return str(int(self.number) + 1) if self.number.isdigit() else self.number


@dataclass(frozen=True)
class ChoiceGroup:
    """Choices under one heading; ``step`` is set where they are fields of a step to go back to."""

    step: str
    step_label: str
    label: str
    options: tuple[tuple[int, Option], ...]


@dataclass(frozen=True)
class ShownField:
    """One field as drawn. ``text`` stands in its input, ``reading`` is the answer for reading."""

    asked: Field
    name: str
    hidden: bool
    text: str = ""
    reading: str = NOTHING
    chosen: frozenset[str] = frozenset()
    error: str = ""
    warning: str = ""
    files: tuple[ShownFile, ...] = ()
    rows: tuple[ShownRow, ...] = ()
    template_row: ShownRow | None = None
    totals: Mapping[str, str] = field(default_factory=dict)
    drives: bool = False
    row_label: str = ""
    is_to_change: bool = False
    choice_groups: tuple["ChoiceGroup", ...] = ()
    needs: tuple[ShownNeed, ...] = ()

    @property
    def given(self) -> int:
        """How many of the papers that are needed are there."""
        return sum(one.is_given for one in self.needs)

    @property
    def id(self) -> str:
        """The id of the input, or of the fieldset."""
        return f"f-{self.name}"

    @property
    def kind(self) -> str:
        """How it is drawn: a decision is always big buttons."""
        if self.asked.return_fields:
            return "return-fields"
        if self.asked.papers_from:
            return "papers"
        return "decision" if self.asked.decision else self.asked.kind.value

    @property
    def accepted(self) -> str:
        """The kinds of file that are taken, as people say them: JPG、PDF."""
        kinds = (part.strip() for part in self.asked.accept.split(","))
        return _("、").join(
            kind.lstrip(".").upper() for kind in kinds if kind.startswith(".") and kind != ".jpeg"
        )

    @property
    def described_by(self) -> str:
        """The ids of the texts that explain the input, in reading order."""
        ids = (
            (self.asked.description or self.kind in ("date", "file"), "hint"),
            (self.error, "error"),
            (self.warning, "warning"),
        )
        return " ".join(f"{self.id}-{suffix}" for there, suffix in ids if there)

    @property
    def spoken_label(self) -> str:
        """The label for a screen reader: in a table with the row's number."""
        return f"{self.row_label}{self.asked.label}"

    @property
    def is_kept(self) -> bool:
        """Whether it is a list of what the case has: dense, for what is beside it."""
        return self.asked.keeps_rows or (
            self.asked.fixed_rows and not any(c.is_asked for c in self.asked.row_fields)
        )

    @property
    def main_columns(self) -> tuple[Field, ...]:
        """The columns of the table; the others stand below each row."""
        return tuple(column for column in self.asked.row_fields if not column.more)

    @property
    def more_columns(self) -> tuple[Field, ...]:
        """What is asked below each row."""
        return tuple(column for column in self.asked.row_fields if column.more)

    @property
    def more_words(self) -> str:
        """What is asked below each row, in a few words."""
        labels = [column.label for column in self.more_columns]
        few = _("、").join(labels[:_FEW_LABELS])
        if len(labels) <= _FEW_LABELS:
            return few
        return _("%(few)s等 %(n)s 项", few=few, n=len(labels))

    @property
    def is_long(self) -> bool:
        """Whether the answer needs a line of its own when read."""
        is_text = self.asked.kind is FieldKind.TEXTAREA or "\n" in self.reading
        is_list = self.asked.return_fields or bool(self.asked.papers_from)
        return is_text or is_list or len(self.reading) > _LONG_READING

    @property
    def is_filled(self) -> bool:
        """Whether there is an answer."""
        return bool(
            self.text
            or self.files
            or self.chosen
            or self.needs
            or any(c.is_filled for c in self.inner_cells)
        )

    @property
    def is_passed_over(self) -> bool:
        """Whether a reader need not know of it: asked only under a condition, and not answered."""
        return self.asked.conditional and not self.is_filled

    @property
    def inner_cells(self) -> Iterator["ShownField"]:
        """The cells of a list."""
        return (cell for row in self.rows for cell in row.cells)


@dataclass(frozen=True)
class ShownText:
    """Plain text, a line or empty room (``kind``: text, separator, spacer)."""

    kind: str
    name: str
    text: str
    hidden: bool
    columns: int


@dataclass(frozen=True)
class ShownGroup:
    """A group with its lines; counts are of the fields that must be filled in."""

    kind: str
    name: str
    id: str
    label: str
    folded: bool
    hidden: bool
    columns: int
    lines: tuple[tuple["Shown", ...], ...]
    errors: int
    filled: int
    required: int
    to_change: int = 0

    @property
    def items(self) -> Iterator["Shown"]:
        """Everything directly inside, line after line."""
        return (item for line in self.lines for item in line)

    @property
    def is_passed_over(self) -> bool:
        """Whether nothing inside is worth reading."""
        return all(isinstance(item, ShownText) or item.is_passed_over for item in self.items)

    @property
    def only_tells(self) -> bool:
        """Whether it only shows what is known: nothing in it is filled in."""
        return not any(_asks(item) for item in self.items)


Shown = ShownField | ShownText | ShownGroup


@dataclass(frozen=True)
class ErrorSection:
    """The errors of one section: what was left out, and the rest with their sentences."""

    label: str
    missing: tuple[tuple[str, str], ...]
    others: tuple[tuple[str, str], ...]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.missing) + len(self.others)


@dataclass(frozen=True)
class FormPage:
    """Everything of a form on a page."""

    tabs: tuple[ShownGroup, ...]
    lines: tuple[tuple[Shown, ...], ...]
    errors: tuple[ErrorSection, ...]
    filled: int
    required: int
    to_change: tuple[tuple[str, str], ...] = ()
    """The fields that whoever sent the case back wants changed: anchors with labels."""

    @property
    def papers_missing(self) -> int:
        """How many papers that must be handed in are not there yet."""
        everything = (*self.tabs, *(item for line in self.lines for item in line))
        return sum(one.is_missing for item in everything for one in _needs(item))

    @property
    def error_count(self) -> int:
        """How many things are to be corrected."""
        return sum(section.count for section in self.errors)


@dataclass(frozen=True)
class Given:
    """What a page is made of; ``visible`` None shows everything."""

    form: CompiledForm
    data: Mapping[str, object]
    errors: Sequence[FieldError] = ()
    warnings: Sequence[FieldError] = ()
    visible: frozenset[str] | None = None
    files: Mapping[str, FileInfo] = field(default_factory=dict)
    to_change: frozenset[str] = frozenset()
    today: date | None = None
    kept: Mapping[str, int] = field(default_factory=dict)
    """By list: how many of its first rows are the case's and stay."""


def name_of_pointer(pointer: str) -> str:
    """The post name of the place that a JSON pointer names."""
    steps = pointer.split("/")[1:]
    return ".".join(step.replace("~1", "/").replace("~0", "~") for step in steps)


def build_page(given: Given) -> FormPage:
    """Lay the form out with its answers and errors."""
    return _Builder(given).page()


class _Builder:
    def __init__(self, given: Given) -> None:
        self.given = given
        self.errors = _by_name(given.form, given.errors)
        self.warnings = doubts_by_name(given.form, given.warnings)

    def page(self) -> FormPage:
        """The whole page; groups that are tabs come before what stands beside them."""
        components = self.given.form.components
        shown = self._lines(components)
        tabs = tuple(
            item
            for line in shown
            for item in line
            if isinstance(item, ShownGroup) and item.kind == "tab"
        )
        rest = tuple(
            line
            for line in (tuple(item for item in line if item not in tabs) for line in shown)
            if line
        )
        every = [cell for line in shown for item in line for cell in _required(item)]
        return FormPage(
            tabs,
            rest,
            tuple(_error_sections(self.given)),
            sum(cell.is_filled for cell in every),
            len(every),
            tuple(
                (f"#{cell.id}", cell.asked.label)
                for line in shown
                for item in line
                for cell in _to_change(item)
            ),
        )

    def _lines(self, components: Sequence[Component]) -> tuple[tuple[Shown, ...], ...]:
        lines: list[list[Shown]] = []
        for component in components:
            if isinstance(component, Field) and component.silent:
                continue
            shown = self._shown(component)
            if component.placement.new_row or not lines:
                lines.append([shown])
            else:
                lines[-1].append(shown)
        return tuple(tuple(line) for line in lines)

    def _is_hidden(self, name: str) -> bool:
        return self.given.visible is not None and name not in self.given.visible

    def _shown(self, component: Component) -> Shown:
        name = name_of(component)
        hidden = self._is_hidden(name)
        columns = component.placement.columns
        if isinstance(component, Field):
            return self._field(component, hidden=hidden)
        if isinstance(component, Group):
            return self._group(component, hidden=hidden)
        if isinstance(component, TextView):
            return ShownText("text", name, component.text, hidden, columns)
        kinds = {Separator: "separator", Spacer: "spacer"}
        return ShownText(kinds[type(component)], name, "", hidden, columns)

    def _group(self, group: Group, *, hidden: bool) -> ShownGroup:
        lines = self._lines(group.components)
        cells = [cell for line in lines for item in line for cell in _required(item)]
        errors = sum(_count_errors(item) for line in lines for item in line)
        to_change = sum(1 for line in lines for item in line for _ in _to_change(item))
        return ShownGroup(
            "tab" if group.tab else "group",
            name_of(group),
            f"g-{group.id}",
            group.label,
            group.folded and not errors and not to_change,
            hidden,
            group.placement.columns,
            lines,
            errors,
            sum(cell.is_filled for cell in cells),
            len(cells),
            to_change,
        )

    def _field(self, asked: Field, *, hidden: bool) -> ShownField:
        value = get_at(self.given.data, asked.path)
        if asked.kind is FieldKind.LIST:
            return self._list(asked, hidden=hidden)
        return self._value(asked, asked.key, value, hidden=hidden)

    def _value(
        self, asked: Field, name: str, value: object, *, hidden: bool, row_label: str = ""
    ) -> ShownField:
        value = None if value is MISSING else said_here(self.given.form, asked, value)
        is_file = asked.kind is FieldKind.FILE
        return ShownField(
            self._offered(asked, value),
            name,
            hidden,
            text="" if is_file else self._text(asked, value),
            reading=self._reading(asked, value),
            chosen=_chosen(asked, value),
            error=self.errors.get(name, ""),
            warning=self.warnings.get(name, ""),
            files=self._files(asked, name, value) if is_file else (),
            drives=bool({asked.path[0], name.partition(".")[0]} & self.given.form.drivers),
            row_label=row_label,
            is_to_change=name in self.given.to_change,
            choice_groups=_choice_groups(self.given.form, asked) if asked.return_fields else (),
            needs=shown_needs(self.given.form, value) if asked.papers_from else (),
        )

    def _offered(self, asked: Field, value: object) -> Field:
        """The field with the codes that are in force today, and what was chosen before."""
        today, chosen = self.given.today, _chosen(asked, value)
        if today is None or not asked.options:
            return asked
        offered = tuple(
            option
            for option in asked.options
            if option.is_valid_on(today) or option.value in chosen
        )
        return asked if len(offered) == len(asked.options) else replace(asked, options=offered)

    def _text(self, asked: Field, value: object) -> str:
        has_choices = asked.options or asked.kind in (FieldKind.CHECKBOX, FieldKind.CHECKLIST)
        return "" if has_choices else input_text(asked, value)

    def _reading(self, asked: Field, value: object) -> str:
        if asked.papers_from:
            return NOTHING
        if asked.kind is FieldKind.FILE:
            return (
                _("、").join(file.name for file in self._files(asked, asked.key, value)) or NOTHING
            )
        return shown_value(asked, value)

    def _files(self, asked: Field, name: str, value: object) -> tuple[ShownFile, ...]:
        ids = value if isinstance(value, list) else [value]
        found = []
        for position, file_id in enumerate(item for item in ids if isinstance(item, str) and item):
            info = self.given.files.get(file_id)
            found.append(
                ShownFile(
                    file_id,
                    info.name if info else _("已上传的附件"),
                    shown_size(info.size) if info else "",
                    f"{name}.{position}" if asked.multiple else name,
                )
            )
        return tuple(found)

    def _list(self, asked: Field, *, hidden: bool) -> ShownField:
        rows = rows_of(self.given.data, asked)
        # A table without a row asks for nothing; the rows that must be there stand ready.
        can_grow = asked.is_asked and not asked.fixed_rows
        missing = max(0, (asked.min_items or 0) - len(rows)) if can_grow else 0
        rows = [*rows, *(new_row(asked) for _ in range(missing))]
        kept = self.given.kept.get(asked.key, 0)
        return ShownField(
            asked,
            asked.key,
            hidden,
            error=self.errors.get(asked.key, ""),
            is_to_change=asked.key in self.given.to_change,
            rows=tuple(
                self._row(asked, str(number), row, is_kept=number < kept)
                for number, row in enumerate(rows)
            ),
            warning=self.warnings.get(asked.key, ""),
            template_row=self._row(asked, ROW_MARK, new_row(asked)),
            totals={
                column.name: column_total(column, rows)
                for column in asked.row_fields
                if column.total
            },
        )

    def _row(
        self, asked: Field, number: str, row: Mapping[str, object], *, is_kept: bool = False
    ) -> ShownRow:
        label = _("第 %(n)s 行", n=int(number) + 1) + " " if number.isdigit() else ""
        cells = []
        for column in asked.row_fields:
            known = number.isdigit() and column.hide_if is not None
            gone = known and self._is_hidden(cell_name(asked, int(number), column))
            cells.append(
                self._value(
                    replace(column, readonly=True) if is_kept and column.locked else column,
                    f"{asked.key}.{number}.{column.key}",
                    get_at(row, column.path),
                    hidden=gone and bool(row),
                    row_label=label,
                )
            )
        error = self.errors.get(f"{asked.key}.{number}", "")
        return ShownRow(number, tuple(cells), error, is_kept)


def shown_needs(form: CompiledForm, value: object) -> tuple[ShownNeed, ...]:
    """The papers of a list of those that are needed, as it was computed."""
    rows = value if isinstance(value, list) else []
    of = form.english.of if is_english() else str
    return tuple(
        ShownNeed(
            of(str(row.get("text", ""))),
            of(str(row.get("where", ""))),
            f"#f-{row.get('field')}" if row.get("field") in form.fields else "",
            row.get("given") is True,
            row.get("missing") is True,
        )
        for row in rows
        if isinstance(row, Mapping)
    )


def column_total(column: Field, rows: Sequence[Mapping[str, object]]) -> str:
    """The sum of a column of numbers as shown below it; what is no number counts as nought."""
    total = Decimal(0)
    for row in rows:
        value = get_at(row, column.path)
        total += as_decimal(value) or Decimal(0)
    return show_money(total) if is_money(column) else show_number(total)


def said_here(form: CompiledForm, asked: Field, value: object) -> object:
    """A value as it is drawn: what an expression puts out word for word may be said in English."""
    if asked.kind is FieldKind.COMPUTED and isinstance(value, str) and is_english():
        return form.english.of(value)
    return value


def told_of(form: CompiledForm, message: str) -> str:
    """What is said of an answer, in the language of this request: ours, or the form's own.

    Several sentences of ours stand each in a line of its own.
    """
    if not is_english():
        return message
    own = form.english.of(message)
    if own != message:
        return own
    return "\n".join(form.english.within(spoken(line)) for line in message.split("\n"))


def _by_name(form: CompiledForm, errors: Sequence[FieldError]) -> dict[str, str]:
    found: dict[str, str] = {}
    for error in errors:
        found.setdefault(name_of_pointer(error.pointer), told_of(form, error.message))
    return found


def doubts_by_name(form: CompiledForm, doubts: Sequence[FieldError]) -> dict[str, str]:
    """All that is odd about each field, in one text."""
    found: dict[str, list[str]] = {}
    for doubt in doubts:
        found.setdefault(name_of_pointer(doubt.pointer), []).append(told_of(form, doubt.message))
    return {name: " ".join(dict.fromkeys(messages)) for name, messages in found.items()}


def _chosen(asked: Field, value: object) -> frozenset[str]:
    if asked.kind is FieldKind.CHECKBOX:
        return frozenset({"true"}) if value is True else frozenset()
    if is_empty(value) or asked.kind is FieldKind.FILE:
        return frozenset()
    if isinstance(value, list):
        return frozenset(item for item in value if isinstance(item, str))
    return frozenset({str(value)}) if asked.options else frozenset()


def _required(item: Shown) -> Iterator[ShownField]:
    """The fields and cells inside that must be filled in and are shown."""
    if item.hidden or isinstance(item, ShownText):
        return
    if isinstance(item, ShownGroup):
        for line in item.lines:
            for inner in line:
                yield from _required(inner)
    elif item.asked.kind is FieldKind.LIST and item.rows:
        for cell in item.inner_cells:
            yield from _required(cell)
    elif item.asked.required and item.asked.is_asked:
        yield item


def _needs(item: Shown) -> Iterator[ShownNeed]:
    """The papers that are needed, of every list of them that is shown."""
    if item.hidden or isinstance(item, ShownText):
        return
    if isinstance(item, ShownGroup):
        for line in item.lines:
            for inner in line:
                yield from _needs(inner)
    else:
        yield from item.needs


def _to_change(item: Shown) -> Iterator[ShownField]:
    """The fields inside that are to be changed and are shown."""
    if item.hidden or isinstance(item, ShownText):
        return
    if isinstance(item, ShownGroup):
        for inner in item.items:
            yield from _to_change(inner)
    elif item.is_to_change:
        yield item


def _choice_groups(form: CompiledForm, asked: Field) -> tuple[ChoiceGroup, ...]:
    """The choices by step and heading, each with its place among all."""
    steps = form.return_field
    grouped = groupby(
        enumerate(asked.options), lambda pair: (pair[1].value.partition("/")[0], pair[1].group)
    )
    return tuple(
        ChoiceGroup(step, step if steps is None else steps.label_of(step), label, tuple(options))
        for (step, label), options in grouped
    )


def _asks(item: Shown) -> bool:
    if isinstance(item, ShownGroup):
        return not item.only_tells
    return isinstance(item, ShownField) and item.asked.takes_answers


def _count_errors(item: Shown) -> int:
    if isinstance(item, ShownGroup):
        return item.errors
    if isinstance(item, ShownText):
        return 0
    rows = sum(bool(row.error) for row in item.rows)
    return bool(item.error) + rows + sum(bool(cell.error) for cell in item.inner_cells)


def _error_sections(given: Given) -> Iterator[ErrorSection]:
    """The errors by section, in form order; what belongs to no field comes last."""
    grouped: dict[str, list[FieldError]] = {}
    for error in given.errors:
        grouped.setdefault(_section(given.form, error), []).append(error)
    for label, errors in grouped.items():
        missing = [
            (_anchor(e), _label(given.form, e)) for e in errors if e.code == "required" and e.label
        ]
        others = [
            (_anchor(e), _sentence(given.form, e))
            for e in errors
            if e.code != "required" or not e.label
        ]
        yield ErrorSection(label or given.form.title, tuple(missing), tuple(others))


def _sentence(form: CompiledForm, error: FieldError) -> str:
    """The message, with the field before it where the message does not name it."""
    named = not error.label or f"“{error.label}”" in error.message
    told = told_of(form, error.message)
    return told if named else f"{_label(form, error)}:{told}"


def _label(form: CompiledForm, error: FieldError) -> str:
    return form.english.of(error.label) if is_english() else error.label


def _section(form: CompiledForm, error: FieldError) -> str:
    """The tab that the error stands in; where there are no tabs, the list or the heading."""
    name = name_of_pointer(error.pointer)
    for key, asked in form.fields.items():
        if name == key or name.startswith(f"{key}."):
            is_inside = asked.kind is FieldKind.LIST and name != key
            return _tab_of(form, asked) or (asked.label if is_inside else asked.section)
    return _("其他")


def _tab_of(form: CompiledForm, asked: Field) -> str:
    tabs = (group for group in form.components if isinstance(group, Group) and group.tab)
    return next((tab.label for tab in tabs if asked in fields_of((tab,))), "")


def _anchor(error: FieldError) -> str:
    return f"#f-{name_of_pointer(error.pointer)}"
