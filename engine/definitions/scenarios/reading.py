"""Reading scenario files: TOML in, values out, every slip of the pen a fault."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path

from engine.definitions.known import LEVELS
from engine.errors import Invalid
from engine.model.clock import ZONE, last_instant
from engine.model.deadlines import Deadline
from engine.model.toml import UnreadableToml, read_toml

DEFAULT_START = datetime(2026, 3, 2, 9, 0, tzinfo=ZONE)
"""A Monday morning."""

REFUSALS_OF_DO = frozenset({"validation", "separation-of-duties", "task-not-open", "blocked"})
REFUSAL_OF_MESSAGE = "unmatched"
EXPECTABLE: Mapping[str, type] = {
    "waiting": list,
    "timers": list,
    "messages": list,
    "signals": list,
    "thrown": list,
    "due": dict,
    "options": dict,
    "ended_at": str,
    "open": bool,
    "variables": dict,
    "absent": list,
    "milestones": list,
    "operations": list,
    "trail": list,
    "rules": dict,
    "incidents": list,
}
_TOP = frozenset(
    {
        "title",
        "process",
        "tells",
        "now",
        "case",
        "about",
        "parameters",
        "small_unit",
        "unfinished",
        "start",
        "world",
        "data",
        "operations",
        "lasts",
        "steps",
        "expect",
    }
)
_STEP_KEYS: Mapping[str, frozenset[str]] = {
    "do": frozenset({"data", "data_from", "by", "level", "refused", "fields", "item"}),
    "pass": frozenset(),
    "until": frozenset(),
    "message": frozenset({"key", "data", "data_from", "refused"}),
    "signal": frozenset({"refused"}),
    "expect": frozenset(),
}
MOST_STEPS = 500
_YEARS = range(1900, 2201)
LARGEST_FILE = 1024 * 1024

Table = Mapping[str, object]
Records = Callable[[str, str], Table]
"""Gives the table of a data file by file name and record name.

Raises KeyError with what is missing: the file, or the record in it.
"""


class ScenarioFault(Exception):
    """A scenario file is written wrongly; ``message`` is a Chinese sentence."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Do:
    """Complete an open user task. ``element`` may be ``process_key/element_id``.

    ``item`` are numbers or names of the items it is for, the innermost last.
    """

    element: str
    data: Table
    by: str | None = None
    level: str | None = None
    item: tuple[int | str, ...] = ()
    refused: str | None = None
    fields: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Pass:
    """Let a limit such as ``5wd`` go by."""

    limit: Deadline


@dataclass(frozen=True)
class Until:
    """Let time go by up to an instant (UTC)."""

    instant: datetime


@dataclass(frozen=True)
class Deliver:
    """Deliver a message. ``key`` None: to the only wait of that name."""

    name: str
    data: Table
    key: object = None
    refused: str | None = None


@dataclass(frozen=True)
class Hear:
    """Another case throws a signal: all waits of that name hear it."""

    name: str
    refused: str | None = None


@dataclass(frozen=True)
class Look:
    """Compare without changing anything."""

    expected: Table


Action = Do | Pass | Until | Deliver | Hear | Look


@dataclass(frozen=True)
class Scenario:
    """One case told step by step. ``fault`` says why a file could not be read."""

    name: str
    title: str
    now: datetime = DEFAULT_START
    tells: str = ""
    process: str = ""
    """The process it belongs to, where its folder does not say."""
    case: Table = field(default_factory=dict)
    parameters: Table = field(default_factory=dict)
    start: Table = field(default_factory=dict)
    about: Table = field(default_factory=dict)
    """What the variable ``about`` says, for a process with ``startsFrom``."""
    operations: Mapping[str, tuple[Table, ...]] = field(default_factory=dict)
    """What each operation gives: call by call, the last of them for all that follow."""
    lasts: Mapping[str, datetime] = field(default_factory=dict)
    """Until when an asynchronous operation goes on; the others answer at once."""
    small_unit: bool = False
    """Whether the units have declared a separation profile."""
    unfinished: bool = False
    """Whether another case begins it, with a start form that lacks answers."""
    steps: tuple[Action, ...] = ()
    expected: Table = field(default_factory=dict)
    fault: str | None = None


def read_scenarios(folder: Path) -> tuple[Scenario, ...]:
    """The scenarios of ``processes/KEY/scenarios``, by name; faulty ones carry their fault."""
    found: list[Scenario] = []
    records = _records_in(folder / "data")
    for path in sorted(folder.glob("*.toml")):
        try:
            found.append(read_scenario(_content(path), path.stem, records))
        except ScenarioFault as fault:
            found.append(Scenario(path.stem, path.stem, fault=fault.message))
    return tuple(found)


def _no_records(file: str, _name: str) -> Table:
    raise KeyError(file)


def read_scenario(content: bytes, name: str, records: Records = _no_records) -> Scenario:
    """Read one file; raises ScenarioFault with a sentence that says where it is wrong."""
    top = _toml(content)
    _known_keys(top, _TOP, "文件")
    title = top.get("title")
    if not isinstance(title, str) or not title.strip():
        raise ScenarioFault("缺少 title(一行标题)。")
    expected = _expectation(_table(top, "expect"), "[expect]")
    given = _GivenData(_tables(top, "data"), records)
    world = _world(top, records)
    small_unit = _yes_or_no(top, "small_unit")
    return Scenario(
        name=name,
        title=title.strip(),
        now=_start_instant(top.get("now", DEFAULT_START)),
        tells=str(top.get("tells", "")),
        process=str(top.get("process", "")),
        case=plain_table(_table(top, "case")),
        parameters=plain_table({**world("parameters"), **_table(top, "parameters")}),
        start=plain_table(_table(top, "start")),
        about=plain_table(_table(top, "about")),
        operations=_operations({**world("operations"), **_table(top, "operations")}),
        lasts={
            name: _instant(until, f"lasts.{name}") for name, until in _table(top, "lasts").items()
        },
        small_unit=small_unit,
        unfinished=_yes_or_no(top, "unfinished"),
        steps=tuple(_steps(top.get("steps", []), given)),
        expected=expected,
    )


def _yes_or_no(top: Table, name: str) -> bool:
    value = top.get(name, False)
    if not isinstance(value, bool):
        raise ScenarioFault(f"{name} 只能是 true 或 false。")
    return value


def _operations(given: Table) -> dict[str, tuple[Table, ...]]:
    found: dict[str, tuple[Table, ...]] = {}
    for name, value in given.items():
        answers = value if isinstance(value, list) else [value]
        tables = [plain_table(one) for one in answers if isinstance(one, Mapping)]
        if not tables or len(tables) != len(answers):
            raise ScenarioFault(f"operations.{name} 须是一张表,或几张表(依次是每次调用的输出)。")
        found[name] = tuple(tables)
    return found


def _world(top: Table, records: Records) -> Callable[[str], Table]:
    """What several scenarios share: the parameters and operations of ``data/<world>``."""
    file = top.get("world")

    def table(name: str) -> Table:
        if file is None:
            return {}
        try:
            return records(str(file), name)
        except KeyError:
            raise ScenarioFault(f"world 指的文件 scenarios/data/{file} 里没有 [{name}]。") from None

    return table


def plain(value: object) -> object:
    """A TOML value as JSON would hold it: dates and times become ISO text."""
    if isinstance(value, Mapping):
        return plain_table(value)
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return value


def plain_table(table: Table) -> dict[str, object]:
    """A table as JSON would hold it."""
    return {str(key): plain(value) for key, value in table.items()}


@dataclass(frozen=True)
class _GivenData:
    """The records a scenario may refer to."""

    named: Mapping[str, Table]
    records: Records

    def of(self, step: Table, where: str) -> dict[str, object]:
        """``data`` laid over the record that ``data_from`` names."""
        found: dict[str, object] = {}
        reference = step.get("data_from")
        if reference is not None:
            found.update(self._record(str(reference), where))
        data = step.get("data", {})
        if not isinstance(data, Mapping):
            raise ScenarioFault(f"{where}的 data 须是一张表。")
        found.update(data)
        return plain_table(found)

    def _record(self, reference: str, where: str) -> Table:
        file, _, name = reference.rpartition("#")
        try:
            return self.records(file, name) if file else self.named[reference]
        except KeyError as missing:
            if file and str(missing.args[0]).endswith(file):
                raise ScenarioFault(
                    f"{where}的 data_from 用到“{file}”,文件里没有,请连同它一起给出。"
                ) from None
            raise ScenarioFault(f"{where}的 data_from“{reference}”不存在。") from None


def _steps(steps: object, given: _GivenData) -> Sequence[Action]:
    if not isinstance(steps, list):
        raise ScenarioFault("steps 须写成 [[steps]]。")
    if len(steps) > MOST_STEPS:
        raise ScenarioFault(f"步骤超过 {MOST_STEPS} 个。")
    return [_step(step, f"第 {number} 步", given) for number, step in enumerate(steps, start=1)]


def _step(step: object, where: str, given: _GivenData) -> Action:
    if not isinstance(step, Mapping):
        raise ScenarioFault(f"{where}须是一张表。")
    kinds = [kind for kind in _STEP_KEYS if kind in step]
    if len(kinds) != 1:
        raise ScenarioFault(f"{where}须是 {'、'.join(_STEP_KEYS)} 中的一种,现在是:{list(step)}。")
    kind = kinds[0]
    _known_keys(step, _STEP_KEYS[kind] | {kind}, where)
    match kind:
        case "do":
            return _do(step, where, given)
        case "message":
            return _message(step, where, given)
        case "signal":
            return Hear(_text(step["signal"], f"{where}的 signal"), _unmatched(step, where))
        case "pass":
            try:
                return Pass(Deadline.parse(str(step["pass"])))
            except Invalid as problem:
                raise ScenarioFault(f"{where}:{problem.message}") from None
        case "until":
            return Until(_instant(step["until"], f"{where}的 until"))
        case _:
            table = step["expect"]
            if not isinstance(table, Mapping):
                raise ScenarioFault(f"{where}的 expect 须是一张表。")
            return Look(_expectation(table, f"{where}的 expect"))


def _do(step: Table, where: str, given: _GivenData) -> Do:
    refused = step.get("refused")
    if refused is not None and refused not in REFUSALS_OF_DO:
        raise ScenarioFault(f"{where}的 refused 只能是 {'、'.join(sorted(REFUSALS_OF_DO))}。")
    fields = step.get("fields")
    if fields is not None and (refused != "validation" or not isinstance(fields, list)):
        raise ScenarioFault(f'{where}的 fields 须是列表,并与 refused = "validation" 一起用。')
    by = step.get("by")
    return Do(
        element=_text(step["do"], f"{where}的 do"),
        data=given.of(step, where),
        by=None if by is None else _text(by, f"{where}的 by"),
        level=_level(step.get("level"), where),
        item=_item(step.get("item", []), where),
        refused=None if refused is None else str(refused),
        fields=None if not isinstance(fields, list) else tuple(str(one) for one in fields),
    )


def _item(value: object, where: str) -> tuple[int | str, ...]:
    listed = value if isinstance(value, list) else [value]
    items = tuple(one for one in listed if isinstance(one, int | str) and not isinstance(one, bool))
    if len(items) != len(listed) or any(isinstance(one, int) and one < 1 for one in items):
        raise ScenarioFault(
            f"{where}的 item 须是从 1 数起的整数、每项的名称,或(项里又有项时)由外到内的列表。"
        )
    return items


def _level(value: object, where: str) -> str | None:
    if value is None or value in LEVELS:
        return None if value is None else str(value)
    raise ScenarioFault(f"{where}的 level 只能是 {'、'.join(LEVELS)} 之一。")


def _message(step: Table, where: str, given: _GivenData) -> Deliver:
    return Deliver(
        name=_text(step["message"], f"{where}的 message"),
        data=given.of(step, where),
        key=plain(step.get("key")),
        refused=_unmatched(step, where),
    )


def _unmatched(step: Table, where: str) -> str | None:
    refused = step.get("refused")
    if refused is not None and refused != REFUSAL_OF_MESSAGE:
        raise ScenarioFault(f"{where}的 refused 只能是 {REFUSAL_OF_MESSAGE}。")
    return None if refused is None else str(refused)


def _expectation(table: Table, where: str) -> dict[str, object]:
    _known_keys(table, frozenset(EXPECTABLE), where)
    for key, value in table.items():
        if not isinstance(value, EXPECTABLE[key]):
            raise ScenarioFault(f"{where}的 {key} 写法不对,须是 {EXPECTABLE[key].__name__}。")
    return plain_table(table)


def read_records(content: bytes) -> Table:
    """A file of named records that scenarios share; raises ScenarioFault."""
    return _toml(content)


def _toml(content: bytes) -> Table:
    if len(content) > LARGEST_FILE:
        raise ScenarioFault("文件超过 1 MB,未读取。")
    try:
        return read_toml(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ScenarioFault("文件不是 UTF-8 编码。") from None
    except UnreadableToml as problem:
        raise ScenarioFault(f"不是正确的 TOML:{problem}。") from None


def _known_keys(table: Table, known: frozenset[str], where: str) -> None:
    unknown = sorted(set(table) - known)
    if unknown:
        raise ScenarioFault(
            f"{where}有不认识的键:{'、'.join(unknown)}。可以用:{'、'.join(sorted(known))}。"
        )


def _table(top: Table, key: str) -> Table:
    value = top.get(key, {})
    if not isinstance(value, Mapping):
        raise ScenarioFault(f"{key} 须是一张表。")
    return value


def _tables(top: Table, key: str) -> dict[str, Table]:
    found: dict[str, Table] = {}
    for name, value in _table(top, key).items():
        if not isinstance(value, Mapping):
            raise ScenarioFault(f"{key}.{name} 须是一张表。")
        found[name] = value
    return found


def _text(value: object, where: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ScenarioFault(f"{where}须是文字。")
    return value.strip()


def _start_instant(value: object) -> datetime:
    if not isinstance(value, datetime):
        raise ScenarioFault("now 须是日期时间,例如 2026-03-02T09:00:00。")
    return _instant(value, "now")


def _instant(value: object, where: str) -> datetime:
    if isinstance(value, datetime):
        local = value.replace(tzinfo=ZONE) if value.tzinfo is None else value
        if local.year in _YEARS:
            return local.astimezone(UTC)
    elif isinstance(value, date) and value.year in _YEARS:
        return last_instant(value)
    raise ScenarioFault(f"{where} 须是日期或日期时间,在 1900 年到 2200 年之间,例如 2026-03-09。")


def _content(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(LARGEST_FILE + 1)


def _records_in(folder: Path) -> Records:
    """The shared records; a file that hundreds of steps refer to is read once."""
    read: dict[Path, Table] = {}

    def record(file: str, name: str) -> Table:
        path = folder / file
        if path.parent != folder or not path.is_file():
            raise KeyError(file)
        if path not in read:
            read[path] = _toml(_content(path))
        found = read[path][name]
        if not isinstance(found, Mapping):
            raise KeyError(name)
        return found

    return record
