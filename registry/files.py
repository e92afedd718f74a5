"""One household's file beyond its answers: its versions side by side, its money, its cases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from engine import Actor, Engine
from engine.forms.components import Personal
from engine.model.cases import CaseLine
from engine.store.database import Tx
from engine.work.attributes import normal
from registry.comparison import Change, changes
from registry.deciding import Review, review_of
from registry.finding import Waited, time_awaiting
from registry.household import EXITS, Content, File, mapping, mappings, text
from registry.money import Money, money_of
from registry.national import Block, blocks
from registry.reading import content_of, must_see
from registry.rights import Act, allowed
from registry.sections import PARTS, Mask, masked, whole
from registry.store import exits, file_reports, households, trace
from registry.store.exits import Exit
from registry.store.households import VersionLine
from registry.vocabulary import CLOSE_REASONS, EXIT_KINDS, REPORT_RESULTS, words


@dataclass(frozen=True)
class Person:
    """Somebody of the household as the family tab shows her."""

    relation: str
    name: str
    id_number: str
    occupation: str
    health: str
    place: str
    more: str
    lives_together: bool
    is_counted: bool


@dataclass(frozen=True)
class Closed:
    """When and why a file was struck off, and by which case."""

    on: str
    reason: str
    note: str
    case_number: str


@dataclass(frozen=True)
class Left:
    """When a household left poverty and how; since when it was found poor again, or is back.

    ``back_on`` is set for one that stands again: it had left, and fell back.
    """

    on: str
    kind: str
    note: str = ""
    fell_back_on: str = ""
    fell_back_note: str = ""
    back_on: str = ""


@dataclass(frozen=True)
class Standing:
    """What else must be known before acting on a file: what she may do, how long it waits."""

    acts: frozenset[Act]
    awaiting: Waited | None
    consent_withdrawn_on: str
    review: Review | None = None
    """What was put right since the category was decided, until it is decided again."""
    closed: Closed | None = None
    left: Left | None = None


@dataclass(frozen=True)
class Difference:
    """Two versions and what differs; None where the file has only one."""

    older: VersionLine
    newer: VersionLine
    changes: Sequence[Change]


@dataclass(frozen=True)
class CaseTrace:
    """The cases behind a file. ``hidden`` counts those that wrote to it and may not be seen.

    ``reports``: cases that look, or looked, into what was said against it, with what came of it.
    """

    wrote: Sequence[tuple[CaseLine, tuple[int, ...]]]
    open_elsewhere: Sequence[CaseLine]
    hidden: int
    reports: Sequence[tuple[CaseLine, str]] = ()


class Files:
    """The group of questions about one file."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._vault = engine.environment.vault

    def standing(self, actor: Actor, file_no: str) -> Standing:
        """What she may do, and what the file waits for."""

        def read(tx: Tx) -> Standing:
            file, _union = must_see(tx, actor, file_no)
            return standing_of(self._engine, tx, actor, file, self._newest(tx, file))

        return self._engine.ask(read)

    def form(self, actor: Actor, file_no: str, *, is_clear: bool) -> Sequence[Block]:
        """The national form as it is printed, numbers masked or whole."""

        def read(tx: Tx) -> Sequence[Block]:
            file, _union = must_see(tx, actor, file_no)
            mask = _mask(is_clear=is_clear)
            return [_masked_block(block, mask) for block in blocks(self._newest(tx, file))]

        return self._engine.ask(read)

    def money(self, actor: Actor, file_no: str) -> Money:
        """Income and expenses by month and kind, and the sums behind the category."""

        def read(tx: Tx) -> Money:
            file, _union = must_see(tx, actor, file_no)
            return money_of(self._newest(tx, file), {})

        return self._engine.ask(read)

    def difference(
        self, actor: Actor, file_no: str, older: int, newer: int, *, is_clear: bool
    ) -> Difference | None:
        """What changed between two versions; 0 and 0 are the two newest.

        Raises NotFound for a number the file does not have.
        """

        def read(tx: Tx) -> Difference | None:
            file, _union = must_see(tx, actor, file_no)
            last = newer or file.version
            first = older or last - 1
            if file.version == 1 and not older and not newer:
                return None
            first, last = min(first, last), max(first, last)
            found = changes(
                content_of(tx, self._vault, file_no, first),
                content_of(tx, self._vault, file_no, last),
                _mask(is_clear=is_clear),
            )
            lines = {line.number: line for line in households.version_lines(tx, actor, file_no)}
            return Difference(lines[first], lines[last], found)

        return self._engine.ask(read)

    def trace(self, actor: Actor, file_no: str) -> CaseTrace:
        """Cases that wrote the file, and open ones about somebody of the household."""

        def read(tx: Tx) -> CaseTrace:
            file, _union = must_see(tx, actor, file_no)
            wrote = trace.wrote(tx, actor, file_no)
            known = {line.id for line, _ in wrote}
            about = trace.about_person(tx, actor, self._hashes(self._newest(tx, file)))
            return CaseTrace(
                wrote=list(reversed(wrote)),
                open_elsewhere=[line for line in about if line.id not in known],
                hidden=trace.hidden_writers(tx, actor, file_no),
                reports=[
                    (line, words(REPORT_RESULTS, result or None))
                    for case_id, result in file_reports.cases_about(tx, actor, file_no)
                    if (line := trace.line(tx, case_id)) is not None
                ],
            )

        return self._engine.ask(read)

    def _newest(self, tx: Tx, file: File) -> Content:
        return content_of(tx, self._vault, file.file_no, file.version)

    def _hashes(self, content: Content) -> list[str]:
        """Keyed hashes of the numbers of everybody in the household."""
        people = [mapping(content.get("head")), *mappings(content.get("members"))]
        numbers = (text(one.get("id_number")) for one in people)
        return [self._vault.lookup_hash(normal(number)) for number in numbers if number]


def standing_of(engine: Engine, tx: Tx, actor: Actor, file: File, content: Content) -> Standing:
    """What she may do with a file that says this, and what it waits for."""
    return Standing(
        acts=allowed(tx, actor, file),
        awaiting=time_awaiting(engine, tx, file),
        consent_withdrawn_on=text(mapping(content.get("consent")).get("withdrawn_on")),
        review=review_of(content),
        closed=_closed(mapping(content.get("closed"))),
        left=_left(content, exits.of_file(tx, file.file_no)),
    )


def family_of(content: Content, mask: Mask) -> list[Person]:
    """The people of a content, the head first; the head is always counted."""
    head = mapping(content.get("head"))
    return [
        _person({**head, "occupation": head.get("identity"), "place": head.get("employer")}, mask),
        *(_person(row, mask) for row in mappings(content.get("members"))),
    ]


def _person(row: Mapping[str, object], mask: Mask) -> Person:
    relation = text(row.get("relation"))
    return Person(
        relation=relation or "户主",
        name=mask(Personal.NAME, text(row.get("name"))),
        id_number=mask(Personal.ID, text(row.get("id_number"))),
        occupation=text(row.get("occupation")),
        health=text(row.get("health")),
        place=text(row.get("place")),
        more=_more(row, mask) if relation else "",
        lives_together=not relation or row.get("living_together") == "yes",
        is_counted=not relation or row.get("counted") == "yes",
    )


def _more(row: Mapping[str, object], mask: Mask) -> str:
    """What else is said of a member, each with its label."""
    (part,) = (part for part in PARTS if part.path == "members")
    shown = ((f.label, f.show(row, mask)) for f in part.each if f.key not in _IN_COLUMNS)
    return ",".join(f"{label} {said}" for label, said in shown if said)


_IN_COLUMNS = frozenset(
    {
        "relation",
        "name",
        "id_number",
        "occupation",
        "health",
        "place",
        "living_together",
        "counted",
    }
)


def _masked_block(block: Block, mask: Mask) -> Block:
    return Block(
        block.title,
        tuple(
            replace(one, value=mask(one.personal, one.value))
            if one.personal is not None and one.value
            else one
            for one in block.entries
        ),
    )


def _mask(*, is_clear: bool) -> Mask:
    return whole if is_clear else masked


def _closed(said: Content) -> Closed | None:
    if not said:
        return None
    reason = words(CLOSE_REASONS, said.get("reason"))
    return Closed(text(said.get("on")), reason, text(said.get("note")), text(said.get("case")))


def _left(content: Content, known: Sequence[Exit]) -> Left | None:
    """How it left, as its newest version says; of one that stands again how it had left before."""
    said = mapping(content.get("left"))
    if said:
        return Left(
            on=text(said.get("on")),
            kind=words(EXIT_KINDS, said.get("kind")),
            note=text(said.get("note")),
            fell_back_on=text(said.get("fell_back_on")),
            fell_back_note=text(said.get("fell_back_note")),
        )
    returned = [one for one in known if one.kind in EXITS and one.back_on and not one.is_revoked]
    if not returned:
        return None
    last = returned[-1]
    return Left(on=last.on, kind=words(EXIT_KINDS, last.kind), back_on=last.back_on)
