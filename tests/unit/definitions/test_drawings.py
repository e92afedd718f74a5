"""The drawings of our processes can be read: nothing lies over anything else."""

import re
from pathlib import Path

import pytest

from tests.support.drawings import Drawing, drawing_of, faults, wrapped

ROOT = Path(__file__).parents[3]
OURS = sorted((ROOT / "processes").glob("*/*.bpmn"))


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_nothing_lies_over_anything_else(path: Path) -> None:
    assert faults(drawing_of(path)) == []


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_every_name_that_is_drawn_beside_has_its_place(path: Path) -> None:
    drawing = drawing_of(path)
    beside = [
        one
        for one in (*drawing.nodes, *drawing.lines)
        if drawing.name(one)
        and (one in drawing.lines or drawing.is_round(one) or drawing.is_gateway(one))
    ]

    assert [one for one in beside if one not in drawing.labels] == []


SAMPLE = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI"
 xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:d="http://www.omg.org/spec/DD/20100524/DI">
<collaboration id="c"><participant id="pool" name="流程" processRef="p" /></collaboration>
<process id="p"><laneSet id="s">
 <lane id="upper" name="经办"><flowNodeRef>begin</flowNodeRef><flowNodeRef>step</flowNodeRef>
  <flowNodeRef>gate</flowNodeRef><flowNodeRef>late</flowNodeRef></lane>
 <lane id="lower" name="审批"><flowNodeRef>end</flowNodeRef></lane></laneSet>
 <startEvent id="begin" name="开始" /><userTask id="step" name="填报" />
 <boundaryEvent id="late" attachedToRef="step" /><exclusiveGateway id="gate" name="结果" default="c1" />
 <endEvent id="end" name="结束" />
 <sequenceFlow id="a" sourceRef="begin" targetRef="step" />
 <sequenceFlow id="b" sourceRef="step" targetRef="gate" />
 <sequenceFlow id="c1" name="同意" sourceRef="gate" targetRef="end" />
 <sequenceFlow id="c2" name="退回" sourceRef="gate" targetRef="step" /></process>
<di:BPMNDiagram id="d"><di:BPMNPlane id="pl" bpmnElement="c">
{shapes}{edges}</di:BPMNPlane></di:BPMNDiagram></definitions>"""
SHAPES = {
    "pool": "100 80 700 340",
    "upper": "130 80 670 200",
    "lower": "130 280 670 140",
    "begin": "200 152 36 36; 200 192 36 14",
    "step": "300 130 100 80",
    "late": "332 192 36 36",
    "gate": "475 145 50 50; 520 128 40 14",
    "end": "602 332 36 36; 600 372 40 14",
}
EDGES = {
    "a": "236 170 300 170",
    "b": "400 170 475 170",
    "c1": "500 195 500 350 602 350; 504 220 40 14",
    "c2": "500 145 500 100 350 100 350 130; 440 84 40 14",
}


def sample(**changed: str) -> Drawing:
    """A drawing without a fault, and what is changed in it: numbers, and its label's after ``;``."""
    places = {**SHAPES, **EDGES, **changed}
    shapes, edges = (
        "".join(_drawn(one, *places[one].split(";")) for one in names) for names in (SHAPES, EDGES)
    )
    return Drawing(SAMPLE.format(shapes=shapes, edges=edges).encode())


def _drawn(element: str, place: str, label: str = "") -> str:
    inner = _bounds(place) if element in SHAPES else re.sub(r"(\S+) (\S+)", _point, place)
    if label:
        inner += f"<di:BPMNLabel>{_bounds(label)}</di:BPMNLabel>"
    tag = "BPMNShape" if element in SHAPES else "BPMNEdge"
    return f'<di:{tag} id="di_{element}" bpmnElement="{element}">{inner}</di:{tag}>'


def _bounds(numbers: str) -> str:
    x, y, width, height = numbers.split()
    return f'<dc:Bounds x="{x}" y="{y}" width="{width}" height="{height}" />'


def _point(pair: re.Match[str]) -> str:
    return f'<d:waypoint x="{pair[1]}" y="{pair[2]}" />'


def test_a_calm_drawing_has_no_fault() -> None:
    assert faults(sample()) == []


@pytest.mark.parametrize(
    ("fault", "changed"),
    [
        ("label-on-label gate c2", {"c2": f"{EDGES['c2'].split(';')[0]}; 530 130 40 14"}),
        ("label-on-shape begin step", {"begin": "200 152 36 36; 290 192 36 14"}),
        ("label-on-shape c1 gate", {"c1": "500 195 500 350 602 350; 504 180 40 14"}),
        ("label-on-flow begin a", {"begin": "200 152 36 36; 250 164 36 14"}),
        ("label-on-mark begin a", {"begin": "200 152 36 36; 268 174 40 14"}),
        ("label-on-mark c1 c1", {"c1": "500 195 500 350 602 350; 502 200 22 14"}),
        ("label-on-lane end lower", {"end": "602 332 36 36; 600 275 40 14"}),
        ("label-on-lane begin upper", {"begin": "200 152 36 36; 130 180 40 14"}),
        ("label-outside end", {"end": "602 332 36 36; 600 425 40 14"}),
        ("label-far begin", {"begin": "200 152 36 36; 200 240 36 14"}),
        ("name-too-long step", {"step": "300 150 100 25", "late": "332 157 36 36"}),
        ("shape-on-shape gate step", {"gate": "380 145 50 50; 420 128 40 14"}),
        ("shape-outside end", {"end": "602 400 36 36; 600 372 40 14"}),
        ("shape-outside-lane end lower", {"end": "602 232 36 36; 600 272 40 14"}),
        ("boundary-off late step", {"late": "332 152 36 36"}),
        ("flow-aslant a", {"a": "236 170 300 180"}),
        ("flow-loose a step", {"a": "236 170 280 170"}),
        ("flow-loose b gate", {"b": "400 170 465 170"}),
        ("flow-through-shape c1 step", {"c1": "500 195 500 205 380 205 380 350 602 350; 504 220 40 14"}),
        ("flow-through-shape c2 step", {"c2": "500 145 500 100 350 100 350 210; 440 84 40 14"}),
        ("flow-through-shape a late", {"a": "236 170 236 220 380 220 380 210"}),
        ("flow-on-lane c1 lower", {"c1": "500 195 500 280 620 280 620 332; 504 220 40 14"}),
        ("flow-outside c2", {"c2": "500 145 500 70 350 70 350 130; 440 84 40 14"}),
        ("flow-on-flow b c2", {"c2": "475 170 400 170; 440 144 40 14"}),
    ],
)  # fmt: skip
def test_each_fault_is_told(fault: str, changed: dict[str, str]) -> None:
    assert fault in faults(sample(**changed))


def test_names_break_as_the_page_breaks_them() -> None:
    """As Chromium drew them with bpmn-js 18.31."""
    assert wrapped("测算与建议类型", 86, 12) == ["测算与建议类型"]
    assert wrapped("家庭经济状况核对", 86, 12) == ["家庭经济状况", "核对"]
    assert wrapped("春节前统计覆盖率", 86, 12) == ["春节前统计覆", "盖率"]
