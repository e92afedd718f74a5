"""The addresses of a household's file on paper (纸质档案)."""

from flask.typing import ResponseReturnValue

from webapp.register.blueprint import register
from webapp.register.volume_page import volume_page
from webapp.shared.navigation import shell
from webapp.shared.page import render
from webapp.shared.requests import current_actor, current_engine, current_registry


@register.get("/households/<file_no>/print")
def volume(file_no: str) -> ResponseReturnValue:
    """The volume to print, personal data masked."""
    actor, registry = current_actor(), current_registry()
    found = registry.household(actor, file_no)
    current_engine().note_access(actor, "household-read", file_no, "打印档案")
    frame = shell("register", actor)
    return render(volume_page(frame, registry, actor, found, is_clear=False))


@register.post("/households/<file_no>/print")
def volume_clear(file_no: str) -> ResponseReturnValue:
    """The same with whole numbers; the registry writes down that they were looked at."""
    actor, registry = current_actor(), current_registry()
    found = registry.household_clear(actor, file_no)
    frame = shell("register", actor)
    return render(volume_page(frame, registry, actor, found, is_clear=True))
