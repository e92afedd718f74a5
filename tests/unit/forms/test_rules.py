"""What must hold between answers: the properties ``rule`` and ``doubt``, and columns below a row."""

import pytest


def text(key, label, **properties):
    return {
        "type": "textfield",
        "id": f"F_{key}",
        "key": key,
        "label": label,
        "properties": properties,
    }


@pytest.fixture
def form(compiled):
    made = compiled(
        text("head", "户主"),
        text("holder", "开户名", doubt="=holder = null or holder = head",
             doubtMessage="开户名与户主不同,请写明原因"),
        {
            "type": "dynamiclist", "id": "L", "path": "members", "label": "家庭成员",
            "properties": {
                "rule": '=count(members[relation = "配偶"]) <= 1',
                "ruleMessage": "配偶只能有一位,请核对与户主关系。",
            },
            "components": [
                text("relation", "关系"),
                text("name", "姓名", rule="=name != head", ruleMessage="户主不填在成员里。"),
                text("note", "备注", more="true"),
            ],
        },
    )  # fmt: skip
    assert made.findings == ()
    return made


def told(faults):
    return [(fault.pointer, fault.code) for fault in faults]


def test_a_rule_that_does_not_hold_is_an_error_with_its_own_sentence(form, context):
    twice = [{"relation": "配偶", "name": "甲"}, {"relation": "配偶", "name": "乙"}]
    done = form.validate({"members": twice}, {}, context)
    assert told(done.errors) == [("/members", "rule")]
    assert done.errors[0].message == "配偶只能有一位,请核对与户主关系。"
    assert form.validate({"members": twice[:1]}, {}, context).ok


def test_a_rule_of_a_column_is_looked_at_in_each_row(form, context):
    rows = [{"name": "甲"}, {}, {"name": "张模拟"}]
    done = form.validate({"head": "张模拟", "members": rows}, {}, context)
    assert told(done.errors) == [("/members/2/name", "rule")]


def test_a_doubt_is_said_and_stops_nobody(form, context):
    done = form.validate({"head": "张模拟", "holder": "李模拟"}, {}, context)
    assert done.ok
    assert told(done.warnings) == [("/holder", "doubt")]
    assert told(form.doubts({"head": "张模拟", "holder": "李模拟"}, {}, context)) == [
        ("/holder", "doubt")
    ]
    assert form.doubts({"head": "张模拟"}, {}, context) == ()


def test_what_a_rule_reads_is_known(form):
    assert {"head", "holder", "members"} <= form.drivers
    assert form.foreign_names == {}


@pytest.mark.parametrize(
    "properties",
    [
        {"rule": "=a"},
        {"ruleMessage": "没有规则"},
        {"doubt": "a > 1", "doubtMessage": "不是表达式"},
        {"rule": "=(", "ruleMessage": "写错了"},
        {"more": "true"},
    ],
)
def test_misuse_is_refused(compiled, properties):
    form = compiled(text("a", "甲", **properties))
    assert any(finding.severity == "error" for finding in form.findings)
