"""What the applicant sees in plain words, and does herself: a step, a message, never more."""

import io
from datetime import date, timedelta

import pytest

from engine import SYSTEM, Actor
from engine.definitions.folder import read_upload
from engine.errors import (
    FileTooLarge,
    Invalid,
    NotFound,
    NotPermitted,
    Refused,
    TaskNotOpen,
    TooManyTries,
)
from engine.jobs.executor import Pace
from engine.model.actors import GUEST_NAME, guest_of
from engine.model.cases import CaseStatus
from engine.store.cases import CaseQuestion
from engine.work import guests
from tests.engine.conftest import Office
from tests.engine.guests.conftest import PDF, Counter, process_files
from tests.support.at_once import at_once


def test_the_status_follows_the_case_in_plain_words(office: Office, counter: Counter) -> None:
    case_id = counter.apply()
    assert counter.words(case_id) == ["已收到,正在核对"]
    counter.ask_for_papers(case_id)
    seen = counter.seen_by_guest(case_id)
    assert [(s.words, s.reason) for s in seen.statuses] == [("需要您补一份材料", "缺住院发票")]
    (step,) = seen.steps
    assert (step.name, step.words, step.due) == ("补交材料", "需要您补一份材料", date(2026, 11, 24))
    assert [m.label for m in seen.messages] == ["撤回申请"]
    counter.do("officer", case_id, "supplement", _signed(office))
    counter.do("officer", case_id, "check", {"checked": "complete"})
    assert counter.words(case_id) == ["正在审核"]
    counter.do("reviewer", case_id, "review", {"decision": "agree"})
    (notice,) = counter.seen_by_guest(case_id).statuses
    assert (notice.words, notice.until) == ("正在公示", date(2026, 11, 14))
    assert counter.seen_by_guest(case_id).messages == ()
    office.clock.advance(timedelta(days=6))
    office.engine.jobs.executor(Pace()).run_once()
    ended = counter.seen_by_guest(case_id)
    assert (ended.status, [s.words for s in ended.statuses]) == (CaseStatus.COMPLETED, ["已通过"])
    assert [words for words, _ in ended.reached] == ["已通过"]


def test_of_elements_with_one_milestone_she_reads_the_words_of_the_one_that_was_reached(
    office: Office, counter: Counter
) -> None:
    files = [
        (
            name,
            content.replace(
                b'name="milestone" value="refused"', b'name="milestone" value="approved"'
            ),
        )
        for name, content in process_files()
    ]
    office.engine.definitions.deploy(SYSTEM, read_upload(tuple(files)).files)
    case_id = counter.apply()
    counter.do("officer", case_id, "check", {"checked": "complete"})
    counter.do("reviewer", case_id, "review", {"decision": "agree"})
    office.clock.advance(timedelta(days=6))
    office.engine.jobs.executor(Pace()).run_once()
    assert [words for words, _ in counter.seen_by_guest(case_id).reached] == ["已通过"]


def _signed(office: Office) -> dict[str, object]:
    officer = office.actor("officer")
    papers, paper = (office.engine.files.stage(officer, f"{n}.pdf", PDF).id for n in "ab")
    return {"papers": [papers], "signed_paper": paper}


def test_she_hands_a_paper_in_herself_and_the_history_says_so(
    office: Office, counter: Counter, guest: Actor
) -> None:
    (step,) = office.engine.guests.view(guest).steps
    paper = office.engine.guests.stage_file(guest, "发票.pdf", PDF)
    done = office.engine.guests.complete(guest, step.task_id, {"papers": [paper.id]})
    assert done.task.completed_by == guest.person_id
    history = office.engine.cases.history(SYSTEM, guest.guest_case_id)
    (told,) = [
        e for e in history if e.kind.value == "task_completed" and e.element_id == "supplement"
    ]
    assert told.actor_name == GUEST_NAME
    view = office.engine.cases.view(office.actor("officer"), guest.guest_case_id)
    (submission,) = [s for s in view.submissions if s.element_id == "supplement"]
    assert submission.by_name == GUEST_NAME
    assert "signed_paper" not in submission.form.fields
    assert paper.id in view.files
    assert office.engine.files.read(office.actor("officer"), paper.id)[1] == PDF
    assert counter.words(guest.guest_case_id) == ["已收到,正在核对"]
    assert all(one.ok for one in office.engine.audit.invariants())


def test_each_is_asked_what_is_hers(office: Office, counter: Counter, guest: Actor) -> None:
    (step,) = office.engine.guests.view(guest).steps
    hers = office.engine.guests.step(guest, step.task_id).form
    officers = office.engine.tasks.view(office.actor("officer"), step.task_id).form
    assert hers is not None
    assert officers is not None
    assert list(hers.fields) == ["papers", "remark"]
    assert list(officers.fields) == ["papers", "remark", "signed_paper"]
    paper = office.engine.files.stage(office.actor("officer"), "a.pdf", PDF)
    with pytest.raises(Invalid) as refused:
        office.engine.tasks.complete(office.actor("officer"), step.task_id, {"papers": [paper.id]})
    assert [e.pointer for e in refused.value.errors] == ["/signed_paper"]
    mine = office.engine.guests.stage_file(guest, "a.pdf", PDF)
    with pytest.raises(Invalid) as more:
        office.engine.guests.complete(
            guest, step.task_id, {"papers": [mine.id], "signed_paper": mine.id}
        )
    assert [e.pointer for e in more.value.errors] == ["/signed_paper"]


def test_whoever_is_first_has_done_it(office: Office, counter: Counter) -> None:
    for _ in range(4):
        case_id = counter.apply()
        task_id, guest = counter.ask_for_papers(case_id), guest_of(case_id)
        office.engine.tasks.claim(office.actor("officer"), task_id)
        papers, paper = _signed(office), office.engine.guests.stage_file(guest, "a.pdf", PDF).id
        told = at_once(
            lambda t=task_id, p=papers: office.engine.tasks.complete(office.actor("officer"), t, p),
            lambda t=task_id, g=guest, p=paper: office.engine.guests.complete(
                g, t, {"papers": [p]}
            ),
        )
        refused = [one for one in told if isinstance(one, Exception)]
        assert len(refused) == 1
        assert isinstance(refused[0], TaskNotOpen)
        assert office.step(case_id, "check")


def test_two_drafts_of_one_step_do_not_touch(
    office: Office, counter: Counter, guest: Actor
) -> None:
    (step,) = office.engine.guests.view(guest).steps
    office.engine.tasks.save_draft(office.actor("officer"), step.task_id, {"remark": "电话里说的"})
    office.engine.guests.save_draft(guest, step.task_id, {"remark": "我自己写的"})
    office.engine.guests.save_draft(guest, step.task_id, {"remark": "又改了"})
    assert office.engine.guests.step(guest, step.task_id).data["remark"] == "又改了"
    officers = office.engine.tasks.view(office.actor("officer"), step.task_id)
    assert officers.data["remark"] == "电话里说的"
    paper = office.engine.guests.stage_file(guest, "a.pdf", PDF)
    office.engine.guests.complete(guest, step.task_id, {"papers": [paper.id]})
    with pytest.raises(TaskNotOpen):
        office.engine.guests.save_draft(guest, step.task_id, {"remark": "晚了"})
    kept = office.engine.ask(
        lambda tx: tx.exec_driver_sql("SELECT count(*) FROM guest_draft").scalar()
    )
    assert kept == 0


def test_she_withdraws_with_a_reason_that_stays(
    office: Office, counter: Counter, guest: Actor
) -> None:
    (offered,) = office.engine.guests.view(guest).messages
    office.engine.guests.send_message(guest, offered.token, "自己解决了")
    ended = office.engine.guests.view(guest)
    assert [s.words for s in ended.statuses] == ["已按您的申请撤回"]
    assert (ended.steps, ended.messages) == ((), ())
    with pytest.raises(TaskNotOpen):
        office.engine.guests.send_message(guest, offered.token, "")
    (told,) = [
        e
        for e in office.engine.cases.history(SYSTEM, guest.guest_case_id)
        if e.kind.value == "message"
    ]
    assert (told.actor_name, told.detail["reason"]) == (GUEST_NAME, "自己解决了")
    assert all(one.ok for one in office.engine.audit.invariants())


def test_she_reads_why_it_was_refused_and_until_when_she_may_appeal(
    office: Office, counter: Counter
) -> None:
    case_id = counter.apply()
    counter.refuse(case_id)
    guest = guest_of(case_id)
    seen = office.engine.guests.view(guest)
    (status,) = seen.statuses
    assert (status.words, status.reason, status.until) == ("未通过", "收入高于标准", None)
    (appeal,) = seen.messages
    assert (appeal.label, appeal.until) == ("申请复核", date(2026, 12, 9))
    with pytest.raises(Invalid, match="写明理由"):
        office.engine.guests.send_message(guest, appeal.token, " 。 ")
    office.engine.guests.send_message(guest, appeal.token, "去年的收入算重了")
    assert counter.words(case_id) == ["正在复核"]
    counter.do(
        "reviewer", case_id, "appeal_check", {"appeal_result": "refuse", "answer": "仍高于标准"}
    )
    (end,) = office.engine.guests.view(guest).statuses
    assert (end.words, end.reason) == ("未通过", "理由:仍高于标准")


def test_after_the_day_it_is_too_late(office: Office, counter: Counter) -> None:
    case_id = counter.apply()
    counter.refuse(case_id)
    guest = guest_of(case_id)
    (appeal,) = office.engine.guests.view(guest).messages
    office.clock.advance(timedelta(days=31))
    with pytest.raises(TaskNotOpen):
        office.engine.guests.send_message(guest, appeal.token, "晚了一天")
    assert counter.words(case_id) == ["未通过"]


def test_nothing_of_another_case_and_nothing_of_the_staff_s(
    office: Office, counter: Counter, guest: Actor
) -> None:
    other = counter.apply(applicant_name="李模拟")
    others_step = counter.ask_for_papers(other)
    stranger = guest_of(other)
    paper = office.engine.guests.stage_file(stranger, "他人.pdf", PDF)
    staffs = office.engine.files.attach(
        office.actor("officer"), guest.guest_case_id, "内部.pdf", PDF, "内部"
    )
    engine = office.engine
    for refused in (
        lambda: engine.guests.step(guest, others_step),
        lambda: engine.guests.complete(guest, others_step, {"papers": [paper.id]}),
        lambda: engine.guests.save_draft(guest, others_step, {"remark": "x"}),
        lambda: engine.guests.read_file(guest, paper.id),
        lambda: engine.guests.read_file(guest, staffs.id),
        lambda: engine.guests.read_file(office.actor("officer"), staffs.id),
        lambda: engine.guests.view(office.actor("officer")),
        lambda: engine.guests.view(guest_of("x" * 26)),
        lambda: engine.cases.view(guest, guest.guest_case_id),
        lambda: engine.cases.history(guest, guest.guest_case_id),
        lambda: engine.cases.diagrams(guest, guest.guest_case_id),
        lambda: engine.tasks.view(guest, engine.guests.view(guest).steps[0].task_id),
        lambda: engine.tasks.claim(guest, engine.guests.view(guest).steps[0].task_id),
        lambda: engine.files.read(guest, staffs.id),
        lambda: engine.files.attach(guest, guest.guest_case_id, "x.pdf", PDF),
        lambda: engine.receipts.issue(guest, guest.guest_case_id),
        lambda: engine.cases.cancel(guest, guest.guest_case_id, "不想要了"),
    ):
        with pytest.raises((NotFound, NotPermitted)):
            refused()
    assert engine.cases.list(guest, CaseQuestion()) == []
    (step,) = engine.guests.view(guest).steps
    with pytest.raises(Refused):
        engine.guests.complete(guest, step.task_id, {"papers": [paper.id]})


def test_the_officer_s_steps_are_not_hers(office: Office, counter: Counter) -> None:
    case_id = counter.apply()
    step = office.step(case_id, "check")
    with pytest.raises(NotFound):
        office.engine.guests.complete(guest_of(case_id), step, {"checked": "complete"})
    (offered,) = counter.seen_by_guest(case_id).messages
    stranger = guest_of(counter.apply())
    with pytest.raises(TaskNotOpen):
        office.engine.guests.send_message(stranger, offered.token, "")


def test_uploads_are_limited_in_size_and_number(
    office: Office, guest: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(FileTooLarge, match="20 MB"):
        office.engine.files.receive(io.BytesIO(b"x" * (20 * 1024 * 1024 + 1)))
    for _ in range(guests.PAPERS.times):
        office.engine.guests.stage_file(guest, "a.pdf", PDF)
    with pytest.raises(TooManyTries):
        office.engine.guests.stage_file(guest, "a.pdf", PDF)


def test_a_case_opened_by_mistake_says_nothing_of_the_process(
    office: Office, counter: Counter
) -> None:
    case_id = counter.apply()
    office.engine.cases.cancel(office.actor("officer"), case_id, "开错了")
    seen = counter.seen_by_guest(case_id)
    assert (seen.status, seen.statuses, seen.steps, seen.messages) == (
        CaseStatus.CANCELLED,
        (),
        (),
        (),
    )
