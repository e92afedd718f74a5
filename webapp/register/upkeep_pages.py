"""The pages 勘误 and 撤回授权 as values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from flask import url_for

from registry.correction import Correctable
from webapp.shared.language import _
from webapp.shared.navigation import Shell
from webapp.shared.page import Page
from webapp.shared.registry_port import Household
from webapp.shared.words import NOTHING


@dataclass(frozen=True)
class CorrectRow:
    """One recorded value with what was typed to replace it."""

    path: str
    label: str
    recorded: str
    options: Mapping[str, str]
    typed: str


@dataclass(frozen=True)
class CorrectPart:
    """The values of one part."""

    title: str
    rows: tuple[CorrectRow, ...]


@dataclass(frozen=True)
class CorrectPage(Page):
    """Recorded errors put right."""

    template: ClassVar[str] = "register/correct.html"

    file_no: str
    head_name: str
    back: str
    seen: int
    parts: tuple[CorrectPart, ...]
    reason: str
    message: str

    @property
    def title(self) -> str:
        """勘误 · 姓名."""
        return f"{_('勘误')} · {self.head_name}"


@dataclass(frozen=True)
class ConsentPage(Page):
    """Consent withdrawn, or given again."""

    template: ClassVar[str] = "register/consent.html"

    file_no: str
    head_name: str
    back: str
    withdrawn_on: str
    reason: str
    message: str

    @property
    def title(self) -> str:
        """授权 · 姓名."""
        return f"{_('授权')} · {self.head_name}"


@dataclass(frozen=True)
class Refused:
    """What was typed into a form that was refused, and why it was."""

    values: Mapping[str, str]
    message: str


NOTHING_TYPED = Refused({}, "")


def correct_page(
    shell: Shell, found: Household, seen: int, fields: Sequence[Correctable], typed: Refused
) -> CorrectPage:
    """The page of one file."""
    titles = dict.fromkeys(field.part for field in fields)
    return CorrectPage(
        shell=shell,
        file_no=found.line.file_no,
        head_name=found.line.head_name,
        back=url_for("register.household", file_no=found.line.file_no),
        seen=seen,
        parts=tuple(
            CorrectPart(
                title,
                tuple(
                    CorrectRow(
                        one.path,
                        one.label,
                        one.recorded or NOTHING,
                        one.options,
                        typed.values.get(one.path, ""),
                    )
                    for one in fields
                    if one.part == title
                ),
            )
            for title in titles
        ),
        reason=typed.values.get("reason", ""),
        message=typed.message,
    )


def consent_page(shell: Shell, found: Household, withdrawn_on: str, typed: Refused) -> ConsentPage:
    """The page of one file."""
    return ConsentPage(
        shell=shell,
        file_no=found.line.file_no,
        head_name=found.line.head_name,
        back=url_for("register.household", file_no=found.line.file_no),
        withdrawn_on=withdrawn_on,
        reason=typed.values.get("reason", ""),
        message=typed.message,
    )
