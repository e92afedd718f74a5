"""Processes as values: the list, one process with its diagram, and the checks of an upload."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from flask import url_for

from engine import Actor, Engine
from engine.definitions.asked import names_in_text
from engine.errors import Finding
from engine.model.cases import NOT_OVER
from engine.model.clock import local_date
from engine.model.definitions import Element, ElementKind
from engine.model.parameters import ParameterRule
from engine.runtime import Program
from engine.store.definitions import DefinitionRow
from webapp.definitions.drawings import FoundOnDrawing, places_of
from webapp.definitions.scenarios import ShownScenarios, names_in, shown_scenarios
from webapp.forms.shown import in_language
from webapp.reading.diagrams import ShownDiagram
from webapp.shared.english import said_by
from webapp.shared.items import named
from webapp.shared.language import _, is_english, spoken
from webapp.shared.navigation import Shell
from webapp.shared.page import Page
from webapp.shared.parameter_words import title_of, value_words
from webapp.shared.places import PlaceNames
from webapp.shared.words import NOTHING, amount, moment


@dataclass(frozen=True)
class ProcessRow:
    """One process."""

    href: str
    name: str
    key: str
    version: int
    started_by: str
    deployed: str
    open_cases: int


@dataclass(frozen=True)
class ProcessListPage(Page):
    """Every process."""

    template: ClassVar[str] = "definitions/list.html"

    rows: tuple[ProcessRow, ...]
    can_deploy: bool

    @property
    def title(self) -> str:
        """流程管理."""
        return _("流程管理")


@dataclass(frozen=True)
class StepRow:
    """One step of a process: who does it, how long she has, how many cases stand there."""

    name: str
    process: str
    lane: str
    deadline: str
    not_same_as: str
    form: str
    cases: int
    href: str


@dataclass(frozen=True)
class VersionRow:
    """One deployed version."""

    version: int
    deployed: str
    by: str
    active: int
    ended: int
    is_shown: bool
    href: str


@dataclass(frozen=True)
class ProcessPage(Page):
    """One process, in one version."""

    template: ClassVar[str] = "definitions/show.html"

    name: str
    key: str
    version: int
    documentation: str
    owner: str
    total_limit: str
    diagrams: tuple[ShownDiagram, ...]
    steps: tuple[StepRow, ...]
    open_cases: int
    called_steps: int
    versions: tuple[VersionRow, ...]
    scenarios: ShownScenarios | None
    compare: str = ""
    migrate: str = ""

    @property
    def title(self) -> str:
        """流程 · 名称."""
        return f"{_('流程')} · {self.name}"


@dataclass(frozen=True)
class FindingRow:
    """One finding in the language of the page; ``hint`` says what to do."""

    is_error: bool
    message: str
    hint: str
    file: str
    element: str
    line: str
    code: str
    drawing: str
    """The name of the drawing it can be shown on; empty where there is none."""
    places: tuple[str, ...]


@dataclass(frozen=True)
class DeployedVersion:
    """What was just deployed; ``compare`` is empty for a first version."""

    name: str
    href: str
    compare: str


@dataclass(frozen=True)
class CheckedFiles:
    """Files that passed the check, packed to come back with the button, and their names."""

    packed: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class UploadPage(Page):
    """Checking and deploying files."""

    template: ClassVar[str] = "definitions/upload.html"

    message: str
    is_good: bool
    findings: tuple[Finding, ...]
    deployed: tuple[DeployedVersion, ...]
    scenarios: tuple[ShownScenarios, ...] = ()
    drawings: tuple[FoundOnDrawing, ...] = ()
    checked: CheckedFiles | None = None

    @property
    def title(self) -> str:
        """检查与部署."""
        return _("检查与部署")

    @property
    def rows(self) -> tuple[FindingRow, ...]:
        """The findings in the language of the page, what forbids the deployment first."""
        in_english = is_english()
        drawn = {one.file: one.name for one in self.drawings}
        return tuple(
            FindingRow(
                one.severity == "error",
                one.message_en if in_english else one.message,
                one.hint_en if in_english else one.hint,
                one.file,
                one.element_id or "",
                str(one.line or ""),
                one.code,
                drawn.get(one.file, "") if places_of(one) else "",
                places_of(one),
            )
            for one in sorted(self.findings, key=lambda one: one.severity != "error")
        )

    @property
    def errors(self) -> int:
        """How many findings forbid the deployment."""
        return sum(one.severity == "error" for one in self.findings)


def refusal_in_words(message: str, findings: Sequence[Finding]) -> str:
    """Why nothing was deployed; on an English page in English."""
    errors = sum(one.severity == "error" for one in findings)
    if not errors or not is_english():
        return spoken(message)
    return _("检查发现 %(n)s 处错误,未部署。请按提示修改后再试。", n=errors)


def process_list(shell: Shell, engine: Engine, places: PlaceNames, actor: Actor) -> ProcessListPage:
    """Every process in its newest version."""
    per_version = engine.definitions.cases_per_version(actor)
    return ProcessListPage(
        shell,
        tuple(
            ProcessRow(
                url_for("definitions.show", key=row.key),
                named(row.name, row.key),
                row.key,
                row.version,
                places.role(row.start_role) if row.start_role else _("由其他流程调用"),
                moment(row.deployed_at),
                sum(
                    number
                    for (definition_id, status), number in per_version.items()
                    if definition_id.rpartition(":")[0] == row.key and status in NOT_OVER
                ),
            )
            for row in engine.definitions.latest()
        ),
        actor.holds(engine.definitions.DESIGNER),
    )


def process_page(
    shell: Shell, engine: Engine, actor: Actor, rows: Sequence[DefinitionRow], version: int
) -> ProcessPage:
    """One version of a process with its diagrams and the cases at each step."""
    row = next((one for one in rows if one.version == version), rows[0])
    program = engine.definitions.get(row.id)[1]
    counts = {
        (key, element): number
        for key, element, _name, number in engine.definitions.open_per_step(actor)
    }
    said = _Said(engine, actor.organisation_id, _names_around(engine, program))
    per_version = engine.definitions.cases_per_version(actor)
    info = program.info
    return ProcessPage(
        shell=shell,
        name=said_by(program, info.name),
        key=row.key,
        version=row.version,
        documentation=said_by(program, info.documentation),
        owner=info.owner,
        total_limit=said.limit(info.total_limit) if info.total_limit else "",
        diagrams=_diagrams(program, row, counts),
        steps=_steps(
            program, said, counts, "" if engine.definitions.counts_everywhere(actor) else row.key
        ),
        open_cases=_sum(per_version, row.id),
        called_steps=sum(number for (key, _), number in counts.items() if key == row.key)
        if not row.start_role
        else 0,
        versions=tuple(_version(engine, one, row, per_version) for one in rows),
        scenarios=_scenarios(engine, row, program),
        compare=url_for("versions.compare", key=row.key) if len(rows) > 1 else "",
        migrate=url_for("versions.migrate", key=row.key)
        if len(rows) > 1 and actor.holds(engine.definitions.DESIGNER)
        else "",
    )


def _scenarios(engine: Engine, row: DefinitionRow, program: Program) -> ShownScenarios | None:
    record = engine.definitions.scenarios(row.id)
    return (
        None
        if record is None
        else shown_scenarios(record, said_by(program, row.name), names_in(program))
    )


def _sum(per_version: Mapping[tuple[str, str], int], definition_id: str) -> int:
    return sum(
        n
        for (found, status), n in per_version.items()
        if found == definition_id and status in NOT_OVER
    )


def _diagrams(
    program: Program, row: DefinitionRow, counts: Mapping[tuple[str, str], int]
) -> tuple[ShownDiagram, ...]:
    keys = [program.key, *(key for key in program.processes if key != program.key)]
    return tuple(
        ShownDiagram(
            said_by(program, program.processes[key].name),
            url_for("definitions.diagram", key=row.key, version=row.version, process_key=key),
            counts=tuple(
                f"{element.id}={counts[key, element.id]}"
                for element in program.elements(key)
                if counts.get((key, element.id))
            ),
        )
        for key in keys
    )


@dataclass(frozen=True)
class _Said:
    """What a page needs to say a step in words: today's parameters, the names of other steps."""

    engine: Engine
    organisation_id: str
    names: Mapping[str, str]

    def limit(self, text: str) -> str:
        """A limit as the file says it: an amount, or the parameters it asks with today's values."""
        if not text.startswith("="):
            return amount(text)
        rules = self.engine.settings.rules
        asked = [rules[name] for name in names_in_text(text) if name in rules]
        return _("、").join(self._parameter(rule) for rule in asked) or _("按业务参数")

    def _parameter(self, rule: ParameterRule) -> str:
        today = local_date(self.engine.clock.now())
        value = self.engine.settings.value(rule.name, self.organisation_id, today)
        words = value_words(rule, None if value is None else value.value)
        return _("%(title)s(现为 %(value)s)", title=title_of(rule), value=words)


def _names_around(engine: Engine, program: Program) -> Mapping[str, str]:
    """The names of a program's steps and, where it is called, of those that call it.

    A step of a called process may have to differ from one of the process that calls it.
    """
    around = (engine.definitions.get(row.id)[1] for row in engine.definitions.latest())
    callers = [one for one in around if program.key in one.processes]
    return {
        element.id: said_by(one, element.name)
        for one in (*callers, program)
        for key in one.processes
        for element in one.elements(key)
        if element.name
    }


def _steps(
    program: Program, said: _Said, counts: Mapping[tuple[str, str], int], key: str
) -> tuple[StepRow, ...]:
    """The steps; their numbers lead to the cases of ``key``, or nowhere without one."""
    return tuple(
        _step(program, said, element, counts.get((element.process_key, element.id), 0), key)
        for process_key in (program.key, *(k for k in program.processes if k != program.key))
        for element in program.elements(process_key)
        if element.kind is ElementKind.USER_TASK
    )


def _step(program: Program, said: _Said, element: Element, cases: int, key: str) -> StepRow:
    form = program.form_of(element)
    return StepRow(
        name=said_by(program, element.name) or element.id,
        process=""
        if element.process_key == program.key
        else said_by(program, program.processes[element.process_key].name),
        lane="" if element.lane is None else said_by(program, element.lane.name),
        deadline=said.limit(element.deadline) if element.deadline else NOTHING,
        not_same_as=_("、").join(_kept_apart(element, said.names)),
        form=NOTHING if form is None else in_language(form).title,
        cases=cases,
        href=url_for("cases.listing", process=key, step=element.id) if key else "",
    )


def _kept_apart(element: Element, names: Mapping[str, str]) -> list[str]:
    """The steps that another person must have done, with those that a small unit may relax."""
    return [
        _("%(step)s(最小岗位方案可同一人)", step=names.get(one, one))
        if one in element.same_in_small_units
        else names.get(one, one)
        for one in element.not_same_person_as
    ]


def _version(
    engine: Engine,
    one: DefinitionRow,
    shown: DefinitionRow,
    per_version: Mapping[tuple[str, str], int],
) -> VersionRow:
    total = sum(number for (found, _status), number in per_version.items() if found == one.id)
    active = _sum(per_version, one.id)
    return VersionRow(
        version=one.version,
        deployed=moment(one.deployed_at),
        by=_deployer(engine, one.deployed_by),
        active=active,
        ended=total - active,
        is_shown=one.version == shown.version,
        href=url_for("definitions.show", key=one.key, version=one.version),
    )


def _deployer(engine: Engine, person_id: str | None) -> str:
    names = {person.id: person.name for person in engine.directory.people()}
    return names.get(person_id or "", _("系统"))
