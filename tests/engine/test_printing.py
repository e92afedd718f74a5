"""Papers of a step: deployed with the process, filled in from the case, for whoever may see it."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from engine import SYSTEM
from engine.definitions.folder import read_folder
from engine.errors import DeploymentRefused, NotFound
from engine.model.definitions import SourceFile
from tests.engine.conftest import FILLED, Office

ROOT = Path(__file__).parents[2]
SLIP = """
title = "申请单"

[[block]]
kind = "text"
text = "{{ applicant_name }}:{{ amount | capitals }},{{ paper.county }},{{ case.number }},{{ paper.person }}"

[[block]]
kind = "opinions"
steps = [{ step = "review", label = "审核意见", text = "comment" }]
"""


def files(slip: str, steps: Mapping[str, str]) -> list[SourceFile]:
    """The example with a paper, named by these steps."""
    found = []
    for file in read_folder(ROOT / "processes", ROOT / "forms", "example_request").files:
        text = file.content.decode()
        for step, papers in steps.items() if file.name == "example_request.bpmn" else ():
            before, mark, after = text.partition(f'<bpmn:userTask id="{step}"')
            head, start, rest = after.partition("<zeebe:properties>")
            line = f'<zeebe:property name="documents" value="{papers}" />'
            text = before + mark + head + start + line + rest
        found.append(SourceFile(file.name, text.encode()))
    return [*found, SourceFile("slip.document", slip.encode())]


@pytest.fixture
def printing(office: Office) -> Office:
    office.engine.definitions.deploy(SYSTEM, files(SLIP, {"apply": "slip", "review": "slip"}))
    return office


def test_a_step_prints_what_is_typed_so_far(printing: Office) -> None:
    case_id = printing.start()
    task_id = printing.step(case_id, "apply")
    officer = printing.actor("officer")
    printing.engine.tasks.save_draft(officer, task_id, {"applicant_name": "林草稿"})

    printed = printing.engine.tasks.printed(officer, task_id, "slip")

    assert printed.paper.title == "申请单"
    assert "林草稿:________" in repr(printed.paper)
    assert printed.case_number in repr(printed.paper)


def test_a_finished_step_prints_as_it_was_finished(printing: Office) -> None:
    case_id = printing.start()
    applied = printing.step(case_id, "apply")
    printing.do("officer", case_id, "apply", FILLED)
    review = printing.step(case_id, "review")
    officer = printing.actor("officer")

    paper = repr(printing.engine.tasks.printed(officer, applied, "slip").paper)
    assert "林模拟:壹仟贰佰元整" in paper
    assert "decision=''" in paper

    reviewer = printing.actor("reviewer")
    again = repr(printing.engine.tasks.printed(reviewer, applied, "slip").paper)
    assert officer.name in again  # who did it, whoever prints it again
    assert reviewer.name not in again
    assert reviewer.name in repr(printing.engine.tasks.printed(reviewer, review, "slip").paper)

    steps = printing.engine.cases.papers(officer, case_id)
    assert [(s.task_id, s.is_open, [p.title for p in s.papers]) for s in steps] == [
        (applied, False, ["申请单"]),
        (review, True, ["申请单"]),
    ]


def test_a_paper_that_a_step_does_not_have_is_not_found(printing: Office) -> None:
    case_id = printing.start()

    with pytest.raises(NotFound):
        printing.engine.tasks.printed(
            printing.actor("officer"), printing.step(case_id), "application"
        )


def test_a_paper_belongs_to_its_version(printing: Office) -> None:
    before = printing.engine.definitions.latest()[0]
    again = printing.engine.definitions.deploy(
        SYSTEM, files(SLIP, {"apply": "slip", "review": "slip"})
    )
    assert again.definitions[0].version == before.version

    changed = files(SLIP.replace("申请单", "申请表"), {"apply": "slip", "review": "slip"})
    case_id = printing.start()
    newer = printing.engine.definitions.deploy(SYSTEM, changed).definitions[0]

    assert newer.version == before.version + 1
    officer = printing.actor("officer")
    old = printing.engine.tasks.printed(officer, printing.step(case_id), "slip")
    new = printing.engine.tasks.printed(officer, printing.step(printing.start()), "slip")
    assert (old.paper.title, new.paper.title) == ("申请单", "申请表")


def test_a_paper_that_asks_for_what_nobody_knows_is_not_deployed(office: Office) -> None:
    with pytest.raises(DeploymentRefused) as refused:
        office.engine.definitions.deploy(
            SYSTEM, files(SLIP.replace("applicant_name", "aplicant_name"), {"apply": "slip"})
        )

    (found,) = (f for f in refused.value.findings if f.code == "document-name")
    assert found.file == "slip.document"
    assert found.line == 4
    assert "applicant_name" in found.hint
