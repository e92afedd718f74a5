"""The organisations that the rows of a list may be brought for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.model.organisations import Organisation
from registry.incoming.layout import UNIT, Layout
from registry.incoming.rows import Problem


@dataclass(frozen=True)
class Units:
    """The organisations rows may be brought for, found by full name, code or id."""

    names: Mapping[str, str]
    codes: Mapping[str, str]

    @classmethod
    def of(cls, found: Iterable[Organisation]) -> "Units":
        """These organisations."""
        kept = list(found)
        return cls({one.id: one.name for one in kept}, {one.id: one.code for one in kept})

    def find(self, told: str, layout: Layout, row: int) -> tuple[str, Problem | None]:
        """The organisation a row names, or what is wrong with the name."""
        plain = told.strip()
        if not plain:
            if len(self.names) == 1:
                return next(iter(self.names)), None
            return "", self._wrong(layout, row, f"没有填写{UNIT},请从下拉中选择")
        found = [
            unit_id
            for unit_id, name in self.names.items()
            if plain in (name, unit_id, self.codes.get(unit_id))
        ]
        if len(found) == 1:
            return found[0], None
        if found:
            codes = "、".join(self.codes.get(one, one) for one in found)
            return "", self._wrong(
                layout, row, f"{UNIT}“{plain}”有 {len(found)} 个,请改填单位代码:{codes}"
            )
        return "", self._wrong(
            layout, row, f"{UNIT}“{plain}”不在您可以办理的单位里,请填写全称或代码(见“单位”表)"
        )

    @staticmethod
    def _wrong(layout: Layout, row: int, message: str) -> Problem:
        return Problem(layout.main.title, row, UNIT, message)
