"""Decision services, knowledge models and types of functions."""

import pytest

from engine.decisions.model import Inputs

DECISIONS = """
<inputData id="i_income" name="收入"><variable name="收入" typeRef="number"/></inputData>
<decision id="standard" name="标准"><variable name="标准" typeRef="number"/>
  <literalExpression><text>500</text></literalExpression></decision>
<decision id="poor" name="困难"><variable name="困难"/>
  <informationRequirement><requiredInput href="#i_income"/></informationRequirement>
  <informationRequirement><requiredDecision href="#standard"/></informationRequirement>
  <literalExpression><text>收入 &lt; 标准</text></literalExpression></decision>
<decision id="gap" name="差额"><variable name="差额"/>
  <informationRequirement><requiredInput href="#i_income"/></informationRequirement>
  <informationRequirement><requiredDecision href="#standard"/></informationRequirement>
  <literalExpression><text>标准 - 收入</text></literalExpression></decision>
<decisionService id="one" name="认定"><outputDecision href="#poor"/>
  <inputDecision href="#standard"/><inputData href="#i_income"/></decisionService>
<decisionService id="two" name="测算"><outputDecision href="#poor"/><outputDecision href="#gap"/>
  <inputData href="#i_income"/></decisionService>
"""


def asking(text: str, service: str) -> str:
    return (
        '<decision id="ask" name="问"><knowledgeRequirement>'
        f'<requiredKnowledge href="#{service}"/></knowledgeRequirement>'
        f"<literalExpression><text>{text}</text></literalExpression></decision>"
    )


@pytest.mark.parametrize(
    ("text", "service", "expected"),
    [
        ("认定(450, 400)", "one", False),  # data before decisions, and the decision is not made
        ("认定(收入: 350, 标准: 400)", "one", True),
        ("测算(450)", "two", {"困难": True, "差额": 50}),
        ("测算(450).差额", "two", 50),
        ("认定(450)", "one", None),
        ("认定(收入: 1, 别的: 2)", "one", None),
        ("认定(标准: 400)", "one", None),  # not given is null, and null compares to nothing
        # A wrong argument is null, and the service decides over that.
        ('测算("多")', "two", {"困难": None, "差额": None}),
    ],
)
def test_a_service_is_called_as_a_function(model_of, context, text, service, expected):
    model = model_of(DECISIONS + asking(text, service))
    assert model.problems == ()
    assert model.evaluate("ask", {}, context).value == expected


def test_what_a_service_takes_is_not_read_from_the_case(model_of):
    model = model_of(DECISIONS + asking("测算(甲)", "two"))
    assert model.decisions["ask"].inputs == ("甲",)
    assert model.decisions["poor"].inputs == ("收入",)


def test_a_service_is_asked_by_its_name_with_named_inputs(model_of, context):
    model = model_of(DECISIONS)
    value, _reasons = model.ask_by_name("认定", Inputs({"收入": 450, "标准": 400}, {}), context)
    assert value is False


def test_a_service_without_outputs_is_refused(model_of):
    model = model_of('<decisionService id="s" name="空"/>' + DECISIONS)
    assert [(one.code, one.element_id) for one in model.problems] == [("dmn-service", "s")]


def test_a_service_that_needs_itself_is_refused(model_of):
    model = model_of(
        '<decisionService id="s" name="S"><outputDecision href="#d"/></decisionService>'
        '<decision id="d" name="D"><knowledgeRequirement><requiredKnowledge href="#s"/></knowledgeRequirement>'
        "<literalExpression><text>S()</text></literalExpression></decision>"
    )
    assert {one.code for one in model.problems} == {"dmn-cycle"}


FACTORIAL = """
<businessKnowledgeModel id="f" name="阶乘"><variable name="阶乘" typeRef="number"/>
  <encapsulatedLogic><formalParameter name="n" typeRef="number"/>
    <literalExpression><text>if n &lt;= 1 then 1 else n * 阶乘(n - 1)</text></literalExpression>
  </encapsulatedLogic></businessKnowledgeModel>
"""


@pytest.mark.parametrize(
    ("text", "expected"), [("阶乘(5)", 120), ('阶乘("五")', None), ("阶乘(500)", None)]
)
def test_a_knowledge_model_may_call_itself_within_bounds(model_of, context, text, expected):
    model = model_of(FACTORIAL + asking(text, "f"))
    assert model.problems == ()
    assert model.evaluate("ask", {}, context).value == expected


def test_a_knowledge_models_result_is_of_its_type(model_of, context):
    model = model_of(
        '<businessKnowledgeModel id="f" name="取数"><variable name="取数" typeRef="number"/><encapsulatedLogic>'
        "<literalExpression><text>&quot;多&quot;</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>"
        + asking("取数()", "f")
    )
    outcome = model.evaluate("ask", {}, context)
    assert outcome.value is None
    assert any("应为数字" in reason for reason in outcome.problems)


TYPES = """
<itemDefinition name="t收入"><typeRef>number</typeRef><allowedValues><text>&gt;= 0</text></allowedValues></itemDefinition>
<itemDefinition name="t成员"><itemComponent name="收入"><typeRef>t收入</typeRef></itemComponent></itemDefinition>
<itemDefinition name="t家庭" isCollection="true"><typeRef>t成员</typeRef>
  <typeConstraint><text>count(?) &lt;= 2</text></typeConstraint></itemDefinition>
<itemDefinition name="t算法"><functionItem outputTypeRef="number"><parameters name="x" typeRef="number"/></functionItem></itemDefinition>
<itemDefinition name="t名单" isCollection="true"><typeRef>Any</typeRef></itemDefinition>
<itemDefinition name="t随意"><typeRef>Any</typeRef><allowedValues><text>1, "是"</text></allowedValues></itemDefinition>
"""


def typed(name: str, text: str) -> str:
    return (
        f'<decision id="d" name="D"><variable name="D" typeRef="{name}"/>'
        f"<literalExpression><text>{text}</text></literalExpression></decision>"
    )


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("t成员", "{收入: 1}", {"收入": 1}),
        ("t成员", "{收入: -1}", None),  # a component's allowed values count
        ("t家庭", "[{收入: 1}, {收入: 2}]", [{"收入": 1}, {"收入": 2}]),
        ("t家庭", "{收入: 1}", [{"收入": 1}]),
        ("t家庭", "[{收入: 1}, {收入: 2}, {收入: 3}]", None),  # the constraint is on the list
        ("t名单", "[1, &quot;x&quot;]", [1, "x"]),
        ("t名单", "&quot;x&quot;", ["x"]),  # a list of anything is a list
        ("t随意", "&quot;是&quot;", "是"),
        ("t随意", "2", None),
        ("date and time", "date(&quot;2026-11-16&quot;)", "2026-11-16T00:00:00Z"),
        ("date", "&quot;2026-11-16&quot;", None),  # a text is no date; only the case's JSON is read
    ],
)
def test_types_made_of_types(model_of, context, name, text, expected):
    value = model_of(TYPES + typed(name, text)).evaluate("d", {}, context).value
    assert value == expected or (isinstance(value, str) and value.startswith(str(expected)[:19]))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{收入: 1} instance of t成员", True),
        ("{收入: &quot;x&quot;} instance of t成员", False),
        ("[{收入: 1}] instance of t家庭", True),
        ("1 instance of t收入", True),
        ("-1 instance of t收入", True),  # allowed values are not part of the structure
        ("{收入: -1} instance of t成员", True),
        ("[1] instance of list&lt;t收入&gt;", True),
        ("(function(x) x) instance of t算法", True),
        ("(function() 1) instance of t算法", False),
    ],
)
def test_instance_of_knows_the_files_types(model_of, context, text, expected):
    model = model_of(
        TYPES
        + f'<decision id="d" name="D"><literalExpression><text>{text}</text></literalExpression></decision>'
    )
    assert model.problems == ()
    assert model.evaluate("d", {}, context).value is expected


def test_the_type_of_a_service_may_be_that_of_a_function(model_of, context):
    service = (
        '<itemDefinition name="t服务"><functionItem outputTypeRef="string"/></itemDefinition>'
        '<decisionService id="s" name="S"><variable name="S" typeRef="t服务"/><outputDecision href="#n"/></decisionService>'
        '<decision id="n" name="N"><literalExpression><text>1000</text></literalExpression></decision>'
    )
    model = model_of(service + asking("S()", "s"))
    outcome = model.evaluate("ask", {}, context)
    assert outcome.value is None
    assert outcome.problems == ("“S”应为文本,得到数字",)


def test_a_parameter_named_like_a_path_makes_no_name_of_the_path(model_of, context):
    model = model_of(
        '<businessKnowledgeModel id="f" name="称呼"><variable name="称呼"/><encapsulatedLogic>'
        '<formalParameter name="人.性别"/><literalExpression><text>if 人.性别 = "男" then "父" else "母"</text>'
        "</literalExpression></encapsulatedLogic></businessKnowledgeModel>"
        '<decision id="d" name="D"><knowledgeRequirement><requiredKnowledge href="#f"/></knowledgeRequirement>'
        "<invocation><literalExpression><text>称呼</text></literalExpression><binding>"
        '<parameter name="人.性别"/><literalExpression><text>人.性别</text></literalExpression>'
        "</binding></invocation></decision>"
    )
    assert model.problems == ()
    assert model.evaluate("d", {"人": {"性别": "男"}}, context).value == "父"
    assert model.decisions["d"].inputs == ("人",)


SIDES = """
<itemDefinition name="t文"><typeRef>string</typeRef><allowedValues><text>"foo", "bar"</text></allowedValues></itemDefinition>
<itemDefinition name="t方向"><typeRef>t文</typeRef><allowedValues><text>"left", "right"</text></allowedValues></itemDefinition>
<itemDefinition name="t函数"><functionItem outputTypeRef="t文"><parameters name="a" typeRef="t文"/></functionItem></itemDefinition>
"""


@pytest.mark.parametrize(
    ("logic", "expected"),
    [
        ('<literalExpression typeRef="t方向"><text>"left"</text></literalExpression>', "left"),
        ('<literalExpression typeRef="t方向"><text>"foo"</text></literalExpression>', None),
        (
            (
                '<invocation><functionDefinition/><binding><parameter name="a" typeRef="t文"/>'
                '<literalExpression><text>"baz"</text></literalExpression></binding></invocation>'
            ),
            None,
        ),
    ],
)
def test_types_where_they_are_written(model_of, context, logic, expected):
    called = "<literalExpression><text>function(a) a</text></literalExpression>"
    drawn = logic.replace("<functionDefinition/>", called)
    model = model_of(SIDES + f'<decision id="d" name="D">{drawn}</decision>')
    assert model.problems == ()
    assert model.evaluate("d", {}, context).value == expected


def test_the_type_of_a_function_is_that_of_the_function(model_of, context):
    """Tools write there the function's type, older files that of its result: both are understood."""
    for kind in ("t函数", "t文"):
        model = model_of(
            SIDES + f'<businessKnowledgeModel id="f" name="F"><encapsulatedLogic typeRef="{kind}">'
            '<formalParameter name="a"/><literalExpression><text>a</text></literalExpression>'
            "</encapsulatedLogic></businessKnowledgeModel>"
            '<decision id="d" name="D"><knowledgeRequirement><requiredKnowledge href="#f"/></knowledgeRequirement>'
            '<literalExpression><text>[F("foo"), F("baz")]</text></literalExpression></decision>'
        )
        assert model.evaluate("d", {}, context).value == ["foo", None]


JUDGING = (
    '<itemDefinition name="t判断"><functionItem outputTypeRef="boolean"><parameters name="x" typeRef="number"/></functionItem></itemDefinition>'
    '<itemDefinition name="t判断二"><functionItem outputTypeRef="boolean"><parameters name="x"/></functionItem></itemDefinition>'
)


@pytest.mark.parametrize(("kind", "text"), [("boolean", None), ("t判断", "“x”"), ("t判断二", None)])
@pytest.mark.parametrize("where", ["decision", "context", "knowledge"])
def test_beside_a_function_stands_its_type_or_that_of_its_result(
    model_of, context, where, kind, text
):
    """What the function takes and gives is of the types named there, wherever it is written."""
    cell = "<literalExpression><text>{}</text></literalExpression>".format
    inside = f'<formalParameter name="x"/>{cell("if x = 0 then &quot;不知道&quot; else string(x) != &quot;600&quot;")}'
    variable = f'<variable name="够低" typeRef="{kind}"/>'
    asked = cell("[够低(1), 够低(600), 够低(0), 够低(&quot;少&quot;)]")
    need = '<{0}Requirement><required{1} href="#f"/></{0}Requirement>'.format
    drawn = {
        "decision": f'<decision id="f" name="够低">{variable}<functionDefinition>{inside}</functionDefinition></decision>'
        f'<decision id="d" name="D">{need("information", "Decision")}{asked}</decision>',
        "context": f'<decision id="d" name="D"><context><contextEntry>{variable}<functionDefinition>{inside}</functionDefinition>'
        f"</contextEntry><contextEntry>{asked}</contextEntry></context></decision>",
        "knowledge": f'<businessKnowledgeModel id="f" name="够低">{variable}<encapsulatedLogic>{inside}</encapsulatedLogic>'
        f'</businessKnowledgeModel><decision id="d" name="D">{need("knowledge", "Knowledge")}{asked}</decision>',
    }
    model = model_of(JUDGING + drawn[where])
    assert model.problems == ()
    outcome = model.evaluate("d", {}, context)
    assert outcome.value == [True, False, None, True if text is None else None]
    assert any("“函数的结果”应为是否值" in reason for reason in outcome.problems)
    if text is not None:
        assert any(text in reason for reason in outcome.problems)


def test_a_cell_of_a_table_may_have_a_type(model_of, context):
    model = model_of(
        SIDES
        + '<decision id="d" name="D"><decisionTable><input><inputExpression><text>x</text></inputExpression></input>'
        '<output name="o"/><rule><inputEntry><text>-</text></inputEntry>'
        '<outputEntry typeRef="t文"><text>x</text></outputEntry></rule></decisionTable></decision>'
    )
    assert model.evaluate("d", {"x": "foo"}, context).value == "foo"
    assert model.evaluate("d", {"x": "baz"}, context).value is None
