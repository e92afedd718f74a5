"""What service tasks do to files and notices, on both databases, without any process."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

import registry
from engine import SYSTEM
from engine.errors import Conflict, Invalid, NotFound
from registry.household import sealed_place, unpacked
from registry.notice_publishing import full_name_place
from registry.store.tables import household, household_exit, household_version, notice
from tests.registry.bench import Bench

HEAD: dict[str, object] = {
    "name": "林模拟",
    "id_number": "350602199001019907",
    "mobile": "15400000002",
    "address": "模拟街道1号",
}
FILE: dict[str, object] = {
    "head": HEAD,
    "members": [{"relation": "子", "name": "林小模", "counted": "yes"}],
    "category": "dibao",
    "archive_level": "区县级",
    "proposal": {"household_size": 3, "category": "dibao"},
    "approved_on": "2026-11-06",
}
NOTICE: dict[str, object] = {
    "subject": "困难职工建档",
    "name": "林模拟",
    "unit": "模拟一厂工会",
    "household_size": 3,
    "category": "dibao",
    "archive_level": "区县级",
    "on_web": True,
    "places": "厂区大门公示栏",
    "ends_on": "2026-11-16",
}


def test_a_new_head_gets_a_file_numbered_by_county_and_year(bench: Bench) -> None:
    assert bench.run("household.open_file", FILE) == {
        "file_no": "档-350602-2026-000001",
        "version": 1,
    }
    other = {**FILE, "head": {**HEAD, "name": "陈模拟", "id_number": "350624199211059964"}}
    assert bench.run("household.open_file", other, "case-2")["file_no"] == "档-350602-2026-000002"
    far = {**FILE, "head": {**HEAD, "name": "吴模拟", "id_number": "350628199007049932"}}
    opened = bench.run("household.open_file", far, "case-3", at="lw-u")
    assert opened["file_no"] == "档-350603-2026-000001"


def test_the_same_case_twice_makes_one_version(bench: Bench) -> None:
    first = bench.run("household.open_file", FILE)
    assert bench.run("household.open_file", FILE) == first
    assert len(bench.rows(household_version)) == 1


def test_a_head_who_has_a_file_gets_its_next_version_with_the_national_number_kept(
    bench: Bench,
) -> None:
    first = bench.run("household.open_file", FILE)
    number = {"file_no": first["file_no"], "national_no": "MN0000000001", "details": {"bank": "x"}}
    assert bench.run("household.set_national_number", number) == _entered(2)
    bench.clock.advance(timedelta(days=200))
    spaced = {**HEAD, "id_number": "350602 19900101 9907"}
    again = bench.run(
        "household.open_file", {**FILE, "head": spaced, "category": "marginal"}, "case-2", "u2"
    )
    assert again == {"file_no": first["file_no"], "version": 3}
    (row,) = bench.rows(household)
    assert (row.category, row.organisation_id, row.version) == ("marginal", "u2", 3)
    assert (row.status, row.national_no) == ("on_file", "MN0000000001")
    assert row.opened_on == "2026-11-06"


def test_a_file_is_sealed_and_only_what_lists_need_is_readable(bench: Bench) -> None:
    opened = bench.run("household.open_file", FILE)
    (row,) = bench.rows(household)
    assert (row.head_name, row.head_last4, row.size) == ("林模拟", "9907", 3)
    assert (row.mobile_last4, row.status) == ("0002", "awaiting_entry")
    (version,) = bench.rows(household_version)
    stored = repr((row, version))
    assert "350602199001019907" not in stored
    assert "15400000002" not in stored
    assert "模拟街道" not in stored
    place = sealed_place(str(opened["file_no"]), 1)
    content = unpacked(bench.engine.environment.vault.open(version.content, place))
    assert content["head"] == HEAD
    assert (version.number, version.by_id, version.case_id) == (1, "p-approver", "case-1")


def test_the_national_number_puts_the_file_on_file_once(bench: Bench) -> None:
    opened = bench.run("household.open_file", FILE)
    entered = {
        "file_no": opened["file_no"],
        "national_no": "MN0000000001",
        "entered_on": "2026-11-12",
        "details": {"bank_account": "6217000000000000004", "ethnicity": None},
    }
    assert bench.run("household.set_national_number", entered) == _entered(2)
    assert bench.run("household.set_national_number", entered) == _entered(2)
    corrected = {**entered, "national_no": "MN0000000002"}
    assert bench.run("household.set_national_number", corrected) == _entered(3)
    (row,) = bench.rows(household)
    assert (row.status, row.national_no, row.version) == ("on_file", "MN0000000002", 3)


def _entered(version: int) -> dict[str, object]:
    return {"version": version, "taken": False, "taken_text": None}


def test_a_number_another_file_has_is_asked_again_and_not_written(bench: Bench) -> None:
    first = str(bench.run("household.open_file", FILE)["file_no"])
    bench.run("household.set_national_number", {"file_no": first, "national_no": "mn-0000 0001"})
    head = {**HEAD, "name": "陈模拟", "id_number": "350624199211059964"}
    second = str(bench.run("household.open_file", {**FILE, "head": head}, "case-2")["file_no"])
    asked = {"file_no": second, "national_no": "MN00000001", "ask_again": True}
    taken = bench.run("household.set_national_number", asked, "case-2")
    assert (taken["version"], taken["taken"]) == (1, True)
    assert f"编号 MN00000001 已登记在档案 {first},没有登记" in str(taken["taken_text"])
    far = bench.run("household.set_national_number", asked, "case-2", at="lw-u")
    assert first not in str(far["taken_text"])
    assert "请向芗城模拟区总工会核实(" in str(far["taken_text"])
    rows = {row.file_no: row for row in bench.rows(household)}
    assert (rows[first].national_no, rows[second].national_no) == ("MN00000001", "")
    assert rows[second].status == "awaiting_entry"
    # A process that has no way back stops here: it would end with nothing written.
    with pytest.raises(Invalid, match="已登记在档案"):
        bench.run("household.set_national_number", {**asked, "ask_again": None}, "case-2")
    free = {**asked, "national_no": "MN00000002"}
    assert bench.run("household.set_national_number", free, "case-2") == _entered(2)


@pytest.mark.parametrize(
    ("name", "inputs", "words"),
    [
        ("household.open_file", {**FILE, "head": {"name": "林模拟"}}, "证件号码"),
        ("household.open_file", {**FILE, "category": None}, "认定类型"),
        ("household.set_national_number", {"file_no": "档-1", "national_no": ""}, "全国系统编号"),
        ("household.set_national_number", {"file_no": "档-1", "national_no": "M"}, "档案编号"),
        ("notice.publish", {**NOTICE, "name": ""}, "没有发布"),
        ("notice.publish", {**NOTICE, "ends_on": None}, "截止日期"),
        ("notice.close", {"result": "perhaps"}, "公示结果"),
        ("notice.resume", {"notice_id": "x", "ends_on": "2026-11-20"}, "没有这项公示"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(
    bench: Bench, name: str, inputs: Mapping[str, object], words: str
) -> None:
    with pytest.raises((Invalid, NotFound), match=words):
        bench.run(name, inputs)
    assert not bench.rows(household)
    assert not bench.rows(notice)


def test_a_notice_is_kept_as_published_with_the_name_masked(bench: Bench) -> None:
    published = bench.run("notice.publish", NOTICE)
    (row,) = bench.rows(notice)
    assert published == {"notice_id": row.id, "ends_on": "2026-11-16"}
    assert (row.name, row.unit, row.posted_on) == ("林**", "模拟一厂工会", "2026-11-09")
    assert "林模拟" not in repr(row)
    sealed = bench.engine.environment.vault.open(row.full_name, full_name_place(row.id))
    assert sealed.decode() == "林模拟"
    ((kind, told),) = bench.reported
    assert (kind, told["act"], told["notice_id"], told["ends_on"]) == (
        "notice",
        "publish",
        row.id,
        "2026-11-16",
    )


def test_numbers_of_persons_never_reach_a_notice(bench: Bench) -> None:
    bench.run(
        "notice.publish",
        {**NOTICE, "places": "电话 154 0000 0002,证件 35060219900101990X", "subject": "1 户建档"},
    )
    (row,) = bench.rows(notice)
    assert row.places == "电话 ****,证件 ****"
    assert row.subject == "1 户建档"


def test_without_consent_to_the_web_a_notice_is_on_paper_only(bench: Bench) -> None:
    bench.run("notice.publish", {**NOTICE, "on_web": None})
    (row,) = bench.rows(notice)
    assert row.on_web is False


def test_an_objection_stops_a_notice_and_it_goes_on_for_the_days_left(bench: Bench) -> None:
    notice_id = bench.run("notice.publish", NOTICE)["notice_id"]
    bench.clock.advance(timedelta(days=2))
    suspended = bench.run("notice.suspend", {"notice_id": notice_id, "days_left": 3})
    assert suspended == {"suspended_on": "2026-11-11"}
    (row,) = bench.rows(notice)
    assert (row.status, row.days_left) == ("suspended", 3)
    resumed = bench.run("notice.resume", {"notice_id": notice_id, "ends_on": "2026-11-20"})
    assert resumed == {"ends_on": "2026-11-20"}
    (row,) = bench.rows(notice)
    assert (row.status, row.days_left, row.ends_on) == ("open", None, "2026-11-20")


def test_a_closed_notice_stays_closed_with_its_first_result(bench: Bench) -> None:
    notice_id = bench.run("notice.publish", NOTICE)["notice_id"]
    closing = {"notice_id": notice_id, "result": "noObjection"}
    assert bench.run("notice.close", closing) == {
        "result": "noObjection",
        "closed_on": "2026-11-09",
    }
    bench.clock.advance(timedelta(days=1))
    assert bench.run("notice.close", {**closing, "result": "upheld"})["closed_on"] == "2026-11-09"
    with pytest.raises(Conflict, match="已经结束"):
        bench.run("notice.suspend", {"notice_id": notice_id})
    (row,) = bench.rows(notice)
    assert (row.status, row.result) == ("closed", "noObjection")


def test_a_withdrawal_closes_every_open_notice_of_its_case_and_no_other(bench: Bench) -> None:
    bench.run("notice.publish", NOTICE)
    bench.run("notice.publish", NOTICE)
    bench.run("notice.publish", NOTICE, "case-2")
    closed = bench.run("notice.close", {"result": "withdrawn"})
    assert closed == {"result": "withdrawn", "closed_on": "2026-11-09"}
    assert bench.run("notice.close", {"result": "withdrawn"}, "case-9") == closed
    states = sorted((row.case_id, row.status) for row in bench.rows(notice))
    assert states == [("case-1", "closed"), ("case-1", "closed"), ("case-2", "open")]


def test_a_case_cannot_touch_the_notice_of_another(bench: Bench) -> None:
    notice_id = bench.run("notice.publish", NOTICE)["notice_id"]
    with pytest.raises(NotFound):
        bench.run("notice.close", {"notice_id": notice_id, "result": "upheld"}, "case-2")


def test_two_approvals_at_once_for_one_person_make_one_file_with_two_versions(
    bench: Bench,
) -> None:
    both = Barrier(2)

    def approve(case_id: str) -> Mapping[str, object]:
        both.wait()
        return bench.run("household.open_file", FILE, case_id)

    with ThreadPoolExecutor(2) as pool:
        opened = list(pool.map(approve, ("case-1", "case-2")))
    assert len({one["file_no"] for one in opened}) == 1
    assert sorted(str(one["version"]) for one in opened) == ["1", "2"]
    assert len(bench.rows(household)) == 1


def test_files_are_listed_page_by_page_newest_change_first(bench: Bench) -> None:
    for last in "135":
        bench.clock.advance(timedelta(minutes=1))
        head = {**HEAD, "name": f"林模拟{last}", "id_number": f"35060219900101990{last}"}
        bench.run("household.open_file", {**FILE, "head": head}, f"case-{last}")
    register, seen, after = registry.Registry(bench.engine), [], ""
    while True:
        page = register.households(SYSTEM, after=after, limit=2)
        seen += [line.head_name for line in page.lines]
        assert page.counts == {"awaiting_entry": 3}
        if page.next_cursor is None:
            break
        after = page.next_cursor
    assert seen == ["林模拟5", "林模拟3", "林模拟1"]


def test_a_person_is_found_in_the_file_that_counts_her_by_its_own_unit_alone(bench: Bench) -> None:
    opened = bench.run("household.open_file", FILE)["file_no"]
    asked = {"id_number": HEAD["id_number"]}

    def found(at: str = "u1", **more: object) -> tuple[object, ...]:
        told = bench.run("household.find_member", {**asked, **more}, "case-2", at)
        assert (told["found"] == "here") == (told["head_name"] is not None)
        return told["found"], told["file_no"]

    assert found() == found(file_no=opened) == ("here", opened)
    assert found("xc") == ("here", opened), "the county sees the file as well"
    assert found("lw-u") == found("lw-u", file_no=opened) == ("elsewhere", None)
    assert found(file_no="档-350602-2026-999999") == ("elsewhere", None)
    stranger = {"id_number": "35062519990315992X"}
    assert found(**stranger) == ("nowhere", None)
    assert found(file_no=opened, **stranger) == ("not_counted", None)
    assert found("lw-u", file_no=opened, **stranger) == ("closed", None), "another's is as none"
    bench.run("household.close", {"file_no": opened, "reason": "own_wish"})
    assert found() == ("nowhere", None)
    assert found(file_no=opened) == ("closed", None)


SWAP = {
    "kind": "staff",
    "day": "2026-11-16",
    "asker_id": "officer",
    "other_id": "reviewer",
    "other_day": "2026-11-17",
}
"""Of a roster that nobody planned: told in words."""


def test_every_operation_gives_what_it_declares(bench: Bench) -> None:
    run: Callable[..., Mapping[str, object]] = bench.run
    opened = run("household.open_file", FILE)
    published = run("notice.publish", NOTICE)
    one = {"notice_id": published["notice_id"]}
    number = {"file_no": opened["file_no"], "national_no": "MN1"}
    report = {"id_number": HEAD["id_number"], "report_no": "核1", "result": "consistent"}
    given = {
        "household.find_duplicates": run("household.find_duplicates", {"head": HEAD}),
        "household.merge": run(
            "household.merge", {"file_no": opened["file_no"], "head": {**HEAD, "id_number": "M1"}}
        ),
        "means.record_report": run("means.record_report", report),
        "means.find_report": run("means.find_report", {"id_number": HEAD["id_number"]}),
        "household.open_file": opened,
        "household.set_national_number": run("household.set_national_number", number),
        "notice.publish": published,
        "notice.suspend": run("notice.suspend", {**one, "days_left": 1}),
        "notice.answer": run(
            "notice.answer", {**one, "result": "dismissed", "replied_on": "2026-11-12"}
        ),
        "notice.pending": run("notice.pending", {**one, "result": "dismissed"}),
        "notice.resume": run("notice.resume", {**one, "ends_on": "2026-11-20"}),
        "notice.reckon": run("notice.reckon", {**one, "ends_on": "2026-11-20"}),
        "notice.close": run("notice.close", {**one, "result": "upheld"}),
        "household.find_correction": run(
            "household.find_correction", {"file_no": opened["file_no"], "since": "2026-11-01"}
        ),
        "household.find_member": run(
            "household.find_member", {"id_number": HEAD["id_number"], "file_no": None}
        ),
        "household.find_reports": run("household.find_reports", {}),
        "household.answer_reports": run("household.answer_reports", {"result": "dismissed"}),
        "household.close": run(
            "household.close", {"file_no": opened["file_no"], "reason": "false_papers"}
        ),
        "household.reopen": run("household.reopen", {"file_no": opened["file_no"]}),
        "household.review": run(
            "household.review", {"file_no": opened["file_no"], "note": "没有变化"}, "case-8"
        ),
        "household.plan_exit": run(
            "household.plan_exit", {"file_no": opened["file_no"], "exit_by": "2026-12-01"}
        ),
        "household.draw_sample": run("household.draw_sample", {"percent": 10}),
        "household.transfer": run(
            "household.transfer", {"file_no": opened["file_no"], "to_code": "350602001002"}
        ),
        "household.count_files": run("household.count_files", {"wanted": {"below": "xc"}}),
        "household.read": run("household.read", {"file_no": opened["file_no"]}),
        "household.find_open_help": run("household.find_open_help", {"file_no": opened["file_no"]}),
        "household.leave": run(
            "household.leave", {"file_no": opened["file_no"], "kind": "lifted"}, "case-9"
        ),
        "household.fall_back": run("household.fall_back", {"file_no": opened["file_no"]}),
        "household.find_return": run("household.find_return", {"file_no": opened["file_no"]}),
        "household.take_back_exit": run("household.take_back_exit", {"file_no": opened["file_no"]}),
        "duty.on_day": run("duty.on_day", {"day": "2026-11-16"}),
        "duty.check_swap": run("duty.check_swap", SWAP),
        "duty.swap": run("duty.swap", SWAP),
    }
    money = {name for name in registry.OPERATIONS if name.startswith("funds.")}  # tests/funds
    assert given.keys() == registry.OPERATIONS.keys() - money
    for name, outputs in given.items():
        operation = registry.OPERATIONS[name]
        assert outputs.keys() == operation.outputs.keys()
        assert operation.required <= operation.inputs.keys()


def test_a_household_leaves_once_whatever_is_repeated_and_one_that_is_out_is_told(
    bench: Bench,
) -> None:
    file_no = bench.run("household.open_file", FILE)["file_no"]
    leaving = {"file_no": file_no, "kind": "secured", "decided_on": "2026-11-09"}
    first = bench.run("household.leave", leaving, "case-2")
    assert first == {"left": True, "version": 2, "left_on": "2026-11-09", "message": ""}
    assert bench.run("household.leave", leaving, "case-2") == first
    other = bench.run("household.leave", {**leaving, "kind": "lifted"}, "case-3")
    assert (other["left"], other["version"]) == (False, 2)
    assert "已解困" in str(other["message"])
    poor = {"file_no": file_no, "note": "又失业", "found_on": "2027-02-01"}
    assert bench.run("household.fall_back", poor, "case-2") == {"version": 3, "stands": False}
    assert bench.run("household.fall_back", poor, "case-2") == {"version": 3, "stands": False}
    # Struck off while it is out, and that taken back: it is what it was before.
    bench.run("household.close", {"file_no": file_no, "reason": "death"}, "case-4")
    bench.run("household.reopen", {"file_no": file_no}, "case-5")
    assert bench.run("household.find_return", {"file_no": file_no})["status"] == "fallen_back"
    assert len(bench.rows(household_exit)) == 1
    back = {**FILE, "approved_on": "2026-11-10"}
    assert bench.run("household.open_file", back, "case-6")["version"] == 6
    (row,) = bench.rows(household_exit)
    assert (row.kind, row.fell_back_on, row.back_on) == ("secured", "2026-11-09", "2026-11-10")
    again = bench.run("household.leave", {**leaving, "decided_on": "2028-01-01"}, "case-7")
    assert (again["left"], again["version"]) == (True, 7)
    assert [one.number for one in bench.rows(household_exit)] == [1, 2]
