"""What the page of a case says of its compartments: who may read them, who asked, who answers."""

from dataclasses import dataclass

from engine import Actor, Engine
from engine.model.confidentiality import Degree
from engine.work.letting_in import SHORTEST_REASON, Request
from webapp.shared.language import _
from webapp.shared.words import day, moment


@dataclass(frozen=True)
class AskedRow:
    """What somebody asked to read, and what was answered."""

    id: int
    what: str
    by: str
    at: str
    reason: str
    answer: str
    may_answer: bool


@dataclass(frozen=True)
class SealedBox:
    """How closely the case is kept; ``closed`` are compartments she may ask for, with names."""

    degree: str
    closed: tuple[tuple[str, str], ...]
    open: tuple[str, ...]
    requests: tuple[AskedRow, ...]
    days: int
    shortest: int


def sealed_box(engine: Engine, actor: Actor, case_id: str) -> SealedBox | None:
    """None for an ordinary case."""
    found = engine.compartments.of(actor, case_id)
    if found.degree is Degree.ORDINARY:
        return None
    return SealedBox(
        degree=_("密封") if found.degree is Degree.SEALED else _("保密"),
        closed=tuple((name, found.labels.get(name, name)) for name in found.closed),
        open=tuple(found.labels.get(name, name) for name in found.open),
        requests=tuple(_row(one, found.labels.get(one.compartment, "")) for one in found.requests),
        days=found.days,
        shortest=SHORTEST_REASON,
    )


def _row(one: Request, what: str) -> AskedRow:
    return AskedRow(
        one.id, what, one.by_name, moment(one.at), one.reason, _answered(one), one.may_answer
    )


def _answered(one: Request) -> str:
    if one.granted is None:
        return _("待答复")
    if one.granted:
        until = "" if one.until is None else day(one.until)
        return _(
            "%(by)s同意,可查看到 %(until)s:%(why)s",
            by=one.answered_by_name,
            until=until,
            why=one.answer,
        )
    return _("%(by)s未同意:%(why)s", by=one.answered_by_name, why=one.answer)
