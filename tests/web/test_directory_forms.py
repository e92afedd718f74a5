"""No form of the directory loses what was typed: it comes again with the sentence at its field."""

import re
from html import unescape

import pytest

from tests.web.conftest import Browser, Federation

MILL, COUNTY, OFFICER = "/admin/units/mill", "/admin/units/county", "/admin/people/p-officer"
DESIGNATIONS = "/admin/designations"
LONG = "很" * 600

# the page, where its form goes, what is typed, the field that is wrong, and what is said there
WRONG = [
    (MILL, "/rename", {"name": "", "code": "M1", "document": "文一"}, "name", "请填写单位名称"),
    (MILL, "/rename", {"name": "新", "code": "1", "since": "明天"}, "since", "看不懂"),
    (MILL, "/rename", {"name": LONG, "code": "1"}, "name", "最长 100 个字"),
    (MILL, "/rename", {"name": "模拟·中学工会", "code": "9"}, "name", "已有"),
    (MILL, "/move", {"kind": "approval", "parent": "", "since": "2026-12-01"}, "parent", "上级"),
    (MILL, "/move", {"kind": "approval", "parent": "city", "since": "x"}, "since", "看不懂"),
    (MILL, "/move", {"kind": "area", "parent": "city", "since": "2020-01-01"}, "since", "今天"),
    (COUNTY, "/move", {"kind": "approval", "parent": "county"}, "parent", "它的下级"),
    (MILL, "/add", {"name": "班组", "code": "", "kind": "grassroots"}, "code", "请填写单位代码"),
    (MILL, "/add", {"name": "组", "code": "1", "kind": "x", "level": "city"}, "kind", "请填写"),
    (
        COUNTY,
        "/add",
        {"name": "新厂", "code": "1", "kind": "grassroots", "level": "grassroots", "phone": LONG},
        "phone",
        "最长 40 个字",
    ),
    (MILL, "/close", {"successor": "school", "document": "", "since": ""}, "document", "文号"),
    (COUNTY, "/close", {"successor": "", "document": "文二"}, "successor", "由哪个单位接收"),
    (MILL, "/people", {"name": "林新", "username": "", "phone": "1"}, "username", "请填写用户名"),
    (MILL, "/people", {"name": "林新", "username": "officer"}, "username", "已有人使用"),
    (MILL, "/people", {"name": "林新", "username": "a b"}, "username", "空格"),
    (COUNTY, "/profile", {"document": "", "reason": "人手不足"}, "document", "文号"),
    (COUNTY, "/profile", {"document": "文三", "reason": "少"}, "reason", "请写明原因"),
    (
        COUNTY,
        "/profile",
        {"document": "文三", "reason": "人手不足", "until": "2020-01-01"},
        "until",
        "截止日期",
    ),
    (OFFICER, "/grants", {"role": "", "unit": "county", "since": "2026-12-01"}, "role", "角色"),
    (OFFICER, "/grants", {"role": "officer", "unit": "none"}, "unit", "单位"),
    (OFFICER, "/grants", {"role": "officer", "unit": "mill", "since": ""}, "role", "已有"),
    (OFFICER, "/grants", {"role": "admin", "unit": "city", "until": "去年"}, "until", "看不懂"),
    (
        DESIGNATIONS,
        "",
        {"role": "county_reviewer", "unit": "county", "handler": "county", "document": "文四"},
        "handler",
        "另一个单位",
    ),
    (
        DESIGNATIONS,
        "",
        {"role": "county_reviewer", "unit": "county", "handler": "city", "document": "文四"},
        "handler",
        "没有人担任",
    ),
    (
        DESIGNATIONS,
        "",
        {"role": "officer", "unit": "", "handler": "county", "document": "文五", "reason": "缘由"},
        "unit",
        "缺人的单位",
    ),
]


@pytest.mark.parametrize(
    ("page", "form", "typed", "field", "said"),
    WRONG,
    ids=[f"{n} {one[0].rpartition('/')[2]}{one[1]} {one[3]}" for n, one in enumerate(WRONG)],
)
def test_what_was_typed_comes_again_with_the_sentence_at_its_field(
    browse,  # type: ignore[no-untyped-def]
    page: str,
    form: str,
    typed: dict[str, str],
    field: str,
    said: str,
) -> None:
    answer = browse("admin").post(page + form, typed, page=page)
    text = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 422
    (box,) = [f for f in re.findall(r"<form.*?</form>", text, re.DOTALL) if "aria-invalid" in f]
    at_field = re.search(rf'name="{field}"[^>]*aria-describedby="([^"]+)"', box)
    assert at_field is not None
    sentence = re.search(rf'id="{at_field[1]}">([^<]+)<', box)
    assert sentence is not None
    assert said in sentence[1]
    for name, value in typed.items():
        shown = f'value="{value}"' if value else ""
        assert shown in box or f">{value}</textarea>" in box or value in {"x", "none"}, name
        if name in {"parent", "role", "unit", "handler", "successor"} and value not in {"", "none"}:
            assert f'<option value="{value}" selected' in box, name


def test_the_day_a_role_is_taken_back_comes_again(
    browse,  # type: ignore[no-untyped-def]
    federation: Federation,
) -> None:
    (held,) = [g for g in federation.engine.directory.grants() if g.person_id == "p-officer"]
    for typed, said in (("下周", "看不懂"), ("2020-01-01", "不能早于今天")):
        answer = browse("admin").post(
            f"{OFFICER}/grants/{held.id}/withdraw", {"last": typed}, page=OFFICER
        )
        text = unescape(answer.get_data(as_text=True))
        assert (answer.status_code, f'value="{typed}"' in text, said in text) == (422, True, True)


def test_who_was_to_take_over_comes_again(browse) -> None:  # type: ignore[no-untyped-def]
    page = f"{OFFICER}/handover"
    answer = browse("admin").post(page, {"successor": "p-officer"})
    text = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 422
    assert "接收人不能是移交人自己" in text or "请选择接收人" in text
    box = text[text.index('name="closes"') :]
    assert "checked" not in box[: box.index(">")]  # it was not ticked, so it is not now


def test_a_day_in_a_designation_s_end_comes_again(
    browse,  # type: ignore[no-untyped-def]
    federation: Federation,
) -> None:
    admin: Browser = browse("admin")
    actor = federation.actor("admin")
    federation.engine.directory.grant(actor, "p-admin", "county_reviewer", "city")
    federation.engine.directory.designate(actor, ("county_reviewer", "county", "city"), "文")
    (made,) = federation.engine.directory.designations()
    answer = admin.post(f"{DESIGNATIONS}/{made.id}/end", {"last": "昨天"}, page=DESIGNATIONS)
    text = answer.get_data(as_text=True)
    assert (answer.status_code, 'value="昨天"' in text, "看不懂" in text) == (422, True, True)
