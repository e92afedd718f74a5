"""``bangfu decisions test``: a line a result, a summary, and an exit code that tells."""

import json

CASES = """<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase">
<modelName>m.dmn</modelName>
<testCase id="1"><inputNode name="x"><value>2</value></inputNode>
<resultNode name="twice"><expected><value>4</value></expected></resultNode></testCase>
<testCase id="2"><inputNode name="x"><value>2</value></inputNode>
<resultNode name="twice"><expected><value>5</value></expected></resultNode></testCase>
</testCases>"""
MODEL = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" namespace="urn:m">
<inputData id="x" name="x"/><decision id="t" name="twice"><informationRequirement><requiredInput href="#x"/>
</informationRequirement><literalExpression><text>x * 2</text></literalExpression></decision></definitions>"""


def test_results_and_summary_as_json(bangfu, tmp_path):
    (tmp_path / "m.dmn").write_text(MODEL, "utf-8")
    (tmp_path / "m.xml").write_text(CASES, "utf-8")
    answer = bangfu("decisions", "test", str(tmp_path), "--json")
    first, second, summary = map(json.loads, answer.out.splitlines())
    assert answer.code == 1
    assert {name: first[name] for name in ("file", "case", "result", "expected", "got")} == {
        "file": "m.xml",
        "case": "1",
        "result": "pass",
        "expected": "4",
        "got": "4",
    }
    assert second["result"] == "fail"
    assert summary == {"files": 1, "results": 2, "pass": 1, "fail": 1, "error": 0}


def test_results_in_words(bangfu, tmp_path):
    (tmp_path / "m.dmn").write_text(MODEL, "utf-8")
    (tmp_path / "m.xml").write_text(CASES, "utf-8")
    answer = bangfu("decisions", "test", str(tmp_path))
    assert "应为 5,得到 4" in answer.out
    assert answer.out.splitlines()[-1] == "1 个测试文件,2 个结果:通过 1、不符 1、出错 0。"


def test_a_folder_without_tests_is_told(bangfu, tmp_path):
    answer = bangfu("decisions", "test", str(tmp_path))
    assert answer.code == 2
    assert "里没有测试文件" in answer.err
    assert bangfu("decisions", "test", str(tmp_path / "gone")).code == 2


def test_the_tests_beside_our_own_decisions_pass(bangfu):
    answer = bangfu("decisions", "test", "processes", "--json")
    *results, summary = map(json.loads, answer.out.splitlines())
    assert answer.code == 0, [one for one in results if one["result"] != "pass"]
    assert summary["pass"] >= 4
