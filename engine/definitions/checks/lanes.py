"""Does every step lie in a lane whose role somebody can hold? (design.md D7)"""

from collections.abc import Iterator

from engine.definitions.diagram import DrawnLane, Node, Process, described, properties_of
from engine.definitions.draft import Draft
from engine.definitions.findings import error, warning
from engine.definitions.known import LEVELS, Known
from engine.errors import Finding
from engine.model.definitions import LaneKind

_LEVEL_WORDS = "、".join(LEVELS)


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
        yield error(
            "lane-kind",
            f"{name}的属性 kind=“{kind[:60]}”不对,只能是 role、participant 或 external。",
            process.file,
            lane.element,
        )
    if kind == LaneKind.EXTERNAL.value and not properties.get("party", "").strip():
        yield error(
            "lane-party",
            f"{name}是外部单位,但没有写是哪一个。请加属性 party,例如“县民政局”。",
            process.file,
            lane.element,
        )
    role, level = properties.get("role", "").strip(), properties.get("level", "").strip()
    if not role:
        yield error(
            "lane-without-role",
            f"{name}没有写角色,没有人会收到里面的步骤。请加扩展属性 role 和 level。",
            process.file,
            lane.element,
        )
    elif role not in known.roles:
        yield error(
            "lane-role-unknown",
            f"{name}的角色“{role}”不存在。请用角色表里的编号:{known.roles_in_words}。",
            process.file,
            lane.element,
        )
    if level not in LEVELS:
        said = f"的层级“{level}”不存在" if level else "没有写层级"
        yield error(
            "lane-level-unknown",
            f"{name}{said}。请把属性 level 写成 {_LEVEL_WORDS} 之一。",
            process.file,
            lane.element,
        )
    elif role in known.roles and level not in known.roles[role].levels:
        held = "、".join(known.roles[role].levels) or "无"
        yield warning(
            "lane-level",
            f"{name}:角色“{role}”不设在层级 {level}(设在:{held}),步骤会转到上级。请核对。",
            process.file,
            lane.element,
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
        yield error(
            "task-without-lane",
            f"{node.label}不在任何泳道里,不知道由谁办。请把它拖进一条泳道。",
            process.file,
            node.element,
        )
    elif len(lanes) > 1:
        names = "、".join(f"“{lane.element.get('name', '')}”" for lane in lanes)
        yield error(
            "task-in-several-lanes",
            f"{node.label}同时在几条泳道里:{names}。请只留在一条。",
            process.file,
            node.element,
        )
