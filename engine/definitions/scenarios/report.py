"""Adding up scenarios: which went as written, and what none of them has gone through."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from engine.definitions.bpmn_xml import give_flow_ids, read_bpmn
from engine.definitions.diagram import read_processes
from engine.definitions.folder import folder_source
from engine.definitions.known import OperationInterface
from engine.definitions.scenarios.playing import Failed, Player
from engine.definitions.scenarios.reading import Scenario, read_scenarios
from engine.errors import Refused
from engine.model.definitions import DefinitionSource
from engine.model.scenarios import ScenarioLine, ScenarioRecord
from engine.model.straightening import is_put_in
from engine.runtime import Passed, Program, ProgramRefused, compile_program


@dataclass(frozen=True)
class ScenarioResult:
    """How one scenario went; ``message`` says in Chinese where it did not go as written."""

    name: str
    title: str
    passed: bool
    message: str = ""


@dataclass(frozen=True)
class Coverage:
    """What of a diagram the passed scenarios have gone through; ids in file order."""

    elements: tuple[str, ...] = ()
    flows: tuple[str, ...] = ()
    elements_covered: frozenset[str] = frozenset()
    flows_covered: frozenset[str] = frozenset()

    @property
    def missed(self) -> tuple[str, ...]:
        """Ids of elements, then of flows, that no scenario has gone through."""
        elements = [one for one in self.elements if one not in self.elements_covered]
        return (*elements, *(one for one in self.flows if one not in self.flows_covered))


@dataclass(frozen=True)
class ScenarioReport:
    """All scenarios of a process.

    ``called`` is what they have gone through of the processes it calls; those are ready when the
    scenarios of their own folders leave nothing out.
    """

    process: str
    results: tuple[ScenarioResult, ...]
    coverage: Coverage = field(default_factory=Coverage)
    called: Mapping[str, Coverage] = field(default_factory=dict)

    @property
    def passed(self) -> int:
        """How many went as written."""
        return sum(1 for result in self.results if result.passed)

    @property
    def ready(self) -> bool:
        """Whether there are scenarios, all passed, and nothing was left out."""
        return bool(self.results) and self.passed == len(self.results) and not self.coverage.missed

    def record(self) -> ScenarioRecord:
        """What is kept with the version that the scenarios were played on."""
        return ScenarioRecord(
            self.process,
            tuple(ScenarioLine(r.name, r.title, r.passed, r.message) for r in self.results),
            len(self.coverage.elements),
            len(self.coverage.elements_covered),
            len(self.coverage.flows),
            len(self.coverage.flows_covered),
            self.coverage.missed,
        )

    def as_json(self) -> dict[str, object]:
        """The line that ``bangfu scenarios --json`` prints."""
        return self.record().as_counts()


def run_folder(
    processes: Path,
    forms: Path,
    key: str,
    operations: Mapping[str, OperationInterface] | None = None,
    parameters: Mapping[str, object] | None = None,
) -> ScenarioReport:
    """Play ``processes/KEY/scenarios/*.toml`` with the files as they lie in the folders.

    Raises NotFound or Invalid when the process itself cannot be read.
    """
    source = folder_source(processes, forms, key)
    scenarios = read_scenarios(processes / key / "scenarios")
    return run_scenarios(source, scenarios, operations, parameters)


def run_scenarios(
    source: DefinitionSource,
    scenarios: Sequence[Scenario],
    operations: Mapping[str, OperationInterface] | None = None,
    parameters: Mapping[str, object] | None = None,
) -> ScenarioReport:
    """Play scenarios of a process, without a database.

    With ``operations`` the calls and the outputs that the scenarios give are compared with the
    operations' schemas; those of unknown operations are taken as they are. ``parameters`` hold
    where a scenario does not give its own: an installation begins with them.
    """
    try:
        program = compile_program(source)
    except ProgramRefused as refused:
        told = "".join(f.told() for f in refused.findings[:5])
        message = f"流程文件不能执行:{told}"
        results = tuple(
            ScenarioResult(s.name, s.title, passed=False, message=message) for s in scenarios
        )
        return ScenarioReport(source.key, results, _coverage(source, ()))
    results_found: list[ScenarioResult] = []
    passed: list[Passed] = []
    for scenario in scenarios:
        result, gone_through = _played(
            scenario,
            lambda one=scenario: Player(program, one, operations or {}, parameters or {}),  # type: ignore[misc]
        )
        results_found.append(result)
        passed += gone_through
    return ScenarioReport(
        source.key,
        tuple(results_found),
        _coverage(source, passed),
        {key: _coverage(found, passed) for key, found in _all_called(source, program).items()},
    )


def _played(
    scenario: Scenario, player_of: Callable[[], Player]
) -> tuple[ScenarioResult, tuple[Passed, ...]]:
    """How one went, and the elements it left if it went as written."""
    message = scenario.fault or ""
    passed: tuple[Passed, ...] = ()
    if not message:
        try:
            player = player_of()
            player.play()
            passed = player.passed
        except Failed as failure:
            message = failure.message
        except Refused as refused:
            message = refused.message
        except MemoryError:  # the others would fail as well: whoever set the limit tells it
            raise
        except Exception as failure:  # noqa: BLE001 - one scenario must not hide the others
            message = f"场景没有跑完({type(failure).__name__}: {failure})。"
    result = ScenarioResult(scenario.name, scenario.title, passed=not message, message=message)
    return result, passed


def _coverage(source: DefinitionSource, passed: Iterable[Passed]) -> Coverage:
    root = read_bpmn(source.bpmn, source.bpmn_name)
    give_flow_ids(root)
    process = next((p for p in read_processes(root, source.bpmn_name) if p.key == source.key), None)
    if process is None:
        return Coverage()
    own = [one for one in passed if one.process_key == source.key]
    elements = tuple(node for node in process.nodes if not is_put_in(node))
    flows = tuple(flow.id for flow in process.flows if not is_put_in(flow.id))
    taken = {flow for one in own for flow in one.flow_ids}
    return Coverage(
        elements,
        flows,
        frozenset(one.element_id for one in own) & frozenset(elements),
        frozenset(taken) & frozenset(flows),
    )


def _all_called(source: DefinitionSource, program: Program) -> dict[str, DefinitionSource]:
    found: dict[str, DefinitionSource] = {}
    waiting = list(source.called.values())
    while waiting:
        called = waiting.pop()
        if called.key not in found and called.key in program.processes:
            found[called.key] = called
            waiting += called.called.values()
    return dict(sorted(found.items()))
