"""Steps whose content only some may read (``readableBy``): one rule for every view of a case.

Who objects to a notice is kept from the unit that built the file (domain.md §1.1). A user task
with the property ``readableBy`` lists roles, or levels of organisations: what is filled in there is
read by those who may do the step, and by who holds one of these roles (at such a level: any role
that sees its area) above the case's own union. Never by who did a step that must be another's
(``notSamePersonAs``), unless she did another such step of the case and so is one of those it is
kept for; nor by anybody of the case's own union. Everybody else who sees the case sees that the
step was done, by whom and when.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from engine.forms import CompiledForm
from engine.model.actors import Actor
from engine.model.cases import EventKind
from engine.model.confidentiality import Degree
from engine.model.definitions import Element
from engine.runtime import Program
from engine.store import directory, events, tasks
from engine.store.database import Tx
from engine.store.events import EventRow
from engine.work.access import filler_of
from engine.work.compartments import closed_to, names_in
from engine.work.environment import Environment
from engine.work.guest_additions import papers_added
from engine.work.opened import OpenedCase


@dataclass
class Confidence:
    """What one person may read of one case."""

    environment: Environment
    tx: Tx
    actor: Actor
    opened: OpenedCase
    _known: dict[tuple[str, tuple[str, ...]], bool] = field(default_factory=dict)

    def may_read(self, element: Element) -> bool:
        """Whether the answers of this step are for her."""
        named = element.readable_by
        if not named or self.actor.is_system:
            return True
        place = (element.id, named)  # versions of a process may name others
        found = self._known.get(place)
        if found is None:
            found = self._known[place] = self._is_reader(element, named)
        return found

    @cached_property
    def closed(self) -> frozenset[str]:
        """The compartments of the case that she may not read."""
        return closed_to(self.environment, self.tx, self.actor, self.opened)

    @cached_property
    def reads_kept(self) -> frozenset[str]:
        """The compartments that she reads though they are kept from others: each look is noted."""
        if self.opened.case.confidentiality < Degree.CONFIDENTIAL:
            return frozenset()
        return names_in(self.opened.programs) - self.closed

    def withheld_files(self) -> frozenset[str]:
        """The ids of files that came with steps, or lie in compartments, she may not read."""
        return self._of_withheld_steps() | self._of_closed_compartments()

    def _of_closed_compartments(self) -> frozenset[str]:
        if not self.closed:
            return frozenset()
        found = set(papers_added(self.tx, self.opened))
        kinds = (EventKind.STARTED.value, EventKind.TASK_COMPLETED.value)
        for row in events.of_case(self.tx, self.opened.case.id, kinds=kinds):
            program = self.opened.program_at(row.number)
            form = form_of(program, row)
            if form is None or row.payload is None or not form.compartments & self.closed:
                continue
            detail = self.opened.vault.open_json(row.payload, "event", row.number)
            data = detail.get("data") if isinstance(detail, dict) else None
            if isinstance(data, Mapping):
                shown = {file_id for file_id, _ in form.files(form.closed_over(data, self.closed))}
                found.update(i for i, _ in form.files(data) if i not in shown)
        return frozenset(found)

    def _of_withheld_steps(self) -> frozenset[str]:
        hidden = {
            (program.id, element.process_key, element.id): element
            for program in self.opened.programs
            for element in program.confidential
            if not self.may_read(element)
        }
        if not hidden:
            return frozenset()
        found: set[str] = set()
        rows = events.of_case(self.tx, self.opened.case.id, kinds=(EventKind.TASK_COMPLETED.value,))
        for row in rows:
            program = self.opened.program_at(row.number)
            element = hidden.get((program.id, row.process_key or "", row.element_id or ""))
            filler = filler_of(row.actor or "")
            form = None if element is None else program.form_of(element, filler)
            if form is not None and row.payload is not None:
                detail = self.opened.vault.open_json(row.payload, "event", row.number)
                data = detail.get("data") if isinstance(detail, dict) else None
                if isinstance(data, Mapping):
                    found.update(file_id for file_id, _ in form.files(data))
        return frozenset(found)

    def _is_reader(self, element: Element, named: Iterable[str]) -> bool:
        home = self.opened.case.organisation_id
        handling = self._handling.get(element.id, set())
        if self._did_what_bars(element) and not self._looks_into_it:
            return False
        lane = element.lane
        roles = () if lane is None else (lane.role, *(role for _, role in lane.roles_at))
        if any(self.actor.holds_at(role, place) for role in roles for place in handling):
            return True
        return _reads_from_above(self.actor, home, named, self._above)

    @cached_property
    def _handling(self) -> Mapping[str, set[str]]:
        """Of each step of the case: asked once, whatever is hidden in it."""
        return tasks.handling_by_element(self.tx, self.opened.case.id)

    @cached_property
    def _above(self) -> Mapping[str, str]:
        return _levels_above(self.tx, self.opened.case.organisation_id)

    @cached_property
    def _looks_into_it(self) -> bool:
        """She did one of the steps that are kept from others: who approves them is no stranger."""
        memory = self.opened.memory
        return any(
            self.actor.person_id in memory.doers(one.id) for one in self.opened.program.confidential
        )

    def _did_what_bars(self, element: Element) -> bool:
        memory = self.opened.memory
        return any(
            self.actor.person_id in memory.doers(other) for other in element.not_same_person_as
        )


def form_of(program: Program, row: EventRow) -> CompiledForm | None:
    """The form of what a row of the history says was filled in."""
    if row.kind == EventKind.STARTED.value:
        return program.start_form()
    if row.kind != EventKind.TASK_COMPLETED.value or row.element_id is None:
        return None
    element = program.element(row.process_key or program.key, row.element_id)
    return program.form_of(element, filler_of(row.actor or ""))


def reads_from_above(tx: Tx, actor: Actor, home: str, named: Iterable[str]) -> bool:
    """Whether one of these roles, or levels, above an organisation is hers; never one at it."""
    return actor.is_system or _reads_from_above(actor, home, named, _levels_above(tx, home))


def _levels_above(tx: Tx, home: str) -> dict[str, str]:
    """The level of each organisation above one, by its id."""
    return {o.id: o.level for o in directory.line_upwards(tx, home) if o.id != home}


def _reads_from_above(
    actor: Actor, home: str, named: Iterable[str], above: Mapping[str, str]
) -> bool:
    places = {grant.organisation_id for grant in actor.grants}
    if home in places or home == actor.organisation_id:
        return False
    wanted = set(named)
    return any(
        grant.role in wanted or (grant.sees == "area" and above[grant.organisation_id] in wanted)
        for grant in actor.grants
        if grant.organisation_id in above
    )
