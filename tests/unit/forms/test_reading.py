"""What of a .form file is accepted, and what the designer is told."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.forms import AttributeUse, FieldKind, Filler, Group, Personal, compile_form


def text(**more):
    return {"type": "textfield", "id": "T", "key": "t", "label": "题目", **more}


def codes(form):
    return [finding.code for finding in form.findings if finding.severity == "error"]


def test_the_application_is_read_without_a_finding(application):
    assert application.findings == ()
    assert application.title == "困难职工建档申请"
    assert list(application.fields)[:5] == [
        "applicant_name", "sex", "id_no", "mobile", "address.city",
    ]  # fmt: skip
    members = application.fields["members"]
    assert members.kind is FieldKind.LIST
    assert [column.name for column in members.row_fields][:2] == ["name", "relation"]


def test_our_properties_say_what_a_field_holds(application):
    fields = application.fields
    assert fields["wage"].kind is FieldKind.MONEY
    assert fields["wage"].unit == "元"
    assert fields["id_no"].pii is Personal.ID, "an identity number is always personal"
    assert fields["address.street"].pii is Personal.ADDRESS
    assert fields["wage"].attribute is AttributeUse.REPORT
    assert fields["members"].min_items == 1
    assert fields["id_scan"].max_size_mb == 20


def test_components_of_one_row_share_sixteen_columns(compiled):
    form = compiled(
        text(key="a", layout={"row": "r", "columns": 4}),
        text(key="b", layout={"row": "r", "columns": None}),
        text(key="c", layout={"row": "r"}),
        text(key="d"),
    )
    widths = [(f.columns, f.placement.new_row) for f in form.fields.values()]
    assert widths == [(4, True), (6, False), (6, False), (16, True)]


@pytest.mark.parametrize(
    "kind", ["html", "image", "iframe", "table", "documentPreview", "page", "x"]
)
def test_components_that_cannot_be_drawn_are_refused(compiled, kind):
    form = compiled({"type": kind, "id": "X"}, text())
    assert codes(form) == ["form-component"]
    assert form.findings[0].element_id == "X"
    assert form.findings[0].file == "f.form"


@pytest.mark.parametrize(
    ("component", "code"),
    [
        (text(label="你好 {{name}}"), "form-template"),
        (text(label="=name"), "form-template"),
        (text(description="{{#if x}}"), "form-template"),
        ({"type": "text", "id": "V", "text": "{{ secret }}"}, "form-template"),
        (text(validate={"required": True, "sometimes": 1}), "form-attribute"),
        (text(validate={"min": 3}), "form-attribute"),
        (text(properties={"colour": "red"}), "form-property"),
        (text(properties={"format": "isbn"}), "form-property"),
        (text(properties={"pii": "maybe"}), "form-property"),
        (text(properties={"attribute": "all"}), "form-property"),
        (text(properties={"pii": "address", "attribute": "search"}), "form-property"),
        (text(blink=True), "form-attribute"),
        (text(readonly="=x"), "form-attribute"),
        (text(key="a b"), "form-key"),
        (text(key="_a"), "form-key"),
        (text(key="if"), "form-key"),
        (text(key=""), "form-key"),
        (text(label=""), "form-label"),
        (text(validate={"pattern": "("}), "form-pattern"),
        (text(validate={"pattern": "(?=a)b"}), "form-pattern"),
        (text(validate={"minLength": 9, "maxLength": 2}), "form-attribute"),
        (text(validate={"required": True, "pattern": "^x$"}), "form-example"),
        (text(properties={"format": "cn-id", "example": "350602199001019918"}), "form-example"),
        (text(conditional={"hide": "x > 1"}), "form-expression"),
        (text(conditional={"hide": "=x >"}), "form-expression"),
        (text(conditional={"show": "=x"}), "form-attribute"),
        ({"type": "number", "id": "N", "key": "n", "label": "数", "properties": {"format": "mobile"}}, "form-property"),
        ({"type": "select", "id": "S", "key": "s", "label": "选"}, "form-options"),
        ({"type": "select", "id": "S", "key": "s", "label": "选", "valuesExpression": "=x"}, "form-attribute"),
        ({"type": "datetime", "id": "D", "key": "d", "dateLabel": "时", "subtype": "time"}, "form-attribute"),
        ({"type": "button", "id": "B", "label": "清空", "action": "reset"}, "form-button"),
        ({"type": "group", "id": "G", "label": "空", "components": []}, "form-components"),
        ({"type": "expression", "id": "E", "key": "e"}, "form-expression"),
        ({"type": "checkbox", "id": "C", "key": "c", "label": "声明", "defaultValue": True, "validate": {"required": True}}, "form-default"),
    ],
)  # fmt: skip
def test_what_would_be_ignored_or_misread_is_refused(compiled, component, code):
    form = compiled(component)
    assert code in codes(form), form.findings
    assert all(f.message.endswith("。") for f in form.findings)


def test_two_fields_cannot_keep_their_answers_in_one_place(compiled):
    assert codes(compiled(text(), text(id="U"))) == ["form-key"]
    assert codes(compiled(text(key="a"), text(id="U", key="a.b"))) == ["form-key"]


def test_a_list_holds_no_list_and_no_group(compiled):
    inner = {
        "type": "dynamiclist",
        "id": "L2",
        "path": "inner",
        "label": "内",
        "components": [text()],
    }
    group = {"type": "group", "id": "G", "label": "组", "components": [text()]}
    for child in (inner, group):
        form = compiled(
            {"type": "dynamiclist", "id": "L", "path": "rows", "label": "外", "components": [child]}
        )
        assert "form-nesting" in codes(form)


def test_there_is_one_decision_and_nothing_is_chosen_beforehand(compiled):
    decision = {
        "type": "radio", "id": "D", "key": "d", "label": "意见",
        "values": [{"label": "同意", "value": "yes"}], "properties": {"decision": "true"},
    }  # fmt: skip
    assert codes(compiled(decision)) == []
    assert codes(compiled({**decision, "defaultValue": "yes"})) == ["form-decision"]
    assert codes(compiled(decision, {**decision, "id": "E", "key": "e"})) == ["form-decision"]


def test_a_submit_button_of_the_editor_is_only_warned_of(compiled):
    form = compiled(text(), {"type": "button", "id": "B", "label": "提交", "action": "submit"})
    assert not form.has_errors
    assert [finding.severity for finding in form.findings] == ["warning"]


def test_names_the_case_must_provide_are_told(review, application, compiled):
    assert dict(application.foreign_names) == {}
    form = compiled(text(conditional={"hide": "=category = t"}))
    assert dict(form.foreign_names) == {"T": frozenset({"category"})}
    assert review.drivers == frozenset({"decision"})


def test_chinese_keys_are_words(compiled):
    form = compiled(text(key="申请人.姓名"))
    assert list(form.fields) == ["申请人.姓名"]
    assert form.findings == ()


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"<xml/>", b"[]", b"null", b"{}", b"[" * 100_000]
)
def test_what_is_no_form_is_refused_with_a_sentence(content):
    form = compile_form(content, "x.form")
    assert form.has_errors
    assert form.findings[0].message.endswith("。")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
COMPONENT = st.fixed_dictionaries(
    {"type": st.sampled_from(["textfield", "number", "select", "group", "dynamiclist", "filepicker", "expression", "datetime"])},
    optional={
        name: JSON | st.text(max_size=6)
        for name in ("id", "key", "path", "label", "validate", "properties", "values", "components", "layout", "conditional", "defaultValue", "expression", "multiple")
    },
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(COMPONENT, max_size=4))
def test_compiling_never_raises(components):
    content = json.dumps({"id": "f", "components": components}).encode()
    form = compile_form(content, "f.form")
    assert isinstance(form.schema, dict)
    assert all(isinstance(c, Group) or c.id for c in form.components)


def test_each_of_the_two_who_may_fill_it_in_gets_what_is_hers(compiled):
    group = {
        "type": "group",
        "label": "代办",
        "properties": {"onlyFor": "staff"},
        "components": [text(key="paper")],
    }
    hint = {"type": "text", "id": "H", "text": "请拍清楚", "properties": {"onlyFor": "guest"}}
    form = compiled(text(), group, hint)
    assert list(form.only_for(Filler.STAFF).fields) == ["t", "paper"]
    assert list(form.only_for(Filler.GUEST).fields) == ["t"]
    assert len(form.only_for(Filler.STAFF).components) == 2
    plain = compiled(text())
    assert plain.only_for(Filler.GUEST) is plain


@pytest.mark.parametrize(
    "component",
    [
        text(properties={"onlyFor": "anybody"}),
        {
            "type": "dynamiclist",
            "path": "rows",
            "label": "行",
            "components": [text(properties={"onlyFor": "staff"})],
        },
    ],
)
def test_only_one_of_the_two_and_no_column(compiled, component):
    assert codes(compiled(component)) == ["form-property"]
