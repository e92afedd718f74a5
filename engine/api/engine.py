"""The engine, put together from its groups of commands and questions."""

from engine.api.accounts import Accounts
from engine.api.audit import Audit
from engine.api.cases import Cases
from engine.api.commands import Commands
from engine.api.compartments import Compartments
from engine.api.definitions import Definitions
from engine.api.directory import Directory
from engine.api.errands import Errands
from engine.api.fan_outs import FanOuts
from engine.api.figures import Figures
from engine.api.files import Files
from engine.api.jobs import Jobs
from engine.api.messages import Messages
from engine.api.operating import Operating
from engine.api.phone_uploads import PhoneUploads
from engine.api.public_intake import PublicIntake
from engine.api.receipts import Guests, Receipts
from engine.api.settings import Settings
from engine.api.supervision import Supervision
from engine.api.tasks import Tasks
from engine.api.telling import Telling
from engine.api.versions import Versions
from engine.model.calendar import WorkCalendar
from engine.model.clock import Clock
from engine.store.database import Database
from engine.store.patience import Patience
from engine.work.environment import Environment


class Engine(Commands):
    """One installation's engine: a database, a clock, keys, operations.

    Made by :func:`engine.open_engine`. May be shared by threads; any number of processes may
    open the same database.
    """

    def __init__(self, database: Database, environment: Environment) -> None:
        super().__init__(database, environment)
        self.audit = Audit(self)
        self.jobs = Jobs(self, self.audit)
        self.operating = Operating(self, self.jobs)
        self.tasks = Tasks(self, self.jobs)
        self.cases = Cases(self)
        self.compartments = Compartments(self)
        self.messages = Messages(self, self.jobs)
        self.files = Files(self)
        self.errands = Errands(self)
        self.fan_outs = FanOuts(self, self.errands)
        self.receipts = Receipts(self)
        self.guests = Guests(self, self.jobs)
        self.public_intake = PublicIntake(self)
        self.phone_uploads = PhoneUploads(self)
        self.definitions = Definitions(self)
        self.directory = Directory(self)
        self.accounts = Accounts(self)
        self.versions = Versions(self, self.definitions, self.errands)
        self.supervision = Supervision(self)
        self.figures = Figures(self)
        self.settings = Settings(self, self.messages)
        self.telling = Telling(self)

    @property
    def clock(self) -> Clock:
        """The business clock."""
        return self.environment.clock

    def calendar(self) -> WorkCalendar:
        """The working-day calendar."""
        return self.environment.calendars.asked(self.ask)

    def wait_at_most(self, patience: Patience) -> None:
        """Nobody waits longer than this for the database from now on; Busy is raised then."""
        self.database.wait_at_most(patience)

    def close(self) -> None:
        """Give the database's connections back."""
        self.database.close()
