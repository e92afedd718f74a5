"""One process of a BPMN file as our own tables: what the runtime does at each element.

SpiffWorkflow is told the structure only; conditions, timers, messages, mappings, scripts and
calls are compiled once when the file is read and looked up here while a case runs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from engine.feel import Expression, Literal
from engine.model.definitions import Element, ProcessInfo
from engine.runtime.vocabulary import THROWING

Text = Literal | Expression
"""``=…`` is FEEL, any other text is itself."""


@dataclass(frozen=True)
class Flow:
    """A sequence flow; ``condition`` only where it leaves a deciding gateway."""

    id: str
    source: str
    target: str
    name: str
    condition_text: str
    condition: Expression | None
    line: int | None


@dataclass(frozen=True)
class Assignment:
    """One line of an input or output mapping: the path it writes and where the value is from."""

    target: tuple[str, ...]
    source: Text


@dataclass(frozen=True)
class Script:
    """A FEEL expression whose value becomes a variable."""

    source: Text
    target: tuple[str, ...]


@dataclass(frozen=True)
class DecisionCall:
    """A decision table asked for its answer."""

    decision_id: str
    target: tuple[str, ...]


@dataclass(frozen=True)
class OperationTask:
    """An operation: within the step, or (``deferred``) as a job of its own."""

    operation: str
    headers: Mapping[str, str]
    deferred: bool


@dataclass(frozen=True)
class ProcessCall:
    """A called process, by its key."""

    process_key: str


@dataclass(frozen=True)
class Timer:
    """Fires a duration after the wait began, or (``is_date``) at a date.

    ``counted_from`` says from which date the duration is reckoned instead; ``is_citizens``: a last
    day of rest moves on.
    """

    is_date: bool
    source: Text
    text: str
    counted_from: Text | None = None
    is_citizens: bool = False


@dataclass(frozen=True)
class Message:
    """Waits for a message of this name whose correlation equals the key."""

    name: str
    key: Expression


@dataclass(frozen=True)
class Signal:
    """A broadcast by its name: thrown, or waited for.

    ``everywhere`` matters where it is thrown: whether it reaches other cases as well.
    """

    name: str
    everywhere: bool = True


@dataclass(frozen=True)
class ErrorEvent:
    """Throws an error, or (at a boundary) catches it; code None catches every error."""

    code: str | None


@dataclass(frozen=True)
class Terminate:
    """Ends everything in its process or sub-process."""


@dataclass(frozen=True)
class Loop:
    """Once for each item of a list: at the same time, or one after the other.

    ``until``: what is left is given up once this holds after an item. ``title``: what an item is
    called.
    """

    sequential: bool
    collection: Expression
    item_name: str | None
    result_name: str | None
    result: Expression | None
    until: Expression | None = None
    until_text: str = ""
    title: Text | None = None


@dataclass(frozen=True)
class Again:
    """Again while a condition holds, ``most`` times at most; ``before``: also before the first."""

    condition: Expression
    text: str
    before: bool
    most: int | None


Action = Script | DecisionCall | OperationTask | ProcessCall
Event = Timer | Message | Signal | ErrorEvent | Terminate


@dataclass(frozen=True)
class Node:
    """An element with everything that happens there.

    ``container`` is the process or embedded sub-process it lies in; ``flows`` leave it, in the
    order in which a gateway asks their conditions; ``arrivals`` counts the flows that enter it.
    """

    element: Element
    tag: str
    container: str
    flows: tuple[Flow, ...] = ()
    arrivals: int = 0
    inputs: tuple[Assignment, ...] = ()
    outputs: tuple[Assignment, ...] = ()
    action: Action | None = None
    event: Event | None = None
    loop: Loop | None = None
    again: Again | None = None
    attached_to: str | None = None
    interrupting: bool = True
    default_flow: str | None = None

    @property
    def id(self) -> str:
        """The element's id."""
        return self.element.id

    @property
    def label(self) -> str:
        """What people call it."""
        return self.element.name or self.element.id

    @property
    def awaited_signal(self) -> Signal | None:
        """The signal that is waited for here."""
        return None if self.tag in THROWING else self._signal

    @property
    def thrown_signal(self) -> Signal | None:
        """The signal that is thrown here."""
        return self._signal if self.tag in THROWING else None

    @property
    def _signal(self) -> Signal | None:
        return self.event if isinstance(self.event, Signal) else None


@dataclass(frozen=True)
class Diagram:
    """One process with its embedded sub-processes; ``root`` is kept alive for SpiffWorkflow."""

    info: ProcessInfo
    file: str
    root: etree._Element
    nodes: Mapping[str, Node] = field(default_factory=dict)

    def calls(self) -> tuple[Node, ...]:
        """The call activities."""
        return tuple(node for node in self.nodes.values() if isinstance(node.action, ProcessCall))
