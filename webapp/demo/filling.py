"""Fill the register: files and the help they received, in batches, and say how far it is."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import registry
from engine import SYSTEM
from webapp.demo.existing import DemoFile, existing

_FILES_AT_ONCE = 500


@dataclass(frozen=True)
class Progress:
    """How far the loading is: so many of all of what ``words`` name."""

    words: str
    done: int
    total: int


Report = Callable[[Progress], None]
"""Tells a person how far the loading is."""


class Filling:
    """Loads files until there are enough; a file that is there already is passed over."""

    def __init__(
        self,
        register: registry.Registry,
        files: Iterator[DemoFile],
        total: int,
        report: Report,
    ) -> None:
        self._register = register
        self._files = files
        self._total = total
        self._report = report

    def up_to(self, wanted: int) -> None:
        """Load until so many households are on file."""
        while (missing := wanted - self._count()) > 0:
            batch = list(islice(self._files, min(missing, _FILES_AT_ONCE)))
            if not batch:
                return
            self._load(batch)

    def _load(self, batch: Sequence[DemoFile]) -> None:
        source = existing().source
        loaded = self._register.load_files(SYSTEM, [_as_existing(one) for one in batch], source)
        given = [
            registry.PastHelp(f"{one.household.number:012}{n:04}", fate.file_no, help_.typed())
            for one, fate in zip(batch, loaded, strict=True)
            for n, help_ in enumerate(one.help_given)
        ]
        self._register.load_help(SYSTEM, given, source)

    def _count(self) -> int:
        on_file = sum(self._register.households(SYSTEM, limit=1).counts.values())
        self._report(Progress("装入模拟家庭", on_file, self._total))
        return on_file


def _as_existing(one: DemoFile) -> registry.ExistingHousehold:
    return registry.ExistingHousehold(
        one.household.organisation_id,
        one.content,
        one.opened_on,
        one.changed_on,
        one.earlier,
        before=[registry.EarlierVersion(v.content, v.changed_on, v.why) for v in one.before],
        why=existing().told["reviews"]["words"]["last"] if one.before else "",
    )
