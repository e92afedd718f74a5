"""On the pages of a step and of a case stands how each limit came about."""

import json

import pytest

from engine import SYSTEM, Request
from engine.model.definitions import SourceFile
from engine.model.tasks import InboxFilter
from tests.unit.runtime.kit import (
    end,
    ext,
    flow,
    io,
    line,
    node,
    process,
    props,
    start,
    timer,
    user,
    z,
)
from tests.web.conftest import Federation

pytestmark = pytest.mark.both_databases


def _form(name: str, *keys: str) -> SourceFile:
    fields = [{"type": "textfield", "id": f"Field_{key}", "key": key, "label": key} for key in keys]
    content = {"id": name, "type": "default", "schemaVersion": 16, "components": fields}
    return SourceFile(f"{name}.form", json.dumps(content).encode())


def _step(identity: str, form: str, *more: str, **said: str) -> str:
    return user(identity, z("formDefinition", formId=form), *more, props(**said), name=identity)


def _put(federation: Federation, **said: str) -> None:
    """``送达`` writes a date; ``答复`` is due from it, and a period of the citizen's runs."""
    served = io(outputs={"served_on": "=served_on"})
    note = io(outputs={"note": "=note"})
    body = start() + _step("serve", "serve", served) + _step("answer", "note", note, **said)
    body += node(
        "intermediateCatchEvent",
        "period",
        ext(props(limitOf="citizen", countedFrom="=served_on", article="《模拟条例》第五条"))
        + timer("timeDuration", "32d"),
        name="申请复查期",
    )
    _deploy(federation, body + end() + line("S", "serve", "answer", "period", "E"))


def _deploy(federation: Federation, body: str) -> None:
    ids = "".join(f"<bpmn:flowNodeRef>{one}</bpmn:flowNodeRef>" for one in ("serve", "answer"))
    lane = ext(props(role="officer", level="grassroots")) + ids
    own = ext(props(startRole="officer", startLevel="grassroots"))
    own += node("laneSet", "lanes", node("lane", "lane", lane, name="经办"))
    files = [
        SourceFile("served.bpmn", process(body, key="served", own=own)),
        _form("serve", "served_on"),
        _form("note", "note"),
    ]
    federation.engine.definitions.deploy(SYSTEM, files)


def _began(federation: Federation, served_on: str) -> tuple[str, str]:
    """A case that waits at ``answer``; its id and the id of the step."""
    engine, officer = federation.engine, federation.actor("officer")
    case_id = engine.cases.start(officer, Request("served", "mill", {})).case_id
    engine.tasks.complete(officer, f"{case_id}-1", {"served_on": served_on})
    return case_id, engine.tasks.inbox(officer, InboxFilter()).lines[-1].id


def test_an_overdue_step_says_from_which_written_date_and_by_which_article(browse, federation):
    limit = '=parameter("petition notice limit")'
    _put(federation, deadline=limit, countedFrom="=served_on", basis="law")
    case_id, step = _began(federation, "2026-10-20")
    officer = browse("officer")
    for page in (officer.text(f"/tasks/{step}"), officer.text(f"/cases/{case_id}")):
        for said in (
            "信访受理告知",
            "《信访工作条例》第二十三条,不得延长",
            "2026-10-20(前面环节登记的日期),次日为第一日",
            "2026-11-04",
            "15 日",
        ):
            assert said in page
    assert "超 5 日" in officer.text(f"/tasks/{step}")
    assert "超 5 日" in officer.text("/inbox?bucket=overdue")


def test_a_last_day_of_rest_says_when_to_finish_and_whose_limit_moves_on(browse, federation):
    _put(federation, deadline="5d", countedFrom="=served_on")
    case_id, step = _began(federation, "2026-11-09")
    officer = browse("officer")
    page = officer.text(f"/tasks/{step}")
    assert "最后一日 2026-11-14(休息日,不顺延,请在 2026-11-13 前办结)" in page
    engine = federation.engine
    engine.tasks.complete(federation.actor("officer"), step, {"note": "已答复"})
    text = officer.text(f"/cases/{case_id}")
    # 32 days after the 9th of November is Friday, the 11th of December
    for said in ("申请复查期", "《模拟条例》第五条", "(当事人的期限)", "2026-12-11"):
        assert said in text


def test_a_citizens_last_day_that_moved_tells_from_where(browse, federation):
    _put(federation, deadline="5d", limitOf="citizen")
    _, step = _began(federation, "2026-11-09")
    page = browse("officer").text(f"/tasks/{step}")
    assert "(原为 2026-11-14,是休息日,顺延到下一个工作日)" in page
    assert "2026-11-14 至 2026-11-15" in page
    assert "2026-11-16" in page


def test_a_date_worked_out_before_names_the_parameter_it_comes_from(browse, federation):
    note = io(outputs={"served_on": "=served_on"})
    body = start() + _step("serve", "serve", note, deadline='=parameter("petition notice limit")')
    body += _step("answer", "serve", deadline='=parameter("petition notice limit")')
    body += node(
        "intermediateCatchEvent",
        "over",
        ext(props(fromParameter="petition notice limit")) + timer("timeDate", "=date(served_on)"),
        name="告知期满",
    )
    _deploy(federation, body + end() + line("S", "serve", "answer", "over", "E"))
    case_id, step = _began(federation, "2026-12-01")
    engine, officer = federation.engine, browse("officer")
    engine.tasks.complete(federation.actor("officer"), step, {"served_on": "2026-12-01"})
    page = officer.text(f"/cases/{case_id}")
    row = page.partition("<td>告知期满</td>")[2].partition("</tr>")[0]
    assert "《信访工作条例》第二十三条,不得延长" in row
    assert '<a href="/admin/parameters/petition%20notice%20limit">' in row
    assert "2026-12-01" in row


def test_what_comes_next_names_the_law_of_its_limit(browse, federation):
    _put(federation, deadline='=parameter("petition notice limit")')
    request = Request("served", "mill", {})
    case_id = federation.engine.cases.start(federation.actor("officer"), request).case_id
    page = browse("officer").text(f"/tasks/{case_id}-1")
    assert "收到后 15 日,法定时限 《信访工作条例》第二十三条" in page


def test_a_milestone_is_called_as_the_element_that_was_reached(browse, federation):
    note = io(outputs={"way": "=way"})
    marked = ext(props(milestone="resolved"))
    body = start() + _step("choose", "way", note)
    body += node("exclusiveGateway", "which", default="which_stopped", name="怎样")
    body += node("intermediateThrowEvent", "paid", marked, name="已付清")
    body += node("intermediateThrowEvent", "stopped", marked, name="已终止追讨")
    body += end() + line("S", "choose", "which") + line("paid", "E") + line("stopped", "E")
    body += flow("which", "paid", '=way = "paid"') + flow("which", "stopped")
    lane = ext(props(role="officer", level="grassroots"))
    lane += "<bpmn:flowNodeRef>choose</bpmn:flowNodeRef>"
    own = ext(props(startRole="officer", startLevel="grassroots"))
    own += node("laneSet", "lanes", node("lane", "lane", lane, name="经办"))
    drawn = SourceFile("two_ends.bpmn", process(body, key="two_ends", own=own))
    engine, officer = federation.engine, federation.actor("officer")
    engine.definitions.deploy(SYSTEM, [drawn, _form("way", "way")])
    case_id = engine.cases.start(officer, Request("two_ends", "mill", {})).case_id
    engine.tasks.complete(officer, f"{case_id}-1", {"way": "stopped"})
    page = browse("officer").text(f"/cases/{case_id}")
    assert "已终止追讨" in page
    assert "已付清" not in page
