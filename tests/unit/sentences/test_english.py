"""What is said in Chinese alone can be had in English, whatever it is put together from."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.sentences import in_english
from engine.sentences.english import english_templates

ROOT = Path(__file__).parents[3]
SPEAKERS = (
    "engine/runtime", "engine/jobs", "engine/feel", "engine/decisions", "engine/definitions/scenarios",
    "engine/definitions/folder.py", "engine/definitions/zipped.py",
    "engine/errors.py", "engine/model/deadlines.py",
    "engine/model/routing.py", "engine/store/task_lists.py", "engine/model/identity_numbers.py", "engine/model/identity_documents.py",
    "engine/forms/messages.py", "engine/forms/validation.py", "engine/forms/formats.py",
    "engine/forms/selfcheck.py", "engine/forms/examples.py",
    "engine/forms/pasting_messages.py", "engine/forms/codes.py",
    "engine/store/database.py", "engine/store/jobs.py", "engine/work/signals.py",
    "engine/api/commands.py", "engine/api/definitions.py", "engine/work/troubles.py",
    "webapp/api", "webapp/commands/folders.py", "webapp/shared/requests.py",
)  # fmt: skip
NOT_SAID = {
    "自动办理",  # how sentences begin, to tell them apart
    "这个后台任务的记录已损坏",
    "请",  # where a hint begins
    "或",  # between kinds, told with them
    "的",  # between places, one within the other
    "㐀-鿿𠀀-𿿿",
    r"[—–转]|ext\.?",
    "张模拟",
    "场景-2026-000001",
    "模拟工会",
}
HAN = re.compile("[\u3400-\u9fff]")
GAP = re.compile(r"\{\d?\}")


def said() -> dict[str, str]:
    """Every Chinese text in the code of those who speak, with ``{}`` for its values: where it is."""
    found: dict[str, str] = {}
    for place in SPEAKERS:
        path = ROOT / place
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            # Decision tests are told to designers at their own command, in Chinese.
            if "testing" not in file.parts:
                for text in texts(ast.parse(file.read_text("utf-8"))):
                    found.setdefault(text, str(file.relative_to(ROOT)))
    return found


def texts(tree: ast.Module) -> Iterator[str]:
    told_in_both = {
        id(part) for call in ast.walk(tree) if is_words(call) for part in ast.walk(call)
    }
    inside: set[int] = {id(node) for node in ast.walk(tree) if id(node) in told_in_both}
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            inside.add(id(body[0].value))  # a docstring
        if isinstance(node, ast.Expr):
            inside.add(id(node.value))  # what stands behind a constant to explain it
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and id(node) not in inside:
            parts = []
            for value in node.values:
                if isinstance(value, ast.Constant):
                    inside.add(id(value))
                    parts.append(str(value.value).replace("{", "{{").replace("}", "}}"))
                else:
                    parts.append("{}")
            yield from ["".join(parts)] * bool(HAN.search("".join(parts)))
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in inside
        ):
            yield from [re.sub(r"\{\w+\}", "{}", node.value)] * bool(HAN.search(node.value))


def is_words(node: ast.AST) -> bool:
    """Whether it says something in both languages already."""
    if not isinstance(node, ast.Call):
        return False
    called = node.func.value if isinstance(node.func, ast.Attribute) else node.func
    return isinstance(called, ast.Name) and called.id == "Words"


def test_everything_that_is_said_there_has_an_english_template() -> None:
    """What is missing is added to ``engine/sentences/in_english/``, ``{}`` standing for values."""
    known = english_templates()
    missing = {
        text: where
        for text, where in said().items()
        if text not in known and text not in NOT_SAID and not is_help(where)
    }
    assert not missing


def is_help(where: str) -> bool:
    """Help texts of our own functions are told in both languages where they are listed."""
    return where == "engine/feel/functions/ours.py"


def test_nothing_has_an_english_template_that_nobody_says() -> None:
    assert not english_templates().keys() - said().keys()


@pytest.mark.parametrize("chinese", sorted(english_templates()))
def test_the_values_are_the_same_and_nothing_chinese_is_left(chinese: str) -> None:
    english = english_templates()[chinese]
    assert len(GAP.findall(chinese)) == len(GAP.findall(english))
    assert not HAN.search(english)


PUT_TOGETHER = {
    "“Approve”没有完成:条件“amount > 5”的结果是空值,既不是“是”也不是“否”"
    "(没有名为“amount”的变量、“>”不能比较空值和数字)。已填写的内容都已保存。": (
        "“Approve” was not completed: the condition “amount > 5” gives null, which is neither true "
        "nor false (there is no variable called “amount”, “>” cannot compare null and a number). "
        "Everything that was filled in is saved."
    ),
    "第 3 步(do = review):应当被拒绝(validation),但办成了。"
    "“approve”停住了:“x”没有完成:除数是 0。已填写的内容都已保存。": (
        "Step 3 (do = review): it should have been refused (validation), and was done. “approve” "
        "came to a halt: “x” was not completed: division by 0. Everything that was filled in is "
        "saved."
    ),
    "“Visit”(第 2 项的第 3 次)没有完成:除数是 0。已填写的内容都已保存。": (
        "“Visit” (item 2, time 3) was not completed: division by 0. Everything that was filled in "
        "is saved."
    ),
    "参数“n”应为数字或时长,得到文本": (
        "The argument “n” must be a number or a duration, and it is a text"
    ),
    "第 1 步有不认识的键:a。可以用:data、do、expect。": (
        "There are unknown keys in step 1: a. These can be used: data, do, expect."
    ),
    "表单通不过:/name 请填写“Name”。/amount “Amount”须填数字,例如 1000 或 1,000.00。": (
        "The form is refused: /name Fill in “Name”. /amount “Amount” must be a number, such as "
        "1000 or 1,000.00."
    ),
    "请填写“姓名”。": "Fill in “姓名”.",  # the designer's own words stay
    "这句话没有人说。": "这句话没有人说。",
    "plain": "plain",
}


@pytest.mark.parametrize("chinese", PUT_TOGETHER)
def test_a_sentence_is_put_together_as_the_chinese_one_is(chinese: str) -> None:
    assert in_english(chinese) == PUT_TOGETHER[chinese]


def test_no_sentence_takes_long_to_look_up() -> None:
    for text in ("没有" * 1500, "“" * 1500 + "不", "第 " * 1000 + "步。" * 500, "、:。" * 900):
        in_english(text)


def test_why_a_step_is_where_it_is_names_its_unit_and_role() -> None:
    assert in_english("本环节由芗城区总工会的Reviewer办理。") == (
        "This step is done by the Reviewer of 芗城区总工会."
    )
    assert in_english("模拟·一厂没有会计,按审批关系上移到芗城区总工会。") == (
        "模拟·一厂 has no 会计; the step has moved up to 芗城区总工会, the next in the order of approval."
    )
