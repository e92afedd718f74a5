"""Process definitions as values: the files, and what the engine reads from them.

A *bundle* is the set of files that are deployed together (design.md D5, D6). A *program* is one
deployed version with the versions it calls bound to it (D22): everything the runtime needs to run
a case, parsed once and shared by all its cases.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache


@lru_cache(maxsize=1024)
def listed(text: str) -> tuple[str, ...]:
    """The parts of a property that names several things with commas between them."""
    return tuple(part.strip() for part in text.replace("，", ",").split(",") if part.strip())


LIMIT_OF = "limitOf"
"""On a step or a timer: whose its limit is (:class:`engine.model.deadlines.LimitOf`)."""

COUNTED_FROM = "countedFrom"
"""On a step or a timer: FEEL for the date from which its limit is reckoned, not when it began."""

PAUSED_FOR = "pausedFor"
"""On a step with ``countedFrom``: FEEL for a list of ``{from: date, to: date}`` not counted."""

ARTICLE = "article"
"""On a step or a timer: the article its limit rests on."""

FROM_PARAMETER = "fromParameter"
"""On a step or a timer: the parameter its limit rests on, where it does not ask for it itself."""

CASE_UNIT = "case"
"""In ``notSameUnitAs`` instead of a step: the case's own union."""

STARTS_FROM = "startsFrom"
"""On a process: what a case of it begins from, chosen on a page instead of 新建申请."""

OVERDUE = "overdue"
"""Value of ``startsFrom``: steps past their limit, all handled by the unit that gets the case
(:mod:`engine.model.subjects`). The other values are an installation's own records."""

ONLY_ONE = "onlyOne"
"""On a process: FEEL for what a unit has only one case of, while it runs or once it is resolved."""

RESOLVED = "resolved"
"""The milestone of a case that came to what it was begun for."""

FINISHED_IN = "finishedIn"
"""On a process: the user task in which somebody finishes the start form of a case that another case
has begun without knowing all its answers."""

UNFINISHED = "unfinished"
"""The variable that a process with ``finishedIn`` has from its start: whether there is such a
form to finish."""

STARTERS = "startsFromRoles"
"""Beside ``startsFrom``: codes of the roles that may, above the case's union."""


@dataclass(frozen=True)
class SourceFile:
    """One file of a deployment; ``name`` ends as a kind of process file.

    It has no folder, but for scenarios (``KEY/scenarios/name.toml``).
    """

    name: str
    content: bytes


@dataclass(frozen=True)
class Bundle:
    """Files that are deployed together, all or nothing.

    ``called`` holds the definitions outside the bundle that its call activities are bound to,
    by process key.
    """

    files: tuple[SourceFile, ...]
    called: Mapping[str, "DefinitionSource"] = field(default_factory=dict)

    @classmethod
    def of(cls, files: Iterable[SourceFile], called: Mapping[str, "DefinitionSource"]) -> "Bundle":
        """Of files that were gathered, from several folders perhaps.

        A decision that several processes share lies in each folder: the same file again is one.
        """
        return cls(tuple(dict.fromkeys(files)), called)

    def named(self, suffix: str) -> tuple[SourceFile, ...]:
        """The files whose names end so, in their order."""
        return tuple(f for f in self.files if f.name.endswith(suffix))


@dataclass(frozen=True)
class DefinitionSource:
    """One version of one process with all the files it needs, as stored.

    ``id`` is ``key:version``. ``decisions`` are DMN files by name, ``forms`` the form files by
    form id, ``documents`` the papers of its steps by id, ``english`` its ``KEY.english``, empty
    where it has none, ``called`` the bound versions of called processes by process key.
    """

    id: str
    key: str
    version: int
    bpmn_name: str
    bpmn: bytes
    decisions: Mapping[str, bytes] = field(default_factory=dict)
    forms: Mapping[str, bytes] = field(default_factory=dict)
    called: Mapping[str, "DefinitionSource"] = field(default_factory=dict)
    documents: Mapping[str, bytes] = field(default_factory=dict)
    english: bytes = b""


class LaneKind(Enum):
    """Whose a lane is (design.md D7)."""

    ROLE = "role"  # holders of a role in the directory
    PARTICIPANT = "participant"  # the applicant, or an officer on her behalf
    EXTERNAL = "external"  # a body outside: a letter out, a result in


@dataclass(frozen=True)
class Lane:
    """Who does the steps in it.

    For ``PARTICIPANT`` and ``EXTERNAL`` lanes ``role`` and ``level`` name who acts on behalf:
    who types the applicant's paper, or sends the letter and records its answer.
    ``party`` names the external body. ``roles_at``: level and role of who does them instead where
    the case is of a unit of that level, above the lane's.
    """

    id: str
    name: str
    kind: LaneKind
    role: str
    level: str
    party: str = ""
    roles_at: tuple[tuple[str, str], ...] = ()

    def at(self, level: str) -> tuple[str, str]:
        """Role and level that do its steps in a case of a unit of this level."""
        role = dict(self.roles_at).get(level)
        return (self.role, self.level) if role is None else (role, level)


ROLE_AT = "role:"
"""Before a level: the property of a lane that names its role in cases of units of that level."""


class ElementKind(Enum):
    """The BPMN elements we run."""

    START = "startEvent"
    END = "endEvent"
    USER_TASK = "userTask"
    SCRIPT_TASK = "scriptTask"
    DECISION_TASK = "businessRuleTask"
    SERVICE_TASK = "serviceTask"
    EXCLUSIVE = "exclusiveGateway"
    PARALLEL = "parallelGateway"
    INCLUSIVE = "inclusiveGateway"
    EVENT_BASED = "eventBasedGateway"
    CATCH = "intermediateCatchEvent"
    THROW = "intermediateThrowEvent"
    BOUNDARY = "boundaryEvent"
    SUB_PROCESS = "subProcess"
    CALL_ACTIVITY = "callActivity"


@dataclass(frozen=True)
class FlowTarget:
    """Where a gateway can lead: for the generated choices of 退回 (design.md D21)."""

    flow_id: str
    flow_name: str
    target_id: str
    target_name: str
    condition: str


@dataclass(frozen=True)
class Element:
    """One node of a process diagram as the rest of the engine sees it.

    ``properties`` are the zeebe extension properties; the ones the engine knows have names of
    their own below. ``line`` is the line in the BPMN file, for messages to designers.
    """

    id: str
    name: str
    kind: ElementKind
    process_key: str
    lane: Lane | None = None
    form_id: str | None = None
    properties: Mapping[str, str] = field(default_factory=dict)
    outgoing: tuple[FlowTarget, ...] = ()
    line: int | None = None

    @property
    def deadline(self) -> str | None:
        """``5wd``, ``60d``, ``4h`` or a FEEL expression that gives such a text (design.md D8)."""
        return self.properties.get("deadline") or None

    @property
    def limit_of(self) -> str:
        """``citizen`` or ``ours``: whose its limit or its timer is; empty where nothing is said."""
        return self.properties.get(LIMIT_OF, "").strip()

    @property
    def counted_from(self) -> str:
        """FEEL for the date, written in an earlier form, from which its limit is reckoned."""
        return self.properties.get(COUNTED_FROM, "").strip()

    @property
    def paused_for(self) -> str:
        """FEEL for the times, written in earlier forms, for which its limit stood still."""
        return self.properties.get(PAUSED_FOR, "").strip()

    @property
    def article(self) -> str:
        """The article its limit rests on, where no parameter names one."""
        return self.properties.get(ARTICLE, "").strip()

    @property
    def from_parameter(self) -> str:
        """The parameter its limit was reckoned from earlier; empty where it asks for it itself."""
        return self.properties.get(FROM_PARAMETER, "").strip()

    @property
    def not_same_person_as(self) -> tuple[str, ...]:
        """Ids of elements whose doers may not do this one (separation of duties)."""
        return self._names("notSamePersonAs")

    @property
    def same_in_small_units(self) -> tuple[str, ...]:
        """Those of ``not_same_person_as`` that one person may do where a profile holds."""
        return self._names("sameInSmallUnits")

    @property
    def not_same_unit_as(self) -> tuple[str, ...]:
        """Ids of elements whose organisations may not handle this one: it goes up.

        Another unit than the one that built the file looks into an objection (domain.md §1.1).
        """
        return self._names("notSameUnitAs")

    @property
    def not_the_case_unit(self) -> bool:
        """Whether the case's own union must not handle it (``case`` in ``notSameUnitAs``)."""
        return CASE_UNIT in self.not_same_unit_as

    @property
    def tells(self) -> str:
        """What whoever brought the case here is told when the step opens."""
        return self.properties.get("tells", "").strip()

    @property
    def blocked_by(self) -> tuple[str, ...]:
        """Ids of steps that must not be open when this one is completed.

        A report stops the approval until it has been looked into (domain.md, correction 15).
        """
        return self._names("blockedBy")

    @property
    def readable_by(self) -> tuple[str, ...]:
        """Roles, or levels, above the case's own union that may read what was filled in.

        Empty: whoever sees the case (:mod:`engine.work.confidence`).
        """
        return self._names("readableBy")

    @property
    def sees(self) -> tuple[str, ...]:
        """The compartments of the case that who does this step may read."""
        return self._names("sees")

    def _names(self, prop: str) -> tuple[str, ...]:
        return listed(self.properties.get(prop, ""))

    @property
    def milestone(self) -> str | None:
        """The milestone the case reaches when this element is passed (design.md D23)."""
        return self.properties.get("milestone") or None

    @property
    def document_ids(self) -> tuple[str, ...]:
        """The papers that are printed at this step, in their order."""
        return listed(self.properties.get("documents", ""))

    @property
    def list_document_id(self) -> str:
        """The list that is printed of several cases waiting at this step; empty for none."""
        return next(iter(listed(self.properties.get("listDocument", ""))), "")

    @property
    def is_batch(self) -> bool:
        """Whether several cases waiting here may be decided together."""
        return self.properties.get("batch") == "true"

    @property
    def sheet(self) -> str:
        """FEEL for what stands beside the form's own columns when this step is done from a list.

        Empty for a step that is not.
        """
        return self.properties.get("sheet", "").strip()

    @property
    def pauses_clock(self) -> str:
        """``true``, or FEEL: while this step is open, the case's total limit does not run."""
        return self.properties.get("pausesClock", "").strip()

    @property
    def handled_at(self) -> str:
        """A level, or FEEL for one, in place of the lane's: who decides is a parameter."""
        return self.properties.get("handledAt", "").strip()

    @property
    def given_to(self) -> str:
        """FEEL for a person, or her user name or id: the step begins in her hands, if it may."""
        return self.properties.get("givenTo", "").strip()

    @property
    def same_allowed(self) -> str:
        """Ids, or FEEL for them, of ``notSamePersonAs`` that one person may do after all."""
        return self.properties.get("sameAllowed", "").strip()


@dataclass(frozen=True)
class ProcessInfo:
    """What a process says of itself: properties on the bpmn:process element."""

    key: str
    name: str
    name_en: str = ""
    start_role: str | None = None  # None: only other processes call it
    start_level: str | None = None
    owner: str = ""
    total_limit: str | None = None  # a deadline from the first entry to the end
    title: str | None = None  # FEEL for the case's one-line title
    start_form_id: str | None = None
    begins_on: str = ""  # a date, or FEEL for one: the timer of its start event
    number_prefix: str = ""
    documentation: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)

    @property
    def starts_from(self) -> str:
        """What it is started from, such as a record's page; empty: from the list of processes."""
        return self.properties.get(STARTS_FROM, "").strip()

    @property
    def starts_from_record(self) -> str:
        """The kind of record whose page it is started from; empty for every other process."""
        return "" if self.starts_from == OVERDUE else self.starts_from

    @property
    def finished_in(self) -> str:
        """The step in which a start form that lacks answers is finished; empty: there is none."""
        return self.properties.get(FINISHED_IN, "").strip()

    @property
    def start_levels(self) -> tuple[str, ...]:
        """The levels of the units it begins for; empty: whichever."""
        return listed(self.start_level or "")

    @property
    def starters(self) -> tuple[str, ...]:
        """The roles whose holders may start it."""
        return listed(self.properties.get(STARTERS, "")) or listed(self.start_role or "")
