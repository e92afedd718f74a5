"""A receipt opens one case to whoever holds it, and to nobody who tries."""

from datetime import timedelta

import pytest

from engine.errors import (
    CaseNotActive,
    Invalid,
    NotFound,
    NotPermitted,
    NotSignedIn,
    TooManyTries,
)
from engine.model.cases import EventKind
from engine.model.receipt_codes import ALPHABET, grouped, new_code, normal_code
from engine.store import receipts as stored
from engine.work import receipts
from tests.engine.conftest import Office
from tests.engine.guests.conftest import PROOF, Counter
from tests.support.at_once import at_once


def test_a_code_is_long_readable_and_tells_its_own_mistakes() -> None:
    code = new_code()
    assert len(code) == 16
    assert len(ALPHABET) ** 15 > 2**60
    assert not set("01ILO") & set(ALPHABET)
    typed = f" {grouped(code).lower()} "
    assert normal_code(typed) == code
    assert normal_code(code.translate({ord(c): ord(c) + 0xFEE0 for c in code})) == code
    for place in range(len(code)):
        wrong = ALPHABET[(ALPHABET.index(code[place]) + 1) % len(ALPHABET)]
        assert normal_code(code[:place] + wrong + code[place + 1 :]) is None
    for text in ("", code[:-1], code + "A", "0" * 16, "１" * 16, "张" * 16, "\x00" * 16):
        assert normal_code(text) is None
    assert len({new_code() for _ in range(500)}) == 500


def test_two_neighbours_that_change_places_are_noticed() -> None:
    for _ in range(50):
        code = new_code()
        for place in range(15):
            a, b = code[place], code[place + 1]
            swapped = code[:place] + b + a + code[place + 2 :]
            assert a == b or normal_code(swapped) is None


def test_the_code_opens_its_case_and_is_nowhere_in_the_tables(
    office: Office, counter: Counter
) -> None:
    case_id, other = counter.apply(), counter.apply(applicant_name="李模拟")
    code = counter.receipt(case_id)
    counter.receipt(other)
    entered = office.engine.guests.enter(grouped(code), PROOF, "192.0.2.1")
    assert entered.case_id == case_id
    assert office.engine.guests.guest_for(entered.token).guest_case_id == case_id
    (one,) = office.engine.ask(lambda tx: stored.of_case(tx, case_id))
    assert one.issued_by == "p-officer"
    rows = office.engine.ask(
        lambda tx: [
            tuple(row)
            for table in ("receipt", "guest_session", "access_event", "sign_in_attempt")
            for row in tx.exec_driver_sql(f"SELECT * FROM {table}")
        ]
    )
    assert rows
    assert code not in str(rows)
    assert entered.token not in str(rows)


def test_what_is_wrong_is_told_in_one_sentence_whatever_it_was(
    office: Office, counter: Counter
) -> None:
    case_id = counter.apply()
    code = counter.receipt(case_id)
    old = code
    code = counter.receipt(case_id)
    told = set()
    for typed, proof in ((new_code(), PROOF), (old, PROOF), (code, "9999"), (code, "")):
        with pytest.raises(NotSignedIn) as refused:
            office.engine.guests.enter(typed, proof, "192.0.2.1")
        told.add(refused.value.message)
    assert len(told) == 1
    with pytest.raises(Invalid, match="16 位"):
        office.engine.guests.enter(code[:-1], PROOF, "192.0.2.1")


def test_the_proof_may_be_a_whole_number_or_the_telephone(office: Office, counter: Counter) -> None:
    case_id = counter.apply(id_number="11010119900307803X")
    code = counter.receipt(case_id)
    for proof in ("803x", "８０３Ｘ", " 11010119900307803X ", "0000", "13800000000"):
        assert office.engine.guests.enter(code, proof, "192.0.2.1").case_id == case_id


def test_another_receipt_ends_the_first_and_whoever_is_inside_with_it(
    office: Office, counter: Counter
) -> None:
    case_id = counter.apply()
    first = counter.receipt(case_id)
    inside = office.engine.guests.enter(first, PROOF, "192.0.2.1")
    second = counter.receipt(case_id)
    with pytest.raises(NotSignedIn):
        office.engine.guests.guest_for(inside.token)
    with pytest.raises(NotSignedIn):
        office.engine.guests.enter(first, PROOF, "192.0.2.1")
    assert office.engine.guests.enter(second, PROOF, "192.0.2.1").case_id == case_id
    shown = office.engine.receipts.of_case(office.actor("officer"), case_id)
    assert [one.revoked_at is None for one in shown.issued] == [True, False]
    assert shown.issued[0].by_name == "模拟officer"


def test_of_receipts_issued_at_once_one_holds(office: Office, counter: Counter) -> None:
    case_id = counter.apply()
    codes = at_once(*[lambda: counter.receipt(case_id)] * 6)
    assert all(isinstance(code, str) for code in codes), codes
    valid = [
        one
        for one in office.engine.ask(lambda tx: stored.of_case(tx, case_id))
        if not one.revoked_at
    ]
    assert len(valid) == 1


def test_wrong_tries_are_counted_exactly_also_at_once(office: Office, counter: Counter) -> None:
    code = counter.receipt(counter.apply())

    def guess() -> object:
        return office.engine.guests.enter(new_code(), PROOF, "192.0.2.7")

    told = at_once(*[guess] * 30)
    assert sum(isinstance(one, NotSignedIn) for one in told) == receipts.BY_ADDRESS.times
    assert sum(isinstance(one, TooManyTries) for one in told) == 30 - receipts.BY_ADDRESS.times
    with pytest.raises(TooManyTries) as slowed:
        office.engine.guests.enter(code, PROOF, "192.0.2.7")
    assert 0 < slowed.value.retry_after <= 3601
    assert office.engine.guests.enter(code, PROOF, "192.0.2.8")


def test_the_last_four_cannot_be_tried_out_from_many_addresses(
    office: Office, counter: Counter
) -> None:
    for code in (counter.receipt(counter.apply()), new_code()):
        for number in range(receipts.BY_CODE.times):
            with pytest.raises(NotSignedIn):
                office.engine.guests.enter(code, f"9{number:03d}", f"198.51.100.{number}")
        with pytest.raises(TooManyTries):
            office.engine.guests.enter(code, PROOF, "198.51.100.200")


def test_the_right_code_uses_nothing_up(office: Office, counter: Counter) -> None:
    code = counter.receipt(counter.apply())
    for _ in range(receipts.BY_ADDRESS.times + 5):
        office.engine.guests.enter(code, PROOF, "192.0.2.9")


def test_a_session_is_fresh_each_time_and_ends(office: Office, counter: Counter) -> None:
    code = counter.receipt(counter.apply())
    tokens = {office.engine.guests.enter(code, PROOF, "192.0.2.1").token for _ in range(3)}
    assert len(tokens) == 3
    left, idle, old = sorted(tokens)
    office.engine.guests.leave(left)
    past = office.engine.environment.real_now() - receipts.IDLE - timedelta(seconds=1)
    office.engine.execute(lambda tx: stored.seen(tx, idle, past))
    for token in (left, idle, "", "x" * 43):
        with pytest.raises(NotSignedIn):
            office.engine.guests.guest_for(token)
    assert office.engine.guests.guest_for(old)


def test_a_receipt_opens_no_page_of_the_staff(office: Office, counter: Counter) -> None:
    entered = office.engine.guests.enter(counter.receipt(counter.apply()), PROOF, "192.0.2.1")
    with pytest.raises(NotSignedIn):
        office.engine.accounts.actor_for(entered.token)


def test_who_gives_receipts(office: Office, counter: Counter) -> None:
    case_id = counter.apply()
    for name, may in (("officer", True), ("officer2", True), ("supervisor", False)):
        shown = office.engine.receipts.of_case(office.actor(name), case_id)
        assert (shown.is_offered, shown.may_issue, shown.asks_proof) == (True, may, True), name
    with pytest.raises(NotPermitted):
        office.engine.receipts.issue(office.actor("supervisor"), case_id)
    with pytest.raises(NotFound):
        office.engine.receipts.issue(office.actor("far_officer"), case_id)
    counter.do("officer", case_id, "check", {"checked": "complete"})
    assert office.engine.receipts.issue(office.actor("reviewer"), case_id).code


def test_a_process_without_a_lane_for_the_applicant_gives_none(
    office: Office, counter: Counter
) -> None:
    case_id = office.start()
    assert not office.engine.receipts.of_case(office.actor("officer"), case_id).is_offered
    with pytest.raises(CaseNotActive):
        office.engine.receipts.issue(office.actor("officer"), case_id)


def test_the_history_of_the_case_says_who_issued_it(office: Office, counter: Counter) -> None:
    case_id = counter.apply()
    counter.receipt(case_id)
    counter.receipt(case_id)
    history = office.engine.cases.history(office.actor("officer"), case_id)
    told = [e for e in history if e.kind is EventKind.NOTICE]
    assert [(e.actor, e.detail) for e in told] == [("p-officer", {"receipt": "issued"})] * 2
    assert all(one.ok for one in office.engine.audit.invariants())


def test_issuing_entering_and_refusing_are_written_down(office: Office, counter: Counter) -> None:
    case_id = counter.apply()
    code = counter.receipt(case_id)
    office.engine.guests.enter(code, PROOF, "192.0.2.1")
    with pytest.raises(NotSignedIn):
        office.engine.guests.enter(new_code(), PROOF, "192.0.2.1")
    rows = office.engine.ask(
        lambda tx: [
            tuple(row)
            for row in tx.exec_driver_sql(
                "SELECT actor, action, object FROM access_event "
                "WHERE action IN ('receipt-issued', 'receipt-entered', 'receipt-refused') "
                "ORDER BY id"
            )
        ]
    )
    assert rows[0] == ("p-officer", "receipt-issued", case_id)
    assert rows[1] == (f"guest-{case_id}", "receipt-entered", case_id)
    assert rows[2][:2] == (None, "receipt-refused")
    assert office.engine.audit.verify().ok
