"""The tab 帮扶记录: what was given, by year, and the form to enter more."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from engine.model.ids import new_id
from registry.help_given import HelpGiven
from registry.vocabulary import HELP_KINDS, HELP_SOURCES, LEVELS
from webapp.shared.words import NOTHING, day, moment

FIELDS = ("kind", "given_on", "amount", "goods", "source", "level", "payer", "note")


@dataclass(frozen=True)
class HelpRow:
    """One entry."""

    id: str
    given_on: str
    kind: str
    what: str
    amount: str
    source: str
    level: str
    payer: str
    note: str
    entered: str
    is_counter: bool
    is_taken_back: bool
    is_recovery: bool


@dataclass(frozen=True)
class HelpYear:
    """One year."""

    year: int
    amount: str
    times: int


@dataclass(frozen=True)
class HelpTab:
    """What was given, and what was typed into the form so far."""

    rows: tuple[HelpRow, ...]
    years: tuple[HelpYear, ...]
    total: str
    may_enter: bool
    why_not: str
    entry_id: str
    typed: Mapping[str, str]
    kinds: Mapping[str, str]
    sources: Mapping[str, str]
    levels: Mapping[str, str]


def help_tab(help_given: HelpGiven, typed: Mapping[str, str]) -> HelpTab:
    """The tab; ``typed`` is what a refused form said."""
    return HelpTab(
        rows=tuple(
            HelpRow(
                id=line.id,
                given_on=day(line.given_on),
                kind=line.kind,
                what=line.goods or NOTHING,
                amount=_yuan(line.cents) if line.cents else NOTHING,
                source=line.source,
                level=line.level,
                payer=line.payer,
                note=line.note or NOTHING,
                entered=f"{line.entered_by} {moment(line.entered_at)}".strip(),
                is_counter=line.is_counter,
                is_taken_back=line.is_taken_back,
                is_recovery=line.is_recovery,
            )
            for line in help_given.lines
        ),
        years=tuple(HelpYear(one.year, _yuan(one.cents), one.times) for one in help_given.years),
        total=_yuan(sum(one.cents for one in help_given.years)),
        may_enter=help_given.may_enter,
        why_not=help_given.why_not,
        entry_id=typed.get("entry", "") or new_id(),
        typed={name: typed.get(name, "") for name in FIELDS},
        kinds=HELP_KINDS,
        sources=HELP_SOURCES,
        levels=LEVELS,
    )


def _yuan(cents: int) -> str:
    return f"{Decimal(cents) / 100:,.2f} 元"
