"""English pages say in English what a process calls its steps and asks; what is kept is Chinese."""

import re

import pytest

from engine import SYSTEM
from engine.definitions.folder import read_folder
from engine.model.definitions import SourceFile
from engine.model.papers import RequiredPaper
from tests.web.conftest import FILLED, ROOT, nonce_of
from webapp.reading.papers import paper_list

pytestmark = pytest.mark.both_databases

HAN = re.compile("[\u3400-\u9fff]")


@pytest.fixture
def in_english(browse):
    def open_for(username):
        browser = browse(username)
        browser.client.set_cookie("lang", "en")
        return browser

    return open_for


def test_the_inbox_the_step_and_the_case_are_in_english(federation, browse, in_english):
    task = federation.applied()
    case_id = task.rpartition("-")[0]
    reviewer = in_english("reviewer")
    row = reviewer.text("/inbox").partition('<tr id="row-')[2].partition("</tr>")[0]
    assert ">Review<" in re.sub(r"\s+", "", row)
    assert "Example request" in row
    page = reviewer.text(f"/tasks/{task}")
    for said in ("Opinion of the review", "Agree", "Send back to", "Fill in the application"):
        assert said in page, said
    case = reviewer.text(f"/cases/{case_id}")
    assert "Example request" in case
    assert "Applicant's name" in case
    history = reviewer.text(f"/cases/{case_id}?tab=history")
    assert "Fill in the application" in history
    for english, chinese in (
        ("Opinion of the review", "审核意见"),
        ("Applicant's name", "申请人姓名"),
    ):
        for address in (f"/tasks/{task}", f"/cases/{case_id}"):
            assert chinese not in reviewer.text(address), (english, address)
            assert english not in browse("reviewer").text(address), address


def test_what_a_decision_table_said_is_told_in_english(federation, browse, in_english):
    task = federation.applied()
    page = in_english("reviewer").text(f"/tasks/{task}")
    for said in ("Grade of the request", "Amount asked for (yuan)", "Reviewed and approved by"):
        assert said in page, said
    assert "请求等级" not in page
    assert "请求等级" in browse("reviewer").text(f"/tasks/{task}")


def test_what_may_be_begun_is_told_in_english(in_english):
    officer = in_english("officer")
    assert "Example request" in officer.text("/start")
    page = officer.text("/start/example_request/mill")
    assert "Say in one sentence what is wanted." in page


def test_a_refused_answer_names_its_field_in_english_and_what_is_kept_is_chinese(
    federation, in_english
):
    case_id = federation.started()
    task = federation.first_task("officer")
    officer = in_english("officer")
    nonce = nonce_of(officer.text(f"/tasks/{task}"))
    fields = {**FILLED, "applicant_name": "", "_action": "submit", "_nonce": nonce}
    page = officer.post(f"/tasks/{task}", fields, page=f"/tasks/{task}").get_data(as_text=True)
    told = page.partition('class="bf-error"')[2].partition("</div>")[0]
    assert "Applicant&#39;s name" in told
    assert not HAN.search(told)
    officer.post(f"/tasks/{task}", {**fields, "applicant_name": "张小红"}, page=f"/tasks/{task}")
    (done,) = [
        one
        for one in federation.engine.cases.view(SYSTEM, case_id).submissions
        if one.element_name == "填写申请"
    ]
    assert done.form.fields["applicant_name"].label == "申请人姓名"


def test_a_running_case_keeps_the_english_of_its_version(federation, in_english):
    task = federation.applied()
    files = read_folder(ROOT / "processes", ROOT / "forms", "example_request").files
    changed = [
        SourceFile(f.name, f.content.replace(b'"Opinion of the review"', b'"What do you say?"'))
        for f in files
    ]
    federation.engine.definitions.deploy(SYSTEM, changed)
    assert "Opinion of the review" in in_english("reviewer").text(f"/tasks/{task}")
    newer = federation.started("另一件")
    officer = federation.actor("officer")
    (step,) = federation.engine.cases.view(SYSTEM, newer).open_tasks
    federation.engine.tasks.complete(officer, step.id, {**FILLED, "amount": 1200})
    (step,) = federation.engine.cases.view(SYSTEM, newer).open_tasks
    assert "What do you say?" in in_english("reviewer").text(f"/tasks/{step.id}")


def test_a_process_without_english_is_as_it_was(federation, in_english):
    files = read_folder(ROOT / "processes", ROOT / "forms", "example_request").files
    federation.engine.definitions.deploy(
        SYSTEM, [f for f in files if not f.name.endswith(".english")]
    )
    task = federation.applied()
    page = in_english("reviewer").text(f"/tasks/{task}")
    assert "审核意见" in page


def test_a_designer_reads_what_a_process_is_in_english(in_english):
    designer = in_english("admin")
    assert ">Example request</a>" in designer.text("/processes")
    page = designer.text("/processes/example_request")
    assert "<h1>Example request</h1>" in page
    assert "A small process that is whole" in page
    steps = re.search(r"<h2>Steps?\b.*?</table>", page, re.DOTALL)[0]
    assert "Fill in the application" in steps
    assert "County reviewer" in steps
    assert not HAN.search(steps)


def test_papers_that_are_needed_are_called_in_english(federation):
    needed = [RequiredPaper("x", "审核意见", "附件(可不传)", is_optional=False, given=())]
    with federation.app.test_request_context("/", environ_base={"HTTP_COOKIE": "lang=en"}):
        shown = paper_list((), {}, needed, ())
    assert shown.missing == ("Opinion of the review",)
    (group,) = shown.groups
    assert (group.text, group.where) == ("Opinion of the review", "Attachment (optional)")


def test_why_a_step_is_hers_is_told_in_english_but_for_the_name_of_the_unit(federation, in_english):
    page = in_english("reviewer").text(f"/tasks/{federation.applied()}")
    assert "This step is done by the Reviewer of 芗城区总工会." in page
