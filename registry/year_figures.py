"""The year's figures of leaving poverty: the ratio of 30 % both ways, newcomers (K09 to K11).

Nothing here lets a household leave: a figure says how many are missing, and opens its files.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from engine import Actor, Engine
from engine.errors import Invalid
from engine.store import directory
from engine.store.database import Tx
from engine.work.federation_settings import Setting
from registry.store import year_figures
from registry.store.year_figures import Figure

TARGET = Setting("exit target", 30, "年度指标:解困脱困目标", "Figures of the year: target")
BASE = Setting("exit ratio base", "year_start", "年度指标:比例的分母", "Figures of the year: base")
AT_START, WITH_NEW = "year_start", "year_total"
_FIRST_YEAR, _LAST_YEAR = 1990, 2999


@dataclass(frozen=True)
class UnitFigures:
    """The figures of a unit and all below it; shares in tenths of a percent, None of nothing."""

    organisation_id: str
    name: str
    counts: dict[Figure, int]
    target: int
    base: str

    @property
    def left(self) -> int:
        """Who left in the year, either way."""
        return self.counts[Figure.LIFTED] + self.counts[Figure.SECURED]

    @property
    def share_of_start(self) -> int | None:
        """A: of those on file on 1 January."""
        return _share(self.left, self.counts[Figure.AT_START])

    @property
    def share_with_new(self) -> int | None:
        """B: of those and of who was archived in the year."""
        return _share(self.left, self.counts[Figure.AT_START] + self.counts[Figure.NEW])

    @property
    def missing(self) -> int:
        """How many households are missing to the target, by the definition that is set."""
        whole = self.counts[Figure.AT_START]
        if self.base == WITH_NEW:
            whole += self.counts[Figure.NEW]
        return max(0, -(-whole * self.target // 100) - self.left)

    @property
    def synced_share(self) -> int | None:
        """K10: of the newcomers those helped who left or have a dated plan."""
        return _share(self.counts[Figure.SYNCED], self.counts[Figure.NEW])

    @property
    def fallen_share(self) -> int | None:
        """K11: of those who left in the year who was on file again within twelve months."""
        return _share(self.counts[Figure.FELL_BACK], self.left)


@dataclass(frozen=True)
class YearPage:
    """The figures of an area and of the units directly below it."""

    year: int
    this_year: int
    whole: UnitFigures
    units: Sequence[UnitFigures]


class YearFigures:
    """The group of questions about the figures of a year."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, actor: Actor, year: int = 0, organisation_id: str = "") -> YearPage:
        """Of what she may see below an organisation, her own without one; Invalid for a year."""
        this_year = self._engine.environment.today().year
        wanted = year or this_year
        if not _FIRST_YEAR <= wanted <= _LAST_YEAR:
            raise Invalid(f"年份“{year}”不在可查的范围内。请重新选择。")
        at = organisation_id or actor.organisation_id

        def read(tx: Tx) -> YearPage:
            environment = self._engine.environment
            target = TARGET.number(environment, tx)
            base = str(BASE.of(environment, tx))
            line = directory.line_upwards(tx, at)
            name = line[0].name if line else ""
            counts = year_figures.of_area(tx, actor, wanted, at)
            return YearPage(
                year=wanted,
                this_year=this_year,
                whole=UnitFigures(at, name, counts, target, base),
                units=[
                    UnitFigures(one.organisation_id, one.name, one.counts, target, base)
                    for one in year_figures.of_units_below(tx, actor, wanted, at)
                ],
            )

        return self._engine.ask(read)


def _share(part: int, whole: int) -> int | None:
    return part * 1000 // whole if whole else None
