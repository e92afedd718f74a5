"""What goes into a step of the engine and what comes out: plain values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from engine.decisions import DecisionOutcome
from engine.feel import EvaluationContext
from engine.model.items import Items
from engine.model.operations import NotYet


class CannotOperate(Exception):
    """Raised by ``operate``: nothing can be done for the case here; the whole command ends."""


@dataclass(frozen=True)
class OperationCall:
    """A service task asks for its operation, with the mapped inputs only."""

    operation: str
    inputs: Mapping[str, object]
    process_key: str
    element_id: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Ports:
    """What a step may ask of the world outside.

    ``now`` is business time (aware, UTC); ``case`` the reserved variable every expression can
    read; ``due`` gives the last instant of a deadline such as ``5wd`` that starts at an instant;
    ``moved_on`` the instant at which a citizen's limit is over that would end at another;
    ``operate`` runs a service task in the caller's transaction. Whatever ``due`` or ``operate``
    raise becomes an incident, except Overtaken, Busy, LeaseLost and CannotOperate, which end the
    whole command.
    """

    now: datetime
    case: Mapping[str, object]
    feel: EvaluationContext
    due: Callable[[str, datetime], datetime]
    operate: Callable[[OperationCall], Mapping[str, object] | NotYet]
    moved_on: Callable[[datetime], datetime] = lambda instant: instant


@dataclass(frozen=True)
class OpenStep:
    """A user task that began to wait.

    ``path`` are the ids of the call activities and sub-processes it lies in, outermost first;
    ``items`` are the items it is for, outermost first. ``deadline`` is its limit as a text such as
    ``5wd``, worked out when it began; ``counted_from`` the date that was written down for it and
    ``pauses`` the days from which and to which it stood still, None where nothing says so,
    ``given_to`` the person it begins with, if it names one.
    """

    token: str
    process_key: str
    element_id: str
    path: tuple[str, ...] = ()
    items: Items = ()
    deadline: str | None = None
    counted_from: date | None = None
    pauses: tuple[tuple[date, date], ...] | None = None
    given_to: str = ""


@dataclass(frozen=True)
class UserWait:
    """A user task that waits; fields as in :class:`OpenStep`."""

    token: str
    process_key: str
    element_id: str
    path: tuple[str, ...] = ()
    items: Items = ()

    @property
    def item(self) -> int | None:
        """The number of the innermost item; None where nothing is repeated."""
        return self.items[-1].number if self.items else None


@dataclass(frozen=True)
class TimerWait:
    """A timer that waits; ``due`` (aware, UTC) was fixed when the wait began.

    ``text`` is what was counted, and ``begins`` from which instant or written date, where the
    calendar or such a date has a part in it.
    """

    token: str
    process_key: str
    element_id: str
    due: datetime
    text: str = ""
    begins: datetime | date | None = None


@dataclass(frozen=True)
class MovedTimer:
    """A waiting timer that was reckoned anew, as it is now, and when it was due before."""

    timer: TimerWait
    before: datetime


@dataclass(frozen=True)
class MessageWait:
    """A message that is waited for; ``key`` is canonical JSON, fixed when the wait began."""

    token: str
    process_key: str
    element_id: str
    name: str
    key: str


@dataclass(frozen=True)
class SignalWait:
    """A signal of this name that is waited for, whoever throws it."""

    token: str
    process_key: str
    element_id: str
    name: str


@dataclass(frozen=True)
class OperationWait:
    """An asynchronous service task; ``inputs`` were fixed when the wait began."""

    token: str
    process_key: str
    element_id: str
    operation: str
    inputs: Mapping[str, object]
    headers: Mapping[str, str] = field(default_factory=dict)


AnyWait = UserWait | TimerWait | MessageWait | OperationWait | SignalWait


@dataclass(frozen=True)
class Waits:
    """Everything a case waits for, by token."""

    user: dict[str, UserWait]
    timers: dict[str, TimerWait]
    messages: dict[str, MessageWait]
    jobs: dict[str, OperationWait]
    signals: dict[str, SignalWait] = field(default_factory=dict)

    @property
    def kinds(self) -> tuple[Mapping[str, AnyWait], ...]:
        """Each kind of waits by token, in the order of the fields."""
        return self.user, self.timers, self.messages, self.jobs, self.signals

    def __bool__(self) -> bool:
        return any(self.kinds)


@dataclass(frozen=True)
class Passed:
    """An element the case left, with the milestone it marks and the flows it took."""

    process_key: str
    element_id: str
    milestone: str | None
    flow_ids: tuple[str, ...]


@dataclass(frozen=True)
class DecisionRecord:
    """A decision that was evaluated."""

    process_key: str
    element_id: str
    outcome: DecisionOutcome
    items: Items = ()


@dataclass(frozen=True)
class OperationRecord:
    """An operation that ran inside the step, or whose result came in."""

    process_key: str
    element_id: str
    operation: str
    inputs: Mapping[str, object]
    outputs: Mapping[str, object]


@dataclass(frozen=True)
class SignalRecord:
    """A signal that was thrown; the case itself has heard it, others only if ``everywhere``."""

    process_key: str
    element_id: str
    name: str
    everywhere: bool


@dataclass(frozen=True)
class IncidentRecord:
    """An element that failed; its token waits before it until a retry.

    ``message`` is a Chinese sentence for the person who looks after the process.
    """

    token: str
    process_key: str
    element_id: str
    message: str
    items: Items = ()


@dataclass(frozen=True)
class Step:
    """What one command did to a case.

    ``state`` is the new state document; ``opened`` the user tasks that newly wait, ``closed`` the
    tokens of those that no longer do, finished or cancelled; ``waits`` all waits there are now;
    ``passed`` what was left, in order; ``incidents`` every element that still fails;
    ``variables`` the scope of the case's own process; ``signals`` what was thrown, in order.
    """

    state: bytes
    ended: bool
    opened: tuple[OpenStep, ...]
    closed: tuple[str, ...]
    waits: Waits
    passed: tuple[Passed, ...]
    decisions: tuple[DecisionRecord, ...]
    operations: tuple[OperationRecord, ...]
    incidents: tuple[IncidentRecord, ...]
    variables: Mapping[str, object]
    signals: tuple[SignalRecord, ...] = ()
