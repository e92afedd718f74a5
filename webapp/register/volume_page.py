"""A household's file on A4: cover, the form, the list of papers, the closing note."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from flask import url_for
from markupsafe import Markup

from engine import Actor
from engine.work.federation_settings import Setting
from registry.national import Block
from webapp.shared.addresses import outside
from webapp.shared.navigation import Shell
from webapp.shared.page import Page
from webapp.shared.qr_codes import qr_code
from webapp.shared.registry_port import Household, RegistryPort
from webapp.shared.requests import current_engine
from webapp.shared.words import day, moment
from webapp.standard.parameters import standard_parameters

RETENTION = Setting("retention years", "30", "档案封面的保管期限", "Cover of a volume")

_IN_MEMBER_TABLE = (
    "relation",
    "name",
    "sex",
    "id_number",
    "health",
    "occupation",
    "place",
    "income_month",
    "living_together",
)
_FEWEST_MEMBERS, _FEWEST_PAPERS = 5, 18


@dataclass(frozen=True)
class Cell:
    """A label with what is written beside it."""

    label: str
    value: str


@dataclass(frozen=True)
class ListedPaper:
    """One line of 卷内目录; blank ones are filled by hand."""

    number: int
    name: str
    sheets: str


@dataclass(frozen=True)
class ListedVersion:
    """One version of the file."""

    number: int
    at: str
    by: str
    reason: str


@dataclass(frozen=True)
class VolumePage(Page):
    """The volume."""

    template: ClassVar[str] = "register/volume.html"

    file_no: str
    head_name: str
    unit: str
    category: str
    national_no: str
    opened: str
    volume_no: str
    box_no: str
    place: str
    sheets: int
    kept_for: str
    form: tuple[tuple[Cell, ...], ...]
    member_labels: tuple[str, ...]
    members: tuple[tuple[str, ...], ...]
    sums: tuple[tuple[Cell, ...], ...]
    papers: tuple[ListedPaper, ...]
    versions: tuple[ListedVersion, ...]
    printed_at: str
    printed_by: str
    is_clear: bool
    back: str
    code: Markup

    @property
    def title(self) -> str:
        """Printed as the federation says it, whatever language the pages have."""
        return "困难职工档案"


def _kept_for() -> str:
    """How long the volume is kept, as the federation's schedule says it."""
    value = str(current_engine().settings.read(RETENTION))
    return standard_parameters()[RETENTION.name].choices.get(value, value)


def volume_page(
    shell: Shell, registry: RegistryPort, actor: Actor, found: Household, *, is_clear: bool
) -> VolumePage:
    """The volume of a file; the code at the foot leads to it, for whoever may see it."""
    line = found.line
    archive = registry.papers.of_file(actor, line.file_no)
    head, *members, sums = registry.files.form(actor, line.file_no, is_clear=is_clear)
    return VolumePage(
        shell=shell,
        file_no=line.file_no,
        head_name=line.head_name,
        unit=line.organisation_name,
        category=line.category,
        national_no=line.national_no,
        opened=day(line.opened_on),
        volume_no=archive.volume_no,
        box_no=archive.box_no,
        place=archive.place,
        sheets=archive.sheets,
        kept_for=_kept_for(),
        form=_in_rows([Cell(one.label, one.value) for one in head.entries], 3),
        member_labels=_member_labels(members),
        members=_members(members),
        sums=_in_rows([Cell(one.label, one.value or "—") for one in sums.entries], 3),
        papers=_papers([(one.name, one.sheets) for one in archive.lines if one.sheets]),
        versions=tuple(
            ListedVersion(one.number, moment(one.at), one.by_name, one.reason)
            for one in reversed(found.versions)
        ),
        printed_at=moment(current_engine().clock.now()),
        printed_by=actor.name,
        is_clear=is_clear,
        back=url_for("register.household", file_no=line.file_no),
        code=qr_code(outside(url_for("register.household", file_no=line.file_no)), "档案的二维码"),
    )


def _in_rows(cells: Sequence[Cell], width: int) -> tuple[tuple[Cell, ...], ...]:
    """Cells side by side; the last row is filled up."""
    filled = [*cells, *([Cell("", "")] * (-len(cells) % width))]
    return tuple(tuple(filled[at : at + width]) for at in range(0, len(filled), width))


def _member_labels(members: Sequence[Block]) -> tuple[str, ...]:
    if not members:
        return ("与户主关系", "姓名", "身份证号", "健康状况", "人员身份", "单位或学校")
    return tuple(one.label for one in members[0].entries if _key(one.key) in _IN_MEMBER_TABLE)


def _members(members: Sequence[Block]) -> tuple[tuple[str, ...], ...]:
    """One row each, with blank rows for those who are added by hand."""
    rows = [
        tuple(one.value for one in block.entries if _key(one.key) in _IN_MEMBER_TABLE)
        for block in members
    ]
    blank = ("",) * len(_member_labels(members))
    return (*rows, *([blank] * max(0, _FEWEST_MEMBERS - len(rows))))


def _key(path: str) -> str:
    return path.rpartition(".")[2]


def _papers(received: Sequence[tuple[str, int]]) -> tuple[ListedPaper, ...]:
    listed = [
        ListedPaper(number, name, str(sheets))
        for number, (name, sheets) in enumerate(received, start=1)
    ]
    more = range(len(listed) + 1, max(_FEWEST_PAPERS, len(listed)) + 1)
    return (*listed, *(ListedPaper(number, "", "") for number in more))
