"""What the demonstration loads beside its federation: read from ``content.toml``.

No Python names a process: which are deployed, which cases are begun, and how far each goes is
data, as is how a household fills in the forms (``filled/KEY.toml``).
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from engine.errors import Broken

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class AreaParameter:
    """A dated value of a parameter for the area of an organisation, named by its code."""

    name: str
    code: str
    valid_from: date
    value: object
    unit: str
    source: str


@dataclass(frozen=True)
class Plan:
    """Cases that go alike: a scenario of the process, up to a step that is left open.

    ``stop_before``: the element id of that step, ``id#2`` for its second time, the name of a
    message that does not come, ``pass`` for the first stretch of time that goes by; empty: to the
    end. ``waited``: for how many working days it has been so, from and to; twice 0: the last deed
    is done now. ``plight``: which households; empty: any. ``areas``: codes of the federations they
    are approved in; none: all. ``built_by_county``: the file is one of a county's own window.
    ``known``: the applicant is the ``head`` or a ``member`` of a household on file, or a
    ``housemate``, whose household has its file in the same county; ``file``: the case is about
    such a household. ``at_level``: the case is begun for the union of this level above the
    household's own; empty: for its own. ``heir_from``: from this deed on the spouse is the head.
    ``claimed`` and ``drafted``: the parts, of 1, of the open steps that somebody holds or has half
    filled in.
    """

    process: str
    scenario: str
    how_many: int
    stop_before: str
    waited: tuple[float, float]
    plight: str
    claimed: float
    drafted: float
    areas: tuple[str, ...] = ()
    known: str = ""
    heir_from: str = ""
    built_by_county: bool = False
    at_level: str = ""

    @property
    def ends_now(self) -> bool:
        """Whether the last deed is done at the very end, when everything else is loaded."""
        return self.waited == (0.0, 0.0)


@dataclass(frozen=True)
class Round:
    """Something that people of the offices do beside their cases: ``told`` says what."""

    kind: str
    by: str
    told: Mapping[str, Any]


@dataclass(frozen=True)
class Content:
    """All of it.

    ``standard`` is the parameter that plights are drawn against, ``applying`` how often each
    plight comes among those who apply.
    ``receipts``: the part, of 1, of the applicants who are handed one where the process gives any.
    ``shown_to``: a user whose union has ``shown_part``, of 1, of the cases, so that a visitor who
    signs in as her finds something to do.
    """

    processes: tuple[str, ...]
    example: str
    standard: str
    applying: Mapping[str, int]
    shown_to: str
    shown_part: float
    parameters: tuple[AreaParameter, ...]
    plans: tuple[Plan, ...]
    receipts: float = 0.0
    rounds: tuple[Round, ...] = ()

    def standard_on(self, codes: Sequence[str], day: date) -> Decimal:
        """The standard on a day where organisations of these codes lie, the nearest first.

        Broken where there is none yet.
        """
        rows = [row for row in self.parameters if row.name == self.standard]
        for code in codes:
            held = [row for row in rows if row.code == code and row.valid_from <= day]
            if held:
                return Decimal(str(max(held, key=lambda row: row.valid_from).value))
        raise Broken(f"演示数据里 {day} 没有“{self.standard}”的值,content.toml 须补上。")


def demo_content() -> Content:
    """Read ``content.toml``."""
    with (_HERE / "content.toml").open("rb") as file:
        read = tomllib.load(file)
    return Content(
        processes=tuple(read["processes"]),
        example=read["example"],
        standard=read["standard"],
        applying=read["applying"],
        shown_to=read["shown"]["to"],
        shown_part=read["shown"]["part"],
        parameters=tuple(_parameters(read["parameters"])),
        plans=tuple(
            _plan(group["process"], row) for group in read["cases"] for row in group["plans"]
        ),
        receipts=float(read["receipts"]),
        rounds=tuple(Round(row["kind"], row["by"], row) for row in read["rounds"]),
    )


def _plan(process: str, row: Any) -> Plan:
    return Plan(
        process=process,
        scenario=row["scenario"],
        how_many=row["how_many"],
        stop_before=row.get("stop_before", ""),
        waited=(float(row["waited"][0]), float(row["waited"][1])),
        plight=row.get("plight", ""),
        claimed=row.get("claimed", 0.3),
        drafted=row.get("drafted", 0.0),
        areas=tuple(row.get("areas", ())),
        known=row.get("known", ""),
        heir_from=row.get("heir_from", ""),
        built_by_county=row.get("built_by_county", False),
        at_level=row.get("at_level", ""),
    )


def _parameters(rows: Sequence[Any]) -> Iterator[AreaParameter]:
    for row in rows:
        for code, values in row["values"].items():
            for day, value in values.items():
                since = date.fromisoformat(day)
                yield AreaParameter(row["name"], code, since, value, row["unit"], row["source"])


@dataclass(frozen=True)
class Answers:
    """How a household fills in a process.

    ``of``: element id (or ``start``) → field → value or FEEL. ``between``: steps that a county's
    parameters bring in and that not every scenario knows. ``again``: those that a scenario has
    once, and that come again in a household of other people than its own. ``wrong``: element id →
    what is put right in the household's file before that step is done.
    """

    of: Mapping[str, Mapping[str, object]]
    between: frozenset[str] = frozenset()
    again: frozenset[str] = frozenset()
    wrong: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@cache
def answers_of(process: str) -> Answers:
    """Read ``filled/KEY.toml``; without it the scenarios' own data stand."""
    path = _HERE / "filled" / f"{process}.toml"
    if not path.is_file():
        return Answers({})
    with path.open("rb") as file:
        read = tomllib.load(file)
    between, again = frozenset(read.pop("between", ())), frozenset(read.pop("again", ()))
    wrong = read.pop("wrong", {})
    return Answers(read, between, again, wrong)
