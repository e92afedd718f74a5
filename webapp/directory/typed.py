"""What is typed into the forms of the directory, kept where it is refused, and what is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from flask import request

from engine.errors import Invalid, Refused
from engine.work.fields import wrong
from webapp.shared.language import _


@dataclass(frozen=True)
class Wrong:
    """A form that was refused: which one, why, at which fields, and what was typed into it.

    A page has several forms; the others show what they usually do.
    """

    form: str = ""
    message: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)

    def is_of(self, form: str) -> bool:
        """Whether it is this form."""
        return self.form == form

    def value(self, form: str, name: str, usual: str = "") -> str:
        """What stands in a field: what was typed, else what it usually begins with."""
        return self.typed.get(name, "") if self.is_of(form) else usual

    def error(self, form: str, name: str) -> str:
        """The sentence at a field; empty where nothing is wrong with it."""
        return self.fields.get(name, "") if self.is_of(form) else ""

    def note(self, form: str) -> str:
        """The sentence above the fields: where none of them has it, or several are wrong."""
        return self.message if self.is_of(form) and len(self.fields) != 1 else ""


NOTHING_WRONG = Wrong()


def wrong_of(form: str, refused: Refused, blames: str) -> Wrong:
    """The refusal of a form; ``blames`` is the field of a refusal that names none."""
    errors = refused.errors if isinstance(refused, Invalid) else ()
    fields = {one.pointer.removeprefix("/"): one.message for one in errors}
    if not fields and blames:
        fields = {blames: refused.message}
    typed = {name: value.strip() for name, value in request.form.items()}
    return Wrong(form, refused.message, fields, typed)


def text_typed(name: str) -> str:
    """A text field of the form."""
    return request.form.get(name, "").strip()


def day_typed(name: str) -> date | None:
    """A day; None where nothing was typed. Invalid, with a sentence, for anything else."""
    text = text_typed(name)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise wrong(name, f"日期“{text[:20]}”看不懂,请写成 2026-11-16 这样,未保存。") from None


def told_of(moved: int) -> str:
    """How many open steps go elsewhere now; nothing where none does."""
    return _("%(n)s 个未办环节已转给新的办理单位。", n=moved) if moved else ""
