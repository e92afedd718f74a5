"""What the pages ask of the registry: the questions, and the values that answer them.

The registry holds the vocabulary of households; it gives texts to show, masked unless the clear
ones are asked for by name.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from engine import Actor
from registry.aid import AidBook
from registry.copying import CopyDesk
from registry.exporting import ExportDesk
from registry.files import Files
from registry.finding import HouseholdLine, Lists
from registry.likeness import Likenesses
from registry.paper import PaperShelf
from registry.upkeep import Upkeep


class HouseholdPage(Protocol):
    """A stable page of files with exact counts of all the actor may see, by status."""

    @property
    def lines(self) -> Sequence[HouseholdLine]:
        """The rows."""
        ...

    @property
    def counts(self) -> Mapping[str, int]:
        """Files by status."""
        ...

    @property
    def status_words(self) -> Mapping[str, str]:
        """The words of the statuses."""
        ...

    @property
    def next_cursor(self) -> str | None:
        """Where the next page begins."""
        ...


class Fact(Protocol):
    """One answer as people read it."""

    @property
    def label(self) -> str:
        """What was asked."""
        ...

    @property
    def text(self) -> str:
        """The answer."""
        ...


class HouseholdSection(Protocol):
    """A part of a file: facts, or a table when it has columns.

    ``tab`` is where it is shown: basics, members, money, aid or papers.
    """

    @property
    def tab(self) -> str:
        """The tab."""
        ...

    @property
    def title(self) -> str:
        """Its heading."""
        ...

    @property
    def facts(self) -> Sequence[Fact]:
        """Label and text."""
        ...

    @property
    def columns(self) -> Sequence[str]:
        """Headings of a table."""
        ...

    @property
    def rows(self) -> Sequence[Sequence[str]]:
        """Its rows."""
        ...


class HouseholdVersion(Protocol):
    """One version of a file: when, by whom, why, from which case."""

    @property
    def number(self) -> int:
        """Counted from 1."""
        ...

    @property
    def at(self) -> datetime:
        """The instant."""
        ...

    @property
    def by_name(self) -> str:
        """Who."""
        ...

    @property
    def reason(self) -> str:
        """Why."""
        ...

    @property
    def case_id(self) -> str:
        """The case; empty where there is none or it may not be known."""
        ...

    @property
    def case_number(self) -> str:
        """Its number."""
        ...


class Household(Protocol):
    """A household's file."""

    @property
    def line(self) -> HouseholdLine:
        """As in lists."""
        ...

    @property
    def sections(self) -> Sequence[HouseholdSection]:
        """The parts."""
        ...

    @property
    def versions(self) -> Sequence[HouseholdVersion]:
        """Newest first."""
        ...


class Notice(Protocol):
    """A public notice, masked: nothing of it says more than the public may know."""

    @property
    def id(self) -> str:
        """Its id."""
        ...

    @property
    def sort_key(self) -> str:
        """Orders notices, newest first."""
        ...

    @property
    def subject(self) -> str:
        """What is published."""
        ...

    @property
    def name(self) -> str:
        """Masked."""
        ...

    @property
    def unit(self) -> str:
        """The union."""
        ...

    @property
    def household_size(self) -> int | None:
        """People in the household."""
        ...

    @property
    def category(self) -> str:
        """In words."""
        ...

    @property
    def archive_level(self) -> str:
        """The level of the file."""
        ...

    @property
    def places(self) -> str:
        """Where it hangs on paper."""
        ...

    @property
    def status(self) -> str:
        """A code."""
        ...

    @property
    def status_words(self) -> str:
        """In words."""
        ...

    @property
    def posted_on(self) -> date:
        """The first day."""
        ...

    @property
    def ends_on(self) -> date:
        """The last day."""
        ...

    @property
    def result_words(self) -> str:
        """How it ended; empty before."""
        ...

    @property
    def phone(self) -> str:
        """Whom to ring."""
        ...

    @property
    def is_open(self) -> bool:
        """Whether objections are taken."""
        ...

    @property
    def case_id(self) -> str:
        """The case; empty where there is none or it may not be known."""
        ...

    def as_json(self) -> dict[str, object]:
        """As the published API shows it."""
        ...


class RegistryPort(Protocol):
    """The registry as the web sees it."""

    @property
    def files(self) -> Files:
        """Questions about one file."""
        ...

    @property
    def aid(self) -> AidBook:
        """The help households were given."""
        ...

    @property
    def lists(self) -> Lists:
        """The register as lists, and its queues."""
        ...

    @property
    def copying(self) -> CopyDesk:
        """Copying into the national system."""
        ...

    @property
    def exports(self) -> ExportDesk:
        """Files that leave as a workbook."""
        ...

    @property
    def likenesses(self) -> Likenesses:
        """Files that seem to be about the same people."""
        ...

    @property
    def upkeep(self) -> Upkeep:
        """What is done to files without a case."""
        ...

    @property
    def papers(self) -> PaperShelf:
        """Their volumes on paper."""
        ...

    def households(
        self,
        actor: Actor,
        *,
        text: str = "",
        status: str = "",
        organisation_id: str = "",
        after: str = "",
        limit: int = 50,
    ) -> HouseholdPage:
        """Files of the actor's area, newest change first."""
        ...

    def household(self, actor: Actor, file_no: str) -> Household:
        """One file, personal data masked; NotFound outside the actor's area."""
        ...

    def household_clear(self, actor: Actor, file_no: str) -> Household:
        """The same with whole numbers; writes down that they were looked at."""
        ...

    def public_notices(self, after: tuple[str, str] | None, limit: int) -> Sequence[Notice]:
        """Notices on the web, newest first; one more than asked."""
        ...

    def notices(self, actor: Actor, *, status: str = "", limit: int = 200) -> Sequence[Notice]:
        """Notices of the actor's area, also those only on paper; ``case_id`` is filled in."""
        ...

    def notice(self, actor: Actor | None, notice_id: str) -> Notice:
        """One notice; the public (None) finds only those on the web."""
        ...

    def object_to_notice(
        self, actor: Actor | None, notice_id: str, *, text: str, by: str, way: str
    ) -> str:
        """Hand an objection to the case that is on notice; the number of its receipt.

        Raises Invalid for an empty text, Conflict when the notice is over.
        """
        ...
