"""The tabs of 信访维权: a list for each process of grievances, and the roster."""

from flask import url_for

from engine import Engine
from webapp.shared.items import named
from webapp.shared.language import _
from webapp.shared.navigation import Link
from webapp.standard.grievances import listed

ROSTER = "duty"


def grievance_tabs(engine: Engine, current: str) -> tuple[Link, ...]:
    """Those that are deployed by their names, then 值班表; ``current`` is a key or ROSTER."""
    names = {row.key: named(row.name, row.key) for row in engine.definitions.latest()}
    lists = (
        Link(names[key], url_for("cases.grievances", process=key), key == current)
        for key in listed()
        if key in names
    )
    return (*lists, Link(_("值班表"), url_for("duty.show"), current == ROSTER))
