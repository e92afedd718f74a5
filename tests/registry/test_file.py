"""One household's file: its money, its people, its cases, its help and its volume on paper."""

import threading
from datetime import timedelta
from decimal import Decimal

import pytest

from engine import Request
from engine.errors import Conflict, Invalid, NotFound, NotPermitted, Stale
from engine.model.ids import new_id
from registry.rights import Act
from tests.registry.town import Town

FILE_NO = "档-350602-2026-000001"
HELP = {
    "kind": "festival",
    "given_on": "2026-11-17",
    "amount": "1,000.00",
    "source": "own",
    "level": "county",
    "payer": "芗城区总工会",
}


def _enter(town: Town, by: str = "officer", **changed: str) -> str:
    entry = new_id()
    town.register.help.enter(town.actor(by), FILE_NO, entry, {**HELP, **changed})
    return entry


def test_money_is_reckoned_from_the_lines(town: Town) -> None:
    town.approved()
    money = town.register.files.money(town.actor("reviewer"), FILE_NO)
    texts = {one.label: (one.text, one.doubt) for one in money.sums}
    assert texts["全年收入 Y(不含低保金)"] == ("16,200.00 元", "")
    assert texts["家庭人口 N"][0] == "3 人"
    assert texts["低保标准 DB(每人每月)"][0] == "500.00 元"
    assert money.gap == "低于低保标准 50.00 元"
    assert len(money.months) == 12
    assert {one.per_head for one in money.months} == {Decimal("450.00")}
    assert all(one.is_below for one in money.months)


def test_the_family_tells_who_is_counted_and_masks_numbers(town: Town) -> None:
    town.approved()
    people = town.register.opening.of(town.actor("reviewer"), FILE_NO).family()
    assert [(one.relation, one.is_counted, one.lives_together) for one in people] == [
        ("户主", True, True),
        ("配偶", True, True),
        ("子", True, False),
    ]
    assert people[0].id_number == "尾号 9907"


def test_versions_are_compared_and_a_file_of_one_has_nothing_to_compare(town: Town) -> None:
    case_id = town.approved()
    reviewer = town.actor("reviewer")
    files = town.register.files
    assert files.difference(reviewer, FILE_NO, 0, 0, is_clear=False) is None
    number = {"national_no": "MN0000000001", "entered_on": "2026-11-17", "bank": "模拟银行"}
    town.do("entry", case_id, "national_entry", number)
    found = files.difference(reviewer, FILE_NO, 0, 0, is_clear=False)
    assert found is not None
    assert (found.older.number, found.newer.number) == (1, 2)
    assert ("全国系统编号", "MN0000000001") in [(c.what, c.after) for c in found.changes]
    swapped = files.difference(reviewer, FILE_NO, 2, 1, is_clear=False)
    assert swapped is not None
    assert swapped.older.number == 1
    with pytest.raises(NotFound, match="这一版"):
        files.difference(reviewer, FILE_NO, 1, 9, is_clear=False)
    with pytest.raises(NotFound):
        files.difference(town.actor("far_reviewer"), FILE_NO, 0, 0, is_clear=False)


def test_the_trace_names_the_case_that_wrote_and_open_ones_of_the_same_person(town: Town) -> None:
    case_id = town.approved()
    town.clock.advance(timedelta(days=1))
    officer = town.actor("officer")
    asked = {"applicant_name": "林模拟", "application_kind": "self"}
    other = town.engine.cases.start(officer, Request("archiving", "u1", asked)).case_id
    town.do("officer", other, "apply", town.filled("officer", "family_of_three"))
    trace = town.register.files.trace(town.actor("reviewer"), FILE_NO)
    assert [(line.id, numbers) for line, numbers in trace.wrote] == [(case_id, (1,))]
    assert [line.id for line in trace.open_elsewhere] == [other]
    assert trace.hidden == 0
    with pytest.raises(NotFound):
        town.register.files.trace(town.actor("far_officer"), FILE_NO)


def test_help_is_entered_once_and_summed_by_year(town: Town) -> None:
    town.approved()
    entry = _enter(town)
    town.register.help.enter(town.actor("officer"), FILE_NO, entry, HELP)
    _enter(town, by="reviewer", kind="medical", amount="200.50")
    _enter(town, amount="", goods="大米 20 斤", source="donation")
    help_given = town.register.help.of_file(town.actor("supervisor"), FILE_NO)
    assert len(help_given.lines) == 3
    assert [(one.year, one.cents, one.times) for one in help_given.years] == [(2026, 120_050, 3)]
    assert not help_given.may_enter
    town.must_hold()


def test_help_is_corrected_by_a_counter_entry_and_only_once(town: Town) -> None:
    town.approved()
    entry = _enter(town)
    book, officer = town.register.help, town.actor("officer")
    with pytest.raises(Invalid, match="冲销原因"):
        book.take_back(officer, FILE_NO, entry, new_id(), "  ")
    book.take_back(officer, FILE_NO, entry, new_id(), "金额写错")
    with pytest.raises(Conflict, match="已经冲销过"):
        book.take_back(officer, FILE_NO, entry, new_id(), "再来一次")
    help_given = book.of_file(officer, FILE_NO)
    assert sorted((one.cents, one.is_counter, one.is_taken_back) for one in help_given.lines) == [
        (-100_000, True, False),
        (100_000, False, True),
    ]
    assert [(one.cents, one.times) for one in help_given.years] == [(0, 0)]
    (counter,) = [one for one in help_given.lines if one.is_counter]
    with pytest.raises(Conflict, match="不能再冲销"):
        book.take_back(officer, FILE_NO, counter.id, new_id(), "反悔")


def test_of_two_counter_entries_at_once_one_is_written(town: Town) -> None:
    town.approved()
    entry = _enter(town)
    both, told = threading.Barrier(2), []

    def take_back(name: str) -> None:
        both.wait()
        try:
            town.register.help.take_back(town.actor(name), FILE_NO, entry, new_id(), "写错")
            told.append("done")
        except Conflict:
            told.append("refused")

    threads = [threading.Thread(target=take_back, args=(one,)) for one in ("officer", "reviewer")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["done", "refused"]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"given_on": "2026-11-16"}, "先建档、后帮扶"),
        ({"given_on": "2027-01-01"}, "还没有到"),
        ({"given_on": "昨天"}, "2026-11-16 的样子"),
        ({"amount": "-5"}, "冲销"),
        ({"amount": "1000.005"}, "两位小数"),
        ({"amount": "一千"}, "不是数字"),
        ({"amount": "NaN"}, "10,000,000"),
        ({"amount": "", "goods": ""}, "请填写金额"),
        ({"kind": "gift"}, "帮扶类别"),
        ({"payer": " "}, "支付单位"),
        ({"note": "长" * 301}, "300 字"),
    ],
)
def test_what_cannot_be_entered_is_said_in_words(
    town: Town, changed: dict[str, str], words: str
) -> None:
    town.approved()
    with pytest.raises(Invalid, match=words):
        _enter(town, **changed)
    assert not town.register.help.of_file(town.actor("officer"), FILE_NO).lines


def test_who_may_act_on_a_file_is_a_matter_of_role_and_area(town: Town) -> None:
    town.approved()
    acts = {
        name: town.register.files.standing(town.actor(name), FILE_NO).acts
        for name in ("officer", "reviewer", "entry", "supervisor", "approver", "chair")
    }
    assert acts["officer"] == {Act.HELP, Act.PAPERS, Act.CONSENT, Act.EXPORT}
    assert acts["reviewer"] == set(Act) - {Act.DECIDE}
    assert acts["entry"] == {Act.PAPERS, Act.COPY, Act.EXPORT, Act.EXPORT_WHOLE}
    assert acts["supervisor"] == {Act.EXPORT}
    assert acts["approver"] == {Act.EXPORT, Act.DECIDE}
    assert acts["chair"] == set()
    for name in ("supervisor", "approver", "chair"):
        with pytest.raises(NotPermitted, match="没有登记"):
            _enter(town, by=name)
    with pytest.raises(NotFound):
        _enter(town, by="far_officer")


def test_the_volume_on_paper_is_entered_and_every_change_kept(town: Town) -> None:
    town.approved()
    shelf, officer = town.register.papers, town.actor("officer")
    first = {"volume_no": "2026-困-001", "box_no": "3", "place": "三楼档案室", "sheets.form": "3"}
    shelf.enter(officer, FILE_NO, 0, first)
    shelf.enter(officer, FILE_NO, 1, first)
    with pytest.raises(Stale, match="刚刚由同事改过"):
        shelf.enter(town.actor("reviewer"), FILE_NO, 0, {**first, "box_no": "4"})
    shelf.enter(town.actor("reviewer"), FILE_NO, 1, {**first, "box_no": "4", "sheets.form": "2"})
    archive = shelf.of_file(town.actor("city"), FILE_NO)
    assert (archive.number, archive.box_no, archive.sheets) == (2, "4", 2)
    assert list(archive.trace[0].told) == [
        "盒号:3 → 4",
        "困难职工档案表:3 份 → 2 份",
    ]
    with pytest.raises(Invalid, match="整数"):
        shelf.enter(officer, FILE_NO, 2, {**first, "sheets.form": "三"})
    with pytest.raises(NotPermitted, match="没有保存"):
        shelf.enter(town.actor("supervisor"), FILE_NO, 2, first)
    town.must_hold()
