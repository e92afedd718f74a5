"""Tracks beside each other: what is paid ends them all, a joint inspection is written down as often as it comes."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

import registry
from engine import SYSTEM, Engine, Options, Request, open_engine
from engine.definitions.folder import read_folder
from engine.errors import Invalid
from engine.model.clock import FixedClock
from engine.model.organisations import Person
from engine.model.tasks import TaskLine
from engine.store.settings import Parameter
from tests.engine.conftest import KEY
from tests.engine.moving.conftest import LONG_BEFORE
from tests.registry.town import CALLED
from tests.support.federation import ORGANISATIONS
from tests.support.templates import Templates
from webapp.standard.parameters import beginning_values
from webapp.standard.roles import ROLES

ROOT = Path(__file__).parents[2]
STAFF = {"reception": ("receptionist", "xc"), "supervisor": ("county_reviewer", "xc")}
REGISTERED = {
    "source": "complaint",
    "applicant_name": "林小模",
    "mobile": "13900000000",
    "employer": "模拟劳务有限公司",
    "people": 2,
    "claimed": 20000,
    "arrears_from": "2026-05-01",
    "arrears_to": "2026-08-31",
    "still_employed": "no",
    "left_on": "2026-08-31",
    "workers": [{"name": "林小模", "owed": 12000}, {"name": "陈小模", "owed": 8000}],
    "facts": "工资没有发放",
}


def set_up(url: str, folder: Path) -> None:
    options = Options(
        clock=FixedClock(LONG_BEFORE), data_dir=folder, operations=registry.OPERATIONS
    )
    engine = open_engine(url, key=KEY, options=options)
    people = [
        (Person(f"p-{name}", name, f"模拟{name}", unit, simulated=True), None)
        for name, (_, unit) in STAFF.items()
    ]
    grants = [(f"p-{name}", role, unit) for name, (role, unit) in STAFF.items()]
    engine.directory.load(ORGANISATIONS, ROLES, people, grants)
    since = date(2026, 1, 1)
    engine.settings.add_parameters(
        SYSTEM, [Parameter(name, None, since, value) for name, value in beginning_values().items()]
    )
    files = read_folder(ROOT / "processes", ROOT / "forms", "wage_arrears").files
    engine.definitions.deploy(SYSTEM, files)
    engine.close()


@pytest.fixture
def engine(
    templates: Templates, database_kind: str, tmp_path: Path, clock: FixedClock
) -> Iterator[Engine]:
    with templates.copy(database_kind, set_up, tmp_path) as url:
        options = Options(clock=clock, data_dir=tmp_path / "data", operations=registry.OPERATIONS)
        running = open_engine(url, key=KEY, options=options)
        yield running
        running.close()


def waiting(engine: Engine, case_id: str) -> set[str]:
    return {task.element_id for task in engine.cases.view(SYSTEM, case_id).open_tasks}


def say(engine: Engine, case_id: str, label: str, **data: object) -> None:
    """What the reception writes down with one of the buttons on the case's page."""
    reception = engine.directory.actor_named("reception")
    (awaited,) = (one for one in engine.messages.awaited(reception, case_id) if one.label == label)
    engine.messages.take_down(reception, case_id, awaited.token, data, None)


def test_what_is_paid_ends_every_track(engine: Engine) -> None:
    reception = engine.directory.actor_named("reception")
    case_id = engine.cases.start(reception, Request("wage_arrears", "u1", REGISTERED)).case_id
    assert waiting(engine, case_id) == {"verify"}
    say(engine, case_id, "移送劳动监察", office="模拟监察大队", sent_on="2026-11-09")
    say(engine, case_id, "申请调解", office="模拟调解中心", sent_on="2026-11-09")
    for found in ("责令支付", "到账一半"):
        joint = {"checked_on": "2026-11-09", "offices": ["人社", "工会"], "result": found}
        say(engine, case_id, "登记联合检查", **joint)
    say(engine, case_id, "登记有款到账", way="电话", reason="收到两笔")
    assert waiting(engine, case_id) == {"verify", "inspection_filing", "mediate", "record_payment"}
    (task,) = (
        one
        for one in engine.cases.view(SYSTEM, case_id).open_tasks
        if one.element_id == "record_payment"
    )
    paid = {
        "workers": [{"paid": 12000}, {"paid": 8000}],
        "payment_state": "all",
        "payment_proofs": [engine.files.stage(reception, "流水.pdf", b"%PDF-1.4\n%%EOF\n").id],
    }
    engine.tasks.complete(reception, task.id, paid)
    assert waiting(engine, case_id) == {"call_back"}
    view = engine.cases.view(SYSTEM, case_id)
    assert [one.name for one in view.milestones] == ["accepted", "resolved"]
    assert {i.id for i in engine.audit.invariants() if not i.ok} == set()


def test_a_filing_that_is_written_down_late_is_overdue_at_once(engine: Engine) -> None:
    reception, supervisor = (engine.directory.actor_named(name) for name in STAFF)
    case_id = engine.cases.start(reception, Request("wage_arrears", "u1", REGISTERED)).case_id
    with pytest.raises(Invalid) as refused:
        say(engine, case_id, "移送劳动监察", office="模拟监察大队", sent_on="2027-01-04")
    assert [str(one.message) for one in refused.value.errors] == ["日期不能晚于今天。"]
    say(engine, case_id, "移送劳动监察", office="模拟监察大队", sent_on="2026-06-01")
    filing = step(engine, case_id, "inspection_filing")
    # five working days from the first of June
    assert filing.due_date == date(2026, 6, 8)
    filed = {"inspection_filed": "filed", "inspection_filed_on": "2026-06-02"}
    engine.tasks.complete(supervisor, filing.id, filed)
    # sixty from the second, over Dragon Boat Festival
    assert step(engine, case_id, "inspect").due_date == date(2026, 8, 26)


def step(engine: Engine, case_id: str, element: str) -> TaskLine:
    (found,) = (
        one for one in engine.cases.open_steps(SYSTEM, case_id) if one.element_id == element
    )
    return found


def test_a_lawyer_is_asked_for_beside_everything_else(engine: Engine) -> None:
    reception = engine.directory.actor_named("reception")
    asked = {"aid_name": "林小模", "aid_mobile": "13900000000"}
    first = engine.cases.start(reception, Request("wage_arrears", "u1", REGISTERED)).case_id
    say(engine, first, "申请法律援助", **asked)
    # legal aid is not there yet: somebody looks for one who gives it
    arrange = step(engine, first, "arrange_aid")
    engine.tasks.complete(reception, arrange.id, {"aid_note": "市总工会窗口已登记"})
    assert waiting(engine, first) == {"verify"}

    since = date(2026, 1, 1)
    wanted = {"legal aid means standard": 1500, "dibao standard": 500}
    parameters = [Parameter(name, None, since, value) for name, value in wanted.items()]
    engine.settings.add_parameters(SYSTEM, parameters)
    keys = (*CALLED, "archiving", "legal_aid")  # who is called names steps of who calls
    folders = [read_folder(ROOT / "processes", ROOT / "forms", key) for key in keys]
    engine.definitions.deploy(SYSTEM, [file for one in folders for file in one.files])
    second = engine.cases.start(reception, Request("wage_arrears", "u1", REGISTERED)).case_id
    say(engine, second, "申请法律援助", **asked)
    assert waiting(engine, second) == {"verify"}
    (link,) = engine.cases.view(SYSTEM, second).related
    begun = engine.cases.view(SYSTEM, link.id).case
    assert (link.kind, begun.process_key, begun.title) == (
        "法律援助",
        "legal_aid",
        "林小模(模拟劳务有限公司)",
    )
    assert waiting(engine, link.id) == {"complete"}
