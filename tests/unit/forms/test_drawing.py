"""Forms as HTML: what is drawn is read back, nothing is executed, everything has a label."""

from bs4 import BeautifulSoup
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import FieldError
from engine.forms import RowAction, find_row_action
from webapp.forms.render import FileInfo, FormView, draw_answers, draw_form, refresh_answer

XSS = "\"><script>alert(1)</script><img src=x onerror=alert(1)>'{{7*7}}"


def soup(html):
    return BeautifulSoup(str(html), "html.parser")


def post_of(html):
    """What a browser would send for the form, without a button and without files."""
    post: dict[str, list[str]] = {}
    page = soup(html)
    for template in page.find_all("template"):
        template.decompose()
    for control in page.find_all(["input", "select", "textarea"]):
        name, kind = control.get("name"), control.get("type")
        if (
            not name
            or kind == "file"
            or (kind in ("radio", "checkbox") and not control.has_attr("checked"))
        ):
            continue
        if control.name == "select":
            values = [
                option.get("value", "") for option in control.find_all("option", selected=True)
            ][:1] or [""]
        elif control.name == "textarea":
            values = [control.get_text().removeprefix("\n")]
        else:
            values = [control.get("value", "on")]
        post.setdefault(name, []).extend(values)
    return post


def without_computed(data):
    return {key: value for key, value in data.items() if key != "family_size"}


def test_what_is_drawn_is_what_was_answered(application, answers, context):
    view = FormView(application, answers, visible=application.visible(answers, {}, context))
    assert application.read_post(post_of(draw_form(view))) == answers


CELL = st.fixed_dictionaries(
    {"lives_here": st.booleans()},
    optional={
        "name": st.text("张李·ab<>&\"' 0", min_size=1).map(str.strip).filter(bool),
        "relation": st.sampled_from(["spouse", "child", "odd"]),
        "income": st.decimals(0, 99999, places=2).map(
            lambda d: int(d) if d == int(d) else float(d)
        ),
        "school": st.just("7*7"),
    },
)
DATA = st.fixed_dictionaries(
    {"declared": st.booleans(), "members": st.lists(CELL, min_size=1, max_size=3)},
    optional={
        "applicant_name": st.text(min_size=1, max_size=20).map(lambda t: " ".join(t.split())).filter(
            lambda t: t and t == t.replace("\x00", "").strip() and t.isprintable()
        ),
        "wage": st.floats(0, 1e6).map(lambda x: round(x, 2)).map(lambda x: int(x) if x == int(x) else x)
        | st.just("一千"),
        "joined_on": st.dates().map(str) | st.just("去年"),
        "needs": st.lists(st.sampled_from(["living", "medical", "study"]), min_size=1, unique=True).map(sorted),
        "photos": st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, unique=True),
        "has_car": st.sampled_from(["yes", "no"]),
        "story": st.just("第一行\n  第二行 <b>"),
    },
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=DATA)
def test_drawing_and_reading_back_loses_nothing(application, data):
    read = application.read_post(post_of(draw_form(FormView(application, data))))
    assert {**read, "needs": sorted(read.get("needs", []))} == {"needs": [], **data}


def test_odd_input_stays_as_it_was_typed(application):
    read = application.read_post(
        {
            "wage": ["一千元"],
            "joined_on": ["去年"],
            "id_no": [" 3506 "],
            "members.7.name": ["后来的"],
            "members.2.income": ["1,200.5"],
            "_row": ["members.9"],
            "members.x.name": ["?"],
            "_nonce": ["n"],
            "stranger": ["1"],
        }
    )
    assert read == {
        "wage": "一千元",
        "joined_on": "去年",
        "id_no": "3506",
        "members": [
            {"income": 1200.5, "lives_here": False},
            {"name": "后来的", "lives_here": False},
            {"lives_here": False},
        ],
        "declared": False,
    }


def test_rows_and_files_come_and_go_without_script(application, answers):
    assert find_row_action({"_action": ["submit"]}) is None
    add = find_row_action({"_add": ["members"]})
    assert add == RowAction("add", "members")
    more = application.apply_row_action(answers, add)
    assert more["members"] == [*answers["members"], {}]
    remove = find_row_action({"_remove": ["members.0"]})
    assert application.apply_row_action(answers, remove)["members"] == answers["members"][1:]
    photo = find_row_action({"_remove": ["photos.1"]})
    assert application.apply_row_action(answers, photo)["photos"] == ["file_2"]
    scan = find_row_action({"_remove": ["id_scan"]})
    assert application.apply_row_action(answers, scan)["id_scan"] == ""
    for nonsense in ("nothing.3", "members.99", "declared", "wage.0"):
        action = find_row_action({"_remove": [nonsense]})
        assert application.apply_row_action(answers, action) == answers


def test_nothing_that_people_type_is_executed(application, answers, context):
    evil = dict.fromkeys(
        ("applicant_name", "id_no", "wage", "joined_on", "story", "id_scan", "job", "sex"), XSS
    )
    data = (
        answers
        | evil
        | {"address": {"street": XSS}, "members": [{"name": XSS, "relation": XSS}], "photos": [XSS]}
    )
    view = FormView(
        application,
        data,
        errors=[
            FieldError("/id_no", "format", XSS, XSS),
            FieldError("/" + XSS, "unknown", XSS, XSS),
        ],
        warnings=[FieldError("/wage", "odd", XSS)],
        files={XSS: FileInfo(XSS, XSS, 5)},
        action=XSS,
        draft_url=XSS,
        upload_url=XSS,
        file_url="/files/",
        csrf_token=XSS,
        nonce=XSS,
        draft_saved=XSS,
    )
    for html in (draw_form(view, buttons=XSS), draw_answers(view)):
        page = soup(html)
        assert not page.find_all(["script", "img"])
        assert not [
            name for tag in page.find_all(True) for name in tag.attrs if name.startswith("on")
        ]
        assert "49" not in page.get_text(), "nothing of it is a template"


def test_a_designers_texts_are_escaped_too(compiled):
    form = compiled(
        {"type": "radio", "id": 'a"b', "key": "k", "label": "<b>标签", "description": "<i>",
         "values": [{"label": "<u>", "value": '">x'}]},
        {"type": "text", "id": "t", "text": "<script>alert(1)</script>"},
        title="<h1>",
    )  # fmt: skip
    html = str(draw_form(FormView(form, {})))
    assert not soup(html).find_all(["script", "b", "i", "u", "h1"])


def unlabelled(page):
    labelled = {label["for"] for label in page.find_all("label")}
    controls = page.find_all(["input", "select", "textarea"])
    return [
        control
        for control in controls
        if control.get("type") != "hidden"
        and control["id"] not in labelled
        and not control.get("aria-label")
    ]


def test_every_input_has_a_label_and_an_id_of_its_own(application, review, answers):
    for form, data in ((application, answers), (review, {})):
        page = soup(draw_form(FormView(form, data, errors=form_errors(form))))
        for template in page.find_all("template"):
            template.decompose()
        assert unlabelled(page) == []
        ids = [tag["id"] for tag in page.find_all(id=True)]
        assert len(ids) == len(set(ids))
        for tag in page.find_all(attrs={"aria-describedby": True}):
            assert set(tag["aria-describedby"].split()) <= set(ids)
        for link in page.select("[data-errors] a"):
            assert link["href"][1:] in ids


def form_errors(form):
    return [
        FieldError(f"/{key.replace('.', '/')}", "required", "请填写。", key) for key in form.fields
    ]


def test_errors_are_grouped_by_tab_and_stand_beside_their_fields(application, answers, context):
    answers |= {"mobile": "1", "applicant_name": "", "bank_account": ""}
    answers["members"][0]["name"] = ""
    checked = application.validate(answers, {}, context)
    page = soup(draw_form(FormView(application, answers, errors=checked.errors)))
    summary = page.select_one("[data-errors]")
    assert "有 4 处需要修改" in summary.get_text()
    sections = [item.strong.get_text() for item in summary.find_all("li")]
    assert sections == ["申请人", "收入与家庭", "材料与声明"]
    assert summary["tabindex"] == "-1"
    assert "未填写:" in summary.get_text()
    mobile = page.find(id="f-mobile")
    assert mobile["aria-invalid"] == "true"
    assert (
        page.find(id=mobile["aria-describedby"]).get_text()
        == "手机号码应为 11 位数字,以 13 至 19 开头。"
    )
    badges = [badge.get_text(strip=True) for badge in page.select(".bf-badge-error")]
    assert [text[0] for text in badges] == ["2", "1", "1"]


def test_a_decision_is_big_buttons_and_none_is_chosen(review, context):
    data = review.initial({"decision": "approve"}, context)
    page = soup(draw_form(FormView(review, data)))
    buttons = page.select(".bf-decision input[type=radio]")
    assert [page.find("label", attrs={"for": b["id"]}).get_text() for b in buttons] == [
        "同意",
        "退回修改",
        "不同意",
    ]
    assert not any(button.has_attr("checked") for button in buttons)
    assert page.select_one(".bf-computed").get_text() == "—"


def test_enter_never_submits_and_never_removes_a_row(application, answers):
    view = FormView(application, answers, draft_url="/draft")
    first = soup(draw_form(view)).find("button")
    assert (first["name"], first["value"]) == ("_action", "draft")


def test_where_no_draft_is_kept_enter_does_nothing_and_no_hidden_button_promises_one(
    application, answers
):
    first = soup(draw_form(FormView(application, answers))).find("button")
    assert first.has_attr("disabled")
    assert (first.get("name"), first.get_text()) == (None, "")


def test_conditional_fields_stay_on_the_page_so_that_no_word_is_lost(application, answers, context):
    answers["employer"] = "旧单位"
    answers["job"] = "flexible"
    view = FormView(application, answers, visible=application.visible(answers, {}, context))
    page = soup(draw_form(view))
    assert "bf-hidden" in page.find(attrs={"data-name": "employer"})["class"]
    assert page.find(id="f-employer")["value"] == "旧单位"
    assert "旧单位" not in draw_answers(view), "what does not count is not shown for reading"


def test_progress_counts_what_must_be_filled_in(application, answers, context):
    def progress(data):
        view = FormView(application, data, visible=application.visible(data, {}, context))
        return view.page.filled, view.page.required

    filled, required = progress(answers)
    assert filled == required
    assert progress({})[0] == 0
    assert progress(answers | {"mobile": ""}) == (filled - 1, required)


def test_a_masked_view_has_no_clear_data(application, answers):
    view = FormView(
        application, answers, masked=True, files={"file_1": FileInfo("a.jpg", "image/jpeg", 1)}
    )
    for html in (draw_answers(view), draw_form(view)):
        for clear in ("张模拟", "350602199001019907", "13800000000", "6217000000000000004", "因病"):
            assert clear not in html


def test_answers_are_read_in_peoples_words(application, answers):
    text = soup(draw_answers(FormView(application, answers, readonly=True))).get_text(
        " ", strip=True
    )
    for shown in ("2,350.50 元", "生活救助、医疗救助", "配偶", "在岗", "2015-03-01"):
        assert shown in text
    assert "employed" not in text


def test_totals_stand_below_their_columns(application, answers):
    answers["members"].append({"income": "abc"})
    page = soup(draw_form(FormView(application, answers)))
    assert page.find(attrs={"data-total": "income"}).get_text() == "1,200.00"


def test_the_page_is_told_what_conditions_show(application, answers, context):
    told = refresh_answer(application, answers | {"has_car": "yes"}, {}, context)
    assert "car_price" in told["visible"]
    assert "members.1.school" in told["visible"]
    assert "members.0.school" not in told["visible"]
    assert told["computed"] == {"family_size": "3"}


def test_a_list_that_was_only_shown_is_no_answer(compiled):
    month = {"type": "textfield", "id": "m", "key": "month", "label": "月份"}
    shown = {"type": "dynamiclist", "id": "l", "path": "lines", "label": "收入明细"}
    said = {"type": "textfield", "id": "s", "key": "said", "label": "意见"}

    def read(**of_column):
        lines = {**shown, "components": [{**month, **of_column}]}
        group = {"type": "group", "id": "g", "label": "收支逐笔", "components": [lines]}
        data = {"lines": [{"month": "2026-01"}], "said": "同意"}
        form = compiled(group, said)
        return soup(draw_answers(FormView(form, data, only_answers=True))).get_text()

    assert "收入明细" in read()
    assert "收入明细" not in read(readonly=True)
    assert "同意" in read(readonly=True)
