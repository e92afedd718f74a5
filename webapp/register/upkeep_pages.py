"""The pages 认定复核 and 撤回授权 as values; what a refused form of this kind keeps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from flask import url_for

from registry.deciding import Deciding, Review
from registry.money import Sum
from webapp.shared.language import _
from webapp.shared.navigation import Shell
from webapp.shared.page import Page
from webapp.shared.registry_port import Household
from webapp.shared.words import NOTHING


@dataclass(frozen=True)
class DecidePage(Page):
    """The category decided again."""

    template: ClassVar[str] = "register/decide.html"

    file_no: str
    head_name: str
    back: str
    seen: int
    category: str
    proposed: str
    review: str
    sums: tuple[tuple[str, str, str], ...]
    choices: Mapping[str, str]
    chosen: str
    reason: str
    message: str

    @property
    def title(self) -> str:
        """认定复核 · 姓名."""
        return f"{_('认定复核')} · {self.head_name}"


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


def review_words(review: Review) -> str:
    """What waits for a new look, as one sentence."""
    return _(
        "第 %(n)s 版(%(day)s)起更正过认定依据:%(what)s。认定类型须由分管副主席重新核对。",
        n=review.version,
        day=review.since,
        what=_("、").join(review.what),
    )


def decide_page(
    shell: Shell, found: Household, it: Deciding, sums: Sequence[Sum], typed: Refused
) -> DecidePage:
    """The page of one file; ``sums`` are the figures behind the category."""
    return DecidePage(
        shell=shell,
        file_no=found.line.file_no,
        head_name=found.line.head_name,
        back=url_for("register.household", file_no=found.line.file_no),
        seen=it.version,
        category=it.category_words or NOTHING,
        proposed=it.proposed_words or NOTHING,
        review="" if it.review is None else review_words(it.review),
        sums=tuple((one.label, one.text, one.doubt) for one in sums),
        choices=it.choices,
        chosen=typed.values.get("category", ""),
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
