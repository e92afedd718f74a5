"""What comes from a case is kept from the same people, from the first moment (docs/decisions/0053)."""

from collections.abc import Mapping

import pytest

from engine import SYSTEM
from engine.errors import NotFound
from engine.model.definitions import SourceFile
from engine.store.cases import CaseQuestion
from engine.store.task_lists import TaskQuestion
from tests.engine.moving.conftest import Workshop, drawn, form, step
from tests.engine.moving.test_linked_cases import begins
from tests.support.grievances import NAMED, SEALED_FOR_STAFF
from tests.unit.runtime.kit import end, ext, io, line, node, start, z

TOLD = ("matter", "accused", "unit")
STAFF = {"matter": "staff", "accused": "reviewer"}
SEEN = {
    "confidentiality": SEALED_FOR_STAFF,
    "excluded": NAMED,
    "sealedRole": "city_protection",
}


def first(named_at: str = "record") -> SourceFile:
    """A complaint that begins a claim, and says whom it is about in the step before or after."""
    told = io(outputs={name: f"={name}" for name in TOLD})
    plain = io(outputs={"note": "=note"})
    steps = {"record": plain, "name": plain, named_at: told}
    body = (
        start()
        + step("record", steps["record"], form="told" if named_at == "record" else "blank")
        + begins("first", process='="claim"', kind="导入", variables="={}")
        + step("name", steps["name"], form="told" if named_at == "name" else "blank")
        + end()
        + line("S", "record", "first", "name", "E")
    )
    return drawn("complaint", {"officer": "S record first name E"}, body, **SEEN)


def claim(*, begins_another: bool = False) -> SourceFile:
    """Which knows nothing of exclusions, and begins a third case."""
    begun = begins("next", process='="file"', kind="建档", variables="={}")
    own = ["next"] if begins_another else []
    body = (
        start()
        + (begun if begins_another else "")
        + step("settle", deadline="5wd")
        + end()
        + line("S", *own, "settle", "E")
    )
    return drawn("claim", {"officer": " ".join(["S", *own]), "county_reviewer": "settle E"}, body)


def file() -> SourceFile:
    body = start() + step("visit") + end() + line("S", "visit", "E")
    return drawn("file", {"officer": "S", "county_reviewer": "visit E"}, body)


@pytest.fixture
def office(shop: Workshop) -> Workshop:
    shop.put(file())
    shop.put(claim(begins_another=True))
    shop.put(first(), form("told", *TOLD))
    return shop


def recorded(office: Workshop, said: Mapping[str, object]) -> dict[str, str]:
    """The complaint and what has come of it, by the key of its process."""
    case_id = office.begin("complaint")
    office.finish("officer", case_id, "record", said)
    return by_process(office)


def by_process(office: Workshop) -> dict[str, str]:
    return {
        one.definition_id.split(":")[0]: one.id
        for one in office.engine.cases.list(SYSTEM, CaseQuestion())
    }


def seen(office: Workshop, name: str) -> set[str]:
    """The processes of the cases somebody finds, the same by every way there is."""
    actor, engine = office.actor(name), office.engine
    known = {case_id: key for key, case_id in by_process(office).items()}
    listed = {one.id for one in engine.cases.list(actor, CaseQuestion())}
    opened = set()
    for case_id in known:
        try:
            engine.cases.view(actor, case_id)
        except NotFound:
            continue
        opened.add(case_id)
    steps = {one.case_id for one in engine.tasks.list(actor, TaskQuestion())}
    assert opened == listed
    assert steps <= listed
    return {known[case_id] for case_id in listed}


def test_what_is_begun_by_a_complaint_is_kept_from_whom_it_is_about(office: Workshop) -> None:
    found = recorded(office, STAFF)
    assert set(found) == {"complaint", "claim", "file"}
    assert seen(office, "reviewer") == set()
    assert office.inbox("reviewer") == []
    assert seen(office, "reviewer2") == {"claim", "file"}
    assert seen(office, "supervisor") == set(), "sealed as the first: the area does not count"
    assert seen(office, "protection") == set(found), "the role that looks after it, for all"
    assert {i.id for i in office.engine.audit.invariants() if not i.ok} == set()


def test_an_ordinary_one_passes_on_nothing(office: Workshop) -> None:
    recorded(office, {"matter": "wages"})
    assert seen(office, "reviewer") == {"complaint", "claim", "file"}
    assert seen(office, "supervisor") == {"complaint", "claim", "file"}


def test_who_is_named_later_is_kept_from_what_came_before(office: Workshop) -> None:
    office.put(first("name"), form("told", *TOLD))
    case_id = office.begin("complaint")
    office.finish("officer", case_id, "record", {"note": "收"})
    claimed = by_process(office)["claim"]
    (open_step,) = office.open_steps(claimed)
    office.engine.tasks.claim(office.actor("reviewer"), open_step.id)
    assert "claim" in seen(office, "reviewer")
    office.finish("officer", case_id, "name", STAFF)
    assert seen(office, "reviewer") == set()
    (released,) = office.open_steps(claimed)
    assert released.assignee is None
    assert office.inbox("reviewer2") == ["settle", "visit"]
    office.engine.tasks.complete(office.actor("reviewer2"), released.id, {"note": "办"})
    assert {i.id for i in office.engine.audit.invariants() if not i.ok} == set()


def test_where_all_are_named_the_steps_of_what_came_go_up(office: Workshop) -> None:
    found = recorded(office, {"matter": "staff", "unit": "xc"})
    for key in ("claim", "file"):
        (open_step,) = office.open_steps(found[key])
        assert open_step.handling_id not in {"xc", "u1"}


def test_a_superior_who_comes_later_is_kept_from_all_of_them(office: Workshop) -> None:
    office.put(first(), form("told", *TOLD))
    recorded(office, {"matter": "staff", "accused": "officer2"})
    assert "claim" in seen(office, "reviewer")
    admin = office.actor("admin")
    office.engine.directory.grant(admin, "p-officer2", "county_reviewer", "xc")
    assert seen(office, "officer2") == set()


def test_the_first_is_not_told_the_number_of_what_is_kept_from_more(shop: Workshop) -> None:
    """It is begun from what says nothing of anybody, and names somebody by itself."""
    shop.put(file())
    named = io(outputs={"note": "=note"})
    begun = node("startEvent", "S", ext(z("formDefinition", formId="told")))
    body = begun + step("look", named) + end() + line("S", "look", "E")
    shop.put(drawn("claim", {"officer": "S", "county_reviewer": "look E"}, body, **SEEN), form("told", *TOLD))  # fmt: skip
    body = (
        start()
        + begins("first", process='="claim"', kind="导入", variables='={matter: "staff", accused: "supervisor"}')
        + step("name")
        + end()
        + line("S", "first", "name", "E")
    )  # fmt: skip
    shop.put(drawn("complaint", {"officer": "S first name E"}, body))
    case_id = shop.begin("complaint")
    variables = shop.engine.tasks.view(SYSTEM, shop.open_steps(case_id)[0].id).scope
    assert (variables["begun"], variables["number"], variables["case_id"]) == (True, "", "")
    assert shop.engine.cases.view(shop.actor("supervisor"), case_id).related == ()
    (other,) = shop.engine.cases.view(SYSTEM, case_id).related
    assert other.number
