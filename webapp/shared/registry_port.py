"""What the pages ask of the registry: the questions, and the values that answer them.

The registry holds the vocabulary of households; it gives texts to show, masked unless the clear
ones are asked for by name.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from engine import Actor
from registry.copying import CopyDesk
from registry.duty.desk import DutyDesk
from registry.duty.swapping import SwapDesk
from registry.exporting import ExportDesk
from registry.file_cases import FileCases
from registry.files import Files
from registry.finding import HouseholdLine, Lists
from registry.funds.bank_again import BankAgain
from registry.funds.bank_answers import BankAnswers
from registry.funds.bank_desk import BankDesk
from registry.funds.batches import BatchDesk
from registry.funds.campaign_desk import CampaignDesk
from registry.funds.desk import FundDesk
from registry.funds.expense_book import ExpenseBook
from registry.funds.held_payments import HeldPayments
from registry.funds.recovery_desk import RecoveryDesk
from registry.funds.results import ResultDesk
from registry.funds.rosters import RosterDesk
from registry.funds.year_report import YearDesk
from registry.help_given import HelpBook
from registry.likeness import Likenesses
from registry.opening import Opening
from registry.paper import PaperShelf
from registry.report_desk import ReportDesk
from registry.upkeep import Upkeep
from registry.year_figures import YearFigures
from webapp.shared.notice_port import NoticePort


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

    ``tab`` is where it is shown: basics, members, money, help or papers.
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


class RegistryPort(NoticePort, Protocol):
    """The registry as the web sees it."""

    @property
    def files(self) -> Files:
        """Questions about one file."""
        ...

    @property
    def opening(self) -> Opening:
        """A file that somebody opens."""
        ...

    @property
    def help(self) -> HelpBook:
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

    @property
    def year_figures(self) -> YearFigures:
        """What became of the households of a year."""
        ...

    @property
    def file_cases(self) -> FileCases:
        """Cases that begin from files."""
        ...

    @property
    def reports(self) -> ReportDesk:
        """What is said against households on file."""
        ...

    @property
    def campaigns(self) -> CampaignDesk:
        """Campaigns: money for the households of a list."""
        ...

    @property
    def year(self) -> YearDesk:
        """The money of a year."""
        ...

    @property
    def funds(self) -> FundDesk:
        """Budget lines."""
        ...

    @property
    def bank(self) -> BankDesk:
        """Files for banks."""
        ...

    @property
    def results(self) -> ResultDesk:
        """What of paid batches is public."""
        ...

    @property
    def bank_again(self) -> BankAgain:
        """What failed because of the payer."""
        ...

    @property
    def bank_answers(self) -> BankAnswers:
        """What banks send back."""
        ...

    @property
    def held_payments(self) -> HeldPayments:
        """What is held on account."""
        ...

    @property
    def recoveries(self) -> RecoveryDesk:
        """What came back."""
        ...

    @property
    def batches(self) -> BatchDesk:
        """Batches of payments."""
        ...

    @property
    def rosters(self) -> RosterDesk:
        """Rosters in Excel."""
        ...

    @property
    def expenses(self) -> ExpenseBook:
        """Other expenditure."""
        ...

    @property
    def duty(self) -> DutyDesk:
        """Duty rosters."""
        ...

    @property
    def swaps(self) -> SwapDesk:
        """Swaps of duties."""
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
