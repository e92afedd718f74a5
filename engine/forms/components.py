"""The parts of a form as values: what is asked, how it is laid out.

A form is a tree. Groups, texts, separators and spacers only lay out; fields ask. A field of kind
``LIST`` asks for rows and has fields of its own, the columns of its table. Widths are in the 16
columns of form-js; ``new_row`` says that the component begins a line of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from engine.feel import EvaluationContext
from engine.forms.conditions import Computation, Condition

TEXT_SUFFIX = "_text"
"""A code ``health`` is stored with its text beside it, as ``health_text``."""

GRID_COLUMNS = 16
"""How many columns a line has, as in form-js."""


class FieldKind(StrEnum):
    """What a field asks for."""

    TEXT = "text"
    TEXTAREA = "textarea"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    SELECT = "select"
    RADIO = "radio"
    CHECKBOX = "checkbox"
    CHECKLIST = "checklist"
    FILE = "file"
    LIST = "list"
    COMPUTED = "computed"


class TextFormat(StrEnum):
    """What a text must be, beyond a text; the values of our property ``format``."""

    RESIDENT_ID = "cn-id"
    IDENTITY_DOCUMENT = "id-document"
    CREDIT_CODE = "uscc"
    BANK_ACCOUNT = "bank-account"
    MOBILE = "mobile"
    PHONE = "phone"
    NAME = "name"


class Personal(StrEnum):
    """Which kind of personal data a field holds: decides how it is masked (our ``pii``)."""

    NAME = "name"
    ID = "id"
    PHONE = "phone"
    ACCOUNT = "account"
    ADDRESS = "address"
    TEXT = "text"


UNITS_BELOW = "below"
"""Value of ``units``: the organisations directly below the one that does the step."""


class Filler(StrEnum):
    """Who fills a form in; a component may be for one of them only (our ``onlyFor``)."""

    STAFF = "staff"
    GUEST = "guest"


class AttributeUse(StrEnum):
    """What a case attribute is copied for (our ``attribute``)."""

    SEARCH = "search"
    REPORT = "report"
    BOTH = "both"


@dataclass(frozen=True)
class Option:
    """One choice: the stored value and what people read; ``group`` is a heading above some.

    A code of a list may be in force from a day or up to and including one; before and after it
    stays readable and is not offered. ``aliases`` are what people write for it in their sheets.
    """

    value: str
    label: str
    group: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    aliases: tuple[str, ...] = field(default=(), compare=False)
    """No part of what the choice is: one form may know more of them than another."""

    def is_valid_on(self, day: date) -> bool:
        """Whether it is offered on this day."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class Rule:
    """What must hold between answers: false is an error where it ``refuses``, else only said."""

    condition: Condition
    message: str
    refuses: bool
    words: Condition | None = None
    """The message where it is an expression: it can name what is wrong."""

    @property
    def names(self) -> frozenset[str]:
        """The variables that it reads."""
        return self.condition.names | (self.words.names if self.words else frozenset())

    def message_for(self, facts: Mapping[str, object], context: EvaluationContext) -> str:
        """What is said where it does not hold."""
        said = self.words.value(facts, context) if self.words else self.message
        return said if isinstance(said, str) and said else "请核对这一项。"


@dataclass(frozen=True)
class Placement:
    """Where a component stands: its width in sixteenths and whether a new line begins."""

    columns: int = GRID_COLUMNS
    new_row: bool = True


@dataclass(frozen=True)
class Field:
    """One thing that is asked.

    ``path`` leads to the value from the root of the data, for a column of a list from the root of
    the row; ``key`` is the path with dots. ``hide_if`` is the field's own condition;
    ``conditional`` is also true where a group around it has one. ``decimals`` is the largest
    number of digits after the point, None for any. ``codes`` names the code list that the options
    are, empty where they are none. A column with ``more`` stands below its row, unfolded on demand.
    ``from_id`` names the identity number beside it that says the answer where none was given.
    """

    id: str
    path: tuple[str, ...]
    label: str
    kind: FieldKind
    placement: Placement = Placement()
    required: bool = False
    readonly: bool = False
    description: str = ""
    section: str = ""
    options: tuple[Option, ...] = ()
    codes: str = ""
    default: object = None
    example: object = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    decimals: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    format: TextFormat | None = None
    unit: str = ""
    prefix: str = ""
    pii: Personal | None = None
    decision: bool = False
    return_targets: bool = False
    return_fields: bool = False
    units: str = ""
    """Which organisations are its choices (``units``), as the directory is when it is asked."""
    attribute: AttributeUse | None = None
    hide_if: Condition | None = None
    conditional: bool = False
    expression: Computation | None = None
    rules: tuple[Rule, ...] = ()
    row_fields: tuple["Field", ...] = ()
    more: bool = False
    from_id: str = ""
    fixed_rows: bool = False
    """A list whose rows are those the case knows: its locked columns stay, none comes or goes."""
    min_items: int | None = None
    max_items: int | None = None
    total: bool = False
    multiple: bool = False
    accept: str = ""
    max_size_mb: int | None = None
    no_numbers: bool = False
    """A paper in which no number of a person may be read (our ``scan``)."""
    only_for: Filler | None = None
    silent: bool = False
    """A computed field without a label: worked out and kept, and not shown."""
    papers: tuple[str, ...] = ()
    """The codes of the papers that a file field holds (our ``paper``)."""
    papers_from: str = ""
    """The decision that says which papers are needed (our ``papersFrom``)."""
    prefill: Condition | None = None
    """What stands there when the form is opened, worked out anew each time."""
    keeps_rows: bool = False
    """A list whose rows that the case has stay: they can be added to, not taken away."""
    locked: bool = False
    """A column of such a list that is answered in new rows only."""
    signs: str = ""
    """A column in which stands who gave the answer of this other column."""
    copy_from: str = ""
    """The column whose answers the page offers to copy into empty cells of this one."""
    compartment: str = ""
    """Which of a case's compartments the answer lies in; empty for none (our ``compartment``)."""
    templates: tuple[tuple[str, str], ...] = ()
    """Texts that a button inserts: its name and the text (our ``text:…``)."""
    keep: bool = False
    """Left empty or hidden it leaves what the case has, instead of emptying it."""

    @property
    def key(self) -> str:
        """The path with dots: the name of the field in the form."""
        return ".".join(self.path)

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path[-1]

    @property
    def columns(self) -> int:
        """The width in sixteenths of a line."""
        return self.placement.columns

    @property
    def is_numeric(self) -> bool:
        """Whether the value is a number."""
        return self.kind in (FieldKind.NUMBER, FieldKind.MONEY)

    @property
    def finds_persons(self) -> bool:
        """Whether a number is asked by which a person's earlier cases can be found."""
        is_kept = self.attribute in (AttributeUse.SEARCH, AttributeUse.BOTH)
        return is_kept and self.is_asked and self.pii in (Personal.ID, Personal.PHONE)

    @property
    def is_choice(self) -> bool:
        """Whether one of the options is chosen."""
        return self.kind in (FieldKind.SELECT, FieldKind.RADIO)

    @property
    def is_asked(self) -> bool:
        """Whether the person who fills in the form gives the value."""
        return self.kind is not FieldKind.COMPUTED and not self.readonly

    @property
    def takes_answers(self) -> bool:
        """Whether something of it is given: not of a list of which each column is only shown."""
        if self.kind is FieldKind.LIST:
            return self.is_asked and any(column.is_asked for column in self.row_fields)
        return self.is_asked

    def column(self, name: str) -> "Field | None":
        """The column of a list with this name."""
        return next((column for column in self.row_fields if column.name == name), None)

    @property
    def text_name(self) -> str:
        """Under which name the text of a code is stored beside it (our ``codes``)."""
        return f"{self.name}{TEXT_SUFFIX}"

    def label_of(self, value: object) -> str:
        """What people read for a chosen value; the value itself where it is no option."""
        return next((option.label for option in self.options if option.value == value), str(value))


@dataclass(frozen=True)
class Group:
    """Components under one heading; as a tab (``tab``) or closed at first (``folded``)."""

    id: str
    label: str
    components: tuple["Component", ...]
    placement: Placement = Placement()
    tab: bool = False
    folded: bool = False
    hide_if: Condition | None = None
    only_for: Filler | None = None


@dataclass(frozen=True)
class TextView:
    """Plain text for the reader; no markup."""

    id: str
    text: str
    placement: Placement = Placement()
    hide_if: Condition | None = None
    only_for: Filler | None = None


@dataclass(frozen=True)
class Separator:
    """A thin line."""

    id: str
    placement: Placement = field(default_factory=Placement)
    hide_if: Condition | None = None
    only_for: Filler | None = None


@dataclass(frozen=True)
class Spacer:
    """Empty room."""

    id: str
    placement: Placement = field(default_factory=Placement)
    hide_if: Condition | None = None
    only_for: Filler | None = None


Component = Field | Group | TextView | Separator | Spacer


def walk(components: Sequence[Component]) -> Iterator[Component]:
    """All components of the tree in the order of the form, a group before its content."""
    for component in components:
        yield component
        if isinstance(component, Group):
            yield from walk(component.components)


def fields_of(components: Sequence[Component]) -> Iterator[Field]:
    """All fields in the order of the form; the columns of lists not among them."""
    return (component for component in walk(components) if isinstance(component, Field))
