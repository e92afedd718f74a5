"""Running applications go over to a version with one step more; each is followed to its end.

``BANGFU_TEST_MOVES=200`` moves as many; the usual run takes a few at each step.
"""

import json
import os

import pytest

from engine import SYSTEM
from engine.definitions.comparing.changes import How
from engine.definitions.folder import read_folder
from engine.model.cases import CaseStatus, EventKind
from engine.model.definitions import SourceFile
from engine.model.identity_numbers import resident_id_check_character
from engine.model.version_moves import Route, Verdict
from tests.engine.conftest import ROOT
from tests.engine.moving.archiving import archive
from tests.engine.moving.conftest import Workshop

MOVES = int(os.environ.get("BANGFU_TEST_MOVES", "11"))
NEW = "second_look"
BEFORE_IT = frozenset(archive.ROAD[: archive.ROAD.index("county_review") + 1])
_OLD_FLOW = 'sourceRef="county_review" targetRef="county_result"'
_STEP = f"""<bpmn:userTask id="{NEW}" name="复看">
  <bpmn:extensionElements><zeebe:userTask /><zeebe:formDefinition formId="{NEW}" />
  <zeebe:ioMapping><zeebe:output source="=look" target="second_look_note" /></zeebe:ioMapping>
  <zeebe:properties><zeebe:property name="deadline" value="3wd" />
  <zeebe:property name="notSamePersonAs" value="county_review" /></zeebe:properties>
  </bpmn:extensionElements></bpmn:userTask>
<bpmn:sequenceFlow id="Flow_county_review_{NEW}" sourceRef="county_review" targetRef="{NEW}" />
<bpmn:sequenceFlow id="Flow_county_review_county_result" """
_OLD_SHAPE = '<bpmndi:BPMNShape id="Shape_county_review"'
_SHAPE = f"""<bpmndi:BPMNShape id="Shape_{NEW}" bpmnElement="{NEW}">
  <dc:Bounds x="5248" y="1342" width="100" height="80" /></bpmndi:BPMNShape>"""
_OLD_EDGE = '<bpmndi:BPMNEdge id="Edge_Flow_county_review_county_result"'
_EDGE = f"""<bpmndi:BPMNEdge id="Edge_{NEW}" bpmnElement="Flow_county_review_{NEW}">
  <di:waypoint x="5298" y="1442" /><di:waypoint x="5298" y="1422" /></bpmndi:BPMNEdge>"""
_ASKED = {
    "id": NEW,
    "type": "default",
    "title": "复看",
    "schemaVersion": 18,
    "components": [
        {
            "type": "textfield",
            "id": "Field_look",
            "key": "look",
            "label": "意见",
            "validate": {"required": True},
        }
    ],
}


def with_a_second_look() -> tuple[SourceFile, ...]:
    """The files of the process with one step more behind the county's review."""
    files = {
        f.name: f.content
        for f in read_folder(ROOT / "processes", ROOT / "forms", "archiving").files
    }
    drawn = files["archiving.bpmn"].decode()
    before = f'<bpmn:sequenceFlow id="Flow_county_review_county_result" {_OLD_FLOW}'
    assert drawn.count(before) == 1
    drawn = drawn.replace(before, f'{_STEP}sourceRef="{NEW}" targetRef="county_result"')
    drawn = drawn.replace(
        "<bpmn:outgoing>Flow_county_review_county_result</bpmn:outgoing>",
        f"<bpmn:outgoing>Flow_county_review_{NEW}</bpmn:outgoing>",
    )
    drawn = drawn.replace(_OLD_SHAPE, f"{_SHAPE}{_OLD_SHAPE}").replace(
        _OLD_EDGE, f"{_EDGE}{_OLD_EDGE}"
    )
    lane = "<bpmn:flowNodeRef>county_review</bpmn:flowNodeRef>"
    drawn = drawn.replace(lane, f"{lane}<bpmn:flowNodeRef>{NEW}</bpmn:flowNodeRef>")
    files["archiving.bpmn"] = drawn.encode()
    files[f"{NEW}.form"] = json.dumps(_ASKED).encode()
    return tuple(SourceFile(name, content) for name, content in files.items())


def family(shop: Workshop, number: int) -> dict[str, object]:
    """The application of a household of its own; 模拟."""
    filled = archive.answer(shop, "apply")
    man, woman = (
        f"350602199001{1 + number // 450:02}{1 + 2 * (number % 450):03}",
        2 * (number % 450),
    )
    members = [dict(one) for one in filled["members"]]  # type: ignore[attr-defined]
    wife = f"35062419921105{woman:03}"
    members[0]["id_number"] = wife + resident_id_check_character(wife)
    members[1]["id_number"] = f"M35{number:07}"
    return {
        **filled,
        "id_number": man + resident_id_check_character(man),
        "birth_date": f"1990-01-{1 + number // 450:02}",
        "mobile": f"154{number:08}",
        "members": members,
    }


def answer(shop: Workshop, number: int, element: str) -> dict[str, object]:
    if element == "apply":
        return family(shop, number)
    if element == "national_entry":  # no two files bear one number
        return archive.answer(shop, element, national_no=f"MN{number:010}")
    return {"look": "同意"} if element == NEW else archive.answer(shop, element)


def open_steps(shop: Workshop, case_id: str) -> list[tuple[str, str]]:
    """Id and element of each, straight from the table: asked some thousand times."""
    found = shop.rows(
        "SELECT id, element_id FROM task WHERE case_id = :id AND status = 'open'", id=case_id
    )
    return [(str(task_id), str(element)) for task_id, element in found]


def go_on(shop: Workshop, case_id: str, number: int, stop_at: str | None = None) -> list[str]:
    """Do what is open until the case waits at a step, for a timer, or has ended."""
    done: list[str] = []
    while waiting := open_steps(shop, case_id):
        ((task_id, element),) = waiting
        if element == stop_at:
            break
        assert len(done) < 2 * len(archive.ROAD), f"case {number} goes round: {done[-4:]}"
        who = "reviewer2" if element == NEW else archive.DOERS[element]
        shop.engine.tasks.complete(shop.actor(who), task_id, answer(shop, number, element))
        done.append(element)
    return done


Places = dict[str, tuple[int, str]]
"""By case id: its number among them, and the step it waits at; empty while its notice hangs out."""


def spread(shop: Workshop) -> Places:
    """Applications that wait at every place of the road, each as many."""
    after_notice = archive.ROAD[archive.ROAD.index("") + 1 :]
    targets = [(number, archive.ROAD[number % len(archive.ROAD)]) for number in range(MOVES)]
    places: Places = {}
    for number, target in targets:
        if target in after_notice:
            case_id = archive.begun(shop)
            go_on(shop, case_id, number)
            places[case_id] = (number, target)
    shop.pass_time(days=8)
    for case_id, (number, target) in places.items():
        go_on(shop, case_id, number, target)
    for number, target in targets:
        if target not in after_notice:
            case_id = archive.begun(shop)
            go_on(shop, case_id, number, target)
            places[case_id] = (number, target)
    for case_id, (_number, target) in places.items():
        assert [element for _, element in open_steps(shop, case_id)] == ([target] * bool(target))
    return places


def to_the_end(shop: Workshop, places: Places) -> dict[str, list[str]]:
    """Follow each to its end; the steps that were done, in their order."""
    path: dict[str, list[str]] = {case_id: [] for case_id in places}
    for _ in range(3):  # a notice lies between
        for case_id, (number, _target) in places.items():
            path[case_id] += go_on(shop, case_id, number)
        shop.pass_time(days=8)
    return path


def kept(shop: Workshop, places: Places) -> list[object]:
    """What a migration must not touch: due dates, holders, numbers of steps, running timers."""
    steps = [(s.id, s.due_at, s.assignee) for c in places for s in shop.open_steps(c)]
    timers = [shop.due_of(c, "notice_over") for c, (_, target) in places.items() if not target]
    return [*steps, *timers]


@pytest.mark.slow
def test_every_application_does_the_new_step_unless_it_is_past_it(office: Workshop) -> None:
    places = spread(office)
    past = {c for c, (_, target) in places.items() if target not in BEFORE_IT}
    before = kept(office, places)
    office.engine.definitions.deploy(SYSTEM, with_a_second_look())
    versions, designer = office.engine.versions, office.actor("designer")
    found = versions.compare(designer, "archiving:1", "archiving:2")
    (added,) = [c for c in found.changes if c.change.is_step and c.change.how is How.ADDED]
    assert (added.change.id, found.running, added.here) == (NEW, MOVES, 0)
    plan = versions.plans.at_once(designer, Route("archiving", 2))
    assert (len(plan.cases), plan.count(Verdict.SAFE), plan.unmapped) == (MOVES, MOVES, ())
    assert {one.case_id for one in plan.cases if one.has_passed} == past
    made = versions.begin(designer, Route("archiving", 2))
    moved = versions.work_off(designer, made.id, lambda _done, _total: None)
    assert (moved.moved, moved.left) == (MOVES, 0)
    assert office.broken() == {}
    assert kept(office, places) == before

    path = to_the_end(office, places)
    whole = [e for e in archive.ROAD if e]
    whole.insert(whole.index("county_review") + 1, NEW)
    for case_id, (_number, target) in places.items():
        assert path[case_id] == whole[whole.index(target or "record_result") :], target
        assert (NEW in path[case_id]) == (case_id not in past)
        view = office.engine.cases.view(SYSTEM, case_id)
        assert (view.case.status, view.case.version) == (CaseStatus.COMPLETED, 2)
        assert (NEW in {s.element_id for s in view.submissions}) == (case_id not in past)
        kinds = [e.kind for e in office.engine.cases.history(SYSTEM, case_id)]
        assert kinds.count(EventKind.MIGRATED) == 1
    assert office.broken() == {}
    assert office.engine.audit.verify().ok
