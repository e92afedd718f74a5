"""Budget lines, what moves money on them, payments and batches, as values.

Money only ever moves from one account of a line to another (double entry): what stands on an
account is what came in less what went out, and nothing is made or lost. People read five columns:
下达, 占用, 已批, 已付, 结余.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Self

from engine.model.clock import local_date


class Account(StrEnum):
    """Where money of a budget line stands; the last two lie outside it."""

    AVAILABLE = "available"
    RESERVED = "reserved"
    COMMITTED = "committed"
    PAID = "paid"
    SOURCE = "source"
    """Whoever gives the money."""
    ELSEWHERE = "elsewhere"
    """Other lines: what leaves one arrives at another."""


OUTSIDE = frozenset({Account.SOURCE, Account.ELSEWHERE})


class Kind(StrEnum):
    """Why money moves, each kind from one account (``source``) to another (``target``)."""

    source: Account
    target: Account

    def __new__(cls, code: str, source: Account, target: Account) -> Self:
        """A kind by its code, with the two accounts."""
        made = str.__new__(cls, code)
        made._value_ = code
        made.source, made.target = source, target
        return made

    ALLOCATE = "allocate", Account.SOURCE, Account.AVAILABLE
    REDUCE = "reduce", Account.AVAILABLE, Account.SOURCE
    RESERVE = "reserve", Account.AVAILABLE, Account.RESERVED
    RELEASE = "release", Account.RESERVED, Account.AVAILABLE
    COMMIT = "commit", Account.RESERVED, Account.COMMITTED
    REVOKE = "revoke", Account.COMMITTED, Account.AVAILABLE
    PAY = "pay", Account.COMMITTED, Account.PAID
    RECOVER = "recover", Account.PAID, Account.AVAILABLE
    HOLD = "hold", Account.AVAILABLE, Account.RESERVED
    UNHOLD = "unhold", Account.RESERVED, Account.AVAILABLE
    TRANSFER_OUT = "transfer_out", Account.RESERVED, Account.ELSEWHERE
    TRANSFER_IN = "transfer_in", Account.ELSEWHERE, Account.AVAILABLE
    CARRY_OUT = "carry_out", Account.AVAILABLE, Account.ELSEWHERE
    CARRY_IN = "carry_in", Account.ELSEWHERE, Account.AVAILABLE


KINDS = {kind.value: kind for kind in Kind}
"""Each kind by its code."""


class Column(StrEnum):
    """The columns people read."""

    ALLOCATED = "allocated"
    RESERVED = "reserved"
    COMMITTED = "committed"
    PAID = "paid"
    AVAILABLE = "available"


def effect(kind: Kind, column: Column) -> int:
    """What a movement of this kind adds to a column: 1, -1 or nothing."""
    if column is Column.ALLOCATED:
        return (kind.source in OUTSIDE) - (kind.target in OUTSIDE)
    account = Account(column.value)
    return (kind.target is account) - (kind.source is account)


@dataclass(frozen=True)
class LineKey:
    """What money is for, whose it is and where it comes from: one line each."""

    year: int
    organisation_id: str
    programme: str
    source: str


@dataclass(frozen=True)
class BudgetLine:
    """A line as it stands, in fen. ``allocated`` is what was given less what was taken away."""

    id: int
    key: LineKey
    allocated: int = 0
    reserved: int = 0
    committed: int = 0
    paid: int = 0

    @property
    def used(self) -> int:
        """What is no longer free."""
        return self.reserved + self.committed + self.paid

    @property
    def available(self) -> int:
        """结余: what may still be given."""
        return self.allocated - self.used

    @property
    def percent(self) -> int:
        """How much of it is used, in whole percent, never rounded up."""
        return self.used * 100 // self.allocated if self.allocated else 0

    def column(self, column: Column) -> int:
        """What stands in a column."""
        return int(getattr(self, column.value))

    def moved(self, kind: Kind, fen: int) -> "BudgetLine":
        """The line after a movement; it may be one that must not be (:attr:`is_possible`)."""
        return replace(
            self,
            **{
                name: getattr(self, name) + effect(kind, Column(name)) * fen
                for name in ("allocated", "reserved", "committed", "paid")
            },
        )

    @property
    def is_possible(self) -> bool:
        """Nothing is below zero, and no more is used than there is."""
        parts = (self.allocated, self.reserved, self.committed, self.paid, self.available)
        return min(parts) >= 0


@dataclass(frozen=True)
class Movement:
    """One movement of money on a line: how much, why, who did it, what it belongs to.

    Of a transfer or of what is carried over ``other_line`` is the line at the other end.
    """

    line_id: int
    kind: Kind
    fen: int
    at: datetime
    by_id: str
    document: str = ""
    note: str = ""
    batch_no: str = ""
    payment_id: int | None = None
    transfer_id: int | None = None
    other_line: int | None = None
    case_id: str = ""
    entry: str | None = None
    """The page it was entered on, so that sending it twice moves money once."""


@dataclass(frozen=True)
class Stamp:
    """Who moves money, when, and by which case: the same for everything one command does."""

    at: datetime
    by_id: str
    case_id: str = ""
    entry: str | None = None

    @property
    def on(self) -> date:
        """The local day."""
        return local_date(self.at)


class PayeeKind(StrEnum):
    """Who can be paid."""

    HOUSEHOLD = "household"
    PERSON = "person"
    ORGANISATION = "organisation"
    VILLAGE = "village"


@dataclass(frozen=True)
class Payee:
    """Who is paid. ``key`` tells one from another: file number, keyed hash, code or name.

    ``note`` is what may be shown beside the name: the last four of a number, the union.
    """

    kind: PayeeKind
    key: str
    name: str
    note: str = ""
    organisation_id: str = ""


class PaymentStatus(StrEnum):
    """How far a payment is. Only what is reserved, committed, held or paid counts as given.

    What is held (挂账) was granted and could not be paid: its money stays where it was. What was
    paid and came back whole (追回) is given no more; what came back in part stays paid.
    """

    LISTED = "listed"
    RESERVED = "reserved"
    COMMITTED = "committed"
    HELD = "held"
    PAID = "paid"
    RELEASED = "released"
    RECOVERED = "recovered"


LIVE = (
    PaymentStatus.RESERVED,
    PaymentStatus.COMMITTED,
    PaymentStatus.HELD,
    PaymentStatus.PAID,
)
WAS_PAID = frozenset({PaymentStatus.PAID, PaymentStatus.RECOVERED})
"""The money left the account once, whether or not it came back since."""
GIVEN_BACK = frozenset({PaymentStatus.RELEASED, PaymentStatus.RECOVERED})
"""Nobody has the money, nor waits for it."""


@dataclass(frozen=True)
class Payment:
    """One line of a roster, or the one payment of a case.

    Of (payee, beneficiary, programme, period, item, level) the database lets one live: DMN-10.
    ``beneficiary`` is who of the payee's it is for, by the keyed hash of her number, where a
    programme gives to each; of (beneficiary, programme, period) one lives too, whoever is paid.
    ``exception`` says why a cap may be passed; whoever approves sees it.
    ``stopped``: why nobody may be paid it any more, whatever was granted; empty where it may.
    ``recovered``: how much of it came back after it was paid.
    """

    id: int
    line_id: int
    payee: Payee
    programme: str
    period: str
    item: str
    level: str
    year: int
    fen: int
    status: PaymentStatus = PaymentStatus.LISTED
    batch_no: str = ""
    case_id: str = ""
    number: int = 1
    exception: str = ""
    reason: str = ""
    paid_on: date | None = None
    voucher: str = ""
    beneficiary: str = ""
    beneficiary_name: str = ""
    stopped: str = ""
    recovered: int = 0

    @property
    def kept(self) -> int:
        """What the payee has, or is to have, of it."""
        return self.fen - self.recovered

    @property
    def for_whom(self) -> str:
        """The payee's name, and whom it is for where that is somebody else."""
        if self.beneficiary_name in ("", self.payee.name):
            return self.payee.name
        return f"{self.payee.name}(学生{self.beneficiary_name})"


@dataclass(frozen=True)
class Recovery:
    """追回: so much of a payment came back on a day, under the voucher of the receipt."""

    id: int
    payment_id: int
    fen: int
    recovered_on: date
    voucher: str
    reason: str
    entered_by: str
    entered_at: datetime
    entry: str | None = None
    """The page it was entered on, so that sending it twice enters it once."""


@dataclass(frozen=True)
class Entitlement:
    """What a case found that somebody is to be given: a roster makes a payment of it.

    ``last_year``: in which it may be given once more, None where nobody knows. ``remembered`` is
    sealed: what the next period would ask again (a student's school).
    """

    case_id: str
    payee: Payee
    programme: str
    period: str
    item: str
    year: int
    fen: int
    beneficiary: str
    beneficiary_name: str
    at: datetime
    last_year: int | None = None
    remembered: bytes = b""


class BatchStatus(StrEnum):
    """How far a batch is."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    PAID = "paid"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Batch:
    """A roster of payments from one budget line for one period."""

    number: str
    title: str
    organisation_id: str
    line_id: int
    programme: str
    period: str
    item: str
    made_by: str
    made_at: datetime
    status: BatchStatus = BatchStatus.DRAFT
    case_id: str = ""
    submitted_at: datetime | None = None
    reason: str = ""
    voucher: str = ""
    paid_on: date | None = None


class TransferStatus(StrEnum):
    """How far a transfer between two lines is."""

    PENDING = "pending"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True)
class Transfer:
    """调剂: money asked from one line for another; held on the first until it is decided."""

    id: int
    from_line: int
    to_line: int
    fen: int
    reason: str
    asked_by: str
    asked_at: datetime
    status: TransferStatus = TransferStatus.PENDING
    case_id: str = ""
    document: str = ""


@dataclass(frozen=True)
class Expense:
    """Money that no programme pays, written down so that the year's total comes out.

    A counter-entry names what it takes back and is negative.
    """

    id: str
    year: int
    organisation_id: str
    subject: str
    source: str
    payee: str
    fen: int
    spent_on: date
    voucher: str
    note: str
    entered_by: str
    entered_at: datetime
    counters: str | None = None
