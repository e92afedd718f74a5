"""What a form begins with, what it leaves alone, and sentences that say what is wrong by name."""

import pytest

from webapp.forms.render import FormView, draw_form


def picker(key, **properties):
    return {
        "type": "filepicker", "id": f"F_{key}", "key": key, "label": key,
        "properties": {"multiple": "true", **properties},
    }  # fmt: skip


def choices(**properties):
    return {
        "type": "checklist", "id": "F_lacking", "key": "lacking", "label": "缺的",
        "values": [{"label": label, "value": label} for label in ("甲", "乙", "丙")],
        "properties": properties,
    }  # fmt: skip


def test_what_is_worked_out_stands_there_anew_each_time(compiled, context):
    form = compiled(choices(prefill="=wanted"))
    assert form.initial({"wanted": ["甲", "乙"]}, context) == {"lacking": ["甲", "乙"]}
    known = {"wanted": ["丙"], "lacking": ["甲"]}
    assert form.initial(known, context)["lacking"] == ["丙"]
    assert not form.initial({"wanted": [], "lacking": ["甲"]}, context).get("lacking")
    assert form.validate({"lacking": ["乙"]}, known, context).data == {"lacking": ["乙"]}


def test_what_is_kept_is_not_emptied_by_silence(compiled, context):
    form = compiled(picker("kept", keep="true"), picker("taken"))
    done = form.validate({}, {"kept": ["a"], "taken": ["b"]}, context)
    assert done.variables == {"taken": None}


def test_a_sentence_can_name_what_is_wrong(compiled, context):
    rule = {
        "rule": '=not(list contains(lacking, "丙"))',
        "ruleMessage": '="选了 " + string(count(lacking)) + " 样:" + string join(lacking, "、")',
    }
    form = compiled(choices(**rule))
    (error,) = form.validate({"lacking": ["甲", "丙"]}, {}, context).errors
    assert error.message == "选了 2 样:甲、丙"


def test_what_is_only_worked_out_is_kept_and_not_shown(compiled, context):
    silent = {"type": "expression", "id": "F_sum", "key": "doubled", "expression": "=2 * n"}
    form = compiled(
        {"type": "number", "id": "F_n", "key": "n", "label": "数"}, silent,
    )  # fmt: skip
    assert form.validate({"n": 4}, {}, context).data == {"n": 4, "doubled": 8}
    assert "doubled" not in str(draw_form(FormView(form, {"n": 4, "doubled": 8})))


@pytest.mark.parametrize(
    ("component", "says"),
    [
        (choices(prefill="wanted"), "表达式必须以 = 开头"),
        (choices(rule="=true", ruleMessage='="甲" +'), "ruleMessage"),
        (
            {
                "type": "expression", "id": "F", "key": "papers", "label": "材料",
                "expression": "=1", "properties": {"papersFrom": "needed"},
            },
            "请删去 expression",
        ),
    ],
)  # fmt: skip
def test_a_slip_of_the_designer_is_told(compiled, component, says):
    assert any(says in finding.message for finding in compiled(component).findings)
