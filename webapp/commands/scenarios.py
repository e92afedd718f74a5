"""``bangfu scenarios [KEY]``: play the scenarios of processes, without a database."""

from engine.definitions.scenarios import ScenarioReport, run_folder
from engine.model.scenarios import ScenarioRecord
from webapp.commands.folders import form_folder, process_folder, process_keys, refuse_unknown
from webapp.commands.speaking import DONE, FOUND_WRONG, Call, Commands, say, say_json
from webapp.opening import operations
from webapp.standard.parameters import beginning_values


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add("scenarios", "运行流程的场景,并列出没有走到的地方", scenarios)
    parser.add_argument("keys", nargs="*", metavar="KEY", help="流程编号;不写就运行全部")
    parser.add_argument("--json", action="store_true", help="每个流程一行 JSON")


def scenarios(call: Call) -> int:
    """Play and report; exit code 1 unless every process is ready."""
    processes = process_folder()
    keys: list[str] = call.words.keys
    refuse_unknown(processes, keys)
    is_ready = True
    for key in keys or process_keys(processes):
        report = run_folder(processes, form_folder(), key, operations(), beginning_values())
        is_ready = is_ready and report.ready
        if call.words.json:
            say_json(report.as_json())
        else:
            say(*_told(report))
    return DONE if is_ready else FOUND_WRONG


def covered(record: ScenarioRecord) -> str:
    """How many passed and how far they went, in a line."""
    return (
        f"{record.process}:{record.passed}/{len(record.lines)} 个场景通过,"
        f"走到 {record.elements_covered}/{record.elements} 个环节、"
        f"{record.flows_covered}/{record.flows} 条连线"
    )


def _told(report: ScenarioReport) -> list[str]:
    coverage = report.coverage
    lines = [covered(report.record())]
    lines += [
        f"  {'通过' if one.passed else '没有通过'} {one.name} {one.title}"
        + (f":{one.message}" if one.message else "")
        for one in report.results
    ]
    if not report.results:
        lines.append("  还没有场景。请在 scenarios/ 里写一个。")
    elif coverage.missed:
        lines.append(f"  没有场景走到:{'、'.join(coverage.missed)}")
    return lines
