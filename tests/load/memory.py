"""How much memory the processes of an installation hold, looked at again and again."""

import statistics
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import psutil

_LOOKS_EVERY = 1.0
_WINDOW = 0.1
_POINTS = 30
_MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Held:
    """Of one process: megabytes once it was warm, megabytes at the end, seconds of processor.

    ``course``: megabytes at equal distances from the first request to the last.
    """

    warm: float
    end: float
    cpu: float
    course: Sequence[float]

    @property
    def growth(self) -> float:
        """How much more at the end, as a share of what it was."""
        return self.end / self.warm - 1


@dataclass
class Memory:
    """Looks at the resident memory of processes once a second while the block lasts."""

    processes: Mapping[str, psutil.Process]
    seen: dict[str, list[tuple[float, int]]] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self._begun = time.monotonic()
        self._over = threading.Event()
        self._cpu = {name: _cpu(one) for name, one in self.processes.items()}
        self._thread = threading.Thread(target=self._look)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()
        self._cpu = {name: _cpu(p) - self._cpu[name] for name, p in self.processes.items()}

    def _look(self) -> None:
        while True:
            for name, process in self.processes.items():
                at = time.monotonic() - self._begun
                self.seen.setdefault(name, []).append((at, process.memory_info().rss))
            if self._over.wait(_LOOKS_EVERY):
                return

    def after(self, warm_up: float) -> Mapping[str, Held]:
        """What each held; medians over the first and the last tenth of what follows the warm-up."""
        return {name: self._held(name, warm_up) for name in self.processes}

    def _held(self, name: str, warm_up: float) -> Held:
        seen = [size / _MEGABYTE for at, size in self.seen[name] if at >= warm_up]
        some = max(1, round(len(seen) * _WINDOW))
        first, last = statistics.median(seen[:some]), statistics.median(seen[-some:])
        whole = [round(size / _MEGABYTE, 1) for _, size in self.seen[name]]
        course = whole[:: max(1, len(whole) // _POINTS)]
        return Held(round(first, 1), round(last, 1), round(self._cpu[name], 1), course)


def _cpu(process: psutil.Process) -> float:
    spent = process.cpu_times()
    return float(spent.user + spent.system)
