"""Anybody may begin a case on the public page: as the process says it, once, and not endlessly."""

from dataclasses import replace
from functools import partial

import pytest

from engine import SYSTEM, Actor
from engine.definitions.folder import read_upload
from engine.errors import Conflict, Invalid, NotFound, NotPermitted, TooManyTries
from engine.model.actors import WRITER_NAME, guest_of, writer_of
from engine.model.cases import EventKind
from engine.model.receipt_codes import code_of, normal_code
from engine.store import receipts as stored
from engine.work import public_intake, start
from engine.work.public_intake import Letter, Sent
from tests.engine.conftest import Office
from tests.engine.guests.conftest import PDF, WRITTEN, letter_files
from tests.support.at_once import at_once

HERE = "192.0.2.9"
WRITER = writer_of("a-browser")


def letter(page: str = "page-one-of-it", **changed: object) -> Letter:
    return Letter("letter", "u1", {**WRITTEN, **changed}, page, HERE)


def send(office: Office, sent: Letter | None = None, writer: Actor = WRITER) -> Sent:
    return office.engine.public_intake.send(writer, sent or letter())


def number_of_cases(office: Office) -> int:
    return office.engine.ask(
        lambda tx: int(
            tx.exec_driver_sql(
                "SELECT count(*) FROM cases WHERE definition_id LIKE 'letter%%'"
                if tx.dialect.name == "postgresql"
                else "SELECT count(*) FROM cases WHERE definition_id LIKE 'letter%'"
            ).scalar_one()
        )
    )


def test_a_letter_is_a_case_with_a_receipt(letterbox: Office) -> None:
    (matter,) = letterbox.engine.public_intake.matters()
    assert (matter.key, matter.name) == ("letter", "反映问题")
    assert [one.id for one in letterbox.engine.public_intake.unions("letter")] == [
        "u1",
        "u2",
        "lw-u",
    ]
    sent = send(letterbox)
    assert normal_code(sent.code) == sent.code
    assert sent.next_words == "工会 5 个工作日内答复张模拟。"
    assert sent.asks_proof
    view = letterbox.engine.cases.view(letterbox.actor("officer"), sent.case_id)
    assert view.case.number == sent.number
    assert view.case.title == "来信 张模拟"
    (submission,) = view.submissions
    assert submission.data == {
        "channel": "web",
        "received_on": "2026-11-09",
        "petitioner": "张模拟",
        "mobile": "13800000011",
        "matter": "wage",
        "request": "三月的工资没有发",
    }
    assert letterbox.inbox("officer") == ["look"]
    history = letterbox.engine.cases.history(SYSTEM, sent.case_id)
    assert [e.actor_name for e in history if e.kind is EventKind.STARTED] == [WRITER_NAME]
    entered = letterbox.engine.guests.enter(sent.code, "0011", HERE)
    assert entered.case_id == sent.case_id


def test_a_nameless_letter_is_opened_by_its_code_alone(letterbox: Office) -> None:
    sent = send(letterbox, letter(named="no", your_name="", mobile=""))
    assert not sent.asks_proof
    assert letterbox.engine.guests.enter(sent.code, "", HERE).case_id == sent.case_id


def test_the_same_page_sent_again_is_the_same_letter_with_the_same_code(letterbox: Office) -> None:
    first = send(letterbox)
    assert send(letterbox) == first
    assert number_of_cases(letterbox) == 1
    other = send(letterbox, letter("page-two-of-it"))
    assert (other.case_id != first.case_id, other.code != first.code) == (True, True)


def test_of_a_letter_sent_many_times_at_once_one_case_comes(letterbox: Office) -> None:
    told = at_once(*[lambda: send(letterbox)] * 6)
    assert all(one == told[0] and isinstance(one, Sent) for one in told), told
    assert number_of_cases(letterbox) == 1


def test_other_words_from_a_page_that_was_sent_are_refused_and_not_lost(letterbox: Office) -> None:
    send(letterbox)
    with pytest.raises(Conflict, match="已经从这一页发出过"):
        send(letterbox, letter(request="还有四月的"))
    assert number_of_cases(letterbox) == 1


def test_the_code_is_stored_nowhere_and_another_browser_has_another(letterbox: Office) -> None:
    sent = send(letterbox)
    rows = letterbox.engine.ask(
        lambda tx: [
            tuple(row)
            for table in ("receipt", "idempotency", "access_event", "event")
            for row in tx.exec_driver_sql(f"SELECT * FROM {table}")
        ]
    )
    assert sent.code not in str(rows)
    assert send(letterbox, writer=writer_of("another")).code != sent.code
    assert code_of("0f" * 32) == code_of("0f" * 32) != code_of("f0" * 32)


def test_after_a_new_receipt_the_page_tells_no_code_any_more(letterbox: Office) -> None:
    sent = send(letterbox)
    letterbox.engine.receipts.issue(letterbox.actor("officer"), sent.case_id)
    with pytest.raises(NotFound, match="重开过"):
        send(letterbox)


def test_what_is_wrong_is_told_by_the_form_she_saw(letterbox: Office) -> None:
    with pytest.raises(Invalid) as refused:
        send(letterbox, letter(request="", your_name=""))
    assert {error.pointer for error in refused.value.errors} == {"/request", "/your_name"}
    assert number_of_cases(letterbox) == 0


def test_nobody_brings_in_what_the_page_does_not_ask(letterbox: Office) -> None:
    with pytest.raises(Invalid):
        send(letterbox, letter(started_by="p-officer"))
    sent = send(letterbox, letter(channel="visit", petitioner="别人"))
    (submission,) = letterbox.engine.cases.view(SYSTEM, sent.case_id).submissions
    assert submission.data["channel"] == "web"
    assert submission.data["petitioner"] == "张模拟"


def test_only_processes_that_say_so_and_unions_where_somebody_takes_it(letterbox: Office) -> None:
    intake = letterbox.engine.public_intake
    for key, unit in (("example_request", "u1"), ("nothing", "u1"), ("letter", "xc")):
        with pytest.raises(NotFound):
            intake.desk(key, unit)
        with pytest.raises(NotFound):
            send(letterbox, Letter(key, unit, WRITTEN, "page-one-of-it", HERE))
    request = start.Request("example_request", "u1", {"subject": "x"}, origin=start.PUBLIC_PAGE)
    with pytest.raises(NotPermitted):
        letterbox.engine.cases.start(WRITER, request)
    with pytest.raises(NotPermitted):
        letterbox.engine.cases.start(WRITER, replace(request, origin=""))
    with pytest.raises(NotPermitted):
        letterbox.engine.cases.start(
            letterbox.actor("officer"), replace(request, process_key="letter", data={})
        )


def test_whoever_wrote_is_no_member_of_the_staff(letterbox: Office) -> None:
    sent = send(letterbox)
    with pytest.raises(NotFound):
        letterbox.engine.cases.view(WRITER, sent.case_id)
    assert letterbox.engine.cases.search(WRITER, sent.number) == []


def test_letters_of_one_address_are_counted_exactly(letterbox: Office) -> None:
    most = public_intake.LETTERS.times
    for number in range(most):
        send(letterbox, letter(f"page-{number:06d}"))
    with pytest.raises(TooManyTries) as refused:
        send(letterbox, letter("page-too-many"))
    assert "您写的内容仍在页面上" in refused.value.message
    assert number_of_cases(letterbox) == most
    assert send(letterbox, letter("page-000003")).number  # a repeated one uses nothing up
    other = replace(letter("page-elsewhere"), address="192.0.2.10")
    assert send(letterbox, other).number


def test_many_at_once_from_one_address_get_what_is_left_and_no_more(letterbox: Office) -> None:
    most = public_intake.LETTERS.times
    for number in range(most - 2):
        send(letterbox, letter(f"page-{number:06d}"))
    told = at_once(
        *[partial(send, letterbox, letter(f"page-at-once-{number}")) for number in range(6)]
    )
    assert sum(isinstance(one, TooManyTries) for one in told) == 4, told
    assert number_of_cases(letterbox) == most


def test_papers_come_with_the_letter_and_are_hers_to_read(letterbox: Office) -> None:
    intake = letterbox.engine.public_intake
    paper = intake.stage_file(WRITER, "工资条.pdf", PDF, HERE)
    assert intake.staged(WRITER, [paper.id]) == {paper.id: paper}
    assert intake.staged(writer_of("another"), [paper.id]) == {}
    with pytest.raises(Invalid, match="不是您上传的"):
        send(letterbox, letter(papers=[paper.id]), writer_of("another"))
    sent = send(letterbox, letter(papers=[paper.id]))
    assert letterbox.engine.files.read(letterbox.actor("officer"), paper.id)[1] == PDF
    guest = guest_of(sent.case_id)
    assert [one.id for one in letterbox.engine.guests.view(guest).papers] == [paper.id]
    assert letterbox.engine.guests.read_file(guest, paper.id)[1] == PDF
    other = guest_of(send(letterbox, letter("page-two-of-it")).case_id)
    with pytest.raises(NotFound):
        letterbox.engine.guests.read_file(other, paper.id)


def test_papers_of_one_address_are_counted(letterbox: Office) -> None:
    intake = letterbox.engine.public_intake
    for _ in range(public_intake.PAPERS.times):
        intake.stage_file(WRITER, "工资条.pdf", PDF, HERE)
    with pytest.raises(TooManyTries):
        intake.stage_file(WRITER, "工资条.pdf", PDF, HERE)


def test_where_nobody_takes_letters_any_more_none_is_begun(letterbox: Office) -> None:
    files = [
        (name, content.replace(b'value="grassroots"', b'value="township"'))
        for name, content in letter_files()
    ]
    letterbox.engine.definitions.deploy(SYSTEM, read_upload(files).files)
    assert letterbox.engine.public_intake.unions("letter") == ()
    assert letterbox.engine.public_intake.matters() == ()
    with pytest.raises(NotFound):
        send(letterbox)


def test_the_receipt_of_a_letter_is_on_the_page_of_its_case(letterbox: Office) -> None:
    sent = send(letterbox)
    found = letterbox.engine.receipts.of_case(letterbox.actor("officer"), sent.case_id)
    assert [one.by_name for one in found.issued] == [WRITER_NAME]
    assert letterbox.engine.ask(lambda tx: len(stored.of_case(tx, sent.case_id))) == 1
