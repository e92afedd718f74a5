"""任务与故障: an administrator reads the cause, tries one again or many; nobody else does."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from engine import SYSTEM, Request
from engine.errors import Busy
from engine.store.troubles import Desk
from engine.store.troubles import causes as stored_causes
from engine.work.troubles import Question, key_of
from tests.api.conftest import stumbling
from tests.web.conftest import Browser, Federation

pytestmark = pytest.mark.both_databases


@pytest.fixture
def stumble(federation: Federation):  # type: ignore[no-untyped-def]
    """A case whose gateway asks a question that has no answer; its id."""
    engine = federation.engine
    engine.definitions.deploy(SYSTEM, stumbling())  # type: ignore[arg-type]

    def one() -> str:
        officer = federation.actor("officer")
        case = engine.cases.start(officer, Request("stumbling", "mill", {})).case_id
        engine.tasks.complete(officer, f"{case}-1", {"note": "机密的话"})
        return case

    return one


def failed(federation: Federation):  # type: ignore[no-untyped-def]
    return federation.engine.operating.troubles(federation.actor("admin"), Question())


def causes_on(html: str) -> list[str]:
    return re.findall(r'name="cause" value="([0-9a-f]{16})"', html)


def test_the_cause_is_read_in_plain_words_and_the_numbers_are_exact(federation, browse, stumble):
    cases = [stumble() for _ in range(3)]
    html = browse("admin").text("/admin/jobs")
    assert re.findall(r'<b class="number[^"]*">(\d+)</b>', html) == ["3", "3", "0"]
    assert "重试这 3 件" in html
    assert "的结果是" in html, "the sentence says what the condition gave"
    assert "请流程设计员改正这个环节并部署新版" in html
    assert "机密的话" not in html
    assert not any(case in html for case in cases), "an administrator sees no cases: no links"
    assert html.count('name="only"') == 3
    assert "任务与故障" in browse("admin").text("/admin/units")


def test_one_is_tried_again_at_once_and_it_is_in_the_history(federation, browse, stumble):
    case = stumble()
    (row,) = failed(federation).rows
    admin = browse("admin")
    told = admin.post("/admin/jobs", {"only": str(row.found.job.id)})
    assert told.status_code == 303
    assert "已让 1 件重新办理" in admin.text("/admin/jobs")
    assert failed(federation).failed == 0
    again = admin.post("/admin/jobs", {"only": str(row.found.job.id)}, page="/messages")
    assert again.status_code == 303
    assert "1 件已在重试或已处理" in admin.text("/admin/jobs")
    with federation.engine.database.read() as tx:
        rows = tx.execute(
            text("SELECT actor, request_id FROM event WHERE case_id = :c AND kind = 'retried'"),
            {"c": case},
        ).all()
    assert [(row.actor, bool(row.request_id)) for row in rows] == [("p-admin", True)]


def test_many_are_tried_again_after_saying_how_many(federation, browse, stumble):
    for _ in range(3):
        stumble()
    admin = browse("admin")
    (cause,) = causes_on(admin.text("/admin/jobs"))
    asked = admin.post("/admin/jobs", {"cause": cause}).get_data(True)
    assert "将让 3 件重新办理" in asked
    assert failed(federation).failed == 3, "nothing is done before it was confirmed"
    admin.post("/admin/jobs", {"cause": cause, "confirmed": "yes"})
    assert failed(federation).failed == 0
    gone = admin.post("/admin/jobs", {"cause": cause}, page="/messages")
    assert gone.status_code == 303
    assert "可能刚刚被重试" in admin.text("/admin/jobs")


def test_the_chosen_alone_are_tried_again(federation, browse, stumble):
    for _ in range(3):
        stumble()
    admin = browse("admin")
    ids = [str(row.found.job.id) for row in failed(federation).rows]
    assert "将让 2 件重新办理" in admin.post("/admin/jobs", {"job": ids[:2]}).get_data(True)
    admin.post("/admin/jobs", {"job": ids[:2], "confirmed": "yes"})
    assert [str(row.found.job.id) for row in failed(federation).rows] == ids[2:]
    nothing = admin.post("/admin/jobs", {"job": ["x", "9" * 30, "²"]})
    assert nothing.status_code == 422
    assert "没有勾选要重试的任务" in nothing.get_data(True)


def test_a_late_job_is_listed_with_when_it_goes_on(federation, browse):
    case = federation.started()
    with federation.engine.database.unit_of_work() as work:
        work.tx.execute(
            text(
                "INSERT INTO job (case_id, token, kind, process_key, element_id, due_at, status,"
                " attempts, fence, created_at) VALUES (:c, 't', 'timer', 'example_request', 'x',"
                " :d, 'waiting', 1, 1, :d)"
            ),
            {"c": case, "d": "2026-11-08T01:00:00.000000Z"},
        )
        work.commit()
    html = browse("admin").text("/admin/jobs?kind=late")
    assert "等后台任务接手" in html
    assert "1/3" in html
    assert "24 小时" in html
    assert federation.engine.operating.figures().late_jobs == 1
    assert federation.engine.operating.figures().oldest_late_seconds == 86400


@pytest.mark.parametrize("column", ["due_at", "created_at", "locked_until"])
def test_a_spoilt_row_is_shown_and_can_be_tried_again(federation, browse, stumble, column):
    case = stumble()
    with federation.engine.database.unit_of_work() as work:
        work.tx.execute(
            text(f"UPDATE job SET {column} = 'spoilt' WHERE case_id = :c AND status = 'failed'"),
            {"c": case},
        )
        work.commit()
    admin = browse("admin")
    html = admin.text("/admin/jobs")
    assert html.count('name="only"') == 1
    ((job, _),) = federation.engine.jobs.lines(federation.actor("officer"), ["failed"], 0, 10)
    admin.post("/admin/jobs", {"only": str(job.id)})
    assert "已让 1 件重新办理" in admin.text("/admin/jobs")


def test_when_the_database_is_busy_midway_it_says_what_is_left(
    federation, browse, stumble, monkeypatch
):
    for _ in range(4):
        stumble()
    admin = browse("admin")
    (cause,) = causes_on(admin.text("/admin/jobs"))
    jobs = federation.engine.operating._jobs
    retry, tried = jobs.retry, []

    def until_busy(actor: object, job_id: int) -> int:
        tried.append(job_id)
        if len(tried) == 2:
            raise Busy("busy")
        return retry(actor, job_id)

    monkeypatch.setattr(jobs, "retry", until_busy)
    admin.post("/admin/jobs", {"cause": cause, "confirmed": "yes"})
    html = admin.text("/admin/jobs")
    assert "已让 1 件重新办理" in html
    assert "还有 3 件没有重试" in html
    assert failed(federation).failed == 3


def test_of_very_many_causes_the_first_are_told_and_how_many_more(
    federation, browse, stumble, monkeypatch
):
    monkeypatch.setattr("engine.work.troubles.MOST_CAUSES", 2)
    cases = [stumble() for _ in range(4)]
    with federation.engine.database.unit_of_work() as work:
        for case in cases:
            work.tx.execute(
                text("UPDATE job SET last_error = :e WHERE case_id = :c"),
                {"e": f"其他原因 {case}", "c": case},
            )
        work.commit()
    html = browse("admin").text("/admin/jobs")
    shown = causes_on(html)
    assert len(shown) == 2
    assert "另有 2 个原因" in html
    with federation.engine.database.read() as tx:
        every = [key_of(one) for one in stored_causes(tx, Desk(SYSTEM, None))]
    (beyond, *_) = set(every) - set(shown)
    assert beyond in causes_on(browse("admin").text(f"/admin/jobs?cause={beyond}"))
    asked = browse("admin").post("/admin/jobs", {"cause": beyond}).get_data(True)
    assert "将让 1 件重新办理" in asked


@pytest.mark.parametrize("who", ["officer", "reviewer", "supervisor"])
def test_nobody_else_reads_or_retries(federation, browse, stumble, who):
    stumble()
    (row,) = failed(federation).rows
    (cause,) = causes_on(browse("admin").text("/admin/jobs"))
    other: Browser = browse(who)
    assert other.get("/admin/jobs").status_code == 403
    assert "/admin/jobs" not in other.text("/inbox")
    for sent in ({"only": str(row.found.job.id)}, {"cause": cause, "confirmed": "yes"}):
        assert other.post("/admin/jobs", sent, page="/inbox").status_code == 403
    assert failed(federation).failed == 1
    assert browse("").get("/admin/jobs").status_code in {302, 303, 401}


def test_an_administrator_of_another_place_neither_reads_nor_retries(federation, browse, stumble):
    stumble()
    (row,) = failed(federation).rows
    with federation.engine.database.unit_of_work() as work:
        work.tx.execute(
            text("UPDATE role_grant SET organisation_id = 'school' WHERE role = 'admin'")
        )
        work.commit()
    admin = browse("admin")
    assert "没有故障,也没有迟到的任务" in admin.text("/admin/jobs")
    admin.post("/admin/jobs", {"only": str(row.found.job.id)}, page="/messages")
    assert "1 件已在重试或已处理" in admin.text("/admin/jobs")
    assert federation.engine.operating.troubles(SYSTEM, Question()).failed == 1


def test_pages_follow_each_other(federation, browse, stumble, monkeypatch):
    monkeypatch.setattr("webapp.operation.pages.ROWS", 2)
    for _ in range(3):
        stumble()
        federation.clock.advance(timedelta(minutes=1))
    admin = browse("admin")
    first, second = admin.text("/admin/jobs"), admin.text("/admin/jobs?page=2")
    numbers = re.findall(r'name="only" value="(\d+)"', first + second)
    assert len(numbers) == 3
    assert len(set(numbers)) == 3
    assert "下一页" in first
    assert "下一页" not in second
    for nonsense in ("page=0", "page=x", "page=99999", "kind=x", "kind=failed&page=٣"):
        assert admin.get(f"/admin/jobs?{nonsense}").status_code == 200
    assert admin.get("/admin/jobs?cause=nothing").status_code == 404


def test_what_failed_comes_before_what_is_late_across_pages(federation, browse, stumble):
    case, *_ = [stumble() for _ in range(3)]
    with federation.engine.database.unit_of_work() as work:
        work.tx.execute(
            text(
                "INSERT INTO job (case_id, token, kind, process_key, element_id, due_at, status,"
                " attempts, fence, created_at) VALUES (:c, 't', 'timer', 'stumbling', 'x',"
                " :d, 'waiting', 1, 1, :d), (:c, 'u', 'timer', 'stumbling', 'x',"
                " :d, 'running', 1, 1, :d)"
            ),
            {"c": case, "d": "2026-11-01T01:00:00.000000Z"},
        )
        work.commit()
    admin, engine = federation.actor("admin"), federation.engine
    pages = [engine.operating.troubles(admin, Question(page=n, limit=2)) for n in (1, 2, 3, 4)]
    states = [[row.found.job.status for row in page.rows] for page in pages]
    assert states == [["failed"] * 2, ["failed", "waiting"], ["running"], []]
    assert {page.shown for page in pages} == {5}


def test_it_is_told_in_english_too(federation, browse, stumble):
    stumble()
    admin = browse("admin")
    admin.get("/language/en?back=/admin/jobs")
    main = admin.text("/admin/jobs").partition("<main")[2]
    assert "Why they failed" in main
    assert "neither true nor false" in main
