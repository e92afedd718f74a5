"""业务参数: what is in force, what a change would do, who changed it and why."""

from datetime import date

import pytest

from engine import SYSTEM
from engine.definitions.folder import read_folder
from engine.model.parameters import Kind
from engine.work.parameters import NewValue
from tests.web.conftest import ROOT, Browser, Federation
from webapp.standard.parameters import standard_parameters, subjects

LIST = "/admin/parameters"
DAYS = f"{LIST}/notice days"
STANDARD = f"{LIST}/dibao standard"
TYPED = {
    "place": "all",
    "value": "7",
    "since": "2026-11-09",
    "reason": "常委会 11 月 6 日议定",
    "document": "模拟〔2026〕12 号",
}


def test_every_standard_value_is_one_of_its_rule() -> None:
    for rule in standard_parameters().values():
        assert rule.about
        assert rule.about_en
        assert rule.title_en
        assert rule.choices.keys() == rule.choices_en.keys()
        assert rule.basis in {"law", "parameter", "practice"}
        assert bool(rule.law) == (rule.basis == "law"), rule.name
        assert rule.kind is not Kind.LIMIT or rule.unit in {"wd", "d", "h"}
        if rule.value is not None and not rule.is_locked:
            rule.check(rule.value)
    assert sum(len(one.rules) for one in subjects()) == len(standard_parameters())


def test_the_list_tells_what_holds_and_whose_law_it_is(browse) -> None:  # type: ignore[no-untyped-def]
    text = browse("admin").text(LIST)
    for said in ("公示期", "3 至 7 个工作日", "《信访工作条例》第三十四条", "法定,不得修改"):
        assert said in text
    found = browse("reviewer").text(f"{LIST}?q=起诉")
    assert "向法院起诉" in found
    assert "公示期" not in found
    assert "没有符合条件的参数" in browse("reviewer").text(f"{LIST}?q=没有这个")


def test_a_change_is_shown_with_its_effect_and_kept_when_confirmed(
    browse,  # type: ignore[no-untyped-def]
    federation: Federation,
) -> None:
    files = read_folder(ROOT / "processes", ROOT / "forms", "example_request").files
    federation.engine.definitions.deploy(SYSTEM, files)
    admin: Browser = browse("admin")
    shown = admin.post(DAYS, {**TYPED, "step": "check"}).get_data(as_text=True)
    assert "由 5 个工作日 改为 7 个工作日" in shown
    assert "目前没有在办件用到它" in shown or "在办" in shown
    assert len(federation.engine.settings.history("notice days")) == 1
    kept = admin.post(DAYS, {**TYPED, "step": "keep"})
    assert kept.status_code == 303
    text = admin.text(DAYS)
    for said in (
        "已登记“公示期”自 2026-11-09 起的新值",
        "常委会 11 月 6 日议定",
        "模拟〔2026〕12 号",
        "周敏",
    ):
        assert said in text


def test_a_running_case_keeps_its_dates_is_said_before_saving(
    browse,  # type: ignore[no-untyped-def]
    federation: Federation,
) -> None:
    federation.engine.definitions.deploy(SYSTEM, _with_parameter())
    for number in range(3):
        federation.started(f"添置{number}")
    admin: Browser = browse("admin")
    address = f"{LIST}/grassroots review limit"
    typed = {**TYPED, "value": "5"}
    shown = admin.post(address, {**typed, "step": "check"}).get_data(as_text=True)
    assert "在办 3 件仍按原时限" in shown
    assert "其中 3 个未办环节的到期日由它算出" in shown
    typed["to_running"] = "yes"
    shown = admin.post(address, {**typed, "step": "check"}).get_data(as_text=True)
    assert "3 个未办环节的到期日、0 个正在计时的期限" in shown
    admin.post(address, {**typed, "step": "keep"})
    assert "在办件的 3 个日期已重新计算并记录" in admin.text(address)
    case_id = federation.started("再添")
    view = federation.engine.cases.view(SYSTEM, case_id)
    assert view.open_tasks[0].deadline == "5wd"


def _with_parameter():  # type: ignore[no-untyped-def]
    files = read_folder(ROOT / "processes", ROOT / "forms", "example_request").files
    return [
        type(file)(
            file.name,
            file.content.replace(
                b'name="deadline" value="3wd"',
                b'name="deadline" value=\'=parameter("grassroots review limit")\'',
            ),
        )
        for file in files
    ]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"value": "8"}, "只能在 3 至 7 之间"),
        ({"value": "五天"}, "要填数字"),
        ({"value": ""}, "请填写"),
        ({"since": "明天"}, "不是日期"),
        ({"since": "2026-02-30"}, "不是日期"),
        ({"reason": " "}, "请写明修改理由"),
        ({"place": "nowhere"}, "没有找到这个单位"),
        ({"to_running": "yes"}, "办理时限"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    browse,  # type: ignore[no-untyped-def]
    federation: Federation,
    wrong: dict[str, str],
    said: str,
) -> None:
    admin: Browser = browse("admin")
    answer = admin.post(DAYS, {**TYPED, **wrong, "step": "keep"}, page=DAYS)
    text = answer.get_data(as_text=True)
    assert answer.status_code in (404, 422)
    assert said in text
    if answer.status_code == 422:
        typed = {**TYPED, **wrong}
        assert typed["document"] in text
        assert typed["reason"].strip() in text
    assert len(federation.engine.settings.history("notice days")) == 1


@pytest.mark.parametrize(
    ("typed", "kept"), [("6", "6wd"), ("６", "6wd"), ("6 个工作日", "6wd"), ("6工作日", "6wd")]
)
def test_a_limit_is_typed_as_people_write_it(
    browse,  # type: ignore[no-untyped-def]
    federation: Federation,
    typed: str,
    kept: str,
) -> None:
    address = f"{LIST}/county review limit"
    admin: Browser = browse("admin")
    assert admin.post(address, {**TYPED, "value": typed, "step": "keep"}).status_code == 303
    assert federation.engine.settings.history("county review limit")[-1].value == kept


@pytest.mark.parametrize("typed", ["四十", "6天", "-3", "6.5", "很快", "6个月"])
def test_a_limit_that_is_no_number_is_told_so_with_its_range(
    browse,  # type: ignore[no-untyped-def]
    typed: str,
) -> None:
    address = f"{LIST}/county review limit"
    answer = browse("admin").post(address, {**TYPED, "value": typed, "step": "check"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f"“县级审核”的新值“{typed}”不是数字。请填 1 至 10 之间的整数,按工作日计算" in text
    assert TYPED["reason"] in text


def test_a_law_s_limit_has_no_form(browse, federation: Federation) -> None:  # type: ignore[no-untyped-def]
    admin: Browser = browse("admin")
    address = f"{LIST}/lawsuit period"
    text = admin.text(address)
    assert "法定时限,不得延长,也不能缩短" in text
    assert "下一步:核对影响" not in text
    answer = admin.post(address, {**TYPED, "value": "20", "step": "keep"}, page=DAYS)
    assert answer.status_code == 422
    refused = answer.get_data(as_text=True)
    assert "“向法院起诉”是法定时限(《劳动争议调解仲裁法》第四十八条、第五十条),不得延长" in refused
    longer = admin.post(
        f"{LIST}/petition limit", {**TYPED, "value": "61", "step": "keep"}, page=DAYS
    )
    assert longer.status_code == 422
    refused = longer.get_data(as_text=True)
    assert "“信访事项办结”是法定时限(《信访工作条例》第三十四条),不得延长:最多 60" in refused
    kept = federation.engine.settings.history
    assert [row.value for name in ("lawsuit period", "petition limit") for row in kept(name)] == [
        "15d",
        "60d",
    ]


def test_a_county_reviewer_sets_her_county_s_standard_only(
    browse,  # type: ignore[no-untyped-def]
    federation: Federation,
) -> None:
    reviewer: Browser = browse("reviewer")
    typed = {**TYPED, "value": "830.5", "place": "county"}
    assert reviewer.post(STANDARD, {**typed, "step": "keep"}).status_code == 303
    text = reviewer.text(STANDARD)
    assert "830.50" in text
    assert "另定" in text
    refused = reviewer.post(STANDARD, {**typed, "place": "all", "step": "keep"})
    assert refused.status_code == 403
    assert "830.5" in refused.get_data(as_text=True)
    assert "您可以查看,不能修改" in reviewer.text(f"{LIST}/exit target")
    admin: Browser = browse("admin")
    answer = admin.post(
        f"{LIST}/exit target",
        {**TYPED, "value": "35", "place": "county", "step": "keep"},
        page=DAYS,
    )
    assert "全市统一" in answer.get_data(as_text=True)
    assert "业务参数" in reviewer.text("/inbox")


def test_coming_back_from_the_effects_loses_nothing(browse) -> None:  # type: ignore[no-untyped-def]
    text = browse("admin").post(DAYS, {**TYPED, "step": "back"}).get_data(as_text=True)
    assert TYPED["reason"] in text
    assert 'value="7"' in text


def test_an_unknown_parameter_is_not_found(browse) -> None:  # type: ignore[no-untyped-def]
    assert browse("admin").get(f"{LIST}/nothing").status_code == 404
    assert browse("").get(LIST).status_code == 303


def _row(text: str, title: str) -> str:
    """The row of a parameter in the list."""
    start = text.index(f">{title}</a>")
    return text[start : text.index("</tr>", start)]


def test_who_uses_a_parameter_is_read_off_what_is_deployed(
    browse,  # type: ignore[no-untyped-def]
    federation: Federation,
) -> None:
    admin: Browser = browse("admin")
    before = admin.text(LIST)
    assert "暂无流程使用" in _row(before, "基层审核")
    assert "暂无流程使用" in _row(before, "经济状况核对 · 最长等待")
    for title, reader in (
        ("导出多少行以上须写理由", "登记簿导出"),
        ("多久未修改列入“一年未改”", "一年未改的档案"),
        ("网上异议:同一网络每小时最多", "网上提出异议"),
    ):
        assert reader in _row(before, title)
    federation.engine.definitions.deploy(SYSTEM, _with_parameter())
    after = admin.text(LIST)
    row = _row(after, "基层审核")
    assert "暂无流程使用" not in row
    assert '/processes/example_request"' in row
    assert "(流程图)" in admin.text(f"{LIST}/grassroots review limit")
    shown = admin.text(f"{LIST}?use=unasked")
    assert "信访受理告知" in shown
    assert ">基层审核</a>" not in shown
    assert ">基层审核</a>" in admin.text(f"{LIST}?use=asked")


def test_a_county_s_value_and_what_is_planned_can_be_seen_in_the_list(
    browse,  # type: ignore[no-untyped-def]
    federation: Federation,
) -> None:
    settings = federation.engine.settings
    admin = federation.engine.directory.actor_named("admin")
    settings.set_value(admin, NewValue("notice days", "county", date(2026, 11, 9), 7, "常委会决定"))
    settings.set_value(admin, NewValue("notice days", None, date(2026, 12, 1), 6, "常委会决定"))
    page: Browser = browse("admin")
    everywhere = _row(page.text(LIST), "公示期")
    assert "<b>5 个工作日</b>" in everywhere
    assert "1 个县" in everywhere
    assert "2026-12-01" in everywhere
    assert "全市 6 个工作日" in everywhere
    there = page.text(f"{LIST}?place=county")
    assert "<b>7 个工作日</b>" in _row(there, "公示期")
    assert "另定" in _row(there, "公示期")
    assert "<b>5 个工作日</b>" in _row(page.text(f"{LIST}?place=all"), "公示期")
    planned = page.text(f"{LIST}?use=planned")
    assert ">公示期</a>" in planned
    assert ">张贴公示</a>" not in planned
    for typed in ("gsq", "gongshiqi", "公示期"):
        assert ">公示期</a>" in page.text(f"{LIST}?q={typed}"), typed
