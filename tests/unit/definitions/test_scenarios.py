"""Scenarios are played on the real runtime: what passes, what is told when one does not."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from engine.definitions import Known
from engine.definitions.folder import linked_sources
from engine.definitions.scenarios import (
    ScenarioFault,
    ScenarioReport,
    read_scenario,
    run_scenarios,
)
from engine.model.definitions import Bundle, DefinitionSource
from tests.unit.runtime.kit import (
    boundary,
    end,
    line,
    process,
    props,
    service,
    source_of,
    start,
    timer,
    user,
)

HERE = Path(__file__).parent

AGREED = """
title = "一次同意"
[parameters]
"notice days" = 5
[start]
applicant = "林模拟"
amount = 1200
[operations."notice.publish"]
notice_id = '="N-" + title'
[[steps]]
do = "apply"
by = "林模拟"
data = { applicant = "林模拟", amount = 1200 }
[[steps]]
expect = { waiting = ["review"], due = { review = 2026-03-09 }, options = { review = ["apply"] }, milestones = [], rules = { level = [1] } }
[[steps]]
do = "review"
by = "林模拟"
data = { decision = "agree" }
refused = "separation-of-duties"
[[steps]]
do = "review"
data = { }
refused = "validation"
fields = ["/decision"]
[[steps]]
do = "review"
data = { decision = "return", return_to = "apply" }
[[steps]]
do = "apply"
by = "林模拟"
data = { applicant = "林模拟", amount = 900 }
[[steps]]
expect = { rules = { level = [2] }, variables = { level = "B" } }
[[steps]]
do = "review"
data = { decision = "agree" }
[[steps]]
expect = { waiting = ["post"], timers = ["over"], messages = ["objected"], operations = ["notice.publish"], due = { over = 2026-03-07 } }
[[steps]]
message = "objection"
key = "somebody else's case"
refused = "unmatched"
[[steps]]
message = "objection"
key = "scenario"
data = { text = "收入不实", secret = "不保留" }
[[steps]]
pass = "3d"
[[steps]]
expect = { waiting = ["post"] }
[[steps]]
until = 2026-03-07
[expect]
ended_at = "done"
trail = ["apply 林模拟", "review 发起人", "apply 林模拟", "review 发起人", "message objection"]
milestones = []
absent = ["secret", "text"]
[expect.variables]
total = 1800
heard = "收入不实"
notice = { notice_id = "N-林模拟" }
"the amount is small" = "=amount < 1000 and case.number = \\"场景-2026-000001\\""
"""


@pytest.fixture(scope="module")
def source(known: Known, bundle_of: Callable[[Path], Bundle]) -> DefinitionSource:
    bundle = replace(bundle_of(HERE / "good" / "returning.bpmn"), called=known.deployed)
    return linked_sources(bundle)["sample"]


def play(source: DefinitionSource, known: Known, *texts: str) -> ScenarioReport:
    scenarios = [read_scenario(t.encode(), f"s{n}") for n, t in enumerate(texts)]
    return run_scenarios(source, scenarios, known.operations)


AGREED = AGREED.replace("notice = { notice_id", "notice = { id")


def test_a_case_told_step_by_step_goes_as_written(source: DefinitionSource, known: Known) -> None:
    report = play(source, known, AGREED)

    assert [result.message for result in report.results] == [""]


def test_what_no_scenario_has_gone_through_is_listed(
    source: DefinitionSource, known: Known
) -> None:
    report = play(source, known, AGREED)

    assert report.as_json() == {
        "process": "sample",
        "scenarios": 1,
        "passed": 1,
        "elements": 20,
        "elements_covered": 17,
        "flows": 18,
        "flows_covered": 16,
        "missed": ["refused", "post", "body_end", "decide_refused", "post_body_end"],
    }
    assert not report.ready
    assert report.called["old_process"].missed == ()


def test_a_failed_scenario_covers_nothing(source: DefinitionSource, known: Known) -> None:
    report = play(source, known, AGREED.replace('ended_at = "done"', 'ended_at = "refused"'))

    assert report.passed == 0
    assert report.coverage.elements_covered == frozenset()


@pytest.mark.parametrize(
    ("written", "instead", "told"),
    [
        ('"message objection"]', "]", "trail 应当是"),
        ("total = 1800", "total = 1801", "最后的 [expect]:变量 total 应当是 1801,实际是 1800。"),
        ('do = "apply"\nby', 'do = "aply"\nby', "第 1 步(do = aply):步骤“aply”现在没有打开"),
        ("due = { review = 2026-03-09 }", "due = { review = 2026-03-10 }", "due.review 应当是"),
        ("milestones = []\nabsent", 'milestones = ["x"]\nabsent', "milestones 应当是 ['x']"),
        ("amount = 900 }", 'amount = "viel" }', "第 6 步(do = apply):表单通不过"),
        ("until = 2026-03-07", "until = 2026-03-05", "案件应当已经结束,但还开着;打开的步骤:post"),
        ('refused = "separation-of-duties"', "", "第 3 步(do = review):“林模拟”办过“apply”"),
        (
            'data = { }\nrefused = "validation"\nfields',
            'data = { decision = "agree" }\nrefused = "validation"\nfields',
            "应当被拒绝",
        ),
        ('["/decision"]', '["/reason"]', "应当是这些字段通不过"),
        ('key = "scenario"', 'key = "other"', "没有人等消息“objection”"),
        ('"notice days" = 5', "", "用到参数“notice days”,场景的 [parameters] 里没有"),
        ("notice_id = '=\"N-\" + title'", "notice_id = 5", "“notice_id”的值 5 不符合它的定义"),
        ("notice_id = '=\"N-\" + title'", "number = 5", "输出里没有“number”"),
        ("amount < 1000", "amount > 1000", "不成立,结果是 False"),
        ("rules = { level = [2] }", "rules = { level = [1] }", "rules.level 应当是 [1],实际是 [2]"),
    ],
)
def test_the_report_says_where_it_did_not_go_as_written(
    source: DefinitionSource, known: Known, written: str, instead: str, told: str
) -> None:
    assert written in AGREED
    report = play(source, known, AGREED.replace(written, instead))

    assert told in report.results[0].message


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "缺少 title"),
        ("title = ", "不是正确的 TOML"),
        ('title = "x"\nstep = 1', "不认识的键:step"),
        ('title = "x"\nnow = "gestern"', "now 须是日期时间"),
        ('title = "x"\n[[steps]]\ndo = "a"\npass = "5wd"', "中的一种"),
        ('title = "x"\n[[steps]]\npass = "fünf"', "第 1 步:时限“fünf”看不懂"),
        ('title = "x"\n[[steps]]\ndo = "a"\nrefused = "maybe"', "refused 只能是"),
        ('title = "x"\n[[steps]]\ndo = "a"\ndata_from = "nobody"', "data_from“nobody”不存在"),
        (
            'title = "x"\n[[steps]]\ndo = "a"\ndata_from = "no.toml#a"',
            "用到“no.toml”,文件里没有,请连同它一起给出",
        ),
        ('title = "x"\n[expect]\nwaitings = []', "[expect]有不认识的键:waitings"),
        ('title = "x"\n[expect]\nwaiting = "a"', "waiting 写法不对"),
    ],
)
def test_a_slip_of_the_pen_is_told(text: str, told: str) -> None:
    with pytest.raises(ScenarioFault) as fault:
        read_scenario(text.encode(), "s")

    assert told in fault.value.message


def test_data_may_come_from_a_record_and_be_overlaid(
    source: DefinitionSource, known: Known
) -> None:
    text = AGREED.replace(
        'data = { applicant = "林模拟", amount = 900 }',
        'data_from = "household"\ndata = { amount = 900 }',
    ).replace("[start]", '[data.household]\napplicant = "林模拟"\namount = 5000\n[start]')

    assert play(source, known, text).passed == 1


EVERY_ITEM = """
title = "每一项"
[[steps]]
do = "visit"
by = "甲"
data = { applicant = "模拟一户", amount = 1 }
refused = "task-not-open"
item = 3
[[steps]]
do = "visit"
item = 1
by = "甲"
data = { applicant = "模拟一户", amount = 1 }
[[steps]]
do = "visit"
item = "2"
by = "乙"
data = { applicant = "模拟二户", amount = 2 }
[[steps]]
do = "check"
item = 1
by = "甲"
data = { applicant = "模拟一户", amount = 1 }
refused = "separation-of-duties"
[[steps]]
expect = { waiting = ["check", "check"] }
[[steps]]
do = "check"
item = 2
by = "甲"
data = { applicant = "模拟二户", amount = 2 }
[[steps]]
message = "papers"
key = "scenario2"
data = { text = "证明" }
[[steps]]
do = "check"
item = 1
by = "乙"
data = { applicant = "模拟一户", amount = 1 }
[[steps]]
message = "papers"
key = "scenario1"
data = { text = "证明" }
[[steps]]
do = "more"
data = { applicant = "模拟", amount = 1 }
[expect]
ended_at = "done"
variables = { payments = [1, 4], total_paid = 5, doubles = [2, 8] }
absent = ["paid", "share"]
"""


def test_a_scenario_says_which_item_a_step_is_for(
    known: Known, bundle_of: Callable[[Path], Bundle]
) -> None:
    bundle = replace(bundle_of(HERE / "good" / "repeated.bpmn"), called=known.deployed)
    report = play(linked_sources(bundle)["sample"], known, EVERY_ITEM)
    assert [one.message for one in report.results] == [""]


@pytest.mark.parametrize("item", ["0", "[1, 0]", "true", "1.5", "[[1]]"])
def test_an_item_is_a_number_from_one_a_name_or_a_list_of_these(item: str) -> None:
    text = f'title = "项"\n[[steps]]\ndo = "visit"\nitem = {item}\n'
    with pytest.raises(ScenarioFault, match="item 须是从 1 数起"):
        read_scenario(text.encode(), "s")


def test_a_signal_is_thrown_by_the_case_or_by_another(known: Known) -> None:
    content = (HERE / "good" / "signals.bpmn").read_bytes()
    source = DefinitionSource("sample:1", "sample", 1, "signals.bpmn", content)
    own = """
title = "自己发出"
[[steps]]
expect = { signals = ["wait"], timers = ["later"], thrown = [] }
[[steps]]
pass = "5d"
[expect]
thrown = ["停办"]
signals = []
trail = []
ended_at = "done"
"""
    others = """
title = "别人先发出"
[[steps]]
signal = "停办"
[[steps]]
signal = "停办"
refused = "unmatched"
[[steps]]
expect = { signals = [], timers = ["later"], trail = ["signal 停办"] }
[[steps]]
pass = "5d"
[expect]
thrown = ["停办"]
"""
    report = play(source, known, own, others)
    assert [result.message for result in report.results] == ["", ""]
    assert report.ready

    nobody = play(source, known, others.replace('signal = "停办"\n[[', 'signal = "别的"\n[['))
    assert "没有人等信号“别的”" in nobody.results[0].message
    waited_for = others.replace('signal = "停办"\n[[', 'signal = "停办"\nrefused = "unmatched"\n[[')
    assert "不应当有人等信号“停办”" in play(source, known, waited_for).results[0].message


def test_an_operation_may_last_and_its_timers_fire_meanwhile(known: Known) -> None:
    body = start() + service("each", "echo", {"said": '="all"'}, {}, props(**{"async": "true"}))
    body += boundary("late", "each", timer("timeDuration", "P5D"), interrupting=False)
    body += user("urge") + user("close") + end() + end("F")
    body += line("S", "each", "close", "E") + line("late", "urge", "F")
    source = source_of(process(body))
    told = """
title = "拖了十天"
now = 2026-03-02T09:00:00
lasts = { "echo" = 2026-03-12 }
[[steps]]
expect = { waiting = [], operations = [], timers = ["late"] }
[[steps]]
until = 2026-03-08
[[steps]]
expect = { waiting = ["urge"], operations = [] }
[[steps]]
do = "urge"
[[steps]]
until = 2026-03-12
[[steps]]
expect = { waiting = ["close"], operations = ["echo"] }
[[steps]]
do = "close"
[expect]
ended_at = "E"
"""
    at_once = """
title = "当时就答复"
[[steps]]
expect = { waiting = ["close"], operations = ["echo"] }
[[steps]]
do = "close"
"""
    report = play(source, known, told, at_once)
    assert [result.message for result in report.results] == ["", ""]
    assert report.ready
