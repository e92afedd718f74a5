"""Whether answers keep the rules, and in which words the person is told."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.feel import EvaluationContext

SMALL = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def codes(validation):
    return {error.pointer: error.code for error in validation.errors}


def number(key="n", **more):
    return {"type": "number", "id": key, "key": key, "label": "人数", **more}


def test_right_answers_pass_and_are_tidied(application, answers, context):
    answers |= {"wage": "2,350.50", "joined_on": "2015年3月1日", "mobile": " 138 0000 0000 "}
    answers["bank_account"] = "6217 0000 0000 0000 004"
    checked = application.validate(answers, {}, context)
    assert checked.errors == ()
    assert checked.data["wage"] == 2350.5
    assert checked.data["joined_on"] == "2015-03-01"
    assert checked.data["mobile"] == "13800000000"
    assert checked.data["bank_account"] == "6217000000000000004"
    assert checked.data["family_size"] == 3


def test_an_empty_form_is_told_everything_in_form_order(application, context):
    checked = application.validate({}, {}, context)
    assert [error.pointer for error in checked.errors] == [
        "/applicant_name", "/sex", "/id_no", "/mobile", "/address/city", "/address/street",
        "/job", "/wage", "/needs", "/has_car", "/members", "/story",
        "/bank_account", "/id_scan", "/declared",
    ]  # fmt: skip
    assert {error.code for error in checked.errors} == {"required"}
    words = {error.pointer: error.message for error in checked.errors}
    assert words["/applicant_name"] == "请填写“姓名”。"
    assert words["/sex"] == "请选择“性别”。"
    assert words["/id_scan"] == "请上传“身份证扫描件”。"
    assert words["/members"] == "请至少填写 1 行“家庭成员”。"
    assert words["/declared"] == "请勾选“本人声明以上情况属实”。"


def test_each_rule_has_its_code(application, answers, context):
    answers |= {
        "applicant_name": "张3",
        "id_no": "350602199001019918",
        "mobile": "12345",
        "job": "astronaut",
        "wage": 100000,
        "needs": ["living", "medical", "study"],
        "postcode": "36300",
        "story": "长" * 2001,
        "id_scan": "../../etc/passwd",
        "joined_on": "2015-02-30",
    }
    checked = application.validate(answers, {}, context)
    assert codes(checked) == {
        "/applicant_name": "format",
        "/id_no": "format",
        "/mobile": "format",
        "/job": "enum",
        "/joined_on": "type",
        "/wage": "max",
        "/needs": "maxItems",
        "/story": "maxLength",
        "/id_scan": "pattern",
        "/postcode": "pattern",
    }
    words = {error.pointer: error.message for error in checked.errors}
    assert words["/wage"] == "“月工资”不能大于 99,999.99 元。"
    assert words["/joined_on"] == "“入会时间”须填真实的日期,例如 2026-11-16。"
    assert words["/postcode"] == "“邮政编码”的格式不对,例如:363000。"


def test_what_no_field_asks_for_is_refused(application, answers, context):
    answers["admin"] = True
    answers["members"][0]["x/y"] = 1
    answers["address"] = "漳州"
    found = codes(application.validate(answers, {}, context))
    assert found["/admin"] == "unknown"
    assert found["/members/0/x~1y"] == "unknown"
    assert found["/address"] == "type"


def test_hidden_answers_are_dropped_without_a_word(application, answers, context):
    answers |= {"car_price": "no number", "employer": "旧单位", "job": "flexible"}
    checked = application.validate(answers, {}, context)
    assert checked.errors == ()
    assert "car_price" not in checked.data
    assert "employer" not in checked.data
    assert checked.variables["employer"] is None, "an older answer must not survive in the case"


def test_what_a_condition_shows_must_be_filled_in(application, answers, context):
    answers |= {"has_car": "yes", "job": "employed", "employer": " "}
    answers["members"][1].pop("school")
    checked = application.validate(answers, {}, context)
    assert codes(checked) == {
        "/employer": "required",
        "/car_price": "required",
        "/members/1/school": "required",
    }
    assert checked.errors[-1].label == "家庭成员第 2 行“学校”"


def test_empty_rows_are_no_rows(application, answers, context):
    answers["members"] = [{"lives_here": False}, *answers["members"], {}, {"name": " "}]
    checked = application.validate(answers, {}, context)
    assert checked.errors == ()
    assert len(checked.data["members"]) == 2
    assert checked.data["family_size"] == 3
    answers["members"] = [{}, {"income": 1}]
    found = codes(application.validate(answers, {}, context))
    assert found["/members/1/name"] == "required", "the pointer counts the rows as they were sent"


def test_numbers_are_exact(compiled, context):
    form = compiled(
        number("whole", decimalDigits=0),
        number("cents", properties={"format": "money"}),
        number("any"),
    )
    checked = form.validate({"whole": 1.5, "cents": "0.125", "any": "12a"}, {}, context)
    assert codes(checked) == {"/whole": "decimals", "/cents": "decimals", "/any": "type"}
    assert checked.errors[0].message == "“人数”须填整数。"
    assert form.validate({"cents": 0.1, "any": True}, {}, context).errors[0].code == "type"
    assert form.validate({"cents": 10**15}, {}, context).errors[0].code == "max"
    assert form.validate({"any": "１，０００．５"}, {}, context).data == {"any": 1000.5}


def test_odd_but_possible_numbers_only_warn(application, answers, context):
    answers |= {"sex": "male", "bank_account": "6217000000000000001"}
    checked = application.validate(answers, {}, context)
    assert checked.ok
    assert [(warning.pointer, warning.code) for warning in checked.warnings] == [
        ("/id_no", "sex"),
        ("/bank_account", "account"),
    ]


def test_documents_of_people_without_an_identity_card_pass(compiled, context):
    form = compiled(
        {
            "type": "textfield",
            "id": "d",
            "key": "d",
            "label": "证件",
            "properties": {"format": "id-document"},
        }
    )
    for right in ("350602199001019907", "830000198501010014", "M350012345", "E12345678"):
        assert form.validate({"d": right}, {}, context).ok, right
    for wrong in ("350602199001019918", "abc", "身份证"):
        assert not form.validate({"d": wrong}, {}, context).ok, wrong


def test_what_people_cannot_change_comes_from_the_case(review, context):
    scope = {"applicant_name": "张模拟"}
    sent = {"applicant_name": "别人", "decision": "approve"}
    checked = review.validate(sent, scope, context)
    assert checked.ok
    assert checked.data == {"applicant_name": "张模拟", "decision": "approve"}


def test_a_condition_may_read_the_case(compiled, context):
    form = compiled(
        {"type": "textfield", "id": "a", "key": "a", "label": "甲", "validate": {"required": True},
         "conditional": {"hide": "=category = \"minor\""}},
    )  # fmt: skip
    assert form.validate({}, {"category": "minor"}, context).ok
    assert not form.validate({}, {"category": "major"}, context).ok


def test_a_condition_on_a_hidden_field_sees_nothing(compiled, context):
    choice = {"type": "radio", "values": [{"label": "是", "value": "y"}], "label": "问"}
    form = compiled(
        {**choice, "id": "a", "key": "a"},
        {**choice, "id": "b", "key": "b", "conditional": {"hide": '=a != "y"'}},
        {**choice, "id": "c", "key": "c", "conditional": {"hide": '=b != "y"'}},
    )
    assert form.validate({"b": "y", "c": "y"}, {}, context).data == {}
    assert form.validate({"a": "y", "b": "y", "c": "y"}, {}, context).data == {
        "a": "y",
        "b": "y",
        "c": "y",
    }
    assert form.visible({"b": "y"}, {}, context) == {"a"}


def test_the_places_to_return_to_are_given_by_the_process(review, context):
    from engine.forms import Option

    form = review.with_options("return_to", [Option("apply", "申请")])
    sent = {"decision": "return", "opinion": "请补充", "return_to": "apply"}
    assert form.validate(sent, {}, context).ok
    assert codes(form.validate(sent | {"return_to": "approve"}, {}, context)) == {
        "/return_to": "enum"
    }
    assert review.fields["return_to"].options == (), "the form itself is not changed"


def test_a_new_form_knows_the_case_and_decides_nothing(review, application, context):
    assert review.initial(
        {"applicant_name": "张模拟", "decision": "approve", "return_to": "x"}, context
    ) == {"applicant_name": "张模拟"}
    assert application.initial({}, context) == {"declared": False, "family_size": 1}


def test_the_schema_alone_leads_a_client_to_answers_that_pass(application, review, context):
    for form in (application, review):
        data = {
            name: form.schema["properties"][name]["examples"][0]
            for name in form.schema["required"]
            if "examples" in form.schema["properties"][name]
        }
        missing = set(form.schema["required"]) - set(data)
        assert all(form.schema["properties"][name].get("x-file") for name in missing)
        data |= dict.fromkeys(missing, "file_1")
        assert form.validate(data, {}, context).ok


def test_the_schema_marks_what_it_promises(application, review):
    properties = application.schema["properties"]
    assert application.schema["additionalProperties"] is False
    assert properties["id_scan"]["x-file"] is True
    assert properties["photos"]["x-file"] is properties["photos"]["items"]["x-file"] is True
    assert properties["id_no"]["x-pii"] is True
    assert properties["declared"] == {
        "title": "本人声明以上情况属实", "type": "boolean", "enum": [True], "examples": [True],
    }  # fmt: skip
    assert "employer" not in application.schema["required"], "it depends on another answer"
    assert "address" in application.schema["required"]
    decision = review.schema["properties"]["decision"]
    assert decision["x-decision"] is True
    assert decision["enum"] == ["approve", "return", "refuse"]
    assert "default" not in decision


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4)
    ),
    max_leaves=10,
)


@SMALL
@given(data=st.data())
def test_no_data_make_validation_raise(application, data):
    from datetime import UTC, datetime

    context = EvaluationContext(now=datetime(2026, 11, 23, tzinfo=UTC))
    keys = [*(key.split(".")[0] for key in application.fields), "other"]
    sent = data.draw(JSON | st.dictionaries(st.sampled_from(keys), JSON, max_size=6))
    checked = application.validate(sent, {}, context)
    assert checked.errors, "nothing random is a right application"
    assert all(error.message.endswith("。") for error in checked.errors)
    if isinstance(sent, dict):
        application.mask(sent)
        application.attributes(checked.data)
        application.visible(sent, {}, context)
        application.with_computed(sent, {}, context)


def test_deep_and_huge_data_are_only_wrong(application, context):
    deep: object = "x"
    for _ in range(5000):
        deep = [deep]
    sent = {
        "members": deep,
        "applicant_name": deep,
        "wage": 10**5000,
        "story": "\ud800",
        "address": {"city": deep},
    }
    assert codes(application.validate(sent, {}, context))["/wage"] == "type"
    rows = [{}] * 100_000
    assert codes(application.validate({"members": rows}, {}, context))["/members"] == "maxItems"
