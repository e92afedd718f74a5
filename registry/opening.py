"""A file as its page shows it, of one reading: what it says, how it stands, what may be begun.

Each question about a file alone looks its row up for the sight of who asks; a page asks several.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from engine import Actor, Engine
from engine.store.database import Tx
from registry.file_cases import FileOffer, offers_of
from registry.file_report import FROM_A_REPORT
from registry.files import Person, Standing, family_of, standing_of
from registry.finding import HouseholdLine, line_of
from registry.household import Content, File
from registry.money import Money, money_of
from registry.reading import content_of, must_see
from registry.report_desk import ReportStanding, report_standing_of
from registry.sections import Mask, Section, masked, sections, whole
from registry.starts import FROM_A_FILE
from registry.store import households
from registry.store.households import VersionLine


@dataclass(frozen=True)
class Household:
    """A file: its line, its parts, its versions newest first."""

    line: HouseholdLine
    sections: Sequence[Section]
    versions: Sequence[VersionLine]


@dataclass(frozen=True)
class OpenedFile:
    """What the page of a file shows whatever tab is open, and the tabs that need nothing more."""

    household: Household
    standing: Standing
    reported: ReportStanding
    offers: Sequence[FileOffer]
    file: File = field(repr=False)
    _content: Content = field(repr=False)
    _mask: Mask = field(repr=False)

    def family(self) -> Sequence[Person]:
        """The head and everybody else, with who is counted."""
        return family_of(self._content, self._mask)

    def money(self) -> Money:
        """Income and expenses by month and kind, and the sums behind the category."""
        return money_of(self._content, {})


class Opening:
    """The questions about a file that somebody opens."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._vault = engine.environment.vault

    def household(self, actor: Actor, file_no: str) -> Household:
        """What a file says, personal numbers masked; NotFound outside the actor's area."""
        return self._engine.ask(lambda tx: self._said(tx, actor, file_no, masked)[0])

    def household_clear(self, actor: Actor, file_no: str) -> Household:
        """The same with whole numbers; that they were looked at is written down first."""
        self._note(actor, file_no)
        return self._engine.ask(lambda tx: self._said(tx, actor, file_no, whole)[0])

    def of(self, actor: Actor, file_no: str) -> OpenedFile:
        """A file to be shown, personal numbers masked; NotFound outside the actor's area."""
        return self._opened(actor, file_no, masked)

    def clear(self, actor: Actor, file_no: str) -> OpenedFile:
        """The same with whole numbers; that they were looked at is written down first."""
        self._note(actor, file_no)
        return self._opened(actor, file_no, whole)

    def _note(self, actor: Actor, file_no: str) -> None:
        self._engine.ask(lambda tx: must_see(tx, actor, file_no))
        self._engine.note_access(actor, "household-clear", file_no)

    def _said(
        self, tx: Tx, actor: Actor, file_no: str, mask: Mask
    ) -> tuple[Household, File, Content]:
        file, union = must_see(tx, actor, file_no)
        content = content_of(tx, self._vault, file_no, file.version)
        said = Household(
            line=line_of(self._engine, tx, file, union),
            sections=sections(content, mask),
            versions=households.version_lines(tx, actor, file_no),
        )
        return said, file, content

    def _opened(self, actor: Actor, file_no: str, mask: Mask) -> OpenedFile:
        definitions = self._engine.definitions
        report, infos = (
            definitions.started_from(FROM_A_REPORT),
            definitions.all_started_from(FROM_A_FILE),
        )

        def read(tx: Tx) -> OpenedFile:
            said, file, content = self._said(tx, actor, file_no, mask)
            return OpenedFile(
                household=said,
                standing=standing_of(self._engine, tx, actor, file, content),
                reported=report_standing_of(tx, actor, file, report),
                offers=offers_of(tx, actor, [file], infos).get(file_no, []) if infos else [],
                file=file,
                _content=content,
                _mask=mask,
            )

        return self._engine.ask(read)
