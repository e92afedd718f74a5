"""Does every step lie in a lane whose role somebody can hold? (design.md D7)"""

from collections.abc import Iterator

from engine.definitions.diagram import DrawnLane, Node, Process, described, properties_of
from engine.definitions.draft import Draft
from engine.definitions.findings import error, warning
from engine.definitions.known import LEVELS, Known
from engine.errors import Finding
from engine.model.definitions import ROLE_AT, LaneKind
from engine.runtime import Program
from engine.sentences import Words

_LEVEL_WORDS = Words.listed(LEVELS)


def check(draft: Draft) -> Iterator[Finding]:
    """Lanes without a known role and level, steps in no lane or in two."""
    for process in draft.processes:
        for lane in process.lanes:
            if not lane.inner:
                yield from _lane(draft.known, process, lane)
        places = places_of(process)
        for node in process.of("userTask"):
            yield from _place(process, node, places)


def _lane(known: Known, process: Process, lane: DrawnLane) -> Iterator[Finding]:
    properties = properties_of(lane.element)
    name = described(lane.element)
    kind = properties.get("kind", LaneKind.ROLE.value)
    if kind not in {one.value for one in LaneKind}:
        yield error("lane-kind", process.file, lane.element, name=name, kind=kind[:60])
    if kind == LaneKind.EXTERNAL.value and not properties.get("party", "").strip():
        yield error("lane-party", process.file, lane.element, name=name)
    role, level = properties.get("role", "").strip(), properties.get("level", "").strip()
    if not role:
        yield error("lane-without-role", process.file, lane.element, name=name)
    elif role not in known.roles:
        yield error(
            "lane-role-unknown",
            process.file,
            lane.element,
            name=name,
            role=role,
            roles=known.roles_in_words,
        )
    if level not in LEVELS:
        said = (
            Words(f"的层级“{level}”不存在", f"has the level “{level}”, which does not exist")
            if level
            else Words("没有写层级", "names no level")
        )
        yield error(
            "lane-level-unknown",
            process.file,
            lane.element,
            name=name,
            said=said,
            levels=_LEVEL_WORDS,
        )
    elif role in known.roles and level not in known.roles[role].levels:
        held = Words.listed(known.roles[role].levels)
        yield warning(
            "lane-level", process.file, lane.element, name=name, role=role, level=level, held=held
        )
    yield from _roles_at(known, process, lane, level)


def _roles_at(known: Known, process: Process, lane: DrawnLane, own: str) -> Iterator[Finding]:
    """Who does the steps in cases of higher units: a known role, of a level above the lane's."""
    properties, name = properties_of(lane.element), described(lane.element)
    for level in LEVELS:
        role = properties.get(f"{ROLE_AT}{level}")
        if role is None:
            continue
        if role.strip() not in known.roles:
            yield error(
                "lane-role-unknown",
                process.file,
                lane.element,
                name=name,
                role=role.strip()[:60],
                roles=known.roles_in_words,
            )
        if own in LEVELS and LEVELS.index(level) <= LEVELS.index(own):
            yield error("lane-role-below", process.file, lane.element, name=name, level=level)


def check_read(draft: Draft, program: Program) -> Iterator[Finding]:
    """Whether the engine has every step in the lane it is drawn in: who does it hangs on that."""
    process = draft.process(program.key)
    if process is None:
        return
    places = places_of(process)
    for element in program.elements():
        node = process.nodes.get(element.id)
        if node is None or node.tag != "userTask":
            continue
        drawn = [lane.element for lane in lanes_of(node, places)]
        read = "" if element.lane is None else element.lane.id
        if [lane.get("id", "") for lane in drawn] != [read]:
            yield error(
                "lane-differs",
                process.file,
                node.element,
                node=node.label,
                drawn=Words.listed(lane.get("name", "") for lane in drawn),
                read="" if element.lane is None else element.lane.name,
            )


def places_of(process: Process) -> dict[str, list[DrawnLane]]:
    """The inmost lanes that list an id."""
    places: dict[str, list[DrawnLane]] = {}
    for lane in process.lanes:
        if not lane.inner:
            for identity in lane.ids:
                places.setdefault(identity, []).append(lane)
    return places


def lanes_of(node: Node, places: dict[str, list[DrawnLane]]) -> list[DrawnLane]:
    """The lanes a step lies in; an inner step lies where its sub-process does."""
    lanes: list[DrawnLane] = []
    holder: Node | None = node
    while holder is not None and not lanes:
        lanes = places.get(holder.id, [])
        holder = holder.scope.owner
    return lanes


def _place(process: Process, node: Node, places: dict[str, list[DrawnLane]]) -> Iterator[Finding]:
    lanes = lanes_of(node, places)
    if not lanes:
        yield error("task-without-lane", process.file, node.element, node=node.label)
    elif len(lanes) > 1:
        names = Words.listed(f"“{lane.element.get('name', '')}”" for lane in lanes)
        yield error(
            "task-in-several-lanes", process.file, node.element, node=node.label, names=names
        )
