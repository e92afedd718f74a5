"""What is public comes from a white list; what was published is kept, and a later look shows it."""

from dataclasses import fields
from datetime import date

import pytest
from sqlalchemy import select, update

import registry
from engine import SYSTEM
from engine.errors import NotFound
from registry.notice_layers import WHITELIST, WebNotice, sheet_layer
from registry.notice_sheet import sheet_html
from registry.store import notices
from registry.store.tables import notice, notice_snapshot
from tests.registry.town import Town

WHOLE_NAME = "林模拟"
PERSONAL = ("350602199001019907", "15400000002", "模拟街道")


def test_the_white_list_is_these_fields_and_no_others() -> None:
    assert WHITELIST == (
        "id", "subject", "name", "unit", "household_size", "category", "archive_level", "places",
        "phone", "posted_on", "ends_on", "provisional",
    )  # fmt: skip


def test_nothing_of_a_notice_reaches_a_reader_but_the_white_list(town: Town) -> None:
    town.on_notice()
    (public,) = town.register.public_notices(None, 10)
    about_the_notice = {"sort_key", "status", "status_words", "result_words", "is_open", "case_id"}
    about_the_notice |= {"counted"}  # how its days are counted
    assert {f.name for f in fields(public)} == {"web", *about_the_notice}
    assert public.as_json().keys() - {"state"} < set(WHITELIST)
    kept = town.register.web_snapshot(SYSTEM, public.id, 1).decode()
    for text in (WHOLE_NAME, *PERSONAL):
        assert text not in kept
        assert text not in repr(public)


def test_the_sheet_has_the_whole_name_by_consent_and_no_number(town: Town) -> None:
    town.on_notice()
    page = town.register.sheet(town.actor("officer"), town.notice_id()).decode()
    assert WHOLE_NAME in page
    assert "2026 年 11 月 9 日至 2026 年 11 月 16 日 24 时" in page
    assert "芗城模拟区总工会" in page
    assert "<script" not in page
    assert not any(text in page for text in PERSONAL)


def test_without_consent_the_sheet_is_masked_as_well(town: Town) -> None:
    town.on_notice()
    town.engine.execute(lambda tx: tx.execute(update(notice).values(on_board=False)))
    (one,) = town.engine.ask(lambda tx: [notices.as_stored(r) for r in tx.execute(select(notice))])
    page = sheet_html(sheet_layer(one, WHOLE_NAME, "县总工会", "")).decode()
    assert WHOLE_NAME not in page
    assert "林**" in page
    assert "<svg" not in page, "without a site there is no address for a code"


def test_opening_the_sheet_is_written_down_and_only_for_the_case_s_own_people(town: Town) -> None:
    town.on_notice()
    notice_id = town.notice_id()
    town.register.sheet(town.actor("reviewer"), notice_id)
    with pytest.raises(NotFound):
        town.register.sheet(town.actor("far_officer"), notice_id)
    written = [
        (row.actor, row.target)
        for row in town.engine.audit.entries(0, 1_000)
        if row.action == "notice-sheet-read"
    ]
    assert written == [("p-reviewer", notice_id)]


def test_a_later_look_shows_what_was_published_and_no_new_drawing(town: Town) -> None:
    town.on_notice()
    notice_id = town.notice_id()
    before = town.register.sheet(SYSTEM, notice_id)
    assert town.register.notice(None, notice_id).places == "厂区大门公示栏"
    town.engine.execute(lambda tx: tx.execute(update(notice).values(places="别处", unit="别厂")))
    assert town.register.sheet(SYSTEM, notice_id) == before
    assert town.register.notice(None, notice_id).places == "厂区大门公示栏"
    assert "R5" in {one.id for one in registry.invariants(town.engine) if not one.ok}


def test_an_edited_snapshot_is_found_and_told(town: Town) -> None:
    town.on_notice()
    notice_id = town.notice_id()
    town.must_hold()
    forged = (
        update(notice_snapshot).where(notice_snapshot.c.layer == "sheet").values(sha256="0" * 64)
    )
    town.engine.execute(lambda tx: tx.execute(forged))
    record = town.register.record(town.actor("reviewer"), notice_id)
    assert {(one.layer, one.is_intact) for one in record.published} == {
        ("web", True),
        ("sheet", False),
    }
    assert {one.id for one in registry.invariants(town.engine) if not one.ok} == {"R5"}


def test_the_sheet_printed_before_posting_is_the_one_that_is_published(town: Town) -> None:
    town.on_notice(until="post")
    (case_id,) = [line.id for line in town.engine.cases.search(SYSTEM, WHOLE_NAME)]
    (step,) = town.engine.cases.view(SYSTEM, case_id).open_tasks
    officer = town.actor("officer")
    hung = town.register.draft_sheet(officer, town.engine.tasks.view(officer, step.id))
    town.do("officer", case_id, "post", town.posted())
    assert town.register.sheet(SYSTEM, town.notice_id()) == hung


def test_equal_masked_names_on_notice_in_one_unit_are_told_apart(town: Town) -> None:
    for _ in range(3):  # three people of one name, as in a large plant
        town.on_notice()
    shown = [one.name for one in town.register.public_notices(None, 10)]
    assert shown == ["林**(三)", "林**(二)", "林**"]


def test_a_web_notice_survives_being_kept() -> None:
    one = WebNotice(
        "x", "建档", "张*", "厂", None, "低保户", "", "", "", date(2026, 9, 29), date(2026, 10, 12),
        provisional=False,
    )  # fmt: skip
    assert WebNotice.from_bytes(one.to_bytes()) == one


def test_the_facts_of_a_proper_notice_are_kept_for_the_figures(town: Town) -> None:
    case_id = town.on_notice()
    town.days_pass(case_id, 8)
    town.do("officer", case_id, "record_result", town.over())
    record = town.register.record(SYSTEM, town.notice_id())
    assert (record.days, record.photo_start, record.photo_end) == (5, True, False)
    assert (record.on_web, record.has_consent, record.is_over) == (True, True, True)
