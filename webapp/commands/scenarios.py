"""``bangfu scenarios [KEY]``: play the scenarios of processes, without a database."""

import registry
from engine.definitions.scenarios import ScenarioReport, ScenarioResult, run_folder
from engine.model.scenarios import ScenarioRecord
from engine.sentences import in_english
from engine.work.own_operations import own_operations
from webapp.commands.findings import LANGUAGES
from webapp.commands.folders import form_folder, process_folder, process_keys, refuse_unknown
from webapp.commands.speaking import DONE, FOUND_WRONG, Call, Commands, say, say_json
from webapp.standard.parameters import beginning_values

_COVERED = {
    "zh": "{record.process}:{record.passed}/{scenarios} 个场景通过,"
    "走到 {record.elements_covered}/{record.elements} 个环节、"
    "{record.flows_covered}/{record.flows} 条连线",
    "en": "{record.process}: {record.passed} of {scenarios} scenarios passed, "
    "{record.elements_covered} of {record.elements} elements and "
    "{record.flows_covered} of {record.flows} flows were gone through",
}
_HOW = {"zh": ("没有通过", "通过"), "en": ("failed", "passed")}
_NONE_YET = {
    "zh": "  还没有场景。请在 scenarios/ 里写一个。",
    "en": "  There is no scenario yet. Write one in scenarios/.",
}
_MISSED = {"zh": "  没有场景走到:{}", "en": "  No scenario goes through: {}"}


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add("scenarios", "运行流程的场景,并列出没有走到的地方", scenarios)
    parser.add_argument("keys", nargs="*", metavar="KEY", help="流程编号;不写就运行全部")
    parser.add_argument("--json", action="store_true", help="每个流程一行 JSON")
    parser.add_argument("--language", choices=LANGUAGES, default="zh", help="用哪种语言说")


def scenarios(call: Call) -> int:
    """Play and report; exit code 1 unless every process is ready."""
    processes = process_folder()
    keys: list[str] = call.words.keys
    refuse_unknown(processes, keys)
    is_ready = True
    for key in keys or process_keys(processes):
        report = run_folder(
            processes,
            form_folder(),
            key,
            {**own_operations(), **registry.OPERATIONS},
            beginning_values(),
        )
        is_ready = is_ready and report.ready
        if call.words.json:
            say_json(report.as_json())
        else:
            say(*_told(report, call.words.language))
    return DONE if is_ready else FOUND_WRONG


def covered(record: ScenarioRecord) -> str:
    """How many passed and how far they went, in a line."""
    return _COVERED["zh"].format(record=record, scenarios=len(record.lines))


def _told(report: ScenarioReport, language: str) -> list[str]:
    record, missed = report.record(), report.coverage.missed
    lines = [_COVERED[language].format(record=record, scenarios=len(record.lines))]
    lines += [_line(one, language) for one in report.results]
    if not report.results:
        lines.append(_NONE_YET[language])
    elif missed:
        lines.append(
            _MISSED[language].format("、".join(missed) if language == "zh" else ", ".join(missed))
        )
    return lines


def _line(one: ScenarioResult, language: str) -> str:
    how = _HOW[language][one.passed]
    if language == "en":
        message = f": {in_english(one.message)}" if one.message else ""
    else:
        message = f":{one.message}" if one.message else ""
    return f"  {how} {one.name} {one.title}{message}"
