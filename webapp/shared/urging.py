"""How the people of a late step were urged: reminders and orders, in words."""

from collections.abc import Sequence

from flask import url_for

from engine.model.reminders import Reminded
from engine.store.subjects import CaseAbout
from webapp.shared.language import _
from webapp.shared.navigation import Link
from webapp.shared.words import moment


def reminded_words(found: Reminded | None) -> str:
    """How often its people were reminded, and when last; empty for never."""
    if found is None:
        return ""
    last = moment(found.at)[5:10]
    return _("催办 %(n)s 次,%(day)s %(by)s", n=found.times, day=last, by=found.by_name)


def order_links(found: Sequence[CaseAbout]) -> tuple[Link, ...]:
    """The orders about a step; those opened by mistake are left out."""
    return tuple(
        Link(one.case_number, url_for("cases.show", case_id=one.case_id))
        for one in found
        if one.status != "cancelled"
    )
