"""发放结果公示: who was paid is public for the days of a notice, by the beginning of a name alone."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from engine import SYSTEM
from engine.errors import NotFound
from registry.store.fund_tables import result_notice, result_supplement
from tests.funds.paying import VOUCHER, banks_answer, granted, sent, take, with_account
from tests.funds.purse import Purse, id_number
from tests.support.client import client_of
from tests.support.register import Visitor, site_of

BY_VOUCHER = {"pay_result": "paid", "voucher_no": "记-2026-0113", "paid_on": "2026-11-09"}
HELD = {"pay_result": "held"}


def closed(desk: Purse, number: str, how: dict[str, str] | None = None) -> str:
    case_id = desk.register.batches.view(SYSTEM, number).line.batch.case_id
    desk.do("cashier", case_id, "pay_county", how or BY_VOUCHER)
    return number


@pytest.fixture
def paid(desk: Purse) -> str:
    """A batch of the festival for three households; its number."""
    return closed(desk, granted(desk, *(with_account(desk, n) for n in (1, 2, 3))))


def test_the_public_reads_who_was_paid_by_the_beginning_of_a_name(
    desk: Purse, paid: str, tmp_path: Path
) -> None:
    site = site_of(desk.engine, tmp_path)
    public = client_of(site)
    listed = public.get("/results").get_data(as_text=True)
    assert f'href="/results/{paid}"'.replace("发", "%E5%8F%91") in listed
    page = public.get(f"/results/{paid}").get_data(as_text=True)
    assert page.count("1,000.00 元") == 3
    assert "合计</dt><dd>3,000.00 元" in page
    assert "林**" in page
    assert "林**(二)" in page, "told apart within a union"
    for hidden in ("林模拟", id_number(1), "62220", "档-350602"):
        assert hidden not in page
    assert "2026-11-09 至 2026-11-16" in page, "five working days"
    assert "/results" in public.get("/notices").get_data(as_text=True)


def test_when_the_days_are_over_only_who_works_with_the_money_reads_it(
    desk: Purse, paid: str, tmp_path: Path
) -> None:
    desk.clock.advance(timedelta(days=8))
    site = site_of(desk.engine, tmp_path)
    public = client_of(site)
    assert paid not in public.get("/results").get_data(as_text=True)
    page = public.get(f"/results/{paid}").get_data(as_text=True)
    assert "名单不再公开" in page
    assert "林**" not in page
    assert "林**" in Visitor(site, desk.engine, "accountant").text(f"/results/{paid}")
    for nobody in ("officer", "far_accountant"):
        assert "林**" not in Visitor(site, desk.engine, nobody).text(f"/results/{paid}")


def test_what_went_on_account_is_not_on_it_and_a_batch_of_nothing_else_is_none(desk: Purse) -> None:
    number = closed(desk, granted(desk, with_account(desk, 1)), HELD)
    assert desk.register.results.on_notice() == []
    with pytest.raises(NotFound):
        desk.register.results.show(None, number)


def test_what_is_kept_was_not_changed_since(desk: Purse, paid: str) -> None:
    assert desk.register.results.show(None, paid).is_intact
    with desk.engine.database.unit_of_work() as work:
        work.tx.execute(text("UPDATE result_notice SET content = :c"), {"c": b"[]"})
        work.commit()
    assert not desk.register.results.show(None, paid).is_intact


def test_a_programme_that_is_not_published_has_none(desk: Purse) -> None:
    line = desk.allocate(programme="medical")
    number = desk.draft(line, period="2026-11", item="money")
    file_no = with_account(desk, 1)
    desk.register.batches.add_household(desk.actor("accountant"), number, file_no, "1000")
    case_id = desk.register.batches.submit(desk.actor("accountant"), number)
    desk.do("approver", case_id, "approve_county", {"decision": "agree"})
    closed(desk, number)
    assert desk.register.results.on_notice() == []
    with desk.engine.database.look() as tx:
        assert tx.execute(result_notice.select()).all() == []


def test_it_is_published_once(desk: Purse, paid: str) -> None:
    (one,) = desk.register.results.on_notice()
    assert (one.batch_no, one.part, one.lines, one.fen) == (paid, 0, 3, 300_000)
    assert (one.published_on, one.ends_on) == (date(2026, 11, 9), date(2026, 11, 16))
    desk.must_hold()


def paid_later(desk: Purse, number: str) -> None:
    """The one payment that is held on account, some days later."""
    desk.clock.advance(timedelta(days=4))
    view = desk.register.batches.view(SYSTEM, number)
    (held,) = [one for one in view.payments if one.status.value == "held"]
    today = desk.engine.environment.today().isoformat()
    typed = {**VOUCHER, "paid_on": today}
    desk.register.held_payments.pay(desk.actor("cashier"), number, held.id, typed)


def test_what_is_paid_later_is_published_beside_what_was(desk: Purse, tmp_path: Path) -> None:
    number = granted(desk, *(with_account(desk, n) for n in (1, 2, 3)))
    sending = sent(desk, number)
    take(desk, number, sending, banks_answer(desk, number, sending, {3: "账户已销户"}))
    closed(desk, number, HELD)
    with desk.engine.database.look() as tx:
        (first,) = tx.execute(result_notice.select()).all()
    paid_later(desk, number)
    with desk.engine.database.look() as tx:
        (before,) = tx.execute(result_notice.select()).all()
        (later,) = tx.execute(result_supplement.select()).all()
    assert before == first, "what was published stays as it was, to the byte"
    assert (later.part, later.lines, later.fen) == (1, 1, 100_000)
    assert (later.published_on, later.ends_on) == ("2026-11-13", "2026-11-20")
    assert [(one.batch_no, one.part) for one in desk.register.results.on_notice()] == [
        (number, 1),
        (number, 0),
    ]
    site = site_of(desk.engine, tmp_path)
    page = client_of(site).get(f"/results/{number}").get_data(as_text=True)
    assert page.count("1,000.00 元</td>") == 3
    assert "(补付)" in page
    assert "林**(三)" in page, "told apart from who was published before"
    assert "林模拟" not in page
    desk.clock.advance(timedelta(days=5))  # the first is over, the second is not
    page = client_of(site).get(f"/results/{number}").get_data(as_text=True)
    assert page.count("1,000.00 元</td>") == 1
    assert "公示中" in page
    assert desk.register.results.show(None, number).is_intact
    desk.must_hold()


def test_a_batch_of_which_all_was_paid_later_is_published_then(desk: Purse) -> None:
    number = closed(desk, granted(desk, with_account(desk, 1)), HELD)
    paid_later(desk, number)
    (one,) = desk.register.results.on_notice()
    assert (one.batch_no, one.part, one.lines) == (number, 1, 1)
    assert one.title.endswith("(补付)")


def test_what_comes_back_changes_nothing_that_was_published(desk: Purse, paid: str) -> None:
    before = desk.register.results.show(None, paid)
    one = desk.register.batches.view(SYSTEM, paid).payments[0]
    typed = {
        "amount": "1000",
        "voucher": "收-1",
        "recovered_on": "2026-11-09",
        "reason": "重复享受",
    }
    desk.register.recoveries.enter(desk.actor("cashier"), paid, one.id, desk.entry(), typed)
    assert desk.register.results.show(None, paid) == before
