"""The pages of the register: a file's tabs, and what is done there."""

from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest
from sqlalchemy import text

import registry
from engine import SYSTEM, Engine, Options, open_engine
from engine.definitions.folder import read_folder
from engine.jobs.executor import Pace
from engine.model.clock import FixedClock
from engine.model.definitions import SourceFile
from engine.model.ids import new_id
from registry import exporting
from tests.registry.town import MONDAY_MORNING
from tests.support.federation import staffed
from tests.support.register import Visitor, on_file, site_of
from tests.support.templates import SetUp
from tests.web.conftest import ROOT

pytestmark = pytest.mark.both_databases

Visit = Callable[[str], Visitor]
TABS = ("basics", "members", "money", "help", "versions", "papers", "trace")
HELP = {
    "kind": "medical",
    "given_on": "2026-11-02",
    "amount": "1,200.00",
    "source": "own",
    "level": "county",
    "payer": "芗城区总工会",
    "note": "住院",
}


def opened(url: str, folder: Path) -> Engine:
    options = Options(
        clock=FixedClock(MONDAY_MORNING),
        data_dir=folder,
        operations=registry.OPERATIONS,
        branches=(registry.BRANCH,),
    )
    return open_engine(url, key=bytes(range(32)), options=options)


def set_up(url: str, folder: Path) -> None:
    staffed(opened(url, folder)).close()


@pytest.fixture
def engine(page_copy: Callable[[SetUp], str], tmp_path: Path) -> Iterator[Engine]:
    running = opened(page_copy(set_up), tmp_path / "data")
    yield running
    running.close()


@pytest.fixture
def visit(engine: Engine, tmp_path: Path) -> Visit:
    app = site_of(engine, tmp_path)
    return lambda name: Visitor(app, engine, name)


def test_every_tab_of_a_file_is_drawn_and_numbers_are_masked(engine: Engine, visit: Visit) -> None:
    file_no = on_file(engine)
    reviewer = visit("reviewer")
    for tab in TABS:
        text = reviewer.text(f"/households/{file_no}?tab={tab}")
        assert "350602199001019907" not in text
        assert "15400000002" not in text
    assert reviewer.get(f"/households/{file_no}?tab=nothing").status_code == 404
    for stranger in ("far_reviewer", "admin", "designer"):
        assert visit(stranger).get(f"/households/{file_no}").status_code == 404


def test_versions_that_are_not_there_are_not_found(engine: Engine, visit: Visit) -> None:
    file_no = on_file(engine)
    reviewer = visit("reviewer")
    for asked in ("older=7&newer=9", "older=1&newer=2", "newer=99999999999999999999"):
        status = reviewer.get(f"/households/{file_no}?tab=versions&{asked}").status_code
        assert status in (200, 404), asked
    assert "这份档案只有一版" in reviewer.text(f"/households/{file_no}?tab=versions&older=x")


def test_help_is_entered_once_and_taken_back_on_the_page(engine: Engine, visit: Visit) -> None:
    file_no = on_file(engine)
    page = f"/households/{file_no}?tab=help"
    reviewer = visit("reviewer")
    entry = new_id()
    for _ in range(2):
        sent = reviewer.post(f"/households/{file_no}/help", {**HELP, "entry": entry}, page)
        assert sent.status_code == 303
    text = reviewer.text(page)
    assert text.count("住院") == 2  # in the cell and in its title
    assert "1,200.00 元" in text
    taken = reviewer.post(
        f"/households/{file_no}/help/{entry}/take-back", {"reason": "金额写错"}, page
    )
    assert taken.status_code == 303
    assert "已冲销" in reviewer.text(page)
    assert "0.00 元" in reviewer.text(page)


def test_a_refused_entry_keeps_what_was_typed(engine: Engine, visit: Visit) -> None:
    file_no = on_file(engine)
    page = f"/households/{file_no}?tab=help"
    wrong = {**HELP, "given_on": "2025-03-02", "entry": new_id()}
    answer = visit("reviewer").post(f"/households/{file_no}/help", wrong, page)
    text = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 422
    assert "先建档、后帮扶" in text
    assert 'value="1,200.00"' in text
    assert 'value="芗城区总工会"' in text
    assert '<option value="medical" selected>' in text


def test_who_may_not_enter_help_is_offered_no_form_and_refused(
    engine: Engine, visit: Visit
) -> None:
    file_no = on_file(engine)
    supervisor = visit("supervisor")
    page = f"/households/{file_no}?tab=help"
    assert 'name="payer"' not in supervisor.text(page)
    sent = supervisor.post(f"/households/{file_no}/help", {**HELP, "entry": new_id()}, page)
    assert sent.status_code == 403


def test_of_two_who_enter_the_volume_the_second_keeps_her_words(
    engine: Engine, visit: Visit
) -> None:
    file_no = on_file(engine)
    page, address = f"/households/{file_no}?tab=papers", f"/households/{file_no}/papers"
    reviewer, entry = visit("reviewer"), visit("entry")
    first = {"seen": "0", "volume_no": "2026-困-001", "sheets.form": "2"}
    assert reviewer.post(address, first, page).status_code == 303
    second = entry.post(address, {**first, "volume_no": "2026-困-777"}, page)
    text = unescape(second.get_data(as_text=True))
    assert second.status_code == 412
    assert "刚刚由同事改过" in text
    assert 'value="2026-困-777"' in text
    assert 'name="seen" value="1"' in text
    assert "档号:— → 2026-困-001" in reviewer.text(page)


def test_the_list_and_the_queues_are_drawn_with_their_counts(engine: Engine, visit: Visit) -> None:
    on_file(engine)
    reviewer = visit("reviewer")
    for address in (
        "/households?q=lmn",
        "/households?category=marginal&cause=6&year=2025&origin=imported&status=awaiting_entry",
        "/households?unit=xc-t",
        "/households/queues/awaiting",
        "/households/queues/unchanged",
        "/households/queues/unhelped",
    ):
        assert "林模拟" in reviewer.text(address), address
    assert "没有找到档案" in reviewer.text("/households?q=nobody")
    assert reviewer.get("/households/queues/nothing").status_code == 404
    assert reviewer.get("/households?after=x~y&unit=nowhere&year=%00").status_code == 422
    assert "没有找到档案" in visit("admin").text("/households")


def test_a_file_is_copied_without_scripts_too(engine: Engine, visit: Visit) -> None:
    file_no = on_file(engine)
    entry, page = visit("entry"), f"/households/{file_no}/copy"
    assert entry.get("/households/copy").headers["Location"].endswith("/copy")
    assert "350602199001019907" in entry.text(page)
    sent = entry.post(page, {"seen": ["name", "mobile"], "copied": ["name"]}, page)
    assert sent.status_code == 303
    text = entry.text(page)
    assert 'value="name" aria-labelledby="label-name" checked' in text
    assert 'value="mobile" aria-labelledby="label-mobile">' in text
    there = f"/households/{file_no}/national-number"
    refused = entry.post(there, {"national_no": "9" * 41}, page)
    assert refused.status_code == 422
    assert "没有登记" in refused.get_data(True)
    assert "9" * 41 in refused.get_data(True)
    assert entry.post(there, {"national_no": "模拟3506999"}, page).status_code == 303
    assert "模拟3506999" in entry.text(f"/households/{file_no}")
    assert "登记编号" not in entry.text(page)
    assert visit("supervisor").get(page).status_code == 403
    assert "抄录" not in visit("supervisor").text("/households")


def test_an_error_is_put_right_on_the_page_and_a_refused_form_keeps_its_words(
    engine: Engine, visit: Visit
) -> None:
    file_no = on_file(engine)
    reviewer, page = visit("reviewer"), f"/households/{file_no}/correct"
    assert "勘误" in reviewer.text(f"/households/{file_no}")
    wrong = {"seen": "1", "reason": "核对原件", "head.id_number": "350602199001019908"}
    refused = reviewer.post(page, wrong, page)
    text = unescape(refused.get_data(as_text=True))
    assert refused.status_code == 422
    assert "校验不符" in text
    assert 'value="350602199001019908"' in text
    assert 'value="核对原件"' in text
    right = {"seen": "1", "reason": "核对原件", "head.hukou": "农业"}
    assert reviewer.post(page, right, page).status_code == 303
    assert "农业" in reviewer.text(f"/households/{file_no}?tab=versions")
    assert visit("supervisor").get(page).status_code == 403


def test_lines_are_added_and_taken_away_on_the_page_without_scripts(
    engine: Engine, visit: Visit
) -> None:
    file_no = on_file(engine)
    reviewer, page = visit("reviewer"), f"/households/{file_no}/correct"
    assert 'name="assets.vehicles.new-0.model"' in reviewer.text(page)
    typed = {
        "seen": "1",
        "reason": "核对银行流水",
        "income_lines.0.removed": "yes",
        "income_lines.new-0.month": "2026-01",
        "income_lines.new-0.amount": "900",
    }
    more = reviewer.post(page, {**typed, "_add": "income_lines"}, page)
    text = unescape(more.get_data(as_text=True))
    assert more.status_code == 200
    for kept in ('value="核对银行流水"', 'new-0.month" value="2026-01"', 'new-1.month" value=""'):
        assert kept in text
    assert 'name="income_lines.0.removed" value="yes" checked' in text
    refused = reviewer.post(page, typed, page)
    assert refused.status_code == 422
    text = unescape(refused.get_data(as_text=True))
    assert "新增的收入明细“类别”没有填写" in text
    assert 'new-0.month" value="2026-01"' in text
    right = {**typed, "income_lines.new-0.income_kind": "wage"}
    assert reviewer.post(page, right, page).status_code == 303
    text = reviewer.text(f"/households/{file_no}?tab=versions")
    assert "删除收入明细第 1 行 2025-01、增加收入明细 2026-01 工资性" in text
    assert file_no in visit("approver").text("/households/queues/review")


def test_a_line_put_right_asks_the_approver_to_decide_again_on_a_page(
    engine: Engine, visit: Visit
) -> None:
    file_no = on_file(engine)
    reviewer, approver = visit("reviewer"), visit("approver")
    file, page = f"/households/{file_no}", f"/households/{file_no}/decide"
    assert "收入明细" in reviewer.text(f"{file}/correct")
    right = {"seen": "1", "reason": "核对银行流水", "income_lines.0.amount": "8000"}
    assert reviewer.post(f"{file}/correct", right, f"{file}/correct").status_code == 303

    assert "认定类型须由分管副主席重新核对" in reviewer.text(file)
    assert "认定复核" in approver.text(file)
    assert reviewer.get(page).status_code == 403
    text = approver.text(page)
    assert "收入明细第 1 行 2025-01 金额" in text
    assert "明细合计 16,800.00 元" in text
    refused = approver.post(page, {"seen": "2", "category": "deep", "reason": ""}, page)
    assert refused.status_code == 422
    assert 'value="deep" required checked' in unescape(refused.get_data(as_text=True))
    said = {"seen": "2", "category": "marginal", "reason": "仍低于两倍"}
    assert approver.post(page, said, page).status_code == 303
    assert "重新核对" not in approver.text(file)
    assert "维持低保边缘户" in approver.text(f"{file}?tab=versions")


def test_consent_is_withdrawn_and_given_again_on_the_page(engine: Engine, visit: Visit) -> None:
    file_no = on_file(engine)
    reviewer, page = visit("reviewer"), f"/households/{file_no}/consent"
    sent = reviewer.post(page, {"act": "withdraw", "reason": "来信"}, page)
    assert sent.status_code == 303
    assert "授权已于 2026-11-09 撤回" in reviewer.text(f"/households/{file_no}")
    assert reviewer.get(f"/households/{file_no}/copy").status_code == 409
    assert reviewer.post(page, {"act": "renew", "reason": ""}, page).status_code == 422
    assert reviewer.post(page, {"act": "renew", "reason": "重新签"}, page).status_code == 303
    assert "撤回:" not in reviewer.text(f"/households/{file_no}")


def test_likeness_is_shown_on_the_file_and_in_a_list_of_its_own(
    engine: Engine, visit: Visit
) -> None:
    first = on_file(engine)
    on_file(engine, {"id_number": "M7654321", "mobile": "15400000077"}, "lw-u", members=[])
    reviewer = visit("reviewer")
    text = reviewer.text(f"/households/{first}")
    assert "同名同出生日期" in text
    assert "另一县(市、区)有相近档案,请县总工会核实" in text
    assert "疑似重复" in reviewer.text("/households?q=林模拟")
    assert "林模拟" in reviewer.text("/households/queues/alike")


def test_a_list_is_exported_as_it_is_narrowed_and_put_on_record(
    engine: Engine, visit: Visit
) -> None:
    on_file(engine)
    reviewer = visit("reviewer")
    assert "/households/export?category=marginal" in reviewer.text("/households?category=marginal")
    page = "/households/export?category=marginal&q=lmn"
    assert "将导出 1 户" in reviewer.text(page)
    fields = {"category": "marginal", "q": "lmn", "reason": "会议审议", "whole": "yes"}
    made = reviewer.post("/households/export", fields, page)
    assert made.status_code == 200
    assert made.get_data().startswith(b"PK")
    assert "attachment" in made.headers["Content-Disposition"]
    refused = reviewer.post("/households/export", {"whole": "yes", "own_reason": " "}, page)
    assert refused.status_code == 422
    assert "没有导出" in unescape(refused.get_data(as_text=True))
    log = reviewer.text("/households/exports")
    assert "导-2026-000001" in log
    assert "会议审议" in log
    assert "导-2026-000001" in visit("admin").text("/households/exports")
    assert visit("chair").get(page).status_code == 403
    assert reviewer.get("/households/export?queue=nothing").status_code == 404


def test_a_large_export_is_made_meanwhile_and_fetched_by_who_asked(
    engine: Engine, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 0)
    engine.errands.teach(exporting.ERRAND, registry.Registry(engine).exports.make)
    on_file(engine)
    reviewer = visit("reviewer")
    asked = reviewer.post("/households/export", {"reason": "会议审议"}, "/households/export")
    assert asked.status_code == 303
    place = asked.headers["Location"]
    waiting = reviewer.text(place)
    assert "排队等候 0%" in waiting
    assert 'hx-trigger="every 2s"' in waiting
    assert f'<a href="{place}">刷新看进度</a>' in waiting, "without scripts"
    assert "排队等候" in reviewer.text("/households/exports")
    assert reviewer.get(f"{place}/file").status_code == 404
    assert engine.errands.runner(Pace()).run_once()
    made = reviewer.text(place)
    assert "hx-trigger" not in made
    assert f'href="{place}/file"' in made
    book = reviewer.get(f"{place}/file")
    assert book.get_data().startswith(b"PK")
    assert "导-2026-000001" in unquote(book.headers["Content-Disposition"])
    assert f'href="{place}/file"' in reviewer.text("/households/exports")
    for stranger in ("reviewer2", "admin"):
        assert visit(stranger).get(place).status_code == 404
        assert visit(stranger).get(f"{place}/file").status_code == 404
    actions = engine.ask(
        lambda tx: list(tx.execute(text("select action from access_event order by id")).scalars())
    )
    assert actions.count("register-exported") == 1
    assert actions.count("register-export-fetched") == 1


def test_the_volume_is_printed_masked_and_whole_on_request(engine: Engine, visit: Visit) -> None:
    file_no = on_file(engine, {"name": "王\U00020bb7明"})
    reviewer, page = visit("reviewer"), f"/households/{file_no}/print"
    text = reviewer.text(page)
    for part in ("困难职工档案表", "卷内目录", "备考表", "王\U00020bb7明", "尾号 9907", file_no):
        assert part in text
    assert "350602199001019907" not in text
    whole = reviewer.post(page, {}, page)
    assert "350602199001019907" in unescape(whole.get_data(as_text=True))
    written = [row.action for row in engine.audit.entries(0, 1_000)]
    assert written.count("household-clear") == 1
    assert visit("far_reviewer").get(page).status_code == 404


def test_what_the_forms_say_of_a_file_is_english_on_an_english_page(
    engine: Engine, visit: Visit
) -> None:
    words = '\n"在档(待录入)" = "On file, no number"\n"户口类型" = "Kind of registration"\n'
    files = [
        SourceFile(one.name, one.content + words.encode() * one.name.endswith(".english"))
        for one in read_folder(ROOT / "processes", ROOT / "forms", "example_request").files
    ]
    engine.definitions.deploy(SYSTEM, files)
    file_no = on_file(engine)
    reviewer = visit("reviewer")
    assert "Kind of registration" not in reviewer.text(f"/households/{file_no}")
    reviewer.client.set_cookie("lang", "en")
    assert "Kind of registration" in reviewer.text(f"/households/{file_no}")
    listed = reviewer.text("/households")
    assert "On file, no number" in listed
    assert "待录入" not in listed
