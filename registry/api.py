"""The register's questions and its one command, on an open engine.

Every answer is for one actor: files and notices outside her area do not exist for her
(:mod:`registry.store.sight`). Personal numbers are masked unless asked for by name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine import Actor, Engine
from registry.copying import CopyDesk
from registry.duty.desk import DutyDesk
from registry.duty.swapping import SwapDesk
from registry.exporting import ExportDesk
from registry.file_cases import FileCases
from registry.files import Files
from registry.finding import HouseholdLine, Lists, Search
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
from registry.indexing import EDITION, index_files
from registry.likeness import Likenesses
from registry.listing import list_people
from registry.loading import ExistingHousehold, Loaded, load_files
from registry.objection_desk import NoticeDesk
from registry.opening import Household, Opening
from registry.paper import PaperShelf
from registry.past_help import PastHelp, load_help
from registry.report_desk import ReportDesk
from registry.store import index, people
from registry.upkeep import Upkeep
from registry.vocabulary import (
    HOUSEHOLD_STATUSES,
)
from registry.year_figures import YearFigures


@dataclass(frozen=True)
class HouseholdPage:
    """Files, and how many there are of each status."""

    lines: Sequence[HouseholdLine]
    counts: Mapping[str, int]
    status_words: Mapping[str, str]
    next_cursor: str | None


class Registry(NoticeDesk):
    """The register on an engine that was opened with its branch and its operations.

    What it answers about notices is in :mod:`registry.notice_desk` and
    :mod:`registry.objection_desk`. ``site`` is the address under
    which the public finds the installation.
    """

    def __init__(self, engine: Engine, site: str = "") -> None:
        super().__init__(engine, site)
        self.files = Files(engine)
        self.opening = Opening(engine)
        self.file_cases = FileCases(engine)
        self.year_figures = YearFigures(engine)
        self.help = HelpBook(engine)
        self.lists = Lists(engine)
        self.copying = CopyDesk(engine)
        self.exports = ExportDesk(engine)
        self.likenesses = Likenesses(engine)
        self.upkeep = Upkeep(engine)
        self.papers = PaperShelf(engine)
        self.reports = ReportDesk(engine)
        self.funds = FundDesk(engine)
        self.batches = BatchDesk(engine)
        self.rosters = RosterDesk(engine)
        self.campaigns = CampaignDesk(engine)
        self.bank = BankDesk(engine)
        self.results = ResultDesk(engine)
        self.bank_answers = BankAnswers(engine)
        self.bank_again = BankAgain(engine)
        self.held_payments = HeldPayments(engine)
        self.recoveries = RecoveryDesk(engine)
        self.expenses = ExpenseBook(engine)
        self.duty = DutyDesk(engine)
        self.swaps = SwapDesk(engine)
        self.year = YearDesk(engine)

    def list_people(self) -> int:
        """List who is named in files of an earlier release; the number of those files."""
        if not self._engine.ask(lambda tx: people.unlisted(tx, 1)):
            return 0
        return list_people(self._engine.environment, self._engine.execute)

    def index_files(self) -> int:
        """Index files that are found by other rules than today's; how many those were."""
        if not self._engine.ask(lambda tx: index.stale(tx, EDITION, 1)):
            return 0
        return index_files(self._engine.environment, self._engine.execute)

    # Household files -----------------------------------------------------------------------

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
        """Files of the actor's area, newest change first.

        ``text`` is part of a name or file number, a whole personal number or its last four.
        ``after`` is the ``next_cursor`` of the page before.
        """
        chosen = {"status": status} if status else {}
        page = self.lists.page(actor, Search(text, organisation_id, chosen), after, limit)
        return HouseholdPage(
            lines=page.lines,
            counts={one.code: one.count for one in page.facets["status"]},
            status_words=HOUSEHOLD_STATUSES,
            next_cursor=page.next_cursor,
        )

    def household(self, actor: Actor, file_no: str) -> Household:
        """One file, personal numbers masked; NotFound outside the actor's area."""
        return self.opening.household(actor, file_no)

    def household_clear(self, actor: Actor, file_no: str) -> Household:
        """The same with whole numbers; that they were looked at is written down first."""
        return self.opening.household_clear(actor, file_no)

    def load_files(
        self, actor: Actor, found: Sequence[ExistingHousehold], source: str
    ) -> Sequence[Loaded]:
        """Take over households that were on file before: :mod:`registry.loading`.

        What became of each, in their order; a head who has a file is never touched. ``source``
        names the list they come from.
        """
        return load_files(self._engine.environment, self._engine.execute, actor, found, source)

    def load_help(self, actor: Actor, found: Sequence[PastHelp], source: str) -> int:
        """Take over help given before: :mod:`registry.past_help`; how many entries were new."""
        return load_help(self._engine.environment, self._engine.execute, actor, found, source)
