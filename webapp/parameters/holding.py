"""Which row of a parameter holds where and when, and what stands in the form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from engine import Engine
from engine.model.organisations import Organisation
from engine.store.settings import Parameter
from webapp.shared.language import _, is_english
from webapp.standard.parameters import Subject

EVERYWHERE = "all"


@dataclass(frozen=True)
class Typed:
    """What stands in the form."""

    place: str
    since: str
    value: str
    reason: str = ""
    document: str = ""
    to_running: bool = False


def held_on(rows: Sequence[Parameter], place: str | None, on: date) -> Parameter | None:
    """The row of exactly this place that holds on a day: the latest, and of a day the last."""
    of_place = [row for row in rows if row.organisation_id == place and row.valid_from <= on]
    return max(of_place, key=lambda row: (row.valid_from, row.id), default=None)


def inherited(rows: Sequence[Parameter], area: str | None, on: date) -> Parameter | None:
    """What holds for a place without its own value: that of its area, or everybody's."""
    of_area = None if area is None else held_on(rows, area, on)
    return of_area or held_on(rows, None, on)


def place_name(place: str | None, names: Mapping[str, str]) -> str:
    """The name of a place; the whole city where there is none."""
    return _("全市") if place is None else names.get(place, place)


def subject_title(subject: Subject) -> str:
    """Its name in the reader's language."""
    return subject.title_en if is_english() else subject.title


def of_level(engine: Engine, level: str | None) -> list[Organisation]:
    """The organisations of a level, in the order of their codes; of none none."""
    if level is None:
        return []
    found = [one for one in engine.directory.organisations().values() if one.level == level]
    return sorted(found, key=lambda one: one.code)
