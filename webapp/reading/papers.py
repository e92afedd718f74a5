"""The papers of a case for the viewer, under what each was needed for; what is missing too."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from engine.model.cases import StoredFile
from engine.model.papers import GivenPaper, PaperCheck, RequiredPaper
from engine.work.submissions import Submission
from webapp.forms.shown import in_language, shown_size
from webapp.shared.items import named
from webapp.shared.language import _
from webapp.shared.words import moment

_PDF = "application/pdf"

PICTURES = frozenset(
    {"image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp", "image/heic"}
)
"""What is shown as a picture; how, is in :mod:`webapp.reading.pictures`."""


@dataclass(frozen=True)
class Paper:
    """One paper. ``kind`` is image, pdf or other: what a browser can show of it.

    ``checks`` are who ticked it off in the steps before; ``is_checked`` whether it is in this one.
    ``is_again``: it stands further up already, for another of the papers that are needed.
    """

    id: str
    name: str
    label: str
    size: str
    kind: str
    href: str
    download: str
    came: str = ""
    checks: tuple[str, ...] = ()
    is_checked: bool = False
    is_again: bool = False


@dataclass(frozen=True)
class PaperGroup:
    """The papers for one thing that is needed; without a heading where nothing asks by kind.

    ``state``: given, missing, optional (may be missing and is), or empty for all others.
    """

    text: str
    state: str
    where: str
    papers: tuple[Paper, ...]


@dataclass(frozen=True)
class PaperList:
    """All papers of a case, and how many of those that are needed are there."""

    groups: tuple[PaperGroup, ...]
    needed: int
    given: int
    missing: tuple[str, ...]
    step: str = ""
    """Where papers can be ticked off now; empty where they are only looked at."""

    @property
    def papers(self) -> tuple[Paper, ...]:
        """Each paper once."""
        return tuple(one for group in self.groups for one in group.papers if not one.is_again)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show, and nothing missing either."""
        return not self.groups


def kind_of(file_type: str) -> str:
    """What a browser can show."""
    if file_type in PICTURES:
        return "image"
    return "pdf" if file_type == _PDF else "other"


def paper_list(
    submissions: Sequence[Submission],
    files: Mapping[str, StoredFile],
    needed: Sequence[RequiredPaper],
    checks: Sequence[PaperCheck],
    step: str = "",
) -> PaperList:
    """Linked papers, under what each was needed for or under the question that asked for it.

    ``step`` is the step in which they can be ticked off now.
    """
    shown = _Shown(submissions, files, checks, step)
    groups = [
        PaperGroup(
            named(one.text),
            "given" if one.given else "missing" if one.is_missing else "optional",
            named(one.where),
            tuple(shown.of(given) for given in one.given if shown.has(given.file_id)),
        )
        for one in needed
    ]
    rest = tuple(shown.rest())
    if rest:
        groups.append(PaperGroup(_("其他材料") if needed else "", "", "", rest))
    return PaperList(
        tuple(groups),
        len(needed),
        sum(bool(one.given) for one in needed),
        tuple(named(one.text) for one in needed if one.is_missing),
        step,
    )


class _Shown:
    """Makes each paper once; where a paper serves twice, the second says so."""

    def __init__(
        self,
        submissions: Sequence[Submission],
        files: Mapping[str, StoredFile],
        checks: Iterable[PaperCheck],
        step: str,
    ) -> None:
        self._files = {key: one for key, one in files.items() if one.case_id is not None}
        self._labels: dict[str, str] = {}
        self._came: dict[str, str] = {}
        for one in submissions:
            for file_id, label in in_language(one.form).files(one.data):
                self._labels.setdefault(file_id, label)
                self._came.setdefault(file_id, _came(one.by_name, one.at))
        self._step = step
        self._checks = tuple(checks)
        self._made: set[str] = set()

    def has(self, file_id: str) -> bool:
        """Whether the reader may know of it."""
        return file_id in self._files

    def of(self, given: GivenPaper) -> Paper:
        """A paper that was handed in for something that is needed."""
        return self._paper(given.file_id, "", _came(given.by_name, given.at))

    def rest(self) -> Iterator[Paper]:
        """All others, in the order in which they came."""
        made = set(self._made)
        for key in [*self._labels, *(key for key in self._files if key not in self._labels)]:
            if key in self._files and key not in made:
                label = self._labels.get(key, "") or named(self._files[key].label)
                came = self._came.get(key, "") or _day(self._files[key].staged_at)
                yield self._paper(key, label, came)

    def _paper(self, key: str, label: str, came: str) -> Paper:
        found, again = self._files[key], key in self._made
        self._made.add(key)
        checks = [one for one in self._checks if one.file_id == key]
        return Paper(
            id=key,
            name=found.name,
            label=label,
            size=shown_size(found.size),
            kind=kind_of(found.type),
            href=url_for("reading.paper", file_id=key),
            download=url_for("reading.paper", file_id=key, download=1),
            came=came,
            checks=tuple(
                _(
                    "%(name)s %(day)s 已核(%(step)s)",
                    name=c.by_name,
                    day=_day(c.at),
                    step=named(c.step),
                )
                for c in checks
                if c.task_id != self._step
            ),
            is_checked=any(one.task_id == self._step for one in checks),
            is_again=again,
        )


def _came(by_name: str, at: datetime) -> str:
    """Who handed it in; whoever has no name among the staff is the applicant."""
    who = by_name or _("申请人")
    return f"{who} {_day(at)}"


def _day(at: datetime) -> str:
    return moment(at)[:10]
