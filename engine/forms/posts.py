"""An HTML form post read into the data of a form, and the buttons that add and remove rows.

Names are keys with dots: ``name``, ``address.city``, ``members.0.id_no``. Names that begin with
an underscore are ours: ``_row`` says that a row stands on the page even if nothing in it was
filled in; ``_add``, ``_remove`` and ``_paste`` are buttons, ``_pasted.members`` is the text to
paste. Nothing is validated here: a number or date that
cannot be read stays the text it was, so that drafts lose nothing.
"""

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass

from engine.forms.components import Field, FieldKind
from engine.forms.pasting import read_pasted
from engine.forms.paths import MISSING, get_at, set_at
from engine.forms.rows import is_blank, new_row
from engine.forms.values import as_decimal, clean_text, read_date, to_json_number
from engine.forms.visibility import Answers
from engine.model.english import NO_ENGLISH, English

Post = Mapping[str, Sequence[str]]

MOST_ROWS = 2000
"""Rows that are read from one post; more are not kept."""

_LARGEST_NUMBER_TEXT = 40


@dataclass(frozen=True)
class RowAction:
    """A button of the page: ``add`` or ``paste`` rows, ``remove`` a row or a file.

    ``position`` counts from nought; it is None for adding and for a single file. ``text`` is what
    is pasted.
    """

    verb: str
    key: str
    position: int | None = None
    text: str = ""


def read_post(fields: Sequence[Field], post: Post) -> Answers:
    """The data of a post; blank fields are left out, boxes that are not ticked are false."""
    data: Answers = {}
    for asked in fields:
        if not asked.is_asked:
            continue
        if asked.kind is FieldKind.LIST:
            set_at(data, asked.path, _read_rows(asked, post))
            continue
        value = _read_value(asked, post.get(asked.key, ()))
        if value is not MISSING:
            set_at(data, asked.path, value)
    return data


def find_row_action(post: Post) -> RowAction | None:
    """The row button that sent the post, None where it was another button."""
    for verb in ("add", "remove"):
        for text in post.get(f"_{verb}", ()):
            action = _row_action(verb, text)
            if action is not None:
                return action
    for key in post.get("_paste", ()):
        if key:
            return RowAction("paste", key, text="\n".join(post.get(f"_pasted.{key}", ())))
    return None


def _row_action(verb: str, text: str) -> RowAction | None:
    key, _, last = text.rpartition(".")
    if verb == "add":
        return RowAction(verb, text) if text else None
    if key and re.fullmatch(r"\d{1,6}", last):
        return RowAction(verb, key, int(last))
    return RowAction(verb, text) if text else None


def apply_row_action(
    fields: Sequence[Field],
    data: Mapping[str, object],
    action: RowAction,
    english: English = NO_ENGLISH,
) -> Answers:
    """The data after the button; an action that fits no list and no file changes nothing.

    What is pasted may call columns and choices as they are in ``english`` too.
    """
    changed = deepcopy(dict(data))
    asked = next((f for f in fields if f.key == action.key), None)
    if asked is None or asked.kind not in (FieldKind.LIST, FieldKind.FILE) or not asked.is_asked:
        return changed
    if asked.fixed_rows:
        return changed
    present = get_at(changed, asked.path)
    items = list(present) if isinstance(present, list) else []
    if action.verb == "paste":
        if asked.kind is FieldKind.LIST:
            filled = [
                row
                for row in items
                if isinstance(row, dict) and (asked.keeps_rows or not is_blank(asked, row))
            ]
            pasted = read_pasted(asked, action.text, first_row=len(filled), english=english)
            rows = [{**new_row(asked), **row} for row in pasted.rows]
            set_at(changed, asked.path, [*filled, *rows])
        return changed
    if action.verb == "add":
        if asked.kind is FieldKind.LIST and len(items) < (asked.max_items or MOST_ROWS):
            set_at(changed, asked.path, [*items, new_row(asked)])
        return changed
    if action.position is None:
        set_at(changed, asked.path, [] if isinstance(present, list) else "")
    elif action.position < len(items):
        set_at(changed, asked.path, [*items[: action.position], *items[action.position + 1 :]])
    return changed


def _read_rows(asked: Field, post: Post) -> list[object]:
    """The rows of a list in the order of their numbers; gaps close up."""
    prefix = f"{asked.key}."
    numbers: set[int] = set()
    for name in (*post, *post.get("_row", ())):
        if name.startswith(prefix):
            number = name[len(prefix) :].partition(".")[0]
            if re.fullmatch(r"[0-9]{1,6}", number):
                numbers.add(int(number))
    return [_read_row(asked, f"{prefix}{number}.", post) for number in sorted(numbers)[:MOST_ROWS]]


def _read_row(asked: Field, prefix: str, post: Post) -> Answers:
    row: Answers = {}
    for column in asked.row_fields:
        if not column.is_asked:
            continue
        value = _read_value(column, post.get(prefix + column.key, ()))
        if value is not MISSING:
            set_at(row, column.path, value)
    return row


def _read_value(asked: Field, texts: Sequence[str]) -> object:
    if asked.kind is FieldKind.CHECKBOX:
        return any(text not in ("", "false") for text in texts)
    filled = [cleaned for text in texts if (cleaned := clean_text(text))]
    if asked.kind is FieldKind.CHECKLIST or asked.multiple:
        return list(dict.fromkeys(filled)) if filled else MISSING
    if not filled:
        return MISSING
    return _read_text(asked, filled[-1])


def _read_text(asked: Field, text: str) -> object:
    if asked.is_numeric:
        number = as_decimal(text) if len(text) <= _LARGEST_NUMBER_TEXT else None
        return text if number is None else to_json_number(number)
    if asked.kind is FieldKind.DATE:
        day = read_date(text)
        return text if day is None else day.isoformat()
    return text
