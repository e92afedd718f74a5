"""What is typed into the forms of the directory, and what is told after a change."""

from datetime import date

from engine.errors import Invalid
from webapp.shared.language import _


def day_typed(text: str) -> date | None:
    """A day; None where nothing was typed. Invalid, with a sentence, for anything else."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(f"日期“{text[:20]}”看不懂,请写成 2026-11-16 这样,未保存。") from None


def told_of(moved: int) -> str:
    """How many open steps go elsewhere now; nothing where none does."""
    return _("%(n)s 个未办环节已转给新的办理单位。", n=moved) if moved else ""
