"""What only some may read of a case is nowhere to be found for the others."""

import json

import pytest

from engine import SYSTEM
from engine.errors import NotFound
from engine.model.cases import EventKind
from engine.model.definitions import SourceFile
from engine.model.version_moves import Route
from engine.work.view import masked_data
from tests.engine.moving.conftest import Workshop, drawn, step
from tests.unit.runtime.kit import end, io, line, start

SECRET = "举报人是门卫老周"


def _examined(shop: Workshop, readers: str = "county_reviewer") -> str:
    """The officer's file, looked into by the county: what it wrote is for its readers."""
    body = (
        start()
        + step("build")
        + step(
            "examine",
            io(outputs={"examined": "=true"}),  # what a process gives out, it gives out
            readableBy=readers,
            notSamePersonAs="build",
        )
        + step("after")
        + end()
    )
    lanes = {"officer": "S E build after", "county_reviewer": "examine"}
    shop.put(drawn("quiet", lanes, body + line("S", "build", "examine", "after", "E")))
    case_id = shop.begin("quiet")
    shop.finish("officer", case_id, "build", {"note": "申请"})
    return case_id


def _open(shop: Workshop, case_id: str) -> str:
    return shop.engine.cases.view(SYSTEM, case_id).open_tasks[0].id


def _read(shop: Workshop, who: str, case_id: str) -> str:
    """Everything the product shows of a case, as one text."""
    actor = shop.actor(who)
    view = shop.engine.cases.view(actor, case_id)
    told = [repr(s.data) for s in view.submissions]
    told += [repr(e.detail) for e in shop.engine.cases.history(actor, case_id)]
    told.append(repr(masked_data(view)))
    for task in view.open_tasks:
        page = shop.engine.tasks.view(actor, task.id)
        told += [repr(page.data), repr(page.scope), *(repr(s.data) for s in page.submissions)]
    return "\n".join(told)


def test_the_unit_that_built_the_file_sees_that_it_was_done_and_nothing_of_it(
    shop: Workshop,
) -> None:
    case_id = _examined(shop)
    reviewer = shop.actor("reviewer")
    shop.engine.tasks.save_draft(reviewer, _open(shop, case_id), {"note": SECRET})
    page = shop.engine.tasks.view(shop.actor("officer"), _open(shop, case_id))
    assert page.is_withheld
    assert SECRET not in _read(shop, "officer", case_id)
    assert SECRET in _read(shop, "reviewer2", case_id)

    shop.finish("reviewer", case_id, "examine", {"note": SECRET})
    for who in ("officer", "officer2"):
        assert SECRET not in _read(shop, who, case_id), who
        (done,) = [
            s
            for s in shop.engine.cases.view(shop.actor(who), case_id).submissions
            if s.element_id == "examine"
        ]
        assert (done.is_withheld, done.by_name) == (True, "模拟reviewer")
    assert SECRET in _read(shop, "reviewer", case_id)
    assert SECRET in _read(shop, "reviewer2", case_id)
    assert SECRET not in _read(shop, "approver", case_id), "a role that is not named"
    rows = shop.engine.cases.history(shop.actor("officer"), case_id)
    assert [e.element_id for e in rows if e.kind is EventKind.TASK_COMPLETED] == [
        "build",
        "examine",
    ]


def test_who_looks_into_it_reads_what_another_decides_of_it(shop: Workshop) -> None:
    body = start() + step("build")
    body += step(
        "examine",
        io(outputs={"examined": "=true"}),
        readableBy="county_reviewer,county_approver",
        notSamePersonAs="build",
    )
    body += step(
        "decide",
        io(outputs={"decided": "=true"}),
        readableBy="county_reviewer",
        notSamePersonAs="build,examine",
    )
    body += step("after") + end()
    lanes = {
        "officer": "S E build after",
        "county_reviewer": "examine",
        "county_approver": "decide",
    }
    path = line("S", "build", "examine", "decide", "after", "E")
    shop.put(drawn("decided", lanes, body + path))
    case_id = shop.begin("decided")
    shop.finish("officer", case_id, "build", {"note": "申请"})
    shop.finish("reviewer", case_id, "examine", {"note": "查过"})
    shop.finish("approver", case_id, "decide", {"note": SECRET})
    for who in ("reviewer", "reviewer2", "approver"):
        assert SECRET in _read(shop, who, case_id), who
    shop.engine.directory.grant(shop.actor("admin"), "p-officer", "county_reviewer", "xc")
    for who in ("officer", "officer2"):
        assert SECRET not in _read(shop, who, case_id), who


def test_a_level_lets_every_role_there_read_that_sees_its_area(shop: Workshop) -> None:
    case_id = _examined(shop, "city")
    shop.finish("reviewer", case_id, "examine", {"note": SECRET})
    assert SECRET in _read(shop, "city", case_id)
    assert SECRET not in _read(shop, "approver", case_id)


def test_who_built_the_file_does_not_read_it_in_another_role(shop: Workshop) -> None:
    case_id = _examined(shop, "county_reviewer,county")
    shop.finish("reviewer", case_id, "examine", {"note": SECRET})
    shop.engine.directory.grant(shop.actor("admin"), "p-officer", "county_reviewer", "xc")
    assert SECRET not in _read(shop, "officer", case_id)


def test_the_papers_of_such_a_step_are_withheld_as_well(shop: Workshop) -> None:
    asked = {"type": "filepicker", "id": "Field_p", "key": "p", "label": "p"}
    papers = SourceFile(
        "papers.form",
        json.dumps({"id": "papers", "type": "default", "components": [asked]}).encode(),
    )
    body = (
        start()
        + step("examine", io(outputs={"p": "=p"}), form="papers", readableBy="county")
        + step("after")
        + end()
    )
    lanes = {"officer": "S E after", "county_reviewer": "examine"}
    shop.put(drawn("paper", lanes, body + line("S", "examine", "after", "E")), papers)
    case_id = shop.begin("paper")
    reviewer, officer = shop.actor("reviewer"), shop.actor("officer")
    kept = shop.engine.files.stage(reviewer, "举报信.pdf", b"%PDF-1.4\n%%EOF\n")
    shop.finish("reviewer", case_id, "examine", {"p": kept.id})
    assert shop.engine.files.read(reviewer, kept.id)[1]
    with pytest.raises(NotFound):
        shop.engine.files.read(officer, kept.id)
    assert shop.engine.cases.view(officer, case_id).files == {}
    assert list(shop.engine.cases.view(reviewer, case_id).files) == [kept.id]


def test_no_paper_prints_it_for_them(shop: Workshop) -> None:
    paper = 'title = "单"\n[[block]]\nkind = "text"\ntext = "{{ note }}"\n'
    body = (
        start()
        + step("build", documents="slip")
        + step(
            "examine",
            io(outputs={"examined": "=true"}),
            readableBy="county_reviewer",
            notSamePersonAs="build",
            documents="slip",
        )
        + step("after", documents="slip")
        + end()
    )
    lanes = {"officer": "S E build after", "county_reviewer": "examine"}
    drawing = drawn("quiet", lanes, body + line("S", "build", "examine", "after", "E"))
    shop.put(drawing, SourceFile("slip.document", paper.encode()))
    case_id = shop.begin("quiet")
    shop.finish("officer", case_id, "build", {"note": "申请"})
    examine = _open(shop, case_id)
    shop.engine.tasks.save_draft(shop.actor("reviewer"), examine, {"note": SECRET})
    officer, printed = shop.actor("officer"), shop.engine.tasks.printed
    with pytest.raises(NotFound):
        printed(officer, examine, "slip")

    shop.finish("reviewer", case_id, "examine", {"note": SECRET})

    with pytest.raises(NotFound):
        printed(officer, examine, "slip")
    assert SECRET in repr(printed(shop.actor("reviewer"), examine, "slip").paper)
    for task in shop.engine.cases.papers(officer, case_id):
        if task.task_id != examine:
            assert SECRET not in repr(printed(officer, task.task_id, "slip").paper)


def test_a_secret_step_is_secret_still_when_the_new_version_has_it_openly_or_no_more(
    shop: Workshop,
) -> None:
    case_id = _examined(shop)
    shop.finish("reviewer", case_id, "examine", {"note": SECRET})
    lanes = {"officer": "S E build after", "county_reviewer": "examine"}
    openly = start() + "".join(map(step, ("build", "examine", "after"))) + end()
    shop.put(drawn("quiet", lanes, openly + line("S", "build", "examine", "after", "E")))
    gone = start() + step("build") + step("after") + end() + line("S", "build", "after", "E")
    shop.put(drawn("quiet", {"officer": "S E build after"}, gone))
    for version in (2, 3):
        made = shop.engine.versions.begin(SYSTEM, Route("quiet", version))
        assert shop.engine.versions.work_off(SYSTEM, made.id, lambda *_: None).moved == 1
        assert SECRET not in _read(shop, "officer", case_id)
        assert SECRET not in _read(shop, "approver", case_id)
        assert SECRET in _read(shop, "reviewer2", case_id)
    assert shop.broken() == {}
