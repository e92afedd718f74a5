"""The tab 办件轨迹: the cases that wrote the file, open ones about its people, reports on it."""

from dataclasses import dataclass, replace

from flask import url_for

from engine.model.cases import CaseLine
from registry.files import CaseTrace
from webapp.shared.items import named
from webapp.shared.language import _
from webapp.shared.words import CASE_STATES, NOTHING, moment


@dataclass(frozen=True)
class TracedCase:
    """One case."""

    href: str
    number: str
    title: str
    process: str
    unit: str
    state: str
    state_words: str
    steps: str
    started: str
    ended: str
    wrote: str
    came_of: str = ""


@dataclass(frozen=True)
class TraceTab:
    """The cases; ``hidden`` counts those that wrote the file and may not be seen.

    ``reports`` look into what was said against it.
    """

    wrote: tuple[TracedCase, ...]
    elsewhere: tuple[TracedCase, ...]
    hidden: int
    reports: tuple[TracedCase, ...]


def trace_tab(trace: CaseTrace) -> TraceTab:
    """The tab."""
    return TraceTab(
        wrote=tuple(_case(line, numbers) for line, numbers in trace.wrote),
        elsewhere=tuple(_case(line, ()) for line in trace.open_elsewhere),
        hidden=trace.hidden,
        reports=tuple(replace(_case(line, ()), came_of=came_of) for line, came_of in trace.reports),
    )


def _case(line: CaseLine, numbers: tuple[int, ...]) -> TracedCase:
    return TracedCase(
        href=url_for("cases.show", case_id=line.id),
        number=line.number,
        title=line.title,
        process=named(line.process_name),
        unit=line.organisation_name,
        state=line.status,
        state_words=str(CASE_STATES.get(line.status, line.status)),
        steps=_("、").join(map(named, line.steps)) or NOTHING,
        started=moment(line.created_at),
        ended=moment(line.ended_at),
        wrote=_("、").join(str(one) for one in numbers),
    )
