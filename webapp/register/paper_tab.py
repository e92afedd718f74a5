"""The tab 纸质档案: where the volume stands, which papers lie in it, who changed that."""

from collections.abc import Mapping
from dataclasses import dataclass

from registry.paper import PaperArchive
from webapp.shared.words import moment


@dataclass(frozen=True)
class PaperRow:
    """One kind of paper."""

    code: str
    name: str
    sheets: str


@dataclass(frozen=True)
class TracedChange:
    """One change of the entry."""

    number: int
    at: str
    by: str
    told: tuple[str, ...]


@dataclass(frozen=True)
class PaperTab:
    """The volume, and the form to enter it."""

    number: int
    volume_no: str
    box_no: str
    place: str
    note: str
    rows: tuple[PaperRow, ...]
    sheets: int
    trace: tuple[TracedChange, ...]
    may_enter: bool


def paper_tab(archive: PaperArchive, typed: Mapping[str, str]) -> PaperTab:
    """The tab; ``typed`` is what a refused form said and stands before what is stored."""
    return PaperTab(
        number=int(typed.get("seen", "") or archive.number),
        volume_no=typed.get("volume_no", archive.volume_no),
        box_no=typed.get("box_no", archive.box_no),
        place=typed.get("place", archive.place),
        note=typed.get("note", archive.note),
        rows=tuple(
            PaperRow(
                line.code,
                line.name,
                typed.get(f"sheets.{line.code}", str(line.sheets) if line.sheets else ""),
            )
            for line in archive.lines
        ),
        sheets=archive.sheets,
        trace=tuple(
            TracedChange(one.number, moment(one.at), one.by_name, tuple(one.told))
            for one in archive.trace
        ),
        may_enter=archive.may_enter,
    )
