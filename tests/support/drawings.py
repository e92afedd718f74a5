"""What lies over what on the drawing of a process, as bpmn-js draws it.

Sizes of text are reckoned as bpmn-js wraps it, without a browser: a Chinese character is as wide
as the font is high. All lengths are in the drawing's own units, which are pixels at 100 %.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise
from pathlib import Path

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
_DC = "{http://www.omg.org/spec/DD/20100524/DC}"
_WAYPOINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"

INSIDE, BESIDE = 12, 11  # font sizes: in a step, and beside an event, a gateway or a flow
LINE = 1.2  # line height, in font sizes
PADDING = 7  # between the border of a step and its text
NAME = 30  # the strip at the left of a lane or pool that bears its name
MARK = 6  # how far the marks of a flow reach to either side of it
GAP = 1  # between a label and what is not its own
FAR = 20  # from which on nobody knows whose a label is

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def middle(self) -> Point:
        return self.x + self.width / 2, self.y + self.height / 2

    def grown(self, by: float) -> "Box":
        return Box(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)

    def lies_in(self, other: "Box") -> bool:
        return (
            self.x >= other.x
            and self.y >= other.y
            and self.right <= other.right
            and self.bottom <= other.bottom
        )

    def meets(self, other: "Box") -> bool:
        return min(self.right, other.right) > max(self.x, other.x) and min(
            self.bottom, other.bottom
        ) > max(self.y, other.y)

    def crosses_border_of(self, other: "Box") -> bool:
        return self.meets(other) and not self.lies_in(other)

    def away_from(self, other: "Box") -> float:
        across = max(0.0, max(self.x, other.x) - min(self.right, other.right))
        down = max(0.0, max(self.y, other.y) - min(self.bottom, other.bottom))
        return math.hypot(across, down)


@dataclass(frozen=True)
class Line:
    """A straight piece of a flow."""

    start: Point
    end: Point

    @property
    def box(self) -> Box:
        (a, b), (c, d) = self.start, self.end
        return Box(min(a, c), min(b, d), abs(a - c), abs(b - d))

    @property
    def is_straight(self) -> bool:
        return min(self.box.width, self.box.height) < 1

    def inside(self, box: Box) -> float:
        """How much of it lies in the box; pieces run across or down."""
        across = min(self.box.right, box.right) - max(self.box.x, box.x)
        down = min(self.box.bottom, box.bottom) - max(self.box.y, box.y)
        return max(across, down) if min(across, down) >= 0 else 0

    def along(self, other: "Line") -> float:
        """Over what length the two run on one line."""
        mine, its = self.box, other.box
        if mine.height < 1 and its.height < 1 and abs(mine.y - its.y) < 3:
            return max(0.0, min(mine.right, its.right) - max(mine.x, its.x))
        if mine.width < 1 and its.width < 1 and abs(mine.x - its.x) < 3:
            return max(0.0, min(mine.bottom, its.bottom) - max(mine.y, its.y))
        return 0


def wide(text: str, size: float) -> float:
    """About how wide a line of text is."""
    return size * sum(1.0 if ord(c) > 0x2000 else 0.35 if c in " .,:;|!'()" else 0.62 for c in text)


def wrapped(text: str, room: float, size: float) -> list[str]:
    """The lines of a text, as diagram-js breaks it: at a space or hyphen, else anywhere."""
    lines, rest = [], text
    while rest:
        line = rest
        while len(line) > 1 and wide(line, size) > room:
            fits = max(len(line) * room / wide(line, size), 1)
            line = _broken(line, fits) or line[: max(round(fits - 1), 1)]
        lines.append(line)
        rest = rest[len(line) :].strip()
    return lines


def _broken(line: str, fits: float) -> str:
    kept = ""
    for part in re.split(r"(\s|-)", line):
        if len(kept) + len(part) >= fits:
            break
        kept += part
    return kept


class Drawing:
    """The shapes, flows and labels of one file, by the ids of their elements."""

    def __init__(self, content: bytes) -> None:
        root = etree.fromstring(content)
        self.elements = {e.get("id", ""): e for e in root.iter(f"{BPMN}*") if e.get("id")}
        self.shapes: dict[str, Box] = {}
        self.lines: dict[str, list[Line]] = {}
        self.written: dict[str, Box] = {}
        self.open: set[str] = set()
        for shape in root.iter(f"{_DI}BPMNShape"):
            element = shape.get("bpmnElement", "")
            self.shapes[element] = _bounds(shape)
            self._label(shape)
            if shape.get("isExpanded") == "true":
                self.open.add(element)
        for edge in root.iter(f"{_DI}BPMNEdge"):
            points = [(float(p.get("x", "")), float(p.get("y", ""))) for p in edge.iter(_WAYPOINT)]
            self.lines[edge.get("bpmnElement", "")] = [Line(*two) for two in pairwise(points)]
            self._label(edge)

    def _label(self, drawn: etree._Element) -> None:
        label = drawn.find(f"{_DI}BPMNLabel")
        if label is not None and label.find(f"{_DC}Bounds") is not None:
            self.written[drawn.get("bpmnElement", "")] = _bounds(label)

    def kind(self, element: str) -> str:
        return etree.QName(self.elements[element]).localname

    def name(self, element: str) -> str:
        return self.elements[element].get("name", "")

    @cached_property
    def pools(self) -> list[str]:
        return [one for one in self.shapes if self.kind(one) == "participant"]

    @cached_property
    def lanes(self) -> list[str]:
        return [one for one in self.shapes if self.kind(one) == "lane"]

    @cached_property
    def nodes(self) -> list[str]:
        return [one for one in self.shapes if self.kind(one) not in {"lane", "participant"}]

    @cached_property
    def closed(self) -> list[str]:
        """What is drawn as one thing: all but the sub-processes that show what is in them."""
        return [one for one in self.nodes if one not in self.open]

    @cached_property
    def lane_of(self) -> dict[str, str]:
        return {
            (reference.text or ""): lane
            for lane in self.lanes
            for reference in self.elements[lane].iter(f"{BPMN}flowNodeRef")
        }

    def is_round(self, element: str) -> bool:
        return self.kind(element).endswith("Event")

    def is_gateway(self, element: str) -> bool:
        return self.kind(element).endswith("Gateway")

    def host(self, element: str) -> str | None:
        return self.elements[element].get("attachedToRef")

    def ends(self, flow: str) -> tuple[str, str]:
        element = self.elements[flow]
        return element.get("sourceRef", ""), element.get("targetRef", "")

    def scopes(self, element: str) -> set[str]:
        """The open sub-processes an element lies in."""
        above = self.elements[element].iterancestors(f"{BPMN}subProcess")
        return self.open & {one.get("id", "") for one in above}

    @cached_property
    def labels(self) -> dict[str, Box]:
        """Where the text of events, gateways and flows is drawn: in the middle of its bounds."""
        found = {}
        for element, bounds in self.written.items():
            if lines := wrapped(self.name(element), bounds.width, BESIDE):
                width = max(wide(line, BESIDE) for line in lines)
                left = bounds.middle[0] - width / 2
                found[element] = Box(left, bounds.y, width, len(lines) * BESIDE * LINE)
        return found

    @cached_property
    def titles(self) -> dict[str, Box]:
        """The names of open sub-processes, in the middle of their upper edge."""
        found = {}
        for element in self.open:
            box, width = self.shapes[element], wide(self.name(element), INSIDE)
            found[element] = Box(box.middle[0] - width / 2, box.y + 5, width, INSIDE * LINE)
        return found

    @cached_property
    def marks(self) -> dict[str, list[Box]]:
        """What a flow bears: its head, and the stroke of the one taken if no other is."""
        found = {}
        for flow, lines in self.lines.items():
            found[flow] = [_along(lines[-1].end, lines[-1].start, 0, 11)]
            if self.elements[self.ends(flow)[0]].get("default") == flow:
                found[flow].append(_along(lines[0].start, lines[0].end, 5, 11))
        return found

    def covers(self, element: str, box: Box) -> bool:
        """Does something drawn lie over the box: a gateway has corners cut away."""
        shape = self.shapes[element]
        if not shape.meets(box):
            return False
        if not self.is_gateway(element):
            return True
        across, down = shape.middle
        nearest = min(max(across, box.x), box.right), min(max(down, box.y), box.bottom)
        return _in_diamond(shape, nearest) < 1


def _bounds(drawn: etree._Element) -> Box:
    bounds = next(drawn.iterchildren(f"{_DC}Bounds"))
    x, y, width, height = (float(bounds.get(k, "")) for k in ("x", "y", "width", "height"))
    return Box(x, y, width, height)


def _along(here: Point, there: Point, begins: float, ends: float) -> Box:
    """What is drawn across a flow, from and to so far from its end."""
    (x, y), length = here, math.dist(here, there)
    across, down = (there[0] - x) / length, (there[1] - y) / length
    piece = Line((x + across * begins, y + down * begins), (x + across * ends, y + down * ends)).box
    return Box(
        piece.x - abs(down) * MARK,
        piece.y - abs(across) * MARK,
        piece.width + 2 * abs(down) * MARK,
        piece.height + 2 * abs(across) * MARK,
    )


def _in_diamond(shape: Box, point: Point) -> float:
    """1 at the border of a gateway, less within it."""
    (x, y), (across, down) = point, shape.middle
    return abs(x - across) / (shape.width / 2) + abs(y - down) / (shape.height / 2)


def drawing_of(path: Path) -> Drawing:
    """The drawing in a file."""
    return Drawing(path.read_bytes())


def faults(drawing: Drawing) -> list[str]:
    """What lies over what, each as ``what element other``; nothing, if all can be read."""
    found = [
        *_of_labels(drawing),
        *_of_labels_and_flows(drawing),
        *_of_labels_and_lanes(drawing),
        *_of_titles(drawing),
        *_of_names(drawing),
        *_of_shapes(drawing),
        *_of_boundaries(drawing),
        *_of_flows(drawing),
        *_of_flows_and_shapes(drawing),
        *_of_flows_and_lanes(drawing),
        *_of_two_flows(drawing),
    ]
    return list(dict.fromkeys(found))


def _of_labels(drawing: Drawing) -> Iterator[str]:
    for (one, mine), (other, its) in combinations(drawing.labels.items(), 2):
        if mine.grown(GAP).meets(its):
            yield f"label-on-label {one} {other}"
    for one, box in drawing.labels.items():
        for node in drawing.closed:
            if drawing.covers(node, box):
                yield f"label-on-shape {one} {node}"
        for node in drawing.open:
            if box.crosses_border_of(drawing.shapes[node]):
                yield f"label-on-shape {one} {node}"


def _of_labels_and_flows(drawing: Drawing) -> Iterator[str]:
    for one, box in drawing.labels.items():
        for flow, lines in drawing.lines.items():
            if any(line.inside(box) for line in lines):
                yield f"label-on-flow {one} {flow}"
            if any(mark.meets(box) for mark in drawing.marks[flow]):
                yield f"label-on-mark {one} {flow}"
        itself = drawing.lines.get(one)
        places = [line.box for line in itself] if itself else [drawing.shapes[one]]
        if min(box.away_from(place) for place in places) > FAR:
            yield f"label-far {one}"


def _of_labels_and_lanes(drawing: Drawing) -> Iterator[str]:
    for one, box in drawing.labels.items():
        for lane in drawing.lanes + drawing.pools:
            around = drawing.shapes[lane]
            strip = Box(around.x, around.y, NAME, around.height)
            if box.crosses_border_of(around) or box.meets(strip):
                yield f"label-on-lane {one} {lane}"
        if not any(box.lies_in(drawing.shapes[pool]) for pool in drawing.pools):
            yield f"label-outside {one}"


def _of_titles(drawing: Drawing) -> Iterator[str]:
    for one, box in drawing.titles.items():
        for node in drawing.nodes:
            if node != one and box.crosses_border_of(drawing.shapes[node]):
                yield f"title-on-shape {one} {node}"
        for flow, lines in drawing.lines.items():
            if any(line.inside(box) for line in lines):
                yield f"title-on-flow {one} {flow}"
        for other, label in drawing.labels.items():
            if box.meets(label):
                yield f"title-on-label {one} {other}"
        for lane in drawing.lanes:
            if box.crosses_border_of(drawing.shapes[lane]):
                yield f"title-on-lane {one} {lane}"


def _of_names(drawing: Drawing) -> Iterator[str]:
    """Names within steps and lanes have room there."""
    for node in drawing.closed:
        if drawing.is_round(node) or drawing.is_gateway(node):
            continue
        box = drawing.shapes[node]
        lines = wrapped(drawing.name(node), box.width - 2 * PADDING, INSIDE)
        if len(lines) * INSIDE * LINE > box.height - 2 * PADDING:
            yield f"name-too-long {node}"
    for lane in drawing.lanes + drawing.pools:
        lines = wrapped(drawing.name(lane), drawing.shapes[lane].height, INSIDE)
        if len(lines) * INSIDE * LINE > NAME:
            yield f"name-too-long {lane}"


def _of_shapes(drawing: Drawing) -> Iterator[str]:
    for one, other in combinations(drawing.nodes, 2):
        if other in drawing.scopes(one):
            inner, outer = one, other
        else:
            inner, outer = other, one
        mine, its = drawing.shapes[inner], drawing.shapes[outer]
        belongs = outer in drawing.scopes(inner)
        if drawing.host(one) == other or drawing.host(other) == one:
            continue
        if mine.crosses_border_of(its) if belongs else mine.meets(its):
            yield f"shape-on-shape {inner} {outer}"
    for node in drawing.nodes:
        box = drawing.shapes[node]
        if not any(box.lies_in(drawing.shapes[pool]) for pool in drawing.pools):
            yield f"shape-outside {node}"
        lane = drawing.lane_of.get(node)
        if lane and node in drawing.closed and drawing.host(node) not in drawing.open:
            around = drawing.shapes[lane]
            inside = Box(around.x + NAME, around.y, around.width - NAME, around.height)
            if not box.lies_in(inside):
                yield f"shape-outside-lane {node} {lane}"


def _of_boundaries(drawing: Drawing) -> Iterator[str]:
    for node in drawing.nodes:
        host = drawing.host(node)
        if host and abs(_from_border(drawing.shapes[host], drawing.shapes[node].middle)) > 2:
            yield f"boundary-off {node} {host}"


def _from_border(box: Box, point: Point) -> float:
    """How far within the box a point lies; less than nothing, if it lies outside."""
    x, y = point
    return min(x - box.x, box.right - x, y - box.y, box.bottom - y)


def _of_flows(drawing: Drawing) -> Iterator[str]:
    for flow, lines in drawing.lines.items():
        if not all(line.is_straight for line in lines):
            yield f"flow-aslant {flow}"
        for node, point in zip(drawing.ends(flow), (lines[0].start, lines[-1].end), strict=True):
            if not _touches(drawing, node, point):
                yield f"flow-loose {flow} {node}"


def _touches(drawing: Drawing, node: str, point: Point) -> bool:
    box = drawing.shapes[node]
    if drawing.is_gateway(node):
        return abs(_in_diamond(box, point) - 1) < 0.1
    if drawing.is_round(node):
        return abs(math.dist(point, box.middle) - box.width / 2) < 3
    return abs(_from_border(box, point)) < 2


def _of_flows_and_shapes(drawing: Drawing) -> Iterator[str]:
    for flow, lines in drawing.lines.items():
        ends = drawing.ends(flow)
        for node in drawing.nodes:
            box = drawing.shapes[node]
            if node in drawing.scopes(flow):
                if any(not line.box.lies_in(box) for line in lines):
                    yield f"flow-outside-scope {flow} {node}"
            elif node in ends:
                if sum(line.inside(box.grown(-3)) for line in lines) > box.width / 2:
                    yield f"flow-through-shape {flow} {node}"
            elif any(_passes_through(drawing, line, node) for line in lines):
                yield f"flow-through-shape {flow} {node}"


def _passes_through(drawing: Drawing, line: Line, node: str) -> bool:
    box = drawing.shapes[node]
    if not drawing.is_gateway(node):
        return line.inside(box) > 0
    x, y = box.middle
    nearest = (
        min(max(x, line.box.x), line.box.right),
        min(max(y, line.box.y), line.box.bottom),
    )
    return _in_diamond(box, nearest) < 1


def _of_flows_and_lanes(drawing: Drawing) -> Iterator[str]:
    for flow, lines in drawing.lines.items():
        for lane in drawing.lanes + drawing.pools:
            box = drawing.shapes[lane]
            edges = [Line((box.x, y), (box.right, y)) for y in (box.y, box.bottom)]
            if any(line.along(edge) for line in lines for edge in edges):
                yield f"flow-on-lane {flow} {lane}"
        for pool in drawing.pools:
            if not all(line.box.lies_in(drawing.shapes[pool]) for line in lines):
                yield f"flow-outside {flow}"


def _of_two_flows(drawing: Drawing) -> Iterator[str]:
    """Flows run along one line only where they begin or end together."""
    for (one, mine), (other, its) in combinations(drawing.lines.items(), 2):
        (source, target), (from_, to) = drawing.ends(one), drawing.ends(other)
        if source != from_ and target != to and sum(a.along(b) for a in mine for b in its) > 2:
            yield f"flow-on-flow {one} {other}"
