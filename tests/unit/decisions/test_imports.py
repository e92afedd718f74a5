"""Decision files that use others: by name, along chains, and what cannot be found."""

import pytest

from engine.decisions import read_decisions, with_imported
from engine.decisions.model import Inputs

MODEL = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def file(namespace: str, inside: str) -> bytes:
    return f'<definitions xmlns="{MODEL}" namespace="{namespace}" id="f">{inside}</definitions>'.encode()


def imports(name: str, namespace: str, location: str = "") -> str:
    where = f' locationURI="{location}"' if location else ""
    return f'<import name="{name}" namespace="{namespace}" importType="{MODEL}"{where}/>'


def decision(identity: str, text: str, requires: str = "") -> str:
    return (
        f'<decision id="{identity}" name="{identity}"><variable name="{identity}"/>{requires}'
        f"<literalExpression><text>{text}</text></literalExpression></decision>"
    )


def needs(href: str, kind: str = "Decision") -> str:
    requirement = "knowledgeRequirement" if kind == "Knowledge" else "informationRequirement"
    return f'<{requirement}><required{kind} href="{href}"/></{requirement}>'


STANDARDS = file(
    "urn:standards",
    '<itemDefinition name="t金额"><typeRef>number</typeRef></itemDefinition>'
    '<inputData id="in_county" name="县区"><variable name="县区" typeRef="string"/></inputData>'
    + decision("低保 标准", 'if 县区 = "诏安" then 480 else 500', needs("#in_county", "Input"))
    + '<businessKnowledgeModel id="half" name="减半"><variable name="减半"/><encapsulatedLogic>'
    '<formalParameter name="x"/><literalExpression><text>x / 2</text></literalExpression>'
    "</encapsulatedLogic></businessKnowledgeModel>",
)
CATEGORY = file(
    "urn:category",
    imports("标准", "urn:standards")
    + decision("困难", "收入 &lt; 标准.低保 标准", needs("urn:standards#低保 标准"))
    + decision("一半", "标准.减半(收入)", needs("urn:standards#half", "Knowledge"))
    + '<decision id="有型" name="有型"><variable name="有型" typeRef="标准.t金额"/>'
    "<literalExpression><text>&quot;多&quot;</text></literalExpression></decision>",
)
FILES = {"standards.dmn": STANDARDS, "category.dmn": CATEGORY}


@pytest.mark.parametrize(("county", "poor"), [("诏安", False), ("芗城", True)])
def test_a_decision_of_another_file_is_used_by_its_imports_name(context, county, poor):
    model = read_decisions(CATEGORY, "category.dmn", FILES)
    assert model.problems == ()
    assert model.evaluate("困难", {"收入": 490, "县区": county}, context).value is poor
    assert model.evaluate("一半", {"收入": 490}, context).value == 245
    assert model.decisions["一半"].inputs == ("收入",)
    assert set(model.decisions) == {"困难", "一半", "有型"}


def test_a_type_of_another_file_counts(context):
    outcome = read_decisions(CATEGORY, "category.dmn", FILES).evaluate("有型", {}, context)
    assert outcome.value is None
    assert any("应为数字" in reason for reason in outcome.problems)


def test_the_same_file_behind_two_names_has_two_sets_of_inputs(context):
    inner = file(
        "urn:inner",
        '<inputData id="i" name="x"><variable name="x"/></inputData>'
        + decision("out", "x", needs("#i", "Input")),
    )
    middle = file(
        "urn:middle", imports("i", "urn:inner") + decision("mid", "i.out", needs("urn:inner#out"))
    )
    top = file(
        "urn:top",
        imports("m", "urn:middle")
        + imports("j", "urn:inner")
        + decision("all", "[m.mid, j.out]", needs("urn:middle#mid") + needs("urn:inner#out")),
    )
    files = {"inner.dmn": inner, "middle.dmn": middle, "top.dmn": top}
    model = read_decisions(top, "top.dmn", files)
    assert model.problems == ()
    dotted = Inputs({"m.i.x": 1, "j.x": 2}, {})
    assert [int(one) for one in model.ask_by_name("all", dotted, context)[0]] == [1, 2]
    by_namespace = Inputs({}, {("urn:inner", "x"): 7})
    assert [int(one) for one in model.ask_by_name("all", by_namespace, context)[0]] == [7, 7]
    nested = {"m": {"i": {"x": 3}}, "j": {"x": 4}}
    assert model.evaluate("all", nested, context).value == [3, 4]
    assert with_imported(["top.dmn"], files) == set(files)
    assert with_imported(["middle.dmn"], files) == {"middle.dmn", "inner.dmn"}


def test_the_location_chooses_between_files_of_one_namespace(context):
    files = {
        "a/lib.dmn": file("urn:lib", decision("v", "1")),
        "b/lib.dmn": file("urn:lib", decision("v", "2")),
        "main.dmn": file(
            "urn:main",
            imports("l", "urn:lib", "b/lib.dmn") + decision("d", "l.v", needs("urn:lib#v")),
        ),
    }
    assert (
        read_decisions(files["main.dmn"], "main.dmn", files).evaluate("d", {}, context).value == 2
    )


SHARED = file(
    "urn:shared",
    '<itemDefinition name="t金额"><typeRef>number</typeRef></itemDefinition>'
    '<inputData id="members" name="人口"><variable name="人口" typeRef="number"/></inputData>'
    + decision("标准", "500 * 人口", needs("#members", "Input"))
    + '<businessKnowledgeModel id="double" name="加倍"><variable name="加倍"/><encapsulatedLogic>'
    '<formalParameter name="x"/><literalExpression><text>x * 2</text></literalExpression>'
    "</encapsulatedLogic></businessKnowledgeModel>",
)


@pytest.mark.parametrize("namespace", ["", "urn:shared"])
@pytest.mark.parametrize("behind", [False, True])
def test_what_an_import_without_a_name_brings_is_known_as_the_files_own(context, behind, namespace):
    """DMN 1.5, 6.3.3; a reference may name the namespace or not, and the import another import."""
    asking = file(
        "urn:asking",
        imports("", "urn:hub" if behind else "urn:shared")
        + decision(
            "限额",
            "加倍(标准) + 人口",
            needs(f"{namespace}#标准")
            + needs(f"{namespace}#members", "Input")
            + needs(f"{namespace}#double", "Knowledge"),
        )
        + '<decision id="typed" name="有型"><variable name="有型" typeRef="t金额"/>'
        "<literalExpression><text>&quot;多&quot;</text></literalExpression></decision>",
    )
    files = {
        "asking.dmn": asking,
        "hub.dmn": file("urn:hub", imports("", "urn:shared")),
        "shared.dmn": SHARED,
    }
    model = read_decisions(asking, "asking.dmn", files)
    assert model.problems == ()
    assert model.decisions["限额"].inputs == ("人口",)
    assert model.evaluate("限额", {"人口": 3}, context).value == 3003
    assert model.evaluate("typed", {}, context).value is None


def test_of_one_name_from_several_imports_the_files_own_counts_else_the_first(context):
    def lib(name: str, *identities: str) -> bytes:
        return file(f"urn:{name}", "".join(decision(one, f'"{name}"') for one in identities))

    files = {
        "one.dmn": lib("one", "甲", "乙"),
        "two.dmn": lib("two", "甲", "乙", "丙"),
        "top.dmn": file(
            "urn:top",
            imports("", "urn:one")
            + imports("", "urn:two")
            + decision("甲", '"top"')
            + decision("问", "[甲, 乙, 丙]", needs("#甲") + needs("#乙") + needs("#丙")),
        ),
    }
    model = read_decisions(files["top.dmn"], "top.dmn", files)
    assert model.problems == ()
    assert model.evaluate("问", {}, context).value == ["top", "one", "two"]


def test_a_named_import_speaks_of_what_its_file_imports_without_a_name(context):
    files = {
        "shared.dmn": SHARED,
        "hub.dmn": file("urn:hub", imports("", "urn:shared")),
        "top.dmn": file(
            "urn:top",
            imports("公用", "urn:hub")
            + decision(
                "问",
                "公用.加倍(公用.标准)",
                needs("urn:hub#标准") + needs("urn:hub#double", "Knowledge"),
            ),
        ),
    }
    model = read_decisions(files["top.dmn"], "top.dmn", files)
    assert model.problems == ()
    assert model.evaluate("问", {"公用": {"人口": 2}}, context).value == 2000


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (
            file("urn:a", imports("x", "urn:gone") + decision("d", "1")),
            "没有找到命名空间为“urn:gone”的决策文件",
        ),
        (
            file(
                "urn:a",
                '<import name="p" namespace="u" importType="http://www.dmg.org/PMML-4_3"/>'
                + decision("d", "1"),
            ),
            "只能引用决策文件",
        ),
        (
            file("urn:a", decision("d", "1", needs("urn:other#d"))),
            "没有引用命名空间为“urn:other”的决策文件",
        ),
        (
            file(
                "urn:a",
                imports("x", "urn:standards") + decision("d", "1", needs("urn:standards#gone")),
            ),
            "文件里没有编号为“gone”的元素",
        ),
        (
            file(
                "urn:a",
                imports("x", "urn:standards") + imports("x", "urn:broken") + decision("d", "1"),
            ),
            "两处引用用了同一个名称“x”",
        ),
        (file("urn:a", imports("x", "urn:broken") + decision("d", "1")), "引用的“broken.dmn”有误"),
    ],
)
def test_what_cannot_be_used_is_told(content, says):
    others = {**FILES, "broken.dmn": file("urn:broken", decision("d", "1 +")), "a.dmn": content}
    messages = [one.message for one in read_decisions(content, "a.dmn", others).problems]
    assert any(says in message for message in messages), messages


def test_files_that_import_each_other_are_refused():
    one = file("urn:one", imports("two", "urn:two") + decision("a", "1"))
    two = file("urn:two", imports("one", "urn:one") + decision("b", "1"))
    problems = read_decisions(one, "one.dmn", {"one.dmn": one, "two.dmn": two}).problems
    assert "又反过来引用了这个文件" in problems[0].message
